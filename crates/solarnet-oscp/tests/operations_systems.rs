//! Account settings, capacity providers and capacity optimizers: each operation on the wire and read.

use energy_core::time::macros::datetime;
use serde_json::{Value, json};
use solarnet_oscp::*;

use crate::support::entities::*;
use crate::support::*;

fn settings() -> Value {
    json!({
        "userId": 731,
        "created": "2026-01-20 19:44:02.03Z",
        "modified": "2026-05-02 07:00:00Z",
        "publishToSolarIn": false,
        "publishToSolarFlux": true,
        "nodeId": 902,
        "sourceIdTemplate": "/harbour/{role}/{actionCode}/{cg}",
    })
}

fn expect_settings(settings: &UserSettings) {
    assert_eq!(settings.user_id, UserId::from(731));
    assert_eq!(settings.created, datetime!(2026-01-20 19:44:02.03 UTC));
    assert_eq!(settings.modified, datetime!(2026-05-02 07:00 UTC));
    assert_eq!(
        (settings.publish_to_solar_in, settings.publish_to_solar_flux),
        (false, true)
    );
    assert_eq!(settings.node_id, NodeId::from(902));
    assert_eq!(
        settings.source_id_template.as_deref(),
        Some("/harbour/{role}/{actionCode}/{cg}")
    );
}

#[tokio::test]
async fn get_user_settings() {
    let (found, sent) = exchange(&GetUserSettings::new(), Reply::json(envelope(settings()))).await;
    sent.expect("GET", "/user/oscp/settings");
    expect_settings(&found.unwrap());

    let mut short = settings();
    short.as_object_mut().unwrap().remove("sourceIdTemplate");
    let (found, _) = exchange(&GetUserSettings::new(), Reply::json(envelope(short))).await;
    assert_eq!(found.unwrap().source_id_template, None);

    for nothing in [done(), json!({"success": true, "data": null})] {
        let (found, _) = exchange(&GetUserSettings::new(), Reply::json(nothing)).await;
        assert_eq!(found, None, "nothing was saved");
    }
}

#[tokio::test]
async fn update_user_settings() {
    let input = UserSettingsInput::new(NodeId::from(902))
        .publish_to_solar_in(false)
        .source_id_template("/harbour/{role}/{actionCode}/{cg}");
    let reply = || Reply::json(envelope(settings()));
    let (saved, sent) = exchange(&UpdateUserSettings::new(input), reply()).await;
    let body = json!({
        "nodeId": 902,
        "publishToSolarIn": false,
        "publishToSolarFlux": true,
        "sourceIdTemplate": "/harbour/{role}/{actionCode}/{cg}",
    });
    sent.expect_body("PUT", "/user/oscp/settings", &body);
    expect_settings(&saved);

    let plain = UserSettingsInput::new(NodeId::from(903)).publish_to_solar_flux(false);
    let (_, sent) = exchange(&UpdateUserSettings::new(plain), reply()).await;
    let body = json!({"nodeId": 903, "publishToSolarIn": true, "publishToSolarFlux": false});
    sent.expect_body("PUT", "/user/oscp/settings", &body);
}

#[tokio::test]
async fn delete_user_settings() {
    let ((), sent) = exchange(&DeleteUserSettings::new(), Reply::json(done())).await;
    sent.expect("DELETE", "/user/oscp/settings");
    // The documentation says that the answer is empty.
    let ((), _) = exchange(&DeleteUserSettings::new(), Reply::empty(200)).await;
}

#[tokio::test]
async fn list_capacity_providers() {
    let list = json!([system(4021, "Lakeside Grid"), created_system(4022, "Moor Grid")]);
    let (found, sent) = exchange(&ListCapacityProviders::new(), Reply::json(envelope(list))).await;
    sent.expect("GET", "/user/oscp/capacity-providers");
    assert_eq!(found.len(), 2);
    expect_provider(&found[0], 4021, "Lakeside Grid");
    expect_created_provider(&found[1], 4022, "Moor Grid");

    let (found, _) = exchange(&ListCapacityProviders::new(), Reply::json(envelope(json!([])))).await;
    assert!(found.is_empty());
}

#[tokio::test]
async fn create_capacity_provider() {
    let reply = || {
        Reply::json(envelope(created_system(4022, "Moor Grid")))
            .status(201)
            .header("location", "/solaruser/u/sec/oscp/capacity-providers/4022")
    };
    let service = Service::answering(reply()).await;
    let request = CreateCapacityProvider::new(CapacityProviderInput::new("Moor Grid"));
    let created = service.client().send(&request).await.unwrap();
    let body = json!({"name": "Moor Grid", "enabled": false, "registrationStatus": "Pending"});
    // The one request that arrived: the location is not followed.
    service
        .one()
        .expect_body("POST", "/user/oscp/capacity-providers", &body);
    expect_created_provider(&created, 4022, "Moor Grid");

    let input = CapacityProviderInput::new("Moor Grid")
        .enabled(true)
        .base_url("https://oscp.moor.example/cp")
        .oscp_version("2.0")
        .registration_status(RegistrationStatus::Registered)
        .service_props(secretive_properties().url_path(UrlPath::Heartbeat, "/pulse"));
    let (_, sent) = exchange(&CreateCapacityProvider::new(input), reply()).await;
    let body = json!({
        "name": "Moor Grid",
        "enabled": true,
        "baseUrl": "https://oscp.moor.example/cp",
        "oscpVersion": "2.0",
        "registrationStatus": "Registered",
        "serviceProps": {
            "oauth-token-url": "https://id.lakeside.example/token",
            "oauth-client-id": "solarnetwork-at-lakeside",
            "oauth-client-secret": OAUTH_SECRET,
            "http-headers": {"X-Api-Key": HEADER_SECRET},
            "url-paths": {"Heartbeat": "/pulse"},
        },
    });
    sent.expect_body("POST", "/user/oscp/capacity-providers", &body);
}

