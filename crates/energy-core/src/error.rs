//! One error family for every vendor: what failed, what was sent, and what to do.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use time::OffsetDateTime;
use url::Url;

use crate::auth::AuthError;
use crate::endpoint::Operation;
use crate::limit::Quota;
pub use crate::payload::Payload;
use crate::payload::write_on_one_line;
use crate::transport::TransportError;

/// Why a call gave no result.
///
/// No variant ever shows a secret: addresses are shown as they were before login, and answers with every secret that
/// went out with the request taken out.
///
/// | variant | was it sent? | what to do |
/// |---|---|---|
/// | `Build` | no | mend the argument it names |
/// | `Refused` | no | log in, or get the plan or scope it names |
/// | `Auth` | no | see [`AuthError`]: authorise again, or try later |
/// | `Limited` | no | come back at the time it gives |
/// | `Transport` | see [`Error::may_have_been_sent`] | try later |
/// | `Api` | yes | read code and message |
/// | `Decode` | yes, and it was a success | report it: the body is inside |
/// | `Paging` | yes | the service gave a page again; go on from another place |
/// | `Write` | yes | mend the writer of the download |
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument that the service is known to refuse.
    #[error("{operation}: cannot be sent: {source}")]
    Build {
        /// The operation's id.
        operation: &'static str,
        /// The argument and what is wrong with it.
        source: Box<BuildError>,
    },
    /// The login is known not to be enough.
    #[error("{operation}: refused before sending: {source}")]
    Refused {
        /// The operation's id.
        operation: &'static str,
        /// What would be enough.
        source: Box<RefusedError>,
    },
    /// The login gave no proof to send.
    #[error("{operation}: login failed: {source}")]
    Auth {
        /// The operation's id.
        operation: &'static str,
        /// Why.
        source: Box<AuthError>,
    },
    /// The quota, as this client counts it, is used up.
    #[error("{operation}: not sent: {source}")]
    Limited {
        /// The operation's id.
        operation: &'static str,
        /// Which quota, and when to come back.
        source: Box<LimitedError>,
    },
    /// No answer.
    #[error(transparent)]
    Transport(Box<ExchangeError>),
    /// An answer that is not a success.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// A success that cannot be read.
    #[error(transparent)]
    Decode(Box<DecodeError>),
    /// A page that was there before: the pages would never end.
    #[error("{operation}: the service led back to a page already read, after {pages} pages")]
    Paging {
        /// The operation's id.
        operation: &'static str,
        /// How many pages were read.
        pages: usize,
    },
    /// The writer of a download failed.
    #[error("{operation}: the download could not be written after {written} bytes")]
    Write {
        /// The operation's id.
        operation: &'static str,
        /// How many bytes were written before.
        written: u64,
        /// How many times the request was sent.
        attempts: u32,
        /// What the writer said.
        source: std::io::Error,
    },
}

impl Error {
    /// The id of the operation that was called.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Build { operation, .. }
            | Self::Refused { operation, .. }
            | Self::Auth { operation, .. }
            | Self::Limited { operation, .. }
            | Self::Paging { operation, .. }
            | Self::Write { operation, .. } => operation,
            Self::Transport(error) => error.operation,
            Self::Api(error) => error.operation,
            Self::Decode(error) => error.operation,
        }
    }

    /// The status of the answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(error) => Some(error.status),
            Self::Decode(error) => Some(error.status),
            _ => None,
        }
    }

    /// How many times the request was sent.
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Transport(error) => error.attempts,
            Self::Api(error) => error.attempts,
            Self::Decode(error) => error.attempts,
            Self::Write { attempts, .. } => *attempts,
            Self::Paging { .. } => 1,
            _ => 0,
        }
    }

    /// Whether the service may have seen the request and acted on it.
    pub fn may_have_been_sent(&self) -> bool {
        match self {
            Self::Transport(error) => error.source.may_have_been_sent(),
            _ => self.attempts() > 0,
        }
    }

    /// Whether the service, or this client's own count, says that there were too many calls.
    pub fn is_rate_limited(&self) -> bool {
        match self {
            Self::Limited { .. } => true,
            Self::Api(error) => error.kind == ApiErrorKind::RateLimited,
            _ => false,
        }
    }

    /// Whether the login is missing, wrong or no longer valid, so that somebody must do something about it.
    pub fn is_unauthorized(&self) -> bool {
        match self {
            Self::Auth { source, .. } => !source.is_transient(),
            Self::Api(error) => error.kind == ApiErrorKind::Unauthorized,
            _ => false,
        }
    }

    /// Whether the login is known but not allowed to do this.
    pub fn is_forbidden(&self) -> bool {
        match self {
            Self::Refused { .. } => true,
            Self::Api(error) => error.kind == ApiErrorKind::Forbidden,
            _ => false,
        }
    }

    /// Whether the service does not know what was asked for.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Api(error) if error.kind == ApiErrorKind::NotFound)
    }

    /// Whether no answer came in time.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Transport(error) if error.source.kind == crate::transport::TransportErrorKind::Timeout)
    }

    /// Whether the same call may succeed later without anything being mended.
    pub fn is_retryable(&self) -> bool {
        use crate::transport::TransportErrorKind as Kind;
        match self {
            Self::Limited { .. } => true,
            Self::Auth { source, .. } => source.is_transient(),
            Self::Transport(error) => !matches!(error.source.kind, Kind::TooLarge | Kind::Unsendable),
            Self::Api(error) => match error.kind {
                ApiErrorKind::RateLimited => true,
                ApiErrorKind::Unavailable => error.status != StatusCode::NOT_IMPLEMENTED,
                _ => false,
            },
            _ => false,
        }
    }

    /// When the service, or this client's own count, says to come back.
    pub fn retry_at(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Limited { source, .. } => source.retry_at,
            Self::Api(error) => error.retry_at,
            _ => None,
        }
    }
}

