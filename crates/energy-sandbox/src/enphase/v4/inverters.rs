//! Each microinverter of a site or a gateway: how it is, and what it has made.

use serde_json::{Value, json};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::super::fleet::LATEST;
use super::super::report::Report;
use super::super::site::Site;
use super::super::window::parameter;
use super::reply::{Outcome, Problem, ok};
use super::systems::Page;
use super::visit::Visit;

pub(in crate::enphase) fn summary(visit: &Visit<'_>) -> Outcome {
    let (gateway, site) = (
        parameter(visit.call, "envoy_serial_number"),
        parameter(visit.call, "site_id"),
    );
    let found = match (gateway, site) {
        (Some(serial), _) => visit.systems().iter().find(|site| site.fleet().gateway() == serial),
        (None, Some(id)) => visit.systems().iter().find(|site| site.id.to_string() == id),
        (None, None) => return Err(Problem::unprocessable("Envoy serial number or Site id mandatory")),
    };
    let site = found.ok_or_else(|| Problem::unauthorized("User is not authorized"))?;
    let page = Page::read(visit, 100)?;
    let report = visit.report(site);
    let all: Vec<Value> = micros(&report);
    ok(&json!([{ "signal_strength": 4, "micro_inverters": page.of(&all) }]))
}

/// All of them. Neither power nor dates are always written alike.
pub(in crate::enphase) fn micros(report: &Report<'_>) -> Vec<Value> {
    let fleet = report.site.fleet();
    let newest = report.newest();
    let now = report.micros(report.last - LATEST, &newest);
    let energies = made_today(report);
    (fleet.micros().into_iter().zip(0..))
        .map(|(serial, place): (String, usize)| {
            let power = now.get(place).copied().flatten().unwrap_or(0) * 12;
            json!({
                "id": super::devices::id(report.site, place as i64),
                "serial_number": serial,
                "model": "IQ8+",
                "part_number": "800-01391-r02",
                "sku": "IQ8PLUS-72-2-INT",
                "status": "normal",
                "power_produced": match place % 3 {
                    2 => json!(power),
                    _ => json!({ "value": power, "units": "W", "precision": 0 }),
                },
                "proc_load": "520-00082-r01-v04.30.12",
                "param_table": "540-00169-r01-v04.22.09",
                "envoy_serial_number": fleet.gateway(),
                "energy": { "value": energies.get(place), "units": "Wh", "precision": 0 },
                "grid_profile": "61b2e07f4a90c35d18ef7204",
                "last_report_date": last_report(report.site, report.last, place),
            })
        })
        .collect()
}

/// What each has made today, as far as it is known.
fn made_today(report: &Report<'_>) -> Vec<i64> {
    let mut sums = vec![0; report.site.modules.unsigned_abs() as usize];
    for (end, slot) in report.world.slots(report.site, report.midnight(), report.last) {
        for (sum, known) in sums.iter_mut().zip(report.micros(end, &slot)) {
            *sum += known.unwrap_or(0);
        }
    }
    sums
}

/// Seconds since 1970, a local time with its offset, or nothing.
fn last_report(site: &Site, last: i64, place: usize) -> Value {
    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!(
        "[year]-[month]-[day] [hour]:[minute]:[second] [offset_hour sign:mandatory][offset_minute]"
    );
    match place % 8 {
        5 => Value::Null,
        3 => {
            let at = OffsetDateTime::from_unix_timestamp(last).unwrap_or(site.began);
            let local = site.zone().local(at.to_offset(UtcOffset::UTC));
            json!(local.format(FORMAT).unwrap_or_default())
        }
        _ => json!(last),
    }
}
