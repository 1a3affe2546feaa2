//! The grants of OAuth 2 over this SDK's [`Transport`], with its clock and its errors.
//!
//! The `oauth2` crate knows the protocol: authorise URLs, `state`, PKCE, typed token requests, error bodies. What it builds
//! is sent in the dialect that a vendor's token endpoint understands, and its errors become [`AuthError`]; no type of it is
//! seen outside. [`Grants`] puts these together for one application at one server, and is what vendor crates use.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use oauth2::{AsyncHttpClient, ErrorResponse, HttpRequest, HttpResponse, RequestTokenError};
use url::{Url, form_urlencoded};

mod device;
mod grants;

pub use device::{DeviceError, DeviceLogin};
pub use grants::{Application, Authorization, Grants, Server};

use super::AuthError;
use crate::scrub::Scrub;
use crate::secret::Secret;
use crate::transport::{BoxFuture, SendOptions, Transport, TransportError};

/// How a vendor's token endpoint wants its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// As a form, as RFC 6749 says.
    Form,
    /// As a JSON object.
    Json,
    /// In the query, with an empty body.
    Query,
}

/// Sends the `oauth2` crate's requests over a [`Transport`].
#[derive(Clone, Debug)]
struct OauthHttp {
    transport: Arc<dyn Transport>,
    dialect: Dialect,
    left_out: &'static [&'static str],
}

impl OauthHttp {
    /// Sends over `transport` in `dialect`.
    fn new(transport: Arc<dyn Transport>, dialect: Dialect) -> Self {
        Self {
            transport,
            dialect,
            left_out: &[],
        }
    }

    /// Leaves parameters out that the standard wants and the vendor does not.
    #[must_use]
    fn without(mut self, parameters: &'static [&'static str]) -> Self {
        self.left_out = parameters;
        self
    }
}

/// The members of answers that are durations in seconds.
const DURATIONS: [&str; 2] = ["expires_in", "interval"];

/// A success as the crate reads it: durations in seconds, scopes in one text. What cannot be read is left out, because
/// losing it is better than losing the token: a refresh has ended the one before it.
fn in_standard_form(body: &[u8]) -> Option<Vec<u8>> {
    let Ok(serde_json::Value::Object(mut answer)) = serde_json::from_slice(body) else {
        return None;
    };
    for name in DURATIONS {
        if let Some(value) = answer.remove(name)
            && let Ok(duration) = crate::wire::hms::read(&value)
        {
            answer.insert(name.to_owned(), duration.as_secs().into());
        }
    }
    if let Some(list) = answer.get("scope").and_then(serde_json::Value::as_array) {
        let scopes: Vec<&str> = list.iter().filter_map(serde_json::Value::as_str).collect();
        let joined = scopes.join(" ");
        answer.insert("scope".to_owned(), joined.into());
    }
    serde_json::to_vec(&answer).ok()
}

