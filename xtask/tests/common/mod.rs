//! A workspace in a temporary folder, around the description of the fixture.

use std::path::Path;

use xtask::problem::Problem;
use xtask::workspace::Target;

pub(crate) const METER: Target = Target {
    package: "meter",
    description: "crates/meter/openapi.yaml",
    output: "crates/meter/src/generated",
    part: None,
};

pub(crate) const DESCRIPTION: &str = include_str!("../fixtures/meter/openapi.yaml");
pub(crate) const TESTS: &str = include_str!("../fixtures/meter/meter_test.rs");
pub(crate) const ROUTES: &str = include_str!("../fixtures/meter/routes.rs");

/// The workspace with the fixture, its tests and its routes.
pub(crate) fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), METER.description, DESCRIPTION);
    put(folder.path(), "crates/meter/tests/meter.rs", TESTS);
    put(folder.path(), &METER.sandbox_routes(), ROUTES);
    folder
}

pub(crate) fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

pub(crate) fn get(root: &Path, path: &str) -> String {
    std::fs::read_to_string(root.join(path)).unwrap()
}

/// The fixture with `from` replaced by `to`, which must change it.
pub(crate) fn changed(from: &str, to: &str) -> String {
    let text = DESCRIPTION.replacen(from, to, 1);
    assert!(text != DESCRIPTION, "the fixture has no {from:?}");
    text
}

/// The line, counted from one, that `text` has `part` in.
pub(crate) fn line_of(text: &str, part: &str) -> usize {
    text.lines().position(|line| line.contains(part)).unwrap() + 1
}

/// Asserts that one of `problems` is at `line` and says `words`.
pub(crate) fn assert_says(problems: &[Problem], line: usize, words: &str) {
    let found = problems
        .iter()
        .any(|problem| problem.line == Some(line) && problem.message.contains(words));
    assert!(found, "no problem at line {line} says {words:?}: {problems:#?}");
}
