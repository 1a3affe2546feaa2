//! Services: what makes the invoices of a suite.

use serde_json::{Value, json};

use super::access::Visit;
use super::bill::InvoiceType;
use super::input::{Body, missing, set};
use super::items::{self, Item};
use super::reply::{Outcome, Problem, ok};
use super::state::{Service, State};

impl Item for Service {
    const KIND: &'static str = "service";

    fn id(&self) -> &str {
        &self.id
    }

    fn property(&self) -> &str {
        &self.property
    }

    fn json(&self) -> Value {
        json!({
            "active": self.active,
            "address": self.address,
            "day_of_month": self.day_of_month,
            "id": self.id,
            "invoice_type": self.invoice_type.name(),
            "name": self.name,
            "property": self.property,
            "suite": self.suite,
        })
    }
}

pub(super) fn list_of_property(visit: &Visit<'_>, state: &mut State) -> Outcome {
    items::listed(visit, state, &state.services)
}

pub(super) fn create(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = items::property(visit, state)?;
    let body = Body::of(visit.call)?;
    let service = Service {
        id: state.new_id(),
        suite: suite(state, &property, &body)?.ok_or_else(|| missing("suite"))?,
        name: body.needed_text("name")?,
        address: body.needed_text("address")?,
        invoice_type: invoice_type(&body)?.ok_or_else(|| missing("invoice_type"))?,
        day_of_month: day_of_month(&body)?.ok_or_else(|| missing("day_of_month"))?,
        active: body.flag("active")?.unwrap_or(true),
        property,
    };
    let answer = service.json();
    state.services.push(service);
    ok(&answer)
}

pub(super) fn update(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = items::place(visit, state, &state.services)?;
    let body = Body::of(visit.call)?;
    let suite = suite(state, &state.services[place].property, &body)?;
    let (name, address) = (body.text("name")?, body.text("address")?);
    let (kind, day) = (invoice_type(&body)?, day_of_month(&body)?);
    let active = body.flag("active")?;
    let service = &mut state.services[place];
    set(&mut service.suite, suite);
    set(&mut service.name, name);
    set(&mut service.address, address);
    set(&mut service.invoice_type, kind);
    set(&mut service.day_of_month, day);
    set(&mut service.active, active);
    ok(&service.json())
}

pub(super) fn delete(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = items::place(visit, state, &state.services)?;
    ok(&state.services.remove(place).json())
}

fn suite(state: &State, property: &str, body: &Body) -> Result<Option<String>, Problem> {
    let Some(id) = body.text("suite")? else {
        return Ok(None);
    };
    match items::find(&state.suites, property, &id) {
        Ok(_) => Ok(Some(id)),
        Err(_) => Err(Problem::senseless(format!("There is no suite '{id}'."))),
    }
}

fn invoice_type(body: &Body) -> Result<Option<InvoiceType>, Problem> {
    let Some(name) = body.text("invoice_type")? else {
        return Ok(None);
    };
    match InvoiceType::named(&name) {
        Some(kind) => Ok(Some(kind)),
        None => Err(Problem::senseless(format!("There is no invoice type '{name}'."))),
    }
}

fn day_of_month(body: &Body) -> Result<Option<u8>, Problem> {
    match body.whole("day_of_month")? {
        None => Ok(None),
        Some(day) => match u8::try_from(day) {
            Ok(day @ 1..=31) => Ok(Some(day)),
            _ => Err(Problem::senseless("'day_of_month' must be between 1 and 31.")),
        },
    }
}
