//! Lists in pages, against the sandbox.

use std::collections::HashSet;

use energy_core::Error;
use energy_sandbox::{EnphaseApp, EnphasePerson};
use energy_tests::{MORNING, World};
use enphase::v2;
use enphase::v4::{GetInvertersSummary, ListMicrosTelemetry, ListSystems, SearchSystems, SystemFilter, SystemSearch};

#[tokio::test]
async fn two_thousand_five_hundred_systems_take_twenty_five_calls_item_by_item() {
    let world = World::at(MORNING).await;
    let client = world.enphase(EnphaseApp::Partner, EnphasePerson::Installer);
    let mut systems = client.items(ListSystems::new());
    let mut seen = HashSet::new();
    while let Some(system) = systems.next().await {
        seen.insert(system.unwrap().system_id);
        let calls = world.sandbox.enphase().request_count();
        assert_eq!(
            calls,
            seen.len().div_ceil(100) as u64,
            "a page is fetched when it is needed"
        );
    }
    assert_eq!(seen.len(), 2_500);
    assert_eq!(world.sandbox.enphase().request_count(), 25);
}

#[tokio::test]
async fn a_search_takes_three_calls() {
    let world = World::at(MORNING).await;
    let client = world.enphase(EnphaseApp::Partner, EnphasePerson::Installer);
    let mut systems = client.items(SearchSystems::new(SystemSearch::new(SystemFilter::new())));
    let mut seen = HashSet::new();
    while let Some(system) = systems.next().await {
        seen.insert(system.unwrap().system_id);
    }
    assert_eq!((seen.len(), world.sandbox.enphase().request_count()), (2_500, 3));
}

#[tokio::test]
async fn microinverters_come_from_all_pages() {
    let world = World::at(MORNING).await;
    let client = world.enphase(EnphaseApp::Partner, EnphasePerson::Owner);
    let site = world.sandbox.enphase().sites().metered;
    let mut groups = client.items(GetInvertersSummary::new().site_id(site.system_id).size(7));
    let mut serials = Vec::new();
    while let Some(group) = groups.next().await {
        let inverters = group.unwrap().micro_inverters;
        serials.extend(inverters.into_iter().filter_map(|inverter| inverter.serial_number));
    }
    let mut expected = site.micro_serials.clone();
    serials.sort();
    expected.sort();
    assert_eq!(
        serials.iter().map(enphase::SerialNumber::as_str).collect::<Vec<_>>(),
        expected
    );

    let mut micros = client.items(ListMicrosTelemetry::new(site.system_id).size(6));
    let mut serials = HashSet::new();
    while let Some(micro) = micros.next().await {
        serials.insert(micro.unwrap().serial_number);
    }
    assert_eq!(serials.len(), site.micro_serials.len());
}

#[tokio::test]
async fn the_cursor_of_v2_leads_to_all_systems() {
    let world = World::at(MORNING).await;
    world.sandbox.enphase().set_v2_quota(1_000, 10_000);
    let client = world.enphase_v2(EnphasePerson::Installer);
    let mut systems = client.items(v2::ListSystems::new().limit(1000));
    let mut seen = HashSet::new();
    while let Some(system) = systems.next().await {
        seen.insert(system.unwrap().system_id);
    }
    assert_eq!((seen.len(), world.sandbox.enphase().request_count()), (2_500, 3));
}

#[tokio::test]
async fn a_cursor_that_repeats_ends_in_an_error() {
    let world = World::at(MORNING).await;
    world.sandbox.enphase().repeat_cursor(true);
    let client = world.enphase_v2(EnphasePerson::Installer);
    let mut pages = client.pages(v2::ListSystems::new().limit(1000));
    let error = loop {
        match pages.next().await {
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
            None => panic!("the pages ended as if all were well"),
        }
    };
    assert!(matches!(error, Error::Paging { .. }), "{error}");
    assert!(world.sandbox.enphase().request_count() <= 3);
}
