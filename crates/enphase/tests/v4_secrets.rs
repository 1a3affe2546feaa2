//! No secret is ever shown: not by `Debug`, not in an error or its causes, not when the service repeats it.

use std::time::Duration;

use energy_core::Endpoint;
use energy_core::transport::TransportErrorKind;
use energy_core::url::form_urlencoded;
use enphase::v4::*;
use enphase::{Secret, StoredToken, Url};
use serde_json::json;

use crate::v4_service::*;

const SECRET: &str = "s3c/Fieldfare+feeds=at:dawn";
const TOKEN: &str = "acc/Redwing+7=";
const AGAIN: &str = "ref/Redwing+8=";
const PASSWORD: &str = "Waxwing 4/of \"Rowan\"";
const USER: &str = "owner+pv@orchard.example";
const CODE: &str = "c0d/Siskin+5=";
const BACK: &str = "https://orchard.example/back";

fn application() -> Application {
    Application::new(CLIENT_ID, SECRET).unwrap()
}

fn expired() -> StoredToken {
    StoredToken::new(TOKEN)
        .with_refresh(AGAIN)
        .with_expiry(NOW - Duration::from_secs(1))
}

fn login(token: impl Into<Option<StoredToken>>) -> Credentials {
    Credentials::new(KEY, application(), enphase::MemoryTokenStore::new(token)).unwrap()
}

/// How a text may be written back.
fn forms(secret: &str) -> Vec<String> {
    let quoted = json!(secret).to_string();
    vec![
        secret.to_owned(),
        quoted[1..quoted.len() - 1].to_owned(),
        form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
    ]
}

fn hides(shown: &str, secrets: &[&str]) {
    for form in secrets.iter().flat_map(|secret| forms(secret)) {
        assert!(!shown.contains(&form), "`{form}` is shown: {shown}");
    }
}

