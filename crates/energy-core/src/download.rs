//! Large bodies to a writer, piece by piece.

use bytes::Bytes;
use http::HeaderMap;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::endpoint::{Operation, RequestParts};
use crate::error::{BuildError, Error, ExchangeError};
use crate::run::{CallOptions, Core};
use crate::transport::{BodyStream, BoxFuture, TransportError, TransportErrorKind, announced_length};

/// How far a download has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes written.
    pub received: u64,
    /// Bytes in all, if the service said so.
    pub total: Option<u64>,
}

/// A download that is complete.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Downloaded {
    /// Bytes written.
    pub bytes: u64,
    /// All headers of the answer: content type, file name.
    pub headers: HeaderMap,
}

pub(crate) async fn download<W: AsyncWrite + Unpin + Send>(
    core: &Core,
    operation: &'static Operation,
    parts: Result<RequestParts, BuildError>,
    options: CallOptions,
    writer: &mut W,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Downloaded, Error> {
    let limit = options.send.max_body;
    let reply = core.run(operation, parts, options).await?;
    let (head, url, attempts) = (reply.response, reply.url, reply.attempts);
    let broke = |source| Error::from(ExchangeError::new(operation, url.clone(), attempts, source));
    let total = announced_length(head.headers());
    let mut stream = reply.stream;
    let mut received = 0;
    while let Some(piece) = stream.chunk().await.map_err(broke)? {
        if received + piece.len() as u64 > limit {
            return Err(broke(TransportError::too_large(total, limit)));
        }
        let failed = |source| Error::Write {
            operation: operation.id,
            written: received,
            attempts,
            source,
        };
        writer.write_all(&piece).await.map_err(failed)?;
        received += piece.len() as u64;
        progress(Progress { received, total });
    }
    if total.is_some_and(|total| total != received) {
        return Err(broke(TransportError::new(
            TransportErrorKind::Interrupted,
            "the body ended before its announced length",
        )));
    }
    let failed = |source| Error::Write {
        operation: operation.id,
        written: received,
        attempts,
        source,
    };
    writer.flush().await.map_err(failed)?;
    Ok(Downloaded {
        bytes: received,
        headers: head.into_parts().0.headers,
    })
}

/// Refuses a body that announces too much, and waits for its first piece, so that a failure before that is one that
/// may be sent again.
pub(crate) async fn begun(
    head: &http::response::Parts,
    mut stream: Box<dyn BodyStream>,
    limit: u64,
) -> Result<Box<dyn BodyStream>, TransportError> {
    let announced = announced_length(&head.headers);
    if announced.is_some_and(|length| length > limit) {
        return Err(TransportError::too_large(announced, limit));
    }
    let first = stream.chunk().await?;
    Ok(Box::new(Begun { first, rest: stream }))
}

/// A body whose first piece has been read.
struct Begun {
    first: Option<Bytes>,
    rest: Box<dyn BodyStream>,
}

impl BodyStream for Begun {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        match self.first.take() {
            Some(piece) => Box::pin(std::future::ready(Ok(Some(piece)))),
            None => self.rest.chunk(),
        }
    }
}
