//! What the production meters' counters showed, and what a month brought.

use serde_json::{Value, json};
use time::{Date, Duration, Month};

use super::super::lifetime::{self, days};
use super::super::site::Site;
use super::super::v4::readings::production_counters;
use super::super::window::{DATE, date, instant};
use super::reply::{Outcome, Problem, ok};
use super::visit::Visit;

pub(in crate::enphase) fn production<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let end = instant(visit.call, "end_at").map_err(|wrong| Problem::of_time(&wrong))?;
    let at = end
        .map_or(report.last, |end| end.div_euclid(900) * 900)
        .min(report.last);
    let readings = production_counters(&report, at).into_iter().map(|(serial, value, read_at)| {
        json!({ "serial_number": serial, "value": value, "read_at": visit.at(site, read_at) })
    });
    ok(&json!({
        "system_id": site.id,
        "meter_readings": readings.collect::<Value>(),
        "meta": visit.meta(&report),
    }))
}

/// The last day of the month that begins on this day.
fn end_of_month(start: Date) -> Date {
    let next = match start.month() {
        Month::December => (start.year() + 1, Month::January),
        month => (start.year(), month.next()),
    };
    // A month without such a day ends where the one after it begins.
    let day = start.day().min(next.1.length(next.0));
    let follows = Date::from_calendar_date(next.0, next.1, day).unwrap_or(start);
    follows.saturating_sub(Duration::DAY)
}

pub(in crate::enphase) fn month<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let start = date(visit.call, "start_date", DATE).map_err(|wrong| Problem::of_time(&wrong))?;
    let start = start.ok_or_else(|| Problem::unprocessable("start_date is missing"))?;
    let end = end_of_month(start);
    if end >= report.today() || end < site.operational {
        let problem = Problem::unprocessable("The month must have passed, and the system must have been there");
        return Err(problem.with("start", start.to_string()).with("end", end.to_string()));
    }
    let begin = |day: Date| site.zone().midnight(day).unix_timestamp();
    let after = begin(end.saturating_add(Duration::DAY));
    let counters = production_counters(&report, begin(start)).into_iter();
    let counters = counters.zip(production_counters(&report, after));
    let readings = counters
        .map(|((serial, first, _), (_, last, _))| json!({ "serial_number": serial, "start": first, "end": last }));
    let made: i64 = days(start.max(site.operational), end)
        .map(|day| lifetime::production(&report, day))
        .sum();
    ok(&json!({
        "system_id": site.id,
        "start_date": start.to_string(),
        "end_date": end.to_string(),
        "production_wh": made,
        "meter_readings": readings.collect::<Value>(),
        "meta": visit.meta(&report),
    }))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::end_of_month;

    #[test]
    fn a_month_ends_the_day_before_the_next_one_begins() {
        assert_eq!(end_of_month(date!(2026 - 04 - 01)), date!(2026 - 04 - 30));
        assert_eq!(end_of_month(date!(2025 - 12 - 20)), date!(2026 - 01 - 19));
        assert_eq!(end_of_month(date!(2026 - 01 - 31)), date!(2026 - 02 - 27));
    }
}
