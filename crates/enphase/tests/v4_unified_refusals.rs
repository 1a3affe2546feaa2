//! v4 as a source: sites, what is refused before a call, and what the service refuses.
#![cfg(feature = "unified")]

use std::time::Duration as Length;

use energy_core::model::{Direction, Interval, Quantity, Requirement, ScopeLevel, Shortfall, Site, TimeZone};
use energy_core::source::{DAY, Instead, Question, Refusal, Source, SourceError};
use energy_core::time::Duration;
use enphase::v4::*;
use serde_json::{Value, json};

use crate::v4_service::*;
use crate::v4_source::*;

fn refused(source: &EnphaseSource, question: &Question) -> Refusal {
    let error = source.plan(&site(), question).unwrap_err();
    error.as_refusal().unwrap_or_else(|| panic!("{error}")).clone()
}

fn nearest(question: &Question) -> Vec<Shortfall> {
    match refused(&source(&Service::untouched()), question).instead {
        Instead::Nearest { lacks, .. } => lacks,
        other => panic!("{other:?}"),
    }
}

fn plans(names: &[&str]) -> Vec<Requirement> {
    names.iter().map(|name| Requirement::Plan((*name).to_owned())).collect()
}

#[test]
fn what_the_plan_lacks_is_refused_with_the_plans_that_have_it() {
    let service = Service::untouched();
    let question = Question::new(Quantity::ActivePower, ScopeLevel::Inverter, back(1));
    let refusal = refused(&source_on(&service, Plan::Watt), &question);
    let Instead::With { needs, capability } = &refusal.instead else {
        panic!("{refusal:?}");
    };
    assert_eq!(*needs, plans(&["Kilowatt", "Megawatt", "Partner"]));
    assert_eq!(capability.level, ScopeLevel::Inverter);
    let words = "that needs the plan Kilowatt or the plan Megawatt or the plan Partner";
    assert!(refusal.to_string().ends_with(words), "{refusal}");
    for plan in [Plan::Kilowatt, Plan::Megawatt, Plan::Partner] {
        assert!(source_on(&service, plan).plan(&site(), &question).is_ok());
    }
    // Nobody knows, so the service decides.
    assert!(source(&service).plan(&site(), &question).is_ok());
}

#[test]
fn what_a_login_was_granted_is_its_plan_if_it_was_said() {
    let service = Service::untouched();
    assert_eq!(source(&service).account().granted(), None);
    for plan in Plan::ALL {
        let granted = source_on(&service, plan).account().granted();
        assert_eq!(granted, Some(plans(&[plan.name()])));
    }
}

/// What each capability needs, the client's own rule lets through for the same plans.
#[tokio::test]
async fn every_capability_is_open_to_exactly_the_plans_that_may_call() {
    for plan in Plan::ALL {
        let service = service();
        let source = source_on(&service, plan);
        for capability in source.capabilities().all() {
            let mut question = Question::new(capability.quantity, capability.level, back(1)).with_kind(capability.kind);
            question.direction = capability.direction;
            question.resolution = capability.resolution;
            let named = capability
                .requires_any
                .contains(&Requirement::Plan(plan.name().to_owned()));
            let answer = source.readings(&site(), &question).await;
            assert_eq!(answer.is_ok(), named, "{plan}: {capability}: {answer:?}");
            service.clock.advance(Length::from_secs(60));
        }
    }
}

#[test]
fn other_shortfalls_are_refused_with_what_comes_nearest() {
    let day = back(1);
    let fine = Question::production(day).with_resolution(Length::from_secs(60));
    assert_eq!(nearest(&fine), [Shortfall::Resolution]);
    let strings = Question::new(Quantity::ActiveEnergy, ScopeLevel::PvString, day);
    assert_eq!(nearest(&strings), [Shortfall::Level]);
    let old = Question::production(back(731)).with_resolution(FIVE_MINUTES);
    assert_eq!(nearest(&old), [Shortfall::Resolution], "days go back as far");
    let power = Question::new(Quantity::ActivePower, ScopeLevel::Pv, back(731));
    assert_eq!(nearest(&power), [Shortfall::Back]);
    let tomorrow = Interval::new(NOW + Duration::hours(3), NOW + Duration::days(1)).unwrap();
    assert_eq!(nearest(&Question::production(tomorrow)), [Shortfall::Ahead]);
    let sun = Question::new(Quantity::Irradiance, ScopeLevel::Sensor, day);
    let all = source(&Service::untouched());
    assert_eq!(
        refused(&all, &sun).instead,
        Instead::Other(all.capabilities().all().to_vec())
    );
    assert!(all.plan_forecast(&site()).is_err());
}

#[test]
fn days_reach_back_as_far_as_there_are_any() {
    let source = source(&Service::untouched());
    let plan = source.plan(&site(), &daily_production(back(5000))).unwrap();
    assert_eq!((plan.calls(), plan.capability().unwrap().resolution), (1, Some(DAY)));
}

