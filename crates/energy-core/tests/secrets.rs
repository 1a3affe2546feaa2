//! No error, no `Debug` and no log line ever shows a secret.
#![cfg(feature = "test-util")]

use std::sync::Arc;

use energy_core::auth::{
    AuthError, Authenticator, Bearer, FileTokenStore, HeaderKey, MemoryTokenStore, PathKey, Proof, QueryKey, Recovery,
    Refresh, StoredToken, TokenManager, TokenStore, WithKey,
};
use energy_core::clock::{Clock, ManualClock};
use energy_core::limit::Window;
use energy_core::transport::{
    BoxFuture, Buffered, HttpRequest, SendOptions, StreamingResponse, Transport, TransportError, TransportErrorKind,
};
use energy_core::{
    ApiClient, ApiError, BuildError, CredentialUse, DecodeError, Endpoint, Error, HttpResponse, Operation,
    RequestParts, Secret, decode,
};
use http::{HeaderName, HeaderValue, Method};
use url::Url;

use crate::support::{self, AnyLogin, Closed, Read, START, Sun, chain, seconds};
use crate::traced::Traced;

/// Answers with everything it was sent, in every way a service might write it.
#[derive(Clone, Debug)]
struct Echo {
    status: u16,
    shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Json,
    /// With every slash escaped.
    Php,
    /// With every character escaped that JSON lets one escape.
    Escaped,
    Html,
    /// JSON of another type than is expected.
    WrongType,
    Location,
}

impl Transport for Echo {
    fn open(&self, request: HttpRequest, _: SendOptions) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        let mut received = vec![request.uri().to_string()];
        received.extend(
            request
                .headers()
                .values()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        );
        // As a framework shows it that has decoded the address.
        let address = request.uri().to_string();
        let decoded = url::form_urlencoded::parse(format!("={}", address.replace('&', "%26")).as_bytes())
            .map(|(_, value)| value.into_owned())
            .collect::<String>();
        received.push(decoded);
        let all = received.join(" | ");
        let json = serde_json::json!({"code": all, "message": all, "id": all, "wrong": all}).to_string();
        let body = match self.shape {
            Shape::Json | Shape::Location => json,
            Shape::Php => json.replace('/', "\\/"),
            Shape::Escaped => {
                let escaped: String = all.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
                format!(r#"{{"code": "{escaped}", "message": "{escaped}", "id": "{escaped}"}}"#)
            }
            Shape::Html => format!("<html><title>{all}</title>"),
            Shape::WrongType => serde_json::json!(all).to_string(),
        };
        let mut response = http::Response::new(Buffered::boxed(body.into()));
        *response.status_mut() = http::StatusCode::from_u16(self.status).unwrap();
        let headers = response.headers_mut();
        for (name, value) in [("x-echo", &all), ("x-zone", &all), ("location", &received[0])] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers.insert("x-limit", HeaderValue::from_static("10"));
        Box::pin(std::future::ready(Ok(response)))
    }
}

/// Fails in the transport.
#[derive(Clone, Debug)]
struct Fails(TransportErrorKind);

impl Transport for Fails {
    fn open(&self, _: HttpRequest, _: SendOptions) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        let error = TransportError::new(self.0, "failed").with_source("for a reason");
        Box::pin(std::future::ready(Err(error)))
    }
}

/// Expects a number.
#[derive(Clone, Debug)]
struct Number;

impl Endpoint for Number {
    type Api = Sun;
    type Output = u64;
    const OPERATION: &'static Operation =
        &Operation::new("number", Method::GET, "/number").with_credentials(CredentialUse::Optional);

    fn parts(&self) -> Result<RequestParts, BuildError> {
        let mut parts = RequestParts::new();
        parts.literal("number");
        Ok(parts)
    }

    fn decode(&self, response: &HttpResponse) -> Result<u64, DecodeError> {
        decode::json(Self::OPERATION, response)
    }
}

/// Gives out a number that nobody else may know.
#[derive(Clone, Debug)]
struct NewKey;

impl Endpoint for NewKey {
    type Api = Sun;
    type Output = u64;
    const OPERATION: &'static Operation = &Operation::new("newKey", Method::POST, "/keys")
        .with_credentials(CredentialUse::Optional)
        .with_secret_answer(true);

    fn parts(&self) -> Result<RequestParts, BuildError> {
        Ok(RequestParts::new())
    }

    fn decode(&self, response: &HttpResponse) -> Result<u64, DecodeError> {
        decode::json(Self::OPERATION, response)
    }
}

/// Cannot be built.
#[derive(Clone, Debug)]
struct Unbuildable;

impl Endpoint for Unbuildable {
    type Api = Sun;
    type Output = ();
    const OPERATION: &'static Operation = &Operation::new("unbuildable", Method::GET, "/{id}");

