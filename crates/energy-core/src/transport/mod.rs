//! The seam between this SDK and the network: one HTTP exchange, in plain [`http`] types.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use url::{Host, Url};

pub mod replay;
#[cfg(feature = "reqwest")]
pub mod reqwest;

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// A request with its whole body.
pub type HttpRequest = http::Request<Bytes>;
/// A response with its whole body.
pub type HttpResponse = http::Response<Bytes>;
/// A response whose body is still to be read.
pub type StreamingResponse = http::Response<Box<dyn BodyStream>>;

/// The address of a request, beside its URI in the extensions: who needs a [`Url`] need not read it from a text again.
#[derive(Clone)]
pub(crate) struct Address(Url);

impl Address {
    /// Puts it beside the URI of `request`, which is the same.
    pub(crate) fn keep(url: Url, request: &mut HttpRequest) {
        request.extensions_mut().insert(Self(url));
    }

    /// That of `request`. A login of somebody else may have changed the URI and knows nothing of this, so what was kept
    /// counts only where both are the same.
    pub(crate) fn take(request: &mut HttpRequest) -> Result<Url, url::ParseError> {
        match request.extensions_mut().remove() {
            Some(Self(url)) if *request.uri() == *url.as_str() => Ok(url),
            _ => Url::parse(&request.uri().to_string()),
        }
    }
}

/// Bounds of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SendOptions {
    /// How long the exchange may take; for a stream, how long its head may take.
    pub timeout: Duration,
    /// For a stream, how long each piece may take. The deadline of a call does not shorten it: a stream may go on for
    /// longer than that.
    pub pace: Duration,
    /// How many bytes the body may have.
    pub max_body: u64,
    /// Whether the body is read piece by piece, as of a download.
    pub streaming: bool,
}

impl Default for SendOptions {
    /// 30 seconds, for the whole and for a piece; 8 MiB; not streaming.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            pace: Duration::from_secs(30),
            max_body: 8 << 20,
            streaming: false,
        }
    }
}

/// A body that arrives in pieces.
pub trait BodyStream: Send {
    /// The next piece, or `None` at the end.
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>>;
}

/// One HTTP exchange: no retry, no login, no redirect followed. A status that is not a success is a response.
///
/// Implement it to bring another HTTP library, or to answer in a test. The request is already logged in: its address and
/// headers hold secrets, so neither log it nor put it into an error. The transport keeps the bounds of [`SendOptions`];
/// nobody else ends an exchange that hangs.
///
/// ```
/// use energy_core::transport::{BoxFuture, Buffered, HttpRequest, SendOptions, StreamingResponse, Transport, TransportError};
///
/// #[derive(Debug)]
/// struct Echo;
///
/// impl Transport for Echo {
///     fn open(&self, request: HttpRequest, _: SendOptions) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
///         let answer = http::Response::new(Buffered::boxed(request.into_body()));
///         Box::pin(std::future::ready(Ok(answer)))
///     }
/// }
/// ```
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends `request` and gives the response's head, with the body to be read.
    fn open(
        &self,
        request: HttpRequest,
        options: SendOptions,
    ) -> BoxFuture<'_, Result<StreamingResponse, TransportError>>;

    /// Sends `request` and reads the whole body, up to [`SendOptions::max_body`].
    fn send(&self, request: HttpRequest, options: SendOptions) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async move { collect(self.open(request, options).await?, options.max_body).await })
    }
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn open(
        &self,
        request: HttpRequest,
        options: SendOptions,
    ) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        (**self).open(request, options)
    }
}

/// A body that is already here.
#[derive(Debug)]
pub struct Buffered(Option<Bytes>);

impl Buffered {
    /// The body as a stream of one piece.
    pub fn boxed(body: Bytes) -> Box<dyn BodyStream> {
        Box::new(Self(Some(body)))
    }
}

