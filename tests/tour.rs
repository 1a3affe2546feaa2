//! The tables of the quickstart: every energy in them is the one that the vendor's crate gives by itself.

use energy_core::model::{
    Azimuth, Coordinates, Coverage, KilowattPeak, PvPlane, Site, SiteId, Tilt, TimeZone, WattHours,
};
use energy_core::source::{Fleet, SourceIndex};
use energy_sandbox::{EnphaseApp, EnphasePerson, Fault};
use energy_tests::{MORNING, World, key};
use enphase::SystemId;
use enphase::v4::{EnphaseSource, GetConsumptionLifetime, GetEnergyLifetime};
use forecast_solar::{ForecastSolarSource, GetEstimate, Plan, Plane};
use intellimeter::{GetReadsByProperty, IntellimeterSource, LimitUnit, PropertyId};
use solarlog_enerest::{Assembly, Channel, GetMonth, Package, Period, PlantId, SolarLogEnerestSource};
use solarnet_oscp::SolarNetworkSource;
use time::macros::date;

#[path = "../crates/energy-sdk/examples/quickstart/tables.rs"]
mod tables;

use tables::{Cell, Row};

const FORECASTER: SourceIndex = SourceIndex(0);
const ROOF: (f64, f64, i16, i16, f64) = (50.97, 11.33, 35, 180, 12.15);

fn fleet(world: &World) -> Fleet {
    let login = key(&world.sandbox.forecast_solar().keys().professional).with_plan(Plan::Professional);
    let solarlog = world.sandbox.solarlog_enerest();
    let plants = world.solarlog_enerest(&solarlog.credentials().portal, Package::Advanced);
    let toronto = TimeZone::named(world.sandbox.intellimeter().time_zone());
    Fleet::new()
        .with_source(ForecastSolarSource::new(world.forecast_solar(login)))
        .with_source(EnphaseSource::new(
            world.enphase(EnphaseApp::Watt, EnphasePerson::Owner),
        ))
        .with_source(SolarLogEnerestSource::new(plants).in_zone(TimeZone::named(solarlog.plant().time_zone)))
        .with_source(IntellimeterSource::new(world.intellimeter()).in_zone(toronto))
        .with_source(SolarNetworkSource::new(world.solarnet_oscp(world.account())))
}

/// The roof of one plant is known.
fn with_roof(plant: SiteId) -> impl Fn(&Site) -> Option<Site> {
    move |site| {
        let (latitude, longitude, tilt, azimuth, peak) = ROOF;
        let plane = PvPlane {
            tilt: Tilt::new(tilt.into()).unwrap(),
            azimuth: Azimuth::new(azimuth.into()).unwrap(),
            peak_power: KilowattPeak(peak),
        };
        let place = Coordinates::new(latitude, longitude).unwrap();
        (site.id == plant).then(|| site.clone().with_coordinates(place).with_planes(vec![plane]))
    }
}

fn plant(world: &World) -> SiteId {
    SiteId::new(world.sandbox.solarlog_enerest().plant().plant_id)
}

fn of<'a>(rows: &'a [Row], provider: &str) -> Vec<&'a Row> {
    rows.iter().filter(|row| row.of.provider == provider).collect()
}

/// What a cell holds, to a thousandth of a watt-hour.
#[track_caller]
fn assert_is(cell: &Cell, expected: WattHours) {
    match cell {
        Cell::Energy(energy) => assert!((energy.0 - expected.0).abs() < 1e-3, "{energy} is not {expected}"),
        other => panic!("{other:?} is not {expected}"),
    }
}

