//! Enphase's login, plans and quotas.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use energy_sandbox::{EnphaseApp, EnphaseApplication, EnphasePerson, EnphaseService, Fault, Sandbox};
use serde_json::json;
use time::macros::datetime;
use url::Url;

use crate::common::enphase::{caller, owner, v2};
use crate::common::{Response, midsummer, sandbox_at, send};

fn basic(application: &EnphaseApplication) -> String {
    let pair = format!("{}:{}", application.client_id, application.client_secret);
    format!("Basic {}", STANDARD.encode(pair))
}

/// `POST /oauth/token` with its parameters in the query.
async fn token(sandbox: &Sandbox, application: &EnphaseApplication, query: &str) -> Response {
    let url = format!("{}oauth/token?{query}", sandbox.enphase().base_url());
    send("POST", &url, &[("authorization", &basic(application))], "")
        .await
        .unwrap()
}

/// `GET /api/v4/systems` with a token and a key.
async fn systems(sandbox: &Sandbox, token: &str, query: &str) -> Response {
    let url = format!("{}api/v4/systems?{query}", sandbox.enphase().base_url());
    send("GET", &url, &[("authorization", &format!("Bearer {token}"))], "")
        .await
        .unwrap()
}

#[tokio::test]
async fn a_code_becomes_tokens_once_and_for_one_address() {
    let sandbox = midsummer().await;
    let service = sandbox.enphase();
    let watt = service.credentials().watt;
    let back = "https://app.example/back";
    let query = |code: &str, to: &str| format!("grant_type=authorization_code&code={code}&redirect_uri={to}");
    let code = service.approve_authorization(EnphaseApp::Watt, EnphasePerson::Owner, back);
    let elsewhere = token(&sandbox, &watt, &query(&code, "https://app.example/other")).await;
    assert_eq!(
        (elsewhere.status, elsewhere.json()["error"].as_str()),
        (400, Some("invalid_grant"))
    );
    let code = service.approve_authorization(EnphaseApp::Watt, EnphasePerson::Owner, back);
    let first = token(&sandbox, &watt, &query(&code, back)).await;
    assert_eq!(first.status, 200);
    let body = first.json();
    for (name, value) in [
        ("token_type", json!("bearer")),
        ("scope", json!("read write")),
        ("expires_in", json!(86_400)),
        ("enl_uid", json!("593")),
        ("enl_cid", json!("")),
        ("is_internal_app", json!(false)),
        ("app_type", json!("system")),
    ] {
        assert_eq!(body[name], value, "{name}");
    }
    assert!(body["app_Id"].is_string() && body["jti"].is_string());
    assert_eq!(token(&sandbox, &watt, &query(&code, back)).await.status, 400);
    let access = body["access_token"].as_str().unwrap();
    let listed = systems(&sandbox, access, &format!("key={}", watt.api_key)).await;
    assert_eq!((listed.status, &listed.json()["total"]), (200, &json!(2)));
}

#[tokio::test]
async fn the_page_brings_a_code_back() {
    let sandbox = midsummer().await;
    let base = sandbox.enphase().base_url();
    let partner = sandbox.enphase().credentials().partner;
    let fields = format!(
        "response_type=code&client_id={}&redirect_uri=https%3A%2F%2Fapp.example%2Fback&state=s%26t",
        partner.client_id
    );
    let page = send("GET", &format!("{base}oauth/authorize?{fields}"), &[], "")
        .await
        .unwrap();
    assert!(
        page.body.contains("<form method=\"post\" action=\"/oauth/authorize\">"),
        "{}",
        page.body
    );
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let url = format!("{base}oauth/authorize");
    let form = format!("{fields}&account=installer%40sandbox.example&decision=approve");
    let approved = send("POST", &url, &headers, &form).await.unwrap();
    let target = Url::parse(approved.header("location").unwrap()).unwrap();
    let pairs: Vec<(String, String)> = target.query_pairs().into_owned().collect();
    assert_eq!(pairs[1], ("state".to_owned(), "s&t".to_owned()));
    let body = format!(
        "grant_type=authorization_code&code={}&redirect_uri=https%3A%2F%2Fapp.example%2Fback",
        pairs[0].1
    );
    let authorization = basic(&partner);
    let headers = [headers[0], ("authorization", authorization.as_str())];
    // As a form, too.
    let answer = send("POST", &format!("{base}oauth/token"), &headers, &body)
        .await
        .unwrap();
    assert_eq!((answer.status, &answer.json()["enl_uid"]), (200, &json!("864")));
    let denied = send("POST", &url, &headers[..1], &format!("{fields}&decision=deny"))
        .await
        .unwrap();
    assert_eq!(
        denied.header("location"),
        Some("https://app.example/back?error=access_denied&state=s%26t")
    );
}

