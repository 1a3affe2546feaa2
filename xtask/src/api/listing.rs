//! The public items of a crate as a text that a difference can be read in.

use std::collections::BTreeSet;

use rustdoc_types::{Crate, Id, Impl, ItemEnum};

use super::rustdoc::Documented;

/// One line for each public item, each once.
///
/// Of an implementation of a trait the line of the `impl` and its associated types stand there; the trait says the rest.
pub fn text(documented: &Documented) -> String {
    let fixed = fixed_by_traits(&documented.krate);
    let markers = markers(&documented.krate);
    let mut seen = BTreeSet::new();
    let mut text = String::new();
    for item in &documented.items {
        let line = item.to_string();
        if !fixed.contains(&item.id()) && !markers.contains(&item.id()) && !seen.contains(&line) {
            text.push_str(&line);
            text.push('\n');
            seen.insert(line);
        }
    }
    text
}

/// The members of implementations that their traits fix: all but associated types.
pub fn fixed_by_traits(krate: &Crate) -> BTreeSet<Id> {
    let is_type = |id: &Id| {
        let item = krate.index.get(id);
        item.is_some_and(|item| matches!(item.inner, ItemEnum::AssocType { .. }))
    };
    implementations(krate)
        .flat_map(|(_, implementation)| &implementation.items)
        .filter(|id| !is_type(id))
        .copied()
        .collect()
}

/// The implementations that only tell the compiler of a derived comparison.
fn markers(krate: &Crate) -> BTreeSet<Id> {
    implementations(krate)
        .filter(|(_, implementation)| {
            let path = implementation.trait_.as_ref();
            path.is_some_and(|path| path.path.ends_with("StructuralPartialEq"))
        })
        .map(|(id, _)| id)
        .collect()
}

/// Every implementation of a trait.
fn implementations(krate: &Crate) -> impl Iterator<Item = (Id, &Impl)> {
    krate.index.iter().filter_map(|(id, item)| match &item.inner {
        ItemEnum::Impl(implementation) if implementation.trait_.is_some() => Some((*id, implementation)),
        _ => None,
    })
}
