//! 500 sites of four services at once, of which one is gone and one has a small quota.

use std::collections::BTreeMap;

use energy_core::model::{Coordinates, KilowattPeak, PvPlane, Site, Tilt, TimeZone, ZoneError};
use energy_core::source::{AnySeries, Fleet, Found, Gathered, Question, SiteOf, SourceIndex};
use energy_sandbox::{EnphaseApp, EnphasePerson, Fault};
use energy_tests::{MORNING, World, key};
use enphase::v4::EnphaseSource;
use forecast_solar::{ForecastSolarSource, Plan};
use intellimeter::IntellimeterSource;
use solarlog_enerest::{Package, SolarLogEnerestSource};

const ENPHASE: SourceIndex = SourceIndex(0);
const SOLARLOG: SourceIndex = SourceIndex(1);
const FORECAST_SOLAR: SourceIndex = SourceIndex(2);

/// Houses along a road that Forecast.Solar is asked about, more than its quota has calls.
const HOUSES: usize = 128;

fn house(number: usize) -> Site {
    let plane = PvPlane {
        tilt: Tilt::new(30.0).unwrap(),
        azimuth: energy_core::model::Azimuth::SOUTH,
        peak_power: KilowattPeak(5.0),
    };
    let east = f64::from(u32::try_from(number).unwrap()) * 0.01;
    Site::new(format!("house {number}"))
        .with_coordinates(Coordinates::new(52.5, 13.0 + east).unwrap())
        .with_time_zone(TimeZone::named("Europe/Berlin"))
        .with_planes(vec![plane])
}

fn fleet(world: &World) -> Fleet {
    let solarlog = world.sandbox.solarlog_enerest().credentials().meadowbank;
    let berlin = TimeZone::named("Europe/Berlin");
    let toronto = TimeZone::named(world.sandbox.intellimeter().time_zone());
    let houses = ForecastSolarSource::new(
        world.forecast_solar(key(&world.sandbox.forecast_solar().keys().personal).with_plan(Plan::Personal)),
    );
    Fleet::new()
        .with_source(EnphaseSource::new(
            world.enphase(EnphaseApp::Partner, EnphasePerson::Installer),
        ))
        .with_source(SolarLogEnerestSource::new(world.solarlog_enerest(&solarlog, Package::Advanced)).in_zone(berlin))
        .with_source((0..HOUSES).fold(houses, |source, number| source.with_site(house(number))))
        .with_source(IntellimeterSource::new(world.intellimeter()).in_zone(toronto))
}

/// Of the 2,500 systems that an installer sees, as many as make it 500 sites; a few do not say their time zone.
async fn five_hundred(fleet: &Fleet) -> Vec<SiteOf> {
    let mut sites = fleet.sites().await;
    assert!(sites.is_complete(), "{:?}", sites.failed);
    let mut left = 500 - sites.found.iter().filter(|of| of.source != ENPHASE).count();
    sites.found.retain(|of| {
        let keep = of.source != ENPHASE || (left > 0 && of.site.time_zone.is_some());
        left -= usize::from(of.source == ENPHASE && keep);
        keep
    });
    assert_eq!(sites.found.len(), 500);
    sites.found
}

/// What each service is good for.
fn question(of: &SiteOf) -> Result<Question, ZoneError> {
    Ok(match of.provider {
        "forecast-solar" => Question::production(of.site.tomorrow(MORNING)?),
        "intellimeter" => Question::consumption(of.site.yesterday(MORNING)?),
        _ => Question::production(of.site.yesterday(MORNING)?),
    })
}

fn count(answers: &Gathered<Found<Vec<AnySeries>>>) -> BTreeMap<&'static str, usize> {
    let mut count = BTreeMap::new();
    for found in &answers.found {
        *count.entry(found.of.provider).or_default() += 1;
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn one_service_gone_and_one_quota_used_up_lose_nothing_else() {
    let world = World::at(MORNING).await;
    let fleet = fleet(&world);
    let sites = five_hundred(&fleet).await;
    let quota = fleet.sources()[FORECAST_SOLAR.0].account().quotas()[0]
        .remaining
        .unwrap();
    let quota = usize::try_from(quota).unwrap();
    assert!((1..HOUSES).contains(&quota), "{quota}");

    world.sandbox.solarlog_enerest().fault(Fault::reset().times(100_000));
    let before = world.sandbox.solarlog_enerest().requests().len();
    let answers = fleet.plan_each(&sites, question).run().await;

    // All that could be reached arrived: 120 plants could not, and 128 houses less the quota.
    let found = count(&answers);
    assert_eq!(found["enphase"], 500 - 120 - HOUSES - 2);
    assert_eq!(found["intellimeter"], 2);
    assert_eq!(found["forecast-solar"], quota);
    assert_eq!(found.get("solarlog-enerest"), None);
    for found in &answers.found {
        let [series] = &found.value[..] else {
            panic!("{}: {:?}", found.of, found.value);
        };
        assert!(!series.is_empty(), "{}", found.of);
    }
    // Some systems of Enphase have not reported for long, and nothing is made up for them.
    let silent = answers.found.iter().filter(|found| found.value[0].known() == 0);
    let silent: Vec<_> = silent.map(|found| found.of.provider).collect();
    assert!(
        silent.len() < 25 && silent.iter().all(|provider| *provider == "enphase"),
        "{silent:?}"
    );

    // What did not is told site by site, with the reason as a type.
    assert_eq!(answers.failed.len(), 120 + HOUSES - quota);
    for failed in &answers.failed {
        assert!(failed.site.is_some());
        match failed.source {
            SOLARLOG => assert!(failed.error.is_unreachable(), "{failed}"),
            FORECAST_SOLAR => {
                assert!(failed.error.is_rate_limited(), "{failed}");
                assert!(failed.error.retry_at().is_some_and(|at| at > MORNING), "{failed}");
            }
            _ => panic!("{failed}"),
        }
    }

    // The quota was used to the call, and not one was spent to hear that it is used up.
    let forecasts = world.sandbox.forecast_solar().requests();
    assert_eq!(forecasts.len(), quota);
    // Nobody hammers a service that is gone: a few calls with their retries, of 120.
    let attempts = world.sandbox.solarlog_enerest().requests().len() - before;
    assert!((1..=30).contains(&attempts), "{attempts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cost_is_known_before_it_is_spent() {
    let world = World::at(MORNING).await;
    let fleet = fleet(&world);
    let sites = five_hundred(&fleet).await;
    let before = world.enphase_requests("/systems/").len();
    let plan = fleet.plan_each(&sites, question);
    assert_eq!(
        world.enphase_requests("/systems/").len(),
        before,
        "planning sends nothing"
    );
    let calls = [ENPHASE, SOLARLOG, FORECAST_SOLAR].map(|source| plan.calls(source));
    // One call a site of Enphase, however many days; one a house.
    assert_eq!(calls, [250, 120, 128]);
    let answers = plan.run().await;
    assert_eq!(count(&answers)["enphase"], 250);
    assert_eq!(world.enphase_requests("/energy_lifetime").len(), 250);
}
