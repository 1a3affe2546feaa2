//! What is sent again after a failure, when, and with which signature.

use std::time::Duration;

use energy_core::clock::{FixedJitter, ManualClock};
use energy_core::error::Error;
use energy_core::http::Method;
use energy_core::time::macros::datetime;
use energy_core::transport::TransportErrorKind;
use energy_core::transport::replay::{Exchange, ReplayTransport};
use energy_core::{Endpoint, limit::Quota};
use solarnet_oscp::*;

use crate::support::entities::*;
use crate::support::*;

fn get() -> GetAsset {
    GetAsset::new(AssetId::from(7001))
}

fn put() -> UpdateAsset {
    UpdateAsset::new(AssetId::from(7001), asset_input())
}

fn delete() -> DeleteAsset {
    DeleteAsset::new(AssetId::from(7001))
}

fn post() -> CreateAsset {
    CreateAsset::new(asset_input())
}

fn success() -> Reply {
    Reply::json(envelope(asset(7001)))
}

/// 7.25 seconds after the beginning of the tests, in milliseconds since 1970.
const SOON: &str = "1781617032250";

fn too_many(retry_after: &str) -> Reply {
    Reply::json(failure(Some("WEB.10000"), "Too many requests."))
        .status(429)
        .header("X-SN-Rate-Limit-Retry-After", retry_after)
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back() {
    let soon = datetime!(2026-06-16 13:37:12.25 UTC);
    assert_eq!(soon.unix_timestamp_nanos() / 1_000_000, SOON.parse::<i128>().unwrap());
    let error = failing(&get(), too_many(SOON)).await;
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!((error.retry_at(), api(&error).retry_at), (Some(soon), Some(soon)));
    assert_eq!(api(&error).code.as_deref(), Some("WEB.10000"));
    assert!(error.to_string().contains("2026-06-16T13:37:12Z"), "{error}");

    // Neither seconds to wait nor nonsense is a time.
    for odd in ["soon", "", "99999999999999999999999999"] {
        let error = failing(&get(), too_many(odd)).await;
        assert!(error.is_rate_limited());
        assert_eq!(error.retry_at(), None, "{odd}");
    }
}

/// Waits as told and is sent again, signed for the later time.
async fn waits_and_signs_anew<E: Endpoint<Api = SolarNetwork>>(request: &E) {
    let service = Service::answering_all([too_many(SOON), success()]).await;
    let client = service.retrying();
    let answer = client.call(request).send_full().await.unwrap();
    assert_eq!(answer.attempts, 2);
    // The 7.25 s, and half of the tenth of them that spreads clients.
    assert_eq!(service.clock.slept(), [Duration::from_micros(7_612_500)]);
    let sent = service.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!((&sent[0].line, &sent[0].body), (&sent[1].line, &sent[1].body));
    assert_eq!(sent[0].header("x-sn-date"), Some(NOW_AS_DATE));
    assert_eq!(sent[1].header("x-sn-date"), Some("Tue, 16 Jun 2026 13:37:12 GMT"));
    assert_ne!(sent[0].header("authorization"), sent[1].header("authorization"));
    assert!(
        sent[1]
            .header("authorization")
            .unwrap()
            .starts_with("SNWS2 Credential=")
    );
}

#[tokio::test]
async fn a_rate_limit_is_waited_for() {
    waits_and_signs_anew(&get()).await;
    waits_and_signs_anew(&put()).await;
    waits_and_signs_anew(&delete()).await;
    // The request was turned away before anything was done.
    waits_and_signs_anew(&post()).await;
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_once_the_wait_is_bearable() {
    // Two minutes later: longer than the policy allows.
    let service = Service::answering(too_many("1781617145000")).await;
    let error = service.retrying().send(&get()).await.unwrap_err();
    assert_eq!((error.attempts(), service.sent().len()), (1, 1));
    assert_eq!(error.retry_at(), Some(datetime!(2026-06-16 13:39:05 UTC)));
    assert!(service.clock.slept().is_empty());
}

#[tokio::test]
async fn what_is_left_of_the_rate_limit() {
    let service = Service::answering(success().header("X-SN-Rate-Limit-Remaining", "18")).await;
    let answer = service.client().call(&get()).send_full().await.unwrap();
    assert_eq!(answer.quota.and_then(|quota: Quota| quota.remaining), Some(18));
    for odd in ["many", "-"] {
        let service = Service::answering(success().header("X-SN-Rate-Limit-Remaining", odd)).await;
        let answer = service.client().call(&get()).send_full().await.unwrap();
        assert_eq!(answer.quota.and_then(|quota: Quota| quota.remaining), None, "{odd}");
    }
}

/// How often a request is sent to a service that always answers so, and the waits between.
async fn attempts<E>(request: &E, reply: Reply) -> (usize, Vec<Duration>)
where
    E: Endpoint<Api = SolarNetwork>,
    E::Output: std::fmt::Debug,
{
    let service = Service::answering(reply).await;
    let error = service.retrying().send(request).await.unwrap_err();
    assert_eq!(error.attempts() as usize, service.sent().len());
    (service.sent().len(), service.clock.slept())
}

#[tokio::test]
async fn a_busy_database_is_no_rate_limit() {
    for code in ["DAO.00200", "DAO.00207", "DAO.00301"] {
        let busy = || Reply::json(failure(Some(code), "Busy.")).status(429);
        // Half of 250 ms, and of twice that.
        let waits = vec![Duration::from_millis(125), Duration::from_millis(250)];
        assert_eq!(attempts(&get(), busy()).await, (3, waits.clone()));
        assert_eq!(attempts(&put(), busy()).await, (3, waits.clone()));
        assert_eq!(attempts(&delete(), busy()).await, (3, waits));
        assert_eq!(attempts(&post(), busy()).await, (1, vec![]));
        let error = failing(&get(), busy()).await;
        assert!(!error.is_rate_limited() && error.is_retryable());
        assert_eq!(error.retry_at(), None);
    }
}

#[tokio::test]
async fn what_cannot_help_is_not_sent_again() {
    let refusals = [
        (401, Some("401"), "Bad credentials"),
        (401, Some("401"), "Date skew too large"),
        (401, None, "Expired token"),
        (403, None, "Bad credentials"),
        (403, None, "UNKNOWN_OBJECT"),
        (403, None, "ACCESS_DENIED"),
        (422, Some("VAL.00004"), "Refused."),
        (422, Some("DAO.00101"), "Duplicate key."),
        (404, Some("DAO.00102"), "Not found."),
    ];
    for (status, code, message) in refusals {
        let reply = Reply::json(failure(code, message)).status(status);
        assert_eq!(attempts(&get(), reply).await.0, 1, "{message}");
    }
}

#[tokio::test]
async fn outages_are_tried_again_for_all_but_creations() {
    let broken = || Reply::json(failure(None, "Internal error")).status(500);
    let html = || Reply::new(502, "text/html", "<html></html>");
    for reply in [broken, html] {
        assert_eq!(attempts(&get(), reply()).await.0, 3);
        assert_eq!(attempts(&put(), reply()).await.0, 3);
        assert_eq!(attempts(&delete(), reply()).await.0, 3);
        assert_eq!(attempts(&post(), reply()).await.0, 1);
    }
}

/// How often a request leaves when its answer is lost the first time.
async fn sent_when_lost<E>(request: &E, kind: TransportErrorKind) -> usize
where
    E: Endpoint<Api = SolarNetwork>,
    E::Output: std::fmt::Debug,
{
    let method: &Method = &E::OPERATION.method;
    let parts = request.parts().unwrap();
    let path = format!("{BASE}/{}", parts.path().join("/"));
    let lost = Exchange::new(method, &path).fail(kind);
    let answered = Exchange::new(method, &path).body(envelope(asset(7001)));
    let recorded = ReplayTransport::new([lost, answered]);
    let clock = ManualClock::new(NOW);
    let client = Client::builder(login())
        .transport(recorded.clone())
        .clock(clock.clone())
        .jitter(FixedJitter(0.5))
        .build()
        .unwrap();
    match client.send(request).await {
        Ok(_) => {
            let sent = recorded.received();
            assert!(!clock.slept().is_empty());
            assert_eq!(sent[0].body, sent[1].body);
        }
        Err(error) => {
            assert!(matches!(error, Error::Transport(_)), "{error:?}");
            assert!(error.may_have_been_sent());
        }
    }
    recorded.received().len()
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_not_sent_again() {
    let group = CreateCapacityGroup::new(group_input());
    let provider = CreateCapacityProvider::new(CapacityProviderInput::new("Moor Grid"));
    let optimizer = CreateCapacityOptimizer::new(CapacityOptimizerInput::new("Dyke Planner"));
    for kind in [TransportErrorKind::Timeout, TransportErrorKind::Interrupted] {
        assert_eq!(sent_when_lost(&post(), kind).await, 1);
        assert_eq!(sent_when_lost(&group, kind).await, 1);
        assert_eq!(sent_when_lost(&provider, kind).await, 1);
        assert_eq!(sent_when_lost(&optimizer, kind).await, 1);
        assert_eq!(sent_when_lost(&get(), kind).await, 2);
        assert_eq!(sent_when_lost(&put(), kind).await, 2);
        assert_eq!(sent_when_lost(&delete(), kind).await, 2);
    }
    assert_eq!(
        sent_when_lost(&post(), TransportErrorKind::Connect).await,
        2,
        "it never left"
    );
}
