//! Large bodies to a writer, piece by piece.

use bytes::Bytes;
use http::HeaderMap;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::endpoint::{Operation, RequestParts};
use crate::error::{BuildError, Error};
use crate::pieces::BodyPieces;
use crate::run::{CallOptions, Core};
use crate::transport::{BodyStream, BoxFuture, TransportError, announced_length};

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
    let reply = core.run(operation, parts, options).await?;
    let mut pieces = BodyPieces::new(operation, reply, options.send.max_body);
    let (attempts, total) = (pieces.attempts, pieces.total());
    let mut written = 0;
    let failed = |written, source| Error::Write {
        operation: operation.id,
        written,
        attempts,
        source,
    };
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        writer
            .write_all(&piece)
            .await
            .map_err(|source| failed(written, source))?;
        written = pieces.received();
        progress(Progress {
            received: written,
            total,
        });
    }
    writer.flush().await.map_err(|source| failed(written, source))?;
    Ok(Downloaded {
        bytes: written,
        headers: pieces.headers().clone(),
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
