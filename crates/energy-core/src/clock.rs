//! The time, waiting and randomness, all injected.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;

use crate::transport::BoxFuture;

/// The time, and waiting for it. Injected, so that tests decide both and take no real time.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The wall-clock time in UTC.
    fn now(&self) -> OffsetDateTime;

    /// Time since a fixed but arbitrary moment; never goes back.
    fn elapsed(&self) -> Duration;

    /// Resolves after `duration`.
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()>;
}

/// The machine's clock and tokio's timer.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    origin: std::time::Instant,
}

impl SystemClock {
    /// A clock that counts [`Clock::elapsed`] from now.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn new() -> Self {
        Self {
            origin: std::time::Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn elapsed(&self) -> Duration {
        self.origin.elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that really waits")]
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Where the randomness of waits comes from.
pub trait Jitter: fmt::Debug + Send + Sync + 'static {
    /// A number from 0 (included) to 1 (excluded).
    fn fraction(&self) -> f64;
}

/// Jitter from a fast generator; good for spreading clients, not for secrets.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomJitter;

impl Jitter for RandomJitter {
    fn fraction(&self) -> f64 {
        fastrand::f64()
    }
}

#[cfg(feature = "test-util")]
pub use manual::{FixedJitter, ManualClock};

#[cfg(feature = "test-util")]
mod manual {
    use std::sync::{Arc, Mutex, PoisonError};

    use super::{BoxFuture, Clock, Duration, Jitter, OffsetDateTime};

    /// A clock that moves only when told to, or when somebody sleeps on it.
    ///
    /// A sleep moves the clock forward by its length and returns at once; [`ManualClock::slept`] tells what was
    /// waited for. Clones share one time.
    #[derive(Clone, Debug)]
    pub struct ManualClock(Arc<Mutex<State>>);

    #[derive(Debug)]
    struct State {
        start: OffsetDateTime,
        elapsed: Duration,
        slept: Vec<Duration>,
    }

    impl ManualClock {
        /// A clock that stands at `start`.
        pub fn new(start: OffsetDateTime) -> Self {
            Self(Arc::new(Mutex::new(State {
                start,
                elapsed: Duration::ZERO,
                slept: Vec::new(),
            })))
        }

        /// Moves the clock forward.
        pub fn advance(&self, by: Duration) {
            self.with(|state| state.elapsed += by);
        }

        /// Every sleep so far, in order.
        pub fn slept(&self) -> Vec<Duration> {
            self.with(|state| state.slept.clone())
        }

        fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
            f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
        }
    }

    impl Clock for ManualClock {
        fn now(&self) -> OffsetDateTime {
            self.with(|state| state.start + state.elapsed)
        }

        fn elapsed(&self) -> Duration {
            self.with(|state| state.elapsed)
        }

        fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
            self.with(|state| {
                state.elapsed += duration;
                state.slept.push(duration);
            });
            Box::pin(tokio::task::yield_now())
        }
    }

    /// Jitter that always gives the same fraction.
    #[derive(Clone, Copy, Debug)]
    pub struct FixedJitter(pub f64);

    impl Jitter for FixedJitter {
        fn fraction(&self) -> f64 {
            self.0
        }
    }
}
