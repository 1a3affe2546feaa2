//! One blocking call with options of its own.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::iter::Iter;
use super::{not_run, wait};
use crate::call::Response;
use crate::download::{Downloaded, Progress};
use crate::endpoint::{Endpoint, Operation, RequestParts};
use crate::error::{BuildError, Error};
use crate::pieces::BodyPieces;
use crate::retry::RetryPolicy;
use crate::run::{CallOptions, Core, Reply};
use crate::transport::HttpResponse;

/// As [`Call`](crate::Call), blocking the thread; it does nothing until it is sent.
#[must_use = "a call does nothing until it is sent"]
pub struct BlockingCall<'a, E: Endpoint> {
    core: Arc<Core>,
    request: &'a E,
    options: CallOptions,
}

impl<E: Endpoint> fmt::Debug for BlockingCall<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingCall")
            .field("operation", &E::OPERATION.id)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl<'a, E: Endpoint> BlockingCall<'a, E> {
    pub(crate) fn new(core: &Arc<Core>, request: &'a E) -> Self {
        Self {
            core: Arc::clone(core),
            request,
            options: CallOptions::new(core),
        }
    }

    /// How long one attempt may take; of a download or stream, how long its head and then each piece.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.options.send.timeout = timeout;
        self
    }

    /// How many bytes the answer may have.
    pub fn with_max_body(mut self, bytes: u64) -> Self {
        self.options.send.max_body = bytes;
        self
    }

    /// When and how often it is sent again.
    pub fn with_retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = policy;
        self
    }

    /// Sends it and reads the answer.
    ///
    /// # Errors
    ///
    /// As [`BlockingClient::send`](super::BlockingClient::send).
    pub fn send(self) -> Result<E::Output, Error> {
        Ok(self.send_full()?.output)
    }

    /// Sends it and gives the answer with its status, headers and quota.
    ///
    /// # Errors
    ///
    /// As [`BlockingClient::send`](super::BlockingClient::send).
    pub fn send_full(self) -> Result<Response<E::Output>, Error> {
        let request = self.request;
        Response::read(request, self.run()?)
    }

    /// Sends it and gives a success as it came, unread.
    ///
    /// # Errors
    ///
    /// As [`BlockingClient::send`](super::BlockingClient::send), but never [`Error::Decode`].
    pub fn send_raw(self) -> Result<HttpResponse, Error> {
        Ok(self.run()?.response)
    }

    /// Sends it and gives the body of a success piece by piece, as [`Call::stream`](crate::Call::stream) does.
    ///
    /// # Errors
    ///
    /// As [`Call::stream`](crate::Call::stream).
    pub fn stream(self) -> Result<Iter<BodyPieces>, Error> {
        Ok(Iter::new(E::OPERATION.id, self.open()?))
    }

    /// Sends it and writes the body of a success to `writer` as it arrives, telling `progress` after each piece. Both are
    /// called on this thread. Limits, retries and the timeout are those of [`Call::download`](crate::Call::download).
    ///
    /// # Errors
    ///
    /// As [`Call::download`](crate::Call::download). What was written before stays there.
    pub fn download(
        self,
        writer: &mut impl io::Write,
        mut progress: impl FnMut(Progress),
    ) -> Result<Downloaded, Error> {
        write(E::OPERATION, self.open()?, writer, &mut progress)
    }

    fn open(mut self) -> Result<BodyPieces, Error> {
        self.options.send.streaming = true;
        let limit = self.options.send.max_body;
        Ok(BodyPieces::new(E::OPERATION, self.run()?, limit))
    }

    fn run(self) -> Result<Reply, Error> {
        run(self.core, E::OPERATION, self.request.parts(), self.options)
    }
}

/// Not generic, so that nothing is asked of a request that the background thread never sees.
fn run(
    core: Arc<Core>,
    operation: &'static Operation,
    parts: Result<RequestParts, BuildError>,
    options: CallOptions,
) -> Result<Reply, Error> {
    wait(async move { core.run(operation, parts, options).await }).map_err(|source| not_run(operation.id, source))?
}

/// Writes a body piece by piece; [`crate::download`] does so for an async writer.
fn write(
    operation: &'static Operation,
    pieces: BodyPieces,
    writer: &mut dyn io::Write,
    progress: &mut dyn FnMut(Progress),
) -> Result<Downloaded, Error> {
    let (attempts, total, headers) = (pieces.attempts, pieces.total(), pieces.headers().clone());
    let mut written = 0;
    let failed = |written, source| Error::Write {
        operation: operation.id,
        written,
        attempts,
        source,
    };
    for piece in Iter::new(operation.id, pieces) {
        let piece = piece?;
        writer.write_all(&piece).map_err(|source| failed(written, source))?;
        written += piece.len() as u64;
        progress(Progress {
            received: written,
            total,
        });
    }
    writer.flush().map_err(|source| failed(written, source))?;
    Ok(Downloaded {
        bytes: written,
        headers,
    })
}
