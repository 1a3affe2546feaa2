//! SolarNetwork's worked example of HTTP Message Signatures (NET-541), and what else its profile asks for.
#![cfg(feature = "http-signatures")]

use std::sync::Arc;

use energy_core::Secret;
use energy_core::clock::SystemClock;
use energy_core::http::HeaderMap;
use solarnet_oscp::Credentials;
use solarnet_oscp::http_signatures::{self, MessageKey};
use solarnet_oscp::snws2::{Body, Request, SigningKey};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use crate::signing::*;

const TOKEN: &str = "12345678901234567890";
const HUSH: &str = "lsdjfpse9jfoeijfe09j";
const URL: &str = "http://localhost:9082/solarquery/api/v1/sec/datum/stream/datum?nodeId=123&sourceId=meter";
const CREATED: OffsetDateTime = datetime!(2026-09-18 19:57:51 UTC);

/// A key, what is published about it, and the login that signs with it.
struct Vector {
    key: MessageKey,
    key_id: &'static str,
    signature: &'static str,
    logins: Vec<Credentials>,
}

fn derived() -> MessageKey {
    MessageKey::derive(&Secret::new(HUSH), CREATED.date())
}

fn login() -> Credentials {
    Credentials::new(TOKEN, HUSH).unwrap()
}

fn vectors() -> [Vector; 2] {
    [
        Vector {
            key: derived(),
            key_id: "12345678901234567890:20260918",
            signature: "8gcZ/Rdd932qOF1Cm+hpu7M/hQQ92A3dCffFxtyTSWg=",
            logins: vec![
                login().http_signatures(),
                Credentials::with_message_key(TOKEN, derived()).unwrap(),
            ],
        },
        Vector {
            key: MessageKey::raw(&Secret::new(HUSH)),
            key_id: TOKEN,
            signature: "yt00kJV0rsRBmP7Pu7C8J2f+avzPAAzv1vEGX+SrCd8=",
            logins: vec![
                login().http_signatures_with_secret(),
                Credentials::with_message_key(TOKEN, MessageKey::raw(&Secret::new(HUSH))).unwrap(),
            ],
        },
    ]
}

#[tokio::test]
async fn the_published_examples() {
    assert_eq!(CREATED.unix_timestamp(), 1_789_761_471);
    assert_eq!(
        hex(derived().expose().unwrap()),
        "4e5b641763f4dbafcb7d89584593fdf68ed435292849eef82d7b90f4bd005c79"
    );
    for vector in vectors() {
        assert_eq!(vector.key.key_id(TOKEN), vector.key_id);
        let request_parts = Request {
            method: "GET",
            path: "/solarquery/api/v1/sec/datum/stream/datum",
            query: Some("nodeId=123&sourceId=meter"),
            host: "localhost:9082",
            headers: &HeaderMap::new(),
            body: Body::EMPTY,
        };
        let signed = http_signatures::sign(&request_parts, TOKEN, &vector.key, CREATED);
        let parameters = format!(
            "(\"@method\" \"@authority\" \"@path\" \"@query\");created=1789761471;keyid=\"{}\";tag=\"solarnetwork\"",
            vector.key_id
        );
        assert_eq!(
            signed.signature_base(),
            format!(
                "\"@method\": GET\n\"@authority\": localhost:9082\n\
                 \"@path\": /solarquery/api/v1/sec/datum/stream/datum\n\"@query\": ?nodeId=123&sourceId=meter\n\
                 \"@signature-params\": {parameters}"
            )
        );
        assert_eq!(signed.signature(), vector.signature);
        assert_eq!(signed.content_digest(), None);
        for login in vector.logins {
            let sent = proven(login, CREATED, request("GET", URL, &[], "")).await;
            assert_eq!(header(&sent, "signature-input"), format!("sn={parameters}"));
            assert_eq!(header(&sent, "signature"), format!("sn=:{}:", vector.signature));
            assert_eq!(sent.headers().len(), 2);
        }
    }
}

#[tokio::test]
async fn a_body_and_headers_are_covered() {
    let pairs = [
        ("x-sn-zone", " b "),
        ("content-type", "application/json"),
        ("accept", "application/json"),
        ("x-sn-area", "1"),
        ("x-sn-area", "2"),
        ("content-digest", "sha-256=:stale:"),
    ];
    let post = request(
        "POST",
        "https://Data.SolarNetwork.net:443/a%20b?",
        &pairs,
        r#"{"hello": "world"}"#,
    );
    let (signer, _) = signer(login().http_signatures(), CREATED);
    let (sent, proof) = prove(&signer, post).await.unwrap();
    // The digest of this very body stands in RFC 9530, appendix D.
    let digest = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
    assert_eq!(header(&sent, "content-digest"), digest);
    let parameters = "(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-type\" \"content-digest\" \
                      \"x-sn-area\" \"x-sn-zone\");created=1789761471;keyid=\"12345678901234567890:20260918\";\
                      tag=\"solarnetwork\"";
    assert_eq!(header(&sent, "signature-input"), format!("sn={parameters}"));
    let base = format!(
        "\"@method\": POST\n\"@authority\": data.solarnetwork.net\n\"@path\": /a%20b\n\"@query\": ?\n\
         \"content-type\": application/json\n\"content-digest\": {digest}\n\"x-sn-area\": 1, 2\n\"x-sn-zone\": b\n\
         \"@signature-params\": {parameters}"
    );
    let signature = mac(derived().expose().unwrap(), &base);
    assert_eq!(header(&sent, "signature"), format!("sn=:{signature}:"));
    assert_eq!(proof.secrets, [Secret::new(signature.as_str())]);
    assert!(sent.headers()["signature"].is_sensitive());
    assert!(!format!("{sent:?} {signer:?}").contains(&signature));
}

