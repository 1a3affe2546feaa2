//! Large bodies, piece by piece.
#![cfg(feature = "test-util")]

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use energy_core::auth::NoLogin;
use energy_core::clock::ManualClock;
use energy_core::transport::TransportErrorKind::{Interrupted, Timeout, TooLarge};
use energy_core::{Error, Progress};
use tokio::io::AsyncWrite;

use crate::support::{Answer, AnyLogin, Change, Read, START, Script, builder, client};

/// Takes so many bytes, then fails; may fail only when flushed.
#[derive(Debug, Default)]
struct Disk {
    written: Vec<u8>,
    room: usize,
    flushes: bool,
}

impl Disk {
    fn with_room(room: usize) -> Self {
        Self {
            room,
            flushes: true,
            ..Self::default()
        }
    }
}

impl AsyncWrite for Disk {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.written.len() + bytes.len() > self.room {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is full")));
        }
        self.written.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(if self.flushes {
            Ok(())
        } else {
            Err(io::Error::other("cannot flush"))
        })
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }
}

fn progress(seen: &mut Vec<(u64, Option<u64>)>) -> impl FnMut(Progress) + Send {
    |progress| seen.push((progress.received, progress.total))
}

#[tokio::test]
async fn pieces_are_written_as_they_come() {
    let answer = Answer::new(200)
        .header("content-length", "6")
        .header("content-type", "image/png")
        .piece("ab")
        .piece("cde")
        .piece("f");
    let script = Script::new([answer]);
    let (mut disk, mut seen) = (Disk::with_room(6), Vec::new());
    let (client, _) = client(&script);
    let done = client
        .call(&Read)
        .download(&mut disk, progress(&mut seen))
        .await
        .unwrap();
    assert_eq!(disk.written, b"abcdef");
    assert_eq!(seen, [(2, Some(6)), (5, Some(6)), (6, Some(6))]);
    assert_eq!(done.bytes, 6);
    assert_eq!(done.headers["content-type"], "image/png");
    assert!(script.sent()[0].options.streaming);
}

#[tokio::test]
async fn an_empty_body_is_a_download_too() {
    let (client, _) = client(&Script::new([Answer::new(200)]));
    let (mut disk, mut seen) = (Disk::with_room(0), Vec::new());
    let done = client
        .call(&Read)
        .download(&mut disk, progress(&mut seen))
        .await
        .unwrap();
    assert_eq!((done.bytes, seen.len()), (0, 0));
}

