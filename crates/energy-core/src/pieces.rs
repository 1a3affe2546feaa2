//! Large bodies as data, piece by piece.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderMap;
use url::Url;

use crate::endpoint::Operation;
use crate::error::{Error, ExchangeError};
use crate::run::Reply;
use crate::transport::{BodyStream, BoxFuture, Buffered, TransportError, TransportErrorKind, announced_length};

/// A body that arrives piece by piece: a [`Stream`], or [`BodyPieces::next`] without a stream library.
///
/// It ends after the last piece, and after an error. It holds nothing of the client, so it may outlive it.
#[must_use = "pieces are read as they are asked for"]
pub struct BodyPieces {
    pub(crate) operation: &'static Operation,
    pub(crate) attempts: u32,
    url: Url,
    headers: HeaderMap,
    limit: u64,
    total: Option<u64>,
    received: u64,
    state: State,
}

enum State {
    Ready(Box<dyn BodyStream>),
    Reading(BoxFuture<'static, Read>),
    Done,
}

/// A body, and what was read of it.
type Read = (Box<dyn BodyStream>, Result<Option<Bytes>, TransportError>);

impl fmt::Debug for BodyPieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyPieces")
            .field("operation", &self.operation.id)
            .field("url", &self.url.as_str())
            .field("received", &self.received)
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

impl BodyPieces {
    pub(crate) fn new(operation: &'static Operation, reply: Reply, limit: u64) -> Self {
        let (head, body) = reply.response.into_parts();
        let headers = head.headers;
        Self {
            operation,
            attempts: reply.attempts,
            url: reply.url,
            total: announced_length(&headers),
            headers,
            limit,
            received: 0,
            state: State::Ready(reply.stream.unwrap_or_else(|| Buffered::boxed(body))),
        }
    }

    /// All headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Bytes in all, if the service said so.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Bytes so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The next piece, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Counts a piece, or says why the body is not whole.
    fn judge(&mut self, read: Result<Option<Bytes>, TransportError>) -> Option<Result<Bytes, Error>> {
        let wrong = match read {
            Ok(Some(piece)) if self.received + piece.len() as u64 > self.limit => {
                TransportError::too_large(self.total, self.limit)
            }
            Ok(Some(piece)) => {
                self.received += piece.len() as u64;
                return Some(Ok(piece));
            }
            Ok(None) if self.total.is_some_and(|total| total != self.received) => TransportError::new(
                TransportErrorKind::Interrupted,
                "the body ended before its announced length",
            ),
            Ok(None) => return None,
            Err(error) => error,
        };
        let error = ExchangeError::new(self.operation, self.url.clone(), self.attempts, wrong);
        Some(Err(error.into()))
    }
}

impl Stream for BodyPieces {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(None),
                State::Ready(mut body) => {
                    self.state = State::Reading(Box::pin(async move {
                        let read = body.chunk().await;
                        (body, read)
                    }));
                }
                State::Reading(mut reading) => {
                    let Poll::Ready((body, read)) = reading.as_mut().poll(context) else {
                        self.state = State::Reading(reading);
                        return Poll::Pending;
                    };
                    let piece = self.judge(read);
                    if matches!(piece, Some(Ok(_))) {
                        self.state = State::Ready(body);
                    }
                    return Poll::Ready(piece);
                }
            }
        }
    }
}
