//! Intervals of whole sites.

use serde_json::{Map, Value, json};

use super::super::day::{SLOT, Slot};
use super::super::report::{Known, Report};
use super::super::site::Site;
use super::super::storage::{self, CAPACITY};
use super::super::window::Window;
use super::reply::{Outcome, Problem, meta, ok};
use super::visit::Visit;

/// Meters on the grid's side, and batteries, have intervals of 15 minutes.
pub(super) const QUARTER: i64 = 900;
const WEEK: i64 = 7 * 86_400;

/// An answer without its intervals.
pub(super) fn head(report: &Report<'_>, window: &Window, total_devices: i64) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("system_id".to_owned(), report.site.id.into());
    body.insert("total_devices".to_owned(), total_devices.into());
    body.insert("items".to_owned(), "intervals".into());
    window.write(report, &mut body);
    body
}

fn window(visit: &Visit<'_>, report: &Report<'_>, grid: i64) -> Result<Window, Problem> {
    Window::read(visit.call, report, grid, WEEK).map_err(|wrong| Problem::of_time(&wrong, report))
}

/// The sum of what is known of three slots.
pub(in crate::enphase) fn sum(group: &[(i64, Slot); 3], value: impl Fn(i64, &Slot) -> Known) -> Known {
    let [first, second, third] = group;
    value(first.0, &first.1) + value(second.0, &second.1) + value(third.0, &third.1)
}

/// Five minutes each; those in which nothing was made are left out, as at night.
pub(in crate::enphase) fn production_micro<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let window = window(visit, &report, SLOT)?;
    let intervals = window.slots(&report).into_iter().filter_map(|(end, slot)| {
        let known = report.micro(end, &slot);
        (known.energy > 0).then(|| {
            json!({
                "end_at": end,
                "devices_reporting": known.devices,
                "powr": known.energy * 12,
                "enwh": known.energy,
            })
        })
    });
    let mut body = head(&report, &window, site.modules);
    body.insert("intervals".to_owned(), intervals.collect());
    body.insert("meta".to_owned(), meta(&report));
    ok(&Value::Object(body))
}

/// Five minutes each, though the documentation says fifteen.
pub(in crate::enphase) fn production_meter<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let window = window(visit, &report, SLOT)?;
    let slots = metered(site, window.slots(&report)).into_iter();
    let intervals = slots.map(|(end, slot)| {
        let known = report.meter(end, &slot);
        json!({ "end_at": end, "devices_reporting": known.devices, "wh_del": known.energy })
    });
    let mut body = head(&report, &window, site.fleet().production_meters().len() as i64);
    body.insert("intervals".to_owned(), intervals.collect());
    ok(&Value::Object(body))
}

/// Nothing where there is no meter.
fn metered<T>(site: &Site, values: Vec<T>) -> Vec<T> {
    if site.is_metered() { values } else { Vec::new() }
}

pub(in crate::enphase) fn consumption_meter<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let window = window(visit, &report, QUARTER)?;
    let groups = metered(site, window.quarters(&report)).into_iter();
    let intervals = groups.map(|(end, group)| {
        let known = sum(&group, |end, slot| report.grid(end, slot.consumption));
        json!({ "end_at": end, "devices_reporting": known.devices, "enwh": known.energy })
    });
    let mut body = head(&report, &window, i64::from(site.is_metered()));
    body.insert("intervals".to_owned(), intervals.collect());
    body.insert("meta".to_owned(), meta(&report));
    ok(&Value::Object(body))
}

/// What passes the meter at the grid: a list of lists, and no devices.
fn grid<'a>(visit: &Visit<'a>, site: &'a Site, name: &str, value: fn(&Slot) -> i64) -> Outcome {
    if !site.is_metered() {
        return Err(Problem::server("unable to fetch data"));
    }
    let report = visit.report(site);
    let window = window(visit, &report, QUARTER)?;
    let intervals = window.quarters(&report).into_iter().map(|(end, group)| {
        let known = sum(&group, |end, slot| report.grid(end, value(slot)));
        json!({ "end_at": end, name: known.energy })
    });
    let mut body = head(&report, &window, 0);
    body.insert("intervals".to_owned(), json!([intervals.collect::<Value>()]));
    body.insert("meta".to_owned(), meta(&report));
    ok(&Value::Object(body))
}

pub(in crate::enphase) fn import<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    grid(visit, site, "wh_imported", |slot| slot.import)
}

pub(in crate::enphase) fn export<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    grid(visit, site, "wh_exported", |slot| slot.export)
}

/// How full something is.
pub(super) fn percent(stored: i64, capacity: i64) -> i64 {
    (stored * 200 + capacity) / (2 * capacity)
}

pub(in crate::enphase) fn battery<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let window = window(visit, &report, QUARTER)?;
    let groups = metered(site, window.quarters(&report)).into_iter();
    let intervals = groups.map(|(end, group)| {
        let charged = sum(&group, |end, slot| report.charged(end, slot));
        let discharged = sum(&group, |end, slot| report.discharged(end, slot));
        let held: Vec<i64> = report
            .batteries(end, &group[2].1)
            .into_iter()
            .flatten()
            .map(|battery| battery.stored)
            .collect();
        let capacity = storage::halves(CAPACITY)[0] * held.len().max(1) as i64;
        json!({
            "end_at": end,
            "charge": { "enwh": charged.energy, "devices_reporting": charged.devices },
            "discharge": { "enwh": discharged.energy, "devices_reporting": discharged.devices },
            "soc": { "percent": percent(held.iter().sum(), capacity), "devices_reporting": held.len() },
        })
    });
    let mut body = head(&report, &window, site.fleet().batteries().len() as i64);
    body.insert("intervals".to_owned(), intervals.collect());
    let whole = site
        .is_metered()
        .then(|| format!("{}%", percent(report.newest().stored, CAPACITY)));
    body.insert("last_reported_aggregate_soc".to_owned(), json!(whole));
    ok(&Value::Object(body))
}
