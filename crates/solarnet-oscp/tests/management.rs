//! What takes more than one call: updates that keep the rest, creations in two steps, all assets.

use std::time::Duration;

use serde_json::{Value, json};
use solarnet_oscp::*;

use crate::support::entities::*;
use crate::support::*;

/// A service that gives `entity`, and takes what replaces it.
async fn updating(entity: Value) -> Service {
    Service::answering_all([Reply::json(envelope(entity.clone())), Reply::json(envelope(entity))]).await
}

/// The read and the update that arrived, as the body of the update.
fn updated(service: &Service, path: &str) -> Value {
    let sent = service.sent();
    assert_eq!(sent.len(), 2, "{sent:?}");
    sent[0].expect("GET", path);
    assert_eq!(sent[1].line, format!("PUT {BASE}{path}"));
    sent[1].json()
}

/// What an update of [`system`] must send when nothing is changed.
fn whole_system(name: &str) -> Value {
    json!({
        "name": name,
        "enabled": true,
        "baseUrl": "https://oscp.lakeside.example/oscp/2.0",
        "oscpVersion": "2.0",
        "registrationStatus": "Registered",
        "serviceProps": {
            "oauth-token-url": "https://id.lakeside.example/token",
            "oauth-client-id": "solarnetwork-at-lakeside",
            "http-headers": {"X-Site": "pier 4"},
            "url-paths": {"Register": "/join"},
            "group-combined-asset-id": "all-of-it",
            "berth-count": 12,
        },
    })
}

#[tokio::test]
async fn an_update_of_a_provider_changes_only_what_was_asked() {
    let path = "/user/oscp/capacity-providers/4021";
    let id = CapacityProviderId::from(4021);
    let service = updating(system(4021, "Lakeside Grid")).await;
    let saved = update(&service.client(), id, |_| {}).await.unwrap();
    expect_provider(&saved, 4021, "Lakeside Grid");
    assert_eq!(updated(&service, path), whole_system("Lakeside Grid"));

    let service = updating(system(4021, "Lakeside Grid")).await;
    let change = |provider: &mut CapacityProviderInput| provider.enabled = false;
    update(&service.client(), id, change).await.unwrap();
    let mut expected = whole_system("Lakeside Grid");
    expected["enabled"] = json!(false);
    assert_eq!(updated(&service, path), expected);

    let mut bare = created_system(4021, "Lakeside Grid");
    bare.as_object_mut().unwrap().remove("token");
    let service = updating(bare).await;
    let change = |provider: &mut CapacityProviderInput| provider.oscp_version = Some("2.0".into());
    update(&service.client(), id, change).await.unwrap();
    let expected = json!({
        "name": "Lakeside Grid", "enabled": false, "oscpVersion": "2.0", "registrationStatus": "Pending",
    });
    assert_eq!(updated(&service, path), expected, "what was not there is not invented");
}

#[tokio::test]
async fn an_update_of_an_optimizer_changes_only_what_was_asked() {
    let path = "/user/oscp/capacity-optimizers/4033";
    let service = updating(system(4033, "Basin Planner")).await;
    let change = |optimizer: &mut CapacityOptimizerInput| {
        let properties = optimizer.service_props.as_mut().unwrap();
        properties.http_headers.insert("X-Pier", "5");
        properties.oauth_client_secret = Some(OAUTH_SECRET.into());
    };
    let saved = update(&service.client(), CapacityOptimizerId::from(4033), change)
        .await
        .unwrap();
    expect_optimizer(&saved, 4033, "Basin Planner");
    let mut expected = whole_system("Basin Planner");
    expected["serviceProps"]["http-headers"]["X-Pier"] = json!("5");
    expected["serviceProps"]["oauth-client-secret"] = json!(OAUTH_SECRET);
    assert_eq!(updated(&service, path), expected);
}

