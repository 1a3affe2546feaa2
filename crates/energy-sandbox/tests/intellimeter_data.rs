//! Intellimeter's reads, and everything about houses, accounts and applications.

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::intellimeter::{Login, admin, auth, rows, text, thousandths, user};
use crate::common::midsummer;

#[tokio::test]
async fn reads_come_in_three_shapes_and_agree() {
    let sandbox = midsummer().await;
    sandbox.advance(Duration::from_secs(125));
    let admin = admin(&sandbox).await;
    let [house, small] = <[String; 2]>::try_from(sandbox.intellimeter().property_ids()).unwrap();

    let by_property = admin.get("/read?by=property").await;
    assert_eq!(rows(&by_property).len(), 2);
    let whole = &by_property[0];
    assert_eq!(
        (&whole["property"], &whole["time_stamping"]),
        (&json!(house), &json!("2026-06-21T06:00:00"))
    );
    for name in ["address", "display_name", "job_name", "job_number"] {
        assert!(whole[name].is_string());
    }

    let by_suite = admin.get("/read?by=suite").await;
    assert_eq!((rows(&by_suite[&house]).len(), rows(&by_suite[&small]).len()), (10, 2));
    assert_eq!(by_suite[&house][0]["suite_name"], "Suite 1");

    let by_meter = admin.get(&format!("/read?by=meter&property={house}")).await;
    assert_eq!(by_meter.as_object().unwrap().len(), 1);
    let meters = rows(&by_meter[&house]);
    assert_eq!(meters.len(), 10 + 4 + 2 + 1);
    let electricity: Vec<&Value> = meters.iter().filter(|meter| meter["utility"] == "E").collect();
    assert!(
        electricity
            .iter()
            .all(|meter| meter["units"] == "kWh" && meter["power_factor"].is_number())
    );
    assert!(
        meters
            .iter()
            .any(|meter| meter["utility"] == "W" && meter["m3"].is_number() && meter.get("kwh").is_none())
    );
    assert!(
        meters
            .iter()
            .any(|meter| meter["floor"].is_null() && meter["suite"].is_string())
    );
    assert!(meters.iter().any(|meter| meter["panel"].is_null()));

    // Suites are what their meters are; the house takes in more than they do.
    for name in ["kwh", "kwh_interval"] {
        let of_suites: i64 = rows(&by_suite[&house])
            .iter()
            .map(|suite| thousandths(&suite[name]))
            .sum();
        let suites_meters = electricity.iter().filter(|meter| meter["suite"].is_string());
        assert_eq!(
            of_suites,
            suites_meters.map(|meter| thousandths(&meter[name])).sum::<i64>()
        );
        let general = electricity.iter().find(|meter| meter["suite"].is_null()).unwrap();
        assert_eq!(general[name], whole[name]);
        assert!(thousandths(&whole[name]) > of_suites);
    }
}

#[tokio::test]
async fn counters_rise_by_what_the_intervals_say() {
    let sandbox = midsummer().await;
    let admin = admin(&sandbox).await;
    let house = &sandbox.intellimeter().property_ids()[0];
    let path = format!("/read?by=property&property={house}&limit_quantity=2&limit_unit=Hour");
    let reads = admin.get(&path).await;
    let reads = rows(&reads);
    assert_eq!(reads.len(), 12);
    assert_eq!(reads[0]["time_stamping"], "2026-06-21T04:10:00");
    assert_eq!(reads[11]["time_stamping"], "2026-06-21T06:00:00");
    for pair in reads.windows(2) {
        let step = thousandths(&pair[1]["kwh"]) - thousandths(&pair[0]["kwh"]);
        assert_eq!(step, thousandths(&pair[1]["kwh_interval"]));
        assert!(step > 0);
    }
    // The default unit is the hour, and zero is the newest alone.
    let count = async |query: &str| rows(&admin.get(&format!("/read?by=property&property={house}{query}")).await).len();
    assert_eq!(count("&limit_quantity=1").await, 6);
    assert_eq!(count("&limit_quantity=0&limit_unit=Week").await, 1);
    assert_eq!(count("&limit_quantity=1&limit_unit=Day").await, 144);
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(count("&limit_quantity=30&limit_unit=Second").await, 0);

    for (path, status) in [
        ("/read", 400),
        ("/read?by=floor", 400),
        ("/read?by=suite&limit_quantity=-1", 400),
        ("/read?by=suite&limit_quantity=1&limit_unit=Month", 400),
        ("/read?by=suite&property=none", 404),
    ] {
        assert_eq!(admin.status("GET", path, Value::Null).await, status, "{path}");
    }
}

