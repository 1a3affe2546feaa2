use std::borrow::Cow;

use energy_core::error::{ApiError, ApiErrorKind};
use energy_core::http::StatusCode;
use energy_core::time::OffsetDateTime;
use energy_core::time::format_description::well_known::Rfc3339;
use energy_core::{Advice, Api, ApiClient, HttpResponse};

use super::Credentials;
use crate::Refusal;

/// The Systems API v2.
#[derive(Clone, Copy, Debug)]
pub struct EnlightenSystems;

/// Sends this module's requests. See [`ApiClient`] for all it can do.
pub type Client = ApiClient<EnlightenSystems>;

/// The code of errors that pass by themselves.
const TEMPORARILY_UNAVAILABLE: &str = "7";

impl Api for EnlightenSystems {
    const NAME: &'static str = "enphase";
    const BASE_URL: &'static str = "https://api.enphaseenergy.com/api/v2";
    type Login = Credentials;

    /// That a system has no meter is an answer, whatever the status it comes with.
    fn is_success(response: &HttpResponse) -> bool {
        response.status().is_success() || Self::is_nothing(response)
    }

    /// What comes for the consumption of a system without a meter, in place of the documented empty answer.
    fn is_nothing(response: &HttpResponse) -> bool {
        const LONGEST: usize = 1000;
        response.body().len() <= LONGEST
            && Refusal::read(response.body())
                .is_some_and(|refusal| refusal.says("does not contain any active and enabled consumption meter"))
    }

    fn describe_error(response: &HttpResponse, _: OffsetDateTime, error: &mut ApiError) {
        if error.status == StatusCode::CONFLICT {
            error.kind = ApiErrorKind::RateLimited;
        }
        let refusal = Refusal::read(response.body()).unwrap_or_default();
        if refusal.code.as_deref() == Some(TEMPORARILY_UNAVAILABLE) {
            error.kind = ApiErrorKind::Unavailable;
        }
        error.hint = hint(error, &refusal);
        refusal.describe(error);
    }

    /// A month's quota does not come back while a call waits; and where the service does not say when to come back, sending
    /// again at once is one more call for nothing.
    fn advise(error: &ApiError) -> Advice {
        if error.kind != ApiErrorKind::RateLimited {
            return Advice::Usual;
        }
        let refusal = error.details::<Refusal>().unwrap_or_default();
        let is_long = refusal.period.is_some() && !refusal.passes_soon();
        if is_long || error.retry_at.is_none() {
            Advice::Never
        } else {
            Advice::Usual
        }
    }
}

/// What a status leaves open.
fn hint(error: &ApiError, refusal: &Refusal) -> Option<Cow<'static, str>> {
    match error.status {
        StatusCode::UNAUTHORIZED => Some(
            "the key or the user id is wrong, or the user has not approved this application; the two are often taken for \
             each other, and those of v4 are not good here"
                .into(),
        ),
        StatusCode::NOT_FOUND if error.url.path().ends_with("/search_system_id") => {
            Some("no gateway has this serial number; those of microinverters do not do".into())
        }
        StatusCode::NOT_FOUND => Some("check the base URL, which ends in /api/v2, and the id of the system".into()),
        StatusCode::CONFLICT if refusal.period.as_deref() == Some("month") => {
            Some("the month's quota of the plan is used up; waiting within a call does not help".into())
        }
        StatusCode::UNPROCESSABLE_ENTITY => range(refusal),
        StatusCode::SERVICE_UNAVAILABLE => {
            Some("the service is overloaded, also by too many calls at once; send fewer at a time".into())
        }
        _ if error.kind == ApiErrorKind::Unavailable && refusal.code.is_some() => {
            Some("the service has no data for now; try again some minutes later".into())
        }
        _ => None,
    }
}

/// What could be asked for, or else what the service understood.
fn range(refusal: &Refusal) -> Option<Cow<'static, str>> {
    let between = |from: Option<OffsetDateTime>, to: Option<OffsetDateTime>| {
        let from = from?.format(&Rfc3339).ok()?;
        Some(format!("from {from} to {}", to?.format(&Rfc3339).ok()?))
    };
    if let Some(known) = between(refusal.first_interval, refusal.last_interval) {
        return Some(format!("the system has intervals {known}").into());
    }
    let days = || Some(format!("from {} to {}", refusal.start.as_ref()?, refusal.end.as_ref()?));
    let understood = between(refusal.start_at, refusal.end_at).or_else(days)?;
    Some(format!("the service understood: {understood}").into())
}
