//! Logging in: the application's id and secret, tokens and their renewal, and that none of it is shown.

use std::time::Duration;

use energy_core::url::form_urlencoded;
use serde_json::json;
use solarlog_enerest::*;

use crate::support::entities::*;
use crate::support::*;

/// The tokens of the calls that arrived.
fn used(server: &Server) -> Vec<String> {
    server.calls().iter().map(|sent| sent.bearer().to_owned()).collect()
}

async fn with_tokens(replies: impl IntoIterator<Item = Reply>) -> Server {
    Server::with_logins([token(TOKEN), token(NEXT_TOKEN)], replies).await
}

#[tokio::test]
async fn id_and_secret_go_to_the_token_endpoint_as_a_form() {
    let server = Server::with_token([Reply::json(json!([]))]).await;
    let client = server.client(login(Package::Basic, Audience::User));
    assert!(server.sent().is_empty(), "nothing is sent before it is needed");
    client.send(&ListPlants::new()).await.unwrap();
    let login = &server.logins()[0];
    let mut form: Vec<(String, String)> = form_urlencoded::parse(login.body.as_bytes()).into_owned().collect();
    form.sort();
    let expected = [
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("grant_type", "client_credentials"),
    ];
    assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(login.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(login.header("authorization"), None, "not as HTTP Basic");
    assert_eq!(used(&server), [TOKEN]);
}

#[test]
fn the_token_endpoint_is_the_vendors() {
    assert_eq!(
        TOKEN_URL,
        "https://auth.enerest.world/auth/realms/quotaapi/protocol/openid-connect/token"
    );
}

/// A token of five minutes is renewed a minute before its end.
#[tokio::test]
async fn one_token_serves_until_it_is_about_to_expire() {
    let server = with_tokens([Reply::json(json!([]))]).await;
    let client = server.client(everything());
    // At 0, 120, 239 and 240 seconds.
    for seconds in [0, 120, 119, 1] {
        server.clock.advance(Duration::from_secs(seconds));
        client.send(&ListPlants::new()).await.unwrap();
    }
    assert_eq!(used(&server), [TOKEN, TOKEN, TOKEN, NEXT_TOKEN]);
    assert_eq!(server.logins().len(), 2);
    assert_eq!(
        server.logins()[0].body,
        server.logins()[1].body,
        "an application needs no refresh token"
    );
}

#[tokio::test]
async fn a_token_without_an_end_is_kept() {
    let endless = Reply::json(json!({"access_token": TOKEN, "token_type": "Bearer"}));
    let server = Server::with_logins([endless], [Reply::json(json!([]))]).await;
    let client = server.client(everything());
    client.send(&ListPlants::new()).await.unwrap();
    server.clock.advance(Duration::from_secs(86_400));
    client.send(&ListPlants::new()).await.unwrap();
    assert_eq!((server.logins().len(), server.calls().len()), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_callers_at_once_ask_for_one_token() {
    let server = Server::with_token([Reply::json(json!([]))]).await;
    let client = server.client(everything());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let client = client.clone();
        tasks.spawn(async move { client.send(&ListPlants::new()).await });
    }
    while let Some(outcome) = tasks.join_next().await {
        outcome.unwrap().unwrap();
    }
    assert_eq!((server.logins().len(), server.calls().len()), (1, 16));
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let refusal = || Reply::json(json!({"error": "invalid_token"})).status(401);
    let server = with_tokens([refusal(), Reply::json(json!([]))]).await;
    server.client(everything()).send(&ListPlants::new()).await.unwrap();
    assert_eq!(used(&server), [TOKEN, NEXT_TOKEN]);

    let server = with_tokens([refusal()]).await;
    let error = server.client(everything()).send(&ListPlants::new()).await.unwrap_err();
    assert!(error.is_unauthorized() && !error.is_retryable(), "{error:?}");
    assert_eq!((server.logins().len(), used(&server).len()), (2, 2));
    assert_eq!(api(&error).message, "invalid_token");
    let hint = api(&error).hint.as_deref().unwrap();
    assert!(hint.contains("token endpoint"), "{hint}");
}

#[tokio::test]
async fn a_wrong_secret_needs_somebody_to_mend_it() {
    for reply in [
        Reply::json(json!({"error": "unauthorized_client", "error_description": "Invalid client credentials"}))
            .status(401),
        Reply::json(json!({"error": "invalid_client"})).status(400),
        Reply::new(401, "text/html", "<html>No.</html>"),
        Reply::empty(403),
    ] {
        let told = format!("{reply:?}");
        let server = Server::with_logins([reply], [Reply::json(json!([]))]).await;
        let error = server.retrying().send(&ListPlants::new()).await.unwrap_err();
        assert!(matches!(error, Error::Auth { .. }), "{told}: {error:?}");
        assert!(error.is_unauthorized() && !error.is_retryable(), "{told}: {error:?}");
        assert_eq!((server.logins().len(), server.calls().len()), (1, 0), "{told}");
    }
}

#[tokio::test]
async fn a_token_endpoint_that_is_down_is_worth_another_try() {
    for reply in [
        Reply::new(502, "text/html", "<html>Bad gateway</html>"),
        Reply::new(429, "text/plain", "Slow down"),
        Reply::new(200, "text/html", "<html>Maintenance</html>"),
    ] {
        let told = format!("{reply:?}");
        let server = Server::with_logins([reply, token(TOKEN)], [Reply::json(json!([]))]).await;
        let client = server.client(everything());
        let error = client.send(&ListPlants::new()).await.unwrap_err();
        assert!(error.is_retryable() && !error.is_unauthorized(), "{told}: {error:?}");
        assert!(server.calls().is_empty(), "{told}");
        client.send(&ListPlants::new()).await.unwrap();
    }
}

fn built(token_url: &str) -> Result<Client, energy_core::BuildError> {
    let url = base_url("orchard")?;
    Client::builder(everything().token_url(token_url))
        .base_url(&url)
        .build()
}

#[test]
fn the_secret_goes_over_https_or_stays_on_this_machine() {
    for url in [
        TOKEN_URL,
        "https://login.example:8443/token",
        "http://127.0.0.1:5000/token",
        "http://localhost/token",
        "http://[::1]:5000/token",
    ] {
        assert!(built(url).is_ok(), "{url}");
    }
    for url in [
        "http://auth.enerest.world/auth/realms/quotaapi/protocol/openid-connect/token",
        "http://127.0.0.1.example/token",
        "http://localhost.example/token",
        "http://10.0.0.7/token",
        "http://user@10.0.0.7/token",
        "ftp://auth.enerest.world/token",
        "ftp://localhost/token",
    ] {
        let error = built(url).unwrap_err();
        assert_eq!(error.parameter, "token_url", "{url}");
        assert!(error.reason.contains("https://"), "{error}");
    }
    for nothing in ["", "auth.enerest.world/token", "/token"] {
        assert_eq!(built(nothing).unwrap_err().parameter, "token_url", "`{nothing}`");
    }
}

#[test]
fn an_application_is_not_empty() {
    for (id, secret, wrong) in [
        ("", "s", "client_id"),
        ("i", "", "client_secret"),
        ("i\n", "s", "client_id"),
        ("i", " s", "client_secret"),
    ] {
        assert_eq!(Application::new(id, secret).unwrap_err().parameter, wrong);
    }
}

/// How a service may write a secret back.
fn hides(shown: &str, secret: &str) {
    let escaped: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    for form in [secret, &escaped] {
        assert!(!shown.contains(form), "`{form}` is shown: {shown}");
    }
}

#[tokio::test]
async fn debug_shows_no_secret() {
    let server = Server::with_token([Reply::json(json!([]))]).await;
    let client = server.client(everything());
    client.send(&ListPlants::new()).await.unwrap();
    let shown = format!(
        "{client:?} {client:#?} {:?} {:#?} {:?} {:?}",
        everything(),
        everything(),
        application(),
        server.builder(everything())
    );
    assert!(shown.contains(CLIENT_ID), "the id is no secret: {shown}");
    for secret in [CLIENT_SECRET, TOKEN] {
        hides(&shown, secret);
    }
}

/// Every answer by which a service could repeat what it was sent.
fn echoes(secret: &str) -> Vec<Reply> {
    let escaped: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    vec![
        Reply::json(json!({"error": "unauthorized_client", "error_description": format!("`{secret}` is wrong")}))
            .status(401),
        Reply::json(json!({"error": secret, "message": secret, "code": secret})).status(403),
        Reply::json(json!({"sent": {"it": [secret]}})).status(422),
        Reply::new(400, "text/plain", format!("{secret} and {escaped}")).header("x-asked", secret),
        Reply::new(500, "text/html", format!("<pre>{secret} {escaped}</pre>")),
    ]
}

#[tokio::test]
async fn errors_of_logins_show_no_secret() {
    for reply in echoes(CLIENT_SECRET) {
        let server = Server::with_logins([reply], [Reply::json(json!([]))]).await;
        let client = server.client(everything());
        let error = client.send(&ListPlants::new()).await.unwrap_err();
        assert!(matches!(error, Error::Auth { .. }), "{error:?}");
        hides(&everything_shown(&error), CLIENT_SECRET);
        hides(&format!("{client:?}"), CLIENT_SECRET);
    }
    // What cannot be read may hold a token.
    for body in [json!({"access_token": [TOKEN]}), json!({"token": TOKEN}), json!(TOKEN)] {
        let server = Server::with_logins([Reply::json(body)], [Reply::json(json!([]))]).await;
        let error = server.client(everything()).send(&ListPlants::new()).await.unwrap_err();
        hides(&everything_shown(&error), TOKEN);
    }
}

#[tokio::test]
async fn errors_of_calls_show_no_token() {
    let mut replies = echoes(TOKEN);
    replies.push(Reply::json(json!([{"id": {"no": TOKEN}}])));
    replies.push(Reply::new(200, "text/html", format!("<p>{TOKEN}</p>")));
    for reply in replies {
        let told = format!("{reply:?}");
        let error = failing(
            &GetChannels::new(PLANT, [Channel::ProdPac], Day::Today, Day::Today),
            reply,
        )
        .await;
        assert!(matches!(error, Error::Api(_) | Error::Decode(_)), "{told}: {error:?}");
        hides(&everything_shown(&error), TOKEN);
        if let Error::Api(error) = &error {
            hides(&String::from_utf8_lossy(error.body.bytes()), TOKEN);
        }
    }
}
