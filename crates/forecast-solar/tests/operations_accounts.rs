//! The administration of client accounts, each operation on the wire and read.

use energy_core::time::macros::date;
use forecast_solar::*;
use serde_json::{Value, json};

use crate::support::*;

const CLIENT_KEY: &str = "c9B8a7Z6y5X4w3V2";

fn account() -> Value {
    json!({
        "id": "fs77-barn-12", "apikey": CLIENT_KEY, "account": "Pay-per-use", "level": 7,
        "until": "2027-05-19", "created": "2026-05-20 09:41:07", "invoice": "monthly",
    })
}

fn expect_account(account: &Account) {
    assert_eq!(account.id.as_ref().unwrap().as_str(), "fs77-barn-12", "with the prefix");
    assert_eq!(account.api_key.as_ref().unwrap().expose(), CLIENT_KEY);
    assert_eq!(
        (account.account.as_deref(), account.level),
        (Some("Pay-per-use"), Some(7.0))
    );
    assert_eq!(account.valid_until(), Some(date!(2027 - 05 - 19)));
    assert_eq!(account.created.as_deref(), Some("2026-05-20 09:41:07"));
    assert_eq!(
        account.extra.get("invoice"),
        Some(&json!("monthly")),
        "unknown fields stay"
    );
    assert!(
        !format!("{account:?}").contains(CLIENT_KEY),
        "a client's key is no text to show"
    );
}

fn expect_get(sent: &Sent, path: &str) {
    assert_eq!(sent.line, format!("GET /{KEY}/payperuse/{path}"));
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert_eq!(sent.body, "");
}

fn expect_form(sent: &Sent, path: &str, form: &str) {
    assert_eq!(sent.line, format!("POST /{KEY}/payperuse/account/{path}"));
    assert_eq!(sent.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(sent.body, form);
}

#[tokio::test]
async fn create_account() {
    let (answer, sent) = exchange(&CreateAccount::new().id("barn-12"), Reply::json(envelope(account()))).await;
    expect_form(&sent, "create", "id=barn-12");
    assert_eq!(sent.header("accept"), Some("application/json"));
    expect_account(&answer.result);

    let (_, sent) = exchange(&CreateAccount::new(), Reply::json(envelope(account()))).await;
    expect_form(&sent, "create", "");
}

#[tokio::test]
async fn list_accounts() {
    let list = json!([account(), {"id": "fs77-shed", "until": "2026-05-19"}]);
    let (answer, sent) = exchange(&ListAccounts::new(), Reply::json(envelope(list))).await;
    expect_get(&sent, "accounts");
    let Accounts(accounts) = &answer.result;
    assert_eq!(accounts.len(), 2);
    expect_account(&accounts[0]);
    assert_eq!(accounts[1].valid_until(), Some(date!(2026 - 05 - 19)));

    // Whether accounts come as a list or by id is not documented.
    let by_id = json!({"fs77-barn-12": account(), "fs77-shed": {"level": 7}});
    let (answer, _) = exchange(&ListAccounts::new(), Reply::json(envelope(by_id))).await;
    let ids: Vec<_> = answer.result.0.iter().map(|account| account.id.clone()).collect();
    assert_eq!(ids, [Some("fs77-barn-12".into()), Some("fs77-shed".into())]);

    let (answer, _) = exchange(&ListAccounts::new(), Reply::json(envelope(json!([])))).await;
    assert!(answer.result.0.is_empty());
}

#[tokio::test]
async fn get_account() {
    let (answer, sent) = exchange(&GetAccount::new("fs77-barn-12"), Reply::json(envelope(account()))).await;
    expect_get(&sent, "account/fs77-barn-12");
    expect_account(&answer.result);
}

#[tokio::test]
async fn get_usage() {
    let usage = json!({"fs77-barn-12": {"2026-05": {"estimate": 1411}}});
    let request = GetUsage::new(UsagePeriod::CurrentYear);
    let (answer, sent) = exchange(&request, Reply::json(envelope(usage.clone()))).await;
    expect_get(&sent, "usage");
    assert_eq!(
        answer.result, usage,
        "its shape is not documented, so it is kept as it came"
    );
}

#[tokio::test]
async fn reset_account_key() {
    let (answer, sent) = exchange(&ResetAccountKey::new("barn-12"), Reply::json(envelope(account()))).await;
    expect_form(&sent, "reset", "id=barn-12");
    assert_eq!(sent.header("accept"), Some("application/json"));
    expect_account(&answer.result);
}

#[tokio::test]
async fn suspend_account() {
    let mut suspended = account();
    suspended["until"] = json!("2026-05-19");
    let (answer, sent) = exchange(&SuspendAccount::new("barn-12"), Reply::json(envelope(suspended))).await;
    expect_form(&sent, "suspend", "id=barn-12");
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert_eq!(answer.result.valid_until(), Some(date!(2026 - 05 - 19)), "yesterday");
}

#[tokio::test]
async fn delete_account() {
    let ((), sent) = exchange(&DeleteAccount::new("fs77-barn-12"), Reply::no_content()).await;
    expect_form(&sent, "delete", "id=fs77-barn-12");
}
