//! Tokens that expire: many callers, one refresh, and no token used before it is saved.

use std::fmt;
use std::sync::{Arc, Mutex as StdMutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Mutex, watch};

use super::{AuthError, StoreError, StoreLock, StoredToken, TokenStore};
use crate::clock::Clock;
use crate::secret::Secret;
use crate::transport::BoxFuture;

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
/// - A refresh begins with the store's lock, which is held until the new token is saved: programs that share a store
///   renew its token once for all of them. One that waits for the lock gives up after a minute.
/// - The store is read before each refresh, and once more when the service refuses one: another process may have renewed
///   the token. When the service wants a person to authorise again, that answer stays until
///   [`TokenManager::replace`], or until the store has another token.
///
/// Clones share one token. A tokio runtime must be running when a token is asked for. In a build with the feature
/// `blocking`, store and refresh are called on the thread of the blocking calls.
#[derive(Clone, Debug)]
pub struct TokenManager(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Arc<dyn TokenStore>,
    refresh: Arc<dyn Refresh>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// The store's lock, while somebody in here has it.
    lock: StdMutex<Weak<StoreLock>>,
}

/// How long before its end a token is renewed.
const EARLY: Duration = Duration::from_secs(60);
/// How long a token that is still valid is used in peace after renewing it has failed.
const REST: Duration = Duration::from_secs(5);
/// How long another program's renewal is waited for, and how often it is looked at.
const LOCK_WAIT: Duration = Duration::from_secs(60);
const LOCK_PAUSE: Duration = Duration::from_millis(100);

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
        Self(Arc::new(Inner {
            store,
            refresh,
            clock,
            state: Mutex::default(),
            lock: StdMutex::default(),
        }))
    }

    /// A token that is valid now, renewed if need be.
    ///
    /// # Errors
    ///
    /// [`AuthError`]: whether a person is needed, or waiting may help.
    pub async fn token(&self) -> Result<IssuedToken, AuthError> {
        if let Some(token) = self.at_hand() {
            return Ok(token);
        }
        let manager = self.clone();
        unhindered(async move { manager.token_from_here().await }).await
    }

    /// The token, if it is valid and nobody is busy with it.
    fn at_hand(&self) -> Option<IssuedToken> {
        self.valid(&*self.0.state.try_lock().ok()?)
    }

    fn valid(&self, state: &State) -> Option<IssuedToken> {
        let token = state.current.as_ref()?;
        let usable = state.ended.is_none()
            && !state.refused
            && state.unsaved.is_none()
            && !self.expires_within(token, self.margin(state));
        usable.then(|| state.issue(token))
    }

    async fn token_from_here(&self) -> Result<IssuedToken, AuthError> {
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
            if let Some(token) = self.valid(&state) {
                return Ok(token);
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
        let manager = self.clone();
        unhindered(async move {
            let mut state = manager.0.state.lock().await;
            if state.generation == generation {
                state.refused = true;
            }
        })
        .await;
    }

    /// Puts in a token from outside, as after a person has authorised again. It is saved first, after what another
    /// program may just be saving.
    ///
    /// # Errors
    ///
    /// When it cannot be saved; the manager then goes on as before.
    pub async fn replace(&self, token: StoredToken) -> Result<(), AuthError> {
        let manager = self.clone();
        unhindered(async move { manager.replace_from_here(token).await }).await
    }

    async fn replace_from_here(&self, token: StoredToken) -> Result<(), AuthError> {
        let _lock = self.lock().await?;
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
        // Held until the end, so that another program finds the new token in the store when it gets the lock.
        let lock = self.lock().await;
        let renewed = match (&lock, unsaved) {
            (Err(error), _) => Err(error.clone()),
            (Ok(_), Some(token)) => Ok(self.to_save(current.as_ref(), token).await),
            (Ok(_), None) => self.get_new(current.as_ref()).await,
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
            Ok(Renewed::Stored(token)) => {
                state.unsaved = None;
                Ok(self.put(&mut state, token))
            }
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

    /// The store's lock, waited for while another program has it. Within this program it is shared: here one renewal is in
    /// flight at a time, and what is put in from outside need not wait for it.
    async fn lock(&self) -> Result<Arc<StoreLock>, AuthError> {
        let began = self.0.clock.elapsed();
        loop {
            if let Some(lock) = self.held_lock().upgrade() {
                return Ok(lock);
            }
            if let Some(lock) = self.0.store.try_lock().await.map_err(store_failed)? {
                let lock = Arc::new(lock);
                *self.held_lock() = Arc::downgrade(&lock);
                return Ok(lock);
            }
            if self.0.clock.elapsed().saturating_sub(began) >= LOCK_WAIT {
                let message = "another program holds the lock of the token store, and does not let go";
                return Err(AuthError::transient(message, None));
            }
            self.0.clock.sleep(LOCK_PAUSE).await;
        }
    }

    fn held_lock(&self) -> MutexGuard<'_, Weak<StoreLock>> {
        self.0.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token that could not be saved before, unless another program has put a good one into the store meanwhile. It is
    /// saved even if the store cannot be read.
    async fn to_save(&self, current: Option<&StoredToken>, unsaved: StoredToken) -> Renewed {
        match self.0.store.load().await {
            Ok(Some(stored)) if Some(&stored) != current && !self.expires_within(&stored, EARLY) => {
                Renewed::Stored(stored)
            }
            _ => Renewed::Unsaved(unsaved),
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

/// Runs what all callers wait for where no caller's runtime can hold it up: one that makes a blocking call stands still.
#[cfg(feature = "blocking")]
async fn unhindered<F>(future: F) -> F::Output
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    crate::blocking::background::run(future).await
}

#[cfg(not(feature = "blocking"))]
async fn unhindered<F: Future>(future: F) -> F::Output {
    future.await
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
