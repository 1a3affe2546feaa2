//! Login: an [`Authenticator`] adds the proof to each attempt, last, and says what a refusal means.

use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::clock::Clock;
use crate::endpoint::{Operation, RequestParts};
use crate::error::{ApiError, BuildError, RefusedError};
use crate::limit::Window;
use crate::model::Requirement;
use crate::secret::Secret;
use crate::transport::{BoxFuture, HttpRequest, Transport};

mod api_key;
mod bearer;
mod file_store;
#[cfg(feature = "oauth2")]
pub mod oauth;
mod store;
mod token;
mod with_key;

pub use api_key::{HeaderKey, PathKey, QueryKey};
pub use bearer::{Bearer, Covers};
pub use file_store::FileTokenStore;
pub use store::{MemoryTokenStore, StoreError, StoreLock, StoredToken, TokenStore};
pub use token::{IssuedToken, Refresh, TokenManager};
pub use with_key::WithKey;

/// Why there is no proof to send.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The service takes neither the token nor a refresh: a person must authorise again. Nothing else helps.
    #[error("a person must authorise again: {0}")]
    Reauthorise(String),
    /// The credentials cannot be put into a request.
    #[error("the credentials cannot be sent: {0}")]
    Malformed(String),
    /// The service that issues tokens did not answer, or not as it should. Later may be better.
    #[error("no new token: {message}")]
    Transient {
        /// What failed.
        message: String,
        /// The cause, shared by everybody who waited for the same token.
        #[source]
        source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    },
    /// The login is known not to allow the operation: a scope that was not granted.
    #[error(transparent)]
    NotGranted(RefusedError),
    /// A token could not be read from, or saved to, its store. A new token that is not saved is not used.
    #[error("the token store failed")]
    Store(#[source] Arc<StoreError>),
}

impl AuthError {
    /// An error that may pass, with its cause. Neither may hold a secret.
    pub fn transient(
        message: impl Into<String>,
        source: impl Into<Option<Box<dyn std::error::Error + Send + Sync>>>,
    ) -> Self {
        Self::Transient {
            message: message.into(),
            source: source.into().map(Arc::from),
        }
    }

    /// Whether trying later may help without a person.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient { .. } | Self::Store(_))
    }
}

/// What a 401 should lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Nothing: hand the 401 to the caller.
    GiveUp,
    /// One more attempt, with new proof.
    TryAgain,
}

/// What was added to one attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// The generation of the token that was used, so that a late 401 cannot discard a newer one.
    pub generation: u64,
    /// The secrets now in the request. They are taken out of the answer before anything else sees it.
    pub secrets: Vec<Secret>,
}

/// Adds the login to a request.
///
/// It runs once per attempt and last, on the final URL, headers and body: a retry never carries an old date or token,
/// and everything that ran before it can be logged.
pub trait Authenticator: fmt::Debug + Send + Sync + 'static {
    /// Adds the proof. The request's extensions hold the `&'static` [`Operation`] that is called.
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>>;

    /// Hears that the service answered 401 to an attempt with this proof. The words of the `refusal` may tell a token
    /// that expired from a key that is wrong.
    fn rejected<'a>(&'a self, proof: &'a Proof, refusal: &'a ApiError) -> BoxFuture<'a, Recovery> {
        let _ = (proof, refusal);
        Box::pin(std::future::ready(Recovery::GiveUp))
    }

    /// Whether it adds nothing, so that operations that need a login can be refused before sending.
    fn is_anonymous(&self) -> bool {
        false
    }
}

/// A rule that refuses calls which the login is known not to allow: a plan without the operation, a missing scope.
pub trait AccessRule: fmt::Debug + Send + Sync + 'static {
    /// Says whether the call may be sent.
    ///
    /// # Errors
    ///
    /// What the call needs instead.
    fn permit(&self, operation: &'static Operation, parts: &RequestParts) -> Result<(), RefusedError>;

    /// The plans, packages and permissions that the login is known to have, for those who ask before they call. `None` if
    /// that is not known.
    fn granted(&self) -> Option<Vec<Requirement>> {
        None
    }
}

/// How one logs in to an API: what a client's builder is given.
pub trait Login: Send {
    /// Makes what the client needs of the login.
    ///
    /// # Errors
    ///
    /// Credentials that the service is known to refuse.
    fn connect(self, setup: &Setup) -> Result<Connection, BuildError>;
}

/// What a [`Login`] is given.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Setup {
    /// Where the API is.
    pub base_url: Url,
    /// For calls of the login's own, such as to a token endpoint.
    pub transport: Arc<dyn Transport>,
    /// The client's clock.
    pub clock: Arc<dyn Clock>,
}

impl Setup {
    pub(crate) fn new(base_url: Url, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self {
            base_url,
            transport,
            clock,
        }
    }

    /// An address below the API's own, such as that of a token endpoint.
    ///
    /// # Errors
    ///
    /// A base URL that cannot have a path.
    pub fn address(&self, path: &[&str]) -> Result<Url, BuildError> {
        let mut url = self.base_url.clone();
        url.path_segments_mut()
            .map_err(|()| BuildError::new("base_url", "cannot have a path"))?
            .pop_if_empty()
            .extend(path);
        Ok(url)
    }
}

/// What a [`Login`] makes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connection {
    /// Adds the proof to each attempt.
    pub authenticator: Arc<dyn Authenticator>,
    /// Refuses what the login is known not to allow.
    pub access: Option<Arc<dyn AccessRule>>,
    /// The quotas of the login's plan, as far as they are known.
    pub windows: Vec<Window>,
    /// Where the server has operations elsewhere than the description says.
    pub paths: Option<PathRule>,
}

/// Changes the segments of an operation's path, for servers that have it elsewhere than the description says.
pub type PathRule = fn(&'static Operation, Vec<String>) -> Vec<String>;

impl Connection {
    /// A connection without rules or quotas.
    pub fn new(authenticator: impl Authenticator) -> Self {
        Self {
            authenticator: Arc::new(authenticator),
            access: None,
            windows: Vec::new(),
            paths: None,
        }
    }

    /// With operations elsewhere than the description says.
    #[must_use]
    pub fn with_paths(mut self, paths: PathRule) -> Self {
        self.paths = Some(paths);
        self
    }

    /// With a rule about what may be called.
    #[must_use]
    pub fn with_access(mut self, access: impl AccessRule) -> Self {
        self.access = Some(Arc::new(access));
        self
    }

    /// With the quotas of the plan.
    #[must_use]
    pub fn with_windows(mut self, windows: impl IntoIterator<Item = Window>) -> Self {
        self.windows = windows.into_iter().collect();
        self
    }
}

/// No login at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLogin;

impl Authenticator for NoLogin {
    fn authenticate<'a>(&'a self, _: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        Box::pin(std::future::ready(Ok(Proof::default())))
    }

    fn is_anonymous(&self) -> bool {
        true
    }
}

impl Login for NoLogin {
    fn connect(self, _: &Setup) -> Result<Connection, BuildError> {
        Ok(Connection::new(self))
    }
}

/// Any authenticator is a login without rules or quotas.
impl<T: Authenticator> Login for Arc<T> {
    fn connect(self, _: &Setup) -> Result<Connection, BuildError> {
        Ok(Connection {
            authenticator: self,
            access: None,
            windows: Vec::new(),
            paths: None,
        })
    }
}
