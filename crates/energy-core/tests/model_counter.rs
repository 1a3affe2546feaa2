//! Counters and running totals, worked by hand.

use std::time::Duration;

use energy_core::model::{CounterRule, Quality, Quantity, Sample, Scope, Series, SeriesInfo, ValueKind, WattHours};

use crate::model_by_minutes::{at, minutes, power, values};

const QUARTER: Duration = Duration::from_secs(900);

fn counter(points: &[(i64, Option<f64>)]) -> Series<Sample<WattHours>> {
    let info = SeriesInfo::new(Scope::Pv, Quantity::ActiveEnergy, ValueKind::Counter);
    let points = points.iter().map(|(minute, value)| Sample {
        at: at(*minute),
        value: value.map(WattHours),
        quality: Quality::VALID,
    });
    Series::new(info, points.collect()).unwrap()
}

#[test]
fn differences_of_a_counter() {
    let series = counter(&[(0, Some(1_000.0)), (15, Some(1_010.0)), (30, Some(1_010.0))]);
    let amounts = series.counter_to_intervals(CounterRule::Reject).unwrap();
    assert_eq!(
        values(&amounts),
        [(minutes(0, 15), Some(10.0)), (minutes(15, 30), Some(0.0))]
    );
    assert_eq!(amounts.info().kind, ValueKind::IntervalSum);
    assert_eq!(amounts.info().step, Some(QUARTER));
    assert_eq!(amounts.points()[0].quality, Quality::VALID | Quality::DERIVED);
}

#[test]
fn missing_readings_make_one_long_interval() {
    let series = counter(&[
        (0, None),
        (15, Some(100.0)),
        (30, None),
        (45, None),
        (60, Some(160.0)),
        (75, None),
    ]);
    let amounts = series.counter_to_intervals(CounterRule::Reject).unwrap();
    assert_eq!(
        values(&amounts),
        [
            (minutes(0, 15), None),
            (minutes(15, 60), Some(60.0)),
            (minutes(60, 75), None)
        ]
    );
    assert!(amounts.points()[1].quality.contains(Quality::RECOVERED));
    assert!(!amounts.points()[0].quality.contains(Quality::RECOVERED));
}

#[test]
fn an_unlisted_gap_shows_against_the_stated_step() {
    let (info, points) = counter(&[(0, Some(0.0)), (15, Some(10.0)), (37, Some(20.0)), (60, Some(30.0))]).into_parts();
    let series = Series::new(info.with_step(QUARTER), points).unwrap();
    let amounts = series.counter_to_intervals(CounterRule::Reject).unwrap();
    let recovered: Vec<_> = amounts
        .points()
        .iter()
        .map(|reading| reading.quality.contains(Quality::RECOVERED))
        .collect();
    assert_eq!(recovered, [false, false, true], "22 minutes pass, 23 do not");
}

#[test]
fn a_lower_value_by_each_rule() {
    let series = counter(&[(0, Some(990.0)), (15, Some(20.0)), (30, Some(25.0))]);
    let first = |rule| {
        let amounts = series.counter_to_intervals(rule).unwrap();
        assert_eq!(
            amounts.points()[1].value,
            Some(WattHours(5.0)),
            "the next counts from the lower value"
        );
        (amounts.points()[0].value, amounts.points()[0].quality)
    };
    let doubtful = Quality::QUESTIONABLE | Quality::DERIVED;
    assert_eq!(first(CounterRule::Reject), (None, doubtful));
    assert_eq!(
        first(CounterRule::Reset),
        (Some(WattHours(20.0)), doubtful | Quality::PARTIAL)
    );
    let modulus = WattHours(1_000.0);
    assert_eq!(
        first(CounterRule::Rollover { modulus }),
        (Some(WattHours(30.0)), Quality::VALID | Quality::DERIVED)
    );
}

#[test]
fn a_rollover_that_cannot_be_one_is_rejected() {
    let one = |before, now, modulus| {
        let rule = CounterRule::Rollover {
            modulus: WattHours(modulus),
        };
        let series = counter(&[(0, Some(before)), (15, Some(now))]);
        series.counter_to_intervals(rule).unwrap().points()[0].value
    };
    assert_eq!(
        one(500.0, 499.0, 1_000.0),
        None,
        "a step back by one is a glitch, not 999"
    );
    assert_eq!(
        one(500.0, 0.0, 1_000.0),
        Some(WattHours(500.0)),
        "half the modulus is the limit"
    );
    assert_eq!(one(1_000.0, 5.0, 1_000.0), None, "1000 does not fit the register");
    assert_eq!(one(900.0, -5.0, 1_000.0), None);
    assert_eq!(one(900.0, 5.0, 0.0), None);
}

#[test]
fn a_running_total_of_the_day_starts_again_at_night() {
    let (info, points) = counter(&[(0, Some(40.0)), (15, Some(50.0)), (30, Some(0.0)), (45, Some(7.0))]).into_parts();
    let info = SeriesInfo::new(info.scope, info.quantity, ValueKind::DayToDate);
    let series = Series::new(info, points).unwrap();
    let amounts = series.counter_to_intervals(CounterRule::Reset).unwrap();
    assert_eq!(
        values(&amounts),
        [
            (minutes(0, 15), Some(10.0)),
            (minutes(15, 30), Some(0.0)),
            (minutes(30, 45), Some(7.0))
        ]
    );
    assert!(amounts.points()[1].quality.contains(Quality::PARTIAL));
    let (info, points) = power(&[(0, Some(0.0))]).into_parts();
    let odd: Vec<_> = points
        .iter()
        .map(|sample| Sample::new(sample.at, WattHours(0.0)))
        .collect();
    assert!(
        Series::new(info, odd)
            .unwrap()
            .counter_to_intervals(CounterRule::Reject)
            .is_err()
    );
}

#[test]
fn what_is_rejected_was_not_recovered() {
    let series = counter(&[(0, Some(100.0)), (15, None), (30, Some(90.0))]);
    let amounts = series.counter_to_intervals(CounterRule::Reject).unwrap();
    assert_eq!(values(&amounts), [(minutes(0, 30), None)]);
    assert_eq!(amounts.points()[0].quality, Quality::QUESTIONABLE | Quality::DERIVED);
}
