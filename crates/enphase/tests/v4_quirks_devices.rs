//! What the service writes otherwise than it describes it: devices, events, settings and chargers.

use energy_core::model::{WattHours, Watts};
use energy_core::time::macros::{date, datetime};
use enphase::v4::*;
use enphase::{Measure, SystemStatus};
use serde_json::{Value, json};

use crate::v4_support::*;

#[tokio::test]
async fn quirk_08_meters_have_a_serial_number_or_a_serial_num() {
    for name in ["serial_number", "serial_num"] {
        let answer = |value: &str| json!({"system_id": SYSTEM, "meter_readings": [{name: "77EIM1", value: 5}]});
        let production = read(&GetProductionMeterReadings::new(SYSTEM), answer("value")).await;
        assert_eq!(
            production.meter_readings[0].serial_number,
            Some("77EIM1".into()),
            "{name}"
        );
        let consumption = read(&GetConsumptionMeterReadings::new(SYSTEM), answer("value")).await;
        assert_eq!(
            consumption.meter_readings[0].serial_number,
            Some("77EIM1".into()),
            "{name}"
        );
        let storage = read(&GetStorageMeterReadings::new(SYSTEM), answer("value_charged")).await;
        assert_eq!(storage.meter_readings[0].serial_number, Some("77EIM1".into()), "{name}");
        assert_eq!(storage.meter_readings[0].value_charged, Some(5));
    }
}

#[tokio::test]
async fn quirk_16_the_latest_of_a_silent_device_is_null() {
    let latest = read(&GetLatestTelemetry::new(SYSTEM), fixture("get_latest_telemetry"))
        .await
        .devices;
    let silent = &latest.meters.as_ref().unwrap()[1];
    assert_eq!(
        (silent.power, silent.last_report_at, silent.channel),
        (None, None, Some(2))
    );
    let kinds: Vec<String> = latest.all().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["meters", "meters", "encharges", "heat-pump", "evse"]);

    let mut answer = fixture("get_latest_telemetry");
    let devices = answer["devices"].as_object_mut().unwrap();
    for (one, other) in [("heat-pump", "heat_pump"), ("evse", "ev_chargers")] {
        let list = devices.remove(one).unwrap();
        devices.insert(other.to_owned(), list);
    }
    assert_eq!(
        read(&GetLatestTelemetry::new(SYSTEM), answer).await.devices,
        latest,
        "as devices are called elsewhere"
    );
}

#[tokio::test]
async fn quirk_17_devices_differ_by_kind_and_maker() {
    let list = read(&ListDevices::new(SYSTEM), fixture("list_devices")).await.devices;
    let pump = &list.heat_pump.as_ref().unwrap()[0];
    assert_eq!(
        (pump.id.as_ref().unwrap().as_str(), pump.sku.as_deref()),
        ("", Some("HP-9"))
    );
    let meter = &list.meters.as_ref().unwrap()[1];
    assert_eq!(
        (meter.id.as_ref().unwrap().as_str(), &meter.sku, meter.last_report_at),
        ("910000202", &None, None)
    );
    assert_eq!(
        (&meter.status, meter.state.as_deref()),
        (&Some(SystemStatus::Disabled), Some("disabled"))
    );
    assert_eq!(list.q_relays.as_ref().unwrap()[0].model.as_deref(), Some(""));
    assert_eq!(
        list.gateways.as_ref().unwrap()[0]
            .cellular_modem
            .as_ref()
            .unwrap()
            .sku
            .as_deref(),
        Some("CELLMODEM-06")
    );
    assert_eq!(list.iq_air.as_ref().unwrap()[0].status, Some(SystemStatus::Active));

    let odd = json!({"system_id": SYSTEM, "devices": {
        "heat-pump": [{"id": "", "active": "false"}], "windmills": [{"id": 5, "name": "Mast"}],
        "gateways": [{"id": 6, "cellular_modem": null, "active": "true"}],
    }});
    let odd = read(&ListDevices::new(SYSTEM), odd).await.devices;
    assert_eq!(odd.heat_pump.as_ref().unwrap()[0].active, Some(false));
    assert_eq!(odd.gateways.as_ref().unwrap()[0].active, Some(true));
    assert_eq!(
        (&odd.meters, &odd.gateways.as_ref().unwrap()[0].cellular_modem),
        (&None, &None)
    );
    let (kind, mast) = odd.all().pop().unwrap();
    assert_eq!((kind.as_str(), mast.name.as_deref()), ("windmills", Some("Mast")));
}

