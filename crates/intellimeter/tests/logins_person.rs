//! The login of a person: authorised in a browser, refreshed, kept in a store.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use energy_core::Error;
use energy_core::auth::{AuthError, StoreError};
use energy_core::transport::BoxFuture;
use energy_core::url::Url;
use intellimeter::*;
use serde_json::{Value, json};

use crate::support::entities::*;
use crate::support::*;

const OLD: &str = "old-Whimbrel-access";
const OLD_REFRESH: &str = "old-Whimbrel-refresh";

/// A token that ended a minute ago.
fn expired() -> StoredToken {
    StoredToken::new(OLD)
        .with_refresh(OLD_REFRESH)
        .with_expiry(NOW - Duration::from_secs(60))
        .with_scopes(["company:info:read".to_owned()])
}

/// A refreshed token: the documented answer has no scope.
fn refreshed(access: &str) -> Reply {
    Reply::json(json!({
        "access_token": access, "expires_in": "1:00:00", "refresh_token": format!("{access}-again"),
        "token_type": "bearer",
    }))
}

fn company() -> Reply {
    Reply::json(json!({
        "created": "2023-05-06T07:08:09", "id": "cafe0815", "name": "Mill Holdings", "updated": "2026-02-03T04:05:06",
    }))
}

/// What happened, in order.
type Events = Arc<Mutex<Vec<String>>>;

/// A store that says what it saves, and may fail to.
#[derive(Clone, Debug)]
struct Told {
    events: Events,
    token: Arc<Mutex<StoredToken>>,
    failures: Arc<Mutex<u32>>,
}

impl Told {
    fn new(token: StoredToken, failures: u32) -> Self {
        Self {
            events: Events::default(),
            token: Arc::new(Mutex::new(token)),
            failures: Arc::new(Mutex::new(failures)),
        }
    }

    fn events(&self) -> Vec<String> {
        self.events.lock().unwrap().clone()
    }

    /// A server that puts what it hears between what is saved.
    async fn server(&self, logins: Vec<Reply>) -> Server {
        let events = Arc::clone(&self.events);
        let count = Mutex::new(0);
        Server::by(move |sent, _| {
            let bearer = sent.header("authorization").unwrap_or("nothing");
            events.lock().unwrap().push(format!("{} with {bearer}", sent.line));
            if !sent.is_login() {
                return company();
            }
            let mut count = count.lock().unwrap();
            *count += 1;
            logins.get(*count - 1).or(logins.last()).unwrap().clone()
        })
        .await
    }
}

