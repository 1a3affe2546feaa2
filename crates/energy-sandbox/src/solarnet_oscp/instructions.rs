//! Instructions: how a user has an OSCP message sent.

use std::sync::Arc;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::Shared;
use super::accounts::NODE_IDS;
use super::input::Input;
use super::json::Object;
use super::messages::Message;
use super::outgoing::{Parcel, dispatch, pack};
use super::reply::{Outcome, Problem, Reply};
use super::stamp::stamp;
use super::state::{Role, State, SystemKey};
use crate::call::Call;

/// Longer messages are kept in several parameters.
const LONGEST_PARAMETER: usize = 256;

/// An instruction that was given.
#[derive(Clone, Debug)]
pub(super) struct Instruction {
    id: i64,
    created: OffsetDateTime,
    node: i64,
    parameters: Vec<(String, String)>,
    state: &'static str,
    changed: OffsetDateTime,
    error: Option<String>,
}

impl Instruction {
    fn write(&self) -> Object {
        let parameters = (self.parameters.iter())
            .map(|(name, value)| Object::new().with("name", name.as_str()).with("value", value.as_str()));
        let result = self.error.as_deref().map(|error| Object::new().with("error", error));
        Object::new()
            .with("id", self.id)
            .with("created", stamp(self.created))
            .with("nodeId", self.node)
            .with("topic", "OSCP_v20")
            .with("instructionDate", stamp(self.created))
            .with("state", self.state)
            .with("statusDate", stamp(self.changed))
            .with("parameters", parameters.collect::<Vec<_>>())
            .with_some("resultParameters", result)
    }

    fn ends(&mut self, error: Option<String>, now: OffsetDateTime) {
        self.state = if error.is_some() { "Declined" } else { "Completed" };
        self.error = error;
        self.changed = now;
    }
}

/// What an instruction asks for.
#[derive(Debug)]
struct Order {
    message: Message,
    provider: SystemKey,
    body: Value,
}

/// Looks at the parameters in the server's order; the texts are the server's.
fn order(state: &State, parameters: &Map<String, Value>) -> Result<Order, String> {
    let text = |name: &str| {
        let value = parameters.get(name).and_then(Value::as_str);
        value.filter(|value| !value.trim().is_empty())
    };
    let action = text("action").ok_or("Missing OSCP action")?;
    let optimizer = text("coId").ok_or("Missing capacity optimizer ID")?;
    let optimizer: i64 = optimizer.parse().map_err(|_| "Invalid capacity optimizer ID")?;
    let identifier = text("cgIdentifier").ok_or("Missing group identifier")?;
    let optimizer = (Role::Optimizer, optimizer);
    if !state.systems.contains_key(&optimizer) {
        return Err("Unknown capacity optimizer".to_owned());
    }
    let group = (state.groups.values())
        .find(|group| group.identifier == identifier && group.system(Role::Optimizer) == optimizer)
        .ok_or("Unknown group identifier")?;
    let provider = group.system(Role::Provider);
    if !state.systems.contains_key(&provider) {
        return Err("Unknown capacity provider".to_owned());
    }
    let message = match action {
        "AdjustGroupCapacityForecast" => Message::AdjustGroupCapacityForecast,
        "GroupCapacityComplianceError" => Message::GroupCapacityComplianceError,
        "Handshake" => Message::Handshake,
        // In the singular, unlike the message.
        "UpdateAssetMeasurement" => Message::UpdateAssetMeasurements,
        "UpdateGroupCapacityForecast" => Message::UpdateGroupCapacityForecast,
        "UpdateGroupMeasurements" => Message::UpdateGroupMeasurements,
        other => return Err(format!("Unsupported OSCP action '{other}'")),
    };
    let body = text("msg").ok_or("Missing OSCP message")?;
    let body: Value = serde_json::from_str(body).map_err(|error| format!("The OSCP message is no JSON: {error}"))?;
    if let Some(first) = message.check(&body).first() {
        let first = serde_json::to_value(first).unwrap_or_default();
        let words = |name: &str| first[name].as_str().unwrap_or_default().to_owned();
        return Err(format!(
            "Invalid OSCP message: {}: {}",
            words("location"),
            words("message")
        ));
    }
    if message == Message::AdjustGroupCapacityForecast && body["group_id"] != identifier {
        return Err("The group_id of the OSCP message is not the group identifier".to_owned());
    }
    Ok(Order {
        message,
        provider,
        body,
    })
}

