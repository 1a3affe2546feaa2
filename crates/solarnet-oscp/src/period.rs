use std::time::Duration;

use crate::MeasurementPeriod;

impl MeasurementPeriod {
    /// How long it is; nothing for a period that this version does not know.
    pub fn duration(&self) -> Option<Duration> {
        let minutes = match self {
            Self::Minute => 1,
            Self::FiveMinute => 5,
            Self::TenMinute => 10,
            Self::FifteenMinute => 15,
            Self::TwentyMinute => 20,
            Self::ThirtyMinute => 30,
            Self::Hour => 60,
            Self::Unknown(_) => return None,
        };
        Some(Duration::from_secs(minutes * 60))
    }
}
