//! Who calls API v4, and whether they may.

use time::OffsetDateTime;

use super::super::Enphase;
use super::super::applications::{AccessControl, Registered, by_key, registered};
use super::super::face::EnphasePerson;
use super::super::report::Report;
use super::super::site::Site;
use super::reply::{Outcome, Problem};
use crate::call::{Answer, Call};

/// A call that was let in.
#[derive(Debug)]
pub(in crate::enphase) struct Visit<'a> {
    pub(super) service: &'a Enphase,
    pub(super) call: &'a Call,
    pub(super) person: EnphasePerson,
}

impl<'a> Visit<'a> {
    pub(super) fn now(&self) -> OffsetDateTime {
        self.call.received
    }

    pub(super) fn report(&self, site: &'a Site) -> Report<'a> {
        Report::new(&self.service.world, site, self.now())
    }

    /// The systems that the caller sees, by id.
    pub(super) fn systems(&self) -> &'a [Site] {
        self.service.world.seen_by(self.person)
    }

    pub(super) fn sees(&self, site: &Site) -> bool {
        self.systems().iter().any(|seen| seen.id == site.id)
    }

    /// The serial number in the path.
    pub(super) fn serial(&self) -> &'a str {
        self.call.segment("serial_no").unwrap_or_default()
    }
}

/// Answers a call that concerns no system in particular.
pub(in crate::enphase) fn may(
    service: &Enphase,
    call: &Call,
    control: AccessControl,
    handler: fn(&Visit<'_>) -> Outcome,
) -> Answer {
    let outcome = let_in(service, call, control).and_then(|visit| handler(&visit));
    outcome.unwrap_or_else(|problem| problem.into_answer(call))
}

/// Answers a call that concerns the system in its path.
pub(in crate::enphase) fn at_site(
    service: &Enphase,
    call: &Call,
    control: AccessControl,
    handler: for<'a> fn(&Visit<'a>, &'a Site) -> Outcome,
) -> Answer {
    let outcome = let_in(service, call, control).and_then(|visit| {
        let site = site(&visit)?;
        handler(&visit, site)
    });
    outcome.unwrap_or_else(|problem| problem.into_answer(call))
}

fn site<'a>(visit: &Visit<'a>) -> Result<&'a Site, Problem> {
    let text = visit.call.segment("system_id").unwrap_or_default();
    let known = text.parse().ok().and_then(|id| visit.service.world.site(id));
    let path = visit.call.path.as_str();
    let Some(site) = known else {
        return Err(if path.contains("/ev_charger/") {
            Problem::bad("Invalid system_id")
        } else if path.ends_with("/live_data") {
            Problem::live(468, "System ID doesn't exist", "INVALID_SYSTEM_ID", "validation_error")
        } else {
            Problem::no_system(text, path)
        });
    };
    if visit.sees(site) {
        Ok(site)
    } else {
        Err(Problem::forbidden())
    }
}

/// The application's key: a parameter or a header.
pub(in crate::enphase) fn key(call: &Call) -> Option<&str> {
    let key = call.parameter("key").or_else(|| call.header("key"));
    key.filter(|key| !key.is_empty())
}

fn let_in<'a>(service: &'a Enphase, call: &'a Call, control: AccessControl) -> Result<Visit<'a>, Problem> {
    let key = key(call).ok_or_else(|| Problem::unauthorized("API Key missing in url/headers!"))?;
    let refused = || Problem::unauthorized("User is not authorized");
    let header = call.header("authorization").and_then(|header| header.split_once(' '));
    let (_, token) = header
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .ok_or_else(refused)?;
    let mut state = service.state();
    let grant = state.tokens.grant(token.trim(), call.received).ok_or_else(refused)?;
    let application: &Registered = registered(grant.app);
    match by_key(key) {
        Some(known) if known.app == application.app => {}
        Some(_) => return Err(Problem::mismatch()),
        None => return Err(refused()),
    }
    if !application.includes(control) {
        return Err(refused());
    }
    let counted = state.quota(application.app).count(call.received);
    counted.map_err(|exceeded| Problem::too_many(application.plan, exceeded))?;
    Ok(Visit {
        service,
        call,
        person: grant.person,
    })
}
