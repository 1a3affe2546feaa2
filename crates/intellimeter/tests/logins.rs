//! Where the service is, no login, and the login of an application by itself.

use std::time::Duration;

use energy_core::clock::ManualClock;
use energy_core::{BuildError, Endpoint, Error};
use intellimeter::*;
use serde_json::{Value, json};

use crate::support::entities::*;
use crate::support::*;

fn of_application(asked: &str) -> Credentials {
    Credentials::application(application(), scopes(asked))
}

fn built(url: &str) -> Result<Client, BuildError> {
    Client::builder(of_application("*:*:*")).base_url(url).build()
}

#[test]
fn the_base_url_has_to_be_given() {
    for error in [
        Client::builder(Credentials::none()).build().unwrap_err(),
        Client::new(of_application("*:*:*")).unwrap_err(),
    ] {
        assert_eq!(error.parameter, "base_url");
        let said = error.to_string();
        assert!(
            said.contains("has to be given") && said.contains("intellimeter"),
            "{said}"
        );
    }
    for wrong in ["", "intellimeter.example", "ftp://intellimeter.example", "/api/v1"] {
        let error = built(wrong).unwrap_err();
        assert_eq!(error.parameter, "base_url", "{wrong}");
    }
}

/// The address of the documentation is such a one: secrets and passwords would travel in the open.
#[test]
fn plain_http_to_another_machine_needs_a_word() {
    assert_eq!(Intellimeter::DOCUMENTED_BASE_URL, "http://134.122.43.196:5000/api/v1");
    for url in [
        Intellimeter::DOCUMENTED_BASE_URL,
        "http://intellimeter.example/api/v1",
        "http://127.0.0.1.example/",
        "http://10.0.0.7:5000/api/v1",
    ] {
        let error = built(url).unwrap_err();
        assert_eq!(error.parameter, "base_url", "{url}");
        assert!(error.reason.contains("allow_insecure_http"), "{error}");
        let allowed = Client::builder(of_application("*:*:*"))
            .base_url(url)
            .allow_insecure_http()
            .build()
            .unwrap();
        assert_eq!(allowed.base_url().as_str(), url);
    }
}

#[test]
fn https_and_this_machine_need_none() {
    for url in [
        "https://intellimeter.example/api/v1",
        "https://134.122.43.196:5000/api/v1",
        "http://127.0.0.1:5000/api/v1",
        "http://localhost:5000/api/v1",
        "http://[::1]:5000/api/v1",
    ] {
        assert!(built(url).is_ok(), "{url}");
    }
}

#[tokio::test]
async fn a_slash_at_the_end_of_the_base_url_changes_nothing() {
    let server = Server::with_logins([token("a-1", "*:*:*")], [Reply::json(json!([]))]).await;
    let client = server
        .builder(of_application("*:*:*"))
        .base_url(&format!("{}/", server.base_url()))
        .build()
        .unwrap();
    client.send(&ListProperties::new()).await.unwrap();
    let lines: Vec<String> = server.sent().into_iter().map(|sent| sent.line).collect();
    assert_eq!(lines, ["POST /api/v1/auth", "GET /api/v1/property"]);
}

#[tokio::test]
async fn without_a_login_questions_and_manual_are_open() {
    let server = Server::answering(Reply::json(json!([]))).await;
    let client = server.client(Credentials::none());
    assert!(client.send(&ListFaq::new()).await.unwrap().is_empty());
    client.send(&GetUserManual::new()).await.unwrap();
    let sent = server.sent();
    let lines: Vec<&str> = sent.iter().map(|sent| sent.line.as_str()).collect();
    assert_eq!(lines, ["GET /api/v1/faq", "GET /api/v1/documentation"]);
    assert!(sent.iter().all(|sent| sent.header("authorization").is_none()));
}

#[tokio::test]
async fn an_application_gets_no_token_for_what_is_open() {
    let server = Server::answering(Reply::json(json!([]))).await;
    server
        .client(of_application("*:*:*"))
        .send(&ListFaq::new())
        .await
        .unwrap();
    assert_eq!(server.one().line, "GET /api/v1/faq");
}

async fn needs<E>(request: &E, scope: &str)
where
    E: Endpoint<Api = Intellimeter>,
    E::Output: std::fmt::Debug,
{
    let error = refused(Credentials::none(), request).await;
    let Error::Refused { source, .. } = &error else {
        panic!("another kind of error: {error:?}");
    };
    assert_eq!(source.needs, scope);
    assert!(
        error.is_forbidden() && error.to_string().contains("needs a login"),
        "{error}"
    );
}

