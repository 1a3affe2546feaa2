//! Time zones: from instants to local days and back.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, OffsetDateTime, PrimitiveDateTime, UtcOffset};

use super::{Interval, IntervalError};

/// A question about a zone has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZoneError {
    /// It is not said which zone it is.
    #[error("the time zone is not known")]
    NoZone,
    /// The zone database has no zone of this name.
    #[error("there is no time zone {name:?}")]
    Unknown {
        /// The name that was asked for.
        name: String,
    },
    /// The crate was built without the zone database.
    #[error("time zone {name:?} needs the crate's feature `time-zones`")]
    NoDatabase {
        /// The name that was asked for.
        name: String,
    },
    /// The local calendar skips this date.
    #[error("{date} does not exist in time zone {zone}: the local calendar skips it")]
    NoSuchDay {
        /// The date that is skipped.
        date: Date,
        /// The zone that skips it.
        zone: TimeZone,
    },
    /// The instant lies outside the calendar.
    #[error("the instant is out of the calendar's range")]
    OutOfRange,
}

impl From<IntervalError> for ZoneError {
    fn from(_: IntervalError) -> Self {
        Self::OutOfRange
    }
}

/// The instants that a reading of a wall clock may mean.
///
/// The instants carry the local offset, so that printing one shows the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalInstant {
    /// The usual case.
    Single(OffsetDateTime),
    /// The clock was set back and showed this time twice.
    Ambiguous {
        /// The first time.
        earlier: OffsetDateTime,
        /// The second time.
        later: OffsetDateTime,
    },
    /// The clock was set forward and never showed this time. Both fields are the instant of the
    /// jump: the clock would have shown `before` and showed `after`.
    Gap {
        /// The instant of the jump, with the offset that ended there.
        before: OffsetDateTime,
        /// The instant of the jump, with the offset that began there.
        after: OffsetDateTime,
    },
}

impl LocalInstant {
    /// The instant, if there is exactly one.
    pub fn single(self) -> Option<OffsetDateTime> {
        match self {
            Self::Single(instant) => Some(instant),
            Self::Ambiguous { .. } | Self::Gap { .. } => None,
        }
    }

    /// The earlier of two; in a gap, the instant of the jump.
    pub fn earliest(self) -> OffsetDateTime {
        match self {
            Self::Single(instant) => instant,
            Self::Ambiguous { earlier, .. } => earlier,
            Self::Gap { after, .. } => after,
        }
    }

    /// The later of two; in a gap, the instant of the jump.
    pub fn latest(self) -> OffsetDateTime {
        match self {
            Self::Single(instant) => instant,
            Self::Ambiguous { later, .. } => later,
            Self::Gap { after, .. } => after,
        }
    }
}

/// A time zone: an IANA name or a fixed offset from UTC.
///
/// A name can always be stored, compared and serialised. Only asking it for an offset or a day
/// needs the zone database, which the feature **`time-zones`** compiles in; without it named zones
/// answer [`ZoneError::NoDatabase`], except `UTC` and `Etc/UTC`. Fixed offsets always work.
///
/// Serialised as text, `"Europe/Berlin"` or `"+05:30"`.
///
/// ```
/// use energy_core::model::TimeZone;
/// use time::macros::{date, datetime, offset};
///
/// let kolkata = TimeZone::fixed(offset!(+5:30));
/// assert_eq!(kolkata.date_at(datetime!(2026-01-01 20:00 UTC))?, date!(2026-01-02));
/// assert_eq!(kolkata.start_of_day(date!(2026-01-02))?, datetime!(2026-01-01 18:30 UTC));
/// assert_eq!(kolkata.to_string(), "+05:30");
/// # Ok::<(), energy_core::model::ZoneError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TimeZone(Repr);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Repr {
    Fixed(UtcOffset),
    Named(String),
}

impl TimeZone {
    /// Offset zero.
    pub const UTC: Self = Self(Repr::Fixed(UtcOffset::UTC));

