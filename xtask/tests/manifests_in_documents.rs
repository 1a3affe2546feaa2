//! The dependencies that the documents tell people to write down.

use toml::{Table, Value};
use xtask::checks::metadata::Metadata;
use xtask::documents::{blocks, documents};
use xtask::workspace::root;

/// What is amiss with a piece of a manifest: it does not parse, or asks for what is not there.
fn amiss(text: &str, metadata: &Metadata) -> Vec<String> {
    let table: Table = match text.parse() {
        Ok(table) => table,
        Err(error) => return vec![error.to_string()],
    };
    let sections = ["dependencies", "dev-dependencies", "build-dependencies"];
    let sections = sections.iter().filter_map(|section| table.get(*section)?.as_table());
    sections
        .flatten()
        .flat_map(|(name, wanted)| amiss_with(name, wanted, metadata))
        .collect()
}

fn amiss_with(name: &str, wanted: &Value, metadata: &Metadata) -> Vec<String> {
    let Some(package) = metadata.packages.iter().find(|package| package.name == name) else {
        return vec![format!("{name} is not in this workspace's tree")];
    };
    let mut found = Vec::new();
    let version = wanted.as_str().or_else(|| wanted.get("version")?.as_str());
    let ours = metadata.workspace_members.contains(&package.id);
    if ours && !version.is_some_and(|version| format!("{}.", package.version).starts_with(&format!("{version}."))) {
        found.push(format!("{name} is at {}, not at {version:?}", package.version));
    }
    let features = wanted.get("features").and_then(Value::as_array);
    for feature in features.into_iter().flatten() {
        if !feature
            .as_str()
            .is_some_and(|feature| package.features.contains_key(feature))
        {
            found.push(format!("{name} has no feature {feature:?}"));
        }
    }
    found
}

#[test]
fn what_is_not_there_is_found() {
    let metadata = Metadata::parse(
        r#"{"packages": [{"id": "meter", "name": "meter", "version": "0.3.1", "rust_version": null, "publish": null,
            "manifest_path": "crates/meter/Cargo.toml", "dependencies": [], "targets": [],
            "features": {"default": [], "fast": []}}], "workspace_members": ["meter"], "resolve": null}"#,
    )
    .unwrap();
    let amiss = |text: &str| amiss(text, &metadata);
    assert!(amiss("[dependencies]\nmeter = \"0.3\"\n").is_empty());
    assert!(amiss("[dev-dependencies]\nmeter = { version = \"0.3.1\", features = [\"fast\"] }\n").is_empty());
    assert_eq!(
        amiss("[dependencies]\nmeter = { version = \"0.3\", features = [\"slow\"] }\n").len(),
        1
    );
    assert_eq!(amiss("[dependencies]\nmeter = \"0.2\"\n").len(), 1);
    assert_eq!(amiss("[dependencies]\nmeter = { features = [\"fast\"] }\n").len(), 1);
    assert_eq!(
        amiss("[dependencies]\ngauge = \"1\"\n"),
        ["gauge is not in this workspace's tree"]
    );
    assert_eq!(amiss("[dependencies\n").len(), 1);
}

#[test]
fn the_manifests_in_this_workspaces_documents_can_be_written() {
    let root = root();
    let metadata = Metadata::load(&root, &["--all-features"]).unwrap();
    let mut found = Vec::new();
    let mut read = 0;
    for path in documents(&root) {
        let text = std::fs::read_to_string(&path).unwrap();
        for block in blocks(&text).iter().filter(|block| block.info == "toml") {
            read += 1;
            let place = format!("{}:{}", path.display(), block.line);
            found.extend(
                amiss(&block.text, &metadata)
                    .iter()
                    .map(|amiss| format!("{place}: {amiss}")),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(read > 0, "README.md shows no dependencies any more");
}
