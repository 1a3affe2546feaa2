//! v4 as a source: which days there are, and which of them are whole.
#![cfg(feature = "unified")]

use energy_core::clock::ManualClock;
use energy_core::model::{Direction, Interval, Quality, ScopeLevel};
use energy_core::source::{AnySeries, DAY, Question, Source};
use energy_core::time::macros::{date, datetime};
use energy_core::time::{Date, Duration, OffsetDateTime};
use serde_json::{Value, json};

use crate::v4_service::*;
use crate::v4_source::*;

/// 04:00 in Berlin, before sunrise.
const BEFORE_SUNRISE: OffsetDateTime = datetime!(2026-06-18 02:00 UTC);
/// When the modules of the site stopped the evening before.
const SUNSET: OffsetDateTime = datetime!(2026-06-17 19:25 UTC);

#[tokio::test]
async fn days_at_a_change_of_the_clocks_are_whole() {
    // Local days of 23 and of 25 hours, and what is asked for them by day and by five minutes.
    for (day, hours, granularity) in [(date!(2026 - 03 - 29), 23, "day"), (date!(2025 - 10 - 26), 25, "week")] {
        let interval = site().time_zone.unwrap().day(day).unwrap();
        let (days, asked) = one(&daily_production(interval)).await;
        assert_eq!((date(&asked[0], "start_date"), date(&asked[0], "end_date")), (day, day));
        let points = days.energy().unwrap().points();
        assert_eq!((points.len(), points[0].interval), (1, interval));
        let (series, asked) = one(&Question::production(interval).with_resolution(FIVE_MINUTES)).await;
        assert_eq!((asked.len(), series.len()), (1, hours * 12));
        assert_eq!(asked[0].parameter("granularity").as_deref(), Some(granularity));
    }
}

/// In Auckland it is tomorrow already, in Honolulu still yesterday.
#[tokio::test]
async fn today_is_that_of_the_site() {
    for (now, zone, today) in [
        (
            datetime!(2026-06-18 13:00 UTC),
            "Pacific/Auckland",
            date!(2026 - 06 - 19),
        ),
        (
            datetime!(2026-06-18 09:00 UTC),
            "Pacific/Honolulu",
            date!(2026 - 06 - 17),
        ),
    ] {
        let mut service = service();
        service.clock = ManualClock::new(now);
        let mut site = site();
        site.time_zone = Some(enphase::TimeZone::named(zone));
        let question = daily_production(Interval::new(now - Duration::days(3), now + Duration::days(3)).unwrap());
        source(&service).readings(&site, &question).await.unwrap();
        let asked = service.asked();
        let first: Date = date(&asked[0], "start_date");
        assert_eq!((date(&asked[0], "end_date"), first), (today, today - Duration::days(3)));
    }
}

/// A service that tells three days from 2026-06-16 on.
fn telling(days: [i64; 3], meta: Option<Value>, now: OffsetDateTime) -> Service {
    let mut service = Service::by(move |_, _| {
        let mut body = json!({
            "system_id": SYSTEM, "start_date": "2026-06-16", "production": days, "consumption": days,
        });
        if let Some(meta) = &meta {
            body["meta"] = meta.clone();
        }
        ok(body)
    });
    service.clock = ManualClock::new(now);
    service
}

/// The two days before, and today as far as it is over.
fn until(now: OffsetDateTime) -> Interval {
    Interval::new(datetime!(2026-06-15 22:00 UTC), now).unwrap()
}

fn used(now: OffsetDateTime) -> Question {
    energy(ScopeLevel::Site, Direction::Consumption, until(now), DAY)
}

fn partial(series: &AnySeries) -> Vec<bool> {
    let points = series.energy().unwrap().points();
    points
        .iter()
        .map(|point| point.quality.contains(Quality::PARTIAL))
        .collect()
}

/// What was used since midnight is there before anything was produced.
#[tokio::test]
async fn today_is_partial_before_the_first_energy_of_the_day() {
    let service = telling([8_120, 7_944, 630], Some(meta(SUNSET)), BEFORE_SUNRISE);
    let days = source(&service).readings(&site(), &used(BEFORE_SUNRISE)).await.unwrap();
    assert_eq!(energies(&days[0]), [Some(8_120.0), Some(7_944.0), Some(630.0)]);
    let partial = partial(&days[0]);
    assert_eq!((partial[0], partial[2]), (false, true));
}

#[tokio::test]
async fn today_is_partial_where_the_service_says_nothing_of_its_reports() {
    let service = telling([8_120, 7_944, 630], None, BEFORE_SUNRISE);
    for question in [used(BEFORE_SUNRISE), daily_production(until(BEFORE_SUNRISE))] {
        let days = source(&service).readings(&site(), &question).await.unwrap();
        assert_eq!(partial(&days[0]), [false, false, true], "{question}");
    }
}

/// No part of a day is known whose value is missing.
#[tokio::test]
async fn what_is_missing_today_is_not_partial() {
    let service = telling([8_120, 7_944, 0], Some(meta(SUNSET)), BEFORE_SUNRISE);
    let question = daily_production(until(BEFORE_SUNRISE));
    let days = source(&service).readings(&site(), &question).await.unwrap();
    assert_eq!(energies(&days[0]), [Some(8_120.0), Some(7_944.0), None]);
    assert!(!partial(&days[0])[2]);
}

/// The clock says which day is today when the answer comes, and not when it was planned.
#[tokio::test]
async fn a_day_is_whole_from_its_end_on() {
    let midnight = datetime!(2026-06-18 22:00 UTC);
    for (wait, expected) in [(1, true), (2, false)] {
        let service = telling([8_120, 7_944, 6_301], None, midnight - Duration::seconds(2));
        let source = source(&service);
        let plan = source.plan(&site(), &used(midnight)).unwrap();
        service.clock.advance(std::time::Duration::from_secs(wait));
        let days = plan.run().await.unwrap();
        assert_eq!(partial(&days[0]), [false, false, expected]);
    }
}
