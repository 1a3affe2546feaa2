//! What SolarNetwork's management does not take, and how a program tells one refusal from another.

use std::sync::Arc;
use std::time::Duration;

use energy_core::error::{ApiError, ApiErrorKind};
use energy_core::{Endpoint, Error, RetryPolicy};
use energy_sandbox::Fault;
use energy_tests::oscp_systems::{GROUP, Quay};
use energy_tests::{MORNING, SharedTime, Unchecked, World, said_by};
use serde_json::{Value, json};
use solarnet_oscp::{
    AssetId, CapacityGroupId, CapacityGroupInput, CapacityGroupSettingsInput, CapacityOptimizerId,
    CapacityOptimizerInput, CapacityProviderId, CapacityProviderInput, CreateAsset, CreateCapacityGroup,
    CreateCapacityOptimizer, CreateCapacityProvider, Failure, GetAsset, GetCapacityGroup, GetCapacityGroupSettings,
    GetCapacityOptimizer, GetCapacityProvider, InstructionId, ListCapacityGroupAssets, ListCapacityProviders,
    MeasurementPeriod, MeasurementUnit, NodeId, OscpRole, SolarNetwork, UpdateAsset, UpdateCapacityGroup,
    UpdateCapacityGroupSettings, UpdateCapacityOptimizer, UpdateCapacityProvider, UpdateUserSettings,
    UserSettingsInput, ViewInstruction, list_all_assets, update,
};

fn api(error: Error) -> ApiError {
    match error {
        Error::Api(error) => *error,
        other => panic!("not the service's answer: {other:?}"),
    }
}

/// The answer to a value that the service refuses: its code and hint.
fn refused(error: Error) -> (String, String) {
    let said = said_by(&error);
    let error = api(error);
    assert_eq!(
        (error.status.as_u16(), error.kind),
        (422, ApiErrorKind::Invalid),
        "{error}"
    );
    assert_eq!(error.attempts, 1);
    assert!(said.contains(error.code.as_deref().unwrap()), "{said}");
    (error.code.unwrap(), error.hint.unwrap_or_default().into_owned())
}

fn group_of(quay: &Quay, identifier: &str) -> CapacityGroupInput {
    let (provider, optimizer) = (quay.provider.config_id, quay.optimizer.config_id);
    let (hour, minute) = (MeasurementPeriod::Hour, MeasurementPeriod::Minute);
    CapacityGroupInput::new("Another", identifier, provider, hour, optimizer, minute)
}

#[tokio::test]
async fn what_exists_already_is_a_duplicate() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let account = &quay.account;
    let url = "https://oscp.example.org/2.0";
    let node = world.sandbox.solarnet_oscp().node_id();
    let asset = quay.asset(node, "crane", OscpRole::CapacityProvider, MeasurementUnit::WattHours);
    account.send(&CreateAsset::new(asset.clone())).await.unwrap();
    let first = CreateCapacityProvider::new(CapacityProviderInput::new("First").base_url(url));
    account.send(&first).await.unwrap();
    // Unique among the systems of one kind.
    let optimizer = CreateCapacityOptimizer::new(CapacityOptimizerInput::new("First").base_url(url));
    account.send(&optimizer).await.unwrap();

    let again = CreateCapacityProvider::new(CapacityProviderInput::new("Second").base_url(url));
    let errors = [
        account
            .send(&CreateCapacityGroup::new(group_of(&quay, GROUP)))
            .await
            .unwrap_err(),
        account.send(&CreateAsset::new(asset)).await.unwrap_err(),
        account.send(&again).await.unwrap_err(),
        account.send(&optimizer).await.unwrap_err(),
        update(account, quay.provider.config_id, |provider| {
            provider.base_url = Some(url.to_owned());
        })
        .await
        .unwrap_err(),
    ];
    for error in errors {
        let (code, hint) = refused(error);
        assert_eq!(code, "DAO.00101");
        assert!(hint.contains("exists already"), "{hint}");
    }
}

