//! Who calls, and whether they may.

use http::StatusCode;
use time::{Date, OffsetDateTime};

use super::SolarlogEnerest;
use super::accounts::{Application, PORTALS};
use super::plant::{self, Plant};
use super::reply::{Outcome, Problem};
use super::world::World;
use crate::call::{Answer, Call};

/// A call that was let in.
#[derive(Debug)]
pub(super) struct Visit<'a> {
    pub(super) world: &'a World,
    pub(super) call: &'a Call,
    pub(super) application: &'static Application,
}

impl<'a> Visit<'a> {
    pub(super) fn now(&self) -> OffsetDateTime {
        self.call.received
    }

    /// The day that it is at the plants.
    pub(super) fn today(&self) -> Date {
        plant::zone().local(self.now()).date()
    }

    /// A part of the path.
    pub(super) fn segment(&self, name: &str) -> &'a str {
        self.call.segment(name).unwrap_or_default()
    }

    /// The plants that the caller sees.
    pub(super) fn plants(&self) -> impl Iterator<Item = &'a Plant> {
        let application = self.application;
        self.world.plants().iter().filter(|plant| application.sees(plant))
    }

    /// Refuses what only the package Advanced includes.
    pub(super) fn needs_advanced(&self, what: &str) -> Result<(), Problem> {
        match self.application.is_advanced() {
            true => Ok(()),
            false => Err(Problem::forbidden(format!("{what}: not included in the package Basic"))),
        }
    }
}

/// Answers a call that concerns no plant in particular.
pub(super) fn may(service: &SolarlogEnerest, call: &Call, handler: fn(&Visit<'_>) -> Outcome) -> Answer {
    let outcome = let_in(service, call).and_then(|visit| handler(&visit));
    outcome.unwrap_or_else(Problem::into_answer)
}

/// Answers a call that concerns the plant in its path.
pub(super) fn at_plant(
    service: &SolarlogEnerest,
    call: &Call,
    handler: for<'a> fn(&Visit<'a>, &'a Plant) -> Outcome,
) -> Answer {
    let outcome = let_in(service, call).and_then(|visit| {
        let id = visit.segment("plantId");
        let plant = visit.plants().find(|plant| plant.id == id);
        handler(&visit, plant.ok_or_else(|| Problem::unknown("Plant"))?)
    });
    outcome.unwrap_or_else(Problem::into_answer)
}

fn let_in<'a>(service: &'a SolarlogEnerest, call: &'a Call) -> Result<Visit<'a>, Problem> {
    let application = application(service, call).ok_or_else(|| {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "The access token is missing, unknown or expired",
        )
    })?;
    let portal = call.segment("portal").unwrap_or_default();
    if !PORTALS.contains(&portal) {
        return Err(Problem::unknown("Portal"));
    }
    if portal != application.portal {
        return Err(Problem::forbidden("The access token is for another portal"));
    }
    Ok(Visit {
        world: &service.world,
        call,
        application,
    })
}

fn application(service: &SolarlogEnerest, call: &Call) -> Option<&'static Application> {
    let (scheme, token) = call.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    service.tokens().application(token.trim(), call.received)
}
