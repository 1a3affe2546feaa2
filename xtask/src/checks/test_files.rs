//! Whether every test file runs: a crate's tests are modules of one program, and a file that nobody names is not compiled.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::metadata::{Metadata, Package};
use crate::problem::Problem;

/// Counts the test files of all packages.
///
/// # Errors
/// Those that nothing runs, and those that cannot be read.
pub fn check(root: &Path, metadata: &Metadata) -> Result<usize, Vec<Problem>> {
    let (mut count, mut problems) = (0, Vec::new());
    for package in metadata.members() {
        for folder in folders(package) {
            let files = rust_files(&folder);
            count += files.len();
            match modules(package, &folder) {
                Ok(modules) => problems.extend(left_out(root, package, &files, &modules)),
                Err((file, message)) => problems.push(Problem::of_file(shown(root, &file), message)),
            }
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

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

/// The modules that the programs and libraries of this folder name, and those files' own names.
fn modules(package: &Package, folder: &Path) -> Result<BTreeSet<PathBuf>, (PathBuf, String)> {
    let mut modules = BTreeSet::new();
    let here = |path: &Path| path.parent() == Some(folder);
    for target in package.targets.iter().filter(|target| here(&target.src_path)) {
        let failed = |message: String| (target.src_path.clone(), message);
        let text =
            std::fs::read_to_string(&target.src_path).map_err(|error| failed(format!("cannot be read: {error}")))?;
        let file = syn::parse_file(&text).map_err(|error| failed(format!("cannot be parsed: {error}")))?;
        modules.insert(target.src_path.clone());
        modules.extend(file.items.iter().filter_map(|item| match item {
            syn::Item::Mod(module) if module.content.is_none() => Some(folder.join(format!("{}.rs", module.ident))),
            _ => None,
        }));
    }
    Ok(modules)
}

fn left_out<'a>(
    root: &'a Path,
    package: &'a Package,
    files: &'a [PathBuf],
    modules: &'a BTreeSet<PathBuf>,
) -> impl Iterator<Item = Problem> + 'a {
    files.iter().filter(|file| !modules.contains(*file)).map(move |file| {
        let all = file.with_file_name("all.rs");
        let all = all
            .strip_prefix(package.manifest_path.parent().unwrap_or(root))
            .unwrap_or(&all);
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let message = format!(
            "is not a module of {}; nothing runs it: add `mod {stem};`",
            all.display()
        );
        Problem::of_file(shown(root, file), message)
    })
}

fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}
