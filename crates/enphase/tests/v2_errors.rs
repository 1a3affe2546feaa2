//! Every refusal: what it means, what to do, what is sent again.

use std::time::Duration;

use energy_core::error::ApiErrorKind;
use energy_core::limit::{Limiter, Window};
use enphase::v2::*;
use enphase::*;
use serde_json::{Value, json};
use time::macros::datetime;

use crate::v2_support::*;

fn of_minute() -> Reply {
    // The period ends 50 s after NOW.
    limited(json!({
        "reason": "409", "message": ["Usage limit exceeded for plan Watt"], "period": "minute",
        "period_start": 1_636_381_200, "period_end": 1_636_381_260, "limit": 10,
    }))
}

fn of_month() -> Reply {
    limited(json!({
        "reason": "409", "message": ["Usage limit exceeded for plan Watt"], "period": "month",
        "period_start": 1_635_724_800, "period_end": 1_638_316_800, "limit": 10_000,
    }))
}

fn limited(body: Value) -> Reply {
    Reply::json(body).status(409)
}

#[tokio::test]
async fn a_409_is_the_rate_limit() {
    let error = failing(&GetStats::new(SYSTEM), of_minute()).await;
    assert!(error.is_rate_limited() && error.is_retryable(), "{error:?}");
    assert_eq!(error.retry_at(), Some(datetime!(2021-11-08 14:21 UTC)));
    let said = api(&error);
    assert_eq!((said.status.as_u16(), said.kind), (409, ApiErrorKind::RateLimited));
    assert_eq!(
        (said.code.as_deref(), said.message.as_str()),
        (Some("409"), "Usage limit exceeded for plan Watt")
    );
    let quota = said.quota.as_ref().unwrap();
    assert_eq!((quota.limit, quota.period), (Some(10), Some(Duration::from_secs(60))));
    let refusal: Refusal = said.details().unwrap();
    assert_eq!(refusal.period.as_deref(), Some("minute"));
    assert_eq!(refusal.period_start, Some(datetime!(2021-11-08 14:20 UTC)));
    assert_eq!(refusal.period_end, Some(datetime!(2021-11-08 14:21 UTC)));
    assert!(
        error.to_string().contains("come back at 2021-11-08T14:21:00Z"),
        "{error}"
    );
}

#[tokio::test]
async fn the_end_of_a_minute_is_waited_for() {
    let server = Server::answering_all([of_minute(), Reply::json(stats())]).await;
    let stats = server.retrying().send(&GetStats::new(SYSTEM)).await.unwrap();
    assert_eq!(stats.intervals.len(), 2);
    assert_eq!(server.sent().len(), 2);
    let [waited] = server.clock.slept()[..] else {
        panic!("it waited otherwise than once: {:?}", server.clock.slept());
    };
    assert!(
        waited >= Duration::from_secs(50) && waited <= Duration::from_secs(51),
        "{waited:?}"
    );
}

#[tokio::test]
async fn the_end_of_a_month_is_not() {
    let server = Server::answering(of_month()).await;
    let client = server.retrying();
    let error = client.send(&GetStats::new(SYSTEM)).await.unwrap_err();
    assert!(error.is_rate_limited(), "{error:?}");
    assert_eq!(error.retry_at(), Some(datetime!(2021-12-01 00:00 UTC)));
    assert_eq!((server.sent().len(), server.clock.slept().len()), (1, 0));
    assert!(api(&error).hint.as_deref().unwrap().contains("month"), "{error}");

    // And until then nothing is sent any more.
    let error = client.send(&GetSummary::new(SYSTEM)).await.unwrap_err();
    assert!(matches!(error, Error::Limited { .. }), "{error:?}");
    assert_eq!(error.retry_at(), Some(datetime!(2021-12-01 00:00 UTC)));
    assert_eq!(server.sent().len(), 1);
}

/// The month may end within the longest wait; sending again is then still the program's decision.
#[tokio::test]
async fn a_month_that_ends_soon_is_not_waited_for() {
    let body = json!({"reason": "409", "period": "month", "period_end": 1_636_381_230, "limit": 10_000});
    let server = Server::answering(limited(body)).await;
    let error = server.retrying().send(&GetStats::new(SYSTEM)).await.unwrap_err();
    assert_eq!(error.retry_at(), Some(datetime!(2021-11-08 14:20:30 UTC)));
    assert_eq!((server.sent().len(), server.clock.slept().len()), (1, 0));
}

