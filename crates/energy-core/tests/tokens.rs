//! Tokens that expire: one refresh for everybody, no token lost, no token used before it is saved.
#![cfg(feature = "test-util")]
#![allow(clippy::expect_used, reason = "a test that cannot be set up should stop")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use energy_core::Error;
use energy_core::auth::{
    AuthError, Authenticator, Bearer, MemoryTokenStore, Proof, Recovery, Refresh, StoreError, StoredToken,
    TokenManager, TokenStore,
};
use energy_core::clock::{Clock, ManualClock};
use energy_core::transport::BoxFuture;
use tokio::sync::Notify;

use crate::support::{Answer, Open, Read, START, Script, chain, refusal, seconds};
use crate::token_service::{Endpoint, Step, Store, bearer_client, manager, sent_tokens, token};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_calls_with_an_expired_token_cause_one_refresh() {
    let store = Store::new(token("old", 0));
    let endpoint = Endpoint::held([Ok(token("new", 3_600))]);
    let (manager, clock) = manager(&store, &endpoint);
    let script = Script::new([Answer::ok()]);
    let client = bearer_client(&script, &manager, &clock);
    let calls: Vec<_> = (0..1_000)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.send(&Read).await })
        })
        .collect();
    endpoint.began.notified().await;
    assert_eq!(script.count(), 0, "nothing is sent with the old token");
    endpoint.open();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!((endpoint.count(), store.saved()), (1, 1));
    let tokens = sent_tokens(&script);
    assert_eq!(tokens.len(), 1_000);
    assert!(tokens.iter().all(|token| token == "Bearer new"));
}

#[tokio::test]
async fn a_valid_token_is_used_as_it_is() {
    let store = Store::new(token("good", 3_600));
    let endpoint = Endpoint::new([]);
    let (manager, clock) = manager(&store, &endpoint);
    assert_eq!(manager.token().await.unwrap().access.expose(), "good");
    clock.advance(seconds(3_600 - 61));
    assert_eq!(manager.token().await.unwrap().access.expose(), "good");
    assert_eq!(endpoint.count(), 0);
}

#[tokio::test]
async fn a_token_is_renewed_a_minute_early() {
    let store = Store::new(token("old", 3_600));
    let endpoint = Endpoint::new([Ok(token("new", 9_000))]);
    let (manager, clock) = manager(&store, &endpoint);
    clock.advance(seconds(3_600 - 60));
    assert_eq!(manager.token().await.unwrap().access.expose(), "new");
    assert_eq!(
        endpoint.asked.lock().unwrap()[0].as_ref().unwrap(),
        &token("old", 3_600)
    );
}

#[tokio::test]
async fn a_token_without_expiry_lasts() {
    let store = Store::new(StoredToken::new("eternal"));
    let (manager, clock) = manager(&store, &Endpoint::new([]));
    clock.advance(seconds(10_000_000));
    assert_eq!(manager.token().await.unwrap().access.expose(), "eternal");
}

#[tokio::test]
async fn a_grant_may_start_from_nothing() {
    let store = Store::new(None);
    let endpoint = Endpoint::new([Ok(token("first", 3_600))]);
    let (manager, _) = manager(&store, &endpoint);
    assert_eq!(manager.token().await.unwrap().access.expose(), "first");
    assert_eq!(*endpoint.asked.lock().unwrap(), [None]);
    assert_eq!(store.now(), Some(token("first", 3_600)));
}

#[tokio::test]
async fn a_refresh_whose_caller_is_gone_still_saves_its_token() {
    let store = Store::new(token("old", 0));
    let endpoint = Endpoint::held([Ok(token("new", 3_600))]);
    let (manager, clock) = manager(&store, &endpoint);
    let script = Script::new([Answer::ok()]);
    let client = bearer_client(&script, &manager, &clock);
    let call = tokio::spawn(async move { client.send(&Read).await });
    endpoint.began.notified().await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(store.saved(), 0);
    endpoint.open();
    assert_eq!(manager.token().await.unwrap().access.expose(), "new");
    assert_eq!((endpoint.count(), store.now()), (1, Some(token("new", 3_600))));
    assert_eq!(script.count(), 0);
}

