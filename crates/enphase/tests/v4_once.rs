//! What must not happen twice: commands to chargers, changes of settings, live data that cost money.

use std::fmt::Debug;

use energy_core::transport::TransportErrorKind::{Connect, Interrupted, Timeout};
use energy_core::{Endpoint, Error};
use enphase::v4::*;
use serde_json::json;

use crate::v4_service::*;

const CHARGER: &str = "202311220033";

fn start() -> StartCharging {
    let level = ChargingLevel::new(60).unwrap();
    StartCharging::new(SYSTEM, CHARGER, ChargingInput::new().charging_level(level))
}

fn too_many() -> Reply {
    let at = NOW.unix_timestamp();
    status(
        429,
        json!({"message": "Too Many Requests", "code": 429, "period": "minute", "period_end": at + 30, "limit": 10}),
    )
}

/// Every way in which a call may fail that is worth another try where it does no harm.
fn passing() -> Vec<Reply> {
    vec![
        too_many(),
        status(500, json!({"message": "Internal", "code": "500", "details": []})),
        status(502, json!({})),
        status(503, json!({})),
        status(504, json!({})),
        failure(Timeout),
        failure(Interrupted),
    ]
}

/// The one error of a call that would have succeeded the second time.
async fn sent_once<E: Endpoint<Api = Enphase>>(request: &E, first: Reply) -> Error
where
    E::Output: Debug,
{
    let service = Service::in_order([first.clone(), ok(json!({"message": "Request sent successfully"}))]);
    let error = service.client().send(request).await.unwrap_err();
    assert_eq!((service.count(), service.clock.slept().len()), (1, 0), "{first:?}");
    assert_eq!(error.attempts(), 1, "{error:?}");
    error
}

#[tokio::test]
async fn commands_to_chargers_are_sent_once() {
    for first in passing() {
        sent_once(&start(), first.clone()).await;
        sent_once(&StopCharging::new(SYSTEM, CHARGER), first).await;
    }
    let error = sent_once(&start(), failure(Timeout)).await;
    assert!(
        error.may_have_been_sent(),
        "nobody knows whether the vehicle charges now"
    );
}

/// Not even what certainly never left is sent again by itself: the program decides.
#[tokio::test]
async fn commands_that_never_left_are_not_sent_again() {
    let error = sent_once(&start(), failure(Connect)).await;
    assert!(!error.may_have_been_sent());
    let error = sent_once(&StopCharging::new(SYSTEM, CHARGER), failure(Connect)).await;
    assert!(error.is_retryable());
}

#[tokio::test]
async fn commands_are_accepted() {
    let service = Service::in_order([status(202, json!({"message": "Request sent successfully"}))]);
    let answer = service.client().send(&start()).await.unwrap();
    assert_eq!(answer.message.as_deref(), Some("Request sent successfully"));
    assert_eq!(service.asked()[0].json(), json!({"chargingLevel": "60"}));
}

/// A refused token is renewed, but the command is left to the program; its next one goes out with the new token.
#[tokio::test]
async fn a_command_that_met_an_old_token_is_not_sent_again() {
    let service = Service::with_logins([token_answer("acc-1", "ref-1")], |asked| match asked.bearer() {
        Some("acc-1") => status(202, json!({"message": "Request sent successfully"})),
        _ => refusal(401, "User is not authorized"),
    });
    let client = service.client_of(credentials(token()));
    let error = client.send(&start()).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(service.count(), 1);
    client.send(&start()).await.unwrap();
    assert_eq!((service.logins().len(), service.calls().len()), (1, 2));
}

/// A change may have been made although its answer is lost.
#[tokio::test]
async fn changes_are_not_sent_again_where_they_may_have_been_made() {
    let settings = BatterySettingsUpdate::new().reserve_soc(25);
    for first in passing().into_iter().skip(1) {
        sent_once(&UpdateBatterySettings::new(SYSTEM, settings.clone()), first.clone()).await;
        sent_once(
            &UpdateStormGuard::new(SYSTEM, StormGuardUpdate::new(Switch::Enabled)),
            first.clone(),
        )
        .await;
        sent_once(&UpdateLoadControl::new(SYSTEM, LoadControlUpdate::new("NC1")), first).await;
    }
}

/// What the service turned away, or what never left, was not made.
#[tokio::test]
async fn changes_that_were_certainly_not_made_are_sent_again() {
    for first in [too_many(), failure(Connect)] {
        let service = Service::in_order([first, ok(json!({"system_id": SYSTEM, "storm_guard_status": "enabled"}))]);
        let request = UpdateStormGuard::new(SYSTEM, StormGuardUpdate::new(Switch::Enabled));
        service.client().send(&request).await.unwrap();
        assert_eq!(service.count(), 2);
    }
}

#[tokio::test]
async fn live_data_are_asked_for_once() {
    let refused = refusal(401, "User is not authorized");
    for first in passing().into_iter().chain([failure(Connect), refused]) {
        let service = Service::with_logins([token_answer("acc-1", "ref-1")], move |_| first.clone());
        let client = service.client_of(credentials(token()));
        let error = live_data(&client, &GetLiveData::new(SYSTEM)).await.unwrap_err();
        assert_eq!(service.count(), 1, "{error:?}");
        assert!(service.clock.slept().is_empty());
    }
}

/// Questions do no harm.
#[tokio::test]
async fn questions_are_asked_again() {
    for first in passing().into_iter().chain([failure(Connect)]) {
        let service = Service::in_order([first.clone(), ok(json!({"system_id": SYSTEM, "systems": []}))]);
        let client = service.client();
        client.send(&GetSystem::new(SYSTEM)).await.unwrap();
        assert_eq!(service.count(), 2, "{first:?}");

        let service = Service::in_order([first.clone(), ok(json!({"systems": []}))]);
        service
            .client()
            .send(&SearchSystems::new(SystemSearch::new(SystemFilter::new())))
            .await
            .unwrap();
        assert_eq!(service.count(), 2, "{first:?}");
    }
}

#[test]
fn no_other_operation_is_sent_once() {
    let once = OPERATIONS
        .iter()
        .filter(|operation| operation.once)
        .map(|operation| operation.id);
    assert_eq!(
        once.collect::<Vec<_>>(),
        ["getLiveData", "startCharging", "stopCharging"]
    );
    let changes = OPERATIONS
        .iter()
        .filter(|operation| !operation.idempotent)
        .map(|operation| operation.id);
    let expected = [
        "updateBatterySettings",
        "updateStormGuard",
        "updateLoadControl",
        "startCharging",
        "stopCharging",
    ];
    assert_eq!(changes.collect::<Vec<_>>(), expected);
}
