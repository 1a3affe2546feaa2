//! What the Flexibility Provider serves: the messages that systems send.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::input::{must_be_json, must_fit};
use super::messages::{Message, time};
use super::outgoing::{dispatch, pack, succeeded};
use super::reply::Problem;
use super::source_id::source_id;
use super::state::{Role, SystemKey};
use super::systems::url_is_taken;
use super::words::MEASUREMENT_STYLE;
use super::{Shared, SolarnetOscp};
use crate::call::{Answer, Call};

/// A message that came from a known system and is well formed.
#[derive(Debug)]
pub(super) struct Letter {
    from: SystemKey,
    request_id: String,
    body: Value,
}

/// Why a message is not taken.
#[derive(Debug)]
pub(super) enum Returned {
    /// In OSCP's own words.
    Plain(StatusCode, String),
    /// In SolarNetwork's envelope.
    Result(Problem),
}

impl From<Problem> for Returned {
    fn from(problem: Problem) -> Self {
        Self::Result(problem)
    }
}

impl Returned {
    fn plain(status: StatusCode, text: impl Into<String>) -> Self {
        Self::Plain(status, text.into())
    }

    pub(super) fn into_answer(self) -> Answer {
        match self {
            Self::Plain(status, text) => refusal(status, &text),
            Self::Result(problem) => problem.into_answer(),
        }
    }
}

/// OSCP's body for errors, and SolarNetwork's header for them.
pub(super) fn refusal(status: StatusCode, text: &str) -> Answer {
    let body = json!({ "message": text }).to_string();
    Answer::new(status, "application/json", body).with_header("x-error-message", text)
}

/// Answers for a message that this Flexibility Provider does not take.
pub(super) fn not_served(_: &SolarnetOscp, call: &Call) -> Answer {
    refusal(StatusCode::NOT_FOUND, &format!("There is nothing at {}.", call.path))
}

/// Checks a message and hands it over; what is taken is answered with 204.
pub(super) fn receive(
    service: &SolarnetOscp,
    call: &Call,
    message: Message,
    handler: fn(&Arc<Shared>, &Letter) -> Result<(), Returned>,
) -> Answer {
    let shared = &service.shared;
    match open(shared, call, message).and_then(|letter| handler(shared, &letter)) {
        Ok(()) => Answer::empty(StatusCode::NO_CONTENT),
        Err(returned) => returned.into_answer(),
    }
}

fn open(shared: &Shared, call: &Call, message: Message) -> Result<Letter, Returned> {
    let token = call
        .header("authorization")
        .and_then(|value| value.strip_prefix("Token "));
    let unknown = || Returned::plain(StatusCode::UNAUTHORIZED, "Invalid credentials");
    let token = token.ok_or_else(unknown)?;
    let known = |candidate: &str| candidate == token;
    let from = (shared.state().systems.values())
        .find(|system| known(&system.token) || system.next_token.as_deref().is_some_and(known))
        .map(|system| system.key)
        .ok_or_else(unknown)?;
    let request_id = call.header("x-request-id").filter(|id| !id.trim().is_empty());
    let without = || Returned::plain(StatusCode::BAD_REQUEST, "The X-Request-ID header is missing.");
    let request_id = request_id.ok_or_else(without)?.to_owned();
    must_be_json(call)?;
    let body: Value = serde_json::from_slice(&call.body).map_err(Problem::malformed)?;
    let errors = message.check(&body);
    if !errors.is_empty() {
        return Err(Problem::invalid("VAL.00003", errors).into());
    }
    Ok(Letter { from, request_id, body })
}

