//! Connections that are kept for the next request.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::super::{TransportError, TransportErrorKind};

/// Gives the settings of a client, as often as they are needed.
pub(super) type Settings = Box<dyn Fn() -> reqwest::ClientBuilder + Send + Sync>;

/// One pool for async calls, and one for the blocking calls of the background thread.
///
/// A connection is driven by the runtime that opened it. A blocking call that got one of a runtime which stands still
/// until the call is over would wait for ever.
pub(super) struct Pools {
    /// Built with the transport and not used yet: it becomes the pool of whoever comes first.
    unused: Mutex<Option<reqwest::Client>>,
    settings: Option<Settings>,
    usual: OnceLock<reqwest::Client>,
    #[cfg(feature = "blocking")]
    blocking: OnceLock<reqwest::Client>,
}

impl Pools {
    /// One client now, the other when it is needed; without settings all calls share the one.
    pub(super) fn new(client: reqwest::Client, settings: Option<Settings>) -> Self {
        Self {
            unused: Mutex::new(Some(client)),
            settings,
            usual: OnceLock::new(),
            #[cfg(feature = "blocking")]
            blocking: OnceLock::new(),
        }
    }

    /// The client of the thread that asks.
    pub(super) fn client(&self) -> Result<&reqwest::Client, TransportError> {
        let pool = self.pool();
        if let Some(client) = pool.get() {
            return Ok(client);
        }
        let mut unused = self.unused.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = pool.get() {
            return Ok(client);
        }
        let client = match unused.take() {
            Some(client) => client,
            None => build(
                self.settings
                    .as_ref()
                    .map_or_else(reqwest::Client::builder, |settings| settings()),
            )?,
        };
        Ok(pool.get_or_init(|| client))
    }

    fn pool(&self) -> &OnceLock<reqwest::Client> {
        #[cfg(feature = "blocking")]
        if self.settings.is_some() && crate::blocking::background::is_here() {
            return &self.blocking;
        }
        &self.usual
    }
}

/// A client that follows no redirect.
pub(super) fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, TransportError> {
    builder
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| {
            TransportError::new(
                TransportErrorKind::Unsendable,
                "the HTTP client cannot be built; install certificates, or pass a transport of your own",
            )
            .with_source(error.without_url())
        })
}
