//! One value in time: at an instant, or over an interval.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Interval, Quality, SeriesError, ValueKind};

/// A value at an instant. A missing value is `None`, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sample<T> {
    /// The instant.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The value, if known.
    pub value: Option<T>,
    /// What is known about the value.
    #[serde(default, skip_serializing_if = "Quality::is_empty")]
    pub quality: Quality,
}

impl<T> Sample<T> {
    /// A known value, nothing said about its quality.
    pub fn new(at: OffsetDateTime, value: T) -> Self {
        Self {
            at,
            value: Some(value),
            quality: Quality::UNSTATED,
        }
    }

    /// An instant whose value is not known.
    pub fn missing(at: OffsetDateTime) -> Self {
        Self {
            at,
            value: None,
            quality: Quality::UNSTATED,
        }
    }

    /// With this quality instead.
    #[must_use]
    pub fn with_quality(mut self, quality: Quality) -> Self {
        self.quality = quality;
        self
    }
}

/// A value over an interval. A missing value is `None`, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IntervalReading<T> {
    /// The interval.
    pub interval: Interval,
    /// The value, if known.
    pub value: Option<T>,
    /// What is known about the value.
    #[serde(default, skip_serializing_if = "Quality::is_empty")]
    pub quality: Quality,
}

impl<T> IntervalReading<T> {
    /// A known value, nothing said about its quality.
    pub fn new(interval: Interval, value: T) -> Self {
        Self {
            interval,
            value: Some(value),
            quality: Quality::UNSTATED,
        }
    }

    /// An interval whose value is not known.
    pub fn missing(interval: Interval) -> Self {
        Self {
            interval,
            value: None,
            quality: Quality::UNSTATED,
        }
    }

    /// With this quality instead.
    #[must_use]
    pub fn with_quality(mut self, quality: Quality) -> Self {
        self.quality = quality;
        self
    }
}

mod sealed {
    pub trait Sealed {
        /// Whether it is over when `next` begins.
        fn is_before(&self, next: &Self) -> bool;
    }

    impl<T> Sealed for super::Sample<T> {
        fn is_before(&self, next: &Self) -> bool {
            self.at < next.at
        }
    }

    impl<T> Sealed for super::IntervalReading<T> {
        fn is_before(&self, next: &Self) -> bool {
            self.interval.end() <= next.interval.start()
        }
    }
}

/// What a [`Series`](super::Series) is made of: [`Sample`] or [`IntervalReading`].
///
/// Sealed: there are only these two.
pub trait Point: Copy + sealed::Sealed {
    /// The point's place in time: an [`OffsetDateTime`] or an [`Interval`].
    type Key: Copy + Ord + fmt::Debug;
    /// The type of its value.
    type Value: Copy;

    /// A point from its parts.
    fn from_parts(key: Self::Key, value: Option<Self::Value>, quality: Quality) -> Self;

    /// Its place in time.
    fn key(&self) -> Self::Key;

    /// Its value, if known.
    fn value(&self) -> Option<Self::Value>;

    /// What is known about the value.
    fn quality(&self) -> Quality;

    /// Whether a series of this kind has such points.
    fn fits(kind: ValueKind) -> bool;

    /// Whether an instant lies in `interval`, both ends included, or a reading overlaps it.
    fn shares_time_with(&self, interval: Interval) -> bool;

    /// Why `next` cannot follow this point in a sorted series, if it cannot.
    ///
    /// # Errors
    ///
    /// [`SeriesError::Duplicate`] or [`SeriesError::Overlap`], naming the points.
    fn check_followed_by(&self, next: &Self) -> Result<(), SeriesError>;
}

impl<T: Copy> Point for Sample<T> {
    type Key = OffsetDateTime;
    type Value = T;

    fn from_parts(at: OffsetDateTime, value: Option<T>, quality: Quality) -> Self {
        Self { at, value, quality }
    }

    fn key(&self) -> OffsetDateTime {
        self.at
    }

    fn value(&self) -> Option<T> {
        self.value
    }

    fn quality(&self) -> Quality {
        self.quality
    }

    fn fits(kind: ValueKind) -> bool {
        !kind.is_interval()
    }

    fn shares_time_with(&self, interval: Interval) -> bool {
        (interval.start()..=interval.end()).contains(&self.at)
    }

    fn check_followed_by(&self, next: &Self) -> Result<(), SeriesError> {
        if self.at == next.at {
            return Err(SeriesError::Duplicate { at: self.at });
        }
        Ok(())
    }
}

impl<T: Copy> Point for IntervalReading<T> {
    type Key = Interval;
    type Value = T;

    fn from_parts(interval: Interval, value: Option<T>, quality: Quality) -> Self {
        Self {
            interval,
            value,
            quality,
        }
    }

    fn key(&self) -> Interval {
        self.interval
    }

    fn value(&self) -> Option<T> {
        self.value
    }

    fn quality(&self) -> Quality {
        self.quality
    }

    fn fits(kind: ValueKind) -> bool {
        kind.is_interval()
    }

    fn shares_time_with(&self, interval: Interval) -> bool {
        self.interval.overlaps(&interval)
    }

    fn check_followed_by(&self, next: &Self) -> Result<(), SeriesError> {
        if self.interval.overlaps(&next.interval) {
            return Err(SeriesError::Overlap {
                first: self.interval,
                second: next.interval,
            });
        }
        Ok(())
    }
}