pub(super) fn register(shared: &Arc<Shared>, letter: &Letter) -> Result<(), Returned> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let versions = letter.body["version_url"].as_array().map(Vec::as_slice);
    let base_url = (versions.unwrap_or_default().iter())
        .find(|version| version["version"] == "2.0")
        .map(|version| text(&version["base_url"]));
    let base_url = base_url.ok_or_else(|| {
        let text = "None of the versions is supported, only 2.0 is.";
        Returned::plain(StatusCode::NOT_IMPLEMENTED, text)
    })?;
    must_fit("base_url", Some(&base_url), 256)?;
    let mut state = shared.state();
    if url_is_taken(&state, letter.from, Some(&base_url)) {
        return Err(Problem::duplicate("base_url").into());
    }
    let next_token = state.new_token();
    if let Some(system) = state.systems.get_mut(&letter.from) {
        system.base_url = Some(base_url);
        system.oscp_version = Some("2.0".to_owned());
        system.system_token = Some(text(&letter.body["token"]));
        system.next_token = Some(next_token.clone());
        system.status = "Pending";
    }
    let body = json!({
        "token": next_token,
        "version_url": [{ "version": "2.0", "base_url": shared.flexibility_provider_url }],
    });
    let parcel = pack(&mut state, letter.from, Message::Register, body).correlated(&letter.request_id);
    drop(state);
    let from = letter.from;
    dispatch(shared, parcel, move |shared, outcome| {
        let mut state = shared.state();
        // A later registration has its own call-back.
        let system = state.systems.get_mut(&from);
        let Some(system) = system.filter(|system| system.next_token.as_deref() == Some(&next_token)) else {
            return;
        };
        system.next_token = None;
        if succeeded(outcome) {
            system.token = next_token;
            system.status = "Registered";
        } else {
            system.status = "Failed";
        }
    });
    Ok(())
}

pub(super) fn handshake(shared: &Arc<Shared>, letter: &Letter) -> Result<(), Returned> {
    let behaviour = &letter.body["required_behaviour"];
    let mut state = shared.state();
    let system = state.systems.get_mut(&letter.from);
    if let Some(system) = system.filter(|_| behaviour.is_object()) {
        let styles = behaviour["measurement_configuration"].as_array();
        let styles = styles.into_iter().flatten().filter_map(Value::as_str);
        system.heartbeat_seconds = behaviour["heartbeat_interval"].as_f64().map(|seconds| seconds as i64);
        system.styles = Some(styles.filter_map(|style| MEASUREMENT_STYLE.wire(style)).collect());
    }
    let body = if behaviour.is_object() {
        json!({ "required_behaviour": behaviour })
    } else {
        json!({})
    };
    let parcel = pack(&mut state, letter.from, Message::HandshakeAcknowledge, body).correlated(&letter.request_id);
    drop(state);
    dispatch(shared, parcel, |_, _| ());
    Ok(())
}

pub(super) fn handshake_acknowledge(_: &Arc<Shared>, _: &Letter) -> Result<(), Returned> {
    Ok(())
}

pub(super) fn heartbeat(shared: &Arc<Shared>, letter: &Letter) -> Result<(), Returned> {
    if let Some(system) = shared.state().systems.get_mut(&letter.from) {
        system.offline = time(&letter.body["offline_mode_at"]);
    }
    Ok(())
}

/// A provider's forecast goes on to the group's optimizer.
pub(super) fn update_forecast(shared: &Arc<Shared>, letter: &Letter) -> Result<(), Returned> {
    forward(
        shared,
        letter,
        Message::UpdateGroupCapacityForecast,
        (Role::Provider, Role::Optimizer),
    )
}

/// An optimizer's wish goes on to the group's provider.
pub(super) fn adjust_forecast(shared: &Arc<Shared>, letter: &Letter) -> Result<(), Returned> {
    forward(
        shared,
        letter,
        Message::AdjustGroupCapacityForecast,
        (Role::Optimizer, Role::Provider),
    )
}

fn forward(shared: &Arc<Shared>, letter: &Letter, message: Message, (from, to): (Role, Role)) -> Result<(), Returned> {
    if letter.from.0 != from {
        let text = format!("{} is for a {} to send.", message.name(), from.name());
        return Err(Returned::plain(StatusCode::FORBIDDEN, text));
    }
    let mut state = shared.state();
    let identifier = letter.body["group_id"].as_str().unwrap_or_default();
    let group = (state.groups.values())
        .find(|group| group.identifier == identifier && group.system(from) == letter.from)
        .cloned();
    let group = group.ok_or_else(|| {
        let text = format!("There is no group '{identifier}' of this system.");
        Returned::plain(StatusCode::NOT_FOUND, text)
    })?;
    let source = source_id(&state, &group, message, (from, to), &letter.body);
    let mut parcel = pack(&mut state, group.system(to), message, letter.body.clone()).correlated(&letter.request_id);
    if message == Message::UpdateGroupCapacityForecast {
        parcel = parcel.with_header("x-sn-source-id", source);
    }
    drop(state);
    dispatch(shared, parcel, |_, _| ());
    Ok(())
}
