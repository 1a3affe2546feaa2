//! Times that come as a day or as an instant.

use std::fmt;

use energy_core::wire::UnknownValue;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use time::{Date, OffsetDateTime};

use crate::wire;

/// A day or an instant: some fields are described as the one and come as the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum When {
    /// A day, in the time zone of the system.
    Date(Date),
    /// An instant.
    Instant(OffsetDateTime),
    /// A text that is neither, as it came.
    Unknown(UnknownValue),
}

impl When {
    /// The day, if it came as one. What came as an instant is a day only in the time zone of the system.
    pub fn date(&self) -> Option<Date> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Instant(_) | Self::Unknown(_) => None,
        }
    }

    /// The instant, if it came as one.
    pub fn instant(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Instant(instant) => Some(*instant),
            Self::Date(_) | Self::Unknown(_) => None,
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::Instant(instant) => instant.fmt(f),
            Self::Unknown(value) => f.write_str(value.as_str()),
        }
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Date(date) => wire::date::serialize(date, serializer),
            Self::Instant(instant) => wire::instant::serialize(instant, serializer),
            Self::Unknown(value) => serializer.serialize_str(value.as_str()),
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if let Some(date) = value.as_str().and_then(wire::read_date) {
            return Ok(Self::Date(date));
        }
        match (wire::read_instant(&value), value) {
            (Some(instant), _) => Ok(Self::Instant(instant)),
            (None, Value::String(text)) => Ok(Self::Unknown(UnknownValue::__new(&text))),
            (None, other) => Err(de::Error::custom(format!(
                "expected a day or an instant, found `{other}`"
            ))),
        }
    }
}
