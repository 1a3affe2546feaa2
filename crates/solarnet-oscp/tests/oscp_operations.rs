//! OSCP messages on the wire: each operation, its headers, and what a receiver may answer.

use std::time::Duration;

use energy_core::error::{ApiErrorKind, Error};
use energy_core::transport::TransportErrorKind;
use energy_core::transport::replay::{Exchange, ReplayTransport};
use energy_core::{Endpoint, http};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use solarnet_oscp::oscp::*;
use solarnet_oscp::{RetryPolicy, Secret};

use crate::support::messages;
use crate::support::*;

/// A message from its JSON.
fn message<M: DeserializeOwned>(body: Value) -> M {
    serde_json::from_value(body).unwrap()
}

/// Sends it to a receiver that answers 204, and gives what arrived.
async fn deliver<E: Endpoint<Api = Oscp, Output = ()>>(request: &E) -> Sent {
    let service = Service::answering(Reply::empty(204)).await;
    let client = service.oscp(oscp_login()).retry(RetryPolicy::none()).build().unwrap();
    client.send(request).await.unwrap();
    service.one()
}

fn expect(sent: &Sent, path: &str, body: &Value) {
    assert_eq!(sent.line, format!("POST {OSCP_BASE}/{path}"));
    assert_eq!(sent.json(), *body);
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(
        sent.header("authorization"),
        Some(format!("Token {OSCP_TOKEN}").as_str())
    );
    for absent in ["x-correlation-id", "x-segment-index", "x-segment-count", "x-sn-date"] {
        assert_eq!(sent.header(absent), None);
    }
    let id = sent.header("x-request-id").unwrap();
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12], "{id}");
    assert!(id.chars().all(|c| c == '-' || c.is_ascii_hexdigit()), "{id}");
}

/// The headers that every message can have.
macro_rules! expect_ids {
    ($request:expr) => {{
        let sent = deliver(&$request.request_id("tide-17").correlation_id("tide-16")).await;
        assert_eq!(sent.header("x-request-id"), Some("tide-17"));
        assert_eq!(sent.header("x-correlation-id"), Some("tide-16"));
    }};
}

/// The headers of a message in parts.
macro_rules! expect_segments {
    ($request:expr) => {{
        let sent = deliver(&$request.segment_index(2).segment_count(3)).await;
        assert_eq!(sent.header("x-segment-index"), Some("2"));
        assert_eq!(sent.header("x-segment-count"), Some("3"));
    }};
}

#[tokio::test]
async fn send_register() {
    let request = || SendRegister::new(message::<Register>(messages::register()));
    expect(&deliver(&request()).await, "register", &messages::register());
    expect_ids!(request());
}

#[tokio::test]
async fn send_handshake() {
    let request = || SendHandshake::new(message::<Handshake>(messages::handshake()));
    expect(&deliver(&request()).await, "handshake", &messages::handshake());
    expect_ids!(request());
    expect(
        &deliver(&SendHandshake::new(Handshake::new())).await,
        "handshake",
        &json!({}),
    );
}

#[tokio::test]
async fn send_handshake_acknowledge() {
    let request = || SendHandshakeAcknowledge::new(message::<HandshakeAcknowledge>(messages::handshake()));
    expect(
        &deliver(&request()).await,
        "handshake_acknowledge",
        &messages::handshake(),
    );
    expect_ids!(request());
}

#[tokio::test]
async fn send_heartbeat() {
    let request = || SendHeartbeat::new(message::<Heartbeat>(messages::heartbeat()));
    expect(&deliver(&request()).await, "heartbeat", &messages::heartbeat());
    expect_ids!(request());
}

#[tokio::test]
async fn send_update_group_capacity_forecast() {
    let request = || SendUpdateGroupCapacityForecast::new(message::<UpdateGroupCapacityForecast>(messages::forecast()));
    let sent = deliver(&request()).await;
    expect(&sent, "update_group_capacity_forecast", &messages::forecast());
    expect_ids!(request());
    expect_segments!(request());
}

#[tokio::test]
async fn send_adjust_group_capacity_forecast() {
    let request = || SendAdjustGroupCapacityForecast::new(message::<AdjustGroupCapacityForecast>(messages::forecast()));
    let sent = deliver(&request()).await;
    expect(&sent, "adjust_group_capacity_forecast", &messages::forecast());
    expect_ids!(request());
    expect_segments!(request());
}

