//! The service as a source among others: which calls a question takes, what comes of them, and what is refused.
#![cfg(feature = "unified")]

use std::time::Duration;

use energy_core::model::{
    Azimuth, Coordinates, Direction, Forecast, Interval, IntervalReading, KilowattPeak, PvPlane, Quality, Quantity,
    Reach, Requirement, Scope, ScopeLevel, Shortfall, Site, Tilt, TimeZone, WattHours, Watts,
};
use energy_core::source::{DAY, Instead, Question, Source, SourceError};
use energy_core::time::OffsetDateTime;
use energy_core::time::macros::datetime;
use forecast_solar::*;
use serde_json::Value;

use crate::support::told::*;
use crate::support::*;

const HOUR: Duration = Duration::from_secs(3600);

fn plane(tilt: f64, azimuth: f64, kilowatts: f64) -> PvPlane {
    PvPlane {
        tilt: Tilt::new(tilt).unwrap(),
        azimuth: Azimuth::new(azimuth).unwrap(),
        peak_power: KilowattPeak(kilowatts),
    }
}

/// The plant of most tests, in the model's terms and not in whole degrees.
fn house() -> Site {
    Site::new("house")
        .with_coordinates(Coordinates::new(LATITUDE, LONGITUDE).unwrap())
        .with_planes(vec![plane(31.6, 165.3, 6.4)])
}

/// The same with a roof to the east and one to the west.
fn two_roofs() -> Site {
    house().with_planes(vec![plane(30.0, 90.0, 4.0), plane(30.0, 270.0, 5.0)])
}

fn berlin_time(site: Site) -> Site {
    site.with_time_zone(TimeZone::named("Europe/Berlin"))
}

fn between(start: OffsetDateTime, end: OffsetDateTime) -> Interval {
    Interval::new(start, end).unwrap()
}

/// The local day after that of the tests.
fn tomorrow() -> Interval {
    between(datetime!(2026-05-21 0:00 +2), datetime!(2026-05-22 0:00 +2))
}

/// The rest of the day of the tests.
fn today() -> Interval {
    between(datetime!(2026-05-20 10:00 +2), datetime!(2026-05-21 0:00 +2))
}

fn source(service: &Service, login: Credentials) -> ForecastSolarSource {
    ForecastSolarSource::new(service.client(login))
}

fn public() -> Reply {
    Reply::json(fixture("estimate_public"))
}

/// What the crate itself makes of the answer.
fn own(answer: &Value) -> forecast_solar::Forecast {
    read::<Estimate>(answer).forecast().unwrap()
}

fn lines(service: &Service) -> Vec<String> {
    service.sent().into_iter().map(|sent| sent.line).collect()
}

/// Two days of power, so many times as much.
fn times(factor: f64) -> Reply {
    let samples = two_days().into_iter().map(|(at, watts)| (at, watts * factor)).collect();
    Reply::new(200, "application/json", told(&samples, ISO, &berlin()))
}

fn energies(forecast: &Forecast) -> Vec<(Option<WattHours>, Quality)> {
    let points = forecast.energy().unwrap().points().iter();
    points.map(|reading| (reading.value, reading.quality)).collect()
}

#[tokio::test]
async fn it_lists_the_sites_that_it_was_given() {
    let service = Service::untouched().await;
    let sites = source(&service, Credentials::public())
        .with_site(house())
        .with_site(two_roofs());
    assert_eq!(sites.sites().await.unwrap(), [house(), two_roofs()]);
    assert!(service.sent().is_empty());
}

#[tokio::test]
async fn a_forecast_is_one_call_in_the_terms_of_the_service() {
    let service = Service::answering(public()).await;
    let plan = source(&service, Credentials::public()).plan_forecast(&house()).unwrap();
    assert_eq!((plan.calls(), plan.operations()[0].operation.id), (1, "getEstimate"));
    assert!(service.sent().is_empty(), "a plan sends nothing");

    let forecast = plan.run().await.unwrap();
    assert_eq!(service.one().line, format!("GET /estimate/{PLANT}?time=iso8601"));
    let own = own(&fixture("estimate_public"));
    let (energy, power) = (forecast.energy().unwrap(), forecast.power().unwrap());
    assert_eq!(
        (energy.points(), power.points()),
        (own.energy.points(), own.power.points())
    );
    assert_eq!((forecast.issued_at, &forecast.site), (own.issued_at, &Some(house().id)));
    for info in [energy.info(), power.info()] {
        assert_eq!((&info.scope, info.step), (&Scope::Pv, Some(HOUR)));
        assert_eq!(
            (&info.time_zone, info.direction),
            (&own.time_zone, Some(Direction::Production))
        );
        let from = info.source.as_ref().unwrap();
        assert_eq!(
            (from.resource.as_deref(), from.fetched_at),
            (Some("getEstimate"), Some(NOW))
        );
        assert!(from.request_id.is_some());
    }
}

