//! Enphase's devices: what they are, what can be set, started and watched; and how oddly it is all written.

use std::time::Duration;

use energy_sandbox::{EnphaseApp, EnphasePerson, Sandbox};
use serde_json::{Value, json};

use crate::common::enphase::{Caller, caller, numbers, owner, total};
use crate::common::midsummer;

/// A change of a setting of the metered site: status and answer.
async fn put(caller: &Caller<'_>, sandbox: &Sandbox, what: &str, body: Value) -> (u16, Value) {
    let path = format!("/config/{}/{what}", sandbox.enphase().sites().metered.system_id);
    let headers = [("content-type", "application/json")];
    let answer = caller.call("PUT", &path, &headers, &body.to_string()).await;
    (answer.status, answer.json())
}

async fn setting(caller: &Caller<'_>, sandbox: &Sandbox, what: &str) -> Value {
    caller
        .get(&format!(
            "/config/{}/{what}",
            sandbox.enphase().sites().metered.system_id
        ))
        .await
}

#[tokio::test]
async fn settings_change_and_are_spelt_in_three_ways() {
    let sandbox = midsummer().await;
    let caller = owner(&sandbox);
    assert_eq!(
        setting(&caller, &sandbox, "battery_settings").await["battery_mode"],
        "Self - Consumption"
    );
    let change = json!({ "battery_mode": "Full Backup", "reserve_soc": 60, "energy_independence": "disabled" });
    let (status, changed) = put(&caller, &sandbox, "battery_settings", change).await;
    assert_eq!((status, &changed["battery_mode"]), (200, &json!("full backup")));
    put(
        &caller,
        &sandbox,
        "battery_settings",
        json!({ "battery_mode": "Self-consumption" }),
    )
    .await;
    let read = setting(&caller, &sandbox, "battery_settings").await;
    assert_eq!(
        (&read["battery_mode"], &read["reserve_soc"]),
        (&json!("Self - Consumption"), &json!(60))
    );
    assert_eq!(read["energy_independence"], "disabled");
    for wrong in [
        json!({ "battery_mode": "self-consumption" }),
        json!({ "reserve_soc": 4 }),
    ] {
        assert_eq!(put(&caller, &sandbox, "battery_settings", wrong).await.0, 422);
    }

    let (_, storm) = put(
        &caller,
        &sandbox,
        "storm_guard",
        json!({ "storm_guard_status": "enabled" }),
    )
    .await;
    assert_eq!(
        (&storm["storm_guard_status"], &storm["storm_alert"]),
        (&json!("Enabled (Inactive)"), &json!("false"))
    );
    put(
        &caller,
        &sandbox,
        "storm_guard",
        json!({ "storm_guard_status": "disabled" }),
    )
    .await;
    assert_eq!(
        setting(&caller, &sandbox, "storm_guard").await["storm_guard_status"],
        "disabled"
    );

    let change = json!({ "name": "NC2", "mode": "Advanced_BatteryPowered" });
    let (status, refused) = put(&caller, &sandbox, "load_control", change).await;
    let details = "soc_low is mandatory for Advanced_BatteryPowered mode";
    assert_eq!((status, refused["details"].as_str()), (422, Some(details)));
    let change = json!({ "name": "NC2", "mode": "Advanced_BatteryPowered", "soc_low": 40 });
    assert_eq!(put(&caller, &sandbox, "load_control", change).await.0, 200);
    let loads = setting(&caller, &sandbox, "load_control").await;
    assert_eq!(loads["load_control_data"][0]["mode"], "Basic");
    assert_eq!(loads["load_control_data"][1]["soc_low"], 40);

    let a = sandbox.enphase().sites().micro_only.system_id;
    let none = caller.refused(&format!("/config/{a}/storm_guard")).await;
    assert_eq!(none, (422, "System doesn't have encharges".to_owned()));
}

