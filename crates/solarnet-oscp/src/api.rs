use std::fmt::Write;

use energy_core::error::{ApiError, ApiErrorKind};
use energy_core::http::{HeaderMap, StatusCode, header};
use energy_core::limit::Quota;
use energy_core::time::format_description::well_known::Rfc2822;
use energy_core::time::{Duration, OffsetDateTime};
use energy_core::{Api, ApiClient, HttpResponse};

use crate::credentials::Credentials;
use crate::failure::Failure;

/// SolarNetwork's management of OSCP systems (SolarUser).
#[derive(Clone, Copy, Debug)]
pub struct SolarNetwork;

/// Sends this crate's management requests. See [`ApiClient`] for all it can do.
pub type Client = ApiClient<SolarNetwork>;

impl Api for SolarNetwork {
    const NAME: &'static str = "solarnet-oscp";
    const BASE_URL: &'static str = "https://data.solarnetwork.net/solaruser/api/v1/sec";
    type Login = Credentials;

    /// A success whose envelope says that it is none is a failure.
    fn is_success(response: &HttpResponse) -> bool {
        response.status().is_success() && Failure::read(response.body()).is_none()
    }

    fn describe_error(response: &HttpResponse, now: OffsetDateTime, error: &mut ApiError) {
        let headers = response.headers();
        match Failure::read(response.body()) {
            Some(failure) => failure.describe(error),
            None => error.message = text(headers, "x-sn-errormessage").unwrap_or_default().to_owned(),
        }
        error.kind = kind(error);
        if error.kind == ApiErrorKind::RateLimited {
            error.retry_at = retry_at(headers).or(error.retry_at);
        }
        error.hint = match error.message.as_str() {
            DATE_SKEW => Some(skew(headers, now).into()),
            _ => hint(error).map(Into::into),
        };
    }

    fn quota(response: &HttpResponse) -> Option<Quota> {
        let mut quota = Quota::default();
        quota.remaining = text(response.headers(), "x-sn-rate-limit-remaining")?
            .trim()
            .parse()
            .ok();
        quota.remaining.is_some().then_some(quota)
    }
}

const BAD_CREDENTIALS: &str = "Bad credentials";
const DATE_SKEW: &str = "Date skew too large";
const EXPIRED: &str = "Expired token";
const UNKNOWN_OBJECT: &str = "UNKNOWN_OBJECT";

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// What an answer means: the service uses 403 for a failed login and for unknown objects, 429 for a busy database.
fn kind(error: &ApiError) -> ApiErrorKind {
    let database = error.code.as_deref().is_some_and(|code| code.starts_with("DAO."));
    match (error.status, error.message.as_str()) {
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, BAD_CREDENTIALS | DATE_SKEW | EXPIRED) => {
            ApiErrorKind::Unauthorized
        }
        (StatusCode::FORBIDDEN, UNKNOWN_OBJECT) => ApiErrorKind::NotFound,
        (StatusCode::NOT_FOUND, message) if message.starts_with("OSCP service not available") => {
            ApiErrorKind::Unavailable
        }
        (StatusCode::TOO_MANY_REQUESTS, _) if database => ApiErrorKind::Unavailable,
        (status, _) if status.is_success() => ApiErrorKind::Other,
        (status, _) => status.into(),
    }
}

/// `X-SN-Rate-Limit-Retry-After`: milliseconds since 1970, not seconds to wait.
fn retry_at(headers: &HeaderMap) -> Option<OffsetDateTime> {
    let milliseconds: i128 = text(headers, "x-sn-rate-limit-retry-after")?.trim().parse().ok()?;
    OffsetDateTime::from_unix_timestamp_nanos(milliseconds.checked_mul(1_000_000)?).ok()
}

/// How far this machine's clock is off, by the date of the answer. 15 minutes are allowed.
fn skew(headers: &HeaderMap, now: OffsetDateTime) -> String {
    let advice = "requests must be signed within 15 minutes of the service's time; set this machine's clock";
    let Some(theirs) = text(headers, header::DATE.as_str()).and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok())
    else {
        return advice.to_owned();
    };
    let off = now - theirs;
    if off.abs() < Duration::minutes(15) {
        return "this machine's clock agrees with the service's now: the request was signed long before it arrived"
            .to_owned();
    }
    let (seconds, direction) = (
        off.whole_seconds(),
        if off.is_positive() { "ahead of" } else { "behind" },
    );
    let mut said = String::from("this machine's clock is ");
    let seconds = seconds.unsigned_abs();
    // Writing to a string does not fail.
    let _ = match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, seconds) => write!(said, "{minutes} min {seconds} s"),
        (hours, minutes, _) => write!(said, "{hours} h {minutes} min"),
    };
    said + " " + direction + " the service's; " + advice
}

/// What an answer leaves open.
fn hint(error: &ApiError) -> Option<&'static str> {
    let by_code = match error.code.as_deref() {
        Some("DAO.00101") => Some(
            "something with this identifier or base URL exists already; after a lost answer it may be what you created",
        ),
        Some("DAO.00103") => Some("a value is too long for the database"),
        Some("DAO.00105") => Some("the capacity provider, optimizer or group it refers to does not exist"),
        _ => None,
    };
    by_code.or(match (error.kind, error.message.as_str()) {
        (_, BAD_CREDENTIALS) => Some(
            "token and secret do not match, or the request was changed on its way; behind a proxy see `signed_host`",
        ),
        (_, EXPIRED) => Some("make a new security token in SolarNetwork"),
        (ApiErrorKind::NotFound, UNKNOWN_OBJECT) => Some("the account has no object with this id"),
        (ApiErrorKind::Forbidden, _) => {
            Some("the token must be one of type User, its policy must allow the path, and the account needs ROLE_OSCP")
        }
        (ApiErrorKind::Unavailable, _) if error.status == StatusCode::NOT_FOUND => {
            Some("this server runs without OSCP")
        }
        _ => None,
    })
}
