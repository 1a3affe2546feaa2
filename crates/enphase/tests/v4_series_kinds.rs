//! What series say of themselves: whose energy, in which direction, of which device.

use energy_core::model::{
    Direction, IntervalReading, Percent, Quality, Quantity, Scope, Series, ValueKind, WattHours, Watts,
};
use enphase::v4::*;
use serde_json::{Value, json};

use crate::v4_service::SYSTEM;
use crate::v4_service::series::*;
use crate::v4_service::site::MONDAY;

const MICRO: &str = "121766001122";
const CHARGER: &str = "202311220033";
const BATTERY: &str = "492217006644";

#[test]
fn directions_and_scopes() {
    let nested = |name: &str| with(json!([[{"end_at": MONDAY + 900, name: 40}, {"end_at": MONDAY + 1_800, name: 3}]]));
    let import = read(&GetEnergyImportTelemetry::new(SYSTEM), nested("wh_imported"))
        .energy()
        .unwrap();
    is(import.info(), Scope::Grid, Direction::Import);
    let export = read(&GetEnergyExportTelemetry::new(SYSTEM), nested("wh_exported"))
        .energy()
        .unwrap();
    is(export.info(), Scope::Grid, Direction::Export);
    // `total_devices` of these is always 0, and says nothing.
    for series in [&import, &export] {
        assert_eq!(values(series), [Some(40.0), Some(3.0)]);
        assert!(series.points().iter().all(|point| point.quality.is_empty()));
    }
    let evse = GetEvseTelemetry::new(SYSTEM, CHARGER);
    let series = read(&evse, nested("wh_consumed")).energy(&evse).unwrap();
    is(series.info(), Scope::EvCharger(CHARGER.into()), Direction::Consumption);
    let charger = GetChargerTelemetry::new(SYSTEM, CHARGER);
    let answer = json!({"system_id": SYSTEM, "consumption": [{"consumption": 1_750, "end_at": MONDAY + 900}]});
    let series = read(&charger, answer).energy(&charger).unwrap();
    is(series.info(), Scope::EvCharger(CHARGER.into()), Direction::Consumption);
    assert_eq!(
        (values(&series), borders(&series)),
        (vec![Some(1_750.0)], vec![(0, 900)])
    );
    let heat_pump = read(&GetHeatPumpTelemetry::new(SYSTEM), nested("wh_consumed"))
        .energy()
        .unwrap();
    is(
        heat_pump.info(),
        Scope::Load("heat pump".into()),
        Direction::Consumption,
    );
    let micro = GetMicroTelemetry::new(SYSTEM, MICRO);
    let answer = read(&micro, with(json!([{"end_at": MONDAY + 300, "powr": 96, "enwh": 8}])));
    is(
        answer.energy(&micro).unwrap().info(),
        Scope::Inverter(MICRO.into()),
        Direction::Production,
    );
    assert_eq!(
        answer.power(&micro).unwrap().info().scope,
        Scope::Inverter(MICRO.into())
    );
    let many = read(
        &ListMicrosTelemetry::new(SYSTEM),
        json!({"system_id": SYSTEM, "devices": [
            {"serial_number": MICRO, "intervals": [{"end_at": MONDAY + 300, "powr": 96, "enwh": 8}]},
        ]}),
    );
    is(
        many.devices[0].energy().unwrap().info(),
        Scope::Inverter(MICRO.into()),
        Direction::Production,
    );
    assert_eq!(many.devices[0].power().unwrap().points()[0].value, Some(Watts(96.0)));
}

