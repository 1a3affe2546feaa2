//! Other intervals, days of fixed offsets, sums and comparisons, worked by hand.

use std::time::Duration;

use energy_core::model::{
    ArithmeticError, Coverage, CubicMeters, IntervalReading, Quality, Quantity, Sample, Scope, Series, SeriesError,
    SeriesInfo, TimeZone, ValueKind, WattHours, Watts, ZoneError,
};
use time::macros::{date, offset};

use crate::model_by_minutes::{energy, minutes, power, values};

#[test]
fn greatest_values_are_not_amounts() {
    let info = SeriesInfo::new(Scope::Pv, Quantity::ActiveEnergy, ValueKind::IntervalMax);
    let greatest = Series::new(info, vec![IntervalReading::new(minutes(0, 15), WattHours(1.0))]).unwrap();
    let found = ValueKind::IntervalMax;
    assert!(matches!(greatest.resample([], Coverage::Full), Err(ArithmeticError::Kind { found: f, .. }) if f == found));
    assert!(greatest.amount_in(minutes(0, 15), Coverage::Full).is_err());
    assert!(greatest.mean_rate().is_err());
    assert!(greatest.daily_totals(&TimeZone::UTC, Coverage::Full).is_err());
    assert!(Series::sum_of(greatest.info().clone(), &[&greatest]).is_err());

    let info = SeriesInfo::new(Scope::Pv, Quantity::ActivePower, ValueKind::IntervalMax);
    let greatest = Series::new(info, vec![IntervalReading::new(minutes(0, 15), Watts(1.0))]).unwrap();
    assert!(greatest.integrate().is_err());
}

#[test]
fn volumes_have_no_rate_but_resample() {
    let info = SeriesInfo::new(Scope::Meter("w".into()), Quantity::WaterVolume, ValueKind::IntervalSum);
    let water = Series::new(info, vec![IntervalReading::new(minutes(0, 60), CubicMeters(1.0))]).unwrap();
    let half = water.amount_in(minutes(0, 30), Coverage::Full).unwrap();
    assert_eq!(half.value, Some(CubicMeters(0.5)));
}

#[test]
fn down_and_up() {
    let quarters = energy(&[
        (0, 15, Some(1.0)),
        (15, 30, Some(2.0)),
        (30, 45, Some(3.0)),
        (45, 60, Some(4.0)),
    ]);
    let hour = quarters.resample([minutes(0, 60)], Coverage::Full).unwrap();
    assert_eq!(values(&hour), [(minutes(0, 60), Some(10.0))]);
    assert_eq!(
        hour.points()[0].quality,
        Quality::VALID | Quality::DERIVED,
        "nothing was cut"
    );
    let thirds = quarters
        .resample(
            minutes(0, 60).split_by(Duration::from_secs(1_200)).unwrap(),
            Coverage::Full,
        )
        .unwrap();
    let amounts: Vec<_> = thirds.points().iter().map(|reading| reading.value.unwrap().0).collect();
    for (amount, expected) in amounts.iter().zip([1.0 + 2.0 / 3.0, 4.0 / 3.0 + 2.0, 1.0 + 4.0]) {
        assert!((amount - expected).abs() < 1e-12, "{amounts:?}");
    }
    assert!(thirds.points()[0].quality.contains(Quality::INTERPOLATED));
    let same = quarters
        .resample(quarters.points().iter().map(|reading| reading.interval), Coverage::Full)
        .unwrap();
    assert_eq!(
        same.points(),
        quarters.points(),
        "equal intervals pass through unchanged"
    );
}

#[test]
fn one_missing_part_makes_the_whole_missing_or_partial() {
    for series in [
        energy(&[(0, 15, Some(1.0)), (15, 30, None), (30, 60, Some(4.0))]),
        energy(&[(0, 15, Some(1.0)), (30, 60, Some(4.0))]),
    ] {
        let full = series.amount_in(minutes(0, 60), Coverage::Full).unwrap();
        assert_eq!(full, IntervalReading::missing(minutes(0, 60)));
        let part = series.amount_in(minutes(0, 60), Coverage::Partial).unwrap();
        assert_eq!(part.value, Some(WattHours(5.0)));
        assert_eq!(
            part.quality,
            Quality::DERIVED | Quality::PARTIAL,
            "a part is not valid as a whole"
        );
        let nothing = series.amount_in(minutes(16, 29), Coverage::Partial).unwrap();
        assert_eq!(nothing.value, None, "nothing known is not zero");
        let outside = series.amount_in(minutes(60, 61), Coverage::Partial).unwrap();
        assert_eq!(outside.value, None);
    }
}

#[test]
fn overlapping_targets_are_refused() {
    let series = energy(&[(0, 60, Some(1.0))]);
    let error = series
        .resample([minutes(0, 31), minutes(30, 60)], Coverage::Full)
        .unwrap_err();
    assert!(matches!(error, ArithmeticError::Series(SeriesError::Overlap { .. })));
}

