//! The parameter `start`: the everyday part of PHP's date expressions.
//!
//! Understood: `now`, `today`, `midnight`, `noon`, `tomorrow`, `yesterday`, `@1505689200`,
//! dates, times of day, RFC 3339, and steps such as `+2 hours` or `-1 day`, in a row.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime, Time};

use crate::nature::zone::Zone;

/// The instant an expression means on a place's clock.
pub(super) fn parse(text: &str, now: OffsetDateTime, zone: Zone) -> Option<OffsetDateTime> {
    let text = text.trim();
    if let Ok(at) = OffsetDateTime::parse(&text.replacen(' ', "T", 1), &Rfc3339) {
        return Some(at);
    }
    if let Some(unix) = text.strip_prefix('@') {
        return OffsetDateTime::from_unix_timestamp(unix.parse().ok()?).ok();
    }
    let local = zone.local(now);
    let (mut day, mut time) = (local.date(), local.time());
    let mut shift = Duration::ZERO;
    let spaced = text.replacen('T', " ", usize::from(date_and_time(text)));
    let mut words = spaced.split_whitespace();
    words.clone().next()?;
    while let Some(word) = words.next() {
        match word.to_ascii_lowercase().as_str() {
            "now" => {}
            "today" | "midnight" => time = Time::MIDNIGHT,
            "noon" => time = Time::from_hms(12, 0, 0).ok()?,
            "tomorrow" => (day, time) = (local.date().next_day()?, Time::MIDNIGHT),
            "yesterday" => (day, time) = (local.date().previous_day()?, Time::MIDNIGHT),
            word if word.starts_with(['+', '-']) => {
                let letters = word.find(|c: char| c.is_ascii_alphabetic());
                let (number, unit) = match letters {
                    Some(place) => word.split_at(place),
                    None => (word, words.next()?),
                };
                match step(number.parse().ok()?, unit)? {
                    Step::Days(days) => day = day.checked_add(days)?,
                    Step::Time(duration) => shift = shift.checked_add(duration)?,
                }
            }
            word => {
                if let Some(date) = date(word) {
                    (day, time) = (date, Time::MIDNIGHT);
                } else {
                    time = time_of_day(word)?;
                }
            }
        }
    }
    zone.instant(day, time).checked_add(shift)
}

enum Step {
    /// On the calendar.
    Days(Duration),
    /// On the clock.
    Time(Duration),
}

fn step(number: i64, unit: &str) -> Option<Step> {
    let times = |seconds: i64| number.checked_mul(seconds).map(Duration::seconds);
    Some(match unit.trim_end_matches('s') {
        "sec" | "second" => Step::Time(times(1)?),
        "min" | "minute" => Step::Time(times(60)?),
        "hour" => Step::Time(times(3600)?),
        "day" => Step::Days(times(86_400)?),
        "week" => Step::Days(times(7 * 86_400)?),
        _ => return None,
    })
}

fn date_and_time(text: &str) -> bool {
    text.get(..10).and_then(date).is_some() && text.as_bytes().get(10) == Some(&b'T')
}

fn date(word: &str) -> Option<Date> {
    Date::parse(word, format_description!("[year]-[month]-[day]")).ok()
}

fn time_of_day(word: &str) -> Option<Time> {
    Time::parse(word, format_description!("[hour padding:none]:[minute]:[second]"))
        .or_else(|_| Time::parse(word, format_description!("[hour padding:none]:[minute]")))
        .ok()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::parse;
    use crate::nature::zone::Zone;

    #[test]
    fn expressions_are_read_on_the_local_clock() {
        let now = datetime!(2026-06-21 08:00 UTC);
        let at = |text| parse(text, now, Zone::named("Europe/Berlin"));
        assert_eq!(at("now"), Some(now));
        assert_eq!(at("12:00"), Some(datetime!(2026-06-21 10:00 UTC)));
        assert_eq!(at("tomorrow 06:30"), Some(datetime!(2026-06-22 04:30 UTC)));
        assert_eq!(at("2026-06-23"), Some(datetime!(2026-06-22 22:00 UTC)));
        assert_eq!(at("2026-06-23T07:00:00"), Some(datetime!(2026-06-23 05:00 UTC)));
        assert_eq!(at("2026-06-23T07:00:00+00:00"), Some(datetime!(2026-06-23 07:00 UTC)));
        assert_eq!(at("+2 hours"), Some(datetime!(2026-06-21 10:00 UTC)));
        assert_eq!(at("today +1day"), Some(datetime!(2026-06-21 22:00 UTC)));
        assert_eq!(at("@1782050400"), Some(datetime!(2026-06-21 14:00 UTC)));
        assert_eq!(at("whenever"), None);
        assert_eq!(at(""), None);
    }
}
