//! [`Transport`] that answers from recorded exchanges: for tests of programs that use this SDK, and of the SDK itself.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Deserialize;

use super::{
    BoxFuture, Buffered, HttpRequest, SendOptions, StreamingResponse, Transport, TransportError, TransportErrorKind,
};

/// One recorded exchange: the request that is expected, and how it is answered.
///
/// As JSON: `{"method": "GET", "path": "/info", "status": 200, "headers": {"x-pid": "1"}, "body": {"result": …}}`. The
/// path includes the query; a body that is a JSON string is sent as that text, any other as JSON.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    method: String,
    path: String,
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    body: serde_json::Value,
    #[serde(skip)]
    failure: Option<TransportErrorKind>,
}

fn ok() -> u16 {
    200
}

impl Exchange {
    /// Expects `method` on `path` (with its query, without the host) and answers 200 with an empty body.
    pub fn new(method: &Method, path: impl Into<String>) -> Self {
        Self {
            method: method.to_string(),
            path: path.into(),
            status: 200,
            headers: std::collections::BTreeMap::new(),
            body: serde_json::Value::Null,
            failure: None,
        }
    }

    /// Expects a GET.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(&Method::GET, path)
    }

    /// Answers with this status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Answers with this header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Answers with this JSON body; a JSON string is sent as its bare text.
    #[must_use]
    pub fn body(mut self, body: impl Into<serde_json::Value>) -> Self {
        self.body = body.into();
        self
    }

    /// Fails in the transport instead of answering.
    #[must_use]
    pub fn fail(mut self, kind: TransportErrorKind) -> Self {
        self.failure = Some(kind);
        self
    }

    fn answer(self) -> Result<StreamingResponse, TransportError> {
        if let Some(kind) = self.failure {
            return Err(TransportError::new(kind, format!("replayed failure: {kind:?}")));
        }
        let bad = |what: &str| {
            TransportError::new(
                TransportErrorKind::Unsendable,
                format!("the recorded answer has a malformed {what}"),
            )
        };
        let body = match self.body {
            serde_json::Value::Null => Bytes::new(),
            serde_json::Value::String(text) => Bytes::from(text),
            json => Bytes::from(json.to_string()),
        };
        let mut response = http::Response::new(Buffered::boxed(body));
        *response.status_mut() = StatusCode::from_u16(self.status).map_err(|_| bad("status"))?;
        for (name, value) in self.headers {
            let name = HeaderName::try_from(name).map_err(|_| bad("header name"))?;
            let value = HeaderValue::try_from(value).map_err(|_| bad("header value"))?;
            response.headers_mut().append(name, value);
        }
        Ok(response)
    }
}

/// A request that reached a [`ReplayTransport`], after login: it may hold secrets.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// The method.
    pub method: Method,
    /// The path with its query.
    pub path: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Answers each request with the next recorded exchange, and refuses a request that is not the one expected.
///
/// ```
/// use energy_core::transport::replay::{Exchange, ReplayTransport};
///
/// let recorded = ReplayTransport::new([Exchange::get("/info").body(serde_json::json!({"result": {}}))]);
/// assert_eq!(recorded.left(), 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct ReplayTransport(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    expected: VecDeque<Exchange>,
    received: Vec<ReceivedRequest>,
}

impl ReplayTransport {
    /// Answers from these exchanges, in their order.
    pub fn new(exchanges: impl IntoIterator<Item = Exchange>) -> Self {
        let expected = exchanges.into_iter().collect();
        Self(Arc::new(Mutex::new(State {
            expected,
            received: Vec::new(),
        })))
    }

    /// Answers from a JSON list of exchanges (see [`Exchange`]).
    ///
    /// # Errors
    ///
    /// When the text is not such a list.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<Vec<Exchange>>(text).map(Self::new)
    }

    /// What has arrived so far.
    pub fn received(&self) -> Vec<ReceivedRequest> {
        self.state().received.clone()
    }

    /// How many exchanges are still expected.
    pub fn left(&self) -> usize {
        self.state().expected.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self, request: HttpRequest) -> Result<StreamingResponse, TransportError> {
        let mut state = self.state();
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        let number = state.received.len() + 1;
        let (head, body) = request.into_parts();
        let method = head.method;
        state.received.push(ReceivedRequest {
            method: method.clone(),
            path: path.clone(),
            headers: head.headers,
            body,
        });
        // The request may hold a key by now, so the messages show only what was expected.
        let refuse = |why: String| Err(TransportError::new(TransportErrorKind::Unsendable, why));
        let Some(exchange) = state.expected.pop_front() else {
            return refuse(format!("request {number} was not expected: the replay is at its end"));
        };
        if exchange.method != method.as_str() || exchange.path != path {
            let differs = if exchange.method == method.as_str() {
                "path or query"
            } else {
                "method"
            };
            return refuse(format!(
                "request {number} has another {differs} than the recorded {} {}",
                exchange.method, exchange.path
            ));
        }
        exchange.answer()
    }
}

impl Transport for ReplayTransport {
    fn open(&self, request: HttpRequest, _: SendOptions) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        Box::pin(std::future::ready(self.next(request)))
    }
}
