//! The code in README.md, in the guides and in the crates' READMEs: what of it is Rust must be compiled somewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::path::without_dots;
use crate::problem::Problem;

/// A fenced block of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The line of the opening fence, counted from one.
    pub line: usize,
    /// What stands behind the opening fence.
    pub info: String,
    /// The lines between the fences.
    pub text: String,
}

impl Block {
    fn words(&self) -> impl Iterator<Item = &str> {
        self.info.split([',', ' ', '\t']).filter(|word| !word.is_empty())
    }

    /// Whether rustdoc takes it for Rust: if it says so, or if it names no other language.
    pub fn is_rust(&self) -> bool {
        let says_how = |word: &str| {
            matches!(
                word,
                "should_panic" | "no_run" | "compile_fail" | "test_harness" | "standalone_crate"
            ) || word.starts_with("ignore")
                || word.starts_with("edition")
        };
        self.words().any(|word| word == "rust") || self.words().all(says_how)
    }

    /// Whether rustdoc passes over it.
    pub fn is_ignored(&self) -> bool {
        self.words().any(|word| word.starts_with("ignore"))
    }
}

/// The fenced blocks of a document; one is closed by as many backticks as opened it, or more, with nothing behind them.
pub fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, Block)> = None;
    for (index, line) in document.lines().enumerate() {
        let behind = line.trim().trim_start_matches('`');
        let ticks = line.trim().len() - behind.len();
        match open.as_mut() {
            Some((opened, _)) if ticks >= *opened && behind.is_empty() => blocks.extend(open.take()),
            Some((_, block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            None if ticks >= 3 => {
                let block = Block {
                    line: index + 1,
                    info: behind.trim().to_owned(),
                    text: String::new(),
                };
                open = Some((ticks, block));
            }
            None => {}
        }
    }
    blocks.extend(open);
    blocks.into_iter().map(|(_, block)| block).collect()
}

/// The documents of the workspace: those beside the manifest, everything under `docs`, and the crates' READMEs.
pub fn documents(root: &Path) -> Vec<PathBuf> {
    let mut found = markdown_in(root);
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        found.extend(markdown_in(&folder));
        folders.extend(entries(&folder).into_iter().filter(|path| path.is_dir()));
    }
    found.extend(
        crates(root)
            .iter()
            .map(|folder| folder.join("README.md"))
            .filter(|path| path.is_file()),
    );
    found.sort();
    found
}

/// What is amiss with the Rust in the documents below `root`.
pub fn findings(root: &Path) -> Vec<Problem> {
    let tested = tested(root);
    let mut findings = Vec::new();
    for path in documents(root) {
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                findings.push(Problem::of_file(name, format!("cannot be read: {error}")));
                continue;
            }
        };
        for block in blocks(&text).iter().filter(|block| block.is_rust()) {
            let message = if block.is_ignored() {
                "Rust that nothing compiles; give it what it needs, and `no_run` if it needs a service"
            } else if tested.contains(&path) {
                continue;
            } else {
                "Rust in a document that no crate includes; include it beside `Readme` in tests/lib.rs"
            };
            findings.push(Problem {
                file: name.clone(),
                line: Some(block.line),
                message: message.to_owned(),
            });
        }
    }
    findings
}

/// The documents that are documentation of a crate, and so compiled by `cargo test`.
fn tested(root: &Path) -> BTreeSet<PathBuf> {
    let mut sources: Vec<PathBuf> = crates(root).iter().map(|folder| folder.join("src/lib.rs")).collect();
    sources.push(root.join("tests/lib.rs"));
    let mut tested = BTreeSet::new();
    for source in sources {
        let text = std::fs::read_to_string(&source).unwrap_or_default();
        let folder = source.parent().unwrap_or(root);
        for line in text.lines() {
            let included = line.split_once("[doc = include_str!(\"");
            let included = included.and_then(|(_, rest)| rest.split_once('"'));
            tested.extend(included.map(|(path, _)| without_dots(&folder.join(path))));
        }
    }
    tested
}

fn crates(root: &Path) -> Vec<PathBuf> {
    let folders = entries(&root.join("crates")).into_iter();
    folders.filter(|path| path.is_dir()).collect()
}

fn markdown_in(folder: &Path) -> Vec<PathBuf> {
    let is_markdown = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    entries(folder).into_iter().filter(is_markdown).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}
