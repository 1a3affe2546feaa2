//! The tokens after the first: renewed ahead, saved before they are used, and never in a loop.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use energy_core::Error;
use energy_core::auth::{AuthError, StoreError};
use energy_core::transport::{BoxFuture, TransportErrorKind};
use enphase::v4::*;
use enphase::{StoredToken, TokenStore};
use serde_json::json;

use crate::v4_service::*;

const HOUR: Duration = Duration::from_secs(3600);

fn ask() -> GetSystem {
    GetSystem::new(SYSTEM)
}

fn expired() -> StoredToken {
    token().with_expiry(NOW - Duration::from_secs(1))
}

fn refused_refresh() -> Reply {
    status(
        401,
        json!({"error": "invalid_token", "error_description": "Cannot convert access token to JSON"}),
    )
}

/// A store that others can look into, and that says what it saved and after how many requests.
#[derive(Clone, Debug)]
struct Shared {
    token: Arc<Mutex<Option<StoredToken>>>,
    saved: Arc<Mutex<Vec<(String, usize)>>>,
    service: Service,
}

impl Shared {
    fn new(service: &Service, token: impl Into<Option<StoredToken>>) -> Self {
        Self {
            token: Arc::new(Mutex::new(token.into())),
            saved: Arc::default(),
            service: service.clone(),
        }
    }

    fn client(&self) -> Client {
        let credentials = Credentials::new(KEY, application(), self.clone()).unwrap();
        self.service.client_of(credentials)
    }
}

