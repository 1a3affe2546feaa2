use std::fmt;

use energy_core::time::format_description::well_known::{Rfc2822, Rfc3339};
use energy_core::time::macros::format_description;
use energy_core::time::{Date, OffsetDateTime, PrimitiveDateTime};
use energy_core::wire::Entries;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A stamp of a series: the text that the service wrote, and what it means.
///
/// It serialises to that text again, whichever of the service's formats it has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    text: Box<str>,
    time: StampTime,
}

/// What a stamp means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StampTime {
    /// An instant, with the offset that the service wrote.
    Instant(OffsetDateTime),
    /// Local time of the place; no instant until a zone is given.
    Local(PrimitiveDateTime),
    /// A local day of the place.
    Day(Date),
}

impl Stamp {
    /// Reads a stamp in any of the service's formats; `None` for anything else.
    ///
    /// ```
    /// use energy_core::time::macros::{date, datetime};
    /// use forecast_solar::{Stamp, StampTime};
    ///
    /// let read = |text| Stamp::parse(text).map(|stamp| stamp.time());
    /// assert_eq!(read("2026-05-04"), Some(StampTime::Day(date!(2026-05-04))));
    /// assert_eq!(read("1777874400"), Some(StampTime::Instant(datetime!(2026-05-04 06:00 UTC))));
    /// assert_eq!(read("2026-05-04 08:00:00"), Some(StampTime::Local(datetime!(2026-05-04 08:00))));
    /// assert_eq!(read("noon"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self {
            text: text.into(),
            time: StampTime::parse(text)?,
        })
    }

    /// What it means.
    pub fn time(&self) -> StampTime {
        self.time
    }

    /// The text that the service wrote.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl StampTime {
    fn parse(text: &str) -> Option<Self> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return epoch(text).map(Self::Instant);
        }
        let day = || Date::parse(text, format_description!("[year]-[month]-[day]")).ok();
        let local = || {
            let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
            PrimitiveDateTime::parse(text, format).ok()
        };
        day()
            .map(Self::Day)
            .or_else(|| OffsetDateTime::parse(text, &Rfc3339).ok().map(Self::Instant))
            .or_else(|| local().map(Self::Local))
            .or_else(|| OffsetDateTime::parse(text, &Rfc2822).ok().map(Self::Instant))
    }
}

/// Seconds, milliseconds or nanoseconds since 1970, told apart by their number of digits: for any instant from 2001 to
/// 2286 they have 10, 13 and 19.
fn epoch(digits: &str) -> Option<OffsetDateTime> {
    let nanoseconds_each = match digits.len() {
        1..=11 => 1_000_000_000,
        12..=15 => 1_000_000,
        16..=20 => 1,
        _ => return None,
    };
    let count: i128 = digits.parse().ok()?;
    OffsetDateTime::from_unix_timestamp_nanos(count * nanoseconds_each).ok()
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// Values by stamp, in the order in which the service wrote them. A stamp may come twice, at the end of summer time.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamped<V>(pub Vec<(Stamp, V)>);

impl<V> Stamped<V> {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Stamps and values, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Stamp, V)> {
        self.0.iter()
    }

    /// The value at the first stamp with this text.
    pub fn get(&self, text: &str) -> Option<&V> {
        self.iter()
            .find(|(stamp, _)| stamp.as_str() == text)
            .map(|(_, value)| value)
    }
}

impl<V> Default for Stamped<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'a, V> IntoIterator for &'a Stamped<V> {
    type Item = &'a (Stamp, V);
    type IntoIter = std::slice::Iter<'a, (Stamp, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<V: Serialize> Serialize for Stamped<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(stamp, value)| (stamp, value)))
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Stamped<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stamped = |(text, value): (String, V)| match Stamp::parse(&text) {
            Some(stamp) => Ok((stamp, value)),
            None => Err(de::Error::custom(format!(
                "`{text}` is no stamp in any format of the service"
            ))),
        };
        Entries::deserialize(deserializer)?
            .0
            .into_iter()
            .map(stamped)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}
