//! The way of a call: count, log in, send, judge, wait, again. Not generic, so it is compiled once for every operation
//! of every vendor.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Uri, header};
use time::OffsetDateTime;
use tokio::sync::SemaphorePermit;
use tracing::Instrument;
use url::Url;

use crate::auth::{AccessRule, AuthError, Authenticator, PathRule, Proof, Recovery};
use crate::clock::{Clock, Jitter};
use crate::connections::Connections;
use crate::decode;
use crate::download;
use crate::endpoint::{Api, CredentialUse, Operation, RequestParts};
use crate::error::{ApiError, ApiErrorKind, BuildError, Error, ExchangeError, RefusedError};
use crate::limit::{Limiter, OnLimit, Quota};
use crate::retry::{self, Advice, RetryBudget, RetryPolicy};
use crate::scrub;
use crate::secret::Secret;
use crate::transport::{
    BodyStream, Buffered, HttpRequest, HttpResponse, SendOptions, Transport, TransportError, announced_length, collect,
    collect_beginning,
};

/// The vendor's part of a call, as plain function pointers.
#[derive(Clone, Copy)]
pub(crate) struct Behaviour {
    name: &'static str,
    is_success: fn(&HttpResponse) -> bool,
    describe_error: fn(&HttpResponse, OffsetDateTime, &mut ApiError),
    advise: fn(&ApiError) -> Advice,
    quota: fn(&HttpResponse) -> Option<Quota>,
}

impl Behaviour {
    pub(crate) fn of<A: Api>() -> Self {
        Self {
            name: A::NAME,
            is_success: A::is_success,
            describe_error: A::describe_error,
            advise: A::advise,
            quota: A::quota,
        }
    }
}

/// What all clones of a client share.
pub(crate) struct Core {
    pub(crate) behaviour: Behaviour,
    pub(crate) base_url: Url,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) authenticator: Arc<dyn Authenticator>,
    pub(crate) access: Option<Arc<dyn AccessRule>>,
    pub(crate) paths: Option<PathRule>,
    pub(crate) connections: Connections,
    pub(crate) limiter: Limiter,
    pub(crate) on_limit: OnLimit,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: RetryBudget,
    pub(crate) options: SendOptions,
    pub(crate) user_agent: HeaderValue,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) jitter: Arc<dyn Jitter>,
}

/// The options of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallOptions {
    pub(crate) send: SendOptions,
    pub(crate) retry: RetryPolicy,
}

impl CallOptions {
    pub(crate) fn new(core: &Core) -> Self {
        Self {
            send: core.options,
            retry: core.retry,
        }
    }
}

/// A success.
pub(crate) struct Reply {
    /// Head and body; for a stream the body is empty.
    pub(crate) response: HttpResponse,
    /// The body that is still to be read, for a stream.
    pub(crate) stream: Box<dyn BodyStream>,
    /// The address as it was before login.
    pub(crate) url: Url,
    pub(crate) quota: Option<Quota>,
    pub(crate) attempts: u32,
    /// The secrets that were sent in query and body: they may stand in the answer, but not in an error about it.
    pub(crate) secrets: Vec<Secret>,
}

/// What is the same for every attempt of a call.
struct Prepared {
    operation: &'static Operation,
    url: Url,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    /// The secrets in the body.
    secrets: Vec<Secret>,
    options: CallOptions,
    /// [`Clock::elapsed`] after which no attempt and no wait of the call begins.
    ends: Duration,
}

/// How far a call has come.
#[derive(Default)]
struct Progress {
    /// How many times the request was sent.
    sent: u32,
    /// How many of those the retry policy counts.
    counted: u32,
    /// Whether a refused login was given its second chance.
    recovered: bool,
    last: Option<Failure>,
}

/// How an attempt ended without success.
enum Failure {
    Transport(TransportError),
    Answer(Box<ApiError>),
    /// Nothing that another attempt could change.
    Final(Error),
}

impl Failure {
    fn may_have_been_sent(&self) -> bool {
        match self {
            Self::Transport(error) => error.may_have_been_sent(),
            Self::Answer(_) => true,
            Self::Final(error) => error.may_have_been_sent(),
        }
    }
}

impl Core {
    pub(crate) async fn run(
        &self,
        operation: &'static Operation,
        parts: Result<RequestParts, BuildError>,
        options: CallOptions,
    ) -> Result<Reply, Error> {
        let span = tracing::info_span!(
            "call",
            api = self.behaviour.name,
            operation = operation.id,
            url = tracing::field::Empty,
            attempts = tracing::field::Empty,
            outcome = tracing::field::Empty
        );
        let result = self
            .run_in_span(operation, parts, options, &span)
            .instrument(span.clone())
            .await;
        match &result {
            Ok(reply) => {
                span.record("attempts", reply.attempts);
                span.record("outcome", reply.response.status().as_u16());
            }
            Err(error) => {
                span.record("attempts", error.attempts());
                span.record("outcome", tracing::field::display(error));
            }
        }
        result
    }