#[tokio::test]
async fn meters_are_put_somewhere_and_come_back_in_a_list() {
    let sandbox = midsummer().await;
    let admin = admin(&sandbox).await;
    let house = &sandbox.intellimeter().property_ids()[0];
    let meters = admin.get(&format!("/meter?property={house}")).await;
    let meter = &meters[0];
    assert_eq!(
        (&meter["units"], &meter["suite_name"]),
        (&json!("kwh"), &json!("Suite 1"))
    );
    let suites = admin.get(&format!("/billing/suite?property={house}")).await;
    let path = format!("/meter?id={}&property={house}", text(&meter["id"]));
    let body = json!({"floor": "9", "panel": null, "suite": suites[4]["id"]});
    let updated = admin.good("PUT", &path, body).await;
    assert_eq!(rows(&updated).len(), 1);
    let expected = (&json!("9"), &Value::Null, &json!("Suite 5"));
    assert_eq!(
        (&updated[0]["floor"], &updated[0]["panel"], &updated[0]["suite_name"]),
        expected
    );
    assert_eq!(admin.get(&format!("/meter?property={house}")).await[0], updated[0]);

    assert_eq!(admin.status("PUT", &path, json!({"suite": "none"})).await, 422);
    assert_eq!(admin.status("PUT", &path, json!({"floor": 3})).await, 422);
    assert_eq!(admin.status("PUT", &path, json!([])).await, 400);
    assert_eq!(
        admin
            .status("PUT", &format!("/meter?id=none&property={house}"), json!({}))
            .await,
        404
    );
    assert_eq!(admin.status("GET", "/meter", Value::Null).await, 400);
    assert_eq!(user(&sandbox).await.status("PUT", &path, json!({})).await, 403);
}

#[tokio::test]
async fn properties_and_the_company_are_renamed() {
    let sandbox = midsummer().await;
    let admin = admin(&sandbox).await;
    let house = &sandbox.intellimeter().property_ids()[0];
    assert_eq!(rows(&admin.get("/property").await).len(), 2);
    let path = format!("/property?property={house}");
    let before = admin.get(&path).await[0].clone();
    assert_eq!(before["created"], "2019-05-14T09:30:00");
    let after = admin.good("PUT", &path, json!({"display_name": "Maples"})).await;
    assert_eq!(
        (&after["display_name"], &after["address"]),
        (&json!("Maples"), &before["address"])
    );
    assert_eq!(after["updated"], "2026-06-21T06:00:00");

    assert_eq!(admin.get("/company").await["id"], before["company"]);
    admin.done("PUT", "/company", json!({"name": "Lakes"})).await;
    assert_eq!(admin.get("/company").await["name"], "Lakes");
    assert_eq!(admin.status("PUT", "/company", json!({})).await, 400);
    assert_eq!(admin.status("PUT", "/company", json!({"name": " "})).await, 422);
}

