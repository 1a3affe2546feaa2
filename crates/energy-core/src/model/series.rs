//! Points in order, with what they mean.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Direction, Interval, IntervalReading, Point, Quantity, Sample, Scope, TimeZone, ValueKind};

/// Points do not make a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeriesError {
    /// Two samples stand at the same instant.
    #[error("two samples at {at}")]
    Duplicate {
        /// The instant of both.
        at: OffsetDateTime,
    },
    /// Two readings share time.
    #[error("the readings {first} and {second} overlap")]
    Overlap {
        /// The interval that starts earlier.
        first: Interval,
        /// The interval that starts within it.
        second: Interval,
    },
    /// The kind belongs to instants and the points to intervals, or the other way round.
    #[error("points of this type cannot hold values of kind {kind:?}")]
    Kind {
        /// The kind that was stated.
        kind: ValueKind,
    },
}

/// Where a series came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SourceRef {
    /// The service, by its crate's name.
    pub provider: String,
    /// The operation or channel within it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// When it was fetched.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    pub fetched_at: Option<OffsetDateTime>,
    /// The service's own mark of the answer, to quote when asking its support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl SourceRef {
    /// A source of which only the service is known.
    pub fn new(provider: impl Into<String>) -> Self {
        Self {
            provider: provider.into(),
            resource: None,
            fetched_at: None,
            request_id: None,
        }
    }

    /// From this operation or channel.
    #[must_use]
    pub fn with_resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// Fetched at this instant.
    #[must_use]
    pub fn with_fetched_at(mut self, at: OffsetDateTime) -> Self {
        self.fetched_at = Some(at);
        self
    }

    /// With the service's mark of the answer.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }
}

/// What the points of a series mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SeriesInfo {
    /// Whose values they are.
    pub scope: Scope,
    /// What they measure; this also fixes the unit.
    pub quantity: Quantity,
    /// How they relate to time.
    pub kind: ValueKind,
    /// Which way energy flows; `None` where that means nothing, as for temperatures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The usual distance between points, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Duration>,
    /// The site's zone, for days and months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<TimeZone>,
    /// Where they came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceRef>,
}

impl SeriesInfo {
    /// The least that must be said about a series.
    pub fn new(scope: Scope, quantity: Quantity, kind: ValueKind) -> Self {
        Self {
            scope,
            quantity,
            kind,
            direction: None,
            step: None,
            time_zone: None,
            source: None,
        }
    }

    /// Flowing this way.
    #[must_use]
    pub fn with_direction(mut self, direction: Direction) -> Self {
        self.direction = Some(direction);
        self
    }

    /// With points usually this far apart.
    #[must_use]
    pub fn with_step(mut self, step: Duration) -> Self {
        self.step = Some(step);
        self
    }

    /// In this time zone.
    #[must_use]
    pub fn with_time_zone(mut self, time_zone: TimeZone) -> Self {
        self.time_zone = Some(time_zone);
        self
    }

    /// From this source.
    #[must_use]
    pub fn with_source(mut self, source: SourceRef) -> Self {
        self.source = Some(source);
        self
    }
}

/// Points in order of time, none twice, with what they mean.
///
/// The unit is in the type: `Series<Sample<Watts>>` is power at instants,
/// `Series<IntervalReading<WattHours>>` energy per interval. A gap may be told by points whose
/// value is `None` or by no points at all; both mean that nothing is known.
///
/// ```
/// use energy_core::model::{
///     Quantity, Sample, Scope, Series, SeriesError, SeriesInfo, ValueKind, Watts,
/// };
/// use time::macros::datetime;
///
/// let info = SeriesInfo::new(Scope::Pv, Quantity::ActivePower, ValueKind::Instant);
/// let noon = datetime!(2026-06-01 12:00 UTC);
/// let one = datetime!(2026-06-01 13:00 UTC);
/// let series = Series::new(
///     info.clone(),
///     vec![Sample::new(one, Watts(900.0)), Sample::new(noon, Watts(1000.0))],
/// )?;
/// assert_eq!(series.points()[0].at, noon);
///
/// let twice = Series::new(info, vec![Sample::new(noon, Watts(1.0)), Sample::missing(noon)]);
/// assert_eq!(twice, Err(SeriesError::Duplicate { at: noon }));
/// # Ok::<(), SeriesError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    try_from = "RawSeries<P>",
    bound(serialize = "P: Serialize", deserialize = "P: Point + Deserialize<'de>")
)]
pub struct Series<P> {
    info: SeriesInfo,
    points: Vec<P>,
}

