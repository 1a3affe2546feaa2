//! Every grant on the wire, in the standard's words and in those of a server with a dialect of its own.
#![cfg(all(feature = "oauth2", feature = "test-util"))]

use std::sync::Arc;

use energy_core::auth::oauth::{Application, Authorization, DeviceError, DeviceLogin, Dialect, Grants, Server};
use energy_core::auth::{AuthError, Bearer, MemoryTokenStore, NoLogin, Refresh, StoredToken, TokenManager};
use energy_core::clock::{Clock, ManualClock};
use energy_core::transport::{BoxFuture, TransportErrorKind};
use energy_core::{CredentialUse, DecodeError, Endpoint, Error, HttpResponse, Operation, RequestParts, Secret};
use serde_json::{Value, json};
use url::Url;

use crate::support::{Answer, AnyLogin, START, Script, Sun, builder, chain, seconds};

const SECRET: &str = "CANARY-client-secret";
const CODE: &str = "CANARY-device-code";

fn application() -> Application {
    Application::new("app-7", SECRET).unwrap()
}

fn standard() -> Server {
    let mut server = Server::new(Url::parse("https://sun.example/v1/token").unwrap());
    server.authorize_url = Some(Url::parse("https://sun.example/authorize").unwrap());
    server.device_url = Some(Url::parse("https://sun.example/v1/device").unwrap());
    server
}

fn dialect() -> Server {
    let mut server = standard();
    server.device_url = Some(server.token_url.clone());
    server.dialect = Dialect::Json;
    server.basic = false;
    server.device_grant = "device_code";
    server.left_out_of_refresh = &["client_id", "client_secret"];
    server
}

fn grants(script: &Script, clock: &ManualClock, server: Server) -> Grants {
    let client = builder(script, clock, AnyLogin::new(NoLogin)).build().unwrap();
    Grants::new(&client.setup(), server, application())
}

fn token(expires_in: &Value) -> Answer {
    let body = json!({"access_token": "new", "refresh_token": "next", "token_type": "bearer",
        "expires_in": expires_in, "scope": "uac:user:read billing:*:*"});
    Answer::new(200)
        .header("content-type", "application/json")
        .body(body.to_string())
}

fn refusal(error: &str) -> Answer {
    let body = json!({"error": error, "error_description": "in words"});
    Answer::new(400)
        .header("content-type", "application/json")
        .body(body.to_string())
}

fn json_of(script: &Script, number: usize) -> Value {
    serde_json::from_str(script.sent()[number].body()).unwrap()
}

#[tokio::test]
async fn client_credentials_by_the_standard_are_a_form_with_basic() {
    let script = Script::new([token(&json!(3600))]);
    let clock = ManualClock::new(START);
    let scopes = ["a:b".to_owned(), "c".to_owned()];
    let token = grants(&script, &clock, standard())
        .client_credentials(&scopes)
        .await
        .unwrap();
    assert_eq!(token.access, Secret::new("new"));
    assert_eq!(token.expires_at, Some(START + seconds(3600)));
    assert_eq!(token.scopes, ["uac:user:read", "billing:*:*"]);
    let sent = &script.sent()[0];
    assert_eq!(sent.body(), "grant_type=client_credentials&scope=a%3Ab+c");
    // app-7:CANARY-client-secret
    assert_eq!(
        sent.header("authorization"),
        "Basic YXBwLTc6Q0FOQVJZLWNsaWVudC1zZWNyZXQ="
    );
}

#[tokio::test]
async fn client_credentials_in_json_have_the_secret_in_the_body() {
    let script = Script::new([token(&json!("1:00:00"))]);
    let clock = ManualClock::new(START);
    let scopes = ["uac:user:read".to_owned()];
    grants(&script, &clock, dialect())
        .client_credentials(&scopes)
        .await
        .unwrap();
    let expected = json!({"grant_type": "client_credentials", "scope": "uac:user:read",
        "client_id": "app-7", "client_secret": SECRET});
    assert_eq!(json_of(&script, 0), expected);
    assert_eq!(script.sent()[0].header("authorization"), "");
}