#[tokio::test]
async fn refresh_tokens_are_good_once_and_for_thirty_days() {
    let sandbox = midsummer().await;
    let service = sandbox.enphase();
    let known = service.credentials();
    let first = service.issue_token(EnphaseApp::Watt, EnphasePerson::Owner);
    let refresh = |token: &str| format!("grant_type=refresh_token&refresh_token={token}");
    // Somebody else's application gets nothing, and spoils nothing.
    let stolen = token(&sandbox, &known.partner, &refresh(&first.refresh_token)).await;
    assert_eq!(stolen.status, 400);
    let second = token(&sandbox, &known.watt, &refresh(&first.refresh_token))
        .await
        .json();
    let again = token(&sandbox, &known.watt, &refresh(&first.refresh_token)).await;
    assert_eq!(
        (again.status, again.json()["error"].as_str()),
        (400, Some("invalid_grant"))
    );

    sandbox.advance(Duration::from_secs(86_400));
    let key = format!("key={}", known.watt.api_key);
    let late = systems(&sandbox, second["access_token"].as_str().unwrap(), &key).await;
    assert_eq!(late.status, 401);
    let third = token(
        &sandbox,
        &known.watt,
        &refresh(second["refresh_token"].as_str().unwrap()),
    )
    .await
    .json();
    sandbox.advance(Duration::from_secs(30 * 86_400));
    let expired = token(
        &sandbox,
        &known.watt,
        &refresh(third["refresh_token"].as_str().unwrap()),
    )
    .await;
    assert_eq!(expired.status, 400);

    let last = service.issue_token(EnphaseApp::Watt, EnphasePerson::Owner);
    assert_eq!(systems(&sandbox, &last.access_token, &key).await.status, 200);
    service.revoke(EnphaseApp::Watt, EnphasePerson::Owner);
    assert_eq!(systems(&sandbox, &last.access_token, &key).await.status, 401);
    assert_eq!(
        token(&sandbox, &known.watt, &refresh(&last.refresh_token)).await.status,
        400
    );
}

#[tokio::test]
async fn passwords_are_for_partners() {
    let sandbox = midsummer().await;
    let known = sandbox.enphase().credentials();
    let query = |password: &str| {
        format!(
            "grant_type=password&username={}&password={password}",
            known.owner.username
        )
    };
    let watt = token(&sandbox, &known.watt, &query(&known.owner.password)).await;
    assert_eq!(
        (watt.status, watt.json()["error"].as_str()),
        (400, Some("unauthorized_client"))
    );
    assert_eq!(token(&sandbox, &known.partner, &query("wrong")).await.status, 400);
    assert_eq!(
        token(&sandbox, &known.partner, &query(&known.owner.password))
            .await
            .status,
        200
    );
    let mut stranger = known.partner;
    stranger.client_secret = "wrong".to_owned();
    let refused = token(&sandbox, &stranger, "grant_type=refresh_token&refresh_token=x").await;
    assert_eq!(
        (refused.status, refused.json()["error"].as_str()),
        (401, Some("invalid_client"))
    );
}

#[tokio::test]
async fn keys_and_tokens_must_belong_together() {
    let sandbox = midsummer().await;
    let service = sandbox.enphase();
    let known = service.credentials();
    let tokens = service.issue_token(EnphaseApp::Watt, EnphasePerson::Owner);
    for (query, message, details) in [
        (String::new(), "Not Authorized", "API Key missing in url/headers!"),
        (
            format!("key={}", known.partner.api_key),
            "API Key -Client mismatch",
            "API Key and Client ID of the access token do not match",
        ),
        ("key=unknown".to_owned(), "Not Authorized", "User is not authorized"),
    ] {
        let refused = systems(&sandbox, &tokens.access_token, &query).await;
        assert_eq!(
            (refused.status, refused.json()),
            (401, json!({ "message": message, "details": details, "code": 401 }))
        );
    }
    let bearer = format!("Bearer {}", tokens.access_token);
    let headers = [("authorization", bearer.as_str()), ("key", known.watt.api_key.as_str())];
    let url = format!("{}api/v4/systems", service.base_url());
    assert_eq!(send("GET", &url, &headers, "").await.unwrap().status, 200);
}

#[tokio::test]
async fn the_free_plan_lacks_devices_settings_streams_and_control() {
    let sandbox = midsummer().await;
    let watt = caller(&sandbox, EnphaseApp::Watt, EnphasePerson::Owner);
    let all = owner(&sandbox);
    let site = sandbox.enphase().sites().metered;
    let id = site.system_id;
    let charger = site.charger_serial.unwrap();
    for (method, path) in [
        ("GET", format!("/{id}/devices/micros/telemetry")),
        ("GET", format!("/{id}/hp_telemetry")),
        ("GET", format!("/config/{id}/battery_settings")),
        ("GET", format!("/{id}/live_data")),
        ("POST", format!("/{id}/ev_charger/{charger}/stop_charging")),
    ] {
        assert_eq!(watt.call(method, &path, &[], "").await.status, 401, "{path}");
        assert!(all.call(method, &path, &[], "").await.status < 300, "{path}");
    }
    for path in [
        "summary",
        "telemetry/production_micro",
        "telemetry/battery",
        "ev_charger/devices",
    ] {
        watt.of(&sandbox.enphase().sites().metered, path).await;
    }
    let refused = watt.refused(&format!("/{id}/hp_telemetry")).await;
    assert_eq!(refused, (401, "User is not authorized".to_owned()));
}

