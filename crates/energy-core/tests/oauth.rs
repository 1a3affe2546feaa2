//! Token requests on the wire, and what their failures mean.
#![cfg(all(feature = "oauth2", feature = "test-util"))]

use std::sync::Arc;

use energy_core::auth::AuthError;
use energy_core::auth::oauth::{Dialect, OauthHttp, auth_error};
use energy_core::transport::TransportErrorKind;
use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, RefreshToken, ResourceOwnerPassword, ResourceOwnerUsername,
    TokenResponse, TokenUrl,
};

use crate::support::{Answer, Script, chain};

const SECRET: &str = "CANARY/s3cr+t";
const REFRESH: &str = "CANARY-refresh";

type Result = std::result::Result<BasicTokenResponse, AuthError>;

async fn refresh(script: &Script, dialect: Dialect, auth: AuthType) -> Result {
    let client = BasicClient::new(ClientId::new("app".to_owned()))
        .set_client_secret(ClientSecret::new(SECRET.to_owned()))
        .set_auth_type(auth)
        .set_token_uri(TokenUrl::new("https://login.example/token?tenant=1".to_owned()).unwrap());
    let http = OauthHttp::new(Arc::new(script.clone()), dialect);
    client
        .exchange_refresh_token(&RefreshToken::new(REFRESH.to_owned()))
        .request_async(&http)
        .await
        .map_err(auth_error)
}

