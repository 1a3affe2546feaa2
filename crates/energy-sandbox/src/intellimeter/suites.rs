//! Suites: flats, and other units that are let.

use serde_json::{Value, json};

use super::access::Visit;
use super::input::Body;
use super::items::{self, Item};
use super::reply::{Outcome, ok};
use super::state::{State, Suite};

impl Item for Suite {
    const KIND: &'static str = "suite";

    fn id(&self) -> &str {
        &self.id
    }

    fn property(&self) -> &str {
        &self.property
    }

    fn json(&self) -> Value {
        json!({ "id": self.id, "name": self.name, "property": self.property })
    }
}

pub(super) fn list_of_property(visit: &Visit<'_>, state: &mut State) -> Outcome {
    items::listed(visit, state, &state.suites)
}

pub(super) fn create(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = items::property(visit, state)?;
    let name = Body::of(visit.call)?.needed_text("name")?;
    let suite = Suite {
        id: state.new_id(),
        property,
        name,
    };
    let answer = suite.json();
    state.suites.push(suite);
    ok(&answer)
}

pub(super) fn update(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = items::place(visit, state, &state.suites)?;
    state.suites[place].name = Body::of(visit.call)?.needed_text("name")?;
    ok(&state.suites[place].json())
}

/// Its services and bindings go with it; its meters stay, without a suite.
pub(super) fn delete(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = items::place(visit, state, &state.suites)?;
    let gone = state.suites.remove(place);
    state.services.retain(|service| service.suite != gone.id);
    state.bindings.retain(|(_, suite)| *suite != gone.id);
    for meter in &mut state.meters {
        if meter.suite.as_ref() == Some(&gone.id) {
            meter.suite = None;
        }
    }
    ok(&gone.json())
}
