//! The ways into Intellimeter, each to its end: what is granted, what is checked, what is saved, what dies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use energy_core::Error;
use energy_core::auth::{AuthError, StoreError};
use energy_core::clock::Clock;
use energy_core::transport::BoxFuture;
use energy_tests::{MORNING, World, said_by};
use intellimeter::{
    Application, Client, Credentials, FileTokenStore, GetCompany, GetOwnAccount, GetReadsByProperty, ListAccounts,
    MemoryTokenStore, SCOPES, Scopes, StoredToken, TokenStore, authorize, device, exchange,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

fn person(world: &World, application: Application, store: impl TokenStore) -> Client {
    let credentials = Credentials::person(application, store);
    world.intellimeter_builder(credentials).build().unwrap()
}

fn nobody(world: &World) -> Client {
    world.intellimeter_builder(Credentials::none()).build().unwrap()
}

/// A client with one token that it cannot renew.
fn holder_of(world: &World, access: &intellimeter::Secret) -> Client {
    let token = StoredToken::new(access.clone());
    person(world, world.administrator(), MemoryTokenStore::new(token))
}

fn reauthorise(error: &Error) -> &str {
    let Error::Auth { source, .. } = error else {
        panic!("{error:?}")
    };
    assert!(error.is_unauthorized() && !error.is_retryable());
    match &**source {
        AuthError::Reauthorise(why) => why,
        other => panic!("{other:?}"),
    }
}

/// How many requests asked for a token.
fn logins(world: &World) -> usize {
    let requests = world.sandbox.intellimeter().requests();
    requests.iter().filter(|request| request.path == "/api/v1/auth").count()
}

/// A token of the administrator's, from a browser that has approved.
async fn token_of_administrator(world: &World) -> StoredToken {
    let (client, application) = (nobody(world), world.administrator());
    let asked = authorize(&client, &application, "http://localhost:7777/back").unwrap();
    let code = world
        .sandbox
        .intellimeter()
        .approve_authorization(application.id())
        .unwrap();
    let mut back = Url::parse("http://localhost:7777/back").unwrap();
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", asked.state().expose());
    exchange(&client, &application, &asked, &back).await.unwrap()
}

#[tokio::test]
async fn an_application_gets_what_its_account_may_have() {
    let world = World::at(MORNING).await;
    let service = world.sandbox.intellimeter();
    let client = world.intellimeter();
    assert_eq!(client.send(&ListAccounts::new()).await.unwrap().len(), 2);
    assert!(client.send(&GetOwnAccount::new()).await.unwrap().admin);
    assert_eq!(logins(&world), 1, "one token for both");

    let credentials = Credentials::application(world.user(), Scopes::all());
    let client = world.intellimeter_builder(credentials).build().unwrap();
    assert!(!client.send(&GetOwnAccount::new()).await.unwrap().admin);
    let before = service.request_count();
    let error = client.send(&ListAccounts::new()).await.unwrap_err();
    let Error::Refused { source, operation } = &error else {
        panic!("{error:?}")
    };
    assert_eq!((*operation, source.needs.as_str()), ("listAccounts", "uac:users:read"));
    assert!(error.to_string().contains("uac:users:read") && !error.may_have_been_sent());
    assert_eq!(service.request_count(), before, "nothing was sent");
}

#[tokio::test]
async fn what_was_asked_for_and_not_granted_is_known() {
    let world = World::at(MORNING).await;
    let anybody = nobody(&world);
    let mut login = device(&anybody, &world.user()).await.unwrap();
    // The person who approves is the administrator: nothing is missing.
    world.sandbox.intellimeter().approve_device(login.user_code());
    let granted = Scopes::granted(&login.wait().await.unwrap());
    assert_eq!(granted.iter().count(), 60);
    assert!(Scopes::all().missing_from(&granted).is_empty());

    // On the page, somebody else says yes, and admin scopes are left out.
    let mut login = device(&anybody, &world.user()).await.unwrap();
    let form = format!(
        "user_code={}&account=kim.shore%40example.com&decision=approve",
        login.user_code()
    );
    let page = browse("POST", login.verification_uri(), &form).await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    let granted = Scopes::granted(&login.wait().await.unwrap());
    let of_administrators: Vec<&str> = SCOPES
        .iter()
        .filter(|(_, admin)| *admin)
        .map(|(scope, _)| *scope)
        .collect();
    assert_eq!(of_administrators.len(), 13);
    assert_eq!(Scopes::all().missing_from(&granted), of_administrators);
}

#[tokio::test]
async fn wrong_secrets_and_unknown_scopes_are_told_apart_from_outages() {
    let world = World::at(MORNING).await;
    let wrong = Application::new(world.user().id(), "heron-44").unwrap();
    for (application, scopes) in [(wrong, Scopes::all()), (world.user(), "tea:pot:read".parse().unwrap())] {
        let client = world.intellimeter_builder(Credentials::application(application, scopes));
        let error = client.build().unwrap().send(&GetCompany::new()).await.unwrap_err();
        let said = said_by(&error);
        assert!(error.is_unauthorized() && !error.is_retryable(), "{said}");
        assert!(
            !said.contains("heron-44") && !said.contains("sandbox.user.secret"),
            "{said}"
        );
    }
}

/// What a browser would do: the answer with its headers.
async fn browse(method: &str, url: &Url, form: &str) -> String {
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let path = &url[url::Position::BeforePath..];
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut connection = TcpStream::connect(host).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer
}

fn location(answer: &str) -> Url {
    let line = answer.lines().find_map(|line| line.strip_prefix("location: "));
    Url::parse(line.unwrap_or_else(|| panic!("{answer}"))).unwrap()
}

/// Presses a button on the page.
async fn press(page: &Url, button: &str) -> Url {
    let query = page.query().unwrap();
    let answer = browse("POST", page, &format!("{query}&decision={button}")).await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    location(&answer)
}

#[tokio::test]
async fn a_person_lets_an_application_in_on_the_page() {
    let world = World::at(MORNING).await;
    let (client, application) = (nobody(&world), world.user());
    let asked = authorize(&client, &application, "http://localhost:7777/back").unwrap();
    let page = browse("GET", asked.url(), "").await;
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains("Sandbox of Kim"),
        "{page}"
    );

    let refused = press(asked.url(), "deny").await;
    let error = exchange(&client, &application, &asked, &refused).await.unwrap_err();
    assert!(
        matches!(&error, AuthError::Reauthorise(why) if why == "access_denied"),
        "{error:?}"
    );

    let back = press(asked.url(), "approve").await;
    let before = logins(&world);
    let other = authorize(&client, &application, "http://localhost:7777/back").unwrap();
    assert_ne!(other.state(), asked.state());
    let mut stateless = back.clone();
    let code = back
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1
        .into_owned();
    stateless.query_pairs_mut().clear().append_pair("code", &code);
    for (authorization, address) in [(&other, &back), (&asked, &stateless)] {
        let error = exchange(&client, &application, authorization, address)
            .await
            .unwrap_err();
        assert!(
            matches!(&error, AuthError::Malformed(why) if why.contains("state")),
            "{error:?}"
        );
        assert!(!said_by(&error).contains(&code));
    }
    assert_eq!(logins(&world), before, "a code with another state is not sent");

    let token = exchange(&client, &application, &asked, &back).await.unwrap();
    assert_eq!(token.scopes.len(), 60, "in the administrator's name");
    let again = exchange(&client, &application, &asked, &back).await.unwrap_err();
    assert!(
        matches!(again, AuthError::Reauthorise(_)),
        "a code is good once: {again:?}"
    );
    let client = person(&world, application, MemoryTokenStore::new(token));
    client.send(&GetReadsByProperty::new()).await.unwrap();
    let page = browse("GET", asked.url(), "").await;
    assert!(
        page.starts_with("HTTP/1.1 302"),
        "who has approved is not asked again: {page}"
    );
}

