//! When Enphase or the way to it breaks: what a program hears, what is sent again, and what does not leave.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, Uri};
use energy_core::clock::ManualClock;
use energy_core::error::{ApiErrorKind, Error};
use energy_core::model::Interval;
use energy_core::transport::TransportErrorKind;
use energy_core::{Endpoint, Secret};
use energy_sandbox::{EnphaseApp, EnphasePerson, Fault};
use energy_tests::{MORNING, World, said_by};
use enphase::v4::{
    BatterySettingsUpdate, ChargingInput, Client, Enphase, GetBatterySettings, GetLiveData,
    GetProductionMeterTelemetry, ListChargingSessions, ListDevices, ListSystems, RetrieveSystemId, StartCharging,
    StopCharging, StormGuardUpdate, Switch, UpdateBatterySettings, UpdateStormGuard, authorize, live_data, password,
};
use enphase::{MemoryTokenStore, Spanned, v2};
use tokio::net::TcpListener;

/// Everything that a login is made of: what everybody was given, and what was sent.
fn secrets(world: &World) -> Vec<String> {
    let service = world.sandbox.enphase();
    let keys = service.credentials();
    let mut secrets = vec![
        keys.watt.api_key,
        keys.watt.client_secret,
        keys.partner.api_key,
        keys.v2_key,
    ];
    secrets.extend([keys.partner.client_secret, keys.owner.password, keys.owner.v2_user_id]);
    for request in service.requests() {
        let header = request.header("authorization").and_then(|value| value.split_once(' '));
        secrets.extend(header.map(|(_, token)| token.to_owned()));
        let query = url::form_urlencoded::parse(request.query.as_deref().unwrap_or_default().as_bytes());
        let secret = query.filter(|(name, _)| ["refresh_token", "code", "password", "key"].contains(&&**name));
        secrets.extend(secret.map(|(_, value)| value.into_owned()));
    }
    secrets
}

/// No secret is in what is said.
fn assert_discreet(world: &World, said: &str) {
    for secret in secrets(world) {
        assert!(!said.contains(&secret), "{secret} in {said}");
    }
}

async fn at_work() -> (World, Client) {
    let world = World::at(MORNING).await;
    let client = world.enphase(EnphaseApp::Partner, EnphasePerson::Owner);
    client.send(&ListSystems::new()).await.unwrap();
    (world, client)
}

fn metered(world: &World) -> u64 {
    world.sandbox.enphase().sites().metered.system_id
}

fn charger(world: &World) -> String {
    world.sandbox.enphase().sites().metered.charger_serial.unwrap()
}

fn devices(world: &World) -> ListDevices {
    ListDevices::new(metered(world))
}

/// Reads with this fault on every attempt.
async fn reading_hit_by(fault: Fault) -> Error {
    let (world, client) = at_work().await;
    world.sandbox.enphase().fault(fault.times(3).on_path("/devices"));
    let error = client.send(&devices(&world)).await.unwrap_err();
    assert_discreet(&world, &said_by(&error));
    assert_eq!(error.attempts() as usize, world.enphase_requests("/devices").len());
    error
}

#[tokio::test]
async fn an_outage_is_bridged_or_told() {
    for fault in [Fault::outage(), Fault::html(502), Fault::status(500)] {
        let error = reading_hit_by(fault).await;
        assert!(error.is_retryable() && error.attempts() == 3, "{error:?}");
        let Error::Api(error) = error else { panic!("{error:?}") };
        assert_eq!(error.kind, ApiErrorKind::Unavailable);
    }
    for fault in [Fault::reset(), Fault::reset_in_body()] {
        let error = reading_hit_by(fault).await;
        assert!(error.is_retryable() && error.attempts() == 3, "{error:?}");
        let Error::Transport(error) = error else {
            panic!("{error:?}")
        };
        assert_eq!(error.source.kind, TransportErrorKind::Interrupted);
    }
    let (world, client) = at_work().await;
    world.sandbox.enphase().fault(Fault::outage().times(2));
    let answer = client.call(&devices(&world)).send_full().await.unwrap();
    assert_eq!(answer.attempts, 3, "a short outage is bridged");
}

