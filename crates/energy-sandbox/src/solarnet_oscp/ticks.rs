//! What the Flexibility Provider sends by the clock: heartbeats and measurements.

use std::sync::Arc;

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::Shared;
use super::measure::{Period, asset_measurement, energy_measurement};
use super::messages::Message;
use super::outgoing::{Parcel, dispatch, pack};
use super::state::{Role, State, SystemKey};

/// A time as OSCP writes it, in UTC and in whole seconds.
pub(super) fn oscp_time(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    whole.format(&Rfc3339).unwrap_or_default()
}

/// Sends what is due: one heartbeat a system, and one measurement a group and system.
pub(super) fn tick(shared: &Arc<Shared>) {
    let now = shared.clock.now();
    let mut state = shared.state();
    let mut parcels = heartbeats(&mut state, now);
    parcels.extend(measurements(&mut state, now));
    drop(state);
    for parcel in parcels {
        dispatch(shared, parcel, |_, _| ());
    }
}

fn heartbeats(state: &mut State, now: OffsetDateTime) -> Vec<Parcel> {
    let mut due: Vec<(SystemKey, Duration)> = Vec::new();
    for system in state.systems.values_mut().filter(|system| system.enabled) {
        let Some(interval) = system.heartbeat_seconds.map(Duration::seconds) else {
            continue;
        };
        let waited = system.heartbeat.is_none_or(|last| now - last >= interval);
        if system.status == "Registered" && waited {
            system.heartbeat = Some(now);
            due.push((system.key, interval));
        }
    }
    let send = |(key, interval): (SystemKey, Duration)| {
        let offline = now.saturating_add(interval.saturating_mul(2));
        let body = json!({ "offline_mode_at": oscp_time(offline) });
        pack(state, key, Message::Heartbeat, body)
    };
    due.into_iter().map(send).collect()
}

fn measurements(state: &mut State, now: OffsetDateTime) -> Vec<Parcel> {
    let mut parcels = Vec::new();
    let groups: Vec<i64> = state.groups.keys().copied().collect();
    for group in groups {
        for role in [Role::Provider, Role::Optimizer] {
            parcels.extend(measurement(state, group, role, now));
        }
    }
    parcels
}

/// The message for one system of a group, if a period of it has ended and there is anything
/// to tell.
fn measurement(state: &mut State, group: i64, role: Role, now: OffsetDateTime) -> Option<Parcel> {
    let group = state.groups.get_mut(&group)?;
    let (id, identifier, key) = (group.id, group.identifier.clone(), group.system(role));
    let enabled = group.enabled;
    let side = group.side_mut(role);
    let length = side.period();
    let into_period = now.unix_timestamp().rem_euclid(length.whole_seconds());
    let end = now.replace_nanosecond(0).ok()? - Duration::seconds(into_period);
    if end <= side.looked_at {
        return None;
    }
    side.looked_at = end;

    let system = state.systems.get(&key)?;
    if !enabled || !system.enabled || system.status != "Registered" {
        return None;
    }
    let styles = system.styles.as_deref().unwrap_or_default();
    let period = Period {
        start: end - length,
        end,
        intermittent: styles.contains(&"Intermittent"),
    };
    let (message, measure): (_, fn(&_, Period) -> Option<Value>) = if system.wants_assets() {
        (Message::UpdateAssetMeasurements, asset_measurement)
    } else {
        (Message::UpdateGroupMeasurements, energy_measurement)
    };
    let assets =
        (state.assets.values()).filter(|asset| asset.group == id && asset.enabled && asset.audience == role.name());
    let measurements: Vec<Value> = assets.filter_map(|asset| measure(asset, period)).collect();
    if measurements.is_empty() {
        return None;
    }
    state.groups.get_mut(&id)?.side_mut(role).measured = Some(end);
    let body = json!({ "group_id": identifier, "measurements": measurements });
    Some(pack(state, key, message, body))
}
