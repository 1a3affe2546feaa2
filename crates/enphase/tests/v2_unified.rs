//! v2 as a source: which calls answer a question, and what the answers are.
#![cfg(feature = "unified")]

use std::time::Duration as Length;

use energy_core::limit::Limiter;
use energy_core::model::{Direction, Interval, Quality, Quantity, Scope, ScopeLevel, Shortfall, Site, ValueKind};
use energy_core::source::{AnySeries, DAY, Instead, Question, Source, SourceError};
use enphase::v2::*;
use enphase::{RetryPolicy, TimeZone};
use serde_json::{Value, json};
use time::macros::{date, datetime};
use time::{Date, Duration};

use crate::v2_support::*;

const FIVE_MINUTES: Length = Length::from_secs(300);
const QUARTER: Length = Length::from_secs(900);

fn eastern() -> Site {
    Site::new(SYSTEM.to_string()).with_time_zone(TimeZone::named("US/Eastern"))
}

/// So many days up to 14:00.
fn back(days: i64) -> Interval {
    let end = datetime!(2021-11-08 14:00 UTC);
    Interval::new(end - Duration::days(days), end).unwrap()
}

/// A source that counts no quota.
fn source(server: &Server) -> EnlightenSystemsSource {
    let client = server.builder().retry(RetryPolicy::none()).limiter(Limiter::off());
    EnlightenSystemsSource::new(client.build().unwrap())
}

fn text(sent: &Sent, name: &str) -> String {
    let (_, rest) = sent.line.split_once(&format!("{name}=")).unwrap();
    rest.split(['&', ' ']).next().unwrap().to_owned()
}

fn resource(sent: &Sent) -> String {
    let (_, rest) = sent.line.split_once(&format!("/{SYSTEM}/")).unwrap();
    rest.split('?').next().unwrap().to_owned()
}

/// A system that reports until now and answers as documented: rounded down, at most as long as it gives at a time.
fn answer(sent: &Sent) -> Reply {
    let mut meta = meta();
    meta["last_report_at"] = NOW.unix_timestamp().into();
    meta["last_energy_at"] = NOW.unix_timestamp().into();
    if let Some(resource) = Some(resource(sent)).filter(|resource| resource.ends_with("_lifetime")) {
        let days = [9_120, 8_844, 0];
        let series = resource.strip_suffix("_lifetime").unwrap();
        let list = if series == "energy" { "production" } else { series };
        let start = text(sent, "start_date");
        let mut body = json!({"system_id": SYSTEM, "start_date": start, "meta": meta});
        body[list] = json!(days);
        return Reply::json(body);
    }
    let (step, longest) = match resource(sent).as_str() {
        "stats" => (300, 86_400),
        _ => (900, 7 * 86_400),
    };
    let floor = |at: i64| at - at % step;
    let start = floor(sent.number("start_at").unwrap());
    let end = floor(sent.number("end_at").unwrap()).min(start + longest);
    let ends = (start / step + 1..=end / step).map(|number| number * step);
    let intervals: Vec<Value> = ends
        .map(|at| {
            let energy = at / step % 300;
            json!({"end_at": at, "powr": energy * 12, "enwh": energy, "wh_del": energy, "devices_reporting": 2})
        })
        .collect();
    let channel = json!([{"channel": 1, "end_at": end, "wh_del": 7.5, "curr_w": 30}]);
    let meters = json!([{"meter_serial_number": "1EIM1", "envoy_serial_number": "1", "intervals": channel}]);
    Reply::json(json!({
        "system_id": SYSTEM, "total_devices": 2, "meta": meta, "intervals": intervals, "meter_intervals": meters,
    }))
}

/// Asks, and checks that as many calls were sent as were planned.
async fn one(question: &Question) -> (AnySeries, Vec<Sent>) {
    let server = Server::by(|sent, _| answer(sent)).await;
    let plan = source(&server).plan(&eastern(), question).unwrap();
    let calls = plan.calls() as usize;
    assert!(server.sent().is_empty(), "a plan sends nothing");
    let mut series = plan.run().await.unwrap();
    assert_eq!((server.sent().len(), series.len()), (calls, 1), "{question}");
    (series.remove(0), server.sent())
}

