//! Who calls, and whether they may.

use std::sync::Arc;

use http::StatusCode;
use time::OffsetDateTime;

use super::reply::{Outcome, Problem};
use super::state::State;
use super::{Intellimeter, Shared};
use crate::call::{Answer, Call};

/// A call that was let in.
#[derive(Debug)]
pub(super) struct Visit<'a> {
    pub(super) call: &'a Call,
    /// The id of the account.
    pub(super) user: String,
    pub(super) admin: bool,
}

impl Visit<'_> {
    pub(super) fn now(&self) -> OffsetDateTime {
        self.call.received
    }
}

/// What answers an operation.
pub(super) type Handler = fn(&Visit<'_>, &mut State) -> Outcome;

/// Answers a call whose token has the scope.
pub(super) fn may(service: &Intellimeter, call: &Call, scope: &str, handler: Handler) -> Answer {
    let shared: &Arc<Shared> = &service.shared;
    let mut state = shared.state();
    let outcome = let_in(&state, call, scope).and_then(|visit| handler(&visit, &mut state));
    outcome.unwrap_or_else(Problem::into_answer)
}

fn let_in<'a>(state: &State, call: &'a Call, scope: &str) -> Result<Visit<'a>, Problem> {
    let refused = |message: &str| Problem::new(StatusCode::UNAUTHORIZED, message);
    let header = call
        .header("authorization")
        .ok_or_else(|| refused("The access token is missing."))?;
    let token = match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => {
            return Err(refused(
                "The Authorization header must be 'Bearer' and the access token.",
            ));
        }
    };
    let dead = || refused("The access token is unknown or has expired.");
    let access = (state.access.get(token))
        .filter(|access| access.expires > call.received)
        .ok_or_else(dead)?;
    let grant = &access.grant;
    let user = state.user(&grant.user).filter(|user| user.active).ok_or_else(dead)?;
    if !grant.scopes.contains(scope) {
        let message = format!("The access token does not have the scope '{scope}'.");
        return Err(Problem::new(StatusCode::FORBIDDEN, message));
    }
    Ok(Visit {
        call,
        user: user.id.clone(),
        admin: user.admin,
    })
}