fn issued() -> Answer {
    Answer::new(200)
        .header("content-type", "application/json")
        .body(r#"{"access_token": "new", "token_type": "bearer", "expires_in": 3600}"#)
}

#[tokio::test]
async fn a_form_is_sent_as_the_standard_says() {
    let script = Script::new([issued()]);
    let token = refresh(&script, Dialect::Form, AuthType::RequestBody).await.unwrap();
    assert_eq!(token.access_token().secret(), "new");
    let sent = &script.sent()[0];
    assert_eq!(sent.request.method(), "POST");
    assert_eq!(sent.path(), "/token?tenant=1");
    assert_eq!(sent.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(
        sent.body(),
        "grant_type=refresh_token&refresh_token=CANARY-refresh&client_id=app&client_secret=CANARY%2Fs3cr%2Bt"
    );
}

#[tokio::test]
async fn json_has_the_same_parameters_unescaped() {
    let script = Script::new([issued()]);
    refresh(&script, Dialect::Json, AuthType::RequestBody).await.unwrap();
    let sent = &script.sent()[0];
    assert_eq!(sent.header("content-type"), "application/json");
    assert_eq!(sent.path(), "/token?tenant=1");
    let body: serde_json::Value = serde_json::from_str(sent.body()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({
            "grant_type": "refresh_token",
            "refresh_token": REFRESH,
            "client_id": "app",
            "client_secret": SECRET,
        })
    );
}

#[tokio::test]
async fn a_query_leaves_the_body_empty() {
    let script = Script::new([issued()]);
    refresh(&script, Dialect::Query, AuthType::RequestBody).await.unwrap();
    let sent = &script.sent()[0];
    assert_eq!(sent.request.method(), "POST");
    assert_eq!(
        sent.path(),
        "/token?tenant=1&grant_type=refresh_token&refresh_token=CANARY-refresh&client_id=app\
         &client_secret=CANARY%2Fs3cr%2Bt"
    );
    assert_eq!((sent.body(), sent.header("content-type")), ("", ""));
}

#[tokio::test]
async fn basic_login_stays_in_its_header_in_every_dialect() {
    for dialect in [Dialect::Form, Dialect::Json, Dialect::Query] {
        let script = Script::new([issued()]);
        refresh(&script, dialect, AuthType::BasicAuth).await.unwrap();
        let sent = &script.sent()[0];
        // `app:CANARY%2Fs3cr%2Bt`, as RFC 6749 section 2.3.1 encodes it.
        assert_eq!(sent.header("authorization"), "Basic YXBwOkNBTkFSWSUyRnMzY3IlMkJ0");
        assert!(!sent.body().contains("s3cr") && !sent.path().contains("s3cr"));
    }
}

#[tokio::test]
async fn every_success_is_one() {
    for status in [200, 201, 202] {
        let answer = Answer::new(status).body(r#"{"access_token": "new", "token_type": "bearer"}"#);
        let token = refresh(&Script::new([answer]), Dialect::Json, AuthType::RequestBody).await;
        assert_eq!(token.unwrap().access_token().secret(), "new", "{status}");
    }
}

async fn failed(answer: Answer) -> AuthError {
    let script = Script::new([answer]);
    refresh(&script, Dialect::Form, AuthType::BasicAuth).await.unwrap_err()
}

fn refusal(code: &str) -> Answer {
    Answer::new(400).body(format!(
        r#"{{"error": "{code}", "error_description": "in other words"}}"#
    ))
}

#[tokio::test]
async fn a_grant_that_is_gone_needs_a_person() {
    for code in ["invalid_grant", "access_denied", "expired_token", "consent_required"] {
        let error = failed(refusal(code)).await;
        assert!(matches!(&error, AuthError::Reauthorise(_)), "{code}: {error}");
        assert!(!error.is_transient());
        assert!(error.to_string().contains("in other words"), "{error}");
    }
}

#[tokio::test]
async fn a_code_is_read_whatever_stands_behind_it() {
    for rest in [
        r#""#,
        r#", "error_description": "x""#,
        r#", "error_uri": "https://login.example/why""#,
        r#", "error_description": "x: y", "error_uri": "https://login.example/why""#,
    ] {
        let error = failed(Answer::new(400).body(format!(r#"{{"error": "invalid_grant"{rest}}}"#))).await;
        assert!(matches!(&error, AuthError::Reauthorise(_)), "{rest}: {error}");
    }
}

#[tokio::test]
async fn a_wrong_client_is_a_mistake_in_the_program() {
    for code in ["invalid_client", "unauthorized_client", "invalid_scope"] {
        let error = failed(refusal(code)).await;
        assert!(matches!(&error, AuthError::Malformed(_)), "{code}: {error}");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn the_rest_may_pass() {
    for code in ["temporarily_unavailable", "server_error", "slow_down"] {
        let error = failed(refusal(code)).await;
        assert!(error.is_transient(), "{code}: {error}");
    }
    for answer in [
        Answer::new(500),
        Answer::new(502).body("<html>Bad Gateway</html>"),
        Answer::new(200),
        Answer::new(200).body("<html>"),
        Answer::new(200).body(r#"{"access_token": 5}"#),
        Answer::new(200).header("content-type", "text/html").body("{}"),
        Answer::Fail(TransportErrorKind::Connect),
        Answer::Fail(TransportErrorKind::Timeout),
        Answer::new(200).breaks(TransportErrorKind::Interrupted),
    ] {
        let error = failed(answer.clone()).await;
        assert!(error.is_transient(), "{answer:?}: {error}");
    }
}

#[tokio::test]
async fn a_refusal_in_other_words_is_judged_by_its_status() {
    for (status, body, says) in [
        (
            401,
            r#"{"code": 401, "error": "Unauthorized", "message": "No such client."}"#,
            "401 Unauthorized: No such client.",
        ),
        (
            400,
            r#"{"error": "invalid_grants", "error_description": "why"}"#,
            "400 Bad Request: why",
        ),
        (403, "<html>Forbidden</html>", "403 Forbidden"),
        (404, "", "404 Not Found"),
    ] {
        let error = failed(Answer::new(status).body(body)).await;
        assert!(!error.is_transient() && error.to_string().contains(says), "{error}");
    }
    for status in [429, 500, 503] {
        let error = failed(Answer::new(status).body(r#"{"error": "Busy"}"#)).await;
        assert!(error.is_transient(), "{error}");
    }
}

#[tokio::test]
async fn the_cause_of_a_missing_answer_is_kept() {
    let error = failed(Answer::Fail(TransportErrorKind::Connect)).await;
    assert_eq!(error.to_string(), "no new token: the token endpoint did not answer");
    assert!(chain(&error).iter().any(|line| line == "scripted"));
}

#[tokio::test]
async fn no_error_shows_what_was_sent_even_if_the_service_does() {
    let echoes = [
        SECRET,
        REFRESH,
        "CANARY%2Fs3cr%2Bt",
        "CANARY\\/s3cr+t",
        "YXBwOkNBTkFSWSUyRnMzY3IlMkJ0",
    ];
    let mut shown = Vec::new();
    for auth in [AuthType::BasicAuth, AuthType::RequestBody] {
        for dialect in [Dialect::Form, Dialect::Json, Dialect::Query] {
            for status in [200, 400, 401, 500] {
                for echo in echoes {
                    for body in [
                        format!(r#"{{"error": "invalid_client", "error_description": "no client {echo}"}}"#),
                        format!(r#"{{"error": "{echo}"}}"#),
                        format!(r#"{{"error": "invalid_grant", "error_uri": "https://login.example/{echo}"}}"#),
                        format!(r#"{{"error": {{"{echo}": 5}}}}"#),
                        format!("<html>{echo}</html>"),
                    ] {
                        let header = echo.replace('\\', "");
                        let answer = Answer::new(status)
                            .header("content-type", format!("text/{header}"))
                            .body(body.clone());
                        let plain = Answer::new(status).body(body);
                        for answer in [answer, plain] {
                            let script = Script::new([answer]);
                            let error = refresh(&script, dialect, auth.clone()).await.unwrap_err();
                            shown.extend(chain(&error));
                        }
                    }
                }
            }
        }
    }
    assert!(shown.iter().any(|line| line.contains("invalid_client: no client")));
    for line in shown {
        // The Base64 of a client's login is as good as the login; without Basic it was never sent.
        assert!(!line.contains("CANARY"), "{line}");
    }
}

#[tokio::test]
async fn the_base64_of_a_login_is_a_secret_too() {
    let echo = r#"{"error": "invalid_client", "error_description": "Basic YXBwOkNBTkFSWSUyRnMzY3IlMkJ0"}"#;
    let error = failed(Answer::new(401).body(echo)).await;
    assert!(!error.to_string().contains("YXBw"), "{error}");
    assert!(error.to_string().contains("[redacted]"), "{error}");
}

#[tokio::test]
async fn codes_and_passwords_are_secrets_too() {
    let client = BasicClient::new(ClientId::new("app".to_owned()))
        .set_token_uri(TokenUrl::new("https://login.example/token".to_owned()).unwrap());
    let echo = || {
        Script::new([Answer::new(400)
            .body(r#"{"error": "invalid_request", "error_description": "code CANARY-1, password CANARY-2"}"#)])
    };
    let http = OauthHttp::new(Arc::new(echo()), Dialect::Form);
    let code = client
        .exchange_code(AuthorizationCode::new("CANARY-1".to_owned()))
        .request_async(&http)
        .await
        .map_err(auth_error)
        .unwrap_err();
    assert!(
        code.to_string().contains("code [redacted], password CANARY-2"),
        "{code}"
    );
    let (name, password) = (
        ResourceOwnerUsername::new("me".to_owned()),
        ResourceOwnerPassword::new("CANARY-2".to_owned()),
    );
    let password = client
        .exchange_password(&name, &password)
        .request_async(&http)
        .await
        .map_err(auth_error)
        .unwrap_err();
    assert!(
        password.to_string().contains("code CANARY-1, password [redacted]"),
        "{password}"
    );
}

#[test]
fn the_sender_shows_nothing() {
    let http = OauthHttp::new(Arc::new(Script::new([issued()])), Dialect::Json);
    assert!(format!("{http:?}").starts_with("OauthHttp"));
}
