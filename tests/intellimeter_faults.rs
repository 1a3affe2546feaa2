//! When Intellimeter or the way to it breaks: what a program hears, what is sent again, and what does not leave.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, Uri};
use energy_core::error::{ApiErrorKind, Error};
use energy_core::transport::TransportErrorKind;
use energy_sandbox::{Fault, RequestRecord};
use energy_tests::{MORNING, World, said_by};
use intellimeter::{
    AccountInput, Client, CreateAccount, CreateFee, CreateSuite, Dollars, FeeInput, GetCompany, GetReadsByMeter,
    IntoFile, ListFees, ListSuites, ReportFormat, ReportMeters, SuiteInput,
};
use tokio::net::TcpListener;

/// Nothing that logs in is in its texts.
fn discreet(world: &World, error: &Error) -> String {
    let said = said_by(error);
    assert!(!said.contains(&world.sandbox.intellimeter().credentials().admin_client_secret));
    for request in world.sandbox.intellimeter().requests() {
        let token = request.header("authorization").and_then(|value| value.split_once(' '));
        assert!(token.is_none_or(|(_, token)| !said.contains(token)), "{said}");
    }
    said
}

/// The requests for this path.
fn sent(world: &World, path: &str) -> Vec<RequestRecord> {
    let mut requests = world.sandbox.intellimeter().requests();
    requests.retain(|request| request.path.ends_with(path));
    requests
}

/// A client that is logged in already.
async fn at_work() -> (World, Client) {
    let world = World::at(MORNING).await;
    let client = world.intellimeter();
    client.send(&ListFees::new(world.house())).await.unwrap();
    (world, client)
}

/// Reads with this fault on every attempt.
async fn reading_hit_by(fault: Fault) -> Error {
    let (world, client) = at_work().await;
    world.sandbox.intellimeter().fault(fault.times(3).on_path("/company"));
    let error = client.send(&GetCompany::new()).await.unwrap_err();
    discreet(&world, &error);
    assert_eq!(error.attempts() as usize, sent(&world, "/company").len());
    error
}

/// Creates a suite with this fault switched on.
async fn creating_hit_by(fault: Fault) -> (World, Error) {
    let (world, client) = at_work().await;
    world.sandbox.intellimeter().fault(fault.on_path("/suite"));
    let create = CreateSuite::new(world.house(), SuiteInput::new("Attic"));
    let error = client.send(&create).await.unwrap_err();
    discreet(&world, &error);
    assert_eq!(
        (error.attempts(), sent(&world, "/suite").len()),
        (1, 1),
        "sent once: {error}"
    );
    (world, error)
}

#[tokio::test]
async fn a_gateway_answers_with_a_page() {
    let error = reading_hit_by(Fault::html(502)).await;
    assert_eq!(error.attempts(), 3, "reading is tried again");
    let Error::Api(error) = error else { panic!("{error:?}") };
    assert_eq!((error.status.as_u16(), error.kind), (502, ApiErrorKind::Unavailable));
    let (_, error) = creating_hit_by(Fault::html(502)).await;
    assert!(error.is_retryable() && error.may_have_been_sent());
    let Error::Decode(error) = reading_hit_by(Fault::html(200)).await else {
        panic!("not a decode error")
    };
    assert!(error.reason.contains("JSON was expected"), "{error}");
}

#[tokio::test]
async fn json_that_breaks_off_or_is_something_else() {
    let Error::Decode(error) = reading_hit_by(Fault::truncated_json()).await else {
        panic!("not a decode error")
    };
    assert_eq!(error.attempts, 1, "it was a success");
    assert!(error.reason.contains("EOF"), "{error}");
    for fault in [Fault::truncated_json(), Fault::wrong_json()] {
        let (world, error) = creating_hit_by(fault).await;
        assert!(
            matches!(error, Error::Decode(_)) && error.may_have_been_sent(),
            "{error:?}"
        );
        let suites = world
            .intellimeter()
            .send(&ListSuites::new(world.house()))
            .await
            .unwrap();
        assert_eq!(suites.len(), 11, "the suite is there");
    }
}

#[tokio::test]
async fn reads_that_break_off_are_no_fewer_reads() {
    let (world, client) = at_work().await;
    world
        .sandbox
        .intellimeter()
        .fault(Fault::truncated_json().on_path("/read"));
    let error = client.send(&GetReadsByMeter::new()).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    assert_eq!(client.send(&GetReadsByMeter::new()).await.unwrap().0.len(), 2);
}

