//! Quotas that are used up, and refusals of live data.

use std::time::Duration;

use energy_core::ApiError;
use energy_core::error::ApiErrorKind as Kind;
use energy_core::time::macros::datetime;
use enphase::Refusal;
use enphase::v4::*;
use serde_json::json;

use crate::v4_support::*;

/// A refusal with the period whose quota is used up.
fn quota(period: &str, seconds: i64) -> Reply {
    let start = datetime!(2026-03-03 9:20 UTC).unix_timestamp();
    Reply::json(json!({
        "message": "Too Many Requests", "details": "Usage limit exceeded for plan Watt", "code": 429, "period": period,
        "period_start": start, "period_end": start + seconds, "limit": 10,
    }))
    .status(429)
}

fn short_quota() -> Reply {
    let body = json!({"message": "Too Many Requests", "details": "Usage limit exceeded for plan Watt", "code": 429});
    Reply::json(body).status(429)
}

fn ready() -> Reply {
    Reply::json(fixture("get_system"))
}

#[tokio::test]
async fn the_quota_of_a_minute_is_waited_for() {
    let error = failing(&GetSystem::new(SYSTEM), quota("minute", 60)).await;
    assert_eq!((error.kind, error.code.as_deref()), (Kind::RateLimited, Some("429")));
    assert_eq!(error.message, "Too Many Requests: Usage limit exceeded for plan Watt");
    assert_eq!(
        (error.retry_at, &error.hint),
        (Some(datetime!(2026-03-03 9:21 UTC)), &None)
    );
    let limit = error.quota.as_ref().unwrap();
    assert_eq!((limit.limit, limit.period), (Some(10), Some(Duration::from_secs(60))));
    let refusal: Refusal = error.details().unwrap();
    assert_eq!((refusal.period.as_deref(), refusal.limit), (Some("minute"), Some(10)));
    assert_eq!(refusal.period_start, Some(datetime!(2026-03-03 9:20 UTC)));

    let server = Server::answering_all([quota("minute", 60), ready()]).await;
    server.retrying().send(&GetSystem::new(SYSTEM)).await.unwrap();
    assert_eq!(
        server.clock.slept(),
        [Duration::from_secs(31)],
        "to the end of the minute, and a little more"
    );
}

#[tokio::test]
async fn the_quota_of_a_month_is_not_waited_for() {
    let server = Server::answering_all([quota("month", 28 * 86_400), ready()]).await;
    let error = api(server.retrying().send(&GetSystem::new(SYSTEM)).await.unwrap_err());
    assert_eq!(
        (error.kind, error.attempts, server.sent().len()),
        (Kind::RateLimited, 1, 1)
    );
    assert!(server.clock.slept().is_empty());
    assert_eq!(error.retry_at, Some(datetime!(2026-03-31 9:20 UTC)));
    assert!(error.hint.as_deref().unwrap().contains("month"), "{error}");
    assert_eq!(error.quota.unwrap().period, None, "months differ in length");
}

#[tokio::test]
async fn a_quota_without_a_period_is_waited_for_once() {
    let error = failing(&GetSystem::new(SYSTEM), short_quota()).await;
    assert_eq!(
        (error.kind, error.retry_at),
        (Kind::RateLimited, Some(datetime!(2026-03-03 9:21 UTC)))
    );
    assert_eq!(error.quota, None);

    let server = Server::answering_all([short_quota(), ready()]).await;
    server.retrying().send(&GetSystem::new(SYSTEM)).await.unwrap();
    assert_eq!(server.clock.slept(), [Duration::from_secs(31)]);

    let server = Server::answering(short_quota()).await;
    let error = server.retrying().send(&GetSystem::new(SYSTEM)).await.unwrap_err();
    assert_eq!(
        (error.attempts(), server.clock.slept().len()),
        (2, 1),
        "once, though three attempts are allowed"
    );
}

