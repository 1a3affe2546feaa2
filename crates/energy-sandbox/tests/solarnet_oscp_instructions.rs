//! Instructions: OSCP messages that a user has sent.

use energy_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::common::midsummer;
use crate::common::solarnet::{data, manage, neighbourhood};
use crate::common::street::{forecast, street};

async fn instruct(sandbox: &Sandbox, params: Value) -> Value {
    let body = json!({"nodeId": sandbox.solarnet_oscp().node_id(), "params": params});
    data(sandbox, "POST", "/instr/add/OSCP_v20", body).await
}

fn adjust() -> Value {
    json!({
        "action": "AdjustGroupCapacityForecast", "coId": "1", "cgIdentifier": "street",
        "msg": forecast().to_string(), "correlationId": "c-1",
    })
}

#[tokio::test]
async fn instructions_send_messages_to_the_provider() {
    let street = street().await;
    let service = street.sandbox.solarnet_oscp();
    let mut params = adjust();
    let mut long = forecast();
    long["more"] = json!("é".repeat(200));
    params["msg"] = json!(long.to_string());
    let queued = instruct(&street.sandbox, params.clone()).await;
    assert_eq!(
        (&queued["state"], &queued["topic"]),
        (&json!("Queued"), &json!("OSCP_v20"))
    );
    assert_eq!(queued.get("resultParameters"), None);
    let kept = queued["parameters"].as_array().unwrap();
    let pieces: Vec<&str> = (kept.iter())
        .filter(|parameter| parameter["name"] == "msg")
        .map(|parameter| parameter["value"].as_str().unwrap())
        .collect();
    assert_eq!(pieces.len(), 2);
    assert_eq!(pieces[0].chars().count(), 256);
    assert_eq!(pieces.concat(), params["msg"]);

    service.settle().await;
    let heard = street.provider.heard_at("/adjust_group_capacity_forecast").remove(0);
    assert_eq!(heard.body, long);
    assert_eq!(heard.header("x-correlation-id"), None);
    let view = format!("/instr/view?id={}", queued["id"]);
    let seen = data(&street.sandbox, "GET", &view, Value::Null).await;
    assert_eq!((&seen["state"], &seen["id"]), (&json!("Completed"), &queued["id"]));

    street.provider.answers(500);
    let queued = instruct(&street.sandbox, adjust()).await;
    service.settle().await;
    let view = format!("/instr/view?id={}", queued["id"]);
    let seen = data(&street.sandbox, "GET", &view, Value::Null).await;
    assert_eq!(seen["state"], "Declined");
    assert!(seen["resultParameters"]["error"].is_string());

    let mut params = adjust();
    params["action"] = json!("UpdateGroupCapacityForecast");
    let queued = instruct(&street.sandbox, params).await;
    assert_eq!(queued["state"], "Queued");
    let view = format!("/instr/view?id={}", queued["id"]);
    let seen = data(&street.sandbox, "GET", &view, Value::Null).await;
    assert_eq!(seen["state"], "Declined");

    let response = manage(&street.sandbox, "GET", "/instr/view?id=1", Value::Null).await;
    assert_eq!(
        (response.status, &response.json()["message"]),
        (403, &json!("UNKNOWN_OBJECT"))
    );
}

#[tokio::test]
async fn wrong_instructions_are_declined_with_a_reason() {
    let sandbox = midsummer().await;
    neighbourhood(&sandbox).await;
    for (name, value, reason) in [
        ("action", Value::Null, "Missing OSCP action"),
        ("coId", Value::Null, "Missing capacity optimizer ID"),
        ("coId", json!("one"), "Invalid capacity optimizer ID"),
        ("cgIdentifier", Value::Null, "Missing group identifier"),
        ("coId", json!("99"), "Unknown capacity optimizer"),
        ("cgIdentifier", json!("elsewhere"), "Unknown group identifier"),
        ("action", json!("Dance"), "Unsupported OSCP action 'Dance'"),
        ("msg", json!("{}"), "Invalid OSCP message: group_id: A value is needed."),
    ] {
        let mut params = adjust();
        params[name] = value;
        if params[name].is_null() {
            params.as_object_mut().unwrap().remove(name);
        }
        let declined = instruct(&sandbox, params).await;
        assert_eq!(declined["state"], "Declined");
        assert_eq!(declined["resultParameters"], json!({"error": reason}));
    }
    // Nobody can call a system that never registered.
    let queued = instruct(&sandbox, adjust()).await;
    assert_eq!(queued["state"], "Queued");
    sandbox.solarnet_oscp().settle().await;
    let sent = sandbox.solarnet_oscp().sent();
    assert!(sent[0].outcome.is_err(), "{sent:?}");

    let mut params = adjust();
    params["msg"] = json!(forecast().to_string().replace("street", "road"));
    assert_eq!(instruct(&sandbox, params).await["state"], "Declined");

    let wrong = json!({"nodeId": 251, "params": {"coId": 1}});
    let response = manage(&sandbox, "POST", "/instr/add/OSCP_v20", wrong).await;
    assert_eq!(response.status, 422);
    let foreign = json!({"nodeId": 1, "params": {}});
    let response = manage(&sandbox, "POST", "/instr/add/OSCP_v20", foreign).await;
    assert_eq!(response.status, 403);
}
