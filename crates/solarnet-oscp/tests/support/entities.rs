//! What the management API holds: its JSON, and what becomes of it.

use energy_core::time::macros::datetime;
use serde_json::{Value, json};
use solarnet_oscp::*;

/// What a creation gives out once.
pub(crate) const NEW_TOKEN: &str = "Zk3+Qm9/Tt1WgYx5LrNcEo7PvAi2UdHsJf8Bb4KqXlMnOyRe6SwGzCpVjThFuDa0";
/// What stands in a request and is never read back.
pub(crate) const OAUTH_SECRET: &str = "tern-7-under-the-jetty";
pub(crate) const HEADER_SECRET: &str = "gannet-19-far-out";

/// A provider or optimizer with every field that a reading can have.
pub(crate) fn system(id: i64, name: &str) -> Value {
    json!({
        "userId": 731,
        "configId": id,
        "created": "2026-02-17 08:03:55.120407Z",
        "modified": "2026-05-30 23:59:07Z",
        "enabled": true,
        "name": name,
        "baseUrl": "https://oscp.lakeside.example/oscp/2.0",
        "oscpVersion": "2.0",
        "flexibilityProviderId": 66,
        "registrationStatus": "Registered",
        "settings": {"heartbeatSeconds": 45, "measurementStyles": ["Continuous", "Intermittent"]},
        "heartbeatDate": "2026-06-16 13:36:20.25Z",
        "offlineDate": "2026-06-16 13:38:00Z",
        "serviceProps": {
            "oauth-token-url": "https://id.lakeside.example/token",
            "oauth-client-id": "solarnetwork-at-lakeside",
            "http-headers": {"X-Site": "pier 4"},
            "url-paths": {"Register": "/join"},
            "group-combined-asset-id": "all-of-it",
            "berth-count": 12,
        },
        "somethingNew": {"nobody": "has described"},
    })
}

/// One as it stands right after its creation.
pub(crate) fn created_system(id: i64, name: &str) -> Value {
    json!({
        "userId": 731,
        "configId": id,
        "created": "2026-06-16 13:37:05Z",
        "modified": "2026-06-16 13:37:05Z",
        "enabled": false,
        "name": name,
        "token": NEW_TOKEN,
        "flexibilityProviderId": 67,
        "registrationStatus": "Pending",
        "settings": {},
    })
}

/// What both kinds of system have in common: macros, because they have no common type.
macro_rules! expect_system {
    ($system:expr, $id:expr, $name:expr) => {{
        let system = $system;
        assert_eq!(system.user_id, UserId::from(731));
        assert_eq!(system.config_id, $id);
        assert_eq!(system.created, datetime!(2026-02-17 08:03:55.120407 UTC));
        assert_eq!(system.modified, datetime!(2026-05-30 23:59:07 UTC));
        assert!(system.enabled);
        assert_eq!(system.name, $name);
        assert_eq!(system.token, None);
        assert_eq!(
            system.base_url.as_deref(),
            Some("https://oscp.lakeside.example/oscp/2.0")
        );
        assert_eq!(system.oscp_version.as_deref(), Some("2.0"));
        assert_eq!(system.flexibility_provider_id, FlexibilityProviderId::from(66));
        assert_eq!(system.registration_status, RegistrationStatus::Registered);
        let settings = system.settings.as_ref().unwrap();
        assert_eq!(settings.heartbeat_seconds, Some(45));
        assert_eq!(
            settings.measurement_styles,
            Some(vec![MeasurementStyle::Continuous, MeasurementStyle::Intermittent])
        );
        assert_eq!(system.heartbeat_date, Some(datetime!(2026-06-16 13:36:20.25 UTC)));
        assert_eq!(system.offline_date, Some(datetime!(2026-06-16 13:38 UTC)));
        expect_properties(system.service_props.as_ref().unwrap());
    }};
}