#[tokio::test]
async fn the_charger_starts_and_stops_and_its_energy_is_used() {
    let sandbox = midsummer().await;
    let caller = owner(&sandbox);
    let site = sandbox.enphase().sites().metered;
    let serial = site.charger_serial.clone().unwrap();
    let charger = format!("/{}/ev_charger/{serial}", site.system_id);
    let mode = async || {
        let latest = caller.of(&sandbox.enphase().sites().metered, "latest_telemetry").await;
        let evse = latest["devices"]["evse"]
            .as_array()
            .unwrap()
            .iter()
            .find(|evse| evse["serial_number"] == serial);
        evse.unwrap()["operational_mode"].clone()
    };
    assert_ne!(mode().await, "CHARGING");
    let command = json!({ "connectorId": "1", "chargingLevel": "50" }).to_string();
    let sent = caller
        .call("POST", &format!("{charger}/start_charging"), &[], &command)
        .await;
    assert_eq!(
        (sent.status, sent.json()),
        (202, json!({ "message": "Request sent successfully" }))
    );
    assert_eq!(sent.header("content-type"), Some("application/octet-stream"));
    assert_eq!(mode().await, "CHARGING");
    sandbox.advance(Duration::from_secs(3600));
    caller.call("POST", &format!("{charger}/stop_charging"), &[], "").await;
    assert_eq!(mode().await, "IDLE");
    sandbox.advance(Duration::from_secs(3 * 3600));
    let sessions = caller.get(&format!("{charger}/sessions?limit=1")).await;
    let session = &sessions["sessions"][0];
    assert_eq!(
        (&session["duration"], &session["energy_added"]),
        (&json!(3600), &json!(3.68))
    );
    let start = sandbox.now().unix_timestamp() - 4 * 3600;
    let used = caller.get(&format!("{charger}/telemetry?start_at={start}")).await;
    assert_eq!(
        numbers(&used["consumption"], "consumption")[..5],
        [920, 920, 920, 920, 0]
    );
    let day = caller
        .get(&format!("{charger}/lifetime?start_date=20260621&end_date=20260621"))
        .await;
    assert!(total(&day["consumption"]) >= 3_680);
    let events = caller
        .get(&format!("/{}/ev_charger/events?limit=2", site.system_id))
        .await;
    assert_eq!(
        (&events["count"], &events["events"][1]["triggered_date"]),
        (&json!(2), &json!(start))
    );
    // The house has paid for it.
    let consumption = caller
        .of(&site, &format!("telemetry/consumption_meter?start_at={start}"))
        .await;
    assert!(
        numbers(&consumption["intervals"], "enwh")[..4]
            .iter()
            .all(|energy| *energy > 920)
    );

    for (body, details) in [
        (json!({ "connectorId": "0" }), "Connector Id must be greater than 0"),
        (
            json!({ "chargingLevel": "101" }),
            "Charging level should be in the range [0-100]",
        ),
    ] {
        let refused = caller
            .call("POST", &format!("{charger}/start_charging"), &[], &body.to_string())
            .await;
        let wanted = json!({ "message": "Bad request", "code": "400", "details": [details] });
        assert_eq!((refused.status, refused.json()), (400, wanted));
    }
}

