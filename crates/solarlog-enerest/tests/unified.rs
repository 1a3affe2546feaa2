//! The service as a source among others: which calls a question takes, what comes of them, and what is refused.
#![cfg(feature = "unified")]

use std::time::Duration;

use energy_core::model::{
    Coordinates, DeviceId, Direction, Interval, KilowattPeak, Quality, Quantity, Requirement, Scope, ScopeLevel,
    Shortfall, Site, ValueKind, WattHours,
};
use energy_core::source::{AnySeries, DAY, Instead, Question, Source, SourceError};
use energy_core::time::OffsetDateTime;
use energy_core::time::macros::datetime;
use serde_json::{Value, json};
use solarlog_enerest::*;

use crate::support::entities::*;
use crate::support::*;

pub(crate) const FIVE_MINUTES: Duration = Duration::from_secs(300);
pub(crate) const MONTH: Duration = Duration::from_secs(31 * 86_400);
pub(crate) const YEAR: Duration = Duration::from_secs(366 * 86_400);

pub(crate) fn berlin() -> TimeZone {
    TimeZone::named("Europe/Berlin")
}

/// A plant as somebody who knows its zone has it.
fn site() -> Site {
    Site::new(PLANT).with_time_zone(berlin())
}

pub(crate) fn between(start: OffsetDateTime, end: OffsetDateTime) -> Interval {
    Interval::new(start, end).unwrap()
}

/// The day before that of the tests.
pub(crate) fn yesterday() -> Interval {
    between(datetime!(2026-05-11 0:00 +2), datetime!(2026-05-12 0:00 +2))
}

/// From the tenth of February to the third of April.
fn three_months() -> Interval {
    between(datetime!(2026-02-10 0:00 +1), datetime!(2026-04-03 12:00 +2))
}

pub(crate) async fn answering(replies: impl IntoIterator<Item = Value>) -> Server {
    Server::with_token(replies.into_iter().map(Reply::json)).await
}

fn source_of(server: &Server, package: Package) -> SolarLogEnerestSource {
    SolarLogEnerestSource::new(server.client(login(package, Audience::User)))
}

/// Asks, checks that as many calls were made as had been planned, and gives the series.
pub(crate) async fn ask(server: &Server, package: Package, question: &Question) -> Vec<AnySeries> {
    let plan = source_of(server, package).plan(&site(), question).unwrap();
    assert!(server.sent().is_empty(), "a plan sends nothing");
    let (calls, planned) = (plan.calls() as usize, plan.operations().to_vec());
    let series = plan.run().await.unwrap();
    assert_eq!(server.calls().len(), calls, "{planned:?}");
    series
}

pub(crate) fn lines(server: &Server) -> Vec<String> {
    let prefix = format!("GET {BASE}");
    let strip = |sent: Sent| sent.line.strip_prefix(&prefix).unwrap().replace("%5B%5D", "[]");
    server.calls().into_iter().map(strip).collect()
}

pub(crate) fn only(mut series: Vec<AnySeries>) -> AnySeries {
    assert_eq!(series.len(), 1, "{series:?}");
    series.remove(0)
}

/// One object of the plant as a whole.
pub(crate) fn of_plant(channel: &str, unit: &str, day: &str, points: Value) -> Value {
    json!([record(PLANT, "Plant", channel, unit, day, points)])
}

pub(crate) fn month_of_may() -> Value {
    let days = json!({
        "2026-05-10T00:00:00+02:00": 60_100, "2026-05-11T00:00:00+02:00": 71_234,
        "2026-05-12T00:00:00+02:00": 9_870,
    });
    of_plant("ProdEtotal", "Wh", "2026-05-10", days)
}

fn power_of_yesterday(device: &str, kind: &str) -> Value {
    let points = json!({
        "2026-05-11T10:00:00+02:00": 6_000, "2026-05-11T10:05:00+02:00": 6_600, "2026-05-11T10:10:00+02:00": null,
        "2026-05-11T10:15:00+02:00": 7_200, "2026-05-11T10:20:00+02:00": 7_200,
    });
    json!([record(device, kind, "ProdPac", "W", "2026-05-11", points)])
}

