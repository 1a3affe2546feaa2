//! What the tests of this crate share: a service on loopback that keeps what it received, and a login.

pub(crate) mod entities;
#[path = "../../../../tests/stub/errors.rs"]
mod errors;
#[cfg(feature = "server")]
pub(crate) mod grid;
pub(crate) mod messages;
#[cfg(feature = "server")]
pub(crate) mod raw;
pub(crate) mod schemas;
#[path = "../../../../tests/stub/mod.rs"]
mod stub;

use std::cell::OnceCell;
use std::fmt::Debug;
use std::rc::Rc;

use energy_core::clock::FixedJitter;
use energy_core::error::Error;
use energy_core::http::StatusCode;
use energy_core::time::OffsetDateTime;
use energy_core::time::macros::datetime;
use energy_core::{BuildError, ClientBuilder, Endpoint, RetryPolicy};
use serde_json::{Value, json};
use solarnet_oscp::oscp::Oscp;
use solarnet_oscp::{Client, Credentials, SolarNetwork, oscp};

pub(crate) use self::errors::{api, everything_shown};
pub(crate) use self::stub::{Reply, Sent, Server as Service};

/// The token of the management API, and its secret.
pub(crate) const TOKEN: &str = "q7TzUv0kLm3RbW9xYd2A";
pub(crate) const SECRET: &str = "heron-on-the-night-pier";
/// The token of OSCP.
pub(crate) const OSCP_TOKEN: &str = "hL9+rP2/xN4cVbT7mKq0ZsWd";
/// When the tests take place: a Tuesday.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-06-16 13:37:05 UTC);
/// The same as the service writes it into `Date`.
pub(crate) const NOW_AS_DATE: &str = "Tue, 16 Jun 2026 13:37:05 GMT";
/// What the management API's paths begin with, as on the real host.
pub(crate) const BASE: &str = "/solaruser/api/v1/sec";
/// The address of another system.
pub(crate) const OSCP_BASE: &str = "/oscp/fp/2.0";

pub(crate) fn login() -> Credentials {
    Credentials::new(TOKEN, SECRET).unwrap()
}

pub(crate) fn oscp_login() -> oscp::Credentials {
    oscp::Credentials::token(OSCP_TOKEN).unwrap()
}

/// A success in the service's envelope.
pub(crate) fn envelope(data: impl Into<Value>) -> Value {
    json!({"success": true, "data": data.into()})
}

/// A success without data.
pub(crate) fn done() -> Value {
    json!({"success": true})
}

/// A failure in the service's envelope.
pub(crate) fn failure(code: Option<&str>, message: &str) -> Value {
    let mut body = json!({"success": false, "message": message});
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    body
}

impl Sent {
    /// It is this request of the management API, with the headers that all have, and without a body.
    pub(crate) fn expect(&self, method: &str, path: &str) {
        assert_eq!(self.line, format!("{method} {BASE}{path}"));
        assert_eq!(self.body, "");
        assert_eq!(self.header("content-type"), None);
        self.expect_headers("host;x-sn-date");
    }

    /// It is this request of the management API, with this body.
    pub(crate) fn expect_body(&self, method: &str, path: &str, body: &Value) {
        assert_eq!(self.line, format!("{method} {BASE}{path}"));
        assert_eq!(self.json(), *body);
        assert_eq!(self.header("content-type"), Some("application/json"));
        self.expect_headers("content-type;host;x-sn-date");
    }

    fn expect_headers(&self, signed: &str) {
        assert_eq!(self.header("accept"), Some("application/json"));
        assert_eq!(self.header("user-agent"), Some("energy-sdk-solarnet-oscp/0.1.0"));
        assert_eq!(self.header("x-sn-date"), Some(NOW_AS_DATE));
        let start = format!("SNWS2 Credential={TOKEN},SignedHeaders={signed},Signature=");
        let authorization = self.header("authorization").unwrap();
        let signature = authorization.strip_prefix(&start);
        let signature = signature.unwrap_or_else(|| panic!("`{authorization}` does not begin with `{start}`"));
        let is_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        assert!(signature.len() == 64 && signature.bytes().all(is_hex), "{signature}");
    }
}

impl Service {
    /// A client of the management API that sends once, at the time of the tests.
    pub(crate) fn client(&self) -> Client {
        self.builder().retry(RetryPolicy::none()).build().unwrap()
    }

    /// The same, with the usual retries.
    pub(crate) fn retrying(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn builder(&self) -> ClientBuilder<SolarNetwork> {
        Client::builder(login())
            .base_url(&(self.origin() + BASE))
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
    }

    /// A client that sends OSCP messages.
    pub(crate) fn oscp(&self, login: oscp::Credentials) -> ClientBuilder<Oscp> {
        oscp::Client::builder(login)
            .base_url(&(self.origin() + OSCP_BASE))
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
    }
}

/// Sends a request to the management API, and gives its output and what arrived.
pub(crate) async fn exchange<E: Endpoint<Api = SolarNetwork>>(request: &E, reply: Reply) -> (E::Output, Sent) {
    let service = Service::answering(reply).await;
    let output = service.client().send(request).await.unwrap();
    (output, service.one())
}

/// The error of an answer of the management API, which was asked once.
pub(crate) async fn failing<E>(request: &E, reply: Reply) -> Error
where
    E: Endpoint<Api = SolarNetwork>,
    E::Output: Debug,
{
    let service = Service::answering(reply).await;
    let error = service.client().send(request).await.unwrap_err();
    service.one();
    error
}

thread_local! {
    /// A service that nobody asks, with its clients: one for all that a test has refused, as making them takes time.
    static UNTOUCHED: OnceCell<Rc<Untouched>> = const { OnceCell::new() };
}

struct Untouched {
    service: Service,
    client: Client,
    oscp: oscp::Client,
}

impl Untouched {
    async fn of_this_test() -> Rc<Self> {
        if let Some(known) = UNTOUCHED.with(|known| known.get().cloned()) {
            return known;
        }
        let service = Service::untouched().await;
        let (client, oscp) = (service.client(), service.oscp(oscp_login()).build().unwrap());
        let made = Rc::new(Self { service, client, oscp });
        UNTOUCHED.with(|known| Rc::clone(known.get_or_init(|| made)))
    }
}

/// The error that a request meets before it leaves; nothing may arrive.
pub(crate) async fn refused<E>(request: &E) -> BuildError
where
    E: Endpoint<Api = SolarNetwork>,
    E::Output: Debug,
{
    let untouched = Untouched::of_this_test().await;
    let error = untouched.client.send(request).await.unwrap_err();
    not_sent(&untouched.service, &error)
}

/// The same for an OSCP message.
pub(crate) async fn refused_message<E: Endpoint<Api = Oscp, Output = ()>>(request: &E) -> BuildError {
    let untouched = Untouched::of_this_test().await;
    let error = untouched.oscp.send(request).await.unwrap_err();
    not_sent(&untouched.service, &error)
}

fn not_sent(service: &Service, error: &Error) -> BuildError {
    let sent = service.sent();
    assert!(sent.is_empty(), "it was sent all the same: {sent:?}");
    assert!(!error.may_have_been_sent() && error.attempts() == 0);
    assert_eq!(error.status(), None);
    let Error::Build { source, .. } = error else {
        panic!("another kind of error: {error:?}");
    };
    (**source).clone()
}

pub(crate) fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap()
}
