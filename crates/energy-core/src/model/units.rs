//! Physical units as types.
//!
//! Every unit is a newtype over `f64`, named by the unit its number is in. Arithmetic exists only
//! where physics has it: `Watts * Duration = WattHours`, but two temperatures cannot be added and
//! watts cannot be compared with watt-hours.
//!
//! A value that is not known is `None` around the unit, never `0` and never NaN. There is
//! deliberately no `Default`: an absent reading must not turn into a zero.
//!
//! A whole number of watt-hours is held exactly up to 2⁵³ (nine petawatt-hours), so lifetime
//! registers and their differences lose nothing in `f64`.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};
use std::time::Duration;

use serde::{Deserialize, Serialize};

const SECONDS_PER_HOUR: f64 = 3_600.0;

fn hours(duration: Duration) -> f64 {
    duration.as_secs_f64() / SECONDS_PER_HOUR
}

macro_rules! unit {
    ($(#[$meta:meta])* $name:ident, $symbol:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub f64);

        /// The number, formatted as the formatter asks (`{:.1}`), and the unit's symbol.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)?;
                f.write_str(concat!(" ", $symbol))
            }
        }
    };
}

/// Sums, differences and scaling, for units in which they mean something.
macro_rules! linear {
    ($($name:ident),+ $(,)?) => {$(
        impl $name {
            /// A known zero, which is not the same as a missing value.
            pub const ZERO: Self = Self(0.0);
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                self.0 -= other.0;
            }
        }

        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }

        impl Mul<f64> for $name {
            type Output = Self;
            fn mul(self, factor: f64) -> Self {
                Self(self.0 * factor)
            }
        }

        impl Div<f64> for $name {
            type Output = Self;
            fn div(self, divisor: f64) -> Self {
                Self(self.0 / divisor)
            }
        }

        /// The ratio of two values of one unit: a plain number.
        impl Div for $name {
            type Output = f64;
            fn div(self, other: Self) -> f64 {
                self.0 / other.0
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
                values.fold(Self::ZERO, Add::add)
            }
        }

        impl<'a> Sum<&'a $name> for $name {
            fn sum<I: Iterator<Item = &'a $name>>(values: I) -> Self {
                values.copied().sum()
            }
        }
    )+};
}

/// `rate * Duration = amount` and `amount / Duration = rate`, with hours as the unit of time.
macro_rules! per_hour {
    ($rate:ident, $amount:ident) => {
        impl Mul<Duration> for $rate {
            type Output = $amount;
            fn mul(self, duration: Duration) -> $amount {
                $amount(self.0 * hours(duration))
            }
        }

        /// The mean over the duration. A zero duration gives an infinity or NaN, as with floats.
        impl Div<Duration> for $amount {
            type Output = $rate;
            fn div(self, duration: Duration) -> $rate {
                $rate(self.0 / hours(duration))
            }
        }

        impl Rate for $rate {
            type Amount = $amount;
        }
    };
}

unit! {
    /// Active power in watts.
    ///
    /// The sign depends on the [`Direction`](super::Direction) beside it: with a direction such as
    /// `Production` or `Import` the value is not negative; with `Net`, positive flows into the
    /// site's own bus (grid import, battery discharge).
    ///
    /// ```
    /// use std::time::Duration;
    /// use energy_core::model::{WattHours, Watts};
    ///
    /// let power = Watts::from_kilowatts(2.0);
    /// assert_eq!(power * Duration::from_secs(900), WattHours(500.0));
    /// assert_eq!(WattHours(500.0) / Duration::from_secs(900), power);
    /// assert_eq!(format!("{power}, {:.1}", Watts(3.14)), "2000 W, 3.1 W");
    /// ```
    Watts, "W"
}

unit! {
    /// Active energy in watt-hours; also what an energy counter shows.
    ///
    /// Not negative beside a direction. Two registers (import and export) describe a connection,
    /// not one signed number.
    WattHours, "Wh"
}

unit! {
    /// Nominal direct-current power of photovoltaic modules in kilowatts peak (standard test
    /// conditions). Not negative.
    KilowattPeak, "kWp"
}

unit! {
    /// Irradiance: radiant power on a surface, in watts per square metre. Not negative.
    WattsPerSquareMeter, "W/m²"
}

