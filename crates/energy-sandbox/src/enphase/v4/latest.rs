//! The newest power of each device, and what it is doing.

use serde_json::{Value, json};

use super::super::charging::Mode;
use super::super::fleet::LATEST;
use super::super::report::Report;
use super::super::site::Site;
use super::devices::{BATTERY, METER, id};
use super::reply::{Outcome, ok};
use super::visit::Visit;

/// What a battery is doing, by what it gives (positive) or takes.
pub(super) fn mode(power: i64) -> &'static str {
    match power {
        0 => "Idle",
        1.. => "Discharging",
        _ => "Charging",
    }
}

pub(in crate::enphase) fn get<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let devices = match site.is_metered() {
        true => devices(&report),
        false => json!({ "meters": [] }),
    };
    ok(&json!({ "system_id": site.id, "items": "devices", "devices": devices }))
}

fn devices(report: &Report<'_>) -> Value {
    let slot = report.newest();
    let fleet = report.site.fleet();
    let meter = |place: i64, name: &'static str, power: i64| {
        // The other two channels have not been connected for longer than a week.
        (1..=3).map(move |channel| {
            let connected = channel == 1;
            json!({
                "id": id(report.site, METER + place),
                "name": name,
                "channel": channel,
                "last_report_at": connected.then_some(report.last),
                "power": connected.then_some(power),
            })
        })
    };
    let [house, garage] = report.production_meters(report.last - LATEST, &slot);
    // Where there are batteries, consumption is what production and grid come to.
    let consumption = (slot.meter + slot.import - slot.export) * 12;
    let meters: Vec<Value> = meter(0, "production", house.unwrap_or(0) * 12)
        .chain(meter(1, "production", garage.unwrap_or(0) * 12))
        .chain(meter(2, "consumption", consumption))
        .collect();
    let settled = report.batteries(report.last - LATEST, &slot);
    let batteries = fleet.batteries().into_iter().zip(settled).zip(0..);
    let encharges: Vec<Value> = batteries
        .map(|((serial, battery), place)| {
            let power = battery.map_or(0, |battery| (battery.discharge - battery.charge) * 12);
            json!({
                "id": id(report.site, BATTERY + place),
                "name": format!("Encharge {serial}"),
                "channel": 1,
                "last_report_at": report.last,
                "power": power,
                "operational_mode": mode(power),
            })
        })
        .collect();
    let car = |charges: bool| if charges { Mode::Charging } else { Mode::PluggedOut };
    json!({
        "meters": meters,
        "encharges": encharges,
        "heat-pump": [{
            "serial_number": "",
            "name": "Warmhaus Terra 8",
            "last_report_at": report.last,
            "operational_mode": if slot.heat_pump > 10 { "MODE_3" } else { "MODE_2" },
        }],
        "evse": [
            {
                "serial_number": fleet.evse(),
                "name": "Driveway Box",
                "last_report_at": report.last,
                "operational_mode": car(slot.evse > 0).wire(),
            },
            {
                "serial_number": fleet.charger(),
                "name": "IQ EV Charger",
                "last_report_at": report.last,
                "operational_mode": report.world.charging().mode(report.now).wire(),
            },
        ],
    })
}