impl TokenStore for Told {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, StoreError>> {
        let token = self.token.lock().unwrap().clone();
        Box::pin(std::future::ready(Ok(Some(token))))
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<(), StoreError>> {
        let mut failures = self.failures.lock().unwrap();
        let outcome = if *failures > 0 {
            *failures -= 1;
            Err(StoreError::new("the disk is full", None))
        } else {
            *self.token.lock().unwrap() = token.clone();
            Ok(())
        };
        let done = if outcome.is_ok() { "saved" } else { "could not save" };
        self.events
            .lock()
            .unwrap()
            .push(format!("{done} {}", token.access.expose()));
        Box::pin(std::future::ready(outcome))
    }
}

#[tokio::test]
async fn a_refresh_is_proven_by_the_old_tokens_alone() {
    let server = Server::with_logins([refreshed("new-1")], [company()]).await;
    let client = server.client(Credentials::person(application(), MemoryTokenStore::new(expired())));
    client.send(&GetCompany::new()).await.unwrap();
    let login = &server.logins()[0];
    let body = json!({"grant_type": "refresh_token", "access_token": OLD, "refresh_token": OLD_REFRESH});
    assert_eq!(login.json(), body, "no client secret");
    assert_eq!(login.header("content-type"), Some("application/json"));
    assert_eq!(server.calls()[0].header("authorization"), Some("Bearer new-1"));

    // The next refresh is proven by the new ones.
    server.clock.advance(Duration::from_secs(3600));
    client.send(&GetCompany::new()).await.unwrap();
    let body = json!({"grant_type": "refresh_token", "access_token": "new-1", "refresh_token": "new-1-again"});
    assert_eq!(server.logins()[1].json(), body);
}

#[tokio::test]
async fn a_new_token_is_saved_before_it_is_used() {
    let store = Told::new(expired(), 0);
    let server = store.server(vec![refreshed("new-1")]).await;
    let client = server.client(Credentials::person(application(), store.clone()));
    client.send(&GetCompany::new()).await.unwrap();
    assert_eq!(
        store.events(),
        [
            "POST /api/v1/auth with nothing",
            "saved new-1",
            "GET /api/v1/company with Bearer new-1"
        ]
    );
    let kept = store.token.lock().unwrap().clone();
    assert_eq!(kept.refresh, Some(Secret::new("new-1-again")));
    assert_eq!(kept.expires_at, Some(NOW + Duration::from_secs(3600)));
}

#[tokio::test]
async fn a_token_that_cannot_be_saved_is_not_used_and_not_lost() {
    let store = Told::new(expired(), 1);
    let server = store.server(vec![refreshed("new-1")]).await;
    let client = server.client(Credentials::person(application(), store.clone()));
    let error = client.send(&GetCompany::new()).await.unwrap_err();
    assert!(error.is_retryable() && !error.is_unauthorized(), "{error:?}");
    client.send(&GetCompany::new()).await.unwrap();
    assert_eq!(
        store.events(),
        [
            "POST /api/v1/auth with nothing",
            "could not save new-1",
            "saved new-1",
            "GET /api/v1/company with Bearer new-1"
        ],
        "the old token is dead: a second refresh would have failed"
    );
}

#[tokio::test]
async fn scopes_outlive_a_refresh_that_does_not_name_them() {
    let server = Server::with_logins([refreshed("new-1")], [company()]).await;
    let client = server.client(Credentials::person(application(), MemoryTokenStore::new(expired())));
    let error = client.send(&ListMeters::new(PROPERTY)).await.unwrap_err();
    assert!(
        error.is_forbidden() && error.to_string().contains("meter:meters:read"),
        "{error}"
    );
    assert!(server.calls().is_empty());
    client.send(&GetCompany::new()).await.unwrap();
}

/// The shape of a refused refresh is not documented.
#[tokio::test]
async fn a_refused_refresh_needs_the_person_and_is_not_tried_again() {
    for reply in [
        refusal(400, "invalid_grant"),
        refusal(400, "expired_token"),
        refusal(401, "access_denied"),
        Reply::json(json!({"code": 401, "error": "Unauthorized", "message": "No such token."})).status(401),
        Reply::json(json!({"code": 400, "error": "Bad Request", "message": "No such token."})).status(400),
        Reply::new(401, "text/plain", "No such token."),
        Reply::new(401, "text/html", "<html>No such token.</html>"),
        Reply::empty(401),
    ] {
        let told = format!("{reply:?}");
        let server = Server::with_logins([reply], [company()]).await;
        let client = server
            .builder(Credentials::person(application(), MemoryTokenStore::new(expired())))
            .build()
            .unwrap();
        for _ in 0..3 {
            let error = client.send(&GetCompany::new()).await.unwrap_err();
            assert!(matches!(error, Error::Auth { .. }), "{told}: {error:?}");
            assert!(error.is_unauthorized() && !error.is_retryable(), "{told}: {error:?}");
        }
        assert_eq!((server.logins().len(), server.calls().len()), (1, 0), "{told}");
    }
}

#[tokio::test]
async fn nobody_has_authorised_yet() {
    let login = Credentials::person(application(), MemoryTokenStore::default());
    let server = Server::untouched().await;
    let error = server.client(login).send(&GetCompany::new()).await.unwrap_err();
    assert!(error.is_unauthorized() && !error.is_retryable(), "{error:?}");
    assert!(server.sent().is_empty());
    // Nor can a token be renewed that came without a refresh token.
    let lone = StoredToken::new(OLD).with_expiry(NOW);
    let login = Credentials::person(application(), MemoryTokenStore::new(lone));
    let error = server.client(login).send(&GetCompany::new()).await.unwrap_err();
    assert!(error.is_unauthorized() && server.sent().is_empty(), "{error:?}");
}

#[tokio::test]
async fn a_refused_token_of_a_person_is_refreshed_once() {
    let live = StoredToken::new(OLD).with_refresh(OLD_REFRESH);
    let dead = Reply::json(json!({"message": "dead"})).status(401);
    let server = Server::with_logins([refreshed("new-1")], [dead.clone(), company()]).await;
    let login = Credentials::person(application(), MemoryTokenStore::new(live.clone()));
    server.client(login).send(&GetCompany::new()).await.unwrap();
    let lines: Vec<String> = server.sent().into_iter().map(|sent| sent.line).collect();
    let call = "GET /api/v1/company";
    assert_eq!(lines, [call, "POST /api/v1/auth", call]);

    let server = Server::with_logins([refreshed("new-1")], [dead]).await;
    let login = Credentials::person(application(), MemoryTokenStore::new(live));
    let error = server.client(login).send(&GetCompany::new()).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error:?}");
    assert_eq!((server.logins().len(), server.calls().len()), (1, 2));
}

const REDIRECT: &str = "https://mill.example/back?from=meter";

async fn begun() -> (Server, Client, Authorization) {
    let server = Server::answering(token("p-1", "uac:user:read company:info:read")).await;
    let client = server.client(Credentials::none());
    let authorization = authorize(&client, &application(), REDIRECT).unwrap();
    (server, client, authorization)
}

