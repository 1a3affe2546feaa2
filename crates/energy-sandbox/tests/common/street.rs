//! A neighbourhood whose systems have registered with the Flexibility Provider.

use energy_sandbox::Sandbox;
use serde_json::{Value, json};

use super::midsummer;
use super::solarnet::{Neighbourhood, neighbourhood, oscp};
use super::system::System;

pub(crate) fn token(system: &Value) -> &str {
    system["token"].as_str().unwrap()
}

pub(crate) fn register_body(system: &System) -> Value {
    json!({
        "token": "for-the-system",
        "version_url": [{"version": "1.0", "base_url": "x"}, {"version": "2.0", "base_url": system.base_url}],
    })
}

pub(crate) fn forecast() -> Value {
    json!({
        "group_id": "street", "type": "CONSUMPTION",
        "forecasted_blocks": [{
            "capacity": 12.5, "phase": "ALL", "unit": "KW",
            "start_time": "2026-06-21T10:00:00Z", "end_time": "2026-06-21T10:15:00Z",
        }],
    })
}

/// Both systems of a neighbourhood, registered; and the tokens that are theirs from then on.
#[derive(Debug)]
pub(crate) struct Street {
    pub(crate) sandbox: Sandbox,
    pub(crate) all: Neighbourhood,
    pub(crate) provider: System,
    pub(crate) optimizer: System,
    pub(crate) provider_token: String,
    pub(crate) optimizer_token: String,
}

pub(crate) async fn street() -> Street {
    let sandbox = midsummer().await;
    let all = neighbourhood(&sandbox).await;
    let (provider, optimizer) = (System::start().await, System::start().await);
    let provider_token = registered(&sandbox, token(&all.provider), &provider).await;
    let optimizer_token = registered(&sandbox, token(&all.optimizer), &optimizer).await;
    Street {
        sandbox,
        all,
        provider,
        optimizer,
        provider_token,
        optimizer_token,
    }
}

async fn registered(sandbox: &Sandbox, token: &str, system: &System) -> String {
    let response = oscp(sandbox, token, "/register", &register_body(system)).await;
    assert_eq!((response.status, response.body.as_str()), (204, ""));
    sandbox.solarnet_oscp().settle().await;
    let heard = system.heard_at("/register");
    heard[0].body["token"].as_str().unwrap().to_owned()
}

pub(crate) async fn handshaken(street: &Street, style: &str) {
    let body = json!({"required_behaviour": {"heartbeat_interval": 60, "measurement_configuration": [style]}});
    for token in [&street.provider_token, &street.optimizer_token] {
        assert_eq!(oscp(&street.sandbox, token, "/handshake", &body).await.status, 204);
    }
    street.sandbox.solarnet_oscp().settle().await;
}
