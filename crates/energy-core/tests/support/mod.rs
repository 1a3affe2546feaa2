//! An API, a transport and helpers that the tests of the client half share.
#![cfg(feature = "test-util")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use energy_core::auth::{AccessRule, Authenticator, Connection, Login, NoLogin, Setup};
use energy_core::clock::{FixedJitter, ManualClock};
use energy_core::error::{ApiErrorKind, RefusedError};
use energy_core::limit::{Quota, Window};
use energy_core::transport::{
    BodyStream, BoxFuture, HttpRequest, HttpResponse, SendOptions, StreamingResponse, Transport, TransportError,
    TransportErrorKind,
};
use energy_core::{
    Advice, Api, ApiClient, ApiError, BuildError, ClientBuilder, CredentialUse, DecodeError, Endpoint, Error,
    Operation, RequestParts, decode,
};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;
use time::OffsetDateTime;
use time::macros::datetime;

/// When every test begins.
pub(crate) const START: OffsetDateTime = datetime!(2026-05-04 12:00 UTC);

/// An API whose errors are `{"code": …, "message": …}`.
#[derive(Debug)]
pub(crate) struct Sun;

impl Api for Sun {
    const NAME: &'static str = "sun";
    const BASE_URL: &'static str = "https://sun.example/v1";
    type Login = AnyLogin;

    fn is_success(response: &HttpResponse) -> bool {
        response.status().is_success() && !response.headers().contains_key("x-failed")
    }

    fn describe_error(response: &HttpResponse, now: OffsetDateTime, error: &mut ApiError) {
        let Ok(body) = serde_json::from_slice::<Value>(response.body()) else {
            return;
        };
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        error.code = text("code");
        error.message = text("message").unwrap_or_default();
        error.request_id = text("id");
        if let Some(seconds) = body["wait"].as_u64() {
            error.retry_at = Some(now + Duration::from_secs(seconds));
        }
        if body["kind"] == "limited" {
            error.kind = ApiErrorKind::RateLimited;
        }
    }

    fn advise(error: &ApiError) -> Advice {
        match error.code.as_deref() {
            Some("never") => Advice::Never,
            Some("again") => Advice::Again,
            _ => Advice::Usual,
        }
    }

    fn quota(response: &HttpResponse) -> Option<Quota> {
        let number = |name: &str| response.headers().get(name)?.to_str().ok()?.parse::<u32>().ok();
        let mut quota = Quota::default();
        quota.limit = Some(number("x-limit")?);
        quota.remaining = number("x-remaining");
        quota.period = number("x-period").map(|seconds| Duration::from_secs(seconds.into()));
        quota.zone = response
            .headers()
            .get("x-zone")
            .and_then(|zone| zone.to_str().ok())
            .map(str::to_owned);
        Some(quota)
    }
}

/// Any authenticator, with windows and a rule.
#[derive(Clone, Debug)]
pub(crate) struct AnyLogin {
    pub(crate) authenticator: Arc<dyn Authenticator>,
    pub(crate) windows: Vec<Window>,
    pub(crate) refuses: bool,
}

impl AnyLogin {
    pub(crate) fn new(authenticator: impl Authenticator) -> Self {
        Self {
            authenticator: Arc::new(authenticator),
            windows: Vec::new(),
            refuses: false,
        }
    }
}

#[derive(Debug)]
struct RefuseAll;

impl AccessRule for RefuseAll {
    fn permit(&self, _: &'static Operation, _: &RequestParts) -> Result<(), RefusedError> {
        Err(RefusedError::new("plus", "the plan is too small"))
    }
}

impl Login for AnyLogin {
    fn connect(self, _: &Setup) -> Result<Connection, BuildError> {
        let mut connection = Connection::new(NoLogin).with_windows(self.windows);
        connection.authenticator = self.authenticator;
        Ok(if self.refuses {
            connection.with_access(RefuseAll)
        } else {
            connection
        })
    }
}

/// Makes a request without arguments whose answer is any JSON.
macro_rules! ask {
    ($($name:ident = $operation:expr;)+) => { $(
        #[derive(Clone, Debug)]
        pub(crate) struct $name;

        impl Endpoint for $name {
            type Api = Sun;
            type Output = Value;
            const OPERATION: &'static Operation = &$operation.with_credentials(CredentialUse::Optional);

            fn parts(&self) -> Result<RequestParts, BuildError> {
                let mut parts = RequestParts::new();
                parts.literal("things");
                Ok(parts)
            }

            fn decode(&self, response: &HttpResponse) -> Result<Value, DecodeError> {
                decode::json(Self::OPERATION, response)
            }
        }
    )+ };
}

ask! {
    Read = Operation::new("readThings", Method::GET, "/things");
    Change = Operation::new("changeThings", Method::POST, "/things");
    Replace = Operation::new("replaceThings", Method::PUT, "/things");
    SafePost = Operation::new("searchThings", Method::POST, "/things").with_idempotent(true);
    Free = Operation::new("freeThings", Method::GET, "/things").with_cost(0);
    Heavy = Operation::new("heavyThings", Method::GET, "/things").with_cost(3);
    Command = Operation::new("commandThings", Method::PUT, "/things").with_once(true);
}

/// A request whose parts a test decides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Custom(pub(crate) RequestParts);

impl Endpoint for Custom {
    type Api = Sun;
    type Output = ();
    const OPERATION: &'static Operation =
        &Operation::new("custom", Method::POST, "/custom").with_credentials(CredentialUse::Optional);

    fn parts(&self) -> Result<RequestParts, BuildError> {
        Ok(self.0.clone())
    }

    fn decode(&self, response: &HttpResponse) -> Result<(), DecodeError> {
        decode::empty(Self::OPERATION, response)
    }
}

