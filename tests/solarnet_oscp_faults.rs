//! When SolarNetwork or the way to it breaks: what a program hears, what is sent again, and what does not leave.

use std::time::Duration;

use energy_core::error::{ApiErrorKind, Error};
use energy_core::transport::TransportErrorKind;
use energy_sandbox::{Fault, Sandbox};
use energy_tests::oscp_systems::{GROUP, Quay};
use energy_tests::{MORNING, World, said_by};
use solarnet_oscp::oscp::{Handshake, Heartbeat, MeasurementConfiguration, SendHandshake, SendHeartbeat};
use solarnet_oscp::{
    CapacityProviderInput, Client, CreateCapacityGroup, CreateCapacityProvider, CreateError, DeleteCapacityProvider,
    GetCapacityProvider, GetUserSettings, ListCapacityProviders, OauthClient, RetryPolicy, ServiceProperties,
    create_and_set_version,
};

const OAUTH_SECRET: &str = "tern-7-under-the-jetty";
const HEADER_SECRET: &str = "gannet-19-far-out";

fn provider() -> CapacityProviderInput {
    let oauth = OauthClient::new("https://login.example.org/token", "quay-7", OAUTH_SECRET);
    let properties = ServiceProperties::new().oauth(oauth).header("X-Api-Key", HEADER_SECRET);
    CapacityProviderInput::new("Harbour Grid").service_props(properties)
}

