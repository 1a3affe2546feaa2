//! A service in memory that answers as told and keeps what it received, and clients of it that wait in no real time.

pub(crate) mod series;
pub(crate) mod site;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use energy_core::bytes::Bytes;
use energy_core::clock::{Clock, FixedJitter, ManualClock};
use energy_core::error::ApiError;
use energy_core::http::{HeaderMap, HeaderValue, Response, StatusCode};
use energy_core::time::OffsetDateTime;
use energy_core::time::macros::datetime;
use energy_core::transport::{
    BodyStream, BoxFuture, HttpRequest, SendOptions, StreamingResponse, Transport, TransportError, TransportErrorKind,
};
use energy_core::{ClientBuilder, Error};
use enphase::v4::{Application, Client, Credentials, Enphase};
use enphase::{MemoryTokenStore, StoredToken, Url};
use serde_json::{Value, json};

/// When the tests take place: twenty seconds into a minute.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-06-18 09:12:20 UTC);
pub(crate) const HOST: &str = "https://enlighten.example";
pub(crate) const KEY: &str = "k3y-Bramling/9=1";
pub(crate) const CLIENT_ID: &str = "orchard-watch";
pub(crate) const CLIENT_SECRET: &str = "s3cFieldfareAtDawn";
pub(crate) const ACCESS: &str = "acc-Redwing-0";
pub(crate) const REFRESH: &str = "ref-Redwing-0";
pub(crate) const SYSTEM: u64 = 5_150_771;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) options: SendOptions,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn query(&self) -> HashMap<String, String> {
        self.url.query_pairs().into_owned().collect()
    }

    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.query().remove(name)
    }

    /// A whole number in the query.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        Some(self.parameter(name)?.parse().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn is_login(&self) -> bool {
        self.url.path().starts_with("/oauth/")
    }

    pub(crate) fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }
}

/// What the service answers.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Whole(u16, Value),
    /// A body in pieces, each some time after the one before.
    Pieces(Vec<Bytes>, Duration),
    Failure(TransportErrorKind),
}

pub(crate) fn ok(body: Value) -> Reply {
    Reply::Whole(200, body)
}

pub(crate) fn status(status: u16, body: Value) -> Reply {
    Reply::Whole(status, body)
}

pub(crate) fn failure(kind: TransportErrorKind) -> Reply {
    Reply::Failure(kind)
}

type Answering = dyn Fn(&Asked, usize) -> Reply + Send + Sync;

/// The service. Clones are one.
#[derive(Clone)]
pub(crate) struct Service {
    answering: Arc<Answering>,
    asked: Arc<Mutex<Vec<Asked>>>,
    pub(crate) clock: ManualClock,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

impl Service {
    /// Answers as told by the request and by how many came before.
    pub(crate) fn by(answering: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            answering: Arc::new(answering),
            asked: Arc::default(),
            clock: ManualClock::new(NOW),
        }
    }

    /// Answers in order, the last answer again and again.
    pub(crate) fn in_order(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Vec<Reply> = replies.into_iter().collect();
        Self::by(move |_, number| replies.get(number).or(replies.last()).unwrap().clone())
    }

    /// Answers logins in their own order, everything else by the token that it carries.
    pub(crate) fn with_logins(
        logins: impl IntoIterator<Item = Reply>,
        answering: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let logins: Mutex<VecDeque<Reply>> = Mutex::new(logins.into_iter().collect());
        Self::by(move |asked, _| {
            if asked.is_login() {
                logins.lock().unwrap().pop_front().unwrap()
            } else {
                answering(asked)
            }
        })
    }

    /// A service that must not be asked anything.
    pub(crate) fn untouched() -> Self {
        Self::by(|asked, _| unreachable!("{asked:?}"))
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    pub(crate) fn logins(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(Asked::is_login).collect()
    }

    /// What was asked and is no login.
    pub(crate) fn calls(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| !asked.is_login()).collect()
    }

    pub(crate) fn builder(&self, credentials: Credentials) -> ClientBuilder<Enphase> {
        Client::builder(credentials)
            .base_url(HOST)
            .transport(self.clone())
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.0))
    }

    pub(crate) fn client_of(&self, credentials: Credentials) -> Client {
        self.builder(credentials).build().unwrap()
    }

    /// A client with a token that does not expire.
    pub(crate) fn client(&self) -> Client {
        self.client_of(credentials(StoredToken::new(ACCESS)))
    }
}

