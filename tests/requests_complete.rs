//! The samples of requests are complete, and right: their arguments pass the checks, and the answers that the
//! descriptions show are read.

use std::sync::Arc;
use std::time::Duration;

use energy_core::clock::ManualClock;
use energy_core::http::StatusCode;
use energy_tests::described::Described;
use energy_tests::requests::{Answer, Answering, NOW, Place, SERVICES, Sample};
use xtask::description::Description;

#[test]
fn each_operation_has_a_sample() {
    for service in SERVICES {
        let operations: Vec<_> = service.operations.iter().map(|operation| operation.id).collect();
        let samples: Vec<_> = (service.samples)().iter().map(|sample| sample.operation.id).collect();
        assert_eq!(samples, operations, "{}", service.name);
        let description = Description::load(&xtask::workspace::root(), service.description).unwrap();
        let described: Vec<_> = description.operations.iter().map(|operation| &operation.id).collect();
        assert_eq!(operations, described, "{}", service.name);
    }
}

/// A service in memory, and where it is.
fn memory(answering: Answering) -> (Place, Arc<Answering>) {
    let answering = Arc::new(answering);
    let place = Place {
        origin: "https://service.example".to_owned(),
        transport: Some(answering.clone()),
        clock: ManualClock::new(NOW),
        timeout: Duration::from_secs(30),
    };
    (place, answering)
}

/// Sends a sample to a service in memory, or says what went wrong.
async fn send_once(sample: &Sample, answering: Answering) -> Result<(), String> {
    let (place, answering) = memory(answering);
    let heard = sample.send(&place).await.map_err(|error| error.to_string())?;
    let asked = answering.asked();
    if heard.attempts.is_some_and(|attempts| attempts != 1) || asked.operations.len() != 1 {
        return Err(format!("sent more than once: {heard:?}, {asked:?}"));
    }
    Ok(())
}

#[tokio::test]
async fn each_sample_succeeds_with_the_answer_that_is_described() {
    let mut failed = Vec::new();
    for service in SERVICES {
        let described = Described::load(service.description);
        for sample in (service.samples)() {
            let operation = sample.operation.id;
            let example = described
                .example(operation)
                .unwrap_or_else(|| panic!("{operation} never succeeds"));
            let answering = Answering::new(Answer::shown(example), service.tokens);
            if let Err(why) = send_once(&sample, answering).await {
                failed.push(format!("{}: {operation}: {why}", service.name));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[tokio::test]
async fn each_login_with_tokens_asks_for_the_next_one_where_the_service_gives_them_out() {
    let with_tokens = SERVICES.iter().filter(|service| service.tokens.is_some());
    for service in with_tokens.clone() {
        let sample = &(service.samples)()[0];
        let refusal = Answer {
            status: StatusCode::UNAUTHORIZED,
            ..Answer::default()
        };
        let (place, answering) = memory(Answering::new(refusal, service.tokens));
        let error = sample.send(&place).await.unwrap_err();
        assert!(error.is_unauthorized(), "{}: {error}", service.name);
        assert_eq!(answering.asked().operations.len(), 2, "{}", service.name);
        // Solar-Log's has none to begin with.
        let tokens = if service.name == "Solar-Log Enerest" { 2 } else { 1 };
        assert_eq!(answering.asked().tokens.len(), tokens, "{}", service.name);
    }
    assert_eq!(with_tokens.count(), 3);
}
