//! Dates as the service reads and writes them.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Duration, Month, OffsetDateTime};

/// Reads `YYYY-MM-DD` or `today`. Days up to 31 are taken in every month: those that it does not have run over
/// into the next one, as they do at the vendor's.
pub(super) fn read(text: &str, today: Date) -> Option<Date> {
    if text == "today" {
        return Some(today);
    }
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else {
        return None;
    };
    let lengths = (year.len(), month.len(), day.len());
    if lengths != (4, 2, 2) || !parts.into_iter().all(digits) {
        return None;
    }
    let first = first_of_month(year.parse().ok()?, month.parse().ok()?)?;
    let day: i64 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
    first.checked_add(Duration::days(day - 1))
}

/// The first day of a month, counted from 1.
pub(super) fn first_of_month(year: i32, month: u8) -> Option<Date> {
    Date::from_calendar_date(year, Month::try_from(month).ok()?, 1).ok()
}

/// `2026-06-21T12:05:00+02:00`.
pub(super) fn stamp(local: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory]:[offset_minute]"
    );
    local.format(FORMAT).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::{read, stamp};

    #[test]
    fn days_that_a_month_does_not_have_run_over() {
        let today = date!(2026 - 06 - 21);
        for (text, expected) in [
            ("today", Some(today)),
            ("2026-06-30", Some(date!(2026 - 06 - 30))),
            ("2026-06-31", Some(date!(2026 - 07 - 01))),
            ("2026-02-31", Some(date!(2026 - 03 - 03))),
            ("2026-06-32", None),
            ("2026-06-00", None),
            ("2026-13-01", None),
            ("2026-6-21", None),
            ("+026-06-21", None),
            ("yesterday", None),
        ] {
            assert_eq!(read(text, today), expected, "{text}");
        }
    }

    #[test]
    fn stamps_have_the_offset_of_their_clock() {
        assert_eq!(stamp(datetime!(2026-01-05 07:05 +1)), "2026-01-05T07:05:00+01:00");
    }
}
