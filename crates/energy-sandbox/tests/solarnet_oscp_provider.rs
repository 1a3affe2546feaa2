//! The Flexibility Provider: registration, handshake, heartbeats, forecasts and measurements, with
//! systems that listen on this machine.

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::midsummer;
use crate::common::send;
use crate::common::solarnet::{asset_body, data, neighbourhood, oscp};
use crate::common::street::{forecast, handshaken, register_body, street, token};
use crate::common::system::System;

const PROVIDER: &str = "/user/oscp/capacity-providers/1";
const OPTIMIZER: &str = "/user/oscp/capacity-optimizers/1";

#[tokio::test]
async fn registering_swaps_the_token_once_the_call_back_is_answered() {
    let sandbox = midsummer().await;
    let service = sandbox.solarnet_oscp();
    let all = neighbourhood(&sandbox).await;
    let system = System::start().await;
    let old = token(&all.provider);

    let held = system.hold().await;
    assert_eq!(
        oscp(&sandbox, old, "/register", &register_body(&system)).await.status,
        204
    );
    let heard = system.hears(1).await.remove(0);
    assert_eq!(heard.path, "/oscp/2.0/register");
    assert_eq!(heard.header("authorization"), Some("Token for-the-system"));
    assert_eq!(heard.header("x-correlation-id"), Some("request-1"));
    assert!(heard.header("x-request-id").is_some());
    let url = service.flexibility_provider_url();
    assert_eq!(heard.body["version_url"], json!([{"version": "2.0", "base_url": url}]));
    let new = heard.body["token"].as_str().unwrap().to_owned();
    assert_eq!(new.len(), 64);
    let pending = data(&sandbox, "GET", PROVIDER, Value::Null).await;
    assert_eq!(pending["registrationStatus"], "Pending");
    assert_eq!(pending["oscpVersion"], "2.0");
    assert_eq!(pending["baseUrl"], system.base_url.as_str());
    let beat = json!({"offline_mode_at": "2026-06-21T10:02:00Z"});
    assert_eq!(oscp(&sandbox, old, "/heartbeat", &beat).await.status, 204);
    drop(held);
    service.settle().await;

    let done = data(&sandbox, "GET", PROVIDER, Value::Null).await;
    assert_eq!(done["registrationStatus"], "Registered");
    assert_eq!(done["offlineDate"], "2026-06-21 10:02:00Z");
    assert_eq!(oscp(&sandbox, old, "/heartbeat", &beat).await.status, 401);
    assert_eq!(oscp(&sandbox, &new, "/heartbeat", &beat).await.status, 204);
    let sent = service.sent();
    assert_eq!(
        (sent.len(), sent[0].message.as_str(), &sent[0].outcome),
        (1, "Register", &Ok(204))
    );
}

#[tokio::test]
async fn a_call_back_that_fails_leaves_the_old_token() {
    let sandbox = midsummer().await;
    let service = sandbox.solarnet_oscp();
    let all = neighbourhood(&sandbox).await;
    let system = System::start().await;
    system.answers(500);
    let old = token(&all.optimizer);
    oscp(&sandbox, old, "/register", &register_body(&system)).await;
    service.settle().await;
    let failed = data(&sandbox, "GET", OPTIMIZER, Value::Null).await;
    assert_eq!(failed["registrationStatus"], "Failed");
    system.answers(204);
    assert_eq!(
        oscp(&sandbox, old, "/register", &register_body(&system)).await.status,
        204
    );
    service.settle().await;
    let done = data(&sandbox, "GET", OPTIMIZER, Value::Null).await;
    assert_eq!(done["registrationStatus"], "Registered");

    // Other machines are never called.
    let far = json!({"token": "t", "version_url": [{"version": "2.0", "base_url": "https://oscp.example.com/"}]});
    oscp(&sandbox, token(&all.provider), "/register", &far).await;
    service.settle().await;
    let last = service.sent().pop().unwrap();
    assert_eq!(last.url.as_deref(), Some("https://oscp.example.com/register"));
    assert!(last.outcome.unwrap_err().contains("this machine"));
}

