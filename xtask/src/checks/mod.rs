//! Checks of the descriptions, the dependencies, the features and the test files.

pub mod apart;
pub mod deps;
pub mod examples;
pub mod features;
pub mod metadata;
pub mod modules;
pub mod spec;
pub mod test_files;

/// Prints the findings of a check, ends with a line that says how it went, and gives whether it went well.
pub(crate) fn conclude(name: &str, findings: &[String], well: &str) -> bool {
    for finding in findings {
        eprintln!("{finding}");
    }
    if findings.is_empty() {
        println!("ok: {well}");
    } else {
        eprintln!("failed: {name} has {} finding(s)", findings.len());
    }
    findings.is_empty()
}
