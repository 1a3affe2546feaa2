//! Live data over real HTTP: frame by frame, refused in words, broken off.

use std::time::Duration;

use energy_core::error::{ApiErrorKind, Error};
use energy_core::transport::TransportErrorKind;
use energy_sandbox::{EnphaseApp, EnphasePerson, Fault};
use energy_tests::{MORNING, World, said_by};
use enphase::v4::{Client, GetBatterySettings, GetLiveData, LiveDataError, live_data};

async fn at_work() -> (World, Client) {
    let world = World::at(MORNING).await;
    let client = world.enphase(EnphaseApp::Partner, EnphasePerson::Owner);
    (world, client)
}

fn metered(world: &World) -> u64 {
    world.sandbox.enphase().sites().metered.system_id
}

/// Neither key nor token is in what is said.
fn assert_discreet(world: &World, said: &str) {
    let request = world.enphase_requests("/live_data").pop().unwrap();
    let (_, token) = request.header("authorization").unwrap().split_once(' ').unwrap();
    let key = world.sandbox.enphase().credentials().partner.api_key;
    assert!(!said.contains(token) && !said.contains(&key), "{said}");
}

#[tokio::test]
async fn live_data_come_frame_by_frame() {
    let (world, client) = at_work().await;
    let id = metered(&world);
    let mut frames = live_data(&client, &GetLiveData::new(id).duration(45)).await.unwrap();
    let mut last = None;
    for second in 0..45_u64 {
        let frame = frames.next().await.unwrap().unwrap();
        assert_eq!(frame.at(), Some(MORNING + Duration::from_secs(second)));
        let now = frame.data;
        let [from_grid, pv, battery] = [now.grid_power, now.pv_power, now.battery_power].map(Option::unwrap);
        assert_eq!(from_grid + pv + battery, now.consumption_power.unwrap());
        last = now.battery_mode;
    }
    assert_eq!(
        last,
        client.send(&GetBatterySettings::new(id)).await.unwrap().battery_mode
    );
    assert!(frames.next().await.is_none());
    let [request] = &world.enphase_requests("/live_data")[..] else {
        panic!("one call")
    };
    assert_eq!(request.header("duration"), Some("45"));
}

#[tokio::test]
async fn live_data_of_other_sites_are_refused_in_words() {
    let (world, owner) = at_work().await;
    let installer = world.enphase(EnphaseApp::Partner, EnphasePerson::Installer);
    let sites = world.sandbox.enphase().sites();
    for (client, id, status, kind) in [
        (&owner, sites.micro_only.system_id, 472, ApiErrorKind::Invalid),
        (&installer, sites.silent_system_id, 473, ApiErrorKind::Unavailable),
        (&owner, 7, 468, ApiErrorKind::NotFound),
        (&owner, sites.silent_system_id, 403, ApiErrorKind::Forbidden),
    ] {
        let Err(Error::Api(error)) = live_data(client, &GetLiveData::new(id)).await else {
            panic!("{status}")
        };
        assert_eq!(
            (error.status.as_u16(), error.kind, error.attempts),
            (status, kind, 1),
            "{error}"
        );
        assert!(!error.message.is_empty() && error.code.is_some(), "{error}");
        assert_discreet(&world, &said_by(&*error));
    }
    assert_eq!(world.enphase_requests("/live_data").len(), 4);
}

#[tokio::test]
async fn live_data_that_break_off_say_so_and_are_not_asked_for_again() {
    let (world, client) = at_work().await;
    let service = world.sandbox.enphase();
    let request = GetLiveData::new(metered(&world));
    service.fault(Fault::reset_in_body().on_path("/live_data"));
    let mut frames = live_data(&client, &request).await.unwrap();
    let mut count = 0;
    let error = loop {
        match frames.next().await {
            Some(Ok(_)) => count += 1,
            Some(Err(error)) => break error,
            None => panic!("it ended as if the time were over"),
        }
    };
    assert!((1..30).contains(&count), "{count}");
    let LiveDataError::Call(Error::Transport(cause)) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(cause.source.kind, TransportErrorKind::Interrupted);
    assert_discreet(&world, &said_by(&error));
    assert!(frames.next().await.is_none());
    assert_eq!(world.enphase_requests("/live_data").len(), 1);

    for fault in [
        Fault::outage(),
        Fault::reset(),
        Fault::html(200),
        Fault::status(552),
        Fault::status(429),
    ] {
        let before = world.enphase_requests("/live_data").len();
        service.fault(fault.on_path("/live_data"));
        let error = live_data(&client, &request).await.unwrap_err();
        assert_discreet(&world, &said_by(&error));
        assert_eq!(world.enphase_requests("/live_data").len(), before + 1, "{error}");
        world.advance(Duration::from_secs(60));
    }
}