unit! {
    /// Insolation: radiant energy on a surface, in watt-hours per square metre. Not negative.
    WattHoursPerSquareMeter, "Wh/m²"
}

unit! {
    /// Temperature in degrees Celsius. A point on a scale: temperatures are not added or scaled.
    Celsius, "°C"
}

unit! {
    /// Wind speed in metres per second. Not negative.
    MetersPerSecond, "m/s"
}

unit! {
    /// A share in percent (`100.0` is the whole), for instance a battery's state of charge.
    Percent, "%"
}

unit! {
    /// Voltage in volts.
    Volts, "V"
}

unit! {
    /// Current in amperes.
    Amperes, "A"
}

unit! {
    /// Volume of water or gas in cubic metres; also what a volume counter shows. Not negative.
    CubicMeters, "m³"
}

/// An additive amount that belongs to an interval and can be shared out over its parts: energy,
/// insolation, volume.
///
/// Implement it for a type of your own (money, say) to resample it the same way.
pub trait Amount: Copy + PartialOrd + Add<Output = Self> + Sub<Output = Self> + Mul<f64, Output = Self> + Sum {
    /// Nothing of it.
    const ZERO: Self;
}

/// A momentary value whose integral over time is an [`Amount`]: power, irradiance.
pub trait Rate:
    Copy
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<f64, Output = Self>
    + Mul<Duration, Output = <Self as Rate>::Amount>
{
    /// What the rate adds up to over time.
    type Amount: Amount + Div<Duration, Output = Self>;
}

linear!(
    Watts,
    WattHours,
    KilowattPeak,
    WattsPerSquareMeter,
    WattHoursPerSquareMeter,
    MetersPerSecond,
    Volts,
    Amperes,
    CubicMeters,
);
per_hour!(Watts, WattHours);
per_hour!(WattsPerSquareMeter, WattHoursPerSquareMeter);

impl Amount for WattHours {
    const ZERO: Self = Self(0.0);
}

impl Amount for WattHoursPerSquareMeter {
    const ZERO: Self = Self(0.0);
}

impl Amount for CubicMeters {
    const ZERO: Self = Self(0.0);
}

impl Watts {
    /// From kilowatts.
    pub fn from_kilowatts(kilowatts: f64) -> Self {
        Self(kilowatts * 1_000.0)
    }

    /// The same power in kilowatts.
    pub fn kilowatts(self) -> f64 {
        self.0 / 1_000.0
    }
}

impl WattHours {
    /// From kilowatt-hours.
    ///
    /// ```
    /// use energy_core::model::WattHours;
    ///
    /// assert_eq!(WattHours::from_kilowatt_hours(1.5), WattHours(1500.0));
    /// ```
    pub fn from_kilowatt_hours(kilowatt_hours: f64) -> Self {
        Self(kilowatt_hours * 1_000.0)
    }

    /// The same energy in kilowatt-hours.
    pub fn kilowatt_hours(self) -> f64 {
        self.0 / 1_000.0
    }
}

impl KilowattPeak {
    /// From nominal power in watts, as some services state a plant's size.
    pub fn from_watts(nominal: Watts) -> Self {
        Self(nominal.kilowatts())
    }

    /// The nominal power in watts.
    pub fn watts(self) -> Watts {
        Watts::from_kilowatts(self.0)
    }
}

impl WattHoursPerSquareMeter {
    /// From kilowatt-hours per square metre.
    pub fn from_kilowatt_hours(kilowatt_hours: f64) -> Self {
        Self(kilowatt_hours * 1_000.0)
    }

    /// The same insolation in kilowatt-hours per square metre.
    pub fn kilowatt_hours(self) -> f64 {
        self.0 / 1_000.0
    }
}

impl MetersPerSecond {
    /// From kilometres per hour.
    pub fn from_kilometers_per_hour(kilometers_per_hour: f64) -> Self {
        Self(kilometers_per_hour / 3.6)
    }
}

impl Percent {
    /// From a fraction of one: `0.25` is 25 %.
    pub fn from_fraction(fraction: f64) -> Self {
        Self(fraction * 100.0)
    }

    /// The same share as a fraction of one.
    pub fn fraction(self) -> f64 {
        self.0 / 100.0
    }
}
