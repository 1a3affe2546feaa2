//! The sandbox's clock: the only room that asks the machine what time it is.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

/// A clock every service of one sandbox shares.
///
/// Fixed clocks stand still until [`Clock::advance`]; real clocks run and can be put forward.
#[derive(Clone)]
pub(crate) struct Clock {
    hands: Arc<Mutex<Hands>>,
    listeners: Arc<Mutex<Vec<Listener>>>,
}

/// Called after the clock was put forward.
type Listener = Arc<dyn Fn() + Send + Sync>;

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clock")
            .field("hands", &self.hands)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug)]
enum Hands {
    Fixed(OffsetDateTime),
    Real { ahead: Duration },
}

impl Clock {
    pub(crate) fn real() -> Self {
        Self::with(Hands::Real { ahead: Duration::ZERO })
    }

    pub(crate) fn fixed(at: OffsetDateTime) -> Self {
        Self::with(Hands::Fixed(at.to_offset(time::UtcOffset::UTC)))
    }

    fn with(hands: Hands) -> Self {
        Self {
            hands: Arc::new(Mutex::new(hands)),
            listeners: Arc::default(),
        }
    }

    /// Now, in UTC.
    pub(crate) fn now(&self) -> OffsetDateTime {
        match *self.hands.lock().unwrap_or_else(PoisonError::into_inner) {
            Hands::Fixed(at) => at,
            Hands::Real { ahead } => machine_time().saturating_add(signed(ahead)),
        }
    }

    /// Whether time stands still.
    pub(crate) fn is_fixed(&self) -> bool {
        let hands = self.hands.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(*hands, Hands::Fixed(_))
    }

    /// Asks to be told whenever the clock was put forward.
    pub(crate) fn on_advance(&self, listener: impl Fn() + Send + Sync + 'static) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.push(Arc::new(listener));
    }

    /// Puts the clock forward and tells those who asked.
    pub(crate) fn advance(&self, by: Duration) {
        self.move_hands(by);
        let listeners: Vec<Listener> = (self.listeners.lock()).unwrap_or_else(PoisonError::into_inner).clone();
        for listener in listeners {
            listener();
        }
    }

    fn move_hands(&self, by: Duration) {
        let mut hands = self.hands.lock().unwrap_or_else(PoisonError::into_inner);
        *hands = match *hands {
            Hands::Fixed(at) => Hands::Fixed(at.saturating_add(signed(by))),
            Hands::Real { ahead } => Hands::Real {
                ahead: ahead.saturating_add(by),
            },
        };
    }
}

fn signed(duration: Duration) -> time::Duration {
    time::Duration::try_from(duration).unwrap_or(time::Duration::MAX)
}

/// The machine's own time. A sandbox started without a fixed time lives in the present.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the injected clock's own source of time"
)]
fn machine_time() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Waits in real time, for the latency fault only: a client's timeout runs on real time too.
#[expect(clippy::disallowed_methods, reason = "latency on a real socket cannot be virtual")]
pub(crate) async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}
