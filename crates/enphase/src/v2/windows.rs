//! Spans of any length, in pieces that the service takes: see [`Spanned::over`](crate::Spanned::over).

use std::time::Duration;

use time::OffsetDateTime;

use super::{
    ConsumptionInterval, ConsumptionStats, GetConsumptionStats, GetRgmStats, GetStats, RgmReading, RgmStats, Stats,
    StatsInterval,
};
use crate::{LabelledByEnd, Reading, Spanned};

const DAY: Duration = Duration::from_secs(86_400);
/// A month was documented. The release notes cut it down for revenue-grade meters; consumption is asked for alike.
const WEEK: Duration = Duration::from_secs(7 * 86_400);

impl Spanned for GetStats {
    type Item = Reading<StatsInterval>;

    fn longest(&self) -> Duration {
        DAY
    }

    fn at(&self, from: OffsetDateTime, until: OffsetDateTime) -> Self {
        self.clone().start_at(from).end_at(until)
    }

    fn ends(_: &Stats) -> Option<OffsetDateTime> {
        None
    }

    /// A start after the last interval is refused; at night there are reports without energy.
    fn present(answer: &Stats) -> Option<OffsetDateTime> {
        let reported = answer.meta.last_energy_at.or(answer.meta.last_report_at);
        present(answer.total_devices, reported, &answer.intervals)
    }

    fn items(answer: Stats) -> Vec<Self::Item> {
        answer.into_readings()
    }

    fn label(item: &Self::Item) -> Option<OffsetDateTime> {
        Some(item.interval.end())
    }
}

impl Spanned for GetConsumptionStats {
    type Item = Reading<ConsumptionInterval>;

    fn longest(&self) -> Duration {
        WEEK
    }

    fn at(&self, from: OffsetDateTime, until: OffsetDateTime) -> Self {
        self.clone().start_at(from).end_at(until)
    }

    fn ends(_: &Option<ConsumptionStats>) -> Option<OffsetDateTime> {
        None
    }

    fn present(answer: &Option<ConsumptionStats>) -> Option<OffsetDateTime> {
        let Some(answer) = answer else {
            return NEVER;
        };
        present(answer.total_devices, answer.meta.last_report_at, &answer.intervals)
    }

    fn items(answer: Option<ConsumptionStats>) -> Vec<Self::Item> {
        answer.map(ConsumptionStats::into_readings).unwrap_or_default()
    }

    fn label(item: &Self::Item) -> Option<OffsetDateTime> {
        Some(item.interval.end())
    }
}

impl Spanned for GetRgmStats {
    type Item = RgmReading;

    fn longest(&self) -> Duration {
        WEEK
    }

    fn at(&self, from: OffsetDateTime, until: OffsetDateTime) -> Self {
        self.clone().start_at(from).end_at(until)
    }

    fn ends(_: &RgmStats) -> Option<OffsetDateTime> {
        None
    }

    fn present(answer: &RgmStats) -> Option<OffsetDateTime> {
        present(answer.total_devices, answer.meta.last_report_at, &answer.intervals)
    }

    fn items(answer: RgmStats) -> Vec<Self::Item> {
        answer.into_readings()
    }

    fn label(item: &Self::Item) -> Option<OffsetDateTime> {
        Some(item.interval().end())
    }
}

/// The present of what has no data: no later time has any either.
const NEVER: Option<OffsetDateTime> = Some(OffsetDateTime::UNIX_EPOCH);

/// When a system last reported, where that is known, but no earlier than its intervals go.
fn present(devices: i64, reported: Option<OffsetDateTime>, intervals: &[impl LabelledByEnd]) -> Option<OffsetDateTime> {
    let last = intervals.iter().map(LabelledByEnd::end_at).max();
    if devices == 0 && last.is_none() {
        return NEVER;
    }
    reported.map(|reported| last.map_or(reported, |last| last.max(reported)))
}
