//! Calls that block the thread until the answer is there: for scripts, and for programs without async.
//!
//! [`ApiClient::blocking`](crate::ApiClient::blocking) turns a client into one whose calls return answers instead of
//! futures. Requests, login, quota, retries and errors are the same, and both kinds of client may be used at once.
//!
//! ```
//! # use energy_core::auth::NoLogin;
//! use energy_core::transport::replay::{Exchange, ReplayTransport};
//! # use energy_core::{
//! #     Api, ApiClient, ApiError, BuildError, CredentialUse, DecodeError, Endpoint, HttpResponse, Operation, RequestParts,
//! #     decode, http, time,
//! # };
//! # #[derive(Debug)]
//! # struct Windmill;
//! # impl Api for Windmill {
//! #     const NAME: &'static str = "windmill";
//! #     const BASE_URL: &'static str = "https://windmill.example/v1";
//! #     type Login = NoLogin;
//! #     fn describe_error(_: &HttpResponse, _: time::OffsetDateTime, _: &mut ApiError) {}
//! # }
//! # struct GetSpeed;
//! # impl Endpoint for GetSpeed {
//! #     type Api = Windmill;
//! #     type Output = f64;
//! #     const OPERATION: &'static Operation =
//! #         &Operation::new("getSpeed", http::Method::GET, "/speed").with_credentials(CredentialUse::None);
//! #     fn parts(&self) -> Result<RequestParts, BuildError> {
//! #         let mut parts = RequestParts::new();
//! #         parts.literal("speed");
//! #         Ok(parts)
//! #     }
//! #     fn decode(&self, response: &HttpResponse) -> Result<f64, DecodeError> {
//! #         decode::json(Self::OPERATION, response)
//! #     }
//! # }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let recorded = ReplayTransport::new([Exchange::get("/v1/speed").body(11.5)]);
//!     let client = ApiClient::<Windmill>::builder(NoLogin).transport(recorded).build()?.blocking();
//!     assert_eq!(client.send(&GetSpeed)?, 11.5);
//!     Ok(())
//! }
//! ```
//!
//! What has no blocking form of its own, such as a login in which a person takes part, goes through [`wait`]; streams go
//! through [`iterate`].
//!
//! # Threads
//!
//! All blocking calls of a program share one thread in the background, which does the sending and waiting; requests are
//! built and answers read where the call was made. In an async program a blocking call is allowed anywhere and holds up
//! its thread like any other work that takes long; there, `send(…).await` is the better choice.
//!
//! What an async call has begun stays with the runtime that began it: pieces of a body that was opened with `.await` do
//! not arrive while that runtime is blocked.

pub(crate) mod background;
mod call;
mod client;
mod iter;

use std::panic::resume_unwind;
use std::sync::mpsc;

use tracing::Instrument;
use tracing::instrument::WithSubscriber;

pub use call::BlockingCall;
pub use client::BlockingClient;
pub use iter::{Iter, iterate};

use crate::error::{BuildError, Error};

/// Runs a future of these crates on the background thread, and waits for it.
///
/// A future that borrows becomes one that owns inside `async move { … }`. It must not block: all blocking calls would
/// stand still.
///
/// ```
/// let answer = energy_core::blocking::wait(async move { 6 * 7 })?;
/// assert_eq!(answer, 42);
/// # Ok::<(), energy_core::BuildError>(())
/// ```
///
/// # Errors
///
/// When the background thread cannot be started, and on that thread itself, where waiting would never end.
///
/// # Panics
///
/// When the future panics, with its panic.
pub fn wait<F>(future: F) -> Result<F::Output, BuildError>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    if background::is_here() {
        return Err(background::unusable("would wait for itself; use `.await` there"));
    }
    let runtime = background::handle()?;
    let task = runtime.spawn(future.in_current_span().with_current_subscriber());
    let (sender, receiver) = mpsc::sync_channel(1);
    runtime.spawn(async move {
        let _ = sender.send(task.await);
    });
    let ended = || background::unusable("has ended");
    match receiver.recv() {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(failed)) => match failed.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => Err(ended()),
        },
        Err(_) => Err(ended()),
    }
}

/// The background thread's error as that of an operation.
fn not_run(operation: &'static str, source: BuildError) -> Error {
    Error::Build {
        operation,
        source: Box::new(source),
    }
}
