//! The sandbox is written without the API descriptions in hand; here they meet: its routes are the described
//! operations, and its answers have the described shapes. This is SolarNetwork, with both of its APIs.

use std::collections::BTreeSet;

use energy_core::{Api, Error, Operation};
use energy_sandbox::SolarnetOscpService;
use energy_tests::described::{Described, operation_of};
use energy_tests::oscp_systems::{GROUP, Quay};
use energy_tests::{MORNING, Unchecked, World};
use serde_json::{Value, json};
use solarnet_oscp::oscp::{
    self, AdjustGroupCapacityForecast, AssetMeasurement, CapacityForecastType, EnergyFlowDirection, EnergyMeasurement,
    EnergyMeasurementUnit, ForecastedBlock, ForecastedBlockUnit, GroupCapacityComplianceError, Handshake,
    HandshakeAcknowledge, Heartbeat, MeasurementConfiguration, Oscp, PhaseIndicator, Register,
    SendAdjustGroupCapacityForecast, SendGroupCapacityComplianceError, SendHandshake, SendHandshakeAcknowledge,
    SendHeartbeat, SendRegister, SendUpdateAssetMeasurements, SendUpdateGroupCapacityForecast,
    SendUpdateGroupMeasurements, UpdateAssetMeasurements, UpdateGroupCapacityForecast, UpdateGroupMeasurements,
    VersionUrl,
};
use solarnet_oscp::{
    AddOscpInstruction, AssetInput, AssetInstantaneous, CapacityGroupInput, CapacityGroupSettingsInput,
    CapacityOptimizerInput, CapacityProviderInput, CreateAsset, CreateCapacityGroup, CreateCapacityOptimizer,
    CreateCapacityProvider, Credentials, DeleteAsset, DeleteCapacityGroup, DeleteCapacityGroupSettings,
    DeleteCapacityOptimizer, DeleteCapacityProvider, DeleteUserSettings, GetAsset, GetCapacityGroup,
    GetCapacityGroupSettings, GetCapacityOptimizer, GetCapacityProvider, GetUserSettings, InstructionId,
    ListCapacityGroupAssets, ListCapacityGroupSettings, ListCapacityGroups, ListCapacityOptimizers,
    ListCapacityProviders, MeasurementUnit, NodeId, OPERATIONS, OscpRole, RetryPolicy, ServiceProperties, SolarNetwork,
    StatisticType, UpdateAsset, UpdateCapacityGroup, UpdateCapacityGroupSettings, UpdateCapacityOptimizer,
    UpdateCapacityProvider, UpdateUserSettings, UserSettingsInput, ViewInstruction,
};
use time::Duration;
use url::Url;

fn management() -> Described {
    Described::load("crates/solarnet-oscp/openapi.yaml").strict()
}

fn protocol() -> Described {
    Described::load("crates/solarnet-oscp/oscp-2.0.yaml").strict()
}

/// Method, path with the part that every operation has, and id.
fn lines<A: Api>(operations: &[&Operation]) -> BTreeSet<String> {
    let base = Url::parse(A::BASE_URL).unwrap();
    let line = |operation: &&Operation| {
        format!(
            "{} {}{} {}",
            operation.method,
            base.path(),
            operation.path,
            operation.id
        )
    };
    operations.iter().map(line).collect()
}

#[test]
fn every_operation_has_a_route_and_every_route_an_operation() {
    let mut described = lines::<SolarNetwork>(OPERATIONS);
    assert_eq!(described.len(), 29);
    described.extend(lines::<Oscp>(oscp::OPERATIONS));
    let served: BTreeSet<String> = SolarnetOscpService::routes()
        .iter()
        .map(|route| format!("{} {} {}", route.method, route.path, route.operation_id))
        .collect();
    assert_eq!(described, served);
}

/// The bodies of answers, held against the description.
struct Checks {
    described: Described,
    checked: BTreeSet<&'static str>,
}

impl Checks {
    fn of(described: Described) -> Self {
        let checked = BTreeSet::new();
        Self { described, checked }
    }

