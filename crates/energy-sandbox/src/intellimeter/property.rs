//! Properties and the company.

use serde_json::{Value, json};

use super::access::Visit;
use super::input::{Body, needed, parameter, set};
use super::reply::{Outcome, Problem, done, list, ok};
use super::stamp::stamp;
use super::state::{Property, State};

/// The id, if it is a property's.
pub(super) fn known_property(state: &State, id: &str) -> Result<String, Problem> {
    let found = state.properties.iter().find(|property| property.id == id);
    found
        .map(|property| property.id.clone())
        .ok_or_else(|| Problem::unknown("property", id))
}

/// The property in the query: it must be known if it is there.
pub(super) fn optional_property(visit: &Visit<'_>, state: &State) -> Result<Option<String>, Problem> {
    let property = parameter(visit.call, "property");
    property.map(|id| known_property(state, id)).transpose()
}

fn json_of(state: &State, property: &Property) -> Value {
    json!({
        "address": property.address,
        "company": state.company.id,
        "created": stamp(property.dates.created),
        "display_name": property.display_name,
        "id": property.id,
        "job_name": property.job_name,
        "job_number": property.job_number,
        "updated": stamp(property.dates.updated),
    })
}

pub(super) fn list_all(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let wanted = optional_property(visit, state)?;
    let properties = state.properties.iter();
    let properties = properties.filter(|property| wanted.as_ref().is_none_or(|id| property.id == *id));
    list(properties.map(|property| json_of(state, property)))
}

pub(super) fn update(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let id = known_property(state, needed(visit.call, "property")?)?;
    let body = Body::of(visit.call)?;
    let (job_name, address) = (body.text("job_name")?, body.text("address")?);
    let display_name = body.text("display_name")?;
    let Some(place) = state.properties.iter().position(|property| property.id == id) else {
        return Err(Problem::unknown("property", &id));
    };
    let property = &mut state.properties[place];
    set(&mut property.job_name, job_name);
    set(&mut property.address, address);
    set(&mut property.display_name, display_name);
    property.dates.updated = visit.now();
    ok(&json_of(state, &state.properties[place]))
}

pub(super) fn company(_: &Visit<'_>, state: &mut State) -> Outcome {
    ok(&json!({
        "created": stamp(state.company.dates.created),
        "id": state.company.id,
        "name": state.company.name,
        "updated": stamp(state.company.dates.updated),
    }))
}

pub(super) fn update_company(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let name = Body::of(visit.call)?.needed_text("name")?;
    state.company.name = name;
    state.company.dates.updated = visit.now();
    done()
}