#[test]
fn a_site_that_does_not_say_enough_is_told_so_before_any_call() {
    let source = source(&Service::untouched());
    let zoneless = Site::new(SYSTEM.to_string());
    let nowhere = zoneless.clone().with_time_zone(TimeZone::named("Atlantis/Harbour"));
    let garden = Site::new("garden").with_time_zone(TimeZone::named("Europe/Berlin"));
    for (site, words) in [
        (&zoneless, "has no time zone"),
        (&nowhere, "Atlantis/Harbour"),
        (&garden, "the site garden has an id that is no number"),
    ] {
        let error = source.plan(site, &daily_production(back(3))).unwrap_err();
        assert!(matches!(error, SourceError::Site { .. }), "{error:?}");
        assert!(error.to_string().contains(words), "{error}");
    }
    // Intervals need no zone.
    let question = Question::production(back(3)).with_resolution(FIVE_MINUTES);
    assert_eq!(source.plan(&zoneless, &question).unwrap().calls(), 1);
}

#[tokio::test]
async fn what_the_service_refuses_comes_through_as_it_is() {
    let question = daily_production(back(3));
    let limited = Service::in_order([status(
        429,
        json!({"message": "Too Many Requests", "code": 429, "period": "minute",
        "details": "Usage limit exceeded for plan Watt", "limit": 10, "period_start": NOW.unix_timestamp() - 20,
        "period_end": NOW.unix_timestamp() + 40}),
    )]);
    let error = source(&limited).readings(&site(), &question).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_at(), Some(NOW + Duration::seconds(40)));
    let closed = Service::by(|asked, _| closed(asked));
    let error = source(&closed).readings(&site(), &question).await.unwrap_err();
    assert!(error.as_call().unwrap().is_unauthorized(), "{error}");
    let error = source(&closed).sites().await.unwrap_err();
    assert!(error.as_call().unwrap().is_unauthorized(), "{error}");
    let odd = Service::in_order([ok(json!({"system_id": SYSTEM, "production": [4, 5]}))]);
    let error = source(&odd).readings(&site(), &question).await.unwrap_err();
    assert!(matches!(error, SourceError::Data { .. }), "{error:?}");
}

#[tokio::test]
async fn a_plan_larger_than_the_quota_ends_where_the_quota_does() {
    let service = service();
    let source = source_on(&service, Plan::Watt);
    let question = Question::production(back(100)).with_resolution(FIVE_MINUTES);
    assert_eq!(source.plan(&site(), &question).unwrap().calls(), 15);
    let error = source.readings(&site(), &question).await.unwrap_err();
    assert!(error.is_rate_limited(), "{error}");
    assert_eq!(service.count(), 10);
}

/// A service with so many systems; the search leaves out the time zone.
///
/// - `again`: how many systems of the page before a page tells again.
fn with_systems(count: u64, may_search: bool, again: u64) -> Service {
    Service::by(move |asked, _| {
        let search = asked.url.path().ends_with("/search");
        if search && !may_search {
            return refusal(403, "Not authorized to access this resource");
        }
        if search {
            assert_eq!(asked.json(), json!({"system": {}}));
        }
        let size = u64::try_from(asked.number("size").unwrap()).unwrap();
        let page = asked.number("page").map_or(1, |page| u64::try_from(page).unwrap());
        let first = ((page - 1) * size).saturating_sub(again);
        let systems: Vec<Value> = (first..count.min(page * size))
            .map(|number| {
                let mut system = system(7_000 + number);
                system["timezone"] = if search { Value::Null } else { json!("US/Pacific") };
                system["system_size"] = (-1).into();
                system
            })
            .collect();
        ok(json!({"total": count, "current_page": page, "size": size, "count": systems.len(), "systems": systems}))
    })
}

#[tokio::test]
async fn sites_take_as_few_calls_as_there_can_be() {
    for (count, may_search, calls, zones) in [
        (0, true, 1, 0),
        (1, true, 1, 1),
        (100, true, 1, 100),
        (101, true, 2, 100),
        (1_000, true, 2, 100),
        (2_500, true, 4, 100),
        (250, false, 4, 250),
    ] {
        let service = with_systems(count, may_search, 0);
        let sites = source(&service).sites().await.unwrap();
        assert_eq!(service.count(), calls, "{count} systems");
        assert_eq!(ids(&sites), numbers(count));
        assert_eq!(sites.iter().filter(|site| site.time_zone.is_some()).count(), zones);
    }
}

fn ids(sites: &[Site]) -> Vec<String> {
    sites.iter().map(|site| site.id.to_string()).collect()
}

/// The ids of so many systems.
fn numbers(count: u64) -> Vec<String> {
    (7_000..7_000 + count).map(|id| id.to_string()).collect()
}

/// A system that is new moves others from one page to the next.
#[tokio::test]
async fn a_system_that_two_pages_tell_is_one_site() {
    for (count, may_search) in [(2_500, true), (350, false)] {
        let sites = source(&with_systems(count, may_search, 3)).sites().await.unwrap();
        assert_eq!(ids(&sites), numbers(count));
        let zones = if may_search { 100 } else { 350 };
        assert_eq!(sites.iter().filter(|site| site.time_zone.is_some()).count(), zones);
    }
}

#[tokio::test]
async fn a_site_has_what_the_service_says_of_it_and_no_more() {
    let sites = source(&with_systems(1, true, 0)).sites().await.unwrap();
    let expected = Site::new("7000")
        .with_name("Orchard 7000")
        .with_time_zone(TimeZone::named("US/Pacific"));
    assert_eq!(sites, [expected]);
}

#[test]
fn one_question_has_one_direction() {
    let source = source(&Service::untouched());
    let question = energy(ScopeLevel::Grid, Direction::Charge, back(1), DAY);
    assert!(matches!(refused(&source, &question).instead, Instead::Nearest { .. }));
}
