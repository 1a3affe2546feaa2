//! One system on one day, in a few numbers.

use serde_json::{Value, json};
use time::Date;

use super::super::lifetime;
use super::super::report::Report;
use super::super::site::Site;
use super::super::storage;
use super::super::window::{DATE, Wrong, date};
use super::reply::{Outcome, Problem, ok};
use super::visit::Visit;

pub(in crate::enphase) fn get<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let report = visit.report(site);
    let day = date(visit.call, "summary_date", DATE).map_err(|wrong| Problem::of_time(&wrong, &report))?;
    let day = day.unwrap_or(report.today());
    if day > report.today() {
        return Err(Problem::of_time(&Wrong::Future, &report));
    }
    ok(&body(&report, day))
}

fn body(report: &Report<'_>, day: Date) -> Value {
    let site = report.site;
    let today = day == report.today();
    let now = |value: i64| if today { value } else { 0 };
    let mut body = json!({
        "system_id": site.id,
        "current_power": now(lifetime::power(report)),
        "energy_lifetime": lifetime::before(report, day),
        "energy_today": lifetime::production(report, day),
        "last_interval_end_at": report.last,
        "last_report_at": report.last,
        "modules": now(site.modules),
        "operational_at": if site.is_unplaced() { Value::Null } else { json!(site.began.unix_timestamp()) },
        "size_w": now(site.size_w()),
        "nmi": null,
        "source": if site.is_metered() { "meter" } else { "microinverters" },
        "status": site.status(),
        "summary_date": day.to_string(),
        // In no description, and there all the same.
        "stage": 5,
    });
    if site.is_metered() {
        let fleet = site.fleet();
        body["nmi"] = "4103558201".into();
        body["battery_charge_w"] = 7_680.into();
        body["battery_discharge_w"] = 7_680.into();
        body["battery_capacity_wh"] = storage::CAPACITY.into();
        body["evse_power"] = json!([
            { (fleet.charger()): { "evse_max_charge_w": 7_360, "evse_min_charge_w": 1_380 } },
            { (fleet.evse()): { "evse_max_charge_w": 3_700, "evse_min_charge_w": 1_380 } },
        ]);
    }
    body
}
