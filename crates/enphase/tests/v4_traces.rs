//! No secret is ever traced: not on the way of a call, not on that of a token. And who logs in is as private as the password.

use std::time::Duration;

use energy_core::transport::TransportErrorKind;
use energy_core::url::form_urlencoded;
use enphase::v4::*;
use enphase::{MemoryTokenStore, Secret, StoredToken, Url};
use serde_json::json;

use crate::traced::Traced;
use crate::v4_service::*;

const TOKEN: &str = "acc/Redwing+7=";
const AGAIN: &str = "ref/Redwing+8=";
const PASSWORD: &str = "Waxwing 4/of Rowan";
const USER: &str = "owner+pv@orchard.example";
const CODE: &str = "c0d/Siskin+5=";
const SECRETS: [&str; 7] = [KEY, CLIENT_SECRET, TOKEN, AGAIN, PASSWORD, USER, CODE];

fn hides(shown: &str, secrets: &[&str]) {
    for secret in secrets {
        let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        assert!(
            !shown.contains(secret) && !shown.contains(&form),
            "`{secret}` is shown: {shown}"
        );
    }
}

fn login(token: impl Into<Option<StoredToken>>) -> Credentials {
    Credentials::new(KEY, application(), MemoryTokenStore::new(token)).unwrap()
}

/// Answers everything with all that was sent.
fn echo(asked: &Asked) -> Reply {
    let query: Vec<String> = asked.query().into_values().collect();
    let headers: Vec<&str> = asked.headers.values().map(|value| value.to_str().unwrap()).collect();
    let details = format!("{query:?} {headers:?} {}", asked.url);
    status(401, json!({"message": details, "details": details, "code": 401}))
}

#[tokio::test]
async fn nothing_secret_is_traced() {
    let tracing = Traced::from_here();
    let expired = || {
        StoredToken::new(TOKEN)
            .with_refresh(AGAIN)
            .with_expiry(NOW - Duration::from_secs(1))
    };
    let request = GetSystem::new(SYSTEM);
    for place in [KeyPlace::Query, KeyPlace::Header] {
        for token in [StoredToken::new(TOKEN), expired()] {
            // A success, a refusal with all that was sent in it, no answer.
            let replies: [fn(&Asked) -> Reply; 3] =
                [|_| ok(system(SYSTEM)), echo, |_| failure(TransportErrorKind::Timeout)];
            for reply in replies {
                let service = Service::by(move |asked, _| reply(asked));
                let person = login(token.clone()).key_in(place).with_password(USER, PASSWORD);
                let _ = service.client_of(person).send(&request).await;
                assert!(service.count() > 0);
            }
        }
    }
    let service = Service::by(|asked, _| echo(asked));
    let client = service.client_of(login(None));
    password(&client, &application(), USER, &Secret::new(PASSWORD))
        .await
        .unwrap_err();
    let authorization = authorize(&client, &application(), "https://orchard.example/back").unwrap();
    let mut back = Url::parse("https://orchard.example/back").unwrap();
    let state = authorization.state().expose().to_owned();
    back.query_pairs_mut()
        .append_pair("code", CODE)
        .append_pair("state", &state);
    exchange(&client, &application(), &authorization, &back)
        .await
        .unwrap_err();

    users_are_hidden().await;

    let traced = tracing.text();
    for word in ["getSystem", "sending again", "/api/v4/systems/5150771", "outcome"] {
        assert!(traced.contains(word), "`{word}` was not captured: {traced}");
    }
    hides(&traced, &SECRETS);
    hides(&traced, &[&state]);
}

/// The words of a token endpoint that repeats who logs in, in its own shapes and in those of the standard.
async fn users_are_hidden() {
    let refused = [
        json!({"error": "invalid_grant", "error_description": format!("no user {USER}")}),
        json!({"message": "Not Authorized", "details": USER, "code": 401}),
        json!({"error": USER}),
    ];
    for body in refused {
        let service = Service::in_order([status(401, body)]);
        let client = service.client_of(login(None));
        let error = password(&client, &application(), USER, &Secret::new(PASSWORD))
            .await
            .unwrap_err();
        hides(&format!("{error} {error:?}"), &[USER]);
        let service = service.client_of(login(None).with_password(USER, PASSWORD));
        let error = service.send(&GetSystem::new(SYSTEM)).await.unwrap_err();
        hides(&format!("{error} {error:?}"), &[USER]);
    }
}
