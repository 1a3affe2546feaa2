//! The thread on which blocking calls run: one in a program, started when it is first needed and never stopped.

use std::cell::Cell;
use std::io;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::task::JoinError;
use tracing::Instrument;
use tracing::instrument::WithSubscriber;

use crate::error::BuildError;

thread_local! {
    static HERE: Cell<bool> = const { Cell::new(false) };
}

static STARTED: Mutex<Option<Handle>> = Mutex::new(None);

/// Whether this is the background thread.
pub(crate) fn is_here() -> bool {
    HERE.get()
}

/// The runtime of the background thread, started if need be.
pub(crate) fn handle() -> Result<Handle, BuildError> {
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*started {
        return Ok(handle.clone());
    }
    let handle = start().map_err(|error| unusable(&format!("cannot be started: {error}")))?;
    *started = Some(handle.clone());
    Ok(handle)
}

/// Says what is wrong with the background thread.
pub(crate) fn unusable(why: &str) -> BuildError {
    BuildError::new("blocking", format!("the background thread {why}"))
}

/// Runs a future on the background thread, from an async call; where there is no such thread, in its place.
pub(crate) async fn run<F>(future: F) -> F::Output
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    if is_here() {
        return future.await;
    }
    let Ok(runtime) = handle() else {
        return future.await;
    };
    let task = runtime.spawn(future.in_current_span().with_current_subscriber());
    match task.await.map_err(JoinError::try_into_panic) {
        Ok(output) => output,
        Err(Ok(panic)) => resume_unwind(panic),
        // Cancelled, which nobody does while the program goes on.
        Err(Err(_)) => std::future::pending().await,
    }
}

/// The runtime is made on its own thread, because dropping one on a thread that runs another panics.
fn start() -> io::Result<Handle> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("energy-blocking".to_owned())
        .spawn(move || {
            HERE.set(true);
            match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => {
                    let _ = sender.send(Ok(runtime.handle().clone()));
                    runtime.block_on(std::future::pending::<()>());
                }
                Err(error) => {
                    let _ = sender.send(Err(error));
                }
            }
        })?;
    receiver.recv().unwrap_or_else(|gone| Err(io::Error::other(gone)))
}