macro_rules! expect_created_system {
    ($system:expr, $id:expr, $name:expr) => {{
        let system = $system;
        assert_eq!((system.user_id, system.config_id), (UserId::from(731), $id));
        assert_eq!(system.created, datetime!(2026-06-16 13:37:05 UTC));
        assert_eq!(system.modified, datetime!(2026-06-16 13:37:05 UTC));
        assert_eq!((system.enabled, system.name.as_str()), (false, $name));
        assert_eq!(system.token, Some(Secret::new(NEW_TOKEN)));
        assert_eq!(system.flexibility_provider_id, FlexibilityProviderId::from(67));
        assert_eq!(system.registration_status, RegistrationStatus::Pending);
        let settings = system.settings.as_ref().unwrap();
        assert_eq!((settings.heartbeat_seconds, &settings.measurement_styles), (None, &None));
        assert_eq!((&system.base_url, &system.oscp_version), (&None, &None));
        assert_eq!((system.heartbeat_date, system.offline_date), (None, None));
        assert_eq!(system.service_props, None);
        let shown = format!("{system:?}");
        assert!(!shown.contains(NEW_TOKEN), "the token is shown: {shown}");
    }};
}

fn expect_properties(properties: &ServiceProperties) {
    assert_eq!(
        properties.oauth_token_url.as_deref(),
        Some("https://id.lakeside.example/token")
    );
    assert_eq!(properties.oauth_client_id.as_deref(), Some("solarnetwork-at-lakeside"));
    assert_eq!(properties.oauth_client_secret, None);
    assert_eq!(properties.http_headers.names().collect::<Vec<_>>(), ["X-Site"]);
    assert_eq!(properties.http_headers.get("X-Site"), Some(Secret::new("pier 4")));
    assert_eq!(properties.url_paths.len(), 1);
    assert_eq!(properties.url_paths.get("Register"), Some(&json!("/join")));
    assert_eq!(properties.group_asset_measurement, None);
    assert_eq!(properties.group_combined_asset_id.as_deref(), Some("all-of-it"));
    assert_eq!(properties.extra.fields().len(), 1);
    assert_eq!(properties.extra.get("berth-count"), Some(&json!(12)));
}

pub(crate) fn expect_provider(provider: &CapacityProvider, id: i64, name: &str) {
    expect_system!(provider, CapacityProviderId::from(id), name);
}

pub(crate) fn expect_created_provider(provider: &CapacityProvider, id: i64, name: &str) {
    expect_created_system!(provider, CapacityProviderId::from(id), name);
}

pub(crate) fn expect_optimizer(optimizer: &CapacityOptimizer, id: i64, name: &str) {
    expect_system!(optimizer, CapacityOptimizerId::from(id), name);
}

pub(crate) fn expect_created_optimizer(optimizer: &CapacityOptimizer, id: i64, name: &str) {
    expect_created_system!(optimizer, CapacityOptimizerId::from(id), name);
}

pub(crate) fn group() -> Value {
    json!({
        "userId": 731,
        "configId": 58,
        "created": "2026-03-09 17:20:31.9Z",
        "modified": "2026-04-01 00:00:00Z",
        "name": "East basin",
        "enabled": true,
        "identifier": "basin-east",
        "capacityProviderMeasurementPeriod": "TenMinute",
        "capacityOptimizerMeasurementPeriod": "Hour",
        "capacityProviderId": 4021,
        "capacityOptimizerId": 4033,
        "capacityProviderMeasurementDate": "2026-06-16 13:40:00Z",
        "capacityOptimizerMeasurementDate": "2026-06-16 14:00:00.000001Z",
        "serviceProps": {"group-combined-asset-id": "basin-east-all"},
    })
}

pub(crate) fn expect_group(group: &CapacityGroup) {
    assert_eq!(group.user_id, UserId::from(731));
    assert_eq!(group.config_id, CapacityGroupId::from(58));
    assert_eq!(group.created, datetime!(2026-03-09 17:20:31.9 UTC));
    assert_eq!(group.modified, datetime!(2026-04-01 00:00 UTC));
    assert_eq!((group.name.as_str(), group.enabled), ("East basin", true));
    assert_eq!(group.identifier, "basin-east");
    assert_eq!(
        (
            &group.capacity_provider_measurement_period,
            &group.capacity_optimizer_measurement_period
        ),
        (&MeasurementPeriod::TenMinute, &MeasurementPeriod::Hour)
    );
    assert_eq!(group.capacity_provider_id, CapacityProviderId::from(4021));
    assert_eq!(group.capacity_optimizer_id, CapacityOptimizerId::from(4033));
    assert_eq!(
        (
            group.capacity_provider_measurement_date,
            group.capacity_optimizer_measurement_date
        ),
        (
            Some(datetime!(2026-06-16 13:40 UTC)),
            Some(datetime!(2026-06-16 14:00:00.000001 UTC))
        )
    );
    let properties = group.service_props.as_ref().unwrap();
    assert_eq!(properties.group_combined_asset_id.as_deref(), Some("basin-east-all"));
}

