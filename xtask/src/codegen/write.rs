//! The command: write what is generated, or say how it differs from what is there.

use std::path::Path;

use super::{coverage, modules};
use crate::description::Description;
use crate::evidence::Evidence;
use crate::problem::Problem;
use crate::stale::{self, Output, Stale};
use crate::workspace::Target;

/// Everything that the generator would write for `targets`.
///
/// # Errors
/// Descriptions that cannot be read or understood.
pub fn outputs(root: &Path, targets: &[Target]) -> Result<Vec<Output>, Vec<Problem>> {
    let mut outputs = Vec::new();
    let mut parts = Vec::new();
    let mut problems = Vec::new();
    for target in targets {
        let loaded = Description::load(root, target.description).and_then(|description| {
            let modules = modules(target, &description)?;
            let evidence = Evidence::load(root, target).map_err(|problem| vec![problem])?;
            Ok((modules, description, evidence))
        });
        match loaded {
            Ok((modules, description, evidence)) => {
                outputs.extend(modules);
                parts.push((target, description, evidence));
            }
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    outputs.push(coverage::table(&parts));
    Ok(outputs)
}

/// Writes what differs and removes what should not be there; gives the paths it touched.
///
/// # Errors
/// What cannot be generated or written.
pub fn write(root: &Path, targets: &[Target]) -> Result<Vec<String>, Vec<Problem>> {
    let outputs = outputs(root, targets)?;
    stale::write(root, &outputs, &folders(targets))
}

/// Compares what would be written with what is there. Writes nothing.
///
/// # Errors
/// What cannot be generated.
pub fn check(root: &Path, targets: &[Target]) -> Result<Vec<Stale>, Vec<Problem>> {
    let outputs = outputs(root, targets)?;
    Ok(stale::compare(root, &outputs, &folders(targets)))
}

fn folders(targets: &[Target]) -> Vec<&'static str> {
    targets.iter().map(|target| target.output).collect()
}

/// `cargo xtask codegen`, with `--check` if `only_check`: prints and says whether all is well.
pub fn command(root: &Path, targets: &[Target], only_check: bool) -> bool {
    if only_check {
        println!("codegen --check: comparing the generated files with the descriptions");
        return match check(root, targets) {
            Ok(stale) if stale.is_empty() => {
                println!("ok: the generated files are as the descriptions say");
                true
            }
            Ok(stale) => stale::report(&stale, "cargo xtask codegen"),
            Err(problems) => {
                refused(&problems);
                for target in targets {
                    if problems.iter().any(|problem| problem.file == target.description) {
                        let output = target.output;
                        eprintln!("until that is mended these are stale: {output}/models.rs, {output}/endpoints.rs");
                    }
                }
                false
            }
        };
    }
    println!("codegen: writing Rust from {} description(s)", targets.len());
    match write(root, targets) {
        Ok(touched) => {
            for path in &touched {
                println!("wrote {path}");
            }
            println!("ok: {} file(s) changed", touched.len());
            true
        }
        Err(problems) => refused(&problems),
    }
}

fn refused(problems: &[Problem]) -> bool {
    for problem in problems {
        eprintln!("{problem}");
    }
    eprintln!("failed: {} finding(s); nothing was written", problems.len());
    false
}