#[tokio::test]
async fn durations_are_read_however_they_are_written() {
    for (written, lives) in [
        (json!(3600), 3600),
        (json!("3600"), 3600),
        (json!("1:00:00"), 3600),
        (json!("01:00:00"), 3600),
        (json!("0:00:05"), 5),
        (json!(4_000_000_000_u64), 366 * 86_400),
    ] {
        let script = Script::new([token(&written)]);
        let clock = ManualClock::new(START);
        let token = grants(&script, &clock, dialect())
            .client_credentials(&[])
            .await
            .unwrap();
        assert_eq!(token.expires_at, Some(START + seconds(lives)), "{written}");
    }
}

#[tokio::test]
async fn a_refresh_keeps_what_the_server_does_not_give_anew() {
    let bare = json!({"access_token": "new", "token_type": "bearer", "expires_in": "1:00:00"});
    let script = Script::new([Answer::new(200).body(bare.to_string())]);
    let clock = ManualClock::new(START);
    let old = StoredToken::new("old")
        .with_refresh("again")
        .with_scopes(["a".to_owned()]);
    let more = [("access_token", &old.access)];
    let new = grants(&script, &clock, dialect()).refresh(&old, &more).await.unwrap();
    assert_eq!(new.access, Secret::new("new"));
    assert_eq!(new.refresh, Some(Secret::new("again")));
    assert_eq!(new.scopes, ["a"]);
    // Neither the application's id nor its secret: this server does not want them here.
    let expected = json!({"grant_type": "refresh_token", "refresh_token": "again", "access_token": "old"});
    assert_eq!(json_of(&script, 0), expected);
}

#[tokio::test]
async fn without_a_refresh_token_a_person_is_needed_and_nothing_is_sent() {
    let script = Script::new([token(&json!(1))]);
    let clock = ManualClock::new(START);
    let error = grants(&script, &clock, dialect())
        .refresh(&StoredToken::new("old"), &[])
        .await
        .unwrap_err();
    assert!(matches!(error, AuthError::Reauthorise(_)), "{error}");
    assert_eq!(script.count(), 0);
}

#[tokio::test]
async fn a_password_is_sent_as_the_standard_says() {
    let script = Script::new([token(&json!(60))]);
    let clock = ManualClock::new(START);
    let password = Secret::new("CANARY-password");
    grants(&script, &clock, standard())
        .password("ana", &password)
        .await
        .unwrap();
    assert_eq!(
        script.sent()[0].body(),
        "grant_type=password&username=ana&password=CANARY-password"
    );
}

fn authorization() -> Authorization {
    let script = Script::new([Answer::ok()]);
    let grants = grants(&script, &ManualClock::new(START), dialect());
    grants
        .authorize("https://me.example/back?x=1", &["a:b:c".to_owned()])
        .unwrap()
}

#[test]
fn the_page_to_authorise_on_has_a_state_that_is_new_each_time() {
    let (first, second) = (authorization(), authorization());
    assert_ne!(first.state(), second.state());
    assert!(first.state().expose().len() >= 16);
    let pairs: Vec<(String, String)> = first.url().query_pairs().into_owned().collect();
    let expected = [
        ("response_type", "code"),
        ("client_id", "app-7"),
        ("state", first.state().expose()),
        ("redirect_uri", "https://me.example/back?x=1"),
        ("scope", "a:b:c"),
    ];
    assert_eq!(pairs.len(), expected.len());
    for (name, value) in expected {
        assert!(
            pairs.contains(&(name.to_owned(), value.to_owned())),
            "{name}: {pairs:?}"
        );
    }
    assert!(!format!("{first:?}").contains(first.state().expose()), "{first:?}");
}

#[test]
fn a_code_counts_only_with_the_state_that_was_sent() {
    let authorization = authorization();
    let back = |query: &str| Url::parse(&format!("https://me.example/back?{query}")).unwrap();
    let state = authorization.state().expose().to_owned();
    let code = authorization.code(&back(&format!("code=c-1&state={state}"))).unwrap();
    assert_eq!(code, Secret::new("c-1"));
    for (query, says) in [
        ("code=c-1".to_owned(), "did not come back"),
        ("code=c-1&state=other".to_owned(), "another than was sent"),
        (format!("state={state}"), "no `code`"),
        (format!("code=&state={state}"), "no `code`"),
    ] {
        let error = authorization.code(&back(&query)).unwrap_err();
        assert!(
            matches!(error, AuthError::Malformed(_)) && error.to_string().contains(says),
            "{query}: {error}"
        );
    }
    let error = authorization
        .code(&back(&format!("error=access_denied&state={state}")))
        .unwrap_err();
    assert!(
        matches!(&error, AuthError::Reauthorise(why) if why == "access_denied"),
        "{error}"
    );
    // A session that was kept elsewhere meanwhile.
    let resumed = Authorization::resume(authorization.url().clone(), state.clone());
    assert!(resumed.code(&back(&format!("code=c-1&state={state}"))).is_ok());
}