pub(crate) fn asset(id: i64) -> Value {
    json!({
        "userId": 731,
        "configId": id,
        "created": "2026-03-10 09:12:44.000305Z",
        "modified": "2026-03-11 10:00:00.5Z",
        "name": "Ferry charger",
        "enabled": true,
        "capacityGroupId": 58,
        "identifier": "ferry-1",
        "audience": "CapacityProvider",
        "nodeId": 902,
        "sourceId": "/basin/ferry/1",
        "category": "Charging",
        "phase": "B",
        "instantaneous": {
            "propertyNames": ["a_watts", "b_watts"],
            "unit": "kW",
            "multiplier": 0.001,
            "statisticType": "Maximum",
        },
        "energy": {
            "propertyNames": ["meter"],
            "unit": "Wh",
            "statisticType": "Difference",
            "type": "NonFlexible",
            "direction": "Export",
        },
        "serviceProps": {"berth": "E3"},
    })
}

pub(crate) fn expect_asset(asset: &Asset, id: i64) {
    assert_eq!((asset.user_id, asset.config_id), (UserId::from(731), AssetId::from(id)));
    assert_eq!(asset.created, datetime!(2026-03-10 09:12:44.000305 UTC));
    assert_eq!(asset.modified, datetime!(2026-03-11 10:00:00.5 UTC));
    assert_eq!((asset.name.as_str(), asset.enabled), ("Ferry charger", true));
    assert_eq!(asset.capacity_group_id, CapacityGroupId::from(58));
    assert_eq!(asset.identifier, "ferry-1");
    assert_eq!(asset.audience, OscpRole::CapacityProvider);
    assert_eq!(asset.node_id, NodeId::from(902));
    assert_eq!(asset.source_id, "/basin/ferry/1");
    assert_eq!((&asset.category, &asset.phase), (&AssetCategory::Charging, &Phase::B));
    let instantaneous = asset.instantaneous.as_ref().unwrap();
    assert_eq!(instantaneous.property_names, ["a_watts", "b_watts"]);
    assert_eq!(instantaneous.unit, MeasurementUnit::Kilowatts);
    assert_eq!(instantaneous.multiplier, Some(0.001));
    assert_eq!(instantaneous.statistic_type, StatisticType::Maximum);
    let energy = asset.energy.as_ref().unwrap();
    assert_eq!(energy.property_names, ["meter"]);
    assert_eq!((&energy.unit, energy.multiplier), (&MeasurementUnit::WattHours, None));
    assert_eq!(energy.statistic_type, StatisticType::Difference);
    assert_eq!(energy.energy_type, EnergyType::NonFlexible);
    assert_eq!(energy.direction, EnergyDirection::Export);
    let properties = asset.service_props.as_ref().unwrap();
    assert_eq!(properties.extra.get("berth"), Some(&json!("E3")));
}

/// A provider to create, with two secrets.
pub(crate) fn secretive_properties() -> ServiceProperties {
    ServiceProperties::new()
        .oauth(OauthClient::new(
            "https://id.lakeside.example/token",
            "solarnetwork-at-lakeside",
            OAUTH_SECRET,
        ))
        .header("X-Api-Key", HEADER_SECRET)
}

pub(crate) fn group_input() -> CapacityGroupInput {
    CapacityGroupInput::new(
        "East basin",
        "basin-east",
        CapacityProviderId::from(4021),
        MeasurementPeriod::TenMinute,
        CapacityOptimizerId::from(4033),
        MeasurementPeriod::Hour,
    )
}

pub(crate) fn asset_input() -> AssetInput {
    AssetInput::new(
        "Ferry charger",
        CapacityGroupId::from(58),
        "ferry-1",
        OscpRole::CapacityProvider,
        NodeId::from(902),
        "/basin/ferry/1",
        AssetCategory::Charging,
        Phase::B,
    )
}

pub(crate) fn instantaneous() -> AssetInstantaneous {
    AssetInstantaneous::new(
        ["a_watts".to_owned(), "b_watts".to_owned()],
        MeasurementUnit::Kilowatts,
        StatisticType::Maximum,
    )
}

pub(crate) fn energy() -> AssetEnergy {
    AssetEnergy::new(
        ["meter".to_owned()],
        MeasurementUnit::WattHours,
        StatisticType::Difference,
        EnergyType::NonFlexible,
        EnergyDirection::Export,
    )
}