/// A store that looks, at the moment of saving, whether the token has been used already.
#[derive(Clone, Debug)]
struct Watched {
    world: Arc<World>,
    token: Arc<MemoryTokenStore>,
    full: Arc<AtomicBool>,
    used_too_early: Arc<AtomicBool>,
}

impl Watched {
    fn new(world: &Arc<World>, token: StoredToken) -> Self {
        Self {
            world: Arc::clone(world),
            token: Arc::new(MemoryTokenStore::new(token)),
            full: Arc::default(),
            used_too_early: Arc::default(),
        }
    }
}

impl TokenStore for Watched {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, StoreError>> {
        self.token.load()
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<(), StoreError>> {
        let bearer = format!("Bearer {}", token.access.expose());
        let requests = self.world.sandbox.intellimeter().requests();
        let used = requests
            .iter()
            .any(|request| request.header("authorization") == Some(&bearer));
        self.used_too_early.fetch_or(used, Ordering::SeqCst);
        if self.full.load(Ordering::SeqCst) {
            return Box::pin(async { Err(StoreError::new("the disk is full", None)) });
        }
        self.token.save(token)
    }
}

#[tokio::test]
async fn a_token_is_renewed_saved_and_only_then_used() {
    let world = Arc::new(World::at(MORNING).await);
    let first = token_of_administrator(&world).await;
    let store = Watched::new(&world, first.clone());
    let client = person(&world, world.administrator(), store.clone());
    holder_of(&world, &first.access).send(&GetCompany::new()).await.unwrap();
    client.send(&GetCompany::new()).await.unwrap();
    let before = logins(&world);

    // Half a minute before the hour is over: the old token would still do, if it were not renewed.
    world.advance(Duration::from_secs(3570));
    holder_of(&world, &first.access).send(&GetCompany::new()).await.unwrap();
    store.full.store(true, Ordering::SeqCst);
    let error = client.send(&GetCompany::new()).await.unwrap_err();
    let Error::Auth { source, .. } = &error else {
        panic!("{error:?}")
    };
    assert!(matches!(**source, AuthError::Store(_)), "{error:?}");
    assert!(said_by(&error).contains("the disk is full") && error.attempts() == 0);
    assert_eq!(store.load().await.unwrap().as_ref(), Some(&first));
    store.full.store(false, Ordering::SeqCst);
    client.send(&GetCompany::new()).await.unwrap();
    assert_eq!(
        logins(&world),
        before + 1,
        "the token that was not saved is saved, and no other asked for"
    );
    assert!(!store.used_too_early.load(Ordering::SeqCst));

    let second = store.load().await.unwrap().unwrap();
    assert!(second.access != first.access && second.refresh != first.refresh);
    assert_eq!(
        second.scopes, first.scopes,
        "a refresh says nothing of scopes: those of before stay"
    );
    assert_eq!(second.expires_at, Some(world.clock.now() + Duration::from_secs(3600)));
    holder_of(&world, &second.access)
        .send(&GetCompany::new())
        .await
        .unwrap();
    let sent = world.sandbox.intellimeter().request_count();
    let error = holder_of(&world, &first.access)
        .send(&GetCompany::new())
        .await
        .unwrap_err();
    assert!(error.is_unauthorized(), "the old token is dead: {error}");
    assert_eq!(
        world.sandbox.intellimeter().request_count(),
        sent + 1,
        "the service said so"
    );
}

#[tokio::test]
async fn a_refresh_proves_itself_by_the_old_tokens_alone() {
    let world = World::at(MORNING).await;
    let first = token_of_administrator(&world).await;
    let client = person(&world, world.administrator(), MemoryTokenStore::new(first.clone()));
    world.advance(Duration::from_secs(3600));
    client.send(&GetCompany::new()).await.unwrap();
    let requests = world.sandbox.intellimeter().requests();
    let login = requests.iter().rfind(|request| request.path == "/api/v1/auth").unwrap();
    let body: serde_json::Value = serde_json::from_slice(&login.body).unwrap();
    let expected = serde_json::json!({
        "access_token": first.access.expose(),
        "grant_type": "refresh_token",
        "refresh_token": first.refresh.unwrap().expose(),
    });
    assert_eq!(body, expected);
    assert_eq!(login.header("authorization"), None);
}

#[tokio::test]
async fn a_second_process_with_the_old_refresh_token_must_ask_the_person() {
    let world = World::at(MORNING).await;
    let token = token_of_administrator(&world).await;
    let one = person(&world, world.administrator(), MemoryTokenStore::new(token.clone()));
    let two = person(&world, world.administrator(), MemoryTokenStore::new(token.clone()));
    world.advance(Duration::from_secs(3600));
    one.send(&GetCompany::new()).await.unwrap();
    let error = two.send(&GetCompany::new()).await.unwrap_err();
    assert!(reauthorise(&error).contains("refreshed before"), "{error}");
    assert!(!said_by(&error).contains(token.refresh.unwrap().expose()));
    let asked = logins(&world);
    assert!(two.send(&GetCompany::new()).await.unwrap_err().is_unauthorized());
    assert_eq!(logins(&world), asked, "it does not ask again what cannot succeed");
    one.send(&GetCompany::new()).await.unwrap();

    let nobody_yet = person(&world, world.user(), MemoryTokenStore::default());
    reauthorise(&nobody_yet.send(&GetCompany::new()).await.unwrap_err());
}

#[tokio::test]
async fn a_token_in_a_file_survives_a_restart_and_is_shared() {
    let world = World::at(MORNING).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    FileTokenStore::new(&path)
        .save(&token_of_administrator(&world).await)
        .await
        .unwrap();
    let start = || person(&world, world.administrator(), FileTokenStore::new(&path));
    let before = logins(&world);
    let long_running = start();
    long_running.send(&GetCompany::new()).await.unwrap();
    start().send(&GetCompany::new()).await.unwrap();
    assert_eq!(logins(&world), before, "the token in the file is used");

    world.advance(Duration::from_secs(3600));
    start().send(&GetCompany::new()).await.unwrap();
    start().send(&GetCompany::new()).await.unwrap();
    long_running.send(&GetCompany::new()).await.unwrap();
    assert_eq!(logins(&world), before + 1, "one refresh for the three of them");
    let files = std::fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["token.json", "token.json.lock"],
        "only its lock is left beside the file"
    );
}
