//! The seven ways to write a time.

use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc2822;
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};

use crate::nature::zone::Zone;

/// What the parameter `time` chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `2017-09-18 01:00:00`, the place's clock.
    Local,
    /// `2017-09-17T23:00:00+00:00`.
    Utc,
    /// `2017-09-17 23:00:00`, UTC: `time=utc` with `time_tz=0`.
    UtcPlain,
    /// `2017-09-18T01:00:00+02:00`.
    Iso8601,
    /// `Mon, 18 Sep 2017 01:00:00 +0200`.
    Rfc2822,
    /// Since 1970, as are the next two.
    Seconds,
    Milliseconds,
    Nanoseconds,
}

impl Format {
    /// The format for the parameters `time` and `time_tz`; none if there is no such format.
    pub(super) fn from_parameters(time: Option<&str>, time_tz: Option<&str>) -> Option<Self> {
        Some(match time {
            None | Some("") => Self::Local,
            Some("utc") if time_tz == Some("0") => Self::UtcPlain,
            Some("utc") => Self::Utc,
            Some("iso8601") => Self::Iso8601,
            Some("rfc2822") => Self::Rfc2822,
            Some("seconds") => Self::Seconds,
            Some("milliseconds") => Self::Milliseconds,
            Some("nanoseconds") => Self::Nanoseconds,
            Some(_) => return None,
        })
    }

    /// An instant.
    pub(super) fn instant(self, at: OffsetDateTime, zone: Zone) -> String {
        match self {
            Self::Local => plain(zone.local(at)),
            Self::Utc => iso8601(at.to_offset(UtcOffset::UTC)),
            Self::UtcPlain => plain(at.to_offset(UtcOffset::UTC)),
            Self::Iso8601 => iso8601(zone.local(at)),
            Self::Rfc2822 => rfc2822(zone.local(at)),
            Self::Seconds => at.unix_timestamp().to_string(),
            Self::Milliseconds => (at.unix_timestamp_nanos() / 1_000_000).to_string(),
            Self::Nanoseconds => at.unix_timestamp_nanos().to_string(),
        }
    }

    /// A local day: its date, or the instant of its midnight where instants are numbers.
    pub(super) fn day(self, day: Date, zone: Zone) -> String {
        match self {
            Self::Seconds | Self::Milliseconds | Self::Nanoseconds => self.instant(zone.midnight(day), zone),
            _ => date(day),
        }
    }
}

/// `2017-09-18`.
pub(super) fn date(day: Date) -> String {
    day.format(format_description!("[year]-[month]-[day]"))
        .unwrap_or_default()
}

/// `2017-09-18 01:00:00`.
pub(super) fn plain(at: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    at.format(FORMAT).unwrap_or_default()
}

/// `2017-09-18T01:00:00+02:00`.
pub(super) fn iso8601(at: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory]:[offset_minute]"
    );
    at.format(FORMAT).unwrap_or_default()
}

/// `Mon, 18 Sep 2017 01:00:00 +0200`.
pub(super) fn rfc2822(at: OffsetDateTime) -> String {
    at.format(&Rfc2822).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::Format;
    use crate::nature::zone::Zone;

    #[test]
    fn every_format_writes_the_same_instant() {
        let berlin = Zone::named("Europe/Berlin");
        let at = datetime!(2017-09-17 23:00 UTC);
        for (time, time_tz, expected) in [
            (None, None, "2017-09-18 01:00:00"),
            (Some("utc"), None, "2017-09-17T23:00:00+00:00"),
            (Some("utc"), Some("0"), "2017-09-17 23:00:00"),
            (Some("iso8601"), Some("0"), "2017-09-18T01:00:00+02:00"),
            (Some("rfc2822"), None, "Mon, 18 Sep 2017 01:00:00 +0200"),
            (Some("seconds"), None, "1505689200"),
            (Some("milliseconds"), None, "1505689200000"),
            (Some("nanoseconds"), None, "1505689200000000000"),
        ] {
            let format = Format::from_parameters(time, time_tz).unwrap();
            assert_eq!(format.instant(at, berlin), expected);
        }
        assert_eq!(Format::from_parameters(Some("UNIX"), None), None);
        assert_eq!(Format::Utc.day(date!(2017 - 09 - 18), berlin), "2017-09-18");
        assert_eq!(Format::Seconds.day(date!(2017 - 09 - 18), berlin), "1505685600");
    }
}
