use std::fmt;
use std::str::FromStr;

use energy_core::model::{LocalInstant, TimeZone, ZoneError};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// What the wall clock of a property showed. It is **no instant** until a zone is given.
///
/// The API writes `2021-04-09T10:20:00`, pushed files `2021-01-20 15:20:00`; both are read, with parts of a second or
/// without, and the first is written. A time with a zone or an offset is refused, because the service never sends one
/// and dropping it would change what it means. Source: documentation page.
///
/// ```
/// use energy_core::model::TimeZone;
/// use energy_core::time::macros::datetime;
/// use intellimeter::LocalTime;
///
/// let read: LocalTime = "2021-01-20 15:20:00".parse()?;
/// assert_eq!(read.to_string(), "2021-01-20T15:20:00");
/// assert_eq!(read.in_zone(&TimeZone::named("America/Toronto"))?, datetime!(2021-01-20 20:20 UTC));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(PrimitiveDateTime);

/// A text is no local time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no local time such as 2021-04-09T10:20:00")]
#[non_exhaustive]
pub struct LocalTimeError {
    /// The beginning of the text.
    pub text: String,
}

/// Which of two instants a local time means that the clock showed twice, because it was set back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// The first, before the clock was set back.
    Earlier,
    /// The second, after the clock was set back.
    Later,
}

/// A local time is not one instant in a zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InZoneError {
    /// The clock was set back and showed the time twice.
    #[error("{local} came twice: {earlier} and {later}")]
    Twice {
        /// The local time.
        local: LocalTime,
        /// The first instant.
        earlier: OffsetDateTime,
        /// The second instant.
        later: OffsetDateTime,
    },
    /// The clock was set forward over the time. A meter that shows it does not follow the zone's clock, so no instant
    /// would be more than a guess.
    #[error("{local} never came: the clock was set forward over it at {jump}")]
    Never {
        /// The local time.
        local: LocalTime,
        /// The instant of the jump, with the offset that began there.
        jump: OffsetDateTime,
    },
    /// The zone is not known.
    #[error(transparent)]
    Zone(#[from] ZoneError),
}

const SECONDS: &[BorrowedFormatItem<'static>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
const FRACTION: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond]");

impl LocalTime {
    /// The date and the time of day that the clock showed.
    pub fn date_time(self) -> PrimitiveDateTime {
        self.0
    }

    /// The instant, if the clock of the zone showed this time exactly once.
    ///
    /// # Errors
    ///
    /// [`InZoneError::Twice`] in the hour that comes twice when the clock is set back, with both instants;
    /// [`InZoneError::Never`] in the hour that is left out when it is set forward; [`InZoneError::Zone`] if the zone
    /// is not known, or the feature `time-zones` is off.
    pub fn in_zone(self, zone: &TimeZone) -> Result<OffsetDateTime, InZoneError> {
        match zone.resolve(self.0)? {
            LocalInstant::Single(instant) => Ok(instant),
            LocalInstant::Ambiguous { earlier, later } => Err(InZoneError::Twice {
                local: self,
                earlier,
                later,
            }),
            LocalInstant::Gap { after, .. } => Err(InZoneError::Never {
                local: self,
                jump: after,
            }),
        }
    }

    /// As [`in_zone`](Self::in_zone), with the choice made for a time that came twice.
    ///
    /// # Errors
    ///
    /// As for [`in_zone`](Self::in_zone), but for [`InZoneError::Twice`].
    pub fn in_zone_fold(self, zone: &TimeZone, fold: Fold) -> Result<OffsetDateTime, InZoneError> {
        match (self.in_zone(zone), fold) {
            (Err(InZoneError::Twice { earlier, .. }), Fold::Earlier) => Ok(earlier),
            (Err(InZoneError::Twice { later, .. }), Fold::Later) => Ok(later),
            (other, _) => other,
        }
    }

    /// The text with a space in the middle, as in pushed files.
    pub fn spaced(self) -> impl fmt::Display {
        Text {
            time: self.0,
            middle: ' ',
        }
    }
}

impl From<PrimitiveDateTime> for LocalTime {
    fn from(time: PrimitiveDateTime) -> Self {
        Self(time)
    }
}

impl From<LocalTime> for PrimitiveDateTime {
    fn from(time: LocalTime) -> Self {
        time.0
    }
}

impl FromStr for LocalTime {
    type Err = LocalTimeError;

    fn from_str(text: &str) -> Result<Self, LocalTimeError> {
        let wrong = || LocalTimeError {
            text: text.chars().take(40).collect(),
        };
        // Both separators stand behind a date of ten characters; a sign in front is none of the service's.
        let (Some(b' ' | b'T'), Some(b'0'..=b'9')) = (text.as_bytes().get(10), text.as_bytes().first()) else {
            return Err(wrong());
        };
        let (Some(date), Some(time_of_day)) = (text.get(..10), text.get(11..)) else {
            return Err(wrong());
        };
        let format = if time_of_day.contains('.') { FRACTION } else { SECONDS };
        PrimitiveDateTime::parse(&format!("{date}T{time_of_day}"), format)
            .map(Self)
            .map_err(|_| wrong())
    }
}

struct Text {
    time: PrimitiveDateTime,
    middle: char,
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (time, middle) = (self.time, self.middle);
        write!(
            f,
            "{:04}-{:02}-{:02}{middle}{:02}:{:02}:{:02}",
            time.year(),
            u8::from(time.month()),
            time.day(),
            time.hour(),
            time.minute(),
            time.second()
        )?;
        if time.nanosecond() > 0 {
            let fraction = format!("{:09}", time.nanosecond());
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// As the API writes it, `2021-04-09T10:20:00`.
impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Text {
            time: self.0,
            middle: 'T',
        }
        .fmt(f)
    }
}

impl Serialize for LocalTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LocalTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
