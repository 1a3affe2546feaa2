//! What a site uses, stores, takes from the grid and gives to it: each operation on the wire, and its answer read.

use energy_core::time::macros::date;
use enphase::v4::*;

use crate::v4_support::*;

#[tokio::test]
async fn get_consumption_meter_readings() {
    let request = GetConsumptionMeterReadings::new(SYSTEM).end_at(after(85_500));
    let (readings, sent) = round_trip(&request, "get_consumption_meter_readings").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/consumption_meter_readings?end_at=1772495100",
    );
    let reading = &readings.meter_readings[0];
    assert_eq!(reading.serial_number, Some("202309041207EIM2".into()));
    assert_eq!(
        (reading.value, reading.read_at),
        (Some(14_770_208), Some(after(85_500)))
    );
}

#[tokio::test]
async fn get_storage_meter_readings() {
    let request = GetStorageMeterReadings::new(SYSTEM).end_at(after(85_500));
    let (readings, sent) = round_trip(&request, "get_storage_meter_readings").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/storage_meter_readings?end_at=1772495100",
    );
    let reading = &readings.meter_readings[0];
    assert_eq!(reading.serial_number, Some("202309041207EIM4".into()));
    assert_eq!(
        (reading.value_charged, reading.value_discharged),
        (Some(402_118), Some(381_906))
    );
    assert_eq!(
        (reading.read_at, readings.system_id.get()),
        (Some(after(85_500)), SYSTEM)
    );
}

const DAYS: &str = "start_date=2026-02-27&end_date=2026-03-01";

#[tokio::test]
async fn get_consumption_lifetime() {
    let request = GetConsumptionLifetime::new(SYSTEM)
        .start_date(date!(2026 - 02 - 27))
        .end_date(date!(2026 - 03 - 01));
    let (lifetime, sent) = round_trip(&request, "get_consumption_lifetime").await;
    sent.expect("GET", &format!("/api/v4/systems/3300871/consumption_lifetime?{DAYS}"));
    assert_eq!(lifetime.start_date, Some(date!(2026 - 02 - 27)));
    assert_eq!(lifetime.consumption, [21_044, 18_830, 19_507]);
}

#[tokio::test]
async fn get_battery_lifetime() {
    let request = GetBatteryLifetime::new(SYSTEM)
        .start_date(date!(2026 - 02 - 27))
        .end_date(date!(2026 - 03 - 01));
    let (lifetime, sent) = round_trip(&request, "get_battery_lifetime").await;
    sent.expect("GET", &format!("/api/v4/systems/3300871/battery_lifetime?{DAYS}"));
    assert_eq!(
        (lifetime.charge, lifetime.discharge),
        (vec![4502, 4377, 4838], vec![4120, 3990, 4410])
    );
}

#[tokio::test]
async fn get_energy_import_lifetime() {
    let request = GetEnergyImportLifetime::new(SYSTEM)
        .start_date(date!(2026 - 02 - 27))
        .end_date(date!(2026 - 03 - 01));
    let (lifetime, sent) = round_trip(&request, "get_energy_import_lifetime").await;
    sent.expect("GET", &format!("/api/v4/systems/3300871/energy_import_lifetime?{DAYS}"));
    assert_eq!(
        (lifetime.start_date, lifetime.import),
        (Some(date!(2026 - 02 - 27)), vec![13_050, 9911, 12_033])
    );
}

#[tokio::test]
async fn get_energy_export_lifetime() {
    let request = GetEnergyExportLifetime::new(SYSTEM)
        .start_date(date!(2026 - 02 - 27))
        .end_date(date!(2026 - 03 - 01));
    let (lifetime, sent) = round_trip(&request, "get_energy_export_lifetime").await;
    sent.expect("GET", &format!("/api/v4/systems/3300871/energy_export_lifetime?{DAYS}"));
    assert_eq!(
        (lifetime.start_date, lifetime.export),
        (Some(date!(2026 - 02 - 27)), vec![1022, 3801, 2904])
    );
}

const FROM: &str = "start_at=1772409600&granularity=week";

#[tokio::test]
async fn get_battery_telemetry() {
    let request = GetBatteryTelemetry::new(SYSTEM)
        .start_at(after(0))
        .granularity(Granularity::Week);
    let (telemetry, sent) = round_trip(&request, "get_battery_telemetry").await;
    sent.expect("GET", &format!("/api/v4/systems/3300871/telemetry/battery?{FROM}"));
    assert_eq!(
        (telemetry.total_devices, telemetry.last_reported_aggregate_soc),
        (Some(3), Some(58.0))
    );
    let interval = &telemetry.intervals[0];
    let (charge, discharge) = (interval.charge.as_ref().unwrap(), interval.discharge.as_ref().unwrap());
    assert_eq!((charge.enwh, charge.devices_reporting), (Some(0), Some(2)));
    assert_eq!((discharge.enwh, discharge.devices_reporting), (Some(118), Some(1)));
    let soc = interval.soc.as_ref().unwrap();
    assert_eq!(
        (interval.end_at, soc.percent, soc.devices_reporting),
        (after(900), Some(64.0), Some(3))
    );

    let request = GetBatteryTelemetry::new(SYSTEM).start_date(date!(2026 - 03 - 02));
    let (_, sent) = round_trip(&request, "get_battery_telemetry").await;
    sent.expect("GET", "/api/v4/systems/3300871/telemetry/battery?start_date=2026-03-02");
}

