//! Tokens that expire: many callers, one refresh, and no token used before it is saved.

use std::fmt;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use http::header::AUTHORIZATION;
use time::OffsetDateTime;
use tokio::sync::{Mutex, watch};

use super::api_key::secret_header;
use super::{AuthError, Authenticator, Proof, Recovery};
use crate::clock::Clock;
use crate::endpoint::Operation;
use crate::error::RefusedError;
use crate::secret::Secret;
use crate::transport::{BoxFuture, HttpRequest};

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
}

/// A store that lasts as long as the program.
#[derive(Debug, Default)]
pub struct MemoryTokenStore(StdMutex<Option<StoredToken>>);

impl MemoryTokenStore {
    /// A store that already has a token, or none.
    pub fn new(token: impl Into<Option<StoredToken>>) -> Self {
        Self(StdMutex::new(token.into()))
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

/// Gets a new token from the service.
pub trait Refresh: fmt::Debug + Send + Sync + 'static {
    /// Gets a token. `current` is the one that expired, or `None` where a grant starts from nothing (client
    /// credentials); without it a grant that needs a person answers [`AuthError::Reauthorise`].
    fn refresh<'a>(&'a self, current: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>>;
}

/// A token ready for use.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuedToken {
    /// The token.
    pub access: Secret,
    /// Counts the tokens of this manager, so that a refusal can be tied to the token it is about.
    pub generation: u64,
    /// The scopes that were granted; empty if the service did not say.
    pub scopes: Arc<[String]>,
}

