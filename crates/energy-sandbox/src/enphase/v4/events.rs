//! What went wrong at a site, and what somebody should look at.

use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::super::site::Site;
use super::super::window::{Wrong, instant, parameter};
use super::reply::{Outcome, Problem, ok};
use super::visit::Visit;
use crate::noise;

/// How many events each site has, one every nine days back from when the sandbox began. The newest is still open.
const EVENTS: i64 = 28;
const APART: i64 = 9 * 86_400;

/// Nobody may ask for more at once, or for what is longer ago.
const WEEK: i64 = 7 * 86_400;
const OLDEST: Duration = Duration::days(274);

struct Type {
    id: i64,
    key: &'static str,
    stateful: bool,
    name: &'static str,
    description: &'static str,
    action: &'static str,
    severity: i64,
}

const TYPES: [Type; 4] = [
    Type {
        id: 28,
        key: "envoy_no_report",
        stateful: true,
        name: "Gateway not reporting",
        description: "The gateway has not been heard of for a while.",
        action: "See whether the gateway and the router have power and a connection.",
        severity: 2,
    },
    Type {
        id: 31,
        key: "pcu_no_report",
        stateful: true,
        name: "Microinverter not reporting",
        description: "The gateway does not hear a microinverter by daylight.",
        action: "Wait a day, then have the branch circuit looked at.",
        severity: 3,
    },
    Type {
        id: 407,
        key: "ac_voltage_out_of_range",
        stateful: true,
        name: "AC voltage out of range",
        description: "The voltage at the microinverters has left the range of the grid profile.",
        action: "If it happens often, ask the grid operator.",
        severity: 3,
    },
    Type {
        id: 4790,
        key: "profile_set",
        stateful: false,
        name: "Grid profile set",
        description: "Somebody has set another grid profile.",
        action: "Nothing to do.",
        severity: 4,
    },
];

struct Event {
    number: i64,
    kind: &'static Type,
    start: i64,
    /// Still open without one.
    end: Option<i64>,
    serial: String,
}

impl Event {
    fn body(&self, open: &str) -> Value {
        let closed = if self.kind.stateful { "Closed" } else { "Info" };
        json!({
            "status": if self.end.is_some() { closed } else { open },
            "event_type_id": self.kind.id,
            "event_start_time": self.start,
            "event_end_time": self.end,
            "serial_number": self.serial,
        })
    }

    /// Every third event, and the open one, has become an alarm.
    fn has_alarm(&self) -> bool {
        self.number % 3 == 0
    }

    fn alarm(&self, site: &Site) -> Map<String, Value> {
        // Ids are digits, but for some with points in them.
        let id = match self.number % 2 {
            0 => format!("{}.{}.{}000", site.id, self.number + 1, self.start),
            _ => (1_090_000_000 + site.number * 100 + self.number).to_string(),
        };
        let mut alarm = Map::new();
        alarm.insert("id".to_owned(), id.into());
        alarm.insert("severity".to_owned(), self.kind.severity.into());
        alarm.insert("event_type_id".to_owned(), self.kind.id.into());
        alarm.insert("alarm_start_time".to_owned(), self.start.into());
        let event = json!({ "serial_number": self.serial, "start_date": self.start, "end_date": self.end });
        alarm.insert("events".to_owned(), json!([event]));
        alarm
    }
}

/// The events of a site, newest first, as they are known at an instant.
fn all(visit: &Visit<'_>, site: &Site) -> Vec<Event> {
    let newest = visit.service.world.start.unix_timestamp() - 2 * 86_400;
    let event = |number: i64| {
        let dice = |of: i64| noise::hash(&[site.number, number, of]);
        let start = newest - number * APART + (dice(15) % 40_000) as i64;
        let kind = match number {
            0 => &TYPES[1],
            _ => &TYPES[(dice(16) % 4) as usize],
        };
        let lasts = if kind.stateful {
            1_200 + (dice(17) % 90_000) as i64
        } else {
            0
        };
        let fleet = site.fleet();
        Event {
            number,
            kind,
            start,
            end: (number > 0).then_some(start + lasts),
            serial: match kind.id {
                31 | 407 => fleet.micro((dice(18) % 8) as i64),
                _ => fleet.gateway(),
            },
        }
    };
    let events = (0..EVENTS).map(event);
    events
        .filter(|event| event.start >= site.began.unix_timestamp())
        .collect()
}

