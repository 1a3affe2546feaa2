//! Who calls API v2, whether they may, and how they want instants written.

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::super::Enphase;
use super::super::applications::{V2_KEY, V2_PLAN};
use super::super::face::EnphasePerson;
use super::super::people;
use super::super::report::Report;
use super::super::site::Site;
use super::super::window::parameter;
use super::reply::{Outcome, Problem};
use crate::call::{Answer, Call};

/// A call that was let in.
#[derive(Debug)]
pub(in crate::enphase) struct Visit<'a> {
    pub(super) service: &'a Enphase,
    pub(super) call: &'a Call,
    person: EnphasePerson,
    iso8601: bool,
}

impl<'a> Visit<'a> {
    pub(super) fn report(&self, site: &'a Site) -> Report<'a> {
        Report::new(&self.service.world, site, self.call.received)
    }

    /// The systems that the caller sees, by id.
    pub(super) fn systems(&self) -> &'a [Site] {
        self.service.world.seen_by(self.person)
    }

    /// An instant: seconds since 1970, or a local time with its offset.
    pub(super) fn at(&self, site: &Site, unix: i64) -> Value {
        match OffsetDateTime::from_unix_timestamp(unix) {
            Ok(at) if self.iso8601 => {
                let local = site.zone().local(at.to_offset(UtcOffset::UTC));
                json!(local.format(&Rfc3339).unwrap_or_default())
            }
            _ => json!(unix),
        }
    }

    /// How fresh a site's data are.
    pub(super) fn meta(&self, report: &Report<'_>) -> Value {
        let site = report.site;
        json!({
            "status": status(site),
            "last_report_at": self.at(site, report.last),
            "last_energy_at": report.last_energy().map(|unix| self.at(site, unix)),
            "operational_at": self.at(site, site.began.unix_timestamp()),
        })
    }
}

/// The values that API v2 has for the status; it stopped learning new ones.
const STATUSES: [&str; 8] = [
    "comm",
    "power",
    "meter",
    "meter_issue",
    "micro",
    "battery",
    "storage_idle",
    "normal",
];

pub(super) fn status(site: &Site) -> &'static str {
    let status = site.status();
    if is_status(status) { status } else { "normal" }
}

pub(super) fn is_status(text: &str) -> bool {
    STATUSES.contains(&text)
}

/// Answers a call that concerns no system in particular.
pub(in crate::enphase) fn may(service: &Enphase, call: &Call, handler: fn(&Visit<'_>) -> Outcome) -> Answer {
    let outcome = let_in(service, call).and_then(|visit| handler(&visit));
    outcome.unwrap_or_else(Problem::into_answer)
}

/// Answers a call that concerns the system in its path.
pub(in crate::enphase) fn at_site(
    service: &Enphase,
    call: &Call,
    handler: for<'a> fn(&Visit<'a>, &'a Site) -> Outcome,
) -> Answer {
    let outcome = let_in(service, call).and_then(|visit| {
        let id = call.segment("system_id").unwrap_or_default();
        handler(&visit, site(&visit, id)?)
    });
    outcome.unwrap_or_else(Problem::into_answer)
}

/// A system by its id, if the caller sees it.
pub(super) fn site<'a>(visit: &Visit<'a>, id: &str) -> Result<&'a Site, Problem> {
    let known = id.parse().ok().and_then(|id| visit.service.world.site(id));
    let site = known.ok_or_else(|| Problem::unprocessable(&format!("Couldn't find Site with 'id'={id}")))?;
    let seen = visit.systems().iter().any(|seen| seen.id == site.id);
    seen.then_some(site).ok_or_else(Problem::unauthorized)
}

fn let_in<'a>(service: &'a Enphase, call: &'a Call) -> Result<Visit<'a>, Problem> {
    let known = parameter(call, "key").is_some_and(|key| key == V2_KEY);
    let account = parameter(call, "user_id")
        .filter(|_| known)
        .and_then(people::by_v2_user_id);
    let account = account.ok_or_else(Problem::unauthorized)?;
    let counted = service.state().v2_quota.count(call.received);
    counted.map_err(|exceeded| Problem::exceeded(V2_PLAN, &exceeded))?;
    Ok(Visit {
        service,
        call,
        person: account.person,
        iso8601: parameter(call, "datetime_format") == Some("iso8601"),
    })
}
