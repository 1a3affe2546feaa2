//! What the meters' counters showed.

use serde_json::{Value, json};

use super::super::lifetime::counter;
use super::super::report::{Known, Report};
use super::super::site::Site;
use super::super::window::instant;
use super::reply::{Outcome, Problem, meta, ok};
use super::visit::Visit;

/// The counter of a meter that was taken out, in Wh.
const RETIRED: i64 = 81_264;

/// Readings are taken at the quarters of an hour; this is the last one that the call asks for.
fn read_at(visit: &Visit<'_>, report: &Report<'_>) -> Result<i64, Problem> {
    let end = instant(visit.call, "end_at").map_err(|wrong| Problem::of_time(&wrong, report))?;
    Ok(end
        .map_or(report.last, |end| end.div_euclid(900) * 900)
        .min(report.last))
}

fn readings(report: &Report<'_>, readings: &[Value]) -> Outcome {
    ok(&json!({
        "system_id": report.site.id,
        "meter_readings": readings,
        "meta": meta(report),
    }))
}

/// The counters of the production meters at an instant, the retired one last: serial number, Wh, when it was read.
pub(in crate::enphase) fn production_counters(report: &Report<'_>, at: i64) -> Vec<(String, i64, i64)> {
    let fleet = report.site.fleet();
    let serials = fleet.production_meters().into_iter().zip(0..);
    let mut counters: Vec<(String, i64, i64)> = serials
        .map(|(serial, place): (String, usize)| {
            let value = counter(report, at, |report, end, slot| {
                Known::of(report.production_meters(end, slot)[place])
            });
            (serial, value, at)
        })
        .collect();
    if let Some(first) = report.world.meter_start_date(report.site) {
        let removed = report.site.zone().midnight(first).unix_timestamp();
        if removed <= at {
            counters.push((fleet.retired_meter(), RETIRED, removed));
        }
    }
    counters
}

pub(in crate::enphase) fn production<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let at = read_at(visit, &report)?;
    let counters = production_counters(&report, at).into_iter();
    let values: Vec<Value> = counters
        .map(|(serial, value, read_at)| json!({ "serial_number": serial, "value": value, "read_at": read_at }))
        .collect();
    readings(&report, &values)
}

pub(in crate::enphase) fn consumption<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let at = read_at(visit, &report)?;
    let mut values = Vec::new();
    if site.is_metered() {
        let value = counter(&report, at, |report, end, slot| report.grid(end, slot.consumption));
        values.push(json!({ "serial_num": site.fleet().consumption_meter(), "value": value, "read_at": at }));
    }
    readings(&report, &values)
}

pub(in crate::enphase) fn storage<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let at = read_at(visit, &report)?;
    let mut values = Vec::new();
    if site.is_metered() {
        values.push(json!({
            "serial_num": site.fleet().storage_meter(),
            "value_charged": counter(&report, at, Report::charged),
            "value_discharged": counter(&report, at, Report::discharged),
            "read_at": at,
        }));
    }
    readings(&report, &values)
}