/// A server without a store for secrets repeats them when a system is created: that is the answer, and no error.
#[tokio::test]
async fn a_creation_may_repeat_the_secret() {
    let mut echoed = created_system(4022, "Moor Grid");
    echoed["serviceProps"] = json!({"oauth-client-secret": OAUTH_SECRET, "http-headers": {"X-Api-Key": HEADER_SECRET}});
    let input = CapacityProviderInput::new("Moor Grid").service_props(secretive_properties());
    let reply = Reply::json(envelope(echoed)).status(201);
    let (created, _) = exchange(&CreateCapacityProvider::new(input), reply).await;
    let properties = created.service_props.as_ref().unwrap();
    assert_eq!(properties.oauth_client_secret, Some(Secret::new(OAUTH_SECRET)));
    let shown = format!("{created:?} {created:#?}");
    for secret in [OAUTH_SECRET, HEADER_SECRET, NEW_TOKEN] {
        assert!(!shown.contains(secret), "{secret} is shown: {shown}");
    }
}

#[tokio::test]
async fn get_capacity_provider() {
    let request = GetCapacityProvider::new(CapacityProviderId::from(4021));
    let (found, sent) = exchange(&request, Reply::json(envelope(system(4021, "Lakeside Grid")))).await;
    sent.expect("GET", "/user/oscp/capacity-providers/4021");
    expect_provider(&found, 4021, "Lakeside Grid");
}

#[tokio::test]
async fn update_capacity_provider() {
    let input = CapacityProviderInput::new("Lakeside Grid")
        .enabled(true)
        .registration_status(RegistrationStatus::Failed);
    let request = UpdateCapacityProvider::new(CapacityProviderId::from(4021), input);
    let (saved, sent) = exchange(&request, Reply::json(envelope(system(4021, "Lakeside Grid")))).await;
    let body = json!({"name": "Lakeside Grid", "enabled": true, "registrationStatus": "Failed"});
    sent.expect_body("PUT", "/user/oscp/capacity-providers/4021", &body);
    expect_provider(&saved, 4021, "Lakeside Grid");
}

#[tokio::test]
async fn delete_capacity_provider() {
    let request = DeleteCapacityProvider::new(CapacityProviderId::from(4021));
    let ((), sent) = exchange(&request, Reply::json(done())).await;
    sent.expect("DELETE", "/user/oscp/capacity-providers/4021");
}

#[tokio::test]
async fn list_capacity_optimizers() {
    let list = json!([system(4033, "Basin Planner"), created_system(4034, "Dyke Planner")]);
    let (found, sent) = exchange(&ListCapacityOptimizers::new(), Reply::json(envelope(list))).await;
    sent.expect("GET", "/user/oscp/capacity-optimizers");
    assert_eq!(found.len(), 2);
    expect_optimizer(&found[0], 4033, "Basin Planner");
    expect_created_optimizer(&found[1], 4034, "Dyke Planner");
}

#[tokio::test]
async fn create_capacity_optimizer() {
    let reply = || Reply::json(envelope(created_system(4034, "Dyke Planner"))).status(201);
    let request = CreateCapacityOptimizer::new(CapacityOptimizerInput::new("Dyke Planner"));
    let (created, sent) = exchange(&request, reply()).await;
    let body = json!({"name": "Dyke Planner", "enabled": false, "registrationStatus": "Pending"});
    sent.expect_body("POST", "/user/oscp/capacity-optimizers", &body);
    expect_created_optimizer(&created, 4034, "Dyke Planner");

    let input = CapacityOptimizerInput::new("Dyke Planner")
        .enabled(true)
        .base_url("https://oscp.dyke.example/co")
        .oscp_version("2.0")
        .registration_status(RegistrationStatus::Registered)
        .service_props(ServiceProperties::new().group_asset_measurement(true));
    let (_, sent) = exchange(&CreateCapacityOptimizer::new(input), reply()).await;
    let body = json!({
        "name": "Dyke Planner",
        "enabled": true,
        "baseUrl": "https://oscp.dyke.example/co",
        "oscpVersion": "2.0",
        "registrationStatus": "Registered",
        "serviceProps": {"group-asset-measurement": true},
    });
    sent.expect_body("POST", "/user/oscp/capacity-optimizers", &body);
}

#[tokio::test]
async fn get_capacity_optimizer() {
    let request = GetCapacityOptimizer::new(CapacityOptimizerId::from(4033));
    let (found, sent) = exchange(&request, Reply::json(envelope(system(4033, "Basin Planner")))).await;
    sent.expect("GET", "/user/oscp/capacity-optimizers/4033");
    expect_optimizer(&found, 4033, "Basin Planner");
}

#[tokio::test]
async fn update_capacity_optimizer() {
    let input = CapacityOptimizerInput::new("Basin Planner").registration_status(RegistrationStatus::Registered);
    let request = UpdateCapacityOptimizer::new(CapacityOptimizerId::from(4033), input);
    let (saved, sent) = exchange(&request, Reply::json(envelope(system(4033, "Basin Planner")))).await;
    let body = json!({"name": "Basin Planner", "enabled": false, "registrationStatus": "Registered"});
    sent.expect_body("PUT", "/user/oscp/capacity-optimizers/4033", &body);
    expect_optimizer(&saved, 4033, "Basin Planner");
}

#[tokio::test]
async fn delete_capacity_optimizer() {
    let request = DeleteCapacityOptimizer::new(CapacityOptimizerId::from(4033));
    let ((), sent) = exchange(&request, Reply::json(done())).await;
    sent.expect("DELETE", "/user/oscp/capacity-optimizers/4033");
}