/// What the crate itself makes of an answer.
fn own(answer: Value) -> ChannelSeries {
    let data: Vec<ChannelData> = serde_json::from_value(answer).unwrap();
    Assembly::new().series(&data).unwrap().remove(0)
}

pub(crate) fn values(series: &AnySeries) -> Vec<Option<WattHours>> {
    series
        .energy()
        .unwrap()
        .points()
        .iter()
        .map(|reading| reading.value)
        .collect()
}

#[tokio::test]
async fn sites_are_the_plants_in_one_call() {
    let mut second = plant();
    second["id"] = json!("other");
    second["latitude"] = json!(123.0);
    second["plantSize"] = Value::Null;
    let server = answering([json!([plant(), second])]).await;
    let lisbon = TimeZone::named("Europe/Lisbon");
    let source = source_of(&server, Package::Basic)
        .in_zone(berlin())
        .with_zone("other", lisbon.clone());
    let sites = source.sites().await.unwrap();
    let press_house = Site::new(PLANT)
        .with_name("Press House")
        .with_coordinates(Coordinates::new(51.5603, 12.9961).unwrap())
        .with_peak_power(KilowattPeak(29.75))
        .with_time_zone(berlin());
    let other = Site::new("other").with_name("Press House").with_time_zone(lisbon);
    assert_eq!(sites, [press_house, other]);
    assert_eq!(lines(&server), ["/administration/plants"]);
    let server = answering([json!([plant()])]).await;
    assert_eq!(
        source_of(&server, Package::Basic).sites().await.unwrap()[0].time_zone,
        None
    );
}

#[tokio::test]
async fn yesterday_is_one_call_for_its_month() {
    for question in [
        Question::production(yesterday()),
        Question::production(yesterday()).with_resolution(DAY),
    ] {
        let server = answering([month_of_may()]).await;
        let series = only(ask(&server, Package::Basic, &question).await);
        let expected = "/visualization/plant/{}/year/2026/month/5?channelNames[]=ProdEtotal".replace("{}", PLANT);
        assert_eq!(lines(&server), [expected]);
        let energy = series.energy().unwrap();
        let own = own(month_of_may()).energy_by(Period::Day, &berlin()).unwrap();
        assert_eq!(energy.points(), own.readings_in(yesterday()));
        assert_eq!(values(&series), [Some(WattHours(71_234.0))]);
        let info = series.info();
        assert_eq!(
            (&info.scope, info.step, info.direction),
            (&Scope::Pv, Some(DAY), Some(Direction::Production))
        );
        assert_eq!(info.time_zone, Some(berlin()));
        let from = info.source.as_ref().unwrap();
        assert_eq!(
            (from.resource.as_deref(), from.fetched_at),
            (Some("ProdEtotal"), Some(NOW))
        );
    }
}

#[tokio::test]
async fn what_is_not_over_is_partial() {
    let server = answering([month_of_may()]).await;
    let days = between(datetime!(2026-05-11 0:00 +2), datetime!(2026-05-20 0:00 +2));
    let series = only(ask(&server, Package::Basic, &Question::production(days)).await);
    let qualities: Vec<_> = series
        .energy()
        .unwrap()
        .points()
        .iter()
        .map(|reading| reading.quality)
        .collect();
    assert_eq!(qualities, [Quality::UNSTATED, Quality::PARTIAL]);
    assert_eq!(lines(&server).len(), 1, "what is to come is not asked for");
}

