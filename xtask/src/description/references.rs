//! `$ref`s: each must lead somewhere, and every component must be reached.

use std::collections::BTreeSet;

use super::yaml::{Entry, Node, Value};
use crate::problem::Problems;

/// The sections of `components` that a `$ref` may lead to.
const SECTIONS: [&str; 4] = ["schemas", "parameters", "responses", "examples"];

/// Keys under which there is data of the API and not a description of it.
const DATA: [&str; 5] = ["example", "value", "default", "const", "enum"];

/// Reports `$ref`s that lead nowhere and components that nothing leads to.
pub(super) fn check(document: &Node, problems: &mut Problems) {
    let components = document.get("components");
    let section = |name: &str| {
        components
            .and_then(|components| components.get(name))
            .map_or(&[][..], Node::entries)
    };
    let names: BTreeSet<&str> = section("schemas").iter().map(|entry| entry.key.as_str()).collect();
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Node> = document.get("paths").into_iter().collect();
    while let Some(node) = open.pop() {
        let mut found = Vec::new();
        collect(node, &names, &mut found);
        for (target, line) in found {
            let part = target
                .strip_prefix("#/components/")
                .and_then(|path| path.split_once('/'))
                .filter(|(name, _)| SECTIONS.contains(name))
                .and_then(|(name, key)| section(name).iter().find(|entry| entry.key == key));
            match part {
                Some(entry) => {
                    if reached.insert(target) {
                        open.push(&entry.node);
                    }
                }
                None => problems.at(line, format!("the $ref `{target}` leads nowhere")),
            }
        }
    }
    for name in SECTIONS {
        for Entry { key, line, node } in section(name) {
            // What is checked whenever it is made or read is there for programs, whether or not an operation has it.
            let for_programs = node.get("x-checked").is_some();
            if !for_programs && !reached.contains(&format!("#/components/{name}/{key}")) {
                problems.at(
                    *line,
                    format!("nothing uses components.{name}.{key}; use it or remove it"),
                );
            }
        }
    }
}

/// The `$ref`s under `node`, and the component schemas that an `x-rust-type` names.
fn collect(node: &Node, names: &BTreeSet<&str>, found: &mut Vec<(String, usize)>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| collect(item, names, found)),
        Value::Map(entries) => {
            for Entry { key, line, node } in entries {
                match (key.as_str(), node.text()) {
                    ("$ref", Some(target)) => found.push((target.to_owned(), *line)),
                    ("x-rust-type", Some(text)) => {
                        let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
                        for word in words.filter(|word| names.contains(word)) {
                            found.push((format!("#/components/schemas/{word}"), *line));
                        }
                    }
                    _ if DATA.contains(&key.as_str()) && !is_schema_named(node) => {}
                    _ => collect(node, names, found),
                }
            }
        }
        _ => {}
    }
}

/// Whether this is a description after all: a property that happens to be called `value` or `default`.
fn is_schema_named(node: &Node) -> bool {
    node.get("description").is_some() || node.get("$ref").is_some()
}
