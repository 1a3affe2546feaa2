//! The service as a source: which calls answer a question, what comes of them, and what is refused before any.
#![cfg(feature = "unified")]

use std::time::Duration;

use energy_core::model::*;
use energy_core::source::*;
use energy_core::time::macros::{date, datetime};
use energy_core::time::{OffsetDateTime, PrimitiveDateTime};
use intellimeter::*;
use serde_json::{Value, json};

use crate::support::entities::*;
use crate::support::*;

fn toronto() -> TimeZone {
    TimeZone::named("America/Toronto")
}

fn source(server: &Server) -> IntellimeterSource {
    IntellimeterSource::new(server.client(login())).in_zone(toronto())
}

fn site() -> Site {
    Site::new(PROPERTY)
}

fn interval(start: OffsetDateTime, end: OffsetDateTime) -> Interval {
    Interval::new(start, end).unwrap()
}

fn last_hours(hours: u64) -> Interval {
    Interval::ending_at(NOW, Duration::from_secs(3600 * hours)).unwrap()
}

/// What the clock at the property shows.
fn stamp(at: OffsetDateTime) -> String {
    let at = toronto().local(at).unwrap();
    LocalTime::from(PrimitiveDateTime::new(at.date(), at.time())).to_string()
}

fn property_read(at: OffsetDateTime, kwh: f64, kwh_interval: f64) -> Value {
    json!({"property": PROPERTY, "time_stamping": stamp(at), "kwh": kwh, "kwh_interval": kwh_interval})
}

/// The reads of today until eleven o'clock, every ten minutes.
fn morning() -> Vec<Value> {
    let first = datetime!(2026-04-21 10:00 UTC);
    let read = |count: u32| {
        let used = f64::from(count * count) / 8.0;
        let before = f64::from(count.saturating_sub(1).pow(2)) / 8.0;
        property_read(first + Duration::from_secs(600) * count, 900.0 + used, used - before)
    };
    (1..=30).map(read).collect()
}

fn energy(series: &AnySeries) -> &Series<IntervalReading<WattHours>> {
    series.energy().unwrap_or_else(|| panic!("no energy: {series:?}"))
}

/// The error of a question that must be refused before anything is sent.
async fn refusal(question: &Question, change: impl FnOnce(IntellimeterSource) -> IntellimeterSource) -> SourceError {
    let server = Server::untouched().await;
    let error = change(source(&server)).readings(&site(), question).await.unwrap_err();
    assert_eq!(server.sent().len(), 0);
    error
}

/// The error of a question that the service answers so.
async fn failure(reply: Reply) -> SourceError {
    let server = Server::answering(reply).await;
    let question = Question::consumption(last_hours(1));
    source(&server).readings(&site(), &question).await.unwrap_err()
}

#[tokio::test]
async fn the_energy_of_a_property_is_one_call() {
    let server = Server::answering(Reply::json(morning())).await;
    let source = source(&server);
    let plan = source.plan(&site(), &Question::consumption(last_hours(2))).unwrap();
    assert_eq!((plan.calls(), plan.cost(), plan.operations().len()), (1, 1, 1));
    assert_eq!(plan.operations()[0].operation.id, "getReads");
    assert_eq!(plan.capability().unwrap().kind, ValueKind::IntervalSum);
    assert_eq!(server.sent().len(), 0, "a plan sends nothing");
    let answer = plan.run().await.unwrap();
    let path = "/read?by=property&limit_quantity=5&limit_unit=Hour&property=61fd02c9";
    server.one().expect("GET", path);

    let [series] = answer.as_slice() else {
        panic!("one series was expected: {answer:?}");
    };
    let info = series.info();
    assert_eq!(
        (&info.scope, info.direction),
        (&Scope::Site, Some(Direction::Consumption))
    );
    assert_eq!(
        (info.step, &info.time_zone),
        (Some(Duration::from_secs(600)), &Some(toronto()))
    );
    let expected = SourceRef::new("intellimeter")
        .with_resource("getReads")
        .with_fetched_at(NOW);
    assert_eq!(info.source, Some(expected));

    // The crate's own answer to the same reads.
    let reads = server.client(login()).send(&GetReadsByProperty::new()).await.unwrap();
    let register = Register::new(reads.iter().map(PropertyRead::energy), &toronto()).unwrap();
    let own = register.amounts(Scope::Site, Quantity::ActiveEnergy).unwrap();
    assert_eq!(energy(series).points(), own.within(last_hours(2)).points());
    // From 13:05:40 on: the reading that ends at 13:10, and eleven more.
    assert_eq!(series.len(), 12);
    assert_eq!(energy(series).points()[11].value, Some(WattHours(7375.0)));
}