#[tokio::test]
async fn energies_are_those_of_the_vendors_own_answers() {
    let world = World::at(MORNING).await;
    let (rows, failed) = tables::energies(&fleet(&world), FORECASTER, MORNING, with_roof(plant(&world))).await;
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(rows.len(), 6, "two sites of each of three services");
    // The day before in Berlin, Toronto, and where the systems of Enphase are.
    let yesterday = date!(2026 - 06 - 20);

    let client = world.enphase(EnphaseApp::Watt, EnphasePerson::Owner);
    for row in of(&rows, "enphase") {
        let system = SystemId::from(row.of.site.id.as_str().parse::<u64>().unwrap());
        let produced = GetEnergyLifetime::new(system).start_date(yesterday).end_date(yesterday);
        let produced = client.send(&produced).await.unwrap().days().unwrap();
        assert_eq!(produced[0].0, yesterday);
        assert_is(&row.produced, produced[0].1);
        let used = GetConsumptionLifetime::new(system)
            .start_date(yesterday)
            .end_date(yesterday);
        let used = client.send(&used).await.unwrap().days().unwrap();
        match used.first() {
            Some((_, energy)) => assert_is(&row.used, *energy),
            None => assert_eq!(row.used, Cell::Nothing, "{}", row.of),
        }
        assert_eq!(row.expected, Cell::Nothing, "nobody knows its roof");
    }

    let keys = world.sandbox.solarlog_enerest().credentials().portal;
    let client = world.solarlog_enerest(&keys, Package::Advanced);
    let berlin = TimeZone::named("Europe/Berlin");
    for row in of(&rows, "solarlog-enerest") {
        let month = GetMonth::new(PlantId::from(row.of.site.id.as_str()), 2026, 6, [Channel::ProdEtotal]);
        let data = client.send(&month).await.unwrap();
        let series = &Assembly::new().series(&data).unwrap()[0];
        let days = series.energy_by(Period::Day, &berlin).unwrap();
        let day = days.get(berlin.day(yesterday).unwrap()).unwrap();
        assert_is(&row.produced, day.value.unwrap());
        assert_eq!(row.used, Cell::Nothing, "no channel for it is public");
    }

    let client = world.intellimeter();
    for row in of(&rows, "intellimeter") {
        let property = PropertyId::from(row.of.site.id.as_str());
        let request = GetReadsByProperty::new()
            .since(48, LimitUnit::Hour)
            .property(property.clone());
        let reads = client.send(&request).await.unwrap();
        // A read at midnight tells of the minutes before it.
        let (from, until) = (yesterday.midnight(), date!(2026 - 06 - 21).midnight());
        let of_day = reads.iter().filter(|read| {
            let at = read.time_stamping.date_time();
            read.property == property && from < at && at <= until
        });
        let energy: f64 = of_day.map(|read| read.kwh_interval.unwrap()).sum();
        assert_is(&row.used, WattHours(energy * 1_000.0));
        assert_eq!(row.produced, Cell::Nothing);
    }

    let (latitude, longitude, tilt, azimuth, peak) = ROOF;
    let client = world.forecast_solar(key(&world.sandbox.forecast_solar().keys().professional));
    let request = GetEstimate::new(latitude, longitude, Plane::from_north(tilt, azimuth, peak));
    let forecast = client.send(&request).await.unwrap().forecast().unwrap();
    let tomorrow = berlin.day(date!(2026 - 06 - 22)).unwrap();
    let expected = forecast.energy.amount_in(tomorrow, Coverage::Partial).unwrap();
    let row = rows.iter().find(|row| row.of.site.id == plant(&world)).unwrap();
    assert_is(&row.expected, expected.value.unwrap());
}

#[tokio::test]
async fn a_service_that_fails_is_shown_as_such_and_the_others_are_there() {
    let world = World::at(MORNING).await;
    world
        .sandbox
        .enphase()
        .fault(Fault::status(500).times(1_000).on_path("energy_lifetime"));
    let (rows, failed) = tables::energies(&fleet(&world), FORECASTER, MORNING, with_roof(plant(&world))).await;
    assert_eq!(rows.len(), 6);
    assert!(of(&rows, "enphase").iter().all(|row| row.produced == Cell::Failed));
    assert!(
        of(&rows, "enphase")
            .iter()
            .any(|row| matches!(row.used, Cell::Energy(_)))
    );
    assert!(
        of(&rows, "solarlog-enerest")
            .iter()
            .all(|row| matches!(row.produced, Cell::Energy(_)))
    );
    assert_eq!(failed.len(), 2);
    assert!(failed.iter().all(|failed| failed.provider == "enphase"));
}

#[tokio::test]
async fn the_table_of_capabilities_has_every_service() {
    let world = World::at(MORNING).await;
    let lines = tables::capabilities(&fleet(&world));
    for service in [
        "forecast-solar",
        "enphase",
        "solarlog-enerest",
        "intellimeter",
        "solarnet-oscp",
    ] {
        assert!(lines.iter().any(|line| line[0] == service), "{service}");
    }
    let of_oscp: Vec<_> = lines.iter().filter(|line| line[0] == "solarnet-oscp").collect();
    assert_eq!(of_oscp.len(), 1);
    assert_eq!(of_oscp[0][1], "no series at all");
    // The plan with which each inverter can be seen.
    let inverters: Vec<_> = lines
        .iter()
        .filter(|line| line[0] == "enphase" && line[2] == "each inverter")
        .collect();
    assert!(!inverters.is_empty());
    assert!(
        inverters.iter().all(|line| line[6].starts_with("the plan Kilowatt")),
        "{inverters:?}"
    );
}