#[test]
fn batteries_charge_and_discharge_and_are_full_to_some_degree() {
    let intervals = json!([
        {"end_at": MONDAY + 900, "charge": {"enwh": 310, "devices_reporting": 1},
            "discharge": {"enwh": 0, "devices_reporting": 0}, "soc": {"percent": 61, "devices_reporting": 2}},
        {"end_at": MONDAY + 1_800, "charge": {"enwh": 0, "devices_reporting": 0},
            "discharge": {"enwh": 125, "devices_reporting": 2}, "soc": {"percent": 58, "devices_reporting": 1}},
        {"end_at": MONDAY + 2_700, "charge": null, "discharge": {"enwh": null}, "soc": null},
    ]);
    let site = read(&GetBatteryTelemetry::new(SYSTEM), with(intervals.clone()));
    let one = read(&GetEnchargeTelemetry::new(SYSTEM, BATTERY), with(intervals));
    let charged = [Some(310.0), Some(0.0), None];
    let discharged = [Some(0.0), Some(125.0), None];
    assert_eq!(values(&site.charged().unwrap()), charged);
    assert_eq!(values(&site.discharged().unwrap()), discharged);
    assert_eq!(values(&one.charged().unwrap()), charged);
    assert_eq!(values(&one.discharged().unwrap()), discharged);
    is(site.charged().unwrap().info(), Scope::Storage, Direction::Charge);
    is(site.discharged().unwrap().info(), Scope::Storage, Direction::Discharge);
    is(
        one.charged().unwrap().info(),
        Scope::Battery(BATTERY.into()),
        Direction::Charge,
    );
    is(
        one.discharged().unwrap().info(),
        Scope::Battery(BATTERY.into()),
        Direction::Discharge,
    );
    for levels in [site.state_of_charge().unwrap(), one.state_of_charge().unwrap()] {
        let found: Vec<_> = levels
            .points()
            .iter()
            .map(|sample| (sample.at.unix_timestamp() - MONDAY, sample.value))
            .collect();
        assert_eq!(
            found,
            [(900, Some(Percent(61.0))), (1_800, Some(Percent(58.0))), (2_700, None)],
            "at the end"
        );
        assert_eq!(
            (levels.info().quantity, levels.info().kind),
            (Quantity::StateOfCharge, ValueKind::Instant)
        );
    }
    // Only the batteries that did so are counted as charging, so the state of charge tells who reported.
    let partial = |series: &Series<IntervalReading<WattHours>>| -> Vec<bool> {
        series
            .points()
            .iter()
            .map(|point| point.quality.contains(Quality::PARTIAL))
            .collect()
    };
    assert_eq!(partial(&site.charged().unwrap()), [false, true, false]);
}

#[test]
fn revenue_grade_meters_by_channel() {
    let channel = |channel: i64, end: i64, energy: Value, power: Value| json!({"channel": channel, "end_at": MONDAY + end, "wh_del": energy, "curr_w": power});
    let answer = json!({
        "system_id": SYSTEM, "total_devices": 2,
        "intervals": [
            {"end_at": MONDAY + 900, "devices_reporting": 2, "wh_del": 64},
            {"end_at": MONDAY + 1_800, "devices_reporting": 1, "wh_del": 30},
        ],
        "meter_intervals": [
            {"meter_serial_number": "122201112233EIM1", "envoy_serial_number": "122201112233", "intervals": [
                channel(1, 900, json!(42.5), json!(170)), channel(2, 900, json!(null), json!(null)),
                channel(1, 1_800, json!(30.0), json!(120)), channel(2, 1_800, json!(null), json!(null)),
            ]},
            {"meter_serial_number": "122201112233EIM2", "intervals": [channel(1, 900, json!(21), json!(84))]},
        ],
    });
    let answer = read(&GetRgmStats::new(SYSTEM), answer);
    let energy = answer.energy().unwrap();
    assert_eq!(
        (values(&energy), borders(&energy)),
        (vec![Some(64.0), Some(30.0)], vec![(0, 900), (900, 1_800)])
    );
    assert!(energy.points()[1].quality.contains(Quality::PARTIAL));
    let channels = answer.channels();
    let found: Vec<_> = channels
        .iter()
        .map(|channel| {
            (
                channel.meter.as_ref().unwrap().as_str(),
                channel.channel,
                values(&channel.energy().unwrap()),
            )
        })
        .collect();
    let expected = [
        ("122201112233EIM1", Some(1), vec![Some(42.5), Some(30.0)]),
        ("122201112233EIM1", Some(2), vec![None, None]),
        ("122201112233EIM2", Some(1), vec![Some(21.0)]),
    ];
    assert_eq!(found, expected);
    let powers: Vec<_> = channels[0]
        .power()
        .unwrap()
        .points()
        .iter()
        .map(|point| point.value)
        .collect();
    assert_eq!(powers, [Some(Watts(170.0)), Some(Watts(120.0))]);
    assert!(
        channels[1]
            .power()
            .unwrap()
            .points()
            .iter()
            .all(|point| point.value.is_none())
    );
    is(
        channels[2].energy().unwrap().info(),
        Scope::Meter("122201112233EIM2".into()),
        Direction::Production,
    );
}
