//! Server-sent events, however their bytes arrive.
#![cfg(all(feature = "events", feature = "test-util"))]

use energy_core::Error;
use energy_core::events::Events;
use energy_core::transport::TransportErrorKind::{Interrupted, TooLarge};

use crate::support::{self, Answer, Read, Script, client};

fn answer() -> Answer {
    Answer::new(200).header("content-type", "text/event-stream; charset=utf-8")
}

async fn open(answer: Answer) -> Result<Events, Error> {
    let (client, _) = client(&Script::new([answer]));
    client.call(&Read).with_max_body(200).events().await
}

type Said = (String, String, Option<String>);

/// Kind, data and id of each event, and how they ended.
async fn read(answer: Answer) -> (Vec<Said>, Option<Error>) {
    let mut events = open(answer).await.unwrap();
    let mut said = Vec::new();
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => said.push((event.event, event.data, event.id)),
            Err(error) => {
                assert!(events.next().await.is_none(), "an error is the end");
                return (said, Some(error));
            }
        }
    }
    (said, None)
}

/// The events of a body that ends well.
async fn events(body: impl Into<bytes::Bytes>) -> Vec<Said> {
    let (said, error) = read(answer().piece(body)).await;
    assert!(error.is_none(), "{error:?}");
    said
}

fn said(event: &str, data: &str, id: Option<&str>) -> Said {
    (event.to_owned(), data.to_owned(), id.map(str::to_owned))
}

#[tokio::test]
async fn an_event_has_a_kind_lines_and_an_id() {
    let body = "event: power\ndata: {\"w\":\ndata:  4.5}\nid: 7\nretry: 100\n\ndata:next\n\n";
    assert_eq!(
        events(body).await,
        [
            said("power", "{\"w\":\n 4.5}", Some("7")),
            said("message", "next", Some("7"))
        ]
    );
}

#[tokio::test]
async fn lines_end_in_every_way_and_bytes_are_cut_anywhere() {
    let with_lf = "\u{feff}event: tide\n: still here\ndata: hígh\ndata\ndata: 3 µ\n\n:\n\nid: 9\n\ndata: x\n\n";
    let expected = [said("tide", "hígh\n\n3 µ", None), said("message", "x", Some("9"))];
    for end in ["\n", "\r\n", "\r"] {
        let body = with_lf.replace('\n', end);
        assert_eq!(events(body.clone()).await, expected, "{end:?}");
        for cut in 1..body.len() {
            let (first, second) = body.as_bytes().split_at(cut);
            let (said, error) = read(answer().piece(first.to_vec()).piece(second.to_vec())).await;
            assert!(error.is_none(), "{error:?}");
            assert_eq!(said, expected, "{end:?} cut at {cut}");
        }
    }
}

#[tokio::test]
async fn what_has_no_data_is_no_event() {
    assert_eq!(events("event: ping\n\n: nothing\n\n").await, []);
    assert_eq!(
        events("data\n\n").await,
        [said("message", "", None)],
        "no text is data, too"
    );
}

#[tokio::test]
async fn an_event_that_is_cut_off_is_left_out() {
    for rest in ["data: second", "data: second\n", "event: x\n"] {
        let body = format!("data: first\n\n{rest}");
        assert_eq!(events(body).await, [said("message", "first", None)], "{rest:?}");
    }
    assert_eq!(events("").await, []);
}

#[tokio::test]
async fn an_empty_id_takes_the_last_one_back_and_one_with_a_nul_is_none() {
    let body = "id: 1\ndata: a\n\nid: 2\u{0}\ndata: b\n\nid\ndata: c\n\n";
    assert_eq!(
        events(body).await,
        [
            said("message", "a", Some("1")),
            said("message", "b", Some("1")),
            said("message", "c", None)
        ]
    );
}

#[tokio::test]
async fn an_answer_of_another_type_is_no_stream_of_events() {
    for (kind, stated) in [(Some("text/html"), "text/html"), (None, "not stated")] {
        let mut answer = Answer::new(200).piece("data: a\n\n");
        if let Some(kind) = kind {
            answer = answer.header("content-type", kind);
        }
        let error = open(answer).await.unwrap_err();
        let Error::Decode(decode) = &error else {
            panic!("{error}")
        };
        assert_eq!((decode.operation, error.attempts()), ("readThings", 1));
        assert!(decode.reason.ends_with(stated), "{error}");
    }
}

#[tokio::test]
async fn what_breaks_comes_after_the_events_before_it() {
    let (read_before, error) = read(answer().piece("data: a\n\ndata: b").breaks(Interrupted)).await;
    assert_eq!(read_before, [said("message", "a", None)]);
    assert!(
        matches!(&error, Some(Error::Transport(error)) if error.source.kind == Interrupted),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_limit_holds_for_all_events_together() {
    let endless = std::iter::repeat_n("data: abcdefgh\n\n", 20).fold(answer(), Answer::piece);
    let (said, error) = read(endless).await;
    assert_eq!(said.len(), 12);
    assert!(
        matches!(&error, Some(Error::Transport(error)) if error.source.kind == TooLarge),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_is_not_utf_8_is_an_error_that_does_not_show_it() {
    let (said, error) = read(answer().piece(&b"data: a\n\ndata: \xffCANARY\n\n"[..])).await;
    assert_eq!(said.len(), 1);
    let error = error.unwrap();
    assert!(matches!(error, Error::Decode(_)), "{error}");
    assert!(!support::chain(&error).join("\n").contains("CANARY"));
}

#[tokio::test]
async fn a_refusal_is_read_before_any_event() {
    let refused = Answer::new(472)
        .header("content-type", "application/json")
        .body(r#"{"message": "no such thing here"}"#);
    let error = open(refused).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 472);
    assert!(error.to_string().contains("no such thing here"), "{error}");
}