impl TokenStore for Shared {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, StoreError>> {
        let token = self.token.lock().unwrap().clone();
        Box::pin(std::future::ready(Ok(token)))
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<(), StoreError>> {
        let saved = (token.refresh.clone().unwrap().expose().to_owned(), self.service.count());
        self.saved.lock().unwrap().push(saved);
        *self.token.lock().unwrap() = Some(token.clone());
        Box::pin(std::future::ready(Ok(())))
    }
}

#[tokio::test]
async fn an_expired_token_is_renewed_and_saved_before_it_is_used() {
    let service = Service::with_logins(tokens(2), |asked| ok(system(asked.bearer().unwrap().len() as u64)));
    let store = Shared::new(&service, expired());
    let client = store.client();
    client.send(&ask()).await.unwrap();
    let asked = service.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(
        (asked[0].method.as_str(), asked[0].url.path()),
        ("POST", "/oauth/token")
    );
    let expected = [("grant_type", "refresh_token"), ("refresh_token", REFRESH)];
    assert_eq!(
        asked[0].query(),
        expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    );
    assert!(asked[0].header("authorization").unwrap().starts_with("Basic "));
    assert_eq!(asked[0].body.len(), 0);
    assert_eq!(asked[1].bearer(), Some("acc-1"));
    assert_eq!(
        *store.saved.lock().unwrap(),
        [("ref-1".to_owned(), 1)],
        "saved after the refresh, before the call"
    );

    // The refresh token was exchanged for another: the next refresh takes that.
    service.clock.advance(Duration::from_secs(86_400));
    client.send(&ask()).await.unwrap();
    assert_eq!(service.asked()[2].parameter("refresh_token").as_deref(), Some("ref-1"));
    assert_eq!(
        *store.saved.lock().unwrap(),
        [("ref-1".to_owned(), 1), ("ref-2".to_owned(), 3)]
    );
}

#[tokio::test]
async fn a_token_is_renewed_a_minute_ahead() {
    for (left, renewals) in [(90, 0), (61, 0), (60, 1), (1, 1)] {
        let service = Service::with_logins(tokens(1), |_| ok(system(SYSTEM)));
        let client = service.client_of(credentials(token().with_expiry(NOW + Duration::from_secs(left))));
        client.send(&ask()).await.unwrap();
        assert_eq!(service.logins().len(), renewals, "{left} s left");
    }
}

#[tokio::test]
async fn many_callers_share_one_refresh() {
    let service = Service::with_logins(tokens(1), open_to("acc-1"));
    let client = service.client_of(credentials(expired()));
    let request = ask();
    let (one, two, three) = tokio::join!(client.send(&request), client.send(&request), client.send(&request));
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    assert_eq!(service.logins().len(), 1);
}

#[tokio::test]
async fn a_refused_refresh_needs_a_person_and_stays_so_without_requests() {
    for refused in [
        refused_refresh(),
        status(
            400,
            json!({"error": "invalid_grant", "error_description": "Invalid refresh token"}),
        ),
        refusal(401, "User is not authorized"),
    ] {
        let service = Service::with_logins([refused], open_to("acc-person"));
        let store = Shared::new(&service, expired());
        let client = store.client();
        for _ in 0..4 {
            let error = client.send(&ask()).await.unwrap_err();
            assert!(error.is_unauthorized() && !error.is_retryable(), "{error:?}");
            let Error::Auth { source, .. } = &error else {
                panic!("another kind of error: {error:?}");
            };
            assert!(matches!(**source, AuthError::Reauthorise(_)), "{source:?}");
            service.clock.advance(HOUR);
        }
        assert_eq!(service.count(), 1, "the refresh alone");

        // A person has authorised again.
        let new = StoredToken::new("acc-person").with_refresh("ref-person");
        *store.token.lock().unwrap() = Some(new);
        client.send(&ask()).await.unwrap();
        assert_eq!((service.logins().len(), service.calls().len()), (1, 1));
    }
}

/// The service has ended the old refresh token, and nobody knows the new one.
#[tokio::test]
async fn a_lost_answer_to_a_refresh() {
    let lost = failure(TransportErrorKind::Interrupted);
    let service = Service::with_logins([lost, refused_refresh()], closed);
    let client = service.client_of(credentials(expired()));
    let error = client.send(&ask()).await.unwrap_err();
    assert!(error.is_retryable() && !error.is_unauthorized(), "{error:?}");
    let error = client.send(&ask()).await.unwrap_err();
    assert!(error.is_unauthorized() && !error.is_retryable(), "{error:?}");
    assert!(error.to_string().contains("authorise again"), "{error}");
    assert_eq!((service.logins().len(), service.calls().len()), (2, 0));
}

/// A token that is still good is used while the token endpoint has a rest.
#[tokio::test]
async fn an_outage_of_the_token_endpoint_is_bridged() {
    let service = Service::with_logins([status(503, json!({})), token_answer("acc-1", "ref-1")], |asked| {
        ok(system(asked.bearer().unwrap().len() as u64))
    });
    let client = service.client_of(credentials(token().with_expiry(NOW + Duration::from_secs(30))));
    client.send(&ask()).await.unwrap();
    assert_eq!(service.calls()[0].bearer(), Some(ACCESS));
    service.clock.advance(Duration::from_secs(6));
    client.send(&ask()).await.unwrap();
    assert_eq!(service.calls()[1].bearer(), Some("acc-1"));
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let service = Service::untouched();
    let error = service.client_of(credentials(None)).send(&ask()).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert!(error.to_string().contains("authorize"), "{error}");
}

#[tokio::test]
async fn partners_log_in_by_themselves() {
    let person = || ("owner@orchard.example", "pass word&7");
    let password = |asked: &Asked| {
        let grant = [
            ("grant_type", "password"),
            ("username", person().0),
            ("password", person().1),
        ];
        assert_eq!(
            asked.query(),
            grant.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
        );
    };
    // When there is no token yet.
    let service = Service::with_logins(tokens(1), open_to("acc-1"));
    let login = credentials(None).with_password(person().0, person().1);
    service.client_of(login).send(&ask()).await.unwrap();
    assert_eq!(service.count(), 2);
    password(&service.asked()[0]);
    // When the refresh is refused.
    let service = Service::with_logins([refused_refresh(), token_answer("acc-1", "ref-1")], open_to("acc-1"));
    let login = credentials(expired()).with_password(person().0, person().1);
    service.client_of(login).send(&ask()).await.unwrap();
    assert_eq!(
        service.logins()[0].parameter("grant_type").as_deref(),
        Some("refresh_token")
    );
    password(&service.logins()[1]);
    // But not when the token endpoint is down.
    let service = Service::with_logins([status(503, json!({}))], closed);
    let login = credentials(expired()).with_password(person().0, person().1);
    let error = service.client_of(login).send(&ask()).await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    assert_eq!(service.count(), 1);
}

#[tokio::test]
async fn the_key_goes_where_it_is_wanted() {
    let service = Service::in_order([ok(system(SYSTEM))]);
    service.client().send(&ask()).await.unwrap();
    let login = credentials(StoredToken::new(ACCESS)).key_in(KeyPlace::Header);
    service.client_of(login).send(&ask()).await.unwrap();
    let [query, header] = service.asked().try_into().unwrap();
    assert_eq!(
        (query.parameter("key").as_deref(), query.header("key")),
        (Some(KEY), None)
    );
    assert_eq!(
        (header.parameter("key").as_deref(), header.header("key")),
        (None, Some(KEY))
    );
    assert_eq!((query.bearer(), header.bearer()), (Some(ACCESS), Some(ACCESS)));
}
