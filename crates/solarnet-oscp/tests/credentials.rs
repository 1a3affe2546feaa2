//! What a login may be, and how each attempt of a client is signed with it.

use std::sync::Arc;
use std::time::Duration;

use energy_core::auth::AuthError;
use energy_core::clock::SystemClock;
use energy_core::{HttpRequest, Secret};
use solarnet_oscp::Credentials;
use solarnet_oscp::snws2::{self, Body, Request, SigningKey};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use crate::signing::*;

const NOON: OffsetDateTime = datetime!(2026-06-21 12:00 UTC);
const URL: &str = "https://data.solarnetwork.net/solaruser/api/v1/sec/user/oscp/settings";
const JSON: [(&str, &str); 2] = [("accept", "application/json"), ("content-type", "application/json")];

fn login() -> Credentials {
    Credentials::new("test-token-id", SECRET).unwrap()
}

fn post() -> HttpRequest {
    request("POST", URL, &JSON, r#"{"name":"first"}"#)
}

/// What the header must be if the request is signed as it stands, with this host and this day's key.
fn expected(sent: &HttpRequest, host: &str, at: OffsetDateTime) -> String {
    let request = Request {
        method: sent.method().as_str(),
        path: sent.uri().path(),
        query: sent.uri().query(),
        host,
        headers: sent.headers(),
        body: Body::Bytes(sent.body()),
    };
    let key = SigningKey::derive(&Secret::new(SECRET), at.date());
    snws2::sign(&request, "test-token-id", &key, at)
        .authorization()
        .to_owned()
}

#[tokio::test]
async fn what_is_signed_is_what_is_sent() {
    let (signer, _) = signer(login(), NOON);
    let (sent, proof) = prove(&signer, post()).await.unwrap();
    assert_eq!(header(&sent, "x-sn-date"), "Sun, 21 Jun 2026 12:00:00 GMT");
    let authorization = header(&sent, "authorization");
    assert_eq!(authorization, expected(&sent, "data.solarnetwork.net", NOON));
    let signed = "SNWS2 Credential=test-token-id,SignedHeaders=content-type;host;x-sn-date,Signature=";
    let signature = authorization.strip_prefix(signed).unwrap();
    assert_eq!(proof.secrets, [Secret::new(signature)], "so that no answer repeats it");
    assert!(sent.headers()["authorization"].is_sensitive());
    assert!(!format!("{:?}", sent.headers()).contains(signature));
    assert!(!sent.headers().contains_key("digest"));
    assert!(!sent.headers().contains_key("host"), "the HTTP library writes it");
}

#[tokio::test]
async fn an_attempt_has_its_own_time() {
    let (signer, clock) = signer(login(), NOON);
    let (first, _) = prove(&signer, post()).await.unwrap();
    clock.advance(Duration::from_secs(61));
    // The second attempt may begin with what the first one added.
    let (second, _) = prove(&signer, first).await.unwrap();
    assert_eq!(header(&second, "x-sn-date"), "Sun, 21 Jun 2026 12:01:01 GMT");
    let at = datetime!(2026-06-21 12:01:01 UTC);
    assert_eq!(
        header(&second, "authorization"),
        expected(&second, "data.solarnetwork.net", at)
    );
}

#[tokio::test]
async fn every_header_that_counts_and_no_other() {
    let pairs = [
        ("x-sn-other", "1"),
        ("content-md5", "2"),
        ("date", "3"),
        ("user-agent", "4"),
        ("x-request-id", "5"),
        ("content-type", "text/plain"),
    ];
    let sent = proven(login(), NOON, request("PUT", URL, &pairs, "x")).await;
    let signed = header(&sent, "authorization");
    assert!(
        signed.contains("SignedHeaders=content-md5;content-type;host;x-sn-date;x-sn-other,"),
        "{signed}"
    );
}

#[tokio::test]
async fn the_host_is_the_one_on_the_wire() {
    for (url, host) in [
        ("https://data.solarnetwork.net/a", "data.solarnetwork.net"),
        ("https://data.solarnetwork.net:443/a", "data.solarnetwork.net"),
        ("http://data.solarnetwork.net:443/a", "data.solarnetwork.net:443"),
        ("http://Localhost:80/a", "localhost"),
        ("http://user:word@localhost:9082/a", "localhost:9082"),
        ("http://[::1]:8080/a", "[::1]:8080"),
    ] {
        let sent = proven(login(), NOON, request("GET", url, &[], "")).await;
        assert_eq!(header(&sent, "authorization"), expected(&sent, host, NOON), "{url}");
    }
    let own = [("host", "other.example:8443")];
    let sent = proven(login(), NOON, request("GET", URL, &own, "")).await;
    assert_eq!(
        header(&sent, "authorization"),
        expected(&sent, "other.example:8443", NOON)
    );
    let nowhere = prove(&signer(login(), NOON).0, request("GET", "/a", &[], "")).await;
    assert!(matches!(nowhere, Err(AuthError::Malformed(reason)) if reason.contains("host")));
}

#[tokio::test]
async fn another_host_can_be_signed() {
    let behind = login().signed_host("data.solarnetwork.net:443");
    let sent = proven(behind, NOON, request("GET", "http://10.0.0.7:9080/a", &[], "")).await;
    assert_eq!(
        header(&sent, "authorization"),
        expected(&sent, "data.solarnetwork.net:443", NOON)
    );
    for bad in [
        "",
        "https://data.solarnetwork.net",
        "data.solarnetwork.net/",
        "a b",
        "a@b",
        "ä.example",
    ] {
        let refused = login()
            .signed_host(bad)
            .authenticator(Arc::new(SystemClock::new()))
            .unwrap_err();
        assert_eq!(refused.parameter, "signed_host", "{bad}");
    }
}

#[tokio::test]
async fn a_digest_is_sent_where_it_is_asked_for() {
    let pairs = [("content-type", "text/plain;charset=UTF-8")];
    let hello = || request("POST", "http://localhost/api/post", &pairs, "Hello.");
    let sent = proven(login().digest(), NOON, hello()).await;
    // The published digest of this text.
    assert_eq!(
        header(&sent, "digest"),
        "sha-256=LYvX2btfhbpkPwEQ1Qy1BqH+Q552miJQMZPqYEa7h/c="
    );
    assert_eq!(header(&sent, "authorization"), expected(&sent, "localhost", NOON));
    assert!(header(&sent, "authorization").contains("=content-type;digest;host;x-sn-date,"));
    for without in [
        request("GET", URL, &[], ""),
        request(
            "POST",
            URL,
            &[("content-type", "application/x-www-form-urlencoded")],
            "a=b",
        ),
        request(
            "POST",
            URL,
            &[("content-type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8")],
            "a=b",
        ),
    ] {
        let sent = proven(login().digest(), NOON, without).await;
        assert!(!sent.headers().contains_key("digest"));
        assert_eq!(
            header(&sent, "authorization"),
            expected(&sent, "data.solarnetwork.net", NOON)
        );
    }
}

#[tokio::test]
async fn a_forms_fields_are_signed_as_parameters() {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let key = SigningKey::derive(&Secret::new(SECRET), NOON.date());
    let canonical = |method: &str, query: Option<&str>, body: &str| {
        let headers = headers(&form);
        let request = Request {
            method,
            path: "/a",
            query,
            host: "localhost",
            headers: &headers,
            body: Body::Bytes(body.as_bytes()),
        };
        snws2::sign(&request, "t", &key, NOON).canonical_request().to_owned()
    };
    let rest = "content-type:application/x-www-form-urlencoded\nhost:localhost\ncontent-type;host";
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(
        canonical("POST", Some("z=1"), "topic=Start+Remote&a=%2F"),
        format!("POST\n/a\na=%2F&topic=Start%20Remote&z=1\n{rest}\n{nothing}")
    );
    assert_eq!(canonical("POST", None, ""), format!("POST\n/a\n\n{rest}\n{nothing}"));
    // Only of a POST does a servlet read the fields.
    let put = canonical("PUT", None, "a=b");
    assert!(
        put.starts_with("PUT\n/a\n\ncontent-type") && !put.ends_with(nothing),
        "{put}"
    );
}

#[tokio::test]
async fn at_midnight_the_key_is_derived_anew() {
    let before = datetime!(2026-06-21 23:59:59 UTC);
    let (signer, clock) = signer(login(), before);
    for at in [before, datetime!(2026-06-22 00:00 UTC), datetime!(2026-12-31 23:00 UTC)] {
        clock.advance((at - energy_core::clock::Clock::now(&clock)).try_into().unwrap());
        let (sent, _) = prove(&signer, post()).await.unwrap();
        // `expected` derives the key of that very day.
        assert_eq!(
            header(&sent, "authorization"),
            expected(&sent, "data.solarnetwork.net", at)
        );
    }
}

#[tokio::test]
async fn the_day_is_the_day_in_utc() {
    let at = datetime!(2026-06-22 01:30 +02:00);
    let sent = proven(login(), at, post()).await;
    assert_eq!(header(&sent, "x-sn-date"), "Sun, 21 Jun 2026 23:30:00 GMT");
    let in_utc = datetime!(2026-06-21 23:30 UTC);
    assert_eq!(
        header(&sent, "authorization"),
        expected(&sent, "data.solarnetwork.net", in_utc)
    );
}

#[tokio::test]
async fn a_derived_key_is_good_for_a_week() {
    let day = date!(2026 - 06 - 15);
    let key = SigningKey::derive(&Secret::new(SECRET), day);
    let on = async |day: Date| {
        let login = Credentials::with_signing_key("test-token-id", key.clone()).unwrap();
        prove(&signer(login, day.midnight().assume_utc()).0, post()).await
    };
    for good in [day, date!(2026 - 06 - 18), date!(2026 - 06 - 21)] {
        assert!(key.valid_for(good));
        let (sent, _) = on(good).await.unwrap();
        let request = Request {
            method: "POST",
            path: sent.uri().path(),
            query: None,
            host: "data.solarnetwork.net",
            headers: sent.headers(),
            body: Body::Bytes(sent.body()),
        };
        let signed = snws2::sign(&request, "test-token-id", &key, good.midnight().assume_utc());
        assert_eq!(header(&sent, "authorization"), signed.authorization());
    }
    for bad in [date!(2026 - 06 - 14), date!(2026 - 06 - 22), date!(2027 - 01 - 01)] {
        assert!(!key.valid_for(bad));
        let error = on(bad).await.unwrap_err();
        assert!(!error.is_transient());
        assert_eq!(
            error.to_string(),
            format!(
                "a person must authorise again: the SNWS2 signing key was good for requests of 2026-06-15 to \
                 2026-06-21 (UTC), and this request is of {bad}; have a new key derived from the token's secret, and \
                 build the client with it"
            )
        );
    }
}

#[test]
fn the_last_days_of_the_calendar_do_no_harm() {
    for day in [Date::MIN, Date::MAX] {
        assert!(SigningKey::derive(&Secret::new(SECRET), day).valid_for(day));
    }
}

#[test]
fn tokens_and_secrets_that_cannot_be_right() {
    for (token, reason) in [
        ("", "is empty"),
        (" kEy7wPx2ReGqTs40vJ5b", "white space at its beginning or end"),
        ("kEy7wPx2ReGqTs40vJ5b\n", "white space at its beginning or end"),
        ("kEy7,Px2", "','"),
        ("kEy7 Px2", "' '"),
        ("kEy7\r\nPx2", r"'\r'"),
        ("kEy7\u{7f}Px2", r"'\u{7f}'"),
        ("kEy7äPx2", "'ä'"),
    ] {
        let error = Credentials::new(token, SECRET).unwrap_err();
        assert_eq!(error.parameter, "token");
        assert!(error.reason.contains(reason), "{token:?}: {error}");
        let key = SigningKey::from_bytes([7; 32], NOON.date());
        assert_eq!(Credentials::with_signing_key(token, key).unwrap_err(), error);
    }
    for (secret, reason) in [
        ("", "is empty"),
        ("hush-hush\n", "white space"),
        ("\thush-hush", "white space"),
    ] {
        let error = Credentials::new("token", secret).unwrap_err();
        assert_eq!(error.parameter, "secret");
        assert!(error.reason.contains(reason), "{secret:?}: {error}");
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    }
    for token in ["kEy7wPx2ReGqTs40vJ5b", "a._-Z9", "n{^=}bc", ";:\"'"] {
        assert!(Credentials::new(token, "a secret, ü").is_ok(), "{token}");
    }
}

#[tokio::test]
async fn an_old_token_stands_in_the_header_as_it_is() {
    let login = Credentials::new("a{^=}c;", SECRET).unwrap();
    let sent = proven(login, NOON, post()).await;
    assert!(header(&sent, "authorization").starts_with("SNWS2 Credential=a{^=}c;,SignedHeaders="));
}

#[tokio::test]
async fn nothing_shows_a_secret() {
    let key = SigningKey::derive(&Secret::new(SECRET), NOON.date());
    let in_hex = hex(key.expose());
    let in_bytes = format!("{:?}", key.expose());
    let with_key = Credentials::with_signing_key("test-token-id", key.clone()).unwrap();
    let (signer, _) = signer(login(), NOON);
    let (sent, _) = prove(&signer, post()).await.unwrap();
    let request = Request {
        method: "GET",
        path: "/",
        query: None,
        host: "localhost",
        headers: sent.headers(),
        body: Body::EMPTY,
    };
    let signed = snws2::sign(&request, "test-token-id", &key, NOON);
    let shown = [
        format!("{:?} {:#?}", login(), login()),
        format!("{with_key:?} {with_key:#?}"),
        format!("{key:?}"),
        format!("{signer:?}"),
        format!("{signed:?}"),
        format!("{sent:?}"),
    ];
    for text in &shown {
        for secret in [SECRET, &in_hex, &in_bytes[1..20], signed.signature()] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    assert!(shown[0].contains("test-token-id") && shown[1].contains("2026-06-21"));
    assert_eq!(login().token(), "test-token-id");
}

#[tokio::test]
async fn the_sandbox_takes_each_login() {
    the_sandbox_takes(|token, secret, _| Credentials::new(token, secret).unwrap()).await;
    the_sandbox_takes(|token, secret, _| Credentials::new(token, secret).unwrap().digest()).await;
    the_sandbox_takes(|token, secret, today| {
        let six_days_ago = today - time::Duration::days(6);
        let key = SigningKey::derive(&Secret::new(secret), six_days_ago);
        Credentials::with_signing_key(token, key).unwrap()
    })
    .await;
}
