//! Names of other people's crates in what ours promise: each makes their versions a part of ours.

use std::collections::BTreeSet;

use rustdoc_types::{Crate, Id, Item, ItemEnum, Struct, StructKind, Variant, VariantKind};
use serde_json::Value;

use super::listing::fixed_by_traits;
use super::rustdoc::Documented;

/// Crates whose names may stand anywhere: Rust's own, and those that the crates promise together with themselves.
const OPEN: &[&str] = &[
    "alloc",
    "bytes",
    "core",
    "http",
    "rust_decimal",
    "secrecy",
    "std",
    "time",
    "url",
];

/// Names that may stand anywhere, though the rest of their crates may not.
const OPEN_NAMES: &[&str] = &["serde_json::Map", "serde_json::Value"];

/// A name of another crate in a public item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Foreign {
    /// The package whose item it is.
    pub package: String,
    /// The file and line of the item.
    pub place: String,
    /// The item's line in the listing.
    pub item: String,
    /// What is named: the crate, and the last part of its path.
    pub name: String,
}

/// The names in `documented`, which is `package`, that are not open, of crates that are not either, nor among `published`.
pub fn foreign(documented: &Documented, package: &str, published: &[&str]) -> BTreeSet<Foreign> {
    let krate = &documented.krate;
    let is_ours = |name: &str| OPEN.contains(&name) || published.iter().any(|own| own.replace('-', "_") == name);
    let fixed = fixed_by_traits(krate);
    let mut found = BTreeSet::new();
    for listed in documented.items.iter().filter(|listed| !fixed.contains(&listed.id())) {
        let Some(item) = krate.index.get(&listed.id()) else {
            continue;
        };
        for (owner, name) in names(krate, item) {
            if !is_ours(&owner) && !OPEN_NAMES.contains(&name.as_str()) {
                found.insert(Foreign {
                    package: package.to_owned(),
                    place: place(item, package),
                    item: listed.to_string(),
                    name,
                });
            }
        }
    }
    found
}

/// The crates and names that `item` itself refers to, with its fields where those have no names and so no lines.
fn names(krate: &Crate, item: &Item) -> Vec<(String, String)> {
    let mut ids = Vec::new();
    let mut fields: &[Option<Id>] = &[];
    match &item.inner {
        ItemEnum::Use(used) => ids.extend(used.id),
        ItemEnum::ExternCrate { name, .. } => return vec![(name.clone(), name.clone())],
        ItemEnum::Struct(Struct {
            kind: StructKind::Tuple(found),
            ..
        })
        | ItemEnum::Variant(Variant {
            kind: VariantKind::Tuple(found),
            ..
        }) => fields = found,
        _ => {}
    }
    let fields = fields.iter().flatten().filter_map(|id| krate.index.get(id));
    for part in fields.chain([item]) {
        // A value always, because it was read from one.
        collect(&serde_json::to_value(&part.inner).unwrap_or_default(), &mut ids);
    }
    ids.iter().map(|id| owner_and_name(krate, id)).collect()
}

/// Every reference in a part of rustdoc's JSON: the objects with a path and an id, wherever types and bounds stand.
fn collect(value: &Value, ids: &mut Vec<Id>) {
    match value {
        Value::Object(members) => {
            let id = members.get("id").and_then(Value::as_u64);
            let id = id.and_then(|id| u32::try_from(id).ok());
            if let (Some(id), true) = (id, members.contains_key("path")) {
                ids.push(Id(id));
            }
            members.values().for_each(|member| collect(member, ids));
        }
        Value::Array(members) => members.iter().for_each(|member| collect(member, ids)),
        _ => {}
    }
}

fn owner_and_name(krate: &Crate, id: &Id) -> (String, String) {
    let root = krate.index.get(&krate.root).and_then(|item| item.name.as_deref());
    let summary = krate.paths.get(id);
    let number = summary
        .map(|summary| summary.crate_id)
        .or_else(|| krate.index.get(id).map(|item| item.crate_id));
    let owner = match number {
        Some(0) => root,
        Some(number) => krate
            .external_crates
            .get(&number)
            .map(|external| external.name.as_str()),
        None => None,
    };
    let owner = owner.unwrap_or("unknown");
    let last = summary.and_then(|summary| summary.path.last());
    match last.filter(|last| *last != owner) {
        Some(last) => (owner.to_owned(), format!("{owner}::{last}")),
        None => (owner.to_owned(), owner.to_owned()),
    }
}

fn place(item: &Item, package: &str) -> String {
    item.span.as_ref().map_or_else(
        || format!("crates/{package}"),
        |span| format!("{}:{}", span.filename.display(), span.begin.0),
    )
}
