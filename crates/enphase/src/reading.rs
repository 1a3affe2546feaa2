//! Intervals of answers, with when they began and whether they are whole.

use std::time::Duration;

use energy_core::model::{
    Interval, IntervalReading, Quality, Quantity, Scope, Series, SeriesError, SeriesInfo, SourceRef, ValueKind,
    WattHours, Watts,
};
use time::OffsetDateTime;

pub(crate) const FIVE_MINUTES: Duration = Duration::from_secs(300);
pub(crate) const FIFTEEN_MINUTES: Duration = Duration::from_secs(900);

/// How long the values of intervals change, at most, as clients report.
const SETTLES_IN: time::Duration = time::Duration::hours(3);

/// An interval of an answer. The service labels intervals by their end; here the beginning is there too.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reading<T> {
    /// When it began and ended.
    pub interval: Interval,
    /// [`Quality::PARTIAL`] while fewer devices have reported than there are: read it again later, it will have another
    /// value.
    pub quality: Quality,
    /// The interval as it came.
    pub data: T,
}

impl<T> Reading<T> {
    /// Whether every device has reported. The newest intervals are incomplete for two or three hours.
    pub fn is_complete(&self) -> bool {
        !self.quality.contains(Quality::PARTIAL)
    }

    /// Whether later answers will have the same value, as far as is known: every device has reported, and three hours have
    /// passed since. Of import and export the age is all there is: their answers do not say how many devices reported.
    pub fn is_settled(&self, now: OffsetDateTime) -> bool {
        self.is_complete() && self.interval.end().saturating_add(SETTLES_IN) <= now
    }
}

impl<T: EnergyInterval> Reading<T> {
    /// Its energy.
    pub fn energy(&self) -> IntervalReading<WattHours> {
        let reading = match self.data.energy() {
            Some(energy) => IntervalReading::new(self.interval, energy),
            None => IntervalReading::missing(self.interval),
        };
        reading.with_quality(self.quality)
    }
}

/// An interval that is labelled by its end.
pub trait LabelledByEnd {
    /// Its end.
    fn end_at(&self) -> OffsetDateTime;

    /// How many devices reported, where it says so.
    fn devices_reporting(&self) -> Option<i64> {
        None
    }
}

/// An interval that holds one energy.
pub trait EnergyInterval: LabelledByEnd {
    /// The energy, if it was reported.
    fn energy(&self) -> Option<WattHours>;
}

/// A request for energies.
pub trait EnergyRequest {
    /// What a series of its answers is: whose energy, in which direction.
    fn info(&self) -> SeriesInfo;
}

/// Energies of intervals as a series, such as those that a stream gave.
///
/// - `info`: what they are; see [`EnergyRequest::info`].
///
/// # Errors
///
/// Two intervals that overlap.
pub fn energy_series<T: EnergyInterval>(
    info: SeriesInfo,
    readings: impl IntoIterator<Item = Reading<T>>,
) -> Result<Series<IntervalReading<WattHours>>, SeriesError> {
    interval_series(info, readings, T::energy)
}

/// How far intervals are apart, as those that came are; what `info` says, if none came.
pub(crate) fn with_step_of<T>(info: SeriesInfo, readings: &[Reading<T>]) -> SeriesInfo {
    match readings.first() {
        Some(reading) => info.with_step(reading.interval.duration()),
        None => info,
    }
}

/// What a series of energies of `scope` is.
pub(crate) fn energy_info(scope: Scope, resource: &'static str) -> SeriesInfo {
    SeriesInfo::new(scope, Quantity::ActiveEnergy, ValueKind::IntervalSum).with_source(source(resource))
}

/// Where a series comes from.
pub(crate) fn source(resource: &'static str) -> SourceRef {
    SourceRef::new("enphase").with_resource(resource)
}

