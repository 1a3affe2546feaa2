//! Intellimeter's billing: what invoices are made of, and the invoices.

use std::time::Duration;

use energy_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::common::midsummer;
use crate::common::{
    self,
    intellimeter::{Login, admin, rows, text, thousandths},
};

async fn house() -> (Sandbox, Login, String) {
    let sandbox = midsummer().await;
    let admin = admin(&sandbox).await;
    let house = sandbox.intellimeter().property_ids()[0].clone();
    (sandbox, admin, house)
}

#[tokio::test]
async fn both_layouts_of_the_page_are_served() {
    let (_sandbox, admin, house) = house().await;
    for (prose, sample) in [
        ("/billing/constants", "/constants"),
        ("/billing/fee", "/fee"),
        ("/billing/invoice", "/invoice"),
        ("/billing/service", "/service"),
        ("/billing/suite", "/suite"),
        ("/billing/tenant", "/tenant"),
    ] {
        let path = |layout: &str| format!("{layout}?property={house}");
        let rows = admin.get(&path(prose)).await;
        assert!(!rows.as_array().unwrap().is_empty(), "{prose}");
        assert_eq!(rows, admin.get(&path(sample)).await);
    }
}

#[tokio::test]
async fn constants_are_set_by_query_or_body() {
    let (_sandbox, admin, house) = house().await;
    assert_eq!(rows(&admin.get("/billing/constants").await).len(), 2);
    let path = format!("/billing/constants?property={house}");
    let before = admin.get(&path).await[0].clone();
    assert_eq!(
        (&before["price_per_electricity"], &before["tax_rate"]),
        (&json!(13.0), &json!(13.0))
    );
    let after = admin.good("PUT", &path, json!({"price_per_electricity": 14.25})).await;
    assert_eq!(
        (&after["price_per_electricity"], &after["days_to_pay"]),
        (&json!(14.25), &json!(30))
    );
    let after = admin
        .good("PUT", "/constants", json!({"property": house, "days_to_pay": 15}))
        .await;
    assert_eq!(
        (&after["days_to_pay"], &after["updated"]),
        (&json!(15), &json!("2026-06-21T06:00:00"))
    );
    assert_eq!(admin.status("PUT", "/constants", json!({"days_to_pay": 15})).await, 400);
    assert_eq!(admin.status("PUT", &path, json!({"property": "b07d42f6"})).await, 400);
    assert_eq!(admin.status("PUT", &path, json!({"tax_rate": -1})).await, 422);
}

#[tokio::test]
async fn fees_are_kept_in_dollars() {
    let (_sandbox, admin, house) = house().await;
    let path = format!("/billing/fee?property={house}");
    let body = json!({"name": "Parking", "value": 10.25});
    let fee = admin.good("POST", &path, body.clone()).await;
    assert_eq!(
        (&fee["active"], &fee["value"], &fee["property"]),
        (&json!(true), &json!(10.25), &json!(house))
    );
    assert_eq!(
        admin.good("POST", "/fee", body).await["property"],
        json!(house),
        "the sample names none"
    );
    let one = format!("{path}&id={}", text(&fee["id"]));
    let fee = admin.good("PUT", &one, json!({"active": false})).await;
    assert_eq!((&fee["active"], &fee["name"]), (&json!(false), &json!("Parking")));
    assert_eq!(admin.get(&one).await, json!([fee]));
    assert_eq!(admin.good("DELETE", &one, Value::Null).await, fee);
    assert_eq!(admin.status("GET", &one, Value::Null).await, 404);

    let list = json!([{"name": "A", "value": 1}, {"name": "B", "value": 2.5, "active": false}]);
    for path in [
        format!("/feeFlush?property={house}"),
        format!("/billing/feeFlush?property={house}"),
    ] {
        let before = admin.get(&format!("/fee?property={house}")).await;
        let fees = admin.good("POST", &path, list.clone()).await;
        assert_eq!(rows(&fees).len(), 2);
        assert!(
            rows(&before)
                .iter()
                .all(|fee| fee["id"] != fees[0]["id"] && fee["id"] != fees[1]["id"])
        );
        assert_eq!(admin.get(&format!("/fee?property={house}")).await, fees);
    }
    assert_eq!(admin.status("POST", &path, json!({"name": "A"})).await, 400);
    assert_eq!(
        admin.status("POST", &path, json!({"name": "A", "value": "1"})).await,
        422
    );
}