    fn parts(&self) -> Result<RequestParts, BuildError> {
        let mut parts = RequestParts::new();
        parts.segment("id", "..")?;
        Ok(parts)
    }

    fn decode(&self, _: &HttpResponse) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Never gets a token.
#[derive(Debug)]
struct NoRefresh(AuthError);

impl Refresh for NoRefresh {
    fn refresh<'a>(&'a self, _: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(std::future::ready(Err(self.0.clone())))
    }
}

fn tokens(token: StoredToken, error: AuthError) -> TokenManager {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(START));
    TokenManager::new(MemoryTokenStore::new(token), NoRefresh(error), clock)
}

fn transient() -> AuthError {
    AuthError::transient("down", None)
}

/// Every way to log in, with this secret.
fn logins(secret: &str) -> Vec<AnyLogin> {
    let key = || Secret::new(secret);
    let base = Url::parse("https://sun.example/v1").unwrap();
    let token = StoredToken::new(secret).with_refresh(secret);
    vec![
        AnyLogin::new(PathKey::new(key(), &base)),
        AnyLogin::new(QueryKey::new([("key", key())]).with_plain("user_id", "4d7a45774e6a41320a")),
        AnyLogin::new(HeaderKey::new(HeaderName::from_static("x-key"), key())),
        AnyLogin::new(Bearer::new(tokens(token.clone(), transient()))),
        AnyLogin::new(WithKey::new(
            Bearer::new(tokens(token, transient())),
            QueryKey::new([("key", Secret::new(format!("{secret}-of-the-application")))]),
        )),
    ]
}

/// Plain, and with characters that every encoding writes in its own way.
const SECRETS: [&str; 2] = ["CANARYk3y", "CANARY/k3 y+\"z=&%\\"];

fn build(login: AnyLogin, transport: impl Transport) -> ApiClient<Sun> {
    ApiClient::<Sun>::builder(login)
        .transport(transport)
        .clock(ManualClock::new(START))
        .build()
        .unwrap()
}

fn assert_clean(shown: &str, of: &str) {
    if let Some(at) = shown.find("CANARY") {
        let from = at.saturating_sub(60);
        let around = String::from_utf8_lossy(&shown.as_bytes()[from..]);
        panic!("{of} shows a secret: …{around}");
    }
}

/// Runs a call under a capturing subscriber and returns its error and everything that was shown of it.
async fn shown<E: Endpoint<Api = Sun>>(client: &ApiClient<Sun>, request: &E) -> (Error, String, String)
where
    E::Output: std::fmt::Debug,
{
    let tracing = Traced::from_here();
    let error = client.send(request).await.unwrap_err();
    let traced = tracing.text();
    assert!(traced.contains(E::OPERATION.id), "nothing was captured: {traced:?}");
    assert!(traced.contains("energy_core"), "{traced}");
    let text = chain(&error).join("\n");
    assert!(text.contains(E::OPERATION.id), "{text}");
    (error, text, traced)
}

async fn assert_hidden<E: Endpoint<Api = Sun>>(client: &ApiClient<Sun>, request: &E) -> Error
where
    E::Output: std::fmt::Debug,
{
    let (error, text, traced) = shown(client, request).await;
    assert_clean(&text, "an error");
    assert_clean(&traced, "the trace");
    error
}