    /// A zone by its IANA name, as given; text such as `+05:30` is a fixed offset.
    ///
    /// The name is not looked up here: a service may know a zone that this build does not.
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        match parse_offset(&name) {
            Some(offset) => Self::fixed(offset),
            None => Self(Repr::Named(name)),
        }
    }

    /// The same offset from UTC all year.
    pub const fn fixed(offset: UtcOffset) -> Self {
        Self(Repr::Fixed(offset))
    }

    /// The IANA name, unless the offset is fixed.
    pub fn name(&self) -> Option<&str> {
        match &self.0 {
            Repr::Fixed(_) => None,
            Repr::Named(name) => Some(name),
        }
    }

    /// The offset from UTC at an instant.
    ///
    /// # Errors
    ///
    /// [`ZoneError::Unknown`], or [`ZoneError::NoDatabase`] without feature `time-zones`.
    pub fn offset_at(&self, instant: OffsetDateTime) -> Result<UtcOffset, ZoneError> {
        match &self.0 {
            Repr::Fixed(offset) => Ok(*offset),
            Repr::Named(name) if is_utc(name) => Ok(UtcOffset::UTC),
            Repr::Named(name) => database::offset_at(name, instant),
        }
    }

    /// The same instant, as the zone's wall clock shows it.
    ///
    /// # Errors
    ///
    /// As [`offset_at`](Self::offset_at), and [`ZoneError::OutOfRange`].
    pub fn local(&self, instant: OffsetDateTime) -> Result<OffsetDateTime, ZoneError> {
        instant
            .checked_to_offset(self.offset_at(instant)?)
            .ok_or(ZoneError::OutOfRange)
    }

    /// The local date at an instant.
    ///
    /// # Errors
    ///
    /// As [`local`](Self::local).
    pub fn date_at(&self, instant: OffsetDateTime) -> Result<Date, ZoneError> {
        Ok(self.local(instant)?.date())
    }

    /// The instants at which the zone's wall clock shows `local`.
    ///
    /// # Errors
    ///
    /// As [`local`](Self::local).
    pub fn resolve(&self, local: PrimitiveDateTime) -> Result<LocalInstant, ZoneError> {
        let offset = match &self.0 {
            Repr::Fixed(offset) => *offset,
            Repr::Named(name) if is_utc(name) => UtcOffset::UTC,
            Repr::Named(name) => return database::resolve(name, local),
        };
        let instant = local.assume_offset(offset);
        instant.checked_to_offset(UtcOffset::UTC).ok_or(ZoneError::OutOfRange)?;
        Ok(LocalInstant::Single(instant))
    }

    /// The first instant of a local date: midnight, or where the clock jumps over midnight, the
    /// instant of the jump.
    ///
    /// # Errors
    ///
    /// As [`local`](Self::local), and [`ZoneError::NoSuchDay`] if the calendar skips the date.
    pub fn start_of_day(&self, date: Date) -> Result<OffsetDateTime, ZoneError> {
        let start = self.resolve(date.midnight())?.earliest();
        if start.date() == date {
            Ok(start)
        } else {
            Err(ZoneError::NoSuchDay {
                date,
                zone: self.clone(),
            })
        }
    }

    /// A local day, from its first instant to the first of the next: 23 or 25 hours where the
    /// clocks change.
    ///
    /// # Errors
    ///
    /// As [`start_of_day`](Self::start_of_day).
    pub fn day(&self, date: Date) -> Result<Interval, ZoneError> {
        let start = self.start_of_day(date)?;
        let mut next = date.next_day().ok_or(ZoneError::OutOfRange)?;
        let end = loop {
            match self.start_of_day(next) {
                Err(ZoneError::NoSuchDay { .. }) => {
                    next = next.next_day().ok_or(ZoneError::OutOfRange)?;
                }
                other => break other?,
            }
        };
        Ok(Interval::new(start, end)?)
    }

    /// The local day in which an instant lies.
    ///
    /// # Errors
    ///
    /// As [`local`](Self::local).
    pub fn day_at(&self, instant: OffsetDateTime) -> Result<Interval, ZoneError> {
        let date = self.date_at(instant)?;
        let day = self.day(date)?;
        if instant < day.end() {
            return Ok(day);
        }
        // A clock set back over midnight shows the old date again after the new day has begun.
        self.day(date.next_day().ok_or(ZoneError::OutOfRange)?)
    }

    /// The local days that share time with `window`, in order, each in full length.
    ///
    /// # Errors
    ///
    /// As [`local`](Self::local).
    pub fn days(&self, window: Interval) -> Result<Vec<(Date, Interval)>, ZoneError> {
        let mut days = Vec::new();
        let mut date = self.date_at(window.start())?;
        loop {
            match self.day(date) {
                Ok(day) if day.start() >= window.end() => return Ok(days),
                Ok(day) if day.overlaps(&window) => days.push((date, day)),
                Ok(_) | Err(ZoneError::NoSuchDay { .. }) => {}
                Err(error) => return Err(error),
            }
            date = date.next_day().ok_or(ZoneError::OutOfRange)?;
        }
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Named(name) => f.write_str(name),
            Repr::Fixed(offset) => {
                let (hours, minutes, seconds) = offset.as_hms();
                let sign = if offset.is_negative() { '-' } else { '+' };
                let (hours, minutes) = (hours.unsigned_abs(), minutes.unsigned_abs());
                write!(f, "{sign}{hours:02}:{minutes:02}")?;
                match seconds.unsigned_abs() {
                    0 => Ok(()),
                    seconds => write!(f, ":{seconds:02}"),
                }
            }
        }
    }
}