fn came_back(query: &str) -> Url {
    Url::parse(&format!("{REDIRECT}&{query}")).unwrap()
}

#[tokio::test]
async fn a_person_is_sent_to_the_page_with_a_state() {
    let (server, client, authorization) = begun().await;
    let url = authorization.url();
    assert_eq!(
        url.as_str().split('?').next(),
        Some(format!("{}/auth/authorization", server.base_url()).as_str())
    );
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    pairs.sort();
    let state = authorization.state().expose().to_owned();
    let expected = [
        ("client_id", CLIENT_ID),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("state", state.as_str()),
    ];
    assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let other = authorize(&client, &application(), REDIRECT).unwrap();
    assert!(
        state.len() >= 16 && other.state() != authorization.state(),
        "nobody can guess it"
    );
    assert!(server.sent().is_empty());
    let error = authorize(&client, &application(), "no address").unwrap_err();
    assert_eq!(error.parameter, "redirect_uri");
}

#[tokio::test]
async fn a_code_is_exchanged_for_a_token() {
    let (server, client, authorization) = begun().await;
    let state = authorization.state().expose().to_owned();
    let back = came_back(&format!("code=c%2F1&state={state}"));
    let got = exchange(&client, &application(), &authorization, &back).await.unwrap();
    let body = json!({
        "grant_type": "authorization_code", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "code": "c/1",
    });
    let sent = server.one();
    assert_eq!((sent.is_login(), sent.json()), (true, body));
    assert_eq!(sent.header("authorization"), None);
    assert_eq!(
        (got.access.expose(), got.refresh),
        ("p-1", Some(Secret::new("p-1-again")))
    );
    assert_eq!(got.expires_at, Some(NOW + Duration::from_secs(3600)));
    assert_eq!(got.scopes, ["uac:user:read", "company:info:read"]);
}

#[tokio::test]
async fn a_code_can_be_exchanged_in_a_task_of_its_own() {
    let (_server, client, authorization) = begun().await;
    let back = came_back(&format!("code=c-1&state={}", authorization.state().expose()));
    let task = tokio::spawn(async move { exchange(&client, &application(), &authorization, &back).await });
    assert_eq!(task.await.unwrap().unwrap().access.expose(), "p-1");
}

#[tokio::test]
async fn a_code_with_another_state_is_not_exchanged() {
    let (server, client, authorization) = begun().await;
    let state = authorization.state().expose().to_owned();
    for query in [
        "code=c-1",
        "code=c-1&state=",
        "code=c-1&state=guessed",
        "error=access_denied",
    ] {
        let error = exchange(&client, &application(), &authorization, &came_back(query))
            .await
            .unwrap_err();
        assert!(matches!(error, AuthError::Malformed(_)), "{query}: {error:?}");
    }
    let no = came_back(&format!("error=access_denied&state={state}"));
    let error = exchange(&client, &application(), &authorization, &no)
        .await
        .unwrap_err();
    assert!(matches!(error, AuthError::Reauthorise(_)), "{error:?}");
    assert!(server.sent().is_empty());
}

#[tokio::test]
async fn a_code_that_is_not_good_needs_the_person() {
    let server = Server::answering(refusal(400, "invalid_grant")).await;
    let client = server.client(Credentials::none());
    let authorization = authorize(&client, &application(), REDIRECT).unwrap();
    let back = came_back(&format!("code=c-1&state={}", authorization.state().expose()));
    let error = exchange(&client, &application(), &authorization, &back)
        .await
        .unwrap_err();
    assert!(
        matches!(error, AuthError::Reauthorise(_)) && server.sent().len() == 1,
        "{error:?}"
    );
}

/// A program that ends and begins again does not bother the person.
#[tokio::test]
async fn tokens_survive_in_a_file() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("person-{}.json", std::process::id()));
    let store = FileTokenStore::new(&path);
    store.save(&expired()).await.unwrap();
    let server = Server::with_logins([refreshed("new-1")], [company()]).await;
    let login = || Credentials::person(application(), FileTokenStore::new(&path));
    server.client(login()).send(&GetCompany::new()).await.unwrap();
    server.client(login()).send(&GetCompany::new()).await.unwrap();
    assert_eq!(
        (server.logins().len(), server.calls().len()),
        (1, 2),
        "one refresh for both runs"
    );
    let kept = store.load().await.unwrap().unwrap();
    assert_eq!(
        (kept.access.expose(), kept.refresh),
        ("new-1", Some(Secret::new("new-1-again")))
    );
    assert_eq!(kept.scopes, ["company:info:read"]);
    let text: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(text["access"], json!("new-1"));
    std::fs::remove_file(&path).unwrap();
}