#[tokio::test]
async fn quirk_19_storm_alert_is_a_text_or_a_truth() {
    for (alert, status, expected) in [
        (json!("false"), "enabled", (Some(false), StormGuardStatus::Enabled)),
        (
            json!(true),
            "Enabled (Inactive)",
            (Some(true), StormGuardStatus::EnabledInactive),
        ),
        (Value::Null, "Disabled", (None, StormGuardStatus::Disabled)),
    ] {
        let answer = json!({"system_id": SYSTEM, "storm_guard_status": status, "storm_alert": alert});
        let guard = read(&GetStormGuard::new(SYSTEM), answer).await;
        assert_eq!((guard.storm_alert, guard.storm_guard_status.unwrap()), expected);
    }
}

#[tokio::test]
async fn quirk_20_a_battery_mode_has_three_spellings() {
    for spelling in ["Self - Consumption", "Self-consumption", "self-consumption"] {
        let mut answer = fixture("get_battery_settings");
        answer["battery_mode"] = json!(spelling);
        let mode = read(&GetBatterySettings::new(SYSTEM), answer)
            .await
            .battery_mode
            .unwrap();
        assert_eq!(mode, BatteryMode::SelfConsumption);
        let request = UpdateBatterySettings::new(SYSTEM, BatterySettingsUpdate::new().battery_mode(mode));
        let (_, sent) = round_trip(&request, "update_battery_settings").await;
        assert_eq!(
            sent.json(),
            json!({"battery_mode": "Self-consumption"}),
            "the spelling that is taken"
        );
    }
    let mut answer = fixture("get_battery_settings");
    answer["battery_mode"] = json!("Island Mode");
    let mode = read(&GetBatterySettings::new(SYSTEM), answer)
        .await
        .battery_mode
        .unwrap();
    assert!(matches!(mode, BatteryMode::Unknown(_)));
    assert_eq!(mode.to_string(), "Island Mode");
}

#[tokio::test]
async fn quirk_21_owner_can_override_is_a_text_or_a_truth() {
    for (wire, expected) in [(json!(true), true), (json!("true"), true), (json!("false"), false)] {
        let mut answer = fixture("get_load_control");
        answer["load_control_data"][0]["owner_can_override"] = wire;
        let control = read(&GetLoadControl::new(SYSTEM), answer).await;
        assert_eq!(control.load_control_data[0].owner_can_override, Some(expected));
    }
}

#[tokio::test]
async fn quirk_22_the_time_of_the_grid_is_called_a_date() {
    let answer = json!({"system_id": SYSTEM, "grid_state": "Unknown", "last_report_date": 1_772_495_700});
    let grid = read(&GetGridStatus::new(SYSTEM), answer).await;
    assert_eq!(
        (grid.grid_state, grid.last_report_date),
        (Some(GridState::NotKnown), Some(after(86_100)))
    );
}

#[tokio::test]
async fn quirk_23_happenings_are_a_list_or_lists_by_group() {
    for (operation, member) in [
        ("list_events", "events"),
        ("list_alarms", "alarms"),
        ("list_event_types", "event_types"),
    ] {
        let flat = fixture(operation);
        let mut grouped = flat.clone();
        grouped[member] = json!({"some_group": flat[member]});
        let read = answers::ANSWERS
            .iter()
            .find(|answer| answer.operation == operation)
            .unwrap()
            .read;
        assert_eq!(read(&flat), read(&grouped), "{operation}");
        assert_eq!(
            read(&grouped).unwrap()[member].as_array().unwrap().len(),
            flat[member].as_array().unwrap().len()
        );
    }
    for (id, expected) in [
        (json!(2_094_417_755_u64), "2094417755"),
        (json!("33.8.1772409600000"), "33.8.1772409600000"),
    ] {
        let answer = json!({"system_id": SYSTEM, "alarms": [{"id": id, "alarm_end_time": null, "severity": 9,
            "events": {"of": [{"serial_number": GATEWAY, "end_date": null}]}}]});
        let alarm = read(&ListOpenAlarms::new(SYSTEM), answer).await.alarms.remove(0);
        assert_eq!((alarm.id.unwrap().as_str(), alarm.alarm_end_time), (expected, None));
        assert_eq!((alarm.severity, alarm.events.len()), (Some(Severity::Unknown(9)), 1));
    }
    let answer = json!({"event_types": [{"event_type_id": 4, "event_type_key": 17}]});
    let kind = read(&ListEventTypes::new(), answer).await.event_types.remove(0);
    assert_eq!(kind.event_type_key.as_deref(), Some("17"));
}