    fn success(&mut self, operation: &'static str, response: &energy_core::HttpResponse) {
        let status = response.status().as_u16();
        self.body(operation, status, response.body());
        self.checked.insert(operation);
    }

    fn body(&self, operation: &str, status: u16, body: &[u8]) {
        let answer: Value = serde_json::from_slice(body).unwrap();
        let differences = self.described.differences(operation, status, &answer);
        assert!(
            differences.is_empty(),
            "{operation} {status}: {differences:#?}\n{answer:#}"
        );
    }

    fn refusal(&self, error: &Error, status: u16) {
        let Error::Api(error) = error else { panic!("{error:?}") };
        assert_eq!(error.status.as_u16(), status, "{error}");
        self.body(error.operation, status, error.body.bytes());
    }
}

fn busy_asset(quay: &Quay, node: i64) -> AssetInput {
    let instantaneous = AssetInstantaneous::new(
        vec!["watts".to_owned()],
        MeasurementUnit::Kilowatts,
        StatisticType::Average,
    );
    let asset = quay.asset(node, "crane-2", OscpRole::CapacityProvider, MeasurementUnit::WattHours);
    asset
        .instantaneous(instantaneous.multiplier(0.001))
        .service_props(properties())
}

fn properties() -> ServiceProperties {
    ServiceProperties::new()
        .header("X-Site", "pier 4")
        .group_combined_asset_id("all-of-it")
}

#[tokio::test]
async fn every_answer_has_the_described_shape() {
    let world = World::at(MORNING).await;
    let service = world.sandbox.solarnet_oscp();
    let quay = Quay::set_up(&world).await;
    let party = quay.start_provider(&world).await;
    let mut checks = Checks::of(management());
    macro_rules! check {
        ($($request:expr),+ $(,)?) => { $({
            let request = $request;
            let response = quay.account.call(&request).send_raw().await.unwrap();
            checks.success(operation_of(&request), &response);
        })+ };
    }
    let node = NodeId::from(service.node_id());
    let group = quay.group.config_id;
    let asset = busy_asset(&quay, node.get());
    let template = "/oscp/{cp}/{cgIdentifier}";
    let complaint = GroupCapacityComplianceError::new("too little");
    let instruction = AddOscpInstruction::of(node, quay.optimizer.config_id, GROUP, &complaint).unwrap();

    check!(
        GetUserSettings::new(),
        UpdateUserSettings::new(UserSettingsInput::new(node).source_id_template(template)),
        GetUserSettings::new(),
        CreateCapacityProvider::new(CapacityProviderInput::new("P").service_props(properties())),
        CreateCapacityOptimizer::new(CapacityOptimizerInput::new("O").base_url("https://oscp.example.org")),
        CreateAsset::new(asset.clone()),
        UpdateAsset::new(1, asset),
        GetCapacityGroupSettings::new(group),
        ListCapacityGroupSettings::new(),
        UpdateCapacityGroupSettings::new(
            group,
            CapacityGroupSettingsInput::new(node).source_id_template(template)
        ),
        UpdateCapacityOptimizer::new(quay.optimizer.config_id, CapacityOptimizerInput::from(&quay.optimizer)),
        UpdateCapacityGroup::new(group, CapacityGroupInput::from(&quay.group).service_props(properties())),
        // Nobody has registered yet, so it is declined, and has a result.
        AddOscpInstruction::clone(&instruction),
    );
    service.settle().await;
    check!(ViewInstruction::new(InstructionId::from(31_001)));
    // With all that a session leaves behind.
    party.join(&world, MeasurementConfiguration::Intermittent).await;
    let alive = Heartbeat::new(MORNING + Duration::HOUR);
    party.solarnetwork.send(&SendHeartbeat::new(alive)).await.unwrap();
    world.advance(std::time::Duration::from_millis(3_600_250));
    service.settle().await;
    check!(instruction);
    service.settle().await;
    check!(
        ViewInstruction::new(InstructionId::from(31_002)),
        GetCapacityProvider::new(quay.provider.config_id),
        ListCapacityProviders::new(),
        GetCapacityOptimizer::new(quay.optimizer.config_id),
        ListCapacityOptimizers::new(),
        GetCapacityGroup::new(group),
        ListCapacityGroups::new(),
        GetCapacityGroupSettings::new(group),
        ListCapacityGroupSettings::new(),
        GetAsset::new(1),
        ListCapacityGroupAssets::new(group),
    );
    let mut another = CapacityGroupInput::from(&quay.group);
    another.identifier = "south-quay".to_owned();
    let provider = quay
        .account
        .send(&GetCapacityProvider::new(quay.provider.config_id))
        .await
        .unwrap();
    assert!(provider.heartbeat_date.is_some() && provider.offline_date.is_some());
    check!(
        CreateCapacityGroup::new(another),
        UpdateCapacityProvider::new(quay.provider.config_id, CapacityProviderInput::from(&provider)),
        DeleteAsset::new(1),
        DeleteCapacityGroupSettings::new(group),
        DeleteCapacityGroup::new(group),
        DeleteCapacityOptimizer::new(quay.optimizer.config_id),
        DeleteCapacityProvider::new(quay.provider.config_id),
        DeleteUserSettings::new(),
    );
    let all: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
    assert_eq!(checks.checked, all, "every operation was checked");
}

