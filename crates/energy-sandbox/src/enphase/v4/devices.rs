//! What is installed at a site.

use serde_json::{Map, Value, json};

use super::super::report::Report;
use super::super::site::Site;
use super::reply::{Outcome, ok};
use super::visit::Visit;

/// Ids are counted within a site.
pub(in crate::enphase) fn id(site: &Site, place: i64) -> i64 {
    1_061_000_000 + site.number * 200 + place
}

/// Where the ids of each kind begin, after those of the microinverters.
pub(in crate::enphase) const GATEWAY: i64 = 100;
pub(in crate::enphase) const METER: i64 = 110;
const OTHER: i64 = 120;
pub(in crate::enphase) const BATTERY: i64 = 130;

/// What most devices have. Some have no model, which is an empty text.
fn device(report: &Report<'_>, place: i64, kind: &str, serial: &str, part: [&str; 4]) -> Value {
    let [part_number, sku, model, product_name] = part;
    json!({
        "id": id(report.site, place),
        "last_report_at": report.last,
        "name": format!("{kind} {serial}"),
        "serial_number": serial,
        "part_number": part_number,
        "sku": sku,
        "model": model,
        "status": "normal",
        "active": true,
        "product_name": product_name,
    })
}

pub(in crate::enphase) fn list<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let mut devices = Map::new();
    devices.insert("micros".to_owned(), micros(&report));
    devices.insert("gateways".to_owned(), gateways(&report));
    if site.is_metered() {
        devices.insert("meters".to_owned(), meters(&report));
        devices.extend(storage(&report));
        devices.extend(others(&report));
    }
    let total: usize = devices.values().filter_map(Value::as_array).map(Vec::len).sum();
    ok(&json!({
        "system_id": site.id,
        "total_devices": total,
        "items": "devices",
        "devices": devices,
    }))
}

fn micros(report: &Report<'_>) -> Value {
    let serials = report.site.fleet().micros().into_iter().zip(0..);
    let micros = serials.map(|(serial, place)| {
        let part = ["800-01391-r02", "IQ8PLUS-72-2-INT", "IQ8+", "IQ8+"];
        let mut micro = device(report, place, "Microinverter", &serial, part);
        micro["feoc_compliant"] = true.into();
        micro["dom_compliant"] = (place % 2 == 0).into();
        micro
    });
    micros.collect()
}

fn gateways(report: &Report<'_>) -> Value {
    let part = ["800-00664-r05", "ENV-S-WM-230", "Envoy-S-Metered-EU", "IQ Gateway"];
    let serial = report.site.fleet().gateway();
    let mut gateway = device(report, GATEWAY, "Gateway", &serial, part);
    gateway["emu_sw_version"] = "D8.2.4225 (2f1c7e)".into();
    if report.site.connection_type() == "cellular" || report.site.is_metered() {
        gateway["cellular_modem"] = json!({
            "imei": "352741098213650",
            "part_num": "860-00219-r01",
            "sku": "CELLMODEM-M1",
            "plan_start_date": report.site.began.unix_timestamp(),
            "plan_end_date": report.site.began.unix_timestamp() + 5 * 365 * 86_400,
        });
    }
    json!([gateway])
}

/// Meters have no stock-keeping unit. One is switched off, and knows nothing of phases.
fn meters(report: &Report<'_>) -> Value {
    let fleet = report.site.fleet();
    let meter = |place: i64, serial: &str, name: &str, config: &str| {
        let mut meter = device(
            report,
            METER + place,
            "",
            serial,
            ["800-00664-r05", "", "Envoy S", "RGM"],
        );
        meter["name"] = name.into();
        meter["sku"] = Value::Null;
        meter["state"] = "enabled".into();
        meter["config_type"] = config.into();
        meter["config_phase"] = "three".into();
        meter
    };
    let production = fleet.production_meters().into_iter().zip(0..);
    let mut meters: Vec<Value> = production
        .map(|(serial, place)| meter(place, &serial, "production", "Production"))
        .collect();
    meters.push(meter(2, &fleet.consumption_meter(), "consumption", "Net"));
    meters.push(meter(3, &fleet.storage_meter(), "storage", "Storage"));
    let mut disabled = meter(4, &fleet.disabled_meter(), "consumption", "Total");
    disabled["status"] = "disabled".into();
    disabled["state"] = "disabled".into();
    disabled["last_report_at"] = Value::Null;
    if let Some(disabled) = disabled.as_object_mut() {
        disabled.remove("config_phase");
    }
    meters.push(disabled);
    meters.into()
}

fn storage(report: &Report<'_>) -> Map<String, Value> {
    let serials = report.site.fleet().batteries().into_iter().zip(0..);
    let encharges: Vec<Value> = serials
        .map(|(serial, place)| {
            let part = ["830-01760-r37", "B05-T01-INT00-1-2", "", "IQ Battery 5P"];
            device(report, BATTERY + place, "IQ Battery", &serial, part)
        })
        .collect();
    let controller = device(
        report,
        OTHER,
        "IQ System Controller",
        "482231004418",
        ["865-00410-r04", "SC100G-M230ROW", "", "IQ System Controller 3 INT"],
    );
    let relay = device(
        report,
        OTHER + 1,
        "IQ Relay",
        "912204417730",
        ["800-00597-r02", "Q-RELAY-3P-INT", "", "IQ Relay"],
    );
    Map::from_iter([
        ("encharges".to_owned(), encharges.into()),
        ("enpowers".to_owned(), json!([controller])),
        ("q_relays".to_owned(), json!([relay])),
    ])
}

/// What is connected and not of Enphase's own bus: ids are empty texts.
fn others(report: &Report<'_>) -> Map<String, Value> {
    let fleet = report.site.fleet();
    let charger = |serial: &str, name: &str, model: &str| {
        json!({
            "id": "",
            "sku": "",
            "status": "normal",
            "serial_number": serial,
            "name": name,
            "model": model,
            "part_number": "",
            "last_report_at": report.last,
            "firmware": "",
            "active": true,
        })
    };
    let heat_pump = json!({
        "id": "",
        "SKU": "",
        "status": "normal",
        "serial_number": "",
        "name": "Warmhaus Terra 8",
        "model": "Terra 8-R290",
        "part_number": "",
        "last_report_at": report.last,
        "firmware": "",
        "sg_ready_relay": "Terra SG",
        "iq_er": "Energy Router 1",
        "active": true,
    });
    Map::from_iter([
        (
            "ev_chargers".to_owned(),
            json!([
                charger(&fleet.charger(), "IQ EV Charger", "IQ-EVSE-EU-3032"),
                charger(&fleet.evse(), "Driveway Box", "DB-11"),
            ]),
        ),
        ("heat_pump".to_owned(), json!([heat_pump])),
    ])
}
