//! `cargo xtask api`: a small workspace through this toolchain's rustdoc.

use std::io::Write;
use std::path::Path;

use crate::common::put;
use xtask::api::allowed::{ALLOWED, Allowance, judge};
use xtask::api::leaks::Foreign;
use xtask::api::rustdoc::{Documented, Unread, check_format};
use xtask::api::{FOLDER, Surfaces, settle_unread};
use xtask::stale::{compare, write};

const MANIFEST: &str =
    "[workspace]\nresolver = \"3\"\nmembers = [\"crates/meter\", \"crates/tool\"]\nexclude = [\"other\"]\n";
const LOCK: &str = "version = 4\n\n[[package]]\nname = \"gauge\"\nversion = \"0.1.0\"\n\n\
    [[package]]\nname = \"meter\"\nversion = \"0.1.0\"\ndependencies = [\n \"gauge\",\n \"serde_json\",\n]\n\n\
    [[package]]\nname = \"serde_json\"\nversion = \"0.1.0\"\n\n\
    [[package]]\nname = \"tool\"\nversion = \"0.1.0\"\n";
const GAUGE: &str = "pub struct Dial;\npub trait Turn {\n    type Way;\n    fn turn(&self);\n}\npub trait Mark {}\n\
    impl<T> Mark for T {}\n";
const JSON: &str = "pub struct Value;\npub struct Map;\npub struct Error;\n";
const METER: &str = include_str!("fixtures/surface/meter.rs");

/// A workspace whose crate `meter` shows some of `gauge` and of a `serde_json`, which are somebody else's.
fn small(meter: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = |name: &str, rest: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{rest}")
    };
    let depends = "[features]\nextra = []\n[dependencies]\ngauge = { path = \"../../other/gauge\" }\n\
        serde_json = { path = \"../../other/json\" }\n";
    let files = [
        ("Cargo.toml", MANIFEST.to_owned()),
        ("Cargo.lock", LOCK.to_owned()),
        ("crates/meter/Cargo.toml", manifest("meter", depends)),
        ("crates/meter/src/lib.rs", meter.to_owned()),
        ("crates/tool/Cargo.toml", manifest("tool", "publish = false\n")),
        ("crates/tool/src/lib.rs", "pub struct Unseen;\n".to_owned()),
        ("other/gauge/Cargo.toml", manifest("gauge", "")),
        ("other/gauge/src/lib.rs", GAUGE.to_owned()),
        ("other/json/Cargo.toml", manifest("serde_json", "")),
        ("other/json/src/lib.rs", JSON.to_owned()),
    ];
    for (path, text) in files {
        put(folder.path(), path, &text);
    }
    folder
}

/// None where this toolchain's rustdoc writes another format than the one that is read.
fn surfaces(root: &Path, allowances: &[Allowance]) -> Option<Surfaces> {
    let wrapper = Path::new(env!("CARGO_BIN_EXE_xtask"));
    match Surfaces::load(root, &root.join("target"), wrapper, allowances) {
        Err(unread @ Unread::OtherFormat(_)) => {
            // Written past the harness, which keeps the output of a test that passes to itself: whoever reads the log
            // should know what was not tested.
            let note = format!("note: listings of public items were not tested: {unread}\n");
            std::io::stderr().write_all(note.as_bytes()).unwrap();
            None
        }
        loaded => Some(loaded.unwrap()),
    }
}

#[test]
fn a_listing_has_a_line_for_each_public_item_and_each_foreign_name_is_found() {
    let folder = small(METER);
    let Some(surfaces) = surfaces(folder.path(), &[]) else {
        return;
    };
    assert_eq!(surfaces.listings.len(), 1, "what is not published is not listed");
    let listing = &surfaces.listings[0];
    assert_eq!(listing.path, "docs/api/meter.txt");
    let diff = similar::TextDiff::from_lines(include_str!("fixtures/surface/meter.txt"), &listing.text);
    let diff = diff.unified_diff().header("expected", "written").to_string();
    assert!(diff.is_empty(), "{diff}");

    // A comment on the same line of the fixture says what is found there.
    let wanted: Vec<String> = METER
        .lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let (_, name) = line.split_once("// names ")?;
            Some(format!("crates/meter/src/lib.rs:{}: names {name}", index + 1))
        })
        .collect();
    let mut found: Vec<String> = surfaces
        .findings
        .iter()
        .map(|finding| {
            let (place, rest) = finding.split_once(": `").unwrap();
            let (_, rest) = rest.split_once("` names ").unwrap();
            format!("{place}: names {}", rest.split_once(';').unwrap().0)
        })
        .collect();
    let line = |text: &String| text.split(':').nth(1).and_then(|line| line.parse::<usize>().ok());
    found.sort_by_key(line);
    assert_eq!(found, wanted);
}

