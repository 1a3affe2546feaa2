//! Every failure as the service sends it: what it means, what it says, when to come back, and that no key is in it.

use std::time::Duration;

use energy_core::error::{ApiError, ApiErrorKind, Error};
use energy_core::time::macros::datetime;
use energy_core::transport::TransportErrorKind;
use energy_core::transport::replay::{Exchange, ReplayTransport};
use forecast_solar::*;
use serde_json::{Value, json};

use crate::support::*;

fn estimate() -> GetEstimate {
    GetEstimate::new(LATITUDE, LONGITUDE, roof())
}

fn api(error: &Error) -> &ApiError {
    let Error::Api(error) = error else {
        panic!("another kind of error: {error:?}");
    };
    error
}

fn no_secret(error: &Error) {
    let shown = everything_shown(error);
    assert!(!shown.contains(KEY), "the key is shown: {shown}");
}

/// A failure in the service's envelope, with its process id in the header as well.
async fn failure_of(code: u16, text: &str) -> Error {
    let reply = Reply::json(failure(code, text))
        .status(code)
        .header("X-Pid", "eR42oh7M");
    let error = failing(&estimate(), reply).await;
    no_secret(&error);
    let said = api(&error);
    assert_eq!(said.status, status(code));
    assert_eq!(said.code.as_deref(), Some(code.to_string().as_str()));
    assert_eq!(said.message, text);
    assert_eq!(said.request_id.as_deref(), Some("eR42oh7M"));
    assert_eq!(said.operation, "getEstimate");
    assert_eq!((said.retry_at, said.attempts), (None, 1));
    assert_eq!(said.quota, None);
    assert!(
        said.url.path().starts_with("/estimate/"),
        "without the key: {}",
        said.url
    );
    assert!(error.to_string().contains(text), "{error}");
    error
}

fn hint(error: &Error) -> &str {
    api(error).hint.as_deref().unwrap()
}

