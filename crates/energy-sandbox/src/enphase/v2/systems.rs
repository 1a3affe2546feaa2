//! The systems of a user, page by page, and a system by its gateway.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::site::Site;
use super::super::window::parameter;
use super::reply::{Outcome, Problem, ok};
use super::visit::{Visit, is_status, status};
use crate::call::Call;

pub(in crate::enphase) fn list(visit: &Visit<'_>) -> Outcome {
    let limit = match parameter(visit.call, "limit").map(str::parse) {
        None => 100,
        Some(Ok(limit @ 1..=1000)) => limit,
        Some(_) => return Err(Problem::unprocessable("limit must be from 1 to 1000")),
    };
    let after = match parameter(visit.call, "next") {
        None => 0,
        Some(cursor) => read_cursor(cursor).ok_or_else(|| Problem::unprocessable("next is not known"))?,
    };
    let filters = Filters::read(visit.call)?;
    let mut rest = visit
        .systems()
        .iter()
        .filter(|site| site.id > after && filters.fit(site));
    let shown: Vec<&Site> = rest.by_ref().take(limit).collect();
    let systems: Value = shown.iter().map(|site| written(visit, site)).collect();
    let mut body = json!({ "systems": systems });
    let repeats = visit.service.state().repeat_cursor;
    let last = match shown.last() {
        _ if repeats => visit.systems().first(),
        Some(last) if rest.next().is_some() => Some(*last),
        _ => None,
    };
    if let Some(last) = last {
        body["next"] = cursor(last.id).into();
    }
    ok(&body)
}

fn cursor(id: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("after {id}"))
}

fn read_cursor(text: &str) -> Option<i64> {
    let decoded = URL_SAFE_NO_PAD.decode(text).ok()?;
    String::from_utf8(decoded).ok()?.strip_prefix("after ")?.parse().ok()
}

/// What the systems must be like; nothing in a list means that all will do.
struct Filters {
    ids: Vec<i64>,
    names: Vec<String>,
    statuses: Vec<String>,
    references: Vec<String>,
    installers: Vec<String>,
    connection_types: Vec<String>,
}

/// The values of a filter, whether it stands alone or is repeated with brackets.
fn values(call: &Call, name: &str) -> Vec<String> {
    let repeated = format!("{name}[]");
    let found = call.query.iter().filter(|(key, _)| key == name || *key == repeated);
    found
        .map(|(_, value)| value.clone())
        .filter(|value| !value.is_empty())
        .collect()
}

impl Filters {
    fn read(call: &Call) -> Result<Self, Problem> {
        let ids = values(call, "system_id").into_iter().map(|text| text.parse());
        let statuses = values(call, "status");
        if let Some(unknown) = statuses.iter().find(|text| !is_status(text)) {
            return Err(Problem::unprocessable(&format!("There is no status {unknown}")));
        }
        Ok(Self {
            ids: ids
                .collect::<Result<_, _>>()
                .map_err(|_| Problem::unprocessable("system_id must be a number"))?,
            names: values(call, "system_name"),
            statuses,
            references: values(call, "reference"),
            installers: values(call, "installer"),
            connection_types: values(call, "connection_type"),
        })
    }

    fn fit(&self, site: &Site) -> bool {
        let fits = |wanted: &[String], has: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == has);
        (self.ids.is_empty() || self.ids.contains(&site.id))
            && fits(&self.names, &site.name())
            && fits(&self.statuses, status(site))
            && fits(&self.references, &site.reference().unwrap_or_default())
            && fits(&self.installers, site.installer())
            && fits(&self.connection_types, site.connection_type())
    }
}

fn written<'a>(visit: &Visit<'a>, site: &'a Site) -> Value {
    let [country, state, city, postal_code] = site.place();
    let mut body = json!({
        "system_id": site.id,
        "system_name": site.name(),
        "system_public_name": "Residential System",
        "country": country,
        "state": state,
        "city": city,
        "postal_code": postal_code,
        "timezone": site.time_zone(),
        "connection_type": site.connection_type(),
        "status": status(site),
        "meta": visit.meta(&visit.report(site)),
    });
    if let Some(reference) = site.reference() {
        body["other_references"] = json!([reference]);
        body["reference"] = reference.into();
    }
    body
}

pub(in crate::enphase) fn of_gateway(visit: &Visit<'_>) -> Outcome {
    let serial = parameter(visit.call, "serial_num");
    let serial = serial.ok_or_else(|| Problem::unprocessable("serial_num is missing"))?;
    let found = visit.systems().iter().find(|site| site.fleet().gateway() == serial);
    let site = found.ok_or_else(|| Problem::not_found("Envoy not found with this serial number"))?;
    ok(&json!({ "system_id": site.id }))
}
