//! Whose value it is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A device's identifier at its provider, opaque text. The [`Scope`] around it says what kind of
/// device it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceId(String);

impl DeviceId {
    /// An identifier as the provider writes it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for DeviceId {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl From<String> for DeviceId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What part of an installation a value is about.
///
/// ```
/// use energy_core::model::{Scope, ScopeLevel};
///
/// let scope = Scope::Inverter("1021".into());
/// assert_eq!(scope.level(), ScopeLevel::Inverter);
/// assert_eq!(scope.device().map(|id| id.as_str()), Some("1021"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scope {
    /// The whole site.
    Site,
    /// The connection to the grid.
    Grid,
    /// All photovoltaics together.
    Pv,
    /// All batteries together.
    Storage,
    /// One inverter or micro-inverter.
    Inverter(DeviceId),
    /// One maximum-power-point tracker of an inverter.
    MppTracker(DeviceId),
    /// One string of modules.
    PvString(DeviceId),
    /// One meter.
    Meter(DeviceId),
    /// One battery.
    Battery(DeviceId),
    /// One charging point for vehicles.
    EvCharger(DeviceId),
    /// One sensor.
    Sensor(DeviceId),
    /// One consumer.
    Load(DeviceId),
}

/// A [`Scope`] without the device: how deep into the installation a source can look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScopeLevel {
    /// The whole site.
    Site,
    /// The connection to the grid.
    Grid,
    /// All photovoltaics together.
    Pv,
    /// All batteries together.
    Storage,
    /// Each inverter.
    Inverter,
    /// Each maximum-power-point tracker.
    MppTracker,
    /// Each string of modules.
    PvString,
    /// Each meter.
    Meter,
    /// Each battery.
    Battery,
    /// Each charging point.
    EvCharger,
    /// Each sensor.
    Sensor,
    /// Each consumer.
    Load,
}

impl Scope {
    /// The scope without the device.
    pub fn level(&self) -> ScopeLevel {
        match self {
            Self::Site => ScopeLevel::Site,
            Self::Grid => ScopeLevel::Grid,
            Self::Pv => ScopeLevel::Pv,
            Self::Storage => ScopeLevel::Storage,
            Self::Inverter(_) => ScopeLevel::Inverter,
            Self::MppTracker(_) => ScopeLevel::MppTracker,
            Self::PvString(_) => ScopeLevel::PvString,
            Self::Meter(_) => ScopeLevel::Meter,
            Self::Battery(_) => ScopeLevel::Battery,
            Self::EvCharger(_) => ScopeLevel::EvCharger,
            Self::Sensor(_) => ScopeLevel::Sensor,
            Self::Load(_) => ScopeLevel::Load,
        }
    }

    /// The device, if the scope is one device.
    pub fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Site | Self::Grid | Self::Pv | Self::Storage => None,
            Self::Inverter(id)
            | Self::MppTracker(id)
            | Self::PvString(id)
            | Self::Meter(id)
            | Self::Battery(id)
            | Self::EvCharger(id)
            | Self::Sensor(id)
            | Self::Load(id) => Some(id),
        }
    }
}
