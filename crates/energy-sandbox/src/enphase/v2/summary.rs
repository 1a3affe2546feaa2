//! One system on one day, in a few numbers.

use serde_json::json;

use super::super::lifetime;
use super::super::site::Site;
use super::super::window::{DATE, Wrong, date};
use super::reply::{Outcome, Problem, ok};
use super::visit::{Visit, status};

pub(in crate::enphase) fn get<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let day = date(visit.call, "summary_date", DATE).map_err(|wrong| Problem::of_time(&wrong))?;
    let day = day.unwrap_or(report.today());
    if day > report.today() {
        return Err(Problem::of_time(&Wrong::Future));
    }
    let now = |value: i64| if day == report.today() { value } else { 0 };
    ok(&json!({
        "system_id": site.id,
        "current_power": now(lifetime::power(&report)),
        "energy_lifetime": lifetime::before(&report, day),
        "energy_today": lifetime::production(&report, day),
        "last_interval_end_at": visit.at(site, report.last),
        "last_report_at": visit.at(site, report.last),
        "modules": now(site.modules),
        "operational_at": visit.at(site, site.began.unix_timestamp()),
        "size_w": now(site.size_w()),
        "source": if site.is_metered() { "meter" } else { "microinverters" },
        "status": status(site),
        "summary_date": day.to_string(),
    }))
}
