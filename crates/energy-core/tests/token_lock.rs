//! Programs that share a token store: one of them renews the token, and the others wait for it.
#![cfg(feature = "test-util")]

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use energy_core::auth::{
    AuthError, FileTokenStore, Refresh, StoreError, StoreLock, StoredToken, TokenManager, TokenStore,
};
use energy_core::clock::{Clock, ManualClock};
use energy_core::transport::BoxFuture;
use time::OffsetDateTime;
use tokio::sync::{Notify, Semaphore};

use crate::support::{START, chain, seconds};

fn token(name: &str, lives: u64) -> StoredToken {
    StoredToken::new(name)
        .with_refresh(format!("refresh-of-{name}"))
        .with_expiry(START + seconds(lives))
}

/// Gives a new token, when it is let; or fails.
#[derive(Debug, Default)]
struct Endpoint {
    asked: AtomicUsize,
    fails: AtomicBool,
    began: Notify,
    gate: Option<Notify>,
}

impl Endpoint {
    fn held() -> Arc<Self> {
        Arc::new(Self {
            gate: Some(Notify::new()),
            ..Self::default()
        })
    }

    fn failing() -> Arc<Self> {
        Arc::new(Self {
            fails: AtomicBool::new(true),
            ..Self::default()
        })
    }

    fn count(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn open(&self) {
        self.gate.as_ref().unwrap().notify_one();
    }
}

impl Refresh for Endpoint {
    fn refresh<'a>(&'a self, _: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.began.notify_one();
            if let Some(gate) = &self.gate {
                gate.notified().await;
            }
            if self.fails.load(Ordering::SeqCst) {
                return Err(AuthError::transient("down", None));
            }
            Ok(token("new", 3_600))
        })
    }
}

/// A clock whose sleeps end when the test says so.
#[derive(Clone, Debug)]
struct Turns {
    wants: Arc<Notify>,
    given: Arc<Semaphore>,
}

impl Turns {
    fn new() -> Self {
        Self {
            wants: Arc::default(),
            given: Arc::new(Semaphore::new(0)),
        }
    }

    async fn somebody_sleeps(&self) {
        self.wants.notified().await;
    }

    fn wake(&self) {
        self.given.add_permits(1);
    }
}

impl Clock for Turns {
    fn now(&self) -> OffsetDateTime {
        START
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'_, ()> {
        self.wants.notify_one();
        Box::pin(async move { self.given.acquire().await.unwrap().forget() })
    }
}

fn manager(path: &Path, endpoint: &Arc<Endpoint>, clock: impl Clock) -> TokenManager {
    TokenManager::from_shared(
        Arc::new(FileTokenStore::new(path)),
        Arc::clone(endpoint) as Arc<dyn Refresh>,
        Arc::new(clock),
    )
}

/// A folder with a token that has expired.
async fn expired() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    FileTokenStore::new(&path).save(&token("old", 0)).await.unwrap();
    (folder, path)
}

fn spawn(manager: &TokenManager) -> tokio::task::JoinHandle<Result<String, AuthError>> {
    let manager = manager.clone();
    tokio::spawn(async move { manager.token().await.map(|token| token.access.expose().to_owned()) })
}

#[tokio::test]
async fn two_managers_of_one_file_renew_once() {
    let (_folder, path) = expired().await;
    let (endpoint, turns) = (Endpoint::held(), Turns::new());
    let first = spawn(&manager(&path, &endpoint, ManualClock::new(START)));
    endpoint.began.notified().await;
    let second = spawn(&manager(&path, &endpoint, turns.clone()));
    tokio::select! {
        () = turns.somebody_sleeps() => {}
        () = endpoint.began.notified() => panic!("the second one renews as well"),
    }
    endpoint.open();
    assert_eq!(first.await.unwrap().unwrap(), "new");
    turns.wake();
    assert_eq!(second.await.unwrap().unwrap(), "new");
    assert_eq!(endpoint.count(), 1);
}

