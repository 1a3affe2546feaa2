//! Intellimeter's login: four grants at one address, scopes, and tokens that die.

use std::time::Duration;

use energy_sandbox::{IntellimeterService, Sandbox};
use serde_json::{Value, json};
use url::Url;

use crate::common::{
    self,
    intellimeter::{Login, admin, admin_with, auth, client, text, user},
};
use crate::common::{midsummer, send};

async fn refused(sandbox: &Sandbox, body: &Value) -> (u16, String) {
    let response = auth(sandbox, body).await;
    let json = response.json();
    assert!(!text(&json["error_description"]).is_empty());
    (response.status, text(&json["error"]).to_owned())
}

#[tokio::test]
async fn client_credentials_get_what_the_account_may_have() {
    let sandbox = midsummer().await;
    let known = sandbox.intellimeter().credentials();
    let mut body = client(&sandbox, "client_credentials");
    body["scope"] = "uac:*:* meter:reads:read".into();
    let token = auth(&sandbox, &body).await;
    assert_eq!(token.status, 200);
    let token = token.json();
    assert_eq!(
        (&token["expires_in"], &token["token_type"]),
        (&json!("1:00:00"), &json!("bearer"))
    );
    assert_ne!(token["access_token"], token["refresh_token"]);
    let all = "meter:reads:read uac:user:read uac:user:update uac:users:create uac:users:delete uac:users:read \
               uac:users:update";
    assert_eq!(token["scope"], all);

    // What is for administrators is simply left out.
    body["client_id"] = known.user_client_id.into();
    body["client_secret"] = known.user_client_secret.into();
    let token = auth(&sandbox, &body).await.json();
    assert_eq!(token["scope"], "meter:reads:read uac:user:read uac:user:update");
    body["scope"] = "uac:users:read".into();
    assert_eq!(auth(&sandbox, &body).await.json()["scope"], "");

    body["scope"] = "uac:users:fly".into();
    assert_eq!(refused(&sandbox, &body).await, (400, "invalid_scope".to_owned()));
    body["scope"] = Value::Null;
    assert_eq!(refused(&sandbox, &body).await, (400, "invalid_request".to_owned()));
    body["client_secret"] = "wrong".into();
    body["scope"] = "*:*:*".into();
    assert_eq!(refused(&sandbox, &body).await, (401, "invalid_client".to_owned()));
    body["grant_type"] = "password".into();
    assert_eq!(
        refused(&sandbox, &body).await,
        (400, "unsupported_grant_type".to_owned())
    );

    // JSON it must be, whatever the standards say.
    let url = format!("{}/auth", sandbox.intellimeter().base_url());
    let form = send("POST", &url, &[], "grant_type=client_credentials").await.unwrap();
    assert_eq!((form.status, &form.json()["error"]), (400, &json!("invalid_request")));
}

#[tokio::test]
async fn tokens_live_an_hour() {
    let sandbox = midsummer().await;
    let admin = admin(&sandbox).await;
    sandbox.advance(Duration::from_secs(3599));
    assert_eq!(admin.status("GET", "/user", Value::Null).await, 200);
    sandbox.advance(Duration::from_secs(1));
    let response = admin.call("GET", "/user", Value::Null).await;
    assert_eq!(
        (response.status, response.header("www-authenticate")),
        (401, Some("Bearer"))
    );
    assert_eq!(response.json()["error"], "Unauthorized");

    let url = format!("{}/user", sandbox.intellimeter().base_url());
    for headers in [
        vec![],
        vec![("authorization", "Basic abc")],
        vec![("authorization", "Bearer x")],
    ] {
        assert_eq!(send("GET", &url, &headers, "").await.unwrap().status, 401);
    }
}

