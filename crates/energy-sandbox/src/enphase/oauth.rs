//! `POST /oauth/token`: a code, a password or a refresh token for a pair of tokens.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use super::Enphase;
use super::applications::{Registered, by_client_id};
use super::face::EnphaseApp;
use super::people;
use super::tokens::{self, Grant};
use crate::call::{Answer, Call};

/// A refusal in the words of OAuth.
struct Refused(StatusCode, &'static str, &'static str);

fn bad(error: &'static str, description: &'static str) -> Refused {
    Refused(StatusCode::BAD_REQUEST, error, description)
}

/// Answers with a pair of tokens or a refusal.
pub(super) fn token(service: &Enphase, call: &Call) -> Answer {
    match answer(service, call) {
        Ok(body) => {
            Answer::new(StatusCode::OK, "application/json", body.to_string()).with_header("cache-control", "no-store")
        }
        Err(Refused(status, error, description)) => refused(status, error, description),
    }
}

/// A refusal as RFC 6749 writes it.
pub(super) fn refused(status: StatusCode, error: &str, description: &str) -> Answer {
    let body = json!({ "error": error, "error_description": description });
    let answer = Answer::new(status, "application/json", body.to_string());
    if status == StatusCode::UNAUTHORIZED {
        return answer.with_header("www-authenticate", "Basic realm=\"oauth\"");
    }
    answer
}

fn answer(service: &Enphase, call: &Call) -> Result<Value, Refused> {
    let application = client(call)?;
    let mut state = service.state();
    let now = call.received;
    let grant = match value(call, "grant_type").as_deref() {
        Some("authorization_code") => {
            let (code, redirect_uri) = (needed(call, "code")?, needed(call, "redirect_uri")?);
            let taken = state.tokens.take_code(&code, application.app, &redirect_uri, now);
            taken.ok_or_else(|| {
                bad(
                    "invalid_grant",
                    "The code is unknown, used, expired, or for another address.",
                )
            })?
        }
        Some("password") if application.app != EnphaseApp::Partner => {
            return Err(bad("unauthorized_client", "This plan may not use passwords."));
        }
        Some("password") => {
            let (username, password) = (needed(call, "username")?, needed(call, "password")?);
            let known = people::accounts().iter().find(|account| account.username == username);
            let known = known.filter(|account| account.password == password);
            let account = known.ok_or_else(|| bad("invalid_grant", "The username or the password is wrong."))?;
            Grant {
                app: application.app,
                person: account.person,
            }
        }
        Some("refresh_token") => {
            let token = needed(call, "refresh_token")?;
            let taken = state.tokens.take_refresh(&token, application.app, now);
            taken.ok_or_else(|| bad("invalid_grant", "The refresh token is unknown, used or expired."))?
        }
        Some(_) => return Err(bad("unsupported_grant_type", "There is no such grant.")),
        None => return Err(bad("invalid_request", "'grant_type' is missing.")),
    };
    let issued = state.tokens.issue(grant, now);
    Ok(tokens::body(&issued, grant))
}

/// The application that the header `Authorization` names.
fn client(call: &Call) -> Result<&'static Registered, Refused> {
    let refused = || {
        Refused(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "Client id and secret must be right.",
        )
    };
    let header = call.header("authorization").and_then(|header| header.split_once(' '));
    let (_, encoded) = header
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .ok_or_else(refused)?;
    let decoded = STANDARD.decode(encoded.trim()).map_err(|_| refused())?;
    let text = String::from_utf8(decoded).map_err(|_| refused())?;
    let (id, secret) = text.split_once(':').ok_or_else(refused)?;
    by_client_id(id)
        .filter(|known| known.client_secret == secret)
        .ok_or_else(refused)
}

/// Parameters come in the query or as a form.
fn value(call: &Call, name: &str) -> Option<String> {
    let found = call.parameter(name).map(str::to_owned).or_else(|| call.field(name));
    found.filter(|text| !text.is_empty())
}

fn needed(call: &Call, name: &str) -> Result<String, Refused> {
    value(call, name).ok_or_else(|| bad("invalid_request", "Something that this grant needs is missing."))
}
