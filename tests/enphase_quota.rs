//! The quotas of Enphase's plans, from both sides: what the client counts, and what the service says.

use std::sync::Arc;
use std::time::Duration;

use energy_core::error::{ApiErrorKind, Error};
use energy_core::limit::{Limiter, LimiterSnapshot, OnLimit};
use energy_sandbox::{EnphaseApp, EnphasePerson, Fault};
use energy_tests::{MORNING, SharedTime, World};
use enphase::v4::{
    BatterySettingsUpdate, ChargingInput, Client, GetLiveData, GetMicroTelemetry, GetStormGuard, GetSystem,
    ListMicrosTelemetry, Plan, RetrieveSystemId, StartCharging, UpdateBatterySettings, live_data,
};
use enphase::{MemoryTokenStore, Refusal, v2};
use time::OffsetDateTime;
use time::macros::datetime;

const MINUTE: Duration = Duration::from_secs(60);
const NEXT_MONTH: OffsetDateTime = datetime!(2026-07-01 0:00 UTC);

fn system(world: &World) -> GetSystem {
    GetSystem::new(world.sandbox.enphase().sites().metered.system_id)
}

/// An operation that says until when its refusals last; [`system`] is one that does not.
fn owner_of_gateway(world: &World) -> RetrieveSystemId {
    RetrieveSystemId::new(world.sandbox.enphase().sites().metered.gateway_serial)
}

/// A client on the free plan that knows it.
fn on_watt(world: &World, on_limit: OnLimit) -> Client {
    let store = MemoryTokenStore::new(world.enphase_token(EnphaseApp::Watt, EnphasePerson::Owner));
    let credentials = world.enphase_credentials(EnphaseApp::Watt, store).plan(Plan::Watt);
    world.enphase_builder(credentials).on_limit(on_limit).build().unwrap()
}

/// A client on the free plan that does not know it, and takes the sandbox along while it waits.
async fn unaware_at(now: OffsetDateTime) -> (Arc<World>, Client) {
    let world = Arc::new(World::at(now).await);
    let store = MemoryTokenStore::new(world.enphase_token(EnphaseApp::Watt, EnphasePerson::Owner));
    let builder = world.enphase_builder(world.enphase_credentials(EnphaseApp::Watt, store));
    let client = builder.clock(SharedTime(Arc::clone(&world))).build().unwrap();
    (world, client)
}

fn sent(world: &World) -> u64 {
    world.sandbox.enphase().request_count()
}

#[tokio::test]
async fn the_eleventh_call_of_a_minute_is_not_sent() {
    let world = World::at(MORNING).await;
    let client = on_watt(&world, OnLimit::Fail);
    let calls = (0..30).map(|_| {
        let (client, request) = (client.clone(), system(&world));
        tokio::spawn(async move { client.send(&request).await })
    });
    let (mut answered, mut limited) = (0, Vec::new());
    for call in calls.collect::<Vec<_>>() {
        match call.await.unwrap() {
            Ok(_) => answered += 1,
            Err(error) => limited.push(error),
        }
    }
    assert_eq!((answered, limited.len(), sent(&world)), (10, 20, 10));
    for error in limited {
        let Error::Limited { source, .. } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(source.window, "the quota of 10 calls a minute (Watt)");
        assert_eq!(error.retry_at(), Some(MORNING + MINUTE));
        assert!(error.is_rate_limited() && !error.may_have_been_sent());
    }
    world.advance(MINUTE);
    client.send(&system(&world)).await.unwrap();
}

#[tokio::test]
async fn a_client_that_waits_for_its_quota_is_never_refused() {
    // In the middle of a minute: the service counts in minutes of the clock, the client in any sixty seconds.
    let world = Arc::new(World::at(MORNING + MINUTE / 2).await);
    let store = MemoryTokenStore::new(world.enphase_token(EnphaseApp::Watt, EnphasePerson::Owner));
    let credentials = world.enphase_credentials(EnphaseApp::Watt, store).plan(Plan::Watt);
    let builder = world.enphase_builder(credentials).on_limit(OnLimit::Wait(MINUTE));
    let client = builder.clock(SharedTime(Arc::clone(&world))).build().unwrap();
    for _ in 0..25 {
        let answer = client.call(&system(&world)).send_full().await.unwrap();
        assert_eq!(answer.attempts, 1);
        world.advance(Duration::from_secs(1));
    }
    assert_eq!(sent(&world), 25);
    assert_eq!(world.clock.slept(), [Duration::from_secs(50), Duration::from_secs(50)]);
}

