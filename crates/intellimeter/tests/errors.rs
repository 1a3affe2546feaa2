//! Every failure as the service may send it: what it means, what to do, and what is sent again.

use std::time::Duration;

use energy_core::Error;
use energy_core::error::ApiErrorKind;
use energy_core::transport::TransportErrorKind;
use energy_core::transport::replay::{Exchange, ReplayTransport};
use intellimeter::*;
use serde_json::json;

use crate::support::entities::*;
use crate::support::*;

fn failure(code: u16, word: &str) -> Reply {
    Reply::json(json!({"code": code, "error": word, "message": "In words."})).status(code)
}

#[tokio::test]
async fn statuses_mean_what_they_mean() {
    use ApiErrorKind as Kind;
    for (code, word, kind) in [
        (400, "Bad Request", Kind::Invalid),
        (403, "Forbidden", Kind::Forbidden),
        (404, "Not Found", Kind::NotFound),
        (405, "Method Not Allowed", Kind::Invalid),
        (409, "Conflict", Kind::Invalid),
        (418, "Teapot", Kind::Invalid),
        (422, "Unprocessable Entity", Kind::Invalid),
        (425, "Too Early", Kind::Other),
        (429, "Too Many Requests", Kind::RateLimited),
        (500, "Internal Server Error", Kind::Unavailable),
        (501, "Not Implemented", Kind::Unavailable),
        (502, "Bad Gateway", Kind::Unavailable),
        (503, "Service Unavailable", Kind::Unavailable),
    ] {
        let error = failing(&ListFees::new(PROPERTY), failure(code, word)).await;
        let said = api(&error);
        assert_eq!((said.kind, said.status), (kind, status(code)));
        assert_eq!((said.code.as_deref(), said.message.as_str()), (Some(word), "In words."));
        assert_eq!((said.operation, said.attempts), ("listFees", 1));
        assert_eq!(said.method.as_str(), "GET");
        assert!(
            said.url.as_str().ends_with("/api/v1/billing/fee?property=61fd02c9"),
            "{}",
            said.url
        );
        let failure: Failure = said.details().unwrap();
        assert_eq!(
            (failure.code, failure.error.as_deref()),
            (Some(i64::from(code)), Some(word))
        );
        assert_eq!(
            (failure.message.as_deref(), failure.error_description),
            (Some("In words."), None)
        );
        assert_eq!(error.is_forbidden(), code == 403, "{code}");
        assert_eq!(error.is_not_found(), code == 404, "{code}");
        assert_eq!(error.is_rate_limited(), code == 429, "{code}");
        assert_eq!(error.is_retryable(), matches!(code, 429 | 500 | 502 | 503), "{code}");
        assert!(!error.is_unauthorized() && error.may_have_been_sent(), "{code}");
        assert!(
            error.to_string().contains(word) && error.to_string().contains("In words."),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_can_be_done_is_said() {
    let error = failing(&ListAccounts::new(), failure(403, "Forbidden")).await;
    let hint = api(&error).hint.as_deref().unwrap();
    assert!(hint.contains("scope") && hint.contains("administrator"), "{hint}");
    assert!(error.to_string().contains(hint), "{error}");

    let error = failing(&PollScheduledReport::new(REPORT, "t-1"), too_early()).await;
    let hint = api(&error).hint.as_deref().unwrap();
    assert!(hint.contains("still being made") && hint.contains("interval"), "{hint}");
    assert_eq!(api(&error).code.as_deref(), Some("Too Early"));
    assert!(!error.is_retryable(), "after the interval, and not after a moment");

    let login = Credentials::application(application(), Scopes::all());
    let server = Server::with_logins([token("a-1", "*:*:*")], [failure(401, "Unauthorized")]).await;
    let error = server.client(login).send(&ListFees::new(PROPERTY)).await.unwrap_err();
    assert!(error.is_unauthorized() && !error.is_retryable(), "{error:?}");
    let hint = api(&error).hint.as_deref().unwrap();
    assert!(hint.contains("log in again"), "{hint}");

    for code in [400, 404, 500] {
        assert_eq!(
            api(&failing(&ListAccounts::new(), failure(code, "No")).await).hint,
            None
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let stranger = Server::untouched().await;
    let target = format!("{}/property", stranger.base_url());
    let error = failing(&ListProperties::new(), Reply::empty(302).header("location", &target)).await;
    assert_eq!(api(&error).kind, ApiErrorKind::Redirect);
    assert!(stranger.sent().is_empty(), "it could carry the token away");
}

#[tokio::test]
async fn a_success_that_cannot_be_read_says_where() {
    let mut half = fee();
    half["value"] = json!("a lot");
    for (reply, place) in [
        (Reply::json(json!([fee(), half])), "[1].value"),
        (Reply::new(200, "text/html", "<html>Maintenance</html>"), "text/html"),
        (Reply::empty(200), "empty"),
    ] {
        let error = failing(&ListFees::new(PROPERTY), reply).await;
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        assert!(error.to_string().contains(place), "{error}");
        assert_eq!(error.status(), Some(status(200)));
        assert!(!error.is_retryable());
    }
}

fn unavailable() -> Reply {
    failure(503, "Service Unavailable")
}

#[tokio::test]
async fn what_is_idempotent_is_sent_again() {
    let answers = [unavailable(), failure(500, "Oops"), Reply::json(json!([fee()]))];
    let server = Server::answering_all(answers).await;
    let fees = server.retrying().send(&ListFees::new(PROPERTY)).await.unwrap();
    assert_eq!((fees.len(), server.sent().len()), (1, 3));
    assert_eq!(server.clock.slept(), [125, 250].map(Duration::from_millis));

    let answers = [unavailable(), Reply::json(invoice())];
    let server = Server::answering_all(answers).await;
    server
        .retrying()
        .send(&MarkInvoicePaid::new(PROPERTY, "1ee71ab4"))
        .await
        .unwrap();
    assert_eq!(server.sent().len(), 2, "paid is paid, however often it is said");

    let server = Server::answering_all([unavailable(), Reply::empty(204)]).await;
    server
        .retrying()
        .send(&DeleteApplication::new("aa31c0de"))
        .await
        .unwrap();
    assert_eq!(server.sent().len(), 2);
}

#[tokio::test]
async fn what_is_not_idempotent_is_sent_once() {
    let server = Server::answering(unavailable()).await;
    let client = server.retrying();
    let fee = || FeeInput::new("Lift", Dollars::from(3));
    let secret = ApplicationUpdate::new().new_client_secret(true);
    let mut sent = 0;
    let mut once = |error: Error| {
        sent += 1;
        assert_eq!((error.attempts(), server.sent().len()), (1, sent), "{error}");
    };
    once(client.send(&CreateFee::new(PROPERTY, fee())).await.unwrap_err());
    once(client.send(&ReplaceFees::new(PROPERTY, vec![fee()])).await.unwrap_err());
    once(
        client
            .send(&UpdateApplication::new("aa31c0de", secret))
            .await
            .unwrap_err(),
    );
    once(client.send(&GenerateScheduledReport::new(REPORT)).await.unwrap_err());
    once(
        client
            .send(&BindTenant::new(PROPERTY, TenantSuiteInput::new(TENANT, SUITE)))
            .await
            .unwrap_err(),
    );
    assert!(server.clock.slept().is_empty());
}

#[test]
fn these_are_not_idempotent_and_no_others() {
    let mut once: Vec<&str> = OPERATIONS
        .iter()
        .filter(|operation| !operation.idempotent)
        .map(|operation| operation.id)
        .collect();
    once.sort_unstable();
    assert_eq!(
        once,
        [
            "bindTenant",
            "createAccount",
            "createApplication",
            "createFee",
            "createScheduledReport",
            "createService",
            "createSuite",
            "createTenant",
            "generateScheduledReport",
            "replaceFees",
            // It may make a new client secret.
            "updateApplication",
        ]
    );
}

/// Turned away before anything was done, so that even what is not idempotent may be sent again.
#[tokio::test]
async fn a_wait_that_the_service_asks_for_is_kept() {
    let answers = [
        Reply::new(429, "text/plain", "Slow down").header("retry-after", "4"),
        Reply::json(fee()),
    ];
    let server = Server::answering_all(answers).await;
    let request = CreateFee::new(PROPERTY, FeeInput::new("Lift", Dollars::from(3)));
    server.retrying().send(&request).await.unwrap();
    assert_eq!(server.sent().len(), 2);
    let slept: Duration = server.clock.slept().iter().sum();
    assert!(
        slept >= Duration::from_secs(4) && slept < Duration::from_secs(6),
        "{slept:?}"
    );
}

#[tokio::test]
async fn a_report_that_is_not_there_yet_is_not_asked_for_again_in_a_hurry() {
    let server = Server::answering(too_early()).await;
    let error = server
        .retrying()
        .send(&PollScheduledReport::new(REPORT, "t-1"))
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), server.sent().len()), (1, 1));
    assert!(server.clock.slept().is_empty());
}

#[tokio::test]
async fn no_answer_is_no_answer() {
    let path = "/api/v1/property";
    for (kind, attempts) in [
        (TransportErrorKind::Timeout, 3),
        (TransportErrorKind::Interrupted, 3),
        (TransportErrorKind::Connect, 3),
    ] {
        let recorded = ReplayTransport::new((0..3).map(|_| Exchange::get(path).fail(kind)));
        let client = Client::builder(login())
            .base_url("https://intellimeter.example/api/v1")
            .transport(recorded.clone())
            .clock(energy_core::clock::ManualClock::new(NOW))
            .build()
            .unwrap();
        let error = client.send(&ListProperties::new()).await.unwrap_err();
        assert!(
            matches!(error, Error::Transport(_)) && error.is_retryable(),
            "{error:?}"
        );
        assert_eq!(error.is_timeout(), kind == TransportErrorKind::Timeout);
        assert_eq!((error.attempts(), recorded.left()), (attempts, 0), "{kind:?}");
        let bearer = &recorded.received()[0].headers["authorization"];
        assert_eq!(bearer, &format!("Bearer {TOKEN}"));
    }
}