    async fn run_in_span(
        &self,
        operation: &'static Operation,
        parts: Result<RequestParts, BuildError>,
        options: CallOptions,
        span: &tracing::Span,
    ) -> Result<Reply, Error> {
        let mut prepared = self.prepare(operation, parts, options)?;
        span.record("url", prepared.url.as_str());
        let mut progress = Progress::default();
        loop {
            let connection = match self.acquire(&mut prepared, progress.sent).await {
                Ok(connection) => connection,
                // A retry that the quota does not allow ends the call with what the service said before.
                Err(limited) => {
                    return Err(progress
                        .last
                        .map_or(limited, |failure| prepared.error(failure, progress.sent)));
                }
            };
            let number = progress.sent + 1;
            let attempt_span = tracing::debug_span!("attempt", number);
            let (failure, proof) = match self.attempt(&prepared, number).instrument(attempt_span).await {
                Ok(reply) => {
                    self.budget.give_back();
                    return Ok(reply);
                }
                Err(failed) => failed,
            };
            drop(connection);
            progress.sent = number;
            if !failure.may_have_been_sent() {
                self.limiter.take_back(prepared.operation.cost);
            }
            if self.recovers(operation, &failure, &proof, &mut progress).await {
                progress.last = Some(failure);
                continue;
            }
            progress.counted += 1;
            let Some(wait) = self.wait_before_next(&prepared, progress.counted, &failure) else {
                return Err(prepared.error(failure, progress.sent));
            };
            tracing::info!(
                after = progress.sent,
                wait_ms = wait.as_millis() as u64,
                "sending again"
            );
            progress.last = Some(failure);
            self.clock.sleep(wait).await;
        }
    }

    /// Whether a refused login is worth one more attempt, with a new proof. It is tried once in a call, and does not
    /// count as one of the attempts that the retry policy allows. The authenticator hears of the refusal even where the
    /// operation is not sent again, so that the next call goes out with a new proof.
    async fn recovers(&self, operation: &Operation, failure: &Failure, proof: &Proof, progress: &mut Progress) -> bool {
        let Failure::Answer(error) = failure else {
            return false;
        };
        // A refusal of what went out without a login says nothing about the login.
        let had_login = operation.credentials != CredentialUse::None;
        if error.kind != ApiErrorKind::Unauthorized || progress.recovered || !had_login {
            return false;
        }
        progress.recovered = true;
        let recovery = self.authenticator.rejected(proof, error).await;
        let again = recovery == Recovery::TryAgain && !operation.once;
        if again {
            tracing::info!("the login was refused, trying once more with a new one");
        }
        again
    }

