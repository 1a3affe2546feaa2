//! One number for each day.

use serde_json::{Map, Value, json};
use time::Date;

use super::super::lifetime::{self, days};
use super::super::report::{Known, Report};
use super::super::site::Site;
use super::super::window::{DATE, Wrong, date, parameter};
use super::reply::{Outcome, Problem, meta, ok};
use super::visit::Visit;

/// A number of a local day.
type OfDay = fn(&Report<'_>, Date) -> i64;

/// The days that a call asks for; `reaches_today` says whether they end today if it does not say when.
fn span(visit: &Visit<'_>, report: &Report<'_>, reaches_today: bool) -> Result<(Date, Date), Wrong> {
    let start = date(visit.call, "start_date", DATE)?;
    let end = date(visit.call, "end_date", DATE)?;
    let today = report.today();
    if start.max(end).is_some_and(|date| date > today) {
        return Err(Wrong::Future);
    }
    let start = start.unwrap_or(report.site.operational).max(report.site.operational);
    let usual = match reaches_today || start == today {
        true => today,
        false => lifetime::usual_end(report),
    };
    Ok((start, end.unwrap_or(usual)))
}

fn in_the_future(wrong: &Wrong, report: &Report<'_>) -> Problem {
    match wrong {
        Wrong::Future => Problem::unprocessable("Requested date is in the future"),
        wrong => Problem::of_time(wrong, report),
    }
}

/// Series under their names, with the day on which they start.
fn series(report: &Report<'_>, start: Option<Date>, series: &[(&str, Vec<i64>)]) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("system_id".to_owned(), report.site.id.into());
    body.insert("start_date".to_owned(), json!(start.map(|date| date.to_string())));
    for (name, values) in series {
        body.insert((*name).to_owned(), json!(values));
    }
    body.insert("meta".to_owned(), meta(report));
    body
}

pub(in crate::enphase) fn energy<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let span = span(visit, &report, false).map_err(|wrong| match wrong {
        Wrong::Future => Problem::unprocessable("Requested date range is invalid for this system"),
        wrong => Problem::of_time(&wrong, &report),
    })?;
    let values = |value: OfDay| -> Vec<i64> { days(span.0, span.1).map(|day| value(&report, day)).collect() };
    let mut body = series(&report, Some(span.0), &[("production", values(lifetime::production))]);
    if let Some(first) = report.world.meter_start_date(site) {
        body.insert("meter_start_date".to_owned(), first.to_string().into());
    }
    if parameter(visit.call, "production") == Some("all") {
        body.insert("micro_production".to_owned(), json!(values(lifetime::micros)));
        body.insert("meter_production".to_owned(), json!(values(lifetime::meters)));
    }
    ok(&Value::Object(body))
}

/// What is measured on the grid's side and in the batteries. Without meters there is no first day and no value.
fn measured<'a>(visit: &Visit<'a>, site: &'a Site, names: &[(&str, OfDay)]) -> Outcome {
    let report = visit.report(site);
    let (from, to) = span(visit, &report, false).map_err(|wrong| in_the_future(&wrong, &report))?;
    let start = site.is_metered().then_some(from);
    let values = |value: OfDay| -> Vec<i64> {
        match start {
            Some(from) => days(from, to).map(|day| value(&report, day)).collect(),
            None => Vec::new(),
        }
    };
    let named: Vec<(&str, Vec<i64>)> = names.iter().map(|(name, value)| (*name, values(*value))).collect();
    ok(&Value::Object(series(&report, start, &named)))
}

pub(in crate::enphase) fn consumption<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    measured(visit, site, &[("consumption", lifetime::consumption)])
}

pub(in crate::enphase) fn import<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    measured(visit, site, &[("import", lifetime::import)])
}

pub(in crate::enphase) fn export<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    measured(visit, site, &[("export", lifetime::export)])
}

pub(in crate::enphase) fn battery<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let names: [(&str, OfDay); 2] = [("charge", lifetime::charge), ("discharge", lifetime::discharge)];
    measured(visit, site, &names)
}

/// What one consumer used, today included.
fn used<'a>(visit: &Visit<'a>, site: &'a Site, value: OfDay) -> Outcome {
    let report = visit.report(site);
    let invalid = || Problem::unprocessable("Invalid request because of 'Invalid date/time range'");
    let (from, to) = span(visit, &report, true).map_err(|_| invalid())?;
    if from > to {
        return Err(invalid());
    }
    let consumption: Vec<i64> = days(from, to).map(|day| value(&report, day)).collect();
    ok(&json!({
        "system_id": site.id,
        "start_date": from.to_string(),
        "end_date": to.to_string(),
        "consumption": consumption,
    }))
}

pub(in crate::enphase) fn evse<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    super::device_telemetry::needs_evse(visit, site)?;
    used(visit, site, |report, date| {
        report.day(date, |_, _, slot| Known {
            devices: 1,
            energy: slot.evse,
        })
    })
}

pub(in crate::enphase) fn heat_pump<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    super::device_telemetry::needs_heat_pump(visit, site)?;
    used(visit, site, |report, date| {
        report.day(date, |_, _, slot| Known {
            devices: 1,
            energy: slot.heat_pump,
        })
    })
}
