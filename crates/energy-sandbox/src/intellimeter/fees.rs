//! Flat fees, in dollars.

use serde_json::{Value, json};

use super::access::Visit;
use super::input::{self, Body, missing, parameter, set};
use super::items::{self, Item};
use super::property::known_property;
use super::reply::{Outcome, Problem, list, ok};
use super::state::{Fee, State};

impl Item for Fee {
    const KIND: &'static str = "fee";

    fn id(&self) -> &str {
        &self.id
    }

    fn property(&self) -> &str {
        &self.property
    }

    fn json(&self) -> Value {
        json!({
            "active": self.active,
            "id": self.id,
            "name": self.name,
            "property": self.property,
            "value": self.value,
        })
    }
}

pub(super) fn list_of_property(visit: &Visit<'_>, state: &mut State) -> Outcome {
    items::listed(visit, state, &state.fees)
}

/// The page's sample names no property at all: without one it is the first.
pub(super) fn create(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let body = Body::of(visit.call)?;
    let in_body = body.text("property")?;
    let property = match parameter(visit.call, "property").or(in_body.as_deref()) {
        Some(id) => known_property(state, id)?,
        None => match state.properties.first() {
            Some(property) => property.id.clone(),
            None => return Err(missing("property")),
        },
    };
    let fee = new(state, &property, &body)?;
    let answer = fee.json();
    state.fees.push(fee);
    ok(&answer)
}

/// All fees of the property make room for those in the body.
pub(super) fn replace(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = items::property(visit, state)?;
    let Value::Array(entries) = input::json(visit.call)? else {
        return Err(Problem::bad("The body must be a list of fees."));
    };
    let mut fees = Vec::new();
    for entry in entries {
        fees.push(new(state, &property, &Body::from_value(entry)?)?);
    }
    let answer: Vec<Value> = fees.iter().map(Fee::json).collect();
    state.fees.retain(|fee| fee.property != property);
    state.fees.extend(fees);
    list(answer.into_iter())
}

pub(super) fn update(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = items::place(visit, state, &state.fees)?;
    let body = Body::of(visit.call)?;
    let (name, value, active) = (body.text("name")?, body.number("value")?, body.flag("active")?);
    let fee = &mut state.fees[place];
    set(&mut fee.name, name);
    set(&mut fee.value, value);
    set(&mut fee.active, active);
    ok(&fee.json())
}

pub(super) fn delete(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = items::place(visit, state, &state.fees)?;
    ok(&state.fees.remove(place).json())
}

fn new(state: &mut State, property: &str, body: &Body) -> Result<Fee, Problem> {
    Ok(Fee {
        id: state.new_id(),
        property: property.to_owned(),
        name: body.needed_text("name")?,
        value: body.number("value")?.ok_or_else(|| missing("value"))?,
        active: body.flag("active")?.unwrap_or(true),
    })
}