#[tokio::test]
async fn what_refers_to_nothing_is_told() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let account = &quay.account;
    let node = world.sandbox.solarnet_oscp().node_id();
    let mut provider = group_of(&quay, "a");
    provider.capacity_provider_id = CapacityProviderId::from(404);
    let mut optimizer = group_of(&quay, "b");
    optimizer.capacity_optimizer_id = CapacityOptimizerId::from(404);
    let mut asset = quay.asset(node, "c", OscpRole::CapacityProvider, MeasurementUnit::WattHours);
    asset.capacity_group_id = CapacityGroupId::from(404);
    let settings = UpdateCapacityGroupSettings::new(404, CapacityGroupSettingsInput::new(node));
    let errors = [
        account.send(&CreateCapacityGroup::new(provider)).await.unwrap_err(),
        account.send(&CreateCapacityGroup::new(optimizer)).await.unwrap_err(),
        account.send(&CreateAsset::new(asset)).await.unwrap_err(),
        account.send(&settings).await.unwrap_err(),
    ];
    for error in errors {
        let (code, hint) = refused(error);
        assert_eq!(code, "DAO.00105");
        assert!(hint.contains("does not exist"), "{hint}");
    }
}

#[tokio::test]
async fn a_node_of_somebody_else_is_forbidden() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let asset = quay.asset(1, "crane", OscpRole::CapacityProvider, MeasurementUnit::WattHours);
    let error = quay.account.send(&CreateAsset::new(asset)).await.unwrap_err();
    assert!(
        error.is_forbidden() && !error.is_not_found() && !error.is_unauthorized(),
        "{error}"
    );
}

#[tokio::test]
async fn unknown_ids_are_not_found_although_the_service_says_403() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let account = &quay.account;
    let node = world.sandbox.solarnet_oscp().node_id();
    let asset = quay.asset(node, "crane", OscpRole::CapacityProvider, MeasurementUnit::WattHours);
    let provider = UpdateCapacityProvider::new(404, CapacityProviderInput::new("Nobody"));
    let optimizer = UpdateCapacityOptimizer::new(404, CapacityOptimizerInput::new("Nobody"));
    let errors = [
        account.send(&GetCapacityProvider::new(404)).await.unwrap_err(),
        account.send(&provider).await.unwrap_err(),
        account.send(&GetCapacityOptimizer::new(404)).await.unwrap_err(),
        account.send(&optimizer).await.unwrap_err(),
        account.send(&GetCapacityGroup::new(404)).await.unwrap_err(),
        account
            .send(&UpdateCapacityGroup::new(404, group_of(&quay, "x")))
            .await
            .unwrap_err(),
        account.send(&GetAsset::new(404)).await.unwrap_err(),
        account.send(&UpdateAsset::new(404, asset)).await.unwrap_err(),
        account
            .send(&ViewInstruction::new(InstructionId::from(404)))
            .await
            .unwrap_err(),
        update(account, AssetId::from(404), |_| panic!("there is nothing to change"))
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert!(
            error.is_not_found() && !error.is_forbidden() && !error.is_unauthorized(),
            "{error}"
        );
        assert!(error.to_string().contains("no object with this id"), "{error}");
        assert_eq!(api(error).status.as_u16(), 403);
    }
    // These are no entities: there are none of them.
    assert_eq!(account.send(&GetCapacityGroupSettings::new(404)).await.unwrap(), None);
    assert_eq!(account.send(&ListCapacityGroupAssets::new(404)).await.unwrap(), []);
}

/// Sends a body that our own checks would not let out, and gives the fields that the service names, with the rules.
async fn broken_rules<E: Endpoint<Api = SolarNetwork>>(quay: &Quay, body: Value) -> Vec<(String, String)> {
    let error = quay.account.send(&Unchecked::<E>::new(body)).await.unwrap_err();
    let said = error.to_string();
    let error = api(error);
    assert_eq!((error.status.as_u16(), error.kind), (422, ApiErrorKind::Invalid));
    assert_eq!(error.code.as_deref(), Some("VAL.00004"), "{error}");
    let errors = error.details::<Failure>().unwrap().errors.unwrap();
    let broken = errors
        .into_iter()
        .map(|field| (field.location.unwrap(), field.code.unwrap()));
    let broken: Vec<_> = broken.collect();
    assert!(
        broken.iter().all(|(place, _)| said.contains(place)),
        "{broken:?}: {said}"
    );
    broken
}

