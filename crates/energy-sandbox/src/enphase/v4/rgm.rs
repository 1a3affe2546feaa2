//! What each revenue-grade meter has counted.

use serde_json::{Value, json};

use super::super::fleet::PRODUCTION_METERS;
use super::super::report::{Known, Report};
use super::super::site::Site;
use super::super::window::{Wrong, earliest, instant};
use super::reply::{Outcome, Problem, meta, ok};
use super::telemetry::{QUARTER, sum};
use super::visit::Visit;

const WEEK: i64 = 7 * 86_400;

/// A quarter of an hour: its end, what all meters know, and what each does.
pub(in crate::enphase) type Quarter = (i64, Known, [Option<i64>; 2]);

/// The quarters of an hour between two instants, as far as they are reported.
pub(in crate::enphase) fn quarters(report: &Report<'_>, from: i64, to: i64) -> Vec<Quarter> {
    if !report.site.is_metered() {
        return Vec::new();
    }
    let slots = report.world.slots(report.site, from, to.min(report.last));
    let groups = slots.as_chunks::<3>().0.iter();
    groups
        .map(|group| {
            let each = [0, 1].map(|place: usize| {
                let parts = group.map(|(end, slot)| report.production_meters(end, &slot)[place]);
                parts.into_iter().sum::<Option<i64>>()
            });
            (group[2].0, sum(group, |end, slot| report.meter(end, slot)), each)
        })
        .collect()
}

/// The two lists of intervals: of all meters together, and of each with its three channels.
pub(in crate::enphase) fn intervals(
    report: &Report<'_>,
    quarters: &[Quarter],
    write: impl Fn(i64) -> Value,
) -> [Value; 2] {
    let write = &write;
    let fleet = report.site.fleet();
    let together = quarters.iter().map(
        |(end, known, _)| json!({ "end_at": write(*end), "devices_reporting": known.devices, "wh_del": known.energy }),
    );
    let meters = fleet
        .production_meters()
        .into_iter()
        .enumerate()
        .map(|(place, serial)| {
            let intervals = quarters.iter().flat_map(|(end, _, each)| {
                let known = each[place];
                // Whole watt-hours, written with a fraction; two of three channels are not connected.
                (1..=3).map(move |channel| {
                    let known = known.filter(|_| channel == 1);
                    json!({
                        "channel": channel,
                        "end_at": write(*end),
                        "wh_del": known.map(|energy| energy as f64),
                        "curr_w": known.map(|energy| energy * 4),
                    })
                })
            });
            json!({
                "meter_serial_number": serial,
                "envoy_serial_number": fleet.gateway(),
                "intervals": intervals.collect::<Value>(),
            })
        });
    [together.collect(), meters.collect()]
}

pub(in crate::enphase) fn stats<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let wrong = |wrong: Wrong| Problem::of_time(&wrong, &report);
    let now = report.now.unix_timestamp();
    let start = instant(visit.call, "start_at").map_err(wrong)?;
    let start = start.map_or(report.midnight(), |start| start.div_euclid(QUARTER) * QUARTER);
    let end = instant(visit.call, "end_at").map_err(wrong)?;
    let end = end.unwrap_or(now.min(start + WEEK)).div_euclid(QUARTER) * QUARTER;
    if end - start > WEEK {
        return Err(Problem::unprocessable(format!(
            "Requested date range in one API hit cannot be more than 7 days. {{:start_at=>{start}, :end_at=>{end}}}"
        )));
    }
    let too_old = start < earliest(&report);
    if start > now || end < start || too_old {
        return Err(Problem::unprocessable(
            "Requested date range is invalid for this system",
        ));
    }
    let quarters = quarters(&report, start, end);
    let [intervals, meter_intervals] = intervals(&report, &quarters, |unix| json!(unix));
    ok(&json!({
        "system_id": site.id,
        "total_devices": if site.is_metered() { PRODUCTION_METERS.len() } else { 0 },
        "meta": meta(&report),
        "intervals": intervals,
        "meter_intervals": meter_intervals,
    }))
}
