//! The token endpoint, in the words of the Keycloak that stands there, and the tokens.

use std::collections::HashMap;

use http::StatusCode;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::SolarlogEnerest;
use super::accounts::{self, Application};
use crate::call::{Answer, Call};
use crate::noise;
use crate::route::Route;

/// Where it is.
pub(super) const PATH: &str = "/auth/realms/quotaapi/protocol/openid-connect/token";

const LIFE: Duration = Duration::minutes(5);

/// The login. It is no operation of the API description.
pub(super) fn route() -> Route<SolarlogEnerest> {
    Route::post("token", PATH, token)
}

#[derive(Clone, Copy, Debug)]
struct Live {
    application: &'static Application,
    expires: OffsetDateTime,
}

/// Everything that was handed out.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    live: HashMap<String, Live>,
    counter: i64,
}

impl Tokens {
    fn issue(&mut self, application: &'static Application, now: OffsetDateTime) -> String {
        self.counter += 1;
        let token = noise::alphanumeric(120, &[self.counter, 91]);
        let expires = now.saturating_add(LIFE);
        self.live.insert(token.clone(), Live { application, expires });
        token
    }

    /// Whose token this is, while it is good.
    pub(super) fn application(&self, token: &str, now: OffsetDateTime) -> Option<&'static Application> {
        let live = self.live.get(token).filter(|live| live.expires > now)?;
        Some(live.application)
    }

    pub(super) fn revoke(&mut self) {
        self.live.clear();
    }
}

fn token(service: &SolarlogEnerest, call: &Call) -> Answer {
    let bad = |error, description| refused(StatusCode::BAD_REQUEST, error, description);
    match call.field("grant_type").as_deref() {
        Some("client_credentials") => {}
        Some(_) => return bad("unsupported_grant_type", "Unsupported grant_type"),
        None => return bad("invalid_request", "Missing form parameter: grant_type"),
    }
    let secret = call.field("client_secret");
    let known = (call.field("client_id")).and_then(|client_id| accounts::by_client_id(&client_id));
    let Some(application) = known.filter(|known| secret.as_deref() == Some(known.client_secret)) else {
        return refused(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "Invalid client or Invalid client credentials",
        );
    };
    let access_token = service.tokens().issue(application, call.received);
    let body = json!({
        "access_token": access_token,
        "expires_in": LIFE.whole_seconds(),
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": "profile email",
    });
    Answer::new(StatusCode::OK, "application/json", body.to_string()).with_header("cache-control", "no-store")
}

/// A refusal as RFC 6749 writes it.
fn refused(status: StatusCode, error: &str, description: &str) -> Answer {
    let body = json!({ "error": error, "error_description": description });
    Answer::new(status, "application/json", body.to_string())
}

/// What is said here where something other than the request is wrong.
pub(super) fn refusal_of_status(status: StatusCode) -> Answer {
    refused(status, "unknown_error", status.canonical_reason().unwrap_or("Error"))
}
