//! Half-open intervals of time.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// An interval could not be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntervalError {
    /// The end is not after the start.
    #[error("an interval must end after it starts: {start} is not before {end}")]
    Empty {
        /// The start that was given.
        start: OffsetDateTime,
        /// The end that was given.
        end: OffsetDateTime,
    },
    /// A step of no length cannot divide an interval.
    #[error("a step must be longer than zero")]
    ZeroStep,
    /// An instant lies outside the calendar.
    #[error("the instant is out of the calendar's range")]
    OutOfRange,
}

/// A half-open stretch of time `[start, end)` in UTC, never empty.
///
/// The start belongs to it, the end does not, so neighbours share an edge and no instant counts
/// twice. Whether a service's stamp names the start or the end of its interval is answered once,
/// where the service's answer is read: with [`Interval::starting_at`] or [`Interval::ending_at`].
///
/// Serialised as `{"start": …, "end": …}` in RFC 3339.
///
/// ```
/// use std::time::Duration;
/// use energy_core::model::Interval;
/// use time::macros::datetime;
///
/// // The service says "13:00" and means the hour before.
/// let hour = Interval::ending_at(datetime!(2026-06-01 13:00 +02:00), Duration::from_secs(3600))?;
/// assert_eq!(hour.start(), datetime!(2026-06-01 10:00 UTC));
/// assert!(!hour.contains(hour.end()));
/// # Ok::<(), energy_core::model::IntervalError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Bounds")]
pub struct Interval {
    #[serde(with = "time::serde::rfc3339")]
    start: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    end: OffsetDateTime,
}

#[derive(Deserialize)]
struct Bounds {
    #[serde(with = "time::serde::rfc3339")]
    start: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    end: OffsetDateTime,
}

impl TryFrom<Bounds> for Interval {
    type Error = IntervalError;

    fn try_from(bounds: Bounds) -> Result<Self, IntervalError> {
        Self::new(bounds.start, bounds.end)
    }
}

impl Interval {
    /// The interval from `start` up to, not including, `end`; any offsets are turned into UTC.
    ///
    /// # Errors
    ///
    /// [`IntervalError::Empty`] unless `start < end`; [`IntervalError::OutOfRange`] if an instant
    /// has no UTC date.
    pub fn new(start: OffsetDateTime, end: OffsetDateTime) -> Result<Self, IntervalError> {
        if start >= end {
            return Err(IntervalError::Empty { start, end });
        }
        Ok(Self {
            start: utc(start)?,
            end: utc(end)?,
        })
    }

    /// The interval of this length that starts at `start`.
    ///
    /// # Errors
    ///
    /// As [`Interval::new`].
    pub fn starting_at(start: OffsetDateTime, length: Duration) -> Result<Self, IntervalError> {
        let end = signed(length)
            .and_then(|length| start.checked_add(length))
            .ok_or(IntervalError::OutOfRange)?;
        Self::new(start, end)
    }

    /// The interval of this length that ends at `end`.
    ///
    /// # Errors
    ///
    /// As [`Interval::new`].
    pub fn ending_at(end: OffsetDateTime, length: Duration) -> Result<Self, IntervalError> {
        let start = signed(length)
            .and_then(|length| end.checked_sub(length))
            .ok_or(IntervalError::OutOfRange)?;
        Self::new(start, end)
    }

    /// The first instant, in UTC.
    pub fn start(&self) -> OffsetDateTime {
        self.start
    }

    /// The instant at which the interval is over, in UTC.
    pub fn end(&self) -> OffsetDateTime {
        self.end
    }

    /// The length, always more than zero.
    pub fn duration(&self) -> Duration {
        (self.end - self.start).unsigned_abs()
    }

    /// The instant halfway through.
    pub fn midpoint(&self) -> OffsetDateTime {
        self.start + self.duration() / 2
    }

    /// Whether the instant lies in it: `start <= instant < end`.
    pub fn contains(&self, instant: OffsetDateTime) -> bool {
        self.start <= instant && instant < self.end
    }

    /// Whether the whole of `other` lies in it.
    pub fn encloses(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share any time. Touching edges are not shared time.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The time both have in common.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        self.overlaps(other).then(|| Self {
            start: self.start.max(other.start),
            end: self.end.min(other.end),
        })
    }

    /// How much time both have in common; zero if none.
    pub fn overlap(&self, other: &Self) -> Duration {
        self.intersection(other)
            .map_or(Duration::ZERO, |common| common.duration())
    }

    /// Whether one starts exactly where the other ends.
    pub fn is_adjacent(&self, other: &Self) -> bool {
        self.end == other.start || other.end == self.start
    }

    /// Both as one interval, if they overlap or touch; `None` if time lies between them.
    pub fn merge(&self, other: &Self) -> Option<Self> {
        (self.overlaps(other) || self.is_adjacent(other)).then(|| Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        })
    }

    /// The parts before and from `instant` on; `None` unless the instant is strictly inside.
    pub fn split_at(&self, instant: OffsetDateTime) -> Option<(Self, Self)> {
        if instant <= self.start || self.end <= instant {
            return None;
        }
        let instant = utc(instant).ok()?;
        let before = Self {
            start: self.start,
            end: instant,
        };
        let after = Self {
            start: instant,
            end: self.end,
        };
        Some((before, after))
    }

    /// Consecutive pieces of length `step`, counted from the start; the last may be shorter.
    ///
    /// # Errors
    ///
    /// [`IntervalError::ZeroStep`] if `step` is zero.
    ///
    /// ```
    /// use std::time::Duration;
    /// use energy_core::model::Interval;
    /// use time::macros::datetime;
    ///
    /// let window = Interval::new(datetime!(2026-06-01 10:00 UTC), datetime!(2026-06-01 10:50 UTC))?;
    /// let quarters: Vec<_> = window.split_by(Duration::from_secs(900))?.collect();
    /// assert_eq!(quarters.len(), 4);
    /// assert_eq!(quarters[3].duration(), Duration::from_secs(300));
    /// # Ok::<(), energy_core::model::IntervalError>(())
    /// ```
    pub fn split_by(&self, step: Duration) -> Result<IntervalSteps, IntervalError> {
        if step.is_zero() {
            return Err(IntervalError::ZeroStep);
        }
        Ok(IntervalSteps {
            rest: Some(*self),
            step,
        })
    }
}

/// ISO 8601 notation: `start/end`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.start.format(&Rfc3339), self.end.format(&Rfc3339)) {
            (Ok(start), Ok(end)) => write!(f, "{start}/{end}"),
            _ => write!(f, "{}/{}", self.start, self.end),
        }
    }
}

/// The pieces of an interval; see [`Interval::split_by`].
#[derive(Debug, Clone)]
pub struct IntervalSteps {
    rest: Option<Interval>,
    step: Duration,
}

impl Iterator for IntervalSteps {
    type Item = Interval;

    fn next(&mut self) -> Option<Interval> {
        let rest = self.rest.take()?;
        if rest.duration() <= self.step {
            return Some(rest);
        }
        let (piece, rest) = rest.split_at(rest.start + self.step)?;
        self.rest = Some(rest);
        Some(piece)
    }
}

impl std::iter::FusedIterator for IntervalSteps {}

fn utc(instant: OffsetDateTime) -> Result<OffsetDateTime, IntervalError> {
    instant
        .checked_to_offset(UtcOffset::UTC)
        .ok_or(IntervalError::OutOfRange)
}

fn signed(length: Duration) -> Option<time::Duration> {
    time::Duration::try_from(length).ok()
}