#[tokio::test]
async fn each_month_of_days_and_each_year_of_months_is_a_call() {
    let server = answering([json!([])]).await;
    let question = Question::production(three_months()).with_resolution(DAY);
    assert!(only(ask(&server, Package::Basic, &question).await).is_empty());
    let months = [2, 3, 4]
        .map(|month| format!("/visualization/plant/{PLANT}/year/2026/month/{month}?channelNames[]=ProdEtotal"));
    assert_eq!(lines(&server), months);

    let years = between(datetime!(2024-11-01 0:00 +1), datetime!(2026-02-01 0:00 +1));
    let answer = json!({"2025-01-01T00:00:00+01:00": 310_000, "2025-02-01T00:00:00+01:00": null});
    let server = answering([json!([]), of_plant("ProdEtotal", "Wh", "2025-01-01", answer), json!([])]).await;
    let question = Question::production(years).with_resolution(MONTH);
    let series = only(ask(&server, Package::Basic, &question).await);
    let asked =
        [2024, 2025, 2026].map(|year| format!("/visualization/plant/{PLANT}/year/{year}?channelNames[]=ProdEtotal"));
    assert_eq!(lines(&server), asked);
    assert_eq!(values(&series), [Some(WattHours(310_000.0)), None]);
    let january = between(datetime!(2025-01-01 0:00 +1), datetime!(2025-02-01 0:00 +1));
    assert_eq!(series.energy().unwrap().points()[0].interval, january);

    let answer = json!({"2024-01-01T00:00:00+01:00": 9_000_000, "2025-01-01T00:00:00+01:00": 9_100_000});
    let server = answering([of_plant("ProdEtotal", "Wh", "2024-01-01", answer)]).await;
    let question = Question::production(years).with_resolution(YEAR);
    let series = only(ask(&server, Package::Basic, &question).await);
    assert_eq!(
        lines(&server),
        [format!(
            "/visualization/plant/{PLANT}/lifetime?channelNames[]=ProdEtotal"
        )]
    );
    assert_eq!(
        values(&series),
        [9_000_000.0, 9_100_000.0].map(|energy| Some(WattHours(energy)))
    );
}

#[tokio::test]
async fn energy_within_a_day_is_made_of_power() {
    let server = answering([power_of_yesterday(PLANT, "Plant")]).await;
    let question = Question::production(yesterday()).with_resolution(FIVE_MINUTES);
    let series = only(ask(&server, Package::Basic, &question).await);
    let days = "&dateFrom=2026-05-11&dateTo=2026-05-11";
    assert_eq!(
        lines(&server),
        [format!(
            "/visualization/plant/{PLANT}/channels?channelNames[]=ProdPac{days}"
        )]
    );
    let own = own(power_of_yesterday(PLANT, "Plant"))
        .watts()
        .unwrap()
        .integrate(FIVE_MINUTES)
        .unwrap();
    assert_eq!(series.energy().unwrap().points(), own.points());
    assert_eq!(values(&series), [Some(WattHours(525.0)), None, Some(WattHours(600.0))]);
    let info = series.info();
    assert_eq!((info.kind, info.step), (ValueKind::IntervalSum, Some(FIVE_MINUTES)));
    let points = series.energy().unwrap().points();
    assert!(points.iter().all(|reading| reading.quality.contains(Quality::DERIVED)));
}

#[tokio::test]
async fn power_is_asked_for_within_months() {
    let server = answering([power_of_yesterday(PLANT, "WholePlant"), json!([])]).await;
    let since = between(datetime!(2026-04-28 6:00 +2), datetime!(2026-05-12 0:00 +2));
    let question = Question::new(Quantity::ActivePower, ScopeLevel::Pv, since);
    let series = only(ask(&server, Package::Basic, &question).await);
    let place = format!("/visualization/plant/{PLANT}/channels?channelNames[]=ProdPac");
    let days = [
        "&dateFrom=2026-04-28&dateTo=2026-04-30",
        "&dateFrom=2026-05-01&dateTo=2026-05-11",
    ];
    assert_eq!(lines(&server), days.map(|days| format!("{place}{days}")));
    let own = own(power_of_yesterday(PLANT, "Plant")).watts().unwrap();
    assert_eq!(series.power().unwrap().points(), own.points());
    assert_eq!(series.info().scope, Scope::Pv, "whatever the service calls the plant");
    assert_eq!(series.known(), 4, "a gap is a gap");
}

