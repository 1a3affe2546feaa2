//! Starting and stopping the EV charger.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::site::Site;
use super::chargers::needs_charger;
use super::reply::{Outcome, Problem, octets};
use super::visit::Visit;

fn sent() -> Outcome {
    octets(StatusCode::ACCEPTED, &json!({ "message": "Request sent successfully" }))
}

/// A number that comes as a text.
fn number(body: &Value, name: &str) -> Option<Option<i64>> {
    match body.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => value.as_str().and_then(|text| text.parse().ok()).map(Some),
    }
}

pub(in crate::enphase) fn start<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    needs_charger(visit, site)?;
    let body: Value = match visit.call.body.is_empty() {
        true => json!({}),
        false => serde_json::from_slice(&visit.call.body).map_err(|_| Problem::bad("Invalid request body"))?,
    };
    let connector = number(&body, "connectorId").map(|connector| connector.unwrap_or(1));
    if connector.is_none_or(|connector| connector < 1) {
        return Err(Problem::bad(json!(["Connector Id must be greater than 0"])));
    }
    let level = number(&body, "chargingLevel").map(|level| level.unwrap_or(100));
    let Some(level) = level.filter(|level| (0..=100).contains(level)) else {
        return Err(Problem::bad(json!(["Charging level should be in the range [0-100]"])));
    };
    visit.service.world.charging().start(visit.now(), level);
    visit.service.world.charging_changed(visit.now());
    sent()
}

pub(in crate::enphase) fn stop<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    needs_charger(visit, site)?;
    visit.service.world.charging().stop(visit.now());
    visit.service.world.charging_changed(visit.now());
    sent()
}