#[tokio::test]
async fn refreshing_needs_both_tokens_and_kills_both() {
    let sandbox = midsummer().await;
    let mut body = client(&sandbox, "client_credentials");
    body["scope"] = "uac:user:read".into();
    let first = auth(&sandbox, &body).await.json();
    let refresh = |tokens: &Value| {
        json!({
            "grant_type": "refresh_token",
            "access_token": tokens["access_token"],
            "refresh_token": tokens["refresh_token"],
        })
    };
    let mut wrong = refresh(&first);
    wrong["access_token"] = "other".into();
    assert_eq!(refused(&sandbox, &wrong).await, (400, "invalid_grant".to_owned()));
    wrong["access_token"] = Value::Null;
    assert_eq!(refused(&sandbox, &wrong).await, (400, "invalid_request".to_owned()));

    // A dead access token is good enough.
    sandbox.advance(Duration::from_secs(7200));
    let second = auth(&sandbox, &refresh(&first)).await.json();
    assert_eq!(second.get("scope"), None);
    assert_eq!(
        (&second["expires_in"], &second["token_type"]),
        (&json!("1:00:00"), &json!("bearer"))
    );
    assert_eq!(
        refused(&sandbox, &refresh(&first)).await,
        (400, "invalid_grant".to_owned())
    );

    let old = Login::with(&sandbox, text(&second["access_token"]));
    assert_eq!(old.status("GET", "/user", Value::Null).await, 200);
    assert_eq!(old.status("GET", "/company", Value::Null).await, 403);
    let third = auth(&sandbox, &refresh(&second)).await.json();
    assert_eq!(old.status("GET", "/user", Value::Null).await, 401);
    let new = Login::with(&sandbox, text(&third["access_token"]));
    assert_eq!(new.status("GET", "/user", Value::Null).await, 200);
}

fn location(response: &common::Response) -> Url {
    Url::parse(response.header("location").unwrap()).unwrap()
}

fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn a_person_lets_an_application_in() {
    let sandbox = midsummer().await;
    let service = sandbox.intellimeter();
    let id = service.credentials().admin_client_id;
    let redirect = "http://127.0.0.1:9/back?x=1";
    let mut asked = Url::parse(&format!("{}/auth/authorization", service.base_url())).unwrap();
    (asked.query_pairs_mut())
        .append_pair("client_id", &id)
        .append_pair("redirect_uri", redirect)
        .append_pair("response_type", "code")
        .append_pair("state", "a\"b&c");
    let page = send("GET", asked.as_str(), &[], "").await.unwrap();
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    assert!(
        page.body.contains("uac:users:read") && page.body.contains("a&quot;b&amp;c"),
        "{}",
        page.body
    );

    let form = asked.query().unwrap().to_owned();
    let post = async |more: &str| {
        let url = asked.as_str().split('?').next().unwrap();
        send("POST", url, &[], &format!("{form}&{more}")).await.unwrap()
    };
    let denied = location(&post("decision=deny").await);
    assert_eq!(query(&denied, "error").as_deref(), Some("access_denied"));
    assert_eq!(
        (query(&denied, "state"), query(&denied, "x")),
        (Some("a\"b&c".to_owned()), Some("1".to_owned()))
    );
    assert_eq!(post("decision=perhaps").await.status, 400);

    // In the name of somebody who is no administrator.
    let back = location(&post("decision=approve&account=kim.shore%40example.com").await);
    let mut body = client(&sandbox, "authorization_code");
    body["code"] = query(&back, "code").unwrap().into();
    let token = auth(&sandbox, &body).await.json();
    assert!(!text(&token["scope"]).contains("uac:users:read"));
    let login = Login::with(&sandbox, text(&token["access_token"]));
    assert_eq!(login.get("/user").await["email"], "kim.shore@example.com");
    assert_eq!(
        refused(&sandbox, &body).await,
        (400, "invalid_grant".to_owned()),
        "once"
    );

    let back = location(&post("decision=approve").await);
    body["code"] = query(&back, "code").unwrap().into();
    sandbox.advance(Duration::from_secs(600));
    assert_eq!(
        refused(&sandbox, &body).await,
        (400, "invalid_grant".to_owned()),
        "too late"
    );

    // Who has said yes is not asked again.
    let again = send("GET", asked.as_str(), &[], "").await.unwrap();
    assert_eq!(again.status, 302);
    body["code"] = query(&location(&again), "code").unwrap().into();
    let token = auth(&sandbox, &body).await.json();
    assert!(text(&token["scope"]).contains("uac:users:read"));

    body["code"] = service.approve_authorization(&id).unwrap().into();
    assert_eq!(auth(&sandbox, &body).await.status, 200);
    assert_eq!(service.approve_authorization("nobody"), None);
    let wrong = asked.as_str().replace("response_type=code", "response_type=token");
    assert_eq!(send("GET", &wrong, &[], "").await.unwrap().status, 400);
}