#[tokio::test]
async fn malformed() {
    let error = failure_of(400, "Invalid API key format").await;
    assert_eq!(api(&error).kind, ApiErrorKind::Invalid);
    assert!(hint(&error).contains("16 letters and digits"));
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn expired() {
    let error = failure_of(401, "API key expired").await;
    assert!(error.is_unauthorized() && !error.is_retryable());
    assert!(hint(&error).contains("expired"));
}

#[tokio::test]
async fn expired_without_a_code() {
    let body = json!({"result": null, "message": {"type": "error", "text": "Unauthorized"}});
    let error = failing(&GetInfo::new(), Reply::json(body).status(401)).await;
    let said = api(&error);
    assert_eq!((said.kind, said.code.as_deref()), (ApiErrorKind::Unauthorized, None));
    assert_eq!(
        (said.message.as_str(), said.request_id.as_deref()),
        ("Unauthorized", None)
    );
    let failure: Failure = said.details().unwrap();
    assert_eq!((failure.message.code, failure.message.kind.as_str()), (None, "error"));
}

#[tokio::test]
async fn unknown_key() {
    let error = failure_of(403, "Invalid API key").await;
    assert!(error.is_forbidden() && !error.is_retryable());
    assert!(hint(&error).contains("unknown") && hint(&error).contains("plan"));
}

#[tokio::test]
async fn not_found() {
    let error = failure_of(404, "Page not found").await;
    assert!(error.is_not_found());
    assert!(hint(&error).contains("latitude"), "{}", hint(&error));

    // In the administration the same status has two meanings.
    for error in [
        failing(
            &GetAccount::new("barn"),
            Reply::json(failure(404, "Not found")).status(404),
        )
        .await,
        failing(
            &SuspendAccount::new("barn"),
            Reply::json(failure(404, "Not found")).status(404),
        )
        .await,
        failing(
            &DeleteAccount::new("barn"),
            Reply::json(failure(404, "Not found")).status(404),
        )
        .await,
        failing(&ListAccounts::new(), Reply::json(failure(404, "Not found")).status(404)).await,
    ] {
        assert!(error.is_not_found());
        let hint = hint(&error);
        assert!(
            hint.contains("administrative key") && hint.contains("account id"),
            "{hint}"
        );
        no_secret(&error);
    }
}

#[tokio::test]
async fn refused_plane() {
    let error = failure_of(422, "Declination must be between 0 and 90").await;
    assert_eq!(api(&error).kind, ApiErrorKind::Invalid);
    assert!(hint(&error).contains("declination"));
}

/// A used-up quota, with what the body says of it.
fn used_up(ratelimit: &Value) -> Value {
    json!({
        "result": "Rate limit for API calls reached.",
        "message": {
            "code": 429, "type": "error", "text": "Rate limit for API calls reached.", "pid": "uK92bb1A",
            "info": [], "ratelimit": ratelimit,
        },
    })
}

fn limit_until(at: &str) -> Value {
    json!({"zone": format!("API key {KEY}"), "period": 3600, "limit": 60, "retry-at": at})
}

fn expect_used_up(error: &Error) -> &ApiError {
    no_secret(error);
    assert!(error.is_rate_limited() && error.is_retryable());
    let said = api(error);
    assert_eq!((said.code.as_deref(), said.attempts), (Some("429"), 1));
    assert_eq!(said.message, "Rate limit for API calls reached.");
    assert_eq!(said.request_id.as_deref(), Some("uK92bb1A"));
    said
}

#[tokio::test]
async fn quota_used_up_in_header_and_body() {
    let reply = Reply::json(used_up(&limit_until("2026-05-20T10:38:20+02:00")))
        .status(429)
        .header("X-Ratelimit-Period", "3600")
        .header("X-Ratelimit-Limit", "60")
        .header("X-Ratelimit-Retry-At", "2026-05-20T10:38:21+02:00");
    let error = failing(&estimate(), reply).await;
    let said = expect_used_up(&error);
    assert_eq!(
        said.retry_at,
        Some(datetime!(2026-05-20 08:38:21 UTC)),
        "the header is nearer to the answer"
    );
    assert_eq!(error.retry_at(), said.retry_at);
    let quota = said.quota.as_ref().unwrap();
    assert_eq!((quota.limit, quota.remaining), (Some(60), None));
    assert_eq!(quota.period, Some(Duration::from_secs(3600)));
    assert_eq!(quota.retry_at, said.retry_at);
    assert_eq!(quota.zone.as_deref(), Some("API key [redacted]"));
    assert!(error.to_string().contains("come back at"), "{error}");
}

#[tokio::test]
async fn quota_used_up_in_the_body_alone() {
    let reply = Reply::json(used_up(&limit_until("2026-05-20T10:38:20+02:00"))).status(429);
    let error = failing(&estimate(), reply).await;
    let said = expect_used_up(&error);
    assert_eq!(said.retry_at, Some(datetime!(2026-05-20 08:38:20 UTC)));
    let quota = said.quota.as_ref().unwrap();
    assert_eq!((quota.limit, quota.retry_at), (Some(60), said.retry_at));
    assert_eq!(quota.period, Some(Duration::from_secs(3600)));
}

#[tokio::test]
async fn quota_used_up_without_a_time() {
    for limit in [
        json!({"zone": "IP 192.0.2.17", "period": 3600, "limit": 12}),
        json!([]),
        Value::Null,
        json!({"zone": "IP 192.0.2.17"}),
        json!({"zone": "IP 192.0.2.17", "period": 3600, "limit": 12, "retry-at": "soon"}),
    ] {
        let error = failing(&estimate(), Reply::json(used_up(&limit)).status(429)).await;
        let said = expect_used_up(&error);
        assert_eq!((said.retry_at, error.retry_at()), (None, None), "{limit}");
    }
}

#[tokio::test]
async fn fields_that_cannot_be_read_do_not_hide_the_rest() {
    let body = json!({"result": "Too bad.", "message": {
        "code": "E17", "type": "error", "text": null, "pid": 17, "ratelimit": "none", "new": {"a": 1},
    }});
    let error = failing(&estimate(), Reply::json(body).status(422)).await;
    let said = api(&error);
    assert_eq!(said.code.as_deref(), Some("E17"));
    assert_eq!(said.message, "Too bad.", "the result, where the message is silent");
}

#[tokio::test]
async fn a_quota_without_a_time_is_not_tried_again_at_once() {
    let service = Service::answering(Reply::json(used_up(&Value::Null)).status(429)).await;
    let client = service.builder(with_key()).build().unwrap();
    let error = client.send(&estimate()).await.unwrap_err();
    assert_eq!((error.attempts(), service.sent().len()), (1, 1));
    assert!(service.clock.slept().is_empty());
}

#[tokio::test]
async fn a_short_wait_that_the_service_asks_for_is_kept() {
    let soon = Exchange::get(format!("/{KEY}/info"))
        .status(429)
        .body(used_up(&limit_until("2026-05-20T09:41:27+02:00")));
    let recorded = ReplayTransport::new([soon, Exchange::get(format!("/{KEY}/info")).body(fixture("key_info"))]);
    let clock = energy_core::clock::ManualClock::new(NOW);
    let client = Client::builder(with_key())
        .transport(recorded.clone())
        .clock(clock.clone())
        .jitter(energy_core::clock::FixedJitter(0.0))
        .build()
        .unwrap();
    let answer = client.call(&GetInfo::new()).send_full().await.unwrap();
    assert_eq!((answer.attempts, recorded.left()), (2, 0));
    assert_eq!(clock.slept(), [Duration::from_secs(20)]);
}

#[tokio::test]
async fn after_a_used_up_quota_nothing_leaves_before_its_time() {
    let until = datetime!(2026-05-20 08:38:20 UTC);
    let limit = limit_until("2026-05-20T10:38:20+02:00");
    for reply in [
        Reply::json(used_up(&limit)).status(429),
        Reply::json(used_up(&Value::Null))
            .status(429)
            .header("X-Ratelimit-Retry-At", "2026-05-20T10:38:20+02:00"),
    ] {
        let service = Service::answering(reply).await;
        let client = service.client(with_key());
        client.send(&estimate()).await.unwrap_err();
        assert_eq!(service.sent().len(), 1);

        service.clock.advance(Duration::from_secs(3000));
        let error = client.send(&estimate()).await.unwrap_err();
        assert!(matches!(error, Error::Limited { .. }), "{error:?}");
        assert_eq!((error.retry_at(), error.attempts()), (Some(until), 0));
        assert!(error.is_rate_limited() && !error.may_have_been_sent());
        assert_eq!(service.sent().len(), 1, "nothing left");

        // Checks are not counted, so they are not held back either.
        let _ = client.send(&CheckLocation::new(LATITUDE, LONGITUDE)).await;
        assert_eq!(service.sent().len(), 2);

        service.clock.advance(Duration::from_secs(433));
        assert!(NOW + Duration::from_secs(3433) == until, "the time has come");
        client.send(&estimate()).await.unwrap_err();
        assert_eq!(service.sent().len(), 3);
    }
}

#[tokio::test]
async fn the_public_quota_is_counted_before_sending() {
    let service = Service::answering(Reply::json(fixture("estimate_public"))).await;
    let client = service.client(Credentials::public());
    for _ in 0..12 {
        client.send(&estimate()).await.unwrap();
    }
    let error = client.send(&estimate()).await.unwrap_err();
    assert_eq!(error.retry_at(), Some(NOW + Duration::from_secs(3600)));
    assert!(everything_shown(&error).contains("12 calls an hour (Public)"));
    assert_eq!(service.sent().len(), 12);
}

#[tokio::test]
async fn what_the_service_says_is_left_is_believed() {
    let reply = Reply::json(fixture("estimate_public"))
        .header("X-Ratelimit-Period", "3600")
        .header("X-Ratelimit-Limit", "12")
        .header("X-Ratelimit-Remaining", "0");
    let service = Service::answering(reply).await;
    let client = service.client(Credentials::public());
    let answer = client.call(&estimate()).send_full().await.unwrap();
    let quota = answer.quota.unwrap();
    assert_eq!((quota.limit, quota.remaining), (Some(12), Some(0)));
    let error = client.send(&estimate()).await.unwrap_err();
    assert!(
        matches!(error, Error::Limited { .. }),
        "others use the same address: {error:?}"
    );
    assert_eq!(service.sent().len(), 1);
}

#[tokio::test]
async fn outages_are_plain_text() {
    for (code, text) in [
        (
            503,
            "Unfortunately, the API is temporarily out of service due to maintenance work. Try again later.",
        ),
        (502, "Something went wrong, please try later"),
    ] {
        let reply = Reply::new(code, "text/plain; charset=utf-8", format!("{text}\n"));
        let error = failing(&estimate(), reply).await;
        let said = api(&error);
        assert_eq!((said.status, said.kind), (status(code), ApiErrorKind::Unavailable));
        assert_eq!((said.message.as_str(), said.code.as_deref()), (text, None));
        assert_eq!((said.request_id.as_deref(), said.quota.as_ref()), (None, None));
        assert!(error.is_retryable());
        no_secret(&error);
    }
    let error = failing(&estimate(), Reply::new(503, "text/plain", "maintenance")).await;
    assert!(hint(&error).contains("minutes later"));
    let endless = failing(&estimate(), Reply::new(503, "text/plain", "ü".repeat(4000))).await;
    assert_eq!(api(&endless).message.chars().count(), 500, "a message is not a book");
    let silent = failing(&estimate(), Reply::new(502, "text/plain", "")).await;
    assert_eq!(api(&silent).message, "");
}

#[tokio::test]
async fn outages_are_tried_again_without_waiting_in_tests() {
    let service = Service::answering(Reply::new(503, "text/plain", "maintenance")).await;
    let client = service.builder(with_key()).build().unwrap();
    let error = client.send(&estimate()).await.unwrap_err();
    assert_eq!((error.attempts(), service.sent().len()), (3, 3));
    assert_eq!(service.clock.slept().len(), 2);

    // Making an account twice is not the same as making it once.
    let service = Service::answering(Reply::new(503, "text/plain", "maintenance")).await;
    let client = service.builder(with_key()).build().unwrap();
    let error = client.send(&CreateAccount::new()).await.unwrap_err();
    assert_eq!((error.attempts(), service.sent().len()), (1, 1));
}

const HTML: &str = "<!DOCTYPE html><html><body><h1>Bad gateway</h1></body></html>";

#[tokio::test]
async fn html_where_json_belongs() {
    let error = failing(&estimate(), Reply::new(502, "text/html", HTML)).await;
    let said = api(&error);
    assert_eq!((said.kind, said.message.as_str()), (ApiErrorKind::Unavailable, ""));
    assert!(
        error.to_string().contains("<h1>Bad gateway</h1>"),
        "the body is shown: {error}"
    );

    let unlabelled = failing(&estimate(), Reply::new(502, "text/plain", HTML)).await;
    assert_eq!(api(&unlabelled).message, "");

    let error = failing(&estimate(), Reply::new(200, "text/html; charset=utf-8", HTML)).await;
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    let shown = error.to_string();
    assert!(shown.contains("the content type is text/html"), "{shown}");
    assert!(shown.contains("<h1>Bad gateway</h1>"), "{shown}");
    assert_eq!((error.status(), error.attempts()), (Some(status(200)), 1));
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn successes_that_cannot_be_read() {
    let whole = fixture("estimate_personal").to_string();
    let half = &whole[..whole.len() / 2];
    let error = failing(&estimate(), Reply::new(200, "application/json", half)).await;
    no_secret(&error);
    let Error::Decode(cut) = &error else {
        panic!("{error:?}");
    };
    assert!(cut.reason.contains("EOF"), "{cut}");
    let kept = half.replace(KEY, "[redacted]");
    assert!(
        cut.body.bytes() == kept.as_bytes(),
        "the whole body is kept for programs"
    );
    assert!(cut.to_string().len() < 1000, "and its beginning shown to people");

    let mut wrong = fixture("estimate_public");
    wrong["result"]["watts"]["2026-05-20T07:00:00+02:00"] = json!("much");
    let error = failing(&estimate(), Reply::json(wrong)).await;
    let Error::Decode(wrong) = &error else {
        panic!("{error:?}");
    };
    assert!(wrong.path.starts_with("result.watts"), "{}", wrong.path);
    assert!(wrong.reason.contains("much"), "{}", wrong.reason);

    let empty = failing(&estimate(), Reply::no_content()).await;
    assert!(empty.to_string().contains("the body is empty"), "{empty}");
}

#[tokio::test]
async fn a_failure_in_a_success() {
    let reply = Reply::json(failure(601, "No PVGIS database available")).header("X-Pid", "eR42oh7M");
    let error = failing(&estimate(), reply).await;
    let said = api(&error);
    assert_eq!((said.status, said.kind), (status(200), ApiErrorKind::Other));
    assert_eq!(said.code.as_deref(), Some("601"));
    assert_eq!(said.message, "No PVGIS database available");
    assert_eq!(said.request_id.as_deref(), Some("eR42oh7M"));
    assert!(!error.is_retryable());

    // Also where the rest of the message is not as described, and where a file was asked for.
    let mut odd = failure(601, "No PVGIS database available");
    odd["message"]["ratelimit"] = json!([]);
    let error = failing(&estimate(), Reply::json(odd)).await;
    assert_eq!(api(&error).code.as_deref(), Some("601"));
    let error = failing(
        &estimate().into_csv(),
        Reply::json(failure(601, "No PVGIS database available")),
    )
    .await;
    assert_eq!(api(&error).code.as_deref(), Some("601"));

    // The body tells of the quota where the headers are silent.
    let mut told = failure(601, "No PVGIS database available");
    told["message"]["ratelimit"] = json!({"zone": "IP 192.0.2.17", "period": 3600, "limit": 12, "remaining": 4});
    let error = failing(&estimate(), Reply::json(told)).await;
    let quota = api(&error).quota.as_ref().unwrap();
    assert_eq!((quota.limit, quota.remaining), (Some(12), Some(4)));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = format!("https://mirror.example/{KEY}/estimate/{PLANT}");
    let service = Service::answering(Reply::new(302, "text/html", HTML).header("Location", &elsewhere)).await;
    let error = service.client(with_key()).send(&estimate()).await.unwrap_err();
    assert_eq!(service.sent().len(), 1);
    assert_eq!(api(&error).kind, ApiErrorKind::Redirect);
    assert!(error.to_string().contains("another origin, mirror.example"), "{error}");
    assert!(!error.is_retryable());
    no_secret(&error);
}

#[tokio::test]
async fn an_echoed_key_is_blotted_out_everywhere() {
    // In a success: in the typed answer, in its Debug, in the headers.
    let reply = Reply::json(fixture("key_info")).header("X-Debug", &format!("/{KEY}/info"));
    let service = Service::answering(reply).await;
    let answer = service
        .client(with_key())
        .call(&GetInfo::new())
        .send_full()
        .await
        .unwrap();
    assert_eq!(
        answer.output.message.ratelimit.as_ref().unwrap().zone,
        "API key [redacted]"
    );
    assert_eq!(answer.headers["x-debug"], "/[redacted]/info");
    assert!(!format!("{answer:?}").contains(KEY));
    assert!(!serde_json::to_string(&answer.output).unwrap().contains(KEY));

    // In a failure: in texts, headers and the body that is kept.
    let text = format!("{KEY} has expired");
    let reply = Reply::json(failure(401, &text)).status(401).header("X-Debug", KEY);
    let error = failing(&estimate(), reply).await;
    assert_eq!(api(&error).message, "[redacted] has expired");
    assert!(!String::from_utf8_lossy(api(&error).body.bytes()).contains(KEY));
    no_secret(&error);

    // In what is no answer at all.
    let nobody = Client::builder(with_key())
        .base_url("http://127.0.0.1:1")
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let error = nobody.send(&estimate()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Transport(at) if at.source.kind == TransportErrorKind::Connect),
        "{error:?}"
    );
    no_secret(&error);
    assert!(!format!("{nobody:?} {:?}", with_key()).contains(KEY));

    // In what the replay of a recording complains of.
    let client = Client::builder(with_key())
        .transport(ReplayTransport::new([Exchange::get("/elsewhere")]))
        .build()
        .unwrap();
    no_secret(&client.send(&estimate()).await.unwrap_err());
}

#[tokio::test]
async fn a_body_that_cannot_be_read_does_not_show_the_key_either() {
    let body = format!("{{\"result\": {{\"watts\": \"{KEY}\"}}}}");
    let error = failing(&estimate(), Reply::new(200, "application/json", body)).await;
    assert!(matches!(error, Error::Decode(_)));
    assert!(everything_shown(&error).contains("[redacted]"));
    no_secret(&error);
}

#[tokio::test]
async fn a_new_key_in_an_answer_that_cannot_be_read_is_not_shown() {
    const NEW_KEY: &str = "Qx81NewCustomer7";
    let bodies = [
        json!({"id": ["fs77-barn"], "apikey": NEW_KEY}),
        json!({"id": "fs77-barn", "apikey": {"value": NEW_KEY}}),
        json!(format!("created with {NEW_KEY}")),
    ];
    for result in bodies {
        let error = failing(&CreateAccount::new(), Reply::json(envelope(result))).await;
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        let shown = everything_shown(&error);
        assert!(!shown.contains(NEW_KEY), "the new key is shown: {shown}");
        assert!(shown.contains("result"), "the place is named: {shown}");
    }
}

#[tokio::test]
async fn a_new_key_in_a_failure_is_not_shown_either() {
    const NEW_KEY: &str = "Qx81NewCustomer7";
    let mut silent = failure(500, "");
    silent["result"] = json!(format!("made {NEW_KEY}, then failed"));
    let replies = [
        Reply::new(500, "text/plain", format!("made {NEW_KEY}, then failed")),
        Reply::json(silent.clone()).status(500),
        Reply::json(silent),
    ];
    for reply in replies {
        let error = failing(&CreateAccount::new(), reply).await;
        let shown = everything_shown(&error);
        assert!(!shown.contains(NEW_KEY), "the new key is shown: {shown}");
        let body = api(&error).body.bytes();
        assert!(
            String::from_utf8_lossy(body).contains(NEW_KEY),
            "a program can still get at it"
        );
    }
}

#[tokio::test]
async fn a_failure_in_a_success_does_not_land_in_a_file() {
    let reply = Reply::json(failure(601, "No PVGIS database available"));
    let service = Service::answering(reply).await;
    let client = service.client(with_key());
    let mut file = Vec::new();
    let error = client.call(&estimate()).download(&mut file, |_| {}).await.unwrap_err();
    assert_eq!(api(&error).code.as_deref(), Some("601"));
    assert!(file.is_empty());
}
