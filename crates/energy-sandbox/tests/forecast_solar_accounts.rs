//! Forecast.Solar: the pay-per-use administration, as a story.

use std::time::Duration;

use energy_sandbox::Sandbox;
use serde_json::Value;

use crate::common::{get, midsummer, post};

const ADMIN: &str = "SandboxAdmin0001/payperuse";
const PLANT: &str = "52.52/13.41/30/0/5";

async fn data_status(sandbox: &Sandbox, key: &str) -> u16 {
    get(sandbox, &format!("{key}/estimate/{PLANT}")).await.status
}

async fn ordered(sandbox: &Sandbox, action: &str, id: &str) -> Value {
    let response = post(sandbox, &format!("{ADMIN}/account/{action}"), &format!("id={id}")).await;
    assert_eq!(response.status, 200, "{}", response.body);
    response.json()["result"].clone()
}

#[tokio::test]
async fn an_account_lives_and_dies() {
    let sandbox = midsummer().await;
    let made = ordered(&sandbox, "create", "roof-7").await;
    let id = made["id"].as_str().unwrap();
    assert!(id.ends_with("roof-7") && id.len() > 6, "{id}");
    let first_key = made["apikey"].as_str().unwrap();
    assert_eq!(first_key.len(), 16);
    assert_eq!(data_status(&sandbox, first_key).await, 200);

    // Both forms of the id mean the same account.
    for form in ["roof-7", id] {
        let account = get(&sandbox, &format!("{ADMIN}/account/{form}")).await;
        assert_eq!(account.json()["result"], made);
    }
    let accounts = get(&sandbox, &format!("{ADMIN}/accounts")).await.json()["result"].clone();
    assert!(accounts.as_array().unwrap().contains(&made));

    let reset = ordered(&sandbox, "reset", "roof-7").await;
    let second_key = reset["apikey"].as_str().unwrap();
    assert_eq!(data_status(&sandbox, first_key).await, 403);
    assert_eq!(data_status(&sandbox, second_key).await, 200);

    let suspended = ordered(&sandbox, "suspend", id).await;
    assert_eq!(suspended["until"], "2026-06-20");
    assert_eq!(data_status(&sandbox, second_key).await, 401);

    let again = ordered(&sandbox, "create", id).await;
    assert_eq!(again["id"], id);
    let third_key = again["apikey"].as_str().unwrap();
    assert_ne!(third_key, second_key);
    assert_eq!(data_status(&sandbox, third_key).await, 200);
    assert_eq!(data_status(&sandbox, second_key).await, 403);

    let deleted = post(&sandbox, &format!("{ADMIN}/account/delete"), "id=roof-7").await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_eq!(data_status(&sandbox, third_key).await, 403);
    assert_eq!(get(&sandbox, &format!("{ADMIN}/account/roof-7")).await.status, 404);
}

#[tokio::test]
async fn ids_are_generated_and_bounded() {
    let sandbox = midsummer().await;
    let create = format!("{ADMIN}/account/create");
    let (one, two) = (post(&sandbox, &create, "").await, post(&sandbox, &create, "").await);
    assert_ne!(one.json()["result"]["id"], two.json()["result"]["id"]);
    let longest = format!("id={}", "x".repeat(20));
    assert_eq!(post(&sandbox, &create, &longest).await.status, 200);
    assert_eq!(post(&sandbox, &create, &format!("{longest}x")).await.status, 400);
    // An account in use stays as it is.
    let made = ordered(&sandbox, "create", "roof-7").await;
    assert_eq!(ordered(&sandbox, "create", "roof-7").await, made);
}

#[tokio::test]
async fn usage_counts_what_clients_do() {
    let sandbox = midsummer().await;
    let made = ordered(&sandbox, "create", "roof-7").await;
    let (id, key) = (made["id"].as_str().unwrap(), made["apikey"].as_str().unwrap());
    for _ in 0..3 {
        assert_eq!(data_status(&sandbox, key).await, 200);
    }
    sandbox.advance(Duration::from_secs(86_400));
    assert_eq!(data_status(&sandbox, key).await, 200);
    // These cost nothing.
    get(&sandbox, &format!("{key}/info")).await;
    get(&sandbox, &format!("{key}/estimate/99/13/30/0/5")).await;

    let usage = async |tail: &str| get(&sandbox, &format!("{ADMIN}/usage{tail}")).await.json()["result"].clone();
    let year = usage("").await;
    assert_eq!(year["2026-06"][id], 4);
    assert_eq!(usage("/2026").await, year);
    let month = usage("/2026/6").await;
    assert_eq!(
        (&month["2026-06-21"][id], &month["2026-06-22"][id]),
        (&3.into(), &1.into())
    );
    assert_eq!(usage("/2026/06/22").await["2026-06-22"][id], 1);
    // There is a past, and its days add up.
    let past: i64 = (month.as_object().unwrap().values())
        .filter_map(|accounts| accounts["E5107-first-house"].as_i64())
        .sum();
    assert!(past > 0);
    assert_eq!(year["2026-06"]["E5107-first-house"], past);
    assert_eq!(usage("/2025").await, serde_json::json!([]));
    for wrong in ["/June", "/2026/13", "/2026/2/30", "/2026/1/1/1"] {
        assert_eq!(get(&sandbox, &format!("{ADMIN}/usage{wrong}")).await.status, 404);
    }
}

#[tokio::test]
async fn a_wrong_key_looks_like_a_wrong_id() {
    let sandbox = midsummer().await;
    let unknown = get(&sandbox, &format!("{ADMIN}/account/nobody")).await;
    assert_eq!(unknown.status, 404);
    for key in ["SandboxPersonal1", "ABCDEFGHIJKLMNOP", "short", "demo-key"] {
        let path = format!("{key}/payperuse/accounts");
        assert_eq!(get(&sandbox, &path).await.status, 404, "{key}");
    }
    for action in ["reset", "suspend", "delete"] {
        let path = format!("{ADMIN}/account/{action}");
        assert_eq!(post(&sandbox, &path, "id=nobody").await.status, 404);
        assert_eq!(post(&sandbox, &path, "").await.status, 404);
        // The administrator stays.
        assert_eq!(post(&sandbox, &path, "id=admin").await.status, 404);
    }
    assert_eq!(data_status(&sandbox, "SandboxAdmin0001").await, 200);
}

#[tokio::test]
async fn suspended_accounts_are_forgotten_after_a_year() {
    let sandbox = midsummer().await;
    let path = format!("{ADMIN}/account/suspended");
    assert_eq!(get(&sandbox, &path).await.status, 200);
    assert_eq!(data_status(&sandbox, "SandboxSuspend01").await, 401);
    sandbox.advance(Duration::from_secs(366 * 86_400));
    assert_eq!(get(&sandbox, &path).await.status, 404);
    assert_eq!(data_status(&sandbox, "SandboxSuspend01").await, 403);
}