#[tokio::test]
async fn days_are_the_totals_that_the_service_states() {
    let service = Service::answering(public()).await;
    let source = source(&service, Credentials::public());
    let own = own(&fixture("estimate_public"));
    for question in [
        Question::production(tomorrow()).with_resolution(DAY),
        Question::production(tomorrow()),
    ] {
        let answer = source.readings(&berlin_time(house()), &question).await.unwrap();
        let [series] = answer.as_slice() else {
            panic!("one series was expected: {answer:?}");
        };
        assert_eq!((&series.info().scope, series.info().step), (&Scope::Pv, Some(DAY)));
        let expected = IntervalReading::new(tomorrow(), own.days[1].energy).with_quality(Quality::FORECAST);
        assert_eq!(series.energy().unwrap().points(), [expected]);
    }
}

#[tokio::test]
async fn energy_and_power_between_come_from_the_same_call() {
    let service = Service::answering(public()).await;
    let source = source(&service, Credentials::public());
    let own = own(&fixture("estimate_public"));

    let question = Question::production(today()).with_resolution(HOUR);
    let answer = source.readings(&house(), &question).await.unwrap();
    let energy = answer[0].energy().unwrap();
    assert_eq!(energy.points(), own.energy.readings_in(today()));
    assert!(energy.len() > 10 && energy.info().step == Some(HOUR), "{energy:?}");

    let question = Question::new(Quantity::ActivePower, ScopeLevel::Pv, today());
    let answer = source.readings(&house(), &question).await.unwrap();
    let power = answer[0].power().unwrap();
    assert_eq!(power.points(), own.power.within(today()).points());
    assert!(power.points().iter().all(|sample| sample.quality == Quality::FORECAST));
    assert_eq!(lines(&service), vec![format!("GET /estimate/{PLANT}?time=iso8601"); 2]);
}

#[tokio::test]
async fn a_plan_with_one_plane_a_call_adds_calls_up() {
    for login in [Credentials::public(), with_key().with_plan(Plan::Personal)] {
        let service = Service::answering_all([times(1.0), times(0.5)]).await;
        let plan = source(&service, login).plan_forecast(&two_roofs()).unwrap();
        assert_eq!(plan.calls(), 2);
        let forecast = plan.run().await.unwrap();
        let lines = lines(&service);
        assert_eq!(lines.len(), 2);
        assert!(
            lines[0].ends_with("/estimate/48.7758/9.1829/30/-90/4?time=iso8601"),
            "{lines:?}"
        );
        assert!(
            lines[1].ends_with("/estimate/48.7758/9.1829/30/90/5?time=iso8601"),
            "{lines:?}"
        );

        let one = forecast_of(&two_days(), ISO);
        let expected = |energy: Option<WattHours>| energy.map(|energy| WattHours(energy.0 * 1.5));
        let both: Vec<_> = readings(&one).iter().map(|reading| expected(reading.value)).collect();
        let sums: Vec<_> = energies(&forecast).into_iter().map(|(value, _)| value).collect();
        assert_eq!(sums, both);
        let made = |(_, quality): (_, Quality)| quality.contains(Quality::DERIVED | Quality::FORECAST);
        assert!(energies(&forecast).into_iter().all(made));
        let power = forecast.power().unwrap();
        assert_eq!(power.points()[2].value, Some(Watts(6300.0)));
        let from = power.info().source.as_ref().unwrap();
        assert_eq!(
            (from.resource.as_deref(), from.request_id.as_deref()),
            (Some("getEstimate"), None)
        );
    }
}

#[tokio::test]
async fn what_one_plane_lacks_the_sum_lacks() {
    let shorter = two_days()
        .into_iter()
        .filter(|(at, _)| *at != datetime!(2026-05-06 12:00 +2))
        .collect();
    let shorter = Reply::new(200, "application/json", told(&shorter, ISO, &berlin()));
    let service = Service::answering_all([times(1.0), shorter]).await;
    let question = Question::new(Quantity::ActivePower, ScopeLevel::Pv, today());
    let plan = source(&service, Credentials::public())
        .plan(&two_roofs(), &question)
        .unwrap();
    // Intervals of one that lie across those of the other make no series.
    let error = plan.run().await.unwrap_err();
    assert!(matches!(error, SourceError::Data { .. }), "{error:?}");
}

