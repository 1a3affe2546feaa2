//! Arithmetic on series: what must hold whatever the numbers.

use std::time::Duration;

use energy_core::model::{
    CounterRule, Coverage, Interval, IntervalReading, Quality, Quantity, Sample, Scope, Series, SeriesInfo, TimeZone,
    ValueKind, WattHours, Watts,
};
use proptest::prelude::*;
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

const ANY_GAP: Duration = Duration::MAX;

fn at(second: i64) -> OffsetDateTime {
    datetime!(2026-03-27 0:00 UTC) + time::Duration::seconds(second)
}

fn interval(start: i64, end: i64) -> Interval {
    Interval::new(at(start), at(end)).unwrap()
}

fn info(kind: ValueKind) -> SeriesInfo {
    let quantity = if kind == ValueKind::Instant {
        Quantity::ActivePower
    } else {
        Quantity::ActiveEnergy
    };
    SeriesInfo::new(Scope::Site, quantity, kind)
}

fn total(series: &Series<IntervalReading<WattHours>>) -> f64 {
    series
        .points()
        .iter()
        .filter_map(|reading| reading.value)
        .sum::<WattHours>()
        .0
}

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-9 * (1.0 + left.abs().max(right.abs()))
}

/// Consecutive readings without gaps, of uneven lengths.
fn readings() -> impl Strategy<Value = Series<IntervalReading<WattHours>>> {
    prop::collection::vec((1_i64..20_000, 0.0..10_000.0_f64), 1..40).prop_map(|steps| {
        let mut from = 0;
        let mut points = Vec::new();
        for (length, value) in steps {
            points.push(IntervalReading::new(interval(from, from + length), WattHours(value)));
            from += length;
        }
        Series::new(info(ValueKind::IntervalSum), points).unwrap()
    })
}

/// Readings some of which are missing, as `None` or by not being listed.
fn gappy() -> impl Strategy<Value = Series<IntervalReading<WattHours>>> {
    (readings(), prop::collection::vec(0_u8..4, 40)).prop_map(|(series, fate)| {
        let (info, points) = series.into_parts();
        let points = points.into_iter().zip(fate).filter_map(|(reading, fate)| match fate {
            0 => Some(IntervalReading::missing(reading.interval)),
            1 => None,
            _ => Some(reading),
        });
        Series::new(info, points.collect()).unwrap()
    })
}

fn samples() -> impl Strategy<Value = Series<Sample<Watts>>> {
    prop::collection::vec((1_i64..5_000, 0.0..10_000.0_f64), 2..40).prop_map(|steps| {
        let mut now = 0;
        let points = steps.into_iter().map(|(step, value)| {
            now += step;
            Sample::new(at(now), Watts(value))
        });
        Series::new(info(ValueKind::Instant), points.collect()).unwrap()
    })
}