#[test]
fn a_listing_is_compared_and_written() {
    let folder = small("pub struct Reading;\n");
    let Some(Surfaces { listings: first, .. }) = surfaces(folder.path(), &[]) else {
        return;
    };
    put(folder.path(), "docs/api/gone.txt", "pub mod gone\n");
    let touched = write(folder.path(), &first, &[FOLDER]).unwrap();
    assert_eq!(touched, ["docs/api/meter.txt", "docs/api/gone.txt (removed)"]);
    put(folder.path(), "crates/meter/src/lib.rs", "pub struct Measured;\n");
    let second = surfaces(folder.path(), &[]).unwrap().listings;
    let stale = compare(folder.path(), &second, &[FOLDER]);
    assert_eq!(stale.len(), 1);
    assert_eq!(stale[0].path, "docs/api/meter.txt");
    assert!(
        stale[0].difference.contains("-pub struct meter::Reading\n"),
        "{}",
        stale[0].difference
    );
    assert!(
        stale[0].difference.contains("+pub struct meter::Measured\n"),
        "{}",
        stale[0].difference
    );
}

#[test]
fn a_name_is_allowed_to_one_package_and_only_while_it_is_used() {
    let named = Foreign {
        package: "meter".to_owned(),
        place: "crates/meter/src/lib.rs:7".to_owned(),
        item: "pub fn meter::dial() -> gauge::Dial".to_owned(),
        name: "gauge::Dial".to_owned(),
    };
    let allowance = Allowance {
        package: Some("meter"),
        name: "gauge::Dial",
        reason: "it is shown as it is",
    };
    let verdict = judge(std::slice::from_ref(&named), &[allowance]);
    assert_eq!(verdict.allowed, ["gauge::Dial in meter, once: it is shown as it is"]);
    assert!(verdict.findings.is_empty(), "{:?}", verdict.findings);

    let elsewhere = Allowance {
        package: Some("tool"),
        ..allowance
    };
    let findings = judge(&[named], &[elsewhere]).findings;
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(
        findings[0].starts_with("crates/meter/src/lib.rs:7: `pub fn meter::dial() -> gauge::Dial` names gauge::Dial")
    );
    assert!(findings[1].contains("nothing names it; remove the row"));
}

#[test]
fn an_allowance_stands_there_once() {
    for (index, one) in ALLOWED.iter().enumerate() {
        let again = ALLOWED[..index]
            .iter()
            .any(|other| (other.package, other.name) == (one.package, one.name));
        assert!(!again, "{one:?}");
    }
}

#[test]
fn another_format_is_told_from_what_fails() {
    assert_eq!(check_format(r#"{"root": 0, "format_version": 57}"#), Ok(()));
    let folder = tempfile::tempdir().unwrap();
    put(
        folder.path(),
        "doc/smart_meter.json",
        r#"{"root": 0, "format_version": 61}"#,
    );
    let unread = Documented::load(folder.path(), "smart-meter").unwrap_err();
    assert_eq!(unread, Unread::OtherFormat(61));
    let message = unread.to_string();
    for part in [
        "this Rust writes format 61, the listing needs 57 (Rust 1.95); ",
        "cargo +1.95 xtask api",
        "raise `public-api` and `rustdoc-types`",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert!(matches!(check_format("{}"), Err(Unread::Failed(_))));
    assert!(matches!(
        Documented::load(folder.path(), "tool"),
        Err(Unread::Failed(_))
    ));
}

#[test]
fn another_format_passes_a_check_and_writes_nothing() {
    let other = Unread::OtherFormat(61);
    assert!(settle_unread(&other, true));
    assert!(!settle_unread(&other, false));
    let failed = Unread::Failed("rustdoc cannot describe the crates".to_owned());
    assert!(!settle_unread(&failed, true));
    assert!(!settle_unread(&failed, false));
}

/// `ci` runs the tests before, which build this command again: its own file is gone by then, and another one there.
#[test]
fn a_command_that_was_built_again_while_it_runs_is_found() {
    let found = |path: &str| xtask::process::without_deleted(path.into());
    assert_eq!(found("/build/debug/xtask (deleted)"), Path::new("/build/debug/xtask"));
    assert_eq!(found("/build/debug/xtask"), Path::new("/build/debug/xtask"));
}