#[tokio::test]
async fn a_larger_plan_and_an_unknown_one_have_all_planes_in_one_call() {
    for login in [with_key().with_plan(Plan::PersonalPlus), with_key()] {
        let service = Service::answering(public()).await;
        let site = two_roofs().with_inverter_limit(Watts(7500.0));
        let plan = source(&service, login).plan_forecast(&site).unwrap();
        assert_eq!(plan.calls(), 1);
        plan.run().await.unwrap();
        let line = service.one().line;
        let expected = "/estimate/48.7758/9.1829/30/-90/4/30/90/5?time=iso8601&inverter=7.5";
        assert!(line.ends_with(expected), "{line}");
    }
}

#[tokio::test]
async fn a_site_that_says_too_little_is_refused_without_a_call() {
    let service = Service::untouched().await;
    let source = source(&service, Credentials::public());
    let nowhere = Site::new("house").with_planes(house().planes);
    let bare = house().with_planes(Vec::new());
    let limited = two_roofs().with_inverter_limit(Watts(7000.0));
    let powerless = house().with_planes(vec![plane(30.0, 180.0, 0.0)]);
    let refusals = [
        (nowhere, "has no coordinates"),
        (bare, "has no planes of modules"),
        (
            limited,
            "what is cut off does not add up; it needs the plan Personal Plus",
        ),
        (powerless, "no peak power"),
    ];
    let question = Question::production(today()).with_resolution(HOUR);
    for (site, reason) in refusals {
        let errors = [
            source.plan_forecast(&site).unwrap_err(),
            source.plan(&site, &question).unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error, SourceError::Site { .. }), "{error:?}");
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
    assert!(service.sent().is_empty());
}

#[tokio::test]
async fn what_the_plan_does_not_have_is_refused_with_the_plans_that_do() {
    let service = Service::untouched().await;
    let half_hours = Question::production(today()).with_resolution(HOUR / 2);
    let in_three_days = between(datetime!(2026-05-23 0:00 +2), datetime!(2026-05-24 0:00 +2));
    let later = Question::production(in_three_days).with_resolution(DAY);
    let site = berlin_time(house());
    let source_of = |login| source(&service, login);
    for question in [&half_hours, &later] {
        let error = source_of(Credentials::public()).plan(&site, question).unwrap_err();
        let Instead::With { needs, .. } = &error.as_refusal().unwrap().instead else {
            panic!("another refusal: {error}");
        };
        assert_eq!(needs.first(), Some(&Requirement::Plan("Personal".to_owned())));
        assert_eq!(needs.len(), 6, "each larger plan is enough: {needs:?}");
        let personal = source_of(with_key().with_plan(Plan::PersonalPlus));
        assert!(personal.plan(&site, question).is_ok());
        assert!(source_of(with_key()).plan(&site, question).is_ok());
    }
    let quarters = half_hours.with_resolution(HOUR / 4);
    let error = source_of(with_key().with_plan(Plan::PersonalPlus))
        .plan(&site, &quarters)
        .unwrap_err();
    assert!(
        error.to_string().contains("that needs the plan Professional or"),
        "{error}"
    );
    let enterprise = source_of(with_key().with_plan(Plan::Enterprise));
    assert!(enterprise.plan(&site, &quarters).is_ok());
    assert!(service.sent().is_empty());
}

#[tokio::test]
async fn what_no_plan_has_is_refused_with_what_comes_nearest() {
    let service = Service::untouched().await;
    let source = source(&service, with_key().with_plan(Plan::Professional));
    let yesterday = between(datetime!(2026-05-19 0:00 +2), datetime!(2026-05-20 0:00 +2));
    let begun = between(datetime!(2026-05-20 0:00 +2), datetime!(2026-05-21 0:00 +2));
    let next_month = between(datetime!(2026-06-20 0:00 +2), datetime!(2026-06-21 0:00 +2));
    let refused = [
        (Question::production(yesterday), Shortfall::Back),
        (Question::production(begun), Shortfall::Back),
        (Question::production(next_month), Shortfall::Ahead),
        (
            Question::production(today()).with_resolution(Duration::from_secs(60)),
            Shortfall::Resolution,
        ),
        (
            Question::new(Quantity::ActivePower, ScopeLevel::Inverter, today()),
            Shortfall::Level,
        ),
    ];
    for (question, lack) in refused {
        let error = source.plan(&berlin_time(house()), &question).unwrap_err();
        let Instead::Nearest { lacks, .. } = &error.as_refusal().unwrap().instead else {
            panic!("another refusal: {error}");
        };
        assert_eq!(lacks, &[lack], "{question}");
    }
    let consumption = source.plan(&house(), &Question::consumption(today())).unwrap_err();
    assert!(matches!(consumption.as_refusal().unwrap().instead, Instead::Other(_)));
    assert!(service.sent().is_empty());
}

