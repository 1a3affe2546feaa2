//! Series worked by hand, whose points are told in minutes of one day.

use energy_core::model::{
    Interval, IntervalReading, Quality, Quantity, Sample, Scope, Series, SeriesInfo, ValueKind, WattHours, Watts,
};
use time::OffsetDateTime;
use time::macros::datetime;

/// So many minutes into the day.
pub(crate) fn at(minute: i64) -> OffsetDateTime {
    datetime!(2026-06-01 0:00 UTC) + time::Duration::minutes(minute)
}

/// From one minute of the day to another.
pub(crate) fn minutes(start: i64, end: i64) -> Interval {
    Interval::new(at(start), at(end)).unwrap()
}

/// Power at minutes.
pub(crate) fn power(points: &[(i64, Option<f64>)]) -> Series<Sample<Watts>> {
    let info = SeriesInfo::new(Scope::Pv, Quantity::ActivePower, ValueKind::Instant);
    let points = points.iter().map(|(minute, value)| Sample {
        at: at(*minute),
        value: value.map(Watts),
        quality: Quality::VALID,
    });
    Series::new(info, points.collect()).unwrap()
}

/// Energy between minutes.
pub(crate) fn energy(points: &[(i64, i64, Option<f64>)]) -> Series<IntervalReading<WattHours>> {
    let info = SeriesInfo::new(Scope::Pv, Quantity::ActiveEnergy, ValueKind::IntervalSum);
    let points = points.iter().map(|(start, end, value)| IntervalReading {
        interval: minutes(*start, *end),
        value: value.map(WattHours),
        quality: Quality::VALID,
    });
    Series::new(info, points.collect()).unwrap()
}

/// What the readings say, without quality.
pub(crate) fn values(series: &Series<IntervalReading<WattHours>>) -> Vec<(Interval, Option<f64>)> {
    let value = |reading: &IntervalReading<WattHours>| reading.value.map(|value| value.0);
    series
        .points()
        .iter()
        .map(|reading| (reading.interval, value(reading)))
        .collect()
}
