//! Prices and the tax.

use serde_json::{Value, json};

use super::access::Visit;
use super::input::{Body, missing, parameter, set};
use super::property::{known_property, optional_property};
use super::reply::{Outcome, Problem, list, ok};
use super::stamp::stamp;
use super::state::{Constants, State};

fn json_of(property: &str, constants: &Constants) -> Value {
    json!({
        "days_to_pay": constants.days_to_pay,
        "invoice_from": constants.invoice_from,
        "price_per_electricity": constants.price_per_electricity,
        "price_per_gas": constants.price_per_gas,
        "price_per_water": constants.price_per_water,
        "property": property,
        "tax_rate": constants.tax_rate,
        "updated": stamp(constants.updated),
    })
}

pub(super) fn list_all(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let wanted = optional_property(visit, state)?;
    // In the order of the properties.
    let ids = state.properties.iter().map(|property| &property.id);
    let ids = ids.filter(|id| wanted.as_ref().is_none_or(|wanted| wanted == *id));
    list(ids.filter_map(|id| Some(json_of(id, state.constants.get(id)?))))
}

/// The table wants the property twice and the sample has it in the body alone: either will do.
pub(super) fn update(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let body = Body::of(visit.call)?;
    let (in_query, in_body) = (parameter(visit.call, "property"), body.text("property")?);
    if let (Some(one), Some(other)) = (in_query, in_body.as_deref())
        && one != other
    {
        return Err(Problem::bad("The query and the body name different properties."));
    }
    let id = in_query.or(in_body.as_deref()).ok_or_else(|| missing("property"))?;
    let property = known_property(state, id)?;
    let days_to_pay = body.whole("days_to_pay")?;
    if days_to_pay.is_some_and(|days| !(0..=3650).contains(&days)) {
        return Err(Problem::senseless("'days_to_pay' must be between 0 and 3650."));
    }
    let invoice_from = body.text("invoice_from")?;
    let number = |name: &str| match body.number(name)? {
        Some(number) if number < 0.0 => Err(Problem::senseless(format!("'{name}' must not be negative."))),
        number => Ok(number),
    };
    let (electricity, gas) = (number("price_per_electricity")?, number("price_per_gas")?);
    let (water, tax_rate) = (number("price_per_water")?, number("tax_rate")?);
    let now = visit.now();
    let constants = (state.constants.get_mut(&property)).ok_or_else(|| Problem::unknown("property", &property))?;
    set(&mut constants.days_to_pay, days_to_pay);
    set(&mut constants.invoice_from, invoice_from);
    set(&mut constants.price_per_electricity, electricity);
    set(&mut constants.price_per_gas, gas);
    set(&mut constants.price_per_water, water);
    set(&mut constants.tax_rate, tax_rate);
    constants.updated = now;
    ok(&json_of(&property, constants))
}