impl Transport for Service {
    fn open(
        &self,
        request: HttpRequest,
        options: SendOptions,
    ) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        let (head, body) = request.into_parts();
        let asked = Asked {
            method: head.method.to_string(),
            url: Url::parse(&head.uri.to_string()).unwrap(),
            headers: head.headers,
            body,
            options,
        };
        let number = self.count();
        self.asked.lock().unwrap().push(asked.clone());
        let (code, kind, pieces, pause) = match (self.answering)(&asked, number) {
            Reply::Failure(kind) => {
                let error = TransportError::new(kind, "the line is dead");
                return Box::pin(std::future::ready(Err(error)));
            }
            Reply::Whole(code, body) => {
                let body = Bytes::from(body.to_string());
                (code, "application/json", vec![body], Duration::ZERO)
            }
            Reply::Pieces(pieces, pause) => (200, "text/event-stream", pieces, pause),
        };
        let body: Box<dyn BodyStream> = Box::new(Pieces {
            pieces: pieces.into(),
            pause,
            clock: self.clock.clone(),
        });
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(code).unwrap();
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static(kind));
        Box::pin(std::future::ready(Ok(response)))
    }
}

/// A body whose pieces take their time, by the clock of the test.
struct Pieces {
    pieces: VecDeque<Bytes>,
    pause: Duration,
    clock: ManualClock,
}

impl BodyStream for Pieces {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        let piece = self.pieces.pop_front();
        if piece.is_some() {
            self.clock.advance(self.pause);
        }
        Box::pin(std::future::ready(Ok(piece)))
    }
}

pub(crate) fn application() -> Application {
    Application::new(CLIENT_ID, CLIENT_SECRET).unwrap()
}

pub(crate) fn credentials(token: impl Into<Option<StoredToken>>) -> Credentials {
    Credentials::new(KEY, application(), MemoryTokenStore::new(token)).unwrap()
}

/// A token of a person that is good for another day.
pub(crate) fn token() -> StoredToken {
    StoredToken::new(ACCESS)
        .with_refresh(REFRESH)
        .with_expiry(NOW + Duration::from_secs(86_000))
}

/// The answer of a token endpoint, with the members that the service is known to add.
pub(crate) fn token_answer(access: &str, refresh: &str) -> Reply {
    ok(json!({
        "access_token": access, "token_type": "bearer", "refresh_token": refresh, "expires_in": 86_391,
        "scope": "read write", "enl_uid": "3301447", "enl_cid": "", "enl_password_last_changed": "1741190011",
        "is_internal_app": false, "app_type": "system", "app_Id": "1409622009",
        "jti": "5b1f9b1e-70a4-4a52-8f8f-2d8a1b7f0c11",
    }))
}

/// As many tokens, one for each refresh.
pub(crate) fn tokens(count: usize) -> Vec<Reply> {
    (1..=count)
        .map(|number| token_answer(&format!("acc-{number}"), &format!("ref-{number}")))
        .collect()
}

/// Answers whoever comes with this token, and refuses all others.
pub(crate) fn open_to(access: &'static str) -> impl Fn(&Asked) -> Reply + Send + Sync + 'static {
    move |asked| match asked.bearer() {
        Some(bearer) if bearer == access => ok(system(SYSTEM)),
        _ => refusal(401, "User is not authorized"),
    }
}

/// Refuses everybody, as where the plan lacks the operation.
pub(crate) fn closed(_: &Asked) -> Reply {
    refusal(401, "User is not authorized")
}

/// A system as a page of them has it.
pub(crate) fn system(id: u64) -> Value {
    json!({"system_id": id, "name": format!("Orchard {id}"), "status": "normal"})
}

/// A refusal in the usual shape.
pub(crate) fn refusal(code: u16, details: &str) -> Reply {
    let message = if code == 401 { "Not Authorized" } else { "Refused" };
    status(code, json!({"message": message, "details": details, "code": code}))
}

pub(crate) fn api(error: &Error) -> &ApiError {
    match error {
        Error::Api(error) => error,
        other => unreachable!("another kind of error: {other:?}"),
    }
}

/// How long the service has been there.
pub(crate) fn elapsed(service: &Service) -> Duration {
    service.clock.elapsed()
}
