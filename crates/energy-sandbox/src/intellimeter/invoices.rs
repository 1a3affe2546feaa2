//! Invoices: made by services on their day of the month, shown, and marked as paid.

use serde_json::{Value, json};
use time::{Date, Duration, Month, OffsetDateTime};

use super::access::Visit;
use super::bill;
use super::input::{parameter, set};
use super::items::{self, Item};
use super::office::odt;
use super::property::known_property;
use super::reply::{Outcome, Problem, download, ok};
use super::stamp::{day, local_date, stamp, zone};
use super::state::{Invoice, Service, State};

impl Item for Invoice {
    const KIND: &'static str = "invoice";

    fn id(&self) -> &str {
        &self.id
    }

    fn property(&self) -> &str {
        &self.property
    }

    fn json(&self) -> Value {
        json!({
            "created": stamp(self.created),
            "due": day(self.due),
            "email_sent": self.email_sent.map(stamp),
            "filename": self.filename,
            "id": self.id,
            "paid": self.paid.map(stamp),
            "property": self.property,
            "service": self.service,
            "suite": self.suite,
            "total": self.cents as f64 / 100.0,
        })
    }
}

pub(super) fn list_of_property(visit: &Visit<'_>, state: &mut State) -> Outcome {
    items::listed(visit, state, &state.invoices)
}

/// Once paid, an invoice stays paid, since the first time.
pub(super) fn mark_paid(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = items::place(visit, state, &state.invoices)?;
    let invoice = &mut state.invoices[place];
    let first = invoice.paid.is_none().then(|| Some(visit.now()));
    set(&mut invoice.paid, first);
    ok(&invoice.json())
}

pub(super) fn file(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let name = visit.call.segment("name").unwrap_or_default();
    let property = match parameter(visit.call, "property") {
        Some(id) => Some(known_property(state, id)?),
        None => None,
    };
    let invoice = (state.invoices.iter())
        .find(|invoice| invoice.filename == name && property.as_ref().is_none_or(|id| invoice.property == *id))
        .ok_or_else(|| Problem::unknown("invoice file", name))?;
    let from = state
        .constants
        .get(&invoice.property)
        .map(|constants| constants.invoice_from.as_str());
    let lines = [
        format!("Invoice {}", invoice.id),
        format!("Suite: {}", state.suite_name(&invoice.suite).unwrap_or(&invoice.suite)),
        format!("Date: {}", day(local_date(invoice.created))),
        format!("Due: {}", day(invoice.due)),
        format!("Total: ${}.{:02}", invoice.cents / 100, invoice.cents % 100),
        from.unwrap_or_default().to_owned(),
    ];
    Ok(download("application/vnd.oasis.opendocument.text", name, odt(&lines)))
}

/// Makes the invoices that fell due since the last time.
pub(super) fn make_due(state: &mut State, now: OffsetDateTime) {
    let since = state.billed_until;
    if now <= since {
        return;
    }
    state.billed_until = now;
    let services: Vec<Service> = state
        .services
        .iter()
        .filter(|service| service.active)
        .cloned()
        .collect();
    let (mut year, mut month) = year_and_month(local_date(since));
    let last = year_and_month(local_date(now));
    while (year, u8::from(month)) <= (last.0, u8::from(last.1)) {
        let mut due: Vec<(OffsetDateTime, &Service)> = (services.iter())
            .filter_map(|service| Some((day_in(year, month, service.day_of_month)?, service)))
            .filter(|(at, _)| *at > since && *at <= now)
            .collect();
        due.sort_by_key(|(at, _)| *at);
        for (at, service) in due {
            let (earlier, before) = previous(year, month);
            if let Some(start) = day_in(earlier, before, service.day_of_month) {
                make(state, service, start, at);
            }
        }
        (year, month) = if month == Month::December {
            (year + 1, Month::January)
        } else {
            (year, month.next())
        };
    }
}

fn year_and_month(date: Date) -> (i32, Month) {
    (date.year(), date.month())
}

fn previous(year: i32, month: Month) -> (i32, Month) {
    match month {
        Month::January => (year - 1, Month::December),
        _ => (year, month.previous()),
    }
}

/// The beginning of that day; in short months, of the last one.
fn day_in(year: i32, month: Month, day: u8) -> Option<OffsetDateTime> {
    let date = Date::from_calendar_date(year, month, day.min(month.length(year))).ok()?;
    Some(zone().midnight(date))
}

fn make(state: &mut State, service: &Service, start: OffsetDateTime, end: OffsetDateTime) {
    let id = state.new_id();
    let created = end;
    let today = local_date(created);
    let days = state
        .constants
        .get(&service.property)
        .map_or(30, |constants| constants.days_to_pay);
    let has_tenant = state.bindings.iter().any(|(_, suite)| *suite == service.suite);
    let invoice = Invoice {
        property: service.property.clone(),
        service: service.id.clone(),
        suite: service.suite.clone(),
        filename: format!("invoice_{}_{}.odt", day(today), id),
        created,
        due: today.saturating_add(Duration::days(days)),
        email_sent: has_tenant.then(|| created + Duration::SECOND),
        paid: None,
        cents: bill::total(
            state,
            &service.property,
            &service.suite,
            service.invoice_type,
            (start, end),
        ),
        id,
    };
    state.invoices.push(invoice);
}