#[tokio::test]
async fn applications_show_their_secret_once() {
    let sandbox = midsummer().await;
    let admin = admin(&sandbox).await;
    let body = json!({"name": "Mine", "scopes": "uac:user:* uac:users:*"});
    let created = admin.good("POST", "/application", body.clone()).await;
    let all = "uac:user:read uac:user:update uac:users:create uac:users:delete uac:users:read uac:users:update";
    assert_eq!(created["scopes"], all);
    let path = format!("/application?id={}", text(&created["id"]));
    let row = admin.get(&path).await[0].clone();
    assert_eq!((row.get("scopes"), row.get("client_secret")), (None, None));
    assert_eq!(row["client_id"], created["client_id"]);
    assert_eq!(rows(&admin.get("/application").await).len(), 2);

    let login = async |secret: &Value| {
        let body = json!({
            "grant_type": "client_credentials", "scope": "uac:*:* meter:reads:read",
            "client_id": created["client_id"], "client_secret": secret,
        });
        auth(&sandbox, &body).await
    };
    let token = login(&created["client_secret"]).await.json();
    assert_eq!(token["scope"], all, "no more than the application has");
    let kept = admin.good("PUT", &path, json!({"name": "Renamed"})).await;
    assert_eq!((&kept["name"], kept.get("client_secret")), (&json!("Renamed"), None));
    let changed = admin
        .good("PUT", &path, json!({"client_secret": true, "scopes": "uac:user:read"}))
        .await;
    assert_ne!(changed["client_secret"], created["client_secret"]);
    assert_eq!(login(&created["client_secret"]).await.status, 401);
    assert_eq!(login(&changed["client_secret"]).await.json()["scope"], "uac:user:read");

    let tokens = Login::with(&sandbox, text(&token["access_token"]));
    assert_eq!(tokens.status("GET", "/user", Value::Null).await, 200);
    admin.done("DELETE", &path, Value::Null).await;
    assert_eq!(tokens.status("GET", "/user", Value::Null).await, 401);
    assert_eq!(admin.status("DELETE", &path, Value::Null).await, 404);
    assert_eq!(
        admin
            .status("POST", "/application", json!({"name": "x", "scopes": "x"}))
            .await,
        422
    );

    // Of others nothing is seen, and nothing given that one does not have.
    let user = user(&sandbox).await;
    assert_eq!(rows(&user.get("/application").await).len(), 1);
    assert_eq!(
        user.good("POST", "/application", body).await["scopes"],
        "uac:user:read uac:user:update"
    );
}

#[tokio::test]
async fn accounts_come_and_go() {
    let sandbox = midsummer().await;
    let admin = admin(&sandbox).await;
    let own = admin.get("/user").await;
    assert_eq!((&own["admin"], &own["active"]), (&json!(true), &json!(true)));
    assert!(own["updated"].is_string(), "though no table says so");
    let changed = admin
        .good("PUT", "/user", json!({"first_name": "Rob", "admin": false}))
        .await;
    assert_eq!(
        (&changed["first_name"], &changed["admin"]),
        (&json!("Rob"), &json!(true))
    );

    let body = json!({"email": "jo@example.com", "first_name": "Jo", "last_name": "Doe", "password": "1234"});
    let created = admin.good("POST", "/users", body.clone()).await;
    assert_eq!((&created["admin"], &created["active"]), (&json!(false), &json!(true)));
    assert_eq!(created.get("password"), None);
    assert_eq!(admin.status("POST", "/users", body).await, 422, "the address is taken");
    let path = format!("/users?user={}", text(&created["id"]));
    assert_eq!(admin.get(&path).await, json!([created]));
    let updated = admin.good("PUT", &path, json!({"active": false})).await;
    assert_eq!(updated["active"], false);
    assert_eq!(rows(&admin.get("/users").await).len(), 3);
    assert_eq!(admin.good("DELETE", &path, Value::Null).await, updated);
    assert_eq!(admin.status("GET", &path, Value::Null).await, 404);

    // Who is not active is not let in.
    let other = user(&sandbox).await;
    let id = other.get("/user").await["id"].clone();
    admin
        .good("PUT", &format!("/users?user={}", text(&id)), json!({"active": false}))
        .await;
    assert_eq!(other.status("GET", "/user", Value::Null).await, 401);
}

#[tokio::test]
async fn what_everybody_may_read_needs_no_token() {
    let sandbox = midsummer().await;
    let nobody = Login::with(&sandbox, "");
    let faq = nobody.get("/faq").await;
    assert!(
        rows(&faq)
            .iter()
            .all(|entry| entry["answer"].is_string() && entry["created"].is_string())
    );
    let manual = nobody.call("GET", "/documentation", Value::Null).await;
    assert_eq!(manual.header("content-type"), Some("application/pdf"));
    assert!(manual.body.starts_with("%PDF-1.4"));
}