#[test]
fn doubts_about_a_part_remain() {
    let (info, mut points) = energy(&[(0, 30, Some(1.0)), (30, 60, Some(1.0))]).into_parts();
    points[1].quality = Quality::ESTIMATED | Quality::CLIPPED;
    let series = Series::new(info, points).unwrap();
    let hour = series.amount_in(minutes(0, 60), Coverage::Full).unwrap();
    assert_eq!(hour.quality, Quality::ESTIMATED | Quality::CLIPPED | Quality::DERIVED);
    let half = series.amount_in(minutes(0, 15), Coverage::Full).unwrap();
    assert!(
        !half.quality.contains(Quality::CLIPPED),
        "the other half does not matter"
    );
}

// Days, by a fixed offset; named zones are in `model_days.rs`.

#[test]
fn days_of_a_half_hour_offset() {
    let zone = TimeZone::fixed(offset!(+5:30));
    // Local midnight is at 18:30 UTC, minute 1110.
    let series = energy(&[
        (0, 1_080, Some(10.0)),
        (1_080, 1_140, Some(6.0)),
        (1_140, 1_440, Some(2.0)),
    ]);
    let days = series.daily_totals(&zone, Coverage::Partial).unwrap();
    assert_eq!(days.len(), 2);
    assert_eq!(
        (days[0].date, days[0].total.value),
        (date!(2026 - 06 - 01), Some(WattHours(13.0)))
    );
    assert_eq!(
        (days[1].date, days[1].total.value),
        (date!(2026 - 06 - 02), Some(WattHours(5.0)))
    );
    assert!(days.iter().all(|day| day.total.quality.contains(Quality::PARTIAL)));
    let days = series.daily_totals(&zone, Coverage::Full).unwrap();
    assert!(days.iter().all(|day| day.total.value.is_none()));
}

#[test]
fn a_full_day_is_full_and_the_next_is_not_touched() {
    let series = energy(&[(0, 1_440, Some(24.0))]);
    let days = series.daily_totals(&TimeZone::UTC, Coverage::Full).unwrap();
    assert_eq!(days.len(), 1);
    assert_eq!(days[0].total.value, Some(WattHours(24.0)));
    let json = serde_json::to_value(days[0]).unwrap();
    assert_eq!(json["date"], "2026-06-01");
    assert!(
        energy(&[])
            .daily_totals(&TimeZone::UTC, Coverage::Full)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_zone_nobody_knows_is_an_error() {
    let series = energy(&[(0, 60, Some(1.0))]);
    let error = series
        .daily_totals(&TimeZone::named("Mars/Olympus"), Coverage::Full)
        .unwrap_err();
    let name = "Mars/Olympus".to_owned();
    let expected = if cfg!(feature = "time-zones") {
        ZoneError::Unknown { name }
    } else {
        ZoneError::NoDatabase { name }
    };
    assert_eq!(error, ArithmeticError::Zone(expected));
}

// Several series.

#[test]
fn a_sum_is_missing_where_any_part_is() {
    let east = energy(&[(0, 15, Some(1.0)), (15, 30, Some(2.0)), (30, 45, Some(3.0))]);
    let west = energy(&[(0, 15, Some(10.0)), (15, 30, None), (45, 60, Some(40.0))]);
    let sum = Series::sum_of(east.info().clone(), &[&east, &west]).unwrap();
    assert_eq!(
        values(&sum),
        [
            (minutes(0, 15), Some(11.0)),
            (minutes(15, 30), None),
            (minutes(30, 45), None),
            (minutes(45, 60), None)
        ]
    );
    let alone = Series::sum_of(east.info().clone(), &[&east]).unwrap();
    assert_eq!(values(&alone), values(&east));
    assert!(
        Series::<Sample<Watts>>::sum_of(power(&[]).info().clone(), &[])
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_sum_of_different_things_is_refused() {
    let east = energy(&[(0, 15, Some(1.0))]);
    let (info, points) = east.clone().into_parts();
    let odd = SeriesInfo::new(info.scope.clone(), Quantity::GasVolume, info.kind);
    let odd = Series::new(odd, points).unwrap();
    let error = Series::sum_of(info.clone(), &[&east, &odd]).unwrap_err();
    assert!(matches!(error, ArithmeticError::Mismatch { index: 1, .. }), "{error}");
    let coarse = energy(&[(0, 60, Some(1.0))]);
    let error = Series::sum_of(info, &[&east, &coarse]).unwrap_err();
    assert!(
        matches!(error, ArithmeticError::Series(SeriesError::Overlap { .. })),
        "{error}"
    );
}

#[test]
fn joining_puts_side_by_side_what_either_has() {
    let left = energy(&[(0, 15, Some(5.0)), (15, 30, None), (30, 45, Some(1.0))]);
    let right = energy(&[(0, 15, Some(3.0)), (15, 30, Some(2.0)), (45, 60, Some(9.0))]);
    let rows = left.join(&right);
    let differences: Vec<_> = rows.iter().map(|row| row.difference().map(|value| value.0)).collect();
    assert_eq!(differences, [Some(2.0), None, None, None]);
    assert_eq!(rows[1].right, Some(WattHours(2.0)));
    assert_eq!(rows[3].key, minutes(45, 60));
    assert_eq!(rows[3].both(), None);
    // Different quantities on one grid, too.
    let power = left.mean_rate().unwrap();
    assert_eq!(left.join(&power)[0].both(), Some((WattHours(5.0), Watts(20.0))));
}
