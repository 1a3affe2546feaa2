//! Local times as the service writes and reads them. Everything stands in Ontario.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime, Time};

use crate::nature::zone::Zone;

/// The time zone of all properties.
pub(super) const TIME_ZONE: &str = "America/Toronto";

/// Meters are read this often.
pub(super) const CYCLE: Duration = Duration::minutes(10);

pub(super) fn zone() -> Zone {
    Zone::named(TIME_ZONE)
}

/// The local date of an instant.
pub(super) fn local_date(at: OffsetDateTime) -> Date {
    zone().local(at).date()
}

/// `2021-04-09T10:20:00`, as the API has it.
pub(super) fn stamp(at: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    zone().local(at).format(FORMAT).unwrap_or_default()
}

/// `2021-04-09 10:20:00`, as pushed files have it.
pub(super) fn spaced(at: OffsetDateTime) -> String {
    stamp(at).replace('T', " ")
}

/// `2021-04-09`.
pub(super) fn day(date: Date) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
    date.format(FORMAT).unwrap_or_default()
}

/// A date as it comes in.
pub(super) fn parse_day(text: &str) -> Option<Date> {
    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
    Date::parse(text, FORMAT).ok()
}

/// Seconds as `H:MM:SS`.
pub(super) fn clock(seconds: i64) -> String {
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// The last time at or before then at which meters were read.
pub(super) fn cycle(at: OffsetDateTime) -> OffsetDateTime {
    let over = at.unix_timestamp().rem_euclid(CYCLE.whole_seconds());
    at.replace_nanosecond(0).unwrap_or(at) - Duration::seconds(over)
}

/// Where a period begins or ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    Day(Date),
    Instant(OffsetDateTime),
}

impl When {
    /// A date, or ISO 8601 with a time: local, or with an offset.
    pub(super) fn parse(text: &str) -> Option<Self> {
        const SHORT: &[BorrowedFormatItem<'_>] = format_description!("[hour]:[minute]");
        const LONG: &[BorrowedFormatItem<'_>] =
            format_description!("[hour]:[minute]:[second][optional [.[subsecond]]]");
        let Some((date, time)) = text.split_once('T') else {
            return parse_day(text).map(Self::Day);
        };
        let rfc3339 = &time::format_description::well_known::Rfc3339;
        if let Ok(at) = OffsetDateTime::parse(text, rfc3339) {
            return Some(Self::Instant(at));
        }
        let time = Time::parse(time, LONG).or_else(|_| Time::parse(time, SHORT)).ok()?;
        Some(Self::Instant(zone().instant(parse_day(date)?, time)))
    }

    /// As a beginning: the first moment of a day.
    pub(super) fn start(self) -> OffsetDateTime {
        match self {
            Self::Day(date) => zone().midnight(date),
            Self::Instant(at) => at,
        }
    }

    /// As an end: a day is meant to its last moment.
    pub(super) fn end(self) -> OffsetDateTime {
        match self {
            Self::Day(date) => zone().midnight(date.next_day().unwrap_or(date)),
            Self::Instant(at) => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{When, clock, cycle, stamp};

    #[test]
    fn times_are_local() {
        let at = datetime!(2026-07-01 04:07:09 UTC);
        assert_eq!(stamp(at), "2026-07-01T00:07:09");
        assert_eq!(stamp(cycle(at)), "2026-07-01T00:00:00");
        assert_eq!((clock(3600).as_str(), clock(5).as_str()), ("1:00:00", "0:00:05"));
    }

    #[test]
    fn periods_begin_and_end_with_days_or_times() {
        let start = |text| When::parse(text).map(When::start);
        assert_eq!(start("2026-07-01"), Some(datetime!(2026-07-01 04:00 UTC)));
        assert_eq!(start("2026-07-01T10:30"), Some(datetime!(2026-07-01 14:30 UTC)));
        assert_eq!(start("2026-07-01T10:30:00Z"), Some(datetime!(2026-07-01 10:30 UTC)));
        assert_eq!(start("yesterday"), None);
        let end = When::parse("2026-07-01").map(When::end);
        assert_eq!(end, Some(datetime!(2026-07-02 04:00 UTC)));
    }
}
