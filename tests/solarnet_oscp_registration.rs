//! Registrations of OSCP systems with SolarNetwork: tokens change hands, versions are agreed, and some of them fail.

use energy_core::Error;
use energy_core::error::ApiErrorKind;
use energy_tests::oscp_systems::{Heard, Party, Quay};
use energy_tests::{MORNING, World};
use solarnet_oscp::oscp::{
    Handshake, Heartbeat, MeasurementConfiguration, Register, SendHandshake, SendHeartbeat, SendRegister, Token,
    VersionUrl, server,
};
use solarnet_oscp::{GetCapacityProvider, RegistrationStatus};

async fn settle(world: &World) {
    world.sandbox.solarnet_oscp().settle().await;
}

async fn status(quay: &Quay) -> RegistrationStatus {
    let provider = GetCapacityProvider::new(quay.provider.config_id);
    quay.account.send(&provider).await.unwrap().registration_status
}

/// The one message that came.
fn only(party: &Party) -> (Heard, server::Context) {
    let mut heard = party.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    heard.remove(0)
}

#[tokio::test]
async fn a_registration_replaces_the_tokens_on_both_sides() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let party = quay.start_provider(&world).await;
    let first = quay.provider.token.clone().unwrap();
    assert_eq!(status(&quay).await, RegistrationStatus::Pending);

    party
        .solarnetwork
        .send(&party.registration().request_id("first-of-all"))
        .await
        .unwrap();
    settle(&world).await;
    let (heard, context) = only(&party);
    let Heard::Register(back) = heard else {
        panic!("{heard:?}")
    };
    assert_eq!(context.correlation_id.unwrap().as_str(), "first-of-all");
    assert_ne!(back.token, first);
    assert_eq!(back.token, party.token.current());
    let here = world.sandbox.solarnet_oscp().flexibility_provider_url();
    assert_eq!(back.version_url, [VersionUrl::new("2.0", here)]);

    let provider = quay
        .account
        .send(&GetCapacityProvider::new(quay.provider.config_id))
        .await
        .unwrap();
    assert_eq!(provider.registration_status, RegistrationStatus::Registered);
    assert_eq!(provider.base_url.as_deref(), Some(party.url.as_str()));
    assert_eq!(
        provider.oscp_version.as_deref(),
        Some("2.0"),
        "unlike a creation, a registration stores it"
    );

    // The new token works, the old one does not.
    let beat = SendHeartbeat::new(Heartbeat::new(MORNING + time::Duration::minutes(2)));
    party.solarnetwork.send(&beat).await.unwrap();
    let late = world.flexibility_provider(&Token::new(first.clone()));
    let error = late.send(&beat).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    let said = energy_tests::said_by(&error);
    assert!(said.contains("registration replaces it"), "{said}");
    assert!(
        !said.contains(first.expose()) && !said.contains(party.token.current().expose()),
        "{said}"
    );
}

#[tokio::test]
async fn a_second_registration_replaces_the_tokens_again() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let party = quay.start_provider(&world).await;
    party.join(&world, MeasurementConfiguration::Continuous).await;
    let second = party.token.current();
    party.solarnetwork.send(&party.registration()).await.unwrap();
    settle(&world).await;
    assert_ne!(party.token.current(), second);
    assert_eq!(status(&quay).await, RegistrationStatus::Registered);
    let handshake = SendHandshake::new(Handshake::new());
    party.solarnetwork.send(&handshake).await.unwrap();
    let late = world.flexibility_provider(&Token::new(second));
    assert!(late.send(&handshake).await.unwrap_err().is_unauthorized());
}

#[tokio::test]
async fn a_registration_without_version_2_is_not_followed() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let party = quay.start_provider(&world).await;
    let old = Register::new(party.own_token.current(), [VersionUrl::new("1.0", party.url.as_str())]).unwrap();
    let error = party.solarnetwork.send(&SendRegister::new(old)).await.unwrap_err();
    assert!(!error.is_retryable(), "{error}");
    let said = energy_tests::said_by(&error);
    assert!(said.contains("offer version 2.0"), "{said}");
    assert!(!said.contains(party.own_token.current().expose()), "{said}");
    let Error::Api(error) = error else { panic!("{error:?}") };
    assert_eq!((error.status.as_u16(), error.kind), (501, ApiErrorKind::Invalid));
    assert!(error.headers.contains_key("x-error-message"));
    settle(&world).await;
    assert_eq!(party.heard(), []);
    assert_eq!(status(&quay).await, RegistrationStatus::Pending);

    // With 2.0 among others it is.
    let versions = [
        VersionUrl::new("1.0", "http://127.0.0.1:9/old"),
        VersionUrl::new("2.0", party.url.as_str()),
    ];
    let both = Register::new(party.own_token.current(), versions).unwrap();
    party.solarnetwork.send(&SendRegister::new(both)).await.unwrap();
    settle(&world).await;
    assert_eq!(status(&quay).await, RegistrationStatus::Registered);
}

#[tokio::test]
async fn a_call_back_that_fails_is_a_failed_registration() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let party = quay.start_provider(&world).await;
    party.refuse(true);
    party.solarnetwork.send(&party.registration()).await.unwrap();
    settle(&world).await;
    assert_eq!(status(&quay).await, RegistrationStatus::Failed);
    let sent = world.sandbox.solarnet_oscp().sent();
    assert_eq!(sent.last().unwrap().outcome, Ok(503));

    // A token that is not the one the system takes fails as well.
    party.refuse(false);
    let wrong = Register::new("not-my-token", [VersionUrl::new("2.0", party.url.as_str())]).unwrap();
    party.solarnetwork.send(&SendRegister::new(wrong)).await.unwrap();
    settle(&world).await;
    assert_eq!(status(&quay).await, RegistrationStatus::Failed);
    assert_eq!(world.sandbox.solarnet_oscp().sent().last().unwrap().outcome, Ok(401));
    assert_eq!(party.heard(), []);

    // The token that it came with is still good for another attempt.
    party.solarnetwork.send(&party.registration()).await.unwrap();
    settle(&world).await;
    assert_eq!(status(&quay).await, RegistrationStatus::Registered);
}
