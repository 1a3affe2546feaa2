//! Every failure as the service may send it: what it means, what to do, and what is sent again.
//!
//! No refusal of the service is public, so whatever may stand in one is tried.

use std::time::Duration;

use energy_core::error::ApiErrorKind;
use energy_core::http::Method;
use energy_core::transport::TransportErrorKind;
use energy_core::transport::replay::{Exchange, ReplayTransport};
use serde_json::json;
use solarlog_enerest::*;

use crate::support::entities::*;
use crate::support::*;

fn request() -> GetPlant {
    GetPlant::new(PLANT)
}

fn said(status: u16, words: &str) -> Reply {
    Reply::json(json!({"message": words})).status(status)
}

#[tokio::test]
async fn statuses_mean_what_they_mean() {
    use ApiErrorKind as Kind;
    for (status, kind, retryable) in [
        (400, Kind::Invalid, false),
        (403, Kind::Forbidden, false),
        (404, Kind::NotFound, false),
        (405, Kind::Invalid, false),
        (422, Kind::Invalid, false),
        (429, Kind::RateLimited, true),
        (500, Kind::Unavailable, true),
        (502, Kind::Unavailable, true),
        (503, Kind::Unavailable, true),
        (504, Kind::Unavailable, true),
    ] {
        let error = failing(&request(), said(status, "In words.")).await;
        let known = api(&error);
        assert_eq!((known.kind, known.status.as_u16()), (kind, status));
        assert_eq!((known.code.as_deref(), known.message.as_str()), (None, "In words."));
        assert_eq!((known.operation, known.attempts), ("getPlant", 1));
        let path = format!("/api/v1/orchard/administration/plant/{PLANT}");
        assert_eq!((known.method.as_str(), known.url.path()), ("GET", path.as_str()));
        assert_eq!(error.is_forbidden(), status == 403, "{status}");
        assert_eq!(error.is_not_found(), status == 404, "{status}");
        assert_eq!(error.is_rate_limited(), status == 429, "{status}");
        assert_eq!(error.is_retryable(), retryable, "{status}");
        assert!(!error.is_unauthorized() && error.may_have_been_sent(), "{status}");
        assert!(error.to_string().contains("In words."), "{error}");
        let hint = known.hint.as_deref();
        match status {
            403 => assert!(hint.unwrap().contains("package"), "{hint:?}"),
            404 => assert!(hint.unwrap().contains("no such plant"), "{hint:?}"),
            429 => assert!(hint.unwrap().contains("limits"), "{hint:?}"),
            _ => assert_eq!(hint, None, "{status}"),
        }
    }
}

/// With 401 the token is renewed once: see the tests of logins.
#[tokio::test]
async fn a_token_that_is_never_accepted() {
    let error = failing(&request(), said(401, "Who are you?")).await;
    assert!(error.is_unauthorized() && !error.is_retryable() && !error.is_forbidden());
    let known = api(&error);
    assert_eq!((known.kind, known.attempts), (ApiErrorKind::Unauthorized, 2));
    assert_eq!(known.message, "Who are you?");
    assert!(known.hint.as_deref().unwrap().contains("nor a new one"), "{error}");
}

#[tokio::test]
async fn whatever_looks_like_a_code_or_like_words_is_taken() {
    for (body, code, words) in [
        (json!({"error": "Forbidden"}), None, vec!["Forbidden"]),
        (
            json!({"error": "invalid_scope", "error_description": "Not with this application."}),
            None,
            vec!["invalid_scope", "Not with this application."],
        ),
        (json!({"code": 1204, "message": "No."}), Some("1204"), vec!["No."]),
        (json!({"code": "E-7", "status": 422}), Some("E-7"), vec![]),
        (
            json!({"statusCode": 422, "message": ["a is bad", "b is bad"]}),
            Some("422"),
            vec!["a is bad", "b is bad"],
        ),
        (
            json!({"status": "error", "title": "Refused", "detail": "Too far."}),
            Some("error"),
            vec!["Too far.", "Refused"],
        ),
        (
            json!({"error": {"message": "Inside."}, "code": null}),
            None,
            vec!["Inside."],
        ),
        (
            json!({"error": [{"message": "One"}, "Two", 3]}),
            None,
            vec!["One", "Two"],
        ),
        (json!({"message": "  ", "code": {"no": "code"}}), None, vec![]),
    ] {
        let error = failing(&request(), Reply::json(body.clone()).status(422)).await;
        let known = api(&error);
        assert_eq!(known.code.as_deref(), code, "{body}");
        assert_eq!(known.message, words.join(": "), "{body}");
        let refusal: Refusal = known.details().unwrap();
        assert_eq!(
            (refusal.code.as_deref(), refusal.messages),
            (code, words.iter().map(|&word| word.to_owned()).collect())
        );
        for word in words {
            assert!(error.to_string().contains(word), "{error}");
        }
        assert_eq!(
            known.body.bytes(),
            body.to_string().as_bytes(),
            "and all of it is there"
        );
    }
}

