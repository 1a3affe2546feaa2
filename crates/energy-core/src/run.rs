//! The way of a call: count, log in, send, judge, wait, again. Not generic, so it is compiled once for every operation
//! of every vendor.

mod exchange;
mod prepared;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use time::OffsetDateTime;
use tokio::sync::SemaphorePermit;
use tracing::Instrument;
use url::Url;

use crate::auth::{AccessRule, Authenticator, PathRule, Proof, Recovery};
use crate::clock::{Clock, Jitter};
use crate::connections::Connections;
use crate::endpoint::{Api, CredentialUse, Operation, RequestParts};
use crate::error::{ApiError, ApiErrorKind, BuildError, Error};
use crate::limit::{Limiter, OnLimit, Quota};
use crate::retry::{self, Advice, RetryBudget, RetryPolicy};
use crate::secret::Secret;
use crate::transport::{BodyStream, HttpResponse, SendOptions, Transport};
use exchange::Failure;
use prepared::Prepared;

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
    pub(crate) stream: Option<Box<dyn BodyStream>>,
    /// The address as it was before login.
    pub(crate) url: Url,
    pub(crate) quota: Option<Quota>,
    pub(crate) attempts: u32,
    /// The secrets that were sent in query and body: they may stand in the answer, but not in an error about it.
    pub(crate) secrets: Vec<Secret>,
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
        // Pinned where it is: moved into the span, all of its state would be copied.
        let call = pin!(self.run_in_span(operation, parts, options, &span));
        let result = call.instrument(span.clone()).await;
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
            let attempt = pin!(self.attempt(&prepared, number)).instrument(attempt_span).await;
            let (failure, proof) = match attempt {
                Ok(success) => {
                    self.budget.give_back();
                    return Ok(prepared.reply(success, number));
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