pub(super) fn add(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let mut input = Input::read(call)?;
    let node = input.needed_id("nodeId")?;
    let parameters = input.object("params")?.unwrap_or_default();
    input.finish()?;
    if let Some((name, _)) = parameters.iter().find(|(_, value)| !value.is_string()) {
        return Err(Problem::malformed(format_args!("params.{name} is no text.")));
    }
    if !NODE_IDS.contains(&node) {
        return Err(Problem::access_denied());
    }
    let mut state = shared.state();
    let id = 31_000 + state.next("instruction");
    let mut instruction = Instruction {
        id,
        created: call.received,
        node,
        parameters: as_kept(&parameters),
        state: "Queued",
        changed: call.received,
        error: None,
    };
    let order = order(&state, &parameters);
    if let Err(error) = &order {
        instruction.ends(Some(error.clone()), call.received);
    }
    let reply = Reply::data(instruction.write());
    state.instructions.insert(id, instruction);
    let parcel = order
        .ok()
        .and_then(|order| execute(&mut state, id, order, call.received));
    drop(state);
    if let Some(parcel) = parcel {
        dispatch(shared, parcel, move |shared, outcome| {
            let error = match outcome {
                Ok(200..=299) => None,
                Ok(status) => Some(format!("The capacity provider answered {status}")),
                Err(why) => Some(why.clone()),
            };
            let now = shared.clock.now();
            if let Some(instruction) = shared.state().instructions.get_mut(&id) {
                instruction.ends(error, now);
            }
        });
    }
    Ok(reply)
}

/// The message to send; what no capacity provider would understand ends at once.
fn execute(state: &mut State, id: i64, order: Order, now: OffsetDateTime) -> Option<Parcel> {
    if order.message == Message::UpdateGroupCapacityForecast {
        let instruction = state.instructions.get_mut(&id)?;
        instruction.ends(Some("Unsupported OSCP action".to_owned()), now);
        return None;
    }
    let parcel = pack(state, order.provider, order.message, order.body);
    // `url-paths` is not honoured here.
    Some(parcel.on_standard_path(state, order.provider, order.message))
}

/// The parameters in the order the documentation lists them, long messages in pieces.
fn as_kept(parameters: &Map<String, Value>) -> Vec<(String, String)> {
    const ORDER: [&str; 5] = ["action", "coId", "cgIdentifier", "msg", "correlationId"];
    let known = ORDER.iter().filter_map(|name| parameters.get_key_value(*name));
    let others = parameters.iter().filter(|(name, _)| !ORDER.contains(&name.as_str()));
    let mut kept = Vec::new();
    for (name, value) in known.chain(others) {
        let letters: Vec<char> = value.as_str().unwrap_or_default().chars().collect();
        if name == "msg" && letters.len() > LONGEST_PARAMETER {
            let pieces = letters.chunks(LONGEST_PARAMETER);
            kept.extend(pieces.map(|piece| (name.clone(), piece.iter().collect())));
        } else {
            kept.push((name.clone(), letters.into_iter().collect()));
        }
    }
    kept
}

pub(super) fn view(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let text = call.parameter("id").unwrap_or_default();
    let wrong = || Problem::illegal(format_args!("id '{text}' is not a whole number."));
    let id: i64 = text.parse().map_err(|_| wrong())?;
    let state = shared.state();
    let instruction = state.instructions.get(&id).ok_or_else(Problem::unknown_object)?;
    Ok(Reply::data(instruction.write()))
}