#[tokio::test]
async fn a_failure_lets_go_of_the_lock() {
    let (_folder, path) = expired().await;
    let failing = Endpoint::failing();
    let error = spawn(&manager(&path, &failing, ManualClock::new(START))).await.unwrap();
    assert!(error.unwrap_err().is_transient());
    let clock = ManualClock::new(START);
    let endpoint = Arc::new(Endpoint::default());
    assert_eq!(
        spawn(&manager(&path, &endpoint, clock.clone())).await.unwrap().unwrap(),
        "new"
    );
    assert!(clock.slept().is_empty());
}

#[tokio::test]
async fn who_never_lets_go_is_waited_for_a_minute() {
    let (_folder, path) = expired().await;
    let _held = FileTokenStore::new(&path).try_lock().await.unwrap().unwrap();
    let (endpoint, clock) = (Arc::new(Endpoint::default()), ManualClock::new(START));
    let error = manager(&path, &endpoint, clock.clone()).token().await.unwrap_err();
    assert!(matches!(error, AuthError::Transient { .. }), "{error}");
    assert!(error.to_string().contains("another program holds the lock"), "{error}");
    assert_eq!(clock.slept().iter().sum::<Duration>(), seconds(60));
    assert_eq!(endpoint.count(), 0, "the refresh token is left to who has the lock");
}

#[tokio::test]
async fn a_token_that_is_still_good_needs_no_lock() {
    let (_folder, path) = expired().await;
    FileTokenStore::new(&path).save(&token("good", 3_600)).await.unwrap();
    let _held = FileTokenStore::new(&path).try_lock().await.unwrap().unwrap();
    let (endpoint, clock) = (Arc::new(Endpoint::default()), ManualClock::new(START));
    let token = spawn(&manager(&path, &endpoint, clock.clone())).await.unwrap();
    assert_eq!(token.unwrap(), "good");
    assert!(clock.slept().is_empty());
}

#[tokio::test]
async fn what_is_put_in_waits_for_another_program_but_not_for_this_one() {
    let (_folder, path) = expired().await;
    let (endpoint, clock) = (Endpoint::held(), ManualClock::new(START));
    let here = manager(&path, &endpoint, clock.clone());
    let waiting = spawn(&here);
    endpoint.began.notified().await;
    here.replace(token("granted", 3_600)).await.unwrap();
    assert!(clock.slept().is_empty());
    // Another program has no such leave, as long as the renewal goes on.
    let elsewhere = manager(&path, &endpoint, ManualClock::new(START));
    let error = elsewhere.replace(token("theirs", 3_600)).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    endpoint.open();
    assert_eq!(waiting.await.unwrap().unwrap(), "granted");
    elsewhere.replace(token("theirs", 3_600)).await.unwrap();
    let stored = FileTokenStore::new(&path).load().await.unwrap().unwrap();
    assert_eq!(stored, token("theirs", 3_600));
}

#[tokio::test]
async fn the_lock_is_a_private_file_that_stays() {
    let (folder, path) = expired().await;
    let store = FileTokenStore::new(&path);
    let held = store.try_lock().await.unwrap();
    assert!(held.is_some());
    assert!(store.try_lock().await.unwrap().is_none(), "nobody has it twice");
    drop(held);
    assert!(store.try_lock().await.unwrap().is_some());
    let file = std::fs::metadata(folder.path().join("token.json.lock")).unwrap();
    assert_eq!(file.len(), 0);
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o777,
        0o600
    );
}

#[tokio::test]
async fn a_store_that_cannot_be_locked_costs_no_refresh_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("token.json");
    let endpoint = Arc::new(Endpoint::default());
    let error = manager(&path, &endpoint, ManualClock::new(START))
        .token()
        .await
        .unwrap_err();
    assert!(matches!(error, AuthError::Store(_)), "{error}");
    assert!(chain(&error).join("\n").contains("cannot open the lock"), "{error:?}");
    assert_eq!(endpoint.count(), 0);
}