/// All that an error can show: it and its causes, for people and for programmers.
fn everything(error: &(dyn std::error::Error + 'static)) -> String {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}\n");
    let mut cause = error.source();
    while let Some(error) = cause {
        shown += &format!("{error}\n{error:?}\n");
        cause = error.source();
    }
    shown
}

/// Every answer by which the service could repeat what it was sent.
fn echoes(secret: &str) -> Vec<Reply> {
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    [400, 401, 403, 422, 429, 500, 503]
        .into_iter()
        .flat_map(|code| {
            [
                json!({"message": "Not Authorized", "details": format!("`{secret}` is not good"), "code": code}),
                json!({"error": "invalid_grant", "error_description": format!("{secret} {form}")}),
                json!({"error": secret, "error_description": secret}),
                json!({"reason": secret, "message": [secret, form]}),
                json!({"errorCode": 7, "errorMessages": [secret], "asked": {"it": [secret]}}),
                json!(format!("<pre>{secret} {form}</pre>")),
            ]
            .map(|body| status(code, body))
        })
        .collect()
}

#[test]
fn credentials_and_clients() {
    let credentials = login(expired()).with_password(USER, PASSWORD).plan(Plan::Partner);
    let secrets = [KEY, SECRET, TOKEN, AGAIN, USER, PASSWORD];
    hides(
        &format!("{credentials:?} {credentials:#?} {:?}", application()),
        &secrets,
    );
    let header = credentials.clone().key_in(KeyPlace::Header);
    hides(&format!("{header:?} {:?}", header.clone()), &secrets);
    let service = Service::untouched();
    hides(&format!("{:?}", service.builder(credentials.clone())), &secrets);
    let client = service.client_of(credentials);
    hides(&format!("{client:?} {client:#?} {:?}", client.setup()), &secrets);
    hides(&format!("{:?}", client.items(ListSystems::new())), &secrets);
}

#[test]
fn keys_that_are_refused() {
    let store = enphase::MemoryTokenStore::default();
    let error = Credentials::new("Redstart 12", application(), store).unwrap_err();
    hides(&everything(&error), &["Redstart 12", "Redstart"]);
}

#[tokio::test]
async fn keys_and_tokens_that_the_service_repeats() {
    for place in [KeyPlace::Query, KeyPlace::Header] {
        for secret in [KEY, TOKEN] {
            for reply in echoes(secret) {
                let service = Service::in_order([reply]);
                let client = service.client_of(login(StoredToken::new(TOKEN)).key_in(place));
                let error = client.send(&GetSystem::new(SYSTEM)).await.unwrap_err();
                hides(&everything(&error), &[KEY, TOKEN]);
                if let energy_core::Error::Api(error) = &error {
                    hides(&String::from_utf8_lossy(error.body.bytes()), &[secret]);
                }
            }
        }
    }
}

#[tokio::test]
async fn answers_that_cannot_be_read() {
    let service = Service::in_order([ok(json!({"system_id": format!("{KEY} {TOKEN}")}))]);
    let client = service.client_of(login(StoredToken::new(TOKEN)));
    let error = client.send(&GetSystem::new(SYSTEM)).await.unwrap_err();
    assert!(matches!(error, energy_core::Error::Decode(_)), "{error:?}");
    hides(&everything(&error), &[KEY, TOKEN]);
}

/// The address of a call that got no answer is shown as it was before the login.
#[tokio::test]
async fn no_answer() {
    use TransportErrorKind::{Connect, Interrupted, Timeout};
    for kind in [Connect, Timeout, Interrupted] {
        let service = Service::in_order([failure(kind)]);
        let client = service.client_of(login(StoredToken::new(TOKEN)));
        let error = client.send(&GetSystem::new(SYSTEM)).await.unwrap_err();
        assert!(error.to_string().contains("/api/v4/systems/5150771"), "{error}");
        hides(&everything(&error), &[KEY, TOKEN]);
        // Nor that of a refresh, whose query is full of secrets.
        let error = service
            .client_of(login(expired()))
            .send(&GetSystem::new(SYSTEM))
            .await
            .unwrap_err();
        hides(&everything(&error), &[KEY, SECRET, TOKEN, AGAIN]);
    }
}

#[tokio::test]
async fn what_a_token_endpoint_repeats() {
    let is_hidden = async |login: Credentials, secret: &str| {
        for reply in echoes(secret) {
            let service = Service::in_order([reply]);
            let error = service
                .client_of(login.clone())
                .send(&GetSystem::new(SYSTEM))
                .await
                .unwrap_err();
            assert!(matches!(error, energy_core::Error::Auth { .. }), "{error:?}");
            hides(&everything(&error), &[SECRET, TOKEN, AGAIN, PASSWORD]);
        }
    };
    for secret in [SECRET, AGAIN] {
        is_hidden(login(expired()), secret).await;
    }
    for secret in [SECRET, PASSWORD] {
        is_hidden(login(None).with_password(USER, PASSWORD), secret).await;
        for reply in echoes(secret) {
            let service = Service::in_order([reply]);
            let client = service.client_of(login(None));
            let error = password(&client, &application(), USER, &Secret::new(PASSWORD))
                .await
                .unwrap_err();
            hides(&everything(&error), &[SECRET, PASSWORD]);
        }
    }
}

/// The answer to a login is full of tokens, so nothing is shown of one that cannot be read.
#[tokio::test]
async fn tokens_in_answers_that_cannot_be_read() {
    let new = "new/Brambling+3";
    for body in [
        json!({"access_token": [new]}),
        json!({"refresh_token": new}),
        json!([new]),
        json!(new),
    ] {
        let service = Service::in_order([ok(body)]);
        let error = service
            .client_of(login(expired()))
            .send(&GetSystem::new(SYSTEM))
            .await
            .unwrap_err();
        hides(&everything(&error), &[new, AGAIN, SECRET]);
    }
}

#[tokio::test]
async fn codes_and_states() {
    for secret in [CODE, SECRET] {
        for reply in echoes(secret) {
            let service = Service::in_order([reply]);
            let client = service.client_of(login(None));
            let authorization = authorize(&client, &application(), BACK).unwrap();
            let state = authorization.state().expose().to_owned();
            hides(&format!("{authorization:?} {authorization:#?}"), &[&state]);
            let mut back = Url::parse(BACK).unwrap();
            back.query_pairs_mut()
                .append_pair("code", CODE)
                .append_pair("state", &state);
            let error = exchange(&client, &application(), &authorization, &back)
                .await
                .unwrap_err();
            hides(&everything(&error), &[CODE, SECRET, &state]);
            back.query_pairs_mut()
                .clear()
                .append_pair("code", CODE)
                .append_pair("state", "guessed");
            let error = exchange(&client, &application(), &authorization, &back)
                .await
                .unwrap_err();
            hides(&everything(&error), &[CODE, &state]);
        }
    }
}

/// The requests themselves hold nothing to hide.
#[test]
fn requests_know_no_login() {
    let parts = GetSystem::new(SYSTEM).parts().unwrap();
    hides(&format!("{parts:?}"), &[KEY, TOKEN]);
}
