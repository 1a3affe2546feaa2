//! `cargo xtask features`: every published crate must compile with no feature, each feature alone, and all of them.

use std::path::Path;
use std::time::Instant;

use super::conclude;
use super::metadata::{Metadata, Package};
use crate::process;

/// The arguments that choose the features of each combination of `package`.
pub fn combinations(package: &Package) -> Vec<Vec<String>> {
    let none = || vec!["--no-default-features".to_owned()];
    let mut all = vec![none()];
    for feature in package.features.keys() {
        if feature != "default" && !feature.starts_with("dep:") {
            all.push([none(), vec!["--features".to_owned(), feature.clone()]].concat());
        }
    }
    if !package.features.is_empty() {
        all.push(vec!["--all-features".to_owned()]);
    }
    all
}

#[allow(clippy::disallowed_methods, reason = "a command that tells how long it took")]
fn now() -> Instant {
    Instant::now()
}

fn findings(root: &Path) -> Result<Vec<String>, String> {
    let metadata = Metadata::load(root, &["--no-deps"])?;
    let mut findings = Vec::new();
    for package in metadata.members().into_iter().filter(|package| package.is_published()) {
        for features in combinations(package) {
            let mut arguments = vec!["check", "--locked", "-p", &package.name];
            arguments.extend(features.iter().map(String::as_str));
            let start = now();
            let finished = process::capture(root, &arguments)?;
            let seconds = start.elapsed().as_secs_f64();
            let outcome = if finished.well { "ok" } else { "FAILED" };
            println!("{outcome:6} {seconds:6.1} s  cargo {}", arguments.join(" "));
            if !finished.well {
                findings.push(format!("`cargo {}` failed:\n{}", arguments.join(" "), finished.stderr));
            }
        }
    }
    Ok(findings)
}

/// Compiles the combinations, prints, and says whether all is well.
pub fn command(root: &Path) -> bool {
    println!("features: each published crate with no feature, each alone, all");
    let findings = findings(root).unwrap_or_else(|error| vec![error]);
    conclude("features", &findings, "every combination compiles")
}