#[tokio::test]
async fn without_a_login_everything_else_is_refused_before_sending() {
    needs(&GetReadsBySuite::new(), "meter:reads:read").await;
    needs(&GetCompany::new(), "company:info:read").await;
    needs(
        &CreateApplication::new(ApplicationInput::new("a", Scopes::all())),
        "auth:app:create",
    )
    .await;
    needs(&DeleteAccount::new(USER), "uac:users:delete").await;
    needs(&DisableFtpsUpload::new(PROPERTY), "file:ftps:disable").await;
    needs(&GetInvoiceFile::new("a.odt"), "billing:invoice:view").await;
    needs(&ListTenantsOfSuite::new(PROPERTY, SUITE), "billing:tenant-suite:read").await;
    needs(&GetCounts::new(), "report:general:count").await;
    needs(&GenerateScheduledReport::new(REPORT), "report:schedule:generate").await;
}

#[tokio::test]
async fn an_application_asks_for_its_token_in_json() {
    let server = Server::with_logins([token("a-1", "meter:reads:read")], [Reply::json(json!([]))]).await;
    let client = server.client(of_application("meter:*:read uac:user:*"));
    assert!(server.sent().is_empty(), "nothing is sent before it is needed");
    client.send(&GetReadsByProperty::new()).await.unwrap();
    let login = &server.logins()[0];
    let body = json!({
        "grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
        "scope": "meter:*:read uac:user:*",
    });
    assert_eq!(login.json(), body);
    assert_eq!(login.header("content-type"), Some("application/json"));
    assert_eq!(login.header("authorization"), None, "there is no token yet to send");
    assert_eq!(server.calls()[0].header("authorization"), Some("Bearer a-1"));
}

#[tokio::test]
async fn one_token_serves_until_it_expires_and_then_the_next() {
    let logins = [token("a-1", "*:*:*"), token("a-2", "*:*:*")];
    let server = Server::with_logins(logins, [Reply::json(json!([]))]).await;
    let client = server.client(of_application("*:*:*"));
    for minutes in [0, 20, 38, 2, 40] {
        server.clock.advance(Duration::from_secs(minutes * 60));
        client.send(&ListProperties::new()).await.unwrap();
    }
    // At 0, 20, 58, 60 and 100 minutes, each token good for an hour.
    let used: Vec<String> = server
        .calls()
        .iter()
        .map(|sent| sent.header("authorization").unwrap().to_owned())
        .collect();
    let (first, second) = ("Bearer a-1", "Bearer a-2");
    assert_eq!(used, [first, first, first, second, second]);
    let logins = server.logins();
    assert_eq!(logins.len(), 2);
    assert_eq!(
        logins[1].json()["grant_type"],
        json!("client_credentials"),
        "an application needs no refresh"
    );
}

