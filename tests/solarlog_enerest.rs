//! Solar-Log WEB Enerest over real HTTP: totals and their parts, changes of a plant, clocks that change, gaps, packages,
//! logins and faults.

use std::time::Duration;

use energy_core::error::ApiErrorKind;
use energy_core::model::{Coverage, TimeZone};
use energy_sandbox::Fault;
use energy_tests::{MORNING, World, said_by};
use solarlog_enerest::{
    Assembly, Channel, ChannelSeries, Client, ComponentId, DayRange, Epochs, GetChannels, GetCrossEpochChannels,
    GetFleet, GetLifetime, GetMonth, GetYear, ListComponents, ListPlants, Package, Period, PlantId,
};
use time::macros::date;
use time::{Date, Month};

const POWER: [Channel; 1] = [Channel::ProdPac];

fn advanced(world: &World) -> Client {
    let keys = world.sandbox.solarlog_enerest().credentials().advanced;
    world.solarlog_enerest(&keys, Package::Advanced)
}

fn plant(world: &World) -> PlantId {
    PlantId::from(world.sandbox.solarlog_enerest().plant().plant_id)
}

/// The one series of the plant's power over these days.
async fn power(world: &World, client: &Client, days: DayRange) -> ChannelSeries {
    let request = GetChannels::new(plant(world), POWER.to_vec(), days.first(), days.last());
    let data = client.send(&request).await.unwrap();
    let mut series = Assembly::new().within(days).series(&data).unwrap();
    assert_eq!(series.len(), 1);
    series.remove(0)
}

#[tokio::test]
async fn inverters_add_up_to_the_plant() {
    let world = World::at(MORNING).await;
    let client = advanced(&world);
    let week = DayRange::new(date!(2026 - 06 - 14), date!(2026 - 06 - 20)).unwrap();
    let total = power(&world, &client, week).await;
    let known = world.sandbox.solarlog_enerest().plant();
    let inverters = known
        .inverters
        .iter()
        .map(|one| one.cross_epoch_id.as_str().into())
        .collect::<Vec<_>>();
    let request = GetCrossEpochChannels::new(plant(&world), inverters, POWER.to_vec(), week.first(), week.last());
    let parts = Assembly::new().series(&client.send(&request).await.unwrap()).unwrap();
    assert_eq!(parts.len(), 2);
    for (index, sample) in total.points.iter().enumerate() {
        let sum: f64 = parts.iter().map(|part| part.points[index].value.unwrap()).sum();
        assert!((sample.value.unwrap() - sum).abs() < 1e-6, "{}", sample.at);
    }
    // The day's energy is what the month says.
    let month = GetMonth::new(plant(&world), 2026_u32, 6_u32, vec![Channel::ProdEtotal]);
    let month = Assembly::new().series(&client.send(&month).await.unwrap()).unwrap();
    let zone = TimeZone::named(known.time_zone);
    let days = month[0].energy_by(Period::Day, &zone).unwrap();
    let energy = total.watts().unwrap().integrate(Duration::from_secs(600)).unwrap();
    for day in energy.daily_totals(&zone, Coverage::Partial).unwrap() {
        let said = days.reading_at(day.total.interval.start()).unwrap();
        let (said, summed) = (said.value.unwrap().0, day.total.value.unwrap().0);
        assert!(
            (said - summed).abs() < said * 0.02 + 50.0,
            "{}: {said} and {summed}",
            day.date
        );
    }
}

#[tokio::test]
async fn months_make_years_and_years_the_lifetime() {
    let world = World::at(MORNING).await;
    let keys = world.sandbox.solarlog_enerest().credentials().basic;
    let client = world.solarlog_enerest(&keys, Package::Basic);
    let zone = TimeZone::named(world.sandbox.solarlog_enerest().plant().time_zone);
    let channel = || vec![Channel::ProdEtotal];
    let series = |data: Vec<solarlog_enerest::ChannelData>| Assembly::new().series(&data).unwrap().remove(0);
    let sum = |series: &ChannelSeries| series.points.iter().filter_map(|point| point.value).sum::<f64>();

    let year = series(
        client
            .send(&GetYear::new(plant(&world), 2025_u32).channel_names(channel()))
            .await
            .unwrap(),
    );
    assert_eq!(year.points.len(), 12);
    let march = series(
        client
            .send(&GetMonth::new(plant(&world), 2025_u32, 3_u32, channel()))
            .await
            .unwrap(),
    );
    let months = year.energy_by(Period::Month, &zone).unwrap();
    let in_march = months.points()[2];
    assert_eq!(in_march.value.unwrap().0, sum(&march));
    assert_eq!(
        in_march.interval.duration(),
        Duration::from_secs(31 * 86_400 - 3_600),
        "an hour was skipped"
    );
    let lifetime = series(
        client
            .send(&GetLifetime::new(plant(&world)).channel_names(channel()))
            .await
            .unwrap(),
    );
    let years = lifetime.energy_by(Period::Year, &zone).unwrap();
    let of_2025 = years.reading_at(in_march.interval.start()).unwrap();
    assert_eq!(of_2025.value.unwrap().0, sum(&year));
}

