use std::time::Duration;

use energy_core::model::{
    CounterRule, Coverage, Interval, IntervalReading, Quantity, Sample, Scope, Series, SeriesInfo, TimeZone, ValueKind,
    WattHours, Watts,
};
use time::OffsetDateTime;
use time::macros::datetime;

use super::input::Input;

const MOST_POINTS: usize = 64;
const MOST_STEPS: u64 = 250;
const ZONES: [&str; 4] = ["Europe/Berlin", "America/St_Johns", "Pacific/Apia", "UTC"];
const GAPS: [Duration; 3] = [Duration::MAX, Duration::from_secs(900), Duration::ZERO];

type Energy = Series<IntervalReading<WattHours>>;

/// Arithmetic on series: energy is the same however it is cut and gathered, and no number and no time is too odd.
///
/// Input: a byte that chooses between usual and odd numbers, bytes for zone, longest gap and step, and points.
///
/// # Panics
///
/// When energy comes or goes.
pub fn series(data: &[u8]) {
    let mut input = Input::new(data);
    let odd = input.one_of(&[false, true]);
    let zone = TimeZone::named(input.one_of(&ZONES));
    let gap = input.one_of(&GAPS);
    let step = Duration::from_secs(u64::from(u16::from_be_bytes(input.bytes())).max(60));
    let points = points(&mut input, odd);
    if let Ok(series) = Series::new(info(ValueKind::IntervalSum), readings(&points)) {
        check_energy(&series, &zone, step, odd);
    }
    if let Ok(series) = Series::new(info(ValueKind::Instant), samples(&points, Watts)) {
        check_power(&series, gap, step, odd);
    }
    if let Ok(series) = Series::new(info(ValueKind::Counter), samples(&points, WattHours)) {
        check_counter(&series, odd);
    }
}

/// When it begins, how long it is, and its value.
type Point = (OffsetDateTime, Duration, Option<f64>);

fn points(input: &mut Input<'_>, odd: bool) -> Vec<Point> {
    let mut points = Vec::new();
    let mut at = datetime!(2026-03-27 0:00 UTC);
    while !input.is_empty() && points.len() < MOST_POINTS {
        let kind = input.byte();
        let length = Duration::from_secs(u64::from(u16::from_be_bytes(input.bytes())) + 1);
        let value = if odd {
            f64::from_bits(u64::from_be_bytes(input.bytes()))
        } else {
            f64::from(i16::from_be_bytes(input.bytes())) / 8.0
        };
        if odd && kind & 2 > 0 {
            let far = i64::from_be_bytes(input.bytes()) % 400_000_000_000;
            at = OffsetDateTime::from_unix_timestamp(far).unwrap_or(at);
        }
        points.push((at, length, (kind & 1 == 0).then_some(value)));
        let pause = if kind & 4 > 0 { length } else { Duration::ZERO };
        at = at
            .checked_add((length + pause).try_into().unwrap_or_default())
            .unwrap_or(at);
    }
    points
}

fn samples<T>(points: &[Point], unit: fn(f64) -> T) -> Vec<Sample<T>> {
    let samples = points.iter().map(|(from, _, value)| match value {
        Some(value) => Sample::new(*from, unit(*value)),
        None => Sample::missing(*from),
    });
    samples.collect()
}

fn readings(points: &[Point]) -> Vec<IntervalReading<WattHours>> {
    let readings = points.iter().filter_map(|(from, length, value)| {
        let interval = Interval::starting_at(*from, *length).ok()?;
        Some(match value {
            Some(value) => IntervalReading::new(interval, WattHours(*value)),
            None => IntervalReading::missing(interval),
        })
    });
    readings.collect()
}

fn info(kind: ValueKind) -> SeriesInfo {
    let quantity = match kind {
        ValueKind::Instant => Quantity::ActivePower,
        _ => Quantity::ActiveEnergy,
    };
    SeriesInfo::new(Scope::Site, quantity, kind)
}

fn check_energy(series: &Energy, zone: &TimeZone, step: Duration, odd: bool) {
    let Some(grid) = grid(series.span(), step) else {
        return;
    };
    let days = series.daily_totals(zone, Coverage::Partial);
    let partly = series
        .resample(grid.iter().copied(), Coverage::Partial)
        .expect("these are sums");
    let fully = series.resample(grid, Coverage::Full).expect("these are sums");
    let mean = series.mean_rate().expect("these are sums");
    let back = mean.integrate().expect("these are means");
    let double = Series::sum_of(series.info().clone(), &[series, series]).expect("these are the same");
    assert_eq!((back.len(), double.len()), (series.len(), series.len()));
    assert!(series.join(&fully).len() >= series.len().max(fully.len()));
    if odd {
        return;
    }
    let scale = scale(series);
    assert_close(total(&partly), total(series), scale);
    assert_close(total(&back), total(series), scale);
    assert_close(total(&double), 2.0 * total(series), scale);
    let days = days.expect("these days are in the calendar");
    let by_day: f64 = days
        .iter()
        .filter_map(|day| day.total.value)
        .map(|energy| energy.0)
        .sum();
    assert_close(by_day, total(series), scale);
    for (full, part) in fully.points().iter().zip(partly.points()) {
        assert!(full.value.is_none() || full == part, "{full:?} {part:?}");
    }
}

fn check_power(series: &Series<Sample<Watts>>, gap: Duration, step: Duration, odd: bool) {
    let Some(grid) = grid(series.span(), step) else {
        return;
    };
    let whole = series.integrate(gap).expect("these are instants");
    let parts = series
        .integrate_over(grid, gap, Coverage::Partial)
        .expect("these are instants");
    if let Some(span) = series.span() {
        let middle = series.interpolate(span.midpoint(), gap).expect("these are instants");
        assert_eq!(middle.at, span.midpoint());
    }
    if !odd {
        assert_close(total(&whole), total(&parts), scale(&parts));
    }
}

fn check_counter(series: &Series<Sample<WattHours>>, odd: bool) {
    for rule in [
        CounterRule::Reject,
        CounterRule::Reset,
        CounterRule::Rollover {
            modulus: WattHours(1e6),
        },
    ] {
        let amounts = series.counter_to_intervals(rule).expect("this is a counter");
        if !odd && rule != CounterRule::Reset {
            let known = amounts.points().iter().filter_map(|amount| amount.value);
            assert!(known.into_iter().all(|amount| amount.0 >= 0.0), "counters count up");
        }
    }
}

/// The steps of a span; none where they are too many.
fn grid(span: Option<Interval>, step: Duration) -> Option<Vec<Interval>> {
    let span = span?;
    if span.duration().as_secs() / step.as_secs() > MOST_STEPS {
        return None;
    }
    Some(span.split_by(step).ok()?.collect())
}

fn total(series: &Energy) -> f64 {
    series
        .points()
        .iter()
        .filter_map(|reading| reading.value)
        .map(|energy| energy.0)
        .sum()
}

fn scale(series: &Energy) -> f64 {
    series
        .points()
        .iter()
        .filter_map(|reading| reading.value)
        .map(|energy| energy.0.abs())
        .sum()
}

fn assert_close(left: f64, right: f64, scale: f64) {
    assert!((left - right).abs() <= 1e-9 * (1.0 + scale), "{left} {right}");
}
