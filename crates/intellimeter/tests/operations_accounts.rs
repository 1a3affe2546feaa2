//! Applications and accounts: each operation on the wire and read.

use intellimeter::*;
use serde_json::{Value, json};

use crate::support::entities::*;
use crate::support::*;

const NEW_SECRET: &str = "Oystercatcher-88-new-secret";

/// With what only the answers to POST and PUT have.
fn with_secret() -> Value {
    let mut application = oauth_application();
    application["client_secret"] = json!(NEW_SECRET);
    application["scopes"] = json!("meter:reads:read uac:user:read uac:user:update");
    application
}

fn expect_with_secret(application: &OauthApplication) {
    expect_application(application);
    assert_eq!(application.client_secret.as_ref().unwrap().expose(), NEW_SECRET);
    let granted = application.scopes.as_ref().unwrap();
    let granted: Vec<&str> = granted.iter().collect();
    assert_eq!(granted, ["meter:reads:read", "uac:user:read", "uac:user:update"]);
}

#[tokio::test]
async fn list_applications() {
    let list = json!([oauth_application(), oauth_application()]);
    let (applications, sent) = round_trip(&ListApplications::new(), Reply::json(list)).await;
    sent.expect("GET", "/application");
    assert_eq!(applications.len(), 2);
    expect_application(&applications[0]);
    assert_eq!(
        (&applications[0].client_secret, &applications[0].scopes),
        (&None, &None)
    );

    let request = ListApplications::new().id("aa31c0de");
    let (_, sent) = round_trip(&request, Reply::json(json!([oauth_application()]))).await;
    sent.expect("GET", "/application?id=aa31c0de");
}

#[tokio::test]
async fn create_application() {
    let input = ApplicationInput::new("Mill reads", scopes("meter:reads:read uac:user:*"));
    let (created, sent) = round_trip(&CreateApplication::new(input), Reply::json(with_secret())).await;
    let body = json!({"name": "Mill reads", "scopes": "meter:reads:read uac:user:*"});
    sent.expect_body("POST", "/application", &body);
    expect_with_secret(&created);
}

#[tokio::test]
async fn update_application() {
    let update = ApplicationUpdate::new()
        .name("Mill reads")
        .scopes(scopes("meter:*:read"))
        .new_client_secret(true);
    let (updated, sent) = round_trip(&UpdateApplication::new("aa31c0de", update), Reply::json(with_secret())).await;
    let body = json!({"name": "Mill reads", "scopes": "meter:*:read", "client_secret": true});
    sent.expect_body("PUT", "/application?id=aa31c0de", &body);
    expect_with_secret(&updated);

    let request = UpdateApplication::new("aa31c0de", ApplicationUpdate::new().name("Mill"));
    let (updated, sent) = round_trip(&request, Reply::json(oauth_application())).await;
    sent.expect_body("PUT", "/application?id=aa31c0de", &json!({"name": "Mill"}));
    assert_eq!(updated.client_secret, None, "the old one stays good");
}

#[tokio::test]
async fn delete_application() {
    let ((), sent) = round_trip(&DeleteApplication::new("aa31c0de"), Reply::empty(204)).await;
    sent.expect_for_nothing("DELETE", "/application?id=aa31c0de");
}

#[tokio::test]
async fn get_own_account() {
    let (own, sent) = round_trip(&GetOwnAccount::new(), Reply::json(account())).await;
    sent.expect("GET", "/user");
    expect_account(&own);
}

#[tokio::test]
async fn update_own_account() {
    let update = OwnAccountUpdate::new()
        .first_name("Noor")
        .last_name("Haddad")
        .email("noor@mill.example")
        .password("Plover 7 plover");
    let (own, sent) = round_trip(&UpdateOwnAccount::new(update), Reply::json(account())).await;
    let body = json!({
        "first_name": "Noor", "last_name": "Haddad", "email": "noor@mill.example", "password": "Plover 7 plover",
    });
    sent.expect_body("PUT", "/user", &body);
    expect_account(&own);

    // The password stays as it is if it is left out.
    let request = UpdateOwnAccount::new(OwnAccountUpdate::new().last_name("Haddad-Roy"));
    let (_, sent) = round_trip(&request, Reply::json(account())).await;
    sent.expect_body("PUT", "/user", &json!({"last_name": "Haddad-Roy"}));
}

#[tokio::test]
async fn list_accounts() {
    let (accounts, sent) = round_trip(&ListAccounts::new(), Reply::json(json!([account()]))).await;
    sent.expect("GET", "/users");
    assert_eq!(accounts.len(), 1);
    expect_account(&accounts[0]);

    let (_, sent) = round_trip(&ListAccounts::new().user(USER), Reply::json(json!([account()]))).await;
    sent.expect("GET", "/users?user=4f7700e1");
}

#[tokio::test]
async fn create_account() {
    let input = AccountInput::new("noor@mill.example", "Noor", "Haddad", "Plover 7 plover")
        .active(false)
        .admin(true);
    let (created, sent) = round_trip(&CreateAccount::new(input), Reply::json(account())).await;
    let mut body = json!({
        "active": false, "admin": true, "email": "noor@mill.example", "first_name": "Noor", "last_name": "Haddad",
        "password": "Plover 7 plover",
    });
    sent.expect_body("POST", "/users", &body);
    expect_account(&created);

    let input = AccountInput::new("noor@mill.example", "Noor", "Haddad", "Plover 7 plover");
    let (_, sent) = round_trip(&CreateAccount::new(input), Reply::json(account())).await;
    let fields = body.as_object_mut().unwrap();
    fields.retain(|name, _| name != "active" && name != "admin");
    sent.expect_body("POST", "/users", &body);
}

#[tokio::test]
async fn update_account() {
    let update = AccountUpdate::new()
        .active(true)
        .admin(false)
        .email("n@mill.example")
        .first_name("N")
        .last_name("H");
    let (updated, sent) = round_trip(&UpdateAccount::new(USER, update), Reply::json(account())).await;
    let body = json!({
        "active": true, "admin": false, "email": "n@mill.example", "first_name": "N", "last_name": "H",
    });
    sent.expect_body("PUT", "/users?user=4f7700e1", &body);
    expect_account(&updated);
}

/// The answer is the account that was deleted.
#[tokio::test]
async fn delete_account() {
    let (deleted, sent) = round_trip(&DeleteAccount::new(USER), Reply::json(account())).await;
    sent.expect("DELETE", "/users?user=4f7700e1");
    expect_account(&deleted);
}