#[tokio::test]
async fn a_future_dropped_while_saving_loses_nothing() {
    let store = Arc::new(Store {
        token: Mutex::new(Some(token("old", 0))),
        gate: Some(Notify::new()),
        ..Store::default()
    });
    let endpoint = Endpoint::new([Ok(token("new", 3_600))]);
    let (manager, _) = manager(&store, &endpoint);
    {
        let waiting = manager.token();
        tokio::pin!(waiting);
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("it must wait for the store"),
            () = store.began.notified() => {}
        }
    }
    store.gate.as_ref().unwrap().notify_one();
    assert_eq!(manager.token().await.unwrap().access.expose(), "new");
    assert_eq!((endpoint.count(), store.saved()), (1, 1));
}

#[tokio::test]
async fn no_token_is_used_before_it_is_saved() {
    let store = Arc::new(Store {
        token: Mutex::new(Some(token("old", 0))),
        gate: Some(Notify::new()),
        ..Store::default()
    });
    let endpoint = Endpoint::new([Ok(token("new", 3_600))]);
    let (manager, clock) = manager(&store, &endpoint);
    let script = Script::new([Answer::ok()]);
    let client = bearer_client(&script, &manager, &clock);
    let call = tokio::spawn(async move { client.send(&Read).await });
    store.began.notified().await;
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert_eq!(script.count(), 0);
    store.gate.as_ref().unwrap().notify_one();
    call.await.unwrap().unwrap();
    assert_eq!(sent_tokens(&script), ["Bearer new"]);
}

#[tokio::test]
async fn a_token_that_cannot_be_saved_is_not_used_and_saved_again_later() {
    let store = Store::new(token("old", 30));
    let endpoint = Endpoint::new([Ok(token("new", 3_600))]);
    let (manager, clock) = manager(&store, &endpoint);
    let script = Script::new([Answer::ok()]);
    let client = bearer_client(&script, &manager, &clock);
    store.fail_next(2);
    for _ in 0..2 {
        let error = client.send(&Read).await.unwrap_err();
        let Error::Auth { source, .. } = &error else {
            panic!("{error}")
        };
        assert!(matches!(**source, AuthError::Store(_)), "{source}");
        assert!(chain(&error).iter().any(|line| line == "the disk is full"));
        assert!(
            error.is_retryable() && !error.is_unauthorized(),
            "nobody has to log in again"
        );
        assert!(!error.may_have_been_sent());
    }
    assert_eq!(script.count(), 0);
    client.send(&Read).await.unwrap();
    assert_eq!(sent_tokens(&script), ["Bearer new"]);
    assert_eq!(endpoint.count(), 1, "the refresh token is burnt once");
    assert_eq!(*store.saved.lock().unwrap(), [token("new", 3_600)]);
}

#[tokio::test]
async fn a_store_that_panics_loses_no_token() {
    #[derive(Debug)]
    struct Panics(Arc<Store>, AtomicUsize);
    impl TokenStore for Panics {
        fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, StoreError>> {
            self.0.load()
        }
        fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<(), StoreError>> {
            assert!(self.1.fetch_add(1, Ordering::SeqCst) > 0, "the first time it breaks");
            self.0.save(token)
        }
    }
    let store = Store::new(token("old", 0));
    let endpoint = Endpoint::new([Ok(token("new", 3_600))]);
    let manager = TokenManager::from_shared(
        Arc::new(Panics(Arc::clone(&store), AtomicUsize::new(0))),
        Arc::clone(&endpoint) as Arc<dyn Refresh>,
        Arc::new(ManualClock::new(START)),
    );
    assert!(manager.token().await.unwrap_err().is_transient());
    assert_eq!(manager.token().await.unwrap().access.expose(), "new");
    assert_eq!((endpoint.count(), store.saved()), (1, 1));
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_tried_once_more() {
    let store = Store::new(token("old", 3_600));
    let endpoint = Endpoint::new([Ok(token("new", 3_600))]);
    let (manager, clock) = manager(&store, &endpoint);
    let script = Script::new([Answer::new(401), Answer::ok()]);
    let client = bearer_client(&script, &manager, &clock);
    let whole = client.call(&Read).send_full().await.unwrap();
    assert_eq!(whole.attempts, 2);
    assert_eq!(sent_tokens(&script), ["Bearer old", "Bearer new"]);
    assert_eq!(clock.slept(), Vec::<Duration>::new());
}

#[tokio::test]
async fn a_second_refusal_is_handed_over() {
    let store = Store::new(token("old", 3_600));
    let endpoint = Endpoint::new([Ok(token("new", 3_600))]);
    let (manager, clock) = manager(&store, &endpoint);
    let script = Script::new([Answer::new(401)]);
    let client = bearer_client(&script, &manager, &clock);
    let error = client.send(&Read).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 401);
    assert!(error.is_unauthorized());
    assert_eq!((error.attempts(), script.count(), endpoint.count()), (2, 2, 1));
}

