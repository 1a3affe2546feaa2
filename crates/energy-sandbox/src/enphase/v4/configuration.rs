//! Settings of batteries, storm guard and loads. Changing them changes what is read afterwards, not how the site's
//! energy flows.

use serde_json::{Map, Value, json};

use super::super::site::Site;
use super::reply::{Outcome, Problem, ok};
use super::settings::{BatteryMode, Load, Settings};
use super::visit::Visit;

/// The batteries cannot be emptied further, in percent.
const SHUTDOWN_LEVEL: i64 = 5;

const LOAD_MODES: [&str; 6] = [
    "Scheduled",
    "Basic",
    "Advanced_BatteryPowered",
    "Advanced_GeneratorPowered",
    "Manual_always_powered",
    "Manual_always_not_powered",
];

fn on_off(on: bool) -> &'static str {
    if on { "enabled" } else { "disabled" }
}

/// Without batteries there is nothing to read, and nothing to set in slightly other words.
fn needs_batteries(site: &Site, words: &str) -> Result<(), Problem> {
    site.is_metered()
        .then_some(())
        .ok_or_else(|| Problem::unprocessable(words))
}

const NONE_TO_READ: &str = "System doesn't have encharges";
const NONE_TO_SET: &str = "System doesn't have encharge";

/// The body of a change, and what is wrong with it.
struct Change(Map<String, Value>);

impl Change {
    fn read(visit: &Visit<'_>) -> Result<Self, Problem> {
        match serde_json::from_slice(&visit.call.body) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            _ => Err(Problem::unprocessable("The body must be a JSON object")),
        }
    }

    fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Problem::unprocessable(format!("{name} must be a text"))),
        }
    }

    /// One of two words.
    fn switch(&self, name: &str) -> Result<Option<bool>, Problem> {
        match self.text(name)? {
            None => Ok(None),
            Some("enabled") => Ok(Some(true)),
            Some("disabled") => Ok(Some(false)),
            Some(_) => Err(Problem::unprocessable(format!("{name} must be enabled or disabled"))),
        }
    }

    fn number(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>, Problem> {
        let Some(value) = self.0.get(name).filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        let number = value.as_i64().filter(|number| (least..=most).contains(number));
        let refused = || Problem::unprocessable(format!("{name} must be a whole number from {least} to {most}"));
        number.map(Some).ok_or_else(refused)
    }
}

fn battery_body(site: &Site, settings: &Settings, mode: &str) -> Value {
    json!({
        "system_id": site.id,
        "battery_mode": mode,
        "reserve_soc": settings.reserve_soc,
        "energy_independence": on_off(settings.energy_independence),
        "charge_from_grid": "disabled",
        "battery_shutdown_level": SHUTDOWN_LEVEL,
    })
}

pub(in crate::enphase) fn battery<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    needs_batteries(site, NONE_TO_READ)?;
    let settings = &visit.service.state().settings;
    ok(&battery_body(site, settings, settings.mode.read_back()))
}

pub(in crate::enphase) fn set_battery<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    needs_batteries(site, NONE_TO_SET)?;
    let change = Change::read(visit)?;
    let unknown = || Problem::unprocessable("battery_mode is not supported");
    let mode = change.text("battery_mode")?;
    let mode = mode
        .map(|text| BatteryMode::read(text).ok_or_else(unknown))
        .transpose()?;
    let reserve_soc = change.number("reserve_soc", SHUTDOWN_LEVEL, 100)?;
    let energy_independence = change.switch("energy_independence")?;
    let settings = &mut visit.service.state().settings;
    settings.mode = mode.unwrap_or(settings.mode);
    settings.reserve_soc = reserve_soc.unwrap_or(settings.reserve_soc);
    settings.energy_independence = energy_independence.unwrap_or(settings.energy_independence);
    ok(&battery_body(site, settings, settings.mode.confirmed()))
}

/// The alert is a text, though there are only two.
fn storm_body(site: &Site, status: &str) -> Value {
    json!({ "system_id": site.id, "storm_guard_status": status, "storm_alert": "false" })
}

pub(in crate::enphase) fn storm_guard<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    needs_batteries(site, NONE_TO_READ)?;
    ok(&storm_body(site, on_off(visit.service.state().settings.storm_guard)))
}

pub(in crate::enphase) fn set_storm_guard<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    needs_batteries(site, NONE_TO_SET)?;
    let wanted = Change::read(visit)?.switch("storm_guard_status")?;
    let wanted = wanted.ok_or_else(|| Problem::unprocessable("storm_guard_status is required"))?;
    visit.service.state().settings.storm_guard = wanted;
    ok(&storm_body(
        site,
        if wanted { "Enabled (Inactive)" } else { "disabled" },
    ))
}

pub(in crate::enphase) fn grid_status<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    if site.silent_since.is_some() {
        return Err(Problem::unprocessable(
            "grid_state not available as the site has not reported yet",
        ));
    }
    ok(&json!({
        "system_id": site.id,
        "grid_state": if site.is_metered() { "On Grid" } else { "Unknown" },
        "last_report_date": visit.report(site).last,
    }))
}

fn loads_body<'a>(site: &Site, loads: impl Iterator<Item = &'a Load>) -> Value {
    json!({ "system_id": site.id, "load_control_data": loads.map(Load::body).collect::<Value>() })
}

pub(in crate::enphase) fn load_control<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let state = visit.service.state();
    let loads = state.settings.loads.iter().filter(|_| site.is_metered());
    ok(&loads_body(site, loads))
}

pub(in crate::enphase) fn set_load_control<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    const DAY: i64 = 86_400;
    let change = Change::read(visit)?;
    let name = change
        .text("name")?
        .ok_or_else(|| Problem::unprocessable("name is required"))?;
    let mode = change.text("mode")?.map(str::to_owned);
    if mode.as_deref().is_some_and(|mode| !LOAD_MODES.contains(&mode)) {
        return Err(Problem::unprocessable("mode is not supported"));
    }
    let soc_low = change.number("soc_low", 10, 90)?;
    if mode.as_deref() == Some("Advanced_BatteryPowered") && soc_low.is_none() {
        return Err(Problem::unprocessable(
            "soc_low is mandatory for Advanced_BatteryPowered mode",
        ));
    }
    let start = change.number("essential_start_time", 0, DAY)?;
    let end = change.number("essential_end_time", 0, DAY)?;
    let mut state = visit.service.state();
    let loads = state.settings.loads.iter_mut().filter(|_| site.is_metered());
    let mut found = loads.filter(|load| load.name == name);
    let load = found
        .next()
        .ok_or_else(|| Problem::unprocessable("There is no dry contact of this name"))?;
    load.mode = mode.unwrap_or_else(|| load.mode.clone());
    load.soc_low = soc_low.unwrap_or(load.soc_low);
    load.essential_start_time = start.unwrap_or(load.essential_start_time);
    load.essential_end_time = end.unwrap_or(load.essential_end_time);
    ok(&loads_body(site, state.settings.loads.iter()))
}
