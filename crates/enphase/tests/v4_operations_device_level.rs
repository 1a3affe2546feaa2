//! Single devices: each operation on the wire, and its answer read.

use energy_core::time::macros::date;
use enphase::v4::*;

use crate::v4_support::*;

#[tokio::test]
async fn list_micros_telemetry() {
    let request = ListMicrosTelemetry::new(SYSTEM)
        .page(2)
        .size(15)
        .start_at(after(0))
        .end_at(after(86_400))
        .granularity(Granularity::Day);
    let (telemetry, sent) = round_trip(&request, "list_micros_telemetry").await;
    let target = "/api/v4/systems/3300871/devices/micros/telemetry?page=2&size=15&start_at=1772409600\
                  &end_at=1772496000&granularity=day";
    sent.expect("GET", target);
    assert_eq!(
        (telemetry.total_devices, telemetry.page, telemetry.page_size),
        (Some(16), Some(2), Some(15))
    );
    assert_eq!(
        (telemetry.start_at, telemetry.end_at),
        (Some(after(0)), Some(after(86_400)))
    );
    let [first, second] = telemetry.devices.as_slice() else {
        panic!("two devices: {telemetry:?}");
    };
    assert_eq!((first.serial_number.as_str(), first.intervals.len()), (MICRO, 2));
    let interval = &second.intervals[0];
    assert_eq!(
        (interval.end_at, interval.powr, interval.enwh),
        (after(54_300), Some(149), Some(12))
    );

    let days = ListMicrosTelemetry::new(SYSTEM)
        .start_date(date!(2026 - 03 - 02))
        .end_date(date!(2026 - 03 - 03));
    let (_, sent) = round_trip(&days, "list_micros_telemetry").await;
    let target = "/api/v4/systems/3300871/devices/micros/telemetry?size=20&start_date=2026-03-02&end_date=2026-03-03";
    sent.expect("GET", target);
    let (_, sent) = round_trip(&ListMicrosTelemetry::new(SYSTEM), "list_micros_telemetry").await;
    sent.expect("GET", "/api/v4/systems/3300871/devices/micros/telemetry?size=20");
}

const FROM: &str = "start_at=1772409600&granularity=day";

#[tokio::test]
async fn get_micro_telemetry() {
    let request = GetMicroTelemetry::new(SYSTEM, MICRO)
        .start_at(after(0))
        .granularity(Granularity::Day);
    let (telemetry, sent) = round_trip(&request, "get_micro_telemetry").await;
    sent.expect(
        "GET",
        &format!("/api/v4/systems/3300871/devices/micros/202311000001/telemetry?{FROM}"),
    );
    assert_eq!(
        (&telemetry.serial_number, telemetry.total_devices),
        (&Some(MICRO.into()), Some(1))
    );
    let last = &telemetry.intervals[1];
    assert_eq!(
        (last.end_at, last.powr, last.enwh),
        (after(54_600), Some(142), Some(12))
    );

    let request = GetMicroTelemetry::new(SYSTEM, MICRO).start_date(date!(2026 - 03 - 02));
    let (_, sent) = round_trip(&request, "get_micro_telemetry").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/devices/micros/202311000001/telemetry?start_date=2026-03-02",
    );
}

#[tokio::test]
async fn get_encharge_telemetry() {
    let request = GetEnchargeTelemetry::new(SYSTEM, BATTERY)
        .start_at(after(0))
        .granularity(Granularity::Day);
    let (telemetry, sent) = round_trip(&request, "get_encharge_telemetry").await;
    sent.expect(
        "GET",
        &format!("/api/v4/systems/3300871/devices/encharges/492311004450/telemetry?{FROM}"),
    );
    assert_eq!(
        (telemetry.last_reported_time, telemetry.last_reported_soc),
        (Some(after(85_500)), Some(58.0))
    );
    let interval = &telemetry.intervals[0];
    assert_eq!(interval.charge.as_ref().unwrap().enwh, Some(0));
    assert_eq!(interval.discharge.as_ref().unwrap().enwh, Some(118));
    assert_eq!(
        (interval.end_at, interval.soc.as_ref().unwrap().percent),
        (after(900), Some(64.0))
    );

    let request = GetEnchargeTelemetry::new(SYSTEM, BATTERY).start_date(date!(2026 - 03 - 02));
    let (_, sent) = round_trip(&request, "get_encharge_telemetry").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/devices/encharges/492311004450/telemetry?start_date=2026-03-02",
    );
}

