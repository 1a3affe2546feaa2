//! One attempt: log in, send, read, judge.

use bytes::Bytes;
use http::{HeaderMap, header};
use time::OffsetDateTime;
use url::Url;

use super::Core;
use super::prepared::Prepared;
use crate::auth::{AuthError, Proof};
use crate::decode;
use crate::download;
use crate::endpoint::CredentialUse;
use crate::error::{ApiError, ApiErrorKind, Error};
use crate::limit::Quota;
use crate::retry;
use crate::scrub::Scrub;
use crate::transport::{
    BodyStream, HttpRequest, HttpResponse, TransportError, announced_length, collect, collect_beginning,
};

/// The success of one attempt.
pub(super) struct Success {
    pub(super) response: HttpResponse,
    pub(super) stream: Option<Box<dyn BodyStream>>,
    pub(super) quota: Option<Quota>,
}

/// How an attempt ended without success.
pub(super) enum Failure {
    Transport(TransportError),
    Answer(Box<ApiError>),
    /// Nothing that another attempt could change.
    Final(Error),
}

impl Failure {
    pub(super) fn may_have_been_sent(&self) -> bool {
        match self {
            Self::Transport(error) => error.may_have_been_sent(),
            Self::Answer(_) => true,
            Self::Final(error) => error.may_have_been_sent(),
        }
    }
}

impl Core {
    pub(super) async fn attempt(&self, prepared: &Prepared, number: u32) -> Result<Success, (Failure, Proof)> {
        let mut request = prepared.request();
        let proof = self
            .authenticate(prepared, &mut request)
            .await
            .map_err(|failure| (failure, Proof::default()))?;
        match self.exchange(prepared, request, &proof, number).await {
            Ok(success) => Ok(success),
            Err(failure) => {
                match &failure {
                    Failure::Transport(error) => tracing::debug!(kind = ?error.kind, "no answer"),
                    Failure::Answer(error) => {
                        tracing::debug!(status = error.status.as_u16(), "no success");
                    }
                    Failure::Final(_) => {}
                }
                Err((failure, proof))
            }
        }
    }

    async fn authenticate(&self, prepared: &Prepared, request: &mut HttpRequest) -> Result<Proof, Failure> {
        if prepared.operation.credentials == CredentialUse::None {
            return Ok(Proof::default());
        }
        let operation = prepared.operation.id;
        self.authenticator.authenticate(request).await.map_err(|error| {
            Failure::Final(match error {
                AuthError::NotGranted(refused) => Error::Refused {
                    operation,
                    source: Box::new(refused),
                },
                error => Error::Auth {
                    operation,
                    source: Box::new(error),
                },
            })
        })
    }

    async fn exchange(
        &self,
        prepared: &Prepared,
        request: HttpRequest,
        proof: &Proof,
        number: u32,
    ) -> Result<Success, Failure> {
        let mut options = prepared.options.send;
        options.pace = options.timeout;
        let left = prepared.ends.saturating_sub(self.clock.elapsed());
        options.timeout = options.timeout.min(left);
        let opened = self
            .transport
            .open(request, options)
            .await
            .map_err(Failure::Transport)?;
        let secrets = Scrub::new(&proof.secrets);
        let (mut head, stream) = opened.into_parts();
        secrets.headers(&mut head.headers);
        let streamed = options.streaming
            && head.status.is_success()
            && !self.is_short_json(&head.headers)
            && !decode::is_foreign(prepared.operation, &head.headers);
        let (response, stream) = if streamed {
            let stream = download::begun(&head, stream, options.max_body)
                .await
                .map_err(Failure::Transport)?;
            (http::Response::from_parts(head, Bytes::new()), Some(stream))
        } else {
            let limit = if options.streaming {
                // What is allowed for a download is not meant for the error that comes in its place.
                options.max_body.min(self.options.max_body)
            } else {
                options.max_body
            };
            let opened = http::Response::from_parts(head, stream);
            let response = if opened.status().is_success() {
                collect(opened, limit).await.map_err(Failure::Transport)?
            } else {
                // The status says more than a body that is too long or breaks off.
                collect_beginning(opened, limit).await
            };
            (response.map(|body| secrets.body(body)), None)
        };
        let quota = (self.behaviour.quota)(&response);
        if let Some(quota) = &quota {
            self.limiter.observe(quota, self.clock.now());
        }
        if stream.is_some() || (self.behaviour.is_success)(&response) {
            if options.streaming {
                decode::refuse_foreign(prepared.operation, &response).map_err(|mut error| {
                    error.attempts = number;
                    Scrub::new(&prepared.secrets).unread(&mut error);
                    Failure::Final(Error::Decode(Box::new(error)))
                })?;
            }
            return Ok(Success {
                response,
                stream,
                quota,
            });
        }
        let error = self.refusal(prepared, response, &secrets, quota, number);
        Err(Failure::Answer(Box::new(error)))
    }

    /// What the service says instead of a success.
    #[cold]
    fn refusal(
        &self,
        prepared: &Prepared,
        response: HttpResponse,
        secrets: &Scrub,
        quota: Option<Quota>,
        number: u32,
    ) -> ApiError {
        let now = self.clock.now();
        // What was sent in the body may be a part of what succeeds, but not of an error.
        let response = prepared.without_secrets(response);
        let mut error = ApiError::new(prepared.operation, prepared.url.clone(), &response, number);
        error.retry_at = retry::retry_after(response.headers(), now);
        error.quota = quota;
        if error.kind == ApiErrorKind::Redirect {
            error.message = redirect_target(&prepared.url, response.headers());
        } else {
            (self.behaviour.describe_error)(&response, now, &mut error);
            // Reading the body may have undone escapes that hid a secret from the first cleaning.
            secrets.described(&mut error);
            Scrub::new(&prepared.secrets).described(&mut error);
            self.heed(&error, now);
        }
        error
    }

    /// Whether a download is JSON that is short enough to be read first: it may be a failure of a service that puts
    /// failures into successes, and must not land in a file.
    fn is_short_json(&self, headers: &HeaderMap) -> bool {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        kind.is_some_and(|kind| kind.starts_with("application/json"))
            && announced_length(headers).is_some_and(|length| length <= self.options.max_body)
    }

    /// Lets the limiter hear what only the body of an error says.
    fn heed(&self, error: &ApiError, now: OffsetDateTime) {
        if error.kind == ApiErrorKind::RateLimited && error.retry_at.is_some() {
            let mut quota = error.quota.clone().unwrap_or_default();
            quota.retry_at = error.retry_at;
            self.limiter.observe(&quota, now);
        }
    }
}

/// Says where a redirect leads, showing of another host only its name.
fn redirect_target(from: &Url, headers: &HeaderMap) -> String {
    let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let target = location.and_then(|location| from.join(location).ok());
    let Some(host) = target.as_ref().and_then(Url::host_str) else {
        return "the service redirects without saying where to".to_owned();
    };
    let same = target.as_ref().is_some_and(|target| target.origin() == from.origin());
    let place = if same {
        "another path of the same host".to_owned()
    } else {
        format!("another origin, {host}")
    };
    format!("the service redirects to {place}; redirects are not followed, check the base URL")
}
