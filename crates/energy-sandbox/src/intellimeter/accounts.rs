//! One's own account, and everybody's.

use serde_json::{Value, json};

use super::access::Visit;
use super::input::{Body, needed, parameter, set};
use super::reply::{Outcome, Problem, list, ok};
use super::stamp::stamp;
use super::state::{Dates, State, User};

fn json_of(state: &State, user: &User) -> Value {
    json!({
        "active": user.active,
        "admin": user.admin,
        "company": state.company.id,
        "created": stamp(user.dates.created),
        "email": user.email,
        "first_name": user.first_name,
        "id": user.id,
        "last_name": user.last_name,
        "updated": stamp(user.dates.updated),
    })
}

fn place(state: &State, id: &str) -> Result<usize, Problem> {
    (state.users.iter().position(|user| user.id == id)).ok_or_else(|| Problem::unknown("user", id))
}

pub(super) fn own(visit: &Visit<'_>, state: &mut State) -> Outcome {
    ok(&json_of(state, &state.users[place(state, &visit.user)?]))
}

pub(super) fn update_own(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = place(state, &visit.user)?;
    change(visit, state, place, false)
}

pub(super) fn list_all(visit: &Visit<'_>, state: &mut State) -> Outcome {
    match parameter(visit.call, "user") {
        None => list(state.users.iter().map(|user| json_of(state, user))),
        Some(id) => list(std::iter::once(json_of(state, &state.users[place(state, id)?]))),
    }
}

pub(super) fn create(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let body = Body::of(visit.call)?;
    let email = body.needed_text("email")?;
    free(state, &email, None)?;
    // Nobody types it here: it only has to be there.
    body.needed_text("password")?;
    let user = User {
        id: state.new_id(),
        active: body.flag("active")?.unwrap_or(true),
        admin: body.flag("admin")?.unwrap_or(false),
        email,
        first_name: body.needed_text("first_name")?,
        last_name: body.needed_text("last_name")?,
        dates: Dates::new(visit.now()),
    };
    let answer = json_of(state, &user);
    state.users.push(user);
    ok(&answer)
}

pub(super) fn update(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = place(state, needed(visit.call, "user")?)?;
    change(visit, state, place, true)
}

pub(super) fn delete(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = place(state, needed(visit.call, "user")?)?;
    let user = state.users.remove(place);
    state.forget_user(&user.id);
    let applications: Vec<String> = (state.applications.iter())
        .filter(|application| application.user == user.id)
        .map(|application| application.id.clone())
        .collect();
    for id in applications {
        state.forget_application(&id);
        state.applications.retain(|application| application.id != id);
    }
    ok(&json_of(state, &user))
}

fn change(visit: &Visit<'_>, state: &mut State, place: usize, by_admin: bool) -> Outcome {
    let body = Body::of(visit.call)?;
    let email = body.text("email")?;
    if let Some(email) = &email {
        free(state, email, Some(&state.users[place].id))?;
    }
    let (first_name, last_name) = (body.text("first_name")?, body.text("last_name")?);
    body.text("password")?;
    let (active, admin) = match by_admin {
        true => (body.flag("active")?, body.flag("admin")?),
        false => (None, None),
    };
    let user = &mut state.users[place];
    set(&mut user.email, email);
    set(&mut user.first_name, first_name);
    set(&mut user.last_name, last_name);
    set(&mut user.active, active);
    set(&mut user.admin, admin);
    user.dates.updated = visit.now();
    ok(&json_of(state, &state.users[place]))
}

/// An address is for one account.
fn free(state: &State, email: &str, but: Option<&str>) -> Result<(), Problem> {
    let taken = (state.users.iter()).any(|user| user.email == email && but != Some(user.id.as_str()));
    match taken {
        true => Err(Problem::senseless("Another account has this e-mail address.")),
        false => Ok(()),
    }
}