#[tokio::test]
async fn without_a_plan_the_service_is_waited_for_until_the_next_minute() {
    let (world, client) = unaware_at(MORNING + MINUTE / 2).await;
    for _ in 0..10 {
        client.send(&owner_of_gateway(&world)).await.unwrap();
    }
    let answer = client.call(&owner_of_gateway(&world)).send_full().await.unwrap();
    assert_eq!((answer.attempts, sent(&world)), (2, 12));
    let slept = world.clock.slept();
    assert!(
        slept.len() == 1 && slept[0] >= MINUTE / 2 && slept[0] <= MINUTE / 2 + Duration::from_secs(1),
        "{slept:?}"
    );

    // Half of the operations do not say until when: a full minute is as good.
    for _ in 0..9 {
        client.send(&system(&world)).await.unwrap();
    }
    let answer = client.call(&system(&world)).send_full().await.unwrap();
    assert_eq!((answer.attempts, sent(&world)), (2, 23));
    assert!(world.clock.slept()[1] <= MINUTE);
}

#[tokio::test]
async fn a_refusal_that_says_nothing_is_worth_one_try_more() {
    // Ten seconds before the next minute: two waits fit into the time that a call may take.
    let (world, client) = unaware_at(MORNING + Duration::from_secs(50)).await;
    let service = world.sandbox.enphase();
    service.fault(Fault::status(429).times(3));
    let error = client.send(&system(&world)).await.unwrap_err();
    assert_eq!((error.attempts(), error.is_rate_limited(), sent(&world)), (2, true, 2));
    service.clear_faults();

    service.fault(Fault::status(429).times(2));
    world.advance(Duration::from_secs(110));
    let answer = client.call(&owner_of_gateway(&world)).send_full().await.unwrap();
    assert_eq!(answer.attempts, 3, "one that says when is believed twice");
}

#[tokio::test]
async fn a_month_that_is_used_up_ends_the_calls_until_the_next() {
    let (world, client) = unaware_at(MORNING).await;
    world.sandbox.enphase().set_quota(EnphaseApp::Watt, 10, 3);
    for _ in 0..3 {
        client.send(&owner_of_gateway(&world)).await.unwrap();
    }
    let Err(Error::Api(error)) = client.send(&owner_of_gateway(&world)).await else {
        panic!("the month has three calls")
    };
    assert_eq!(
        (error.kind, error.attempts, sent(&world)),
        (ApiErrorKind::RateLimited, 1, 4)
    );
    assert_eq!(error.retry_at, Some(NEXT_MONTH));
    assert!(
        error.hint.as_deref().is_some_and(|hint| hint.contains("month")),
        "{error}"
    );
    assert_eq!(error.details::<Refusal>().unwrap().limit, Some(3));
    assert!(world.clock.slept().is_empty(), "nobody waits for a month");

    // A new program that is given the count knows it, too.
    let snapshot = client.limiter().snapshot();
    let restarted = world.enphase(EnphaseApp::Watt, EnphasePerson::Owner);
    restarted.limiter().restore(&snapshot);
    let left = Duration::try_from(NEXT_MONTH - MORNING).unwrap();
    for elapsed in [Duration::ZERO, left - Duration::from_secs(1)] {
        world.advance(elapsed);
        for client in [&client, &restarted] {
            let error = client.send(&owner_of_gateway(&world)).await.unwrap_err();
            assert!(matches!(error, Error::Limited { .. }), "{error:?}");
            assert_eq!(error.retry_at(), Some(NEXT_MONTH));
        }
    }
    assert_eq!(sent(&world), 4, "nothing left, not even for a new token");
    world.advance(Duration::from_secs(1));
    client.send(&owner_of_gateway(&world)).await.unwrap();
}

