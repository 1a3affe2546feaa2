//! Bodies as data, piece by piece.
#![cfg(feature = "test-util")]

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use energy_core::auth::{HeaderKey, NoLogin};
use energy_core::clock::{Clock, ManualClock};
use energy_core::transport::TransportErrorKind::{Interrupted, Timeout, TooLarge};
use energy_core::transport::{
    BodyStream, BoxFuture, HttpRequest, SendOptions, StreamingResponse, Transport, TransportError,
};
use energy_core::{ApiClient, BodyPieces, Error, RetryPolicy, Secret};
use futures_core::Stream;
use http::HeaderName;

use crate::support::{Answer, AnyLogin, Change, Read, START, Script, Sun, builder, chain, client, seconds};

/// What is read until the end, and how it ended.
async fn all(pieces: &mut BodyPieces) -> (String, Option<Error>) {
    let mut read = String::new();
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(piece) => read.push_str(std::str::from_utf8(&piece).unwrap()),
            Err(error) => {
                assert!(pieces.next().await.is_none(), "an error is the end");
                return (read, Some(error));
            }
        }
    }
    assert!(pieces.next().await.is_none(), "the end is the end");
    (read, None)
}

async fn stream(answer: Answer, limit: u64) -> (String, Option<Error>) {
    let (client, _) = client(&Script::new([answer]));
    let mut pieces = client.call(&Read).with_max_body(limit).stream().await.unwrap();
    all(&mut pieces).await
}

#[tokio::test]
async fn pieces_are_given_as_they_come_and_outlive_the_client() {
    let answer = Answer::new(200)
        .header("content-length", "5")
        .header("content-type", "text/plain")
        .piece("ab")
        .piece("cde");
    let script = Script::new([answer]);
    let mut pieces: BodyPieces = {
        let (client, _) = client(&script);
        client.call(&Read).stream().await.unwrap()
    };
    assert_eq!(pieces.headers()["content-type"], "text/plain");
    assert_eq!((pieces.total(), pieces.received()), (Some(5), 0));
    assert_eq!(pieces.next().await.unwrap().unwrap(), "ab");
    assert_eq!(pieces.received(), 2);
    assert_eq!(pieces.next().await.unwrap().unwrap(), "cde");
    assert!(pieces.next().await.is_none());
    assert!(script.sent()[0].options.streaming);
}

#[tokio::test]
async fn pieces_are_a_stream() {
    fn next(pieces: &mut (impl Stream<Item = Result<Bytes, Error>> + Unpin)) -> Poll<Option<Result<Bytes, Error>>> {
        Pin::new(pieces).poll_next(&mut Context::from_waker(std::task::Waker::noop()))
    }
    let (client, _) = client(&Script::new([Answer::new(200).piece("ab")]));
    let mut pieces = client.call(&Read).stream().await.unwrap();
    assert!(matches!(next(&mut pieces), Poll::Ready(Some(Ok(piece))) if piece == "ab"));
    assert!(matches!(next(&mut pieces), Poll::Ready(None)));
}

#[tokio::test]
async fn the_limit_holds_for_all_pieces_together() {
    let answer = || Answer::new(200).piece("abc").piece("def");
    assert!(matches!(stream(answer(), 6).await, (read, None) if read == "abcdef"));
    let (read, error) = stream(answer(), 5).await;
    assert_eq!(read, "abc", "nothing beyond the limit is given");
    assert!(
        matches!(&error, Some(Error::Transport(error)) if error.source.kind == TooLarge),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_body_that_ends_too_soon_is_not_whole() {
    let answer = Answer::new(200).header("content-length", "10").piece("abc");
    let (read, error) = stream(answer, 100).await;
    assert_eq!(read, "abc");
    assert!(error.unwrap().to_string().contains("before its announced length"));
}

#[tokio::test]
async fn what_breaks_names_the_operation_and_the_address_without_the_key() {
    let script = Script::new([
        Answer::Fail(Timeout),
        Answer::new(200).piece("abc").breaks(Interrupted),
        Answer::ok(),
    ]);
    let clock = ManualClock::new(START);
    let key = HeaderKey::new(HeaderName::from_static("x-key"), Secret::new("CANARY-key"));
    let client = builder(&script, &clock, AnyLogin::new(key)).build().unwrap();
    let mut pieces = client.call(&Read).stream().await.unwrap();
    assert!(!format!("{pieces:?}").contains("CANARY"));
    let (read, error) = all(&mut pieces).await;
    let Some(Error::Transport(exchange)) = &error else {
        panic!("{error:?}")
    };
    assert_eq!((read.as_str(), exchange.source.kind), ("abc", Interrupted));
    assert_eq!((exchange.operation, exchange.attempts), ("readThings", 2));
    assert_eq!(exchange.url.as_str(), "https://sun.example/v1/things");
    assert_eq!(script.count(), 2, "no byte twice");
    assert!(!chain(&**exchange).join("\n").contains("CANARY"));
}

#[tokio::test]
async fn a_refusal_is_an_error_and_what_must_not_be_sent_twice_is_not() {
    let refused = Script::new([Answer::new(404).body(r#"{"message": "no such meter"}"#)]);
    let error = client(&refused).0.call(&Read).stream().await.unwrap_err();
    assert!(
        error.is_not_found() && error.to_string().contains("no such meter"),
        "{error}"
    );
    let broken = Script::new([Answer::new(200).breaks(Interrupted)]);
    client(&broken).0.call(&Change).stream().await.unwrap_err();
    assert_eq!(broken.count(), 1);
}

#[tokio::test]
async fn what_is_left_of_the_deadline_is_for_the_head_alone() {
    let script = Script::new([
        Answer::new(503).header("retry-after", "50"),
        Answer::new(200).piece("ab"),
    ]);
    let (client, _) = client(&script);
    let policy = RetryPolicy::default().with_deadline(seconds(60));
    let call = client.call(&Read).with_retry(policy).with_timeout(seconds(20));
    let _ = call.stream().await.unwrap();
    let options: Vec<_> = script
        .sent()
        .iter()
        .map(|sent| (sent.options.timeout, sent.options.pace))
        .collect();
    assert_eq!(options, [(seconds(20), seconds(20)), (seconds(9), seconds(20))]);
}

/// A body that gives a piece every second, for as many seconds.
#[derive(Clone, Debug)]
struct Ticks(ManualClock, usize);

impl BodyStream for Ticks {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        self.0.advance(Duration::from_secs(1));
        let left = self.1.checked_sub(1);
        self.1 = left.unwrap_or_default();
        Box::pin(std::future::ready(Ok(left.map(|_| Bytes::from_static(b".")))))
    }
}

impl Transport for Ticks {
    fn open(&self, _: HttpRequest, _: SendOptions) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        let body: Box<dyn BodyStream> = Box::new(self.clone());
        Box::pin(std::future::ready(Ok(http::Response::new(body))))
    }
}

#[tokio::test]
async fn a_stream_goes_on_after_the_deadline_of_its_call() {
    let clock = ManualClock::new(START);
    let client = ApiClient::<Sun>::builder(AnyLogin::new(NoLogin))
        .transport(Ticks(clock.clone(), 300))
        .clock(clock.clone())
        .build()
        .unwrap();
    let policy = RetryPolicy::default().with_deadline(seconds(90));
    let mut pieces = client.call(&Read).with_retry(policy).stream().await.unwrap();
    let (read, error) = all(&mut pieces).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(read.len(), 300);
    assert!(clock.elapsed() > seconds(300));
}
