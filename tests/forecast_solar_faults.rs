//! The night something goes wrong: what a program hears, and what does not leave the process.

use std::time::Duration;

use energy_core::error::{ApiErrorKind, Error};
use energy_core::transport::TransportErrorKind;
use energy_sandbox::{Fault, Sandbox};
use energy_tests::{BERLIN, MORNING, World, key};
use forecast_solar::{Client, CreateAccount, Credentials, GetEstimate, Plane, RetryPolicy};

fn estimate() -> GetEstimate {
    GetEstimate::new(BERLIN.0, BERLIN.1, Plane::new(35, 0, 5.0))
}

/// Sends the estimate once, with this fault switched on.
async fn hit_by(fault: Fault) -> Error {
    let world = World::at(MORNING).await;
    let personal = world.sandbox.forecast_solar().keys().personal;
    let client = world
        .builder(key(&personal))
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    world.sandbox.forecast_solar().fault(fault);
    let error = client.send(&estimate()).await.unwrap_err();
    let mut texts = format!("{error} {error:?} {error:#?}");
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        texts += &format!("{inner} {inner:?}");
        cause = inner.source();
    }
    assert!(!texts.contains(&personal), "the key is in {texts}");
    error
}

#[tokio::test]
async fn html_instead_of_json() {
    let error = hit_by(Fault::html(200)).await;
    let Error::Decode(error) = error else {
        panic!("{error:?}")
    };
    assert!(
        error.reason.contains("JSON was expected") && error.reason.contains("text/html"),
        "{error}"
    );
    let error = hit_by(Fault::html(502)).await;
    let Error::Api(error) = error else { panic!("{error:?}") };
    assert_eq!((error.status.as_u16(), error.kind), (502, ApiErrorKind::Unavailable));
    assert!(
        error.to_string().contains('<'),
        "the page begins in the message: {error}"
    );
}

#[tokio::test]
async fn broken_json() {
    let Error::Decode(error) = hit_by(Fault::truncated_json()).await else {
        panic!("not a decode error")
    };
    assert!(error.reason.contains("EOF"), "{error}");
    let Error::Decode(error) = hit_by(Fault::wrong_json()).await else {
        panic!("not a decode error")
    };
    assert_eq!(error.status.as_u16(), 200);
    assert!(!error.body.bytes().is_empty());
}

#[tokio::test]
async fn plain_text_outage() {
    let error = hit_by(Fault::outage()).await;
    assert!(error.is_retryable());
    let Error::Api(error) = error else { panic!("{error:?}") };
    assert_eq!(error.status.as_u16(), 503);
    assert!(!error.message.is_empty() && error.message.as_bytes() == error.body.bytes().trim_ascii());
}

#[tokio::test]
async fn two_gibibytes_announced() {
    let Error::Transport(error) = hit_by(Fault::huge_body()).await else {
        panic!("not a transport error")
    };
    assert_eq!(error.source.kind, TransportErrorKind::TooLarge);
    assert!(error.source.to_string().contains("2147483648"), "{}", error.source);
}

#[tokio::test]
async fn connection_lost_before_and_within_the_answer() {
    for fault in [Fault::reset(), Fault::reset_in_body()] {
        let error = hit_by(fault).await;
        assert!(error.may_have_been_sent());
        let Error::Transport(error) = error else {
            panic!("{error:?}")
        };
        assert_eq!(error.source.kind, TransportErrorKind::Interrupted);
        assert!(
            error.url.as_str().ends_with("time=iso8601"),
            "the address before login: {}",
            error.url
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Sandbox::start().await.unwrap();
    let target = format!("{}stolen", elsewhere.forecast_solar().base_url());
    let Error::Api(error) = hit_by(Fault::redirect(target)).await else {
        panic!("not an API error")
    };
    assert_eq!(error.kind, ApiErrorKind::Redirect);
    assert!(
        error.message.contains("127.0.0.1") && error.message.contains("not followed"),
        "{error}"
    );
    assert_eq!(elsewhere.forecast_solar().request_count(), 0, "nothing was sent there");
}

#[tokio::test]
async fn nobody_listens() {
    let world = World::at(MORNING).await;
    let gone = world.sandbox.forecast_solar().base_url().to_owned();
    let client = world.builder(Credentials::public()).base_url(&gone).build().unwrap();
    let clock = world.clock.clone();
    world.sandbox.shutdown().await;
    let error = client.send(&estimate()).await.unwrap_err();
    assert!(!error.may_have_been_sent());
    assert_eq!(error.attempts(), 3, "a request that never left may be sent again");
    assert_eq!(clock.slept(), [Duration::from_millis(125), Duration::from_millis(250)]);
}

#[tokio::test]
async fn a_short_outage_is_bridged_for_reading_but_not_for_creating() {
    let world = World::at(MORNING).await;
    let service = world.sandbox.forecast_solar();
    service.fault(Fault::status(502).times(2));
    let client = world.forecast_solar(key(&service.keys().personal));
    let answer = client.call(&estimate()).send_full().await.unwrap();
    assert_eq!(answer.attempts, 3);

    let administrator = world.forecast_solar(key(&service.keys().administrator));
    service.fault(Fault::status(502));
    let error = administrator.send(&CreateAccount::new().id("once")).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn keys_that_do_not_work_say_why() {
    let world = World::at(MORNING).await;
    let keys = world.sandbox.forecast_solar().keys();
    for dead in [keys.suspended, keys.expired] {
        let error = world.forecast_solar(key(&dead)).send(&estimate()).await.unwrap_err();
        assert!(error.is_unauthorized(), "{error}");
        assert!(error.to_string().contains("expired or suspended"), "{error}");
    }
    let error = world
        .forecast_solar(key("NobodyHasThisKey"))
        .send(&estimate())
        .await
        .unwrap_err();
    assert!(error.is_forbidden());
    assert!(error.to_string().contains("unknown"), "{error}");
}

#[tokio::test]
async fn plain_http_to_another_machine_needs_saying_so() {
    let build = |url: &str| Client::builder(Credentials::public()).base_url(url).build();
    let refused = build("http://mirror.example").unwrap_err();
    assert!(refused.to_string().contains("allow_insecure_http"), "{refused}");
    assert!(
        build("http://127.0.0.1:9").is_ok() && build("http://[::1]:9").is_ok() && build("http://localhost:9").is_ok()
    );
    assert!(
        Client::builder(Credentials::public())
            .base_url("http://mirror.example")
            .allow_insecure_http()
            .build()
            .is_ok()
    );
}
