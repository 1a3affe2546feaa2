//! What the tests of this crate share: a service on loopback that gives out tokens, and logins of every package.

pub(crate) mod entities;
#[path = "../../../../tests/stub/errors.rs"]
mod errors;
#[path = "../../../../tests/stub/logins.rs"]
mod logins;
#[path = "../../../../tests/stub/mod.rs"]
mod stub;

use std::fmt::Debug;

use energy_core::clock::{FixedJitter, ManualClock};
use energy_core::time::OffsetDateTime;
use energy_core::time::macros::datetime;
use energy_core::transport::replay::ReplayTransport;
use energy_core::{ClientBuilder, Endpoint};
use serde_json::{Value, json};
use solarlog_enerest::*;

pub(crate) use self::errors::{api, build, everything_shown};
pub(crate) use self::stub::{Reply, Sent, Server};

/// When the tests take place.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-05-12 08:35:20 UTC);
/// What all paths begin with, as on the vendor's host: the last part is the portal.
pub(crate) const BASE: &str = "/api/v1/orchard";
/// Where the tokens of these tests are given out.
const TOKEN_PATH: &str = "/auth/realms/quotaapi/protocol/openid-connect/token";
pub(crate) const TOKEN: &str = "tok-Curlew-5-mudflat";
/// The token after that one.
pub(crate) const NEXT_TOKEN: &str = "tok-Curlew-6-saltmarsh";
pub(crate) const CLIENT_ID: &str = "orchard-evaluation";
/// With signs in it that a form has to escape.
pub(crate) const CLIENT_SECRET: &str = "s3c-Sanderling/runs+with=waves";

pub(crate) fn application() -> Application {
    Application::new(CLIENT_ID, CLIENT_SECRET).unwrap()
}

/// A login of every package: basic or advanced, of a user or of the portal.
pub(crate) fn login(package: Package, audience: Audience) -> Credentials {
    let login = Credentials::new(application(), package);
    match audience {
        Audience::User => login,
        Audience::Portal => login.of_portal(),
    }
}

/// The login that may do everything.
pub(crate) fn everything() -> Credentials {
    login(Package::Advanced, Audience::Portal)
}

/// A token as the service gives it out, good for five minutes.
pub(crate) fn token(access: &str) -> Reply {
    Reply::json(json!({
        "access_token": access, "expires_in": 300, "refresh_expires_in": 0, "token_type": "Bearer",
        "not-before-policy": 0, "scope": "profile email",
    }))
}

impl Sent {
    pub(crate) fn is_login(&self) -> bool {
        self.line == format!("POST {TOKEN_PATH}")
    }

    pub(crate) fn bearer(&self) -> &str {
        let value = self.header("authorization").unwrap();
        value.strip_prefix("Bearer ").unwrap()
    }

    /// It asks for this, with the token and without a body.
    pub(crate) fn expect(&self, target: &str) {
        assert_eq!(self.line, format!("GET {BASE}{target}"));
        assert_eq!((self.body.as_str(), self.header("content-type")), ("", None));
        assert_eq!(self.bearer(), TOKEN);
        assert_eq!(self.header("accept"), Some("application/json"));
        assert_eq!(self.header("user-agent"), Some("energy-sdk-solarlog-enerest/0.1.0"));
    }
}

impl Server {
    /// Gives out one token, and answers all else in order, the last answer again and again.
    pub(crate) async fn with_token(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::with_logins([token(TOKEN)], replies).await
    }

    pub(crate) fn token_url(&self) -> String {
        self.origin() + TOKEN_PATH
    }

    /// A client that sends once.
    pub(crate) fn client(&self, login: Credentials) -> Client {
        self.builder(login).retry(RetryPolicy::none()).build().unwrap()
    }

    /// The same, with the usual retries.
    pub(crate) fn retrying(&self) -> Client {
        self.builder(everything()).build().unwrap()
    }

    pub(crate) fn builder(&self, login: Credentials) -> ClientBuilder<SolarLogEnerest> {
        Client::builder(login.token_url(&self.token_url()))
            .base_url(&(self.origin() + BASE))
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
    }
}

/// Sends a request, and gives its output and what arrived.
pub(crate) async fn round_trip<E: Endpoint<Api = SolarLogEnerest>>(request: &E, answer: Value) -> (E::Output, Sent) {
    let server = Server::with_token([Reply::json(answer)]).await;
    let output = server.client(everything()).send(request).await.unwrap();
    let mut calls = server.calls();
    assert_eq!((server.logins().len(), calls.len()), (1, 1));
    (output, calls.remove(0))
}

/// What a request looks like on the wire, whatever becomes of the answer.
pub(crate) async fn wire<E: Endpoint<Api = SolarLogEnerest>>(request: &E) -> Sent {
    let server = Server::with_token([Reply::json(json!([]))]).await;
    let _ = server.client(everything()).send(request).await;
    let mut calls = server.calls();
    assert_eq!(calls.len(), 1);
    calls.remove(0)
}

/// The error that a request meets before it leaves; nothing may arrive, not even a login.
pub(crate) async fn refused<E>(login: Credentials, request: &E) -> Error
where
    E: Endpoint<Api = SolarLogEnerest>,
    E::Output: Debug,
{
    let nobody = ReplayTransport::default();
    let client = Client::builder(login)
        .base_url(&base_url("orchard").unwrap())
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
    E: Endpoint<Api = SolarLogEnerest>,
    E::Output: Debug,
{
    let server = Server::with_token([reply]).await;
    server.client(everything()).send(request).await.unwrap_err()
}