/// An argument that the service is known to refuse. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{parameter}: {reason}")]
#[non_exhaustive]
pub struct BuildError {
    /// The argument, as the vendor names it.
    pub parameter: Cow<'static, str>,
    /// What is wrong with it.
    pub reason: String,
}

impl BuildError {
    /// An error about one argument. Neither text may hold a secret.
    pub fn new(parameter: impl Into<Cow<'static, str>>, reason: impl Into<String>) -> Self {
        Self {
            parameter: parameter.into(),
            reason: reason.into(),
        }
    }

    /// The same error about an argument inside `place`.
    #[must_use]
    pub fn under(mut self, place: impl Into<Cow<'static, str>>) -> Self {
        let place = place.into();
        self.parameter = if self.parameter.is_empty() {
            place
        } else {
            format!("{place}.{}", self.parameter).into()
        };
        self
    }
}

/// The login is known not to be enough. Nothing was sent, and no quota was spent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
#[non_exhaustive]
pub struct RefusedError {
    /// The plan, package, scope or login that would be enough, in the vendor's words.
    pub needs: String,
    /// A sentence for people.
    pub reason: String,
}

impl RefusedError {
    /// Says what is needed, and why in a sentence.
    pub fn new(needs: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            needs: needs.into(),
            reason: reason.into(),
        }
    }
}

/// The quota, as this client counts it, is used up. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{window} is used up{}", .retry_at.as_ref().map(|at| format!("; come back at {}", moment(at))).unwrap_or_default())]
#[non_exhaustive]
pub struct LimitedError {
    /// Which quota.
    pub window: String,
    /// When the next call is possible.
    pub retry_at: Option<OffsetDateTime>,
    /// How long that is from when the call was refused.
    pub retry_in: Option<Duration>,
}

/// No answer came.
#[derive(thiserror::Error)]
#[error("{operation}: no answer to {method} {url} after {attempts} attempt{}: {source}", if *.attempts == 1 { "" } else { "s" })]
#[non_exhaustive]
pub struct ExchangeError {
    /// The operation's id.
    pub operation: &'static str,
    /// The method.
    pub method: Method,
    /// The address as it was before login.
    pub url: Url,
    /// How many times it was sent, or tried to.
    pub attempts: u32,
    /// What the transport said.
    pub source: TransportError,
}

impl fmt::Debug for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExchangeError")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("url", &self.url.as_str())
            .field("attempts", &self.attempts)
            .field("source", &self.source)
            .finish()
    }
}

impl ExchangeError {
    pub(crate) fn new(operation: &'static Operation, url: Url, attempts: u32, source: TransportError) -> Self {
        Self {
            operation: operation.id,
            method: operation.method.clone(),
            url,
            attempts,
            source,
        }
    }
}

impl From<ExchangeError> for Error {
    fn from(error: ExchangeError) -> Self {
        Self::Transport(Box::new(error))
    }
}

/// What an answer that is not a success means, whatever status the vendor uses for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiErrorKind {
    /// The request is malformed or its values are refused.
    Invalid,
    /// The login is missing, wrong or no longer valid.
    Unauthorized,
    /// The login is known but not allowed to do this.
    Forbidden,
    /// The service does not know what was asked for.
    NotFound,
    /// Too many calls.
    RateLimited,
    /// The service is down, overloaded or in maintenance.
    Unavailable,
    /// An answer that leads elsewhere. It is never followed, because it could carry the login to another host.
    Redirect,
    /// Anything else.
    Other,
}