fn has(broken: &[(String, String)], location: &str, code: &str) -> bool {
    broken
        .iter()
        .any(|(place, rule)| (place.as_str(), rule.as_str()) == (location, code))
}

#[tokio::test]
async fn the_service_names_the_fields_and_we_do_not_send_them() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let system = json!({"name": "n".repeat(65), "registrationStatus": "Pending"});
    for broken in [
        broken_rules::<CreateCapacityProvider>(&quay, system.clone()).await,
        broken_rules::<CreateCapacityOptimizer>(&quay, system).await,
    ] {
        assert!(has(&broken, "name", "Size"), "{broken:?}");
    }
    let broken = broken_rules::<CreateCapacityGroup>(&quay, json!({"name": " ", "identifier": "i".repeat(129)})).await;
    for (location, code) in [
        ("name", "NotBlank"),
        ("identifier", "Size"),
        ("capacityProviderId", "NotNull"),
        ("capacityProviderMeasurementPeriod", "NotNull"),
        ("capacityOptimizerId", "NotNull"),
        ("capacityOptimizerMeasurementPeriod", "NotNull"),
    ] {
        assert!(has(&broken, location, code), "{location} {code}: {broken:?}");
    }
    let asset = json!({
        "name": "Crane", "capacityGroupId": 1, "identifier": "crane", "audience": "CapacityProvider",
        "nodeId": 251, "sourceId": "s".repeat(65), "category": "Charging", "phase": "All",
        "instantaneous": {"propertyNames": [], "statisticType": "Average"},
        "energy": {"propertyNames": ["wattHours"], "statisticType": "Difference", "type": "Total"},
    });
    let broken = broken_rules::<CreateAsset>(&quay, asset).await;
    for (location, code) in [
        ("sourceId", "Size"),
        ("instantaneous.propertyNames", "NotEmpty"),
        ("instantaneous.unit", "NotNull"),
        ("energy.unit", "NotNull"),
        ("energy.direction", "NotNull"),
    ] {
        assert!(has(&broken, location, code), "{location} {code}: {broken:?}");
    }

    // Through the request types none of it leaves.
    let before = world.sandbox.solarnet_oscp().request_count();
    let node = NodeId::from(world.sandbox.solarnet_oscp().node_id());
    let mut asset = quay.asset(
        node.get(),
        "crane",
        OscpRole::CapacityProvider,
        MeasurementUnit::WattHours,
    );
    asset.energy.as_mut().unwrap().property_names.clear();
    let long = "n".repeat(65);
    let errors = [
        quay.account
            .send(&CreateCapacityProvider::new(CapacityProviderInput::new(long.as_str())))
            .await
            .unwrap_err(),
        quay.account
            .send(&CreateCapacityGroup::new(group_of(&quay, " ")))
            .await
            .unwrap_err(),
        quay.account.send(&CreateAsset::new(asset)).await.unwrap_err(),
        quay.account
            .send(&UpdateUserSettings::new(
                UserSettingsInput::new(node).source_id_template("x".repeat(256)),
            ))
            .await
            .unwrap_err(),
    ];
    for (error, place) in errors
        .iter()
        .zip(["name", "identifier", "energy.propertyNames", "sourceIdTemplate"])
    {
        let Error::Build { source, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(source.parameter, place);
    }
    assert_eq!(world.sandbox.solarnet_oscp().request_count(), before);
}

#[tokio::test]
async fn a_status_must_be_there_and_words_must_be_known() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let without = Unchecked::<CreateCapacityProvider>::new(json!({"name": "As documented"}));
    let unknown = Unchecked::<CreateCapacityProvider>::new(json!({"name": "X", "registrationStatus": "Perhaps"}));
    for (request, words) in [
        (without, "The registrationStatus argument must not be null"),
        (unknown, "Malformed"),
    ] {
        let error = api(quay.account.send(&request).await.unwrap_err());
        assert_eq!(
            (error.status.as_u16(), error.kind, &error.code),
            (422, ApiErrorKind::Invalid, &None)
        );
        assert!(error.message.contains(words), "{error}");
    }
}

