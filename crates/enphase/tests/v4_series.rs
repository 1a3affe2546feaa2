//! Answers in intervals as series: beginnings, qualities, directions, and not a watt-hour lost.

use std::time::Duration;

use energy_core::model::{Direction, Quality, Scope, ValueKind, Watts};
use enphase::v4::*;
use enphase::{EnergyRequest, LabelledByEnd};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::v4_service::SYSTEM;
use crate::v4_service::series::*;
use crate::v4_service::site::{MONDAY, at};

#[test]
fn intervals_are_labelled_by_their_end() {
    let request = GetProductionMicroTelemetry::new(SYSTEM);
    let answer = read(
        &request,
        with(json!([
            {"end_at": MONDAY + 300, "devices_reporting": 2, "powr": 1_200, "enwh": 100},
            {"end_at": MONDAY + 600, "devices_reporting": 2, "powr": 1_260, "enwh": 105},
            {"end_at": MONDAY + 5_400, "devices_reporting": 2, "powr": 600, "enwh": 50},
        ])),
    );
    let energy = answer.energy().unwrap();
    assert_eq!(
        borders(&energy),
        [(0, 300), (300, 600), (5_100, 5_400)],
        "a gap stays one"
    );
    assert_eq!(values(&energy), [Some(100.0), Some(105.0), Some(50.0)]);
    is(energy.info(), Scope::Pv, Direction::Production);
    let five_minutes = std::time::Duration::from_secs(300);
    assert_eq!(*energy.info(), request.info().with_step(five_minutes));
    let power = answer.power().unwrap();
    assert_eq!(borders(&power), borders(&energy));
    assert_eq!(power.info().kind, ValueKind::IntervalMean);
    let means: Vec<_> = power.points().iter().map(|point| point.value).collect();
    assert_eq!(means, [Some(Watts(1_200.0)), Some(Watts(1_260.0)), Some(Watts(600.0))]);
}

/// Meters are documented with quarters of an hour; some have been seen with five minutes.
#[test]
fn the_step_is_told_from_the_data() {
    let meter = |ends: &[i64]| {
        let intervals: Vec<Value> = ends
            .iter()
            .map(|end| json!({"end_at": MONDAY + end, "wh_del": 7}))
            .collect();
        let answer = read(&GetProductionMeterTelemetry::new(SYSTEM), with(json!(intervals)));
        borders(&answer.energy().unwrap())
    };
    assert_eq!(meter(&[900, 1_800]), [(0, 900), (900, 1_800)]);
    assert_eq!(meter(&[300, 600, 3_600]), [(0, 300), (300, 600), (3_300, 3_600)]);
    assert_eq!(meter(&[900]), [(0, 900)]);
    assert_eq!(
        meter(&[900, 7_200]),
        [(0, 900), (6_300, 7_200)],
        "a gap makes no interval longer"
    );
    assert_eq!(
        meter(&[900, 1_800, 2_100, 2_400]),
        [(0, 900), (1_500, 1_800), (1_800, 2_100), (2_100, 2_400)],
        "a site that is set up anew, at the border of which nobody knows"
    );
    assert!(meter(&[]).is_empty());
    let one = json!({
        "system_id": SYSTEM, "start_at": MONDAY, "intervals": [{"end_at": MONDAY + 300, "wh_del": 7}],
    });
    let answer = read(&GetProductionMeterTelemetry::new(SYSTEM), one);
    assert_eq!(
        borders(&answer.energy().unwrap()),
        [(0, 300)],
        "none begins before its answer"
    );
    let heat_pump = json!({
        "system_id": SYSTEM, "interval_duration": "5mins", "intervals": [{"end_at": MONDAY + 300, "wh_consumed": 31}],
    });
    let answer = read(&GetHeatPumpTelemetry::new(SYSTEM), heat_pump);
    assert_eq!(borders(&answer.energy().unwrap()), [(0, 300)], "the answer says it");
}

#[test]
fn order_and_repetition_do_not_matter() {
    let answer = read(
        &GetConsumptionMeterTelemetry::new(SYSTEM),
        with(json!([
            {"end_at": MONDAY + 1_800, "enwh": 2}, {"end_at": MONDAY + 900, "enwh": 1},
            {"end_at": MONDAY + 1_800, "enwh": 5},
        ])),
    );
    let energy = answer.energy().unwrap();
    assert_eq!(
        (borders(&energy), values(&energy)),
        (vec![(0, 900), (900, 1_800)], vec![Some(1.0), Some(5.0)])
    );
    is(energy.info(), Scope::Site, Direction::Consumption);
}

#[test]
fn what_is_late_is_partial_and_what_is_not_there_is_missing() {
    let answer = read(
        &GetProductionMeterTelemetry::new(SYSTEM),
        with(json!([
            {"end_at": MONDAY + 900, "devices_reporting": 2, "wh_del": 0},
            {"end_at": MONDAY + 1_800, "devices_reporting": 1, "wh_del": 40},
            {"end_at": MONDAY + 2_700, "devices_reporting": 0, "wh_del": null},
            {"end_at": MONDAY + 3_600, "wh_del": 44},
        ])),
    );
    let energy = answer.energy().unwrap();
    assert_eq!(
        values(&energy),
        [Some(0.0), Some(40.0), None, Some(44.0)],
        "nothing is not zero"
    );
    let partial: Vec<bool> = energy
        .points()
        .iter()
        .map(|point| point.quality.contains(Quality::PARTIAL))
        .collect();
    assert_eq!(partial, [false, true, true, false]);
    let readings = answer.into_readings();
    assert_eq!(
        readings.iter().map(enphase::Reading::is_complete).collect::<Vec<_>>(),
        [true, false, false, true]
    );
    assert_eq!(readings[1].data.end_at(), at(MONDAY + 1_800));
}

proptest! {
    /// What the wire says in sum is what the series say in sum, and mean power over time is the energy.
    #[test]
    fn no_energy_is_lost(energies in prop::collection::btree_map(1_i64..288, prop::option::of(0_i64..2_000), 0..80)) {
        let intervals: Vec<Value> = energies
            .iter()
            .map(|(number, energy)| {
                json!({"end_at": MONDAY + number * 300, "enwh": energy, "powr": energy.map(|energy| energy * 12)})
            })
            .collect();
        let answer = read(&GetProductionMicroTelemetry::new(SYSTEM), with(json!(intervals)));
        let energy = answer.energy().unwrap();
        let sum: f64 = values(&energy).into_iter().flatten().sum();
        let wire: i64 = energies.values().flatten().sum();
        prop_assert_eq!(sum, wire as f64);
        prop_assert_eq!(energy.len(), energies.len());
        for (energy, power) in energy.points().iter().zip(answer.power().unwrap().points()) {
            prop_assert_eq!(energy.interval, power.interval);
            prop_assert_eq!(energy.interval.duration(), Duration::from_secs(300));
            match (energy.value, power.value) {
                (Some(energy), Some(power)) => prop_assert!((power.0 / 12.0 - energy.0).abs() < 1e-9),
                (energy, power) => prop_assert_eq!((energy, power), (None, None)),
            }
        }
    }
}
