//! Time zones: local days and local clocks of a place.

use time::{Date, Duration, OffsetDateTime, UtcOffset};
use tz::TimeZoneRef;

/// A time zone of the IANA database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Zone {
    name: &'static str,
    rules: &'static TimeZoneRef<'static>,
}

impl Zone {
    /// The zone of this name, or UTC if the database has none.
    pub(crate) fn named(name: &'static str) -> Self {
        match tzdb_data::find_tz(name.as_bytes()) {
            Some(rules) => Self { name, rules },
            None => Self {
                name: "UTC",
                rules: &tzdb_data::time_zone::UTC,
            },
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The same instant on the zone's clock.
    pub(crate) fn local(&self, at: OffsetDateTime) -> OffsetDateTime {
        let seconds = (self.rules.find_local_time_type(at.unix_timestamp())).map_or(0, tz::LocalTimeType::ut_offset);
        at.to_offset(UtcOffset::from_whole_seconds(seconds).unwrap_or(UtcOffset::UTC))
    }

    /// The instant at which the zone's clock shows this date and time of day.
    ///
    /// An hour that happens twice is taken the first time; one that is left out is taken as
    /// the clock before the change would have counted it.
    pub(crate) fn instant(&self, date: Date, time: time::Time) -> OffsetDateTime {
        let shown = date.with_time(time).assume_utc();
        // Offsets change by an hour or so: looking a day ahead and back finds both.
        let before = self.local(shown.saturating_sub(Duration::DAY)).offset();
        let after = self.local(shown.saturating_add(Duration::DAY)).offset();
        let with = |offset: UtcOffset| date.with_time(time).assume_offset(offset);
        let first = self.local(with(before));
        if (first.date(), first.time()) == (date, time) {
            return first;
        }
        let second = self.local(with(after));
        if (second.date(), second.time()) == (date, time) {
            return second;
        }
        first
    }

    /// The instant at which this local day begins.
    pub(crate) fn midnight(&self, date: Date) -> OffsetDateTime {
        self.instant(date, time::Time::MIDNIGHT)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime, time};

    use super::Zone;

    #[test]
    fn local_days_are_as_long_as_the_clock_change_makes_them() {
        let berlin = Zone::named("Europe/Berlin");
        let length = |from, to| (berlin.midnight(to) - berlin.midnight(from)).whole_hours();
        assert_eq!(length(date!(2026 - 10 - 25), date!(2026 - 10 - 26)), 25);
        assert_eq!(length(date!(2026 - 03 - 29), date!(2026 - 03 - 30)), 23);
        assert_eq!(
            berlin.instant(date!(2026 - 10 - 25), time!(02:30)),
            datetime!(2026-10-25 00:30 UTC)
        );
    }

    #[test]
    fn an_unknown_zone_is_utc() {
        assert_eq!(Zone::named("Mars/Olympus").name(), "UTC");
    }
}