#[tokio::test]
async fn quirk_24_chargers_have_their_own_ways() {
    let request = GetChargerLifetime::new(SYSTEM, CHARGER, date!(2026 - 01 - 09)).end_date(date!(2026 - 11 - 30));
    let reply = Reply::new(
        200,
        "application/octet-stream",
        fixture("get_charger_lifetime").to_string(),
    );
    let (lifetime, sent) = answered(&request, reply).await;
    assert!(
        sent.line.contains("/lifetime?start_date=20260109&end_date=20261130&"),
        "{}",
        sent.line
    );
    assert_eq!(lifetime.consumption, [0, 11_870, 6405]);

    let sessions = read(
        &ListChargingSessions::new(SYSTEM, CHARGER),
        fixture("list_charging_sessions"),
    )
    .await
    .sessions;
    assert_eq!(
        sessions[0].energy(),
        Some(WattHours(23_410.0)),
        "kilowatt-hours, whatever the page says"
    );

    let list = read(&ListChargers::new(SYSTEM), fixture("list_chargers")).await.devices;
    let id = list.ev_chargers.unwrap().remove(0).id.unwrap();
    assert_eq!(id, format!("{CHARGER}:{SYSTEM}"));

    let telemetry = read(
        &GetChargerTelemetry::new(SYSTEM, CHARGER),
        fixture("get_charger_telemetry"),
    )
    .await;
    let energy = telemetry.energy(&GetChargerTelemetry::new(SYSTEM, CHARGER)).unwrap();
    assert_eq!(energy.points()[1].value, Some(WattHours(1731.0)));
}

#[tokio::test]
async fn quirk_25_inverters_are_summed_up_in_pages_and_in_several_ways() {
    let spaced = json!({"power_produced": 34, "last_report_date": "2026-03-02 17:55:00 -0600"});
    let silent = json!({"power_produced": null, "last_report_date": null, "energy": {"value": 1.8, "units": "kJ"}});
    let measured =
        json!({"power_produced": {"value": 20, "units": "W", "precision": 0}, "last_report_date": 1_772_495_700});
    let answer = json!([{"signal_strength": 5, "micro_inverters": [spaced, silent, measured]}]);
    let inverters = read(&GetInvertersSummary::new().site_id(SYSTEM), answer)
        .await
        .remove(0)
        .micro_inverters;
    let powers: Vec<_> = inverters
        .iter()
        .map(|one| one.power_produced.as_ref().and_then(Measure::watts))
        .collect();
    assert_eq!(powers, [Some(Watts(34.0)), None, Some(Watts(20.0))]);
    let reports: Vec<_> = inverters.iter().map(|one| one.last_report_date).collect();
    assert_eq!(
        reports,
        [Some(datetime!(2026-03-02 17:55 -6)), None, Some(after(86_100))]
    );
    assert_eq!(inverters[1].energy.as_ref().unwrap().watt_hours(), Some(WattHours(0.5)));

    let page = |count: usize| Reply::json(json!([{"micro_inverters": vec![json!({"id": 1}); count]}]));
    let server = Server::answering_all([page(100), page(100), page(3)]).await;
    let mut groups = server.client().items(GetInvertersSummary::new().site_id(SYSTEM));
    let mut count = 0;
    while let Some(group) = groups.next().await {
        count += group.unwrap().micro_inverters.len();
    }
    assert_eq!(count, 203, "a large site is not cut");
    let pages: Vec<bool> = server
        .sent()
        .iter()
        .map(|sent| sent.line.contains("size=100"))
        .collect();
    assert_eq!(pages, [true; 3]);
    assert!(server.sent()[2].line.contains("page=3"));
}
