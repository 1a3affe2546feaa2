//! Intervals.

use serde_json::{Value, json};
use time::Duration;

use super::super::day::SLOT;
use super::super::fleet::PRODUCTION_METERS;
use super::super::report::Report;
use super::super::site::Site;
use super::super::v4::{rgm, telemetry};
use super::super::window::instant;
use super::reply::{Outcome, Problem, ok};
use super::visit::Visit;

const QUARTER: i64 = 900;
const DAY: i64 = 86_400;

/// The stretch of time that a call asks for, on the grid; what is longer ago than a year is nothing.
fn span(visit: &Visit<'_>, report: &Report<'_>, grid: i64) -> Result<(i64, i64), Problem> {
    let read = |name: &str| instant(visit.call, name).map_err(|wrong| Problem::of_time(&wrong));
    let start = read("start_at")?.unwrap_or(report.midnight()).div_euclid(grid) * grid;
    let end = read("end_at")?.unwrap_or(report.now.unix_timestamp()).div_euclid(grid) * grid;
    let first = report.site.began.unix_timestamp();
    if start > report.last || end < first || end < start {
        let problem = Problem::unprocessable("Requested date range is invalid for this system");
        return Err(problem
            .with("start_at", start)
            .with("end_at", end)
            .with("first_interval", first + SLOT)
            .with("last_interval", report.last));
    }
    let year_ago = report.now.saturating_sub(Duration::days(365)).unix_timestamp();
    Ok(if start < year_ago {
        (start, start)
    } else {
        (start.max(first), end.min(report.last))
    })
}

/// Five minutes each, a day at most; nothing in the dark.
pub(in crate::enphase) fn micros<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let (start, end) = span(visit, &report, SLOT)?;
    let slots = report.world.slots(site, start, end.min(start + DAY)).into_iter();
    let intervals = slots.filter_map(|(end, slot)| {
        let known = report.micro(end, &slot);
        (known.energy > 0).then(|| {
            json!({
                "end_at": visit.at(site, end),
                "powr": known.energy * 12,
                "enwh": known.energy,
                "devices_reporting": known.devices,
            })
        })
    });
    ok(&json!({
        "system_id": site.id,
        "total_devices": site.modules,
        "meta": visit.meta(&report),
        "intervals": intervals.collect::<Value>(),
    }))
}

/// Fifteen minutes each, a month at most.
pub(in crate::enphase) fn consumption<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    if !site.is_metered() {
        return Err(Problem::no_consumption_meter());
    }
    let report = visit.report(site);
    let (start, end) = span(visit, &report, QUARTER)?;
    let slots = report.world.slots(site, start, end.min(start + 31 * DAY));
    let groups = slots.as_chunks::<3>().0.iter();
    let intervals = groups.map(|group| {
        let known = telemetry::sum(group, |end, slot| report.grid(end, slot.consumption));
        json!({
            "end_at": visit.at(site, group[2].0),
            "enwh": known.energy,
            "devices_reporting": known.devices,
        })
    });
    ok(&json!({
        "system_id": site.id,
        "total_devices": 1,
        "meta": visit.meta(&report),
        "intervals": intervals.collect::<Value>(),
    }))
}

/// Fifteen minutes each, and no more than a week.
pub(in crate::enphase) fn rgm<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let (start, end) = span(visit, &report, QUARTER)?;
    if end - start > 7 * DAY {
        let text = format!(
            "Requested date range in one API hit cannot be more than 7 days. {{:start_at=>{start}, :end_at=>{end}}}"
        );
        return Err(Problem::unprocessable(&text)
            .with("start_at", start)
            .with("end_at", end));
    }
    let quarters = rgm::quarters(&report, start, end);
    let [intervals, meter_intervals] = rgm::intervals(&report, &quarters, |unix| visit.at(site, unix));
    ok(&json!({
        "system_id": site.id,
        "total_devices": if site.is_metered() { PRODUCTION_METERS.len() } else { 0 },
        "meta": visit.meta(&report),
        "intervals": intervals,
        "meter_intervals": meter_intervals,
    }))
}
