//! `cargo xtask spec`: test files that nothing would run.

use std::path::Path;

use xtask::checks::metadata::Metadata;
use xtask::checks::test_files::check;

use crate::common::put;

/// What is wrong with a package `meter` in `folder`, with these targets (kind and path) and these files.
fn found(folder: &str, targets: &[(&str, &str)], files: &[(&str, &str)]) -> Result<usize, Vec<String>> {
    let root = tempfile::tempdir().unwrap();
    let package = root.path().join(folder);
    for (path, text) in files {
        put(&package, path, text);
    }
    let metadata = metadata(&package, targets);
    check(root.path(), &metadata).map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

fn metadata(package: &Path, targets: &[(&str, &str)]) -> Metadata {
    let targets: Vec<String> = targets
        .iter()
        .map(|(kind, path)| format!(r#"{{"kind": ["{kind}"], "src_path": {:?}}}"#, package.join(path)))
        .collect();
    let text = format!(
        r#"{{"packages": [{{"id": "meter", "name": "meter", "version": "1.0.0", "rust_version": null, "publish": null,
            "dependencies": [], "features": {{}}, "manifest_path": {:?}, "targets": [{}]}}],
            "workspace_members": ["meter"], "resolve": null}}"#,
        package.join("Cargo.toml"),
        targets.join(",")
    );
    Metadata::parse(&text).unwrap()
}

const CRATE: &str = "crates/meter";
const ALL: (&str, &str) = ("test", "tests/all.rs");
const LIBRARY: (&str, &str) = ("lib", "src/lib.rs");

#[test]
fn a_file_that_is_no_module_is_named() {
    let files = [
        ("src/lib.rs", "mod readings;"),
        (
            "tests/all.rs",
            "//! `mod forgotten;`\nmod readings;\n// mod forgotten;\nmod inside {}",
        ),
        ("tests/readings.rs", ""),
        ("tests/forgotten.rs", ""),
        ("tests/inside.rs", ""),
        ("tests/notes.md", ""),
    ];
    let said = |stem: &str| {
        format!("crates/meter/tests/{stem}.rs: is not a module of tests/all.rs; nothing runs it: add `mod {stem};`")
    };
    assert_eq!(
        found(CRATE, &[LIBRARY, ALL], &files).unwrap_err(),
        [said("forgotten"), said("inside")]
    );
}

#[test]
fn every_module_counts_whatever_it_is_compiled_for() {
    let files = [
        (
            "tests/all.rs",
            "#[cfg(feature = \"server\")]\nmod server;\nmod support;\n#[path = \"x.rs\"]\nmod other;",
        ),
        ("tests/server.rs", ""),
        ("tests/support/mod.rs", "mod more;"),
        ("tests/support/more.rs", ""),
    ];
    assert_eq!(found(CRATE, &[LIBRARY, ALL], &files), Ok(3));
}

#[test]
fn a_folder_that_nobody_names_is_left_out() {
    let files = [
        ("tests/all.rs", "mod readings;"),
        ("tests/readings.rs", "mod support;"),
        ("tests/support/mod.rs", ""),
        ("tests/fixtures/day.json", "{}"),
    ];
    assert_eq!(
        found(CRATE, &[LIBRARY, ALL], &files).unwrap_err(),
        ["crates/meter/tests/support/mod.rs: is not a module of tests/all.rs; nothing runs it: add `mod support;`"],
        "the module of another file stands in the folder of that file"
    );
}

#[test]
fn a_folder_may_be_named_from_a_module_and_by_its_path() {
    let mut files = vec![
        ("tests/all.rs", "mod readings;\nmod support;"),
        ("tests/readings.rs", "mod lines;"),
        ("tests/readings/lines.rs", "#[path = \"stub/mod.rs\"]\nmod stub;"),
        ("tests/support/mod.rs", ""),
        ("tests/stub/mod.rs", ""),
    ];
    let problems = found(CRATE, &[LIBRARY, ALL], &files).unwrap_err();
    assert_eq!(
        problems.len(),
        1,
        "a path begins at the folder of its file: {problems:?}"
    );
    files[2].1 = "#[path = \"../stub/mod.rs\"]\nmod stub;";
    assert_eq!(found(CRATE, &[LIBRARY, ALL], &files), Ok(4));
}

#[test]
fn a_program_of_its_own_runs_with_its_modules() {
    let files = [
        ("tests/all.rs", "mod readings;"),
        ("tests/readings.rs", ""),
        ("tests/faults.rs", "mod lines;"),
        ("tests/lines.rs", ""),
    ];
    let two = [LIBRARY, ALL, ("test", "tests/faults.rs")];
    assert_eq!(found(CRATE, &two, &files), Ok(4));
    let problems = found(CRATE, &two[..2], &files).unwrap_err();
    assert!(
        problems[0].starts_with("crates/meter/tests/faults.rs: is not"),
        "{problems:?}"
    );
    assert_eq!(problems.len(), 2, "nor is its module: {problems:?}");
}

#[test]
fn tests_beside_the_library_are_looked_at_too() {
    let targets = [("lib", "lib.rs"), ("test", "all.rs")];
    let mut files = vec![
        ("lib.rs", "pub mod described;"),
        ("described.rs", ""),
        ("all.rs", "mod readings;"),
        ("readings.rs", ""),
    ];
    assert_eq!(found("tests", &targets, &files), Ok(4));
    files.push(("faults.rs", ""));
    assert_eq!(
        found("tests", &targets, &files).unwrap_err(),
        ["tests/faults.rs: is not a module of all.rs; nothing runs it: add `mod faults;`"]
    );
}

#[test]
fn a_folder_without_a_program_runs_nothing() {
    let problems = found(CRATE, &[LIBRARY], &[("tests/readings.rs", "")]).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(found(CRATE, &[LIBRARY], &[("src/lib.rs", "")]), Ok(0));
}

#[test]
fn a_program_that_cannot_be_read_is_told() {
    for (files, said) in [
        (
            vec![("tests/all.rs", "mod {")],
            "crates/meter/tests/all.rs: cannot be parsed",
        ),
        (
            vec![("tests/all.rs", "mod lines;"), ("tests/lines.rs", "fn")],
            "crates/meter/tests/lines.rs: cannot be parsed",
        ),
        (vec![], "crates/meter/tests/all.rs: cannot be read"),
    ] {
        let problems = found(CRATE, &[ALL], &files).unwrap_err();
        assert!(problems[0].starts_with(said), "{problems:?}");
    }
}
