//! How often an application may call: a minute and a month, each with fixed borders (in UTC).

use time::{Month, OffsetDateTime, Time};

/// The calls of one application.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quota {
    per_minute: u32,
    per_month: u32,
    minute: (i64, u32),
    month: ((i32, u8), u32),
}

/// The limit that a call would have broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exceeded {
    pub(super) period: &'static str,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) limit: u32,
}

impl Quota {
    pub(super) fn new((per_minute, per_month): (u32, u32)) -> Self {
        Self {
            per_minute,
            per_month,
            minute: (0, 0),
            month: ((0, 0), 0),
        }
    }

    /// Other limits; what was counted stays counted.
    pub(super) fn set(&mut self, per_minute: u32, per_month: u32) {
        (self.per_minute, self.per_month) = (per_minute, per_month);
    }

    /// Counts a call, unless it is one too many: those do not count.
    pub(super) fn count(&mut self, now: OffsetDateTime) -> Result<(), Exceeded> {
        let minute = now.unix_timestamp().div_euclid(60);
        let month = (now.year(), u8::from(now.month()));
        if self.minute.0 != minute {
            self.minute = (minute, 0);
        }
        if self.month.0 != month {
            self.month = (month, 0);
        }
        if self.month.1 >= self.per_month {
            return Err(self.month_is_full(now));
        }
        if self.minute.1 >= self.per_minute {
            return Err(self.minute_is_full(now));
        }
        self.minute.1 += 1;
        self.month.1 += 1;
        Ok(())
    }

    /// What is said when the minute is used up.
    pub(super) fn minute_is_full(&self, now: OffsetDateTime) -> Exceeded {
        let start = now.unix_timestamp().div_euclid(60) * 60;
        Exceeded {
            period: "minute",
            start,
            end: start + 60,
            limit: self.per_minute,
        }
    }

    fn month_is_full(&self, now: OffsetDateTime) -> Exceeded {
        let first = now.replace_time(Time::MIDNIGHT).replace_day(1).unwrap_or(now);
        let next = match first.month() {
            Month::December => {
                (first.replace_month(Month::January)).and_then(|month| month.replace_year(now.year() + 1))
            }
            month => first.replace_month(month.next()),
        };
        Exceeded {
            period: "month",
            start: first.unix_timestamp(),
            end: next.unwrap_or(now).unix_timestamp(),
            limit: self.per_month,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::Quota;

    #[test]
    fn the_minute_ends_on_the_clock_and_refused_calls_are_free() {
        let mut quota = Quota::new((2, 4));
        let at = datetime!(2026-06-30 23:58:50 UTC);
        assert!(quota.count(at).is_ok() && quota.count(at).is_ok());
        let exceeded = quota.count(datetime!(2026-06-30 23:58:59 UTC)).unwrap_err();
        assert_eq!((exceeded.period, exceeded.limit), ("minute", 2));
        assert_eq!(exceeded.start, datetime!(2026-06-30 23:58 UTC).unix_timestamp());
        assert_eq!(exceeded.end, exceeded.start + 60);
        let next = datetime!(2026-06-30 23:59 UTC);
        assert!(quota.count(next).is_ok() && quota.count(next).is_ok());
        let exceeded = quota.count(next).unwrap_err();
        assert_eq!((exceeded.period, exceeded.limit), ("month", 4));
        assert_eq!(exceeded.start, datetime!(2026-06-01 0:00 UTC).unix_timestamp());
        assert_eq!(exceeded.end, datetime!(2026-07-01 0:00 UTC).unix_timestamp());
        assert!(quota.count(datetime!(2026-07-01 0:00 UTC)).is_ok());
    }

    #[test]
    fn december_ends_in_the_next_year() {
        let mut quota = Quota::new((9, 0));
        let exceeded = quota.count(datetime!(2026-12-31 12:00 UTC)).unwrap_err();
        assert_eq!(exceeded.end, datetime!(2027-01-01 0:00 UTC).unix_timestamp());
    }
}
