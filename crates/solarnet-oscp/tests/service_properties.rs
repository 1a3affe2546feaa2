//! `serviceProps`: every key both ways, and no secret shown.

use energy_core::check::{Direction, Rules};
use serde_json::{Value, json};
use solarnet_oscp::{OauthClient, Secret, ServiceProperties, UrlPath};

fn read(body: Value) -> ServiceProperties {
    serde_json::from_value(body).unwrap()
}

fn written(properties: &ServiceProperties) -> Value {
    serde_json::to_value(properties).unwrap()
}

fn full() -> Value {
    json!({
        "oauth-token-url": "https://id.dyke.example/token",
        "oauth-client-id": "dyke-7",
        "oauth-client-secret": "cormorant-drying",
        "http-headers": {"X-Api-Key": "shag-on-a-rock", "X-Depth": "3.5"},
        "url-paths": {
            "AdjustGroupCapacityForecast": "/a",
            "GroupCapacityComplianceError": "/b",
            "HandshakeAcknowledge": "/c",
            "Heartbeat": "/d",
            "Register": "/e",
            "UpdateGroupCapacityForecast": "/f",
            "UpdateAssetMeasurements": "/g",
            "UpdateGroupMeasurements": "/h",
        },
        "group-asset-measurement": true,
        "group-combined-asset-id": "dyke-all",
        "tide-table": {"port": "Dyke", "years": [2026, 2027]},
        "note": null,
    })
}

#[test]
fn every_key_is_read() {
    let properties = read(full());
    assert_eq!(
        properties.oauth_token_url.as_deref(),
        Some("https://id.dyke.example/token")
    );
    assert_eq!(properties.oauth_client_id.as_deref(), Some("dyke-7"));
    assert_eq!(properties.oauth_client_secret, Some(Secret::new("cormorant-drying")));
    assert_eq!(
        properties.http_headers.names().collect::<Vec<_>>(),
        ["X-Api-Key", "X-Depth"]
    );
    assert_eq!(
        properties.http_headers.get("X-Api-Key"),
        Some(Secret::new("shag-on-a-rock"))
    );
    assert_eq!(properties.http_headers.get("X-Absent"), None);
    assert_eq!(properties.url_paths.len(), 8);
    assert_eq!(properties.url_paths.get("Heartbeat"), Some(&json!("/d")));
    assert_eq!(properties.group_asset_measurement, Some(true));
    assert_eq!(properties.group_combined_asset_id.as_deref(), Some("dyke-all"));
    assert_eq!(properties.extra.fields().len(), 2);
    assert_eq!(
        properties.extra.get("tide-table"),
        Some(&json!({"port": "Dyke", "years": [2026, 2027]}))
    );
    assert_eq!(properties.extra.get("note"), Some(&Value::Null));
}

#[test]
fn every_key_is_written_as_it_was_read() {
    assert_eq!(written(&read(full())), full());
    assert_eq!(written(&read(json!({}))), json!({}));
    assert_eq!(written(&ServiceProperties::new()), json!({}));
    for (key, value) in full().as_object().unwrap() {
        let alone = json!({key: value});
        assert_eq!(written(&read(alone.clone())), alone, "{key}");
    }
}

#[test]
fn every_key_can_be_set() {
    let names = [
        UrlPath::AdjustGroupCapacityForecast,
        UrlPath::GroupCapacityComplianceError,
        UrlPath::HandshakeAcknowledge,
        UrlPath::Heartbeat,
        UrlPath::Register,
        UrlPath::UpdateGroupCapacityForecast,
        UrlPath::UpdateAssetMeasurements,
        UrlPath::UpdateGroupMeasurements,
    ];
    assert_eq!(UrlPath::KNOWN.len(), names.len(), "none is missing above");
    let mut properties = ServiceProperties::new()
        .oauth(OauthClient::new(
            "https://id.dyke.example/token",
            "dyke-7",
            "cormorant-drying",
        ))
        .header("X-Api-Key", "shag-on-a-rock")
        .header("X-Depth", "3.5")
        .group_asset_measurement(true)
        .group_combined_asset_id("dyke-all");
    for (name, letter) in names.into_iter().zip('a'..) {
        properties = properties.url_path(name, format!("/{letter}"));
    }
    properties
        .extra
        .insert("tide-table", json!({"port": "Dyke", "years": [2026, 2027]}));
    properties.extra.insert("note", Value::Null);
    assert_eq!(written(&properties), full());
    assert!(properties.check(Direction::Sent).is_ok());
}

#[test]
fn paths_of_messages_that_nobody_has_described() {
    let properties = ServiceProperties::new().url_path(UrlPath::from("Handshake"), "/shake");
    assert_eq!(written(&properties), json!({"url-paths": {"Handshake": "/shake"}}));
    let body = json!({"url-paths": {"Handshake": "/shake", "Odd": {"is": "kept"}}});
    assert_eq!(written(&read(body.clone())), body);
}