#[tokio::test]
async fn each_question_goes_where_it_is_cheapest() {
    use Direction::{Consumption, Production};
    let rows = [
        (ScopeLevel::Pv, Scope::Pv, Production, FIVE_MINUTES, "stats", 16),
        (
            ScopeLevel::Site,
            Scope::Site,
            Consumption,
            QUARTER,
            "consumption_stats",
            3,
        ),
        (ScopeLevel::Pv, Scope::Pv, Production, DAY, "energy_lifetime", 1),
        (
            ScopeLevel::Site,
            Scope::Site,
            Consumption,
            DAY,
            "consumption_lifetime",
            1,
        ),
    ];
    for (level, scope, direction, step, expected, calls) in rows {
        let question = Question::new(Quantity::ActiveEnergy, level, back(16))
            .with_direction(direction)
            .with_resolution(step);
        let (series, sent) = one(&question).await;
        assert_eq!(sent.len(), calls, "{expected}");
        assert!(sent.iter().all(|sent| resource(sent) == expected), "{expected}");
        let info = series.info();
        assert_eq!(
            (&info.scope, info.direction, info.step),
            (&scope, Some(direction), Some(step))
        );
        assert_eq!(
            (info.quantity, info.kind),
            (Quantity::ActiveEnergy, ValueKind::IntervalSum)
        );
        assert_eq!(info.time_zone, eastern().time_zone);
        let source = info.source.as_ref().unwrap();
        assert_eq!(
            (source.resource.as_deref(), source.fetched_at),
            (Some(expected), Some(NOW))
        );
        let points = if step == DAY {
            3
        } else {
            16 * 86_400 / step.as_secs() as usize
        };
        assert_eq!(series.len(), points, "{expected}");
    }
}

#[tokio::test]
async fn values_are_those_of_the_answers_themselves() {
    let day = back(1);
    let (energy, _) = one(&Question::production(day).with_resolution(FIVE_MINUTES)).await;
    let (power, sent) = one(&Question::new(Quantity::ActivePower, ScopeLevel::Pv, day)).await;
    assert_eq!(resource(&sent[0]), "stats");
    let server = Server::by(|sent, _| answer(sent)).await;
    let request = GetStats::new(SYSTEM).start_at(day.start()).end_at(day.end());
    let own = server.client().send(&request).await.unwrap();
    assert_eq!(energy.energy().unwrap().points(), own.energy().unwrap().points());
    assert_eq!(power.interval_power().unwrap().points(), own.power().unwrap().points());
    assert_eq!(power.info().kind, ValueKind::IntervalMean);
}

/// On 2021-11-07 the clocks went back: 25 hours are more than one answer of five minutes covers.
#[tokio::test]
async fn a_day_of_25_hours_is_whole() {
    let day = eastern().time_zone.unwrap().day(date!(2021 - 11 - 07)).unwrap();
    let (days, sent) = one(&Question::production(day).with_resolution(DAY)).await;
    assert_eq!(
        (text(&sent[0], "start_date"), text(&sent[0], "end_date")),
        ("2021-11-07".into(), "2021-11-07".into())
    );
    assert_eq!(days.energy().unwrap().points()[0].interval, day);
    let (series, sent) = one(&Question::production(day).with_resolution(FIVE_MINUTES)).await;
    assert_eq!((sent.len(), series.len()), (2, 25 * 12));
}

#[tokio::test]
async fn days_end_today_and_gaps_stay_gaps() {
    let question = Question::production(Interval::new(back(2).start(), NOW + Duration::days(9)).unwrap());
    let (days, sent) = one(&question).await;
    assert_eq!(
        (text(&sent[0], "start_date"), text(&sent[0], "end_date")),
        ("2021-11-06".into(), "2021-11-08".into())
    );
    let values: Vec<_> = days
        .energy()
        .unwrap()
        .points()
        .iter()
        .map(|point| point.value.map(|energy| energy.0))
        .collect();
    assert_eq!(values, [Some(9_120.0), Some(8_844.0), Some(0.0)]);
    assert_eq!(days.energy().unwrap().points()[2].quality, Quality::PARTIAL);
}

/// 204 for days, and words for intervals: neither is an error, and neither is zero.
#[tokio::test]
async fn a_system_without_a_meter_has_empty_series() {
    let words = json!({"message": "The given system does not contain any active and enabled consumption meter"});
    for (resolution, reply) in [(DAY, Reply::empty(204)), (QUARTER, Reply::json(words).status(422))] {
        let server = Server::answering(reply).await;
        let question = Question::consumption(back(3)).with_resolution(resolution);
        let series = source(&server).readings(&eastern(), &question).await.unwrap();
        assert_eq!((series.len(), series[0].len()), (1, 0));
        let info = series[0].info();
        assert_eq!(
            (&info.scope, info.direction, info.step),
            (&Scope::Site, Some(Direction::Consumption), Some(resolution))
        );
    }
}

