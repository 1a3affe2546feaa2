//! Arithmetic on series: from power to energy, from counters to intervals, from one grid to
//! another, to local days, sums and comparisons.
//!
//! The rules that hold throughout:
//!
//! - **Nothing is invented.** Unknown time stays unknown. Where a result covers a target only in
//!   part, [`Coverage`] decides between `None` and the known part flagged
//!   [`PARTIAL`](Quality::PARTIAL). A service that leaves the night out of a solar series has said
//!   nothing about the night; whoever reads its answers and knows better adds a zero reading.
//! - **Amounts are conserved.** A reading that must be cut is shared out in proportion to time
//!   and flagged [`INTERPOLATED`](Quality::INTERPOLATED).
//! - **Computed values say so** with [`DERIVED`](Quality::DERIVED), keep every reservation of the
//!   values they came from, and stay [`VALID`](Quality::VALID) only if all of those were.
//! - **Kinds are checked.** Summing means or integrating counters is a typed error.

mod combine;
mod counter;
mod daily;
mod integrate;
mod resample;

use std::time::Duration;

pub use combine::Joined;
pub use counter::CounterRule;
pub use daily::DailyTotal;
pub use resample::Coverage;

use super::{
    Interval, IntervalError, IntervalReading, Point, Quality, Quantity, Sample, Series, SeriesError, SeriesInfo,
    ValueKind, ZoneError,
};

/// An operation does not apply to a series, or its result is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArithmeticError {
    /// The series holds another kind of value.
    #[error("the operation needs values of kind {needed:?}, the series holds {found:?}")]
    Kind {
        /// The kinds the operation applies to.
        needed: &'static [ValueKind],
        /// The kind of the series.
        found: ValueKind,
    },
    /// The quantity has no counterpart of the sort the operation makes.
    #[error("{quantity:?} cannot be integrated or averaged over time")]
    Quantity {
        /// The quantity of the series.
        quantity: Quantity,
    },
    /// A part of a sum measures something else than the sum.
    #[error("part {index} of the sum holds {found:?}, the sum {expected:?}")]
    Mismatch {
        /// Which part, counted from zero.
        index: usize,
        /// Quantity and kind of that part.
        found: (Quantity, ValueKind),
        /// Quantity and kind of the sum.
        expected: (Quantity, ValueKind),
    },
    /// The result's points are in the way of each other: overlapping targets, or the parts of a
    /// sum on different grids (resample them first).
    #[error(transparent)]
    Series(#[from] SeriesError),
    /// A zone has no answer.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// An interval cannot be built.
    #[error(transparent)]
    Interval(#[from] IntervalError),
}

impl<P: Point> Series<P> {
    fn expect_kind(&self, needed: &'static [ValueKind]) -> Result<(), ArithmeticError> {
        let found = self.info().kind;
        if needed.contains(&found) {
            Ok(())
        } else {
            Err(ArithmeticError::Kind { needed, found })
        }
    }

    /// The description of a result computed from this series.
    fn described_as(&self, quantity: Option<Quantity>, kind: ValueKind) -> Result<SeriesInfo, ArithmeticError> {
        let quantity = quantity.ok_or(ArithmeticError::Quantity {
            quantity: self.info().quantity,
        })?;
        Ok(SeriesInfo {
            quantity,
            kind,
            ..self.info().clone()
        })
    }
}

/// A series of readings whose stated step is the one they really have.
fn series_of_readings<T: Copy>(
    mut info: SeriesInfo,
    readings: Vec<IntervalReading<T>>,
) -> Result<Series<IntervalReading<T>>, ArithmeticError> {
    let mut lengths = readings.iter().map(|reading| reading.interval.duration());
    info.step = lengths.next().filter(|first| lengths.all(|length| length == *first));
    Ok(Series::new(info, readings)?)
}

/// The time between two neighbouring known samples; at the ends of a series, also the time up to
/// a missing one.
struct Span<T> {
    interval: Interval,
    /// The values at both ends, if both are known.
    ends: Option<(T, T)>,
    quality: Quality,
    /// Whether missing samples lie inside.
    over_missing: bool,
}

fn spans<T: Copy>(samples: &[Sample<T>]) -> Result<Vec<Span<T>>, IntervalError> {
    let mut spans = Vec::with_capacity(samples.len());
    let Some((mut from, rest)) = samples.split_first() else {
        return Ok(spans);
    };
    let mut over_missing = false;
    for (left, sample) in (0..rest.len()).rev().zip(rest) {
        if sample.value.is_none() && left > 0 {
            over_missing = true;
            continue;
        }
        spans.push(Span {
            interval: Interval::new(from.at, sample.at)?,
            ends: from.value.zip(sample.value),
            quality: from.quality.combine(sample.quality),
            over_missing,
        });
        from = sample;
        over_missing = false;
    }
    Ok(spans)
}

/// How much of `whole` the duration is.
fn share(part: Duration, whole: Interval) -> f64 {
    part.as_secs_f64() / whole.duration().as_secs_f64()
}
