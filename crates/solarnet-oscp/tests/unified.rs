//! The API as a source among others: it has no readings, and says so without a call.
#![cfg(feature = "unified")]

use energy_core::model::{Interval, Quantity, ScopeLevel, Site};
use energy_core::source::{Instead, Question, Source};
use energy_core::time::Duration;
use solarnet_oscp::SolarNetworkSource;

use crate::support::{NOW, Service};

#[tokio::test]
async fn every_question_is_refused_without_a_call() {
    let service = Service::untouched().await;
    let source = SolarNetworkSource::new(service.client());
    let interval = Interval::new(NOW - Duration::days(1), NOW).unwrap();
    let questions = [
        Question::production(interval),
        Question::consumption(interval),
        Question::new(Quantity::ActivePower, ScopeLevel::Meter, interval),
    ];
    for question in questions {
        let error = source.readings(&Site::new("1"), &question).await.unwrap_err();
        let refusal = error.as_refusal().unwrap();
        assert_eq!(refusal.provider, "solarnet-oscp");
        assert_eq!(refusal.question.as_ref(), Some(&question));
        assert_eq!(refusal.instead, Instead::Other(Vec::new()));
    }
    let forecast = source.forecast(&Site::new("1")).await.unwrap_err();
    assert_eq!(
        forecast.to_string(),
        "solarnet-oscp makes no forecasts; it has no series at all"
    );
    assert!(source.sites().await.unwrap().is_empty());
    assert!(source.capabilities().all().is_empty());
    assert!(service.sent().is_empty());
}
