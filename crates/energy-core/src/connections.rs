//! How many exchanges of a client are under way at once.

use tokio::sync::{Semaphore, SemaphorePermit};

/// The connections that a client may have open. Over HTTP/1.1 each exchange has one to itself, so counting exchanges
/// counts connections.
pub(crate) struct Connections {
    usual: Semaphore,
    /// Blocking calls have connections of their own: those of a runtime that a blocking call holds up never get free.
    #[cfg(feature = "blocking")]
    blocking: Semaphore,
}

impl Connections {
    pub(crate) fn new(most: usize) -> Self {
        let most = most.min(Semaphore::MAX_PERMITS);
        Self {
            usual: Semaphore::new(most),
            #[cfg(feature = "blocking")]
            blocking: Semaphore::new(most),
        }
    }

    /// One that is free now.
    pub(crate) fn free(&self) -> Option<SemaphorePermit<'_>> {
        self.of_thread().try_acquire().ok()
    }

    /// The next one that gets free: who waits longest comes first. Nobody closes the semaphores, so there is one.
    pub(crate) async fn next(&self) -> Option<SemaphorePermit<'_>> {
        self.of_thread().acquire().await.ok()
    }

    fn of_thread(&self) -> &Semaphore {
        #[cfg(feature = "blocking")]
        if crate::blocking::background::is_here() {
            return &self.blocking;
        }
        &self.usual
    }
}
