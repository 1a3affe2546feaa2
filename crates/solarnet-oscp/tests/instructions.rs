//! Instructions: how one is made of a message, and what becomes of it.

use energy_core::BuildError;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use solarnet_oscp::oscp::{
    AdjustGroupCapacityForecast, GroupCapacityComplianceError, Handshake, UpdateAssetMeasurements,
    UpdateGroupMeasurements,
};
use solarnet_oscp::*;

use crate::support::messages;
use crate::support::*;

fn message<M: DeserializeOwned>(body: Value) -> M {
    serde_json::from_value(body).unwrap()
}

fn of<M: InstructionMessage>(group: &str, message: &M) -> Result<AddOscpInstruction, BuildError> {
    AddOscpInstruction::of(NodeId::from(902), CapacityOptimizerId::from(4033), group, message)
}

/// What goes on the wire: texts alone, the message as JSON in one of them.
async fn expect_sent<M: InstructionMessage>(message: &M, action: &str, body: Value) {
    let request = of("basin-east", message).unwrap();
    let queued = json!({"id": 880_017, "topic": "OSCP_v20", "state": "Queued"});
    let (added, sent) = exchange(&request, Reply::json(envelope(queued))).await;
    assert_eq!(added.outcome(), InstructionOutcome::Pending);
    assert_eq!(sent.line, format!("POST {BASE}/instr/add/OSCP_v20"));
    let arrived = sent.json();
    assert_eq!(arrived["nodeId"], json!(902));
    let parameters = arrived["params"].as_object().unwrap();
    let names: Vec<&str> = parameters.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(parameters.values().all(Value::is_string), "{parameters:?}");
    assert_eq!(parameters["action"], action);
    assert_eq!(parameters["coId"], "4033");
    assert_eq!(parameters["cgIdentifier"], "basin-east");
    let text = parameters["msg"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), body);
}

#[tokio::test]
async fn each_message_has_its_action() {
    let forecast: AdjustGroupCapacityForecast = message(messages::forecast());
    expect_sent(&forecast, "AdjustGroupCapacityForecast", messages::forecast()).await;
    let error: GroupCapacityComplianceError = message(messages::compliance_error());
    expect_sent(&error, "GroupCapacityComplianceError", messages::compliance_error()).await;
    let handshake: Handshake = message(messages::handshake());
    expect_sent(&handshake, "Handshake", messages::handshake()).await;
    let group: UpdateGroupMeasurements = message(messages::group_measurements());
    expect_sent(&group, "UpdateGroupMeasurements", messages::group_measurements()).await;
    // In the singular, unlike the message.
    let assets: UpdateAssetMeasurements = message(messages::asset_measurements());
    expect_sent(&assets, "UpdateAssetMeasurement", messages::asset_measurements()).await;
}

#[test]
fn a_message_about_another_group_is_refused() {
    let refused = |result: Result<AddOscpInstruction, BuildError>| {
        let error = result.unwrap_err();
        assert_eq!(error.parameter, "group_id");
        assert!(
            error.reason.contains("`basin-east`") && error.reason.contains("`basin-west`"),
            "{error}"
        );
    };
    refused(of(
        "basin-west",
        &message::<AdjustGroupCapacityForecast>(messages::forecast()),
    ));
    refused(of(
        "basin-west",
        &message::<UpdateGroupMeasurements>(messages::group_measurements()),
    ));
    refused(of(
        "basin-west",
        &message::<UpdateAssetMeasurements>(messages::asset_measurements()),
    ));
    // These name no group.
    assert!(of("basin-west", &message::<Handshake>(messages::handshake())).is_ok());
    assert!(
        of(
            "basin-west",
            &message::<GroupCapacityComplianceError>(messages::compliance_error())
        )
        .is_ok()
    );
}

#[test]
fn a_message_that_breaks_a_rule_is_refused() {
    let mut forecast: AdjustGroupCapacityForecast = message(messages::forecast());
    forecast.forecasted_blocks[1].capacity = -0.5;
    let error = of("basin-east", &forecast).unwrap_err();
    assert_eq!(error.parameter, "forecasted_blocks[1].capacity");
    let mut assets: UpdateAssetMeasurements = message(messages::asset_measurements());
    assets.measurements[1].energy_measurement.as_mut().unwrap().unit = "KVARH".into();
    let error = of("basin-east", &assets).unwrap_err();
    assert_eq!(error.parameter, "measurements[1].energy_measurement.unit");
}

fn instruction(change: &Value) -> Instruction {
    let mut body = json!({"id": 880_017, "topic": "OSCP_v20", "state": "Queued"});
    let fields = change.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(fields);
    serde_json::from_value(body).unwrap()
}

#[test]
fn what_becomes_of_it_by_its_state() {
    let outcome = |state: &str| instruction(&json!({"state": state})).outcome();
    for state in ["Unknown", "Queuing", "Queued", "Received", "Executing", "Postponed"] {
        assert_eq!(outcome(state), InstructionOutcome::Pending, "{state}");
    }
    assert_eq!(outcome("Completed"), InstructionOutcome::Completed);
    let InstructionOutcome::Declined(declined) = outcome("Declined") else {
        panic!("declined without a reason");
    };
    assert_eq!((declined.reason, &declined.message), (DeclinedReason::Other, &None));
    assert_eq!(declined.to_string(), "the instruction was declined without a reason");
    assert_eq!(InstructionState::KNOWN.len(), 7, "none is missing above");
}

#[test]
fn the_known_reasons_for_declining() {
    for (text, expected) in [
        ("Missing OSCP action", DeclinedReason::MissingAction),
        ("Missing capacity optimizer ID", DeclinedReason::MissingOptimizer),
        ("Invalid capacity optimizer ID", DeclinedReason::InvalidOptimizer),
        ("Missing group identifier", DeclinedReason::MissingGroup),
        ("Unknown capacity optimizer", DeclinedReason::UnknownOptimizer),
        ("Unknown group identifier", DeclinedReason::UnknownGroup),
        ("Unknown capacity provider", DeclinedReason::UnknownProvider),
        ("The action is not supported.", DeclinedReason::Other),
        ("unknown capacity provider", DeclinedReason::Other),
    ] {
        let results = json!({"state": "Declined", "resultParameters": {"code": 7, "error": text}});
        let InstructionOutcome::Declined(declined) = instruction(&results).outcome() else {
            panic!("{text}");
        };
        assert_eq!((declined.reason, declined.message.as_deref()), (expected, Some(text)));
        assert_eq!(declined.to_string(), format!("the instruction was declined: {text}"));
    }
    // An error alone declines nothing.
    let done = instruction(&json!({"state": "Completed", "resultParameters": {"error": "Missing OSCP action"}}));
    assert_eq!(done.outcome(), InstructionOutcome::Completed);
}

#[test]
fn a_message_in_pieces_is_put_together() {
    let pieces = json!({"parameters": [
        {"name": "msg", "value": "{\"message\":\"Three "},
        {"name": "action", "value": "GroupCapacityComplianceError"},
        {"name": "msg", "value": "ferries "},
        {"name": "msg", "value": "wait.\"}"},
        {"name": "message", "value": "not this"},
    ]});
    assert_eq!(instruction(&pieces).message(), r#"{"message":"Three ferries wait."}"#);
    assert_eq!(instruction(&json!({"parameters": []})).message(), "");
    assert_eq!(instruction(&json!({})).message(), "");
}
