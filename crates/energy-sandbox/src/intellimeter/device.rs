//! The device flow: a code for the device, a code for the person, and polling.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::auth::Refused;
use super::scopes;
use super::stamp::clock;
use super::state::State;

/// Codes live this long.
const LIFE: Duration = Duration::minutes(10);

/// What polling has to wait, and by how much more when it does not.
const STEP: Duration = Duration::seconds(5);

#[derive(Debug)]
pub(super) struct Device {
    pub(super) application: String,
    user_code: String,
    expires: OffsetDateTime,
    interval: Duration,
    polled: Option<OffsetDateTime>,
    decision: Option<Decision>,
}

/// What the person said.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    /// In the name of this account.
    Approved(String),
    Denied,
}

pub(super) fn start(state: &mut State, application: String, now: OffsetDateTime, base_url: &str) -> Value {
    let device_code = state.new_secret(40);
    let letters = state.new_secret(8).to_uppercase();
    let user_code = format!("{}-{}", &letters[..4], &letters[4..]);
    let device = Device {
        application,
        user_code: user_code.clone(),
        expires: now.saturating_add(LIFE),
        interval: STEP,
        polled: None,
        decision: None,
    };
    state.devices.insert(device_code.clone(), device);
    json!({
        "device_code": device_code,
        "expires_in": clock(LIFE.whole_seconds()),
        "interval": clock(STEP.whole_seconds()),
        "user_code": user_code,
        "verification_uri": format!("{base_url}/device"),
    })
}

pub(super) fn poll(
    state: &mut State,
    application: &str,
    device_code: &str,
    now: OffsetDateTime,
) -> Result<Value, Refused> {
    let expired = || {
        Refused::new(
            "expired_token",
            "The device code you have requested either does not exist, or is expired.",
        )
    };
    let device = (state.devices.get_mut(device_code))
        .filter(|device| device.application == application && device.expires > now)
        .ok_or_else(expired)?;
    let early = device.polled.is_some_and(|last| now - last < device.interval);
    device.polled = Some(now);
    if early {
        device.interval += STEP;
        let wait = clock(device.interval.whole_seconds());
        return Err(Refused::new("slow_down", format!("Poll every {wait} at most.")));
    }
    match device.decision.clone() {
        None => Err(Refused::new(
            "authorization_pending",
            "The client has neither accepted nor rejected the request. Keep polling.",
        )),
        Some(Decision::Denied) => Err(Refused::new(
            "access_denied",
            "The client has rejected the request. Stop polling.",
        )),
        Some(Decision::Approved(user)) => {
            state.devices.remove(device_code);
            let grant = state.grant(application, &user, &scopes::all()).ok_or_else(expired)?;
            Ok(state.issue(grant, now, true))
        }
    }
}

/// Notes what the person said; whether there is such a code.
pub(super) fn decide(state: &mut State, user_code: &str, decision: Decision, now: OffsetDateTime) -> bool {
    let wanted = user_code.trim();
    let device = (state.devices.values_mut())
        .find(|device| device.user_code.eq_ignore_ascii_case(wanted) && device.expires > now);
    match device {
        Some(device) => {
            device.decision = Some(decision);
            true
        }
        None => false,
    }
}