#[tokio::test]
async fn get_evse_lifetime() {
    let request = GetEvseLifetime::new(SYSTEM, CHARGER)
        .start_date(date!(2026 - 02 - 27))
        .end_date(date!(2026 - 03 - 01));
    let (lifetime, sent) = round_trip(&request, "get_evse_lifetime").await;
    let target = "/api/v4/systems/3300871/202402117788/evse_lifetime?start_date=2026-02-27&end_date=2026-03-01";
    sent.expect("GET", target);
    assert_eq!(
        (lifetime.start_date, lifetime.end_date),
        (Some(date!(2026 - 02 - 27)), Some(date!(2026 - 03 - 01)))
    );
    assert_eq!(lifetime.consumption, [0, 11_870, 6405]);
}

#[tokio::test]
async fn get_heat_pump_lifetime() {
    let request = GetHeatPumpLifetime::new(SYSTEM)
        .start_date(date!(2026 - 02 - 27))
        .end_date(date!(2026 - 03 - 01));
    let (lifetime, sent) = round_trip(&request, "get_heat_pump_lifetime").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/hp_lifetime?start_date=2026-02-27&end_date=2026-03-01",
    );
    assert_eq!(
        (lifetime.end_date, lifetime.consumption),
        (Some(date!(2026 - 03 - 01)), vec![8850, 9102, 9340])
    );
}

#[tokio::test]
async fn get_evse_telemetry() {
    let request = GetEvseTelemetry::new(SYSTEM, CHARGER)
        .start_at(after(0))
        .granularity(Granularity::Day)
        .interval_duration(IntervalDuration::FifteenMinutes);
    let (telemetry, sent) = round_trip(&request, "get_evse_telemetry").await;
    let target = format!("/api/v4/systems/3300871/202402117788/evse_telemetry?{FROM}&interval_duration=15mins");
    sent.expect("GET", &target);
    assert_eq!(telemetry.interval_duration, Some(IntervalDuration::FifteenMinutes));
    assert_eq!(
        (telemetry.start_at, telemetry.end_at),
        (Some(after(0)), Some(after(86_400)))
    );
    let used: Vec<_> = telemetry
        .intervals
        .iter()
        .map(|interval| (interval.end_at, interval.wh_consumed))
        .collect();
    assert_eq!(used, [(after(900), Some(1725)), (after(1800), Some(1731))]);

    let request = GetEvseTelemetry::new(SYSTEM, CHARGER).start_date(date!(2026 - 03 - 02));
    let (_, sent) = round_trip(&request, "get_evse_telemetry").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/202402117788/evse_telemetry?start_date=2026-03-02",
    );
}

#[tokio::test]
async fn get_heat_pump_telemetry() {
    let request = GetHeatPumpTelemetry::new(SYSTEM)
        .start_at(after(0))
        .granularity(Granularity::Day)
        .interval_duration(IntervalDuration::FiveMinutes);
    let (telemetry, sent) = round_trip(&request, "get_heat_pump_telemetry").await;
    sent.expect(
        "GET",
        &format!("/api/v4/systems/3300871/hp_telemetry?{FROM}&interval_duration=5mins"),
    );
    assert_eq!(telemetry.interval_duration, Some(IntervalDuration::FiveMinutes));
    let used: Vec<_> = telemetry
        .intervals
        .iter()
        .map(|interval| (interval.end_at, interval.wh_consumed))
        .collect();
    assert_eq!(used, [(after(300), Some(63)), (after(600), Some(59))]);

    let request = GetHeatPumpTelemetry::new(SYSTEM).start_date(date!(2026 - 03 - 02));
    let (_, sent) = round_trip(&request, "get_heat_pump_telemetry").await;
    sent.expect("GET", "/api/v4/systems/3300871/hp_telemetry?start_date=2026-03-02");
}
