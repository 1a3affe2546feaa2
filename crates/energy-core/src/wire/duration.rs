//! Durations as vendors write them.

/// A duration as `H:MM:SS`; hours have no upper bound, minutes and seconds stay below 60.
pub mod hms {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de};

    /// Reads `H:MM:SS`; `None` for anything else.
    ///
    /// ```
    /// # use std::time::Duration;
    /// use energy_core::wire::hms;
    /// assert_eq!(hms::parse("36:00:05"), Some(Duration::from_secs(129_605)));
    /// assert_eq!(hms::parse("1:60:00"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Duration> {
        let mut parts = text.split(':').map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<u64>().ok()).flatten()
        });
        let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
        if parts.next().is_some() || minutes >= 60 || seconds >= 60 {
            return None;
        }
        hours
            .checked_mul(3600)?
            .checked_add(minutes * 60 + seconds)
            .map(Duration::from_secs)
    }

    /// Writes `H:MM:SS`, with two digits for hours below 10. Parts of a second are dropped.
    ///
    /// # Errors
    ///
    /// None of its own.
    pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        let seconds = duration.as_secs();
        serializer.collect_str(&format_args!(
            "{:02}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        ))
    }

    /// Reads `H:MM:SS`.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| de::Error::custom(format!("expected a duration as H:MM:SS, found `{text}`")))
    }

    /// The same for a field that may be absent or null.
    pub mod option {
        use super::{Deserialize, Deserializer, Duration, Serializer, de, parse};

        /// Writes `H:MM:SS`, or null.
        ///
        /// # Errors
        ///
        /// None of its own.
        pub fn serialize<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
            match duration {
                Some(duration) => super::serialize(duration, serializer),
                None => serializer.serialize_none(),
            }
        }

        /// Reads `H:MM:SS`; null is none.
        ///
        /// # Errors
        ///
        /// Anything else.
        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
            let Some(text) = Option::<String>::deserialize(deserializer)? else {
                return Ok(None);
            };
            let wrong = || de::Error::custom(format!("expected a duration as H:MM:SS, found `{text}`"));
            parse(&text).map(Some).ok_or_else(wrong)
        }
    }
}