#[tokio::test]
async fn too_many_calls_are_told_with_the_time_to_come_back() {
    let world = World::at(MORNING).await;
    let account = world
        .solarnet_oscp_builder(world.account())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    world.sandbox.solarnet_oscp().limit_rate(true);
    let list = ListCapacityProviders::new();
    for left in (0..20).rev() {
        let answer = account.call(&list).send_full().await.unwrap();
        assert_eq!(answer.quota.unwrap().remaining, Some(left));
    }
    let error = account.send(&list).await.unwrap_err();
    assert!(error.is_rate_limited() && error.is_retryable(), "{error}");
    assert_eq!(error.retry_at(), Some(MORNING + time::Duration::milliseconds(100)));
    assert_eq!(api(error).code.as_deref(), Some("WEB.10000"));
}

#[tokio::test]
async fn a_call_succeeds_after_the_wait_that_the_service_asks_for() {
    let world = Arc::new(World::at(MORNING).await);
    let builder = world.solarnet_oscp_builder(world.account());
    // A backoff of its own that is shorter than what the service asks for, so that it is the service that is heeded.
    let hasty = RetryPolicy::default().with_backoff(Duration::from_millis(1), Duration::from_millis(1));
    let builder = builder.clock(SharedTime(Arc::clone(&world))).retry(hasty);
    // The walk below needs a retry for nearly every call, as nothing here takes time but waiting.
    let account = builder.retry_budget(100).build().unwrap();
    world.sandbox.solarnet_oscp().limit_rate(true);
    for _ in 0..20 {
        account.send(&ListCapacityProviders::new()).await.unwrap();
    }
    assert!(world.clock.slept().is_empty());
    // A creation, too: it was turned away before anything was done.
    let provider = CreateCapacityProvider::new(CapacityProviderInput::new("Late"));
    let answer = account.call(&provider).send_full().await.unwrap();
    assert_eq!(answer.attempts, 2);
    let slept = world.clock.slept();
    assert_eq!(slept.len(), 1);
    assert!(
        slept[0] >= Duration::from_millis(100) && slept[0] <= Duration::from_millis(110),
        "a tenth of a second, and a little: {slept:?}"
    );
    // Walking many groups takes as long as it takes.
    for number in 0..30 {
        account
            .send(&CreateCapacityProvider::new(CapacityProviderInput::new(format!(
                "{number}"
            ))))
            .await
            .unwrap();
    }
    assert_eq!(account.send(&ListCapacityProviders::new()).await.unwrap().len(), 31);
    assert_eq!(list_all_assets(&account).await.unwrap(), []);
    assert!(world.clock.slept().iter().sum::<Duration>() >= Duration::from_secs(3));
    assert_eq!(
        world.clock.slept().len() as u64 + 20 + 1 + 30 + 2,
        world.sandbox.solarnet_oscp().request_count()
    );
}

#[tokio::test]
async fn a_busy_database_is_no_rate_limit() {
    let world = World::at(MORNING).await;
    let account = world.solarnet_oscp(world.account());
    let busy = r#"{"success":false,"code":"DAO.00201","message":"Transient data access error"}"#;
    let service = world.sandbox.solarnet_oscp();
    service.fault(Fault::status_with_body(429, busy));
    let answer = account.call(&ListCapacityProviders::new()).send_full().await.unwrap();
    assert_eq!((answer.attempts, answer.output), (2, Vec::new()));
    service.fault(Fault::status_with_body(429, busy));
    let provider = CreateCapacityProvider::new(CapacityProviderInput::new("Once"));
    let error = account.send(&provider).await.unwrap_err();
    assert!(!error.is_rate_limited() && error.is_retryable());
    assert_eq!(
        (error.attempts(), error.retry_at()),
        (1, None),
        "nobody knows what the database did"
    );
}
