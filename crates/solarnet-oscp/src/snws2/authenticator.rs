//! SNWS2 on every attempt of a client.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use energy_core::Secret;
use energy_core::auth::{AuthError, Authenticator, Proof};
use energy_core::clock::Clock;
use energy_core::transport::{BoxFuture, HttpRequest};
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderName, HeaderValue, Uri};
use time::UtcOffset;

use super::{Body, Request, SigningKey, header_text, http_date, sign};
use crate::derived::Keys;

const X_SN_DATE: HeaderName = HeaderName::from_static("x-sn-date");
const DIGEST: HeaderName = HeaderName::from_static("digest");

/// What a signer may be told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Send and sign `Digest`.
    pub(crate) digest: bool,
    /// The host to sign in place of the one that is sent.
    pub(crate) signed_host: Option<String>,
}

/// Signs each attempt with the time at which it is made.
#[derive(Debug)]
pub(crate) struct Snws2 {
    pub(crate) token: String,
    pub(crate) keys: Keys<SigningKey>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
}

impl Snws2 {
    fn prove(&self, request: &mut HttpRequest) -> Result<Proof, AuthError> {
        let now = self.clock.now().to_offset(UtcOffset::UTC);
        let key = self.keys.of_day(now.date())?;
        let host = match &self.options.signed_host {
            Some(host) => host.clone(),
            None => wire_host(request)?,
        };
        request.headers_mut().insert(X_SN_DATE, header_value(&http_date(now))?);
        let hash = self.send_digest(request, &host)?;
        let mut parts = parts(request, &host);
        if let Some(hash) = hash {
            parts.body = Body::Sha256(hash);
        }
        let signed = sign(&parts, &self.token, &key, now);
        let mut authorization = header_value(signed.authorization())?;
        authorization.set_sensitive(true);
        let signature = Secret::new(signed.signature());
        request.headers_mut().insert(AUTHORIZATION, authorization);
        Ok(Proof {
            generation: 0,
            secrets: vec![signature],
        })
    }

    /// Adds the header `Digest` if that is asked for and there is a body to read; gives the body's hash.
    fn send_digest(&self, request: &mut HttpRequest, host: &str) -> Result<Option<[u8; 32]>, AuthError> {
        let parts = parts(request, host);
        if !self.options.digest || parts.body.is_empty() || parts.is_form() {
            return Ok(None);
        }
        let hash = parts.body.sha256();
        let digest = format!("sha-256={}", STANDARD.encode(hash));
        request.headers_mut().insert(DIGEST, header_value(&digest)?);
        Ok(Some(hash))
    }
}

impl Authenticator for Snws2 {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        Box::pin(std::future::ready(self.prove(request)))
    }
}

/// What is signed of a request that goes to `host`.
pub(crate) fn parts<'a>(request: &'a HttpRequest, host: &'a str) -> Request<'a> {
    Request {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.uri().query(),
        host,
        headers: request.headers(),
        body: Body::Bytes(request.body()),
    }
}

/// The header `Host` as it goes on the wire: the request's own, or the address's with the port unless it is the
/// scheme's own.
pub(crate) fn wire_host(request: &HttpRequest) -> Result<String, AuthError> {
    if let Some(own) = request.headers().get(HOST) {
        return Ok(header_text(own));
    }
    let uri = request.uri();
    let host = uri
        .host()
        .filter(|host| !host.is_empty())
        .ok_or_else(|| AuthError::Malformed("the request names no host to sign".to_owned()))?
        .to_ascii_lowercase();
    Ok(match uri.port_u16() {
        Some(port) if Some(port) != own_port(uri) => format!("{host}:{port}"),
        _ => host,
    })
}

fn own_port(uri: &Uri) -> Option<u16> {
    match uri.scheme_str() {
        Some("http") => Some(80),
        Some("https") => Some(443),
        _ => None,
    }
}

pub(crate) fn header_value(text: &str) -> Result<HeaderValue, AuthError> {
    HeaderValue::from_str(text)
        .map_err(|_| AuthError::Malformed("the token has characters that a header cannot carry".to_owned()))
}