    fn prepare(
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
        let uri = if secret_query.is_empty() {
            url.as_str().parse::<Uri>()
        } else {
            let mut whole = url.clone();
            for (name, secret) in secret_query {
                whole.query_pairs_mut().append_pair(name, secret.expose());
            }
            whole.as_str().parse::<Uri>()
        };
        let uri = uri.map_err(|_| build(BuildError::new("url", "cannot be sent")))?;
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
            uri,
            headers,
            body,
            secrets,
            options,
            ends,
        })
    }

    /// Waits for a connection and counts the next attempt; waits for room in the quota if that is wanted. Counted last, and
    /// at the time at which it goes out: who gives up in line has spent nothing.
    async fn acquire(&self, prepared: &mut Prepared, sent: u32) -> Result<Option<SemaphorePermit<'_>>, Error> {
        let mut waited = Duration::ZERO;
        loop {
            let connection = self.connection(prepared).await;
            let Err(full) = self.limiter.acquire(prepared.operation.cost, self.clock.now()) else {
                return Ok(connection);
            };
            // A wait for quota holds nobody up.
            drop(connection);
            let limited = |source| Error::Limited {
                operation: prepared.operation.id,
                source: Box::new(source),
            };
            let (OnLimit::Wait(longest), Some(wait)) = (self.on_limit, full.retry_in) else {
                return Err(limited(full));
            };
            // Waiting for quota is asked for on its own, so before the first attempt the call's deadline does not count.
            let too_late = sent > 0 && self.clock.elapsed().saturating_add(wait) > prepared.ends;
            if waited.saturating_add(wait) > longest || too_late {
                return Err(limited(full));
            }
            tracing::info!(
                wait_ms = wait.as_millis() as u64,
                window = full.window,
                "waiting for quota"
            );
            let began = self.clock.elapsed();
            self.clock.sleep(wait).await;
            waited = waited.saturating_add(wait);
            if sent == 0 {
                let took = self.clock.elapsed().saturating_sub(began);
                prepared.ends = prepared.ends.saturating_add(took);
            }
        }
    }

    /// Waits for a free connection. Standing in line is no fault of the service, so the deadline goes on by as much.
    async fn connection(&self, prepared: &mut Prepared) -> Option<SemaphorePermit<'_>> {
        if let Some(free) = self.connections.free() {
            return Some(free);
        }
        let began = self.clock.elapsed();
        let next = self.connections.next().await;
        let took = self.clock.elapsed().saturating_sub(began);
        prepared.ends = prepared.ends.saturating_add(took);
        next
    }

    async fn attempt(&self, prepared: &Prepared, number: u32) -> Result<Reply, (Failure, Proof)> {
        let mut request = HttpRequest::new(prepared.body.clone());
        *request.method_mut() = prepared.operation.method.clone();
        *request.uri_mut() = prepared.uri.clone();
        *request.headers_mut() = prepared.headers.clone();
        request.extensions_mut().insert(prepared.operation);
        let proof = self
            .authenticate(prepared, &mut request)
            .await
            .map_err(|failure| (failure, Proof::default()))?;
        match self.exchange(prepared, request, &proof, number).await {
            Ok(reply) => Ok(reply),
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
    ) -> Result<Reply, Failure> {
        let mut options = prepared.options.send;
        options.pace = options.timeout;
        let left = prepared.ends.saturating_sub(self.clock.elapsed());
        options.timeout = options.timeout.min(left);
        let opened = self
            .transport
            .open(request, options)
            .await
            .map_err(Failure::Transport)?;
        let (mut head, mut stream) = opened.into_parts();
        scrub::headers(&mut head.headers, &proof.secrets);
        let foreign = decode::is_foreign(prepared.operation, &head.headers);
        let streamed = options.streaming && head.status.is_success() && !self.is_short_json(&head.headers) && !foreign;
        let body = if streamed {
            stream = download::begun(&head, stream, options.max_body)
                .await
                .map_err(Failure::Transport)?;
            Bytes::new()
        } else {
            let limit = if options.streaming {
                // What is allowed for a download is not meant for the error that comes in its place.
                options.max_body.min(self.options.max_body)
            } else {
                options.max_body
            };
            let body = if head.status.is_success() {
                let whole = http::Response::from_parts(head, stream);
                let whole = collect(whole, limit).await.map_err(Failure::Transport)?;
                let body;
                (head, body) = whole.into_parts();
                body
            } else {
                // The status says more than a body that is too long or breaks off.
                collect_beginning(stream, limit).await
            };
            let body = scrub::body(body, &proof.secrets);
            stream = Buffered::boxed(body.clone());
            body
        };
        let response = http::Response::from_parts(head, body);
        let now = self.clock.now();
        let quota = (self.behaviour.quota)(&response);
        if let Some(quota) = &quota {
            self.limiter.observe(quota, now);
        }
        if streamed || (self.behaviour.is_success)(&response) {
            if options.streaming {
                decode::refuse_foreign(prepared.operation, &response).map_err(|mut error| {
                    error.attempts = number;
                    scrub::unread(&mut error, &prepared.secrets);
                    Failure::Final(Error::Decode(Box::new(error)))
                })?;
            }
            return Ok(Reply {
                response,
                stream,
                url: prepared.url.clone(),
                quota,
                attempts: number,
                secrets: prepared.secrets.clone(),
            });
        }
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
            scrub::described(&mut error, &proof.secrets);
            scrub::described(&mut error, &prepared.secrets);
            self.heed(&error, now);
        }
        Err(Failure::Answer(Box::new(error)))
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

    /// How long to wait before the next attempt, or `None` to give up.
    fn wait_before_next(&self, prepared: &Prepared, counted: u32, failure: &Failure) -> Option<Duration> {
        let policy = &prepared.options.retry;
        let idempotent = prepared.operation.idempotent;
        if prepared.operation.once || counted >= policy.max_attempts {
            return None;
        }
        // To come back when the service says so is no burden on one that is down.
        let mut invited = false;
        let wait = match failure {
            Failure::Final(_) => return None,
            Failure::Transport(error) if !retry::after_transport(error, idempotent) => return None,
            Failure::Transport(_) => policy.backoff(counted, &*self.jitter),
            Failure::Answer(error) => {
                if !retry::after_answer(error, idempotent, (self.behaviour.advise)(error)) {
                    return None;
                }
                match error.retry_at {
                    Some(at) => {
                        let asked = Duration::try_from(at - self.clock.now()).unwrap_or_default();
                        if asked > policy.max_wait {
                            return None;
                        }
                        invited = error.kind == ApiErrorKind::RateLimited;
                        // A time that has passed already is no leave to hurry.
                        RetryPolicy::server_wait(asked, &*self.jitter).max(policy.backoff(counted, &*self.jitter))
                    }
                    None => policy.backoff(counted, &*self.jitter),
                }
            }
        };
        let in_time = self.clock.elapsed().saturating_add(wait) < prepared.ends;
        (in_time && (invited || self.budget.take())).then_some(wait)
    }
}

impl Prepared {
    /// An answer without the secrets that were sent in the body.
    fn without_secrets(&self, response: HttpResponse) -> HttpResponse {
        let (mut head, body) = response.into_parts();
        scrub::headers(&mut head.headers, &self.secrets);
        http::Response::from_parts(head, scrub::body(body, &self.secrets))
    }

    fn error(&self, failure: Failure, attempts: u32) -> Error {
        match failure {
            Failure::Final(error) => error,
            Failure::Answer(error) => Error::Api(error),
            Failure::Transport(source) => ExchangeError::new(self.operation, self.url.clone(), attempts, source).into(),
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
