//! Intervals with their starts: the service names them by their ends.

use energy_core::model::{
    Direction, IntervalReading, Quantity, Scope, Series, SeriesError, SeriesInfo, ValueKind, WattHours, Watts,
};
use time::OffsetDateTime;

use super::{ConsumptionInterval, ConsumptionStats, GetConsumptionStats, GetStats, Stats, StatsInterval};
use crate::reading::{FIFTEEN_MINUTES, FIVE_MINUTES, energy_info, readings, source, watt_hours, watts};
use crate::{EnergyInterval, EnergyRequest, LabelledByEnd, Reading};

/// Energies by interval.
pub(super) type Energies = Series<IntervalReading<WattHours>>;
/// Mean powers by interval.
pub(super) type Powers = Series<IntervalReading<Watts>>;

pub(super) const STATS: &str = "stats";

impl LabelledByEnd for StatsInterval {
    fn end_at(&self) -> OffsetDateTime {
        self.end_at
    }

    fn devices_reporting(&self) -> Option<i64> {
        Some(self.devices_reporting)
    }
}

impl EnergyInterval for StatsInterval {
    fn energy(&self) -> Option<WattHours> {
        Some(watt_hours(self.enwh))
    }
}

impl EnergyRequest for GetStats {
    fn info(&self) -> SeriesInfo {
        produced()
    }
}

fn produced() -> SeriesInfo {
    energy_info(Scope::Pv, STATS).with_direction(Direction::Production)
}

impl Stats {
    /// The intervals in order, each with its start and whether every microinverter has reported.
    pub fn into_readings(self) -> Vec<Reading<StatsInterval>> {
        readings(self.intervals, FIVE_MINUTES, None, Some(self.total_devices))
    }

    /// The energy of each interval, in Wh. The night is left out.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn energy(&self) -> Result<Energies, SeriesError> {
        energies(produced(), &self.clone().into_readings())
    }

    /// The mean power of each interval, in W. The night is left out.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn power(&self) -> Result<Powers, SeriesError> {
        let info = power_info(Scope::Pv, STATS);
        let readings = self.clone().into_readings();
        let power = |reading: &Reading<StatsInterval>| value(reading, Some(watts(reading.data.powr)));
        series(info, readings.iter().map(power).collect())
    }
}

impl LabelledByEnd for ConsumptionInterval {
    fn end_at(&self) -> OffsetDateTime {
        self.end_at
    }

    fn devices_reporting(&self) -> Option<i64> {
        Some(self.devices_reporting)
    }
}

impl EnergyInterval for ConsumptionInterval {
    fn energy(&self) -> Option<WattHours> {
        Some(watt_hours(self.enwh))
    }
}

impl EnergyRequest for GetConsumptionStats {
    fn info(&self) -> SeriesInfo {
        consumed()
    }
}

fn consumed() -> SeriesInfo {
    energy_info(Scope::Site, "consumption_stats").with_direction(Direction::Consumption)
}

impl ConsumptionStats {
    /// The intervals in order, each with its start and whether every meter has reported.
    pub fn into_readings(self) -> Vec<Reading<ConsumptionInterval>> {
        readings(self.intervals, FIFTEEN_MINUTES, None, Some(self.total_devices))
    }

    /// The energy of each interval, in Wh.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn energy(&self) -> Result<Energies, SeriesError> {
        energies(consumed(), &self.clone().into_readings())
    }
}

/// What a series of mean powers of production is.
pub(super) fn power_info(scope: Scope, resource: &'static str) -> SeriesInfo {
    SeriesInfo::new(scope, Quantity::ActivePower, ValueKind::IntervalMean)
        .with_direction(Direction::Production)
        .with_source(source(resource))
}

pub(super) fn value<D, T>(reading: &Reading<D>, value: Option<T>) -> IntervalReading<T> {
    IntervalReading {
        interval: reading.interval,
        value,
        quality: reading.quality,
    }
}

pub(super) fn energies<D: EnergyInterval>(info: SeriesInfo, readings: &[Reading<D>]) -> Result<Energies, SeriesError> {
    series(info, readings.iter().map(Reading::energy).collect())
}

/// A series that says how long its intervals are.
pub(super) fn series<T: Copy>(
    info: SeriesInfo,
    readings: Vec<IntervalReading<T>>,
) -> Result<Series<IntervalReading<T>>, SeriesError> {
    let info = match readings.first() {
        Some(reading) => info.with_step(reading.interval.duration()),
        None => info,
    };
    Series::new(info, readings)
}
