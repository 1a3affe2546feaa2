//! When a call is sent again, and how long it waits before.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, header};
use time::OffsetDateTime;

use crate::clock::Jitter;
use crate::error::{ApiError, ApiErrorKind};
use crate::transport::{TransportError, TransportErrorKind};

/// How often, how long and how patiently a call is sent again.
///
/// What may be sent again at all is not a setting: a request that never left; a request that may have arrived, if its
/// operation is idempotent; but nothing of an operation that is sent [once](crate::Operation::once): the program decides.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many times a request is sent at most. Default 3.
    pub max_attempts: u32,
    /// The longest first wait of the backoff, which doubles from there. Default 250 ms.
    pub base: Duration,
    /// The longest wait of the backoff. Default 20 s.
    pub cap: Duration,
    /// The longest wait that a service may ask for; a longer one ends the call. Default 60 s.
    pub max_wait: Duration,
    /// How long the call may take with all its attempts and waits: none begins that would end later, and the timeout of an
    /// attempt is cut to what is left. A stream, once its head is there, goes on for as long as it likes. Login is not
    /// bounded by it but by the timeout of its own requests, and a wait for one of the client's own connections not at all
    /// ([`ClientBuilder::max_connections`](crate::ClientBuilder::max_connections)). Default 90 s.
    pub deadline: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base: Duration::from_millis(250),
            cap: Duration::from_secs(20),
            max_wait: Duration::from_secs(60),
            deadline: Duration::from_secs(90),
        }
    }
}

impl RetryPolicy {
    /// Sends once.
    pub fn none() -> Self {
        Self::default().with_max_attempts(1)
    }

    /// Sends at most this many times; 0 is taken as 1.
    #[must_use]
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Waits up to `base` before the second attempt, twice that before the third, and so on up to `cap`.
    #[must_use]
    pub fn with_backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.base = base;
        self.cap = cap;
        self
    }

    /// Lets the service ask for a wait of this length.
    #[must_use]
    pub fn with_max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// Bounds the call with all its attempts and waits (see [`RetryPolicy::deadline`]).
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The wait after the attempt of this number (from 1): anything up to the backoff, so that clients spread.
    pub(crate) fn backoff(&self, attempt: u32, jitter: &dyn Jitter) -> Duration {
        let doubled = self.base.saturating_mul(1_u32 << attempt.saturating_sub(1).min(20));
        doubled.min(self.cap).mul_f64(jitter.fraction().clamp(0.0, 1.0))
    }

    /// A wait that the service asked for, plus a little so that clients do not come back at the same instant.
    pub(crate) fn server_wait(wait: Duration, jitter: &dyn Jitter) -> Duration {
        wait + wait
            .mul_f64(0.1)
            .min(Duration::from_secs(1))
            .mul_f64(jitter.fraction().clamp(0.0, 1.0))
    }
}

/// What a vendor's own words say about sending again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advice {
    /// Nothing beyond the status.
    Usual,
    /// Sending again cannot help, as when a month's quota is used up.
    Never,
    /// Nothing was done, so it may be sent again even if it is not idempotent.
    Again,
}

/// Whether a failed exchange may be sent again.
pub(crate) fn after_transport(error: &TransportError, idempotent: bool) -> bool {
    match error.kind {
        TransportErrorKind::Connect => true,
        TransportErrorKind::Timeout | TransportErrorKind::Interrupted => idempotent,
        TransportErrorKind::TooLarge | TransportErrorKind::Unsendable => false,
    }
}

/// Whether a request whose answer is not a success may be sent again.
pub(crate) fn after_answer(error: &ApiError, idempotent: bool, advice: Advice) -> bool {
    match advice {
        Advice::Never => false,
        Advice::Again => true,
        Advice::Usual => match error.kind {
            // The service turned it away before doing anything.
            ApiErrorKind::RateLimited => true,
            ApiErrorKind::Unavailable if error.status.as_u16() == 503 && error.retry_at.is_some() => true,
            ApiErrorKind::Unavailable => idempotent && error.status.as_u16() != 501,
            _ => false,
        },
    }
}

/// The standard header, in seconds or as a date. Vendors with a header of their own overrule it.
pub(crate) fn retry_after(headers: &HeaderMap, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    match value.parse::<u64>() {
        // A wait that no calendar can express is as good as a century.
        Ok(seconds) => Some(now + Duration::from_secs(seconds.min(u32::MAX.into()))),
        Err(_) => OffsetDateTime::parse(value, &time::format_description::well_known::Rfc2822).ok(),
    }
}

/// Retries that all calls of a client share, so that an outage is not answered with three times the load.
///
/// A retry takes one from the budget; a success gives a fifth back.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    fifths: Mutex<u32>,
    full: u32,
}

impl RetryBudget {
    pub(crate) fn new(retries: u32) -> Self {
        let full = retries.saturating_mul(5);
        Self {
            fifths: Mutex::new(full),
            full,
        }
    }

    pub(crate) fn take(&self) -> bool {
        let mut fifths = self.fifths.lock().unwrap_or_else(PoisonError::into_inner);
        let left = fifths.checked_sub(5);
        *fifths = left.unwrap_or(*fifths);
        left.is_some()
    }

    pub(crate) fn give_back(&self) {
        let mut fifths = self.fifths.lock().unwrap_or_else(PoisonError::into_inner);
        *fifths = fifths.saturating_add(1).min(self.full);
    }
}
