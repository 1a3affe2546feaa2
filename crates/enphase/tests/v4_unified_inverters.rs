//! v4 as a source: each microinverter by itself.
#![cfg(feature = "unified")]

use energy_core::model::{DeviceId, Quantity, Scope, ScopeLevel};
use energy_core::source::{Question, Source};
use serde_json::json;

use crate::v4_service::*;
use crate::v4_source::*;

#[tokio::test]
async fn all_microinverters_are_told_day_by_day() {
    for quantity in [Quantity::ActiveEnergy, Quantity::ActivePower] {
        let (series, asked) = ask(&Question::new(quantity, ScopeLevel::Inverter, back(2))).await;
        assert_eq!(asked.len(), 2);
        assert!(asked.iter().all(|asked| resource(asked) == "devices/micros/telemetry"));
        assert!(asked.iter().all(|asked| asked.number("size") == Some(20)));
        let scopes: Vec<_> = series.iter().map(|series| series.info().scope.clone()).collect();
        assert_eq!(scopes, MICROS.map(|serial| Scope::Inverter(DeviceId::new(serial))));
        assert!(
            series
                .iter()
                .all(|series| series.len() == 2 * 288 && series.quantity() == quantity)
        );
        assert!(series.iter().all(|series| series.info().step == Some(FIVE_MINUTES)));
    }
}

#[tokio::test]
async fn microinverters_that_are_named_are_told_week_by_week() {
    let question = Question::new(Quantity::ActiveEnergy, ScopeLevel::Inverter, back(10));
    let (series, asked) = ask(&question.with_device(MICROS[2]).with_device(MICROS[0])).await;
    assert_eq!(asked.len(), 4);
    let micro = |serial: &str| format!("devices/micros/{serial}/telemetry");
    let asked: Vec<_> = asked.iter().map(resource).collect();
    let [third, first] = [micro(MICROS[2]), micro(MICROS[0])];
    assert_eq!(asked, [third.clone(), third, first.clone(), first]);
    let scopes: Vec<_> = series.iter().map(|series| series.info().scope.clone()).collect();
    assert_eq!(
        scopes,
        [MICROS[2], MICROS[0]].map(|serial| Scope::Inverter(DeviceId::new(serial)))
    );
    assert!(series.iter().all(|series| series.known() == 10 * 288));
}

#[tokio::test]
async fn a_microinverter_that_is_named_twice_is_asked_for_once() {
    let mut question = Question::new(Quantity::ActivePower, ScopeLevel::Inverter, back(7));
    question.devices = [MICROS[2], MICROS[0], MICROS[2]].map(DeviceId::new).to_vec();
    assert_eq!(source(&service()).plan(&site(), &question).unwrap().calls(), 2);
    let (series, asked) = ask(&question).await;
    let expected = [MICROS[2], MICROS[0]];
    let asked: Vec<_> = asked.iter().map(resource).collect();
    assert_eq!(
        asked,
        expected.map(|serial| format!("devices/micros/{serial}/telemetry"))
    );
    let scopes: Vec<_> = series.iter().map(|series| series.info().scope.clone()).collect();
    assert_eq!(scopes, expected.map(|serial| Scope::Inverter(DeviceId::new(serial))));
}

/// Every day before the first answers with the first: it is told once.
#[tokio::test]
async fn microinverters_younger_than_the_question_are_told_once() {
    let first = back(1).start().unix_timestamp();
    let service = Service::by(move |asked, _| {
        let start = asked.number("start_at").unwrap().max(first);
        let intervals = json!([{"end_at": start + 300, "enwh": 7}, {"end_at": start + 600, "enwh": 8}]);
        ok(
            json!({"system_id": SYSTEM, "total_devices": 1, "page": 1, "page_size": 20, "start_at": start,
            "devices": [{"serial_number": MICROS[0], "intervals": intervals}]}),
        )
    });
    let question = Question::new(Quantity::ActiveEnergy, ScopeLevel::Inverter, back(5));
    let series = source(&service).readings(&site(), &question).await.unwrap();
    assert_eq!(service.count(), 5);
    assert_eq!(energies(&series[0]), [Some(7.0), Some(8.0)]);
}
