//! What revenue-grade meters counted: all of them together, and each of their channels.

use energy_core::model::{Direction, Interval, Scope, SeriesError, SeriesInfo, WattHours};
use time::OffsetDateTime;

use super::series::{Energies, Powers, energies, power_info, series, value};
use super::{GetRgmStats, MeterInterval, RgmInterval, RgmStats};
use crate::reading::{FIFTEEN_MINUTES, energy_info, readings, watt_hours, watts};
use crate::{EnergyInterval, EnergyRequest, LabelledByEnd, Reading, SerialNumber};

const RGM_STATS: &str = "rgm_stats";

impl LabelledByEnd for RgmInterval {
    fn end_at(&self) -> OffsetDateTime {
        self.end_at
    }

    fn devices_reporting(&self) -> Option<i64> {
        Some(self.devices_reporting)
    }
}

impl EnergyInterval for RgmInterval {
    fn energy(&self) -> Option<WattHours> {
        Some(watt_hours(self.wh_del))
    }
}

impl LabelledByEnd for MeterInterval {
    fn end_at(&self) -> OffsetDateTime {
        self.end_at
    }
}

impl EnergyInterval for MeterInterval {
    fn energy(&self) -> Option<WattHours> {
        self.wh_del.map(WattHours)
    }
}

impl EnergyRequest for GetRgmStats {
    fn info(&self) -> SeriesInfo {
        produced(Scope::Pv)
    }
}

fn produced(scope: Scope) -> SeriesInfo {
    energy_info(scope, RGM_STATS).with_direction(Direction::Production)
}

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
    pub meter: SerialNumber,
    /// Its gateway.
    pub envoy: SerialNumber,
    /// The interval, which names the channel.
    pub reading: Reading<MeterInterval>,
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

/// One channel of a meter, with its intervals.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MeterChannel {
    /// The meter.
    pub meter: SerialNumber,
    /// Its gateway.
    pub envoy: SerialNumber,
    /// The channel, from 1.
    pub channel: i64,
    /// Its intervals in order.
    pub readings: Vec<Reading<MeterInterval>>,
}

impl RgmStats {
    /// Everything in order of time: of each interval first the total of all meters, then the channels.
    pub fn into_readings(self) -> Vec<RgmReading> {
        let channels = self.channels();
        let mut all: Vec<RgmReading> = self.into_totals().into_iter().map(RgmReading::Total).collect();
        for MeterChannel {
            meter, envoy, readings, ..
        } in channels
        {
            all.extend(readings.into_iter().map(|reading| {
                let (meter, envoy) = (meter.clone(), envoy.clone());
                RgmReading::Channel(ChannelReading { meter, envoy, reading })
            }));
        }
        all.sort_by_key(|reading| reading.interval().end());
        all
    }

    /// The energy of all meters together in each interval, in Wh.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn energy(&self) -> Result<Energies, SeriesError> {
        energies(produced(Scope::Pv), &self.clone().into_totals())
    }

    /// The channels of each meter, in the order of the answer. Some have no data at all.
    pub fn channels(&self) -> Vec<MeterChannel> {
        let mut channels = Vec::new();
        for meter in &self.meter_intervals {
            let mut numbers: Vec<i64> = meter.intervals.iter().map(|interval| interval.channel).collect();
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
        readings(self.intervals, FIFTEEN_MINUTES, None, Some(self.total_devices))
    }
}

impl MeterChannel {
    /// The energy of each interval, in Wh.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn energy(&self) -> Result<Energies, SeriesError> {
        energies(produced(self.scope()), &self.readings)
    }

    /// The mean power of each interval, in W.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn power(&self) -> Result<Powers, SeriesError> {
        let power = |reading: &Reading<MeterInterval>| value(reading, reading.data.curr_w.map(watts));
        let powers = self.readings.iter().map(power).collect();
        series(power_info(self.scope(), RGM_STATS), powers)
    }

    fn scope(&self) -> Scope {
        Scope::Meter(self.meter.as_str().into())
    }
}