#[tokio::test]
async fn send_group_capacity_compliance_error() {
    let body = messages::compliance_error();
    let request =
        || SendGroupCapacityComplianceError::new(message::<GroupCapacityComplianceError>(messages::compliance_error()));
    expect(&deliver(&request()).await, "group_capacity_compliance_error", &body);
    expect_ids!(request());
}

#[tokio::test]
async fn send_update_group_measurements() {
    let body = messages::group_measurements();
    let request =
        || SendUpdateGroupMeasurements::new(message::<UpdateGroupMeasurements>(messages::group_measurements()));
    expect(&deliver(&request()).await, "update_group_measurements", &body);
    expect_ids!(request());
    expect_segments!(request());
}

#[tokio::test]
async fn send_update_asset_measurements() {
    let body = messages::asset_measurements();
    let request =
        || SendUpdateAssetMeasurements::new(message::<UpdateAssetMeasurements>(messages::asset_measurements()));
    expect(&deliver(&request()).await, "update_asset_measurements", &body);
    expect_ids!(request());
    expect_segments!(request());
}

fn heartbeat() -> SendHeartbeat {
    SendHeartbeat::new(message::<Heartbeat>(messages::heartbeat()))
}

#[tokio::test]
async fn each_message_has_an_id_of_its_own() {
    let (first, second) = (deliver(&heartbeat()).await, deliver(&heartbeat()).await);
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

#[tokio::test]
async fn a_message_that_is_sent_again_keeps_its_id() {
    let busy = Reply::empty(503).header("retry-after", "4");
    let service = Service::answering_all([busy, Reply::empty(204)]).await;
    let client = service.oscp(oscp_login()).build().unwrap();
    client.send(&heartbeat().correlation_id("tide-1")).await.unwrap();
    let sent = service.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].header("x-request-id"), sent[1].header("x-request-id"));
    assert!(sent[0].header("x-request-id").is_some());
    assert_eq!(sent[1].header("x-correlation-id"), Some("tide-1"));
    assert_eq!(sent[0].body, sent[1].body);
    // The four seconds, and half of the tenth of them that spreads clients.
    assert_eq!(service.clock.slept(), [Duration::from_millis(4200)]);
}