fn mac(key: &[u8], text: &str) -> String {
    use base64::Engine;
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

#[tokio::test]
async fn forms_have_a_digest_and_stale_ones_go() {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let sent = proven(login().http_signatures(), CREATED, request("POST", URL, &form, "a=b")).await;
    assert!(header(&sent, "signature-input").contains("\"content-type\" \"content-digest\""));
    let stale = [("content-digest", "sha-256=:stale:")];
    let sent = proven(login().http_signatures(), CREATED, request("GET", URL, &stale, "")).await;
    assert!(!sent.headers().contains_key("content-digest"));
}

#[tokio::test]
async fn another_host_can_be_signed() {
    let behind = || login().signed_host("data.solarnetwork.net:8443");
    let one = proven(behind().http_signatures(), CREATED, request("GET", URL, &[], "")).await;
    let direct = URL.replace("localhost:9082", "data.solarnetwork.net:8443");
    let other = proven(login().http_signatures(), CREATED, request("GET", &direct, &[], "")).await;
    assert_eq!(header(&one, "signature"), header(&other, "signature"));
}

#[tokio::test]
async fn a_derived_key_is_good_from_the_day_before_to_the_sixth_after() {
    let on = async |day: Date, key: MessageKey| {
        let login = Credentials::with_message_key(TOKEN, key).unwrap();
        let at = day.midnight().assume_utc();
        prove(&signer(login, at).0, request("GET", URL, &[], "")).await
    };
    for good in [date!(2026 - 09 - 17), date!(2026 - 09 - 18), date!(2026 - 09 - 24)] {
        assert!(derived().valid_for(good));
        let (sent, _) = on(good, derived()).await.unwrap();
        assert!(header(&sent, "signature-input").contains(":20260918\""));
    }
    for bad in [date!(2026 - 09 - 16), date!(2026 - 09 - 25)] {
        assert!(!derived().valid_for(bad));
        let error = on(bad, derived()).await.unwrap_err().to_string();
        assert!(
            error.contains("the key for HTTP Message Signatures was good for"),
            "{error}"
        );
        assert!(error.contains("2026-09-17 to 2026-09-24 (UTC)"), "{error}");
        let always = MessageKey::raw(&Secret::new(HUSH));
        assert!(on(bad, always).await.is_ok());
    }
}

#[test]
fn keys_of_the_two_schemes_do_not_mix() {
    let clock = || Arc::new(SystemClock::new());
    let other = SigningKey::derive(&Secret::new(HUSH), CREATED.date());
    let login = Credentials::with_signing_key(TOKEN, other).unwrap();
    let refused = login.clone().http_signatures().authenticator(clock()).unwrap_err();
    assert!(refused.to_string().contains("needs a key of its own"), "{refused}");
    assert!(login.http_signatures_with_secret().authenticator(clock()).is_err());
    let login = Credentials::with_message_key(TOKEN, derived()).unwrap();
    let refused = login.http_signatures_with_secret().authenticator(clock()).unwrap_err();
    assert!(refused.to_string().contains("needs the token's secret"), "{refused}");
}

#[test]
fn odd_tokens_are_quoted() {
    let key = MessageKey::from_bytes(*derived().expose().unwrap(), CREATED.date());
    let request = Request {
        method: "GET",
        path: "",
        query: None,
        host: "localhost",
        headers: &HeaderMap::new(),
        body: Body::EMPTY,
    };
    let signed = http_signatures::sign(&request, r#"a"b\c{^=}"#, &key, CREATED);
    let input = signed.signature_input_header();
    assert!(input.contains(r#"keyid="a\"b\\c{^=}:20260918""#), "{input}");
    assert!(signed.signature_base().contains("\"@path\": /\n"));
    assert!(!signed.signature_base().contains("@query"));
}

#[test]
fn nothing_shows_a_secret() {
    let in_bytes = format!("{:?}", derived().expose().unwrap());
    let raw = MessageKey::raw(&Secret::new(HUSH));
    let login = Credentials::with_message_key(TOKEN, derived()).unwrap();
    let shown = format!(
        "{:?} {raw:?} {login:?} {:?}",
        derived(),
        self::login().http_signatures()
    );
    assert!(!shown.contains(HUSH) && !shown.contains(&in_bytes[1..20]), "{shown}");
    assert!(shown.contains(TOKEN) && shown.contains("2026-09-18"), "{shown}");
    assert_eq!((raw.date(), raw.expose()), (None, None));
}

#[tokio::test]
async fn the_sandbox_takes_each_login() {
    the_sandbox_takes(|token, secret, _| Credentials::new(token, secret).unwrap().http_signatures()).await;
    the_sandbox_takes(|token, secret, _| Credentials::new(token, secret).unwrap().http_signatures_with_secret()).await;
    for days in [-6, 0, 1] {
        the_sandbox_takes(|token, secret, today| {
            let key = MessageKey::derive(&Secret::new(secret), today + time::Duration::days(days));
            Credentials::with_message_key(token, key).unwrap()
        })
        .await;
    }
}
