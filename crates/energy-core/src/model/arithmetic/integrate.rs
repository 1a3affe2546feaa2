//! Between power and energy, irradiance and insolation.

use std::ops::Div;
use std::time::Duration;

use time::OffsetDateTime;

use super::resample::{Coverage, Gathering};
use super::{ArithmeticError, Span, series_of_readings, share, spans};
use crate::model::{Amount, Interval, IntervalReading, Quality, Rate, Sample, Series, ValueKind};

impl<R: Rate> Series<Sample<R>> {
    /// Energy between neighbouring samples, by the trapezoid rule: power runs straight from one
    /// known sample to the next.
    ///
    /// Gives one reading from each known sample to the next known one. Missing samples between
    /// them are bridged ([`INTERPOLATED`](Quality::INTERPOLATED)) as if they had not been listed,
    /// **unless** the known ones are more than `max_gap` apart: then the reading is `None`.
    ///
    /// # Errors
    ///
    /// [`ArithmeticError::Kind`] unless the series holds instants; [`ArithmeticError::Quantity`]
    /// if its quantity has no integral.
    ///
    /// ```
    /// use std::time::Duration;
    /// use energy_core::model::{
    ///     Quantity, Sample, Scope, Series, SeriesInfo, ValueKind, WattHours, Watts,
    /// };
    /// use time::macros::datetime;
    ///
    /// let power = Series::new(
    ///     SeriesInfo::new(Scope::Pv, Quantity::ActivePower, ValueKind::Instant),
    ///     vec![
    ///         Sample::new(datetime!(2026-06-01 10:00 UTC), Watts(1000.0)),
    ///         Sample::new(datetime!(2026-06-01 10:30 UTC), Watts(2000.0)),
    ///         Sample::new(datetime!(2026-06-01 14:00 UTC), Watts(2000.0)),
    ///     ],
    /// )?;
    /// let energy = power.integrate(Duration::from_secs(3600))?;
    /// assert_eq!(energy.points()[0].value, Some(WattHours(750.0)));
    /// assert_eq!(energy.points()[1].value, None, "three and a half hours are not bridged");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn integrate(&self, max_gap: Duration) -> Result<Series<IntervalReading<R::Amount>>, ArithmeticError> {
        self.expect_kind(&[ValueKind::Instant])?;
        let info = self.described_as(self.info().quantity.integral(), ValueKind::IntervalSum)?;
        let readings = bridged(self.points(), max_gap)?
            .into_iter()
            .map(|span| IntervalReading {
                interval: span.interval,
                value: span.energy_in(span.interval),
                quality: span.quality | Quality::DERIVED,
            })
            .collect();
        series_of_readings(info, readings)
    }

    /// Energy in each target interval, by the same rule as [`integrate`](Self::integrate).
    ///
    /// Where a target begins or ends between two samples, power is read off the straight line
    /// between them. This is finer than resampling the energies, which shares them out evenly.
    ///
    /// # Errors
    ///
    /// As [`integrate`](Self::integrate), and [`ArithmeticError::Series`] if targets overlap.
    pub fn integrate_over(
        &self,
        targets: impl IntoIterator<Item = Interval>,
        max_gap: Duration,
        coverage: Coverage,
    ) -> Result<Series<IntervalReading<R::Amount>>, ArithmeticError> {
        self.expect_kind(&[ValueKind::Instant])?;
        let info = self.described_as(self.info().quantity.integral(), ValueKind::IntervalSum)?;
        let spans = bridged(self.points(), max_gap)?;
        let readings = targets
            .into_iter()
            .map(|target| {
                let mut gathering = Gathering::new(target, coverage);
                let first = spans.partition_point(|span| span.interval.end() <= target.start());
                for span in spans.iter().skip(first) {
                    let Some(piece) = span.interval.intersection(&target) else {
                        break;
                    };
                    let mut quality = span.quality;
                    if piece != span.interval {
                        quality |= Quality::INTERPOLATED;
                    }
                    gathering.add(piece.duration(), span.energy_in(piece), quality);
                }
                gathering.finish()
            })
            .collect();
        series_of_readings(info, readings)
    }

    /// The value at an instant: a sample's own, or on the straight line between its neighbours
    /// ([`INTERPOLATED`](Quality::INTERPOLATED)).
    ///
    /// The value is `None` outside the series and between known samples more than `max_gap` apart.
    ///
    /// # Errors
    ///
    /// [`ArithmeticError::Kind`] unless the series holds instants.
    pub fn interpolate(&self, at: OffsetDateTime, max_gap: Duration) -> Result<Sample<R>, ArithmeticError> {
        self.expect_kind(&[ValueKind::Instant])?;
        if let Some(sample) = self.get(at).filter(|sample| sample.value.is_some()) {
            return Ok(*sample);
        }
        let known = |sample: &&Sample<R>| sample.value.is_some();
        let (earlier, later) = self
            .points()
            .split_at(self.points().partition_point(|sample| sample.at < at));
        let neighbours = earlier
            .iter()
            .rfind(known)
            .zip(later.iter().find(known))
            .and_then(|(left, right)| bridged(&[*left, *right], max_gap).ok()?.pop());
        Ok(neighbours
            .and_then(|span| {
                let value = span.value_at(at)?;
                Some(Sample::new(at, value).with_quality(span.quality | Quality::INTERPOLATED))
            })
            .unwrap_or(Sample::missing(at)))
    }
}