#[tokio::test]
async fn a_token_lives_as_long_as_it_says_however_that_is_written() {
    for (written, seconds) in [
        (json!("1:00:00"), 3600),
        (json!("02:30:10"), 9010),
        (json!("0:10:00"), 600),
        (json!("7200"), 7200),
        (json!(1800), 1800),
    ] {
        let mut body: Value = json!({"access_token": "a-1", "token_type": "bearer", "refresh_token": "r-1"});
        body["expires_in"] = written.clone();
        let server = Server::with_logins([Reply::json(body)], [Reply::json(json!([]))]).await;
        let client = server.client(of_application("*:*:*"));
        client.send(&ListProperties::new()).await.unwrap();
        // A token is renewed a minute before its end.
        server.clock.advance(Duration::from_secs(seconds - 61));
        client.send(&ListProperties::new()).await.unwrap();
        assert_eq!(server.logins().len(), 1, "{written}");
        server.clock.advance(Duration::from_secs(2));
        client.send(&ListProperties::new()).await.unwrap();
        assert_eq!(server.logins().len(), 2, "{written}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_callers_at_once_ask_for_one_token() {
    let server = Server::with_logins([token("a-1", "*:*:*")], [Reply::json(json!([]))]).await;
    let client = server.client(of_application("*:*:*"));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..24 {
        let client = client.clone();
        tasks.spawn(async move { client.send(&ListProperties::new()).await });
    }
    while let Some(outcome) = tasks.join_next().await {
        outcome.unwrap().unwrap();
    }
    assert_eq!((server.logins().len(), server.calls().len()), (1, 24));
}

#[tokio::test]
async fn a_scope_that_was_not_granted_is_refused_before_sending() {
    let granted = "company:info:read meter:*:read billing:*:*";
    let server = Server::with_logins([token("a-1", granted)], [Reply::json(json!([]))]).await;
    let client = server.client(of_application("*:*:*"));
    let request = UpdateCompany::new(CompanyUpdate::new("Mill & Weir"));
    let error = client.send(&request).await.unwrap_err();
    let Error::Refused { source, .. } = &error else {
        panic!("another kind of error: {error:?}");
    };
    assert_eq!(source.needs, "company:info:update");
    assert!(error.is_forbidden() && !error.may_have_been_sent());
    assert!(error.to_string().contains("company:info:update"), "{error}");
    let error = client.send(&GetOwnAccount::new()).await.unwrap_err();
    assert!(error.to_string().contains("uac:user:read"), "{error}");
    assert!(server.calls().is_empty());
    // Wildcards count.
    client.send(&ListMeters::new(PROPERTY)).await.unwrap();
    client.send(&ListFees::new(PROPERTY)).await.unwrap();
    assert_eq!((server.logins().len(), server.calls().len()), (1, 2));
}

/// A service that says nothing of scopes has granted what was asked for (RFC 6749, section 5.1).
#[tokio::test]
async fn an_answer_without_scopes_grants_what_was_asked_for() {
    let answer = json!({"access_token": "a-1", "expires_in": "1:00:00", "token_type": "bearer"});
    let server = Server::with_logins([Reply::json(answer)], [Reply::json(json!([]))]).await;
    let client = server.client(of_application("meter:*:read"));
    client.send(&ListMeters::new(PROPERTY)).await.unwrap();
    let error = client.send(&ListAccounts::new()).await.unwrap_err();
    assert!(error.to_string().contains("uac:users:read"), "{error}");
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let dead = Reply::json(json!({"code": 401, "error": "Unauthorized", "message": "The token is dead."})).status(401);
    let logins = || [token("a-1", "*:*:*"), token("a-2", "*:*:*")];
    let server = Server::with_logins(logins(), [dead.clone(), Reply::json(json!([]))]).await;
    server
        .client(of_application("*:*:*"))
        .send(&ListProperties::new())
        .await
        .unwrap();
    let used: Vec<String> = server
        .calls()
        .iter()
        .map(|sent| sent.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(
        (used, server.logins().len()),
        (vec!["Bearer a-1".to_owned(), "Bearer a-2".to_owned()], 2)
    );

    let server = Server::with_logins(logins(), [dead]).await;
    let error = server
        .client(of_application("*:*:*"))
        .send(&ListProperties::new())
        .await
        .unwrap_err();
    assert!(error.is_unauthorized() && api(&error).message == "The token is dead.");
    assert_eq!((server.logins().len(), server.calls().len()), (2, 2));
}

/// The shape of refusals is documented for devices alone.
#[tokio::test]
async fn a_wrong_application_needs_somebody_to_mend_it() {
    for reply in [
        refusal(400, "invalid_client"),
        refusal(401, "unauthorized_client"),
        refusal(400, "invalid_scope"),
        Reply::json(json!({"code": 401, "error": "Unauthorized", "message": "No such client."})).status(401),
        Reply::json(json!({"code": 403, "error": "Forbidden", "message": "No such client."})).status(403),
        Reply::new(401, "text/html", "<html>No such client.</html>"),
        Reply::empty(401),
    ] {
        let told = format!("{reply:?}");
        let server = Server::with_logins([reply], [Reply::json(json!([]))]).await;
        let error = server
            .client(of_application("*:*:*"))
            .send(&ListProperties::new())
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Auth { .. }), "{told}: {error:?}");
        assert!(error.is_unauthorized() && !error.is_retryable(), "{told}: {error:?}");
        assert_eq!((server.logins().len(), server.calls().len()), (1, 0), "{told}");
    }
}

#[tokio::test]
async fn a_token_service_that_is_down_is_worth_another_try() {
    for reply in [
        Reply::new(502, "text/html", "<html>Bad gateway</html>"),
        Reply::json(json!({"code": 503, "error": "Service Unavailable", "message": "Soon."})).status(503),
        Reply::new(429, "text/plain", "Slow down"),
        Reply::new(200, "text/html", "<html>Maintenance</html>"),
    ] {
        let told = format!("{reply:?}");
        let server = Server::with_logins([reply, token("a-2", "*:*:*")], [Reply::json(json!([]))]).await;
        let client = server.client(of_application("*:*:*"));
        let error = client.send(&ListProperties::new()).await.unwrap_err();
        assert!(error.is_retryable() && !error.is_unauthorized(), "{told}: {error:?}");
        assert!(server.calls().is_empty());
        client.send(&ListProperties::new()).await.unwrap();
    }
    // Nobody listens there at all.
    let client = Client::builder(of_application("*:*:*"))
        .base_url("http://127.0.0.1:9/api/v1")
        .clock(ManualClock::new(NOW))
        .build()
        .unwrap();
    let error = client.send(&ListProperties::new()).await.unwrap_err();
    assert!(error.is_retryable() && !error.is_unauthorized(), "{error:?}");
}