/// A store in memory that keeps a diary, and whose saving may fail.
#[derive(Clone, Debug, Default)]
struct Diary {
    token: Arc<Mutex<Option<StoredToken>>>,
    entries: Arc<Mutex<Vec<&'static str>>>,
    full: Arc<AtomicBool>,
}

impl Diary {
    fn new(token: StoredToken) -> Self {
        let diary = Self::default();
        *diary.token.lock().unwrap() = Some(token);
        diary
    }

    fn note(&self, entry: &'static str) {
        self.entries.lock().unwrap().push(entry);
    }

    fn read(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.entries.lock().unwrap())
    }
}

struct NotesItsEnd(Diary);

impl Drop for NotesItsEnd {
    fn drop(&mut self) {
        self.0.note("unlock");
    }
}

impl TokenStore for Diary {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, StoreError>> {
        self.note("load");
        let token = self.token.lock().unwrap().clone();
        Box::pin(std::future::ready(Ok(token)))
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<(), StoreError>> {
        self.note("save");
        let saved = if self.full.load(Ordering::SeqCst) {
            Err(StoreError::new("the disk is full", None))
        } else {
            *self.token.lock().unwrap() = Some(token.clone());
            Ok(())
        };
        Box::pin(std::future::ready(saved))
    }

    fn try_lock(&self) -> BoxFuture<'_, Result<Option<StoreLock>, StoreError>> {
        self.note("lock");
        let lock = StoreLock::of(NotesItsEnd(self.clone()));
        Box::pin(std::future::ready(Ok(Some(lock))))
    }
}

/// A manager that has a token which could not be saved.
async fn unsaved() -> (TokenManager, Diary, Arc<Endpoint>) {
    let (diary, endpoint) = (Diary::new(token("old", 0)), Arc::new(Endpoint::default()));
    diary.full.store(true, Ordering::SeqCst);
    let manager = TokenManager::from_shared(
        Arc::new(diary.clone()),
        Arc::clone(&endpoint) as Arc<dyn Refresh>,
        Arc::new(ManualClock::new(START)),
    );
    manager.token().await.unwrap_err();
    assert_eq!(diary.read(), ["load", "lock", "load", "save", "unlock"]);
    diary.full.store(false, Ordering::SeqCst);
    (manager, diary, endpoint)
}

#[tokio::test]
async fn a_token_is_saved_under_the_lock_the_second_time_too() {
    let (manager, diary, endpoint) = unsaved().await;
    assert_eq!(spawn(&manager).await.unwrap().unwrap(), "new");
    assert_eq!(diary.read(), ["lock", "load", "save", "unlock"]);
    assert_eq!(endpoint.count(), 1);
}

#[tokio::test]
async fn a_token_that_could_not_be_saved_does_not_overwrite_another_programs() {
    let (manager, diary, endpoint) = unsaved().await;
    *diary.token.lock().unwrap() = Some(token("theirs", 7_200));
    for _ in 0..2 {
        assert_eq!(spawn(&manager).await.unwrap().unwrap(), "theirs");
    }
    assert_eq!(diary.read(), ["lock", "load", "unlock"]);
    assert_eq!(endpoint.count(), 1);
}

#[tokio::test]
async fn a_store_behind_a_pointer_is_the_same_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(FileTokenStore::new(folder.path().join("token.json")));
    let other = Arc::clone(&store);
    other.save(&StoredToken::new("new")).await.unwrap();
    assert_eq!(TokenStore::load(&store).await.unwrap().unwrap().access.expose(), "new");
    let held = TokenStore::try_lock(&store).await.unwrap();
    assert!(held.is_some());
    assert!(
        TokenStore::try_lock(&other).await.unwrap().is_none(),
        "the lock is the store's own"
    );
}
