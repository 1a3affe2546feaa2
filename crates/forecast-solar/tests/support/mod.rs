//! What the tests of this crate share: a service on loopback that keeps what it received, and a plant.

#[path = "../../../../tests/stub/errors.rs"]
mod errors;
#[path = "../../../../tests/stub/mod.rs"]
mod stub;
pub(crate) mod told;

use std::fmt::Debug;

use energy_core::clock::FixedJitter;
use energy_core::http::StatusCode;
use energy_core::time::OffsetDateTime;
use energy_core::time::macros::datetime;
use energy_core::{ClientBuilder, Endpoint, Error, RetryPolicy};
use forecast_solar::{Answer, Client, Credentials, ForecastSolar, Plane};
use serde_json::Value;

pub(crate) use self::errors::everything_shown;
pub(crate) use self::stub::{Reply, Sent, Server as Service};

/// A key of the right form.
pub(crate) const KEY: &str = "A7k2Zp9QwX4mT1bL";
pub(crate) const LATITUDE: f64 = 48.7758;
pub(crate) const LONGITUDE: f64 = 9.1829;
/// The plant of most tests, as it stands in paths.
pub(crate) const PLANT: &str = "48.7758/9.1829/32/-15/6.4";
/// When the tests take place.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-05-20 07:41:07 UTC);

pub(crate) fn roof() -> Plane {
    Plane::new(32, -15, 6.4)
}

pub(crate) fn with_key() -> Credentials {
    Credentials::key(KEY).unwrap()
}

/// A body from `tests/fixtures`.
pub(crate) fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// A fixture of the four series with only one of them as its result.
pub(crate) fn only(series: &str, name: &str) -> Value {
    let mut answer = fixture(name);
    answer["result"] = answer["result"][series].take();
    answer
}

/// An answer in the service's envelope.
pub(crate) fn envelope(result: impl Into<Value>) -> Value {
    let result: Value = result.into();
    serde_json::json!({
        "result": result,
        "message": {"code": 0, "type": "success", "text": "", "pid": "Tn5c0Xw2"},
    })
}

/// A failure in the service's envelope.
pub(crate) fn failure(code: u16, text: &str) -> Value {
    serde_json::json!({
        "result": null,
        "message": {"code": code, "type": "error", "text": text, "pid": "eR42oh7M", "info": []},
    })
}

impl Reply {
    pub(crate) fn no_content() -> Self {
        Self::empty(204)
    }
}

impl Sent {
    /// The parameters of the query, or of a form.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        let query = self.line.split_once('?').map_or("", |(_, query)| query);
        energy_core::url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }
}

impl Service {
    /// A client of this service that sends once, at the time of the tests.
    pub(crate) fn client(&self, login: Credentials) -> Client {
        self.builder(login).retry(RetryPolicy::none()).build().unwrap()
    }

    pub(crate) fn builder(&self, login: Credentials) -> ClientBuilder<ForecastSolar> {
        Client::builder(login)
            .base_url(&self.origin())
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
    }
}

/// Sends a request with the key, and gives its output and what arrived.
pub(crate) async fn exchange<E: Endpoint<Api = ForecastSolar>>(request: &E, reply: Reply) -> (E::Output, Sent) {
    exchange_as(with_key(), request, reply).await
}

/// The same with another login.
pub(crate) async fn exchange_as<E: Endpoint<Api = ForecastSolar>>(
    login: Credentials,
    request: &E,
    reply: Reply,
) -> (E::Output, Sent) {
    let service = Service::answering(reply).await;
    let output = service.client(login).send(request).await.unwrap();
    let sent = service.one();
    assert_eq!(sent.header("user-agent"), Some("energy-sdk-forecast-solar/0.1.0"));
    (output, sent)
}

/// What a request looks like on the wire, whatever becomes of the answer.
pub(crate) async fn wire<E: Endpoint<Api = ForecastSolar>>(request: &E) -> Sent {
    let service = Service::answering(Reply::no_content()).await;
    let _ = service.client(with_key()).send(request).await;
    service.one()
}

/// The error that a request meets before it leaves; nothing may arrive.
pub(crate) async fn refused<E>(login: Credentials, request: &E) -> Error
where
    E: Endpoint<Api = ForecastSolar>,
    E::Output: Debug,
{
    let service = Service::untouched().await;
    let error = service.client(login).send(request).await.unwrap_err();
    assert!(
        service.sent().is_empty(),
        "it was sent all the same: {:?}",
        service.sent()
    );
    assert!(!error.may_have_been_sent());
    assert_eq!(error.status(), None);
    error
}

/// The error of an answer.
pub(crate) async fn failing<E>(request: &E, reply: Reply) -> Error
where
    E: Endpoint<Api = ForecastSolar>,
    E::Output: Debug,
{
    let service = Service::answering(reply).await;
    let error = service.client(with_key()).send(request).await.unwrap_err();
    service.one();
    error
}

/// A typed answer from its JSON text.
pub(crate) fn read<T: serde::de::DeserializeOwned>(body: &Value) -> Answer<T> {
    serde_json::from_str(&body.to_string()).unwrap()
}

pub(crate) fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap()
}
