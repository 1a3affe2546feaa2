//! Logging in to SolarNetwork: what its service takes, what it refuses, and what the refusals say.

use std::sync::Arc;
use std::time::Duration;

use energy_core::clock::ManualClock;
use energy_core::http::{HeaderMap, HeaderName, HeaderValue, header};
use energy_core::{Error, RetryPolicy};
use energy_sandbox::{Fault, RequestRecord};
use energy_tests::{MORNING, SharedTime, World, said_by};
use solarnet_oscp::http_signatures::MessageKey;
use solarnet_oscp::snws2::{self, SigningKey};
use solarnet_oscp::{Credentials, ListCapacityProviders, Secret, UpdateUserSettings, UserSettingsInput};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Every way in which the account can sign.
fn ways(world: &World) -> [(&'static str, Credentials); 4] {
    [
        ("SNWS2", world.account()),
        ("SNWS2 with a digest", world.account().digest()),
        ("RFC 9421 with a derived key", world.account().http_signatures()),
        (
            "RFC 9421 with the secret",
            world.account().http_signatures_with_secret(),
        ),
    ]
}

/// Reads and writes once.
async fn use_it(world: &World, login: Credentials) -> Result<(), Error> {
    let client = world.solarnet_oscp(login);
    client.send(&ListCapacityProviders::new()).await?;
    let settings = UserSettingsInput::new(world.sandbox.solarnet_oscp().node_id()).source_id_template("/a b/{cp}?ä=&");
    client.send(&UpdateUserSettings::new(settings)).await?;
    Ok(())
}

fn secret(world: &World) -> Secret {
    Secret::new(world.sandbox.solarnet_oscp().credentials().secret)
}

fn token(world: &World) -> String {
    world.sandbox.solarnet_oscp().credentials().token
}

fn last(world: &World) -> RequestRecord {
    world.sandbox.solarnet_oscp().requests().pop().unwrap()
}

/// The texts of an error, which must hold neither the secret nor a signature that was sent.
fn discreet(world: &World, error: &Error) -> String {
    let said = said_by(error);
    let keys = world.sandbox.solarnet_oscp().credentials();
    for secret in [
        keys.secret,
        keys.expired_secret,
        keys.data_secret,
        keys.unprivileged_secret,
    ] {
        assert!(!said.contains(&secret), "the secret is in {said}");
    }
    for request in world.sandbox.solarnet_oscp().requests() {
        let snws2 = request
            .header("authorization")
            .and_then(|value| value.split("Signature=").nth(1));
        let message = request.header("signature").and_then(|value| value.split(':').nth(1));
        for signature in snws2.into_iter().chain(message) {
            assert!(signature.len() > 40, "{signature} is a signature");
            assert!(!said.contains(signature), "the signature is in {said}");
        }
    }
    said
}

#[tokio::test]
async fn every_way_to_sign_is_taken() {
    let world = World::at(MORNING).await;
    for (name, login) in ways(&world) {
        use_it(&world, login)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let put = last(&world);
        let has = |header: &str| put.header(header).is_some();
        let snws2 = name.starts_with("SNWS2");
        assert_eq!((has("authorization"), has("x-sn-date")), (snws2, snws2), "{name}");
        assert_eq!((has("signature"), has("signature-input")), (!snws2, !snws2), "{name}");
        assert_eq!(has("digest"), name == "SNWS2 with a digest", "{name}");
        assert_eq!(has("content-digest"), !snws2, "{name}");
    }
}

#[tokio::test]
async fn a_derived_key_signs_from_its_day_to_the_sixth_after() {
    let world = World::at(MORNING).await;
    let service = world.sandbox.solarnet_oscp();
    let key = SigningKey::derive(&secret(&world), MORNING.date());
    let login = Credentials::with_signing_key(token(&world), key).unwrap();
    use_it(&world, login.clone()).await.unwrap();
    world.advance(6 * DAY);
    use_it(&world, login.clone()).await.unwrap();

    world.advance(DAY);
    let before = service.request_count();
    let error = use_it(&world, login).await.unwrap_err();
    assert_eq!(service.request_count(), before, "nothing was sent");
    assert!(error.is_unauthorized() && !error.may_have_been_sent());
    let said = discreet(&world, &error);
    for day in ["2026-06-21", "2026-06-27", "2026-06-28"] {
        assert!(said.contains(day), "{day} is not in {said}");
    }

    let tomorrow = SigningKey::derive(&secret(&world), date!(2026 - 06 - 29));
    let early = Credentials::with_signing_key(token(&world), tomorrow).unwrap();
    assert!(use_it(&world, early).await.unwrap_err().is_unauthorized());
    assert_eq!(service.request_count(), before, "nothing was sent");
}

#[tokio::test]
async fn a_message_key_signs_from_the_day_before_it_to_the_sixth_after() {
    let world = World::at(MORNING).await;
    let service = world.sandbox.solarnet_oscp();
    let of = |day: Date| {
        let key = MessageKey::derive(&secret(&world), day);
        Credentials::with_message_key(token(&world), key).unwrap()
    };
    for day in [date!(2026 - 06 - 22), date!(2026 - 06 - 21), date!(2026 - 06 - 15)] {
        use_it(&world, of(day))
            .await
            .unwrap_or_else(|error| panic!("{day}: {error}"));
    }
    let before = service.request_count();
    for (day, named) in [
        (date!(2026 - 06 - 23), ["2026-06-22", "2026-06-29"]),
        (date!(2026 - 06 - 14), ["2026-06-13", "2026-06-20"]),
    ] {
        let error = use_it(&world, of(day)).await.unwrap_err();
        assert!(error.is_unauthorized() && !error.may_have_been_sent());
        let said = discreet(&world, &error);
        assert!(named.iter().all(|day| said.contains(day)), "{named:?}: {said}");
    }
    assert_eq!(service.request_count(), before, "nothing was sent");
}

#[tokio::test]
async fn a_key_that_is_another_secrets_is_refused() {
    let world = World::at(MORNING).await;
    let other = Secret::new("sandbox.user.secret.f3K9sLm2Qx7z");
    let snws2 = SigningKey::derive(&other, MORNING.date());
    let message = MessageKey::derive(&other, MORNING.date());
    for login in [
        Credentials::with_signing_key(token(&world), snws2).unwrap(),
        Credentials::with_message_key(token(&world), message).unwrap(),
    ] {
        let error = use_it(&world, login).await.unwrap_err();
        assert!(error.is_unauthorized() && error.status().is_some(), "{error}");
        discreet(&world, &error);
    }
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_by_how_much_and_whither() {
    for (off, words) in [
        (-16, Some(["16 min", "behind"])),
        (-15, Some(["15 min", "behind"])),
        (-14, None),
        (14, None),
        (15, Some(["15 min", "ahead"])),
        (16, Some(["16 min", "ahead"])),
        (95, Some(["1 h 35 min", "ahead"])),
    ] {
        let world = World::at(MORNING).await;
        for (name, login) in ways(&world) {
            let clock = ManualClock::new(MORNING + time::Duration::minutes(off));
            let client = world.solarnet_oscp_builder(login).clock(clock).build().unwrap();
            let outcome = client.send(&ListCapacityProviders::new()).await;
            match (outcome, words) {
                (Ok(_), None) => {}
                (Err(error), Some(words)) => {
                    assert!(error.is_unauthorized() && !error.is_retryable());
                    assert_eq!(error.attempts(), 1, "it does not get better by sending it again");
                    let said = discreet(&world, &error);
                    assert!(said.contains("Date skew too large"), "{said}");
                    assert!(
                        words.iter().all(|word| said.contains(word)),
                        "{name}, {off} min: {said}"
                    );
                }
                (outcome, _) => panic!("{name}, {off} min off: {outcome:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_second_attempt_is_signed_anew() {
    // A refusal of the rate limit comes with a time to come back, an outage does not.
    for fault in [Fault::status(429), Fault::status(503), Fault::outage()] {
        let world = Arc::new(World::at(MORNING).await);
        let service = world.sandbox.solarnet_oscp();
        for (name, login) in ways(&world) {
            let backoff = RetryPolicy::default().with_backoff(Duration::from_secs(8), Duration::from_secs(8));
            let builder = world.solarnet_oscp_builder(login).clock(SharedTime(Arc::clone(&world)));
            let client = builder.retry(backoff).build().unwrap();
            service.fault(fault.clone());
            let (already, waits) = (service.requests().len(), world.clock.slept().len());
            let answer = client.call(&ListCapacityProviders::new()).send_full().await;
            assert_eq!(answer.unwrap_or_else(|error| panic!("{name}: {error}")).attempts, 2);
            assert_eq!(world.clock.slept().len(), waits + 1);
            let sent = &service.requests()[already..];
            assert_eq!(sent.len(), 2, "{name}");
            let differ = |header: &str| {
                let values = [sent[0].header(header), sent[1].header(header)];
                assert!(values.iter().all(Option::is_some), "{name}: {header}");
                assert_ne!(values[0], values[1], "{name}: {header}");
            };
            if name.starts_with("SNWS2") {
                differ("x-sn-date");
                differ("authorization");
            } else {
                differ("signature-input");
                differ("signature");
            }
        }
    }
}

/// The header that the key of this day makes for a request without a body.
fn signed_by(world: &World, request: &RequestRecord, day: Date, at: OffsetDateTime) -> String {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        if name != header::AUTHORIZATION.as_str() {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
    }
    let request = snws2::Request {
        method: &request.method,
        path: &request.path,
        query: request.query.as_deref(),
        host: request.header("host").unwrap(),
        headers: &headers,
        body: snws2::Body::EMPTY,
    };
    let key = SigningKey::derive(&secret(world), day);
    snws2::sign(&request, &token(world), &key, at)
        .authorization()
        .to_owned()
}

#[tokio::test]
async fn at_midnight_in_utc_the_key_changes() {
    let (evening, midnight) = (datetime!(2026-06-21 23:59:58 UTC), datetime!(2026-06-22 00:00:01 UTC));
    let world = World::at(evening).await;
    let snws2 = world.solarnet_oscp(world.account());
    let message = world.solarnet_oscp(world.account().http_signatures());
    let mut signatures = Vec::new();
    for now in [evening, midnight] {
        snws2.send(&ListCapacityProviders::new()).await.unwrap();
        let request = last(&world);
        let of_today = signed_by(&world, &request, now.date(), now);
        assert_eq!(request.header("authorization"), Some(of_today.as_str()));
        message.send(&ListCapacityProviders::new()).await.unwrap();
        signatures.push(last(&world).header("signature-input").unwrap().to_owned());
        world.advance(Duration::from_secs(3));
    }
    assert!(signatures[0].contains(":20260621\""), "{}", signatures[0]);
    assert!(signatures[1].contains(":20260622\""), "{}", signatures[1]);
}

#[tokio::test]
async fn what_is_wrong_with_a_login_is_told_apart() {
    let world = World::at(MORNING).await;
    let keys = world.sandbox.solarnet_oscp().credentials();
    // Token, secret, whether it is the login itself that failed, what the error says.
    let rows = [
        (
            &keys.token,
            &keys.data_secret,
            true,
            ["Bad credentials", "token and secret do not match"],
        ),
        (
            &"NobodyHasThisToken01".to_owned(),
            &keys.secret,
            true,
            ["Bad credentials", "do not match"],
        ),
        (
            &keys.expired_token,
            &keys.expired_secret,
            true,
            ["Expired token", "new security token"],
        ),
        (
            &keys.expired_token,
            &keys.secret,
            true,
            ["Bad credentials", "do not match"],
        ),
        (
            &keys.data_token,
            &keys.data_secret,
            false,
            ["ACCESS_DENIED", "type User"],
        ),
        (
            &keys.unprivileged_token,
            &keys.unprivileged_secret,
            false,
            ["ACCESS_DENIED", "ROLE_OSCP"],
        ),
    ];
    for (token, secret, failed, words) in rows {
        let login = Credentials::new(token.as_str(), secret.as_str()).unwrap();
        for login in [login.clone(), login.http_signatures()] {
            let error = use_it(&world, login).await.unwrap_err();
            assert_eq!(
                (error.is_unauthorized(), error.is_forbidden()),
                (failed, !failed),
                "{error}"
            );
            assert!(!error.is_not_found() && !error.is_retryable(), "{error}");
            assert_eq!(error.attempts(), 1);
            let said = discreet(&world, &error);
            assert!(words.iter().all(|word| said.contains(word)), "{words:?}: {said}");
        }
    }
}

#[tokio::test]
async fn a_failed_login_may_come_as_403() {
    let world = World::at(MORNING).await;
    for message in ["Bad credentials", "Date skew too large", "Expired token"] {
        let body = format!(r#"{{"success":false,"message":"{message}"}}"#);
        world.sandbox.solarnet_oscp().fault(Fault::status_with_body(403, body));
        let error = use_it(&world, world.account()).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), 403);
        assert!(error.is_unauthorized() && !error.is_forbidden(), "{error}");
        discreet(&world, &error);
    }
}

#[tokio::test]
async fn another_host_than_the_one_on_the_wire_is_bad_credentials() {
    let world = World::at(MORNING).await;
    let host = world.sandbox.solarnet_oscp().base_url().split('/').nth(2).unwrap();
    use_it(&world, world.account().signed_host(host)).await.unwrap();
    use_it(&world, world.account().signed_host(host).http_signatures())
        .await
        .unwrap();
    let login = world.account().signed_host("data.solarnetwork.net:443");
    for login in [login.clone(), login.http_signatures()] {
        let error = use_it(&world, login).await.unwrap_err();
        assert!(error.is_unauthorized());
        let said = discreet(&world, &error);
        assert!(said.contains("signed_host"), "{said}");
    }
}
