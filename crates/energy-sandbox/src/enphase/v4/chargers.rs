//! Enphase's own EV charger: what it is, what it did, what it used. All of it comes as octets.

use http::StatusCode;
use serde_json::{Value, json};
use time::{Date, Duration, OffsetDateTime};

use super::super::charging::Session;
use super::super::lifetime::days;
use super::super::report::{Known, Report};
use super::super::site::Site;
use super::super::window::{SHORT_DATE, date, earliest, instant, parameter};
use super::reply::{Outcome, Problem, octets};
use super::telemetry::{QUARTER, sum};
use super::visit::Visit;

const DAY: i64 = 86_400;

fn ok(body: &Value) -> Outcome {
    octets(StatusCode::OK, body)
}

/// The path must name the charger of the site.
pub(super) fn needs_charger(visit: &Visit<'_>, site: &Site) -> Result<(), Problem> {
    let known = site.is_metered() && site.fleet().charger() == visit.serial();
    known
        .then_some(())
        .ok_or_else(|| Problem::bad("Invalid system_id or serial_no"))
}

pub(in crate::enphase) fn devices<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let serial = site.fleet().charger();
    let charger = json!({
        "id": format!("{serial}:{}", site.id),
        "sku": "IQ-EVSE-EU-3032-0105-1300",
        "status": "normal",
        "serial_number": serial,
        "name": "IQ EV Charger",
        "model": "IQ-EVSE-EU-3032",
        "part_number": "800-02170 0105",
        "last_report_at": report.last,
        "firmware": "v25.37.1",
        "active": true,
    });
    let chargers: Vec<Value> = site.is_metered().then_some(charger).into_iter().collect();
    ok(&json!({
        "items": "devices",
        "total_devices": chargers.len(),
        "system_id": site.id,
        "devices": { "ev_chargers": chargers },
    }))
}

/// What a call asks to be left out, and how much it wants at most.
fn part(visit: &Visit<'_>) -> Result<(usize, usize), Problem> {
    let number = |name: &str, usual: usize| match parameter(visit.call, name) {
        None => Ok(usual),
        Some(text) => text.parse().map_err(|_| Problem::bad(json!(["Invalid offset/limit"]))),
    };
    let (offset, limit) = (number("offset", 0)?, number("limit", 20)?);
    if (1..=100).contains(&limit) {
        Ok((offset, limit))
    } else {
        Err(Problem::bad(json!(["Invalid offset/limit"])))
    }
}

/// Every session until now, newest first.
fn all_sessions(report: &Report<'_>) -> Vec<Session> {
    let first = report
        .world
        .meter_start_date(report.site)
        .unwrap_or(report.site.operational);
    let mut sessions = report.world.charging().sessions(first, report.today());
    sessions.retain(|session| session.begin <= report.now.unix_timestamp());
    sessions.reverse();
    sessions
}

pub(in crate::enphase) fn sessions<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    needs_charger(visit, site)?;
    let (offset, limit) = part(visit)?;
    let report = visit.report(site);
    let now = report.now.unix_timestamp();
    let all = all_sessions(&report).into_iter().skip(offset).take(limit);
    let sessions: Vec<Value> = all
        .map(|session| {
            let end = session.end.min(now);
            // In kWh, whatever the description says.
            let energy = session.energy(end) as f64 / 1000.0;
            json!({
                "start_time": session.begin,
                "end_time": end,
                "duration": end - session.begin,
                "energy_added": (energy * 100.0).round() / 100.0,
                "charge_time": end - session.begin,
                "miles_added": (energy * 35.0).round() / 10.0,
                "cost": (energy * 31.0).round() / 100.0,
            })
        })
        .collect();
    ok(&json!({ "count": sessions.len(), "system_id": site.id, "sessions": sessions }))
}