#[tokio::test]
async fn how_far_ahead_is_counted_in_days_of_the_site() {
    let service = Service::untouched().await;
    let source = source(&service, Credentials::public());
    let days = &source.capabilities().all()[0];
    assert_eq!((days.ahead, days.requires_any.len()), (Reach::UpTo(DAY), 0));

    // The end of tomorrow is 38 hours away.
    let question = Question::production(tomorrow());
    let plan = source.plan(&berlin_time(house()), &question).unwrap();
    assert_eq!(plan.capability(), Some(days));
    let error = source.plan(&house(), &question).unwrap_err();
    assert!(
        error.as_refusal().is_some(),
        "without a zone a day is what is certain: {error}"
    );

    let after = between(datetime!(2026-05-21 0:00 +2), datetime!(2026-05-22 0:00:01 +2));
    let after = Question::production(after);
    let error = source.plan(&berlin_time(house()), &after).unwrap_err();
    let refusal = error.as_refusal().unwrap();
    assert!(matches!(refusal.instead, Instead::With { .. }), "{error}");
    assert_eq!(refusal.question.as_ref(), Some(&after));
    // Late tomorrow is within reach, although more than a day away.
    let evening = between(datetime!(2026-05-21 20:00 +2), datetime!(2026-05-21 22:00 +2));
    let evening = Question::production(evening).with_resolution(HOUR);
    assert!(source.plan(&berlin_time(house()), &evening).is_ok());
    let nowhere = house().with_time_zone(TimeZone::named("Europe/Atlantis"));
    let error = source.plan(&nowhere, &question).unwrap_err();
    assert!(matches!(error, SourceError::Site { .. }), "{error:?}");
    assert!(service.sent().is_empty());
}

#[tokio::test]
async fn a_day_on_which_the_clocks_change_has_its_own_length() {
    let samples = vec![
        (datetime!(2026-10-24 12:00 +2), 800.0),
        (datetime!(2026-10-24 18:00 +2), 0.0),
        (datetime!(2026-10-25 7:00 +1), 0.0),
        (datetime!(2026-10-25 12:00 +1), 1000.0),
        (datetime!(2026-10-25 17:00 +1), 0.0),
    ];
    let reply = Reply::new(200, "application/json", told(&samples, ISO, &berlin()));
    let service = Service::answering(reply).await;
    let until = datetime!(2026-10-24 9:00 UTC) - NOW;
    service.clock.advance(until.try_into().unwrap());
    let day = between(datetime!(2026-10-25 0:00 +2), datetime!(2026-10-26 0:00 +1));
    let source = source(&service, Credentials::public());
    let answer = source
        .readings(&berlin_time(house()), &Question::production(day))
        .await
        .unwrap();
    let expected = IntervalReading::new(day, WattHours(5000.0)).with_quality(Quality::FORECAST);
    assert_eq!(answer[0].energy().unwrap().points(), [expected]);
    assert_eq!(day.duration(), HOUR * 25);
}

#[tokio::test]
async fn failures_of_the_service_come_through() {
    let limited = Reply::json(fixture("rate_limit")).status(429);
    let service = Service::answering_all([times(1.0), limited]).await;
    let error = source(&service, Credentials::public())
        .forecast(&two_roofs())
        .await
        .unwrap_err();
    assert!(error.is_rate_limited() && error.retry_at().is_some(), "{error:?}");
    assert_eq!(service.sent().len(), 2);

    let service = Service::answering(Reply::json(failure(401, "API key is expired")).status(401)).await;
    let error = source(&service, with_key()).forecast(&house()).await.unwrap_err();
    assert!(error.as_call().unwrap().is_unauthorized(), "{error:?}");
    assert!(!format!("{error:?} {error}").contains(KEY));
}

#[tokio::test]
async fn the_login_says_which_plan_it_has() {
    let service = Service::untouched().await;
    let granted = |login| source(&service, login).account().granted();
    let plan = |name: &str| Some(vec![Requirement::Plan(name.to_owned())]);
    assert_eq!(granted(Credentials::public()), plan("Public"));
    assert_eq!(
        granted(with_key().with_plan(Plan::ProfessionalPlus)),
        plan("Professional Plus")
    );
    assert_eq!(granted(with_key()), None);
}
