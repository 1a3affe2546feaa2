//! A site with intervals of energy, answered as the vendor documents it: from the start that was asked for, or the first
//! day of the site, for one granularity, and no further than the present.

use std::collections::BTreeSet;

use energy_core::model::Interval;
use energy_core::time::OffsetDateTime;
use serde_json::{Value, json};

use super::{Asked, Reply, SYSTEM, Service, ok, refusal};

pub(crate) const QUARTER: i64 = 900;
pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 86_400;
pub(crate) const WEEK: i64 = 7 * DAY;
/// Midnight UTC of a Monday, 2026-03-02.
pub(crate) const MONDAY: i64 = 1_772_409_600;

/// What the service does when it is asked for a week.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Weeks {
    Given,
    /// It gives a day.
    Days,
    Refused,
}

/// With which answer an interval comes that ends where one answer does and the next begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Border {
    Before,
    After,
    Both,
}

#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The ends of its intervals.
    pub(crate) ends: BTreeSet<i64>,
    /// The midnight before its first report.
    pub(crate) first_day: i64,
    pub(crate) now: i64,
    pub(crate) weeks: Weeks,
    /// Whether starts are rounded down to the quarter of an hour.
    pub(crate) rounds: bool,
    pub(crate) border: Border,
    /// Whether intervals are in a list inside the list.
    pub(crate) nested: bool,
}

impl Site {
    /// A site with every interval from `from` to `until`.
    pub(crate) fn new(from: i64, until: i64) -> Self {
        Self::with((from / QUARTER + 1..=until / QUARTER).map(|number| number * QUARTER))
    }

    pub(crate) fn with(ends: impl IntoIterator<Item = i64>) -> Self {
        Self {
            ends: ends.into_iter().collect(),
            first_day: 0,
            now: MONDAY + 520 * WEEK,
            weeks: Weeks::Given,
            rounds: false,
            border: Border::Before,
            nested: false,
        }
    }

    pub(crate) fn service(&self) -> Service {
        let site = self.clone();
        Service::by(move |asked, number| site.telemetry(asked, number))
    }

    /// The ends of what a span holds.
    pub(crate) fn within(&self, span: Interval) -> Vec<i64> {
        let (start, end) = (span.start().unix_timestamp(), span.end().unix_timestamp());
        self.ends
            .range(start + 1..=end.min(self.now).max(start + 1))
            .copied()
            .filter(|at| *at <= self.now)
            .collect()
    }

    /// The ends of the intervals that an answer from `start` to `end` has.
    pub(crate) fn between(&self, start: i64, end: i64) -> Vec<i64> {
        let (start, end) = match self.border {
            Border::Before => (start + 1, end + 1),
            Border::After => (start, end),
            Border::Both => (start, end + 1),
        };
        let ends = self.ends.range(start..end.max(start)).copied();
        ends.filter(|at| *at <= self.now).collect()
    }

    pub(crate) fn start(&self, asked: &Asked) -> i64 {
        let start = asked.number("start_at").unwrap();
        let start = if self.rounds { start - start % QUARTER } else { start };
        start.max(self.first_day)
    }

    /// Its clock goes on with every question.
    pub(crate) fn now(&self, number: usize) -> i64 {
        self.now + i64::try_from(number).unwrap()
    }

    /// Its telemetry, by the request and by how many came before.
    pub(crate) fn telemetry(&self, asked: &Asked, number: usize) -> Reply {
        assert!(
            asked.parameter("start_date").is_none() && asked.parameter("end_at").is_none(),
            "{}",
            asked.url
        );
        let start = self.start(asked);
        let now = self.now(number);
        if start > now {
            return refusal(422, "Requested date is in the future");
        }
        let granularity = asked.parameter("granularity");
        let length = match granularity.as_deref().unwrap_or("day") {
            "5mins" => 300,
            "15mins" => QUARTER,
            "day" => DAY,
            "week" if self.weeks == Weeks::Refused => return refusal(422, "Invalid request because of 'granularity'"),
            "week" if self.weeks == Weeks::Days => DAY,
            "week" => WEEK,
            other => unreachable!("{other}"),
        };
        let end = (start + length).min(now);
        let intervals = self.between(start, end).into_iter().map(|at| {
            let energy = at / QUARTER % 500;
            json!({"end_at": at, "wh_del": energy, "wh_imported": energy, "enwh": energy, "devices_reporting": 1})
        });
        let intervals: Vec<Value> = intervals.collect();
        let intervals = if self.nested {
            json!([intervals])
        } else {
            json!(intervals)
        };
        ok(json!({
            "system_id": SYSTEM, "granularity": granularity, "total_devices": 1, "start_at": start, "end_at": end,
            "items": "intervals", "intervals": intervals,
        }))
    }
}

pub(crate) fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap()
}

pub(crate) fn span(start: i64, end: i64) -> Interval {
    Interval::new(at(start), at(end)).unwrap()
}

/// How many answers of this length a time needs.
pub(crate) fn needed(time: i64, length: i64) -> usize {
    usize::try_from((time + length - 1) / length).unwrap()
}