#[tokio::test]
async fn a_409_that_says_nothing_is_not_repeated() {
    for reply in [
        Reply::empty(409),
        Reply::new(409, "text/html", "<html>slow down</html>"),
        limited(json!({})),
    ] {
        let server = Server::answering(reply).await;
        let error = server.retrying().send(&GetStats::new(SYSTEM)).await.unwrap_err();
        assert!(error.is_rate_limited(), "{error:?}");
        assert_eq!((error.retry_at(), server.sent().len()), (None, 1));
    }
}

#[tokio::test]
async fn the_plan_is_counted_before_sending() {
    let server = Server::answering(Reply::json(stats())).await;
    let client = server.client();
    for _ in 0..10 {
        client.send(&GetStats::new(SYSTEM)).await.unwrap();
    }
    let error = client.send(&GetStats::new(SYSTEM)).await.unwrap_err();
    let Error::Limited { source, .. } = &error else {
        panic!("another kind of error: {error:?}");
    };
    assert_eq!(source.window, "10 calls a minute (Watt)");
    assert_eq!(error.retry_at(), Some(NOW + Duration::from_secs(60)));
    assert_eq!(server.sent().len(), 10);

    // The minute passes; the month does not.
    let mut sent = 10;
    while sent < 10_000 {
        server.clock.advance(Duration::from_secs(60));
        for _ in 0..10 {
            client
                .limiter()
                .acquire(1, energy_core::clock::Clock::now(&server.clock))
                .unwrap();
            sent += 1;
        }
    }
    server.clock.advance(Duration::from_secs(60));
    let error = client.send(&GetStats::new(SYSTEM)).await.unwrap_err();
    assert!(error.to_string().contains("10,000 calls a month (Watt)"), "{error}");
}

#[tokio::test]
async fn another_plan_has_its_own_limiter() {
    let server = Server::answering(Reply::json(stats())).await;
    let windows = [Window::new("60 a minute", 60, Duration::from_secs(60))];
    let client = server.builder().limiter(Limiter::new(windows)).build().unwrap();
    for _ in 0..60 {
        client.send(&GetStats::new(SYSTEM)).await.unwrap();
    }
    let error = client.send(&GetStats::new(SYSTEM)).await.unwrap_err();
    assert!(error.to_string().contains("60 a minute"), "{error}");
}

#[tokio::test]
async fn a_422_keeps_the_parameters_that_the_service_used() {
    let body = json!({
        "reason": "422", "message": "Requested date range is invalid for this system",
        "start_at": 1_636_381_800, "end_at": 1_636_385_400, "first_interval": 1_509_537_900,
        "last_interval": 1_636_380_300,
    });
    let server = Server::answering(Reply::json(body).status(422)).await;
    let error = server.retrying().send(&GetStats::new(SYSTEM)).await.unwrap_err();
    assert_eq!(server.sent().len(), 1, "it would be refused again");
    let said = api(&error);
    assert_eq!((said.kind, said.code.as_deref()), (ApiErrorKind::Invalid, Some("422")));
    assert_eq!(said.message, "Requested date range is invalid for this system");
    let refusal: Refusal = said.details().unwrap();
    assert_eq!(refusal.start_at, Some(datetime!(2021-11-08 14:30 UTC)));
    assert_eq!(refusal.end_at, Some(datetime!(2021-11-08 15:30 UTC)));
    assert_eq!(refusal.first_interval, Some(datetime!(2017-11-01 12:05 UTC)));
    assert_eq!(refusal.last_interval, Some(datetime!(2021-11-08 14:05 UTC)));
    let hint = said.hint.as_deref().unwrap();
    assert_eq!(
        hint,
        "the system has intervals from 2017-11-01T12:05:00Z to 2021-11-08T14:05:00Z"
    );
    assert!(!error.is_retryable() && error.to_string().contains(hint), "{error}");
}

#[tokio::test]
async fn a_422_without_a_range_says_what_was_understood() {
    let days = json!({"message": "Dates are wrong", "start": "2021-11-09", "end": "2021-11-08"});
    let times = json!({"errorMessages": ["Too long"], "start_at": 1_636_381_800, "end_at": 1_636_385_400});
    let quoted = json!({
        "reason": "422",
        "message": "Requested date range in one API hit cannot be more than 7 days. \
                    {:start_at=>1636381800, :end_at=>1637591400}",
    });
    let unknown = json!({"reason": "422", "message": ["Couldn't find Site with 'id'=-5"]});
    for (body, hint) in [
        (days, Some("the service understood: from 2021-11-09 to 2021-11-08")),
        (
            times,
            Some("the service understood: from 2021-11-08T14:30:00Z to 2021-11-08T15:30:00Z"),
        ),
        (
            quoted,
            Some("the service understood: from 2021-11-08T14:30:00Z to 2021-11-22T14:30:00Z"),
        ),
        (unknown, None),
    ] {
        let error = failing(&GetRgmStats::new(SYSTEM), Reply::json(body).status(422)).await;
        assert_eq!(api(&error).hint.as_deref(), hint);
        assert_eq!(api(&error).kind, ApiErrorKind::Invalid);
    }
}

