//! What the service says of its quotas, in the long form and in the short one, and what becomes of the call.

use std::time::Duration;

use energy_core::time::OffsetDateTime;
use energy_core::time::macros::datetime;
use energy_core::{Error, RetryPolicy};
use enphase::Refusal;
use enphase::v4::*;
use serde_json::json;

use crate::v4_service::*;

fn ask() -> GetSystem {
    GetSystem::new(SYSTEM)
}

/// The long form.
fn used_up(period: &str, start: OffsetDateTime, end: OffsetDateTime, limit: u32) -> Reply {
    let details = "Usage limit exceeded for plan Watt";
    status(
        429,
        json!({
            "message": "Too Many Requests", "details": details, "code": 429, "period": period,
            "period_start": start.unix_timestamp(), "period_end": end.unix_timestamp(), "limit": limit,
        }),
    )
}

/// The short form, which says nothing of the period.
fn too_many() -> Reply {
    status(
        429,
        json!({"message": "Too Many Requests", "details": "Usage limit exceeded for plan Watt", "code": 429}),
    )
}

fn of_the_minute() -> Reply {
    used_up(
        "minute",
        datetime!(2026-06-18 09:12 UTC),
        datetime!(2026-06-18 09:13 UTC),
        10,
    )
}

fn of_the_month() -> Reply {
    used_up(
        "month",
        datetime!(2026-06-01 0:00 UTC),
        datetime!(2026-07-01 0:00 UTC),
        1_000,
    )
}

#[tokio::test]
async fn a_minute_is_waited_for_to_its_end() {
    let service = Service::in_order([of_the_minute(), ok(system(SYSTEM))]);
    let answer = service.client().call(&ask()).send_full().await.unwrap();
    assert_eq!((answer.output.system_id.get(), answer.attempts), (SYSTEM, 2));
    assert_eq!(service.clock.slept(), [Duration::from_secs(40)], "it was twenty past");
}

#[tokio::test]
async fn a_minute_that_is_not_waited_for_is_told_and_kept() {
    let service = Service::in_order([of_the_minute(), ok(system(SYSTEM))]);
    let client = service
        .builder(credentials(token()))
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let error = client.send(&ask()).await.unwrap_err();
    let end = datetime!(2026-06-18 09:13 UTC);
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!(error.retry_at(), Some(end));
    let quota = api(&error).quota.clone().unwrap();
    assert_eq!((quota.limit, quota.period), (Some(10), Some(Duration::from_secs(60))));
    let refusal: Refusal = api(&error).details().unwrap();
    assert_eq!(refusal.period_start, Some(datetime!(2026-06-18 09:12 UTC)));
    // Until then nothing is sent.
    service.clock.advance(Duration::from_secs(39));
    let error = client.send(&ask()).await.unwrap_err();
    assert!(matches!(error, Error::Limited { .. }), "{error:?}");
    assert_eq!((error.retry_at(), service.count()), (Some(end), 1));
    service.clock.advance(Duration::from_secs(1));
    client.send(&ask()).await.unwrap();
    assert_eq!(service.count(), 2);
}

#[tokio::test]
async fn a_month_fails_at_once_and_nothing_is_sent_until_its_end() {
    let service = Service::in_order([of_the_month(), ok(system(SYSTEM))]);
    let client = service.client();
    let error = client.send(&ask()).await.unwrap_err();
    let end = datetime!(2026-07-01 0:00 UTC);
    assert_eq!((api(&error).attempts, error.retry_at()), (1, Some(end)));
    assert!(api(&error).hint.as_ref().unwrap().contains("month"), "{error}");
    assert!(service.clock.slept().is_empty());
    for _ in 0..12 {
        service.clock.advance(Duration::from_secs(86_400));
        let error = client.send(&ask()).await.unwrap_err();
        assert!(matches!(error, Error::Limited { .. }), "{error:?}");
        assert_eq!(error.retry_at(), Some(end));
    }
    assert_eq!(service.count(), 1);
    service.clock.advance(Duration::from_secs(86_400));
    client.send(&ask()).await.unwrap();
    assert_eq!(service.count(), 2);
}

/// A month that ends within the minute is no reason to wait either.
#[tokio::test]
async fn the_last_seconds_of_a_month() {
    let soon = NOW + Duration::from_secs(5);
    let service = Service::in_order([used_up("month", NOW - Duration::from_secs(900), soon, 1_000)]);
    let error = service.client().send(&ask()).await.unwrap_err();
    assert_eq!((api(&error).attempts, service.count()), (1, 1));
}

#[tokio::test]
async fn the_short_form_is_worth_one_wait_for_the_next_minute() {
    let service = Service::in_order([too_many(), ok(system(SYSTEM))]);
    service.client().send(&ask()).await.unwrap();
    assert_eq!(service.clock.slept(), [Duration::from_secs(40)]);

    let service = Service::in_order([too_many()]);
    let error = service.client().send(&ask()).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!((api(&error).attempts, service.count()), (2, 2));
    assert_eq!(service.clock.slept(), [Duration::from_secs(40)]);
    assert_eq!(error.retry_at(), Some(datetime!(2026-06-18 09:14 UTC)));
}

/// A second refusal is not waited for, however near the end of the minute.
#[tokio::test]
async fn the_short_form_is_not_worth_two_waits() {
    let service = Service::in_order([too_many()]);
    service.clock.advance(Duration::from_secs(35));
    let error = service.client().send(&ask()).await.unwrap_err();
    assert_eq!(
        (api(&error).attempts, service.clock.slept()),
        (2, vec![Duration::from_secs(5)])
    );
}

/// On the full minute the next one is a minute away, and no longer.
#[tokio::test]
async fn the_short_form_on_the_full_minute() {
    let service = Service::in_order([too_many(), ok(system(SYSTEM))]);
    service.clock.advance(Duration::from_secs(40));
    service.client().send(&ask()).await.unwrap();
    assert_eq!(service.clock.slept(), [Duration::from_secs(60)]);
}

/// Another program with the same key: the service counts more than this one does.
#[tokio::test]
async fn all_clones_heed_what_one_was_told() {
    let service = Service::in_order([of_the_month(), ok(system(SYSTEM))]);
    let client = service.client_of(credentials(token()).plan(Plan::Watt));
    client.clone().send(&ask()).await.unwrap_err();
    let error = client.send(&GetSystemSummary::new(SYSTEM)).await.unwrap_err();
    assert!(matches!(error, Error::Limited { .. }), "{error:?}");
    // And so does a program that starts again.
    let after = service.client_of(credentials(token()).plan(Plan::Watt));
    after.limiter().restore(&client.limiter().snapshot());
    assert!(after.send(&ask()).await.unwrap_err().is_rate_limited());
    assert_eq!(service.count(), 1);
}
