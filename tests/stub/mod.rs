//! A service on loopback that answers as told and keeps what it received. The tests of the vendor crates share this
//! file: each has it as a module of its `support`, which says when the tests take place and adds what is the vendor's.
#![allow(dead_code, reason = "each crate uses a part of it")]

use std::fmt::{self, Debug};
use std::sync::{Arc, Mutex, PoisonError};

use energy_core::clock::ManualClock;
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use serde_json::Value;

use super::NOW;

/// What the service answers.
#[derive(Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.body))
    }
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.as_ref().to_vec(),
        }
    }

    pub(crate) fn json(body: impl Into<Value>) -> Self {
        Self::new(200, "application/json", body.into().to_string())
    }

    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Method, path and query as they stand on the wire.
    pub(crate) line: String,
    pub(crate) body: String,
    headers: Vec<(String, String)>,
}

impl Sent {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} was sent twice");
        value
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// The service on loopback: it keeps what it received.
pub(crate) struct Server {
    server: MockServer,
    received: Arc<Mutex<Vec<Sent>>>,
    pub(crate) clock: ManualClock,
}

impl Server {
    pub(crate) async fn answering(reply: Reply) -> Self {
        Self::by(move |_, _| reply.clone()).await
    }

    /// Answers in order, the last answer again and again.
    pub(crate) async fn answering_all(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Vec<Reply> = replies.into_iter().collect();
        Self::by(move |_, number| replies.get(number).or(replies.last()).unwrap().clone()).await
    }

    /// Answers as told by the request and by how many came before.
    pub(crate) async fn by(answer: impl Fn(&Sent, usize) -> Reply + Send + Sync + 'static) -> Self {
        let server = MockServer::start_async().await;
        let received = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&received);
        server
            .mock_async(move |when, then| {
                when.any_request();
                then.respond_with(move |request: &HttpMockRequest| {
                    let target = request.uri();
                    let target = target.path_and_query().map_or("", |target| target.as_str());
                    let sent = Sent {
                        line: format!("{} {target}", request.method_str()),
                        body: request.body_string(),
                        headers: request.headers_vec().clone(),
                    };
                    let mut received = keep.lock().unwrap_or_else(PoisonError::into_inner);
                    let reply = answer(&sent, received.len());
                    received.push(sent);
                    HttpMockResponse::builder()
                        .status(reply.status)
                        .headers(reply.headers)
                        .body(reply.body)
                        .build()
                });
            })
            .await;
        Self {
            server,
            received,
            clock: ManualClock::new(NOW),
        }
    }

    /// A service that must not be asked anything.
    pub(crate) async fn untouched() -> Self {
        Self::answering(Reply::json("nobody should have asked")).await
    }

    /// Its address, without a path.
    pub(crate) fn origin(&self) -> String {
        self.server.base_url()
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one request that arrived.
    pub(crate) fn one(&self) -> Sent {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "one request was expected: {sent:?}");
        sent.remove(0)
    }
}
