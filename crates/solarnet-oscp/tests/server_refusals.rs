//! The routes of a system over loopback: what is refused, and how.
#![cfg(feature = "server")]

use std::sync::Arc;

use energy_core::Error;
use energy_core::http::StatusCode;
use serde_json::{Value, json};
use solarnet_oscp::oscp::server::{Context, Refusal, System};
use solarnet_oscp::oscp::*;

use crate::support::grid::*;
use crate::support::{OSCP_TOKEN, api, messages};

/// A system that takes nothing but heartbeats.
struct Shy;

impl System for Shy {
    async fn heartbeat(&self, _: Heartbeat, _: Context) -> Result<(), Refusal> {
        Ok(())
    }
}

#[tokio::test]
async fn segments_that_make_no_sense() {
    let grid = Grid::start().await;
    let send = async |headers: &[(&str, &str)]| {
        let raw = headers
            .iter()
            .fold(grid.raw("heartbeat"), |raw, (name, value)| raw.header(name, value));
        raw.body(&messages::heartbeat().to_string()).send().await
    };
    let alone = "X-Segment-Index and X-Segment-Count come together";
    expect_refusal(&grid, &send(&[("x-segment-index", "1")]).await, 400, &[alone]);
    expect_refusal(&grid, &send(&[("x-segment-count", "4")]).await, 400, &[alone]);
    for odd in ["one", "1.5", ""] {
        let answer = send(&[("x-segment-index", odd), ("x-segment-count", "4")]).await;
        expect_refusal(&grid, &answer, 400, &["whole numbers"]);
        let answer = send(&[("x-segment-index", "1"), ("x-segment-count", odd)]).await;
        expect_refusal(&grid, &answer, 400, &["whole numbers"]);
    }
}

#[tokio::test]
async fn only_with_the_token() {
    let grid = Grid::start().await;
    let error = grid
        .client(&Token::new("another"))
        .send(&heartbeat())
        .await
        .unwrap_err();
    assert!(error.is_unauthorized());
    assert!(api(&error).message.contains("Token"), "{error}");
    for authorization in [
        "Token",
        "Token ",
        "Token another",
        &format!("Token {OSCP_TOKEN}x"),
        &format!("Token {}", &OSCP_TOKEN[1..]),
        &format!("Token {}", OSCP_TOKEN.to_lowercase()),
        &format!("Bearer {OSCP_TOKEN}"),
        &format!("Basic {OSCP_TOKEN}"),
        &format!("Token{OSCP_TOKEN}"),
        OSCP_TOKEN,
    ] {
        let raw = grid
            .raw("heartbeat")
            .without("authorization")
            .header("authorization", authorization);
        let answer = raw.body(&messages::heartbeat().to_string()).send().await;
        expect_refusal(&grid, &answer, 401, &["token"]);
        assert!(!answer.body.contains(OSCP_TOKEN), "{answer:?}");
    }
    let raw = grid.raw("heartbeat").without("authorization");
    expect_refusal(
        &grid,
        &raw.body(&messages::heartbeat().to_string()).send().await,
        401,
        &["token"],
    );
}

/// A body that is announced and never sent: whoever waits for it never answers.
#[tokio::test]
async fn the_token_is_looked_at_before_the_body() {
    let grid = Grid::start().await;
    let raw = || grid.raw("register").header("content-length", "4000000");
    let wrong = raw().without("authorization").header("authorization", "Token another");
    expect_refusal(&grid, &wrong.send_head().await, 401, &["token"]);
    expect_refusal(
        &grid,
        &raw().without("x-request-id").send_head().await,
        400,
        &["X-Request-ID"],
    );
}

#[tokio::test]
async fn only_with_a_request_id() {
    let grid = Grid::start().await;
    let body = messages::heartbeat().to_string();
    let raw = grid.raw("heartbeat").without("x-request-id");
    expect_refusal(&grid, &raw.body(&body).send().await, 400, &["X-Request-ID is missing"]);
    let raw = grid.raw("heartbeat").without("x-request-id").header("x-request-id", "");
    expect_refusal(&grid, &raw.body(&body).send().await, 400, &["X-Request-ID is missing"]);
}

#[tokio::test]
async fn what_is_no_json() {
    let grid = Grid::start().await;
    let whole = messages::forecast().to_string();
    for body in ["", "{", "heartbeat", &whole[..whole.len() - 2]] {
        let answer = grid.raw("update_group_capacity_forecast").body(body).send().await;
        expect_refusal(&grid, &answer, 400, &["no JSON"]);
    }
}

/// A whole message, and then something more.
#[tokio::test]
async fn what_is_more_than_json() {
    let grid = Grid::start().await;
    for more in ["}", " heartbeat", "{}", &messages::heartbeat().to_string()] {
        let body = messages::heartbeat().to_string() + more;
        expect_refusal(
            &grid,
            &grid.raw("heartbeat").body(&body).send().await,
            400,
            &["no JSON"],
        );
    }
    let spaced = format!(" {}\n", messages::heartbeat());
    assert_eq!(grid.raw("heartbeat").body(&spaced).send().await.status, 204);
}