#[tokio::test]
async fn trying_with_a_new_token_takes_none_of_the_attempts() {
    let store = Store::new(token("old", 3_600));
    let endpoint = Endpoint::new([Ok(token("new", 3_600))]);
    let (manager, clock) = manager(&store, &endpoint);
    let script = Script::new([Answer::new(500), Answer::new(401), Answer::new(500), Answer::ok()]);
    let client = bearer_client(&script, &manager, &clock);
    client.send(&Read).await.unwrap();
    assert_eq!(script.count(), 4);
    assert_eq!(clock.slept(), [250, 500].map(Duration::from_millis));
}

#[tokio::test]
async fn a_refusal_without_a_login_says_nothing_about_the_login() {
    let store = Store::new(token("good", 3_600));
    let endpoint = Endpoint::new([]);
    let (manager, clock) = manager(&store, &endpoint);
    let script = Script::new([Answer::new(401)]);
    let client = bearer_client(&script, &manager, &clock);
    // The first generation is in use, and the open operation is refused.
    manager.token().await.unwrap();
    let error = client.send(&Open).await.unwrap_err();
    assert_eq!((error.attempts(), script.count()), (1, 1));
    assert_eq!(sent_tokens(&script), [""]);
    assert_eq!(manager.token().await.unwrap().access.expose(), "good");
}

#[tokio::test]
async fn a_late_refusal_does_not_discard_a_newer_token() {
    let store = Store::new(token("old", 3_600));
    let endpoint = Endpoint::new([Ok(token("new", 3_600))]);
    let (manager, _) = manager(&store, &endpoint);
    let bearer = Bearer::new(manager.clone());
    let mut proofs = Vec::new();
    for _ in 0..2 {
        let mut request = http::Request::new(bytes::Bytes::new());
        proofs.push(bearer.authenticate(&mut request).await.unwrap());
    }
    // Both calls went out with the old token; the first to be refused renews it.
    let refusal = refusal().await;
    assert_eq!(bearer.rejected(&proofs[0], &refusal).await, Recovery::TryAgain);
    let renewed = manager.token().await.unwrap();
    assert_eq!(renewed.access.expose(), "new");
    assert_eq!(bearer.rejected(&proofs[1], &refusal).await, Recovery::TryAgain);
    assert_eq!(manager.token().await.unwrap(), renewed);
    assert_eq!(endpoint.count(), 1);
    assert_ne!(proofs[0].generation, renewed.generation);
}

#[tokio::test]
async fn when_a_person_is_needed_that_stays_until_one_came() {
    let store = Store::new(token("old", 0));
    let no = || AuthError::Reauthorise("invalid_grant".to_owned());
    let endpoint = Endpoint::new([Err(no())]);
    let (manager, clock) = manager(&store, &endpoint);
    let script = Script::new([Answer::ok()]);
    let client = bearer_client(&script, &manager, &clock);
    for _ in 0..3 {
        let error = client.send(&Read).await.unwrap_err();
        let Error::Auth { source, .. } = &error else {
            panic!("{error}")
        };
        assert!(matches!(**source, AuthError::Reauthorise(_)));
        assert!(!error.is_retryable() && error.is_unauthorized());
    }
    assert_eq!((endpoint.count(), script.count()), (1, 0));
    manager.replace(token("granted", 3_600)).await.unwrap();
    client.send(&Read).await.unwrap();
    assert_eq!(sent_tokens(&script), ["Bearer granted"]);
    assert_eq!(store.now(), Some(token("granted", 3_600)));
}

#[tokio::test]
async fn another_process_may_have_renewed_the_token() {
    let store = Store::new(token("old", 0));
    let endpoint = Endpoint::held([Err(AuthError::Reauthorise("invalid_grant".to_owned()))]);
    let (manager, _) = manager(&store, &endpoint);
    let waiting = tokio::spawn({
        let manager = manager.clone();
        async move { manager.token().await }
    });
    endpoint.began.notified().await;
    store.put(token("theirs", 3_600));
    endpoint.open();
    assert_eq!(waiting.await.unwrap().unwrap().access.expose(), "theirs");
    assert_eq!(store.saved(), 0, "what came from the store is not written over it");
    assert_eq!(manager.token().await.unwrap().access.expose(), "theirs");
}

