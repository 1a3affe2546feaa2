//! The first token: a person in the browser, a code read off a page, a password.

use std::collections::HashMap;
use std::time::Duration;

use energy_core::auth::AuthError;
use energy_core::transport::TransportErrorKind;
use enphase::v4::*;
use enphase::{Secret, StoredToken, Url};
use serde_json::json;

use crate::v4_service::*;

const BACK: &str = "https://orchard.example/back?of=home";
const CODE: &str = "c0d+Siskin/5";
/// `orchard-watch:s3cFieldfareAtDawn`
const BASIC: &str = "Basic b3JjaGFyZC13YXRjaDpzM2NGaWVsZGZhcmVBdERhd24=";

/// Any client of the service; its store is still empty.
fn client(service: &Service) -> Client {
    service.client_of(credentials(None))
}

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> HashMap<String, String> {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The address that the browser comes back to.
fn came_back(parameters: &[(&str, &str)]) -> Url {
    let mut url = Url::parse(BACK).unwrap();
    url.query_pairs_mut().extend_pairs(parameters);
    url
}

/// The one request for a token: proven by the application, everything in the query, no body.
fn expect_token_request<const N: usize>(service: &Service, parameters: [(&str, &str); N]) {
    let asked = service.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    let asked = &asked[0];
    assert_eq!((asked.method.as_str(), asked.url.path()), ("POST", "/oauth/token"));
    assert_eq!(asked.url.origin().ascii_serialization(), HOST);
    assert_eq!(asked.url.query_pairs().count(), N, "{}", asked.url);
    assert_eq!(asked.query(), pairs(parameters));
    assert_eq!(asked.header("authorization"), Some(BASIC));
    assert_eq!(asked.header("content-type"), None);
    assert_eq!(asked.body.len(), 0);
}

#[test]
fn the_page_is_asked_for_a_code_and_nothing_else() {
    let client = client(&Service::untouched());
    let authorization = authorize(&client, &application(), BACK).unwrap();
    let url = authorization.url();
    assert!(
        url.as_str().starts_with("https://enlighten.example/oauth/authorize?"),
        "{url}"
    );
    assert_eq!(url.query_pairs().count(), 4, "{url}");
    let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
    let state = authorization.state().expose();
    let expected = [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", BACK),
        ("state", state),
    ];
    assert_eq!(asked, pairs(expected));
}

#[test]
fn the_state_is_new_each_time() {
    let client = client(&Service::untouched());
    let states: std::collections::HashSet<String> = (0..20)
        .map(|_| {
            authorize(&client, &application(), BACK)
                .unwrap()
                .state()
                .expose()
                .to_owned()
        })
        .collect();
    assert_eq!(states.len(), 20);
    assert!(states.iter().all(|state| state.len() >= 16), "{states:?}");
}

#[test]
fn the_page_that_every_application_has() {
    let client = client(&Service::untouched());
    let authorization = authorize(&client, &application(), DEFAULT_REDIRECT_URI).unwrap();
    let mut pairs = authorization.url().query_pairs();
    let redirect = pairs.find(|(name, _)| name == "redirect_uri").unwrap().1;
    assert_eq!(redirect, "https://api.enphaseenergy.com/oauth/redirect_uri");
}

#[test]
fn a_redirect_address_that_is_none() {
    let client = client(&Service::untouched());
    let error = authorize(&client, &application(), "orchard.example").unwrap_err();
    assert_eq!(error.parameter, "redirect_uri");
}

#[tokio::test]
async fn a_code_becomes_a_token() {
    let service = Service::in_order([token_answer("acc-1", "ref-1")]);
    let client = client(&service);
    let authorization = authorize(&client, &application(), BACK).unwrap();
    let back = came_back(&[("state", authorization.state().expose()), ("code", CODE)]);
    let token = exchange(&client, &application(), &authorization, &back).await.unwrap();
    expect_token_request(
        &service,
        [
            ("grant_type", "authorization_code"),
            ("code", CODE),
            ("redirect_uri", BACK),
        ],
    );
    let expected = StoredToken::new("acc-1")
        .with_refresh("ref-1")
        .with_expiry(NOW + Duration::from_secs(86_391))
        .with_scopes(["read".to_owned(), "write".to_owned()]);
    assert_eq!(token, expected);
}

#[tokio::test]
async fn a_code_read_off_the_page() {
    let service = Service::in_order([token_answer("acc-1", "ref-1")]);
    let code = Secret::new(CODE);
    let token = exchange_code(&client(&service), &application(), &code, DEFAULT_REDIRECT_URI)
        .await
        .unwrap();
    assert_eq!(token.access.expose(), "acc-1");
    let redirect = ("redirect_uri", DEFAULT_REDIRECT_URI);
    expect_token_request(
        &service,
        [("grant_type", "authorization_code"), ("code", CODE), redirect],
    );
}

/// How long the token lives need not be said.
#[tokio::test]
async fn a_token_without_an_end() {
    let answer = json!({"access_token": "acc-2", "token_type": "bearer"});
    let service = Service::in_order([ok(answer)]);
    let token = exchange_code(&client(&service), &application(), &Secret::new(CODE), BACK)
        .await
        .unwrap();
    assert_eq!(token, StoredToken::new("acc-2"));
}

#[tokio::test]
async fn a_person_who_says_no() {
    let service = Service::untouched();
    let client = client(&service);
    let authorization = authorize(&client, &application(), BACK).unwrap();
    let back = came_back(&[("error", "access_denied"), ("state", authorization.state().expose())]);
    let error = exchange(&client, &application(), &authorization, &back)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, AuthError::Reauthorise(reason) if reason == "access_denied"),
        "{error:?}"
    );
}

