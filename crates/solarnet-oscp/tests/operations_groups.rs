//! Capacity groups and their settings: each operation on the wire and read.

use energy_core::time::macros::datetime;
use serde_json::{Value, json};
use solarnet_oscp::*;

use crate::support::entities::*;
use crate::support::*;

const ID: i64 = 58;

fn id() -> CapacityGroupId {
    CapacityGroupId::from(ID)
}

fn plain_group() -> Value {
    json!({
        "userId": 731,
        "configId": 59,
        "created": "2026-03-09 17:25:00Z",
        "modified": "2026-03-09 17:25:00Z",
        "name": "West basin",
        "enabled": false,
        "identifier": "basin-west",
        "capacityProviderMeasurementPeriod": "Minute",
        "capacityOptimizerMeasurementPeriod": "ThirtyMinute",
        "capacityProviderId": 4022,
        "capacityOptimizerId": 4034,
    })
}

fn plain_body() -> Value {
    json!({
        "name": "East basin",
        "identifier": "basin-east",
        "capacityProviderId": 4021,
        "capacityProviderMeasurementPeriod": "TenMinute",
        "capacityOptimizerId": 4033,
        "capacityOptimizerMeasurementPeriod": "Hour",
        "enabled": false,
    })
}

#[tokio::test]
async fn list_capacity_groups() {
    let list = json!([group(), plain_group()]);
    let (found, sent) = exchange(&ListCapacityGroups::new(), Reply::json(envelope(list))).await;
    sent.expect("GET", "/user/oscp/capacity-groups");
    assert_eq!(found.len(), 2);
    expect_group(&found[0]);
    let plain = &found[1];
    assert_eq!((plain.config_id, plain.enabled), (CapacityGroupId::from(59), false));
    assert_eq!(plain.capacity_provider_measurement_date, None);
    assert_eq!(plain.capacity_optimizer_measurement_date, None);
    assert_eq!(plain.service_props, None);
}

#[tokio::test]
async fn create_capacity_group() {
    let reply = || Reply::json(envelope(group())).status(201);
    let (created, sent) = exchange(&CreateCapacityGroup::new(group_input()), reply()).await;
    sent.expect_body("POST", "/user/oscp/capacity-groups", &plain_body());
    expect_group(&created);

    let full = group_input()
        .enabled(true)
        .service_props(ServiceProperties::new().group_combined_asset_id("basin-east-all"));
    let (_, sent) = exchange(&CreateCapacityGroup::new(full), reply()).await;
    let mut body = plain_body();
    body["enabled"] = json!(true);
    body["serviceProps"] = json!({"group-combined-asset-id": "basin-east-all"});
    sent.expect_body("POST", "/user/oscp/capacity-groups", &body);
}

#[tokio::test]
async fn get_capacity_group() {
    let (found, sent) = exchange(&GetCapacityGroup::new(id()), Reply::json(envelope(group()))).await;
    sent.expect("GET", "/user/oscp/capacity-groups/58");
    expect_group(&found);
}

#[tokio::test]
async fn update_capacity_group() {
    let request = UpdateCapacityGroup::new(id(), group_input());
    let (saved, sent) = exchange(&request, Reply::json(envelope(group()))).await;
    sent.expect_body("PUT", "/user/oscp/capacity-groups/58", &plain_body());
    expect_group(&saved);
}

#[tokio::test]
async fn delete_capacity_group() {
    let ((), sent) = exchange(&DeleteCapacityGroup::new(id()), Reply::json(done())).await;
    sent.expect("DELETE", "/user/oscp/capacity-groups/58");
}

fn settings() -> Value {
    json!({
        "groupId": 58,
        "userId": 731,
        "created": "2026-04-04 04:04:04.404404Z",
        "modified": "2026-04-05 05:05:05Z",
        "publishToSolarIn": true,
        "publishToSolarFlux": false,
        "nodeId": 905,
        "sourceIdTemplate": "/basin/{cgIdentifier}/{forecastType}",
    })
}

fn expect_settings(settings: &CapacityGroupSettings) {
    assert_eq!(settings.group_id, id());
    assert_eq!(settings.user_id, UserId::from(731));
    assert_eq!(settings.created, datetime!(2026-04-04 04:04:04.404404 UTC));
    assert_eq!(settings.modified, datetime!(2026-04-05 05:05:05 UTC));
    assert_eq!(
        (settings.publish_to_solar_in, settings.publish_to_solar_flux),
        (true, false)
    );
    assert_eq!(settings.node_id, NodeId::from(905));
    assert_eq!(
        settings.source_id_template.as_deref(),
        Some("/basin/{cgIdentifier}/{forecastType}")
    );
}

#[tokio::test]
async fn list_capacity_group_settings() {
    let mut other = settings();
    other["groupId"] = json!(59);
    other.as_object_mut().unwrap().remove("sourceIdTemplate");
    let list = json!([settings(), other]);
    let (found, sent) = exchange(&ListCapacityGroupSettings::new(), Reply::json(envelope(list))).await;
    sent.expect("GET", "/user/oscp/capacity-groups/settings");
    assert_eq!(found.len(), 2);
    expect_settings(&found[0]);
    assert_eq!(
        (found[1].group_id, &found[1].source_id_template),
        (CapacityGroupId::from(59), &None)
    );
}

#[tokio::test]
async fn get_capacity_group_settings() {
    let request = GetCapacityGroupSettings::new(id());
    let (found, sent) = exchange(&request, Reply::json(envelope(settings()))).await;
    sent.expect("GET", "/user/oscp/capacity-groups/58/settings");
    expect_settings(&found.unwrap());

    let (found, _) = exchange(&request, Reply::json(done())).await;
    assert_eq!(found, None, "nothing was saved");
}

#[tokio::test]
async fn update_capacity_group_settings() {
    let input = CapacityGroupSettingsInput::new(NodeId::from(905))
        .publish_to_solar_flux(false)
        .source_id_template("/basin/{cgIdentifier}/{forecastType}");
    let reply = || Reply::json(envelope(settings()));
    let (saved, sent) = exchange(&UpdateCapacityGroupSettings::new(id(), input), reply()).await;
    let body = json!({
        "nodeId": 905,
        "publishToSolarIn": true,
        "publishToSolarFlux": false,
        "sourceIdTemplate": "/basin/{cgIdentifier}/{forecastType}",
    });
    sent.expect_body("PUT", "/user/oscp/capacity-groups/58/settings", &body);
    expect_settings(&saved);

    let plain = CapacityGroupSettingsInput::new(NodeId::from(906)).publish_to_solar_in(false);
    let (_, sent) = exchange(&UpdateCapacityGroupSettings::new(id(), plain), reply()).await;
    let body = json!({"nodeId": 906, "publishToSolarIn": false, "publishToSolarFlux": true});
    sent.expect_body("PUT", "/user/oscp/capacity-groups/58/settings", &body);
}

#[tokio::test]
async fn delete_capacity_group_settings() {
    let ((), sent) = exchange(&DeleteCapacityGroupSettings::new(id()), Reply::json(done())).await;
    sent.expect("DELETE", "/user/oscp/capacity-groups/58/settings");
}
