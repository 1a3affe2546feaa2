//! The edges of what is known: plants without data, days to come, the end of a day.
#![cfg(feature = "unified")]

use energy_core::model::{Direction, Quality, Quantity, Scope, ScopeLevel, ValueKind, WattHours};
use energy_core::source::{DAY, Question};
use energy_core::time::macros::datetime;
use serde_json::{Value, json};
use solarlog_enerest::*;

use crate::support::NOW;
use crate::support::entities::*;
use crate::unified::*;

#[tokio::test]
async fn what_has_not_begun_is_not_in_the_answer() {
    let mut days = month_of_may();
    days[0]["dataPoints"]["2026-05-13T00:00:00+02:00"] = json!(0);
    days[0]["dataPoints"]["2026-05-14T00:00:00+02:00"] = Value::Null;
    let months = json!({
        "2026-04-01T00:00:00+02:00": 1_912_300, "2026-05-01T00:00:00+02:00": 640_700,
        "2026-06-01T00:00:00+02:00": 0, "2026-07-01T00:00:00+02:00": null,
    });
    let months = of_plant("ProdEtotal", "Wh", "2026-04-01", months);
    let rest_of_may = between(datetime!(2026-05-11 0:00 +2), datetime!(2026-06-01 0:00 +2));
    let rest_of_the_year = between(datetime!(2026-04-01 0:00 +2), datetime!(2027-01-01 0:00 +1));
    let expected = [
        (days, rest_of_may, DAY, [71_234.0, 9_870.0]),
        (months, rest_of_the_year, MONTH, [1_912_300.0, 640_700.0]),
    ];
    for (answer, interval, resolution, energy) in expected {
        let server = answering([answer]).await;
        let question = Question::production(interval).with_resolution(resolution);
        let series = only(ask(&server, Package::Basic, &question).await);
        assert_eq!(values(&series), energy.map(|energy| Some(WattHours(energy))));
        let last = series.energy().unwrap().points()[1];
        assert_eq!(last.quality, Quality::PARTIAL, "it has begun and is not over");
    }
}

#[tokio::test]
async fn a_plant_without_data_has_one_series_without_points() {
    let energy = |resolution| {
        let question = Question::production(yesterday()).with_resolution(resolution);
        (question, Quantity::ActiveEnergy, ValueKind::IntervalSum, resolution)
    };
    let power = Question::new(Quantity::ActivePower, ScopeLevel::Pv, yesterday());
    let asked = [
        (energy(YEAR), "ProdEtotal"),
        (energy(MONTH), "ProdEtotal"),
        (energy(DAY), "ProdEtotal"),
        (energy(FIVE_MINUTES), "ProdPac"),
        (
            (power, Quantity::ActivePower, ValueKind::Instant, FIVE_MINUTES),
            "ProdPac",
        ),
    ];
    for ((question, quantity, kind, step), channel) in asked {
        let server = answering([json!([])]).await;
        let series = only(ask(&server, Package::Basic, &question).await);
        assert!(series.is_empty(), "{series:?}");
        let info = series.info();
        assert_eq!((&info.scope, info.quantity, info.kind), (&Scope::Pv, quantity, kind));
        assert_eq!((info.step, info.direction), (Some(step), Some(Direction::Production)));
        assert_eq!(info.time_zone, Some(berlin()));
        let from = info.source.as_ref().unwrap();
        assert_eq!(
            (from.resource.as_deref(), from.fetched_at),
            (Some(channel), Some(NOW)),
            "{question}"
        );
    }
}

#[tokio::test]
async fn a_day_reaches_its_end_where_the_next_midnight_is_at_hand() {
    let of_day = |day: &str, points: Value| record(PLANT, "Plant", "ProdPac", "W", day, points);
    let dated = of_day(
        "2026-05-11",
        json!({"2026-05-11T23:55:00+02:00": 120, "2026-05-12T00:00:00+02:00": 240}),
    );
    let mut undated = dated.clone();
    undated["date"] = Value::Null;
    let evening = of_day("2026-05-11", json!({"2026-05-11T23:55:00+02:00": 120}));
    let next_day = json!({"2026-05-12T00:00:00+02:00": 240, "2026-05-12T00:05:00+02:00": 360});
    let next_day = of_day("2026-05-12", next_day);
    for answer in [json!([dated]), json!([undated]), json!([evening, next_day])] {
        let server = answering([answer.clone()]).await;
        let question = Question::production(yesterday()).with_resolution(FIVE_MINUTES);
        let series = only(ask(&server, Package::Basic, &question).await);
        assert_eq!(values(&series), [Some(WattHours(15.0))], "{answer}");
        assert_eq!(series.energy().unwrap().span().unwrap().end(), yesterday().end());
        assert!(lines(&server)[0].ends_with("&dateFrom=2026-05-11&dateTo=2026-05-11"));

        let server = answering([answer]).await;
        let question = Question::new(Quantity::ActivePower, ScopeLevel::Pv, yesterday());
        let series = only(ask(&server, Package::Basic, &question).await);
        let power = series.power().unwrap();
        assert_eq!(power.span().unwrap().end(), yesterday().end());
        assert_eq!(power.len(), 2, "what came later was not asked for");
    }
}
