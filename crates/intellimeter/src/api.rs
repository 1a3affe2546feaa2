use energy_core::error::{ApiError, ApiErrorKind};
use energy_core::http::StatusCode;
use energy_core::time::OffsetDateTime;
use energy_core::{Api, ApiClient, HttpResponse};

use crate::credentials::Credentials;
use crate::failure::Failure;

/// The Intellimeter API.
#[derive(Clone, Copy, Debug)]
pub struct Intellimeter;

/// Sends this crate's requests. See [`ApiClient`] for all it can do.
///
/// The vendor documents a bare address with plain HTTP ([`Intellimeter::DOCUMENTED_BASE_URL`]), over which client secrets
/// and passwords would travel in the open. So the builder must be told where the service is, and takes plain HTTP to
/// another machine only with [`allow_insecure_http`](energy_core::ClientBuilder::allow_insecure_http).
pub type Client = ApiClient<Intellimeter>;

impl Intellimeter {
    /// The address that the vendor's documentation names.
    pub const DOCUMENTED_BASE_URL: &'static str = "http://134.122.43.196:5000/api/v1";
}

impl Api for Intellimeter {
    const NAME: &'static str = "intellimeter";
    const BASE_URL: &'static str = "";
    type Login = Credentials;

    fn describe_error(response: &HttpResponse, _: OffsetDateTime, error: &mut ApiError) {
        if let Ok(failure) = serde_json::from_slice::<Failure>(response.body()) {
            failure.describe(error);
            if error.body.is_hidden() && response.body().windows(6).any(|bytes| bytes == b"token=") {
                // It names an address with a token in it.
                error.message = "the message names an address with a token, and is not shown".to_owned();
            }
        } else if !error.body.is_hidden() && !response.body().trim_ascii_start().starts_with(b"<") {
            let text = String::from_utf8_lossy(response.body());
            error.message = text.trim().chars().take(500).collect();
        }
        error.hint = match (error.status, error.kind) {
            (StatusCode::TOO_EARLY, _) => Some("the report is still being made; ask again after the interval".into()),
            (_, ApiErrorKind::Unauthorized) => Some("the token is dead or was never good; log in again".into()),
            (_, ApiErrorKind::Forbidden) => {
                Some("the token lacks the scope, or the account is no administrator's".into())
            }
            _ => None,
        };
    }
}
