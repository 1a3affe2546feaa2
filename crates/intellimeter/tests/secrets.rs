//! No secret is ever shown: not by `Debug`, not in an error or its causes, not when the service repeats it.

use std::time::Duration;

use energy_core::url::{Url, form_urlencoded};
use energy_core::{Endpoint, Error};
use intellimeter::*;
use serde_json::json;

use crate::support::entities::*;
use crate::support::*;

const PASSWORD: &str = "Plover 7/of \"Sandbar\"";

/// How a service may write a text back.
fn forms(secret: &str) -> Vec<String> {
    let quoted = json!(secret).to_string();
    vec![
        secret.to_owned(),
        quoted[1..quoted.len() - 1].to_owned(),
        form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
    ]
}

fn hides(shown: &str, secret: &str) {
    for form in forms(secret) {
        assert!(!shown.contains(&form), "`{form}` is shown: {shown}");
    }
}

/// Every answer by which a service could repeat what it was sent.
fn echoes(secret: &str) -> Vec<Reply> {
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    vec![
        Reply::json(json!({"code": 400, "error": "Bad Request", "message": format!("`{secret}` is not good")}))
            .status(400),
        Reply::json(json!({"error": secret, "error_description": secret})).status(422),
        Reply::json(json!({"sent": {"it": [secret]}})).status(409),
        Reply::new(400, "text/plain", format!("{secret} is not good")),
        Reply::new(500, "text/html", format!("<pre>{secret} {form}</pre>")),
        Reply::new(400, "text/plain", form.clone()).header("x-asked", &form),
    ]
}

/// Whatever the service repeats of `request`, no error shows `secret`.
async fn is_hidden<E>(request: E, secret: &str)
where
    E: Endpoint<Api = Intellimeter> + std::fmt::Debug,
    E::Output: std::fmt::Debug,
{
    hides(&format!("{request:?} {request:#?}"), secret);
    for reply in echoes(secret) {
        let error = failing(&request, reply).await;
        hides(&everything_shown(&error), secret);
        let body = api(&error).body.bytes();
        hides(&String::from_utf8_lossy(body), secret);
    }
}

#[tokio::test]
async fn passwords_of_accounts() {
    is_hidden(
        UpdateOwnAccount::new(OwnAccountUpdate::new().password(PASSWORD)),
        PASSWORD,
    )
    .await;
    let account = AccountInput::new("noor@mill.example", "Noor", "Haddad", PASSWORD);
    is_hidden(CreateAccount::new(account), PASSWORD).await;
}

#[tokio::test]
async fn passwords_of_ftps() {
    let input = FtpsUploadInput::new("drop.example", "mill", PASSWORD, FileType::Csv);
    is_hidden(UpdateFtpsUpload::new(PROPERTY, input), PASSWORD).await;
}

#[tokio::test]
async fn values_of_upload_headers() {
    let key = "Bearer avocet-9/over=the-bar";
    let headers = SecretHeaders::new().with("X-Key", key);
    let shown = format!("{headers:?}");
    assert!(shown.contains("X-Key"), "{shown}");
    hides(&shown, key);
    let input = HttpUploadInput::new("https://sink.example", FileType::Csv).header(headers);
    is_hidden(UpdateHttpUpload::new(PROPERTY, input), key).await;
}

/// Where reads are pushed to is answered with the headers that were set.
#[tokio::test]
async fn values_of_upload_headers_in_answers() {
    let key = "avocet-9-over-the-bar";
    let mut upload = json!({
        "body": null, "created": "2026-02-01T01:02:03", "expected_code": 201, "file_type": "XML",
        "header": {"X-Key": key}, "method": "PATCH", "property": PROPERTY, "updated": "2026-02-02T02:03:04",
        "url": "https://sink.example",
    });
    let (uploads, _) = round_trip(&ListHttpUploads::new(), Reply::json(json!([upload]))).await;
    hides(&format!("{uploads:?} {uploads:#?}"), key);
    upload["expected_code"] = json!("soon");
    let error = failing(&ListHttpUploads::new(), Reply::json(json!([upload]))).await;
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    hides(&everything_shown(&error), key);
}

#[tokio::test]
async fn poll_tokens() {
    let token = "Knot/77e1+over";
    is_hidden(PollScheduledReport::new(REPORT, token), token).await;
}

#[tokio::test]
async fn access_tokens() {
    is_hidden(GetCompany::new(), TOKEN).await;
    let server = Server::answering(Reply::json(json!([]))).await;
    let client = server.client(login());
    client.send(&ListProperties::new()).await.unwrap();
    hides(
        &format!("{client:?} {:?} {:?}", login(), server.builder(login())),
        TOKEN,
    );
    // A success that cannot be read repeats it as well.
    let error = failing(
        &GetCompany::new(),
        Reply::json(json!({"name": TOKEN, "created": TOKEN})),
    )
    .await;
    hides(&everything_shown(&error), TOKEN);
}

#[tokio::test]
async fn client_secrets_of_a_login() {
    let login = || Credentials::application(application(), Scopes::all());
    hides(&format!("{:?} {:?}", application(), login()), CLIENT_SECRET);
    for reply in echoes(CLIENT_SECRET) {
        let server = Server::with_logins([reply], [Reply::json(json!([]))]).await;
        let client = server.client(login());
        let error = client.send(&ListProperties::new()).await.unwrap_err();
        assert!(matches!(error, Error::Auth { .. }), "{error:?}");
        hides(&everything_shown(&error), CLIENT_SECRET);
        hides(&format!("{client:?}"), CLIENT_SECRET);
    }
}