#[derive(Deserialize)]
struct RawSeries<P> {
    info: SeriesInfo,
    points: Vec<P>,
}

impl<P: Point> TryFrom<RawSeries<P>> for Series<P> {
    type Error = SeriesError;

    fn try_from(raw: RawSeries<P>) -> Result<Self, SeriesError> {
        Self::new(raw.info, raw.points)
    }
}

impl<P: Point> Series<P> {
    /// A series of these points, which are put in order.
    ///
    /// # Errors
    ///
    /// [`SeriesError::Duplicate`] or [`SeriesError::Overlap`] naming the first pair of points in
    /// the way of each other; [`SeriesError::Kind`] if `info.kind` does not fit the type of point.
    pub fn new(info: SeriesInfo, mut points: Vec<P>) -> Result<Self, SeriesError> {
        if !P::fits(info.kind) {
            return Err(SeriesError::Kind { kind: info.kind });
        }
        // Nearly every answer is in order already, which takes one look.
        if !points.is_sorted_by(P::is_before) {
            points.sort_by_key(Point::key);
            for (point, next) in points.iter().zip(points.iter().skip(1)) {
                point.check_followed_by(next)?;
            }
        }
        Ok(Self { info, points })
    }

    /// What the points mean.
    pub fn info(&self) -> &SeriesInfo {
        &self.info
    }

    /// The points, in order of time.
    pub fn points(&self) -> &[P] {
        &self.points
    }

    /// How many points there are, known or missing.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether there are no points at all.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The points that share time with `interval`: readings that overlap it, uncut, and instants from its start to its end,
    /// both included, so that what lies between them is known up to the edges.
    #[must_use]
    pub fn within(mut self, interval: Interval) -> Self {
        self.points.retain(|point| point.shares_time_with(interval));
        self
    }

    /// The description, to be completed; the kind has to stay.
    #[cfg(feature = "unified")]
    pub(crate) fn info_mut(&mut self) -> &mut SeriesInfo {
        &mut self.info
    }

    /// The description and the points, taken apart.
    pub fn into_parts(self) -> (SeriesInfo, Vec<P>) {
        (self.info, self.points)
    }

    /// The point with exactly this place in time.
    pub fn get(&self, key: P::Key) -> Option<&P> {
        let index = self.points.binary_search_by_key(&key, Point::key).ok()?;
        self.points.get(index)
    }
}

impl<T: Copy> Series<Sample<T>> {
    /// From the first instant to the last; `None` with fewer than two points.
    pub fn span(&self) -> Option<Interval> {
        let first = self.points.first()?;
        let last = self.points.last()?;
        Interval::new(first.at, last.at).ok()
    }
}

impl<T: Copy> Series<IntervalReading<T>> {
    /// From the first start to the last end, with whatever gaps lie between; `None` if empty.
    pub fn span(&self) -> Option<Interval> {
        let first = self.points.first()?;
        let last = self.points.last()?;
        Interval::new(first.interval.start(), last.interval.end()).ok()
    }

    /// The reading whose interval contains the instant.
    pub fn reading_at(&self, instant: OffsetDateTime) -> Option<&IntervalReading<T>> {
        let index = self.points.partition_point(|reading| reading.interval.end() <= instant);
        self.points
            .get(index)
            .filter(|reading| reading.interval.contains(instant))
    }

    /// The readings that share time with `window`, in order.
    pub fn readings_in(&self, window: Interval) -> &[IntervalReading<T>] {
        let from = self
            .points
            .partition_point(|reading| reading.interval.end() <= window.start());
        let to = self
            .points
            .partition_point(|reading| reading.interval.start() < window.end());
        self.points.get(from..to).unwrap_or_default()
    }
}

impl<P> IntoIterator for Series<P> {
    type Item = P;
    type IntoIter = std::vec::IntoIter<P>;

    fn into_iter(self) -> Self::IntoIter {
        self.points.into_iter()
    }
}

impl<'a, P> IntoIterator for &'a Series<P> {
    type Item = &'a P;
    type IntoIter = std::slice::Iter<'a, P>;

    fn into_iter(self) -> Self::IntoIter {
        self.points.iter()
    }
}
