use std::collections::BTreeMap;

use energy_core::model::Sample;
use time::OffsetDateTime;

use crate::channel_series::ChannelSeries;
use crate::{Channel, ChannelData, ComponentId, DayRange, DeviceType, Epochs, Unit};

/// How the objects of an answer, one for each day, channel and device, become series.
///
/// ```
/// # use solarlog_enerest::{Assembly, AssemblyError, ChannelData, Component, DayRange, Epochs};
/// # fn example(data: &[ChannelData], before: &[Component], after: &[Component], week: DayRange) -> Result<(), AssemblyError> {
/// let epochs = Epochs::new().with(before).with(after);
/// for series in Assembly::new().across(epochs).within(week).series(data)? {
///     println!("{:?} {}: {} values", series.device, series.channel, series.points.len());
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Assembly {
    epochs: Epochs,
    within: Option<DayRange>,
}

/// Objects of an answer that contradict one another.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AssemblyError {
    /// Two values at one time.
    #[error("{channel} of {} has two values at {at}: {first} and {second}", device.as_deref().unwrap_or("the plant"))]
    TwoValues {
        /// The device.
        device: Option<String>,
        /// The channel.
        channel: Channel,
        /// When.
        at: OffsetDateTime,
        /// The one.
        first: f64,
        /// The other.
        second: f64,
    },
    /// A series that changes its unit.
    #[error("{channel} of {} comes in {first} and in {second}", device.as_deref().unwrap_or("the plant"))]
    TwoUnits {
        /// The device.
        device: Option<String>,
        /// The channel.
        channel: Channel,
        /// The one.
        first: Unit,
        /// The other.
        second: Unit,
    },
}

impl Assembly {
    /// Each id is a device of its own, and all days count.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes one series of a component whose id changed between epochs.
    #[must_use]
    pub fn across(mut self, epochs: Epochs) -> Self {
        self.epochs = epochs;
        self
    }

    /// Leaves out days that were not asked for: the service gives some when a month has fewer days than it was asked for.
    #[must_use]
    pub fn within(mut self, range: DayRange) -> Self {
        self.within = Some(range);
        self
    }

    /// The series, by device and channel in the order in which they first came. Gaps are `None`, a value beside a gap at
    /// the same time wins.
    ///
    /// # Errors
    ///
    /// Two values at one time that differ, or two units: nothing is chosen in silence. Ask for fewer devices or days to get
    /// the rest.
    pub fn series(&self, data: &[ChannelData]) -> Result<Vec<ChannelSeries>, AssemblyError> {
        let mut series: Vec<Growing> = Vec::new();
        for record in data.iter().filter(|record| self.counts(record)) {
            let device = self.device(record);
            let known = series.iter_mut().position(|one| one.is_of(device.as_deref(), record));
            let index = known.unwrap_or_else(|| {
                series.push(Growing::new(device, record));
                series.len() - 1
            });
            if let Some(one) = series.get_mut(index) {
                one.add(record, self.within)?;
            }
        }
        Ok(series.into_iter().map(Growing::finish).collect())
    }

    fn counts(&self, record: &ChannelData) -> bool {
        match (self.within, record.date) {
            (Some(range), Some(day)) => range.contains(day),
            _ => true,
        }
    }

    /// The id that the device keeps, where it is known.
    fn device(&self, record: &ChannelData) -> Option<String> {
        let id = record.device_id.as_deref()?;
        let kept = self.epochs.cross_epoch_id(&ComponentId::from(id));
        Some(kept.map_or(id, |kept| kept.as_str()).to_owned())
    }
}

/// A series that days are added to.
struct Growing {
    device: Option<String>,
    device_type: Option<DeviceType>,
    channel: Channel,
    unit: Option<Unit>,
    points: BTreeMap<OffsetDateTime, Option<f64>>,
}

impl Growing {
    fn new(device: Option<String>, record: &ChannelData) -> Self {
        Self {
            device,
            device_type: record.device_type.clone(),
            channel: record.name.clone(),
            unit: record.unit.clone(),
            points: BTreeMap::new(),
        }
    }

    fn is_of(&self, device: Option<&str>, record: &ChannelData) -> bool {
        // Without an id, what kind of device it is has to tell them apart.
        let same_device =
            self.device.as_deref() == device && (device.is_some() || self.device_type == record.device_type);
        same_device && self.channel == record.name
    }

    fn add(&mut self, record: &ChannelData, within: Option<DayRange>) -> Result<(), AssemblyError> {
        match (&self.unit, &record.unit) {
            (Some(first), Some(second)) if first != second => {
                return Err(AssemblyError::TwoUnits {
                    device: self.device.clone(),
                    channel: self.channel.clone(),
                    first: first.clone(),
                    second: second.clone(),
                });
            }
            (None, Some(unit)) => self.unit = Some(unit.clone()),
            _ => {}
        }
        if self.device_type.is_none() {
            self.device_type.clone_from(&record.device_type);
        }
        // Without a day of its own, a record is judged by its stamps, which are local to the plant.
        let counts =
            |at: &OffsetDateTime| record.date.is_some() || within.is_none_or(|range| range.contains(at.date()));
        for (at, value) in record.data_points.0.iter().filter(|(at, _)| counts(at)) {
            let known = self.points.entry(*at).or_insert(*value);
            match (*known, *value) {
                (Some(first), Some(second)) if first != second => {
                    return Err(AssemblyError::TwoValues {
                        device: self.device.clone(),
                        channel: self.channel.clone(),
                        at: *at,
                        first,
                        second,
                    });
                }
                (None, Some(value)) => *known = Some(value),
                _ => {}
            }
        }
        Ok(())
    }

    fn finish(self) -> ChannelSeries {
        let sample = |(at, value): (OffsetDateTime, Option<f64>)| match value {
            Some(value) => Sample::new(at, value),
            None => Sample::missing(at),
        };
        ChannelSeries {
            device: self.device,
            device_type: self.device_type,
            channel: self.channel,
            unit: self.unit,
            points: self.points.into_iter().map(sample).collect(),
        }
    }
}