/// The answer to a login is full of tokens, so nothing of one that cannot be read is shown.
#[tokio::test]
async fn tokens_in_answers_that_cannot_be_read() {
    let new = "new-Redshank-5512";
    for body in [
        json!({"access_token": new, "expires_in": new, "token_type": [new]}),
        json!({"access_token": [new], "token_type": "bearer"}),
        json!({"refresh_token": new}),
        json!([new]),
        json!(new),
    ] {
        let server = Server::with_logins([Reply::json(body)], [Reply::json(json!([]))]).await;
        let client = server.client(Credentials::application(application(), Scopes::all()));
        let error = client.send(&ListProperties::new()).await.unwrap_err();
        hides(&everything_shown(&error), new);
    }
    let server = Server::with_logins([Reply::new(200, "text/html", format!("<p>{new}"))], [Reply::empty(204)]).await;
    let client = server.client(Credentials::application(application(), Scopes::all()));
    hides(
        &everything_shown(&client.send(&ListProperties::new()).await.unwrap_err()),
        new,
    );
}

#[tokio::test]
async fn tokens_of_a_refresh() {
    let (old, again) = ("old/Whimbrel+1", "again/Whimbrel+2");
    let stored = || {
        StoredToken::new(old)
            .with_refresh(again)
            .with_expiry(NOW - Duration::from_secs(1))
    };
    hides(&format!("{:?}", stored()), old);
    hides(&format!("{:?}", stored()), again);
    for secret in [old, again] {
        for reply in echoes(secret) {
            let server = Server::with_logins([reply], [Reply::json(json!([]))]).await;
            let login = Credentials::person(application(), MemoryTokenStore::new(stored()));
            hides(&format!("{login:?}"), secret);
            let error = server.client(login).send(&ListProperties::new()).await.unwrap_err();
            hides(&everything_shown(&error), secret);
        }
    }
}

#[tokio::test]
async fn codes_and_states_of_a_person() {
    let code = "code/Dunlin+3";
    for secret in [code, CLIENT_SECRET] {
        for reply in echoes(secret) {
            let server = Server::answering(reply).await;
            let client = server.client(Credentials::none());
            let authorization = authorize(&client, &application(), "https://mill.example/back").unwrap();
            let state = authorization.state().expose().to_owned();
            hides(&format!("{authorization:?} {authorization:#?}"), &state);
            let mut back = Url::parse("https://mill.example/back").unwrap();
            back.query_pairs_mut()
                .append_pair("code", code)
                .append_pair("state", &state);
            let error = exchange(&client, &application(), &authorization, &back)
                .await
                .unwrap_err();
            hides(&everything_shown(&error), secret);
            back.query_pairs_mut()
                .clear()
                .append_pair("code", code)
                .append_pair("state", "guessed");
            let error = exchange(&client, &application(), &authorization, &back)
                .await
                .unwrap_err();
            let shown = everything_shown(&error);
            hides(&shown, code);
            hides(&shown, &state);
        }
    }
}

#[tokio::test]
async fn codes_of_a_device() {
    let code = "dev/Greenshank+4410";
    let started = || {
        Reply::json(json!({
            "device_code": code, "expires_in": "0:01:00", "interval": "0:00:05", "user_code": "MILL-77",
            "verification_uri": "https://portal.example/device",
        }))
    };
    for secret in [code, CLIENT_SECRET] {
        for reply in echoes(secret) {
            let server = Server::answering_all([started(), reply]).await;
            let mut login = device(&server.client(Credentials::none()), &application())
                .await
                .unwrap();
            hides(&format!("{login:?} {login:#?}"), secret);
            let error = login.wait().await.unwrap_err();
            hides(&everything_shown(&error), secret);
        }
    }
    for reply in echoes(CLIENT_SECRET) {
        let server = Server::answering(reply).await;
        let error = device(&server.client(Credentials::none()), &application())
            .await
            .unwrap_err();
        hides(&everything_shown(&error), CLIENT_SECRET);
    }
    // A beginning that cannot be read.
    let server = Server::answering(Reply::json(json!({"device_code": code, "user_code": 7}))).await;
    let error = device(&server.client(Credentials::none()), &application())
        .await
        .unwrap_err();
    hides(&everything_shown(&error), code);
}

/// The service shows a client secret once, and an error must not show it again.
#[tokio::test]
async fn new_client_secrets() {
    let secret = "Oystercatcher-88-new-secret";
    let mut odd = oauth_application();
    odd["client_secret"] = json!(secret);
    odd["created"] = json!("yesterday");
    let mut list = oauth_application();
    list["client_secret"] = json!([secret]);
    for body in [odd, list] {
        let create = CreateApplication::new(ApplicationInput::new("Mill", Scopes::all()));
        let error = failing(&create, Reply::json(body.clone())).await;
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        hides(&everything_shown(&error), secret);
        let update = UpdateApplication::new("a1", ApplicationUpdate::new().new_client_secret(true));
        hides(
            &everything_shown(&failing(&update, Reply::json(body.clone())).await),
            secret,
        );
        let lists = failing(&ListApplications::new(), Reply::json(json!([body]))).await;
        hides(&everything_shown(&lists), secret);
    }
}
