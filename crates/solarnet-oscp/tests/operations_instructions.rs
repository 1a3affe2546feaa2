//! Instructions: each operation on the wire and read.

use energy_core::time::macros::datetime;
use serde_json::{Value, json};
use solarnet_oscp::*;

use crate::support::*;

fn instruction() -> Value {
    json!({
        "id": 880_017,
        "created": "2026-06-16 13:37:05.77Z",
        "nodeId": 902,
        "topic": "OSCP_v20",
        "instructionDate": "2026-06-16 13:37:05Z",
        "state": "Received",
        "statusDate": "2026-06-16 13:37:06.000120Z",
        "parameters": [
            {"name": "action", "value": "Handshake"},
            {"name": "coId", "value": "4033"},
            {"name": "cgIdentifier", "value": "basin-east"},
            {"name": "msg", "value": "{\"required_behaviour\":{"},
            {"name": "msg", "value": "\"measurement_configuration\":[]}}"},
        ],
        "resultParameters": {"took": 3},
    })
}

fn expect_instruction(instruction: &Instruction) {
    assert_eq!(instruction.id, InstructionId::from(880_017));
    assert_eq!(instruction.created, Some(datetime!(2026-06-16 13:37:05.77 UTC)));
    assert_eq!(instruction.node_id, Some(NodeId::from(902)));
    assert_eq!(instruction.topic, "OSCP_v20");
    assert_eq!(instruction.instruction_date, Some(datetime!(2026-06-16 13:37:05 UTC)));
    assert_eq!(instruction.state, InstructionState::Received);
    assert_eq!(instruction.status_date, Some(datetime!(2026-06-16 13:37:06.00012 UTC)));
    let parameters = instruction.parameters.as_ref().unwrap();
    let pairs: Vec<_> = parameters
        .iter()
        .map(|parameter| (parameter.name.as_str(), parameter.value.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("action", "Handshake"),
            ("coId", "4033"),
            ("cgIdentifier", "basin-east"),
            ("msg", "{\"required_behaviour\":{"),
            ("msg", "\"measurement_configuration\":[]}}"),
        ]
    );
    let results = instruction.result_parameters.as_ref().unwrap();
    assert_eq!(results.0, [("took".to_owned(), json!(3))]);
}

#[tokio::test]
async fn add_oscp_instruction() {
    let parameters = InstructionParameters::new(
        InstructionAction::UpdateGroupCapacityForecast,
        "4033",
        "basin-east",
        r#"{"group_id":"basin-east"}"#,
    )
    .correlation_id("tide-5");
    let request = AddOscpInstruction::new(InstructionInput::new(NodeId::from(902), parameters));
    let (added, sent) = exchange(&request, Reply::json(envelope(instruction()))).await;
    let body = json!({
        "nodeId": 902,
        "params": {
            "action": "UpdateGroupCapacityForecast",
            "coId": "4033",
            "cgIdentifier": "basin-east",
            "msg": "{\"group_id\":\"basin-east\"}",
            "correlationId": "tide-5",
        },
    });
    sent.expect_body("POST", "/instr/add/OSCP_v20", &body);
    expect_instruction(&added);
}

#[tokio::test]
async fn view_instruction() {
    let request = ViewInstruction::new(InstructionId::from(880_017));
    let (found, sent) = exchange(&request, Reply::json(envelope(instruction()))).await;
    sent.expect("GET", "/instr/view?id=880017");
    expect_instruction(&found);

    let bare = json!({"id": 880_018, "topic": "OSCP_v20", "state": "Queued"});
    let (found, _) = exchange(&request, Reply::json(envelope(bare))).await;
    assert_eq!(
        (found.id, found.state.as_str()),
        (InstructionId::from(880_018), "Queued")
    );
    assert_eq!(
        (found.created, found.instruction_date, found.status_date),
        (None, None, None)
    );
    assert_eq!(
        (found.node_id, &found.parameters, &found.result_parameters),
        (None, &None, &None)
    );
}
