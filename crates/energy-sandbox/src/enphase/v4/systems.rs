//! Lists of systems, and single ones.

use serde_json::{Map, Value, json};

use super::super::report::Report;
use super::super::site::Site;
use super::super::window::parameter;
use super::reply::{Outcome, Problem, ok};
use super::visit::Visit;

/// The statuses that can be searched for.
const STATUSES: [&str; 12] = [
    "normal",
    "comm",
    "micro",
    "power",
    "meter",
    "battery",
    "storage_idle",
    "meter_issue",
    "enpower",
    "encharge",
    "enpower_issue",
    "encharge_issue",
];

/// A page of a list, counted from 1.
pub(super) struct Page {
    pub(super) number: usize,
    pub(super) size: usize,
}

impl Page {
    /// Ten to a page, unless the call asks for others; more than `most` are not given.
    pub(super) fn read(visit: &Visit<'_>, most: usize) -> Result<Self, Problem> {
        let number = |name: &str, usual: usize| match parameter(visit.call, name) {
            None => Ok(usual),
            Some(text) => {
                let number = text.parse().ok().filter(|number| *number >= 1);
                number.ok_or_else(|| Problem::unprocessable(format!("Invalid request because of '{name}'")))
            }
        };
        Ok(Self {
            number: number("page", 1)?,
            size: number("size", 10)?.min(most),
        })
    }

    pub(super) fn of<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        let begin = (self.number - 1).saturating_mul(self.size).min(all.len());
        let end = begin.saturating_add(self.size).min(all.len());
        &all[begin..end]
    }
}

fn sorted<'a>(mut systems: Vec<&'a Site>, sort_by: Option<&str>) -> Result<Vec<&'a Site>, Problem> {
    match sort_by {
        None | Some("id") => {}
        Some("-id") => systems.reverse(),
        Some(_) => {
            return Err(Problem::unprocessable(
                "Invalid request because of 'The sorting parameter is not supported. Please use id for sorting by Asc \
                 or -id for sorting by Desc'",
            ));
        }
    }
    Ok(systems)
}

fn paged<'a>(page: &Page, systems: &[&'a Site], write: impl Fn(&'a Site) -> Value) -> Outcome {
    let shown: Vec<Value> = page.of(systems).iter().map(|site| write(site)).collect();
    ok(&json!({
        "total": systems.len(),
        "current_page": page.number,
        "size": page.size,
        "count": shown.len(),
        "items": "systems",
        "systems": shown,
    }))
}

pub(in crate::enphase) fn list(visit: &Visit<'_>) -> Outcome {
    let page = Page::read(visit, 100)?;
    let all = sorted(visit.systems().iter().collect(), parameter(visit.call, "sort_by"))?;
    paged(&page, &all, |site| Value::Object(listed(&visit.report(site))))
}

pub(in crate::enphase) fn one<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    ok(&Value::Object(listed(&visit.report(site))))
}

pub(in crate::enphase) fn of_gateway(visit: &Visit<'_>) -> Outcome {
    let Some(serial) = parameter(visit.call, "serial_num") else {
        return Err(Problem::unprocessable("Provide envoy serial number"));
    };
    let found = visit.systems().iter().find(|site| site.fleet().gateway() == serial);
    let site = found.ok_or_else(|| Problem::not_found("Envoy not found with this serial number"))?;
    ok(&json!({ "system_id": site.id }))
}

/// A system as lists have it. Its energy and size are said to be -1, whatever they are.
fn listed(report: &Report<'_>) -> Map<String, Value> {
    let site = report.site;
    let [country, state, city, postal_code] = site.place();
    let mut body = json!({
        "system_id": site.id,
        "name": site.name(),
        "public_name": "Residential System",
        "timezone": site.time_zone(),
        "address": { "city": city, "state": state, "country": country, "postal_code": postal_code },
        "connection_type": site.connection_type(),
        "energy_lifetime": -1,
        "energy_today": -1,
        "system_size": -1,
        "status": site.status(),
        "last_report_at": report.last,
        "last_energy_at": report.last_energy(),
        "operational_at": site.began.unix_timestamp(),
        "attachment_type": site.attachment_type(),
        "interconnect_date": site.interconnect_date(),
    });
    if let Some(reference) = site.reference() {
        body["other_references"] = json!([reference]);
        body["reference"] = reference.into();
    }
    if let Value::Object(body) = body {
        body
    } else {
        Map::new()
    }
}

/// A system as the search finds it: without its city, and without more where nobody filled it in.
fn found(report: &Report<'_>, live_stream: bool) -> Value {
    let mut body = Value::Object(listed(report));
    if let Some(address) = body["address"].as_object_mut() {
        address.remove("city");
    }
    if report.site.is_unplaced() {
        body["address"] = json!({ "state": null, "country": null, "postal_code": null });
        for name in [
            "timezone",
            "last_energy_at",
            "operational_at",
            "attachment_type",
            "interconnect_date",
        ] {
            body[name] = Value::Null;
        }
    }
    if live_stream {
        let able = report.site.is_metered();
        body["live_stream"] = if able { "enabled" } else { "disabled" }.into();
    }
    body
}

pub(in crate::enphase) fn search(visit: &Visit<'_>) -> Outcome {
    let page = Page::read(visit, 1000)?;
    let missing = || Problem::unprocessable("system is missing at Json body location");
    let body: Value = serde_json::from_slice(&visit.call.body).map_err(|_| missing())?;
    let wanted = body.get("system").and_then(Value::as_object).ok_or_else(missing)?;
    known_keys(&body, &["sort_by", "system"])?;
    known_keys(
        &Value::Object(wanted.clone()),
        &["ids", "name", "reference", "other_reference", "statuses"],
    )?;
    if let Some(status) = texts(wanted, "statuses")
        .iter()
        .find(|status| !STATUSES.contains(&status.as_str()))
    {
        return Err(Problem::unprocessable(format!("Invalid status {status}")));
    }
    let matching = visit.systems().iter().filter(|site| matches(site, wanted));
    let all = sorted(matching.collect(), body.get("sort_by").and_then(Value::as_str))?;
    let live_stream = parameter(visit.call, "live_stream") == Some("true");
    paged(&page, &all, |site| found(&visit.report(site), live_stream))
}

fn known_keys(body: &Value, known: &[&str]) -> Result<(), Problem> {
    let unknown = (body.as_object().into_iter().flatten()).find(|(key, _)| !known.contains(&key.as_str()));
    match unknown {
        Some((key, _)) => Err(Problem::unprocessable(format!("Invalid key {key}"))),
        None => Ok(()),
    }
}

fn texts(wanted: &Map<String, Value>, name: &str) -> Vec<String> {
    let list = wanted.get(name).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Whether a system is what the search wants; what is empty does not matter.
fn matches(site: &Site, wanted: &Map<String, Value>) -> bool {
    let text = |name: &str| wanted.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let ids = wanted
        .get("ids")
        .and_then(Value::as_array)
        .filter(|ids| !ids.is_empty());
    let statuses = texts(wanted, "statuses");
    let reference = site.reference();
    let has = |text: &str| reference.as_deref() == Some(text);
    ids.is_none_or(|ids| ids.iter().any(|id| id.as_i64() == Some(site.id)))
        && text("name").is_none_or(|name| site.name().to_lowercase().contains(&name.to_lowercase()))
        && text("reference").is_none_or(has)
        && text("other_reference").is_none_or(has)
        && (statuses.is_empty() || statuses.iter().any(|status| status == site.status()))
}
