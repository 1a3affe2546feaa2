//! A site whose every interval and day is known by arithmetic, and sources that ask about it.
#![cfg(feature = "unified")]

use energy_core::model::{Direction, Interval, Quantity, ScopeLevel, Site, TimeZone};
use energy_core::source::{AnySeries, DAY, Question, Source};
use energy_core::time::macros::format_description;
use energy_core::time::{Date, Duration, OffsetDateTime};
use enphase::v4::{Client, EnphaseSource, Plan};
use enphase::{RetryPolicy, StoredToken};
use serde_json::{Value, json};

use crate::v4_service::{ACCESS, Asked, NOW, Reply, SYSTEM, Service, credentials, ok, refusal};

pub(crate) const FIVE_MINUTES: std::time::Duration = std::time::Duration::from_secs(300);
pub(crate) const QUARTER: std::time::Duration = std::time::Duration::from_secs(900);
pub(crate) const MICROS: [&str; 3] = ["482311000012", "482311000029", "482311000036"];

/// The site of the tests, as a source lists it.
pub(crate) fn site() -> Site {
    Site::new(SYSTEM.to_string()).with_time_zone(TimeZone::named("Europe/Berlin"))
}

/// So many days up to the last full hour.
pub(crate) fn back(days: i64) -> Interval {
    let end = NOW.replace_minute(0).unwrap().replace_second(0).unwrap();
    Interval::new(end - Duration::days(days), end).unwrap()
}

/// A service that answers as documented.
pub(crate) fn service() -> Service {
    Service::by(|asked, _| answer(asked))
}

/// A source whose login says no plan.
pub(crate) fn source(service: &Service) -> EnphaseSource {
    EnphaseSource::new(client(service))
}

/// A client that sends once.
pub(crate) fn client(service: &Service) -> Client {
    let login = credentials(StoredToken::new(ACCESS));
    service.builder(login).retry(RetryPolicy::none()).build().unwrap()
}

pub(crate) fn source_on(service: &Service, plan: Plan) -> EnphaseSource {
    EnphaseSource::new(client_on(service, plan))
}

pub(crate) fn client_on(service: &Service, plan: Plan) -> Client {
    let login = credentials(StoredToken::new(ACCESS)).plan(plan);
    service.builder(login).retry(RetryPolicy::none()).build().unwrap()
}

/// Asks, checks that as many calls were sent as were planned, and gives the answer and what was sent.
pub(crate) async fn ask(question: &Question) -> (Vec<AnySeries>, Vec<Asked>) {
    let service = service();
    let plan = source(&service).plan(&site(), question).unwrap();
    let (calls, operations) = (plan.calls() as usize, plan.operations().to_vec());
    assert_eq!(service.count(), 0, "a plan sends nothing");
    let series = plan.run().await.unwrap();
    let asked = service.asked();
    assert_eq!(asked.len(), calls, "{question}");
    for asked in &asked {
        let [of] = operations.as_slice() else {
            panic!("{operations:?}");
        };
        let end = of.operation.path.rsplit('/').next().unwrap();
        assert_eq!(asked.url.path().rsplit('/').next(), Some(end));
    }
    (series, asked)
}

pub(crate) async fn one(question: &Question) -> (AnySeries, Vec<Asked>) {
    let (mut series, asked) = ask(question).await;
    assert_eq!(series.len(), 1);
    (series.remove(0), asked)
}

/// Energy in a direction, by five minutes, a quarter of an hour or days.
pub(crate) fn energy(
    level: ScopeLevel,
    direction: Direction,
    interval: Interval,
    resolution: std::time::Duration,
) -> Question {
    Question::new(Quantity::ActiveEnergy, level, interval)
        .with_direction(direction)
        .with_resolution(resolution)
}

pub(crate) fn daily_production(interval: Interval) -> Question {
    Question::production(interval).with_resolution(DAY)
}

/// The energies, missing ones too.
pub(crate) fn energies(series: &AnySeries) -> Vec<Option<f64>> {
    let points = series.energy().unwrap().points();
    points.iter().map(|point| point.value.map(|energy| energy.0)).collect()
}

/// The day of a parameter such as `start_date`.
pub(crate) fn date(asked: &Asked, name: &str) -> Date {
    let text = asked.parameter(name).unwrap();
    Date::parse(&text, format_description!("[year]-[month]-[day]")).unwrap()
}

/// What is asked for last in a path.
pub(crate) fn resource(asked: &Asked) -> String {
    let path = asked.url.path();
    path.split_once(&format!("/{SYSTEM}/"))
        .map_or(path, |(_, resource)| resource)
        .to_owned()
}

fn answer(asked: &Asked) -> Reply {
    let resource = resource(asked);
    if resource.ends_with("_lifetime") {
        return lifetime(asked);
    }
    let start = asked.number("start_at").unwrap();
    let length = match asked.parameter("granularity").as_deref() {
        Some("day") => 86_400,
        Some("week") => 7 * 86_400,
        other => unreachable!("{other:?}"),
    };
    let now = NOW.unix_timestamp();
    if start > now {
        return refusal(422, "Requested date is in the future");
    }
    let end = now.min(start + length);
    let step = match resource.contains("micro") {
        true => 300,
        false => 900,
    };
    let mut body = json!({
        "system_id": SYSTEM, "granularity": asked.parameter("granularity"), "start_at": start, "end_at": end,
    });
    if resource == "devices/micros/telemetry" {
        let devices =
            MICROS.map(|serial| json!({"serial_number": serial, "intervals": intervals(&resource, start, end, step)}));
        body["total_devices"] = MICROS.len().into();
        body["devices"] = devices.into_iter().collect();
    } else {
        body["total_devices"] = 2.into();
        body["intervals"] = intervals(&resource, start, end, step);
    }
    ok(body)
}

/// The intervals that end after `start` and no later than `end`, with what the resource has.
fn intervals(resource: &str, start: i64, end: i64, step: i64) -> Value {
    let ends = (start / step + 1..=end / step).map(|number| number * step);
    ends.map(|at| {
        let energy = at / step % 400;
        match resource.rsplit('/').next() {
            Some("production_meter") => json!({"end_at": at, "wh_del": energy, "devices_reporting": 2}),
            Some("consumption_meter") => json!({"end_at": at, "enwh": energy, "devices_reporting": 2}),
            Some("energy_import_telemetry") => json!({"end_at": at, "wh_imported": energy}),
            Some("energy_export_telemetry") => json!({"end_at": at, "wh_exported": energy}),
            Some("battery") => json!({
                "end_at": at, "charge": {"enwh": energy}, "discharge": {"enwh": energy + 1},
                "soc": {"percent": energy % 101, "devices_reporting": 2},
            }),
            _ => json!({"end_at": at, "enwh": energy, "powr": energy * 12, "devices_reporting": 2}),
        }
    })
    .collect()
}

fn lifetime(asked: &Asked) -> Reply {
    let (first, last) = (date(asked, "start_date"), date(asked, "end_date"));
    let numbers: Vec<i32> = (first.to_julian_day()..=last.to_julian_day()).collect();
    ok(json!({
        "system_id": SYSTEM, "start_date": asked.parameter("start_date"), "production": numbers,
        "consumption": numbers, "import": numbers, "export": numbers, "charge": numbers, "discharge": numbers,
        "meta": meta(NOW),
    }))
}

pub(crate) fn meta(reported: OffsetDateTime) -> Value {
    let reported = reported.unix_timestamp();
    json!({"status": "normal", "last_report_at": reported, "last_energy_at": reported, "operational_at": 1_500_000_000})
}
