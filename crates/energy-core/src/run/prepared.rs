//! What of a call is the same for each of its attempts.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Uri, header};
use url::Url;

use super::exchange::{Failure, Success};
use super::{CallOptions, Core, Reply};
use crate::endpoint::{CredentialUse, Operation, RequestParts};
use crate::error::{BuildError, Error, ExchangeError, RefusedError};
use crate::scrub::Scrub;
use crate::secret::Secret;
use crate::transport::{Address, HttpRequest, HttpResponse};

/// What is the same for every attempt of a call.
pub(super) struct Prepared {
    pub(super) operation: &'static Operation,
    /// The address as it is shown.
    pub(super) url: Url,
    /// The address as it is sent where that differs: with the secrets of the query.
    whole: Option<Url>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    /// The secrets in query and body.
    pub(super) secrets: Vec<Secret>,
    pub(super) options: CallOptions,
    /// [`Clock::elapsed`](crate::clock::Clock::elapsed) after which no attempt and no wait of the call begins.
    pub(super) ends: Duration,
}

impl Core {
    pub(super) fn prepare(
        &self,
        operation: &'static Operation,
        parts: Result<RequestParts, BuildError>,
        options: CallOptions,
    ) -> Result<Prepared, Error> {
        let build = |source: BuildError| Error::Build {
            operation: operation.id,
            source: Box::new(source),
        };
        let mut parts = parts.map_err(build)?;
        let refused = |source: RefusedError| Error::Refused {
            operation: operation.id,
            source: Box::new(source),
        };
        if operation.credentials == CredentialUse::Required && self.authenticator.is_anonymous() {
            let needs = operation.access.unwrap_or("login");
            let reason = format!("this operation needs a login ({needs}), and the client was built without one");
            return Err(refused(RefusedError::new(needs, reason)));
        }
        if let Some(access) = &self.access {
            access.permit(operation, &parts).map_err(refused)?;
        }
        let path = match self.paths {
            Some(rule) => rule(operation, parts.take_path()),
            None => parts.take_path(),
        };
        let mut url = self.base_url.clone();
        url.path_segments_mut()
            .map_err(|()| build(BuildError::new("base_url", "cannot have a path")))?
            .pop_if_empty()
            .extend(path);
        if !parts.query_pairs().is_empty() {
            url.query_pairs_mut().extend_pairs(parts.query_pairs());
        }
        let secret_query = parts.take_secret_query();
        let whole = (!secret_query.is_empty()).then(|| {
            let mut whole = url.clone();
            for (name, secret) in secret_query {
                whole.query_pairs_mut().append_pair(name, secret.expose());
            }
            whole
        });
        let uri = Uri::try_from(whole.as_ref().unwrap_or(&url).as_str())
            .map_err(|_| build(BuildError::new("url", "cannot be sent")))?;
        let secrets = parts.take_secrets();
        let (mut headers, body) = parts.into_headers_and_body();
        headers
            .entry(header::USER_AGENT)
            .or_insert_with(|| self.user_agent.clone());
        // Without a word about it, a service may pack its answers as it likes.
        headers
            .entry(header::ACCEPT_ENCODING)
            .or_insert(HeaderValue::from_static("identity"));
        let ends = self.clock.elapsed().saturating_add(options.retry.deadline);
        Ok(Prepared {
            operation,
            url,
            whole,
            uri,
            headers,
            body,
            secrets,
            options,
            ends,
        })
    }
}

impl Prepared {
    /// The request of one attempt, before login.
    pub(super) fn request(&self) -> HttpRequest {
        let mut request = HttpRequest::new(self.body.clone());
        *request.method_mut() = self.operation.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request.extensions_mut().insert(self.operation);
        let sent = self.whole.as_ref().unwrap_or(&self.url);
        Address::keep(sent.clone(), &mut request);
        request
    }

    /// An answer without the secrets that were sent in query and body.
    pub(super) fn without_secrets(&self, response: HttpResponse) -> HttpResponse {
        let secrets = Scrub::new(&self.secrets);
        let (mut head, body) = response.into_parts();
        secrets.headers(&mut head.headers);
        http::Response::from_parts(head, secrets.body(body))
    }

    pub(super) fn reply(self, success: Success, attempts: u32) -> Reply {
        Reply {
            response: success.response,
            stream: success.stream,
            url: self.url,
            quota: success.quota,
            attempts,
            secrets: self.secrets,
        }
    }

    pub(super) fn error(&self, failure: Failure, attempts: u32) -> Error {
        match failure {
            Failure::Final(error) => error,
            Failure::Answer(error) => Error::Api(error),
            Failure::Transport(source) => ExchangeError::new(self.operation, self.url.clone(), attempts, source).into(),
        }
    }
}
