//! The routes of a system over loopback: what each message becomes.
#![cfg(feature = "server")]

use energy_core::{Endpoint, Secret};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use solarnet_oscp::oscp::*;

use crate::support::grid::*;
use crate::support::{OSCP_TOKEN, messages};

/// Our own client reaches the method of this name with the same message.
async fn reaches<E: Endpoint<Api = Oscp, Output = ()>>(method: &str, request: E, body: Value) {
    let grid = Grid::start().await;
    grid.client(&grid.token).send(&request).await.unwrap();
    let (at, message, context) = grid.one();
    assert_eq!((at, message), (method, body.clone()));
    assert_eq!(context.request_id, RequestId::new("tide-5"));
    assert_eq!(context.correlation_id, Some(RequestId::new("tide-4")));
    assert_eq!((context.segment, context.source_id), (None, None));

    let answer = grid.raw(method).body(&body.to_string()).send().await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert_eq!(grid.taken().len(), 2);
}

fn message<M: DeserializeOwned>(body: Value) -> M {
    serde_json::from_value(body).unwrap()
}

macro_rules! reach {
    ($($test:ident: $method:literal, $send:ident, $message:ident, $body:expr;)+) => { $(
        #[tokio::test]
        async fn $test() {
            let request = $send::new(message::<$message>($body));
            reaches($method, request.request_id("tide-5").correlation_id("tide-4"), $body).await;
        }
    )+ };
}

reach! {
    takes_register: "register", SendRegister, Register, messages::register();
    takes_handshake: "handshake", SendHandshake, Handshake, messages::handshake();
    takes_handshake_acknowledge:
        "handshake_acknowledge", SendHandshakeAcknowledge, HandshakeAcknowledge, messages::handshake();
    takes_heartbeat: "heartbeat", SendHeartbeat, Heartbeat, messages::heartbeat();
    takes_update_group_capacity_forecast:
        "update_group_capacity_forecast", SendUpdateGroupCapacityForecast, UpdateGroupCapacityForecast,
        messages::forecast();
    takes_adjust_group_capacity_forecast:
        "adjust_group_capacity_forecast", SendAdjustGroupCapacityForecast, AdjustGroupCapacityForecast,
        messages::forecast();
    takes_group_capacity_compliance_error:
        "group_capacity_compliance_error", SendGroupCapacityComplianceError, GroupCapacityComplianceError,
        messages::compliance_error();
    takes_update_group_measurements:
        "update_group_measurements", SendUpdateGroupMeasurements, UpdateGroupMeasurements,
        messages::group_measurements();
    takes_update_asset_measurements:
        "update_asset_measurements", SendUpdateAssetMeasurements, UpdateAssetMeasurements,
        messages::asset_measurements();
}

#[tokio::test]
async fn headers_beyond_the_ids() {
    let grid = Grid::start().await;
    let forecast = message::<UpdateGroupCapacityForecast>(messages::forecast());
    let parts = SendUpdateGroupCapacityForecast::new(forecast)
        .segment_index(1)
        .segment_count(4);
    grid.client(&grid.token).send(&parts).await.unwrap();
    assert_eq!(grid.one().2.segment, Some(PaginatedRequest::new(1, 4)));

    let grid = Grid::start().await;
    let request = grid.raw("heartbeat").header("X-SN-Source-ID", "/oscp/cp/41");
    let answer = request.body(&messages::heartbeat().to_string()).send().await;
    assert_eq!(answer.status, 204);
    let (_, _, context) = grid.one();
    assert_eq!(context.source_id.as_deref(), Some("/oscp/cp/41"));
    assert_eq!((context.request_id.as_str(), context.correlation_id), ("tide-1", None));
}

#[tokio::test]
async fn a_name_that_is_not_known_is_taken() {
    let grid = Grid::start().await;
    let mut body = messages::forecast();
    body["forecasted_blocks"][0]["unit"] = json!("MW");
    let answer = grid
        .raw("adjust_group_capacity_forecast")
        .body(&body.to_string())
        .send()
        .await;
    assert_eq!(answer.status, 204);
    assert_eq!(grid.one().1, body);
}

#[tokio::test]
async fn a_replaced_token_holds_at_once_on_both_sides() {
    let grid = Grid::start().await;
    let towards = Token::new(OSCP_TOKEN);
    let client = grid.client(&towards);
    client.send(&heartbeat()).await.unwrap();
    grid.token.replace("the-second");
    let error = client.send(&heartbeat()).await.unwrap_err();
    assert!(error.is_unauthorized());
    towards.replace("the-second");
    client.send(&heartbeat()).await.unwrap();
    assert_eq!(grid.taken().len(), 2);
}

#[test]
fn random_tokens() {
    let (first, second) = (Token::random().unwrap().current(), Token::random().unwrap().current());
    assert_ne!(first, second);
    for token in [first, second] {
        assert_eq!(token.expose().len(), 64);
        assert!(
            token
                .expose()
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
        );
        assert!(Credentials::token(Secret::new(token.expose())).is_ok());
    }
}
