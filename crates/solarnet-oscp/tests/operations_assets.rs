//! Assets: each operation on the wire and read.

use httpmock::{Method, MockServer};
use serde_json::{Value, json};
use solarnet_oscp::*;

use crate::support::entities::*;
use crate::support::*;

fn plain_body() -> Value {
    json!({
        "name": "Ferry charger",
        "capacityGroupId": 58,
        "identifier": "ferry-1",
        "audience": "CapacityProvider",
        "nodeId": 902,
        "sourceId": "/basin/ferry/1",
        "category": "Charging",
        "phase": "B",
        "enabled": false,
    })
}

/// The documentation names DELETE for this once, which would take the assets away.
#[tokio::test]
async fn list_capacity_group_assets() {
    let path = format!("{BASE}/user/oscp/capacity-groups/58/assets");
    let server = MockServer::start_async().await;
    let mut plain = asset(7002);
    for optional in ["instantaneous", "energy", "serviceProps"] {
        plain.as_object_mut().unwrap().remove(optional);
    }
    let body = envelope(json!([asset(7001), plain])).to_string();
    let read = server
        .mock_async(|when, then| {
            when.method(Method::GET)
                .path(&path)
                .header("accept", "application/json");
            then.status(200).header("content-type", "application/json").body(&body);
        })
        .await;
    let deleted = server
        .mock_async(|when, then| {
            when.method(Method::DELETE);
            then.status(200).body(r#"{"success":true,"data":[]}"#);
        })
        .await;
    let client = Client::builder(login())
        .base_url(&(server.base_url() + BASE))
        .build()
        .unwrap();
    let request = ListCapacityGroupAssets::new(CapacityGroupId::from(58));
    let found = client.send(&request).await.unwrap();
    assert_eq!((read.calls_async().await, deleted.calls_async().await), (1, 0));
    assert_eq!(found.len(), 2);
    expect_asset(&found[0], 7001);
    assert_eq!((&found[1].instantaneous, &found[1].energy), (&None, &None));
    assert_eq!(found[1].service_props, None);

    let (found, sent) = exchange(&request, Reply::json(envelope(json!([])))).await;
    sent.expect("GET", "/user/oscp/capacity-groups/58/assets");
    assert!(found.is_empty());
}

#[tokio::test]
async fn create_asset() {
    let reply = || Reply::json(envelope(asset(7001))).status(201);
    let (created, sent) = exchange(&CreateAsset::new(asset_input()), reply()).await;
    sent.expect_body("POST", "/user/oscp/assets", &plain_body());
    expect_asset(&created, 7001);

    let full = asset_input()
        .enabled(true)
        .instantaneous(instantaneous().multiplier(-2.5))
        .energy(energy().multiplier(0.001))
        .service_props(ServiceProperties::new());
    let (_, sent) = exchange(&CreateAsset::new(full), reply()).await;
    let mut body = plain_body();
    body["enabled"] = json!(true);
    body["instantaneous"] = json!({
        "propertyNames": ["a_watts", "b_watts"],
        "unit": "kW",
        "multiplier": -2.5,
        "statisticType": "Maximum",
    });
    body["energy"] = json!({
        "propertyNames": ["meter"],
        "unit": "Wh",
        "multiplier": 0.001,
        "statisticType": "Difference",
        "type": "NonFlexible",
        "direction": "Export",
    });
    body["serviceProps"] = json!({});
    sent.expect_body("POST", "/user/oscp/assets", &body);
}

#[tokio::test]
async fn get_asset() {
    let request = GetAsset::new(AssetId::from(7001));
    let (found, sent) = exchange(&request, Reply::json(envelope(asset(7001)))).await;
    sent.expect("GET", "/user/oscp/assets/7001");
    expect_asset(&found, 7001);
}

#[tokio::test]
async fn update_asset() {
    let request = UpdateAsset::new(AssetId::from(7001), asset_input().energy(energy()));
    let (saved, sent) = exchange(&request, Reply::json(envelope(asset(7001)))).await;
    let mut body = plain_body();
    body["energy"] = json!({
        "propertyNames": ["meter"],
        "unit": "Wh",
        "statisticType": "Difference",
        "type": "NonFlexible",
        "direction": "Export",
    });
    sent.expect_body("PUT", "/user/oscp/assets/7001", &body);
    expect_asset(&saved, 7001);
}

#[tokio::test]
async fn delete_asset() {
    let request = DeleteAsset::new(AssetId::from(7001));
    let ((), sent) = exchange(&request, Reply::json(done())).await;
    sent.expect("DELETE", "/user/oscp/assets/7001");
}

/// Every value of every enumeration, as the service writes it.
#[test]
fn values_of_enumerations() {
    let read = |change: fn(&mut Value, &str), word: &str| {
        let mut body = asset(7001);
        change(&mut body, word);
        let read: Asset = serde_json::from_value(body.clone()).unwrap();
        assert_eq!(
            serde_json::to_value(&read).unwrap(),
            body,
            "{word} is written as it was read"
        );
        read
    };
    let category = |word: &str| read(|body, word| body["category"] = json!(word), word).category;
    for (word, category_of_it) in [
        ("Charging", AssetCategory::Charging),
        ("Consumption", AssetCategory::Consumption),
        ("Generation", AssetCategory::Generation),
        ("Storage", AssetCategory::Storage),
    ] {
        assert_eq!(category(word), category_of_it);
    }
    assert!(matches!(category("Sailing"), AssetCategory::Unknown(_)));
    let phase = |word: &str| read(|body, word| body["phase"] = json!(word), word).phase;
    for (word, phase_of_it) in [
        ("Unknown", Phase::Unspecified),
        ("A", Phase::A),
        ("B", Phase::B),
        ("C", Phase::C),
        ("All", Phase::All),
    ] {
        assert_eq!(phase(word), phase_of_it);
    }
    assert!(matches!(phase("D"), Phase::Unknown(_)));
    let unit = |word: &str| {
        let asset = read(|body, word| body["energy"]["unit"] = json!(word), word);
        asset.energy.unwrap().unit
    };
    for (word, unit_of_it) in [
        ("A", MeasurementUnit::Amperes),
        ("W", MeasurementUnit::Watts),
        ("kW", MeasurementUnit::Kilowatts),
        ("Wh", MeasurementUnit::WattHours),
        ("kWh", MeasurementUnit::KilowattHours),
    ] {
        assert_eq!(unit(word), unit_of_it);
    }
    let statistic = |word: &str| {
        let asset = read(|body, word| body["energy"]["statisticType"] = json!(word), word);
        asset.energy.unwrap().statistic_type
    };
    for (word, statistic_of_it) in [
        ("Average", StatisticType::Average),
        ("Count", StatisticType::Count),
        ("Minimum", StatisticType::Minimum),
        ("Maximum", StatisticType::Maximum),
        ("Start", StatisticType::Start),
        ("End", StatisticType::End),
        ("Difference", StatisticType::Difference),
    ] {
        assert_eq!(statistic(word), statistic_of_it);
    }
    let part = |word: &str| {
        let asset = read(|body, word| body["energy"]["type"] = json!(word), word);
        asset.energy.unwrap().energy_type
    };
    for (word, part_of_it) in [
        ("Flexible", EnergyType::Flexible),
        ("NonFlexible", EnergyType::NonFlexible),
        ("Total", EnergyType::Total),
    ] {
        assert_eq!(part(word), part_of_it);
    }
    let direction = |word: &str| {
        let asset = read(|body, word| body["energy"]["direction"] = json!(word), word);
        asset.energy.unwrap().direction
    };
    for (word, direction_of_it) in [
        ("Net", EnergyDirection::Net),
        ("Import", EnergyDirection::Import),
        ("Export", EnergyDirection::Export),
    ] {
        assert_eq!(direction(word), direction_of_it);
    }
    let audience = |word: &str| read(|body, word| body["audience"] = json!(word), word).audience;
    for (word, audience_of_it) in [
        ("FlexibilityProvider", OscpRole::FlexibilityProvider),
        ("CapacityProvider", OscpRole::CapacityProvider),
        ("CapacityOptimizer", OscpRole::CapacityOptimizer),
    ] {
        assert_eq!(audience(word), audience_of_it);
    }
}
