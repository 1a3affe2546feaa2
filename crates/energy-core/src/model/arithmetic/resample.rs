//! Amounts from one grid of intervals to another.

use std::time::Duration;

use super::{ArithmeticError, series_of_readings, share};
use crate::model::{Amount, Interval, IntervalReading, Quality, Series, ValueKind};

/// What becomes of a target interval of which only a part is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Coverage {
    /// Its value is `None`: every instant of a target must be known.
    #[default]
    Full,
    /// Its value is what is known of it, flagged [`PARTIAL`](Quality::PARTIAL): a lower bound.
    /// Only a target of which nothing is known is `None`.
    Partial,
}

impl<A: Amount> Series<IntervalReading<A>> {
    /// The amounts on other intervals, conserving the total.
    ///
    /// A reading that reaches over several targets is shared out in proportion to time, as if it
    /// had come in evenly, and flagged [`INTERPOLATED`](Quality::INTERPOLATED). Targets may be
    /// finer or coarser than the readings and may leave time out; what lies outside every target
    /// is dropped. A target equal to a reading passes through unchanged.
    ///
    /// # Errors
    ///
    /// [`ArithmeticError::Kind`] unless the series holds interval sums;
    /// [`ArithmeticError::Series`] if targets overlap.
    ///
    /// ```
    /// use std::time::Duration;
    /// use energy_core::model::{
    ///     Coverage, Interval, IntervalReading, Quantity, Scope, Series, SeriesInfo, ValueKind,
    ///     WattHours,
    /// };
    /// use time::macros::datetime;
    ///
    /// let hour = Interval::new(datetime!(2026-06-01 10:00 UTC), datetime!(2026-06-01 11:00 UTC))?;
    /// let hourly = Series::new(
    ///     SeriesInfo::new(Scope::Pv, Quantity::ActiveEnergy, ValueKind::IntervalSum),
    ///     vec![IntervalReading::new(hour, WattHours(1000.0))],
    /// )?;
    /// let quarters = hourly.resample(hour.split_by(Duration::from_secs(900))?, Coverage::Full)?;
    /// assert!(quarters.points().iter().all(|quarter| quarter.value == Some(WattHours(250.0))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resample(
        &self,
        targets: impl IntoIterator<Item = Interval>,
        coverage: Coverage,
    ) -> Result<Self, ArithmeticError> {
        self.expect_kind(&[ValueKind::IntervalSum])?;
        let readings = targets
            .into_iter()
            .map(|target| self.gather(target, coverage))
            .collect();
        series_of_readings(self.info().clone(), readings)
    }

    /// The amount in one interval, by the rules of [`resample`](Self::resample).
    ///
    /// # Errors
    ///
    /// [`ArithmeticError::Kind`] unless the series holds interval sums.
    pub fn amount_in(&self, interval: Interval, coverage: Coverage) -> Result<IntervalReading<A>, ArithmeticError> {
        self.expect_kind(&[ValueKind::IntervalSum])?;
        Ok(self.gather(interval, coverage))
    }

    pub(super) fn gather(&self, target: Interval, coverage: Coverage) -> IntervalReading<A> {
        let readings = self.readings_in(target);
        if let [reading] = readings
            && reading.interval == target
        {
            return *reading;
        }
        let mut gathering = Gathering::new(target, coverage);
        for reading in readings {
            let overlap = reading.interval.overlap(&target);
            let mut quality = reading.quality;
            let value = if target.encloses(&reading.interval) {
                reading.value
            } else {
                quality |= Quality::INTERPOLATED;
                reading.value.map(|amount| amount * share(overlap, reading.interval))
            };
            gathering.add(overlap, value, quality);
        }
        gathering.finish()
    }
}

/// The pieces of one target, as they come together.
pub(super) struct Gathering<A> {
    target: Interval,
    coverage: Coverage,
    total: Option<A>,
    known: Duration,
    quality: Option<Quality>,
}

impl<A: Amount> Gathering<A> {
    pub(super) fn new(target: Interval, coverage: Coverage) -> Self {
        Self {
            target,
            coverage,
            total: None,
            known: Duration::ZERO,
            quality: None,
        }
    }

    /// A piece that covers `time` of the target; pieces do not overlap.
    pub(super) fn add(&mut self, time: Duration, value: Option<A>, quality: Quality) {
        let Some(value) = value else { return };
        self.known += time;
        self.total = Some(self.total.map_or(value, |total| total + value));
        self.quality = Some(self.quality.map_or(quality, |known| known.combine(quality)));
    }

    pub(super) fn finish(self) -> IntervalReading<A> {
        let complete = self.known == self.target.duration();
        let (Some(total), Some(quality)) = (self.total, self.quality) else {
            return IntervalReading::missing(self.target);
        };
        let quality = quality | Quality::DERIVED;
        match self.coverage {
            _ if complete => IntervalReading::new(self.target, total).with_quality(quality),
            Coverage::Partial => {
                let quality = quality.without(Quality::VALID) | Quality::PARTIAL;
                IntervalReading::new(self.target, total).with_quality(quality)
            }
            Coverage::Full => IntervalReading::missing(self.target),
        }
    }
}