#[tokio::test]
async fn a_connection_is_reset() {
    for fault in [Fault::reset(), Fault::reset_in_body()] {
        let reading = reading_hit_by(fault.clone()).await;
        assert_eq!(reading.attempts(), 3);
        let (_, creating) = creating_hit_by(fault).await;
        for error in [reading, creating] {
            assert!(error.may_have_been_sent());
            let Error::Transport(error) = error else {
                panic!("{error:?}")
            };
            assert_eq!(error.source.kind, TransportErrorKind::Interrupted);
        }
    }
    let (world, client) = at_work().await;
    world.sandbox.intellimeter().fault(Fault::reset().times(2));
    let answer = client.call(&GetCompany::new()).send_full().await.unwrap();
    assert_eq!(answer.attempts, 3, "a short outage is bridged");
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_happened_once() {
    let (world, error) = creating_hit_by(Fault::lost_answer()).await;
    assert!(
        matches!(error, Error::Transport(_)) && error.may_have_been_sent(),
        "{error:?}"
    );
    let suites = world
        .intellimeter()
        .send(&ListSuites::new(world.house()))
        .await
        .unwrap();
    assert_eq!(suites.iter().filter(|suite| suite.name == "Attic").count(), 1);

    // The body of another creation holds a password, which no error may tell.
    let (world, client) = at_work().await;
    let input = AccountInput::new("a@example.com", "A", "B", "curlew-over-marsh-6");
    world
        .sandbox
        .intellimeter()
        .fault(Fault::lost_answer().on_path("/users"));
    let error = client.send(&CreateAccount::new(input)).await.unwrap_err();
    assert!(!discreet(&world, &error).contains("curlew"));
    assert_eq!(sent(&world, "/users").len(), 1);
}

#[tokio::test]
async fn no_header_follows_a_redirect_to_another_host() {
    let arrived: Arc<Mutex<Vec<HeaderMap>>> = Arc::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}/company", listener.local_addr().unwrap());
    let seen = Arc::clone(&arrived);
    let trap = Router::new().fallback(move |_: Uri, headers: HeaderMap| {
        seen.lock().unwrap().push(headers);
        std::future::ready("{}")
    });
    tokio::spawn(async move { axum::serve(listener, trap).await });

    let (world, client) = at_work().await;
    let service = world.sandbox.intellimeter();
    service.fault(Fault::redirect(&elsewhere).on_path("/company"));
    let error = client.send(&GetCompany::new()).await.unwrap_err();
    discreet(&world, &error);
    assert_eq!(error.status().unwrap().as_u16(), 302);
    // Nor do the secret and the token of a login.
    service.fault(Fault::redirect(&elsewhere).on_path("/auth"));
    let fresh = world.intellimeter();
    let error = fresh.send(&GetCompany::new()).await.unwrap_err();
    assert!(matches!(error, Error::Auth { .. }), "{error:?}");
    discreet(&world, &error);
    // A download neither.
    service.fault(Fault::redirect(&elsewhere).on_path("/reports"));
    let day = energy_core::time::macros::date!(2026 - 06 - 20);
    let report = intellimeter::GetSingleGrandTotal::new(world.house(), day, ReportMeters::ALL);
    let (file, mut written) = (report.into_file(ReportFormat::Csv), Vec::new());
    client.call(&file).download(&mut written, |_| ()).await.unwrap_err();
    assert!(
        arrived.lock().unwrap().is_empty() && written.is_empty(),
        "nothing went there"
    );
}

#[tokio::test]
async fn a_token_that_dies_in_the_middle_is_renewed_once() {
    let (world, client) = at_work().await;
    let service = world.sandbox.intellimeter();
    service.fault(Fault::status(401).on_path("/company"));
    client.send(&GetCompany::new()).await.unwrap();
    assert_eq!(sent(&world, "/auth").len(), 2);
    let calls = sent(&world, "/company");
    assert_eq!(calls.len(), 2);
    assert_ne!(calls[0].header("authorization"), calls[1].header("authorization"));

    // A creation that was refused did not happen: it is sent again, with the new token.
    service.fault(Fault::status(401).on_path("/fee"));
    let fee = FeeInput::new("Parking", Dollars::from_cents(3050));
    client.send(&CreateFee::new(world.house(), fee)).await.unwrap();
    assert_eq!(client.send(&ListFees::new(world.house())).await.unwrap().len(), 4);
    assert_eq!(sent(&world, "/auth").len(), 3);

    // If a new token is refused, too, that is all.
    service.fault(Fault::status(401).on_path("/company").times(2));
    let error = client.send(&GetCompany::new()).await.unwrap_err();
    assert!(error.is_unauthorized() && error.attempts() == 2, "{error:?}");
    assert_eq!(sent(&world, "/auth").len(), 4);
    discreet(&world, &error);
}

#[tokio::test]
async fn an_outage_of_the_login_passes() {
    let world = World::at(MORNING).await;
    let client = world.intellimeter();
    world.sandbox.intellimeter().fault(Fault::html(502).on_path("/auth"));
    let error = client.send(&GetCompany::new()).await.unwrap_err();
    assert!(error.is_retryable() && !error.is_unauthorized(), "{error:?}");
    assert!(sent(&world, "/company").is_empty());
    client.send(&GetCompany::new()).await.unwrap();
}

#[tokio::test]
async fn two_gibibytes_announced() {
    let error = reading_hit_by(Fault::huge_body()).await;
    assert!(!error.is_retryable());
    let Error::Transport(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!((error.source.kind, error.attempts), (TransportErrorKind::TooLarge, 1));
}

#[tokio::test]
async fn a_download_that_breaks_off_is_no_file() {
    let (world, client) = at_work().await;
    let service = world.sandbox.intellimeter();
    let day = energy_core::time::macros::date!(2026 - 06 - 20);
    let report = intellimeter::GetSingleGrandTotal::new(world.house(), day, ReportMeters::ALL);
    let report = report.into_file(ReportFormat::Csv);
    service.huge_report(1_000_000);
    service.fault(Fault::reset_in_body().on_path("/reports"));
    let mut written = Vec::new();
    let error = client.call(&report).download(&mut written, |_| ()).await.unwrap_err();
    let Error::Transport(error) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(error.source.kind, TransportErrorKind::Interrupted);
    assert!(written.len() < 1_000_000);

    // More than is allowed is refused, by what is announced.
    service.huge_report(1_000_000);
    let call = client.call(&report).with_max_body(999_999);
    let error = call.download(&mut Vec::new(), |_| ()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Transport(error) if error.source.kind == TransportErrorKind::TooLarge),
        "{error:?}"
    );
}