#[tokio::test]
async fn the_counter_is_there_when_it_is_asked_for() {
    let server = Server::answering(Reply::json(morning())).await;
    let question = Question::consumption(last_hours(1)).with_kind(ValueKind::Counter);
    let answer = source(&server).readings(&site(), &question).await.unwrap();
    let counter = answer[0].energy_counter().unwrap();
    assert_eq!(counter.len(), 6);
    let newest = Sample::new(datetime!(2026-04-21 15:00 UTC), WattHours(1_012_500.0));
    assert_eq!(counter.points()[5], newest);

    // An hour has the counter at both of its ends, so that all that was used in it is their difference.
    let hour = interval(datetime!(2026-04-21 14:00 UTC), newest.at);
    let question = Question::consumption(hour).with_kind(ValueKind::Counter);
    let answer = source(&server).readings(&site(), &question).await.unwrap();
    assert_eq!(answer[0].energy_counter().unwrap().span(), Some(hour));
}

#[tokio::test]
async fn a_call_reaches_three_hours_further_than_the_question() {
    for (start, hours) in [
        (NOW - Duration::from_secs(1), 4),
        (NOW - Duration::from_secs(3600), 4),
        (NOW - Duration::from_secs(3601), 5),
        (datetime!(2025-04-21 15:05:40 UTC), 365 * 24 + 3),
    ] {
        let server = Server::answering(Reply::json(json!([]))).await;
        let question = Question::consumption(interval(start, start + Duration::from_secs(1)));
        let answer = source(&server).readings(&site(), &question).await.unwrap();
        assert!(answer[0].is_empty());
        let path = format!("/read?by=property&limit_quantity={hours}&limit_unit=Hour&property=61fd02c9");
        server.one().expect("GET", &path);
    }
}

#[tokio::test]
async fn a_plan_that_runs_later_reaches_back_from_then() {
    let server = Server::answering(Reply::json(json!([]))).await;
    let question = Question::consumption(last_hours(2));
    let plan = source(&server).plan(&site(), &question).unwrap();
    server.clock.advance(Duration::from_secs(10 * 3600));
    plan.run().await.unwrap();
    let path = "/read?by=property&limit_quantity=15&limit_unit=Hour&property=61fd02c9";
    server.one().expect("GET", path);
}

#[tokio::test]
async fn days_at_a_change_of_the_clock_are_whole() {
    for (day, hours) in [
        (date!(2025 - 11 - 02), 25),
        (date!(2026 - 03 - 08), 23),
        (date!(2026 - 03 - 09), 24),
    ] {
        let day = toronto().day(day).unwrap();
        let reads: Vec<Value> = (0..=2 * hours + 4)
            .map(|count| {
                let at = day.start() + Duration::from_secs(1800) * count - Duration::from_secs(3600);
                property_read(at, 70.0 + f64::from(count) / 4.0, 0.25)
            })
            .collect();
        // In the order of stamps, which is not that of time.
        let mut by_stamp = reads;
        by_stamp.sort_by_key(|read| read["time_stamping"].to_string());
        let server = Server::answering(Reply::json(by_stamp)).await;
        let answer = source(&server)
            .readings(&site(), &Question::consumption(day))
            .await
            .unwrap();
        let energy = energy(&answer[0]);
        assert_eq!(energy.len(), 2 * hours as usize);
        assert!(energy.points().iter().all(|reading| reading.quality.is_empty()));
        assert!(
            energy
                .points()
                .iter()
                .all(|reading| reading.interval.duration().as_secs() == 1800)
        );
        let totals = energy.daily_totals(&toronto(), Coverage::Full).unwrap();
        assert_eq!(totals.len(), 1);
        assert_eq!(totals[0].total.value, Some(WattHours(f64::from(hours) * 500.0)));
    }
}

