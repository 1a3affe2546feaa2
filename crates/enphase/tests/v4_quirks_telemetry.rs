//! What the service writes otherwise than it describes it: telemetry.

use std::time::Duration;

use energy_core::model::{Quality, WattHours, Watts};
use energy_core::time::macros::date;
use enphase::v4::*;
use enphase::{Reading, SystemStatus};
use serde_json::{Value, json};

use crate::v4_support::answers::ANSWERS;
use crate::v4_support::*;

/// What the model of an operation makes of an answer, written again.
fn again(operation: &str, answer: &Value) -> Value {
    let known = ANSWERS.iter().find(|known| known.operation == operation).unwrap();
    (known.read)(answer).unwrap_or_else(|error| panic!("{operation}: {error}"))
}

/// Operations whose answers have `intervals`.
const TELEMETRY: [&str; 11] = [
    "get_production_micro_telemetry",
    "get_production_meter_telemetry",
    "get_consumption_meter_telemetry",
    "get_energy_import_telemetry",
    "get_energy_export_telemetry",
    "get_battery_telemetry",
    "get_micro_telemetry",
    "get_encharge_telemetry",
    "get_evse_telemetry",
    "get_heat_pump_telemetry",
    "get_rgm_stats",
];

#[test]
fn quirk_09_intervals_are_flat_or_nested() {
    for operation in TELEMETRY {
        let mut flat = fixture(operation);
        if let Some(inner) = flat["intervals"][0].as_array().cloned() {
            flat["intervals"] = json!(inner);
        }
        let list = flat["intervals"].as_array().unwrap().clone();
        let mut nested = flat.clone();
        nested["intervals"] = json!([list.clone()]);
        let mut in_parts = flat.clone();
        in_parts["intervals"] = list.iter().map(|one| json!([one])).collect();
        let expected = again(operation, &flat);
        assert_eq!(
            expected["intervals"].as_array().unwrap().len(),
            list.len(),
            "{operation}"
        );
        for other in [nested, in_parts] {
            assert_eq!(again(operation, &other), expected, "{operation}");
        }
    }
}

#[tokio::test]
async fn quirk_10_what_is_imported_may_be_called_exported() {
    for name in ["wh_imported", "wh_exported"] {
        let answer = json!({"system_id": SYSTEM, "intervals": [[{"end_at": 1_772_410_500, name: 77}]]});
        let telemetry = read(&GetEnergyImportTelemetry::new(SYSTEM), answer).await;
        assert_eq!(telemetry.intervals[0].wh_imported, Some(77), "{name}");
    }
}

#[tokio::test]
async fn quirk_11_no_devices_means_nothing_here() {
    let import = read(
        &GetEnergyImportTelemetry::new(SYSTEM),
        fixture("get_energy_import_telemetry"),
    )
    .await;
    let export = read(
        &GetEnergyExportTelemetry::new(SYSTEM),
        fixture("get_energy_export_telemetry"),
    )
    .await;
    assert_eq!((import.total_devices, export.total_devices), (Some(0), Some(0)));
    assert!(import.into_readings().iter().all(Reading::is_complete));
    let energy = export.energy().unwrap();
    assert_eq!(
        (energy.points()[0].value, energy.points()[0].quality),
        (Some(WattHours(310.0)), Quality::UNSTATED)
    );
}

#[tokio::test]
async fn quirk_12_bounds_are_instants_or_days_numbers_or_texts() {
    let mut answer = fixture("get_evse_telemetry");
    answer["start_at"] = json!("1772409600");
    answer["end_at"] = json!("1772496000");
    let telemetry = read(&GetEvseTelemetry::new(SYSTEM, CHARGER), answer).await;
    assert_eq!(
        (telemetry.start_at, telemetry.end_at),
        (Some(after(0)), Some(after(86_400)))
    );

    for operation in TELEMETRY.into_iter().filter(|operation| *operation != "get_rgm_stats") {
        let mut answer = fixture(operation);
        let members = answer.as_object_mut().unwrap();
        members.remove("start_at").unwrap();
        members.remove("end_at").unwrap();
        members.insert("start_date".to_owned(), json!("2026-03-02"));
        members.insert("end_date".to_owned(), json!("2026-03-03"));
        let written = again(operation, &answer);
        assert_eq!(
            (&written["start_date"], &written["end_date"]),
            (&json!("2026-03-02"), &json!("2026-03-03"))
        );
        assert_eq!(
            (written.get("start_at"), written.get("end_at")),
            (None, None),
            "{operation}"
        );
    }
    let mut answer = fixture("get_battery_telemetry");
    answer["start_date"] = json!("2026-03-02");
    let telemetry = read(&GetBatteryTelemetry::new(SYSTEM), answer).await;
    assert_eq!(telemetry.start_date, Some(date!(2026 - 03 - 02)), "a day is a day");
}

#[test]
fn quirk_13_meta_is_not_everywhere() {
    let with_meta = [
        "get_production_micro_telemetry",
        "get_consumption_meter_telemetry",
        "get_energy_import_telemetry",
        "get_energy_export_telemetry",
        "get_rgm_stats",
    ];
    for operation in TELEMETRY {
        let answer = fixture(operation);
        assert_eq!(
            answer.get("meta").is_some(),
            with_meta.contains(&operation),
            "{operation}"
        );
        assert_eq!(again(operation, &answer).get("meta"), answer.get("meta"), "{operation}");
        let mut bare = answer.clone();
        bare.as_object_mut().unwrap().remove("meta");
        assert_eq!(again(operation, &bare).get("meta"), None, "{operation}");
    }
}