impl BodyStream for Buffered {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        let piece = self.0.take().filter(|body| !body.is_empty());
        Box::pin(std::future::ready(Ok(piece)))
    }
}

/// Whether an address is on this machine, so that nothing sent there travels.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The length that the head of a response announces.
pub(crate) fn announced_length(headers: &http::HeaderMap) -> Option<u64> {
    headers
        .get(http::header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// Reads a body to its end, refusing one of more than `limit` bytes as soon as that is known.
///
/// # Errors
///
/// [`TransportErrorKind::TooLarge`], or what reading gives.
pub async fn collect(response: StreamingResponse, limit: u64) -> Result<HttpResponse, TransportError> {
    let announced = announced_length(response.headers());
    if announced.is_some_and(|length| length > limit) {
        return Err(TransportError::too_large(announced, limit));
    }
    let (head, mut stream) = response.into_parts();
    let mut body = Pieces::default();
    while let Some(piece) = stream.chunk().await? {
        if body.len() as u64 + piece.len() as u64 > limit {
            return Err(TransportError::too_large(announced, limit));
        }
        body.add(piece, announced);
    }
    Ok(http::Response::from_parts(head, body.whole()))
}

/// Reads a body as far as it comes, up to `limit` bytes.
pub(crate) async fn collect_beginning(response: StreamingResponse, limit: u64) -> HttpResponse {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let announced = announced_length(response.headers());
    let (head, mut stream) = response.into_parts();
    let mut body = Pieces::default();
    while body.len() < limit
        && let Ok(Some(mut piece)) = stream.chunk().await
    {
        piece.truncate(limit - body.len());
        body.add(piece, announced);
    }
    http::Response::from_parts(head, body.whole())
}

/// The pieces of a body. Most answers come in one, which is not copied.
#[derive(Default)]
struct Pieces {
    first: Bytes,
    /// All of them, as soon as there are two.
    all: BytesMut,
}

impl Pieces {
    fn len(&self) -> usize {
        self.all.len().max(self.first.len())
    }

    fn add(&mut self, piece: Bytes, announced: Option<u64>) {
        if self.len() == 0 {
            self.first = piece;
            return;
        }
        if self.all.is_empty() {
            // What is announced is not yet here: no more than this is asked for at once.
            let room = announced.unwrap_or_default().min(1 << 20);
            self.all.reserve(usize::try_from(room).unwrap_or_default());
            self.all.extend_from_slice(&self.first);
        }
        self.all.extend_from_slice(&piece);
    }

    fn whole(self) -> Bytes {
        if self.all.is_empty() {
            self.first
        } else {
            self.all.freeze()
        }
    }
}

/// What went wrong between the client and the service, told apart by whether sending again is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: refused, unresolved, TLS not agreed. The request was not sent.
    Connect,
    /// No answer in time. The request may have been sent.
    Timeout,
    /// The connection broke. The request may have been sent.
    Interrupted,
    /// The body is, or says it is, larger than allowed.
    TooLarge,
    /// The request could not be put into the transport's terms. It was not sent.
    Unsendable,
}

/// An exchange that gave no response.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// The kind of failure.
    pub kind: TransportErrorKind,
    message: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl TransportError {
    /// An error with a message for people. Neither it nor `source` may hold a URL or a secret.
    pub fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// The same error with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether the service may have seen, and acted on, the request.
    pub fn may_have_been_sent(&self) -> bool {
        !matches!(self.kind, TransportErrorKind::Connect | TransportErrorKind::Unsendable)
    }

    pub(crate) fn too_large(announced: Option<u64>, limit: u64) -> Self {
        let size = announced.filter(|length| *length > limit).map_or_else(
            || format!("the answer has more than {limit} bytes"),
            |length| format!("the answer announces {length} bytes, {limit} are allowed"),
        );
        Self::new(
            TransportErrorKind::TooLarge,
            size + "; raise the limit with `max_body`, or use `download`",
        )
    }
}
