//! Series: order, uniqueness, the kind that fits, lookups, serialisation.

use std::time::Duration;

use energy_core::model::{
    Celsius, DeviceId, Direction, Interval, IntervalReading, Point, Quality, Quantity, Sample, Scope, ScopeLevel,
    Series, SeriesError, SeriesInfo, SourceRef, TimeZone, ValueKind, WattHours, Watts,
};
use proptest::prelude::*;
use time::OffsetDateTime;
use time::macros::datetime;

fn at(minute: i64) -> OffsetDateTime {
    datetime!(2026-06-01 0:00 UTC) + time::Duration::minutes(minute)
}

fn minutes(start: i64, end: i64) -> Interval {
    Interval::new(at(start), at(end)).unwrap()
}

fn power() -> SeriesInfo {
    SeriesInfo::new(Scope::Pv, Quantity::ActivePower, ValueKind::Instant)
}

fn energy() -> SeriesInfo {
    SeriesInfo::new(Scope::Pv, Quantity::ActiveEnergy, ValueKind::IntervalSum)
}

#[test]
fn a_second_sample_at_one_instant_is_named() {
    let points = vec![
        Sample::new(at(5), Watts(1.0)),
        Sample::new(at(0), Watts(2.0)),
        Sample::new(at(5), Watts(1.0)),
    ];
    assert_eq!(Series::new(power(), points), Err(SeriesError::Duplicate { at: at(5) }));
    // The same instant written on another clock is the same instant.
    let elsewhere = at(5).to_offset(time::macros::offset!(+2));
    let points = vec![Sample::new(at(5), Watts(1.0)), Sample::missing(elsewhere)];
    assert!(Series::new(power(), points).is_err());
}

#[test]
fn overlapping_readings_are_named_in_order() {
    let points = vec![
        IntervalReading::new(minutes(30, 61), WattHours(1.0)),
        IntervalReading::missing(minutes(61, 90)),
        IntervalReading::new(minutes(0, 31), WattHours(1.0)),
    ];
    let error = Series::new(energy(), points).unwrap_err();
    assert_eq!(
        error,
        SeriesError::Overlap {
            first: minutes(0, 31),
            second: minutes(30, 61)
        }
    );
    assert_eq!(
        error.to_string(),
        "the readings 2026-06-01T00:00:00Z/2026-06-01T00:31:00Z and \
         2026-06-01T00:30:00Z/2026-06-01T01:01:00Z overlap"
    );
    let twice = vec![IntervalReading::new(minutes(0, 1), WattHours(1.0)); 2];
    assert!(matches!(Series::new(energy(), twice), Err(SeriesError::Overlap { .. })));
}

#[test]
fn the_kind_must_fit_the_points() {
    let wrong = Series::<Sample<WattHours>>::new(energy(), Vec::new());
    assert_eq!(
        wrong,
        Err(SeriesError::Kind {
            kind: ValueKind::IntervalSum
        })
    );
    let wrong = Series::<IntervalReading<Watts>>::new(power(), Vec::new());
    assert_eq!(
        wrong,
        Err(SeriesError::Kind {
            kind: ValueKind::Instant
        })
    );
    for kind in [ValueKind::Instant, ValueKind::Counter, ValueKind::DayToDate] {
        assert!(<Sample<Watts> as Point>::fits(kind) && !kind.is_interval());
    }
}

#[test]
fn gaps_are_allowed_and_lookups_respect_them() {
    let series = Series::new(
        energy(),
        vec![
            IntervalReading::new(minutes(60, 75), WattHours(3.0)),
            IntervalReading::new(minutes(0, 15), WattHours(1.0)),
            IntervalReading::missing(minutes(15, 30)),
        ],
    )
    .unwrap();
    assert_eq!(series.len(), 3);
    assert_eq!(series.span(), Some(minutes(0, 75)));
    assert_eq!(series.reading_at(at(0)).unwrap().value, Some(WattHours(1.0)));
    assert_eq!(series.reading_at(at(15)).unwrap().value, None, "listed and missing");
    assert_eq!(series.reading_at(at(45)), None, "not listed");
    assert_eq!(series.reading_at(at(75)), None, "the end does not belong");
    assert_eq!(series.readings_in(minutes(14, 61)).len(), 3);
    assert_eq!(series.readings_in(minutes(15, 60)).len(), 1);
    assert!(series.readings_in(minutes(30, 60)).is_empty());
    assert_eq!(series.get(minutes(60, 75)).unwrap().value, Some(WattHours(3.0)));
    assert_eq!(series.get(minutes(60, 74)), None);
}

