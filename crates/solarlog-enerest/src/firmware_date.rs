use std::fmt;

use energy_core::wire::UnknownValue;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const DOTTED: &[BorrowedFormatItem<'static>] = format_description!("[day].[month].[year]");

/// The date of a logger's software, which the service writes as `12.04.2024`, unlike any other date.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FirmwareDate {
    /// A day.
    Date(Date),
    /// A text that is no such date, as it came.
    Unknown(UnknownValue),
}

impl FirmwareDate {
    /// The day, if it is one.
    pub fn date(&self) -> Option<Date> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Unknown(_) => None,
        }
    }
}

impl fmt::Display for FirmwareDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => {
                let (year, month, day) = date.to_calendar_date();
                write!(f, "{day:02}.{:02}.{year:04}", u8::from(month))
            }
            Self::Unknown(value) => f.write_str(value.as_str()),
        }
    }
}

impl Serialize for FirmwareDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FirmwareDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let date = Date::parse(text.trim(), DOTTED);
        Ok(date.map_or_else(|_| Self::Unknown(UnknownValue::__new(&text)), Self::Date))
    }
}
