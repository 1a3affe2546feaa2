//! How often each client account was used.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use time::{Date, Duration, Month, OffsetDateTime};

use super::accounts::{self, PREFIX};
use super::stamps;
use crate::document::{Document, Map};
use crate::noise;

/// Calls per day and account.
#[derive(Debug)]
pub(super) struct Usage(Mutex<BTreeMap<(Date, String), i64>>);

/// A stretch of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    Year(i32),
    Month(i32, Month),
    Day(Date),
}

impl Period {
    /// The tail of a path, `2026`, `2026/6`, `2026/6/21`; the current year if there is none.
    pub(super) fn parse(tail: Option<&str>, now: OffsetDateTime) -> Option<Self> {
        let Some(tail) = tail else {
            return Some(Self::Year(accounts::today(now).year()));
        };
        let numbers: Option<Vec<i32>> = tail.split('/').map(|part| part.parse().ok()).collect();
        let month = |number: i32| Month::try_from(u8::try_from(number).ok()?).ok();
        Some(match numbers?.as_slice() {
            [year] if (2000..=9999).contains(year) => Self::Year(*year),
            [year, number] => Self::Month(*year, month(*number)?),
            [year, number, day] => {
                let day = u8::try_from(*day).ok()?;
                Self::Day(Date::from_calendar_date(*year, month(*number)?, day).ok()?)
            }
            _ => return None,
        })
    }

    fn contains(self, day: Date) -> bool {
        match self {
            Self::Year(year) => day.year() == year,
            Self::Month(year, month) => (day.year(), day.month()) == (year, month),
            Self::Day(only) => day == only,
        }
    }

    /// A year is told by its months, anything shorter by its days.
    fn label(self, day: Date) -> String {
        match self {
            Self::Year(_) => format!("{}-{:02}", day.year(), u8::from(day.month())),
            Self::Month(..) | Self::Day(_) => stamps::date(day),
        }
    }
}

impl Usage {
    /// With forty days of history for the client the sandbox starts with.
    pub(super) fn new(now: OffsetDateTime) -> Self {
        let today = accounts::today(now);
        let history = (1..=40_i64).map(|days| {
            let day = today.saturating_sub(Duration::days(days));
            let calls = 20 + (noise::hash(&[days, 5]) % 15).cast_signed();
            ((day, format!("{PREFIX}first-house")), calls)
        });
        Self(Mutex::new(history.collect()))
    }

    pub(super) fn count(&self, id: &str, day: Date) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry((day, id.to_owned())).or_default() += 1;
    }

    /// Period → account → calls.
    pub(super) fn report(&self, period: Period) -> Document {
        let calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sums: BTreeMap<String, BTreeMap<&str, i64>> = BTreeMap::new();
        for ((day, id), calls) in calls.iter().filter(|((day, _), _)| period.contains(*day)) {
            *sums.entry(period.label(*day)).or_default().entry(id).or_default() += calls;
        }
        let mut report = Map::new();
        for (label, accounts) in sums {
            let mut map = Map::new();
            for (id, calls) in accounts {
                map.put(id, calls);
            }
            report.put(label, map);
        }
        super::estimate::array(report)
    }
}
