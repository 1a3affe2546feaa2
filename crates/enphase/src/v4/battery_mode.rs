use std::fmt;

use energy_core::wire::UnknownValue;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What batteries are for.
///
/// The service writes the same mode in three ways (`Self - Consumption` in answers to a question, `self-consumption` in
/// answers to a change) and takes one: all are read, the one that it takes is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BatteryMode {
    /// To use what is produced.
    SelfConsumption,
    /// To save money where prices differ by the hour.
    Savings,
    /// To be full when the grid fails.
    FullBackup,
    /// To help the grid at this moment.
    DemandResponse,
    /// A mode that this version does not know, as it came.
    Unknown(UnknownValue),
}

impl BatteryMode {
    /// The mode as the service takes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::SelfConsumption => "Self-consumption",
            Self::Savings => "Savings Mode",
            Self::FullBackup => "Full Backup",
            Self::DemandResponse => "DR Event Active",
            Self::Unknown(value) => value.as_str(),
        }
    }
}

impl From<&str> for BatteryMode {
    fn from(text: &str) -> Self {
        let letters = |text: &str| {
            let letters = text.chars().filter(char::is_ascii_alphanumeric);
            letters.map(|letter| letter.to_ascii_lowercase()).collect::<String>()
        };
        let known = [
            Self::SelfConsumption,
            Self::Savings,
            Self::FullBackup,
            Self::DemandResponse,
        ];
        let mode = known.into_iter().find(|mode| letters(mode.as_str()) == letters(text));
        mode.unwrap_or_else(|| Self::Unknown(UnknownValue::__new(text)))
    }
}

impl fmt::Display for BatteryMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for BatteryMode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for BatteryMode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(String::deserialize(deserializer)?.as_str()))
    }
}
