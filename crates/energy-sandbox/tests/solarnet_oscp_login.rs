//! Who is let in by SolarNetwork's management API, and how others are refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use energy_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};
use time::Duration;
use time::macros::format_description;

use crate::common::solarnet::{Signed, hmac, http_date, manage, sha256};
use crate::common::{Response, midsummer, send};

const SETTINGS: &str = "/user/oscp/settings";
const BODY: &str = r#"{"nodeId":251}"#;

fn get(sandbox: &Sandbox) -> Signed {
    Signed::new(sandbox, "GET", SETTINGS, "")
}

fn put(sandbox: &Sandbox) -> Signed {
    Signed::new(sandbox, "PUT", SETTINGS, BODY)
}

fn refused(response: &Response, text: &str) {
    assert_eq!(response.status, 401, "{}", response.body);
    assert_eq!(response.header("x-sn-errormessage"), Some(text));
    assert_eq!(response.header("www-authenticate"), Some("SNWS2"));
    let body = format!(r#"{{"success":false,"code":"401","message":"{text}"}}"#);
    assert_eq!(response.body, body);
}

#[tokio::test]
async fn signed_requests_are_let_in() {
    let sandbox = midsummer().await;
    let response = get(&sandbox).send().await;
    assert_eq!((response.status, response.body.as_str()), (200, r#"{"success":true}"#));
    assert_eq!(response.header("x-sn-rate-limit-remaining"), Some("20"));
    assert_eq!(put(&sandbox).send().await.status, 200);

    // X-SN-Date wins over Date, which then need not be right nor signed.
    let mut other_date = get(&sandbox)
        .header("x-sn-date", &http_date(sandbox.now()))
        .header("date", "Mon, 01 Jan 2001 00:00:00 GMT");
    assert_eq!(other_date.clone().send().await.status, 200);
    other_date.unsigned.push("date");
    assert_eq!(other_date.send().await.status, 200);
}

#[tokio::test]
async fn every_header_that_matters_must_be_signed() {
    let sandbox = midsummer().await;
    let request = put(&sandbox)
        .header("x-sn-date", &http_date(sandbox.now()))
        .header("x-sn-other", "1")
        .header("content-md5", "b38oPM6h87pk/kyxOeF6tg==")
        .header("digest", &format!("sha-256={}", STANDARD.encode(sha256(BODY))));
    assert_eq!(request.clone().send().await.status, 200);
    for name in [
        "host",
        "x-sn-date",
        "x-sn-other",
        "content-type",
        "content-md5",
        "digest",
    ] {
        let mut request = request.clone();
        request.unsigned.push(name);
        refused(&request.send().await, "Bad credentials");
    }
    let mut undated = get(&sandbox);
    undated.unsigned.push("date");
    refused(&undated.send().await, "Bad credentials");
    let undated = get(&sandbox).without_header("date");
    refused(&undated.send().await, "Bad credentials");
}

#[tokio::test]
async fn a_quarter_of_an_hour_is_too_much() {
    let sandbox = midsummer().await;
    let now = sandbox.now();
    for minutes in [-14, 14] {
        let request = get(&sandbox).dated(now + Duration::minutes(minutes));
        assert_eq!(request.send().await.status, 200);
    }
    for minutes in [-16, -15, 15, 16] {
        let request = get(&sandbox).dated(now + Duration::minutes(minutes));
        refused(&request.send().await, "Date skew too large");
    }
}

#[tokio::test]
async fn a_key_lasts_a_week() {
    let sandbox = midsummer().await;
    for (age, status) in [(0, 200), (1, 200), (6, 200), (7, 401), (-1, 401)] {
        let mut request = get(&sandbox);
        request.key_day -= Duration::days(age);
        assert_eq!(request.send().await.status, status, "{age} days");
    }
}

#[tokio::test]
async fn what_was_signed_cannot_be_changed() {
    let sandbox = midsummer().await;
    let signature = put(&sandbox).authorization();
    assert_eq!(put(&sandbox).send_with(&signature).await.status, 200);
    let changes: [fn(&mut Signed); 4] = [
        |request| request.body = r#"{"nodeId":252}"#.to_owned(),
        |request| request.url.push_str("?more=1"),
        |request| request.url = request.url.replace("/settings", "/capacity-groups/1/settings"),
        |request| request.headers[1].1.push_str(";charset=utf-8"),
    ];
    for change in changes {
        let mut request = put(&sandbox);
        change(&mut request);
        refused(&request.send_with(&signature).await, "Bad credentials");
    }
    for authorization in ["", "SNWS2 Credential=a", "SolarNetworkWS a:b", "Bearer abc"] {
        refused(&get(&sandbox).send_with(authorization).await, "Bad credentials");
    }
    let url = format!("{}{SETTINGS}", sandbox.solarnet_oscp().base_url());
    refused(&send("GET", &url, &[], "").await.unwrap(), "Access denied");
}

#[tokio::test]
async fn digests_are_compared() {
    let sandbox = midsummer().await;
    let right = sha256(BODY);
    let hex: String = right.iter().map(|byte| format!("{byte:02X}")).collect();
    for digest in [format!("SHA-256={}", STANDARD.encode(&right)), format!("sha-256={hex}")] {
        assert_eq!(put(&sandbox).header("digest", &digest).send().await.status, 200);
    }
    for digest in [
        format!("sha-256={}", STANDARD.encode(sha256(""))),
        "unixsum=1".to_owned(),
    ] {
        refused(&put(&sandbox).header("digest", &digest).send().await, "Bad credentials");
    }
}

#[tokio::test]
async fn queries_and_forms_are_signed_decoded() {
    let sandbox = midsummer().await;
    let mut request = Signed::new(&sandbox, "GET", "/instr/view?z=a+b%2Fc&id=7", "");
    request.canonical = Some(("id=7&z=a%20b%2Fc".to_owned(), String::new()));
    assert_eq!(request.send().await.json()["message"], "UNKNOWN_OBJECT");

    // The form's fields count as parameters, and its body as empty. Signed well, it is refused
    // for not being JSON.
    let mut request = Signed::new(&sandbox, "POST", "/user/oscp/assets", "b=2&a=1")
        .header("content-type", "application/x-www-form-urlencoded");
    request.canonical = Some(("a=1&b=2".to_owned(), String::new()));
    assert_eq!(request.send().await.status, 415);
}

#[tokio::test]
async fn other_tokens_are_turned_away() {
    let sandbox = midsummer().await;
    let credentials = sandbox.solarnet_oscp().credentials();
    let with = |token: &str, secret: &str| Signed {
        token: token.to_owned(),
        secret: secret.to_owned(),
        ..get(&sandbox)
    };
    let expired = with(&credentials.expired_token, &credentials.expired_secret);
    refused(&expired.send().await, "Expired token");
    refused(&with("nobody", "nothing").send().await, "Bad credentials");
    refused(&with(&credentials.token, "guess").send().await, "Bad credentials");
    for (token, secret) in [
        (&credentials.data_token, &credentials.data_secret),
        (&credentials.unprivileged_token, &credentials.unprivileged_secret),
    ] {
        let response = with(token, secret).send().await;
        assert_eq!(response.status, 403);
        assert_eq!(response.body, r#"{"success":false,"message":"ACCESS_DENIED"}"#);
    }
}

/// A request signed with RFC 9421 and the raw secret; `components` are those covered.
async fn message_signed(sandbox: &Sandbox, components: &[&str], body: &str, created: i64) -> Response {
    let credentials = sandbox.solarnet_oscp().credentials();
    let key = (credentials.token.as_str(), credentials.secret.as_bytes());
    message_signed_with(sandbox, key, components, body, created).await
}

async fn message_signed_with(
    sandbox: &Sandbox,
    (key_id, key): (&str, &[u8]),
    components: &[&str],
    body: &str,
    created: i64,
) -> Response {
    let service = sandbox.solarnet_oscp();
    let url = format!("{}{SETTINGS}", service.base_url());
    let parsed = url::Url::parse(&url).unwrap();
    let digest = format!("sha-256=:{}:", STANDARD.encode(sha256(body)));
    let quoted: Vec<String> = components.iter().map(|name| format!("\"{name}\"")).collect();
    let parameters = format!(
        "({});created={created};keyid=\"{}\";tag=\"solarnetwork\"",
        quoted.join(" "),
        key_id
    );
    let mut base = String::new();
    for name in components {
        let value = match *name {
            "@method" => "PUT".to_owned(),
            "@authority" => parsed.authority().to_owned(),
            "@path" => parsed.path().to_owned(),
            "@target-uri" => url.clone(),
            "content-digest" => digest.clone(),
            _ => "application/json".to_owned(),
        };
        base.push_str(&format!("\"{name}\": {value}\n"));
    }
    base.push_str(&format!("\"@signature-params\": {parameters}"));
    let signature = STANDARD.encode(hmac(key, &base));
    let input = format!("sig1={parameters}");
    let signature = format!("sig1=:{signature}:");
    let headers = [
        ("content-type", "application/json"),
        ("content-digest", digest.as_str()),
        ("signature-input", input.as_str()),
        ("signature", signature.as_str()),
    ];
    send("PUT", &url, &headers, body).await.unwrap()
}

#[tokio::test]
async fn message_signatures_are_an_alternative() {
    let sandbox = midsummer().await;
    let now = sandbox.now().unix_timestamp();
    let all = ["@method", "@authority", "@path", "content-digest", "content-type"];
    assert_eq!(message_signed(&sandbox, &all, BODY, now).await.status, 200);
    let target = ["@method", "@target-uri", "content-digest", "content-type"];
    assert_eq!(message_signed(&sandbox, &target, BODY, now).await.status, 200);
    for left_out in all {
        let fewer: Vec<&str> = all.into_iter().filter(|name| *name != left_out).collect();
        let response = message_signed(&sandbox, &fewer, BODY, now).await;
        assert_eq!(response.status, 401, "without {left_out}");
        assert_eq!(response.header("x-sn-errormessage"), Some("Bad credentials"));
        let accepted = response.header("accept-signature").unwrap();
        assert!(accepted.contains("tag=\"solarnetwork\""), "{accepted}");
    }
    let credentials = sandbox.solarnet_oscp().credentials();
    for (age, status) in [(-2, 401), (-1, 200), (0, 200), (6, 200), (7, 401)] {
        let day = sandbox.now() - Duration::days(age);
        let day = day.format(format_description!("[year][month][day]")).unwrap();
        let key = hmac(
            &hmac(format!("SNWS3{}", credentials.secret).as_bytes(), &day),
            "snws3_request",
        );
        let key_id = format!("{}:{day}", credentials.token);
        let response = message_signed_with(&sandbox, (&key_id, &key), &all, BODY, now).await;
        assert_eq!(response.status, status, "{age} days");
    }
    let late = message_signed(&sandbox, &all, BODY, now - 900).await;
    assert_eq!(late.header("x-sn-errormessage"), Some("Date skew too large"));
}

#[tokio::test]
async fn the_rate_is_limited_where_time_runs() {
    let sandbox = midsummer().await;
    let service = sandbox.solarnet_oscp();
    service.limit_rate(true);
    for left in (0..20).rev() {
        let response = get(&sandbox).send().await;
        assert_eq!(
            response.header("x-sn-rate-limit-remaining"),
            Some(left.to_string().as_str())
        );
    }
    let response = get(&sandbox).send().await;
    assert_eq!(response.status, 429);
    assert_eq!(response.json()["code"], "WEB.10000");
    let retry_at = sandbox.now().unix_timestamp() * 1000 + 100;
    let header = response.header("x-sn-rate-limit-retry-after");
    assert_eq!(header, Some(retry_at.to_string().as_str()));
    sandbox.advance(std::time::Duration::from_millis(100));
    assert_eq!(get(&sandbox).send().await.status, 200);
    service.limit_rate(false);
    assert_eq!(get(&sandbox).send().await.status, 200);
}

#[tokio::test]
async fn faults_have_the_services_own_bodies() {
    let sandbox = midsummer().await;
    let service = sandbox.solarnet_oscp();
    for (status, message) in [
        (401, "Bad credentials"),
        (403, "ACCESS_DENIED"),
        (500, "Internal error"),
    ] {
        service.fault(Fault::status(status));
        let response = manage(&sandbox, "GET", SETTINGS, Value::Null).await;
        assert_eq!(response.status, status);
        assert_eq!(response.json()["message"], message);
    }
    service.fault(Fault::status(429));
    let response = manage(&sandbox, "GET", SETTINGS, Value::Null).await;
    assert!(response.header("x-sn-rate-limit-retry-after").is_some());
    let response = manage(&sandbox, "GET", "/nowhere", Value::Null).await;
    assert_eq!((response.status, &response.json()["success"]), (404, &json!(false)));
    let response = manage(&sandbox, "DELETE", "/user/oscp/assets", Value::Null).await;
    assert_eq!(response.status, 405);
    assert_eq!(service.request_count(), service.requests().len() as u64);
}
