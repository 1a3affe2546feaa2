//! `POST /auth`: every grant, by JSON.

use http::StatusCode;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::input::{Body, json as json_body};
use super::reply::with_status;
use super::scopes;
use super::state::{Application, State};
use super::{Intellimeter, device};
use crate::call::{Answer, Call};

/// A refusal in the words of OAuth.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl Refused {
    pub(super) fn new(error: &'static str, description: impl Into<String>) -> Self {
        let status = match error {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        Self {
            status,
            error,
            description: description.into(),
        }
    }
}

/// Answers with a token, a device code or a refusal.
pub(super) fn token(service: &Intellimeter, call: &Call) -> Answer {
    let mut state = service.shared.state();
    let base_url = &service.shared.base_url;
    match answer(&mut state, call, base_url) {
        Ok(body) => with_status(StatusCode::OK, &body).with_header("cache-control", "no-store"),
        Err(refused) => with_status(
            refused.status,
            &json!({ "error": refused.error, "error_description": refused.description }),
        ),
    }
}

fn answer(state: &mut State, call: &Call, base_url: &str) -> Result<Value, Refused> {
    let body = (json_body(call).and_then(Body::from_value))
        .map_err(|_| Refused::new("invalid_request", "The body must be a JSON object."))?;
    let now = call.received;
    match field(&body, "grant_type")?.as_str() {
        "client_credentials" => client_credentials(state, &body, now),
        "refresh_token" => refresh(state, &body, now),
        "authorization_code" => authorization_code(state, &body, now),
        "device_code" => {
            let application = client(state, &body)?.id.clone();
            match body.value("device_code") {
                None => Ok(device::start(state, application, now, base_url)),
                Some(_) => device::poll(state, &application, &field(&body, "device_code")?, now),
            }
        }
        other => Err(Refused::new(
            "unsupported_grant_type",
            format!("There is no grant '{other}'."),
        )),
    }
}

fn field(body: &Body, name: &'static str) -> Result<String, Refused> {
    let text = body.text(name).ok().flatten().filter(|text| !text.is_empty());
    text.ok_or_else(|| Refused::new("invalid_request", format!("'{name}' is missing.")))
}

fn client<'a>(state: &'a State, body: &Body) -> Result<&'a Application, Refused> {
    let (id, secret) = (field(body, "client_id")?, field(body, "client_secret")?);
    let known = state.applications.iter().find(|known| known.client_id == id);
    known
        .filter(|known| known.client_secret == secret)
        .ok_or_else(|| Refused::new("invalid_client", "There is no application with this id and secret."))
}

fn client_credentials(state: &mut State, body: &Body, now: OffsetDateTime) -> Result<Value, Refused> {
    let application = client(state, body)?;
    let asked = scopes::expand(&field(body, "scope")?)
        .map_err(|word| Refused::new("invalid_scope", format!("There is no scope '{word}'.")))?;
    let grant = (state.grant(&application.id, &application.user, &asked))
        .ok_or_else(|| Refused::new("unauthorized_client", "The account of this application is not active."))?;
    Ok(state.issue(grant, now, true))
}

fn refresh(state: &mut State, body: &Body, now: OffsetDateTime) -> Result<Value, Refused> {
    let (token, access) = (field(body, "refresh_token")?, field(body, "access_token")?);
    let refused = || {
        Refused::new(
            "invalid_grant",
            "These tokens do not belong together, or were refreshed before.",
        )
    };
    let known = state
        .refresh
        .get(&token)
        .filter(|known| known.access == access)
        .ok_or_else(refused)?;
    // Rights that were lost since then are not given again.
    let grant = known.grant.clone();
    let grant = state
        .grant(&grant.application, &grant.user, &grant.scopes)
        .ok_or_else(refused)?;
    state.refresh.remove(&token);
    state.access.remove(&access);
    Ok(state.issue(grant, now, false))
}

fn authorization_code(state: &mut State, body: &Body, now: OffsetDateTime) -> Result<Value, Refused> {
    let application = client(state, body)?.id.clone();
    let code = field(body, "code")?;
    let refused = || Refused::new("invalid_grant", "The code is unknown, has expired, or was used before.");
    let fits = (state.codes.get(&code)).is_some_and(|known| known.grant.application == application);
    let known = if fits { state.codes.remove(&code) } else { None };
    let known = known.filter(|known| known.expires > now).ok_or_else(refused)?;
    Ok(state.issue(known.grant, now, true))
}
