//! What a value measures: quantity, direction, kind.

use serde::{Deserialize, Serialize};

/// The physical quantity of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Quantity {
    /// Active electric power, in [`Watts`](super::Watts).
    ActivePower,
    /// Active electric energy, in [`WattHours`](super::WattHours).
    ActiveEnergy,
    /// Radiant power on a surface, in [`WattsPerSquareMeter`](super::WattsPerSquareMeter).
    Irradiance,
    /// Radiant energy on a surface, in
    /// [`WattHoursPerSquareMeter`](super::WattHoursPerSquareMeter).
    Insolation,
    /// Voltage, in [`Volts`](super::Volts).
    Voltage,
    /// Current, in [`Amperes`](super::Amperes).
    Current,
    /// How full a battery is, in [`Percent`](super::Percent).
    StateOfCharge,
    /// Temperature of air, modules or a device, in [`Celsius`](super::Celsius).
    Temperature,
    /// Wind speed, in [`MetersPerSecond`](super::MetersPerSecond).
    WindSpeed,
    /// Volume of water, in [`CubicMeters`](super::CubicMeters).
    WaterVolume,
    /// Volume of gas, in [`CubicMeters`](super::CubicMeters).
    GasVolume,
}

impl Quantity {
    /// What this quantity adds up to over time: power to energy, irradiance to insolation.
    pub fn integral(self) -> Option<Self> {
        match self {
            Self::ActivePower => Some(Self::ActiveEnergy),
            Self::Irradiance => Some(Self::Insolation),
            _ => None,
        }
    }

    /// The inverse of [`integral`](Self::integral): energy to power, insolation to irradiance.
    pub fn derivative(self) -> Option<Self> {
        match self {
            Self::ActiveEnergy => Some(Self::ActivePower),
            Self::Insolation => Some(Self::Irradiance),
            _ => None,
        }
    }
}

/// Which way energy flows.
///
/// Energy is kept as two registers that are not negative, one per direction. Only power may be
/// [`Net`](Self::Net).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Direction {
    /// Generated on the site.
    Production,
    /// Used on the site.
    Consumption,
    /// Taken from the grid.
    Import,
    /// Fed into the grid.
    Export,
    /// Into a battery or vehicle.
    Charge,
    /// Out of a battery or vehicle.
    Discharge,
    /// Both ways in one signed value: positive flows into the site's own bus, so grid import,
    /// battery discharge and production are positive.
    Net,
}

/// How a value relates to time. Kinds are never turned into one another silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ValueKind {
    /// True at one instant.
    Instant,
    /// The mean over an interval.
    IntervalMean,
    /// The least value in an interval.
    IntervalMin,
    /// The greatest value in an interval.
    IntervalMax,
    /// What came together during an interval.
    IntervalSum,
    /// A register that only grows, read at an instant; it may wrap around or start again at zero.
    Counter,
    /// A running total, read at an instant, that starts again at zero every local day.
    DayToDate,
}

impl ValueKind {
    /// Whether the value belongs to an interval rather than to an instant.
    pub fn is_interval(self) -> bool {
        matches!(
            self,
            Self::IntervalMean | Self::IntervalMin | Self::IntervalMax | Self::IntervalSum
        )
    }
}