#[tokio::test]
async fn quirk_14_a_production_meter_may_report_every_five_minutes() {
    let interval = |end: i64| json!({"end_at": after(end).unix_timestamp(), "devices_reporting": 1, "wh_del": 50});
    let answer = |list: &[Value]| json!({"system_id": SYSTEM, "total_devices": 1, "intervals": list});
    for (ends, minutes) in [([300, 600, 900], 5), ([900, 1800, 2700], 15)] {
        let answer = answer(&ends.map(interval));
        let readings = read(&GetProductionMeterTelemetry::new(SYSTEM), answer)
            .await
            .into_readings();
        let lengths: Vec<Duration> = readings.iter().map(|reading| reading.interval.duration()).collect();
        assert_eq!(lengths, [Duration::from_secs(minutes * 60); 3]);
        assert_eq!(readings[0].interval.start(), after(0));
    }
}

#[tokio::test]
async fn quirk_15_channels_that_are_not_used_are_null() {
    let serial = "30110045";
    let body = format!(
        r#"{{"meter_intervals": [{{"intervals": [
            {{"wh_del": 31.0, "end_at": 1772410500, "curr_w": 124, "channel": 1}},
            {{"channel": 2, "end_at": 1772410500, "wh_del": null, "curr_w": null}},
            {{"channel": 3, "curr_w": null, "end_at": 1772410500, "wh_del": null}},
            {{"channel": 1, "end_at": 1772411400, "wh_del": 73.5, "curr_w": 294.0}}],
            "envoy_serial_number": "{GATEWAY}", "meter_serial_number": "{serial}"}}],
            "intervals": [{{"wh_del": 61.0, "devices_reporting": 2, "end_at": 1772410500}}],
            "meta": {{"operational_at": null, "status": "micro"}}, "total_devices": 2, "system_id": {SYSTEM}}}"#
    );
    let (stats, _) = answered(&GetRgmStats::new(SYSTEM), Reply::new(200, "application/json", body)).await;
    assert_eq!(stats.intervals[0].wh_del, Some(61), "a whole number, also as 61.0");
    assert_eq!(stats.meta.as_ref().unwrap().status, Some(SystemStatus::Microinverter));
    let channels = stats.channels();
    let numbers: Vec<_> = channels.iter().map(|channel| channel.channel.unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3]);
    let energies: Vec<_> = channels[0]
        .energy()
        .unwrap()
        .points()
        .iter()
        .map(|point| point.value)
        .collect();
    assert_eq!(energies, [Some(WattHours(31.0)), Some(WattHours(73.5))]);
    assert_eq!(channels[0].power().unwrap().points()[1].value, Some(Watts(294.0)));
    for unused in &channels[1..] {
        assert_eq!(
            (
                unused.energy().unwrap().points()[0].value,
                unused.power().unwrap().points()[0].value
            ),
            (None, None),
            "not zero"
        );
        assert_eq!(unused.meter, Some(serial.into()));
    }
}

#[tokio::test]
async fn quirk_18_a_state_of_charge_is_a_text_or_a_number() {
    for wire in [json!("58%"), json!("58"), json!(58), json!(58.0)] {
        let mut site = fixture("get_battery_telemetry");
        site["last_reported_aggregate_soc"] = wire.clone();
        site["intervals"][0]["soc"]["percent"] = wire.clone();
        let site = read(&GetBatteryTelemetry::new(SYSTEM), site).await;
        assert_eq!(site.last_reported_aggregate_soc, Some(58.0), "{wire}");
        assert_eq!(
            site.state_of_charge().unwrap().points()[0].value.unwrap().0,
            58.0,
            "{wire}"
        );
        let mut one = fixture("get_encharge_telemetry");
        one["last_reported_soc"] = wire.clone();
        let one = read(&GetEnchargeTelemetry::new(SYSTEM, BATTERY), one).await;
        assert_eq!(one.last_reported_soc, Some(58.0), "{wire}");
    }
    let mut unknown = fixture("get_battery_telemetry");
    unknown["last_reported_aggregate_soc"] = Value::Null;
    assert_eq!(
        read(&GetBatteryTelemetry::new(SYSTEM), unknown)
            .await
            .last_reported_aggregate_soc,
        None
    );
}

#[tokio::test]
async fn quirk_35_power_has_a_sign() {
    let interval = json!({"end_at": 1_772_410_200, "powr": -4, "enwh": -1, "devices_reporting": 16});
    let answer = json!({"system_id": SYSTEM, "intervals": [interval]});
    let site = read(&GetProductionMicroTelemetry::new(SYSTEM), answer.clone()).await;
    assert_eq!((site.intervals[0].powr, site.intervals[0].enwh), (Some(-4), Some(-1)));
    assert_eq!(site.power().unwrap().points()[0].value, Some(Watts(-4.0)));
    let request = GetMicroTelemetry::new(SYSTEM, MICRO);
    let micro = read(&request, answer).await;
    assert_eq!(micro.power(&request).unwrap().points()[0].value, Some(Watts(-4.0)));
    assert_eq!(micro.energy(&request).unwrap().points()[0].value, Some(WattHours(-1.0)));
}