/// What nobody understands is shown as it came.
#[tokio::test]
async fn a_body_without_words_is_shown() {
    for (reply, shown) in [
        (
            Reply::json(json!({"why": {"limit": "orchards"}})).status(422),
            "orchards",
        ),
        (Reply::json(json!({})).status(422), "{}"),
        (Reply::json(json!(["no", "orchards"])).status(404), "orchards"),
        (Reply::json(json!("no orchards")).status(403), "no orchards"),
        (Reply::json(json!({"message": 17})).status(400), "17"),
        (
            Reply::new(500, "text/html", "<html><h1>Bad orchard</h1></html>"),
            "Bad orchard",
        ),
        (Reply::new(403, "text/plain", "Not this orchard"), "Not this orchard"),
        (Reply::new(404, "application/json", "{\"message\": \"half"), "half"),
    ] {
        let told = format!("{reply:?}");
        let error = failing(&request(), reply).await;
        let known = api(&error);
        assert_eq!((known.code.as_deref(), known.message.as_str()), (None, ""), "{told}");
        assert!(error.to_string().contains(shown), "{told}: {error}");
    }
    let error = failing(&request(), Reply::empty(503)).await;
    assert!(
        error.to_string().contains("503") && api(&error).message.is_empty(),
        "{error}"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let stranger = Server::untouched().await;
    let error = failing(&request(), Reply::empty(302).header("location", &stranger.origin())).await;
    assert_eq!(api(&error).kind, ApiErrorKind::Redirect);
    assert!(stranger.sent().is_empty(), "it could carry the token away");
}

#[tokio::test]
async fn a_success_that_cannot_be_read_says_where() {
    let mut nameless = plant();
    nameless.as_object_mut().unwrap().remove("id");
    let mut without_address = plant();
    without_address["address"]["street"] = json!(5);
    for (reply, place) in [
        (Reply::json(nameless), "missing field `id`"),
        (Reply::json(without_address), "address.street"),
        (Reply::json(json!([plant()])), "getPlant"),
        (Reply::new(200, "text/html", "<html>Maintenance</html>"), "text/html"),
        (Reply::empty(204), "empty"),
    ] {
        let error = failing(&request(), reply).await;
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        assert!(error.to_string().contains(place), "{place}: {error}");
        assert!(!error.is_retryable() && error.may_have_been_sent());
    }
}

#[tokio::test]
async fn what_may_pass_is_sent_again() {
    let answers = [said(503, "Soon."), said(500, "Oops."), Reply::json(plant())];
    let server = Server::with_token(answers).await;
    let plant = server.retrying().send(&request()).await.unwrap();
    assert_eq!((plant.id.as_str(), server.calls().len()), (PLANT, 3));
    assert_eq!(server.clock.slept(), [125, 250].map(Duration::from_millis));
    assert_eq!(server.logins().len(), 1);

    for status in [400, 403, 404, 422] {
        let server = Server::with_token([said(status, "No.")]).await;
        let error = server.retrying().send(&request()).await.unwrap_err();
        assert_eq!((error.attempts(), server.calls().len()), (1, 1), "{status}");
        assert!(server.clock.slept().is_empty());
    }
}

/// Everything here only reads.
#[test]
fn every_operation_may_be_sent_again() {
    assert_eq!(OPERATIONS.len(), 12);
    for operation in OPERATIONS {
        assert!(
            operation.idempotent && operation.method.as_str() == "GET",
            "{}",
            operation.id
        );
    }
}

#[tokio::test]
async fn a_wait_that_the_service_asks_for_is_kept() {
    let slow_down = || said(429, "Too many calls.").header("retry-after", "7");
    let server = Server::with_token([slow_down(), Reply::json(plant())]).await;
    server.retrying().send(&request()).await.unwrap();
    let slept: Duration = server.clock.slept().iter().sum();
    assert!(
        slept >= Duration::from_secs(7) && slept < Duration::from_secs(9),
        "{slept:?}"
    );

    let error = failing(&request(), slow_down()).await;
    assert_eq!(error.retry_at(), Some(NOW + Duration::from_secs(7)));
    assert_eq!(api(&error).message, "Too many calls.");
}

#[tokio::test]
async fn no_answer_is_no_answer() {
    let token_path = TOKEN_URL.strip_prefix("https://auth.enerest.world").unwrap();
    let path = format!("{BASE}/administration/plants");
    for kind in [
        TransportErrorKind::Timeout,
        TransportErrorKind::Interrupted,
        TransportErrorKind::Connect,
    ] {
        let token = Exchange::new(&Method::POST, token_path);
        let token = token.body(json!({"access_token": TOKEN, "token_type": "Bearer"}));
        let failures = (0..3).map(|_| Exchange::get(&path).fail(kind));
        let recorded = ReplayTransport::new(std::iter::once(token).chain(failures));
        let client = Client::builder(everything())
            .base_url(&base_url("orchard").unwrap())
            .transport(recorded.clone())
            .clock(energy_core::clock::ManualClock::new(NOW))
            .build()
            .unwrap();
        let error = client.send(&ListPlants::new()).await.unwrap_err();
        assert!(
            matches!(error, Error::Transport(_)) && error.is_retryable(),
            "{error:?}"
        );
        assert_eq!(error.is_timeout(), kind == TransportErrorKind::Timeout);
        assert_eq!((error.attempts(), recorded.left()), (3, 0), "{kind:?}");
        let bearer = &recorded.received()[1].headers["authorization"];
        assert_eq!(bearer, &format!("Bearer {TOKEN}"));
    }
}
