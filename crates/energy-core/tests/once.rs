//! Operations that a call sends at most once.
#![cfg(feature = "test-util")]

use std::sync::Arc;

use energy_core::auth::{AuthError, Bearer, MemoryTokenStore, NoLogin, Refresh, StoredToken, TokenManager};
use energy_core::clock::{FixedJitter, ManualClock};
use energy_core::transport::BoxFuture;
use energy_core::transport::TransportErrorKind::{self, Connect, Interrupted, Timeout};
use energy_core::transport::replay::{Exchange, ReplayTransport};
use energy_core::{ApiClient, RetryPolicy};
use http::Method;

use crate::support::{AnyLogin, Command, START, Sun};

fn client(replay: &ReplayTransport, login: AnyLogin) -> (ApiClient<Sun>, ManualClock) {
    let clock = ManualClock::new(START);
    let client = ApiClient::<Sun>::builder(login)
        .transport(replay.clone())
        .clock(clock.clone())
        .jitter(FixedJitter(1.0))
        .retry(RetryPolicy::default().with_max_attempts(9))
        .build()
        .unwrap();
    (client, clock)
}

fn put() -> Exchange {
    Exchange::new(&Method::PUT, "/v1/things")
}

/// How often a command is sent that always ends like this.
async fn sent(exchange: Exchange) -> usize {
    let replay = ReplayTransport::new(vec![exchange; 3]);
    let (client, clock) = client(&replay, AnyLogin::new(NoLogin));
    let error = client.send(&Command).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    assert!(clock.slept().is_empty(), "nothing is waited for");
    replay.received().len()
}

#[tokio::test]
async fn no_failure_is_sent_again() {
    for kind in [Connect, Timeout, Interrupted] as [TransportErrorKind; 3] {
        assert_eq!(sent(put().fail(kind)).await, 1, "{kind:?}");
    }
    for status in [401, 429, 500, 503] {
        assert_eq!(sent(put().status(status)).await, 1, "{status}");
        assert_eq!(
            sent(put().status(status).header("retry-after", "1")).await,
            1,
            "{status}"
        );
    }
    let again = serde_json::json!({"code": "again"});
    assert_eq!(
        sent(put().status(409).body(again)).await,
        1,
        "whatever the service advises"
    );
}

/// Gives the second token.
#[derive(Debug)]
struct Second;

impl Refresh for Second {
    fn refresh<'a>(&'a self, _: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(std::future::ready(Ok(StoredToken::new("second"))))
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_for_the_next_call() {
    let replay = ReplayTransport::new([put().status(401), put().body(serde_json::json!({}))]);
    let store = MemoryTokenStore::new(StoredToken::new("first"));
    let tokens = TokenManager::new(store, Second, Arc::new(ManualClock::new(START)));
    let (client, _) = client(&replay, AnyLogin::new(Bearer::new(tokens)));
    let error = client.send(&Command).await.unwrap_err();
    assert!(error.is_unauthorized() && error.attempts() == 1, "{error}");
    client.send(&Command).await.unwrap();
    let sent: Vec<_> = replay
        .received()
        .iter()
        .map(|request| request.headers["authorization"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(sent, ["Bearer first", "Bearer second"]);
}
