//! The grant for devices: a person authorises somewhere else, and the application asks until it is done.

use std::fmt;
use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use oauth2::basic::BasicTokenResponse;
use oauth2::{AsyncHttpClient, DeviceAuthorizationUrl, Scope, StandardDeviceAuthorizationResponse};
use time::OffsetDateTime;
use url::Url;

use super::grants::stored;
use super::{Grants, auth_error};
use crate::auth::{AuthError, StoredToken};
use crate::secret::Secret;
use crate::transport::BoxFuture;

/// Why a person's authorisation of a device did not come.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// The person said no.
    #[error("the person refused")]
    Denied,
    /// The person did not say anything in time. Begin again.
    #[error("nobody authorised the device in time; begin again")]
    Expired,
    /// The server could not be asked, or answered something else.
    #[error(transparent)]
    Login(AuthError),
}

/// A device that waits for a person.
///
/// Show [`user_code`](Self::user_code) and [`verification_uri`](Self::verification_uri), and [`wait`](Self::wait).
/// Dropping the future ends the asking.
pub struct DeviceLogin {
    grants: Grants,
    device_code: Secret,
    user_code: String,
    verification_uri: Url,
    complete_uri: Option<Url>,
    interval: Duration,
    expires_at: OffsetDateTime,
}

impl fmt::Debug for DeviceLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceLogin")
            .field("verification_uri", &self.verification_uri.as_str())
            .field("interval", &self.interval)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// What the standard says to add to the interval when asked to slow down.
const SLOWER: Duration = Duration::from_secs(5);
/// No server means to be asked more often.
const SHORTEST: Duration = Duration::from_secs(1);

/// Nobody waits longer than a day.
const LONGEST: Duration = Duration::from_secs(86_400);

/// What one question gave.
enum Answer {
    Token(StoredToken),
    Pending,
    SlowDown,
}

#[derive(serde::Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
}

impl Grants {
    /// Begins the login of a device.
    ///
    /// - `more`: what the server wants beyond the standard, such as the name of the grant.
    ///
    /// # Errors
    ///
    /// [`AuthError`]: the application is not known, or the server does not answer.
    pub fn device<'a>(
        &'a self,
        scopes: &'a [String],
        more: &'a [(&'static str, &'static str)],
    ) -> BoxFuture<'a, Result<DeviceLogin, AuthError>> {
        Box::pin(async move {
            let url = self.server.device_url.clone();
            let url = url.ok_or_else(|| AuthError::Malformed("this server has no login for devices".to_owned()))?;
            let client = self
                .client()
                .set_device_authorization_url(DeviceAuthorizationUrl::from_url(url));
            let mut request = client
                .exchange_device_code()
                .add_scopes(scopes.iter().cloned().map(Scope::new));
            for (name, value) in more {
                request = request.add_extra_param(*name, *value);
            }
            let details: StandardDeviceAuthorizationResponse =
                request.request_async(&self.http).await.map_err(auth_error)?;
            let complete = details.verification_uri_complete();
            Ok(DeviceLogin {
                device_code: Secret::new(details.device_code().secret().as_str()),
                user_code: details.user_code().secret().clone(),
                verification_uri: details.verification_uri().url().clone(),
                complete_uri: complete.and_then(|uri| Url::parse(uri.secret()).ok()),
                interval: details.interval().clamp(SHORTEST, LONGEST),
                expires_at: self.clock.now() + details.expires_in().min(LONGEST),
                grants: self.clone(),
            })
        })
    }
}

impl DeviceLogin {
    /// What the person types.
    pub fn user_code(&self) -> &str {
        &self.user_code
    }

    /// Where the person types it.
    pub fn verification_uri(&self) -> &Url {
        &self.verification_uri
    }

    /// The same address with the code in it, where typing can be saved: for a link, or a QR code.
    pub fn complete_uri(&self) -> Url {
        self.complete_uri.clone().unwrap_or_else(|| {
            let mut url = self.verification_uri.clone();
            url.query_pairs_mut().append_pair("user_code", &self.user_code);
            url
        })
    }

    /// How long to wait between two questions; it grows when the server asks for that.
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// When the code ends.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.expires_at
    }

    /// Asks, at the server's pace, until there is a token or cannot be one any more.
    ///
    /// # Errors
    ///
    /// [`DeviceError`]. A server that does not answer once is asked again, more slowly.
    pub async fn wait(&mut self) -> Result<StoredToken, DeviceError> {
        loop {
            if self.grants.clock.now() + self.interval >= self.expires_at {
                return Err(DeviceError::Expired);
            }
            self.grants.clock.sleep(self.interval).await;
            match self.ask().await {
                Ok(Answer::Token(token)) => return Ok(token),
                Ok(Answer::Pending) => {}
                Ok(Answer::SlowDown) => self.interval += SLOWER,
                Err(DeviceError::Login(error)) if error.is_transient() => self.interval += SLOWER,
                Err(error) => return Err(error),
            }
        }
    }

    /// The parameters of a question, as a form.
    fn question(&self) -> String {
        let grants = &self.grants;
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", grants.server.device_grant)
            .append_pair("device_code", self.device_code.expose())
            .append_pair("client_id", grants.application.id());
        if let Some(secret) = grants.application.secret() {
            form.append_pair("client_secret", secret.expose());
        }
        form.finish()
    }

    fn ask(&self) -> BoxFuture<'_, Result<Answer, DeviceError>> {
        Box::pin(async move {
            let grants = &self.grants;
            let mut request = http::Request::new(self.question().into_bytes());
            *request.method_mut() = http::Method::POST;
            *request.uri_mut() = grants
                .server
                .token_url
                .as_str()
                .parse()
                .map_err(|_| malformed("the token URL"))?;
            let headers = request.headers_mut();
            headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/x-www-form-urlencoded"),
            );
            let answer = grants.http.call(request).await.map_err(|error| {
                let source: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
                DeviceError::Login(AuthError::transient("the token endpoint did not answer", source))
            })?;
            if answer.status() == StatusCode::OK {
                return match serde_json::from_slice::<BasicTokenResponse>(answer.body()) {
                    Ok(token) => Ok(Answer::Token(stored(&token, &*grants.clock))),
                    // The body may hold tokens.
                    Err(_) => Err(malformed("the token endpoint's answer")),
                };
            }
            let Ok(refusal) = serde_json::from_slice::<Refusal>(answer.body()) else {
                return Err(malformed("the token endpoint's answer"));
            };
            let words = refusal.error_description.unwrap_or_default();
            match refusal.error.as_str() {
                "authorization_pending" => Ok(Answer::Pending),
                "slow_down" => Ok(Answer::SlowDown),
                "access_denied" => Err(DeviceError::Denied),
                "expired_token" => Err(DeviceError::Expired),
                "temporarily_unavailable" | "server_error" => {
                    Err(DeviceError::Login(AuthError::transient(words, None)))
                }
                super::REFUSED | super::MISPLACED => Err(DeviceError::Login(AuthError::Malformed(words))),
                code => Err(DeviceError::Login(AuthError::Malformed(format!("{code}: {words}")))),
            }
        })
    }
}

fn malformed(what: &str) -> DeviceError {
    DeviceError::Login(AuthError::Malformed(format!("{what} cannot be read")))
}
