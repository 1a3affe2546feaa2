//! What revenue-grade meters measured: all of them together, and each of their channels.

use energy_core::model::{
    DeviceId, Direction, Interval, IntervalReading, Quantity, Scope, Series, SeriesError, SeriesInfo, ValueKind,
    WattHours, Watts,
};

use super::{ChannelInterval, RgmInterval, RgmStats};
use crate::reading::{FIFTEEN_MINUTES, energy_info, readings, source};
use crate::{Reading, SerialNumber, energy_series, interval_series};

const RESOURCE: &str = "rgm_stats";

/// An interval of revenue-grade meters.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RgmReading {
    /// Of all meters together.
    Total(Reading<RgmInterval>),
    /// Of one channel of one meter.
    Channel(ChannelReading),
}

/// An interval of one channel of a meter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChannelReading {
    /// The meter.
    pub meter: Option<SerialNumber>,
    /// Its gateway.
    pub envoy: Option<SerialNumber>,
    /// The interval, which names the channel.
    pub reading: Reading<ChannelInterval>,
}

impl RgmReading {
    /// When the interval began and ended.
    pub fn interval(&self) -> Interval {
        match self {
            Self::Total(reading) => reading.interval,
            Self::Channel(channel) => channel.reading.interval,
        }
    }

    /// The interval of all meters together, if it is one.
    pub fn into_total(self) -> Option<Reading<RgmInterval>> {
        match self {
            Self::Total(reading) => Some(reading),
            Self::Channel(_) => None,
        }
    }
}

/// One channel of a meter, with its intervals. Of a channel that is not used all values are missing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MeterChannel {
    /// The meter.
    pub meter: Option<SerialNumber>,
    /// Its gateway.
    pub envoy: Option<SerialNumber>,
    /// The channel, from 1.
    pub channel: Option<i64>,
    /// Its intervals in order.
    pub readings: Vec<Reading<ChannelInterval>>,
}

impl RgmStats {
    /// Everything in order of time: of each interval first the total of all meters, then the channels.
    pub fn into_readings(self) -> Vec<RgmReading> {
        let channels = self.channels();
        let mut all: Vec<RgmReading> = self.into_totals().into_iter().map(RgmReading::Total).collect();
        for channel in channels {
            let MeterChannel {
                meter, envoy, readings, ..
            } = channel;
            all.extend(readings.into_iter().map(|reading| {
                let (meter, envoy) = (meter.clone(), envoy.clone());
                RgmReading::Channel(ChannelReading { meter, envoy, reading })
            }));
        }
        all.sort_by_key(|reading| reading.interval().end());
        all
    }

    /// The energy of all meters together in each interval.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn energy(&self) -> Result<Series<IntervalReading<WattHours>>, SeriesError> {
        energy_series(produced(Scope::Pv), self.clone().into_totals())
    }

    /// The channels of each meter, in the order of the answer.
    pub fn channels(&self) -> Vec<MeterChannel> {
        let mut channels = Vec::new();
        for meter in self.meter_intervals.iter().flatten() {
            let mut numbers: Vec<Option<i64>> = meter.intervals.iter().map(|interval| interval.channel).collect();
            numbers.sort_unstable();
            numbers.dedup();
            channels.extend(numbers.into_iter().map(|channel| {
                let intervals = meter.intervals.iter().filter(|interval| interval.channel == channel);
                MeterChannel {
                    meter: meter.meter_serial_number.clone(),
                    envoy: meter.envoy_serial_number.clone(),
                    channel,
                    readings: readings(intervals.cloned().collect(), FIFTEEN_MINUTES, None, None),
                }
            }));
        }
        channels
    }

    fn into_totals(self) -> Vec<Reading<RgmInterval>> {
        readings(self.intervals, FIFTEEN_MINUTES, None, self.total_devices)
    }
}

impl MeterChannel {
    /// The energy of each interval.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn energy(&self) -> Result<Series<IntervalReading<WattHours>>, SeriesError> {
        energy_series(produced(self.scope()), self.readings.clone())
    }

    /// The mean power over each interval.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn power(&self) -> Result<Series<IntervalReading<Watts>>, SeriesError> {
        let info = SeriesInfo::new(self.scope(), Quantity::ActivePower, ValueKind::IntervalMean)
            .with_direction(Direction::Production)
            .with_source(source(RESOURCE));
        interval_series(info, self.readings.clone(), |interval| interval.curr_w.map(Watts))
    }

    fn scope(&self) -> Scope {
        let serial = self.meter.as_ref().map(SerialNumber::as_str);
        Scope::Meter(DeviceId::new(serial.unwrap_or_default()))
    }
}

fn produced(scope: Scope) -> SeriesInfo {
    energy_info(scope, RESOURCE).with_direction(Direction::Production)
}
