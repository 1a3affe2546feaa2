//! What is installed at a site.

use serde_json::{Value, json};

use super::super::site::Site;
use super::super::v4::devices::{GATEWAY, id};
use super::super::v4::inverters::micros;
use super::super::window::parameter;
use super::reply::{Outcome, Problem, ok};
use super::visit::{Visit, site};

pub(in crate::enphase) fn envoys<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let serial = site.fleet().gateway();
    ok(&json!({
        "system_id": site.id,
        "envoys": [{
            "envoy_id": id(site, GATEWAY),
            "last_report_at": visit.at(site, report.last),
            "name": format!("Envoy {serial}"),
            "part_number": "800-00664-r05",
            "serial_number": serial,
            "status": if site.silent_since.is_some() { "comm" } else { "normal" },
        }],
    }))
}

/// The site without meters has the short form, which knows neither gateways nor freshness.
pub(in crate::enphase) fn all<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let fleet = site.fleet();
    let long = site.is_metered();
    let inverters = fleet.micros().into_iter().map(|serial| {
        let mut inverter = json!({ "sn": serial, "model": "IQ8+" });
        if long {
            inverter["sku"] = "IQ8PLUS-72-2-INT".into();
        }
        inverter
    });
    let mut body = json!({
        "system_id": site.id,
        "inverters": inverters.collect::<Value>(),
        "meters": [],
    });
    if long {
        let meter = |serial: String, state: &str| {
            json!({
                "sn": serial,
                "manufacturer": "Enphase",
                "model": "Envoy S",
                "status": if state == "enabled" { "normal" } else { "disabled" },
                "state": state,
            })
        };
        let mut meters: Vec<Value> = fleet
            .production_meters()
            .into_iter()
            .map(|serial| meter(serial, "enabled"))
            .collect();
        meters.push(meter(fleet.consumption_meter(), "enabled"));
        meters.push(meter(fleet.disabled_meter(), "disabled"));
        body["meters"] = meters.into();
        body["envoys"] = json!([{ "sn": fleet.gateway(), "model": "Envoy-S-Metered-EU", "sku": "ENV-S-WM-230" }]);
        body["meta"] = visit.meta(&report);
    }
    ok(&body)
}

pub(in crate::enphase) fn inverters(visit: &Visit<'_>) -> Outcome {
    let id = parameter(visit.call, "site_id").ok_or_else(|| Problem::unprocessable("site_id is missing"))?;
    let report = visit.report(site(visit, id)?);
    ok(&json!([{ "signal_strength": 4, "micro_inverters": micros(&report) }]))
}