#[tokio::test]
async fn another_process_may_have_renewed_the_token_long_ago() {
    let store = Store::new(token("old", 0));
    let endpoint = Endpoint::held([
        Err(AuthError::Reauthorise("invalid_grant".to_owned())),
        Ok(token("newest", 9_000)),
    ]);
    let (manager, clock) = manager(&store, &endpoint);
    clock.advance(seconds(7_200));
    let mut waiting = tokio::spawn(async move { manager.token().await });
    endpoint.began.notified().await;
    // What it saved has expired meanwhile, but its refresh token has not.
    store.put(token("theirs", 3_600));
    endpoint.open();
    tokio::select! {
        () = endpoint.began.notified() => endpoint.open(),
        outcome = &mut waiting => panic!("it gave up: {outcome:?}"),
    }
    assert_eq!(waiting.await.unwrap().unwrap().access.expose(), "newest");
    let asked = endpoint.asked.lock().unwrap().clone();
    assert_eq!(asked, [Some(token("old", 0)), Some(token("theirs", 3_600))]);
    assert_eq!(store.now(), Some(token("newest", 9_000)));
}

#[tokio::test]
async fn a_refresh_starts_from_the_newest_token_in_the_store() {
    let store = Store::new(token("old", 3_600));
    let endpoint = Endpoint::new([Ok(token("newest", 90_000))]);
    let (manager, clock) = manager(&store, &endpoint);
    assert_eq!(manager.token().await.unwrap().access.expose(), "old");
    // Another process renews the token twice; using the first refresh token again would look like a theft.
    store.put(token("theirs", 7_200));
    clock.advance(seconds(3_600));
    assert_eq!(manager.token().await.unwrap().access.expose(), "theirs");
    assert_eq!(endpoint.count(), 0, "what they got is still good");
    store.put(token("theirs again", 7_201));
    clock.advance(seconds(3_600));
    assert_eq!(manager.token().await.unwrap().access.expose(), "newest");
    let asked = endpoint.asked.lock().unwrap().clone();
    assert_eq!(asked, [Some(token("theirs again", 7_201))]);
}

#[tokio::test]
async fn a_token_that_lives_shortly_is_not_renewed_with_every_call() {
    let store = Store::new(token("old", 0));
    let endpoint = Endpoint::new([Ok(token("short", 40)), Ok(token("next", 80))]);
    let (manager, clock) = manager(&store, &endpoint);
    assert_eq!(manager.token().await.unwrap().access.expose(), "short");
    clock.advance(seconds(29));
    assert_eq!(manager.token().await.unwrap().access.expose(), "short");
    clock.advance(seconds(1));
    assert_eq!(
        manager.token().await.unwrap().access.expose(),
        "next",
        "a quarter of its life before its end"
    );
}

#[tokio::test]
async fn a_passing_failure_of_an_early_renewal_is_survived() {
    let store = Store::new(token("old", 30));
    let down = || AuthError::transient("down", None);
    let endpoint = Endpoint::new([Err(down()), Err(down()), Err(down()), Ok(token("new", 3_600))]);
    let (manager, clock) = manager(&store, &endpoint);
    for _ in 0..10 {
        assert_eq!(manager.token().await.unwrap().access.expose(), "old");
    }
    assert_eq!(
        endpoint.count(),
        1,
        "no call waits for an endpoint that has just failed"
    );
    clock.advance(seconds(5));
    assert_eq!(manager.token().await.unwrap().access.expose(), "old");
    assert_eq!(endpoint.count(), 2);
    clock.advance(seconds(25));
    let error = manager.token().await.unwrap_err();
    assert!(error.is_transient(), "a token is not used after it expired: {error}");
    assert_eq!(manager.token().await.unwrap().access.expose(), "new");
}

