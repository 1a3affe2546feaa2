//! One number for each day.

use serde_json::{Value, json};
use time::Date;

use super::super::lifetime::{self, days};
use super::super::report::Report;
use super::super::site::Site;
use super::super::window::{DATE, date, parameter};
use super::reply::{Outcome, Problem, nothing, ok};
use super::visit::Visit;

/// The days that a call asks for.
fn span(visit: &Visit<'_>, report: &Report<'_>) -> Result<(Date, Date), Problem> {
    let read = |name: &str| date(visit.call, name, DATE).map_err(|wrong| Problem::of_time(&wrong));
    let start = read("start_date")?
        .unwrap_or(report.site.operational)
        .max(report.site.operational);
    let end = read("end_date")?.unwrap_or(lifetime::usual_end(report));
    if start > report.today() || end > report.today() {
        let problem = Problem::unprocessable("Requested date is in the future");
        return Err(problem.with("start", start.to_string()).with("end", end.to_string()));
    }
    Ok((start, end))
}

pub(in crate::enphase) fn energy<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let (from, to) = span(visit, &report)?;
    let values = |value: fn(&Report<'_>, Date) -> i64| -> Value {
        days(from, to).map(|day| Value::from(value(&report, day))).collect()
    };
    let mut body = json!({
        "system_id": site.id,
        "start_date": from.to_string(),
        "production": values(lifetime::production),
        "meta": visit.meta(&report),
    });
    if let Some(first) = report.world.meter_start_date(site) {
        body["meter_start_date"] = first.to_string().into();
    }
    if parameter(visit.call, "production") == Some("all") {
        body["micro_production"] = values(lifetime::micros);
        body["meter_production"] = values(lifetime::meters);
    }
    ok(&body)
}

/// Without a meter: no content.
pub(in crate::enphase) fn consumption<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    if !site.is_metered() {
        return nothing();
    }
    let report = visit.report(site);
    let (from, to) = span(visit, &report)?;
    let values = days(from, to).map(|day| Value::from(lifetime::consumption(&report, day)));
    ok(&json!({
        "system_id": site.id,
        "start_date": from.to_string(),
        "consumption": values.collect::<Value>(),
        "meta": visit.meta(&report),
    }))
}
