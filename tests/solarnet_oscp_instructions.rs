//! OSCP messages that SolarNetwork sends because it is instructed to: what arrives, and why some are declined.

use energy_core::Error;
use energy_sandbox::Fault;
use energy_tests::oscp_systems::{GROUP, Heard, Party, Quay};
use energy_tests::{MORNING, Unchecked, World};
use serde_json::{Value, json};
use solarnet_oscp::oscp::{
    self, AdjustGroupCapacityForecast, AssetMeasurement, CapacityForecastType, EnergyFlowDirection, EnergyMeasurement,
    EnergyMeasurementUnit, ForecastedBlock, ForecastedBlockUnit, GroupCapacityComplianceError, Handshake,
    MeasurementConfiguration, PhaseIndicator, RequiredBehaviour, UpdateAssetMeasurements, UpdateGroupCapacityForecast,
    UpdateGroupMeasurements,
};
use solarnet_oscp::{
    AddOscpInstruction, CapacityOptimizerId, Declined, DeclinedReason, Instruction, InstructionAction,
    InstructionInput, InstructionMessage, InstructionOutcome, InstructionParameters, InstructionState, NodeId,
    ServiceProperties, UpdateCapacityProvider, UrlPath, ViewInstruction, update,
};
use time::Duration;

/// A quay whose provider listens.
async fn listening(world: &World) -> (Quay, Party) {
    let quay = Quay::set_up(world).await;
    let party = quay.start_provider(world).await;
    party.join(world, MeasurementConfiguration::Intermittent).await;
    (quay, party)
}

fn node(world: &World) -> NodeId {
    NodeId::from(world.sandbox.solarnet_oscp().node_id())
}

/// Gives the instruction and waits for its end.
async fn carried_out(world: &World, quay: &Quay, request: &AddOscpInstruction) -> Instruction {
    let queued = quay.account.send(request).await.unwrap();
    assert_eq!(
        (&queued.state, queued.outcome()),
        (&InstructionState::Queued, InstructionOutcome::Pending)
    );
    world.sandbox.solarnet_oscp().settle().await;
    let ended = quay.account.send(&ViewInstruction::new(queued.id)).await.unwrap();
    assert_eq!((ended.id, &ended.parameters), (queued.id, &queued.parameters));
    ended
}

/// Lets SolarNetwork send the message; gives what arrived.
async fn delivered<M: InstructionMessage>(world: &World, quay: &Quay, party: &Party, message: &M) -> Heard {
    let request = AddOscpInstruction::of(node(world), quay.optimizer.config_id, GROUP, message).unwrap();
    let ended = carried_out(world, quay, &request).await;
    assert_eq!(ended.outcome(), InstructionOutcome::Completed);
    assert_eq!(ended.topic, "OSCP_v20");
    assert_eq!((ended.node_id, ended.created), (Some(node(world)), Some(MORNING)));
    assert_eq!(
        serde_json::from_str::<Value>(&ended.message()).unwrap(),
        serde_json::to_value(message).unwrap()
    );
    let mut heard = party.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    heard.remove(0).0
}

fn block(hour: i64) -> ForecastedBlock {
    let start = MORNING + Duration::hours(hour);
    let unit = ForecastedBlockUnit::Kilowatts;
    ForecastedBlock::new(12.625, PhaseIndicator::All, unit, start, start + Duration::HOUR).unwrap()
}

fn adjusted(group: &str, hours: i64) -> AdjustGroupCapacityForecast {
    let blocks: Vec<_> = (0..hours).map(block).collect();
    AdjustGroupCapacityForecast::new(group, CapacityForecastType::Optimum, blocks).unwrap()
}

fn energy() -> EnergyMeasurement {
    let unit = EnergyMeasurementUnit::KilowattHours;
    let energy = EnergyMeasurement::new(1.5, PhaseIndicator::Two, unit, EnergyFlowDirection::Net, MORNING).unwrap();
    energy.initial_measure_time(MORNING - Duration::HOUR).unwrap()
}