/// Intervals in order, each once, with their beginnings.
///
/// - `step`: how long an interval is by the documentation. Where neighbours are nearer, as recorded at sites with meters set
///   up for it, an interval is as long as the way to its nearest; one that stands alone, as the shortest of the answer.
/// - `begins`: when the answer begins, if it says so; no interval begins before.
/// - `total`: how many devices there are, if the answer says so.
pub(crate) fn readings<T: LabelledByEnd>(
    mut intervals: Vec<T>,
    step: Duration,
    begins: Option<OffsetDateTime>,
    total: Option<i64>,
) -> Vec<Reading<T>> {
    if !intervals.is_sorted_by(|one, next| one.end_at() < next.end_at()) {
        intervals.sort_by_key(LabelledByEnd::end_at);
        // Of two with one end the later in the answer counts.
        intervals.reverse();
        intervals.dedup_by_key(|interval| interval.end_at());
        intervals.reverse();
    }
    let way = |from: i128, to: i128| {
        let way = Duration::from_nanos(u64::try_from(to - from).ok()?);
        (!way.is_zero() && way <= step).then_some(way)
    };
    let ways = ways(&intervals, way);
    let shortest = ways.iter().flatten().min().copied();
    // How many intervals the beginning may cut off.
    let first_ends_by = begins.and_then(|begins| begins.checked_add(step.try_into().ok()?));
    let early = first_ends_by.map_or(0, |latest| {
        intervals.partition_point(|interval| interval.end_at() <= latest)
    });
    let mut readings = Vec::with_capacity(intervals.len());
    let mut last_end = None;
    let mut before: Option<Duration> = None;
    for (index, data) in intervals.into_iter().enumerate() {
        let end = data.end_at();
        let after = ways.get(index).copied().flatten();
        let near = match (before, after) {
            (Some(before), Some(after)) => Some(before.min(after)),
            (one, other) => one.or(other),
        };
        let most = match begins {
            Some(begins) if index < early => way(nanoseconds(begins), nanoseconds(end)).unwrap_or(step),
            _ => step,
        };
        let length = near.or(shortest).unwrap_or(step).min(most);
        let interval = match last_end {
            // It begins where the one before ends, and need not be reckoned.
            Some(start) if before == Some(length) => Interval::new(start, end),
            _ => Interval::ending_at(end, length),
        };
        if let Ok(interval) = interval {
            readings.push(Reading {
                interval,
                quality: quality(data.devices_reporting(), total),
                data,
            });
        }
        last_end = Some(end);
        before = after;
    }
    readings
}

/// How far each interval's end is from the next one's, as far as that is a `way`.
fn ways<T: LabelledByEnd>(intervals: &[T], way: impl Fn(i128, i128) -> Option<Duration>) -> Vec<Option<Duration>> {
    let mut ends = intervals.iter().map(|interval| nanoseconds(interval.end_at()));
    let mut from = ends.next().unwrap_or_default();
    ends.map(|to| way(std::mem::replace(&mut from, to), to)).collect()
}

/// Since 1970: the way between two numbers is found faster than the one between two dates.
fn nanoseconds(at: OffsetDateTime) -> i128 {
    at.unix_timestamp_nanos()
}

fn quality(reporting: Option<i64>, total: Option<i64>) -> Quality {
    match (reporting, total) {
        (Some(reporting), Some(total)) if reporting < total => Quality::PARTIAL,
        _ => Quality::UNSTATED,
    }
}

/// Values of intervals as a series, such as those that a stream gave: what an interval holds beyond one energy.
///
/// ```
/// use enphase::energy_core::model::{Direction, Quantity, Scope, SeriesInfo, ValueKind, WattHours};
/// use enphase::v4::BatteryInterval;
/// use enphase::{Reading, interval_series};
///
/// # fn example(readings: Vec<Reading<BatteryInterval>>) -> Result<(), enphase::energy_core::model::SeriesError> {
/// let info = SeriesInfo::new(Scope::Storage, Quantity::ActiveEnergy, ValueKind::IntervalSum);
/// let charged = interval_series(info.with_direction(Direction::Charge), readings, |battery| {
///     battery.charge.as_ref()?.enwh.map(|energy| WattHours(energy as f64))
/// })?;
/// # let _ = charged; Ok(()) }
/// ```
///
/// # Errors
///
/// Two intervals that overlap, or a kind of values that no interval has.
pub fn interval_series<T, V: Copy>(
    info: SeriesInfo,
    readings: impl IntoIterator<Item = Reading<T>>,
    value: impl Fn(&T) -> Option<V>,
) -> Result<Series<IntervalReading<V>>, SeriesError> {
    let readings: Vec<_> = readings.into_iter().collect();
    let info = with_step_of(info, &readings);
    let points = readings.into_iter().map(|reading| {
        let point = match value(&reading.data) {
            Some(value) => IntervalReading::new(reading.interval, value),
            None => IntervalReading::missing(reading.interval),
        };
        point.with_quality(reading.quality)
    });
    Series::new(info, points.collect())
}

/// A whole number of watt-hours.
#[allow(clippy::cast_precision_loss, reason = "no system has nine petawatt-hours")]
pub(crate) fn watt_hours(number: i64) -> WattHours {
    WattHours(number as f64)
}

/// A whole number of watts.
#[allow(clippy::cast_precision_loss, reason = "no system has nine petawatts")]
pub(crate) fn watts(number: i64) -> Watts {
    Watts(number as f64)
}
