//! EV chargers: each operation on the wire, and its answer read. The service says that its answers are of no kind in
//! particular, so here they do.

use energy_core::Endpoint;
use energy_core::time::macros::date;
use enphase::SystemStatus;
use enphase::v4::*;
use serde_json::json;

use crate::v4_support::*;

/// The operation's own answer, with the content type that the description has.
async fn call<E: Endpoint<Api = Enphase>>(request: &E, operation: &str) -> (E::Output, Sent) {
    let reply = Reply::new(200, "application/octet-stream", fixture(operation).to_string());
    answered(request, reply).await
}

#[tokio::test]
async fn list_chargers() {
    let (list, sent) = call(&ListChargers::new(SYSTEM), "list_chargers").await;
    sent.expect("GET", "/api/v4/systems/3300871/ev_charger/devices");
    assert_eq!((list.total_devices, list.items.as_deref()), (Some(1), Some("devices")));
    let charger = &list.devices.ev_chargers.as_ref().unwrap()[0];
    assert_eq!(charger.id.as_deref(), Some("202402117788:3300871"));
    assert_eq!(
        (&charger.serial_number, &charger.status),
        (&Some(CHARGER.into()), &Some(SystemStatus::Normal))
    );
    let texts = [
        &charger.sku,
        &charger.name,
        &charger.model,
        &charger.part_number,
        &charger.firmware,
    ];
    let expected = [
        "IQ-EVSE-EU-3032-0105-1300",
        "Barn",
        "IQ-EVSE-EU-32",
        "800-00561 0201",
        "v1.02.07",
    ];
    assert_eq!(texts.map(|text| text.as_deref().unwrap()), expected);
    assert_eq!(charger.active, Some(true));
}

#[tokio::test]
async fn list_charger_events() {
    let request = ListChargerEvents::new(SYSTEM)
        .offset(40)
        .limit(20)
        .serial_number(CHARGER);
    let (list, sent) = call(&request, "list_charger_events").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/ev_charger/events?offset=40&limit=20&serial_num=202402117788",
    );
    assert_eq!((list.count, list.events.len()), (Some(2), 2));
    let event = &list.events[0];
    assert_eq!(
        (event.status.as_deref(), event.details.as_deref()),
        (Some("Warning"), Some("The cable was unplugged."))
    );
    assert_eq!(
        (event.triggered_date, event.cleared_date),
        (Some(after(3600)), Some(after(4200)))
    );
    assert_eq!(list.events[1].cleared_date, None);
}

#[tokio::test]
async fn list_charging_sessions() {
    let request = ListChargingSessions::new(SYSTEM, CHARGER).offset(5).limit(10);
    let (list, sent) = call(&request, "list_charging_sessions").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/ev_charger/202402117788/sessions?offset=5&limit=10",
    );
    let session = &list.sessions[0];
    assert_eq!(
        (session.start_time, session.end_time),
        (Some(after(7200)), Some(after(20_100)))
    );
    assert_eq!((session.duration, session.charge_time), (Some(12_900), Some(12_600)));
    assert_eq!(
        (session.energy_added, session.miles_added, session.cost),
        (Some(23.41), Some(80.5), Some(5.15))
    );
    assert_eq!(session.energy().unwrap().0, 23_410.0);
}

#[tokio::test]
async fn get_charging_schedules() {
    let (list, sent) = call(&GetChargingSchedules::new(SYSTEM, CHARGER), "get_charging_schedules").await;
    sent.expect("GET", "/api/v4/systems/3300871/ev_charger/202402117788/schedules");
    let schedule = &list.charger_schedules[0];
    assert_eq!(
        (schedule.kind.as_deref(), schedule.is_active),
        (Some("Custom"), Some(false))
    );
    assert_eq!(
        (schedule.reminder_flag, schedule.reminder_timer),
        (Some(true), Some(20))
    );
    let times = &schedule.schedules[0];
    assert_eq!(
        (times.days.as_deref(), times.charging_level),
        (Some([5, 6].as_slice()), Some(65))
    );
    assert_eq!(
        (times.start_time.as_deref(), times.end_time.as_deref()),
        (Some("23:30"), Some("04:45"))
    );
}

#[tokio::test]
async fn get_charger_lifetime() {
    let request = GetChargerLifetime::new(SYSTEM, CHARGER, date!(2026 - 02 - 27)).end_date(date!(2026 - 03 - 01));
    let (lifetime, sent) = call(&request, "get_charger_lifetime").await;
    let target = "/api/v4/systems/3300871/ev_charger/202402117788/lifetime?start_date=20260227&end_date=20260301";
    sent.expect("GET", target);
    assert_eq!(lifetime.start_date, Some(date!(2026 - 02 - 27)));
    assert_eq!(lifetime.consumption, [0, 11_870, 6405]);
}

#[tokio::test]
async fn get_charger_telemetry() {
    let request = GetChargerTelemetry::new(SYSTEM, CHARGER)
        .granularity(Granularity::Day)
        .start_at(after(0));
    let (telemetry, sent) = call(&request, "get_charger_telemetry").await;
    let target = "/api/v4/systems/3300871/ev_charger/202402117788/telemetry\
                  ?granularity=day&start_at=1772409600";
    sent.expect("GET", target);
    assert_eq!(
        (telemetry.granularity, telemetry.start_date),
        (Some(Granularity::Day), Some(date!(2026 - 03 - 02)))
    );
    assert_eq!(
        (telemetry.start_at, telemetry.end_at),
        (Some(after(0)), Some(after(86_400)))
    );
    let used: Vec<_> = telemetry
        .consumption
        .iter()
        .map(|interval| (interval.end_at, interval.consumption))
        .collect();
    assert_eq!(used, [(after(8100), Some(1725)), (after(9000), Some(1731))]);

    let request = GetChargerTelemetry::new(SYSTEM, CHARGER).start_date(date!(2026 - 03 - 02));
    let (_, sent) = call(&request, "get_charger_telemetry").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/ev_charger/202402117788/telemetry?start_date=20260302",
    );
}

#[tokio::test]
async fn start_charging() {
    let input = ChargingInput::new()
        .connector_id(ConnectorId::new(2).unwrap())
        .charging_level(ChargingLevel::new(65).unwrap());
    let request = StartCharging::new(SYSTEM, CHARGER, input);
    let (accepted, sent) = answered(&request, Reply::json(fixture("start_charging")).status(202)).await;
    let body = json!({"connectorId": "2", "chargingLevel": "65"});
    sent.expect_body(
        "POST",
        "/api/v4/systems/3300871/ev_charger/202402117788/start_charging",
        &body,
    );
    assert_eq!(accepted.message.as_deref(), Some("Request sent successfully"));
}

#[tokio::test]
async fn stop_charging() {
    let request = StopCharging::new(SYSTEM, CHARGER);
    let (accepted, sent) = answered(&request, Reply::json(fixture("stop_charging")).status(202)).await;
    sent.expect("POST", "/api/v4/systems/3300871/ev_charger/202402117788/stop_charging");
    assert_eq!(accepted.message.as_deref(), Some("Request sent successfully"));
}
