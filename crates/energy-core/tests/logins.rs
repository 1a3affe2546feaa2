//! What an authenticator is told, and two of them together.
#![cfg(feature = "test-util")]

use std::sync::{Arc, Mutex};

use energy_core::auth::{
    AuthError, Authenticator, Bearer, HeaderKey, MemoryTokenStore, NoLogin, Proof, QueryKey, Recovery, Refresh,
    StoredToken, TokenManager, WithKey,
};
use energy_core::clock::ManualClock;
use energy_core::transport::{BoxFuture, HttpRequest};
use energy_core::{ApiError, Error, Secret};
use http::HeaderName;

use crate::support::{Answer, AnyLogin, Closed, Read, START, Script, builder, seconds};

/// Tries again if the service says that a token has expired, and keeps what it heard.
#[derive(Clone, Debug, Default)]
struct Listens(Arc<Mutex<Vec<(u64, String)>>>);

impl Authenticator for Listens {
    fn authenticate<'a>(&'a self, _: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        let proof = Proof {
            generation: 7,
            secrets: Vec::new(),
        };
        Box::pin(std::future::ready(Ok(proof)))
    }

    fn rejected<'a>(&'a self, proof: &'a Proof, refusal: &'a ApiError) -> BoxFuture<'a, Recovery> {
        let heard = (proof.generation, refusal.message.clone());
        self.0.lock().unwrap().push(heard);
        Box::pin(std::future::ready(if refusal.code.as_deref() == Some("expired") {
            Recovery::TryAgain
        } else {
            Recovery::GiveUp
        }))
    }
}

fn refused(code: &str) -> Answer {
    Answer::new(401).body(format!(r#"{{"code": "{code}", "message": "it is {code}"}}"#))
}

#[tokio::test]
async fn the_words_of_a_refusal_reach_the_login() {
    for (code, sent) in [("expired", 2), ("wrong-key", 1)] {
        let script = Script::new([refused(code), Answer::ok()]);
        let login = Listens::default();
        let clock = ManualClock::new(START);
        let client = builder(&script, &clock, AnyLogin::new(login.clone())).build().unwrap();
        let outcome = client.send(&Read).await;
        assert_eq!(outcome.is_ok(), code == "expired");
        assert_eq!(script.count(), sent, "{code}");
        assert_eq!(*login.0.lock().unwrap(), [(7, format!("it is {code}"))]);
    }
}

/// Gives the second token.
#[derive(Debug)]
struct Second;

impl Refresh for Second {
    fn refresh<'a>(&'a self, _: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        let token = StoredToken::new("second").with_expiry(START + seconds(3_600));
        Box::pin(std::future::ready(Ok(token)))
    }
}

fn bearer(clock: &ManualClock) -> Bearer {
    let store = MemoryTokenStore::new(StoredToken::new("first"));
    Bearer::new(TokenManager::new(store, Second, Arc::new(clock.clone())))
}

#[tokio::test]
async fn a_key_goes_out_beside_a_token_that_is_renewed_when_refused() {
    let script = Script::new([refused("expired"), Answer::ok()]);
    let clock = ManualClock::new(START);
    let key = QueryKey::new([("key", Secret::new("application-key"))]);
    let login = WithKey::new(bearer(&clock), key);
    let client = builder(&script, &clock, AnyLogin::new(login)).build().unwrap();
    client.send(&Read).await.unwrap();
    let sent: Vec<_> = script
        .sent()
        .iter()
        .map(|sent| (sent.path().to_owned(), sent.header("authorization").to_owned()))
        .collect();
    let expected =
        ["Bearer first", "Bearer second"].map(|token| ("/v1/things?key=application-key".to_owned(), token.to_owned()));
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn the_secrets_of_both_are_taken_out_of_the_answer() {
    let echo = r#"{"message": "application-key and first"}"#;
    let script = Script::new([Answer::new(400).body(echo)]);
    let clock = ManualClock::new(START);
    let key = HeaderKey::new(HeaderName::from_static("key"), Secret::new("application-key"));
    let login = WithKey::new(bearer(&clock), key);
    let client = builder(&script, &clock, AnyLogin::new(login)).build().unwrap();
    let Err(Error::Api(error)) = client.send(&Read).await else {
        panic!("it was a refusal")
    };
    assert_eq!(error.message, "[redacted] and [redacted]");
    assert_eq!(script.sent()[0].header("key"), "application-key");
}

/// Signs what it sees: here, the path.
#[derive(Debug)]
struct SignsThePath;

impl Authenticator for SignsThePath {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        let seen = request.uri().to_string().parse().unwrap();
        request.headers_mut().insert("x-signed", seen);
        Box::pin(std::future::ready(Ok(Proof::default())))
    }
}

#[tokio::test]
async fn the_login_signs_the_key() {
    let script = Script::new([Answer::ok()]);
    let clock = ManualClock::new(START);
    let login = WithKey::new(SignsThePath, QueryKey::new([("key", Secret::new("k3y"))]));
    let client = builder(&script, &clock, AnyLogin::new(login)).build().unwrap();
    client.send(&Read).await.unwrap();
    assert_eq!(
        script.sent()[0].header("x-signed"),
        "https://sun.example/v1/things?key=k3y"
    );
}

#[tokio::test]
async fn a_key_alone_is_a_login_and_nothing_beside_nothing_is_none() {
    let clock = ManualClock::new(START);
    let key = || QueryKey::new([("key", Secret::new("k3y"))]);
    for (login, passes) in [
        (AnyLogin::new(WithKey::new(NoLogin, key())), true),
        (AnyLogin::new(WithKey::new(NoLogin, NoLogin)), false),
    ] {
        let script = Script::new([Answer::ok()]);
        let client = builder(&script, &clock, login).build().unwrap();
        assert_eq!(client.send(&Closed).await.is_ok(), passes);
    }
}