#[tokio::test]
async fn a_refused_token_is_not_used_even_if_it_cannot_be_renewed() {
    let store = Store::new(token("old", 3_600));
    let endpoint = Endpoint::new([Err(AuthError::transient("down", None))]);
    let (manager, clock) = manager(&store, &endpoint);
    let script = Script::new([Answer::new(401)]);
    let client = bearer_client(&script, &manager, &clock);
    let error = client.send(&Read).await.unwrap_err();
    assert!(matches!(error, Error::Auth { .. }), "{error}");
    assert_eq!(sent_tokens(&script), ["Bearer old"]);
}

#[tokio::test]
async fn a_refresh_that_panics_stops_nobody() {
    #[derive(Debug)]
    struct Panics(AtomicUsize);
    impl Refresh for Panics {
        fn refresh<'a>(&'a self, _: Option<&'a StoredToken>) -> BoxFuture<'a, Step> {
            Box::pin(async move {
                tokio::task::yield_now().await;
                assert!(self.0.fetch_add(1, Ordering::SeqCst) > 0, "the first time it breaks");
                Ok(token("new", 3_600))
            })
        }
    }
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(START));
    let manager = TokenManager::new(
        MemoryTokenStore::new(token("old", 0)),
        Panics(AtomicUsize::new(0)),
        clock,
    );
    let both = [manager.clone(), manager.clone()].map(|manager| tokio::spawn(async move { manager.token().await }));
    for one in both {
        match one.await.unwrap() {
            Err(error) => assert!(error.is_transient(), "{error}"),
            // The other caller may come when the panic is over.
            Ok(next) => assert_eq!(next.access.expose(), "new"),
        }
    }
    assert_eq!(manager.token().await.unwrap().access.expose(), "new");
}

#[tokio::test]
async fn a_token_put_in_beats_the_one_that_is_being_fetched() {
    let store = Store::new(token("old", 0));
    let endpoint = Endpoint::held([Ok(token("late", 3_600))]);
    let (manager, _) = manager(&store, &endpoint);
    let waiting = tokio::spawn({
        let manager = manager.clone();
        async move { manager.token().await }
    });
    endpoint.began.notified().await;
    manager.replace(token("granted", 3_600)).await.unwrap();
    endpoint.open();
    assert_eq!(waiting.await.unwrap().unwrap().access.expose(), "granted");
    assert_eq!(manager.token().await.unwrap().access.expose(), "granted");
    assert_eq!(
        store.now(),
        Some(token("granted", 3_600)),
        "the store keeps what a person has granted"
    );
}

#[tokio::test]
async fn a_token_that_cannot_be_put_in_changes_nothing() {
    let store = Store::new(token("good", 3_600));
    let (manager, _) = manager(&store, &Endpoint::new([]));
    manager.token().await.unwrap();
    store.fail_next(1);
    let error = manager.replace(token("granted", 3_600)).await.unwrap_err();
    assert!(matches!(error, AuthError::Store(_)));
    assert_eq!(manager.token().await.unwrap().access.expose(), "good");
}

#[tokio::test]
async fn a_store_that_cannot_be_read_is_asked_again() {
    #[derive(Debug)]
    struct Unreadable(AtomicUsize);
    impl TokenStore for Unreadable {
        fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, StoreError>> {
            let first = self.0.fetch_add(1, Ordering::SeqCst) == 0;
            Box::pin(std::future::ready(if first {
                Err(StoreError::new("locked", None))
            } else {
                Ok(Some(token("good", 3_600)))
            }))
        }
        fn save<'a>(&'a self, _: &'a StoredToken) -> BoxFuture<'a, Result<(), StoreError>> {
            panic!("nothing is to be saved")
        }
    }
    let manager = TokenManager::from_shared(
        Arc::new(Unreadable(AtomicUsize::new(0))),
        Endpoint::new([]),
        Arc::new(ManualClock::new(START)),
    );
    assert!(matches!(manager.token().await.unwrap_err(), AuthError::Store(_)));
    assert_eq!(manager.token().await.unwrap().access.expose(), "good");
}

#[test]
fn a_proof_and_a_token_show_nothing_of_themselves() {
    let shown = format!(
        "{:?} {:#?}",
        token("CANARY", 1),
        MemoryTokenStore::new(token("CANARY", 1))
    );
    assert!(!shown.contains("CANARY"), "{shown}");
    assert!(shown.contains("expires_at"));
    let mut proof = Proof::default();
    proof.secrets.push("CANARY".into());
    assert!(!format!("{proof:?}").contains("CANARY"));
}