/// An operation that is never sent with a login.
#[derive(Clone, Debug)]
pub(crate) struct Open;

impl Endpoint for Open {
    type Api = Sun;
    type Output = Value;
    const OPERATION: &'static Operation =
        &Operation::new("openThings", Method::GET, "/open").with_credentials(CredentialUse::None);

    fn parts(&self) -> Result<RequestParts, BuildError> {
        Ok(RequestParts::new())
    }

    fn decode(&self, response: &HttpResponse) -> Result<Value, DecodeError> {
        decode::json(Self::OPERATION, response)
    }
}

/// An operation that needs a login.
#[derive(Clone, Debug)]
pub(crate) struct Closed;

impl Endpoint for Closed {
    type Api = Sun;
    type Output = Value;
    const OPERATION: &'static Operation =
        &Operation::new("closedThings", Method::GET, "/closed").with_access("the plus plan");

    fn parts(&self) -> Result<RequestParts, BuildError> {
        Ok(RequestParts::new())
    }

    fn decode(&self, response: &HttpResponse) -> Result<Value, DecodeError> {
        decode::json(Self::OPERATION, response)
    }
}

/// How a [`Script`] answers one request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Fail(TransportErrorKind),
    Head {
        status: u16,
        headers: Vec<(&'static str, String)>,
        pieces: Vec<Result<Bytes, TransportErrorKind>>,
    },
}

impl Answer {
    pub(crate) fn new(status: u16) -> Self {
        Self::Head {
            status,
            headers: Vec::new(),
            pieces: Vec::new(),
        }
    }

    pub(crate) fn ok() -> Self {
        Self::new(200).body("{}")
    }

    pub(crate) fn body(self, text: impl Into<String>) -> Self {
        self.piece(text.into())
    }

    pub(crate) fn piece(mut self, bytes: impl Into<Bytes>) -> Self {
        if let Self::Head { pieces, .. } = &mut self {
            pieces.push(Ok(bytes.into()));
        }
        self
    }

    pub(crate) fn breaks(mut self, kind: TransportErrorKind) -> Self {
        if let Self::Head { pieces, .. } = &mut self {
            pieces.push(Err(kind));
        }
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Head { headers, .. } = &mut self {
            headers.push((name, value.into()));
        }
        self
    }

    fn give(self) -> Result<StreamingResponse, TransportError> {
        match self {
            Self::Fail(kind) => Err(TransportError::new(kind, "scripted")),
            Self::Head {
                status,
                headers,
                pieces,
            } => {
                let body: Box<dyn BodyStream> = Box::new(Pieces(pieces.into()));
                let mut response = http::Response::new(body);
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
                for (name, value) in headers {
                    response
                        .headers_mut()
                        .append(HeaderName::from_static(name), HeaderValue::from_str(&value).unwrap());
                }
                Ok(response)
            }
        }
    }
}

struct Pieces(VecDeque<Result<Bytes, TransportErrorKind>>);

impl BodyStream for Pieces {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        let piece = match self.0.pop_front() {
            None => Ok(None),
            Some(Ok(piece)) => Ok(Some(piece)),
            Some(Err(kind)) => Err(TransportError::new(kind, "scripted break")),
        };
        Box::pin(std::future::ready(piece))
    }
}

/// What a [`Script`] was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) request: HttpRequest,
    pub(crate) options: SendOptions,
}

impl Sent {
    pub(crate) fn path(&self) -> &str {
        self.request.uri().path_and_query().unwrap().as_str()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.request
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn body(&self) -> &str {
        std::str::from_utf8(self.request.body()).unwrap()
    }
}

/// A transport that answers from a list, and the last of it for ever.
#[derive(Clone, Debug)]
pub(crate) struct Script(Arc<Mutex<(VecDeque<Answer>, Vec<Sent>)>>);

impl Script {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self(Arc::new(Mutex::new((answers.into_iter().collect(), Vec::new()))))
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.0.lock().unwrap().1.clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().1.len()
    }
}

impl Transport for Script {
    fn open(
        &self,
        request: HttpRequest,
        options: SendOptions,
    ) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        let mut state = self.0.lock().unwrap();
        state.1.push(Sent { request, options });
        let answer = if state.0.len() > 1 {
            state.0.pop_front().unwrap()
        } else {
            state.0.front().unwrap().clone()
        };
        // Gives others a turn, as the network does.
        Box::pin(async move {
            tokio::task::yield_now().await;
            answer.give()
        })
    }
}

/// A client over `script`, its clock, and no randomness: every backoff has its full length.
pub(crate) fn client(script: &Script) -> (ApiClient<Sun>, ManualClock) {
    let clock = ManualClock::new(START);
    let client = builder(script, &clock, AnyLogin::new(NoLogin)).build().unwrap();
    (client, clock)
}

pub(crate) fn builder(script: &Script, clock: &ManualClock, login: AnyLogin) -> ClientBuilder<Sun> {
    ApiClient::<Sun>::builder(login)
        .transport(script.clone())
        .clock(clock.clone())
        .jitter(FixedJitter(1.0))
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What a service says that does not know the login.
pub(crate) async fn refusal() -> ApiError {
    let script = Script::new([Answer::new(401)]);
    match client(&script).0.send(&Read).await {
        Err(Error::Api(refusal)) => *refusal,
        other => panic!("a refusal was expected: {other:?}"),
    }
}

/// An error with everything under it, one line each.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> Vec<String> {
    let mut lines = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        lines.push(error.to_string());
        lines.push(format!("{error:?}"));
        lines.push(format!("{error:#?}"));
        next = error.source();
    }
    lines
}