/// A token request that could not be sent or got no answer.
#[derive(Debug, thiserror::Error)]
enum OauthHttpError {
    /// The request cannot be put into the vendor's dialect.
    #[error("the token request cannot be built")]
    Build,
    /// No answer came.
    #[error("the token endpoint did not answer")]
    Transport(#[source] TransportError),
}

/// What stands in the place of a refusal in a vendor's own words.
const REFUSED: &str = "refused";
/// What stands in the place of an answer that is no refusal of a token: a redirect, a page that is not there.
const MISPLACED: &str = "misplaced";

/// The codes that mean something here; a refusal with another, or with none, is judged by its status.
const CODES: [&str; 13] = [
    "invalid_grant",
    "access_denied",
    "expired_token",
    "consent_required",
    "invalid_client",
    "unauthorized_client",
    "invalid_scope",
    "invalid_request",
    "unsupported_grant_type",
    "temporarily_unavailable",
    "server_error",
    "slow_down",
    "authorization_pending",
];

/// A refusal as the crate reads it. A server that does not speak the standard's words says `401 Unauthorized` by its
/// status, and perhaps why in a `message`.
fn in_standard_words(status: StatusCode, body: Vec<u8>) -> Vec<u8> {
    let said: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |name: &str| said.get(name).and_then(serde_json::Value::as_str);
    if text("error").is_some_and(|code| CODES.contains(&code)) {
        return body;
    }
    let code = match status.as_u16() {
        400 | 401 | 403 => REFUSED,
        408 | 425 | 429 | 500.. => "temporarily_unavailable",
        _ => MISPLACED,
    };
    let words = text("error_description").or(text("message")).or(text("error"));
    let words: String = words.unwrap_or_default().chars().take(200).collect();
    let described = if words.is_empty() {
        status.to_string()
    } else {
        format!("{status}: {words}")
    };
    let rewritten = serde_json::json!({"error": code, "error_description": described});
    rewritten.to_string().into_bytes()
}

/// The parameters of token requests whose values are secrets.
const SECRET_PARAMETERS: [&str; 9] = [
    "client_secret",
    "refresh_token",
    "code",
    "username",
    "password",
    "code_verifier",
    "device_code",
    "access_token",
    "assertion",
];

/// The secrets of `Authorization`: the credentials as they are sent and, of HTTP Basic, the password in them.
fn secrets_of_header(headers: &HeaderMap) -> Vec<Secret> {
    let Some((scheme, credentials)) = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
    else {
        return Vec::new();
    };
    let mut secrets = vec![Secret::new(credentials)];
    if scheme.eq_ignore_ascii_case("basic")
        && let Ok(pair) = BASE64_STANDARD.decode(credentials)
        && let Ok(pair) = String::from_utf8(pair)
        && let Some((_, password)) = pair.split_once(':')
    {
        // RFC 6749 has it form-encoded inside.
        let decoded = form_urlencoded::parse(format!("={password}").as_bytes())
            .map(|(_, value)| value.into_owned())
            .collect::<String>();
        secrets.extend([Secret::new(password), Secret::new(decoded)]);
    }
    secrets
}

impl<'c> AsyncHttpClient<'c> for OauthHttp {
    type Error = OauthHttpError;
    type Future = BoxFuture<'c, Result<HttpResponse, OauthHttpError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (mut head, form) = request.into_parts();
            let mut parameters: Vec<(String, String)> = form_urlencoded::parse(&form).into_owned().collect();
            parameters.retain(|(name, _)| !self.left_out.contains(&name.as_str()));
            let secrets: Vec<Secret> = parameters
                .iter()
                .filter(|(name, _)| SECRET_PARAMETERS.contains(&name.as_str()))
                .map(|(_, value)| Secret::new(value.as_str()))
                .chain(secrets_of_header(&head.headers))
                .collect();
            let body = match self.dialect {
                Dialect::Form => form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(parameters)
                    .finish()
                    .into(),
                Dialect::Json => {
                    let object: serde_json::Map<_, _> = parameters
                        .into_iter()
                        .map(|(name, value)| (name, value.into()))
                        .collect();
                    head.headers
                        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                    serde_json::to_vec(&object).map_err(|_| OauthHttpError::Build)?.into()
                }
                Dialect::Query => {
                    let mut url = Url::parse(&head.uri.to_string()).map_err(|_| OauthHttpError::Build)?;
                    url.query_pairs_mut().extend_pairs(parameters);
                    head.uri = url.as_str().parse::<Uri>().map_err(|_| OauthHttpError::Build)?;
                    head.headers.remove(header::CONTENT_TYPE);
                    Bytes::new()
                }
            };
            let request = http::Request::from_parts(head, body);
            let response = self.transport.send(request, SendOptions::default()).await;
            let (mut head, mut body) = response.map_err(OauthHttpError::Transport)?.into_parts();
            let secrets = Scrub::new(&secrets);
            secrets.headers(&mut head.headers);
            if head.status.is_success() {
                // The crate takes 200 alone for a success.
                head.status = StatusCode::OK;
                let body = body.to_vec();
                return Ok(match in_standard_form(&body) {
                    Some(object) => {
                        head.headers
                            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                        http::Response::from_parts(head, object)
                    }
                    None => http::Response::from_parts(head, body),
                });
            }
            body = secrets.body(body);
            let refusal = in_standard_words(head.status, body.to_vec());
            head.headers
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Ok(http::Response::from_parts(head, refusal))
        })
    }
}

/// What a failed token request means for the login.
///
/// `invalid_grant` and `access_denied` need a person; a wrong client is named as such, and so is a refusal in a vendor's
/// own words; an outage may pass.
fn auth_error<T>(error: RequestTokenError<OauthHttpError, T>) -> AuthError
where
    T: ErrorResponse + 'static,
{
    match error {
        RequestTokenError::ServerResponse(response) => {
            // The crate shows only the code of an error this way, whatever its type.
            let shown = response.to_string();
            let code = shown.split([':', ' ']).next().unwrap_or_default();
            match code {
                "invalid_grant" | "access_denied" | "expired_token" | "consent_required" => {
                    AuthError::Reauthorise(shown)
                }
                "invalid_client"
                | "unauthorized_client"
                | "invalid_scope"
                | "invalid_request"
                | "unsupported_grant_type" => AuthError::Malformed(shown),
                REFUSED => AuthError::Malformed(own_words(&shown)),
                MISPLACED => AuthError::Malformed(format!("the token endpoint is not there: {}", own_words(&shown))),
                _ => AuthError::transient(shown, None),
            }
        }
        RequestTokenError::Request(OauthHttpError::Transport(error)) => {
            AuthError::transient("the token endpoint did not answer", Some(Box::new(error) as _))
        }
        RequestTokenError::Request(error) => AuthError::Malformed(error.to_string()),
        // The body may hold tokens, so only the place of the mistake is shown.
        RequestTokenError::Parse(error, _) => {
            let at = error.path().to_string();
            AuthError::transient(format!("the token endpoint's answer cannot be read at `{at}`"), None)
        }
        RequestTokenError::Other(what) => AuthError::transient(what, None),
    }
}

/// As [`auth_error`], for a refresh: a token that the service refuses in its own words needs a person, too.
fn refresh_error<T>(error: RequestTokenError<OauthHttpError, T>) -> AuthError
where
    T: ErrorResponse + 'static,
{
    match &error {
        RequestTokenError::ServerResponse(response) if response.to_string().starts_with(REFUSED) => {
            AuthError::Reauthorise(own_words(&response.to_string()))
        }
        _ => auth_error(error),
    }
}

fn own_words(shown: &str) -> String {
    shown
        .trim_start_matches(REFUSED)
        .trim_start_matches([':', ' '])
        .to_owned()
}