#[tokio::test]
async fn a_status_that_nobody_knows_survives_an_update() {
    let mut odd = system(4021, "Lakeside Grid");
    odd["registrationStatus"] = json!("Paused");
    odd["serviceProps"]["http-headers"] = json!({"X-Site": 4, "X-Open": true});
    odd["serviceProps"]["group-asset-measurement"] = json!(false);
    let service = updating(odd).await;
    let id = CapacityProviderId::from(4021);
    update(&service.client(), id, |provider| provider.name = "Lakeside".into())
        .await
        .unwrap();
    let body = updated(&service, "/user/oscp/capacity-providers/4021");
    assert_eq!(body["registrationStatus"], "Paused");
    assert_eq!(body["serviceProps"]["group-asset-measurement"], json!(false));
    assert_eq!(
        body["serviceProps"]["http-headers"],
        json!({"X-Site": 4, "X-Open": true})
    );
}

#[tokio::test]
async fn an_update_of_a_group_changes_only_what_was_asked() {
    let service = updating(group()).await;
    let change =
        |group: &mut CapacityGroupInput| group.capacity_provider_measurement_period = MeasurementPeriod::Minute;
    let saved = update(&service.client(), CapacityGroupId::from(58), change)
        .await
        .unwrap();
    expect_group(&saved);
    let expected = json!({
        "name": "East basin",
        "identifier": "basin-east",
        "capacityProviderId": 4021,
        "capacityProviderMeasurementPeriod": "Minute",
        "capacityOptimizerId": 4033,
        "capacityOptimizerMeasurementPeriod": "Hour",
        "enabled": true,
        "serviceProps": {"group-combined-asset-id": "basin-east-all"},
    });
    assert_eq!(updated(&service, "/user/oscp/capacity-groups/58"), expected);
}

#[tokio::test]
async fn an_update_of_an_asset_changes_only_what_was_asked() {
    let service = updating(asset(7001)).await;
    let change = |asset: &mut AssetInput| asset.source_id = "/basin/ferry/one".into();
    let saved = update(&service.client(), AssetId::from(7001), change).await.unwrap();
    expect_asset(&saved, 7001);
    let mut expected = asset(7001);
    for read_only in ["userId", "configId", "created", "modified"] {
        expected.as_object_mut().unwrap().remove(read_only);
    }
    expected["sourceId"] = json!("/basin/ferry/one");
    assert_eq!(updated(&service, "/user/oscp/assets/7001"), expected);
}

#[tokio::test]
async fn settings_replace_themselves() {
    let body = json!({
        "userId": 731, "groupId": 58, "created": "2026-01-20 19:44:02Z", "modified": "2026-05-02 07:00:00Z",
        "publishToSolarIn": false, "publishToSolarFlux": true, "nodeId": 902, "sourceIdTemplate": "/h/{cg}",
    });
    let expected = json!({
        "publishToSolarIn": false, "publishToSolarFlux": true, "nodeId": 902, "sourceIdTemplate": "/h/{cg}",
    });
    let settings: UserSettings = serde_json::from_value(body.clone()).unwrap();
    let input = UserSettingsInput::from(&settings);
    assert_eq!(serde_json::to_value(input).unwrap(), expected);
    let settings: CapacityGroupSettings = serde_json::from_value(body).unwrap();
    let input = CapacityGroupSettingsInput::from(&settings);
    assert_eq!(serde_json::to_value(input).unwrap(), expected);
}

#[tokio::test]
async fn an_update_of_something_unknown_sends_nothing() {
    let unknown = Reply::json(failure(None, "UNKNOWN_OBJECT")).status(403);
    let service = Service::answering(unknown).await;
    let error = update(&service.client(), AssetId::from(7001), |asset| asset.enabled = false)
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    service.one().expect("GET", "/user/oscp/assets/7001");
}

