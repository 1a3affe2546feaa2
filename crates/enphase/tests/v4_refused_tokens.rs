//! A 401 is no proof of a bad token: another one is tried once, and not in a loop.

use std::time::Duration;

use enphase::v4::*;

use crate::v4_service::*;

fn ask() -> GetSystem {
    GetSystem::new(SYSTEM)
}

#[tokio::test]
async fn a_revoked_token_is_renewed_once() {
    let service = Service::with_logins(tokens(1), open_to("acc-1"));
    let client = service.client_of(credentials(token()));
    let answer = client.call(&ask()).send_full().await.unwrap();
    assert_eq!((answer.output.system_id.get(), answer.attempts), (SYSTEM, 2));
    let bearers: Vec<_> = service
        .calls()
        .iter()
        .map(|call| call.bearer().unwrap().to_owned())
        .collect();
    assert_eq!(bearers, [ACCESS, "acc-1"]);
    assert_eq!(service.logins().len(), 1);
}

/// No new token mends the wrong key.
#[tokio::test]
async fn a_refusal_of_the_key_renews_nothing() {
    for words in [
        "API Key and Client ID of the access token do not match",
        "API Key -Client mismatch",
    ] {
        let service = Service::with_logins([], move |_| refusal(401, words));
        let client = service.client_of(credentials(token()));
        for _ in 0..3 {
            let error = client.send(&ask()).await.unwrap_err();
            assert!(error.is_unauthorized());
            assert_eq!(api(&error).attempts, 1);
            assert!(api(&error).hint.as_ref().unwrap().contains("key"), "{error}");
        }
        assert_eq!(service.count(), 3);
    }
}

/// A 401 is no proof of a bad token: the plan may lack the operation.
#[tokio::test]
async fn an_operation_that_refuses_every_token_is_not_asked_in_a_loop() {
    let service = Service::with_logins(tokens(3), closed);
    let client = service.client_of(credentials(token()));
    let send = async |calls, logins| {
        let error = client.send(&ask()).await.unwrap_err();
        assert!(error.is_unauthorized(), "{error:?}");
        assert_eq!((service.calls().len(), service.logins().len()), (calls, logins));
    };
    send(2, 1).await;
    for more in 1..=5 {
        service.clock.advance(Duration::from_secs(600));
        send(2 + more, 1).await;
    }
    // Another operation has a chance of its own.
    let error = client.send(&GetSystemSummary::new(SYSTEM)).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!((service.calls().len(), service.logins().len()), (9, 2));
    // And so has the first one after an hour.
    service.clock.advance(Duration::from_secs(600));
    send(11, 3).await;
    service
        .clock
        .advance(Duration::from_secs(3_600) - Duration::from_secs(1));
    send(12, 3).await;
}

/// Without a way to another token the one there is may still be good for everything else.
#[tokio::test]
async fn a_token_that_cannot_be_renewed_survives_the_plan_that_lacks_an_operation() {
    let only_systems = |asked: &Asked| {
        if asked.url.path().ends_with("/systems") {
            ok(serde_json::json!({"systems": []}))
        } else {
            closed(asked)
        }
    };
    let service = Service::with_logins([], only_systems);
    let client = service.client_of(credentials(enphase::StoredToken::new(ACCESS)));
    for _ in 0..2 {
        let error = client.send(&ask()).await.unwrap_err();
        assert!(api(&error).hint.as_ref().unwrap().contains("plan"), "{error}");
        client.send(&ListSystems::new()).await.unwrap();
    }
    assert_eq!((service.calls().len(), service.logins().len()), (4, 0));
}

/// Said again with every call, a wrong password would lock the account, whatever words the service refuses it with.
#[tokio::test]
async fn a_wrong_password_is_not_said_again() {
    let service = Service::with_logins([refusal(401, "User is not authorized")], closed);
    let client = service.client_of(credentials(None).with_password("owner@orchard.example", "guess"));
    for _ in 0..3 {
        let error = client.send(&ask()).await.unwrap_err();
        assert!(error.is_unauthorized(), "{error}");
        assert!(error.to_string().contains("the password was not accepted"), "{error}");
    }
    assert_eq!((service.calls().len(), service.logins().len()), (0, 1));
}
