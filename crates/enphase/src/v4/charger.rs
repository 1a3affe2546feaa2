use std::fmt;

use energy_core::model::WattHours;
use energy_core::{BuildError, UrlValue};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::Date;

use super::ChargingSession;

/// A day as the operations of EV chargers write it: `20260302`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CompactDate(pub Date);

impl From<Date> for CompactDate {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl fmt::Display for CompactDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        write!(f, "{year:04}{:02}{day:02}", u8::from(month))
    }
}

impl UrlValue for CompactDate {
    fn url_value(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// Makes a type for a number that the service wants as a text.
macro_rules! number_as_text {
    ($(#[$doc:meta])* $name:ident, $wire:literal, $range:expr, $wanted:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            /// The number.
            ///
            /// # Errors
            ///
            /// One that the service is known to refuse.
            pub fn new(number: u32) -> Result<Self, BuildError> {
                if $range.contains(&number) {
                    Ok(Self(number))
                } else {
                    Err(BuildError::new($wire, format!(concat!("is {}; ", $wanted), number)))
                }
            }

            /// The number.
            pub fn get(self) -> u32 {
                self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let number = text.parse().map_err(|_| de::Error::custom(format!("expected a number, found `{text}`")))?;
                Self::new(number).map_err(de::Error::custom)
            }
        }
    };
}

number_as_text! {
    /// A connector of a charger, counted from 1.
    ConnectorId, "connectorId", 1_u32.., "connectors are counted from 1"
}

number_as_text! {
    /// How much of its current a charger may take, from 0 to 100 %.
    ChargingLevel, "chargingLevel", 0_u32..=100, "it goes from 0 to 100"
}

impl ChargingSession {
    /// The energy that the vehicle took. The documentation calls `energy_added` watt-hours; its own example, 14.83 for
    /// three hours, can only be kilowatt-hours, and is taken so.
    pub fn energy(&self) -> Option<WattHours> {
        self.energy_added.map(WattHours::from_kilowatt_hours)
    }
}