impl Serialize for TimeZone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeZone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::named(String::deserialize(deserializer)?))
    }
}

fn is_utc(name: &str) -> bool {
    matches!(name, "UTC" | "Etc/UTC")
}

/// `±HH:MM` or `±HH:MM:SS`.
fn parse_offset(text: &str) -> Option<UtcOffset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let mut parts = digits.split(':').map(|part| {
        let two_digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if two_digits { part.parse::<i8>().ok() } else { None }
    });
    let hours = parts.next()??;
    let minutes = parts.next()??;
    let seconds = match parts.next() {
        Some(seconds) => seconds?,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    UtcOffset::from_hms(sign * hours, sign * minutes, sign * seconds).ok()
}

/// Named zones, answered by the compiled-in IANA database.
#[cfg(feature = "time-zones")]
mod database {
    use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};
    use tz::datetime::{DateTime, FoundDateTimeKind};

    use super::{LocalInstant, ZoneError};

    pub(super) fn offset_at(name: &str, instant: OffsetDateTime) -> Result<UtcOffset, ZoneError> {
        let local = zone(name)?
            .find_local_time_type(instant.unix_timestamp())
            .map_err(|_| ZoneError::OutOfRange)?;
        offset(local.ut_offset())
    }

    pub(super) fn resolve(name: &str, local: PrimitiveDateTime) -> Result<LocalInstant, ZoneError> {
        let found = DateTime::find(
            local.year(),
            local.month().into(),
            local.day(),
            local.hour(),
            local.minute(),
            local.second(),
            local.nanosecond(),
            *zone(name)?,
        )
        .map_err(|_| ZoneError::OutOfRange)?
        .into_inner();

        let mut shown = Vec::new();
        let mut jump = None;
        for kind in found {
            match kind {
                FoundDateTimeKind::Normal(instant) => {
                    let offset = offset(instant.local_time_type().ut_offset())?;
                    shown.push(local.assume_offset(offset));
                }
                FoundDateTimeKind::Skipped {
                    before_transition: before,
                    after_transition: after,
                } => {
                    jump = Some((whole_second(&before)?, whole_second(&after)?));
                }
            }
        }
        match (shown.as_slice(), jump) {
            ([single], _) => Ok(LocalInstant::Single(*single)),
            ([earlier, .., later], _) => Ok(LocalInstant::Ambiguous {
                earlier: *earlier,
                later: *later,
            }),
            ([], Some((before, after))) => Ok(LocalInstant::Gap { before, after }),
            ([], None) => Err(ZoneError::OutOfRange),
        }
    }

    fn zone(name: &str) -> Result<&'static tz::TimeZoneRef<'static>, ZoneError> {
        tzdb_data::find_tz(name.as_bytes()).ok_or_else(|| ZoneError::Unknown { name: name.to_owned() })
    }

    fn offset(seconds: i32) -> Result<UtcOffset, ZoneError> {
        UtcOffset::from_whole_seconds(seconds).map_err(|_| ZoneError::OutOfRange)
    }

    /// Clocks jump at whole seconds; the search carries the fraction of the time asked for along.
    fn whole_second(instant: &DateTime) -> Result<OffsetDateTime, ZoneError> {
        OffsetDateTime::from_unix_timestamp(instant.unix_time())
            .map_err(|_| ZoneError::OutOfRange)?
            .checked_to_offset(offset(instant.local_time_type().ut_offset())?)
            .ok_or(ZoneError::OutOfRange)
    }
}

/// Named zones without the database: a typed refusal.
#[cfg(not(feature = "time-zones"))]
mod database {
    use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

    use super::{LocalInstant, ZoneError};

    pub(super) fn offset_at(name: &str, _: OffsetDateTime) -> Result<UtcOffset, ZoneError> {
        Err(refusal(name))
    }

    pub(super) fn resolve(name: &str, _: PrimitiveDateTime) -> Result<LocalInstant, ZoneError> {
        Err(refusal(name))
    }

    fn refusal(name: &str) -> ZoneError {
        ZoneError::NoDatabase { name: name.to_owned() }
    }
}
