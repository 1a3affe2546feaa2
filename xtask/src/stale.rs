//! Files that a command writes: write them, or say how they differ from what is there.

use std::path::Path;

use similar::TextDiff;

use crate::problem::Problem;

/// Lines of a difference that are shown for each file.
const SHOWN: usize = 80;

/// A file that a command writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The path, relative to the workspace.
    pub path: String,
    /// The content.
    pub text: String,
}

/// A file that is not as the command would write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The path, relative to the workspace.
    pub path: String,
    /// How it differs, as a unified difference; or why it should not be there.
    pub difference: String,
}

/// Writes what differs and removes what else is in `folders`; gives the paths it touched.
///
/// # Errors
/// What cannot be written or removed.
pub fn write(root: &Path, outputs: &[Output], folders: &[&str]) -> Result<Vec<String>, Vec<Problem>> {
    let mut touched = Vec::new();
    for output in outputs {
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
    for path in extra_files(root, outputs, folders) {
        std::fs::remove_file(root.join(&path))
            .map_err(|error| vec![Problem::of_file(&path, format!("cannot be removed: {error}"))])?;
        touched.push(format!("{path} (removed)"));
    }
    Ok(touched)
}

/// Compares `outputs`, and what else is in `folders`, with what is there. Writes nothing.
pub fn compare(root: &Path, outputs: &[Output], folders: &[&str]) -> Vec<Stale> {
    let mut stale = Vec::new();
    for output in outputs {
        let there = std::fs::read_to_string(root.join(&output.path)).unwrap_or_default();
        if there != output.text {
            stale.push(Stale {
                path: output.path.clone(),
                difference: difference(&output.path, &there, &output.text),
            });
        }
    }
    for path in extra_files(root, outputs, folders) {
        stale.push(Stale {
            path,
            difference: "nothing writes this file\n".to_owned(),
        });
    }
    stale
}

/// Prints what is stale and the command that mends it; gives false.
pub fn report(stale: &[Stale], command: &str) -> bool {
    for file in stale {
        eprintln!("stale: {}\n{}", file.path, file.difference);
    }
    eprintln!("failed: {} stale file(s)\nrun: {command}", stale.len());
    false
}

/// Files in `folders` that are not among `outputs`.
fn extra_files(root: &Path, outputs: &[Output], folders: &[&str]) -> Vec<String> {
    let mut extra = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
        for entry in entries {
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            let written = outputs.iter().any(|output| output.path == path);
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