#[tokio::test]
async fn get_consumption_meter_telemetry() {
    let request = GetConsumptionMeterTelemetry::new(SYSTEM)
        .start_at(after(0))
        .granularity(Granularity::Week);
    let (telemetry, sent) = round_trip(&request, "get_consumption_meter_telemetry").await;
    sent.expect(
        "GET",
        &format!("/api/v4/systems/3300871/telemetry/consumption_meter?{FROM}"),
    );
    let last = &telemetry.intervals[1];
    assert_eq!(
        (last.end_at, last.enwh, last.devices_reporting),
        (after(1800), Some(251), Some(1))
    );
    assert_eq!((telemetry.total_devices, telemetry.start_at), (Some(2), Some(after(0))));

    let request = GetConsumptionMeterTelemetry::new(SYSTEM).start_date(date!(2026 - 03 - 02));
    let (_, sent) = round_trip(&request, "get_consumption_meter_telemetry").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/telemetry/consumption_meter?start_date=2026-03-02",
    );
}

#[tokio::test]
async fn get_energy_import_telemetry() {
    let request = GetEnergyImportTelemetry::new(SYSTEM)
        .start_at(after(0))
        .granularity(Granularity::Week);
    let (telemetry, sent) = round_trip(&request, "get_energy_import_telemetry").await;
    sent.expect(
        "GET",
        &format!("/api/v4/systems/3300871/energy_import_telemetry?{FROM}"),
    );
    let imported: Vec<_> = telemetry
        .intervals
        .iter()
        .map(|interval| (interval.end_at, interval.wh_imported))
        .collect();
    assert_eq!(imported, [(after(900), Some(77)), (after(1800), Some(81))]);

    let request = GetEnergyImportTelemetry::new(SYSTEM).start_date(date!(2026 - 03 - 02));
    let (_, sent) = round_trip(&request, "get_energy_import_telemetry").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/energy_import_telemetry?start_date=2026-03-02",
    );
}

#[tokio::test]
async fn get_energy_export_telemetry() {
    let request = GetEnergyExportTelemetry::new(SYSTEM)
        .start_at(after(0))
        .granularity(Granularity::Week);
    let (telemetry, sent) = round_trip(&request, "get_energy_export_telemetry").await;
    sent.expect(
        "GET",
        &format!("/api/v4/systems/3300871/energy_export_telemetry?{FROM}"),
    );
    let exported: Vec<_> = telemetry
        .intervals
        .iter()
        .map(|interval| (interval.end_at, interval.wh_exported))
        .collect();
    assert_eq!(exported, [(after(54_900), Some(310)), (after(55_800), Some(295))]);

    let request = GetEnergyExportTelemetry::new(SYSTEM).start_date(date!(2026 - 03 - 02));
    let (_, sent) = round_trip(&request, "get_energy_export_telemetry").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/energy_export_telemetry?start_date=2026-03-02",
    );
}

#[tokio::test]
async fn get_latest_telemetry() {
    let (latest, sent) = round_trip(&GetLatestTelemetry::new(SYSTEM), "get_latest_telemetry").await;
    sent.expect("GET", "/api/v4/systems/3300871/latest_telemetry");
    assert_eq!(latest.items.as_deref(), Some("devices"));
    let meter = &latest.devices.meters.as_ref().unwrap()[0];
    assert_eq!(
        (meter.name.as_deref(), meter.channel, meter.power),
        (Some("production"), Some(1), Some(1875))
    );
    let battery = &latest.devices.encharges.as_ref().unwrap()[0];
    assert_eq!(
        (battery.power, battery.operational_mode.as_deref()),
        (Some(-410), Some("Charging"))
    );
    assert_eq!(battery.last_report_at, Some(after(85_500)));
    let pump = &latest.devices.heat_pump.as_ref().unwrap()[0];
    assert_eq!((&pump.id, pump.operational_mode.as_deref()), (&None, Some("MODE_3")));
    let charger = &latest.devices.evse.as_ref().unwrap()[0];
    assert_eq!(
        (&charger.serial_number, charger.last_report_at),
        (&Some("41550021".into()), Some(after(86_010)))
    );
}