#[tokio::test]
async fn every_refusal_has_the_described_shape() {
    let world = World::at(MORNING).await;
    let service = world.sandbox.solarnet_oscp();
    let quay = Quay::set_up(&world).await;
    let checks = Checks::of(management());
    let keys = service.credentials();
    let wrong = world.solarnet_oscp(Credentials::new(keys.token, keys.data_secret).unwrap());
    let data = world.solarnet_oscp(Credentials::new(keys.data_token, "x").unwrap());
    for stranger in [wrong, data] {
        checks.refusal(&stranger.send(&ListCapacityGroups::new()).await.unwrap_err(), 401);
    }
    let role = Credentials::new(keys.unprivileged_token, keys.unprivileged_secret).unwrap();
    checks.refusal(
        &world
            .solarnet_oscp(role)
            .send(&GetUserSettings::new())
            .await
            .unwrap_err(),
        403,
    );
    checks.refusal(&quay.account.send(&GetAsset::new(404)).await.unwrap_err(), 403);
    let group = CreateCapacityGroup::new(CapacityGroupInput::from(&quay.group));
    checks.refusal(&quay.account.send(&group).await.unwrap_err(), 422);
    for body in [json!({}), json!({"name": 7}), json!([])] {
        for error in [
            quay.account
                .send(&Unchecked::<CreateCapacityProvider>::new(body.clone()))
                .await
                .unwrap_err(),
            quay.account
                .send(&Unchecked::<CreateCapacityOptimizer>::new(body.clone()))
                .await
                .unwrap_err(),
            quay.account
                .send(&Unchecked::<CreateCapacityGroup>::new(body.clone()))
                .await
                .unwrap_err(),
            quay.account
                .send(&Unchecked::<CreateAsset>::new(body.clone()))
                .await
                .unwrap_err(),
            quay.account
                .send(&Unchecked::<AddOscpInstruction>::new(body))
                .await
                .unwrap_err(),
        ] {
            checks.refusal(&error, 422);
        }
    }
    let hasty = world
        .solarnet_oscp_builder(world.account())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    service.limit_rate(true);
    let mut outcome = Ok(Vec::new());
    for _ in 0..=20 {
        outcome = hasty.send(&ListCapacityProviders::new()).await;
    }
    checks.refusal(&outcome.unwrap_err(), 429);
}

