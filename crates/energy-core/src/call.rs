//! One call with options of its own.

use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::client::ApiClient;
use crate::download::{Downloaded, Progress};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::limit::Quota;
use crate::pieces::BodyPieces;
use crate::retry::RetryPolicy;
use crate::run::{CallOptions, Reply};
use crate::scrub::Scrub;
use crate::transport::HttpResponse;

/// A call with options of its own; it does nothing until it is sent.
#[derive(Debug)]
#[must_use = "a call does nothing until it is sent"]
pub struct Call<'a, E: Endpoint> {
    client: &'a ApiClient<E::Api>,
    request: &'a E,
    options: CallOptions,
}

impl<'a, E: Endpoint> Call<'a, E> {
    pub(crate) fn new(client: &'a ApiClient<E::Api>, request: &'a E) -> Self {
        let options = CallOptions::new(&client.core);
        Self {
            client,
            request,
            options,
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
    /// As [`ApiClient::send`].
    pub async fn send(self) -> Result<E::Output, Error> {
        Ok(self.send_full().await?.output)
    }

    /// Sends it and gives the answer with its status, headers and quota.
    ///
    /// # Errors
    ///
    /// As [`ApiClient::send`].
    pub async fn send_full(self) -> Result<Response<E::Output>, Error> {
        self.client.send_full(self.request, self.options).await
    }

    /// Sends it and gives a success as it came, unread.
    ///
    /// # Errors
    ///
    /// As [`ApiClient::send`], but never [`Error::Decode`].
    pub async fn send_raw(self) -> Result<HttpResponse, Error> {
        let reply = self
            .client
            .core
            .run(E::OPERATION, self.request.parts(), self.options)
            .await?;
        Ok(reply.response)
    }

    /// Sends it and gives the body of a success piece by piece, as it arrives.
    ///
    /// Limits, retries and the timeout are those of [`Call::download`]: the timeout bounds the wait for the head and for
    /// each piece, not the whole, so raise it for a service that is silent for long. It comes back with the first piece at
    /// hand. The bytes are given as they come, so a service that repeats the caller's key in them does so here as well.
    ///
    /// # Errors
    ///
    /// As [`ApiClient::send`], but [`Error::Decode`] only for a web page in the place of the answer, or one that is packed.
    /// What breaks later is an item of the stream.
    pub async fn stream(mut self) -> Result<BodyPieces, Error> {
        self.options.send.streaming = true;
        let core = &self.client.core;
        let reply = core.run(E::OPERATION, self.request.parts(), self.options).await?;
        Ok(BodyPieces::new(E::OPERATION, reply, self.options.send.max_body))
    }

    /// Sends it and gives the events of a success, as [`Call::stream`] gives the pieces: [`Call::with_max_body`] bounds
    /// all events together.
    ///
    /// # Errors
    ///
    /// As [`ApiClient::send`]; [`Error::Decode`] when the answer is of another type than `text/event-stream`. What breaks
    /// later, and what is not UTF-8, is an item of the stream.
    #[cfg(feature = "events")]
    pub async fn events(mut self) -> Result<crate::events::Events, Error> {
        self.options.send.streaming = true;
        crate::events::open(&self.client.core, E::OPERATION, self.request.parts(), self.options).await
    }

    /// Sends it and writes the body of a success to `writer` as it arrives, telling `progress` after each piece.
    ///
    /// The body may have as many bytes as [`Call::with_max_body`] says, or the client's own limit. A failure before the
    /// first byte is written is retried like any other call; after that it is not, so that the writer never gets a
    /// byte twice. The timeout bounds the wait for the head and for each piece, not the whole. The bytes are written as
    /// they come, so a service that repeats the caller's key in them does so in the file as well.
    ///
    /// # Errors
    ///
    /// As [`ApiClient::send`], but [`Error::Decode`] only for a web page in the place of the answer, or one that is packed,
    /// of which nothing is written; [`Error::Write`] when the writer fails. What was written before stays there.
    pub async fn download<W>(
        mut self,
        writer: &mut W,
        progress: impl FnMut(Progress) + Send,
    ) -> Result<Downloaded, Error>
    where
        W: tokio::io::AsyncWrite + Unpin + Send,
    {
        self.options.send.streaming = true;
        let core = &self.client.core;
        crate::download::download(core, E::OPERATION, self.request.parts(), self.options, writer, progress).await
    }
}

/// An answer with what came around it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response<T> {
    /// What was asked for.
    pub output: T,
    /// The status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// What the service said of the quota.
    pub quota: Option<Quota>,
    /// How many times the request was sent.
    pub attempts: u32,
}

impl<T> Response<T> {
    pub(crate) fn read<E: Endpoint<Output = T>>(request: &E, reply: Reply) -> Result<Self, Error> {
        let output = request.decode(&reply.response).map_err(|mut error| {
            error.attempts = reply.attempts;
            Scrub::new(&reply.secrets).unread(&mut error);
            Error::Decode(Box::new(error))
        })?;
        let (head, _) = reply.response.into_parts();
        Ok(Self {
            output,
            status: head.status,
            headers: head.headers,
            quota: reply.quota,
            attempts: reply.attempts,
        })
    }
}