/// Its texts hold no secret and no signature.
fn discreet(world: &World, error: &(dyn std::error::Error + 'static)) -> String {
    let said = said_by(error);
    let secret = world.sandbox.solarnet_oscp().credentials().secret;
    for hidden in [secret.as_str(), OAUTH_SECRET, HEADER_SECRET, "Signature="] {
        assert!(!said.contains(hidden), "{hidden} is in {said}");
    }
    said
}

/// Creates a provider, once, with this fault switched on.
async fn hit_by(fault: Fault) -> Error {
    let world = World::at(MORNING).await;
    let account = world.solarnet_oscp(world.account());
    world.sandbox.solarnet_oscp().fault(fault);
    let error = account
        .send(&CreateCapacityProvider::new(provider()))
        .await
        .unwrap_err();
    discreet(&world, &error);
    assert_eq!(error.attempts(), 1, "{error}");
    assert_eq!(world.sandbox.solarnet_oscp().request_count(), 1, "sent once");
    error
}

/// Reads what holds no secrets with this fault switched on for every attempt.
async fn reading_hit_by(fault: Fault) -> Error {
    let world = World::at(MORNING).await;
    let account = world.solarnet_oscp(world.account());
    world.sandbox.solarnet_oscp().fault(fault.times(3));
    let error = account.send(&GetUserSettings::new()).await.unwrap_err();
    discreet(&world, &error);
    assert_eq!(
        world.sandbox.solarnet_oscp().request_count(),
        u64::from(error.attempts())
    );
    error
}

#[tokio::test]
async fn html_instead_of_json() {
    let error = hit_by(Fault::html(502)).await;
    assert!(error.is_retryable() && error.may_have_been_sent());
    assert!(
        error.to_string().contains('<'),
        "a gateway's page holds no token, and is shown: {error}"
    );
    let Error::Api(error) = error else { panic!("{error:?}") };
    assert_eq!((error.status.as_u16(), error.kind), (502, ApiErrorKind::Unavailable));
    let Error::Decode(error) = hit_by(Fault::html(200)).await else {
        panic!("not a decode error")
    };
    assert!(
        error.reason.contains("JSON was expected") && error.reason.contains("text/html"),
        "{error}"
    );

    let error = reading_hit_by(Fault::html(502)).await;
    assert_eq!(error.attempts(), 3, "reading is tried again");
    assert!(
        error.to_string().contains('<'),
        "the page begins in the message: {error}"
    );
}

#[tokio::test]
async fn broken_json() {
    let Error::Decode(error) = reading_hit_by(Fault::truncated_json()).await else {
        panic!("not a decode error")
    };
    assert_eq!(error.attempts, 1, "it was a success");
    assert!(error.reason.contains("EOF"), "{error}");
    // What is in an answer that may hold a token is not told, but what is wrong with it can be seen by a program.
    let Error::Decode(error) = hit_by(Fault::truncated_json()).await else {
        panic!("not a decode error")
    };
    assert_eq!(error.status.as_u16(), 201);
    assert!(
        std::str::from_utf8(error.body.bytes())
            .unwrap()
            .starts_with(r#"{"success":true"#)
    );
    for broken in [
        hit_by(Fault::wrong_json()).await,
        reading_hit_by(Fault::wrong_json()).await,
    ] {
        assert!(broken.may_have_been_sent());
        let Error::Decode(error) = broken else {
            panic!("{broken:?}")
        };
        assert!(error.status.is_success() && !error.body.bytes().is_empty());
    }
}

#[tokio::test]
async fn a_failure_dressed_as_a_success() {
    let body = r#"{"success":false,"code":"DAO.00101","message":"There is another one."}"#;
    let Error::Api(error) = hit_by(Fault::status_with_body(200, body)).await else {
        panic!("not the service's error")
    };
    assert_eq!((error.status.as_u16(), error.kind), (200, ApiErrorKind::Other));
    assert_eq!(error.code.as_deref(), Some("DAO.00101"));
}

#[tokio::test]
async fn a_server_without_oscp() {
    let body = r#"{"success":false,"message":"OSCP service not available."}"#;
    let error = hit_by(Fault::status_with_body(404, body)).await;
    assert!(!error.is_not_found() && error.is_retryable(), "{error}");
    assert!(error.to_string().contains("without OSCP"), "{error}");
}

#[tokio::test]
async fn connection_lost_before_and_within_the_answer() {
    for fault in [Fault::reset(), Fault::reset_in_body()] {
        let creating = hit_by(fault.clone()).await;
        let reading = reading_hit_by(fault).await;
        assert_eq!(reading.attempts(), 3);
        for error in [creating, reading] {
            assert!(error.may_have_been_sent());
            let Error::Transport(error) = error else {
                panic!("{error:?}")
            };
            assert_eq!(error.source.kind, TransportErrorKind::Interrupted);
        }
    }
}

#[tokio::test]
async fn two_gibibytes_announced() {
    let Error::Transport(error) = hit_by(Fault::huge_body()).await else {
        panic!("not a transport error")
    };
    assert_eq!(error.source.kind, TransportErrorKind::TooLarge);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time() {
    let world = World::at(MORNING).await;
    let account = world.solarnet_oscp(world.account());
    world
        .sandbox
        .solarnet_oscp()
        .fault(Fault::latency(Duration::from_secs(10)));
    let request = CreateCapacityProvider::new(provider());
    // The only real time here: long enough for a machine under load to take the request.
    let call = account.call(&request).with_timeout(Duration::from_millis(300));
    let error = call.send().await.unwrap_err();
    discreet(&world, &error);
    assert!(error.is_timeout() && error.may_have_been_sent());
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_sent_once_and_is_in_the_list() {
    let world = World::at(MORNING).await;
    let account = world.solarnet_oscp(world.account());
    let service = world.sandbox.solarnet_oscp();
    service.fault(Fault::lost_answer());
    let error = create_and_set_version(&account, provider().base_url("https://oscp.example.org/2.0"))
        .await
        .unwrap_err();
    discreet(&world, &error);
    let CreateError::NotCreated(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!((error.attempts(), error.may_have_been_sent()), (1, true));
    assert_eq!(service.request_count(), 1);
    assert!(world.clock.slept().is_empty());

    let listed = account.send(&ListCapacityProviders::new()).await.unwrap();
    let [created] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!((created.name.as_str(), &created.token), ("Harbour Grid", &None));
    // Trying again says so; deleting what has no owner makes room.
    let again = CreateCapacityProvider::new(provider().base_url("https://oscp.example.org/2.0"));
    let duplicate = account.send(&again).await.unwrap_err();
    assert!(duplicate.to_string().contains("after a lost answer"), "{duplicate}");
    account
        .send(&DeleteCapacityProvider::new(created.config_id))
        .await
        .unwrap();
    assert!(account.send(&again).await.unwrap().token.is_some());
}

#[tokio::test]
async fn a_creation_that_cannot_be_finished_gives_its_token() {
    let world = World::at(MORNING).await;
    let account = world.solarnet_oscp(world.account());
    // The path of the update has an id, the path of the creation has none.
    world
        .sandbox
        .solarnet_oscp()
        .fault(Fault::html(502).on_path("/capacity-providers/").times(3));
    let error = create_and_set_version(&account, provider()).await.unwrap_err();
    let CreateError::Unfinished(unfinished) = &error else {
        panic!("{error:?}")
    };
    let created = &unfinished.created;
    let token = created.token.as_ref().unwrap().expose();
    assert_eq!((token.len(), &created.oscp_version), (64, &None));
    assert_eq!(unfinished.source.attempts(), 3, "an update may be sent again");
    assert!(!discreet(&world, &error).contains(token));
    let read = account
        .send(&GetCapacityProvider::new(created.config_id))
        .await
        .unwrap();
    assert_eq!(read.name, "Harbour Grid");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_no_header_leaves() {
    let elsewhere = Sandbox::start().await.unwrap();
    let target = format!("{}/user/oscp/stolen", elsewhere.solarnet_oscp().base_url());
    for error in [
        hit_by(Fault::redirect(&target)).await,
        reading_hit_by(Fault::redirect(&target)).await,
    ] {
        assert_eq!(error.attempts(), 1);
        let Error::Api(error) = error else { panic!("{error:?}") };
        assert_eq!(error.kind, ApiErrorKind::Redirect);
        assert!(error.message.contains("not followed"), "{error}");
    }
    assert_eq!(elsewhere.solarnet_oscp().request_count(), 0, "nothing was sent there");
}

#[tokio::test]
async fn nobody_listens() {
    let world = World::at(MORNING).await;
    let account = world.solarnet_oscp(world.account());
    let secret = world.sandbox.solarnet_oscp().credentials().secret;
    let clock = world.clock.clone();
    world.sandbox.shutdown().await;
    let error = account
        .send(&CreateCapacityProvider::new(provider()))
        .await
        .unwrap_err();
    assert!(!error.may_have_been_sent());
    assert_eq!(error.attempts(), 3, "a request that never left may be sent again");
    assert_eq!(clock.slept(), [Duration::from_millis(125), Duration::from_millis(250)]);
    assert!(!said_by(&error).contains(&secret));
}

#[tokio::test]
async fn a_short_outage_is_bridged_for_everything_but_creating() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let service = world.sandbox.solarnet_oscp();
    for fault in [
        Fault::status(502),
        Fault::outage(),
        Fault::reset(),
        Fault::lost_answer(),
    ] {
        service.fault(fault.clone().times(2));
        let read = GetCapacityProvider::new(quay.provider.config_id);
        let answer = quay.account.call(&read).send_full().await.unwrap();
        assert_eq!(answer.attempts, 3, "{fault:?}");
        service.fault(fault);
        let delete = DeleteCapacityProvider::new(404);
        assert_eq!(quay.account.call(&delete).send_full().await.unwrap().attempts, 2);
    }
    let group = solarnet_oscp::CapacityGroupInput::from(&quay.group);
    service.fault(Fault::outage());
    let error = quay.account.send(&CreateCapacityGroup::new(group)).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn messages_are_sent_again_only_if_they_may_be() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let party = quay.start_provider(&world).await;
    party.join(&world, MeasurementConfiguration::Continuous).await;
    let service = world.sandbox.solarnet_oscp();
    let before = service.requests().len();
    service.fault(Fault::reset());
    let beat = SendHeartbeat::new(Heartbeat::new(MORNING + time::Duration::HOUR)).request_id("beat-1");
    assert_eq!(party.solarnetwork.call(&beat).send_full().await.unwrap().attempts, 2);
    let sent = &service.requests()[before..];
    assert!(
        sent.iter()
            .all(|request| request.header("x-request-id") == Some("beat-1")),
        "{sent:?}"
    );

    service.fault(Fault::lost_answer());
    let error = party
        .solarnetwork
        .send(&SendHandshake::new(Handshake::new()))
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), error.may_have_been_sent()), (1, true));
    let said = said_by(&error);
    assert!(
        !said.contains(party.token.current().expose()) && !said.contains(GROUP),
        "{said}"
    );
}

#[tokio::test]
async fn plain_http_to_another_machine_needs_saying_so() {
    let world = World::at(MORNING).await;
    let build = |url: &str| Client::builder(world.account()).base_url(url).build();
    let refused = build("http://solarnetwork.example").unwrap_err();
    assert!(refused.to_string().contains("allow_insecure_http"), "{refused}");
    assert!(build("http://127.0.0.1:9").is_ok() && build("http://localhost:9").is_ok());
    let anyway = Client::builder(world.account()).base_url("http://solarnetwork.example");
    assert!(anyway.allow_insecure_http().build().is_ok());
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_left_to_the_program() {
    let world = World::at(MORNING).await;
    let patient = RetryPolicy::default().with_max_wait(Duration::from_millis(500));
    let account = world
        .solarnet_oscp_builder(world.account())
        .retry(patient)
        .build()
        .unwrap();
    world.sandbox.solarnet_oscp().fault(Fault::status(429));
    let error = account.send(&ListCapacityProviders::new()).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(
        (error.attempts(), error.retry_at()),
        (1, Some(MORNING + Duration::from_secs(1)))
    );
    assert!(world.clock.slept().is_empty());
}
