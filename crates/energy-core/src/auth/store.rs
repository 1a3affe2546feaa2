//! Where tokens live between calls and runs.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use time::OffsetDateTime;

use crate::secret::Secret;
use crate::transport::BoxFuture;

/// A token as it is kept between runs of a program.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct StoredToken {
    /// The token that opens the API.
    pub access: Secret,
    /// The token that gets the next one, if the grant has one. Many services change it with each use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Secret>,
    /// When the access token stops working, if the service said so.
    #[serde(
        default,
        with = "crate::wire::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires_at: Option<OffsetDateTime>,
    /// The scopes that were granted, if the service said so. A service that said that there are none is an empty text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
}

impl StoredToken {
    /// A token that does not expire and cannot be refreshed.
    pub fn new(access: impl Into<Secret>) -> Self {
        Self {
            access: access.into(),
            refresh: None,
            expires_at: None,
            scopes: Vec::new(),
        }
    }

    /// With a refresh token.
    #[must_use]
    pub fn with_refresh(mut self, refresh: impl Into<Secret>) -> Self {
        self.refresh = Some(refresh.into());
        self
    }

    /// With the time it stops working.
    #[must_use]
    pub fn with_expiry(mut self, at: OffsetDateTime) -> Self {
        self.expires_at = Some(at);
        self
    }

    /// With the scopes that were granted.
    #[must_use]
    pub fn with_scopes(mut self, scopes: impl IntoIterator<Item = String>) -> Self {
        self.scopes = scopes.into_iter().collect();
        self
    }
}

/// A token store that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct StoreError {
    what: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl StoreError {
    /// Says what failed. Neither text nor cause may hold a secret.
    pub fn new(what: impl Into<String>, source: impl Into<Option<Box<dyn std::error::Error + Send + Sync>>>) -> Self {
        Self {
            what: what.into(),
            source: source.into(),
        }
    }
}

/// Where a token lives between calls and runs.
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// The token last saved, if any.
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, StoreError>>;

    /// Saves a token. When this returns `Ok`, the token must survive whatever the store promises to survive.
    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Takes the store for one renewal of its token, or gives `None` while another program has it. Does not wait.
    ///
    /// A store that several programs share should have such a lock: without one, two of them may use the same refresh
    /// token, and a service may take the second use for a theft.
    fn try_lock(&self) -> BoxFuture<'_, Result<Option<StoreLock>, StoreError>> {
        Box::pin(std::future::ready(Ok(Some(StoreLock::of_nothing()))))
    }
}

/// A store that the program keeps a hand on, to put a new token in.
impl<T: TokenStore + ?Sized> TokenStore for Arc<T> {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, StoreError>> {
        (**self).load()
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<(), StoreError>> {
        (**self).save(token)
    }

    fn try_lock(&self) -> BoxFuture<'_, Result<Option<StoreLock>, StoreError>> {
        (**self).try_lock()
    }
}

/// A store that nobody else renews the token of, until this is dropped.
pub struct StoreLock(Option<Box<dyn Send + Sync>>);

impl StoreLock {
    /// A lock that guards nothing, of a store that no other program has.
    pub fn of_nothing() -> Self {
        Self(None)
    }

    /// A lock that is let go when `held` is dropped.
    pub fn of(held: impl Send + Sync + 'static) -> Self {
        Self(Some(Box::new(held)))
    }
}

impl fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreLock").field("guards", &self.0.is_some()).finish()
    }
}

/// A store that lasts as long as the program.
#[derive(Debug, Default)]
pub struct MemoryTokenStore(Mutex<Option<StoredToken>>);

impl MemoryTokenStore {
    /// A store that already has a token, or none.
    pub fn new(token: impl Into<Option<StoredToken>>) -> Self {
        Self(Mutex::new(token.into()))
    }
}

impl TokenStore for MemoryTokenStore {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, StoreError>> {
        let token = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(std::future::ready(Ok(token)))
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<(), StoreError>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Box::pin(std::future::ready(Ok(())))
    }
}
