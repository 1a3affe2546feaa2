//! Reports that are made on request: queued, asked for at the service's pace, and written to a file.

use std::time::Duration;

use energy_core::clock::Clock;
use energy_core::{Error, Progress};
use intellimeter::*;
use serde_json::json;

use crate::support::entities::*;
use crate::support::*;

const POLL_TOKEN: &str = "Knot-77e1-over-the-flats";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Queued: to be asked for every seven seconds.
fn queued() -> Reply {
    let poll_uri = format!("http://127.0.0.1:12345/api/v1/reports/schedule/poll?id={REPORT}&token={POLL_TOKEN}");
    Reply::json(generation(&poll_uri)).status(202)
}

fn pdf() -> Vec<u8> {
    [b"%PDF-1.7\n\xe2\xe3\xcf\xd3".as_slice(), &[7; 200_000]].concat()
}

fn done() -> Reply {
    Reply::new(200, "application/pdf", pdf()).header("content-disposition", "attachment; filename=\"mill.pdf\"")
}

async fn begun(answers: impl IntoIterator<Item = Reply>) -> (Server, Client, Generation) {
    let server = Server::answering_all([queued()].into_iter().chain(answers)).await;
    let client = server.client(login());
    let generation = Generation::start(&client, REPORT).await.unwrap();
    (server, client, generation)
}

#[tokio::test]
async fn a_report_is_asked_for_until_it_is_there() {
    let (server, client, generation) = begun([too_early(), too_early(), too_early(), done()]).await;
    assert_eq!(generation.interval(), seconds(7));
    let (mut file, mut told) = (Vec::new(), Vec::<Progress>::new());
    let written = generation
        .download(&client, seconds(600), &mut file, |progress| told.push(progress))
        .await
        .unwrap();
    assert_eq!(
        server.clock.slept(),
        [7, 7, 7, 7].map(seconds),
        "at the pace of the service, and not before it"
    );
    assert_eq!(file, pdf());
    assert_eq!(written.bytes, pdf().len() as u64);
    assert_eq!(written.headers["content-type"], "application/pdf");
    assert_eq!(ReportFile::name_of(&written).as_deref(), Some("mill.pdf"));
    assert!(
        told.windows(2).all(|pair| pair[0].received < pair[1].received),
        "{told:?}"
    );
    let last = told.last().unwrap();
    assert_eq!((last.received, last.total), (written.bytes, Some(written.bytes)));

    let sent = server.sent();
    assert_eq!(sent.len(), 5);
    sent[0].expect("GET", "/reports/schedule/generate?id=d0c5aa38");
    for poll in &sent[1..] {
        let path = format!("/reports/schedule/poll?id=d0c5aa38&token={POLL_TOKEN}");
        poll.expect_accept("GET", &path, "application/pdf");
    }
}

#[tokio::test]
async fn patience_ends_and_can_be_had_again() {
    let (server, client, generation) = begun([too_early(), too_early(), too_early(), done()]).await;
    let mut file = Vec::new();
    let error = generation
        .download(&client, seconds(20), &mut file, |_| {})
        .await
        .unwrap_err();
    // At 7 and at 14 seconds; the next question would come at 21.
    let GenerationError::TooLate { waited } = error else {
        panic!("another error: {error:?}");
    };
    assert_eq!((waited, server.sent().len()), (seconds(14), 3));
    assert!(error.to_string().contains("ask for it again"), "{error}");
    assert!(file.is_empty());
    assert!(server.clock.now() <= NOW + seconds(20));

    // The token is still good.
    generation
        .download(&client, seconds(20), &mut file, |_| {})
        .await
        .unwrap();
    assert_eq!((file, server.sent().len()), (pdf(), 5));
}

#[tokio::test]
async fn without_any_patience_it_is_asked_for_once() {
    let (server, client, generation) = begun([too_early()]).await;
    let error = generation
        .download(&client, Duration::ZERO, &mut Vec::new(), |_| {})
        .await
        .unwrap_err();
    assert!(matches!(error, GenerationError::TooLate { .. }), "{error:?}");
    assert!(server.sent().len() <= 2);
}

#[tokio::test]
async fn no_token_no_report() {
    for poll_uri in [
        "http://127.0.0.1:12345/api/v1/reports/schedule/poll?id=d0c5aa38",
        "/poll?id=d0c5aa38&token=",
        "",
    ] {
        let server = Server::answering(Reply::json(generation(poll_uri)).status(202)).await;
        let error = Generation::start(&server.client(login()), REPORT).await.unwrap_err();
        assert!(matches!(error, GenerationError::NoToken), "{error:?}");
        assert_eq!(server.sent().len(), 1);
    }
}

#[tokio::test]
async fn what_fails_for_another_reason_ends_the_asking() {
    let gone = Reply::json(json!({"code": 404, "error": "Not Found", "message": "No such job."})).status(404);
    let (server, client, generation) = begun([too_early(), gone]).await;
    let error = generation
        .download(&client, seconds(600), &mut Vec::new(), |_| {})
        .await
        .unwrap_err();
    assert!(
        matches!(&error, GenerationError::Call(error) if error.is_not_found()),
        "{error:?}"
    );
    assert_eq!(server.sent().len(), 3);

    let server = Server::answering(Reply::empty(403)).await;
    let error = Generation::start(&server.client(login()), REPORT).await.unwrap_err();
    assert!(
        matches!(&error, GenerationError::Call(error) if error.is_forbidden()),
        "{error:?}"
    );
    assert_eq!(server.sent().len(), 1, "a second job would be another report");
}

