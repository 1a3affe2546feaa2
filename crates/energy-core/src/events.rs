//! Server-sent events: an answer that goes on, in which the service says something whenever there is something to say.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use http::{HeaderMap, header};
use sse_stream::{Sse, SseByteStream};

use crate::endpoint::{Operation, RequestParts};
use crate::error::{BuildError, DecodeError, Error};
use crate::pieces::BodyPieces;
use crate::run::{CallOptions, Core};
use crate::transport::HttpResponse;

/// What a service said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Its kind; `message` where the service does not say.
    pub event: String,
    /// Its lines, with a line feed between them.
    pub data: String,
    /// The id that the service gave last, in this event or before.
    pub id: Option<String>,
}

/// The events of an answer: a [`Stream`], or [`Events::next`] without a stream library.
///
/// They end when the answer does, and after an error; nobody connects again. An event that is cut off at the end is left
/// out. What the service says about connecting again (`retry`) is not read.
#[must_use = "events are read as they are asked for"]
pub struct Events {
    operation: &'static Operation,
    attempts: u32,
    /// The head, for errors.
    head: HttpResponse,
    blocks: SseByteStream<BodyPieces>,
    id: Option<String>,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}

/// Sends the call and waits for the first piece of its answer.
pub(crate) async fn open(
    core: &Core,
    operation: &'static Operation,
    parts: Result<RequestParts, BuildError>,
    options: CallOptions,
) -> Result<Events, Error> {
    let reply = core.run(operation, parts, options).await?;
    let events = Events {
        operation,
        attempts: reply.attempts,
        head: reply.response.clone(),
        blocks: SseByteStream::new(BodyPieces::new(operation, reply, options.send.max_body)),
        id: None,
    };
    let kind = events.content_type();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("text/event-stream") {
        Ok(events)
    } else {
        Err(events.unreadable(format!("events were expected, the content type is {kind}")))
    }
}

impl Events {
    /// All headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        self.head.headers()
    }

    /// The next event, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The event of a block, if it is one: a block without data may still have an id for those that follow.
    fn event(&mut self, block: Sse) -> Option<Event> {
        if let Some(id) = block.id {
            self.id = Some(id).filter(|id| !id.is_empty());
        }
        Some(Event {
            event: block
                .event
                .filter(|event| !event.is_empty())
                .unwrap_or_else(|| "message".to_owned()),
            data: block.data?,
            id: self.id.clone(),
        })
    }

    fn error(&self, error: sse_stream::Error) -> Error {
        let reason = match error {
            sse_stream::Error::Body(source) => match source.downcast::<Error>() {
                Ok(error) => return *error,
                Err(other) => other.to_string(),
            },
            other => other.to_string(),
        };
        self.unreadable(reason)
    }

    fn unreadable(&self, reason: String) -> Error {
        let mut error = DecodeError::new(self.operation, &self.head, reason);
        error.attempts = self.attempts;
        Error::Decode(Box::new(error))
    }

    fn content_type(&self) -> Cow<'_, str> {
        self.headers()
            .get(header::CONTENT_TYPE)
            .map_or("not stated".into(), |kind| String::from_utf8_lossy(kind.as_bytes()))
    }
}

impl Stream for Events {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(Pin::new(&mut self.blocks).poll_next(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(self.error(error)))),
                Some(Ok(block)) => {
                    if let Some(event) = self.event(block) {
                        return Poll::Ready(Some(Ok(event)));
                    }
                }
            }
        }
    }
}
