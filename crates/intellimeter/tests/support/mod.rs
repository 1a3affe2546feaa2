//! What the tests of this crate share: a service on loopback that keeps what it received, and a login.

pub(crate) mod entities;
#[path = "../../../../tests/stub/errors.rs"]
mod errors;
#[path = "../../../../tests/stub/logins.rs"]
mod logins;
#[path = "../../../../tests/stub/mod.rs"]
mod stub;

use std::fmt::Debug;

use energy_core::clock::{FixedJitter, ManualClock};
use energy_core::http::StatusCode;
use energy_core::time::OffsetDateTime;
use energy_core::time::macros::datetime;
use energy_core::transport::replay::ReplayTransport;
use energy_core::{ClientBuilder, Endpoint};
use intellimeter::*;
use serde_json::{Value, json};

pub(crate) use self::errors::{api, build, everything_shown};
pub(crate) use self::stub::{Reply, Sent, Server};

/// The token of most tests: it never expires, and its scopes are not known.
pub(crate) const TOKEN: &str = "tok-Gannet-31-quiet-harbour";
pub(crate) const CLIENT_ID: &str = "quay-billing";
pub(crate) const CLIENT_SECRET: &str = "s3c-Turnstone/wades+at=dusk";
/// When the tests take place.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-04-21 15:05:40 UTC);
/// What all paths begin with, as on the vendor's host.
pub(crate) const BASE: &str = "/api/v1";

pub(crate) fn application() -> energy_core::auth::oauth::Application {
    energy_core::auth::oauth::Application::new(CLIENT_ID, CLIENT_SECRET).unwrap()
}

/// A login that asks for no token of its own.
pub(crate) fn login() -> Credentials {
    Credentials::person(application(), MemoryTokenStore::new(StoredToken::new(TOKEN)))
}

/// A token as the service gives it out.
pub(crate) fn token(access: &str, scope: &str) -> Reply {
    Reply::json(json!({
        "access_token": access, "expires_in": "1:00:00", "refresh_token": format!("{access}-again"),
        "scope": scope, "token_type": "bearer",
    }))
}

/// A refusal of a login, as of a device.
pub(crate) fn refusal(status: u16, error: &str) -> Reply {
    Reply::json(json!({"error": error, "error_description": "As the page says."})).status(status)
}

/// A report that is not there yet, as documented.
pub(crate) fn too_early() -> Reply {
    let message = "The report is not ready. Ask again.";
    Reply::json(json!({"code": 425, "error": "Too Early", "message": message})).status(425)
}

impl Sent {
    pub(crate) fn is_login(&self) -> bool {
        self.line == format!("POST {BASE}/auth")
    }

    /// It is this request, with the token and without a body.
    pub(crate) fn expect(&self, method: &str, path: &str) {
        self.expect_accept(method, path, "application/json");
    }

    /// The same, where something else than JSON is wanted.
    pub(crate) fn expect_accept(&self, method: &str, path: &str, accept: &str) {
        assert_eq!(self.line, format!("{method} {BASE}{path}"));
        assert_eq!(self.body, "");
        assert_eq!(self.header("content-type"), None);
        self.expect_headers(accept);
    }

    /// The same, where the answer is empty.
    pub(crate) fn expect_for_nothing(&self, method: &str, path: &str) {
        self.expect_accept(method, path, "*/*");
    }

    /// It is this request, with the token and with this body.
    pub(crate) fn expect_body(&self, method: &str, path: &str, body: &Value) {
        self.expect_json(method, path, body);
        self.expect_headers("application/json");
    }

    /// The same, where the answer is empty.
    pub(crate) fn expect_body_for_nothing(&self, method: &str, path: &str, body: &Value) {
        self.expect_json(method, path, body);
        self.expect_headers("*/*");
    }

    fn expect_json(&self, method: &str, path: &str, body: &Value) {
        assert_eq!(self.line, format!("{method} {BASE}{path}"));
        assert_eq!(self.json(), *body);
        assert_eq!(self.header("content-type"), Some("application/json"));
    }

    fn expect_headers(&self, accept: &str) {
        assert_eq!(self.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
        assert_eq!(self.header("accept"), Some(accept));
        assert_eq!(self.header("user-agent"), Some("energy-sdk-intellimeter/0.1.0"));
    }
}

impl Server {
    pub(crate) fn base_url(&self) -> String {
        self.origin() + BASE
    }

    /// A client that sends once, at the time of the tests.
    pub(crate) fn client(&self, login: Credentials) -> Client {
        self.builder(login).retry(RetryPolicy::none()).build().unwrap()
    }

    /// The same, with the usual retries.
    pub(crate) fn retrying(&self) -> Client {
        self.builder(login()).build().unwrap()
    }

    pub(crate) fn builder(&self, login: Credentials) -> ClientBuilder<Intellimeter> {
        Client::builder(login)
            .base_url(&self.base_url())
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
    }
}

/// Sends a request, and gives its output and what arrived.
pub(crate) async fn round_trip<E: Endpoint<Api = Intellimeter>>(request: &E, reply: Reply) -> (E::Output, Sent) {
    let server = Server::answering(reply).await;
    let output = server.client(login()).send(request).await.unwrap();
    (output, server.one())
}

/// What a request looks like on the wire, whatever becomes of the answer.
pub(crate) async fn wire<E: Endpoint<Api = Intellimeter>>(login: Credentials, request: &E) -> Sent {
    let server = Server::answering(Reply::json(json!([]))).await;
    let _ = server.client(login).send(request).await;
    server.one()
}

/// The error that a request meets before it leaves; nothing may arrive.
pub(crate) async fn refused<E>(login: Credentials, request: &E) -> Error
where
    E: Endpoint<Api = Intellimeter>,
    E::Output: Debug,
{
    let nobody = ReplayTransport::default();
    let client = Client::builder(login)
        .base_url("https://intellimeter.example/api/v1")
        .transport(nobody.clone())
        .clock(ManualClock::new(NOW))
        .build()
        .unwrap();
    let error = client.send(request).await.unwrap_err();
    let sent = nobody.received();
    assert!(sent.is_empty(), "it was sent all the same: {sent:?}");
    assert!(!error.may_have_been_sent());
    assert_eq!((error.status(), error.attempts()), (None, 0));
    error
}

/// The error of an answer.
pub(crate) async fn failing<E>(request: &E, reply: Reply) -> Error
where
    E: Endpoint<Api = Intellimeter>,
    E::Output: Debug,
{
    let server = Server::answering(reply).await;
    let error = server.client(login()).send(request).await.unwrap_err();
    assert_eq!(server.calls().len(), 1);
    error
}

pub(crate) fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap()
}

pub(crate) fn local(text: &str) -> LocalTime {
    text.parse().unwrap()
}

pub(crate) fn scopes(text: &str) -> Scopes {
    text.parse().unwrap()
}
