//! What is asked of a source.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::model::words::{length, subject};
use crate::model::{DeviceId, Direction, Interval, Quantity, ScopeLevel, ValueKind, Wish};

/// The distance of daily values, as a resolution: nominal, for a local day has 23 to 25 hours.
pub const DAY: Duration = Duration::from_secs(86_400);

/// A quantity over an interval, at a level of the installation.
///
/// ```
/// use std::time::Duration;
/// use energy_core::model::{Interval, Quantity, ScopeLevel};
/// use energy_core::source::{DAY, Question};
/// use time::macros::datetime;
///
/// let june = Interval::new(datetime!(2026-06-01 0:00 +2), datetime!(2026-07-01 0:00 +2))?;
/// let by_day = Question::production(june).with_resolution(DAY);
/// let power = Question::new(Quantity::ActivePower, ScopeLevel::Inverter, june)
///     .with_resolution(Duration::from_secs(300));
/// assert_eq!(by_day.to_string(), "production of active energy, all photovoltaics, points 1 d apart or nearer");
/// assert_eq!(power.to_string(), "active power, each inverter, points 5 min apart or nearer");
/// # Ok::<(), energy_core::model::IntervalError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Question {
    /// What is measured.
    pub quantity: Quantity,
    /// How deep into the installation: one series of the whole, or one for each device.
    pub level: ScopeLevel,
    /// From when until when. The present ends it: what is still to come is not in the answer.
    pub interval: Interval,
    /// Which way energy flows; `None` takes any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// How the values relate to time; `None` takes any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ValueKind>,
    /// Points at most this far apart; `None` leaves it to the source, which takes what costs least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Duration>,
    /// These devices alone; empty means all that the site has at this level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceId>,
}

impl Question {
    /// A quantity at a level over an interval, of any direction, kind and resolution.
    pub fn new(quantity: Quantity, level: ScopeLevel, interval: Interval) -> Self {
        Self {
            quantity,
            level,
            interval,
            direction: None,
            kind: None,
            resolution: None,
            devices: Vec::new(),
        }
    }

    /// The energy that all photovoltaics of a site gave.
    pub fn production(interval: Interval) -> Self {
        Self::new(Quantity::ActiveEnergy, ScopeLevel::Pv, interval).with_direction(Direction::Production)
    }

    /// The energy that a site used.
    pub fn consumption(interval: Interval) -> Self {
        Self::new(Quantity::ActiveEnergy, ScopeLevel::Site, interval).with_direction(Direction::Consumption)
    }

    /// Flowing this way.
    #[must_use]
    pub fn with_direction(mut self, direction: Direction) -> Self {
        self.direction = Some(direction);
        self
    }

    /// Of this kind.
    #[must_use]
    pub fn with_kind(mut self, kind: ValueKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// With points at most this far apart; [`DAY`] for days.
    #[must_use]
    pub fn with_resolution(mut self, resolution: Duration) -> Self {
        self.resolution = Some(resolution);
        self
    }

    /// Of this device, and of others named so.
    #[must_use]
    pub fn with_device(mut self, device: impl Into<DeviceId>) -> Self {
        let device = device.into();
        if !self.devices.contains(&device) {
            self.devices.push(device);
        }
        self
    }

    /// What a source must be able to do, asked at `now`: an interval that has begun reaches into the past alone.
    pub fn wish(&self, now: OffsetDateTime) -> Wish {
        let distance = |from: OffsetDateTime, to: OffsetDateTime| Duration::try_from(to - from).unwrap_or_default();
        let mut wish = Wish::new(self.quantity, self.level).with_back(distance(self.interval.start(), now));
        if self.interval.start() >= now {
            wish = wish.with_ahead(distance(now, self.interval.end()));
        }
        wish.kind = self.kind;
        wish.direction = self.direction;
        wish.resolution = self.resolution;
        wish
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        subject(f, self.quantity, self.direction, self.kind, self.level)?;
        match self.resolution {
            Some(resolution) => write!(f, ", points {} apart or nearer", length(resolution)),
            None => Ok(()),
        }
    }
}