#[tokio::test]
async fn a_401_says_what_may_be_wrong() {
    for body in [
        json!({"reason": "401", "message": ["Not authorized to access requested resource"]}),
        json!({"reason": 401, "message": ["Not authorized to access requested resource."]}),
    ] {
        let server = Server::answering(Reply::json(body).status(401)).await;
        let error = server.retrying().send(&GetStats::new(SYSTEM)).await.unwrap_err();
        assert_eq!(server.sent().len(), 1, "the same key will not do a second time");
        assert!(error.is_unauthorized() && !error.is_retryable(), "{error:?}");
        let said = api(&error);
        assert_eq!(said.code.as_deref(), Some("401"));
        assert!(said.message.starts_with("Not authorized to access requested resource"));
        let hint = said.hint.as_deref().unwrap();
        assert!(
            hint.contains("key") && hint.contains("user id") && hint.contains("v4"),
            "{hint}"
        );
    }
}

#[tokio::test]
async fn a_404_is_about_the_gateway_or_the_address() {
    let body = json!({"reason": "404", "errorMessages": ["Envoy not found with this serial number"]});
    let error = failing(&SearchSystemId::new("1"), Reply::json(body).status(404)).await;
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(api(&error).message, "Envoy not found with this serial number");
    assert!(
        api(&error).hint.as_deref().unwrap().contains("serial number"),
        "{error}"
    );

    let body = json!({"reason": "404", "message": ["Resource not found"]});
    let error = failing(&GetSummary::new(SYSTEM), Reply::json(body).status(404)).await;
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(api(&error).message, "Resource not found");
    assert!(api(&error).hint.as_deref().unwrap().contains("/api/v2"), "{error}");
}

#[tokio::test]
async fn unavailable_data_are_asked_for_again() {
    let body = json!({"errorCode": 7, "errorMessages": ["Data temporarily unavailable."]});
    for status in [500, 503] {
        let reply = Reply::json(body.clone()).status(status);
        let error = failing(&GetRgmStats::new(SYSTEM), reply.clone()).await;
        assert_eq!(api(&error).kind, ApiErrorKind::Unavailable);
        assert_eq!((api(&error).code.as_deref(), error.is_retryable()), (Some("7"), true));
        assert_eq!(api(&error).message, "Data temporarily unavailable.");
        assert!(api(&error).hint.is_some(), "{error}");

        let server = Server::answering_all([reply, Reply::json(rgm_stats())]).await;
        server.retrying().send(&GetRgmStats::new(SYSTEM)).await.unwrap();
        assert_eq!(server.sent().len(), 2, "{status}");
    }
    // The code says so whatever the status.
    let error = failing(&GetRgmStats::new(SYSTEM), Reply::json(body).status(422)).await;
    assert_eq!(
        (api(&error).kind, error.is_retryable()),
        (ApiErrorKind::Unavailable, true)
    );
}

#[tokio::test]
async fn a_page_of_a_gateway_is_not_taken_for_words_of_the_service() {
    let page = "<html><head><title>502 Bad Gateway</title></head></html>";
    for status in [502, 503, 504] {
        let server = Server::answering_all([Reply::new(status, "text/html", page), Reply::json(stats())]).await;
        server.retrying().send(&GetStats::new(SYSTEM)).await.unwrap();
        assert_eq!(server.sent().len(), 2);

        let error = failing(&GetStats::new(SYSTEM), Reply::new(status, "text/html", page)).await;
        let said = api(&error);
        assert_eq!(
            (said.kind, said.code.as_deref(), said.message.as_str()),
            (ApiErrorKind::Unavailable, None, "")
        );
        assert!(said.details::<Refusal>().is_none());
    }
    let error = failing(&GetStats::new(SYSTEM), Reply::new(200, "text/html", page)).await;
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    assert!(error.to_string().contains("text/html"), "{error}");
}

#[tokio::test]
async fn an_answer_that_does_not_fit_says_where() {
    let mut body = stats();
    body["intervals"][1]["enwh"] = json!("a lot");
    let error = failing(&GetStats::new(SYSTEM), Reply::json(body)).await;
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    assert!(error.to_string().contains("intervals[1].enwh"), "{error}");
}
