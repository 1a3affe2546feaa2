//! [`Transport`] over reqwest.

mod pools;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use pools::Pools;

use super::{
    Address, BodyStream, BoxFuture, HttpRequest, SendOptions, StreamingResponse, Transport, TransportError,
    TransportErrorKind, is_loopback,
};

/// HTTP over reqwest. It follows no redirect: a redirect would carry a key that stands in the path to another host.
///
/// Which TLS it speaks is a feature of this crate: `rustls` (default), `native-tls` (which wins where both are on) or
/// `rustls-no-provider` (building a transport panics in reqwest if the program has installed no provider before).
///
/// Blocking calls have connections of their own, because one that an async runtime has opened stands still with it.
#[derive(Clone)]
pub struct ReqwestTransport(Arc<Pools>);

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport").finish_non_exhaustive()
    }
}

impl ReqwestTransport {
    /// A transport with reqwest's own settings.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up, for instance on a machine without any certificate authority.
    pub fn new() -> Result<Self, TransportError> {
        Self::from_settings(reqwest::Client::builder)
    }

    /// A transport that suits `base`: for plain HTTP it loads no certificates, which a machine may not have, and what is
    /// on this machine is not asked for through a proxy, which would see the key. Another plain-HTTP address goes through
    /// the proxy that the environment names.
    ///
    /// # Errors
    ///
    /// As [`ReqwestTransport::new`]; and an `https` address in a build without TLS.
    pub fn for_base_url(base: &Url) -> Result<Self, TransportError> {
        let tls = cfg!(any(
            feature = "rustls",
            feature = "native-tls",
            feature = "rustls-no-provider"
        ));
        if base.scheme() == "https" && !tls {
            let message = "https needs one of the features `rustls`, `native-tls` and `rustls-no-provider`";
            return Err(TransportError::new(TransportErrorKind::Unsendable, message));
        }
        let here = is_loopback(base);
        #[cfg(any(feature = "rustls", feature = "native-tls", feature = "rustls-no-provider"))]
        let plain = base.scheme() == "http";
        Self::from_settings(move || {
            let builder = reqwest::Client::builder();
            let builder = if here { builder.no_proxy() } else { builder };
            #[cfg(any(feature = "rustls", feature = "native-tls", feature = "rustls-no-provider"))]
            let builder = if plain { builder.tls_certs_only([]) } else { builder };
            builder
        })
    }

    /// A transport from settings of your own: proxy, certificates, connection pool. Redirects stay off. They are asked
    /// for now, and once more if both async and blocking calls are made.
    ///
    /// # Errors
    ///
    /// As [`ReqwestTransport::new`].
    pub fn from_settings(
        settings: impl Fn() -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Result<Self, TransportError> {
        let client = pools::build(settings())?;
        Ok(Self(Arc::new(Pools::new(client, Some(Box::new(settings))))))
    }

    /// As [`ReqwestTransport::from_settings`], from a builder, which builds only once: async and blocking calls share their
    /// connections. A blocking call on a runtime of one thread may then get a connection that this very runtime drives, and
    /// run into its timeout; programs that make such calls take `from_settings`.
    ///
    /// # Errors
    ///
    /// As [`ReqwestTransport::new`].
    pub fn from_builder(builder: reqwest::ClientBuilder) -> Result<Self, TransportError> {
        Ok(Self(Arc::new(Pools::new(pools::build(builder)?, None))))
    }
}

impl Transport for ReqwestTransport {
    fn open(
        &self,
        request: HttpRequest,
        options: SendOptions,
    ) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        Box::pin(async move {
            let mut request = translated(request)?;
            let for_head = options.streaming.then_some(options.timeout);
            if for_head.is_none() {
                *request.timeout_mut() = Some(options.timeout);
            }
            let mut response = in_time(for_head, self.0.client()?.execute(request)).await?;
            let pace = options.streaming.then_some(options.pace);
            let mut head = http::Response::new(());
            *head.status_mut() = response.status();
            *head.version_mut() = response.version();
            *head.headers_mut() = std::mem::take(response.headers_mut());
            Ok(head.map(|()| Box::new(Body { response, pace }) as Box<dyn BodyStream>))
        })
    }
}

/// The request in reqwest's terms.
fn translated(mut request: HttpRequest) -> Result<reqwest::Request, TransportError> {
    let url = Address::take(&mut request).map_err(|error| {
        let message = "the request has no complete address";
        TransportError::new(TransportErrorKind::Unsendable, message).with_source(error)
    })?;
    let (head, body) = request.into_parts();
    let mut translated = reqwest::Request::new(head.method, url);
    *translated.headers_mut() = head.headers;
    *translated.body_mut() = Some(body.into());
    Ok(translated)
}

struct Body {
    response: reqwest::Response,
    pace: Option<Duration>,
}

impl BodyStream for Body {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        Box::pin(in_time(self.pace, self.response.chunk()))
    }
}

async fn in_time<T>(
    limit: Option<Duration>,
    future: impl Future<Output = Result<T, reqwest::Error>>,
) -> Result<T, TransportError> {
    let Some(limit) = limit else {
        return future.await.map_err(classify);
    };
    match tokio::time::timeout(limit, future).await {
        Ok(result) => result.map_err(classify),
        Err(_) => Err(TransportError::new(TransportErrorKind::Timeout, TIMEOUT)),
    }
}

const TIMEOUT: &str = "no answer in time; raise the timeout, or try again later";

fn classify(error: reqwest::Error) -> TransportError {
    let (kind, message) = if error.is_connect() {
        (TransportErrorKind::Connect, "no connection; the request was not sent")
    } else if error.is_timeout() {
        (TransportErrorKind::Timeout, TIMEOUT)
    } else if error.is_builder() {
        (TransportErrorKind::Unsendable, "the request cannot be sent over HTTP")
    } else {
        (
            TransportErrorKind::Interrupted,
            "the connection broke before the answer was complete",
        )
    };
    TransportError::new(kind, message).with_source(error.without_url())
}