#[test]
fn a_flag_in_every_form_that_the_service_takes() {
    let flag = |value: Value| read(json!({"group-asset-measurement": value})).group_asset_measurement;
    for yes in [
        json!(true),
        json!(1),
        json!(-3),
        json!(0.5),
        json!("true"),
        json!("TRUE"),
        json!("yes"),
        json!("1"),
    ] {
        assert_eq!(flag(yes.clone()), Some(true), "{yes}");
    }
    for no in [
        json!(false),
        json!(0),
        json!(0.0),
        json!("false"),
        json!("False"),
        json!("no"),
        json!("0"),
    ] {
        assert_eq!(flag(no.clone()), Some(false), "{no}");
    }
    assert_eq!(flag(Value::Null), None);
    assert_eq!(read(json!({})).group_asset_measurement, None);
    for odd in [json!([]), json!({"a": 1})] {
        let odd = json!({"group-asset-measurement": odd});
        let kept = read(odd.clone());
        assert_eq!((kept.group_asset_measurement, written(&kept)), (None, odd));
    }
    let no = ServiceProperties::new().group_asset_measurement(false);
    assert_eq!(written(&no), json!({"group-asset-measurement": false}));
}

#[test]
fn header_values_that_are_no_texts() {
    let body = json!({"http-headers": {"X-Depth": 3.5, "X-Open": true, "X-Berth": 12}});
    let properties = read(body.clone());
    let get = |name: &str| properties.http_headers.get(name).map(|value| value.expose().to_owned());
    assert_eq!(get("X-Depth").as_deref(), Some("3.5"));
    assert_eq!(get("X-Open").as_deref(), Some("true"));
    assert_eq!(get("X-Berth").as_deref(), Some("12"));
    assert_eq!(written(&properties), body, "the service makes texts of them");
    assert!(properties.check(Direction::Sent).is_ok());
}

#[test]
fn headers_are_set_and_taken_out() {
    let mut headers = ServiceProperties::new().http_headers;
    assert!(headers.is_empty());
    headers.insert("X-B", "2");
    headers.insert("X-A", "1");
    headers.insert("X-B", "3");
    assert_eq!(headers.names().collect::<Vec<_>>(), ["X-A", "X-B"]);
    assert_eq!(headers.get("X-B"), Some(Secret::new("3")));
    headers.remove("X-B");
    headers.remove("X-Absent");
    assert_eq!(headers.names().collect::<Vec<_>>(), ["X-A"]);
    headers.remove("X-A");
    let mut properties = ServiceProperties::new();
    properties.http_headers = headers;
    assert_eq!(written(&properties), json!({}), "no empty object is sent");
}

#[test]
fn no_secret_is_shown() {
    let mut properties = read(full());
    properties.extra.insert("pin", "plover-77");
    let client = OauthClient::new("https://id.dyke.example/token", "dyke-7", "cormorant-drying");
    let shown = format!(
        "{properties:?} {properties:#?} {client:?} {:?}",
        properties.http_headers
    );
    for secret in ["cormorant-drying", "shag-on-a-rock", "plover-77", "3.5"] {
        assert!(!shown.contains(secret), "{secret} is shown: {shown}");
    }
    for name in ["dyke-7", "X-Api-Key", "X-Depth", "tide-table", "pin", "dyke-all"] {
        assert!(shown.contains(name), "{name} helps and is no secret: {shown}");
    }
}

#[test]
fn which_values_are_secrets() {
    let mut properties = read(full());
    properties.http_headers.insert("X-Third", "teal");
    let mut found = Vec::new();
    properties.secrets(&mut found);
    let found: Vec<&str> = found.iter().map(Secret::expose).collect();
    assert_eq!(found, ["cormorant-drying", "shag-on-a-rock", "3.5", "teal"]);
}

#[test]
fn a_secret_of_another_kind_is_not_shown_either() {
    for body in [
        json!({"oauth-client-secret": ["cormorant-drying"]}),
        json!({"oauth-client-secret": {"value": "cormorant-drying"}}),
        json!({"http-headers": ["cormorant-drying"]}),
    ] {
        let read: ServiceProperties = serde_json::from_value(body).unwrap();
        assert!(!format!("{read:?}").contains("cormorant"), "{read:?}");
    }
}

#[test]
fn a_value_of_another_kind_is_kept_as_it_came() {
    for odd in [
        json!({"http-headers": "x"}),
        json!({"group-combined-asset-id": 12}),
        json!({"oauth-client-id": 5}),
        json!({"group-asset-measurement": "maybe"}),
        json!({"url-paths": ["/x"], "oauth-token-url": "https://login.example.org/t"}),
    ] {
        let read: ServiceProperties = serde_json::from_value(odd.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), odd);
    }
    let nothing = json!({"http-headers": null, "url-paths": null, "oauth-client-id": null});
    assert_eq!(
        serde_json::from_value::<ServiceProperties>(nothing).unwrap(),
        ServiceProperties::new()
    );
}

#[test]
fn what_is_set_takes_the_place_of_a_value_of_another_kind() {
    let mut read: ServiceProperties = serde_json::from_value(json!({"group-combined-asset-id": 12, "new": 1})).unwrap();
    read.group_combined_asset_id = Some("quay".to_owned());
    assert_eq!(
        serde_json::to_value(&read).unwrap(),
        json!({"group-combined-asset-id": "quay", "new": 1})
    );
}
