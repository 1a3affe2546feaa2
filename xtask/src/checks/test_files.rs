//! Whether every test file runs: a crate's tests are modules of one program, and a file that nobody names is not compiled.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::metadata::{Metadata, Package};
use super::modules::{follow, shown};
use crate::problem::Problem;

/// Counts the test files of all packages: those in the folders of tests, and the `mod.rs` of each folder in there.
///
/// A module counts whichever package names it, because tests share what stands in for a service.
///
/// # Errors
/// Those that nothing runs, and those that cannot be read.
pub fn check(root: &Path, metadata: &Metadata) -> Result<usize, Vec<Problem>> {
    let (mut reached, mut problems) = (BTreeSet::new(), Vec::new());
    for package in metadata.members() {
        let folders = folders(package);
        let here = |path: &Path| path.parent().is_some_and(|parent| folders.contains(parent));
        for target in package.targets.iter().filter(|target| here(&target.src_path)) {
            problems.extend(follow(root, &target.src_path, &mut reached).err());
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut count = 0;
    for package in metadata.members() {
        for folder in folders(package) {
            let files = test_files(&folder);
            count += files.len();
            let left_out = files.iter().filter(|file| !reached.contains(*file));
            problems.extend(left_out.map(|file| left_out_problem(root, package, &folder, file)));
        }
    }
    if problems.is_empty() { Ok(count) } else { Err(problems) }
}

/// Where a package has tests: where cargo looks for them, and where its manifest says.
fn folders(package: &Package) -> BTreeSet<PathBuf> {
    let usual = package.manifest_path.with_file_name("tests");
    let tests = package.targets.iter().filter(|target| target.is_test());
    tests
        .filter_map(|target| target.src_path.parent().map(Path::to_path_buf))
        .chain([usual])
        .collect()
}

fn test_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let module = path.join("mod.rs");
            let is_rust = path.extension().is_some_and(|extension| extension == "rs");
            if is_rust {
                Some(path)
            } else {
                module.is_file().then_some(module)
            }
        })
        .collect();
    files.sort();
    files
}

fn left_out_problem(root: &Path, package: &Package, folder: &Path, file: &Path) -> Problem {
    let all = folder.join("all.rs");
    let all = shown(package.manifest_path.parent().unwrap_or(root), &all);
    let below = file.strip_prefix(folder).unwrap_or(file).with_extension("");
    let name = below.iter().next().unwrap_or_default().to_string_lossy();
    let message = format!("is not a module of {all}; nothing runs it: add `mod {name};`");
    Problem::of_file(shown(root, file), message)
}
