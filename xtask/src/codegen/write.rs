//! The command: write what is generated, or say how it differs from what is there.

use std::path::Path;

use similar::TextDiff;

use super::{Output, coverage, modules};
use crate::description::Description;
use crate::evidence::Evidence;
use crate::problem::Problem;
use crate::workspace::Target;

/// Lines of a difference that are shown for each file.
const SHOWN: usize = 80;

/// A file that is not as the generator would write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The path, relative to the workspace.
    pub path: String,
    /// How it differs, as a unified difference; or why it should not be there.
    pub difference: String,
}

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
    let mut touched = Vec::new();
    for output in &outputs {
        let path = root.join(&output.path);
        if std::fs::read_to_string(&path).is_ok_and(|text| text == output.text) {
            continue;
        }
        let folder = path.parent().unwrap_or(root);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, &output.text))
            .map_err(|error| vec![Problem::of_file(&output.path, format!("cannot be written: {error}"))])?;
        touched.push(output.path.clone());
    }
    for path in extra_files(root, targets, &outputs) {
        std::fs::remove_file(root.join(&path))
            .map_err(|error| vec![Problem::of_file(&path, format!("cannot be removed: {error}"))])?;
        touched.push(format!("{path} (removed)"));
    }
    Ok(touched)
}

/// Compares what would be written with what is there. Writes nothing.
///
/// # Errors
/// What cannot be generated.
pub fn check(root: &Path, targets: &[Target]) -> Result<Vec<Stale>, Vec<Problem>> {
    let outputs = outputs(root, targets)?;
    let mut stale = Vec::new();
    for output in &outputs {
        let there = std::fs::read_to_string(root.join(&output.path)).unwrap_or_default();
        if there != output.text {
            stale.push(Stale {
                path: output.path.clone(),
                difference: difference(&output.path, &there, &output.text),
            });
        }
    }
    for path in extra_files(root, targets, &outputs) {
        stale.push(Stale {
            path,
            difference: "the generator does not write this file\n".to_owned(),
        });
    }
    Ok(stale)
}

/// Files in the generated folders that the generator does not write.
fn extra_files(root: &Path, targets: &[Target], outputs: &[Output]) -> Vec<String> {
    let mut extra = Vec::new();
    for target in targets {
        let entries = std::fs::read_dir(root.join(target.output))
            .into_iter()
            .flatten()
            .flatten();
        for entry in entries {
            let path = format!("{}/{}", target.output, entry.file_name().to_string_lossy());
            let written = outputs.iter().any(|output| {
                output
                    .path
                    .strip_prefix(path.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            if !written && entry.path().is_file() {
                extra.push(path);
            }
        }
    }
    extra.sort();
    extra
}

fn difference(path: &str, there: &str, wanted: &str) -> String {
    let diff = TextDiff::from_lines(there, wanted);
    let unified = diff
        .unified_diff()
        .context_radius(3)
        .header(&format!("{path} (as it is)"), &format!("{path} (as it should be)"))
        .to_string();
    let total = unified.lines().count();
    let mut text: String = unified.lines().take(SHOWN).map(|line| format!("{line}\n")).collect();
    if total > SHOWN {
        text.push_str(&format!("… and {} more lines\n", total - SHOWN));
    }
    text
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
            Ok(stale) => {
                for file in &stale {
                    eprintln!("stale: {}\n{}", file.path, file.difference);
                }
                eprintln!("failed: {} stale file(s)\nrun: cargo xtask codegen", stale.len());
                false
            }
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