#[tokio::test]
async fn every_message_arrives_as_it_was_made() {
    let world = World::at(MORNING).await;
    let (quay, party) = listening(&world).await;
    let message = adjusted(GROUP, 1);
    assert_eq!(
        delivered(&world, &quay, &party, &message).await,
        Heard::Adjusted(message)
    );
    let message = GroupCapacityComplianceError::new("Three vehicles must leave fully charged – \"today\".");
    assert_eq!(
        delivered(&world, &quay, &party, &message).await,
        Heard::ComplianceError(message)
    );
    let behaviour = RequiredBehaviour::new([MeasurementConfiguration::Continuous]).unwrap();
    let message = Handshake::new().required_behaviour(behaviour).unwrap();
    assert_eq!(
        delivered(&world, &quay, &party, &message).await,
        Heard::Handshake(message)
    );
    let message = UpdateGroupMeasurements::new(GROUP, [energy()]).unwrap();
    assert_eq!(delivered(&world, &quay, &party, &message).await, Heard::Group(message));
    let asset = AssetMeasurement::new("crane-2", oscp::AssetCategory::Consumption).unwrap();
    let asset = asset.energy_measurement(energy()).unwrap();
    let message = UpdateAssetMeasurements::new(GROUP, [asset]).unwrap();
    assert_eq!(delivered(&world, &quay, &party, &message).await, Heard::Assets(message));
}

#[tokio::test]
async fn a_long_message_is_kept_in_pieces_and_arrives_whole() {
    let world = World::at(MORNING).await;
    let (quay, party) = listening(&world).await;
    let message = adjusted(GROUP, 48);
    let text = serde_json::to_string(&message).unwrap();
    assert!(text.len() > 4096);
    let request = AddOscpInstruction::of(node(&world), quay.optimizer.config_id, GROUP, &message).unwrap();
    let ended = carried_out(&world, &quay, &request).await;
    let parameters = ended.parameters.as_ref().unwrap();
    let pieces: Vec<_> = parameters.iter().filter(|parameter| parameter.name == "msg").collect();
    assert!(pieces.len() > 16 && pieces.iter().all(|piece| piece.value.len() <= 256));
    assert_eq!(ended.message(), text);
    assert_eq!(party.heard().remove(0).0, Heard::Adjusted(message));
}

#[tokio::test]
async fn the_correlation_id_is_dropped_and_paths_of_ones_own_are_not_used() {
    let world = World::at(MORNING).await;
    let (quay, party) = listening(&world).await;
    let properties = ServiceProperties::new().url_path(UrlPath::GroupCapacityComplianceError, "/complaints");
    let changed = update(&quay.account, quay.provider.config_id, |provider| {
        provider.service_props = Some(properties);
    });
    changed.await.unwrap();
    let text = serde_json::to_string(&GroupCapacityComplianceError::new("too little")).unwrap();
    let action = InstructionAction::GroupCapacityComplianceError;
    let optimizer = quay.optimizer.config_id.get().to_string();
    let parameters = InstructionParameters::new(action, optimizer, GROUP, text).correlation_id("story-7");
    let request = AddOscpInstruction::new(InstructionInput::new(node(&world), parameters));
    let ended = carried_out(&world, &quay, &request).await;
    assert_eq!(ended.outcome(), InstructionOutcome::Completed);
    assert_eq!(party.heard()[0].1.correlation_id, None);
}