#[test]
fn an_empty_series_is_fine() {
    let series = Series::<Sample<Celsius>>::new(
        SeriesInfo::new(Scope::Sensor("roof".into()), Quantity::Temperature, ValueKind::Instant),
        Vec::new(),
    )
    .unwrap();
    assert!(series.is_empty());
    assert_eq!(series.span(), None);
    assert_eq!((&series).into_iter().count(), 0);
}

#[test]
fn json_keeps_the_meaning_and_refuses_what_new_refuses() {
    let info = power()
        .with_direction(Direction::Production)
        .with_step(Duration::from_secs(900))
        .with_time_zone(TimeZone::named("Europe/Berlin"))
        .with_source(
            SourceRef::new("forecast-solar")
                .with_resource("estimate/watts")
                .with_fetched_at(at(0))
                .with_request_id("D8aH09A5"),
        );
    let points = vec![
        Sample::new(at(0), Watts(5.0)).with_quality(Quality::FORECAST),
        Sample::missing(at(15)),
    ];
    let series = Series::new(info, points).unwrap();
    let json = serde_json::to_value(&series).unwrap();
    assert_eq!(
        json["points"][1],
        serde_json::json!({"at": "2026-06-01T00:15:00Z", "value": null})
    );
    assert_eq!(json["points"][0]["quality"], serde_json::json!(["forecast"]));
    assert_eq!(json["info"]["kind"], "instant");
    assert_eq!(
        serde_json::from_value::<Series<Sample<Watts>>>(json.clone()).unwrap(),
        series
    );

    let mut twice = json.clone();
    twice["points"][1]["at"] = json["points"][0]["at"].clone();
    let error = serde_json::from_value::<Series<Sample<Watts>>>(twice).unwrap_err();
    assert!(error.to_string().contains("two samples at"), "{error}");
    let mut wrong = json;
    wrong["info"]["kind"] = "interval_sum".into();
    assert!(serde_json::from_value::<Series<Sample<Watts>>>(wrong).is_err());
}

#[test]
fn scopes_know_their_level_and_device() {
    assert_eq!(Scope::Grid.level(), ScopeLevel::Grid);
    assert_eq!(Scope::Storage.device(), None);
    let tracker = Scope::MppTracker(DeviceId::new("7/2"));
    assert_eq!(tracker.level(), ScopeLevel::MppTracker);
    assert_eq!(tracker.device().unwrap().to_string(), "7/2");
    assert_eq!(serde_json::to_string(&tracker).unwrap(), r#"{"mpp_tracker":"7/2"}"#);
    assert_eq!(serde_json::to_string(&Scope::Site).unwrap(), r#""site""#);
}

#[test]
fn quantities_know_their_integral() {
    assert_eq!(Quantity::ActivePower.integral(), Some(Quantity::ActiveEnergy));
    assert_eq!(Quantity::Insolation.derivative(), Some(Quantity::Irradiance));
    assert_eq!(Quantity::Temperature.integral(), None);
    assert_eq!(Quantity::GasVolume.derivative(), None);
}

proptest! {
    #[test]
    fn points_are_sorted_and_none_is_lost(minutes in prop::collection::hash_set(0_i64..10_000, 0..60)) {
        let points: Vec<_> = minutes.iter().map(|minute| Sample::new(at(*minute), Watts(0.0))).collect();
        let series = Series::new(power(), points).unwrap();
        prop_assert_eq!(series.len(), minutes.len());
        prop_assert!(series.points().windows(2).all(|pair| pair[0].at < pair[1].at));
        for minute in minutes {
            prop_assert!(series.get(at(minute)).is_some());
        }
    }
}