#[tokio::test]
async fn a_service_that_stumbles_is_asked_again_by_a_client_that_retries() {
    let broken = Reply::new(502, "text/html", "<html>Bad gateway</html>");
    let server = Server::answering_all([queued(), too_early(), broken, done()]).await;
    let client = server.retrying();
    let generation = Generation::start(&client, REPORT).await.unwrap();
    let mut file = Vec::new();
    generation
        .download(&client, seconds(60), &mut file, |_| {})
        .await
        .unwrap();
    assert_eq!((file, server.sent().len()), (pdf(), 4));
}

#[tokio::test]
async fn who_no_longer_waits_asks_no_more() {
    let (server, client, generation) = begun([too_early()]).await;
    let mut file = Vec::new();
    let three = async {
        while server.sent().len() < 4 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        outcome = generation.download(&client, seconds(86_400), &mut file, |_| {}) => {
            panic!("it was never there: {outcome:?}")
        }
        () = three => {}
    }
    let asked = server.sent().len();
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    // One question may have been on its way.
    assert!(
        server.sent().len() <= asked + 1,
        "{asked} and then {}",
        server.sent().len()
    );
    assert!(file.is_empty());
}

#[tokio::test]
async fn a_generation_can_be_waited_for_in_a_task_of_its_own() {
    let (_server, client, generation) = begun([too_early(), done()]).await;
    let task = tokio::spawn(async move {
        let mut file = Vec::new();
        generation
            .download(&client, seconds(60), &mut file, |_| {})
            .await
            .map(|_| file)
    });
    assert_eq!(task.await.unwrap().unwrap(), pdf());
}

#[tokio::test]
async fn the_token_is_in_no_error_and_not_shown() {
    let echo = |code| {
        let words = format!("No job with token {POLL_TOKEN} at /poll?id={REPORT}&token={POLL_TOKEN}");
        Reply::json(json!({"code": code, "error": POLL_TOKEN, "message": words}))
            .status(code)
            .header("x-asked", &format!("/poll?token={POLL_TOKEN}"))
    };
    for code in [400, 404, 500] {
        let (_server, client, generation) = begun([echo(code)]).await;
        let error = generation
            .download(&client, seconds(60), &mut Vec::new(), |_| {})
            .await
            .unwrap_err();
        let shown = everything_shown(&error);
        assert!(!shown.contains(POLL_TOKEN), "{shown}");
        let GenerationError::Call(Error::Api(said)) = &error else {
            panic!("another error: {error:?}");
        };
        assert!(!String::from_utf8_lossy(said.body.bytes()).contains(POLL_TOKEN));
        assert!(!said.url.as_str().contains("token"), "{}", said.url);
        assert!(
            said.url.as_str().ends_with("/reports/schedule/poll?id=d0c5aa38"),
            "{}",
            said.url
        );
        assert!(!format!("{generation:?} {generation:#?}").contains(POLL_TOKEN));
    }
    // Nor where no answer comes at all.
    let (_server, _, generation) = begun([]).await;
    let nobody = Client::builder(login())
        .base_url("http://127.0.0.1:9/api/v1")
        .clock(energy_core::clock::ManualClock::new(NOW))
        .build()
        .unwrap();
    let error = generation
        .download(&nobody, seconds(60), &mut Vec::new(), |_| {})
        .await
        .unwrap_err();
    assert!(
        matches!(&error, GenerationError::Call(Error::Transport(_))),
        "{error:?}"
    );
    let shown = everything_shown(&error);
    assert!(!shown.contains(POLL_TOKEN), "{shown}");
}

/// The message repeats the address with its token.
#[tokio::test]
async fn an_answer_that_cannot_be_read_does_not_show_the_token() {
    let poll_uri = format!("/poll?id={REPORT}&token={POLL_TOKEN}");
    let mut odd = generation(&poll_uri);
    odd["interval"] = json!(POLL_TOKEN);
    for reply in [
        Reply::json(odd).status(202),
        Reply::json(json!({"message": format!("Please poll {poll_uri}")})).status(202),
        // It is being made already, says the service, and where to ask.
        Reply::json(generation(&poll_uri)).status(409),
    ] {
        let server = Server::answering(reply).await;
        let error = Generation::start(&server.client(login()), REPORT).await.unwrap_err();
        let shown = everything_shown(&error);
        assert!(!shown.contains(POLL_TOKEN), "{shown}");
    }
    let reply = Reply::json(generation(&poll_uri)).status(202);
    let (started, _) = round_trip(&GenerateScheduledReport::new(REPORT), reply).await;
    assert!(!format!("{started:?} {started:#?}").contains(POLL_TOKEN), "{started:?}");
    let asked = PollScheduledReport::new(REPORT, POLL_TOKEN);
    assert!(!format!("{asked:?}").contains(POLL_TOKEN), "{asked:?}");
}
