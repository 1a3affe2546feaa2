//! Tenants, and who lives where.

use serde_json::{Value, json};

use super::access::Visit;
use super::input::{Body, needed, parameter, set};
use super::items::{self, Item};
use super::reply::{Outcome, Problem, done, list, ok};
use super::state::{State, Suite, Tenant};

impl Item for Tenant {
    const KIND: &'static str = "tenant";

    fn id(&self) -> &str {
        &self.id
    }

    fn property(&self) -> &str {
        &self.property
    }

    fn json(&self) -> Value {
        json!({
            "address": self.address,
            "email": self.email,
            "first_name": self.first_name,
            "id": self.id,
            "last_name": self.last_name,
            "phone": self.phone,
            "property": self.property,
        })
    }
}

pub(super) fn list_of_property(visit: &Visit<'_>, state: &mut State) -> Outcome {
    items::listed(visit, state, &state.tenants)
}

pub(super) fn create(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = items::property(visit, state)?;
    let body = Body::of(visit.call)?;
    let tenant = Tenant {
        id: state.new_id(),
        property,
        address: body.needed_text("address")?,
        email: body.needed_text("email")?,
        first_name: body.needed_text("first_name")?,
        last_name: body.needed_text("last_name")?,
        phone: body.text("phone")?,
    };
    let answer = tenant.json();
    state.tenants.push(tenant);
    ok(&answer)
}

pub(super) fn update(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = items::place(visit, state, &state.tenants)?;
    let body = Body::of(visit.call)?;
    let (address, email) = (body.text("address")?, body.text("email")?);
    let (first_name, last_name) = (body.text("first_name")?, body.text("last_name")?);
    let phone = body.text("phone")?;
    let tenant = &mut state.tenants[place];
    set(&mut tenant.address, address);
    set(&mut tenant.email, email);
    set(&mut tenant.first_name, first_name);
    set(&mut tenant.last_name, last_name);
    if body.has("phone") {
        tenant.phone = phone;
    }
    ok(&tenant.json())
}

pub(super) fn delete(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = items::place(visit, state, &state.tenants)?;
    let gone = state.tenants.remove(place);
    state.bindings.retain(|(tenant, _)| *tenant != gone.id);
    ok(&gone.json())
}

/// The suites of a tenant, or the tenants of a suite.
pub(super) fn bound(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = items::property(visit, state)?;
    match (parameter(visit.call, "tenant"), parameter(visit.call, "suite")) {
        (Some(tenant), None) => {
            items::find(&state.tenants, &property, tenant)?;
            let of_tenant = |suite: &&Suite| state.bindings.contains(&(tenant.to_owned(), suite.id.clone()));
            list(state.suites.iter().filter(of_tenant).map(Suite::json))
        }
        (None, Some(suite)) => {
            items::find(&state.suites, &property, suite)?;
            let in_suite = |tenant: &&Tenant| state.bindings.contains(&(tenant.id.clone(), suite.to_owned()));
            list(state.tenants.iter().filter(in_suite).map(Tenant::json))
        }
        _ => Err(Problem::bad("Exactly one of 'tenant' and 'suite' must be given.")),
    }
}

pub(super) fn bind(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = items::property(visit, state)?;
    let body = Body::of(visit.call)?;
    let (tenant, suite) = (body.needed_text("tenant")?, body.needed_text("suite")?);
    items::find(&state.tenants, &property, &tenant)?;
    items::find(&state.suites, &property, &suite)?;
    state.bindings.insert((tenant, suite));
    done()
}

pub(super) fn unbind(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = items::property(visit, state)?;
    let (tenant, suite) = (needed(visit.call, "tenant")?, needed(visit.call, "suite")?);
    items::find(&state.tenants, &property, tenant)?;
    items::find(&state.suites, &property, suite)?;
    if state.bindings.remove(&(tenant.to_owned(), suite.to_owned())) {
        done()
    } else {
        Err(Problem::unknown("binding of tenant", tenant))
    }
}