#[tokio::test]
async fn an_update_that_breaks_a_rule_is_not_sent() {
    let service = updating(asset(7001)).await;
    let change = |asset: &mut AssetInput| asset.audience = OscpRole::FlexibilityProvider;
    let error = update(&service.client(), AssetId::from(7001), change)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Build { .. }), "{error:?}");
    service.one().expect("GET", "/user/oscp/assets/7001");
}

/// A provider as the update after its creation gives it: without its token.
fn versioned(id: i64, name: &str) -> Value {
    let mut system = created_system(id, name);
    system.as_object_mut().unwrap().remove("token");
    system["oscpVersion"] = json!("2.0");
    system
}

#[tokio::test]
async fn a_creation_in_two_steps_sets_the_version_and_keeps_the_token() {
    let created = Reply::json(envelope(created_system(4022, "Moor Grid"))).status(201);
    let service = Service::answering_all([created, Reply::json(envelope(versioned(4022, "Moor Grid")))]).await;
    let input = CapacityProviderInput::new("Moor Grid")
        .enabled(true)
        .base_url("https://oscp.moor.example/cp")
        .service_props(secretive_properties());
    let provider = create_and_set_version(&service.client(), input).await.unwrap();
    let sent = service.sent();
    let body = json!({
        "name": "Moor Grid",
        "enabled": true,
        "baseUrl": "https://oscp.moor.example/cp",
        "oscpVersion": "2.0",
        "registrationStatus": "Pending",
        "serviceProps": {
            "oauth-token-url": "https://id.lakeside.example/token",
            "oauth-client-id": "solarnetwork-at-lakeside",
            "oauth-client-secret": OAUTH_SECRET,
            "http-headers": {"X-Api-Key": HEADER_SECRET},
        },
    });
    assert_eq!(sent.len(), 2);
    sent[0].expect_body("POST", "/user/oscp/capacity-providers", &body);
    sent[1].expect_body("PUT", "/user/oscp/capacity-providers/4022", &body);
    assert_eq!(provider.token, Some(Secret::new(NEW_TOKEN)));
    assert_eq!(provider.oscp_version.as_deref(), Some("2.0"));
    assert_eq!(provider.config_id, CapacityProviderId::from(4022));

    let created = Reply::json(envelope(created_system(4034, "Dyke Planner"))).status(201);
    let service = Service::answering_all([created, Reply::json(envelope(versioned(4034, "Dyke Planner")))]).await;
    let input = CapacityOptimizerInput::new("Dyke Planner").oscp_version("2.1");
    let optimizer = create_and_set_version(&service.client(), input).await.unwrap();
    let sent = service.sent();
    let body = json!({
        "name": "Dyke Planner", "enabled": false, "oscpVersion": "2.1", "registrationStatus": "Pending",
    });
    assert_eq!(sent.len(), 2);
    sent[0].expect_body("POST", "/user/oscp/capacity-optimizers", &body);
    sent[1].expect_body("PUT", "/user/oscp/capacity-optimizers/4034", &body);
    assert_eq!(optimizer.token, Some(Secret::new(NEW_TOKEN)));
}

#[tokio::test]
async fn a_creation_that_fails_in_its_second_step_is_not_lost() {
    let created = || Reply::json(envelope(created_system(4022, "Moor Grid"))).status(201);
    let failure = Reply::json(failure(Some("DAO.00101"), "Duplicate key.")).status(422);
    let service = Service::answering_all([created(), failure]).await;
    let error = create_and_set_version(&service.client(), CapacityProviderInput::new("Moor Grid"))
        .await
        .unwrap_err();
    let shown = everything_shown(&error);
    assert!(!shown.contains(NEW_TOKEN), "the token is shown: {shown}");
    assert!(shown.contains("DAO.00101"), "{shown}");
    let CreateError::Unfinished(unfinished) = error else {
        panic!("another kind of error: {error:?}");
    };
    let shown = everything_shown(&unfinished);
    assert!(!shown.contains(NEW_TOKEN), "the token is shown: {shown}");
    expect_created_provider(&unfinished.created, 4022, "Moor Grid");
    assert_eq!(api(&unfinished.source).code.as_deref(), Some("DAO.00101"));
}

