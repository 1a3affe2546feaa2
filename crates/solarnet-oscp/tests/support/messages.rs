//! OSCP messages as JSON, with every field.

use serde_json::{Value, json};

pub(crate) fn register() -> Value {
    json!({
        "token": "pelican-token-81",
        "version_url": [
            {"version": "2.0", "base_url": "https://grid.lakeside.example/oscp/cp/2.0"},
            {"version": "1.0", "base_url": "https://grid.lakeside.example/oscp/cp/1.0"},
        ],
    })
}

/// A handshake, or the answer to one.
pub(crate) fn handshake() -> Value {
    json!({
        "required_behaviour": {
            "heartbeat_interval": 37.5,
            "measurement_configuration": ["INTERMITTENT", "CONTINUOUS"],
        },
    })
}

pub(crate) fn heartbeat() -> Value {
    json!({"offline_mode_at": "2026-06-16T13:39:05Z"})
}

pub(crate) fn block() -> Value {
    json!({
        "capacity": 61.25,
        "phase": "TWO",
        "unit": "KW",
        "start_time": "2026-06-16T14:00:00Z",
        "end_time": "2026-06-16T14:05:00.5Z",
    })
}

/// A forecast, or an adjustment of one.
pub(crate) fn forecast() -> Value {
    let mut later = block();
    later["capacity"] = json!(0.0);
    later["unit"] = json!("A");
    later["start_time"] = json!("2026-06-16T16:05:00+02:00");
    later["end_time"] = json!("2026-06-16T16:10:00+02:00");
    json!({"group_id": "basin-east", "type": "FALLBACK_GENERATION", "forecasted_blocks": [block(), later]})
}

pub(crate) fn compliance_error() -> Value {
    json!({"message": "The evening ferry must leave full.", "forecasted_blocks": [block()]})
}

pub(crate) fn energy_measurement() -> Value {
    json!({
        "value": -1804.75,
        "phase": "ALL",
        "unit": "WH",
        "direction": "EXPORT",
        "energy_type": "NONFLEXIBLE",
        "measure_time": "2026-06-16T13:30:00Z",
        "initial_measure_time": "2026-06-16T13:15:00Z",
    })
}

pub(crate) fn instantaneous_measurement() -> Value {
    json!({"value": 14.5, "phase": "THREE", "unit": "A", "measure_time": "2026-06-16T13:30:00Z"})
}

pub(crate) fn group_measurements() -> Value {
    json!({"group_id": "basin-east", "measurements": [energy_measurement()]})
}

pub(crate) fn asset_measurement() -> Value {
    json!({
        "asset_id": "ferry-1",
        "asset_category": "STORAGE",
        "energy_measurement": energy_measurement(),
        "instantaneous_measurement": instantaneous_measurement(),
    })
}

pub(crate) fn asset_measurements() -> Value {
    let bare = json!({"asset_id": "ferry-2", "asset_category": "CHARGING"});
    json!({"group_id": "basin-east", "measurements": [bare, asset_measurement()]})
}