/// Meters of all kinds at three times, as `getReads` has them by meter.
fn meters() -> Value {
    let rows = |meter: &str, utility: &str, units: &str, counter: &str, amount: &str| -> Vec<Value> {
        let row = |count: u32| {
            let at = datetime!(2026-04-21 14:30 UTC) + Duration::from_secs(600) * count;
            json!({
                "meter": meter, "utility": utility, "units": units, "time_stamping": stamp(at),
                counter: 40.0 + f64::from(count), amount: 1.0,
            })
        };
        (0..3).map(row).collect()
    };
    let own = [
        rows("e2", "E", "kWh", "kwh", "kwh_interval"),
        rows("e1", "E", "kWh", "kwh", "kwh_interval"),
        rows("w1", "W", "m3", "m3", "m3_interval"),
        rows("w2", "W", "gal", "gal", "gal_interval"),
        rows("g1", "G", "m3", "m3", "m3_interval"),
    ];
    json!({"61fd02ca": rows("x1", "E", "kWh", "kwh", "kwh_interval"), PROPERTY: own.concat()})
}

async fn of_meters(question: &Question) -> Vec<AnySeries> {
    let server = Server::answering(Reply::json(meters())).await;
    let source = source(&server);
    let plan = source.plan(&site(), question).unwrap();
    assert_eq!((plan.calls(), plan.operations()[0].operation.id), (1, "getReads"));
    let answer = plan.run().await.unwrap();
    let path = "/read?by=meter&limit_quantity=4&limit_unit=Hour&property=61fd02c9";
    server.one().expect("GET", path);
    answer
}

fn scopes_of(answer: &[AnySeries]) -> Vec<&str> {
    let device = |series: &'_ AnySeries| series.info().scope.clone();
    assert!(answer.iter().all(|series| matches!(device(series), Scope::Meter(_))));
    answer
        .iter()
        .map(|series| series.info().scope.device().unwrap().as_str())
        .collect()
}

#[tokio::test]
async fn meters_answer_for_what_they_measure() {
    let ask = |quantity| Question::new(quantity, ScopeLevel::Meter, last_hours(1));
    let electricity = of_meters(&ask(Quantity::ActiveEnergy)).await;
    assert_eq!(scopes_of(&electricity), ["e1", "e2"]);
    let values = energy(&electricity[0]).points().iter().map(|reading| reading.value);
    assert_eq!(values.collect::<Vec<_>>(), [Some(WattHours(1000.0)); 3]);

    let gas = of_meters(&ask(Quantity::GasVolume).with_kind(ValueKind::Counter)).await;
    assert_eq!(scopes_of(&gas), ["g1"]);
    assert_eq!(gas[0].info().quantity, Quantity::GasVolume);
    let values = gas[0]
        .volume_counter()
        .unwrap()
        .points()
        .iter()
        .map(|sample| sample.value);
    assert_eq!(
        values.collect::<Vec<_>>(),
        [40.0, 41.0, 42.0].map(|value| Some(CubicMeters(value)))
    );

    // Gallons are no cubic metres: the reads are there, and their volume is not known.
    let water = of_meters(&ask(Quantity::WaterVolume)).await;
    assert_eq!(scopes_of(&water), ["w1", "w2"]);
    assert_eq!((water[0].len(), water[0].known()), (3, 3));
    assert_eq!((water[1].len(), water[1].known()), (2, 0));
    assert_eq!(water[0].volume().unwrap().points()[2].value, Some(CubicMeters(1.0)));
}

#[tokio::test]
async fn some_meters_may_be_asked_for_alone() {
    let question = Question::new(Quantity::ActiveEnergy, ScopeLevel::Meter, last_hours(1));
    assert_eq!(scopes_of(&of_meters(&question.with_device("e2")).await), ["e2"]);
}

#[tokio::test]
async fn reads_of_other_properties_are_not_taken_for_its_own() {
    let mut reads = morning();
    reads
        .push(json!({"property": "61fd02ca", "time_stamping": "2026-04-21T10:40:00", "kwh": 5.0, "kwh_interval": 5.0}));
    let server = Server::answering(Reply::json(reads)).await;
    let answer = source(&server)
        .readings(&site(), &Question::consumption(last_hours(1)))
        .await
        .unwrap();
    assert_eq!((answer.len(), answer[0].len()), (1, 6));
}