#[tokio::test]
async fn a_provider_that_does_not_take_it_makes_it_declined() {
    let world = World::at(MORNING).await;
    let (quay, party) = listening(&world).await;
    let message = adjusted(GROUP, 1);
    let request = AddOscpInstruction::of(node(&world), quay.optimizer.config_id, GROUP, &message).unwrap();
    party.refuse(true);
    let declined = declined(&carried_out(&world, &quay, &request).await);
    assert_eq!(declined.reason, DeclinedReason::Other);
    assert!(declined.to_string().contains("503"), "{declined}");

    // A provider that never registered cannot be told anything.
    let bare = UpdateCapacityProvider::new(
        quay.provider.config_id,
        solarnet_oscp::CapacityProviderInput::new("Harbour Grid"),
    );
    quay.account.send(&bare).await.unwrap();
    party.refuse(false);
    assert!(matches!(
        carried_out(&world, &quay, &request).await.outcome(),
        InstructionOutcome::Declined(_)
    ));
    assert_eq!(party.heard(), []);
}

fn declined(instruction: &Instruction) -> Declined {
    assert_eq!(instruction.state, InstructionState::Declined);
    match instruction.outcome() {
        InstructionOutcome::Declined(declined) => declined,
        other => panic!("{other:?}"),
    }
}

/// Gives an instruction whose parameters nothing has checked.
async fn unchecked(world: &World, quay: &Quay, parameters: Value) -> Instruction {
    let body = json!({"nodeId": node(world).get(), "params": parameters});
    let request = Unchecked::<AddOscpInstruction>::new(body);
    let answer = quay.account.send(&request).await.unwrap();
    let mut answer: Value = serde_json::from_slice(answer.body()).unwrap();
    serde_json::from_value(answer["data"].take()).unwrap()
}

#[tokio::test]
async fn every_known_reason_is_told_apart() {
    let world = World::at(MORNING).await;
    let (quay, party) = listening(&world).await;
    let good = json!({
        "action": "GroupCapacityComplianceError",
        "coId": quay.optimizer.config_id.get().to_string(),
        "cgIdentifier": GROUP,
        "msg": r#"{"message":"too little"}"#,
    });
    let rows = [
        ("action", None, DeclinedReason::MissingAction, "Missing OSCP action"),
        (
            "coId",
            None,
            DeclinedReason::MissingOptimizer,
            "Missing capacity optimizer ID",
        ),
        (
            "coId",
            Some("twelve"),
            DeclinedReason::InvalidOptimizer,
            "Invalid capacity optimizer ID",
        ),
        (
            "cgIdentifier",
            None,
            DeclinedReason::MissingGroup,
            "Missing group identifier",
        ),
        (
            "coId",
            Some("404"),
            DeclinedReason::UnknownOptimizer,
            "Unknown capacity optimizer",
        ),
        (
            "cgIdentifier",
            Some("no-such-quay"),
            DeclinedReason::UnknownGroup,
            "Unknown group identifier",
        ),
        ("action", Some("Sing"), DeclinedReason::Other, "Sing"),
        // The message's own name is in the plural.
        (
            "action",
            Some("UpdateAssetMeasurements"),
            DeclinedReason::Other,
            "UpdateAssetMeasurements",
        ),
        ("msg", None, DeclinedReason::Other, ""),
        ("msg", Some("{"), DeclinedReason::Other, ""),
        ("msg", Some("{}"), DeclinedReason::Other, "message"),
    ];
    for (name, value, reason, words) in rows {
        let mut parameters = good.clone();
        match value {
            Some(value) => parameters[name] = value.into(),
            None => {
                parameters.as_object_mut().unwrap().remove(name);
            }
        }
        let instruction = unchecked(&world, &quay, parameters).await;
        let declined = declined(&instruction);
        assert_eq!(declined.reason, reason, "{name} {value:?}: {declined}");
        assert!(
            declined.message.as_ref().unwrap().contains(words),
            "{name} {value:?}: {declined}"
        );
        let viewed = quay.account.send(&ViewInstruction::new(instruction.id)).await.unwrap();
        assert_eq!(viewed, instruction, "it is kept");
    }
    assert_eq!(
        unchecked(&world, &quay, good).await.outcome(),
        InstructionOutcome::Pending
    );
    world.sandbox.solarnet_oscp().settle().await;
    assert_eq!(party.heard().len(), 1, "only the good one arrived");
}

