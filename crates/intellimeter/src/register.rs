//! What a register showed, read by read, as series.

use std::time::Duration;

use energy_core::Api;
use energy_core::model::{
    Amount, Direction, Interval, IntervalReading, Quality, Quantity, Sample, Scope, Series, SeriesError, SeriesInfo,
    SourceRef, TimeZone, ValueKind,
};

use crate::placing::{Placed, place};
use crate::{InZoneError, Intellimeter, LocalTime};

/// What a register showed at a read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegisterRead<T> {
    /// When: local time of the property, without zone.
    pub at: LocalTime,
    /// The counter.
    pub counter: Option<T>,
    /// What came together since the read before.
    pub amount: Option<T>,
}

/// The reads of one register in order of time: as counter values, or as amounts per interval.
///
/// The time zone is yours to say. In the hour that comes twice the counter tells the two times apart, because it only
/// grows. A read of that hour that nothing tells is taken for the earlier time and flagged
/// [`QUESTIONABLE`](Quality::QUESTIONABLE). No read is left out; one that came twice is there once.
///
/// ```
/// use energy_core::model::{Quantity, Scope, TimeZone, WattHours};
/// use energy_core::time::macros::datetime;
/// use intellimeter::{Register, RegisterRead};
///
/// let read = |at: &str, kilowatt_hours| -> Result<_, intellimeter::LocalTimeError> {
///     let counter = Some(WattHours::from_kilowatt_hours(kilowatt_hours));
///     Ok(RegisterRead { at: at.parse()?, counter, amount: None })
/// };
/// // `MeterRead::energy` and its like give these.
/// let reads = [read("2026-11-01T01:30:00", 12.0)?, read("2026-11-01T01:30:00", 11.5)?];
/// let register = Register::new(reads, &TimeZone::named("America/Toronto"))?;
/// let counter = register.counter(Scope::Meter("5".into()), Quantity::ActiveEnergy)?;
/// assert_eq!(counter.points()[0].at, datetime!(2026-11-01 01:30 -4));
/// assert_eq!(counter.points()[1].at, datetime!(2026-11-01 01:30 -5));
/// let amounts = register.amounts(Scope::Meter("5".into()), Quantity::ActiveEnergy)?;
/// assert_eq!(amounts.points()[0].value, Some(WattHours(500.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Register<T> {
    zone: TimeZone,
    reads: Vec<Placed<T>>,
    /// How far reads are apart as a rule; two distances are the least that make one.
    step: Option<Duration>,
    source: SourceRef,
}

impl<T: Amount> Register<T> {
    /// The register that these are the reads of, in whatever order, in the property's time zone.
    ///
    /// # Errors
    ///
    /// [`InZoneError::Never`] for a stamp of the hour that is left out when the clock is set forward: the meter does not
    /// follow the zone's clock. [`InZoneError::Zone`] if the zone is not known.
    pub fn new(reads: impl IntoIterator<Item = RegisterRead<T>>, zone: &TimeZone) -> Result<Self, InZoneError> {
        let reads = place(reads, zone)?;
        let mut distances: Vec<Duration> = neighbours(&reads)
            .map(|(before, now)| (now.at - before.at).unsigned_abs())
            .collect();
        distances.sort_unstable();
        let step = match distances.len() {
            0 | 1 => None,
            count => distances.get((count - 1) / 2).copied(),
        };
        Ok(Self {
            zone: zone.clone(),
            reads,
            step,
            source: SourceRef::new(Intellimeter::NAME),
        })
    }

    /// With where its reads came from; the service alone, if this is not said.
    #[must_use]
    pub fn with_source(mut self, source: SourceRef) -> Self {
        self.source = source;
        self
    }

    /// The counter at each read; a read without it is a missing value.
    ///
    /// # Errors
    ///
    /// [`SeriesError::Duplicate`] if two reads of one instant show different things.
    pub fn counter(&self, scope: Scope, quantity: Quantity) -> Result<Series<Sample<T>>, SeriesError> {
        let sample = |read: &Placed<T>| Sample {
            at: read.at,
            value: read.counter,
            quality: read.quality,
        };
        let info = self.info(scope, quantity, ValueKind::Counter);
        Series::new(info, self.reads.iter().map(sample).collect())
    }

    /// The amounts between neighbouring reads, each from the read before.
    ///
    /// - A read without an amount has the difference of the counters, flagged [`DERIVED`](Quality::DERIVED).
    /// - Where reads are missing, which is where two are more than one and a half usual distances apart, it is not known
    ///   whether the stated amount is that of the whole time. The difference of the counters is, and stands in its place,
    ///   flagged `DERIVED` and [`RECOVERED`](Quality::RECOVERED); without it, the amount is flagged
    ///   [`QUESTIONABLE`](Quality::QUESTIONABLE).
    /// - The first read has none before it. Its interval is as long as they are as a rule, and flagged
    ///   [`ESTIMATED`](Quality::ESTIMATED); among fewer than three reads there is no rule, and no such interval.
    ///
    /// # Errors
    ///
    /// As [`counter`](Self::counter).
    pub fn amounts(&self, scope: Scope, quantity: Quantity) -> Result<Series<IntervalReading<T>>, SeriesError> {
        let mut readings: Vec<IntervalReading<T>> = self.first_reading().into_iter().collect();
        for (before, now) in neighbours(&self.reads) {
            let interval = Interval::new(before.at, now.at).map_err(|_| SeriesError::Duplicate { at: now.at })?;
            let (value, quality) = self.amount(before, now, interval);
            readings.push(IntervalReading {
                interval,
                value,
                quality,
            });
        }
        Series::new(self.info(scope, quantity, ValueKind::IntervalSum), readings)
    }

    fn first_reading(&self) -> Option<IntervalReading<T>> {
        let first = self.reads.first()?;
        let interval = Interval::ending_at(first.at, self.step?).ok()?;
        let quality = first.quality | Quality::ESTIMATED;
        Some(IntervalReading::new(interval, first.amount?).with_quality(quality))
    }

    fn amount(&self, before: &Placed<T>, now: &Placed<T>, interval: Interval) -> (Option<T>, Quality) {
        let counted = match (before.counter, now.counter) {
            (Some(before), Some(now)) if before <= now => Some(now - before),
            _ => None,
        };
        let quality = before.quality | now.quality;
        let late = self
            .step
            .is_some_and(|step| interval.duration() > step.saturating_add(step / 2));
        match (now.amount, counted) {
            (Some(amount), _) if !late => (Some(amount), quality),
            (_, Some(counted)) if late => (Some(counted), quality | Quality::DERIVED | Quality::RECOVERED),
            (None, Some(counted)) => (Some(counted), quality | Quality::DERIVED),
            (Some(amount), _) => (Some(amount), quality | Quality::QUESTIONABLE),
            (None, None) => (None, quality),
        }
    }

    fn info(&self, scope: Scope, quantity: Quantity, kind: ValueKind) -> SeriesInfo {
        let mut info = SeriesInfo::new(scope, quantity, kind)
            .with_direction(Direction::Consumption)
            .with_time_zone(self.zone.clone())
            .with_source(self.source.clone());
        info.step = self.step;
        info
    }
}

fn neighbours<T>(reads: &[Placed<T>]) -> impl Iterator<Item = (&Placed<T>, &Placed<T>)> {
    reads.iter().zip(reads.iter().skip(1))
}
