//! Who may ask Solar-Log WEB Enerest for what, and which questions it does not understand.

use std::time::Duration;

use energy_sandbox::Fault;
use serde_json::json;

use crate::common::solarlog::{advanced, basic, data_points, login, members, token};
use crate::common::{self, midsummer};

#[tokio::test]
async fn tokens_last_five_minutes_and_can_be_revoked() {
    let sandbox = midsummer().await;
    let service = sandbox.solarlog_enerest();
    let known = service.credentials().basic;
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        known.client_id, known.client_secret
    );
    let answer = token(&sandbox, &form).await.json();
    assert_eq!(
        (&answer["expires_in"], &answer["token_type"]),
        (&json!(300), &json!("Bearer"))
    );
    let caller = basic(&sandbox).await;
    let plants = "/administration/plants";
    assert_ne!(answer["access_token"], caller.token.as_str());
    sandbox.advance(Duration::from_secs(299));
    assert_eq!(caller.status(plants).await, 200);
    sandbox.advance(Duration::from_secs(1));
    let expired = caller.call(plants).await;
    assert_eq!(
        (expired.status, expired.header("www-authenticate")),
        (401, Some("Bearer"))
    );
    assert_eq!(expired.json()["statusCode"], 401);
    let caller = basic(&sandbox).await;
    service.revoke_tokens();
    assert_eq!(caller.status(plants).await, 401);
    assert_eq!(basic(&sandbox).await.status(plants).await, 200);
}