#[tokio::test]
async fn a_broken_rule_with_its_place() {
    let grid = Grid::start().await;
    let cases: [(&str, Value, &str, Value, &[&str]); 9] = [
        (
            "update_group_capacity_forecast",
            messages::forecast(),
            "/forecasted_blocks/1/capacity",
            json!(-1),
            &["forecasted_blocks[1]", "capacity: -1 is below 0"],
        ),
        (
            "adjust_group_capacity_forecast",
            messages::forecast(),
            "/forecasted_blocks",
            json!([]),
            &["forecasted_blocks: has 0 items"],
        ),
        (
            "update_group_measurements",
            messages::group_measurements(),
            "/measurements/0/measure_time",
            json!("noon"),
            &["measurements[0].measure_time", "`noon`"],
        ),
        (
            "update_asset_measurements",
            messages::asset_measurements(),
            "/measurements/1/energy_measurement/value",
            json!("much"),
            &["measurements[1].energy_measurement.value", "much"],
        ),
        (
            "handshake",
            messages::handshake(),
            "/required_behaviour/heartbeat_interval",
            json!(0.5),
            &["heartbeat_interval", "below 1"],
        ),
        (
            "handshake_acknowledge",
            messages::handshake(),
            "/required_behaviour/measurement_configuration",
            json!(["CONTINUOUS", "CONTINUOUS"]),
            &["measurement_configuration", "twice"],
        ),
        (
            "heartbeat",
            messages::heartbeat(),
            "/offline_mode_at",
            json!(5),
            &["offline_mode_at", "5"],
        ),
        (
            "register",
            messages::register(),
            "/version_url/0/version",
            json!(2.0),
            &["version_url[0].version"],
        ),
        (
            "group_capacity_compliance_error",
            messages::compliance_error(),
            "/message",
            Value::Null,
            &["message"],
        ),
    ];
    for (path, mut body, pointer, broken, words) in cases {
        *body.pointer_mut(pointer).unwrap() = broken;
        let answer = grid.raw(path).body(&body.to_string()).send().await;
        expect_refusal(&grid, &answer, 422, words);
    }
    for (path, body) in [("heartbeat", json!({})), ("register", json!("token"))] {
        expect_refusal(
            &grid,
            &grid.raw(path).body(&body.to_string()).send().await,
            422,
            &["the message: "],
        );
    }
}

#[tokio::test]
async fn a_refused_registration_does_not_repeat_its_token() {
    let grid = Grid::start().await;
    let mut body = messages::register();
    body["version_url"] = json!([]);
    let answer = grid.raw("register").body(&body.to_string()).send().await;
    expect_refusal(&grid, &answer, 422, &["version_url"]);
    assert!(!answer.body.contains("pelican"), "{answer:?}");
}

#[tokio::test]
async fn messages_that_a_system_does_not_take() {
    let grid = Grid::of(Shy, Arc::default()).await;
    grid.client(&grid.token).send(&heartbeat()).await.unwrap();
    let register = SendRegister::new(serde_json::from_value::<Register>(messages::register()).unwrap());
    let error = grid.client(&grid.token).send(&register).await.unwrap_err();
    assert!(error.is_not_found());
    assert!(api(&error).message.contains("does not take Register"), "{error}");
    let answer = grid.raw("handshake").body("{}").send().await;
    expect_refusal(&grid, &answer, 404, &["does not take Handshake"]);
}

#[tokio::test]
async fn other_methods_and_paths() {
    let grid = Grid::start().await;
    for method in ["GET", "PUT", "DELETE", "PATCH"] {
        let answer = grid.raw("heartbeat").method(method).send().await;
        expect_refusal(&grid, &answer, 405, &["POST"]);
        assert_eq!(answer.header("allow"), Some("POST"), "{answer:?}");
    }
    for path in ["heartbeats", "heartbeat/", "heartbeat/1", "HEARTBEAT"] {
        let answer = grid.raw(path).body(&messages::heartbeat().to_string()).send().await;
        expect_refusal(&grid, &answer, 404, &["no such message"]);
    }
}

#[tokio::test]
async fn a_message_that_is_too_long() {
    let grid = Grid::start().await;
    let longest = 4 * 1024 * 1024;
    let frame = json!({"message": ""}).to_string().len();
    let body = |length: usize| json!({"message": "x".repeat(length - frame)}).to_string();
    let path = "group_capacity_compliance_error";
    let answer = grid.raw(path).body(&body(longest + 1)).send().await;
    expect_refusal(&grid, &answer, 413, &["too long"]);
    let answer = grid.raw(path).body(&body(longest)).send().await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

#[tokio::test]
async fn refusals_reach_the_sender() {
    for (refusal, status) in [
        (Refusal::invalid("the group has no such capacity"), 422),
        (Refusal::unknown("there is no such group"), 404),
        (Refusal::unavailable("come back later"), 503),
        (Refusal::new(StatusCode::CONFLICT, "somebody was faster"), 409),
        (Refusal::new(StatusCode::NOT_IMPLEMENTED, "no version in common"), 501),
    ] {
        let grid = Grid::refusing(Some(refusal.clone())).await;
        let error = grid.client(&grid.token).send(&heartbeat()).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert!(format!("{refusal:?}").contains(&api(&error).message), "{error}");
        assert!(matches!(error, Error::Api(_)));
        assert_eq!(grid.taken().len(), 1);
    }
}
