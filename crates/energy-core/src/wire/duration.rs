//! Durations as vendors write them.

/// A duration as `H:MM:SS`; hours have no upper bound, minutes and seconds stay below 60.
pub mod hms {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de};
    use serde_json::Value;

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

    /// Reads `H:MM:SS`, or seconds as a number or a text.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        read(&Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }

    /// The duration that a JSON value says: `"H:MM:SS"`, or seconds as a number or a text.
    pub(crate) fn read(value: &Value) -> Result<Duration, String> {
        let found = match value {
            Value::String(text) => parse(text).or_else(|| seconds(text.trim().parse().ok()?)),
            Value::Number(number) => number.as_f64().and_then(seconds),
            _ => None,
        };
        found.ok_or_else(|| {
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("expected a duration as H:MM:SS, found `{shown}`")
        })
    }

    /// Whole seconds, if that is what they are.
    fn seconds(number: f64) -> Option<Duration> {
        Duration::try_from_secs_f64(number)
            .ok()
            .map(|duration| Duration::from_secs(duration.as_secs()))
    }

    /// The same for a field that may be absent or null.
    pub mod option {
        use super::{Deserialize, Deserializer, Duration, Serializer, Value, de};

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

        /// As for a field that is always there; null is none.
        ///
        /// # Errors
        ///
        /// Anything else.
        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
            let value = Option::<Value>::deserialize(deserializer)?;
            value.as_ref().map(super::read).transpose().map_err(de::Error::custom)
        }
    }
}