#[tokio::test]
async fn live_data_come_at_once_a_second_apart() {
    let sandbox = midsummer().await;
    let all = caller(&sandbox, EnphaseApp::Partner, EnphasePerson::Installer);
    let sites = sandbox.enphase().sites();
    let live = |id: u64| format!("/{id}/live_data");
    let stream = all
        .call("GET", &live(sites.metered.system_id), &[("duration", "45")], "")
        .await;
    assert_eq!(stream.header("content-type"), Some("text/event-stream"));
    let frames: Vec<Value> = (stream.body.split_terminator("\n\n"))
        .map(|frame| serde_json::from_str(frame.strip_prefix("data: ").unwrap()).unwrap())
        .collect();
    assert_eq!(frames.len(), 45);
    let begin = sandbox.now().unix_timestamp() * 1000;
    for (second, frame) in (0..).zip(&frames) {
        assert_eq!(frame["timestamp_epoch"], begin + 1000 * second);
        let power = |name: &str| frame["data"][name].as_i64().unwrap();
        assert_eq!(
            power("pv_power") + power("grid_power") + power("battery_power"),
            power("consumption_power")
        );
    }
    for (id, duration, status, name) in [
        (sites.metered.system_id, "29", 461, "INVALID_DURATION"),
        (sites.metered.system_id, "301", 462, "INVALID_DURATION"),
        (sites.metered.system_id, "long", 463, "INVALID_DURATION"),
        (17, "30", 468, "INVALID_SYSTEM_ID"),
        (sites.micro_only.system_id, "30", 472, "LIVE_STREAM_NOT_SUPPORTED"),
        (sites.silent_system_id, "30", 473, "IQ_GATEWAY_NOT_REPORTING"),
    ] {
        let refused = all.call("GET", &live(id), &[("duration", duration)], "").await;
        assert_eq!(
            (refused.status, &refused.json()["error"]["status"]),
            (status, &json!(name))
        );
        assert_eq!(refused.header("content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn devices_are_written_in_many_ways() {
    let sandbox = midsummer().await;
    let caller = owner(&sandbox);
    let sites = sandbox.enphase().sites();
    let body = caller.of(&sites.metered, "devices").await;
    let devices = &body["devices"];
    let listed: usize = devices
        .as_object()
        .unwrap()
        .values()
        .map(|kind| kind.as_array().unwrap().len())
        .sum();
    assert_eq!(body["total_devices"], listed);
    assert_eq!(
        (&devices["ev_chargers"][0]["id"], &devices["heat_pump"][0]["SKU"]),
        (&json!(""), &json!(""))
    );
    assert!(devices["micros"][0]["id"].is_i64() && devices["gateways"][0]["cellular_modem"].is_object());
    let disabled = devices["meters"]
        .as_array()
        .unwrap()
        .iter()
        .find(|meter| meter["status"] == "disabled")
        .unwrap();
    assert!(disabled["last_report_at"].is_null() && disabled["sku"].is_null());

    let path = format!(
        "/inverters_summary_by_envoy_or_site?site_id={}",
        sites.metered.system_id
    );
    let first = caller.get(&path).await;
    let micros = first[0]["micro_inverters"].as_array().unwrap().clone();
    assert_eq!(micros.len(), 10, "a big site is cut silently");
    let all = caller.get(&format!("{path}&size=100")).await;
    assert_eq!(all[0]["micro_inverters"].as_array().unwrap().len(), 16);
    assert!(micros.iter().any(|micro| micro["power_produced"].is_i64()));
    assert!(micros.iter().any(|micro| micro["power_produced"]["units"] == "W"));
    assert_eq!(micros[3]["last_report_date"], "2026-06-21 12:00:00 +0200");
    assert!(micros[5]["last_report_date"].is_null() && micros[0]["last_report_date"].is_i64());
}

#[tokio::test]
async fn a_site_without_meters_says_so_in_five_ways() {
    let sandbox = midsummer().await;
    let caller = owner(&sandbox);
    let site = sandbox.enphase().sites().micro_only;
    for path in [
        "telemetry/consumption_meter",
        "telemetry/production_meter",
        "telemetry/battery",
        "rgm_stats",
    ] {
        let body = caller.of(&site, path).await;
        assert_eq!(
            (&body["total_devices"], &body["intervals"]),
            (&json!(0), &json!([])),
            "{path}"
        );
    }
    let lifetime = caller.of(&site, "battery_lifetime").await;
    assert_eq!(
        (&lifetime["start_date"], &lifetime["charge"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(
        caller.of(&site, "consumption_meter_readings").await["meter_readings"],
        json!([])
    );
    let import = caller
        .refused(&format!("/{}/energy_import_telemetry", site.system_id))
        .await;
    assert_eq!(import, (500, "unable to fetch data".to_owned()));
    let heat_pump = caller.refused(&format!("/{}/hp_lifetime", site.system_id)).await;
    assert_eq!(heat_pump.0, 404);
}

#[tokio::test]
async fn odd_shapes_of_telemetry_are_kept() {
    let sandbox = midsummer().await;
    let caller = owner(&sandbox);
    let site = sandbox.enphase().sites().metered;
    let import = caller.of(&site, "energy_import_telemetry").await;
    assert_eq!(import["total_devices"], 0);
    assert!(import["intervals"][0][0]["wh_imported"].is_i64() && import["meta"].is_object());
    let meters = caller.of(&site, "telemetry/production_meter").await;
    assert!(meters.get("meta").is_none());
    let ends = numbers(&meters["intervals"], "end_at");
    assert_eq!(ends[1] - ends[0], 300);
    let battery = caller.of(&site, "telemetry/battery").await;
    let soc = battery["last_reported_aggregate_soc"].as_str().unwrap();
    assert!(soc.strip_suffix('%').unwrap().parse::<u8>().is_ok());
    let serial = &site.battery_serials[0];
    let one = caller
        .of(
            &site,
            &format!("devices/encharges/{serial}/telemetry?start_date=2026-06-20"),
        )
        .await;
    assert_eq!(one["intervals"].as_array().unwrap().len(), 96);
    let evse = site.evse_serial.clone().unwrap();
    let car = caller
        .of(&site, &format!("{evse}/evse_telemetry?interval_duration=5mins"))
        .await;
    assert!(car["intervals"][0]["wh_consumed"].is_i64() && car.get("total_devices").is_none());
    let summary = caller.of(&site, "summary").await;
    assert!(summary["stage"].is_i64() && summary["nmi"].is_string());
    assert!(summary["evse_power"][1][&evse]["evse_max_charge_w"].is_i64());
    let latest = caller.of(&site, "latest_telemetry").await;
    assert!(latest["devices"]["meters"][1]["power"].is_null() && latest["devices"]["heat-pump"].is_array());
}

#[tokio::test]
async fn events_need_a_start_and_cover_a_week_at_most() {
    let sandbox = midsummer().await;
    let caller = owner(&sandbox);
    let id = sandbox.enphase().sites().metered.system_id;
    let now = sandbox.now().unix_timestamp();
    assert_eq!(
        caller.refused(&format!("/{id}/events")).await,
        (422, "start_time is required".to_owned())
    );
    let week = |start: i64, seconds: i64| format!("/{id}/events?start_time={start}&end_time={}", start + seconds);
    assert_eq!(caller.refused(&week(now - 10 * 86_400, 7 * 86_400 + 1)).await.0, 422);
    assert_eq!(caller.refused(&week(now - 280 * 86_400, 86_400)).await.0, 422);
    let mut found = 0;
    for number in 1..=38 {
        let events = caller.get(&week(now - number * 7 * 86_400, 7 * 86_400)).await;
        found += events["events"].as_array().unwrap().len();
    }
    assert!((26..=30).contains(&found), "{found}");
    let open = caller.get(&format!("/{id}/open_events")).await;
    assert_eq!(
        (&open["events"][0]["status"], &open["events"][0]["event_end_time"]),
        (&json!("open"), &Value::Null)
    );
    let alarm = caller.get(&format!("/{id}/open_alarms")).await;
    assert_eq!(alarm["alarms"][0]["id"].as_str().unwrap().split('.').count(), 3);
    let kind = alarm["alarms"][0]["event_type_id"].as_i64().unwrap();
    let types = caller.get(&format!("/event_types?event_type_id={kind}")).await;
    assert_eq!(types["event_types"].as_array().unwrap().len(), 1);
    let unknown = caller.refused("/event_types?event_type_id=5").await;
    assert_eq!(unknown, (404, "Event type not found for {:id=>\"5\"}".to_owned()));
}