#[tokio::test]
async fn a_creation_that_fails_in_its_first_step_ends_there() {
    let refusal = Reply::json(failure(Some("DAO.00101"), "Duplicate key.")).status(422);
    let service = Service::answering(refusal).await;
    let error = create_and_set_version(&service.client(), CapacityOptimizerInput::new("Dyke Planner"))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, CreateError::NotCreated(error) if error.may_have_been_sent()),
        "{error:?}"
    );
    assert_eq!(service.one().line, format!("POST {BASE}/user/oscp/capacity-optimizers"));

    let service = Service::untouched().await;
    let error = create_and_set_version(&service.client(), CapacityOptimizerInput::new(" "))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, CreateError::NotCreated(error) if !error.may_have_been_sent()),
        "{error:?}"
    );
    assert!(service.sent().is_empty());
}

fn three_groups() -> Reply {
    let mut groups = [group(), group(), group()];
    for (group, id) in groups.iter_mut().zip([58, 59, 60]) {
        group["configId"] = json!(id);
    }
    Reply::json(envelope(json!(groups)))
}

#[tokio::test]
async fn all_assets_group_by_group() {
    let service = Service::answering_all([
        three_groups(),
        Reply::json(envelope(json!([asset(7001), asset(7002)]))),
        Reply::json(failure(None, "UNKNOWN_OBJECT")).status(403),
        Reply::json(envelope(json!([asset(7003)]))),
    ])
    .await;
    let assets = list_all_assets(&service.client()).await.unwrap();
    let ids: Vec<i64> = assets.iter().map(|asset| asset.config_id.get()).collect();
    assert_eq!(ids, [7001, 7002, 7003], "the second group was deleted meanwhile");
    let sent = service.sent();
    assert_eq!(sent.len(), 4);
    sent[0].expect("GET", "/user/oscp/capacity-groups");
    for (sent, id) in sent[1..].iter().zip([58, 59, 60]) {
        sent.expect("GET", &format!("/user/oscp/capacity-groups/{id}/assets"));
    }
}

#[tokio::test]
async fn all_assets_or_an_error() {
    let denied = Reply::json(failure(None, "ACCESS_DENIED")).status(403);
    let found = Reply::json(envelope(json!([asset(7001)])));
    let service = Service::answering_all([three_groups(), found, denied]).await;
    let error = list_all_assets(&service.client()).await.unwrap_err();
    assert!(error.is_forbidden());
    assert_eq!(service.sent().len(), 3, "the third group is not asked for");

    let service = Service::answering(Reply::json(envelope(json!([])))).await;
    assert!(list_all_assets(&service.client()).await.unwrap().is_empty());
    service.one().expect("GET", "/user/oscp/capacity-groups");
}

#[test]
fn how_long_each_period_is() {
    for (word, period, seconds) in [
        ("Minute", MeasurementPeriod::Minute, 60),
        ("FiveMinute", MeasurementPeriod::FiveMinute, 300),
        ("TenMinute", MeasurementPeriod::TenMinute, 600),
        ("FifteenMinute", MeasurementPeriod::FifteenMinute, 900),
        ("TwentyMinute", MeasurementPeriod::TwentyMinute, 1200),
        ("ThirtyMinute", MeasurementPeriod::ThirtyMinute, 1800),
        ("Hour", MeasurementPeriod::Hour, 3600),
    ] {
        assert_eq!(MeasurementPeriod::from(word), period);
        assert_eq!(period.as_str(), word);
        assert_eq!(period.duration(), Some(Duration::from_secs(seconds)), "{word}");
    }
    assert_eq!(MeasurementPeriod::KNOWN.len(), 7, "none is missing above");
    assert_eq!(MeasurementPeriod::from("TwoHour").duration(), None);
}