fn device_answer() -> Answer {
    let body = json!({"device_code": CODE, "user_code": "WXYZ-1", "verification_uri": "https://sun.example/device",
        "interval": "0:00:05", "expires_in": "0:10:00"});
    Answer::new(200).body(body.to_string())
}

async fn device(script: &Script, clock: &ManualClock) -> DeviceLogin {
    let grants = grants(script, clock, dialect());
    grants.device(&[], &[("grant_type", "device_code")]).await.unwrap()
}

#[tokio::test]
async fn a_device_is_told_what_to_show() {
    let script = Script::new([device_answer()]);
    let clock = ManualClock::new(START);
    let login = device(&script, &clock).await;
    assert_eq!(login.user_code(), "WXYZ-1");
    assert_eq!(login.verification_uri().as_str(), "https://sun.example/device");
    assert_eq!(
        login.complete_uri().as_str(),
        "https://sun.example/device?user_code=WXYZ-1"
    );
    assert_eq!(
        (login.interval(), login.expires_at()),
        (seconds(5), START + seconds(600))
    );
    let expected = json!({"grant_type": "device_code", "client_id": "app-7", "client_secret": SECRET});
    assert_eq!(json_of(&script, 0), expected);
    assert!(!format!("{login:?}").contains("CANARY"), "{login:?}");
}

#[tokio::test]
async fn a_device_waits_for_the_person_at_the_server_s_pace() {
    let pending = || refusal("authorization_pending");
    let answers = [
        device_answer(),
        pending(),
        refusal("slow_down"),
        pending(),
        Answer::Fail(TransportErrorKind::Interrupted),
        token(&json!("1:00:00")),
    ];
    let script = Script::new(answers);
    let clock = ManualClock::new(START);
    let mut login = device(&script, &clock).await;
    let token = login.wait().await.unwrap();
    assert_eq!(token.access, Secret::new("new"));
    // Five seconds longer after being told to slow down, and after a question without an answer.
    assert_eq!(clock.slept(), [5, 5, 10, 10, 15].map(seconds));
    assert_eq!(token.expires_at, Some(clock.now() + seconds(3600)));
    let expected = json!({"grant_type": "device_code", "device_code": CODE, "client_id": "app-7",
        "client_secret": SECRET});
    assert_eq!(json_of(&script, 1), expected);
}

#[tokio::test]
async fn a_device_that_is_refused_or_forgotten_stops_asking() {
    for (error, denied) in [("access_denied", true), ("expired_token", false)] {
        let script = Script::new([device_answer(), refusal("authorization_pending"), refusal(error)]);
        let clock = ManualClock::new(START);
        let outcome = device(&script, &clock).await.wait().await.unwrap_err();
        assert_eq!(matches!(outcome, DeviceError::Denied), denied, "{outcome}");
        assert_eq!(matches!(outcome, DeviceError::Expired), !denied, "{outcome}");
        assert_eq!(script.count(), 3);
    }
    let script = Script::new([device_answer(), refusal("authorization_pending")]);
    let clock = ManualClock::new(START);
    let outcome = device(&script, &clock).await.wait().await.unwrap_err();
    assert!(matches!(outcome, DeviceError::Expired), "{outcome}");
    // 600 s of life and 5 s between two questions: the last one is asked before the end.
    assert_eq!(script.count(), 1 + 119);
    assert!(clock.now() < START + seconds(600));
}

#[tokio::test]
async fn a_device_that_is_dropped_asks_no_more() {
    let script = Script::new([device_answer(), refusal("authorization_pending")]);
    let clock = ManualClock::new(START);
    let mut login = device(&script, &clock).await;
    {
        let mut waiting = Box::pin(login.wait());
        for _ in 0..6 {
            let once =
                std::future::poll_fn(|context| std::task::Poll::Ready(waiting.as_mut().poll(context).is_pending()));
            assert!(once.await);
        }
    }
    let asked = script.count();
    assert!(asked > 1);
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert_eq!(script.count(), asked);
}

