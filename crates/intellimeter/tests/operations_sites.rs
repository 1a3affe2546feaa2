//! Reads, meters, properties and the company: each operation on the wire and read.

use intellimeter::*;
use serde_json::json;

use crate::support::entities::*;
use crate::support::*;

#[tokio::test]
async fn get_reads() {
    let by_suite = json!({"61fd02c9": [
        {"kwh": 88.125, "kwh_interval": 0.75, "suite": SUITE, "suite_name": "Loft 2",
            "time_stamping": "2026-04-21T11:00:00"},
    ]});
    let (reads, sent) = round_trip(&GetReads::new(ReadsBy::Suite), Reply::json(by_suite)).await;
    sent.expect("GET", "/read?by=suite");
    let Reads::ByProperty(lists) = reads else {
        panic!("a list: {reads:?}");
    };
    assert_eq!(lists.get(PROPERTY).unwrap()[0]["suite_name"], json!("Loft 2"));

    let by_property = json!([{"kwh": 5.5, "property": PROPERTY, "time_stamping": "2026-04-21T11:00:00"}]);
    let request = GetReads::new(ReadsBy::Property)
        .limit_quantity(3)
        .limit_unit(LimitUnit::Week)
        .property(PROPERTY);
    let (reads, sent) = round_trip(&request, Reply::json(by_property)).await;
    sent.expect(
        "GET",
        "/read?by=property&limit_quantity=3&limit_unit=Week&property=61fd02c9",
    );
    let Reads::List(rows) = reads else {
        panic!("no list: {reads:?}");
    };
    assert_eq!((rows.len(), &rows[0]["kwh"]), (1, &json!(5.5)));

    let (_, sent) = round_trip(&GetReads::new(ReadsBy::Meter), Reply::json(json!({}))).await;
    sent.expect("GET", "/read?by=meter");
}

#[tokio::test]
async fn list_meters() {
    let mut bare = meter();
    for name in ["floor", "panel", "suite", "suite_name"] {
        bare[name] = json!(null);
    }
    let (meters, sent) = round_trip(&ListMeters::new(PROPERTY), Reply::json(json!([meter(), bare]))).await;
    sent.expect("GET", "/meter?property=61fd02c9");
    assert_eq!(meters.len(), 2);
    expect_meter(&meters[0]);
    assert_eq!(meters[1].suite, None);
    assert_eq!(
        [&meters[1].floor, &meters[1].panel, &meters[1].suite_name],
        [&None, &None, &None]
    );
}

#[tokio::test]
async fn update_meter() {
    let update = MeterUpdate::new()
        .floor("2")
        .panel("WP-7")
        .suite(intellimeter::SuiteId::from(SUITE));
    let request = UpdateMeter::new(PROPERTY, METER, update);
    let (meters, sent) = round_trip(&request, Reply::json(meter())).await;
    let body = json!({"floor": "2", "panel": "WP-7", "suite": SUITE});
    sent.expect_body("PUT", "/meter?property=61fd02c9&id=b3e90d17", &body);
    let meters = meters.into_vec();
    assert_eq!(meters.len(), 1);
    expect_meter(&meters[0]);

    let request = UpdateMeter::new(PROPERTY, METER, MeterUpdate::new().panel("WP-8"));
    let (_, sent) = round_trip(&request, Reply::json(json!([meter()]))).await;
    sent.expect_body("PUT", "/meter?property=61fd02c9&id=b3e90d17", &json!({"panel": "WP-8"}));
}

#[tokio::test]
async fn list_properties() {
    let mut unnamed = property();
    unnamed["display_name"] = json!(null);
    let list = json!([property(), unnamed]);
    let (properties, sent) = round_trip(&ListProperties::new(), Reply::json(list)).await;
    sent.expect("GET", "/property");
    assert_eq!(properties.len(), 2);
    expect_property(&properties[0]);
    assert_eq!(properties[1].display_name, None);

    let request = ListProperties::new().property(PROPERTY);
    let (_, sent) = round_trip(&request, Reply::json(json!([property()]))).await;
    sent.expect("GET", "/property?property=61fd02c9");
}

#[tokio::test]
async fn update_property() {
    let update = PropertyUpdate::new()
        .address("7 Mill Lane")
        .display_name("The Old Mill")
        .job_name("Mill lofts");
    let (updated, sent) = round_trip(&UpdateProperty::new(PROPERTY, update), Reply::json(property())).await;
    let body = json!({"address": "7 Mill Lane", "display_name": "The Old Mill", "job_name": "Mill lofts"});
    sent.expect_body("PUT", "/property?property=61fd02c9", &body);
    expect_property(&updated);
}

#[tokio::test]
async fn get_company() {
    let company = json!({
        "created": "2023-05-06T07:08:09", "id": "cafe0815", "name": "Mill Holdings", "updated": "2026-02-03T04:05:06",
    });
    let (company, sent) = round_trip(&GetCompany::new(), Reply::json(company)).await;
    sent.expect("GET", "/company");
    assert_eq!(
        (company.id.as_str(), company.name.as_str()),
        ("cafe0815", "Mill Holdings")
    );
    assert_eq!(company.created, local("2023-05-06T07:08:09"));
    assert_eq!(company.updated, local("2026-02-03T04:05:06"));
    assert!(company.extra.is_empty());
}

#[tokio::test]
async fn update_company() {
    let request = UpdateCompany::new(CompanyUpdate::new("Mill & Weir"));
    let ((), sent) = round_trip(&request, Reply::empty(204)).await;
    sent.expect_body_for_nothing("PUT", "/company", &json!({"name": "Mill & Weir"}));
}
