//! Sums over days and over the whole life of a system, as far as they are known.

use time::{Date, Duration};

use super::day::Slot;
use super::report::{Known, Report};

/// The days from one to another, both included.
pub(super) fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |date| date.next_day()).take_while(move |date| *date <= to)
}

/// What the microinverters made on a local day, in Wh.
pub(super) fn micros(report: &Report<'_>, date: Date) -> i64 {
    report.day(date, Report::micro)
}

/// What the production meters counted on a local day, in Wh.
pub(super) fn meters(report: &Report<'_>, date: Date) -> i64 {
    report.day(date, Report::meter)
}

/// The production of a local day: from the first whole day of the meters on it is theirs.
pub(super) fn production(report: &Report<'_>, date: Date) -> i64 {
    match report.world.meter_start_date(report.site) {
        Some(first) if date >= first => meters(report, date),
        _ => micros(report, date),
    }
}

/// The production of all days before this one, in Wh.
pub(super) fn before(report: &Report<'_>, date: Date) -> i64 {
    let last = date.saturating_sub(Duration::DAY);
    days(report.site.operational, last)
        .map(|day| production(report, day))
        .sum()
}

/// The mean power of the newest interval, in watts.
pub(super) fn power(report: &Report<'_>) -> i64 {
    let newest = report.newest();
    let energy = match report.site.is_metered() {
        true => newest.meter,
        false => newest.micro,
    };
    energy * 12
}

/// A counter at the end of a slot: everything from the beginning until then, in Wh.
pub(super) fn counter<'a>(report: &Report<'a>, until: i64, value: impl Fn(&Report<'a>, i64, &Slot) -> Known) -> i64 {
    let until = until.min(report.last);
    days(report.site.operational, report.last_day())
        .map(|date| {
            let day = report.world.day(report.site, date);
            let counted = day.ends().take_while(|(end, _)| *end <= until);
            counted.map(|(end, slot)| value(report, end, slot).energy).sum::<i64>()
        })
        .sum()
}

/// The first and the last day of a series for which no dates are asked: from the beginning until yesterday or the last
/// day that is reported.
pub(super) fn usual_end(report: &Report<'_>) -> Date {
    report.yesterday().min(report.last_day())
}

/// What was used on a local day, in Wh.
pub(super) fn consumption(report: &Report<'_>, date: Date) -> i64 {
    report.day(date, |report, end, slot| report.grid(end, slot.consumption))
}

/// What came from the grid on a local day, in Wh.
pub(super) fn import(report: &Report<'_>, date: Date) -> i64 {
    report.day(date, |report, end, slot| report.grid(end, slot.import))
}

/// What went to the grid on a local day, in Wh.
pub(super) fn export(report: &Report<'_>, date: Date) -> i64 {
    report.day(date, |report, end, slot| report.grid(end, slot.export))
}

/// What the batteries took on a local day, in Wh.
pub(super) fn charge(report: &Report<'_>, date: Date) -> i64 {
    report.day(date, Report::charged)
}

/// What the batteries gave on a local day, in Wh.
pub(super) fn discharge(report: &Report<'_>, date: Date) -> i64 {
    report.day(date, Report::discharged)
}