#[tokio::test]
async fn answers_that_are_none_are_read_once() {
    for (fault, words) in [
        (Fault::html(200), "JSON was expected"),
        (Fault::truncated_json(), "EOF"),
        (Fault::wrong_json(), "invalid type"),
    ] {
        let error = reading_hit_by(fault).await;
        assert!(!error.is_retryable() && error.attempts() == 1, "{error:?}");
        let Error::Decode(error) = error else {
            panic!("{error:?}")
        };
        assert!(error.reason.contains(words), "{error}");
    }
    let error = reading_hit_by(Fault::huge_body()).await;
    let Error::Transport(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!((error.source.kind, error.attempts), (TransportErrorKind::TooLarge, 1));
}

#[tokio::test]
async fn intervals_that_break_off_are_no_fewer_intervals() {
    let (world, client) = at_work().await;
    let request = GetProductionMeterTelemetry::new(metered(&world));
    let span = Interval::new(MORNING - Duration::from_secs(20 * 86_400), MORNING).unwrap();
    let mut items = client.items(request.over(span));
    items.next().await.unwrap().unwrap();
    world
        .sandbox
        .enphase()
        .fault(Fault::truncated_json().on_path("/telemetry"));
    let end = loop {
        match items.next().await {
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
            None => panic!("it ended as if all were there"),
        }
    };
    assert!(matches!(end, Error::Decode(_)), "{end:?}");
}

/// What goes wrong after the service may have done what it was told.
fn faults_on_the_way() -> Vec<Fault> {
    vec![
        Fault::outage(),
        Fault::html(502),
        Fault::status(500),
        Fault::reset(),
        Fault::reset_in_body(),
        Fault::lost_answer(),
        Fault::html(200),
        Fault::truncated_json(),
        Fault::wrong_json(),
        Fault::huge_body(),
        Fault::redirect("http://127.0.0.1:9/elsewhere"),
    ]
}

/// How many times a change is sent that this fault hits on every attempt.
async fn sent_under<E: Endpoint<Api = Enphase>>(path: &str, fault: Fault, change: impl Fn(&World) -> E) -> usize {
    let (world, client) = at_work().await;
    world.sandbox.enphase().fault(fault.times(3).on_path(path));
    let Err(error) = client.send(&change(&world)).await else {
        panic!("nothing went wrong")
    };
    assert_discreet(&world, &said_by(&error));
    assert!(error.may_have_been_sent(), "{error:?}");
    assert_eq!(error.attempts() as usize, world.enphase_requests(path).len());
    world.enphase_requests(path).len()
}

#[tokio::test]
async fn commands_to_chargers_are_sent_once_whatever_happens() {
    let refusals = [Fault::status(401), Fault::status(429), Fault::status(503)];
    for fault in faults_on_the_way().into_iter().chain(refusals) {
        let start = |world: &World| StartCharging::new(metered(world), charger(world), ChargingInput::new());
        assert_eq!(
            sent_under("/start_charging", fault.clone(), start).await,
            1,
            "{fault:?}"
        );
        let stop = |world: &World| StopCharging::new(metered(world), charger(world));
        assert_eq!(sent_under("/stop_charging", fault.clone(), stop).await, 1, "{fault:?}");
    }
    // A lost answer is no lost command.
    let (world, client) = at_work().await;
    world
        .sandbox
        .enphase()
        .fault(Fault::lost_answer().on_path("/start_charging"));
    let start = StartCharging::new(metered(&world), charger(&world), ChargingInput::new());
    client.send(&start).await.unwrap_err();
    let sessions = ListChargingSessions::new(metered(&world), charger(&world));
    let sessions = client.send(&sessions).await.unwrap().sessions;
    let now = sessions.iter().filter(|session| session.start_time == Some(MORNING));
    assert_eq!(now.count(), 1);
}

#[tokio::test]
async fn settings_are_not_sent_twice() {
    for fault in faults_on_the_way() {
        let batteries =
            |world: &World| UpdateBatterySettings::new(metered(world), BatterySettingsUpdate::new().reserve_soc(40));
        assert_eq!(
            sent_under("/battery_settings", fault.clone(), batteries).await,
            1,
            "{fault:?}"
        );
        let storms = |world: &World| UpdateStormGuard::new(metered(world), StormGuardUpdate::new(Switch::Disabled));
        assert_eq!(sent_under("/storm_guard", fault.clone(), storms).await, 1, "{fault:?}");
    }
    let (world, client) = at_work().await;
    let service = world.sandbox.enphase();
    let update = BatterySettingsUpdate::new().reserve_soc(40);
    let update = UpdateBatterySettings::new(metered(&world), update);
    service.fault(Fault::lost_answer().on_path("/battery_settings"));
    client.send(&update).await.unwrap_err();
    let settings = client.send(&GetBatterySettings::new(metered(&world))).await.unwrap();
    assert_eq!(settings.reserve_soc, Some(40), "a lost answer is no lost change");
    // One that was turned away did not happen.
    service.fault(Fault::status(401).on_path("/battery_settings"));
    assert_eq!(client.call(&update).send_full().await.unwrap().attempts, 2);
}

#[tokio::test]
async fn nothing_follows_a_redirect_to_another_host() {
    let arrived: Arc<Mutex<Vec<HeaderMap>>> = Arc::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}/elsewhere", listener.local_addr().unwrap());
    let seen = Arc::clone(&arrived);
    let trap = Router::new().fallback(move |_: Uri, headers: HeaderMap| {
        seen.lock().unwrap().push(headers);
        std::future::ready("{}")
    });
    tokio::spawn(async move { axum::serve(listener, trap).await });

    let error = reading_hit_by(Fault::redirect(&elsewhere)).await;
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (302, 1));
    let (world, client) = at_work().await;
    let service = world.sandbox.enphase();
    service.fault(Fault::redirect(&elsewhere).on_path("/live_data"));
    let error = live_data(&client, &GetLiveData::new(metered(&world)))
        .await
        .unwrap_err();
    assert_discreet(&world, &said_by(&error));
    // Nor do a refresh token and the application's secret.
    world.advance(Duration::from_secs(86_400));
    service.fault(Fault::redirect(&elsewhere).on_path("/oauth/token"));
    let error = client.send(&ListSystems::new()).await.unwrap_err();
    assert!(matches!(error, Error::Auth { .. }), "{error:?}");
    assert_discreet(&world, &said_by(&error));
    assert!(arrived.lock().unwrap().is_empty(), "nothing went there");
}