#[tokio::test]
async fn a_body_that_announces_too_much_is_not_begun() {
    let answer = Answer::new(200).header("content-length", "2147483648").piece("ab");
    let script = Script::new([answer]);
    let (client, _) = client(&script);
    let (mut disk, mut seen) = (Disk::with_room(10), Vec::new());
    let call = client.call(&Read).with_max_body(1 << 30);
    let error = call.download(&mut disk, progress(&mut seen)).await.unwrap_err();
    let Error::Transport(exchange) = &error else {
        panic!("{error}")
    };
    assert_eq!(exchange.source.kind, TooLarge);
    assert!(
        exchange.source.to_string().contains("2147483648"),
        "{}",
        exchange.source
    );
    assert!(disk.written.is_empty() && seen.is_empty());
    assert_eq!(script.count(), 1, "it would not get smaller");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_body_that_turns_out_too_long_ends_at_the_limit() {
    for length in [None, Some("3")] {
        let mut answer = Answer::new(200).piece("abc").piece("def");
        if let Some(length) = length {
            answer = answer.header("content-length", length);
        }
        let (client, _) = client(&Script::new([answer]));
        let (mut disk, mut seen) = (Disk::with_room(10), Vec::new());
        let call = client.call(&Read).with_max_body(5);
        let error = call.download(&mut disk, progress(&mut seen)).await.unwrap_err();
        assert!(
            matches!(&error, Error::Transport(e) if e.source.kind == TooLarge),
            "{error}"
        );
        assert_eq!(disk.written, b"abc", "nothing beyond the limit is written");
        assert_eq!(seen.len(), 1);
    }
    let (client, _) = client(&Script::new([Answer::new(200).piece("abc").piece("de")]));
    let mut disk = Disk::with_room(10);
    let exactly = client.call(&Read).with_max_body(5);
    exactly.download(&mut disk, |_| {}).await.unwrap();
}

#[tokio::test]
async fn a_writer_that_fails_ends_it_and_says_how_far_it_came() {
    let script = Script::new([Answer::new(200).piece("abc").piece("def")]);
    let (client, _) = client(&script);
    let mut disk = Disk::with_room(4);
    let error = client.call(&Read).download(&mut disk, |_| {}).await.unwrap_err();
    let Error::Write {
        operation,
        written,
        attempts,
        source,
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!((*operation, *written, *attempts), ("readThings", 3, 1));
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
    assert_eq!(script.count(), 1, "the service cannot help it");
    assert!(!error.is_retryable() && error.may_have_been_sent());
}

#[tokio::test]
async fn what_cannot_be_flushed_was_not_written() {
    let (client, _) = client(&Script::new([Answer::new(200).piece("abc")]));
    let mut disk = Disk {
        room: 10,
        ..Disk::default()
    };
    let error = client.call(&Read).download(&mut disk, |_| {}).await.unwrap_err();
    assert!(matches!(error, Error::Write { written: 3, .. }), "{error}");
}

#[tokio::test]
async fn what_breaks_before_the_first_byte_is_sent_again() {
    let script = Script::new([
        Answer::Fail(Timeout),
        Answer::new(200).header("content-length", "6").breaks(Interrupted),
        Answer::new(200).piece("abcdef"),
    ]);
    let (client, clock) = client(&script);
    let mut disk = Disk::with_room(6);
    client.call(&Read).download(&mut disk, |_| {}).await.unwrap();
    assert_eq!(disk.written, b"abcdef");
    assert_eq!((script.count(), clock.slept().len()), (3, 2));
}

#[tokio::test]
async fn what_must_not_be_sent_twice_is_not_even_before_the_first_byte() {
    let script = Script::new([Answer::new(200).breaks(Interrupted)]);
    let (client, _) = client(&script);
    let mut disk = Disk::with_room(6);
    client.call(&Change).download(&mut disk, |_| {}).await.unwrap_err();
    assert_eq!(script.count(), 1);
}

#[tokio::test]
async fn what_breaks_after_the_first_byte_is_not() {
    let script = Script::new([
        Answer::new(503),
        Answer::new(200).piece("abc").breaks(Interrupted),
        Answer::new(200).piece("abcdef"),
    ]);
    let (client, _) = client(&script);
    let mut disk = Disk::with_room(10);
    let error = client.call(&Read).download(&mut disk, |_| {}).await.unwrap_err();
    let Error::Transport(exchange) = &error else {
        panic!("{error}")
    };
    assert_eq!((exchange.source.kind, error.attempts()), (Interrupted, 2));
    assert_eq!(disk.written, b"abc", "no byte twice");
    assert_eq!(script.count(), 2);
    assert!(error.may_have_been_sent() && error.is_retryable());
}

#[tokio::test]
async fn an_error_of_the_service_is_read_and_not_written() {
    let script = Script::new([Answer::new(404).body(r#"{"message": "no such chart"}"#)]);
    let (client, _) = client(&script);
    let mut disk = Disk::with_room(100);
    let error = client.call(&Read).download(&mut disk, |_| {}).await.unwrap_err();
    assert!(
        error.is_not_found() && error.to_string().contains("no such chart"),
        "{error}"
    );
    assert!(disk.written.is_empty());
}

#[tokio::test]
async fn a_body_that_ends_before_its_announced_length_is_not_complete() {
    let script = Script::new([Answer::new(200)
        .header("content-length", "10")
        .piece("abc")
        .piece("def")]);
    let (client, _) = client(&script);
    let mut disk = Disk::with_room(100);
    let error = client.call(&Read).download(&mut disk, |_| {}).await.unwrap_err();
    let Error::Transport(exchange) = &error else {
        panic!("{error}")
    };
    assert_eq!(exchange.source.kind, Interrupted);
    assert!(error.to_string().contains("before its announced length"), "{error}");
}

#[tokio::test]
async fn room_for_a_large_download_is_no_room_for_a_large_error() {
    let script = Script::new([Answer::new(404).piece("abcd").piece("efgh")]);
    let clock = ManualClock::new(START);
    let client = builder(&script, &clock, AnyLogin::new(NoLogin))
        .max_body(6)
        .build()
        .unwrap();
    let mut disk = Disk::with_room(100);
    let call = client.call(&Read).with_max_body(u64::MAX);
    let error = call.download(&mut disk, |_| {}).await.unwrap_err();
    let Error::Api(error) = &error else { panic!("{error}") };
    assert_eq!((error.status.as_u16(), error.body.bytes()), (404, &b"abcdef"[..]));
    assert!(disk.written.is_empty());
}