#[tokio::test]
async fn an_unknown_provider_is_a_reason_too() {
    // A group without its provider cannot be had, so the service's words are given to the client here.
    let world = World::at(MORNING).await;
    let (quay, _) = listening(&world).await;
    let answer = json!({"success": true, "data": {
        "id": 31_007, "topic": "OSCP_v20", "state": "Declined",
        "resultParameters": {"error": "Unknown capacity provider"},
    }});
    world
        .sandbox
        .solarnet_oscp()
        .fault(Fault::status_with_body(200, answer.to_string()));
    let instruction = quay.account.send(&ViewInstruction::new(31_007)).await.unwrap();
    assert_eq!(declined(&instruction).reason, DeclinedReason::UnknownProvider);
}

#[tokio::test]
async fn a_forecast_is_queued_and_declined_later() {
    let world = World::at(MORNING).await;
    let (quay, party) = listening(&world).await;
    let message = UpdateGroupCapacityForecast::new(GROUP, CapacityForecastType::Consumption, [block(1)]).unwrap();
    let parameters = InstructionParameters::new(
        InstructionAction::UpdateGroupCapacityForecast,
        quay.optimizer.config_id.get().to_string(),
        GROUP,
        serde_json::to_string(&message).unwrap(),
    );
    let request = AddOscpInstruction::new(InstructionInput::new(node(&world), parameters));
    let ended = carried_out(&world, &quay, &request).await;
    assert_eq!(declined(&ended).reason, DeclinedReason::Other);
    assert_eq!(party.heard(), []);
}

#[tokio::test]
async fn a_message_about_another_group_is_declined_and_does_not_leave() {
    let world = World::at(MORNING).await;
    let (quay, party) = listening(&world).await;
    let message = adjusted("south-quay", 1);
    let before = world.sandbox.solarnet_oscp().request_count();
    let refused = AddOscpInstruction::of(node(&world), quay.optimizer.config_id, GROUP, &message).unwrap_err();
    assert!(refused.to_string().contains("south-quay"), "{refused}");
    assert_eq!(world.sandbox.solarnet_oscp().request_count(), before);

    let parameters = json!({
        "action": "AdjustGroupCapacityForecast",
        "coId": quay.optimizer.config_id.get().to_string(),
        "cgIdentifier": GROUP,
        "msg": serde_json::to_string(&message).unwrap(),
    });
    let instruction = unchecked(&world, &quay, parameters).await;
    assert_eq!(declined(&instruction).reason, DeclinedReason::Other);
    assert_eq!(party.heard(), []);
}

#[tokio::test]
async fn instructions_of_foreign_nodes_and_unknown_ones() {
    let world = World::at(MORNING).await;
    let (quay, _) = listening(&world).await;
    let optimizer = CapacityOptimizerId::from(quay.optimizer.config_id.get());
    let message = GroupCapacityComplianceError::new("too little");
    let request = AddOscpInstruction::of(NodeId::from(1), optimizer, GROUP, &message).unwrap();
    let error = quay.account.send(&request).await.unwrap_err();
    assert!(error.is_forbidden() && matches!(error, Error::Api(_)), "{error}");
    let error = quay.account.send(&ViewInstruction::new(1)).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn an_instruction_whose_answer_is_lost_is_not_given_twice() {
    let world = World::at(MORNING).await;
    let (quay, party) = listening(&world).await;
    let message = GroupCapacityComplianceError::new("too little");
    let request = AddOscpInstruction::of(node(&world), quay.optimizer.config_id, GROUP, &message).unwrap();
    world.sandbox.solarnet_oscp().fault(Fault::lost_answer());
    let error = quay.account.send(&request).await.unwrap_err();
    assert_eq!((error.attempts(), error.may_have_been_sent()), (1, true));
    world.sandbox.solarnet_oscp().settle().await;
    assert_eq!(party.heard().len(), 1);
}
