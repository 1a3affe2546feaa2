//! Intervals of single devices.

use serde_json::{Map, Value, json};

use super::super::day::{SLOT, Slot};
use super::super::report::{Known, Report};
use super::super::site::Site;
use super::super::storage::{self, CAPACITY};
use super::super::window::{Window, Wrong, parameter};
use super::reply::{Outcome, Problem, ok};
use super::systems::Page;
use super::telemetry::{QUARTER, head, percent, sum};
use super::visit::Visit;

const DAY: i64 = 86_400;

fn window(visit: &Visit<'_>, report: &Report<'_>, grid: i64, longest: i64) -> Result<Window, Problem> {
    Window::read(visit.call, report, grid, longest).map_err(|wrong| Problem::of_time(&wrong, report))
}

/// What the microinverters at these places have made, interval by interval; nothing in the dark.
fn micro_intervals(report: &Report<'_>, window: &Window, places: &[usize]) -> Vec<Value> {
    let mut lists: Vec<Vec<Value>> = vec![Vec::new(); places.len()];
    for (end, slot) in window.slots(report) {
        if slot.micro == 0 {
            continue;
        }
        let known = report.micros(end, &slot);
        for (list, place) in lists.iter_mut().zip(places) {
            if let Some(energy) = known.get(*place).copied().flatten() {
                list.push(json!({ "end_at": end, "powr": energy * 12, "enwh": energy }));
            }
        }
    }
    lists.into_iter().map(Value::Array).collect()
}

/// All microinverters, by pages of at most twenty.
pub(in crate::enphase) fn micros<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let page = Page::read(visit, 20)?;
    let window = window(visit, &report, SLOT, DAY)?;
    let serials: Vec<(usize, String)> = site.fleet().micros().into_iter().enumerate().collect();
    let shown = page.of(&serials);
    let places: Vec<usize> = shown.iter().map(|(place, _)| *place).collect();
    let lists = micro_intervals(&report, &window, &places).into_iter();
    let devices = shown
        .iter()
        .zip(lists)
        .map(|((_, serial), intervals)| json!({ "serial_number": serial, "intervals": intervals }));
    let mut body = head(&report, &window, site.modules);
    body.insert("page".to_owned(), page.number.into());
    body.insert("page_size".to_owned(), page.size.into());
    body.insert("devices".to_owned(), devices.collect());
    ok(&Value::Object(body))
}

pub(in crate::enphase) fn micro<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let serial = visit.serial();
    let place = site.fleet().micros().iter().position(|known| known == serial);
    let place = place.ok_or_else(|| Problem::not_found(format!("Micro not found for {{:id=>\"{serial}\"}}")))?;
    let report = visit.report(site);
    let window = window(visit, &report, SLOT, DAY)?;
    let mut body = head(&report, &window, 1);
    body.insert("serial_number".to_owned(), serial.into());
    let mut lists = micro_intervals(&report, &window, &[place]);
    body.insert("intervals".to_owned(), lists.pop().unwrap_or_else(|| json!([])));
    ok(&Value::Object(body))
}

pub(in crate::enphase) fn encharge<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let serial = visit.serial();
    let place = site.fleet().batteries().iter().position(|known| known == serial);
    let place = place.ok_or_else(|| Problem::not_found(format!("Encharge not found for {{:id=>\"{serial}\"}}")))?;
    let report = visit.report(site);
    let window = window(visit, &report, QUARTER, 7 * DAY)?;
    let half = storage::halves(CAPACITY)[place];
    let mut held = None;
    let mut intervals = Vec::new();
    for (end, group) in window.quarters(&report) {
        let parts = group.map(|(end, slot)| report.batteries(end, &slot)[place]);
        let [Some(_), Some(_), Some(last)] = parts else {
            continue;
        };
        let known = parts.into_iter().flatten();
        let (charge, discharge) = known.fold((0, 0), |sum, part| (sum.0 + part.charge, sum.1 + part.discharge));
        held = Some((end, percent(last.stored, half)));
        intervals.push(json!({
            "end_at": end,
            "charge": { "enwh": charge },
            "discharge": { "enwh": discharge },
            "soc": { "percent": percent(last.stored, half) },
        }));
    }
    let mut body = head(&report, &window, 1);
    body.insert("serial_number".to_owned(), serial.into());
    body.insert("intervals".to_owned(), intervals.into());
    body.insert("last_reported_time".to_owned(), json!(held.map(|(end, _)| end)));
    body.insert(
        "last_reported_soc".to_owned(),
        json!(held.map(|(_, percent)| format!("{percent}%"))),
    );
    ok(&Value::Object(body))
}

/// The charger of another make is the only one that these operations know.
pub(super) fn needs_evse(visit: &Visit<'_>, site: &Site) -> Result<(), Problem> {
    let serial = visit.serial();
    let known = site.is_metered() && site.fleet().evse() == serial;
    known
        .then_some(())
        .ok_or_else(|| Problem::no_system(serial, &visit.call.path))
}

pub(super) fn needs_heat_pump(visit: &Visit<'_>, site: &Site) -> Result<(), Problem> {
    let problem = || Problem::no_system(&site.id.to_string(), &visit.call.path);
    site.is_metered().then_some(()).ok_or_else(problem)
}

/// One consumer, in intervals of five or fifteen minutes.
fn consumer<'a>(visit: &Visit<'a>, site: &'a Site, value: fn(&Slot) -> i64) -> Outcome {
    let report = visit.report(site);
    let invalid = |_: Wrong| Problem::unprocessable("Invalid request because of 'Invalid date/time range'");
    let window = Window::read(visit.call, &report, QUARTER, DAY).map_err(invalid)?;
    let duration = parameter(visit.call, "interval_duration").unwrap_or("15mins");
    let intervals: Vec<Value> = match duration {
        "5mins" => {
            let slots = window.slots(&report).into_iter();
            slots
                .map(|(end, slot)| json!({ "end_at": end, "wh_consumed": value(&slot) }))
                .collect()
        }
        "15mins" => {
            let groups = window.quarters(&report).into_iter();
            let whole = |slot: &Slot| Known::of(Some(value(slot)));
            groups
                .map(|(end, group)| json!({ "end_at": end, "wh_consumed": sum(&group, |_, slot| whole(slot)).energy }))
                .collect()
        }
        _ => return Err(invalid(Wrong::Granularity)),
    };
    let mut body: Map<String, Value> = head(&report, &window, 0);
    body.remove("total_devices");
    body.insert("interval_duration".to_owned(), duration.into());
    body.insert("intervals".to_owned(), intervals.into());
    ok(&Value::Object(body))
}

/// A flat list, as the documented answer has it.
pub(in crate::enphase) fn evse<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    needs_evse(visit, site)?;
    consumer(visit, site, |slot| slot.evse)
}

pub(in crate::enphase) fn heat_pump<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    needs_heat_pump(visit, site)?;
    consumer(visit, site, |slot| slot.heat_pump)
}
