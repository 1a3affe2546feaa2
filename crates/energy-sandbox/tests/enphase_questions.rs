//! What Enphase answers to a question: windows, pages, filters, and refusals.

use std::collections::BTreeSet;

use energy_sandbox::{EnphaseApp, EnphasePerson};
use serde_json::{Value, json};
use time::macros::datetime;

use crate::common::enphase::{caller, numbers, owner, v2, v2_as};
use crate::common::{midsummer, sandbox_at};

#[tokio::test]
async fn a_window_is_one_granularity_from_a_rounded_start() {
    let sandbox = midsummer().await;
    let (caller, site) = (owner(&sandbox), sandbox.enphase().sites().metered);
    let now = sandbox.now().unix_timestamp();
    let start = datetime!(2026-06-10 09:00 UTC).unix_timestamp();
    for (path, query, seconds, count) in [
        ("telemetry/production_meter", "granularity=5mins", 300, 1),
        ("telemetry/production_meter", "granularity=15mins", 900, 3),
        ("telemetry/production_meter", "granularity=week", 7 * 86_400, 2016),
        ("telemetry/production_meter", "", 86_400, 288),
        ("telemetry/consumption_meter", "granularity=15mins", 900, 1),
        ("telemetry/battery", "granularity=week", 7 * 86_400, 672),
    ] {
        // An end in the past changes nothing.
        let body = caller
            .of(
                &site,
                &format!("{path}?start_at={}&end_at={}&{query}", start + 77, start + 80),
            )
            .await;
        assert_eq!(
            (&body["start_at"], &body["end_at"]),
            (&json!(start), &json!(start + seconds)),
            "{path}?{query}"
        );
        assert_eq!(body["intervals"].as_array().unwrap().len(), count, "{path}?{query}");
        assert_eq!(numbers(&body["intervals"], "end_at").last(), Some(&(start + seconds)));
    }
    let usual = caller.of(&site, "telemetry/battery").await;
    let midnight = datetime!(2026-06-20 22:00 UTC).unix_timestamp();
    assert_eq!((&usual["start_at"], &usual["end_at"]), (&json!(midnight), &json!(now)));
    assert_eq!(usual["granularity"], "day");
    let dated = caller
        .of(&site, "telemetry/battery?start_date=2026-06-10&end_date=2026-06-12")
        .await;
    assert_eq!(
        (&dated["start_date"], &dated["end_date"]),
        (&json!("2026-06-10"), &json!("2026-06-10"))
    );
    assert!(dated.get("start_at").is_none() && dated.get("end_at").is_none());
    let serial = &site.micro_serials[0];
    let micro = caller
        .of(
            &site,
            &format!("devices/micros/{serial}/telemetry?granularity=week&start_at={start}"),
        )
        .await;
    assert_eq!(micro["end_at"], start + 86_400);
}

#[tokio::test]
async fn windows_that_cannot_be_are_refused_or_empty() {
    let sandbox = sandbox_at(datetime!(2026-06-21 10:05 UTC)).await;
    let (caller, sites) = (owner(&sandbox), sandbox.enphase().sites());
    let now = sandbox.now().unix_timestamp();
    let path = |query: &str| format!("/{}/telemetry/production_micro?{query}", sites.metered.system_id);
    let future = (
        422,
        "Invalid request because of 'Requested date is in the future'".to_owned(),
    );
    assert_eq!(caller.refused(&path(&format!("start_at={}", now + 600))).await, future);
    assert_eq!(caller.refused(&path(&format!("end_at={}", now + 1))).await, future);
    assert_eq!(
        caller.refused(&path("start_at=noon")).await,
        (422, "Failed to parse date noon".to_owned())
    );
    let old = datetime!(2024-06-20 21:55 UTC).unix_timestamp();
    let first = sites.metered.operational_at.unix_timestamp() + 300;
    let last = now - 300;
    let details = format!(
        "Invalid request because of 'Requested date range is invalid for this system. {{:start_at=>{old}, \
         :end_at=>{}, :first_interval=>{first}, :last_interval=>{last}}}'",
        old + 86_400
    );
    assert_eq!(caller.refused(&path(&format!("start_at={old}"))).await, (422, details));
    caller.get(&path(&format!("start_at={}", old + 300))).await;
    // Between the last interval and now there is nothing yet.
    let none = caller.get(&path(&format!("start_at={}", now - 60))).await;
    assert_eq!(none["intervals"], json!([]));

    let installer = self::caller(&sandbox, EnphaseApp::Partner, EnphasePerson::Installer);
    let young = installer
        .get(&format!("/{}/energy_lifetime", sites.young_system_id))
        .await;
    assert_eq!(young["production"].as_array().unwrap().len(), 40);
    let before = format!(
        "/{}/telemetry/production_micro?start_date=2026-01-01",
        sites.young_system_id
    );
    assert_eq!(installer.get(&before).await["start_date"], young["start_date"]);
}

