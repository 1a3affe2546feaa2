//! The Rust in the documents.

use crate::common::put;
use xtask::documents::{Block, blocks, documents, findings};
use xtask::workspace::root;

fn block(info: &str) -> Block {
    Block {
        line: 1,
        info: info.to_owned(),
        text: String::new(),
    }
}

#[test]
fn rust_is_what_rustdoc_takes_for_it() {
    for info in [
        "",
        "rust",
        "rust,no_run",
        "no_run",
        "rust,ignore",
        "edition2024",
        "rust,editable",
    ] {
        assert!(block(info).is_rust(), "{info}");
    }
    for info in ["text", "toml", "sh", "toml,ignore"] {
        assert!(!block(info).is_rust(), "{info}");
    }
    assert!(block("rust, ignore").is_ignored());
    assert!(block("ignore-windows").is_ignored());
    assert!(!block("rust,no_run").is_ignored());
}

#[test]
fn a_block_has_its_line_and_its_text() {
    let found = blocks("# Title\n\n```toml\na = 1\n\nb = 2\n```\n- list\n  ```\n  let a = 1;\n  ```\n");
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].line, found[0].info.as_str()), (3, "toml"));
    assert_eq!(found[0].text, "a = 1\n\nb = 2\n");
    assert_eq!((found[1].line, found[1].info.as_str()), (9, ""));
}

#[test]
fn a_block_ends_at_backticks_with_nothing_behind_them() {
    let found = blocks("```sh\nls\n```text\n``\n```  \n````text\n```\nlet a = 1;\n```\n`````\n```\nlet b = 2;\n```\n");
    let found: Vec<(usize, &str, &str)> = found
        .iter()
        .map(|block| (block.line, block.info.as_str(), block.text.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (1, "sh", "ls\n```text\n``\n"),
            (6, "text", "```\nlet a = 1;\n```\n"),
            (11, "", "let b = 2;\n"),
        ]
    );
}

#[test]
fn a_block_that_nothing_compiles_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "README.md", "```rust\nlet a = 1;\n```\n");
    put(root, "docs/guide.md", "```text\na\n```\n\n```rust\nlet a = 1;\n```\n");
    put(root, "docs/decisions/one.md", "```sh\nls\n```\n");
    put(
        root,
        "crates/meter/README.md",
        "```\nlet a = 1;\n```\n```rust,ignore\nlet a;\n```\n",
    );
    put(
        root,
        "crates/meter/src/lib.rs",
        "#![doc = include_str!(\"../README.md\")]\n",
    );
    put(root, "tests/lib.rs", "    #[doc = include_str!(\"../README.md\")]\n");
    assert_eq!(documents(root).len(), 4);
    let found: Vec<String> = findings(root).iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("crates/meter/README.md:4: Rust that nothing compiles"));
    assert!(found[1].starts_with("docs/guide.md:5: Rust in a document that no crate includes"));
}

#[test]
fn the_rust_in_this_workspaces_documents_is_compiled() {
    let found: Vec<String> = findings(&root()).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