proptest! {
    #[test]
    fn resampling_conserves_the_sum(series in readings(), step in 60_u64..50_000) {
        let targets = series.span().unwrap().split_by(Duration::from_secs(step)).unwrap();
        let other = series.resample(targets, Coverage::Full).unwrap();
        prop_assert!(other.points().iter().all(|reading| reading.value.is_some()));
        prop_assert!(close(total(&other), total(&series)));
    }

    #[test]
    fn resampling_what_is_known_conserves_it_over_gaps(series in gappy(), step in 60_u64..50_000) {
        let Some(span) = series.span() else { return Ok(()) };
        let targets = span.split_by(Duration::from_secs(step)).unwrap();
        let other = series.resample(targets, Coverage::Partial).unwrap();
        prop_assert!(close(total(&other), total(&series)));
    }

    #[test]
    fn full_coverage_is_partial_coverage_without_the_flag(series in gappy(), start in 0_i64..100_000, length in 1_i64..100_000) {
        let target = interval(start, start + length);
        let full = series.amount_in(target, Coverage::Full).unwrap();
        let part = series.amount_in(target, Coverage::Partial).unwrap();
        if part.quality.contains(Quality::PARTIAL) {
            prop_assert_eq!(full.value, None);
            prop_assert!(part.value.is_some());
        } else {
            prop_assert_eq!(full, part);
        }
    }

    #[test]
    fn amounts_of_two_halves_add_up(series in readings(), cut in 0.01..0.99_f64) {
        let span = series.span().unwrap();
        let Some((before, after)) = span.split_at(span.start() + span.duration().mul_f64(cut)) else {
            return Ok(());
        };
        let amount = |part| series.amount_in(part, Coverage::Full).unwrap().value.unwrap();
        prop_assert!(close((amount(before) + amount(after)).0, total(&series)));
    }

    #[test]
    fn the_trapezoid_is_additive_over_any_split(series in samples(), step in 60_u64..20_000) {
        let whole = total(&series.integrate(ANY_GAP).unwrap());
        let targets = series.span().unwrap().split_by(Duration::from_secs(step)).unwrap();
        let parts = series.integrate_over(targets, ANY_GAP, Coverage::Full).unwrap();
        prop_assert!(parts.points().iter().all(|reading| reading.value.is_some()));
        prop_assert!(close(total(&parts), whole));
    }

    #[test]
    fn a_sample_on_the_line_changes_nothing(series in samples(), where_to in 0.0..1.0_f64) {
        let span = series.span().unwrap();
        let sample = series.interpolate(span.start() + span.duration().mul_f64(where_to), ANY_GAP).unwrap();
        if series.get(sample.at).is_some() {
            return Ok(());
        }
        let whole = total(&series.integrate(ANY_GAP).unwrap());
        let (info, mut points) = series.into_parts();
        points.push(sample);
        let denser = Series::new(info, points).unwrap();
        prop_assert!(close(total(&denser.integrate(ANY_GAP).unwrap()), whole));
    }

    #[test]
    fn a_missing_sample_changes_no_energy(series in samples(), second in 0_i64..100_000) {
        if series.get(at(second)).is_some() || !series.span().unwrap().contains(at(second)) {
            return Ok(());
        }
        let before = series.integrate(ANY_GAP).unwrap();
        let (info, mut points) = series.into_parts();
        points.push(Sample::missing(at(second)));
        let after = Series::new(info, points).unwrap().integrate(ANY_GAP).unwrap();
        prop_assert_eq!(total(&after), total(&before));
        prop_assert_eq!(after.len(), before.len());
    }

    #[test]
    fn mean_power_holds_the_energy(series in readings()) {
        let back = series.mean_rate().unwrap().integrate().unwrap();
        for (back, reading) in back.points().iter().zip(series.points()) {
            prop_assert!(close(back.value.unwrap().0, reading.value.unwrap().0));
        }
    }

    #[test]
    fn a_counter_without_reset_gives_last_minus_first(
        steps in prop::collection::vec((1_i64..5_000, prop::option::weighted(0.7, 0_u32..5_000)), 2..60),
    ) {
        let (mut now, mut shown) = (0, 1_000_000.0);
        let points: Vec<_> = steps
            .into_iter()
            .map(|(step, added)| {
                now += step;
                shown += f64::from(added.unwrap_or(100));
                Sample { at: at(now), value: added.map(|_| WattHours(shown)), quality: Quality::UNSTATED }
            })
            .collect();
        let known: Vec<_> = points.iter().filter_map(|sample| sample.value).collect();
        let series = Series::new(info(ValueKind::Counter), points).unwrap();
        let amounts = series.counter_to_intervals(CounterRule::Reject).unwrap();
        prop_assert_eq!(amounts.span(), series.span());
        let expected = match (known.first(), known.last()) {
            (Some(first), Some(last)) => (*last - *first).0,
            _ => 0.0,
        };
        prop_assert_eq!(total(&amounts), expected, "whole watt-hours are exact");
    }

    #[test]
    fn a_counter_that_wraps_gives_what_flowed(
        added in prop::collection::vec(0_u32..500, 1..100),
        start in 0_u32..1_000,
    ) {
        let mut sum = start;
        let mut points = vec![Sample::new(at(0), WattHours(f64::from(start)))];
        for (added, minute) in added.iter().zip(1..) {
            sum += added;
            points.push(Sample::new(at(minute * 60), WattHours(f64::from(sum % 1_000))));
        }
        let series = Series::new(info(ValueKind::Counter), points).unwrap();
        let rule = CounterRule::Rollover { modulus: WattHours(1_000.0) };
        let amounts = series.counter_to_intervals(rule).unwrap();
        prop_assert_eq!(total(&amounts), f64::from(sum - start));
    }

    #[test]
    fn daily_totals_sum_to_the_whole(series in gappy(), minutes in -14 * 60..=14 * 60_i32) {
        let zone = TimeZone::fixed(UtcOffset::from_whole_seconds(minutes * 60).unwrap());
        let days = series.daily_totals(&zone, Coverage::Partial).unwrap();
        let sum: WattHours = days.iter().filter_map(|day| day.total.value).sum();
        prop_assert!(close(sum.0, total(&series)));
        prop_assert!(days.windows(2).all(|pair| pair[0].total.interval.end() == pair[1].total.interval.start()));
    }

    #[test]
    fn a_sum_is_known_exactly_where_all_parts_are(first in gappy(), second in gappy()) {
        let span = interval(0, 100_000);
        let grid = || span.split_by(Duration::from_secs(7_200)).unwrap();
        let first = first.resample(grid(), Coverage::Full).unwrap();
        let second = second.resample(grid(), Coverage::Full).unwrap();
        let sum = Series::sum_of(first.info().clone(), &[&first, &second]).unwrap();
        for (sum, row) in sum.points().iter().zip(first.join(&second)) {
            prop_assert_eq!(sum.interval, row.key);
            prop_assert_eq!(sum.value, row.both().map(|(left, right)| left + right));
        }
    }
}