#[tokio::test]
async fn a_change_of_the_plant_leaves_one_series() {
    let world = World::at(MORNING).await;
    let client = advanced(&world);
    let known = world.sandbox.solarlog_enerest().plant();
    let changed = known
        .inverters
        .iter()
        .find(|one| one.old_component_id.is_some())
        .unwrap();
    let days = DayRange::new(known.epoch_change.previous_day().unwrap(), known.epoch_change).unwrap();
    let components = async |day: Date| client.send(&ListComponents::new(plant(&world), day)).await.unwrap();
    let (before, after) = (components(days.first()).await, components(days.last()).await);
    let request = GetCrossEpochChannels::new(
        plant(&world),
        vec![changed.cross_epoch_id.as_str().into()],
        POWER.to_vec(),
        days.first(),
        days.last(),
    );
    let data = client.send(&request).await.unwrap();
    let apart = Assembly::new().series(&data).unwrap();
    assert_eq!(apart.len(), 2, "two ids without a word that they are one");
    let epochs = Epochs::new().with(&before).with(&after);
    let joined = Assembly::new().across(epochs).series(&data).unwrap();
    assert_eq!(joined.len(), 1);
    assert_eq!(joined[0].device.as_deref(), Some(changed.cross_epoch_id.as_str()));
    assert_eq!(
        joined[0].points.len(),
        apart.iter().map(|part| part.points.len()).sum::<usize>()
    );
    assert!(joined[0].points.is_sorted_by_key(|point| point.at));
    // By its new id alone the day before is not there.
    let new = vec![ComponentId::from(changed.component_id.as_str())];
    let request = GetChannels::new(plant(&world), POWER.to_vec(), days.first(), days.last()).component_ids(new);
    let data = client.send(&request).await.unwrap();
    assert!(data.iter().all(|record| record.date == Some(days.last())));
}

#[tokio::test]
async fn the_end_of_summer_time_has_twenty_five_hours() {
    let world = World::at(MORNING).await;
    let client = advanced(&world);
    let zone = TimeZone::named(world.sandbox.solarlog_enerest().plant().time_zone);
    for (day, hours) in [
        (date!(2025 - 10 - 26), 25),
        (date!(2026 - 03 - 29), 23),
        (date!(2026 - 06 - 01), 24),
    ] {
        let used = vec![Channel::from("ConsPac")];
        let request = GetChannels::new(plant(&world), used, day, day);
        let data = client.send(&request).await.unwrap();
        let series = Assembly::new().series(&data).unwrap();
        assert_eq!(series[0].points.len(), hours * 12, "{day}");
        let inside = zone.day(day).unwrap();
        assert!(series[0].points.iter().all(|point| inside.contains(point.at)));
    }
}

#[tokio::test]
async fn a_gap_is_none_and_never_zero() {
    let world = World::at(MORNING).await;
    let client = advanced(&world);
    let known = world.sandbox.solarlog_enerest().plant();
    let series = power(&world, &client, DayRange::day(known.gap_date)).await;
    let gap: Vec<_> = (series.points.iter())
        .filter(|point| known.gap_from <= point.at && point.at < known.gap_until)
        .collect();
    assert_eq!(gap.len(), 24, "two hours");
    assert!(gap.iter().all(|point| point.value.is_none()));
    let missing = series
        .watts()
        .unwrap()
        .points()
        .iter()
        .filter(|point| point.value.is_none())
        .count();
    assert_eq!(missing, 24);
}

#[tokio::test]
async fn a_month_has_no_thirty_first_of_june() {
    let world = World::at(date!(2026 - 07 - 10).midnight().assume_utc()).await;
    let client = advanced(&world);
    let end = DayRange::in_month(2026, Month::June, 29..=31).unwrap();
    let series = power(&world, &client, end).await;
    let zone = TimeZone::named(world.sandbox.solarlog_enerest().plant().time_zone);
    let last = zone.date_at(series.points.last().unwrap().at).unwrap();
    assert_eq!(last, date!(2026 - 06 - 30));
    let asked = world.sandbox.solarlog_enerest().requests();
    let query = asked.last().unwrap().query.clone().unwrap();
    assert!(query.contains("dateTo=2026-06-30"), "{query}");
}