#[tokio::test]
async fn systems_come_in_pages_and_are_those_of_the_caller() {
    let sandbox = midsummer().await;
    let sites = sandbox.enphase().sites();
    let installer = caller(&sandbox, EnphaseApp::Partner, EnphasePerson::Installer);
    let mut ids = BTreeSet::new();
    for page in 1..=25 {
        let body = installer.get(&format!("?page={page}&size=100")).await;
        assert_eq!((&body["total"], &body["count"]), (&json!(2500), &json!(100)));
        ids.extend(numbers(&body["systems"], "system_id"));
        for system in body["systems"].as_array().unwrap() {
            assert_eq!(
                (&system["energy_lifetime"], &system["system_size"]),
                (&json!(-1), &json!(-1))
            );
        }
    }
    assert_eq!(ids.len(), 2500);
    assert_eq!(installer.get("?page=26&size=100").await["count"], 0);
    assert_eq!(installer.get("?size=5000").await["size"], 100);
    let backwards = installer.get("?sort_by=-id").await;
    assert_eq!(numbers(&backwards["systems"], "system_id")[0], *ids.last().unwrap());
    assert_eq!(installer.refused("?sort_by=name").await.0, 422);

    let owner = owner(&sandbox);
    assert_eq!(owner.get("").await["total"], 2);
    let foreign = owner.refused(&format!("/{}", sites.silent_system_id)).await;
    assert_eq!(foreign, (403, "Not authorized to access this resource".to_owned()));
    let unknown = owner.refused("/17/summary").await;
    assert_eq!(unknown, (404, "System not found for {:id=>\"17\"}".to_owned()));
    let readings = owner.call("GET", "/17/storage_meter_readings", &[], "").await.json();
    assert_eq!(
        (&readings["message"], &readings["code"]),
        (&json!("Not Authorized"), &json!(404))
    );
    let found = owner
        .get(&format!(
            "/retrieve_system_id?serial_num={}",
            sites.metered.gateway_serial
        ))
        .await;
    assert_eq!(found, json!({ "system_id": sites.metered.system_id }));
    assert_eq!(
        owner.refused("/retrieve_system_id").await.1,
        "Provide envoy serial number"
    );
}

#[tokio::test]
async fn a_search_finds_what_its_body_says() {
    let sandbox = midsummer().await;
    let sites = sandbox.enphase().sites();
    let caller = caller(&sandbox, EnphaseApp::Partner, EnphasePerson::Installer);
    let search = async |query: &str, body: Value| {
        let path = format!("/search?{query}");
        caller
            .call(
                "POST",
                &path,
                &[("content-type", "application/json")],
                &body.to_string(),
            )
            .await
    };
    let wanted =
        json!({ "sort_by": "-id", "system": { "ids": [sites.micro_only.system_id, sites.metered.system_id] } });
    let found = search("live_stream=true", wanted).await.json();
    assert_eq!(
        numbers(&found["systems"], "system_id"),
        [sites.metered.system_id, sites.micro_only.system_id].map(|id| i64::try_from(id).unwrap())
    );
    assert_eq!(found["systems"][0]["live_stream"], "enabled");
    assert!(found["systems"][0]["address"].get("city").is_none());
    let found = search("size=1000", json!({ "system": { "statuses": ["comm"] } }))
        .await
        .json();
    assert_eq!(found["total"], found["count"]);
    assert!(numbers(&found["systems"], "system_id").contains(&i64::try_from(sites.silent_system_id).unwrap()));
    let found = search("size=1000", json!({ "system": { "name": "ARRAY 00" } }))
        .await
        .json();
    let without_place = found["systems"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|system| system["timezone"].is_null());
    assert!(without_place.count() >= 1);
    let missing = search("", json!({})).await;
    assert_eq!(missing.json()["details"], "system is missing at Json body location");
    assert_eq!(search("", json!({ "system": { "city": "Rome" } })).await.status, 422);
}