#[tokio::test]
async fn suites_and_tenants_are_bound_to_each_other() {
    let (_sandbox, admin, house) = house().await;
    let with = |path: &str| format!("{path}?property={house}");
    let suite = admin
        .good("POST", &with("/billing/suite"), json!({"name": "Attic"}))
        .await;
    let person = json!({"address": "1 A St", "email": "a@example.com", "first_name": "A", "last_name": "B"});
    let tenant = admin.good("POST", &with("/billing/tenant"), person).await;
    assert_eq!(tenant["phone"], Value::Null);
    let one_tenant = format!("{}&id={}", with("/billing/tenant"), text(&tenant["id"]));
    let tenant = admin.good("PUT", &one_tenant, json!({"phone": "555"})).await;
    assert_eq!(
        (&tenant["phone"], &tenant["email"]),
        (&json!("555"), &json!("a@example.com"))
    );

    let bound = with("/billing/tenant-suite");
    let body = json!({"tenant": tenant["id"], "suite": suite["id"]});
    admin.done("POST", &bound, body.clone()).await;
    admin.done("POST", &with("/tenantSuite"), body).await;
    let by_suite = format!("{bound}&suite={}", text(&suite["id"]));
    let by_tenant = format!("{bound}&tenant={}", text(&tenant["id"]));
    assert_eq!(admin.get(&by_suite).await, json!([tenant]));
    assert_eq!(admin.get(&by_tenant).await, json!([suite]));
    assert_eq!(admin.status("GET", &bound, Value::Null).await, 400);
    let both = format!("{by_suite}&tenant={}", text(&tenant["id"]));
    assert_eq!(admin.status("GET", &both, Value::Null).await, 400);
    admin.done("DELETE", &both, Value::Null).await;
    assert_eq!(admin.status("DELETE", &both, Value::Null).await, 404);
    assert_eq!(admin.get(&by_suite).await, json!([]));

    let one_suite = format!("{}&id={}", with("/billing/suite"), text(&suite["id"]));
    let suite = admin.good("PUT", &one_suite, json!({"name": "Loft"})).await;
    assert_eq!(suite["name"], "Loft");
    assert_eq!(admin.good("DELETE", &one_suite, Value::Null).await, suite);
    assert_eq!(admin.good("DELETE", &one_tenant, Value::Null).await, tenant);
    assert_eq!(admin.status("DELETE", &one_tenant, Value::Null).await, 404);
}

#[tokio::test]
async fn services_are_checked() {
    let (_sandbox, admin, house) = house().await;
    let path = format!("/billing/service?property={house}");
    let suite = admin.get(&format!("/suite?property={house}")).await[0]["id"].clone();
    let body = json!({
        "suite": suite, "name": "S", "address": "2134 Here St.",
        "invoice_type": "Split From General", "day_of_month": 5,
    });
    let service = admin.good("POST", &path, body.clone()).await;
    assert_eq!(
        (&service["active"], &service["invoice_type"]),
        (&json!(true), &json!("Split From General"))
    );
    for (name, value) in [
        ("invoice_type", json!("Split from general")),
        ("day_of_month", json!(32)),
        ("suite", json!("none")),
    ] {
        let mut wrong = body.clone();
        wrong[name] = value;
        assert_eq!(admin.status("POST", &path, wrong).await, 422, "{name}");
    }
    let one = format!("{path}&id={}", text(&service["id"]));
    let changed = admin
        .good(
            "PUT",
            &one,
            json!({"day_of_month": 7, "invoice_type": "Customized Price"}),
        )
        .await;
    assert_eq!((&changed["day_of_month"], &changed["name"]), (&json!(7), &json!("S")));
    assert_eq!(admin.good("DELETE", &one, Value::Null).await, changed);
}

/// The invoices made since then.
async fn invoices(admin: &Login, house: &str, since: &str) -> Vec<Value> {
    let all = admin.get(&format!("/invoice?property={house}")).await;
    rows(&all)
        .iter()
        .filter(|invoice| text(&invoice["created"]) > since)
        .cloned()
        .collect()
}

fn cents(invoice: &Value) -> i64 {
    (invoice["total"].as_f64().unwrap() * 100.0).round() as i64
}

#[tokio::test]
async fn services_make_invoices_on_their_day() {
    let (sandbox, admin, house) = house().await;
    let since = "2026-06-21T06:00:00";
    assert!(invoices(&admin, &house, since).await.is_empty());
    assert!(!invoices(&admin, &house, "2026-04").await.is_empty());

    // To 5 July: the first and the third have passed, and 30 June, the last day of its month.
    sandbox.advance(Duration::from_secs(14 * 86_400));
    let admin = common::intellimeter::admin(&sandbox).await;
    let made = invoices(&admin, &house, since).await;
    let days: Vec<&str> = made.iter().map(|invoice| text(&invoice["created"])).collect();
    let (last, first, third) = ("2026-06-30T00:00:00", "2026-07-01T00:00:00", "2026-07-03T00:00:00");
    assert_eq!(
        days,
        [last, last, first, first, first, first, first, third, third, third]
    );
    let invoice = &made[2];
    assert_eq!(
        (&invoice["due"], &invoice["paid"]),
        (&json!("2026-07-31"), &Value::Null)
    );
    assert_eq!(invoice["email_sent"], "2026-07-01T00:00:01");
    assert_eq!(made[1]["email_sent"], Value::Null, "nobody lives there");

    // Flat: 6.26 + 4.32 = 10.58, and 13 % tax.
    assert_eq!((cents(&made[0]), cents(&made[1])), (1196, 1196));

    // By consumption: what the report says, times 13 cents and the tax.
    let meters = admin.get(&format!("/meter?property={house}")).await;
    let meter = rows(&meters)
        .iter()
        .find(|meter| meter["suite"] == made[7]["suite"])
        .unwrap();
    let report = format!(
        "/reports/period-consumption?start=2026-06-03&end=2026-07-02&type=RAW&property={house}&ids={}",
        text(&meter["id"])
    );
    let used = thousandths(&admin.get(&report).await[0]["consumption"]);
    assert_eq!(cents(&made[7]), (used * 13 * 113 + 50_000) / 100_000);
}