#[tokio::test]
async fn a_device_polls_until_the_person_has_decided() {
    let sandbox = midsummer().await;
    let service = sandbox.intellimeter();
    let started = auth(&sandbox, &client(&sandbox, "device_code")).await.json();
    assert_eq!(
        (&started["interval"], &started["expires_in"]),
        (&json!("0:00:05"), &json!("0:10:00"))
    );
    let mut poll = client(&sandbox, "device_code");
    poll["device_code"] = started["device_code"].clone();
    let wait = |seconds| sandbox.advance(Duration::from_secs(seconds));
    let pending = (400, "authorization_pending".to_owned());
    let slow_down = (400, "slow_down".to_owned());

    assert_eq!(refused(&sandbox, &poll).await, pending);
    wait(4);
    assert_eq!(refused(&sandbox, &poll).await, slow_down);
    // The interval is ten seconds from now on.
    wait(5);
    assert_eq!(refused(&sandbox, &poll).await, slow_down);
    wait(15);
    assert_eq!(refused(&sandbox, &poll).await, pending);

    let user_code = text(&started["user_code"]);
    let page = format!("{}?user_code={user_code}", text(&started["verification_uri"]));
    let page = send("GET", &page, &[], "").await.unwrap();
    assert!(page.body.contains(&format!("value=\"{user_code}\"")), "{}", page.body);
    let uri = text(&started["verification_uri"]);
    let post = async |form: String| send("POST", uri, &[], &form).await.unwrap().status;
    assert_eq!(post("user_code=XXXX-XXXX&decision=approve".to_owned()).await, 400);
    assert_eq!(
        post(format!("user_code={}&decision=approve", user_code.to_lowercase())).await,
        200
    );
    wait(15);
    let token = auth(&sandbox, &poll).await.json();
    assert!(text(&token["scope"]).contains("uac:users:read"));
    wait(15);
    assert_eq!(
        refused(&sandbox, &poll).await,
        (400, "expired_token".to_owned()),
        "once"
    );

    for (decide, error) in [(true, "access_denied"), (false, "expired_token")] {
        let started = auth(&sandbox, &client(&sandbox, "device_code")).await.json();
        poll["device_code"] = started["device_code"].clone();
        if decide {
            assert!(service.deny_device(text(&started["user_code"])));
        } else {
            wait(600);
            assert!(!service.approve_device(text(&started["user_code"])));
        }
        assert_eq!(refused(&sandbox, &poll).await, (400, error.to_owned()));
    }
    let started = auth(&sandbox, &client(&sandbox, "device_code")).await.json();
    assert!(service.approve_device(text(&started["user_code"])));
    poll["device_code"] = started["device_code"].clone();
    assert_eq!(auth(&sandbox, &poll).await.status, 200);
}

#[tokio::test]
async fn every_operation_checks_its_scope() {
    let sandbox = midsummer().await;
    let nothing = admin_with(&sandbox, "billing:template:update").await;
    let (mut checked, mut open) = (0, Vec::new());
    for route in IntellimeterService::routes() {
        let path = route.path.strip_prefix("/api/v1").unwrap().replace("{name}", "a.odt");
        if path.starts_with("/auth") || path == "/device" {
            continue;
        }
        match nothing.status(&route.method, &path, Value::Null).await {
            403 => checked += 1,
            200 => open.push(route.operation_id),
            other => panic!("{} {path}: {other}", route.method),
        }
    }
    assert_eq!(open, ["listFaq", "getUserManual"]);
    assert!(checked > 59, "{checked}");
    let operations: std::collections::BTreeSet<&str> = IntellimeterService::routes()
        .iter()
        .map(|route| route.operation_id)
        .collect();
    assert_eq!(operations.len(), 61 + 5);

    let user = user(&sandbox).await;
    let response = user.call("GET", "/users", Value::Null).await;
    assert_eq!(response.status, 403);
    assert!(text(&response.json()["message"]).contains("uac:users:read"));
    assert_eq!(user.status("GET", "/nowhere", Value::Null).await, 404);
    assert_eq!(user.status("PUT", "/read", Value::Null).await, 405);
}