#[tokio::test]
async fn the_gate_has_its_rules() {
    let sandbox = midsummer().await;
    let all = neighbourhood(&sandbox).await;
    let base = sandbox.solarnet_oscp().flexibility_provider_url().to_owned();
    let beat = json!({"offline_mode_at": "2026-06-21T10:02:00Z"}).to_string();
    let right = format!("Token {}", token(&all.provider));
    let lower = right.replace("Token", "token");
    let json_type = ("content-type", "application/json");
    let id = ("x-request-id", "1");
    for (headers, status) in [
        (vec![("authorization", right.as_str()), id, json_type], 204),
        (vec![("authorization", lower.as_str()), id, json_type], 401),
        (vec![("authorization", "Token x"), id, json_type], 401),
        (vec![id, json_type], 401),
        (vec![("authorization", right.as_str()), json_type], 400),
        (vec![("authorization", right.as_str()), id], 415),
    ] {
        let response = send("POST", &format!("{base}/heartbeat"), &headers, &beat)
            .await
            .unwrap();
        assert_eq!(response.status, status, "{headers:?}");
        if status < 415 && status > 204 {
            let message = response.json()["message"].as_str().unwrap().to_owned();
            assert_eq!(response.header("x-error-message"), Some(message.as_str()));
        }
    }
    let response = send("GET", &format!("{base}/heartbeat"), &[], "").await.unwrap();
    assert_eq!(response.status, 405);

    let token = token(&all.provider);
    let response = oscp(&sandbox, token, "/heartbeat", &json!({})).await;
    assert_eq!((response.status, &response.json()["code"]), (422, &json!("VAL.00003")));
    assert_eq!(response.json()["errors"][0]["location"], "offline_mode_at");
    let old = json!({"token": "t", "version_url": [{"version": "1.0", "base_url": "x"}]});
    let response = oscp(&sandbox, token, "/register", &old).await;
    assert_eq!(response.status, 501);
    assert!(response.header("x-error-message").is_some());
    for path in [
        "/group_capacity_compliance_error",
        "/update_group_measurements",
        "/update_asset_measurements",
    ] {
        let response = oscp(&sandbox, token, path, &json!({})).await;
        assert_eq!(response.status, 404);
        assert!(response.json()["message"].is_string());
    }
}

#[tokio::test]
async fn handshakes_are_kept_and_acknowledged() {
    let street = street().await;
    let body = json!({
        "name": "Lines", "enabled": true, "registrationStatus": "Registered", "oscpVersion": "2.0",
        "baseUrl": street.provider.base_url,
        "serviceProps": {
            "url-paths": {"HandshakeAcknowledge": "/ack"},
            "http-headers": {"x-api-key": "k", "x-api-level": 3},
        },
    });
    data(&street.sandbox, "PUT", PROVIDER, body).await;
    handshaken(&street, "INTERMITTENT").await;
    let heard = street.provider.heard_at("/ack").remove(0);
    assert_eq!(heard.path, "/oscp/2.0/ack");
    assert_eq!(heard.header("x-correlation-id"), Some("request-1"));
    assert_eq!(
        (heard.header("x-api-key"), heard.header("x-api-level")),
        (Some("k"), Some("3"))
    );
    assert_eq!(heard.body["required_behaviour"]["heartbeat_interval"], 60);
    let heard = street.optimizer.heard_at("/handshake_acknowledge");
    assert_eq!(heard.len(), 1);
    let settings = data(&street.sandbox, "GET", PROVIDER, Value::Null).await["settings"].clone();
    assert_eq!(
        settings,
        json!({"heartbeatSeconds": 60, "measurementStyles": ["Intermittent"]})
    );
    let response = oscp(
        &street.sandbox,
        &street.provider_token,
        "/handshake_acknowledge",
        &json!({}),
    )
    .await;
    assert_eq!(response.status, 204);
}

#[tokio::test]
async fn heartbeats_go_out_by_the_clock() {
    let street = street().await;
    handshaken(&street, "CONTINUOUS").await;
    let service = street.sandbox.solarnet_oscp();
    let beats = async |seconds: u64| {
        street.sandbox.advance(Duration::from_secs(seconds));
        service.settle().await;
        street.provider.heard_at("/heartbeat").len()
    };
    assert_eq!(beats(1).await, 1);
    let first = street.provider.heard_at("/heartbeat").remove(0);
    assert_eq!(first.body, json!({"offline_mode_at": "2026-06-21T10:02:01Z"}));
    assert_eq!(beats(59).await, 1);
    assert_eq!(beats(1).await, 2);
    assert_eq!(beats(600).await, 3);
    let provider = data(&street.sandbox, "GET", PROVIDER, Value::Null).await;
    assert_eq!(provider["heartbeatDate"], "2026-06-21 10:11:01Z");
}

