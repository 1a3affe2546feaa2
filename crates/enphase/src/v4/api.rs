use energy_core::error::{ApiError, ApiErrorKind};
use energy_core::{Advice, Api, ApiClient, HttpResponse};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Credentials;
use crate::Refusal;

/// The Monitoring API v4.
#[derive(Clone, Copy, Debug)]
pub struct Enphase;

/// Sends this module's requests. See [`ApiClient`] for all it can do.
pub type Client = ApiClient<Enphase>;

impl Api for Enphase {
    const NAME: &'static str = "enphase";
    const BASE_URL: &'static str = "https://api.enphaseenergy.com";
    type Login = Credentials;

    fn describe_error(response: &HttpResponse, now: OffsetDateTime, error: &mut ApiError) {
        error.kind = kind(error);
        let Some(refusal) = Refusal::read(response.body()) else {
            error.hint = hint(error, &Refusal::default()).map(Into::into);
            return;
        };
        error.hint = hint(error, &refusal).map(Into::into);
        let says_when = refusal.period_end.is_some();
        refusal.describe(error);
        if error.kind == ApiErrorKind::RateLimited && !says_when {
            // Quotas that say nothing of their period are those of the minute, as far as is known.
            error.retry_at = error.retry_at.or(next_minute(now));
        }
    }

    fn advise(error: &ApiError) -> Advice {
        if error.kind != ApiErrorKind::RateLimited {
            return Advice::Usual;
        }
        let refusal = error.details::<Refusal>().unwrap_or_default();
        let is_worth_waiting = match refusal.period {
            Some(_) => refusal.passes_soon(),
            // The next minute is worth one try.
            None => error.attempts < 2,
        };
        if is_worth_waiting { Advice::Usual } else { Advice::Never }
    }
}

/// What the statuses mean that only live data has.
fn kind(error: &ApiError) -> ApiErrorKind {
    match error.status.as_u16() {
        461..=463 | 466 | 472 => ApiErrorKind::Invalid,
        468 => ApiErrorKind::NotFound,
        473 => ApiErrorKind::Unavailable,
        _ => error.kind,
    }
}

fn next_minute(now: OffsetDateTime) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp((now.unix_timestamp() / 60 + 1) * 60).ok()
}

/// What a refusal leaves open, and what to do about it.
fn hint(error: &ApiError, refusal: &Refusal) -> Option<String> {
    let text = match error.kind {
        ApiErrorKind::Unauthorized if is_about_key(refusal) => {
            "the key is missing, or it belongs to another application than the token: use the key of the application \
             that the person authorised"
        }
        ApiErrorKind::Unauthorized => {
            "one of: the token is no longer valid (a new one is tried once by itself), the key is that of another \
             application, or the application's plan lacks this operation, see `Plan`"
        }
        ApiErrorKind::Forbidden => {
            "the application lacks the access control for this operation, or the person has no right to this system"
        }
        ApiErrorKind::RateLimited if refusal.period.as_deref() == Some("month") => {
            "the month's quota is used up, and waiting minutes does not help; lifetime series give years in one call"
        }
        ApiErrorKind::Invalid => return range_hint(refusal),
        ApiErrorKind::Unavailable if refusal.code.as_deref() == Some("7") => "the data are not there at the moment",
        _ => return None,
    };
    Some(text.to_owned())
}

/// Whether a refusal is about the key, which no new token mends.
pub(super) fn is_about_key(refusal: &Refusal) -> bool {
    refusal.says("api key")
}

fn range_hint(refusal: &Refusal) -> Option<String> {
    let text = |instant: OffsetDateTime| instant.format(&Rfc3339).ok();
    let (first, last) = (text(refusal.first_interval?)?, text(refusal.last_interval?)?);
    Some(format!("the system has intervals from {first} to {last}"))
}