/// The minute's limit is met at its border, and what is refused does not count.
#[tokio::test]
async fn quotas_begin_anew_on_the_minute_and_on_the_first_of_the_month() {
    let sandbox = sandbox_at(datetime!(2026-06-30 23:58:30 UTC)).await;
    let service: &EnphaseService = sandbox.enphase();
    let watt = caller(&sandbox, EnphaseApp::Watt, EnphasePerson::Owner);
    service.set_quota(EnphaseApp::Watt, 2, 4);
    let id = service.sites().micro_only.system_id;
    let summary = format!("/{id}/summary");
    watt.get(&summary).await;
    watt.get("").await;
    let refused = watt.call("GET", &summary, &[], "").await;
    let minute = datetime!(2026-06-30 23:58 UTC).unix_timestamp();
    let long = json!({
        "message": "Too Many Requests", "details": "Usage limit exceeded for plan Watt", "code": 429,
        "period": "minute", "period_start": minute, "period_end": minute + 60, "limit": 2,
    });
    assert_eq!((refused.status, refused.json()), (429, long));
    let refused = watt.call("GET", "", &[], "").await;
    let short = json!({ "message": "Too Many Requests", "details": "Usage limit exceeded for plan Watt", "code": 429 });
    assert_eq!((refused.status, refused.json()), (429, short));

    sandbox.advance(Duration::from_secs(30));
    watt.get(&summary).await;
    watt.get(&summary).await;
    let refused = watt.call("GET", &summary, &[], "").await.json();
    assert_eq!((&refused["period"], &refused["limit"]), (&json!("month"), &json!(4)));
    let july = datetime!(2026-07-01 00:00 UTC);
    assert_eq!(refused["period_end"], july.unix_timestamp());
    sandbox.advance(Duration::from_secs(60));
    watt.get(&summary).await;
    assert_eq!(sandbox.now(), july);
}

#[tokio::test]
async fn the_old_api_says_conflict_when_the_limit_is_met() {
    let sandbox = midsummer().await;
    let service = sandbox.enphase();
    service.set_v2_quota(1, 100);
    assert_eq!(v2(&sandbox, "").await.status, 200);
    let refused = v2(&sandbox, "").await;
    let minute = sandbox.now().unix_timestamp();
    let body = json!({
        "reason": "409", "message": ["Usage limit exceeded for plan Watt"],
        "period": "minute", "period_start": minute, "period_end": minute + 60, "limit": 1,
    });
    assert_eq!((refused.status, refused.json()), (409, body));
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(v2(&sandbox, "").await.status, 200);
    let url = format!("{}/systems?key=x&user_id=y", service.v2_base_url());
    let refused = send("GET", &url, &[], "").await.unwrap();
    let body = json!({ "reason": "401", "message": ["Not authorized to access requested resource"] });
    assert_eq!((refused.status, refused.json()), (401, body));
}

#[tokio::test]
async fn each_corner_has_an_error_of_its_own() {
    let sandbox = midsummer().await;
    let (caller, service) = (owner(&sandbox), sandbox.enphase());
    let id = service.sites().metered.system_id;
    for (path, status, body) in [
        (
            "rgm_stats",
            500,
            json!({ "errorCode": 7, "errorMessages": ["Data is temporarily unavailable"] }),
        ),
        (
            "devices",
            500,
            json!({ "message": "Internal Server Error", "details": "unable to fetch data", "code": 500 }),
        ),
        (
            "summary",
            501,
            json!({ "reason": "501", "message": ["Not Implemented"] }),
        ),
        (
            "ev_charger/devices",
            403,
            json!({ "message": "Forbidden", "details": "Not authorized to access this resource", "code": "403" }),
        ),
    ] {
        service.fault(Fault::status(status));
        let answer = caller.call("GET", &format!("/{id}/{path}"), &[], "").await;
        assert_eq!((answer.status, answer.json()), (status, body), "{path}");
    }
    service.fault(Fault::status(550));
    let answer = caller.call("GET", &format!("/{id}/live_data"), &[], "").await;
    assert_eq!(answer.json()["error"]["status"], "SERVICE_UNREACHABLE");
    let answer = caller.call("DELETE", &format!("/{id}/summary"), &[], "").await;
    let body = json!({ "reason": "405", "message": ["Method not allowed"] });
    assert_eq!((answer.status, answer.json()), (405, body));
    service.fault(Fault::status(503));
    let answer = v2(&sandbox, "").await.json();
    assert_eq!(
        answer,
        json!({ "errorCode": 7, "errorMessages": ["Data temporarily unavailable."] })
    );
}
