//! What fees, services, suites, tenants and invoices have in common: an id, at a property.

use serde_json::Value;

use super::access::Visit;
use super::input::{needed, parameter};
use super::property::known_property;
use super::reply::{Outcome, Problem, list};
use super::state::State;

pub(super) trait Item {
    /// What it is called in refusals.
    const KIND: &'static str;

    fn id(&self) -> &str;
    fn property(&self) -> &str;
    fn json(&self) -> Value;
}

/// The property that must be in the query.
pub(super) fn property(visit: &Visit<'_>, state: &State) -> Result<String, Problem> {
    known_property(state, needed(visit.call, "property")?)
}

/// All of a property, or the one with the id in the query.
pub(super) fn listed<T: Item>(visit: &Visit<'_>, state: &State, items: &[T]) -> Outcome {
    let property = property(visit, state)?;
    match parameter(visit.call, "id") {
        None => list((items.iter()).filter(|item| item.property() == property).map(T::json)),
        Some(id) => list(std::iter::once(items[find(items, &property, id)?].json())),
    }
}

/// Where the one is that property and id in the query name.
pub(super) fn place<T: Item>(visit: &Visit<'_>, state: &State, items: &[T]) -> Result<usize, Problem> {
    let property = property(visit, state)?;
    find(items, &property, needed(visit.call, "id")?)
}

pub(super) fn find<T: Item>(items: &[T], property: &str, id: &str) -> Result<usize, Problem> {
    let mut items = items.iter();
    items
        .position(|item| item.id() == id && item.property() == property)
        .ok_or_else(|| Problem::unknown(T::KIND, id))
}