#[tokio::test]
async fn what_basic_lacks_does_not_leave_the_process() {
    let world = World::at(MORNING).await;
    let service = world.sandbox.solarlog_enerest();
    let keys = service.credentials().basic;
    let client = world.solarlog_enerest(&keys, Package::Basic);
    let known = service.plant();
    let day = date!(2026 - 06 - 20);
    let inverter = ComponentId::from(known.inverters[0].component_id.as_str());
    let channels = |names: &[Channel]| GetChannels::new(plant(&world), names.to_vec(), day, day);
    let across = vec![known.inverters[0].cross_epoch_id.as_str().into()];
    let refused = [
        client
            .send(&channels(&POWER).component_ids(vec![inverter.clone()]))
            .await
            .unwrap_err(),
        client.send(&channels(&[Channel::Irradiation])).await.unwrap_err(),
        client
            .send(&GetCrossEpochChannels::new(
                plant(&world),
                across,
                POWER.to_vec(),
                day,
                day,
            ))
            .await
            .unwrap_err(),
        client.send(&GetFleet::new(service.fleet_id())).await.unwrap_err(),
    ];
    for error in &refused {
        assert!(
            error.is_forbidden() && error.to_string().contains("Advanced"),
            "{error}"
        );
    }
    assert_eq!(service.request_count(), 0, "not even a token was asked for");

    // Said to be Advanced, it hears from the service that it is not.
    let client = world.solarlog_enerest(&keys, Package::Advanced);
    let error = client
        .send(&channels(&POWER).component_ids(vec![inverter]))
        .await
        .unwrap_err();
    assert!(error.is_forbidden() && error.to_string().contains("package"), "{error}");
    assert!(service.request_count() >= 2);
}

#[tokio::test]
async fn a_portal_sees_more_and_its_applications_stay_inside() {
    let world = World::at(MORNING).await;
    let service = world.sandbox.solarlog_enerest();
    let keys = service.credentials();
    let user = world.solarlog_enerest(&keys.advanced, Package::Advanced);
    let credentials = world
        .solarlog_enerest_credentials(&keys.portal, Package::Advanced)
        .of_portal();
    let portal = world
        .solarlog_enerest_builder(&keys.portal, credentials)
        .build()
        .unwrap();
    let (few, all) = (
        user.send(&ListPlants::new()).await.unwrap(),
        portal.send(&ListPlants::new()).await.unwrap(),
    );
    assert!(few.len() < all.len());
    let fleet = portal.send(&GetFleet::new(service.fleet_id())).await.unwrap();
    assert_eq!(fleet.id.as_str(), service.fleet_id());
    assert!(
        user.send(&GetFleet::new(service.fleet_id()))
            .await
            .unwrap_err()
            .is_forbidden()
    );

    let credentials = world.solarlog_enerest_credentials(&keys.northwind, Package::Advanced);
    let stranger = world
        .solarlog_enerest_builder(&keys.advanced, credentials)
        .build()
        .unwrap();
    let error = stranger.send(&ListPlants::new()).await.unwrap_err();
    assert!(
        error.is_forbidden() && error.to_string().contains("another portal"),
        "{error}"
    );
}

#[tokio::test]
async fn tokens_are_shared_renewed_and_kept_out_of_sight() {
    let world = World::at(MORNING).await;
    let client = advanced(&world);
    let service = world.sandbox.solarlog_enerest();
    let logins = || {
        let requests = world.sandbox.solarlog_enerest().requests();
        requests
            .iter()
            .filter(|request| request.path.ends_with("/token"))
            .count()
    };
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.send(&ListPlants::new()).await.map(|plants| plants.len()) })
        })
        .collect();
    for call in calls {
        assert!(call.await.unwrap().unwrap() > 0);
    }
    assert_eq!(logins(), 1);
    world.advance(Duration::from_secs(301));
    client.send(&ListPlants::new()).await.unwrap();
    assert_eq!(logins(), 2);
    service.revoke_tokens();
    client.send(&ListPlants::new()).await.unwrap();
    assert_eq!(logins(), 3, "a 401 leads to one new token");

    let mut wrong = service.credentials().advanced;
    wrong.client_secret = "gannet-and-skua-17".to_owned();
    let error = world
        .solarlog_enerest(&wrong, Package::Advanced)
        .send(&ListPlants::new())
        .await
        .unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert!(!said_by(&error).contains(&wrong.client_secret));
}

#[tokio::test]
async fn when_the_service_fails() {
    let world = World::at(MORNING).await;
    let client = advanced(&world);
    let service = world.sandbox.solarlog_enerest();
    client.send(&ListPlants::new()).await.unwrap();
    service.fault(Fault::status(503).times(2).on_path("/plants"));
    client.send(&ListPlants::new()).await.unwrap();
    for (fault, kind) in [
        (Fault::outage().times(3), Some(ApiErrorKind::Unavailable)),
        (Fault::html(502).times(3), Some(ApiErrorKind::Unavailable)),
        (Fault::truncated_json(), None),
        (Fault::reset().times(3), None),
    ] {
        service.clear_faults();
        service.fault(fault.on_path("/plants"));
        let error = client.send(&ListPlants::new()).await.unwrap_err();
        let found = match &error {
            energy_core::Error::Api(error) => Some(error.kind),
            _ => None,
        };
        assert_eq!(found, kind, "{error}");
        assert_eq!(error.operation(), "listPlants");
    }
}