#[tokio::test]
async fn what_there_is_not_is_refused_before_any_call() {
    let server = Server::answering(Reply::empty(500)).await;
    let source = source(&server);
    assert_eq!(source.account().granted(), None);
    let nearest = |question: &Question| match source.plan(&eastern(), question).unwrap_err() {
        SourceError::Refused(refusal) => match refusal.instead {
            Instead::Nearest { lacks, .. } => lacks,
            other => panic!("{other:?}"),
        },
        other => panic!("{other}"),
    };
    let inverters = Question::new(Quantity::ActiveEnergy, ScopeLevel::Inverter, back(1));
    assert_eq!(nearest(&inverters), [Shortfall::Level]);
    let minutes = Question::production(back(1)).with_resolution(Length::from_secs(60));
    assert_eq!(nearest(&minutes), [Shortfall::Resolution]);
    let old = Question::new(Quantity::ActivePower, ScopeLevel::Pv, back(366));
    assert_eq!(nearest(&old), [Shortfall::Back]);
    let plan = source.plan(&eastern(), &Question::production(back(366))).unwrap();
    assert_eq!(plan.calls(), 1, "days reach back any time");
    let zoneless = source
        .plan(&Site::new("17"), &Question::production(back(1)))
        .unwrap_err();
    assert!(matches!(zoneless, SourceError::Site { .. }), "{zoneless}");
    assert!(server.sent().is_empty());
}

#[tokio::test]
async fn what_the_service_refuses_comes_through_as_it_is() {
    let period_end = NOW.unix_timestamp() + 50;
    let limit = json!({"reason": "409", "message": ["Usage limit exceeded for plan Watt"], "period": "minute",
        "period_start": period_end - 60, "period_end": period_end, "limit": 10});
    let server = Server::answering(Reply::json(limit).status(409)).await;
    let error = source(&server)
        .readings(&eastern(), &Question::production(back(3)))
        .await
        .unwrap_err();
    assert!(error.is_rate_limited(), "{error}");
    assert_eq!(
        error.retry_at().map(time::OffsetDateTime::unix_timestamp),
        Some(period_end)
    );
    let refusal = json!({"reason": "401", "message": ["Not authorized to access requested resource"]});
    let server = Server::answering(Reply::json(refusal).status(401)).await;
    let error = source(&server).sites().await.unwrap_err();
    assert!(error.as_call().unwrap().is_unauthorized(), "{error}");
}

#[tokio::test]
async fn sites_are_asked_for_by_the_thousand_and_told_once() {
    let server = Server::by(|sent, _| {
        assert_eq!(sent.number("limit"), Some(1_000));
        let mut second = system();
        second["system_id"] = 733_109.into();
        second["timezone"] = Value::Null;
        match sent.line.contains("next=") {
            false => Reply::json(json!({"systems": [system()], "next": "b2"})),
            true => Reply::json(json!({"systems": [system(), second]})),
        }
    })
    .await;
    let sites = source(&server).sites().await.unwrap();
    let named = |id: u64| Site::new(id.to_string()).with_name("Quarry Row 5");
    let first = named(SYSTEM).with_time_zone(TimeZone::named("US/Eastern"));
    assert_eq!(sites, [first, named(733_109)]);
    assert_eq!(server.sent().len(), 2);
}

/// Midnight of a site's day is its own.
#[tokio::test]
async fn days_are_the_sites() {
    for (zone, first) in [
        ("US/Eastern", date!(2021 - 11 - 06)),
        ("Asia/Tokyo", date!(2021 - 11 - 07)),
    ] {
        let server = Server::by(|sent, _| answer(sent)).await;
        let site = Site::new(SYSTEM.to_string()).with_time_zone(TimeZone::named(zone));
        let interval = Interval::new(datetime!(2021-11-06 16:00 UTC), datetime!(2021-11-07 16:00 UTC)).unwrap();
        source(&server)
            .readings(&site, &Question::production(interval))
            .await
            .unwrap();
        let last: Date = first.next_day().unwrap();
        let sent = server.one();
        assert_eq!(
            (text(&sent, "start_date"), text(&sent, "end_date")),
            (first.to_string(), last.to_string())
        );
    }
}