/// How often a message leaves when its answer is lost once.
async fn sent_when_lost<E: Endpoint<Api = Oscp, Output = ()>>(request: &E, kind: TransportErrorKind) -> usize {
    let path = format!("{OSCP_BASE}{}", E::OPERATION.path);
    let lost = Exchange::new(&http::Method::POST, &path).fail(kind);
    let taken = Exchange::new(&http::Method::POST, &path).status(204);
    let recorded = ReplayTransport::new([lost, taken]);
    let client = Client::builder(oscp_login())
        .transport(recorded.clone())
        .clock(energy_core::clock::ManualClock::new(NOW))
        .build()
        .unwrap();
    if let Err(error) = client.send(request).await {
        assert!(error.may_have_been_sent(), "{error}");
    }
    recorded.received().len()
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_not_sent_again() {
    let register = SendRegister::new(message::<Register>(messages::register()));
    let forecast = message::<UpdateGroupCapacityForecast>(messages::forecast());
    let forecast = SendUpdateGroupCapacityForecast::new(forecast);
    for kind in [TransportErrorKind::Timeout, TransportErrorKind::Interrupted] {
        assert_eq!(sent_when_lost(&register, kind).await, 1);
        assert_eq!(sent_when_lost(&forecast, kind).await, 1);
        assert_eq!(
            sent_when_lost(&heartbeat(), kind).await,
            2,
            "two signs of life do no harm"
        );
    }
    assert_eq!(
        sent_when_lost(&register, TransportErrorKind::Connect).await,
        2,
        "it never left"
    );
}

#[tokio::test]
async fn a_token_that_was_replaced_is_used_at_once() {
    let token = Token::new(OSCP_TOKEN);
    let service = Service::answering(Reply::empty(204)).await;
    let client = service.oscp(Credentials::token(&token).unwrap()).build().unwrap();
    client.send(&heartbeat()).await.unwrap();
    token.replace("a-newer-one");
    client.clone().send(&heartbeat()).await.unwrap();
    assert_eq!(token.current(), Secret::new("a-newer-one"));
    let sent = service.sent();
    let with = |index: usize| sent[index].header("authorization");
    assert_eq!(with(0), Some(format!("Token {OSCP_TOKEN}").as_str()));
    assert_eq!(with(1), Some("Token a-newer-one"));
    assert!(!format!("{client:?} {token:?}").contains("a-newer-one"));
}

#[test]
fn tokens_that_no_header_should_carry() {
    for (token, reason) in [
        ("", "is empty"),
        ("tern ", "white space"),
        ("\ttern", "white space"),
        ("tern\n", "white space"),
    ] {
        let error = Credentials::token(token).unwrap_err();
        assert_eq!(error.parameter, "token");
        assert!(error.reason.contains(reason), "{error}");
        assert!(!error.to_string().contains("tern"), "{error}");
    }
}

/// The error of an answer.
async fn answered(reply: Reply) -> Error {
    let service = Service::answering(reply).await;
    let client = service.oscp(oscp_login()).retry(RetryPolicy::none()).build().unwrap();
    let error = client.send(&heartbeat()).await.unwrap_err();
    service.one();
    error
}

#[tokio::test]
async fn refusals_in_all_their_forms() {
    let error = answered(Reply::json(json!({"message": "There is no group basin-west."})).status(404)).await;
    assert!(error.is_not_found());
    assert_eq!(api(&error).message, "There is no group basin-west.");
    assert!(api(&error).hint.as_deref().unwrap().contains("group"));

    let error = answered(Reply::json(failure(Some("VAL.00004"), "A value is wrong.")).status(422)).await;
    let said = api(&error);
    assert_eq!(
        (said.kind, said.code.as_deref()),
        (ApiErrorKind::Invalid, Some("VAL.00004"))
    );
    assert_eq!(said.message, "A value is wrong.");
    let details: solarnet_oscp::Failure = said.details().unwrap();
    assert_eq!(details.code.as_deref(), Some("VAL.00004"));

    let error = answered(Reply::empty(501).header("X-Error-Message", "No version is supported.")).await;
    let said = api(&error);
    assert_eq!(
        (said.kind, said.message.as_str()),
        (ApiErrorKind::Invalid, "No version is supported.")
    );
    assert!(said.hint.as_deref().unwrap().contains("2.0"));
    assert!(!error.is_retryable());

    let error = answered(Reply::empty(400)).await;
    assert_eq!(
        (api(&error).kind, api(&error).message.as_str()),
        (ApiErrorKind::Invalid, "")
    );
}

#[tokio::test]
async fn a_refused_token_is_not_shown() {
    let body = json!({"message": format!("nobody has {OSCP_TOKEN}")});
    let error = answered(Reply::json(body).status(401).header("x-debug", OSCP_TOKEN)).await;
    assert!(error.is_unauthorized());
    assert!(api(&error).hint.as_deref().unwrap().contains("registration"));
    assert_eq!(api(&error).message, "nobody has [redacted]");
    let shown = everything_shown(&error) + &String::from_utf8_lossy(api(&error).body.bytes());
    assert!(!shown.contains(OSCP_TOKEN), "{shown}");
}

#[tokio::test]
async fn the_token_of_a_registration_is_not_shown_when_the_receiver_repeats_it() {
    let secret = "pelican-token-81";
    let request = SendRegister::new(message::<Register>(messages::register()));
    assert!(!format!("{request:?}").contains(secret));
    for body in [
        json!({"message": format!("what is {secret}?")}).to_string(),
        failure(None, secret).to_string(),
        format!("<p>{secret}</p>"),
    ] {
        let reply = Reply::new(422, "application/json", body).header("x-error-message", secret);
        let service = Service::answering(reply).await;
        let client = service.oscp(oscp_login()).build().unwrap();
        let error = client.send(&request).await.unwrap_err();
        let shown = everything_shown(&error) + &String::from_utf8_lossy(api(&error).body.bytes());
        assert!(!shown.contains(secret), "{shown}");
        assert!(shown.contains("[redacted]"), "{shown}");
    }
}

#[tokio::test]
async fn ids_that_cannot_be_sent() {
    for id in ["tide\n5", "tide\u{0}"] {
        let error = refused_message(&heartbeat().request_id(id)).await;
        assert_eq!(error.parameter, "x-request-id", "{error}");
        let error = refused_message(&heartbeat().correlation_id(id)).await;
        assert_eq!(error.parameter, "x-correlation-id", "{error}");
    }
}
