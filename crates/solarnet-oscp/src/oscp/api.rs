use energy_core::error::{ApiError, ApiErrorKind};
use energy_core::http::StatusCode;
use energy_core::time::OffsetDateTime;
use energy_core::{Api, ApiClient, HttpResponse};

use super::{Credentials, ErrorMessage};
use crate::failure::Failure;

/// Another system's OSCP 2.0 endpoints.
#[derive(Clone, Copy, Debug)]
pub struct Oscp;

/// Sends OSCP messages to one system: to SolarNetwork unless the builder names another address, such as
/// `https://oscp.example.org/oscp/cp/2.0`. See [`ApiClient`] for all it can do.
pub type Client = ApiClient<Oscp>;

impl Api for Oscp {
    const NAME: &'static str = "oscp";
    const BASE_URL: &'static str = "https://oscp.solarnetwork.net/oscp/fp/2.0";
    type Login = Credentials;

    fn describe_error(response: &HttpResponse, _: OffsetDateTime, error: &mut ApiError) {
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        if let Some(failure) = Failure::read(response.body()) {
            failure.describe(error);
        } else if let Ok(ErrorMessage {
            message: Some(message), ..
        }) = serde_json::from_slice(response.body())
        {
            error.message = message;
        }
        if error.message.is_empty() {
            error.message = header("x-error-message").unwrap_or_default().to_owned();
        }
        if error.status == StatusCode::NOT_IMPLEMENTED {
            error.kind = ApiErrorKind::Invalid;
        }
        error.hint = hint(error).map(Into::into);
    }
}

fn hint(error: &ApiError) -> Option<&'static str> {
    match error.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Some("the token is not, or no longer, the one that the receiver gave; a registration replaces it")
        }
        StatusCode::NOT_IMPLEMENTED => Some("offer version 2.0 in `version_url`"),
        StatusCode::NOT_FOUND => Some("the receiver knows no such group, or does not take this message"),
        _ => None,
    }
}