impl<R: Rate> Series<IntervalReading<R>> {
    /// Energy from mean power: mean times length, exactly.
    ///
    /// # Errors
    ///
    /// [`ArithmeticError::Kind`] unless the series holds interval means;
    /// [`ArithmeticError::Quantity`] if its quantity has no integral.
    pub fn integrate(&self) -> Result<Series<IntervalReading<R::Amount>>, ArithmeticError> {
        self.expect_kind(&[ValueKind::IntervalMean])?;
        let info = self.described_as(self.info().quantity.integral(), ValueKind::IntervalSum)?;
        let readings = self.points().iter().map(|reading| IntervalReading {
            interval: reading.interval,
            value: reading.value.map(|mean| mean * reading.interval.duration()),
            quality: reading.quality | Quality::DERIVED,
        });
        series_of_readings(info, readings.collect())
    }
}

impl<A> Series<IntervalReading<A>>
where
    A: Amount + Div<Duration>,
    <A as Div<Duration>>::Output: Rate<Amount = A>,
{
    /// Mean power from energy: amount over length, exactly.
    ///
    /// # Errors
    ///
    /// [`ArithmeticError::Kind`] unless the series holds interval sums;
    /// [`ArithmeticError::Quantity`] if its quantity is no integral.
    pub fn mean_rate(&self) -> Result<Series<IntervalReading<<A as Div<Duration>>::Output>>, ArithmeticError> {
        self.expect_kind(&[ValueKind::IntervalSum])?;
        let info = self.described_as(self.info().quantity.derivative(), ValueKind::IntervalMean)?;
        let readings = self.points().iter().map(|reading| IntervalReading {
            interval: reading.interval,
            value: reading.value.map(|amount| amount / reading.interval.duration()),
            quality: reading.quality | Quality::DERIVED,
        });
        series_of_readings(info, readings.collect())
    }
}

/// The spans between known samples; those longer than `max_gap` have lost their ends.
fn bridged<R: Copy>(samples: &[Sample<R>], max_gap: Duration) -> Result<Vec<Span<R>>, ArithmeticError> {
    let mut spans = spans(samples)?;
    for span in &mut spans {
        if span.interval.duration() > max_gap {
            span.ends = None;
        } else if span.over_missing && span.ends.is_some() {
            span.quality |= Quality::INTERPOLATED;
        }
    }
    Ok(spans)
}

impl<R: Rate> Span<R> {
    /// The value on the straight line between the ends.
    fn value_at(&self, at: OffsetDateTime) -> Option<R> {
        let (first, last) = self.ends?;
        let gone = (at - self.interval.start()).unsigned_abs();
        Some(first + (last - first) * share(gone, self.interval))
    }

    /// The area under the straight line, over a piece of the span.
    fn energy_in(&self, piece: Interval) -> Option<R::Amount> {
        let (first, last) = if piece == self.interval {
            self.ends?
        } else {
            (self.value_at(piece.start())?, self.value_at(piece.end())?)
        };
        let mean = (first + last) * 0.5_f64;
        Some(mean * piece.duration())
    }
}