#[tokio::test]
async fn the_cursor_leads_to_every_system_or_round_and_round() {
    let sandbox = midsummer().await;
    let service = sandbox.enphase();
    service.set_v2_quota(100, 1000);
    let installer = service.credentials().installer.v2_user_id;
    let mut ids = Vec::new();
    let mut query = "?limit=1000".to_owned();
    for _ in 0..3 {
        let body = v2_as(&sandbox, &installer, &query).await.json();
        ids.extend(numbers(&body["systems"], "system_id"));
        if let Some(next) = body["next"].as_str() {
            query = format!("?limit=1000&next={next}");
        } else {
            query.clear();
        }
    }
    assert_eq!(
        (ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), query.as_str()),
        (2500, 2500, "")
    );
    assert_eq!(v2_as(&sandbox, &installer, "?limit=1001").await.status, 422);
    assert_eq!(v2_as(&sandbox, &installer, "?next=nowhere").await.status, 422);

    service.repeat_cursor(true);
    let first = v2_as(&sandbox, &installer, "").await.json();
    let next = first["next"].as_str().unwrap();
    let second = v2_as(&sandbox, &installer, &format!("?next={next}")).await.json();
    assert_eq!(second["next"], next);
    assert_eq!(
        second["systems"],
        v2_as(&sandbox, &installer, &format!("?next={next}")).await.json()["systems"]
    );
    service.repeat_cursor(false);
    assert!(v2(&sandbox, "").await.json().get("next").is_none());
}

#[tokio::test]
async fn filters_of_the_old_api_stand_alone_or_are_repeated() {
    let sandbox = midsummer().await;
    let service = sandbox.enphase();
    service.set_v2_quota(100, 1000);
    let sites = service.sites();
    let installer = service.credentials().installer.v2_user_id;
    let (a, b) = (sites.micro_only.system_id, sites.metered.system_id);
    for (query, count) in [
        (format!("?system_id={a}"), 1),
        (format!("?system_id[]={a}&system_id[]={b}"), 2),
        ("?system_name=Orchard%20Lane".to_owned(), 1),
        (
            "?status=comm&status[]=power&limit=1000&connection_type=wifi".to_owned(),
            38,
        ),
        ("?reference=208600000".to_owned(), 1),
        ("?installer[]=nobody".to_owned(), 0),
    ] {
        let body = v2_as(&sandbox, &installer, &query).await.json();
        assert_eq!(body["systems"].as_array().unwrap().len(), count, "{query}");
    }
    assert_eq!(v2_as(&sandbox, &installer, "?status=asleep").await.status, 422);
}

#[tokio::test]
async fn the_old_api_writes_instants_in_two_ways() {
    let sandbox = midsummer().await;
    sandbox.enphase().set_v2_quota(100, 1000);
    let id = sandbox.enphase().sites().metered.system_id;
    let start = datetime!(2026-06-21 08:00 UTC).unix_timestamp();
    let epoch = v2(&sandbox, &format!("/{id}/stats?start_at={start}")).await.json();
    let iso = v2(
        &sandbox,
        &format!("/{id}/stats?start_at={start}&datetime_format=iso8601"),
    )
    .await
    .json();
    assert_eq!(epoch["intervals"][0]["end_at"], start + 300);
    assert_eq!(iso["intervals"][0]["end_at"], "2026-06-21T10:05:00+02:00");
    assert_eq!(iso["meta"]["last_report_at"], "2026-06-21T12:00:00+02:00");
    assert_eq!(epoch["intervals"][0]["enwh"], iso["intervals"][0]["enwh"]);
}

#[tokio::test]
async fn the_old_api_has_its_own_ways_to_say_no() {
    let sandbox = midsummer().await;
    sandbox.enphase().set_v2_quota(100, 1000);
    let sites = sandbox.enphase().sites();
    let (a, b) = (sites.micro_only.system_id, sites.metered.system_id);
    let lifetime = v2(&sandbox, &format!("/{a}/consumption_lifetime")).await;
    assert_eq!((lifetime.status, lifetime.body.as_str()), (204, ""));
    let stats = v2(&sandbox, &format!("/{a}/consumption_stats")).await;
    let body = json!({ "message": "The given system does not contain any active and enabled consumption meter" });
    assert_eq!((stats.status, stats.json()), (422, body));
    let now = sandbox.now().unix_timestamp();
    let late = v2(&sandbox, &format!("/{b}/stats?start_at={}", now + 900)).await;
    let body = late.json();
    assert_eq!(
        (late.status, &body["start_at"], &body["last_interval"]),
        (422, &json!(now + 900), &json!(now))
    );
    let ancient = v2(&sandbox, &format!("/{b}/stats?start_at={}", now - 400 * 86_400))
        .await
        .json();
    assert_eq!(ancient["intervals"], json!([]));
    let unknown = v2(&sandbox, "/17/summary").await;
    let body = json!({ "reason": "422", "message": "Couldn't find Site with 'id'=17" });
    assert_eq!((unknown.status, unknown.json()), (422, body));
    let envoy = v2(&sandbox, "/search_system_id?serial_num=1").await;
    let body = json!({ "reason": "404", "message": ["Envoy not found with this serial number"] });
    assert_eq!((envoy.status, envoy.json()), (404, body));
    assert_eq!(
        v2(&sandbox, &format!("/{}/summary", sites.silent_system_id))
            .await
            .status,
        401
    );
}