#[tokio::test]
async fn inverters_are_found_first_and_keep_their_ids() {
    let before = component(OLD_INVERTER);
    let after = component(INVERTER);
    let both = [
        power_of_yesterday(OLD_INVERTER, "Component"),
        power_of_yesterday(INVERTER, "Component"),
    ];
    let mut later = both[1].clone();
    later[0]["date"] = json!("2026-05-12");
    later[0]["dataPoints"] = json!({"2026-05-12T09:00:00+02:00": 4_000});
    let two_days = between(datetime!(2026-05-11 0:00 +2), datetime!(2026-05-12 10:00 +2));
    let question = Question::new(Quantity::ActivePower, ScopeLevel::Inverter, two_days);
    let answer = json!([both[0][0], later[0]]);
    let server = answering([json!([before]), json!([after]), answer]).await;
    let series = only(ask(&server, Package::Advanced, &question).await);
    let components = format!("/datasource/plant/{PLANT}/components");
    let channels = format!(
        "/visualization/plant/{PLANT}/cross-epoch/channels?xComponentIds[]={INVERTER_KEPT}&channelNames[]=ProdPac\
         &dateFrom=2026-05-11&dateTo=2026-05-12"
    );
    let mut sent = lines(&server);
    let last = sent.pop().unwrap();
    assert_eq!(
        sent,
        [format!("{components}/2026-05-11"), format!("{components}/2026-05-12")]
    );
    assert_eq!(parameters(&last), parameters(&channels));
    assert_eq!(series.info().scope, Scope::Inverter(DeviceId::new(INVERTER_KEPT)));
    assert_eq!(series.power().unwrap().points().len(), 6, "both ids are one series");
}

/// Path and parameters, in any order.
fn parameters(line: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = line.split(['?', '&']).collect();
    parts.sort_unstable();
    parts
}

#[tokio::test]
async fn energy_of_inverters_is_derived_and_devices_are_chosen() {
    let question = Question::new(Quantity::ActiveEnergy, ScopeLevel::Inverter, yesterday());
    let answer = power_of_yesterday(INVERTER, "Component");
    let server = answering([json!([component(INVERTER)]), answer.clone()]).await;
    let series = only(ask(&server, Package::Advanced, &question.clone().with_device(INVERTER_KEPT)).await);
    assert_eq!(values(&series), [Some(WattHours(525.0)), None, Some(WattHours(600.0))]);
    assert_eq!(series.info().scope, Scope::Inverter(DeviceId::new(INVERTER_KEPT)));

    // Where none is meant there is nothing to ask for.
    let other = question.with_device("another");
    let server = answering([json!([component(INVERTER)])]).await;
    let series = source_of(&server, Package::Advanced)
        .readings(&site(), &other)
        .await
        .unwrap();
    assert_eq!((series, server.calls().len()), (Vec::new(), 1));

    let mut nameless = component(INVERTER);
    nameless["crossEpochId"] = Value::Null;
    let server = answering([json!([nameless])]).await;
    let question = Question::new(Quantity::ActivePower, ScopeLevel::Inverter, yesterday());
    let error = source_of(&server, Package::Advanced)
        .readings(&site(), &question)
        .await
        .unwrap_err();
    assert!(matches!(error, SourceError::Data { .. }), "{error:?}");
    assert!(error.to_string().contains(INVERTER), "{error}");
}

#[tokio::test]
async fn sensors_give_a_series_for_each_channel() {
    let mut sensor = component(SENSOR);
    sensor["type"] = json!("SensorBox");
    sensor["classes"] = json!(["sensors"]);
    sensor["crossEpochId"] = json!("box");
    sensor["visualizationChannels"] = json!(["Irradiation", "TempModule", "TempAmbient"]);
    let installed = json!([component(INVERTER), sensor]);
    let question = |quantity| Question::new(quantity, ScopeLevel::Sensor, yesterday());

    let server = answering([installed.clone(), cross_epoch_channels()]).await;
    let temperatures = only(ask(&server, Package::Advanced, &question(Quantity::Temperature)).await);
    let line = lines(&server).pop().unwrap();
    assert!(line.contains("xComponentIds[]=box&"), "{line}");
    assert!(
        line.contains("channelNames[]=TempModule&channelNames[]=TempAmbient"),
        "{line}"
    );
    assert_eq!(temperatures.temperature().unwrap().len(), 2);
    assert_eq!(temperatures.info().scope, Scope::Sensor(DeviceId::new("box")));
    assert_eq!(
        temperatures.info().source.as_ref().unwrap().resource.as_deref(),
        Some("TempModule")
    );

    let server = answering([installed.clone(), cross_epoch_channels()]).await;
    let irradiance = only(ask(&server, Package::Advanced, &question(Quantity::Irradiance)).await);
    let irradiance = irradiance.irradiance().unwrap();
    assert_eq!((irradiance.len(), irradiance.points()[1].value), (4, None));

    // No box measures the wind, so that nobody is asked for it.
    let server = answering([installed]).await;
    let wind = source_of(&server, Package::Advanced)
        .readings(&site(), &question(Quantity::WindSpeed))
        .await;
    assert_eq!((wind.unwrap(), server.calls().len()), (Vec::new(), 1));
}