/// Somebody else may have made the link.
#[tokio::test]
async fn a_state_that_was_not_sent() {
    let service = Service::untouched();
    let client = client(&service);
    let authorization = authorize(&client, &application(), BACK).unwrap();
    let other = authorize(&client, &application(), BACK).unwrap();
    for parameters in [
        vec![("code", CODE), ("state", other.state().expose())],
        vec![("code", CODE), ("state", "")],
        vec![("code", CODE)],
    ] {
        let back = came_back(&parameters);
        let error = exchange(&client, &application(), &authorization, &back)
            .await
            .unwrap_err();
        assert!(matches!(error, AuthError::Malformed(_)), "{parameters:?}: {error:?}");
    }
    let no_code = came_back(&[("state", authorization.state().expose())]);
    let error = exchange(&client, &application(), &authorization, &no_code)
        .await
        .unwrap_err();
    assert!(matches!(error, AuthError::Malformed(_)), "{error:?}");
}

/// A code is good once, and not for long.
#[tokio::test]
async fn a_code_that_is_refused() {
    let used = json!({"error": "invalid_grant", "error_description": "Invalid authorization code"});
    let service = Service::in_order([status(400, used)]);
    let error = exchange_code(&client(&service), &application(), &Secret::new(CODE), BACK)
        .await
        .unwrap_err();
    assert!(matches!(error, AuthError::Reauthorise(_)), "{error:?}");
    assert!(error.to_string().contains("Invalid authorization code"), "{error}");
    assert!(!error.is_transient());
    assert_eq!(service.count(), 1, "a code is never sent twice");
}

#[tokio::test]
async fn an_application_that_is_refused() {
    for refused in [
        status(
            401,
            json!({"error": "invalid_client", "error_description": "Bad client credentials"}),
        ),
        refusal(401, "User is not authorized"),
    ] {
        let service = Service::in_order([refused]);
        let error = exchange_code(&client(&service), &application(), &Secret::new(CODE), BACK)
            .await
            .unwrap_err();
        assert!(matches!(error, AuthError::Malformed(_)), "{error:?}");
    }
}

#[tokio::test]
async fn no_answer_to_a_code() {
    for lost in [
        failure(TransportErrorKind::Interrupted),
        status(503, json!({"message": "busy"})),
    ] {
        let service = Service::in_order([lost]);
        let error = exchange_code(&client(&service), &application(), &Secret::new(CODE), BACK)
            .await
            .unwrap_err();
        assert!(error.is_transient(), "{error:?}");
        assert_eq!(service.count(), 1, "a code is never sent twice");
    }
}

#[tokio::test]
async fn a_password_becomes_a_token() {
    let service = Service::in_order([token_answer("acc-3", "ref-3")]);
    let (user, secret) = ("owner+pv@orchard.example", Secret::new("pass word&7"));
    let token = password(&client(&service), &application(), user, &secret)
        .await
        .unwrap();
    assert_eq!(token.refresh.unwrap().expose(), "ref-3");
    let parameters = [
        ("grant_type", "password"),
        ("username", user),
        ("password", "pass word&7"),
    ];
    expect_token_request(&service, parameters);
}

#[tokio::test]
async fn a_password_that_is_refused() {
    let wrong = json!({"error": "invalid_grant", "error_description": "Bad credentials"});
    let service = Service::in_order([status(400, wrong)]);
    let error = password(&client(&service), &application(), "owner", &Secret::new("guess"))
        .await
        .unwrap_err();
    assert!(matches!(error, AuthError::Reauthorise(_)), "{error:?}");
}

#[test]
fn credentials_that_cannot_be_right() {
    for (key, name) in [("", "key"), ("a key", "key"), ("key\n", "key")] {
        let store = enphase::MemoryTokenStore::default();
        assert_eq!(Credentials::new(key, application(), store).unwrap_err().parameter, name);
    }
    assert_eq!(Application::new("", CLIENT_SECRET).unwrap_err().parameter, "client_id");
    assert_eq!(
        Application::new(CLIENT_ID, "secret\n").unwrap_err().parameter,
        "client_secret"
    );
}