#[tokio::test]
async fn a_split_sums_up_to_the_general_meter() {
    let (sandbox, admin, house) = house().await;
    // Every suite takes part, and there is only electricity to split.
    for service in rows(&admin.get(&format!("/service?property={house}")).await) {
        let path = format!("/service?property={house}&id={}", text(&service["id"]));
        let body = json!({"invoice_type": "Split From General", "day_of_month": 1});
        admin.good("PUT", &path, body).await;
    }
    let free = json!({"property": house, "price_per_gas": 0, "price_per_water": 0});
    admin.good("PUT", "/constants", free).await;
    sandbox.advance(Duration::from_secs(14 * 86_400));
    let admin = common::intellimeter::admin(&sandbox).await;
    let made = invoices(&admin, &house, "2026-06-21T06:00:00").await;
    assert_eq!(made.len(), 10);

    let report =
        format!("/reports/period-consumption?start=2026-06-01&end=2026-06-30&type=RAW&property={house}&ids=all");
    let report = admin.get(&report).await;
    let general = rows(&report).iter().find(|row| row["name"] == "General").unwrap();
    let whole = (thousandths(&general["consumption"]) * 13 * 113 + 50_000) / 100_000;
    assert_eq!(made.iter().map(cents).sum::<i64>(), whole);
    // Nobody pays more than a cent beside their share.
    let of_suites = rows(&report)
        .iter()
        .filter(|row| row["utility"] == "E" && row["suite"].is_string());
    let used: Vec<i64> = of_suites.map(|row| thousandths(&row["consumption"])).collect();
    for (invoice, used_here) in made.iter().zip(&used) {
        let share = whole as f64 * *used_here as f64 / used.iter().sum::<i64>() as f64;
        assert!((cents(invoice) as f64 - share).abs() < 1.0, "{invoice}");
    }
}

#[tokio::test]
async fn invoices_are_paid_once_and_for_all() {
    let (sandbox, admin, house) = house().await;
    let path = format!("/billing/invoice?property={house}");
    let all = admin.get(&path).await;
    let unpaid = rows(&all).iter().find(|invoice| invoice["paid"].is_null()).unwrap();
    assert_eq!(admin.status("PUT", &path, Value::Null).await, 400, "the id is needed");
    let one = format!("{path}&id={}", text(&unpaid["id"]));
    let paid = admin.good("PUT", &one, Value::Null).await;
    assert_eq!(paid["paid"], "2026-06-21T06:00:00");
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(
        admin.good("PUT", &one, Value::Null).await["paid"],
        "2026-06-21T06:00:00"
    );

    let name = text(&unpaid["filename"]);
    for path in [
        format!("/billing/invoice/{name}"),
        format!("/invoiceFile/{name}?property={house}"),
    ] {
        let file = admin.call("GET", &path, Value::Null).await;
        assert_eq!(
            file.header("content-type"),
            Some("application/vnd.oasis.opendocument.text")
        );
        assert_eq!(file.bytes[..4], *b"PK\x03\x04");
        assert_eq!(file.bytes[30..77], *b"mimetypeapplication/vnd.oasis.opendocument.text");
        assert!(file.body.contains(text(&unpaid["id"])));
    }
    assert_eq!(admin.status("GET", "/billing/invoice/none.odt", Value::Null).await, 404);
    let elsewhere = format!("/invoiceFile/{name}?property=b07d42f6");
    assert_eq!(admin.status("GET", &elsewhere, Value::Null).await, 404);

    let counts = &admin.get("/reports/counts").await[0];
    let invoices = &counts["invoices"];
    let count = |name: &str| invoices[name].as_i64().unwrap();
    assert_eq!(count("late") + count("on_time"), count("total"));
    assert_eq!(count("paid") + count("unpaid"), count("total"));
    assert!(count("late") > 0 && count("paid") > 1);
    let percent = count("late") as f64 * 100.0 / count("total") as f64;
    assert_eq!(invoices["late_percent"], percent);
    for utility in ["electrical", "gas", "water"] {
        assert!(counts["monthly_consumption"][utility].as_f64().unwrap() > 0.0);
    }
}