#[tokio::test]
async fn the_temperatures_of_a_sensor_box_are_told_apart_by_their_channels() {
    let mut sensor = component(SENSOR);
    sensor["classes"] = json!(["sensors"]);
    sensor["crossEpochId"] = json!("box");
    sensor["visualizationChannels"] = Value::Null;
    let mut answer = cross_epoch_channels();
    let mut ambient = answer[1].clone();
    ambient["name"] = json!("TempAmbient");
    answer.as_array_mut().unwrap().push(ambient);
    let server = answering([json!([sensor]), answer]).await;
    let question = Question::new(Quantity::Temperature, ScopeLevel::Sensor, yesterday());
    let series = ask(&server, Package::Advanced, &question).await;
    let channels: Vec<_> = (series.iter())
        .map(|one| one.info().source.as_ref().unwrap().resource.as_deref().unwrap())
        .collect();
    assert_eq!(channels, ["TempModule", "TempAmbient"]);
    let without_source = |one: &AnySeries| {
        let mut info = one.info().clone();
        info.source = None;
        info
    };
    assert_eq!(without_source(&series[0]), without_source(&series[1]));
}

#[tokio::test]
async fn components_need_the_package_advanced() {
    let server = answering([json!([])]).await;
    let basic = source_of(&server, Package::Basic);
    let advanced = source_of(&server, Package::Advanced);
    let package = |name: &str| vec![Requirement::Package(name.to_owned())];
    assert_eq!(basic.account().granted(), Some(package("Basic")));
    assert_eq!(advanced.account().granted(), Some(package("Advanced")));
    let questions = [
        Question::new(Quantity::ActivePower, ScopeLevel::Inverter, yesterday()),
        Question::new(Quantity::ActiveEnergy, ScopeLevel::Inverter, yesterday()),
        Question::new(Quantity::Insolation, ScopeLevel::Sensor, yesterday()),
    ];
    for question in questions {
        let error = basic.plan(&site(), &question).unwrap_err();
        let Instead::With { needs, .. } = &error.as_refusal().unwrap().instead else {
            panic!("another refusal: {error}");
        };
        assert_eq!(*needs, package("Advanced"));
        assert_eq!(advanced.plan(&site(), &question).unwrap().calls(), 2);
    }
    assert!(server.sent().is_empty());
}

#[tokio::test]
async fn what_nobody_has_is_refused_without_a_call() {
    let server = answering([json!([])]).await;
    let source = source_of(&server, Package::Advanced);
    let tomorrow = between(datetime!(2026-05-13 0:00 +2), datetime!(2026-05-14 0:00 +2));
    let power = |level| Question::new(Quantity::ActivePower, level, yesterday());
    let refused = [
        (Question::production(tomorrow), Shortfall::Ahead),
        (
            power(ScopeLevel::Pv).with_resolution(Duration::from_secs(60)),
            Shortfall::Resolution,
        ),
        (power(ScopeLevel::Battery), Shortfall::Level),
    ];
    for (question, lack) in refused {
        let error = source.plan(&site(), &question).unwrap_err();
        let Instead::Nearest { lacks, .. } = &error.as_refusal().unwrap().instead else {
            panic!("another refusal: {error}");
        };
        assert_eq!(lacks, &[lack], "{question}");
    }
    let error = source.plan(&site(), &Question::consumption(yesterday())).unwrap_err();
    assert!(
        matches!(error.as_refusal().unwrap().instead, Instead::Other(_)),
        "{error}"
    );
    assert!(source.plan_forecast(&site()).unwrap_err().as_refusal().is_some());
    assert!(server.sent().is_empty());
}

