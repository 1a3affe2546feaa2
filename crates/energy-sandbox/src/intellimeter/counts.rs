//! Counts of the company.

use serde_json::json;
use time::Date;

use super::access::Visit;
use super::meters::{Utility, latest, thousandths};
use super::reads::intake;
use super::reply::{Outcome, ok};
use super::stamp::{local_date, zone};
use super::state::{Invoice, State};

pub(super) fn counts(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let today = local_date(visit.now());
    let total = state.invoices.len();
    let late = state.invoices.iter().filter(|invoice| is_late(invoice, today)).count();
    let paid = state.invoices.iter().filter(|invoice| invoice.paid.is_some()).count();
    let percent = |count: usize| match total {
        0 => 0.0,
        total => count as f64 * 100.0 / total as f64,
    };
    let end = latest(visit.now());
    let month = zone().midnight(today.replace_day(1).unwrap_or(today)).min(end);
    let used = |utility: Utility| {
        let meters = (state.properties.iter()).flat_map(|property| intake(state, &property.id, utility));
        thousandths(meters.map(|meter| meter.between(state, month, end)).sum())
    };
    ok(&json!([{
        "invoices": {
            "late": late,
            "late_percent": percent(late),
            "on_time": total - late,
            "on_time_percent": percent(total - late),
            "paid": paid,
            "paid_percent": percent(paid),
            "total": total,
            "unpaid": total - paid,
            "unpaid_percent": percent(total - paid),
        },
        "monthly_consumption": {
            "electrical": used(Utility::Electricity),
            "gas": used(Utility::Gas),
            "water": used(Utility::Water),
        },
    }]))
}

/// Paid after the due date, or not paid though it has passed.
fn is_late(invoice: &Invoice, today: Date) -> bool {
    invoice.paid.map_or(today, local_date) > invoice.due
}
