use energy_core::error::{ApiError, ApiErrorKind};
use energy_core::{Api, ApiClient, BuildError, HttpResponse};
use time::OffsetDateTime;

use crate::credentials::Credentials;
use crate::refusal::Refusal;

/// The User API and Portal API of Solar-Log WEB Enerest.
#[derive(Clone, Copy, Debug)]
pub struct SolarLogEnerest;

/// Sends this crate's requests. See [`ApiClient`] for all it can do.
pub type Client = ApiClient<SolarLogEnerest>;

impl Api for SolarLogEnerest {
    const NAME: &'static str = "solarlog-enerest";
    /// Each portal has its own: see [`base_url`].
    const BASE_URL: &'static str = "";
    type Login = Credentials;

    fn describe_error(response: &HttpResponse, _: OffsetDateTime, error: &mut ApiError) {
        if let Some(refusal) = Refusal::read(response.body()) {
            error.code = refusal.code;
            error.message = refusal.messages.join(": ");
        }
        error.hint = hint(error).map(Into::into);
    }
}

fn hint(error: &ApiError) -> Option<&'static str> {
    match error.kind {
        ApiErrorKind::Unauthorized => {
            Some("the token was not accepted, nor a new one: check the application and its token endpoint")
        }
        ApiErrorKind::Forbidden => Some(
            "the package may lack this, whatever the client was told, or the plant is not assigned to this user, or the \
             application is one of another portal",
        ),
        ApiErrorKind::RateLimited => Some("the limits of this API are not public; ask less often"),
        ApiErrorKind::NotFound => Some("there is no such plant, component or fleet among those of this application"),
        _ => None,
    }
}

/// The address of a portal's API, for the builder.
///
/// - `portal`: the first label of the portal's own domain, as `sunnyhill` of `sunnyhill.enerest.world`.
///
/// ```
/// let url = solarlog_enerest::base_url("sunnyhill")?;
/// assert_eq!(url, "https://api.enerest.world/api/v1/sunnyhill");
/// assert!(solarlog_enerest::base_url("https://sunnyhill.enerest.world").is_err());
/// # Ok::<(), solarlog_enerest::energy_core::BuildError>(())
/// ```
///
/// # Errors
///
/// A text that is no label of a domain.
pub fn base_url(portal: &str) -> Result<String, BuildError> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let is_label = !portal.is_empty() && portal.len() <= 63 && portal.chars().all(fits);
    if !is_label || portal.starts_with('-') || portal.ends_with('-') {
        let reason = "is only the first label of the portal's domain, as `sunnyhill` of sunnyhill.enerest.world";
        return Err(BuildError::new("portal", reason));
    }
    Ok(format!("https://api.enerest.world/api/v1/{portal}"))
}