/// Hands out one token to many callers and renews it once for all of them.
///
/// - However many callers find the token expired, one refresh is sent.
/// - The refresh runs in a task of its own: a caller that is dropped cannot lose a rotated refresh token.
/// - A new token is saved before anybody uses it. If saving fails, the callers hear so; the next call saves the same
///   token again instead of burning another refresh.
/// - A token is renewed a minute before it expires (a quarter of its life, if that is less); if that fails for a
///   passing reason, the old one is used as long as it is valid, and renewing is tried again every five seconds.
/// - The store is read before each refresh, and once more when the service refuses one: another process may have renewed
///   the token. When the service wants a person to authorise again, that answer stays until
///   [`TokenManager::replace`], or until the store has another token.
///
/// Clones share one token. A tokio runtime must be running when a token is asked for.
#[derive(Clone, Debug)]
pub struct TokenManager(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Arc<dyn TokenStore>,
    refresh: Arc<dyn Refresh>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

/// How long before its end a token is renewed.
const EARLY: Duration = Duration::from_secs(60);
/// How long a token that is still valid is used in peace after renewing it has failed.
const REST: Duration = Duration::from_secs(5);

type Outcome = Option<Result<IssuedToken, AuthError>>;

#[derive(Debug, Default)]
struct State {
    loaded: bool,
    current: Option<StoredToken>,
    generation: u64,
    /// The service refused the current token.
    refused: bool,
    /// A new token that could not be saved yet.
    unsaved: Option<StoredToken>,
    /// The service wants a person.
    ended: Option<AuthError>,
    /// How long before its end the current token is renewed: less than [`EARLY`] for one that lives shortly.
    margin: Option<Duration>,
    /// [`Clock::elapsed`] until which a valid token is used although it should be renewed.
    rests_until: Duration,
    flight: Option<watch::Receiver<Outcome>>,
}

impl State {
    fn issue(&self, token: &StoredToken) -> IssuedToken {
        IssuedToken {
            access: token.access.clone(),
            generation: self.generation,
            scopes: token.scopes.as_slice().into(),
        }
    }

    fn put(&mut self, token: StoredToken) -> IssuedToken {
        self.generation += 1;
        self.refused = false;
        self.ended = None;
        let issued = self.issue(&token);
        self.current = Some(token);
        issued
    }
}

impl TokenManager {
    /// A manager that starts from what the store has.
    pub fn new(store: impl TokenStore, refresh: impl Refresh, clock: Arc<dyn Clock>) -> Self {
        Self::from_shared(Arc::new(store), Arc::new(refresh), clock)
    }

    /// As [`TokenManager::new`], for a store or a refresh that others hold too.
    pub fn from_shared(store: Arc<dyn TokenStore>, refresh: Arc<dyn Refresh>, clock: Arc<dyn Clock>) -> Self {
        let state = Mutex::default();
        Self(Arc::new(Inner {
            store,
            refresh,
            clock,
            state,
        }))
    }

    /// A token that is valid now, renewed if need be.
    ///
    /// # Errors
    ///
    /// [`AuthError`]: whether a person is needed, or waiting may help.
    pub async fn token(&self) -> Result<IssuedToken, AuthError> {
        let mut receiver = {
            let mut state = self.0.state.lock().await;
            if !state.loaded {
                state.current = self.0.store.load().await.map_err(store_failed)?;
                state.loaded = true;
            }
            if let Some(ended) = state.ended.clone() {
                // A person may have authorised again, by another program or another client of the same store.
                match self.0.store.load().await.map_err(store_failed)? {
                    Some(stored) if Some(&stored) != state.current.as_ref() => {
                        self.put(&mut state, stored);
                    }
                    _ => return Err(ended),
                }
            }
            if let Some(token) = &state.current
                && !state.refused
                && state.unsaved.is_none()
                && !self.expires_within(token, self.margin(&state))
            {
                return Ok(state.issue(token));
            }
            match &state.flight {
                Some(receiver) if receiver.has_changed().is_ok() => receiver.clone(),
                // None, or one whose task panicked.
                _ => self.start_refresh(&mut state),
            }
        };
        let gone = || AuthError::transient("the refresh was stopped, as when its runtime ends", None);
        let outcome = receiver.wait_for(Option::is_some).await.map_err(|_| gone())?.clone();
        outcome.unwrap_or_else(|| Err(gone()))
    }

    /// Hears that the service refused the token of this generation; a newer one is not touched.
    pub async fn invalidate(&self, generation: u64) {
        let mut state = self.0.state.lock().await;
        if state.generation == generation {
            state.refused = true;
        }
    }

    /// Puts in a token from outside, as after a person has authorised again. It is saved first.
    ///
    /// # Errors
    ///
    /// When it cannot be saved; the manager then goes on as before.
    pub async fn replace(&self, token: StoredToken) -> Result<(), AuthError> {
        let mut state = self.0.state.lock().await;
        self.0.store.save(&token).await.map_err(store_failed)?;
        state.loaded = true;
        state.unsaved = None;
        self.put(&mut state, token);
        Ok(())
    }

    fn margin(&self, state: &State) -> Duration {
        if self.0.clock.elapsed() < state.rests_until {
            return Duration::ZERO;
        }
        state.margin.unwrap_or(EARLY)
    }

    fn put(&self, state: &mut State, token: StoredToken) -> IssuedToken {
        let lives = token.expires_at.map(|at| at - self.0.clock.now());
        let lives = lives.map(|lives| Duration::try_from(lives).unwrap_or_default());
        state.margin = lives.map(|lives| EARLY.min(lives / 4));
        state.rests_until = Duration::ZERO;
        state.put(token)
    }

    fn expires_within(&self, token: &StoredToken, margin: Duration) -> bool {
        token.expires_at.is_some_and(|at| at <= self.0.clock.now() + margin)
    }

    fn start_refresh(&self, state: &mut State) -> watch::Receiver<Outcome> {
        let (sender, receiver) = watch::channel(None);
        state.flight = Some(receiver.clone());
        let manager = self.clone();
        let current = state.current.clone();
        let unsaved = state.unsaved.clone();
        let began_with = state.generation;
        tokio::spawn(async move {
            let outcome = manager.renew(current, unsaved, began_with).await;
            sender.send_replace(Some(outcome));
        });
        receiver
    }

    /// Gets, saves and puts in a new token. Runs in a task of its own, at most one at a time.
    async fn renew(
        &self,
        current: Option<StoredToken>,
        unsaved: Option<StoredToken>,
        began_with: u64,
    ) -> Result<IssuedToken, AuthError> {
        let renewed = match unsaved {
            Some(token) => Ok(Renewed::Unsaved(token)),
            None => self.get_new(current.as_ref()).await,
        };
        // Saving happens under the lock: a token from outside must not be overwritten in the store by an older one.
        let mut state = self.0.state.lock().await;
        state.flight = None;
        if state.generation != began_with
            && let Some(replaced) = &state.current
        {
            // Somebody put in a token meanwhile; that one counts.
            return Ok(state.issue(replaced));
        }
        match renewed {
            Ok(Renewed::Stored(token)) => Ok(self.put(&mut state, token)),
            Ok(Renewed::Unsaved(token)) => {
                // Kept until it is saved, whatever the store does.
                state.unsaved = Some(token.clone());
                self.0.store.save(&token).await.map_err(store_failed)?;
                state.unsaved = None;
                Ok(self.put(&mut state, token))
            }
            Err(error) => {
                if matches!(error, AuthError::Reauthorise(_)) {
                    state.ended = Some(error.clone());
                }
                let may_keep = error.is_transient() && !state.refused;
                match &state.current {
                    Some(token) if may_keep && !self.expires_within(token, Duration::ZERO) => {
                        let issued = state.issue(token);
                        state.rests_until = self.0.clock.elapsed() + REST;
                        Ok(issued)
                    }
                    _ => Err(error),
                }
            }
        }
    }

    /// Starts from the newest token there is: another process may have used the refresh token since, and a service may
    /// take the second use of one for a theft.
    async fn get_new(&self, current: Option<&StoredToken>) -> Result<Renewed, AuthError> {
        let mut newest = current.cloned();
        let mut refusal = None;
        loop {
            let stored = self.0.store.load().await.map_err(store_failed)?;
            match (stored, refusal.take()) {
                (Some(stored), _) if Some(&stored) != newest.as_ref() => {
                    if !self.expires_within(&stored, EARLY) {
                        return Ok(Renewed::Stored(stored));
                    }
                    newest = Some(stored);
                }
                (_, Some(refusal)) => return Err(refusal),
                (_, None) => {}
            }
            match self.0.refresh.refresh(newest.as_ref()).await {
                Ok(token) => return Ok(Renewed::Unsaved(token)),
                Err(error @ AuthError::Reauthorise(_)) => refusal = Some(error),
                Err(error) => return Err(error),
            }
        }
    }
}

/// A token that can be used once it is saved.
enum Renewed {
    Unsaved(StoredToken),
    /// From the store, where another process put it.
    Stored(StoredToken),
}

fn store_failed(error: StoreError) -> AuthError {
    AuthError::Store(Arc::new(error))
}

/// Whether granted scopes cover the one that an operation needs, in a vendor's own grammar of scopes.
pub type Covers = fn(granted: &[String], needed: &str) -> bool;

/// Sends the manager's token as `Authorization: Bearer …`.
#[derive(Clone, Debug)]
pub struct Bearer {
    tokens: TokenManager,
    covers: Option<Covers>,
}

impl Bearer {
    /// Sends the tokens of this manager.
    pub fn new(tokens: TokenManager) -> Self {
        Self { tokens, covers: None }
    }

    /// Refuses operations whose scope was not granted, before they are sent. What was granted is known when there is a
    /// token, and if the service said it.
    #[must_use]
    pub fn with_scopes(mut self, covers: Covers) -> Self {
        self.covers = Some(covers);
        self
    }

    fn permit(&self, operation: Option<&&'static Operation>, granted: &[String]) -> Result<(), AuthError> {
        let Some(needed) = operation.and_then(|operation| operation.access) else {
            return Ok(());
        };
        if granted.is_empty() || self.covers.is_none_or(|covers| covers(granted, needed)) {
            return Ok(());
        }
        let reason = format!(
            "the scope `{needed}` was not granted; granted were: {}",
            granted.join(" ")
        );
        Err(AuthError::NotGranted(RefusedError::new(needed, reason)))
    }
}

impl Authenticator for Bearer {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        Box::pin(async move {
            let token = self.tokens.token().await?;
            self.permit(request.extensions().get(), &token.scopes)?;
            let value = secret_header(&format!("Bearer {}", token.access.expose()))?;
            request.headers_mut().insert(AUTHORIZATION, value);
            Ok(Proof {
                generation: token.generation,
                secrets: vec![token.access],
            })
        })
    }

    fn rejected<'a>(&'a self, proof: &'a Proof) -> BoxFuture<'a, Recovery> {
        Box::pin(async move {
            self.tokens.invalidate(proof.generation).await;
            Recovery::TryAgain
        })
    }
}