#[tokio::test]
async fn what_is_missing_stays_missing() {
    let mut reads = morning();
    for read in &mut reads {
        read["kwh"] = Value::Null;
    }
    reads[29]["kwh_interval"] = Value::Null;
    let server = Server::answering(Reply::json(reads)).await;
    let question = Question::consumption(last_hours(1));
    let answer = source(&server).readings(&site(), &question).await.unwrap();
    let newest = energy(&answer[0]).points().last().unwrap();
    assert_eq!(
        (newest.value, newest.interval.end()),
        (None, datetime!(2026-04-21 15:00 UTC))
    );
    assert_eq!((answer[0].len(), answer[0].known()), (6, 5));
}

#[tokio::test]
async fn what_it_cannot_give_is_refused_before_a_call() {
    let nearest = |error: &SourceError| match &error.as_refusal().unwrap().instead {
        Instead::Nearest { capability, lacks } => (capability.level, lacks.clone()),
        other => panic!("nothing near: {other:?}"),
    };
    let hour = last_hours(1);
    let production = refusal(&Question::production(hour), |source| source).await;
    assert!(matches!(&production.as_refusal().unwrap().instead, Instead::Other(all) if all.len() == 8));

    let inverters = Question::new(Quantity::ActiveEnergy, ScopeLevel::Inverter, hour);
    let error = refusal(&inverters, |source| source).await;
    assert_eq!(nearest(&error), (ScopeLevel::Site, vec![Shortfall::Level]));

    let water = Question::new(Quantity::WaterVolume, ScopeLevel::Site, hour);
    let error = refusal(&water, |source| source).await;
    assert_eq!(nearest(&error), (ScopeLevel::Meter, vec![Shortfall::Level]));

    let tomorrow = Question::consumption(interval(NOW, NOW + Duration::from_secs(86_400)));
    let error = refusal(&tomorrow, |source| source).await;
    assert_eq!(nearest(&error), (ScopeLevel::Site, vec![Shortfall::Ahead]));

    let power = Question::new(Quantity::ActivePower, ScopeLevel::Site, hour);
    assert!(refusal(&power, |source| source).await.as_refusal().is_some());
}

#[tokio::test]
async fn a_resolution_is_promised_only_when_somebody_said_the_read_cycle() {
    let by_day = Question::consumption(last_hours(48)).with_resolution(DAY);
    let error = refusal(&by_day, |source| source).await;
    assert!(matches!(
        &error.as_refusal().unwrap().instead,
        Instead::Nearest { lacks, .. } if *lacks == [Shortfall::Resolution]
    ));
    let minutes = by_day.clone().with_resolution(Duration::from_secs(300));
    let cycle = Duration::from_secs(600);
    let error = refusal(&minutes, |source| source.with_read_cycle(cycle)).await;
    assert!(error.as_refusal().is_some());

    let server = Server::answering(Reply::json(morning())).await;
    let source = source(&server).with_read_cycle(cycle);
    let plan = source.plan(&site(), &by_day).unwrap();
    assert_eq!(plan.capability().unwrap().resolution, Some(cycle));
    assert_eq!(plan.run().await.unwrap()[0].len(), 30);
}

#[tokio::test]
async fn without_a_time_zone_there_is_no_answer() {
    let question = Question::consumption(last_hours(1));
    let server = Server::untouched().await;
    let plan = |source: IntellimeterSource, site: Site| {
        let planned = source.plan(&site, &question);
        planned.map(|plan| plan.calls()).map_err(|error| error.to_string())
    };
    let bare = || IntellimeterSource::new(server.client(login()));
    assert_eq!(
        plan(bare(), site()).unwrap_err(),
        "intellimeter: the site 61fd02c9 has no time zone, and its reads have local stamps: say the zone with \
         `IntellimeterSource::in_zone` or `with_zone`"
    );
    assert!(plan(bare().with_zone("61fd02ca", toronto()), site()).is_err());
    assert_eq!(plan(bare().with_zone(PROPERTY, toronto()), site()), Ok(1));
    assert_eq!(plan(bare(), site().with_time_zone(toronto())), Ok(1));
    assert_eq!(plan(bare().in_zone(toronto()), site()), Ok(1));

    let unknown = plan(bare().in_zone(TimeZone::named("America/Atlantis")), site()).unwrap_err();
    assert!(
        unknown.contains("is in no known time zone") && unknown.contains("America/Atlantis"),
        "{unknown}"
    );
    assert_eq!(server.sent().len(), 0);
}