#[tokio::test]
async fn a_site_without_a_zone_or_an_id_is_refused_without_a_call() {
    let server = answering([json!([])]).await;
    let source = source_of(&server, Package::Basic);
    let question = Question::production(yesterday());
    let refusals = [
        (
            Site::new(PLANT),
            "has no time zone, which its days need: say one with `in_zone` or `with_zone`",
        ),
        (
            Site::new(PLANT).with_time_zone(TimeZone::named("Europe/Atlantis")),
            "there is no time zone",
        ),
        (Site::new("").with_time_zone(berlin()), "cannot be asked about"),
    ];
    for (site, reason) in refusals {
        let error = source.plan(&site, &question).unwrap_err();
        assert!(matches!(error, SourceError::Site { .. }), "{error:?}");
        assert!(error.to_string().contains(reason), "{error}");
    }
    let told = [source.clone().in_zone(berlin()), source.with_zone(PLANT, berlin())];
    for source in told {
        assert_eq!(source.plan(&Site::new(PLANT), &question).unwrap().calls(), 1);
    }
    assert!(server.sent().is_empty());
}

#[tokio::test]
async fn days_are_those_of_the_site_when_its_clocks_change() {
    let answer = json!({"2026-03-28T00:00:00+01:00": 30_000, "2026-03-29T00:00:00+01:00": 40_000});
    let server = answering([of_plant("ProdEtotal", "Wh", "2026-03-28", answer)]).await;
    let day = between(datetime!(2026-03-29 0:00 +1), datetime!(2026-03-30 0:00 +2));
    let series = only(ask(&server, Package::Basic, &Question::production(day)).await);
    let points = series.energy().unwrap().points();
    assert_eq!((points.len(), points[0].interval), (1, day));
    assert_eq!(points[0].interval.duration(), Duration::from_secs(23 * 3600));

    // The last minutes of a local day are the next day in UTC, and the other way round.
    let server = answering([json!([])]).await;
    let evening = between(datetime!(2026-03-31 22:30 UTC), datetime!(2026-03-31 23:30 UTC));
    let question = Question::new(Quantity::ActivePower, ScopeLevel::Pv, evening);
    ask(&server, Package::Basic, &question).await;
    assert!(lines(&server)[0].ends_with("&dateFrom=2026-04-01&dateTo=2026-04-01"));
}

#[tokio::test]
async fn answers_that_make_no_series_are_told() {
    let question = Question::new(Quantity::ActivePower, ScopeLevel::Pv, yesterday());
    let two = json!([
        power_of_yesterday(INVERTER, "Component")[0],
        power_of_yesterday(OLD_INVERTER, "Component")[0],
    ]);
    let other_unit = of_plant("ProdPac", "kW", "2026-05-11", json!({"2026-05-11T10:00:00+02:00": 6}));
    for (answer, words) in [(two, "2 devices answer for ProdPac"), (other_unit, "comes in kW")] {
        let server = answering([answer]).await;
        let error = source_of(&server, Package::Basic)
            .readings(&site(), &question)
            .await
            .unwrap_err();
        assert!(matches!(error, SourceError::Data { .. }), "{error:?}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn failures_of_the_service_come_through() {
    let question = Question::production(yesterday());
    for status in [429, 403, 503] {
        let server = Server::with_token([Reply::json(json!({"message": "no"})).status(status)]).await;
        let error = source_of(&server, Package::Basic)
            .readings(&site(), &question)
            .await
            .unwrap_err();
        let call = error.as_call().unwrap();
        assert_eq!(call.status().unwrap().as_u16(), status);
        assert_eq!(error.is_rate_limited(), status == 429);
    }
    let server = Server::with_token([Reply::json(json!({})).status(401)]).await;
    let error = source_of(&server, Package::Basic).sites().await.unwrap_err();
    assert!(error.as_call().unwrap().is_unauthorized(), "{error:?}");
}