#[tokio::test]
async fn what_the_plan_lacks_is_refused_before_anything_is_sent() {
    let world = World::at(MORNING).await;
    let client = on_watt(&world, OnLimit::Fail);
    let site = world.sandbox.enphase().sites().metered;
    let (id, charger) = (site.system_id, site.charger_serial.as_deref().unwrap());
    let settings = UpdateBatterySettings::new(id, BatterySettingsUpdate::new().reserve_soc(30));
    let refused = [
        (
            client.send(&GetMicroTelemetry::new(id, "482200001001")).await.err(),
            "Kilowatt",
            "Device Level Monitoring",
        ),
        (
            client.send(&ListMicrosTelemetry::new(id)).await.err(),
            "Kilowatt",
            "Device Level Monitoring",
        ),
        (
            live_data(&client, &GetLiveData::new(id)).await.err(),
            "Kilowatt",
            "Streaming APIs",
        ),
        (
            client.send(&GetStormGuard::new(id)).await.err(),
            "Megawatt",
            "System Configurations",
        ),
        (client.send(&settings).await.err(), "Megawatt", "System Configurations"),
        (
            client
                .send(&StartCharging::new(id, charger, ChargingInput::new()))
                .await
                .err(),
            "Partner",
            "EV Charger Control",
        ),
    ];
    for (error, plan, control) in refused {
        let error = error.unwrap();
        let Error::Refused { source, .. } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(source.needs, plan);
        assert!(error.is_forbidden() && error.to_string().contains(control), "{error}");
    }
    assert_eq!(sent(&world), 0, "neither a call nor a token");
    client.send(&system(&world)).await.unwrap();
}

#[tokio::test]
async fn a_stored_count_goes_on_in_a_new_client() {
    let world = World::at(MORNING).await;
    let before = on_watt(&world, OnLimit::Fail);
    for _ in 0..7 {
        before.send(&system(&world)).await.unwrap();
    }
    let stored = serde_json::to_string(&before.limiter().snapshot()).unwrap();
    world.advance(MINUTE / 2);
    let after = on_watt(&world, OnLimit::Fail);
    after
        .limiter()
        .restore(&serde_json::from_str::<LimiterSnapshot>(&stored).unwrap());
    for _ in 0..3 {
        after.send(&system(&world)).await.unwrap();
    }
    let error = after.send(&system(&world)).await.unwrap_err();
    assert_eq!((error.retry_at(), sent(&world)), (Some(MORNING + MINUTE), 10));
    world.advance(MINUTE / 2);
    for _ in 0..7 {
        after.send(&system(&world)).await.unwrap();
    }
    assert!(
        matches!(after.send(&system(&world)).await, Err(Error::Limited { .. })),
        "three of them are still counted"
    );
}

#[tokio::test]
async fn the_limit_of_v2_is_a_409() {
    let world = Arc::new(World::at(MORNING + MINUTE / 2).await);
    let request = v2::SearchSystemId::new(world.sandbox.enphase().sites().metered.gateway_serial);
    let counting = world.enphase_v2_builder(EnphasePerson::Owner).build().unwrap();
    for _ in 0..10 {
        counting.send(&request).await.unwrap();
    }
    let error = counting.send(&request).await.unwrap_err();
    assert!(
        matches!(error, Error::Limited { .. }) && error.to_string().contains("10 calls a minute"),
        "{error}"
    );
    assert_eq!(sent(&world), 10);

    // Another program with the same key does not know of these calls, and hears of them.
    let builder = world
        .enphase_v2_builder(EnphasePerson::Owner)
        .clock(SharedTime(Arc::clone(&world)));
    let client = builder.limiter(Limiter::new([])).build().unwrap();
    let answer = client.call(&request).send_full().await.unwrap();
    assert_eq!((answer.attempts, sent(&world)), (2, 12));
    let slept = world.clock.slept();
    assert!(
        slept.len() == 1 && slept[0] >= MINUTE / 2 && slept[0] <= MINUTE / 2 + Duration::from_secs(1),
        "{slept:?}"
    );

    world.sandbox.enphase().set_v2_quota(10, 11);
    let Err(Error::Api(error)) = client.send(&request).await else {
        panic!("the month has eleven calls")
    };
    assert_eq!(
        (error.status.as_u16(), error.kind, error.attempts),
        (409, ApiErrorKind::RateLimited, 1)
    );
    assert_eq!(error.retry_at, Some(NEXT_MONTH));
    assert!(
        error.hint.as_deref().is_some_and(|hint| hint.contains("month")),
        "{error}"
    );
    let before = sent(&world);
    assert!(matches!(client.send(&request).await, Err(Error::Limited { .. })));
    assert_eq!(sent(&world), before);
}