#[tokio::test]
async fn the_nearest_zone_counts() {
    let server = Server::answering(Reply::json(morning())).await;
    let vancouver = TimeZone::named("America/Vancouver");
    let source = source(&server).with_zone(PROPERTY, vancouver.clone());
    let zone_of = async |site: &Site| {
        let answer = source
            .readings(site, &Question::consumption(last_hours(1)))
            .await
            .unwrap();
        answer[0].info().time_zone.clone().unwrap()
    };
    assert_eq!(zone_of(&site()).await, vancouver);
    assert_eq!(zone_of(&Site::new("61fd02ca")).await, toronto());
    assert_eq!(zone_of(&site().with_time_zone(TimeZone::UTC)).await, TimeZone::UTC);
}

#[tokio::test]
async fn sites_are_the_properties() {
    let mut nameless = property();
    nameless["id"] = json!("61fd02ca");
    nameless["display_name"] = Value::Null;
    let server = Server::answering(Reply::json(json!([property(), nameless]))).await;
    let vancouver = TimeZone::named("America/Vancouver");
    let sites = source(&server)
        .with_zone("61fd02ca", vancouver.clone())
        .sites()
        .await
        .unwrap();
    server.one().expect("GET", "/property");
    assert_eq!(
        sites,
        [
            Site::new(PROPERTY).with_name("The Old Mill").with_time_zone(toronto()),
            Site::new("61fd02ca").with_name("Mill lofts").with_time_zone(vancouver),
        ]
    );
    let bare = IntellimeterSource::new(server.client(login())).sites().await.unwrap();
    assert!(bare.iter().all(|site| site.time_zone.is_none()));
}

#[tokio::test]
async fn failures_of_the_service_say_what_they_are() {
    let limited = failure(Reply::json(json!({"error": "Too Many Requests"})).status(429)).await;
    assert!(limited.is_rate_limited(), "{limited:?}");
    let unauthorized = failure(Reply::json(json!({"error": "Unauthorized"})).status(401)).await;
    assert!(unauthorized.as_call().unwrap().is_unauthorized(), "{unauthorized:?}");
    let down = failure(Reply::empty(503)).await;
    assert_eq!(down.as_call().unwrap().status(), Some(status(503)));
    let unreadable = failure(Reply::json(json!({"reads": 3}))).await;
    assert!(
        matches!(unreadable.as_call(), Some(Error::Decode { .. })),
        "{unreadable:?}"
    );
}

#[tokio::test]
async fn reads_that_make_no_series_are_an_error() {
    let at = datetime!(2026-04-21 14:30 UTC);
    let twice = json!([property_read(at, 5.0, 1.0), property_read(at, 6.0, 2.0)]);
    let error = failure(Reply::json(twice)).await;
    assert!(matches!(error, SourceError::Data { .. }), "{error:?}");

    let mut never = property_read(at, 5.0, 1.0);
    never["time_stamping"] = json!("2026-03-08T02:30:00");
    let error = failure(Reply::json(json!([never]))).await;
    assert!(matches!(error, SourceError::Data { .. }), "{error:?}");
    assert!(error.to_string().contains("never came"), "{error}");
}

#[tokio::test]
async fn the_scope_is_named_and_checked_with_the_token() {
    let server = Server::with_logins([token("tok-1", "property:info:read")], [Reply::json(morning())]).await;
    let login = Credentials::application(application(), scopes("property:info:read meter:reads:read"));
    let source = IntellimeterSource::new(server.client(login)).in_zone(toronto());
    let needed = Requirement::Permission("meter:reads:read".to_owned());
    for capability in source.capabilities().all() {
        assert_eq!(capability.requires_any, std::slice::from_ref(&needed));
        assert_eq!(capability.direction, Some(Direction::Consumption));
        assert_eq!((capability.back, capability.ahead), (Reach::Unlimited, Reach::Nothing));
    }
    // What a token has is known once there is one.
    assert_eq!(source.account().granted(), None);
    let error = source
        .readings(&site(), &Question::consumption(last_hours(1)))
        .await
        .unwrap_err();
    assert!(matches!(error.as_call(), Some(Error::Refused { .. })), "{error:?}");
    assert!(error.to_string().contains("meter:reads:read"), "{error}");
    assert_eq!(server.calls().len(), 0);
}