#[tokio::test]
async fn clocks_may_be_wrong() {
    let (world, client) = at_work().await;
    let service = world.sandbox.enphase();
    for wrong in [time::Duration::days(400), time::Duration::days(-400)] {
        service.fault(Fault::skewed_date(wrong));
        assert_eq!(client.call(&ListSystems::new()).send_full().await.unwrap().attempts, 1);
    }
    // Of the machine: two hours behind, so that tokens seem good for longer than they are.
    let behind = ManualClock::new(MORNING - Duration::from_secs(7_200));
    let token = world.enphase_token(EnphaseApp::Partner, EnphasePerson::Owner);
    let credentials = world.enphase_credentials(EnphaseApp::Partner, MemoryTokenStore::new(token));
    let client = world
        .enphase_builder(credentials)
        .clock(behind.clone())
        .build()
        .unwrap();
    world.sandbox.advance(Duration::from_secs(86_400));
    behind.advance(Duration::from_secs(86_400));
    let answer = client.call(&ListSystems::new()).send_full().await.unwrap();
    assert_eq!((answer.attempts, world.enphase_requests("/oauth/token").len()), (2, 1));
    service.fault(Fault::status(429).on_path("/retrieve_system_id"));
    let gateway = RetrieveSystemId::new(service.sites().metered.gateway_serial);
    let error = client.send(&gateway).await.unwrap_err();
    assert!(
        error.is_rate_limited() && error.attempts() == 1,
        "two hours are not waited for: {error:?}"
    );
}

#[tokio::test]
async fn nothing_that_can_be_printed_holds_a_secret() {
    let (world, client) = at_work().await;
    let service = world.sandbox.enphase();
    let keys = service.credentials();
    let token = world.enphase_token(EnphaseApp::Partner, EnphasePerson::Owner);
    let parts = [token.access.expose(), token.refresh.as_ref().unwrap().expose()].map(str::to_owned);
    let credentials = world
        .enphase_credentials(EnphaseApp::Partner, MemoryTokenStore::new(token.clone()))
        .with_password(keys.owner.username.as_str(), keys.owner.password.as_str());
    let application = enphase::v4::Application::new(keys.partner.client_id, keys.partner.client_secret).unwrap();
    let asked = authorize(&client, &application, "http://localhost:7777/back").unwrap();
    let old = world.enphase_v2(EnphasePerson::Owner);
    let said = format!("{credentials:#?} {token:#?} {application:#?} {asked:#?} {client:#?} {old:#?}");
    assert_discreet(&world, &said);
    assert!(
        parts.iter().all(|part| !said.contains(part)) && !said.contains(asked.state().expose()),
        "{said}"
    );

    // A service that repeats what it was sent, as some pages of errors do.
    let echo = format!(
        "{} {} {} {}",
        keys.partner.api_key, keys.v2_key, keys.owner.v2_user_id, "for nobody"
    );
    let bearer = world.enphase_requests("/systems")[0]
        .header("authorization")
        .unwrap()
        .to_owned();
    service.fault(Fault::status_with_body(
        422,
        format!(r#"{{"message":"{echo}","details":"{bearer}"}}"#),
    ));
    let error = client.send(&ListSystems::new()).await.unwrap_err();
    let said = said_by(&error);
    assert!(said.contains("for nobody"), "{said}");
    assert!(
        !said.contains(&keys.partner.api_key) && !said.contains(bearer.trim_start_matches("Bearer ")),
        "{said}"
    );

    let envoys = v2::ListEnvoys::new(metered(&world));
    let body = format!(r#"{{"reason":"422","message":"{echo}"}}"#);
    for fault in [
        Fault::reset(),
        Fault::html(502),
        Fault::truncated_json(),
        Fault::status_with_body(422, body),
    ] {
        service.fault(fault.times(3).on_path("/api/v2"));
        let said = said_by(&old.send(&envoys).await.unwrap_err());
        assert!(
            !said.contains(&keys.v2_key) && !said.contains(&keys.owner.v2_user_id),
            "{said}"
        );
        service.clear_faults();
    }
    for fault in [
        Fault::reset(),
        Fault::html(502),
        Fault::truncated_json(),
        Fault::wrong_json(),
        Fault::outage(),
    ] {
        service.fault(fault.times(3).on_path("/oauth/token"));
        let secret = Secret::new(keys.owner.password.as_str());
        let error = password(&client, &application, &keys.owner.username, &secret)
            .await
            .unwrap_err();
        assert_discreet(&world, &said_by(&error));
        service.clear_faults();
    }
}