pub(in crate::enphase) fn events<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let (offset, limit) = part(visit)?;
    let report = visit.report(site);
    let serial = site.fleet().charger();
    let wanted = parameter(visit.call, "serial_num").is_none_or(|wanted| wanted == serial);
    let event = |at: i64, what: &str| {
        json!({
            "status": "Info",
            "triggered_date": at,
            "cleared_date": at,
            "details": format!("{what} on IQ EV Charger (SNo. {serial})."),
        })
    };
    let now = report.now.unix_timestamp();
    let mut events = Vec::new();
    if site.is_metered() && wanted {
        for session in all_sessions(&report) {
            if session.end <= now {
                events.push(event(session.end, "Charging stopped"));
            }
            events.push(event(session.begin, "Charging started"));
        }
    }
    let shown: Vec<Value> = events.into_iter().skip(offset).take(limit).collect();
    ok(&json!({ "count": shown.len(), "events": shown, "system_id": site.id }))
}

pub(in crate::enphase) fn schedules<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    needs_charger(visit, site)?;
    let schedule = |days: &[i64], start: &str, end: &str, level: i64| json!({ "days": days, "start_time": start, "end_time": end, "charging_level": level });
    ok(&json!({
        "system_id": site.id,
        "charger_schedules": [
            {
                "schedules": [
                    schedule(&[1, 2, 3, 4, 5], "18:00", "23:30", 100),
                    schedule(&[6, 7], "10:00", "15:30", 60),
                ],
                "type": "Custom",
                "is_active": true,
                "reminder_flag": false,
                "reminder_timer": 15,
            },
        ],
    }))
}

fn used(report: &Report<'_>, date: Date) -> i64 {
    report.day(date, |_, _, slot| Known::of(Some(slot.charger)))
}

pub(in crate::enphase) fn lifetime<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    needs_charger(visit, site)?;
    let report = visit.report(site);
    let read = |name: &str| {
        let invalid = |_| Problem::bad(json!(["Invalid start_date/end_date"]));
        date(visit.call, name, SHORT_DATE).map_err(invalid)
    };
    let start = read("start_date")?.unwrap_or(report.yesterday()).max(site.operational);
    let end = read("end_date")?.unwrap_or(report.yesterday());
    if start > report.today() || end > report.today() {
        return Err(Problem::bad(json!(["Invalid start_date/end_date"])));
    }
    let consumption: Vec<i64> = days(start, end).map(|day| used(&report, day)).collect();
    ok(&json!({ "system_id": site.id, "start_date": start.to_string(), "consumption": consumption }))
}

pub(in crate::enphase) fn telemetry<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    needs_charger(visit, site)?;
    let report = visit.report(site);
    let invalid = |what: &str| Problem::bad(json!([what]));
    let granularity = parameter(visit.call, "granularity").unwrap_or("day");
    let length = match granularity {
        "day" => DAY,
        "week" => 7 * DAY,
        _ => return Err(invalid("Invalid granularity")),
    };
    let date = date(visit.call, "start_date", SHORT_DATE).map_err(|_| invalid("Invalid start_date"))?;
    let at = instant(visit.call, "start_at").map_err(|_| invalid("Invalid start_at"))?;
    let midnight = |day: Date| site.zone().midnight(day).unix_timestamp();
    let start = match (date, at) {
        (Some(date), _) => midnight(date),
        (None, Some(at)) => at.div_euclid(QUARTER) * QUARTER,
        (None, None) => midnight(report.yesterday()),
    };
    let now = report.now.unix_timestamp();
    if start > now || start < earliest(&report) {
        return Err(invalid("Invalid start_date"));
    }
    let end = now.min(start + length);
    let slots = report.world.slots(site, start, end.min(report.last));
    let groups = slots.as_chunks::<3>().0.iter();
    let consumption: Vec<Value> = groups
        .map(|group| {
            let known = sum(group, |_, slot| Known::of(Some(slot.charger)));
            json!({ "consumption": known.energy, "end_at": group[2].0 })
        })
        .collect();
    let mut body = json!({ "granularity": granularity, "consumption": consumption, "system_id": site.id });
    match date {
        Some(date) => {
            let last = OffsetDateTime::from_unix_timestamp(end).unwrap_or(report.now) - Duration::SECOND;
            body["start_date"] = date.to_string().into();
            body["end_date"] = site.date(last).to_string().into();
        }
        None => {
            body["start_at"] = start.into();
            body["end_at"] = end.into();
        }
    }
    ok(&body)
}