#[tokio::test]
async fn measurements_add_up() {
    let street = street().await;
    handshaken(&street, "INTERMITTENT").await;
    let service = street.sandbox.solarnet_oscp();
    // Another for the optimizer, every five minutes, in kWh and asset by asset.
    let mut other = asset_body(&street.sandbox, "charger-1o", &street.all.group);
    other["audience"] = json!("CapacityOptimizer");
    other["energy"]["unit"] = json!("kWh");
    data(&street.sandbox, "POST", "/user/oscp/assets", other).await;
    let body = json!({
        "name": "Cars", "enabled": true, "registrationStatus": "Registered", "oscpVersion": "2.0",
        "baseUrl": street.optimizer.base_url, "serviceProps": {"group-asset-measurement": "true"},
    });
    data(&street.sandbox, "PUT", OPTIMIZER, body).await;

    for _ in 0..15 {
        street.sandbox.advance(Duration::from_secs(60));
        service.settle().await;
    }
    let heard = street.provider.heard_at("/update_group_measurements");
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].body["group_id"], "street");
    let quarter = &heard[0].body["measurements"][0];
    assert_eq!(quarter["initial_measure_time"], "2026-06-21T10:00:00Z");
    assert_eq!(quarter["measure_time"], "2026-06-21T10:15:00Z");
    let words = ["phase", "unit", "direction", "energy_type"].map(|name| quarter[name].as_str().unwrap());
    assert_eq!(words, ["ALL", "WH", "IMPORT", "TOTAL"]);

    let heard = street.optimizer.heard_at("/update_asset_measurements");
    assert_eq!(heard.len(), 3);
    let asset = &heard[0].body["measurements"][0];
    assert_eq!(
        (&asset["asset_id"], &asset["asset_category"]),
        (&json!("charger-1o"), &json!("CHARGING"))
    );
    assert_eq!(asset["instantaneous_measurement"]["unit"], "W");
    let kilowatt_hours: f64 = (heard.iter())
        .map(|heard| {
            heard.body["measurements"][0]["energy_measurement"]["value"]
                .as_f64()
                .unwrap()
        })
        .sum();
    let watt_hours = quarter["value"].as_f64().unwrap();
    assert!(watt_hours > 0.0);
    assert!(
        (watt_hours - kilowatt_hours * 1000.0).abs() < 1e-6,
        "{watt_hours} {kilowatt_hours}"
    );

    let group = data(&street.sandbox, "GET", "/user/oscp/capacity-groups/1", Value::Null).await;
    assert_eq!(group["capacityProviderMeasurementDate"], "2026-06-21 10:15:00Z");
    // A long leap is one message, for the period that ended last.
    street.sandbox.advance(Duration::from_secs(3 * 3600 + 7 * 60));
    service.settle().await;
    let heard = street.provider.heard_at("/update_group_measurements");
    assert_eq!(heard.len(), 2);
    assert_eq!(heard[1].body["measurements"][0]["measure_time"], "2026-06-21T13:15:00Z");
}

#[tokio::test]
async fn forecasts_are_forwarded() {
    let street = street().await;
    let service = street.sandbox.solarnet_oscp();
    let update = "/update_group_capacity_forecast";
    let response = oscp(&street.sandbox, &street.provider_token, update, &forecast()).await;
    assert_eq!(response.status, 204);
    service.settle().await;
    let heard = street.optimizer.heard_at(update).remove(0);
    assert_eq!(heard.body, forecast());
    let source = "/oscp/cp/UpdateGroupCapacityForecast/1/1/street";
    assert_eq!(heard.header("x-sn-source-id"), Some(source));

    let adjust = "/adjust_group_capacity_forecast";
    let response = oscp(&street.sandbox, &street.optimizer_token, adjust, &forecast()).await;
    assert_eq!(response.status, 204);
    service.settle().await;
    assert_eq!(street.provider.heard_at(adjust)[0].body, forecast());

    let response = oscp(&street.sandbox, &street.optimizer_token, update, &forecast()).await;
    assert_eq!(response.status, 403);
    let mut unknown = forecast();
    unknown["group_id"] = json!("elsewhere");
    let response = oscp(&street.sandbox, &street.provider_token, update, &unknown).await;
    assert_eq!(response.status, 404);
    assert!(response.json()["message"].is_string());
}
