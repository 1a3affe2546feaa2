//! `cargo xtask deps` and `features`, on what cargo would say.

use xtask::checks::deps::{BUDGETS, Budget, crates_in, forbidden, over_budget, too_new};
use xtask::checks::features::combinations;
use xtask::checks::metadata::Metadata;

const TREE: &str = "\
forecast-solar v0.1.0 (/somewhere/crates/forecast-solar)
bytes v1.10.1
energy-core v0.1.0 (/somewhere/crates/energy-core)
bytes v1.10.1 (*)
hyper-util v0.1.20
http v1.3.1
http v0.2.12
serde_derive v1.0.219 (proc-macro)

[dev-dependencies]
";

fn budget(most: usize, without: &'static [&'static str]) -> Budget {
    Budget {
        package: "forecast-solar",
        features: &["--no-default-features"],
        most: Some(most),
        without,
    }
}

#[test]
fn a_crate_counts_once_for_each_version() {
    let crates: Vec<String> = crates_in(TREE).into_iter().collect();
    assert_eq!(
        crates,
        [
            "bytes v1.10.1",
            "energy-core v0.1.0",
            "forecast-solar v0.1.0",
            "http v0.2.12",
            "http v1.3.1",
            "hyper-util v0.1.20",
            "serde_derive v1.0.219",
        ]
    );
}

#[test]
fn a_budget_is_a_count_and_a_list_of_names() {
    let crates = crates_in(TREE);
    assert!(over_budget(&budget(7, &["reqwest", "hyper"]), &crates).is_empty());
    let findings = over_budget(&budget(6, &[]), &crates);
    assert_eq!(findings.len(), 1);
    assert!(findings[0].starts_with("forecast-solar --no-default-features: 7 crates, and the budget is 6"));
    let findings = over_budget(&budget(7, &["hyper-"]), &crates);
    assert!(findings[0].contains("brings hyper-util"), "{findings:?}");
}

#[test]
fn the_budgets_hold_what_was_agreed() {
    let of = |features: &[&str]| {
        let found = BUDGETS
            .iter()
            .find(|budget| budget.package == "forecast-solar" && budget.features == features);
        found.unwrap().most
    };
    assert_eq!(of(&["--no-default-features"]), Some(70));
    assert_eq!(of(&[]), Some(115));
}

/// A package as `cargo metadata` shows it.
fn package(name: &str, rust: &str, dependencies: &str) -> String {
    format!(
        r#"{{"id": "{name}", "name": "{name}", "version": "1.0.0", "rust_version": {rust}, "publish": null,
            "dependencies": [{dependencies}],
            "features": {{"default": ["b"], "b": [], "a": ["dep:x"]}},
            "manifest_path": "/somewhere/{name}/Cargo.toml", "targets": []}}"#
    )
}

fn metadata(packages: &[String]) -> Metadata {
    let nodes = r#"{"id": "one", "deps": [
            {"pkg": "two", "dep_kinds": [{"kind": null}]}, {"pkg": "three", "dep_kinds": [{"kind": "dev"}]}]},
        {"id": "two", "deps": []}, {"id": "three", "deps": []}"#;
    let text = format!(
        r#"{{"packages": [{}], "workspace_members": ["one", "energy-core", "energy-tests", "forecast-solar", "enphase"],
            "resolve": {{"nodes": [{nodes}]}}}}"#,
        packages.join(",")
    );
    Metadata::parse(&text).unwrap()
}

#[test]
fn manifests_may_not_name_everything() {
    let vendors = ["forecast-solar", "enphase"];
    let found = |name: &str, dependency: &str, kind: &str| {
        let dependency = format!(r#"{{"name": "{dependency}", "kind": {kind}}}"#);
        let metadata = metadata(&[package(name, "null", &dependency)]);
        forbidden(&metadata.members(), &vendors).len()
    };
    assert_eq!(found("energy-core", "reqwest", "null"), 0);
    assert_eq!(found("energy-core", "oauth2", "null"), 0);
    assert_eq!(found("forecast-solar", "reqwest", "null"), 1);
    assert_eq!(found("forecast-solar", "reqwest", "\"dev\""), 1);
    assert_eq!(found("forecast-solar", "oauth2", "null"), 1);
    assert_eq!(found("forecast-solar", "energy-sandbox", "\"dev\""), 0);
    assert_eq!(found("forecast-solar", "energy-sandbox", "null"), 1);
    assert_eq!(found("energy-tests", "energy-sandbox", "null"), 0);
    assert_eq!(found("forecast-solar", "xtask", "\"build\""), 1);
    assert_eq!(found("forecast-solar", "enphase", "\"dev\""), 1);
    assert_eq!(found("one", "enphase", "null"), 0);
}

#[test]
fn only_what_is_shipped_is_held_to_the_promised_rust() {
    let packages = [
        package("one", "\"1.88\"", ""),
        package("two", "\"1.88.1\"", ""),
        package("three", "\"1.95\"", ""),
    ];
    let metadata = metadata(&packages);
    let shipped = metadata.shipped();
    let names: Vec<&str> = shipped.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(names, ["one", "two"]);
    assert_eq!(
        too_new(&shipped, "1.88"),
        ["two 1.0.0 needs Rust 1.88.1, and the workspace promises 1.88"]
    );
    assert!(too_new(&shipped, "1.100").is_empty());
}

#[test]
fn features_are_tried_alone_and_together() {
    let metadata = metadata(&[package("one", "null", "")]);
    let lines: Vec<String> = combinations(metadata.members()[0])
        .iter()
        .map(|words| words.join(" "))
        .collect();
    assert_eq!(
        lines,
        [
            "--no-default-features",
            "--no-default-features --features a",
            "--no-default-features --features b",
            "--all-features",
        ]
    );
}
