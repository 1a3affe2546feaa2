//! From counter registers to amounts per interval.

use super::{ArithmeticError, Span, series_of_readings, spans};
use crate::model::{Amount, IntervalReading, Quality, Sample, Series, ValueKind};

/// What a counter that shows less than before means.
///
/// Counters never run backwards by themselves, so the reader must say what a lower value stands
/// for. Nothing is guessed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CounterRule<A> {
    /// A fault: the interval's amount is `None`, flagged [`QUESTIONABLE`](Quality::QUESTIONABLE).
    /// The next interval counts from the lower value. The careful choice.
    Reject,
    /// The counter started again at zero somewhere in between, through a new device or a new
    /// local day: the amount is what it shows now, a lower bound, flagged
    /// [`QUESTIONABLE`](Quality::QUESTIONABLE) and [`PARTIAL`](Quality::PARTIAL).
    Reset,
    /// The counter wrapped around once: `now + modulus - before`, where `modulus` is one more
    /// than the highest value it can show.
    ///
    /// Where that would be more than half the modulus, or a value does not fit below it, the
    /// counter did not wrap, and the interval is treated as with [`Reject`](Self::Reject).
    Rollover {
        /// The number of different values of the register, in its unit.
        modulus: A,
    },
}

impl<A: Amount> Series<Sample<A>> {
    /// Amounts between neighbouring readings of a counter, by difference.
    ///
    /// Gives one reading from each known value to the next known one, so that the amounts add up
    /// to last minus first. A counter misses nothing while it is not read: over missing values,
    /// or a distance of more than one and a half stated steps, there is **one long interval** with
    /// the right amount, flagged [`RECOVERED`](Quality::RECOVERED) because its place in time is
    /// blurred. Time before the first and after the last known value is `None`.
    ///
    /// Also for running totals of the day, with [`CounterRule::Reset`] for the nights: the amount
    /// over midnight lacks what came after the old day's last value, and says so.
    ///
    /// # Errors
    ///
    /// [`ArithmeticError::Kind`] unless the series holds counter values or running totals.
    ///
    /// ```
    /// use energy_core::model::{
    ///     CounterRule, Quality, Quantity, Sample, Scope, Series, SeriesInfo, ValueKind, WattHours,
    /// };
    /// use time::macros::datetime;
    ///
    /// let register = Series::new(
    ///     SeriesInfo::new(Scope::Meter("1".into()), Quantity::ActiveEnergy, ValueKind::Counter),
    ///     vec![
    ///         Sample::new(datetime!(2026-06-01 10:00 UTC), WattHours(99_900.0)),
    ///         Sample::missing(datetime!(2026-06-01 11:00 UTC)),
    ///         Sample::new(datetime!(2026-06-01 12:00 UTC), WattHours(150.0)),
    ///     ],
    /// )?;
    /// let rule = CounterRule::Rollover { modulus: WattHours(100_000.0) };
    /// let energy = register.counter_to_intervals(rule)?;
    /// assert_eq!(energy.len(), 1);
    /// assert_eq!(energy.points()[0].value, Some(WattHours(250.0)));
    /// assert!(energy.points()[0].quality.contains(Quality::RECOVERED));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn counter_to_intervals(&self, rule: CounterRule<A>) -> Result<Series<IntervalReading<A>>, ArithmeticError> {
        self.expect_kind(&[ValueKind::Counter, ValueKind::DayToDate])?;
        let info = self.described_as(Some(self.info().quantity), ValueKind::IntervalSum)?;
        let long = info.step.map(|step| step.saturating_add(step / 2));
        let readings = spans(self.points())?
            .into_iter()
            .map(|span| {
                let late = long.is_some_and(|long| span.interval.duration() > long);
                let reading = rule.reading(&span);
                if reading.value.is_some() && (span.over_missing || late) {
                    let quality = reading.quality | Quality::RECOVERED;
                    reading.with_quality(quality)
                } else {
                    reading
                }
            })
            .collect();
        series_of_readings(info, readings)
    }
}

impl<A: Amount> CounterRule<A> {
    fn reading(self, span: &Span<A>) -> IntervalReading<A> {
        let quality = span.quality | Quality::DERIVED;
        let doubtful = quality.without(Quality::VALID) | Quality::QUESTIONABLE;
        let (value, quality) = match (span.ends, self) {
            (None, _) => (None, span.quality),
            (Some((before, now)), _) if before <= now => (Some(now - before), quality),
            (Some(_), Self::Reject) => (None, doubtful),
            (Some((_, now)), Self::Reset) => (Some(now), doubtful | Quality::PARTIAL),
            (Some((before, now)), Self::Rollover { modulus }) => {
                let amount = now + modulus - before;
                let wrapped = A::ZERO <= now && before < modulus && amount <= modulus * 0.5_f64;
                if wrapped {
                    (Some(amount), quality)
                } else {
                    (None, doubtful)
                }
            }
        };
        IntervalReading {
            interval: span.interval,
            value,
            quality,
        }
    }
}
