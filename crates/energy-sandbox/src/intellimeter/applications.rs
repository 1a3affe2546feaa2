//! Applications: who may log in as a program.

use serde_json::{Value, json};

use super::access::Visit;
use super::input::{Body, needed, parameter, set};
use super::reply::{Outcome, Problem, done, list, ok};
use super::scopes::{self, Scopes};
use super::stamp::stamp;
use super::state::{Application, Dates, State};

/// A row of the list: without secret and scopes.
fn row(application: &Application) -> Value {
    json!({
        "client_id": application.client_id,
        "created": stamp(application.dates.created),
        "id": application.id,
        "name": application.name,
        "updated": stamp(application.dates.updated),
        "user": application.user,
    })
}

/// With scopes, and the secret if it is new.
fn whole(application: &Application, with_secret: bool) -> Value {
    let mut value = row(application);
    value["scopes"] = scopes::join(&application.scopes).into();
    if with_secret {
        value["client_secret"] = application.client_secret.as_str().into();
    }
    value
}

pub(super) fn list_own(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let mine = |application: &&Application| application.user == visit.user;
    match parameter(visit.call, "id") {
        None => list(state.applications.iter().filter(mine).map(row)),
        Some(_) => list(std::iter::once(row(&state.applications[place(visit, state)?]))),
    }
}

pub(super) fn create(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let body = Body::of(visit.call)?;
    let name = body.needed_text("name")?;
    let scopes = scopes_in(&body, visit.admin)?.ok_or_else(|| Problem::bad("'scopes' is missing."))?;
    let application = Application {
        id: state.new_id(),
        client_id: state.new_secret(24),
        client_secret: state.new_secret(40),
        name,
        scopes,
        user: visit.user.clone(),
        dates: Dates::new(visit.now()),
    };
    let answer = whole(&application, true);
    state.applications.push(application);
    ok(&answer)
}

pub(super) fn update(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = place(visit, state)?;
    let body = Body::of(visit.call)?;
    let (name, scopes) = (body.text("name")?, scopes_in(&body, visit.admin)?);
    let regenerate = body.flag("client_secret")? == Some(true);
    let secret = regenerate.then(|| state.new_secret(40));
    let application = &mut state.applications[place];
    set(&mut application.name, name);
    set(&mut application.scopes, scopes);
    set(&mut application.client_secret, secret);
    application.dates.updated = visit.now();
    ok(&whole(application, regenerate))
}

pub(super) fn delete(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = place(visit, state)?;
    let application = state.applications.remove(place);
    state.forget_application(&application.id);
    done()
}

/// One of one's own.
fn place(visit: &Visit<'_>, state: &State) -> Result<usize, Problem> {
    let id = needed(visit.call, "id")?;
    let mut applications = state.applications.iter();
    applications
        .position(|application| application.id == id && application.user == visit.user)
        .ok_or_else(|| Problem::unknown("application", id))
}

fn scopes_in(body: &Body, admin: bool) -> Result<Option<Scopes>, Problem> {
    let Some(text) = body.text("scopes")? else {
        return Ok(None);
    };
    let scopes = scopes::expand(&text).map_err(|word| Problem::senseless(format!("There is no scope '{word}'.")))?;
    Ok(Some(scopes::allowed(&scopes, admin)))
}
