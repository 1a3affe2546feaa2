//! What a site produces: each operation on the wire, and its answer read.

use energy_core::time::macros::{date, datetime};
use enphase::When;
use enphase::v4::*;

use crate::v4_support::*;

#[tokio::test]
async fn get_production_meter_readings() {
    let request = GetProductionMeterReadings::new(SYSTEM).end_at(after(85_500));
    let (readings, sent) = round_trip(&request, "get_production_meter_readings").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/production_meter_readings?end_at=1772495100",
    );
    let reading = &readings.meter_readings[0];
    assert_eq!(reading.serial_number, Some("202309041207EIM1".into()));
    assert_eq!((reading.value, reading.read_at), (Some(9_120_442), Some(after(85_500))));
    let meta = readings.meta.unwrap();
    assert_eq!(
        (meta.last_report_at, meta.last_energy_at),
        (Some(after(86_100)), Some(after(85_500)))
    );
    assert_eq!(meta.operational_at, Some(datetime!(2023-07-05 12:00 UTC)));
}

#[tokio::test]
async fn get_rgm_stats() {
    let request = GetRgmStats::new(SYSTEM).start_at(after(0)).end_at(after(86_400));
    let (stats, sent) = round_trip(&request, "get_rgm_stats").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/rgm_stats?start_at=1772409600&end_at=1772496000",
    );
    assert_eq!((stats.total_devices, stats.intervals.len()), (Some(2), 2));
    let last = &stats.intervals[1];
    assert_eq!(
        (last.end_at, last.wh_del, last.devices_reporting),
        (after(1800), Some(73), Some(1))
    );
    let meters = stats.meter_intervals.unwrap();
    assert_eq!(meters[0].meter_serial_number, Some("30110045".into()));
    assert_eq!(meters[1].envoy_serial_number, Some(GATEWAY.into()));
    let channel = &meters[0].intervals[1];
    assert_eq!(
        (channel.channel, channel.wh_del, channel.curr_w),
        (Some(1), Some(73.0), Some(292.0))
    );
}

#[tokio::test]
async fn get_energy_lifetime() {
    let request = GetEnergyLifetime::new(SYSTEM)
        .start_date(date!(2026 - 02 - 27))
        .end_date(date!(2026 - 03 - 02))
        .production(ProductionSeries::All);
    let (lifetime, sent) = round_trip(&request, "get_energy_lifetime").await;
    let target = "/api/v4/systems/3300871/energy_lifetime?start_date=2026-02-27&end_date=2026-03-02&production=all";
    sent.expect("GET", target);
    assert_eq!(lifetime.start_date, Some(date!(2026 - 02 - 27)));
    assert_eq!(lifetime.meter_start_date, Some(When::Date(date!(2026 - 02 - 28))));
    assert_eq!(lifetime.production, [9011, 12_544, 10_290, 0]);
    assert_eq!(
        lifetime.micro_production.as_deref(),
        Some([9011, 12_540, 10_302, 0].as_slice())
    );
    assert_eq!(
        lifetime.meter_production.as_deref(),
        Some([0, 12_544, 10_290, 0].as_slice())
    );
}

#[tokio::test]
async fn get_production_micro_telemetry() {
    let request = GetProductionMicroTelemetry::new(SYSTEM)
        .start_at(after(0))
        .granularity(Granularity::FiveMinutes);
    let (telemetry, sent) = round_trip(&request, "get_production_micro_telemetry").await;
    let target = "/api/v4/systems/3300871/telemetry/production_micro\
                  ?start_at=1772409600&granularity=5mins";
    sent.expect("GET", target);
    assert_eq!(
        (&telemetry.granularity, telemetry.total_devices),
        (&Some(Granularity::Day), Some(16))
    );
    assert_eq!(
        (telemetry.start_at, telemetry.end_at),
        (Some(after(0)), Some(after(86_400)))
    );
    let last = &telemetry.intervals[1];
    assert_eq!(
        (last.end_at, last.powr, last.enwh),
        (after(54_600), Some(2268), Some(189))
    );
    assert_eq!(
        (last.devices_reporting, telemetry.items.as_deref()),
        (Some(15), Some("intervals"))
    );

    let request = GetProductionMicroTelemetry::new(SYSTEM).start_date(date!(2026 - 03 - 02));
    let (_, sent) = round_trip(&request, "get_production_micro_telemetry").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/telemetry/production_micro?start_date=2026-03-02",
    );
}

#[tokio::test]
async fn get_production_meter_telemetry() {
    let request = GetProductionMeterTelemetry::new(SYSTEM)
        .start_at(after(0))
        .granularity(Granularity::FifteenMinutes);
    let (telemetry, sent) = round_trip(&request, "get_production_meter_telemetry").await;
    let target = "/api/v4/systems/3300871/telemetry/production_meter\
                  ?start_at=1772409600&granularity=15mins";
    sent.expect("GET", target);
    let [first, last] = telemetry.intervals.as_slice() else {
        panic!("two intervals: {telemetry:?}");
    };
    assert_eq!(
        (first.end_at, first.wh_del, first.devices_reporting),
        (after(54_900), Some(612), Some(1))
    );
    assert_eq!((last.wh_del, last.devices_reporting), (Some(598), Some(0)));
    assert_eq!((telemetry.total_devices, &telemetry.meta), (Some(1), &None));

    let request = GetProductionMeterTelemetry::new(SYSTEM).start_date(date!(2026 - 03 - 02));
    let (_, sent) = round_trip(&request, "get_production_meter_telemetry").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/telemetry/production_meter?start_date=2026-03-02",
    );
}
