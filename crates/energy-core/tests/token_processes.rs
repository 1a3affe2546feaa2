//! Two processes that share a token file.
#![cfg(feature = "test-util")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use energy_core::auth::{AuthError, FileTokenStore, Refresh, StoredToken, TokenManager, TokenStore};
use energy_core::clock::{Clock, ManualClock};
use energy_core::transport::BoxFuture;
use time::OffsetDateTime;
use tokio::sync::Notify;

use crate::support::{START, seconds};

/// Where the other process finds the path of the token file.
const PATH: &str = "ENERGY_CORE_TEST_TOKEN_FILE";

fn token(name: &str, lives: u64) -> StoredToken {
    StoredToken::new(name)
        .with_refresh(format!("refresh-of-{name}"))
        .with_expiry(START + seconds(lives))
}

/// Gives a new token when it is let.
#[derive(Debug, Default)]
struct Held {
    began: Notify,
    gate: Notify,
}

impl Refresh for Held {
    fn refresh<'a>(&'a self, _: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(async move {
            self.began.notify_one();
            self.gate.notified().await;
            Ok(token("new", 3_600))
        })
    }
}

#[tokio::test]
async fn one_process_renews_and_the_other_goes_on_with_its_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    FileTokenStore::new(&path).save(&token("old", 0)).await.unwrap();
    let endpoint = Arc::new(Held::default());
    let manager = TokenManager::from_shared(
        Arc::new(FileTokenStore::new(&path)),
        Arc::clone(&endpoint) as Arc<dyn Refresh>,
        Arc::new(ManualClock::new(START)),
    );
    let here = tokio::spawn(async move { manager.token().await });
    endpoint.began.notified().await;

    let mut other = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "token_processes::the_other_process",
            "--ignored",
            "--nocapture",
        ])
        .env(PATH, &path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines();
    let mut said = |word: &str| lines.any(|line| line.unwrap().ends_with(word));
    assert!(said("it sleeps"), "it waits for the lock");
    endpoint.gate.notify_one();
    assert_eq!(here.await.unwrap().unwrap().access.expose(), "new");
    other.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(said("it has new"), "it goes on with the token of this process");
    assert!(other.wait().unwrap().success());
}

/// Says so and sleeps until it reads a line.
#[derive(Debug)]
struct Told;

impl Clock for Told {
    fn now(&self) -> OffsetDateTime {
        START
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'_, ()> {
        say("it sleeps");
        let read = std::io::stdin().read_line(&mut String::new()).unwrap();
        assert!(read > 0, "the first process has gone");
        Box::pin(std::future::ready(()))
    }
}

fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{words}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Has no service to ask.
#[derive(Debug)]
struct Nobody;

impl Refresh for Nobody {
    fn refresh<'a>(&'a self, _: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        panic!("the refresh token belongs to the process that has the lock")
    }
}

#[tokio::test]
#[ignore = "the other process of the test above, which starts it"]
async fn the_other_process() {
    let Ok(path) = std::env::var(PATH) else {
        return;
    };
    let manager = TokenManager::new(FileTokenStore::new(path), Nobody, Arc::new(Told));
    say(&format!("it has {}", manager.token().await.unwrap().access.expose()));
}
