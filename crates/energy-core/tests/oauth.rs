//! Token requests on the wire, and what their failures mean.
#![cfg(all(feature = "oauth2", feature = "test-util"))]

use energy_core::Secret;
use energy_core::auth::oauth::{Application, Dialect, Grants, Server};
use energy_core::auth::{AuthError, NoLogin, StoredToken};
use energy_core::clock::ManualClock;
use energy_core::transport::TransportErrorKind;
use url::Url;

use crate::support::{Answer, AnyLogin, START, Script, builder, chain};

const SECRET: &str = "CANARY/s3cr+t";
const REFRESH: &str = "CANARY-refresh";

/// Where the application's login goes.
#[derive(Clone, Copy, Debug)]
enum Login {
    Basic,
    Parameters,
}

fn grants(script: &Script, dialect: Dialect, login: Login) -> Grants {
    let mut server = Server::new(Url::parse("https://login.example/token?tenant=1").unwrap());
    server.dialect = dialect;
    server.basic = matches!(login, Login::Basic);
    let client = builder(script, &ManualClock::new(START), AnyLogin::new(NoLogin)).build();
    Grants::new(
        &client.unwrap().setup(),
        server,
        Application::new("app", SECRET).unwrap(),
    )
}

async fn refresh(script: &Script, dialect: Dialect, login: Login) -> Result<StoredToken, AuthError> {
    let old = StoredToken::new("old").with_refresh(REFRESH);
    grants(script, dialect, login).refresh(&old, &[]).await
}

fn issued() -> Answer {
    Answer::new(200)
        .header("content-type", "application/json")
        .body(r#"{"access_token": "new", "token_type": "bearer", "expires_in": 3600}"#)
}

#[tokio::test]
async fn a_form_is_sent_as_the_standard_says() {
    let script = Script::new([issued()]);
    let token = refresh(&script, Dialect::Form, Login::Parameters).await.unwrap();
    assert_eq!(token.access, Secret::new("new"));
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
    refresh(&script, Dialect::Json, Login::Parameters).await.unwrap();
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
    refresh(&script, Dialect::Query, Login::Parameters).await.unwrap();
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
        refresh(&script, dialect, Login::Basic).await.unwrap();
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
        let token = refresh(&Script::new([answer]), Dialect::Json, Login::Parameters).await;
        assert_eq!(token.unwrap().access, Secret::new("new"), "{status}");
    }
}

async fn failed(answer: Answer) -> AuthError {
    let script = Script::new([answer]);
    let grants = grants(&script, Dialect::Form, Login::Basic);
    grants.client_credentials(&[]).await.unwrap_err()
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
async fn a_refresh_that_is_refused_in_other_words_needs_a_person() {
    for status in [400, 401, 403] {
        let script = Script::new([Answer::new(status).body(r#"{"message": "This token is used up."}"#)]);
        let error = refresh(&script, Dialect::Form, Login::Basic).await.unwrap_err();
        assert!(
            matches!(&error, AuthError::Reauthorise(why) if why.ends_with("This token is used up.")),
            "{status}: {error}"
        );
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
    for login in [Login::Basic, Login::Parameters] {
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
                            let error = refresh(&script, dialect, login).await.unwrap_err();
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
    let echo = || {
        Script::new([Answer::new(400)
            .body(r#"{"error": "invalid_request", "error_description": "code CANARY-1, password CANARY-2"}"#)])
    };
    let grants = || grants(&echo(), Dialect::Form, Login::Basic);
    let code = grants().exchange(&Secret::new("CANARY-1")).await.unwrap_err();
    assert!(
        code.to_string().contains("code [redacted], password CANARY-2"),
        "{code}"
    );
    let password = grants().password("me", &Secret::new("CANARY-2")).await.unwrap_err();
    assert!(
        password.to_string().contains("code CANARY-1, password [redacted]"),
        "{password}"
    );
}

#[test]
fn the_grants_show_no_secret() {
    let grants = grants(&Script::new([issued()]), Dialect::Json, Login::Basic);
    let shown = format!("{grants:?}");
    assert!(shown.contains("\"app\"") && !shown.contains("CANARY"), "{shown}");
}
