//! The management of OSCP systems: what is stored, how it is shown, and what is refused.

use serde_json::{Value, json};
use time::macros::datetime;

use crate::common::solarnet::{Signed, asset_body, data, group_body, manage, neighbourhood, system_body};
use crate::common::{midsummer, sandbox_at};

const PROVIDERS: &str = "/user/oscp/capacity-providers";
const OPTIMIZERS: &str = "/user/oscp/capacity-optimizers";
const GROUPS: &str = "/user/oscp/capacity-groups";
const ASSETS: &str = "/user/oscp/assets";

/// The places in a text, in the order they should have.
fn in_order(text: &str, names: &[&str]) {
    let places: Vec<_> = names.iter().map(|name| text.find(&format!("\"{name}\":"))).collect();
    assert!(places.iter().all(Option::is_some), "{text}");
    assert!(places.is_sorted(), "{text}");
}

#[tokio::test]
async fn user_settings_are_absent_until_saved() {
    let sandbox = midsummer().await;
    let path = "/user/oscp/settings";
    let response = manage(&sandbox, "GET", path, Value::Null).await;
    assert_eq!((response.status, response.body.as_str()), (200, r#"{"success":true}"#));

    let response = manage(&sandbox, "PUT", path, json!({"nodeId": 9, "more": 1})).await;
    let expected = concat!(
        r#"{"success":true,"data":{"userId":147,"created":"2026-06-21 10:00:00Z","modified":"2026-06-21 10:00:00Z","#,
        r#""publishToSolarIn":true,"publishToSolarFlux":true,"nodeId":9}}"#
    );
    assert_eq!((response.status, response.body.as_str()), (200, expected));
    assert_eq!(manage(&sandbox, "GET", path, Value::Null).await.body, expected);

    sandbox.advance(std::time::Duration::from_millis(1500));
    let body = json!({"nodeId": 9, "publishToSolarIn": false, "sourceIdTemplate": "/a/{role}"});
    let changed = data(&sandbox, "PUT", path, body).await;
    assert_eq!(changed["created"], "2026-06-21 10:00:00Z");
    assert_eq!(changed["modified"], "2026-06-21 10:00:01.5Z");
    assert_eq!(
        (&changed["publishToSolarIn"], &changed["sourceIdTemplate"]),
        (&json!(false), &json!("/a/{role}"))
    );

    for _ in 0..2 {
        let response = manage(&sandbox, "DELETE", path, Value::Null).await;
        assert_eq!((response.status, response.body.as_str()), (200, r#"{"success":true}"#));
    }
    assert_eq!(data(&sandbox, "GET", path, Value::Null).await, Value::Null);
}

#[tokio::test]
async fn systems_show_their_token_once() {
    let sandbox = sandbox_at(datetime!(2026-06-21 10:00:00.123_456 UTC)).await;
    for (path, kind) in [(PROVIDERS, "capacity-providers"), (OPTIMIZERS, "capacity-optimizers")] {
        let mut body = system_body("Lines Co.");
        body["baseUrl"] = json!("https://oscp.example.com/oscp/2.0");
        body["oscpVersion"] = json!("2.0");
        body["serviceProps"] = json!({"oauth-client-id": "c", "oauth-client-secret": "s"});
        let response = manage(&sandbox, "POST", path, body.clone()).await;
        assert_eq!(response.status, 201);
        let location = format!("/solaruser/u/sec/oscp/{kind}/1");
        assert_eq!(response.header("location"), Some(location.as_str()));
        in_order(
            &response.body,
            &[
                "success",
                "data",
                "userId",
                "configId",
                "created",
                "modified",
                "enabled",
                "name",
                "token",
                "baseUrl",
                "flexibilityProviderId",
                "registrationStatus",
                "settings",
                "serviceProps",
            ],
        );
        let created = response.json()["data"].clone();
        assert_eq!(created["token"].as_str().unwrap().len(), 64);
        assert_eq!(created["created"], "2026-06-21 10:00:00.123456Z");
        assert_eq!(created["settings"], json!({}));
        assert_eq!(created["serviceProps"], json!({"oauth-client-id": "c"}));
        assert_eq!(created["oscpVersion"], Value::Null);

        let one = format!("{path}/1");
        let mut without_token = created.clone();
        without_token.as_object_mut().unwrap().remove("token");
        assert_eq!(data(&sandbox, "GET", &one, Value::Null).await, without_token);
        assert_eq!(data(&sandbox, "GET", path, Value::Null).await, json!([without_token]));

        // PUT stores the version, and what it leaves out is gone.
        let body = json!({"name": "New", "registrationStatus": "r", "oscpVersion": "2.0"});
        let updated = data(&sandbox, "PUT", &one, body).await;
        assert_eq!(updated["oscpVersion"], "2.0");
        assert_eq!(updated["registrationStatus"], "Registered");
        assert_eq!(updated["enabled"], false);
        assert_eq!(updated["flexibilityProviderId"], created["flexibilityProviderId"]);
        for gone in ["token", "baseUrl", "serviceProps"] {
            assert_eq!(updated.get(gone), None);
        }
    }
}

#[tokio::test]
async fn a_status_is_needed_after_all() {
    let sandbox = midsummer().await;
    let response = manage(&sandbox, "POST", PROVIDERS, json!({"name": "Lines"})).await;
    assert_eq!(response.status, 422);
    let text = "Illegal argument: The registrationStatus argument must not be null.";
    assert_eq!(response.json(), json!({"success": false, "message": text}));
}

#[tokio::test]
async fn broken_rules_are_listed() {
    let sandbox = midsummer().await;
    let errors = async |path: &str, body: Value| {
        let response = manage(&sandbox, "POST", path, body).await;
        assert_eq!(response.status, 422, "{}", response.body);
        let body = response.json();
        assert_eq!(body["code"], "VAL.00004");
        let errors = body["errors"].as_array().unwrap().iter();
        let errors: Vec<String> = errors
            .map(|error| format!("{} {}", error["location"], error["code"]).replace('"', ""))
            .collect();
        errors
    };
    assert_eq!(errors(PROVIDERS, json!({"name": " "})).await, ["name NotBlank"]);
    assert_eq!(
        errors(PROVIDERS, json!({"name": null})).await,
        ["name NotNull", "name NotBlank"]
    );
    assert_eq!(errors(PROVIDERS, json!({"name": "x".repeat(65)})).await, ["name Size"]);
    assert_eq!(
        errors(GROUPS, json!({"name": "g", "identifier": "x".repeat(129)})).await,
        [
            "identifier Size",
            "capacityProviderMeasurementPeriod NotNull",
            "capacityProviderId NotNull",
            "capacityOptimizerMeasurementPeriod NotNull",
            "capacityOptimizerId NotNull",
        ]
    );
    let asset = json!({"name": "a", "instantaneous": {"propertyNames": []}, "energy": {}});
    let asset = errors(ASSETS, asset).await;
    for expected in [
        "capacityGroupId NotNull",
        "identifier NotBlank",
        "audience NotNull",
        "instantaneous.propertyNames NotEmpty",
        "instantaneous.unit NotNull",
        "energy.propertyNames NotNull",
        "energy.direction NotNull",
    ] {
        assert!(asset.iter().any(|error| error == expected), "{expected}: {asset:?}");
    }
    let response = manage(&sandbox, "PUT", "/user/oscp/settings", json!({})).await;
    in_order(&response.body, &["success", "code", "message", "errors"]);
    assert_eq!(response.json()["errors"][0]["code"], "NotNull");
    let response = manage(&sandbox, "POST", PROVIDERS, json!({"name": ""})).await;
    in_order(&response.body, &["errors", "location", "rejectedValue"]);
}

#[tokio::test]
async fn malformed_requests_are_told_from_wrong_ones() {
    let sandbox = midsummer().await;
    for body in [
        "{",
        "[]",
        r#"{"name":5}"#,
        r#"{"name":"a","enabled":"maybe"}"#,
        r#"{"name":"a","registrationStatus":"Maybe"}"#,
        r#"{"name":"a","registrationStatus":"Pending","baseUrl":"not a url"}"#,
    ] {
        let response = Signed::new(&sandbox, "POST", PROVIDERS, body).send().await;
        assert_eq!(response.status, 422, "{body}");
        let message = response.json()["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with("Malformed request: "), "{message}");
    }
    let response = manage(&sandbox, "GET", &format!("{PROVIDERS}/one"), Value::Null).await;
    assert_eq!(response.status, 422);
    assert!(response.body.contains("Illegal argument: "), "{}", response.body);

    let request = Signed::new(&sandbox, "POST", PROVIDERS, "{}").header("content-type", "text/plain");
    assert_eq!(request.send().await.status, 415);
}

#[tokio::test]
async fn unknown_ids_are_403_but_deleting_them_is_fine() {
    let sandbox = midsummer().await;
    for (path, body) in [
        (PROVIDERS, system_body("a")),
        (OPTIMIZERS, system_body("a")),
        (
            GROUPS,
            group_body("g", &json!({"configId": 1}), &json!({"configId": 1})),
        ),
        (ASSETS, asset_body(&sandbox, "a", &json!({"configId": 1}))),
    ] {
        let one = format!("{path}/77");
        for (method, body) in [("GET", Value::Null), ("PUT", body)] {
            let response = manage(&sandbox, method, &one, body).await;
            assert_eq!(response.status, 403, "{method} {one}");
            assert_eq!(response.body, r#"{"success":false,"message":"UNKNOWN_OBJECT"}"#);
        }
        let response = manage(&sandbox, "DELETE", &one, Value::Null).await;
        assert_eq!((response.status, response.body.as_str()), (200, r#"{"success":true}"#));
    }
}

#[tokio::test]
async fn the_database_has_its_own_refusals() {
    let sandbox = midsummer().await;
    let all = neighbourhood(&sandbox).await;
    let code = async |method: &str, path: &str, body: Value| {
        let response = manage(&sandbox, method, path, body).await;
        assert_eq!(response.status, 422, "{}", response.body);
        response.json()["code"].as_str().unwrap().to_owned()
    };
    let mut with_url = system_body("b");
    with_url["baseUrl"] = json!("http://127.0.0.1:1/");
    data(&sandbox, "POST", PROVIDERS, with_url.clone()).await;
    assert_eq!(code("POST", PROVIDERS, with_url.clone()).await, "DAO.00101");
    assert_eq!(
        code("PUT", &format!("{PROVIDERS}/1"), with_url.clone()).await,
        "DAO.00101"
    );
    // Its own address is no duplicate, and the other kind of system is another matter.
    data(&sandbox, "PUT", &format!("{PROVIDERS}/2"), with_url.clone()).await;
    data(&sandbox, "POST", OPTIMIZERS, with_url.clone()).await;
    with_url["baseUrl"] = json!(format!("http://{}", "x".repeat(250)));
    assert_eq!(code("POST", PROVIDERS, with_url).await, "DAO.00103");

    let same = group_body("street", &all.provider, &all.optimizer);
    assert_eq!(code("POST", GROUPS, same.clone()).await, "DAO.00101");
    data(&sandbox, "PUT", &format!("{GROUPS}/1"), same).await;
    let unknown = group_body("other", &json!({"configId": 99}), &all.optimizer);
    assert_eq!(code("POST", GROUPS, unknown).await, "DAO.00105");

    let asset = asset_body(&sandbox, "charger-1", &all.group);
    assert_eq!(code("POST", ASSETS, asset).await, "DAO.00101");
    let asset = asset_body(&sandbox, &"x".repeat(65), &all.group);
    assert_eq!(code("POST", ASSETS, asset).await, "DAO.00103");
    let asset = asset_body(&sandbox, "new", &json!({"configId": 99}));
    assert_eq!(code("POST", ASSETS, asset).await, "DAO.00105");
    let settings = json!({"nodeId": 1, "sourceIdTemplate": "x".repeat(256)});
    assert_eq!(code("PUT", "/user/oscp/settings", settings).await, "DAO.00103");
    assert_eq!(
        code("PUT", &format!("{GROUPS}/99/settings"), json!({"nodeId": 1})).await,
        "DAO.00105"
    );

    let mut foreign = asset_body(&sandbox, "new", &all.group);
    foreign["nodeId"] = json!(1);
    let response = manage(&sandbox, "POST", ASSETS, foreign).await;
    assert_eq!(
        (response.status, &response.json()["message"]),
        (403, &json!("ACCESS_DENIED"))
    );
}

#[tokio::test]
async fn groups_and_assets_look_as_documented() {
    let sandbox = midsummer().await;
    let all = neighbourhood(&sandbox).await;
    let group = manage(&sandbox, "GET", &format!("{GROUPS}/1"), Value::Null).await;
    in_order(
        &group.body,
        &[
            "userId",
            "configId",
            "created",
            "modified",
            "name",
            "enabled",
            "identifier",
            "capacityProviderMeasurementPeriod",
            "capacityOptimizerMeasurementPeriod",
            "capacityProviderId",
            "capacityOptimizerId",
        ],
    );
    assert_eq!(group.json()["data"], all.group);
    assert_eq!(all.group.as_object().unwrap().len(), 11);

    let mut body = asset_body(&sandbox, "pv", &all.group);
    // Codes and other capitals are understood.
    body["category"] = json!("g");
    body["phase"] = json!("all");
    body["energy"]["unit"] = json!("E");
    body["energy"]["multiplier"] = json!(0.001);
    let asset = manage(&sandbox, "POST", ASSETS, body).await;
    assert_eq!(asset.header("location"), Some("/solaruser/u/sec/oscp/assets/2"));
    in_order(
        &asset.body,
        &[
            "enabled",
            "capacityGroupId",
            "identifier",
            "audience",
            "nodeId",
            "sourceId",
            "category",
            "phase",
        ],
    );
    in_order(
        &asset.body,
        &["instantaneous", "energy", "multiplier", "type", "direction"],
    );
    let asset = asset.json()["data"].clone();
    assert_eq!(
        (&asset["category"], &asset["phase"]),
        (&json!("Generation"), &json!("All"))
    );
    assert_eq!(
        (&asset["energy"]["unit"], &asset["energy"]["multiplier"]),
        (&json!("kWh"), &json!(0.001))
    );
    let assets = data(&sandbox, "GET", &format!("{GROUPS}/1/assets"), Value::Null).await;
    assert_eq!(assets, json!([all.asset, asset]));

    let mut body = asset_body(&sandbox, "pv", &all.group);
    for wrong in ["FlexibilityProvider", "capacityprovider"] {
        body["audience"] = json!(wrong);
        assert_eq!(manage(&sandbox, "POST", ASSETS, body.clone()).await.status, 422);
    }
}

#[tokio::test]
async fn deleting_a_system_takes_its_groups_along() {
    let sandbox = midsummer().await;
    for (kind, path) in [("provider", PROVIDERS), ("optimizer", OPTIMIZERS)] {
        let all = neighbourhood(&sandbox).await;
        let settings = format!("{GROUPS}/{}/settings", all.group["configId"]);
        let saved = data(&sandbox, "PUT", &settings, json!({"nodeId": 3})).await;
        assert_eq!(saved["groupId"], all.group["configId"]);
        assert_eq!(data(&sandbox, "GET", &settings, Value::Null).await, saved);
        let list = data(&sandbox, "GET", &format!("{GROUPS}/settings"), Value::Null).await;
        assert_eq!(list, json!([saved]));

        let system = if kind == "provider" {
            &all.provider
        } else {
            &all.optimizer
        };
        data(
            &sandbox,
            "DELETE",
            &format!("{path}/{}", system["configId"]),
            Value::Null,
        )
        .await;
        for list in [
            GROUPS.to_owned(),
            format!("{GROUPS}/settings"),
            format!("{GROUPS}/1/assets"),
        ] {
            assert_eq!(data(&sandbox, "GET", &list, Value::Null).await, json!([]), "{list}");
        }
        assert_eq!(data(&sandbox, "GET", &settings, Value::Null).await, Value::Null);
        let asset = format!("{ASSETS}/{}", all.asset["configId"]);
        assert_eq!(manage(&sandbox, "GET", &asset, Value::Null).await.status, 403);
    }
}
