//! The tables of features in the READMEs.

use std::collections::BTreeSet;

use xtask::checks::metadata::{Metadata, Package};
use xtask::workspace::root;

/// The names in the first column of the tables that say what something brings.
fn told(readme: &str) -> BTreeSet<&str> {
    let mut told = BTreeSet::new();
    let mut inside = false;
    for line in readme.lines() {
        let mut cells = line.split('|').skip(1).map(str::trim);
        let (Some(first), Some(second)) = (cells.next(), cells.next()) else {
            inside = false;
            continue;
        };
        inside |= second == "what it brings";
        if inside {
            // Every second piece stands between backticks; the head of a table is not a feature.
            let is_head = second == "what it brings";
            told.extend(first.split('`').skip(1).step_by(2).filter(|_| !is_head));
        }
    }
    told
}

/// What is amiss with the table of `readme`, which is about `package`.
fn amiss(readme: &str, package: &Package) -> Vec<String> {
    let told = told(readme);
    let names = package.features.keys().map(String::as_str);
    let there: BTreeSet<&str> = names.filter(|name| *name != "default").collect();
    let missing = there.difference(&told).map(|name| format!("no row for {name}"));
    let gone = told
        .difference(&there)
        .map(|name| format!("a row for {name}, which is no feature"));
    missing.chain(gone).collect()
}

const TABLE: &str = "\
A feature `slow` was here once.

| question | answer |
|---|---|
| `when` | now |

| feature of `meter` | what it brings | default |
|---|---|---|
| `fast` | speed, more than `slow` | yes |
| `large`, `small` | sizes | |

| `other` | of another table |
";

#[test]
fn a_row_too_few_and_one_too_many_are_found() {
    let metadata = |features: &str| {
        let text = format!(
            r#"{{"packages": [{{"id": "meter", "name": "meter", "version": "1.0.0", "rust_version": null, "publish": null,
                "manifest_path": "crates/meter/Cargo.toml", "dependencies": [], "targets": [],
                "features": {features}}}], "workspace_members": ["meter"], "resolve": null}}"#
        );
        Metadata::parse(&text).unwrap()
    };
    let amiss = |features: &str, readme: &str| amiss(readme, &metadata(features).packages[0]);
    let fitting = r#"{"default": ["fast"], "fast": [], "large": [], "small": []}"#;
    assert_eq!(amiss(fitting, TABLE), [""; 0]);
    let other = r#"{"fast": [], "large": [], "slow": []}"#;
    assert_eq!(
        amiss(other, TABLE),
        ["no row for slow", "a row for small, which is no feature"]
    );
    assert_eq!(amiss(r#"{"fast": []}"#, "# Meter\n"), ["no row for fast"]);
    assert_eq!(amiss(r#"{"default": []}"#, "# Meter\n"), [""; 0]);
}

#[test]
fn the_readmes_of_this_workspace_name_each_feature() {
    let root = root();
    let metadata = Metadata::load(&root, &["--no-deps"]).unwrap();
    let mut found = Vec::new();
    let mut features = 0;
    for package in metadata.members().into_iter().filter(|package| package.is_published()) {
        features += package.features.len();
        let mut readmes = vec![package.manifest_path.with_file_name("README.md")];
        if package.name == "energy-sdk" {
            readmes.push(root.join("README.md"));
        }
        for path in readmes {
            let text = std::fs::read_to_string(&path).unwrap();
            let amiss = amiss(&text, package);
            found.extend(amiss.iter().map(|amiss| format!("{}: {amiss}", path.display())));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(features > 0, "no crate has features any more");
}