impl From<StatusCode> for ApiErrorKind {
    fn from(status: StatusCode) -> Self {
        match status.as_u16() {
            300..=399 => Self::Redirect,
            400 | 405 | 406 | 409..=422 => Self::Invalid,
            401 => Self::Unauthorized,
            402 | 403 => Self::Forbidden,
            404 => Self::NotFound,
            429 => Self::RateLimited,
            500..=599 => Self::Unavailable,
            _ => Self::Other,
        }
    }
}

/// An answer that is not a success.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub struct ApiError {
    /// The operation's id.
    pub operation: &'static str,
    /// The method.
    pub method: Method,
    /// The address as it was before login.
    pub url: Url,
    /// The status.
    pub status: StatusCode,
    /// What it means.
    pub kind: ApiErrorKind,
    /// The vendor's own code.
    pub code: Option<String>,
    /// The vendor's own words.
    pub message: String,
    /// What to do about it, where the vendor's answer leaves room for doubt.
    pub hint: Option<Cow<'static, str>>,
    /// The id that the service gave the call, for its support.
    pub request_id: Option<String>,
    /// When the service says to come back.
    pub retry_at: Option<OffsetDateTime>,
    /// What the service says of the quota.
    pub quota: Option<Quota>,
    /// How many times it was sent.
    pub attempts: u32,
    /// All headers of the answer.
    pub headers: HeaderMap,
    /// The body.
    pub body: Payload,
}

impl ApiError {
    pub(crate) fn new(
        operation: &'static Operation,
        url: Url,
        response: &http::Response<Bytes>,
        attempts: u32,
    ) -> Self {
        let status = response.status();
        Self {
            operation: operation.id,
            method: operation.method.clone(),
            url,
            status,
            kind: status.into(),
            code: None,
            message: String::new(),
            hint: None,
            request_id: None,
            retry_at: None,
            quota: None,
            attempts,
            headers: response.headers().clone(),
            body: Payload::new(response.body().clone(), operation.secret_answer && !is_page(response)),
        }
    }

    /// The body in the vendor's own shape, if it has it.
    pub fn details<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.body.bytes()).ok()
    }
}

impl fmt::Debug for ApiError {
    /// What a program that ends with this error prints, so without the parts of the address one by one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("url", &self.url.as_str())
            .field("status", &self.status)
            .field("kind", &self.kind)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("hint", &self.hint)
            .field("request_id", &self.request_id)
            .field("retry_at", &self.retry_at)
            .field("quota", &self.quota)
            .field("attempts", &self.attempts)
            .field("headers", &self.headers)
            .field("body", &self.body)
            .finish()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} {} gave {}",
            self.operation, self.method, self.url, self.status
        )?;
        if let Some(code) = &self.code {
            write!(f, " [{code}]")?;
        }
        if self.message.is_empty() {
            if !self.body.bytes().is_empty() {
                write!(f, ": {}", self.body)?;
            }
        } else {
            f.write_str(": ")?;
            write_on_one_line(f, self.message.chars())?;
        }
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        if let Some(at) = &self.retry_at {
            write!(f, "; come back at {}", moment(at))?;
        }
        Ok(())
    }
}

/// A success that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: the answer with {status} cannot be read at `{path}`: {reason}; it begins: {body}")]
#[non_exhaustive]
pub struct DecodeError {
    /// The operation's id.
    pub operation: &'static str,
    /// The status.
    pub status: StatusCode,
    /// Where in the JSON, as in `result.watts`; `.` for the whole.
    pub path: String,
    /// What is wrong.
    pub reason: String,
    /// How many times the request was sent.
    pub attempts: u32,
    /// The body.
    pub body: Payload,
    /// What the JSON reader said, if it was the one that failed.
    #[source]
    pub source: Option<serde_json::Error>,
}

impl DecodeError {
    /// An answer that is wrong as a whole.
    pub fn new(operation: &'static Operation, response: &crate::HttpResponse, reason: impl Into<String>) -> Self {
        Self {
            operation: operation.id,
            status: response.status(),
            path: ".".to_owned(),
            reason: reason.into(),
            attempts: 1,
            body: Payload::new(response.body().clone(), operation.secret_answer),
            source: None,
        }
    }

    /// The same error at a place in the JSON.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>, source: Option<serde_json::Error>) -> Self {
        self.path = path.into();
        self.source = source;
        self
    }
}

/// Whether an answer is the page of a gateway that is in the service's place, and so holds nothing of the service's.
fn is_page(response: &http::Response<Bytes>) -> bool {
    response.status().is_server_error() && response.body().trim_ascii_start().starts_with(b"<")
}

/// An instant to the second, in UTC, as people and programs both read it.
fn moment(at: &OffsetDateTime) -> String {
    let utc = at.checked_to_offset(time::UtcOffset::UTC).unwrap_or(*at);
    let second = utc.replace_nanosecond(0).unwrap_or(utc);
    second
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_else(|_| at.to_string())
}
