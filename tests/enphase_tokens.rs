//! What becomes of tokens at Enphase: what is renewed, what dies, and which refusals are not about the token.

use std::time::Duration;

use energy_core::Error;
use energy_core::auth::AuthError;
use energy_core::clock::Clock;
use energy_sandbox::{EnphaseApp, EnphasePerson};
use energy_tests::{MORNING, World, said_by};
use enphase::v4::{Application, Credentials, GetMicroTelemetry, KeyPlace, ListMicrosTelemetry, ListSystems};
use enphase::{FileTokenStore, MemoryTokenStore, TokenStore};

/// Where tokens are given out.
const LOGIN: &str = "/oauth/token";
const DAY: Duration = Duration::from_secs(86_400);

/// The service wants a person.
fn reauthorise(error: &Error) -> &str {
    let Error::Auth { source, .. } = error else {
        panic!("{error:?}")
    };
    assert!(error.is_unauthorized() && !error.is_retryable());
    match &**source {
        AuthError::Reauthorise(why) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_that_expired_is_renewed_once_for_twenty_calls() {
    let world = World::at(MORNING).await;
    let first = world.enphase_token(EnphaseApp::Watt, EnphasePerson::Owner);
    world.sandbox.enphase().set_quota(EnphaseApp::Watt, 100, 1_000);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token.json");
    FileTokenStore::new(&file).save(&first).await.unwrap();
    let client = world.enphase_with(EnphaseApp::Watt, FileTokenStore::new(&file));
    let old_program = world.enphase_with(EnphaseApp::Watt, MemoryTokenStore::new(first.clone()));
    client.send(&ListSystems::new()).await.unwrap();
    assert!(world.enphase_requests(LOGIN).is_empty());

    world.advance(DAY);
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.send(&ListSystems::new()).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let [login] = &world.enphase_requests(LOGIN)[..] else {
        panic!("one refresh")
    };
    assert!(login.query.as_deref().unwrap().contains("grant_type=refresh_token"));
    let second = FileTokenStore::new(&file).load().await.unwrap().unwrap();
    assert!(
        second.access != first.access && second.refresh != first.refresh,
        "both are new"
    );
    assert_eq!(second.expires_at, Some(world.clock.now() + DAY));

    // Somebody who kept the old refresh token comes too late, and hears it once.
    let error = old_program.send(&ListSystems::new()).await.unwrap_err();
    reauthorise(&error);
    assert!(!said_by(&error).contains(first.refresh.unwrap().expose()));
    reauthorise(&old_program.send(&ListSystems::new()).await.unwrap_err());
    assert_eq!(world.enphase_requests(LOGIN).len(), 2);

    // A month away: the refresh token is dead, too.
    world.advance(30 * DAY);
    reauthorise(&client.send(&ListSystems::new()).await.unwrap_err());
}

#[tokio::test]
async fn a_person_takes_back_what_they_allowed_and_allows_it_again() {
    let world = World::at(MORNING).await;
    let folder = tempfile::tempdir().unwrap();
    let store = FileTokenStore::new(folder.path().join("token.json"));
    store
        .save(&world.enphase_token(EnphaseApp::Watt, EnphasePerson::Owner))
        .await
        .unwrap();
    let client = world.enphase_with(EnphaseApp::Watt, store.clone());
    client.send(&ListSystems::new()).await.unwrap();
    world.sandbox.enphase().revoke(EnphaseApp::Watt, EnphasePerson::Owner);
    reauthorise(&client.send(&ListSystems::new()).await.unwrap_err());
    let (sent, asked) = (
        world.enphase_requests("/api/").len(),
        world.enphase_requests(LOGIN).len(),
    );
    assert_eq!((sent, asked), (2, 1));
    for _ in 0..3 {
        reauthorise(&client.send(&ListSystems::new()).await.unwrap_err());
    }
    assert_eq!(
        (
            world.enphase_requests("/api/").len(),
            world.enphase_requests(LOGIN).len()
        ),
        (sent, asked),
        "what cannot succeed is not tried"
    );

    store
        .save(&world.enphase_token(EnphaseApp::Watt, EnphasePerson::Owner))
        .await
        .unwrap();
    client.send(&ListSystems::new()).await.unwrap();
}

#[tokio::test]
async fn the_key_of_another_application_costs_no_refresh() {
    let world = World::at(MORNING).await;
    let keys = world.sandbox.enphase().credentials();
    for key in [keys.partner.api_key.as_str(), "nosuchkey000000000000000000000000"] {
        let token = world.enphase_token(EnphaseApp::Watt, EnphasePerson::Owner);
        let application = Application::new(keys.watt.client_id.as_str(), keys.watt.client_secret.as_str()).unwrap();
        let credentials = Credentials::new(key, application, MemoryTokenStore::new(token)).unwrap();
        let client = world.enphase_builder(credentials).build().unwrap();
        let Err(Error::Api(error)) = client.send(&ListSystems::new()).await else {
            panic!("it was taken")
        };
        assert_eq!(error.status.as_u16(), 401);
        assert!(
            error.hint.as_deref().is_some_and(|hint| hint.contains("key")),
            "{error}"
        );
        if key == keys.partner.api_key {
            assert!(error.message.contains("API Key"), "{error}");
            assert_eq!(
                (error.attempts, world.enphase_requests(LOGIN).len()),
                (1, 0),
                "the words are about the key"
            );
        } else {
            // Of a key that it does not know the service says no more than of a token.
            assert_eq!((error.attempts, world.enphase_requests(LOGIN).len()), (2, 1));
        }
    }
}

#[tokio::test]
async fn what_the_plan_lacks_costs_one_refresh_and_then_none() {
    let world = World::at(MORNING).await;
    let client = world.enphase(EnphaseApp::Watt, EnphasePerson::Owner);
    let site = world.sandbox.enphase().sites().micro_only;
    let single = GetMicroTelemetry::new(site.system_id, site.micro_serials[0].as_str());
    let all = ListMicrosTelemetry::new(site.system_id);
    let error = client.send(&single).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (401, 2));
    assert!(error.to_string().contains("plan"), "{error}");
    assert_eq!(world.enphase_requests(LOGIN).len(), 1);
    for _ in 0..3 {
        assert_eq!(client.send(&single).await.unwrap_err().attempts(), 1);
    }
    assert_eq!(world.enphase_requests(LOGIN).len(), 1, "another token does not help");
    client.send(&ListSystems::new()).await.unwrap();
    assert_eq!(
        client.send(&all).await.unwrap_err().attempts(),
        2,
        "of this operation it is not known yet"
    );
    assert_eq!(world.enphase_requests(LOGIN).len(), 2);
    assert_eq!(client.send(&single).await.unwrap_err().attempts(), 1);
    world.advance(Duration::from_secs(3_601));
    assert_eq!(client.send(&single).await.unwrap_err().attempts(), 2, "plans change");
    assert_eq!(world.enphase_requests(LOGIN).len(), 3);
}

#[tokio::test]
async fn the_key_goes_where_it_is_wanted() {
    let world = World::at(MORNING).await;
    let key = world.sandbox.enphase().credentials().watt.api_key;
    for place in [KeyPlace::Query, KeyPlace::Header] {
        let store = MemoryTokenStore::new(world.enphase_token(EnphaseApp::Watt, EnphasePerson::Owner));
        let credentials = world.enphase_credentials(EnphaseApp::Watt, store).key_in(place);
        let client = world.enphase_builder(credentials).build().unwrap();
        client.send(&ListSystems::new()).await.unwrap();
        let call = world.enphase_requests("/api/").pop().unwrap();
        let in_query = call.query.as_deref().unwrap().contains(&key);
        assert_eq!(in_query, place == KeyPlace::Query);
        assert_eq!(call.header("key"), (place == KeyPlace::Header).then_some(key.as_str()));
        assert!(call.header("authorization").unwrap().starts_with("Bearer "));
    }
}