#[tokio::test]
async fn every_message_is_answered_as_described() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let (grid, charging) = (quay.start_provider(&world).await, quay.start_optimizer(&world).await);
    grid.join(&world, MeasurementConfiguration::Continuous).await;
    charging.join(&world, MeasurementConfiguration::Continuous).await;
    let mut taken = BTreeSet::new();
    let mut not_served = BTreeSet::new();
    let described = protocol();
    let checks = Checks::of(described.clone());
    macro_rules! check {
        ($($party:ident: $request:expr => $status:literal),+ $(,)?) => { $({
            let request = $request;
            let operation = operation_of(&request);
            match $party.solarnetwork.call(&request).send_raw().await {
                Ok(response) => {
                    assert_eq!((response.status().as_u16(), response.body().len()), ($status, 0), "{operation}");
                    assert!(described.is_empty(operation, $status), "{operation}");
                    taken.insert(operation);
                }
                Err(error) => {
                    checks.refusal(&error, $status);
                    not_served.insert(operation);
                }
            }
        })+ };
    }
    let end = MORNING + Duration::HOUR;
    let block = ForecastedBlock::new(1.0, PhaseIndicator::All, ForecastedBlockUnit::Kilowatts, MORNING, end).unwrap();
    let kind = CapacityForecastType::Generation;
    let unit = EnergyMeasurementUnit::WattHours;
    let energy = EnergyMeasurement::new(1.0, PhaseIndicator::All, unit, EnergyFlowDirection::Net, MORNING).unwrap();
    let asset = AssetMeasurement::new("crane-2", oscp::AssetCategory::Consumption).unwrap();
    let asset = asset.energy_measurement(energy.clone()).unwrap();
    let old = Register::new("some-token", [VersionUrl::new("1.0", "http://127.0.0.1:9")]).unwrap();
    let stray = UpdateGroupCapacityForecast::new("no-such-quay", kind.clone(), [block.clone()]).unwrap();
    check!(
        grid: SendHandshake::new(Handshake::new()) => 204,
        grid: SendHandshakeAcknowledge::new(HandshakeAcknowledge::new()) => 204,
        grid: SendHeartbeat::new(Heartbeat::new(end)) => 204,
        grid: SendUpdateGroupCapacityForecast::new(
            UpdateGroupCapacityForecast::new(GROUP, kind.clone(), [block.clone()]).unwrap()
        ) => 204,
        charging: SendAdjustGroupCapacityForecast::new(
            AdjustGroupCapacityForecast::new(GROUP, kind, [block]).unwrap()
        ) => 204,
        grid: grid.registration() => 204,
        charging: SendGroupCapacityComplianceError::new(GroupCapacityComplianceError::new("x")) => 404,
        charging: SendUpdateGroupMeasurements::new(UpdateGroupMeasurements::new(GROUP, [energy]).unwrap()) => 404,
        charging: SendUpdateAssetMeasurements::new(UpdateAssetMeasurements::new(GROUP, [asset]).unwrap()) => 404,
    );
    let all: BTreeSet<&str> = oscp::OPERATIONS.iter().map(|operation| operation.id).collect();
    assert_eq!((taken.len(), not_served.len()), (6, 3));
    assert_eq!(&taken | &not_served, all, "every message was sent");
    // And the refusals of those that are served.
    check!(
        charging: SendRegister::new(old) => 501,
        grid: SendUpdateGroupCapacityForecast::new(stray.clone()) => 404,
        charging: SendUpdateGroupCapacityForecast::new(stray) => 403,
    );
}

/// A success of this operation with these data.
fn success(data: &Value) -> Value {
    json!({"success": true, "data": data})
}

#[test]
fn the_check_can_fail() {
    let described = management();
    let differs =
        |operation: &str, status, answer: &Value| !described.differences(operation, status, answer).is_empty();
    let settings = json!({
        "userId": 1, "created": "2026-06-21 08:00:00Z", "modified": "2026-06-21 08:00:00Z",
        "publishToSolarIn": true, "publishToSolarFlux": true, "nodeId": 251,
    });
    assert!(!differs("getUserSettings", 200, &success(&settings)));
    assert!(!differs("getUserSettings", 200, &json!({"success": true})));
    for (name, value) in [
        ("nodeId", json!("251")),
        ("nodeid", json!(251)),
        ("publishToSolarIn", Value::Null),
    ] {
        let mut wrong = settings.clone();
        wrong[name] = value;
        assert!(differs("getUserSettings", 200, &success(&wrong)), "{name}");
    }
    assert!(differs("listCapacityGroups", 200, &success(&json!({}))));
    assert!(differs("getAsset", 403, &json!({"message": "UNKNOWN_OBJECT"})));
}