#[tokio::test]
async fn logins_are_refused_in_the_words_of_keycloak() {
    let sandbox = midsummer().await;
    let known = sandbox.solarlog_enerest().credentials();
    let id = &known.basic.client_id;
    let other = &known.advanced.client_secret;
    for (form, status, error) in [
        (
            format!("grant_type=client_credentials&client_id={id}&client_secret={other}"),
            401,
            "invalid_client",
        ),
        (
            format!("grant_type=client_credentials&client_id={id}"),
            401,
            "invalid_client",
        ),
        (
            "grant_type=client_credentials&client_id=x&client_secret=y".to_owned(),
            401,
            "invalid_client",
        ),
        (
            format!("grant_type=password&client_id={id}"),
            400,
            "unsupported_grant_type",
        ),
        (format!("client_id={id}"), 400, "invalid_request"),
    ] {
        let answer = token(&sandbox, &form).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (status, &json!(error)),
            "{form}"
        );
        assert!(!answer.json()["error_description"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_token_is_good_on_its_own_portal() {
    let sandbox = midsummer().await;
    let service = sandbox.solarlog_enerest();
    let mut caller = advanced(&sandbox).await;
    caller.base_url = service.base_url("northwind");
    assert!(caller.base_url.ends_with("/api/v1/northwind"));
    let plants = "/administration/plants";
    assert_eq!(caller.status(plants).await, 403);
    caller.base_url = service.base_url("eastgate");
    assert_eq!(caller.status(plants).await, 404);
    let northwind = login(&sandbox, &service.credentials().northwind).await;
    let plants = northwind.series(plants).await;
    assert_eq!(members(&plants, "id"), [service.northwind_plant_id()].into());
}

#[tokio::test]
async fn users_see_their_plants_and_the_portal_sees_all() {
    let sandbox = midsummer().await;
    let service = sandbox.solarlog_enerest();
    let (plant, other) = (service.plant().plant_id, service.unassigned_plant_id());
    let user = basic(&sandbox).await;
    let portal = login(&sandbox, &service.credentials().portal).await;
    let ids = async |caller: &common::solarlog::Caller| members(&caller.series("/administration/plants").await, "id");
    assert_eq!(ids(&user).await, [plant.clone()].into());
    assert_eq!(ids(&portal).await, [plant.clone(), other.clone()].into());
    for path in [
        format!("/administration/plant/{other}"),
        format!("/administration/plants/{other}/address"),
        format!("/administration/plants/{other}/contacts"),
        format!("/visualization/plant/{other}"),
        format!("/datasource/plant/{other}/components/today"),
        format!("/visualization/plant/{other}/lifetime?channelNames[]=ProdPac"),
    ] {
        assert_eq!(
            (user.status(&path).await, portal.status(&path).await),
            (404, 200),
            "{path}"
        );
    }
    assert_eq!(
        portal
            .status(&format!("/administration/plant/{}", service.northwind_plant_id()))
            .await,
        404
    );

    let fleet = format!("/administration/fleet/{}", service.fleet_id());
    assert_eq!(user.status(&fleet).await, 403);
    assert_eq!(advanced(&sandbox).await.status(&fleet).await, 403);
    let fleet = portal.get(&fleet).await;
    assert_eq!(
        members(fleet["plants"].as_array().unwrap(), "id"),
        [plant.clone(), other].into()
    );
    assert_eq!(portal.status("/administration/fleet/unknown").await, 404);

    let plant = user.get(&format!("/visualization/plant/{plant}")).await;
    assert_eq!(plant["fleets"], json!([{ "id": service.fleet_id() }]));
    assert_eq!(plant["size"], 22_050);
}

#[tokio::test]
async fn basic_has_the_plant_as_a_whole() {
    let sandbox = midsummer().await;
    let plant = sandbox.solarlog_enerest().plant();
    let (basic, advanced) = (basic(&sandbox).await, advanced(&sandbox).await);
    let path = format!("/visualization/plant/{}", plant.plant_id);
    let day = "dateFrom=2026-06-20&dateTo=2026-06-20";
    let totals = format!("{path}/channels?{day}&channelNames[]=ProdPac&channelNames[]=ConsPac&channelNames[]=BatSoc");
    assert_eq!(basic.series(&totals).await, advanced.series(&totals).await);
    assert_eq!(basic.series(&totals).await.len(), 3);
    for path in [
        format!(
            "{path}/channels?{day}&channelNames[]=ProdPac&componentIds[]={}",
            plant.inverters[0].component_id
        ),
        format!(
            "{path}/channels?{day}&channelNames[]=ProdUdc&mppTrackerIds[]={}",
            plant.inverters[0].tracker_ids[0]
        ),
        format!("{path}/channels?{day}&channelNames[]=MeterPac"),
        format!("{path}/channels?{day}&channelNames[]=ProdPac&channelNames[]=TempModule"),
        format!(
            "{path}/cross-epoch/channels?{day}&channelNames[]=ProdPac&xComponentIds[]={}",
            plant.battery.cross_epoch_id
        ),
        format!(
            "{path}/year/2026?channelNames[]=ProdEtotal&componentIds[]={}",
            plant.inverters[0].component_id
        ),
    ] {
        let refused = basic.call(&path).await;
        assert_eq!(
            (refused.status, &refused.json()["statusCode"]),
            (403, &json!(403)),
            "{path}"
        );
        assert!(!refused.json()["message"].as_str().unwrap().is_empty());
        assert_eq!(advanced.status(&path).await, 200, "{path}");
    }
    let components = format!("/datasource/plant/{}/components/today", plant.plant_id);
    assert_eq!(basic.series(&components).await.len(), 6);
}

#[tokio::test]
async fn questions_that_cannot_be_understood_are_refused() {
    let sandbox = midsummer().await;
    let plant = sandbox.solarlog_enerest().plant();
    let caller = advanced(&sandbox).await;
    let path = format!("/visualization/plant/{}", plant.plant_id);
    let day = "dateFrom=2026-06-20&dateTo=2026-06-20";
    for (question, status) in [
        (format!("channels?{day}"), 400),
        (format!("channels?{day}&channelNames=ProdPac"), 400),
        ("channels?channelNames[]=ProdPac&dateFrom=2026-06-20".to_owned(), 400),
        (
            "channels?channelNames[]=ProdPac&dateFrom=2026-06-20&dateTo=2026-06-19".to_owned(),
            400,
        ),
        (
            "channels?channelNames[]=ProdPac&dateFrom=2026-06-20&dateTo=2026-06-32".to_owned(),
            400,
        ),
        (
            format!("channels?{day}&channelNames[]=ProdPac&componentIds[]=unknown"),
            404,
        ),
        (
            format!(
                "channels?{day}&channelNames[]=ProdPac&mppTrackerIds[]={}",
                plant.battery.component_id
            ),
            404,
        ),
        (format!("cross-epoch/channels?{day}&channelNames[]=ProdPac"), 400),
        (
            format!("cross-epoch/channels?{day}&channelNames[]=ProdPac&xComponentIds[]=unknown"),
            404,
        ),
        ("year/2026/month/13?channelNames[]=ProdPac".to_owned(), 400),
        ("year/soon?channelNames[]=ProdPac".to_owned(), 400),
        ("lifetime".to_owned(), 400),
    ] {
        assert_eq!(caller.status(&format!("{path}/{question}")).await, status, "{question}");
    }
    // What nobody measures is left out.
    let unknown = format!("{path}/channels?{day}&channelNames[]=ProdPac&channelNames[]=Sunspots");
    assert_eq!(caller.series(&unknown).await.len(), 1);
}

#[tokio::test]
async fn a_date_beyond_the_month_runs_over_into_the_next() {
    let sandbox = midsummer().await;
    let plant = sandbox.solarlog_enerest().plant();
    let caller = basic(&sandbox).await;
    let path = format!(
        "/visualization/plant/{}/channels?channelNames[]=ProdPac",
        plant.plant_id
    );
    let april = caller
        .series(&format!("{path}&dateFrom=2026-04-29&dateTo=2026-04-31"))
        .await;
    let dates: Vec<String> = members(&april, "date").into_iter().collect();
    assert_eq!(dates, ["2026-04-29", "2026-04-30", "2026-05-01"]);
    assert!(data_points(&april[2])[0].0.starts_with("2026-05-01T"));
}

#[tokio::test]
async fn a_plant_is_described_as_its_owner_sees_it() {
    let sandbox = midsummer().await;
    let id = sandbox.solarlog_enerest().plant().plant_id;
    let caller = basic(&sandbox).await;
    let plant = caller.get(&format!("/administration/plant/{id}")).await;
    assert_eq!(plant, caller.get("/administration/plants").await[0]);
    let date = plant["firmwareDate"].as_str().unwrap();
    assert!(date.len() == 10 && date.split('.').count() == 3, "{date}");
    assert_eq!(plant["lastDataTransfer"]["lastTransfer"], "2026-06-21T12:00:00+02:00");
    let address = caller.get(&format!("/administration/plants/{id}/address")).await;
    assert_eq!(plant["address"], address);
    let contacts = caller.series(&format!("/administration/plants/{id}/contacts")).await;
    assert_eq!(contacts[0]["address"], address);
}

#[tokio::test]
async fn faults_have_the_body_of_their_part_of_the_service() {
    let sandbox = midsummer().await;
    let service = sandbox.solarlog_enerest();
    let caller = basic(&sandbox).await;
    service.fault(Fault::status(503).times(2));
    let answer = caller.call("/administration/plants").await;
    assert_eq!((answer.status, &answer.json()["statusCode"]), (503, &json!(503)));
    let answer = token(&sandbox, "grant_type=client_credentials").await;
    assert_eq!((answer.status, answer.json()["error"].is_string()), (503, true));
    assert_eq!(caller.status("/nowhere").await, 404);
}