/// The stretch of time that a call asks for: its start is mandatory, and its end a day later or now.
fn span(visit: &Visit<'_>) -> Result<(i64, i64), Problem> {
    let read = |name: &str| {
        instant(visit.call, name).map_err(|wrong| match wrong {
            Wrong::Unreadable(text) => Problem::unprocessable(format!("Failed to parse date {text}")),
            _ => Problem::unprocessable("Invalid date/time range"),
        })
    };
    let start = read("start_time")?.ok_or_else(|| Problem::unprocessable("start_time is required"))?;
    let now = visit.now();
    let usual = (start.saturating_add(86_400)).min(now.unix_timestamp());
    let end = read("end_time")?.unwrap_or(usual);
    if start > now.unix_timestamp() || end > now.unix_timestamp() {
        return Err(Problem::unprocessable("Requested date is in the future"));
    }
    let oldest: OffsetDateTime = now.saturating_sub(OLDEST);
    if start < oldest.unix_timestamp() || end < start || end - start > WEEK {
        return Err(Problem::unprocessable(
            "Requested date range is invalid for this system",
        ));
    }
    Ok((start, end))
}

/// A plain list, though the description has a map of lists.
fn list(site: &Site, name: &str, values: impl Iterator<Item = Value>) -> Outcome {
    ok(&json!({ "system_id": site.id, name: values.collect::<Value>() }))
}

pub(in crate::enphase) fn events<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let (from, to) = span(visit)?;
    let events = all(visit, site)
        .into_iter()
        .filter(|event| (from..=to).contains(&event.start));
    list(site, "events", events.map(|event| event.body("Open")))
}

pub(in crate::enphase) fn open_events<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let open = all(visit, site).into_iter().filter(|event| event.end.is_none());
    list(site, "events", open.map(|event| event.body("open")))
}

pub(in crate::enphase) fn alarms<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let (from, to) = span(visit)?;
    let cleared = parameter(visit.call, "cleared") == Some("true");
    let alarms = all(visit, site)
        .into_iter()
        .filter(|event| event.has_alarm() && event.end.is_some() == cleared && (from..=to).contains(&event.start));
    let bodies = alarms.map(|event| {
        let mut alarm = event.alarm(site);
        alarm.insert("cleared".to_owned(), cleared.into());
        alarm.insert("alarm_end_time".to_owned(), json!(event.end));
        Value::Object(alarm)
    });
    list(site, "alarms", bodies)
}

pub(in crate::enphase) fn open_alarms<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let open = all(visit, site)
        .into_iter()
        .filter(|event| event.has_alarm() && event.end.is_none());
    list(site, "alarms", open.map(|event| Value::Object(event.alarm(site))))
}

pub(in crate::enphase) fn types(visit: &Visit<'_>) -> Outcome {
    let wanted = parameter(visit.call, "event_type_id");
    let types: Vec<Value> = TYPES
        .iter()
        .filter(|kind| wanted.is_none_or(|wanted| kind.id.to_string() == wanted))
        .map(|kind| {
            json!({
                "event_type_id": kind.id,
                "event_type_key": kind.key,
                "stateful": kind.stateful,
                "event_name": kind.name,
                "event_description": kind.description,
                "recommended_action": kind.action,
            })
        })
        .collect();
    match wanted {
        Some(id) if types.is_empty() => Err(Problem::not_found(format!(
            "Event type not found for {{:id=>\"{id}\"}}"
        ))),
        _ => ok(&json!({ "event_types": types })),
    }
}