#[tokio::test]
async fn what_a_service_echoes_is_cleaned() {
    for secret in SECRETS {
        for way in 0..logins(secret).len() {
            for status in [300, 302, 400, 401, 403, 404, 409, 429, 500, 501, 503] {
                for shape in [Shape::Json, Shape::Php, Shape::Html, Shape::Location] {
                    // A fresh one each time: a token that was refused stays so.
                    let login = logins(secret).remove(way);
                    let client = build(login, Echo { status, shape });
                    let error = assert_hidden(&client, &Read).await;
                    match &error {
                        Error::Api(api) => {
                            assert_eq!(api.status.as_u16(), status);
                            let body = String::from_utf8_lossy(api.body.bytes());
                            assert!(body.contains("[redacted]"), "{body}");
                            assert!(format!("{:?}", api.headers).contains("[redacted]"));
                        }
                        // A refused token could not be renewed.
                        Error::Auth { .. } => assert_eq!(status, 401),
                        other => panic!("{other}"),
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn what_only_a_reader_of_json_sees_is_cleaned() {
    for secret in SECRETS {
        for login in logins(secret) {
            let echo = Echo {
                status: 400,
                shape: Shape::Escaped,
            };
            let error = assert_hidden(&build(login, echo), &Read).await;
            let Error::Api(api) = &error else { panic!("{error}") };
            assert!(api.message.contains("[redacted]"), "{}", api.message);
        }
    }
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_cleaned() {
    for secret in SECRETS {
        for login in logins(secret) {
            for shape in [Shape::Html, Shape::WrongType, Shape::Json] {
                let client = build(login.clone(), Echo { status: 200, shape });
                let error = assert_hidden(&client, &Number).await;
                assert!(matches!(error, Error::Decode(_)), "{error}");
                assert!(error.to_string().contains("[redacted]"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn what_never_arrived_is_not_shown() {
    use TransportErrorKind::{Connect, Interrupted, Timeout, TooLarge, Unsendable};
    for secret in SECRETS {
        for login in logins(secret) {
            for kind in [Connect, Timeout, Interrupted, TooLarge, Unsendable] {
                let error = assert_hidden(&build(login.clone(), Fails(kind)), &Read).await;
                assert!(matches!(error, Error::Transport(_)), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn what_was_not_sent_is_not_shown() {
    for secret in SECRETS {
        for login in logins(secret) {
            let fails = || Fails(TransportErrorKind::Connect);
            let error = assert_hidden(&build(login.clone(), fails()), &Unbuildable).await;
            assert!(matches!(error, Error::Build { .. }), "{error}");

            let mut refused = login.clone();
            refused.refuses = true;
            let error = assert_hidden(&build(refused, fails()), &Read).await;
            assert!(matches!(error, Error::Refused { .. }), "{error}");

            let mut limited = login.clone();
            limited.windows = vec![Window::new("1 a day", 1, seconds(86_400))];
            let client = build(limited, fails());
            client.limiter().acquire(1, START).unwrap();
            let error = assert_hidden(&client, &Read).await;
            assert!(matches!(error, Error::Limited { .. }), "{error}");
        }
    }
    let anonymous = build(
        AnyLogin::new(energy_core::auth::NoLogin),
        Fails(TransportErrorKind::Connect),
    );
    let error = assert_hidden(&anonymous, &Closed).await;
    assert!(chain(&error).join("\n").contains("the plus plan"));
    assert!(error.is_forbidden() && !error.may_have_been_sent());
}

#[tokio::test]
async fn a_key_that_cannot_be_sent_is_not_shown() {
    for login in [
        AnyLogin::new(HeaderKey::new(
            HeaderName::from_static("x-key"),
            Secret::new("CANARY\n"),
        )),
        AnyLogin::new(Bearer::new(tokens(StoredToken::new("CANARY\r\nx: y"), transient()))),
    ] {
        let error = assert_hidden(&build(login, Fails(TransportErrorKind::Connect)), &Read).await;
        let Error::Auth { source, .. } = &error else {
            panic!("{error}")
        };
        assert!(matches!(**source, AuthError::Malformed(_)));
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_key_that_would_change_the_path_is_refused() {
    let base = Url::parse("https://sun.example/v1").unwrap();
    for key in ["", ".", ".."] {
        let login = AnyLogin::new(PathKey::new(Secret::new(key), &base));
        let script = support::Script::new([support::Answer::ok()]);
        let error = build(login, script.clone()).send(&Read).await.unwrap_err();
        assert!(matches!(error, Error::Auth { .. }), "{error}");
        assert_eq!(script.count(), 0);
    }
}

#[tokio::test]
async fn failures_of_a_token_are_not_shown() {
    let old = StoredToken::new("CANARY").with_refresh("CANARY").with_expiry(START);
    for failure in [transient(), AuthError::Reauthorise("invalid_grant".to_owned())] {
        let login = AnyLogin::new(Bearer::new(tokens(old.clone(), failure)));
        let error = assert_hidden(&build(login, Fails(TransportErrorKind::Connect)), &Read).await;
        assert!(matches!(error, Error::Auth { .. }), "{error}");
    }
}

#[tokio::test]
async fn failures_of_a_store_are_not_shown() {
    #[derive(Debug)]
    struct Gives;
    impl Refresh for Gives {
        fn refresh<'a>(&'a self, _: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
            Box::pin(std::future::ready(
                Ok(StoredToken::new("CANARY").with_refresh("CANARY")),
            ))
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.json");
    std::fs::write(&broken, r#"{"access": "CANARY", "refresh": ["CANARY"]}"#).unwrap();
    let nowhere = folder.path().join("missing").join("token.json");
    for path in [broken, nowhere] {
        let manager = TokenManager::new(FileTokenStore::new(path), Gives, Arc::new(ManualClock::new(START)));
        let login = AnyLogin::new(Bearer::new(manager));
        let error = assert_hidden(&build(login, Fails(TransportErrorKind::Connect)), &Read).await;
        assert!(chain(&error).join("\n").contains("the token file"), "{error}");
    }
}

#[tokio::test]
async fn what_is_being_done_is_traced() {
    let login = logins(SECRETS[0]).remove(0);
    let (_, _, traced) = shown(&build(login, Fails(TransportErrorKind::Connect)), &Read).await;
    for expected in [
        "span call",
        "operation=\"readThings\"",
        "https://sun.example/v1/things",
        "span attempt number=3",
        "sending again",
        "attempts=3",
        "outcome=readThings: no answer to GET https://sun.example/v1/things after 3 attempts",
    ] {
        assert!(traced.contains(expected), "{expected} is not in {traced}");
    }
}

#[tokio::test]
async fn waiting_is_traced_too() {
    let tracing = Traced::from_here();
    let clock = ManualClock::new(START);
    let mut login = logins(SECRETS[0]).remove(0);
    login.windows = vec![Window::new("1 a minute", 1, seconds(60))];
    let client = ApiClient::<Sun>::builder(login)
        .transport(support::Script::new([support::Answer::ok()]))
        .clock(clock)
        .on_limit(energy_core::limit::OnLimit::Wait(seconds(60)))
        .build()
        .unwrap();
    client.send(&Read).await.unwrap();
    client.send(&Read).await.unwrap();
    let traced = tracing.text();
    assert!(traced.contains("waiting for quota"), "{traced}");
    assert!(traced.contains("outcome=200"), "{traced}");
    assert_clean(&traced, "the trace");
}

#[test]
fn nothing_shows_itself() {
    for secret in SECRETS {
        for login in logins(secret) {
            let builder = || {
                ApiClient::<Sun>::builder(login.clone())
                    .base_url("https://me:CANARY@sun.example/CANARY?key=CANARY")
                    .transport(Fails(TransportErrorKind::Connect))
            };
            let client = build(login.clone(), Fails(TransportErrorKind::Connect));
            let call = client.call(&Read);
            for shown in [
                format!("{login:?} {login:#?}"),
                format!("{:?} {:#?}", builder(), builder()),
                format!("{client:?} {client:#?} {call:?}"),
            ] {
                assert_clean(&shown, "a Debug");
            }
        }
        let token = StoredToken::new(secret).with_refresh(secret);
        let manager = tokens(token.clone(), transient());
        let shown = format!(
            "{token:?} {manager:?} {:?} {:?}",
            Secret::new(secret),
            Secret::new(secret)
        );
        assert_clean(&shown, "a Debug");
        assert!(shown.contains("Secret([redacted])"));
    }
}

#[tokio::test]
async fn an_issued_token_shows_nothing() {
    let manager = tokens(StoredToken::new("CANARY"), transient());
    let issued = manager.token().await.unwrap();
    assert_clean(&format!("{issued:?} {manager:?}"), "a Debug");
    let store = MemoryTokenStore::new(StoredToken::new("CANARY"));
    assert_clean(&format!("{:?} {store:?}", store.load().await), "a Debug");
}

#[tokio::test]
async fn a_secret_that_the_service_gives_out_is_not_shown() {
    for body in [
        r#""CANARY""#,
        r#"{"key": "CANARY"}"#,
        "[\"CANARY\"",
        "CANARY",
        "<html>CANARY",
        "1 CANARY",
    ] {
        let script = support::Script::new([support::Answer::new(200).body(body)]);
        let client = build(AnyLogin::new(energy_core::auth::NoLogin), script);
        let error = assert_hidden(&client, &NewKey).await;
        let Error::Decode(decode) = &error else {
            panic!("{error}")
        };
        assert_eq!(decode.body.bytes(), body.as_bytes(), "programs can get at it");
    }
    // Nor does an error in its place show what it may hold.
    let script = support::Script::new([support::Answer::new(400).body("CANARY")]);
    assert_hidden(&build(AnyLogin::new(energy_core::auth::NoLogin), script), &NewKey).await;
}

/// Adds a key but does not say so.
#[derive(Debug)]
struct Careless;

impl Authenticator for Careless {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        request
            .headers_mut()
            .insert("x-key", HeaderValue::from_static("CANARYk3y"));
        Box::pin(std::future::ready(Ok(Proof::default())))
    }

    fn rejected<'a>(&'a self, _: &'a Proof, _: &'a ApiError) -> BoxFuture<'a, Recovery> {
        Box::pin(std::future::ready(Recovery::GiveUp))
    }
}

#[tokio::test]
async fn these_tests_would_see_a_secret() {
    let echo = Echo {
        status: 400,
        shape: Shape::Json,
    };
    let client = build(AnyLogin::new(Careless), echo);
    let (_, text, traced) = shown(&client, &Read).await;
    assert!(text.contains("CANARYk3y"), "{text}");
    assert!(traced.contains("CANARYk3y"), "{traced}");
}
