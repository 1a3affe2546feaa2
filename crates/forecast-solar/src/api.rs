use std::time::Duration;

use energy_core::error::{ApiError, ApiErrorKind};
use energy_core::http::{HeaderMap, HeaderName, StatusCode, header};
use energy_core::limit::Quota;
use energy_core::time::OffsetDateTime;
use energy_core::time::format_description::well_known::Rfc3339;
use energy_core::{Advice, Api, ApiClient, HttpResponse};

use memchr::memmem;

use crate::credentials::Credentials;
use crate::failure::Failure;

/// The Forecast.Solar API.
#[derive(Clone, Copy, Debug)]
pub struct ForecastSolar;

static LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
static REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
static PERIOD: HeaderName = HeaderName::from_static("x-ratelimit-period");
static RETRY_AT: HeaderName = HeaderName::from_static("x-ratelimit-retry-at");
static REQUEST_ID: HeaderName = HeaderName::from_static("x-pid");

/// Sends this crate's requests. See [`ApiClient`] for all it can do.
pub type Client = ApiClient<ForecastSolar>;

impl Api for ForecastSolar {
    const NAME: &'static str = "forecast-solar";
    const BASE_URL: &'static str = "https://api.forecast.solar";
    type Login = Credentials;

    /// A success whose envelope says that it is none is a failure: the service has codes of its own (601, no weather
    /// data for the region) whose HTTP status is not documented.
    fn is_success(response: &HttpResponse) -> bool {
        // Nearly every success does not have the word, and is not read twice for it.
        let has_word = || memmem::find(response.body(), b"error").is_some();
        let says_error = || Failure::read(response.body()).is_some_and(|failure| failure.message.kind == "error");
        response.status().is_success() && !(has_word() && says_error())
    }

    fn describe_error(response: &HttpResponse, _: OffsetDateTime, error: &mut ApiError) {
        match Failure::read(response.body()) {
            Some(failure) => failure.describe(error),
            // Outages and maintenance are plain text, proxies answer in HTML: what there is, is shown as the body.
            None if !looks_like_html(response) && !error.body.is_hidden() => {
                error.message = String::from_utf8_lossy(response.body())
                    .trim()
                    .chars()
                    .take(500)
                    .collect();
            }
            None => {}
        }
        if let Some(id) = text(response.headers(), &REQUEST_ID) {
            error.request_id = Some(id.to_owned());
        }
        if error.kind == ApiErrorKind::RateLimited {
            error.retry_at = Self::quota(response)
                .and_then(|quota| quota.retry_at)
                .or(error.retry_at);
        }
        error.hint = hint(error).map(Into::into);
    }

    /// The quota is counted by the hour: without a time to come back, sending again at once is one more call for nothing.
    fn advise(error: &ApiError) -> Advice {
        if error.kind == ApiErrorKind::RateLimited && error.retry_at.is_none() {
            Advice::Never
        } else {
            Advice::Usual
        }
    }

    fn quota(response: &HttpResponse) -> Option<Quota> {
        let headers = response.headers();
        let number = |name: &HeaderName| text(headers, name)?.trim().parse::<u32>().ok();
        let mut quota = Quota::default();
        quota.limit = number(&LIMIT);
        quota.remaining = number(&REMAINING);
        quota.period = number(&PERIOD).map(|seconds| Duration::from_secs(seconds.into()));
        quota.retry_at = text(headers, &RETRY_AT).and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
        (quota != Quota::default()).then_some(quota)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn looks_like_html(response: &HttpResponse) -> bool {
    let stated = text(response.headers(), &header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"));
    stated || response.body().trim_ascii_start().starts_with(b"<")
}

/// What a status leaves open.
fn hint(error: &ApiError) -> Option<&'static str> {
    let administration = error.url.path().contains("/payperuse/");
    match error.status {
        StatusCode::BAD_REQUEST => Some("the key or the address is malformed; the key has 16 letters and digits"),
        StatusCode::UNAUTHORIZED => Some("the key is known, but expired or suspended"),
        StatusCode::FORBIDDEN => Some("the key is unknown to the service, or its plan does not allow this"),
        StatusCode::NOT_FOUND if administration => {
            Some("in the administration this means a wrong administrative key or an unknown account id")
        }
        StatusCode::NOT_FOUND => Some("there is no such route or location; check latitude and longitude"),
        StatusCode::UNPROCESSABLE_ENTITY => Some("a plane's declination, azimuth or peak power is refused"),
        StatusCode::SERVICE_UNAVAILABLE => Some("overload or maintenance; try again some minutes later"),
        _ => None,
    }
}
