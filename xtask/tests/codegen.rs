//! The generator: what it writes, and how it notices that a file is stale.

use xtask::codegen::write::{check, outputs, write};
use xtask::workspace::{TARGETS, Target, root};

use crate::common::{METER, changed, get, put, workspace};

#[test]
fn writes_what_the_contract_says() {
    let folder = workspace();
    let outputs = outputs(folder.path(), &[METER]).unwrap();
    let text = |path: &str| {
        let found = outputs.iter().find(|output| output.path == path);
        found.unwrap().text.as_str()
    };
    let expected = [
        (
            "crates/meter/src/generated/models.rs",
            include_str!("fixtures/meter/models.rs"),
        ),
        (
            "crates/meter/src/generated/endpoints.rs",
            include_str!("fixtures/meter/endpoints.rs"),
        ),
        (
            "crates/meter/src/generated/mod.rs",
            include_str!("fixtures/meter/mod.rs"),
        ),
        ("docs/coverage.md", include_str!("fixtures/meter/coverage.md")),
    ];
    for (path, expected) in expected {
        let diff = similar::TextDiff::from_lines(expected, text(path));
        let diff = diff.unified_diff().header("expected", "written").to_string();
        assert!(diff.is_empty(), "{path}:\n{diff}");
    }
    assert_eq!(outputs.len(), expected.len());
}

#[test]
fn writes_the_same_twice_and_nothing_the_second_time() {
    let folder = workspace();
    let first = outputs(folder.path(), &[METER]).unwrap();
    assert_eq!(first, outputs(folder.path(), &[METER]).unwrap());
    assert_eq!(write(folder.path(), &[METER]).unwrap().len(), first.len());
    assert!(write(folder.path(), &[METER]).unwrap().is_empty());
    assert!(check(folder.path(), &[METER]).unwrap().is_empty());
}

#[test]
fn no_comment_is_wider_than_a_page() {
    let folder = workspace();
    for output in outputs(folder.path(), &[METER]).unwrap() {
        let comments = output.text.lines().filter(|line| line.trim_start().starts_with("///"));
        for line in comments {
            assert!(line.chars().count() <= 110, "{}: {line}", output.path);
        }
    }
}

#[test]
fn a_part_has_its_name_in_the_heading_of_its_table() {
    let folder = workspace();
    let old = Target {
        part: Some("old"),
        ..METER
    };
    let outputs = outputs(folder.path(), &[METER, old]).unwrap();
    let table = &outputs.last().unwrap().text;
    assert!(table.contains("\n## Meter\n"), "{table}");
    let (_, of_part) = table.split_once("\n## Meter (old)\n").unwrap();
    assert!(
        of_part.contains("3 operations, 0 with a test, 0 with a sandbox route"),
        "{of_part}"
    );
}

#[test]
fn check_names_the_stale_file_and_writes_nothing() {
    let folder = workspace();
    write(folder.path(), &[METER]).unwrap();
    let models = "crates/meter/src/generated/models.rs";
    let before = get(folder.path(), models);
    put(
        folder.path(),
        METER.description,
        &changed("        note: {type", "        remark: {type")
            .replace("required: [at, kind, kWh, note]", "required: [at, kind, kWh, remark]"),
    );
    let stale = check(folder.path(), &[METER]).unwrap();
    let paths: Vec<&str> = stale.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, [models]);
    assert!(
        stale[0].difference.contains("-    pub note: Option<String>,"),
        "{}",
        stale[0].difference
    );
    assert!(stale[0].difference.contains("+    pub remark: Option<String>,"));
    assert_eq!(get(folder.path(), models), before);
}

#[test]
fn check_reports_a_file_that_nothing_generates_and_write_removes_it() {
    let folder = workspace();
    write(folder.path(), &[METER]).unwrap();
    let extra = "crates/meter/src/generated/forgotten.rs";
    put(folder.path(), extra, "// left over\n");
    let stale = check(folder.path(), &[METER]).unwrap();
    assert_eq!(stale.len(), 1);
    assert_eq!(stale[0].path, extra);
    write(folder.path(), &[METER]).unwrap();
    assert!(!folder.path().join(extra).exists());
}

#[test]
fn check_notices_that_a_test_was_added_or_lost() {
    let folder = workspace();
    write(folder.path(), &[METER]).unwrap();
    put(
        folder.path(),
        "crates/meter/tests/meter.rs",
        "#[test] fn list_readings() {}\n",
    );
    let stale = check(folder.path(), &[METER]).unwrap();
    assert_eq!(stale[0].path, "docs/coverage.md");
}

#[test]
fn a_long_difference_is_cut() {
    let folder = workspace();
    let stale = check(folder.path(), &[METER]).unwrap();
    let endpoints = stale.iter().find(|file| file.path.ends_with("endpoints.rs")).unwrap();
    assert_eq!(endpoints.difference.lines().count(), 81);
    assert!(endpoints.difference.ends_with("more lines\n"));
}

#[test]
fn the_generated_files_of_this_workspace_are_fresh() {
    let stale = check(&root(), TARGETS).unwrap_or_else(|problems| {
        let text: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", text.join("\n"));
    });
    let paths: Vec<&str> = stale.iter().map(|file| file.path.as_str()).collect();
    assert!(paths.is_empty(), "stale: {paths:?}\nrun: cargo xtask codegen");
}