#[tokio::test]
async fn a_quota_told_as_a_list_is_one_too() {
    let body = json!({"reason": "429", "message": ["Usage limit exceeded for plan Partner (custom)"]});
    let error = failing(&GetSystem::new(SYSTEM), Reply::json(body).status(429)).await;
    assert_eq!((error.kind, error.code.as_deref()), (Kind::RateLimited, Some("429")));
    assert_eq!(error.message, "Usage limit exceeded for plan Partner (custom)");
    assert_eq!(error.retry_at, Some(datetime!(2026-03-03 9:21 UTC)));
}

/// A refusal as live data have it.
fn live_refusal(status: u16, word: &str, message: &str) -> Reply {
    let body = json!({
        "error": {"code": status, "details": [{}], "message": message, "status": word},
        "timestamp_epoch": 1_772_529_630, "timestamp_utc": "2026-03-03 09:20:30.000", "type": "some_error",
    });
    Reply::json(body).status(status)
}

async fn refused_live_data(reply: Reply) -> ApiError {
    let server = Server::with_tokens([reply]).await;
    let error = live_data(&server.retrying(), &GetLiveData::new(SYSTEM))
        .await
        .unwrap_err();
    assert_eq!(server.calls().len(), 1, "each call costs money, so there is one");
    api(error)
}

#[tokio::test]
async fn refusals_of_live_data_have_statuses_of_their_own() {
    for (status, word, kind) in [
        (461, "INVALID_DURATION", Kind::Invalid),
        (462, "INVALID_DURATION", Kind::Invalid),
        (463, "INVALID_DURATION", Kind::Invalid),
        (466, "UNSUPPORTED_ENVOY", Kind::Invalid),
        (468, "INVALID_SYSTEM_ID", Kind::NotFound),
        (472, "LIVE_STREAM_NOT_SUPPORTED", Kind::Invalid),
        (473, "IQ_GATEWAY_NOT_REPORTING", Kind::Unavailable),
        (550, "SERVICE_UNREACHABLE", Kind::Unavailable),
        (551, "SERVICE_UNREACHABLE", Kind::Unavailable),
        (552, "CONNECTION_NOT_ESTABLISHED", Kind::Unavailable),
        (403, "FORBIDDEN", Kind::Forbidden),
        (401, "UNAUTHORIZED", Kind::Unauthorized),
        (429, "TOO_MANY_REQUESTS", Kind::RateLimited),
    ] {
        let error = refused_live_data(live_refusal(status, word, "In the service's words")).await;
        assert_eq!((error.status.as_u16(), error.kind), (status, kind));
        assert_eq!(
            (error.code.as_deref(), error.message.as_str()),
            (Some(word), "In the service's words")
        );
        assert_eq!((error.operation, error.attempts), ("getLiveData", 1));
        assert_eq!(error.retry_at.is_some(), status == 429, "{status}");
    }
    let error = refused_live_data(live_refusal(401, "NOT_AUTHENTICATED", "API Key is invalid")).await;
    assert!(error.hint.unwrap().contains("key of the application"));
}

#[tokio::test]
async fn an_error_in_the_stream_ends_it() {
    let frame = fixture("get_live_data");
    let error =
        json!({"error": {"code": 552, "details": [{}], "message": "Gone", "status": "CONNECTION_NOT_ESTABLISHED"}});
    for last in [error.clone(), json!({"data": {"data": {}, "error": error["error"]}})] {
        let body = format!("data: {frame}\n\ndata: {last}\n\ndata: {frame}\n\n");
        let server = Server::answering(Reply::new(200, "text/event-stream", body)).await;
        let client = server.client();
        let mut frames = live_data(&client, &GetLiveData::new(SYSTEM)).await.unwrap();
        frames.next().await.unwrap().unwrap();
        let LiveDataError::Ended(refusal) = frames.next().await.unwrap().unwrap_err() else {
            panic!("ended in the service's own words");
        };
        assert_eq!(refusal.code.as_deref(), Some("CONNECTION_NOT_ESTABLISHED"));
        assert_eq!(refusal.messages, ["Gone"]);
        assert!(frames.next().await.is_none());
    }
}
