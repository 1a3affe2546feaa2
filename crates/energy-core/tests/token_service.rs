//! A token endpoint and a store that do as a test tells them, and the manager between them.
#![cfg(feature = "test-util")]
#![allow(clippy::expect_used, reason = "a test that cannot be set up should stop")]

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use energy_core::ApiClient;
use energy_core::auth::{AuthError, Bearer, Refresh, StoreError, StoredToken, TokenManager, TokenStore};
use energy_core::clock::ManualClock;
use energy_core::transport::BoxFuture;
use tokio::sync::Notify;

use crate::support::{AnyLogin, START, Script, Sun, builder, seconds};

pub(crate) fn token(name: &str, lives: u64) -> StoredToken {
    StoredToken::new(name)
        .with_refresh(format!("refresh-of-{name}"))
        .with_expiry(START + seconds(lives))
}

pub(crate) type Step = Result<StoredToken, AuthError>;

/// A token endpoint that answers from a list, and may be held back.
#[derive(Debug, Default)]
pub(crate) struct Endpoint {
    pub(crate) steps: Mutex<VecDeque<Step>>,
    pub(crate) asked: Mutex<Vec<Option<StoredToken>>>,
    pub(crate) began: Notify,
    pub(crate) gate: Option<Notify>,
}

impl Endpoint {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self {
            steps: Mutex::new(steps.into_iter().collect()),
            ..Self::default()
        })
    }

    pub(crate) fn held(steps: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self {
            steps: Mutex::new(steps.into_iter().collect()),
            gate: Some(Notify::new()),
            ..Self::default()
        })
    }

    pub(crate) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    pub(crate) fn open(&self) {
        self.gate.as_ref().unwrap().notify_one();
    }
}

impl Refresh for Endpoint {
    fn refresh<'a>(&'a self, current: Option<&'a StoredToken>) -> BoxFuture<'a, Step> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(current.cloned());
            self.began.notify_one();
            match &self.gate {
                Some(gate) => gate.notified().await,
                None => tokio::task::yield_now().await,
            }
            let step = self.steps.lock().unwrap().pop_front();
            step.expect("no refresh was expected")
        })
    }
}

/// A store that may fail, and tells what happened to it.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) token: Mutex<Option<StoredToken>>,
    pub(crate) fails: AtomicUsize,
    pub(crate) saved: Mutex<Vec<StoredToken>>,
    pub(crate) gate: Option<Notify>,
    pub(crate) began: Notify,
}

impl Store {
    pub(crate) fn new(token: impl Into<Option<StoredToken>>) -> Arc<Self> {
        Arc::new(Self {
            token: Mutex::new(token.into()),
            ..Self::default()
        })
    }

    pub(crate) fn fail_next(&self, times: usize) {
        self.fails.store(times, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Option<StoredToken> {
        self.token.lock().unwrap().clone()
    }

    pub(crate) fn put(&self, token: StoredToken) {
        *self.token.lock().unwrap() = Some(token);
    }

    pub(crate) fn saved(&self) -> usize {
        self.saved.lock().unwrap().len()
    }
}

impl TokenStore for Store {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, StoreError>> {
        let token = self.now();
        Box::pin(std::future::ready(Ok(token)))
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.began.notify_one();
            if let Some(gate) = &self.gate {
                gate.notified().await;
            }
            let left = self.fails.load(Ordering::SeqCst);
            if left > 0 {
                self.fails.store(left - 1, Ordering::SeqCst);
                return Err(StoreError::new("the disk is full", None));
            }
            self.saved.lock().unwrap().push(token.clone());
            self.put(token.clone());
            Ok(())
        })
    }
}

pub(crate) fn manager(store: &Arc<Store>, endpoint: &Arc<Endpoint>) -> (TokenManager, ManualClock) {
    let clock = ManualClock::new(START);
    let manager = TokenManager::from_shared(
        Arc::clone(store) as Arc<dyn TokenStore>,
        Arc::clone(endpoint) as Arc<dyn Refresh>,
        Arc::new(clock.clone()),
    );
    (manager, clock)
}

pub(crate) fn bearer_client(script: &Script, manager: &TokenManager, clock: &ManualClock) -> ApiClient<Sun> {
    builder(script, clock, AnyLogin::new(Bearer::new(manager.clone())))
        .build()
        .unwrap()
}

pub(crate) fn sent_tokens(script: &Script) -> Vec<String> {
    script
        .sent()
        .iter()
        .map(|sent| sent.header("authorization").to_owned())
        .collect()
}
