//! Which stretch of time a question about telemetry is answered for.

use serde_json::{Map, Value};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use super::day::{SLOT, Slot};
use super::report::Report;
use crate::call::Call;

const DAY: i64 = 86_400;

/// What is wrong with the times that were asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// This text is no time.
    Unreadable(String),
    /// The time has not come yet.
    Future,
    /// Longer ago than two years; with the range that was asked for.
    TooOld { start: i64, end: i64 },
    /// There is no such granularity.
    Granularity,
}

/// An answer covers the granularity from its start on, and never more than up to now.
#[derive(Clone, Debug)]
pub(super) struct Window {
    pub(super) granularity: String,
    pub(super) start: i64,
    pub(super) end: i64,
    /// The question named a date, so the answer does.
    start_date: Option<Date>,
    end_date: Option<Date>,
}

/// A date as the service writes it.
pub(super) const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// A date without hyphens, as the EV charger has it.
pub(super) const SHORT_DATE: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]");

/// A parameter that is not empty.
pub(super) fn parameter<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.parameter(name).filter(|text| !text.is_empty())
}

/// A parameter in seconds since 1970.
pub(super) fn instant(call: &Call, name: &str) -> Result<Option<i64>, Wrong> {
    let Some(text) = parameter(call, name) else {
        return Ok(None);
    };
    let parsed = text
        .parse()
        .ok()
        .filter(|unix| OffsetDateTime::from_unix_timestamp(*unix).is_ok());
    parsed.map(Some).ok_or_else(|| Wrong::Unreadable(text.to_owned()))
}

/// A parameter that is a date.
pub(super) fn date(call: &Call, name: &str, format: &[BorrowedFormatItem<'_>]) -> Result<Option<Date>, Wrong> {
    let Some(text) = parameter(call, name) else {
        return Ok(None);
    };
    let parsed = Date::parse(text, format).map_err(|_| Wrong::Unreadable(text.to_owned()))?;
    Ok(Some(parsed))
}

/// The earliest start: midnight of the same date two years ago.
pub(super) fn earliest(report: &Report<'_>) -> i64 {
    let today = report.today();
    let same = today.replace_year(today.year() - 2);
    // In a leap year's February there may be no such date.
    let day = same.or_else(|_| today.saturating_sub(time::Duration::DAY).replace_year(today.year() - 2));
    day.map_or(0, |day| report.site.zone().midnight(day).unix_timestamp())
}

/// How long a granularity is, in seconds.
fn length(granularity: &str) -> Option<i64> {
    match granularity {
        "5mins" => Some(SLOT),
        "15mins" => Some(900),
        "day" => Some(DAY),
        "week" => Some(7 * DAY),
        _ => None,
    }
}

impl Window {
    /// The window that a call asks for. Starts are rounded down to `grid`, and nothing is longer than `longest`.
    pub(super) fn read(call: &Call, report: &Report<'_>, grid: i64, longest: i64) -> Result<Self, Wrong> {
        let granularity = parameter(call, "granularity").unwrap_or("day");
        let length = length(granularity).ok_or(Wrong::Granularity)?.clamp(grid, longest);
        let now = report.now.unix_timestamp();
        let start_date = date(call, "start_date", DATE)?;
        let end_date = date(call, "end_date", DATE)?;
        let start = match (instant(call, "start_at")?, start_date) {
            (_, Some(date)) => report.site.zone().midnight(date).unix_timestamp(),
            (Some(start), None) => start.div_euclid(grid) * grid,
            (None, None) => report.midnight(),
        };
        let end_is_ahead = instant(call, "end_at")?.is_some_and(|end| end > now);
        if start > now || end_is_ahead || end_date.is_some_and(|date| date > report.today()) {
            return Err(Wrong::Future);
        }
        if start < earliest(report) {
            let end = start.saturating_add(length);
            return Err(Wrong::TooOld { start, end });
        }
        let began = report.site.began.unix_timestamp();
        Ok(Self {
            granularity: granularity.to_owned(),
            start: start.max(began),
            end: now.min(start.max(began) + length),
            start_date: start_date.map(|date| date.max(report.site.operational)),
            end_date,
        })
    }

    /// The reported slots, each with its end.
    pub(super) fn slots(&self, report: &Report<'_>) -> Vec<(i64, Slot)> {
        (report.world).slots(report.site, self.start, self.end.min(report.last))
    }

    /// The reported slots by three, each group with its end; a group that is not whole yet is left out.
    pub(super) fn quarters(&self, report: &Report<'_>) -> Vec<(i64, [(i64, Slot); 3])> {
        let slots = self.slots(report);
        let whole = slots.as_chunks::<3>().0;
        whole.iter().map(|group| (group[2].0, *group)).collect()
    }

    /// Writes start, end and granularity into an answer.
    pub(super) fn write(&self, report: &Report<'_>, body: &mut Map<String, Value>) {
        body.insert("granularity".to_owned(), self.granularity.as_str().into());
        match self.start_date {
            Some(date) => body.insert("start_date".to_owned(), date.to_string().into()),
            None => body.insert("start_at".to_owned(), self.start.into()),
        };
        match self.end_date {
            Some(_) => {
                let last = OffsetDateTime::from_unix_timestamp(self.end - 1).unwrap_or(report.now);
                body.insert("end_date".to_owned(), report.site.date(last).to_string().into())
            }
            None => body.insert("end_at".to_owned(), self.end.into()),
        };
    }
}
