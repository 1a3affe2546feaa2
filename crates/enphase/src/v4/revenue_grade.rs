//! Revenue-grade meters by meter and channel, as series.

use energy_core::model::{
    DeviceId, Direction, IntervalReading, Quantity, Scope, Series, SeriesError, SeriesInfo, ValueKind, WattHours, Watts,
};

use super::{ChannelInterval, MeterIntervals, RgmStats};
use crate::reading::{energy_info, source};
use crate::{Reading, SerialNumber, energy_series};

const RESOURCE: &str = "rgm_stats";

/// What one channel of a revenue-grade meter measured.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MeterChannel {
    /// The meter.
    pub meter: Option<SerialNumber>,
    /// The channel, from 1.
    pub channel: Option<i64>,
    /// Its energies.
    pub energy: Series<IntervalReading<WattHours>>,
    /// Its mean powers.
    pub power: Series<IntervalReading<Watts>>,
}

impl RgmStats {
    /// Each channel of each meter. Of a channel that is not used all values are missing.
    ///
    /// # Errors
    ///
    /// Two intervals of a channel that overlap.
    pub fn channels(&self) -> Result<Vec<MeterChannel>, SeriesError> {
        let meters = self.meter_intervals.iter().flatten();
        let channels: Result<Vec<Vec<MeterChannel>>, SeriesError> = meters.map(channels_of).collect();
        Ok(channels?.into_iter().flatten().collect())
    }
}

fn channels_of(meter: &MeterIntervals) -> Result<Vec<MeterChannel>, SeriesError> {
    let mut numbers: Vec<Option<i64>> = meter.intervals.iter().map(|interval| interval.channel).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().map(|number| channel(meter, number)).collect()
}

fn channel(meter: &MeterIntervals, number: Option<i64>) -> Result<MeterChannel, SeriesError> {
    let mut of_channel = meter.clone();
    of_channel.intervals.retain(|interval| interval.channel == number);
    let readings = of_channel.into_readings();
    let serial = meter.meter_serial_number.as_ref().map(SerialNumber::as_str);
    let scope = Scope::Meter(DeviceId::new(serial.unwrap_or_default()));
    let energy = energy_info(scope.clone(), RESOURCE).with_direction(Direction::Production);
    let power = SeriesInfo::new(scope, Quantity::ActivePower, ValueKind::IntervalMean)
        .with_direction(Direction::Production)
        .with_source(source(RESOURCE));
    let powers = readings.iter().map(mean_power).collect();
    Ok(MeterChannel {
        meter: meter.meter_serial_number.clone(),
        channel: number,
        energy: energy_series(energy, readings)?,
        power: Series::new(power, powers)?,
    })
}

fn mean_power(reading: &Reading<ChannelInterval>) -> IntervalReading<Watts> {
    match reading.data.curr_w {
        Some(watts) => IntervalReading::new(reading.interval, Watts(watts)),
        None => IntervalReading::missing(reading.interval),
    }
}