#[tokio::test]
async fn what_a_device_cannot_use_is_said_without_secrets() {
    let html = || Answer::new(404).body("<html>CANARY-device-code CANARY-client-secret</html>");
    for answer in [
        html(),
        refusal("invalid_client"),
        Answer::new(200).body(format!("{{\"x\": \"{CODE}\"}}")),
    ] {
        let script = Script::new([device_answer(), answer]);
        let clock = ManualClock::new(START);
        let error = device(&script, &clock).await.wait().await.unwrap_err();
        let shown = format!("{:?} {error:?}", chain(&error));
        assert!(
            matches!(error, DeviceError::Login(_)) && !shown.contains("CANARY"),
            "{shown}"
        );
    }
}

#[test]
fn an_application_is_checked_and_not_shown() {
    for (id, secret, says) in [
        ("", "s", "client_id: is empty"),
        ("a", "", "client_secret: is empty"),
        ("a ", "s", "client_id: has white space"),
        ("a", "CANARY\n", "client_secret: has white space"),
    ] {
        let error = Application::new(id, secret).unwrap_err().to_string();
        assert!(error.starts_with(says) && !error.contains("CANARY"), "{error}");
    }
    assert!(!format!("{:?}", application()).contains("CANARY"));
}

/// An operation that needs a scope.
#[derive(Debug)]
struct Rename;

static RENAME: Operation = Operation::new("rename", http::Method::PUT, "/name")
    .with_access("company:info:update")
    .with_credentials(CredentialUse::Required);

impl Endpoint for Rename {
    type Api = Sun;
    type Output = ();
    const OPERATION: &'static Operation = &RENAME;

    fn parts(&self) -> Result<RequestParts, energy_core::BuildError> {
        let mut parts = RequestParts::new();
        parts.literal("name");
        parts.secret_query("token", &Secret::new("CANARY-poll"));
        Ok(parts)
    }

    fn decode(&self, response: &HttpResponse) -> Result<(), DecodeError> {
        energy_core::decode::empty(Self::OPERATION, response)
    }
}

#[derive(Debug)]
struct NoRefresh;

impl Refresh for NoRefresh {
    fn refresh<'a>(&'a self, _: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(std::future::ready(Err(AuthError::Reauthorise("no".to_owned()))))
    }
}

async fn rename(script: &Script, granted: &[&str]) -> Result<(), Error> {
    let clock = ManualClock::new(START);
    let token = StoredToken::new("t-1").with_scopes(granted.iter().map(|scope| (*scope).to_owned()));
    let manager = TokenManager::new(MemoryTokenStore::new(token), NoRefresh, Arc::new(clock.clone()));
    let exact = |granted: &[String], needed: &str| granted.iter().any(|scope| scope == needed);
    let login = AnyLogin::new(Bearer::new(manager).with_scopes(exact));
    builder(script, &clock, login).build().unwrap().send(&Rename).await
}

#[tokio::test]
async fn a_scope_that_was_not_granted_is_refused_before_sending() {
    let script = Script::new([Answer::ok()]);
    let error = rename(&script, &["company:info:read"]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "rename: refused before sending: the scope `company:info:update` was not granted; granted were: \
         company:info:read"
    );
    assert!(error.is_forbidden() && script.count() == 0);
    assert!(rename(&script, &["company:info:update"]).await.is_ok());
    // What the service did not say is the service's to judge.
    assert!(rename(&script, &[]).await.is_ok());
}

#[tokio::test]
async fn a_secret_in_the_query_is_sent_and_not_shown() {
    let script = Script::new([Answer::new(500).body("CANARY-poll")]);
    let error = rename(&script, &[]).await.unwrap_err();
    assert_eq!(script.sent()[0].path(), "/v1/name?token=CANARY-poll");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("CANARY"), "{shown}");
    assert!(shown.contains("https://sun.example/v1/name"), "{shown}");
}

#[tokio::test]
async fn a_rotated_token_is_not_lost_over_a_detail() {
    for detail in [
        json!({"expires_in": "1 day, 0:00:00"}),
        json!({"expires_in": 3600.0}),
        json!({"expires_in": ""}),
        json!({"scope": ["a", "b"]}),
    ] {
        let mut body = json!({"access_token": "new", "refresh_token": "next", "token_type": "bearer"});
        body.as_object_mut()
            .unwrap()
            .extend(detail.as_object().unwrap().clone());
        let answer = Answer::new(200)
            .header("content-type", "text/html")
            .body(body.to_string());
        let (script, clock) = (Script::new([answer]), ManualClock::new(START));
        let old = StoredToken::new("old").with_refresh("again");
        let new = grants(&script, &clock, dialect()).refresh(&old, &[]).await.unwrap();
        assert_eq!(
            (new.access, new.refresh),
            (Secret::new("new"), Some(Secret::new("next"))),
            "{detail}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_no_refusal_does_not_end_the_login() {
    for (status, transient) in [
        (302, false),
        (404, false),
        (407, false),
        (408, true),
        (425, true),
        (503, true),
    ] {
        let (script, clock) = (Script::new([Answer::new(status)]), ManualClock::new(START));
        let old = StoredToken::new("old").with_refresh("again");
        let error = grants(&script, &clock, dialect()).refresh(&old, &[]).await.unwrap_err();
        assert!(!matches!(error, AuthError::Reauthorise(_)), "{status}: {error}");
        assert_eq!(error.is_transient(), transient, "{status}: {error}");
    }
}

#[tokio::test]
async fn nothing_granted_is_not_the_same_as_nothing_said() {
    let said = json!({"access_token": "new", "token_type": "bearer", "scope": ""});
    let unsaid = json!({"access_token": "new", "token_type": "bearer"});
    for (body, expected) in [(said, vec![String::new()]), (unsaid, vec!["a:b:c".to_owned()])] {
        let (script, clock) = (
            Script::new([Answer::new(200).body(body.to_string())]),
            ManualClock::new(START),
        );
        let asked = ["a:b:c".to_owned()];
        let token = grants(&script, &clock, dialect())
            .client_credentials(&asked)
            .await
            .unwrap();
        assert_eq!(token.scopes, expected);
    }
    let error = rename(&Script::new([Answer::ok()]), &[""]).await.unwrap_err();
    assert!(error.is_forbidden(), "{error}");
}

#[tokio::test]
async fn an_interval_beyond_all_measure_is_a_day() {
    let body = json!({"device_code": CODE, "user_code": "W", "verification_uri": "https://sun.example/device",
        "interval": "99999999999:00:00", "expires_in": "0:10:00"});
    let (script, clock) = (
        Script::new([Answer::new(200).body(body.to_string())]),
        ManualClock::new(START),
    );
    let mut login = device(&script, &clock).await;
    assert_eq!(login.interval(), seconds(86_400));
    assert!(matches!(login.wait().await.unwrap_err(), DeviceError::Expired));
}

/// Refreshes by the standard.
#[derive(Debug)]
struct ByRefreshToken(Grants);

impl Refresh for ByRefreshToken {
    fn refresh<'a>(&'a self, current: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(async move { self.0.refresh(current.unwrap(), &[]).await })
    }
}

#[tokio::test]
async fn a_refresh_whose_answer_is_lost_is_tried_once_more_and_then_a_person_is_needed() {
    let script = Script::new([Answer::Fail(TransportErrorKind::Timeout), refusal("invalid_grant")]);
    let clock = ManualClock::new(START);
    let store = MemoryTokenStore::new(StoredToken::new("old").with_refresh("again").with_expiry(START));
    let tokens = TokenManager::new(
        store,
        ByRefreshToken(grants(&script, &clock, standard())),
        Arc::new(clock.clone()),
    );
    let lost = tokens.token().await.unwrap_err();
    assert!(lost.is_transient(), "{lost}");
    for _ in 0..3 {
        let ended = tokens.token().await.unwrap_err();
        assert!(matches!(ended, AuthError::Reauthorise(_)), "{ended}");
    }
    // The service may have used up the token before the answer was lost; only asking again tells.
    let sent: Vec<_> = script.sent().iter().map(|sent| sent.body().to_owned()).collect();
    assert_eq!(sent, ["grant_type=refresh_token&refresh_token=again"; 2]);
}
