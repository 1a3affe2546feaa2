//! Where the service is not what it seems: reads, local times, small lies of the documentation, units, secrets, errors.
//! The numbers are those of the vendor's guide. Reports have traps of their own in `traps_reports.rs`, the two layouts
//! of the billing paths are in `traps_paths.rs`.

use energy_core::model::TimeZone;
use energy_core::time::macros::datetime;
use intellimeter::*;
use serde_json::{Value, json};

use crate::support::entities::*;
use crate::support::*;

fn meter_read() -> Value {
    json!({
        "floor": null, "kwh": 731.625, "kwh_interval": 0.125, "meter": METER, "name": "Loft 2 Electricity",
        "panel": "EP-1", "serial_number": "23-907-Mill-MFX-3-Meter-12", "suite": SUITE,
        "time_stamping": "2026-04-21T10:50:00", "units": "kWh", "utility": "E", "voltage_a": 121.5,
        "power factor": 0.97, "thd": null, "phase": "A",
    })
}

#[tokio::test]
async fn trap_01_reads_by_suite_are_lists_in_an_object() {
    let body = json!({
        PROPERTY: [
            {"kwh": 88.125, "kwh_interval": 0.75, "suite": SUITE, "suite_name": "Loft 2",
                "time_stamping": "2026-04-21T11:00:00"},
            {"m3": 4.5, "suite": "0c44a1f0", "suite_name": null, "time_stamping": "2026-04-21T11:00:01"},
        ],
        "61fd02ca": [],
    });
    let (reads, sent) = round_trip(&GetReadsBySuite::new(), Reply::json(body)).await;
    sent.expect("GET", "/read?by=suite");
    let ids: Vec<&str> = reads.0.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, [PROPERTY, "61fd02ca"]);
    assert!(reads.get("61fd02ca").unwrap().is_empty());
    let [first, second] = reads.get(PROPERTY).unwrap().as_slice() else {
        panic!("two were expected: {reads:?}");
    };
    assert_eq!(
        (first.suite.as_str(), first.suite_name.as_deref()),
        (SUITE, Some("Loft 2"))
    );
    assert_eq!((first.kwh, first.kwh_interval), (Some(88.125), Some(0.75)));
    assert_eq!(first.time_stamping, local("2026-04-21T11:00:00"));
    assert_eq!(first.points.numbers().count(), 0);
    assert_eq!((second.kwh, second.kwh_interval), (None, None));
    assert_eq!((second.points.get("m3"), &second.suite_name), (Some(4.5), &None));
}

#[tokio::test]
async fn trap_01_reads_by_property_are_a_list() {
    let body = json!([{
        "address": "7 Mill Lane", "display_name": "The Old Mill", "job_name": "Mill lofts",
        "job_number": "23-907-0044", "kwh": 1900.5, "kwh_interval": 0.0, "property": PROPERTY,
        "time_stamping": "2026-04-21T07:20:00", "m3": 61,
    }]);
    let request = GetReadsByProperty::new().property(PROPERTY);
    let (reads, sent) = round_trip(&request, Reply::json(body.clone())).await;
    sent.expect("GET", "/read?by=property&property=61fd02c9");
    let read = &reads[0];
    assert_eq!((reads.len(), read.property.as_str()), (1, PROPERTY));
    let texts = [&read.address, &read.display_name, &read.job_name, &read.job_number].map(|text| text.as_deref());
    assert_eq!(
        texts,
        [
            Some("7 Mill Lane"),
            Some("The Old Mill"),
            Some("Mill lofts"),
            Some("23-907-0044")
        ]
    );
    assert_eq!((read.kwh, read.kwh_interval), (Some(1900.5), Some(0.0)));
    assert_eq!(read.time_stamping, local("2026-04-21T07:20:00"));
    assert_eq!(read.points.get("m3"), Some(61.0));

    // The other two never answer with a list, and this one never with an object.
    let error = failing(&GetReadsBySuite::new(), Reply::json(body)).await;
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    let error = failing(&GetReadsByProperty::new(), Reply::json(json!({PROPERTY: []}))).await;
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
}

#[tokio::test]
async fn trap_01_reads_by_meter_keep_points_that_nobody_has_heard_of() {
    let request = GetReadsByMeter::new();
    let (reads, sent) = round_trip(&request, Reply::json(json!({PROPERTY: [meter_read()]}))).await;
    sent.expect("GET", "/read?by=meter");
    let read = &reads.get(PROPERTY).unwrap()[0];
    assert_eq!(
        (read.meter.as_str(), read.name.as_deref()),
        (METER, Some("Loft 2 Electricity"))
    );
    assert_eq!(read.serial_number.as_deref(), Some("23-907-Mill-MFX-3-Meter-12"));
    assert_eq!(
        (&read.suite, &read.floor, read.panel.as_deref()),
        (&Some(SuiteId::from(SUITE)), &None, Some("EP-1"))
    );
    assert_eq!(read.utility, Some(Utility::Electricity));
    assert_eq!((read.kwh, read.kwh_interval), (Some(731.625), Some(0.125)));
    assert_eq!(read.points.get("voltage_a"), Some(121.5));
    assert_eq!(read.points.get("power factor"), Some(0.97));
    assert_eq!(
        (read.points.get("thd"), read.points.get("phase")),
        (None, None),
        "no numbers"
    );
    let mut numbers: Vec<_> = read.points.numbers().collect();
    numbers.sort_by_key(|(name, _)| *name);
    assert_eq!(
        numbers,
        [("power factor", 0.97), ("voltage_a", 121.5)],
        "the typed ones are not there twice"
    );
    assert_eq!(
        read.points.fields().get("phase"),
        Some(&json!("A")),
        "what is no number is kept as well"
    );
}

#[tokio::test]
async fn trap_01_the_unit_is_written_in_two_ways() {
    let mut read = meter_read();
    for (written, unit) in [
        ("kWh", Unit::KilowattHours),
        ("kwh", Unit::KilowattHours),
        ("KWH", Unit::KilowattHours),
        ("m3", Unit::CubicMetres),
        ("M3", Unit::CubicMetres),
    ] {
        read["units"] = json!(written);
        let body = json!({PROPERTY: [read]});
        let (reads, _) = round_trip(&GetReadsByMeter::new(), Reply::json(body)).await;
        assert_eq!(reads.get(PROPERTY).unwrap()[0].units, Some(unit.clone()), "{written}");
        let mut other = meter();
        other["units"] = json!(written);
        let (meters, _) = round_trip(&ListMeters::new(PROPERTY), Reply::json(json!([other]))).await;
        assert_eq!(meters[0].units, unit, "{written}");
    }
    assert_eq!(Unit::from("BTU").as_str(), "BTU", "another one is kept");
}

#[tokio::test]
async fn trap_02_stamps_are_local_and_wait_for_a_zone() {
    let (reads, _) = round_trip(&GetReadsByMeter::new(), Reply::json(json!({PROPERTY: [meter_read()]}))).await;
    let stamp = reads.get(PROPERTY).unwrap()[0].time_stamping;
    assert_eq!(stamp.date_time(), datetime!(2026-04-21 10:50:00));
    let toronto = stamp.in_zone(&TimeZone::named("America/Toronto")).unwrap();
    let vancouver = stamp.in_zone(&TimeZone::named("America/Vancouver")).unwrap();
    assert_eq!(
        (toronto, vancouver),
        (datetime!(2026-04-21 14:50 UTC), datetime!(2026-04-21 17:50 UTC))
    );
    // A space, as in pushed files, is the same; a zone would change the meaning, and is never dropped.
    let mut spaced = meter_read();
    spaced["time_stamping"] = json!("2026-04-21 10:50:00");
    let (reads, _) = round_trip(&GetReadsByMeter::new(), Reply::json(json!({PROPERTY: [spaced]}))).await;
    assert_eq!(reads.get(PROPERTY).unwrap()[0].time_stamping, stamp);
    for zoned in ["2026-04-21T10:50:00Z", "2026-04-21T10:50:00-04:00", "2026-04-21"] {
        let mut read = meter_read();
        read["time_stamping"] = json!(zoned);
        let error = failing(&GetReadsByMeter::new(), Reply::json(json!({PROPERTY: [read]}))).await;
        assert!(
            matches!(&error, Error::Decode(error) if error.to_string().contains(zoned)),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn trap_03_the_newest_reads_alone_unless_a_quantity_is_given() {
    let sent = wire(login(), &GetReadsByMeter::default()).await;
    assert_eq!(sent.line, format!("GET {BASE}/read?by=meter"));
    for (unit, name) in [
        (LimitUnit::Second, "Second"),
        (LimitUnit::Minute, "Minute"),
        (LimitUnit::Hour, "Hour"),
        (LimitUnit::Day, "Day"),
        (LimitUnit::Week, "Week"),
    ] {
        let sent = wire(login(), &GetReadsBySuite::new().since(36, unit)).await;
        let query = format!("by=suite&limit_quantity=36&limit_unit={name}");
        assert_eq!(sent.line, format!("GET {BASE}/read?{query}"));
    }
    let sent = wire(login(), &GetReads::new(ReadsBy::Property).limit_quantity(0)).await;
    assert_eq!(sent.line, format!("GET {BASE}/read?by=property&limit_quantity=0"));
}

#[tokio::test]
async fn trap_07_the_id_of_an_invoice_is_sent_although_the_example_leaves_it_out() {
    let (_, sent) = round_trip(&MarkInvoicePaid::new(PROPERTY, "1ee71ab4"), Reply::json(invoice())).await;
    sent.expect("PUT", "/billing/invoice?property=61fd02c9&id=1ee71ab4");
}

#[tokio::test]
async fn trap_07_lists_of_applications_have_no_scopes() {
    let (listed, _) = round_trip(&ListApplications::new(), Reply::json(json!([oauth_application()]))).await;
    assert_eq!((&listed[0].scopes, &listed[0].client_secret), (&None, &None));
    let mut created = oauth_application();
    created["scopes"] = json!("auth:app:read");
    let input = ApplicationInput::new("Mill reads", scopes("auth:app:read"));
    let (created, _) = round_trip(&CreateApplication::new(input), Reply::json(created)).await;
    assert!(created.scopes.unwrap().cover("auth:app:read"));
}

#[tokio::test]
async fn trap_07_accounts_have_updated_or_not() {
    let (full, _) = round_trip(&GetOwnAccount::new(), Reply::json(account())).await;
    assert_eq!(full.updated, Some(local("2026-04-01T12:30:00")));
    let mut without = account();
    without.as_object_mut().unwrap().remove("updated");
    let (bare, _) = round_trip(&GetOwnAccount::new(), Reply::json(without)).await;
    assert_eq!(bare.updated, None);
}

#[tokio::test]
async fn trap_07_an_updated_meter_comes_alone_or_in_a_list() {
    let request = UpdateMeter::new(PROPERTY, METER, MeterUpdate::new().floor("2"));
    for body in [meter(), json!([meter()])] {
        let (meters, _) = round_trip(&request, Reply::json(body)).await;
        let meters = meters.into_vec();
        assert_eq!(meters.len(), 1);
        expect_meter(&meters[0]);
    }
}

#[tokio::test]
async fn trap_08_rates_are_in_cents_and_fees_in_dollars() {
    let mut body = constants();
    body["price_per_electricity"] = json!(13.0);
    body["tax_rate"] = json!(13.0);
    let (list, _) = round_trip(&ListBillingConstants::new(), Reply::json(json!([body]))).await;
    // One kWh at 13.0 costs thirteen cents, and not thirteen dollars.
    let hundred = list[0].price_per_electricity * 100.into();
    assert_eq!(hundred, Dollars::from(13));
    assert_eq!(list[0].tax_rate.of(hundred), Dollars::from_cents(169));

    let (fees, _) = round_trip(&ListFees::new(PROPERTY), Reply::json(json!([fee()]))).await;
    assert_eq!(
        (fees[0].value, fees[0].value.cents()),
        (Dollars::from_cents(1840), 1840)
    );
    let (invoices, _) = round_trip(&ListInvoices::new(PROPERTY), Reply::json(json!([invoice()]))).await;
    assert_eq!(invoices[0].total.to_string(), "$107.09");

    // Sent as plain numbers of the same units.
    let input = BillingConstantsInput::new(PROPERTY).price_per_water(CentsPerUnit::from(13));
    let sent = wire(login(), &UpdateBillingConstants::new(PROPERTY, input)).await;
    assert_eq!(sent.json()["price_per_water"], json!(13.0));
    let sent = wire(
        login(),
        &CreateFee::new(PROPERTY, FeeInput::new("Lift", Dollars::from_cents(1013))),
    )
    .await;
    assert_eq!(sent.json()["value"], json!(10.13));
}

#[tokio::test]
async fn trap_09_invoice_types_have_spaces_in_their_names() {
    for (kind, name) in [
        (InvoiceType::SplitFromGeneral, "Split From General"),
        (InvoiceType::GeneralConsumptionPrice, "General Consumption Price"),
        (InvoiceType::CustomizedPrice, "Customized Price"),
    ] {
        let mut answer = service();
        answer["invoice_type"] = json!(name);
        let request = UpdateService::new(PROPERTY, "5ef0b1ac", ServiceUpdate::new().invoice_type(kind.clone()));
        let (updated, sent) = round_trip(&request, Reply::json(answer)).await;
        assert_eq!(sent.json(), json!({"invoice_type": name}));
        assert_eq!(updated.invoice_type, kind);
    }
    let mut answer = service();
    answer["invoice_type"] = json!("Peak Price");
    let (services, _) = round_trip(&ListServices::new(PROPERTY), Reply::json(json!([answer]))).await;
    assert!(matches!(services[0].invoice_type, InvoiceType::Unknown(_)));
    assert_eq!(services[0].invoice_type.as_str(), "Peak Price");
}

#[tokio::test]
async fn trap_10_a_client_secret_comes_once_and_is_not_shown() {
    let mut answer = oauth_application();
    answer["client_secret"] = json!("Oystercatcher-88-new-secret");
    let request = UpdateApplication::new("aa31c0de", ApplicationUpdate::new().new_client_secret(true));
    let (application, _) = round_trip(&request, Reply::json(answer)).await;
    assert_eq!(
        application.client_secret.as_ref().unwrap().expose(),
        "Oystercatcher-88-new-secret"
    );
    let shown = format!("{application:?} {application:#?}");
    assert!(
        shown.contains("mill-reads") && !shown.contains("Oystercatcher"),
        "{shown}"
    );
}

/// The shape of errors is documented for logins alone.
#[tokio::test]
async fn trap_10_errors_come_in_any_shape() {
    let json = |body: Value| Reply::json(body).status(409);
    let plain = |kind: &str, body: &str| Reply::new(409, kind, body);
    for (reply, code, message) in [
        (
            json(json!({"code": 409, "error": "Conflict", "message": "It is let."})),
            Some("Conflict"),
            "It is let.",
        ),
        (
            json(json!({"error": "taken", "error_description": "It is let."})),
            Some("taken"),
            "It is let.",
        ),
        (
            json(json!({"code": 409, "message": "It is let."})),
            Some("409"),
            "It is let.",
        ),
        (json(json!({"message": "It is let."})), None, "It is let."),
        (json(json!({"error": "Conflict"})), Some("Conflict"), ""),
        (json(json!({})), None, ""),
        (plain("text/plain", "It is let.\n"), None, "It is let."),
        (plain("text/html", "<html><body>It is let.</body></html>"), None, ""),
        (Reply::empty(409), None, ""),
    ] {
        let told = format!("{reply:?}");
        let error = failing(&DeleteSuite::new(PROPERTY, SUITE), reply).await;
        let said = api(&error);
        assert_eq!(said.status, status(409));
        assert_eq!((said.code.as_deref(), said.message.as_str()), (code, message), "{told}");
        assert!(error.to_string().contains("deleteSuite"), "{error}");
    }
    // What nobody understands is in the error as it came.
    let error = failing(
        &DeleteSuite::new(PROPERTY, SUITE),
        Reply::json(json!([{"why": "It is let."}])).status(409),
    )
    .await;
    assert!(error.to_string().contains("It is let."), "{error}");
}

#[tokio::test]
async fn trap_11_no_rate_is_documented_so_none_is_kept() {
    let server = Server::answering(Reply::json(json!([]))).await;
    let client = server.client(login());
    for _ in 0..120 {
        client.send(&ListProperties::new()).await.unwrap();
    }
    assert_eq!(server.sent().len(), 120);
    assert!(server.clock.slept().is_empty());

    // Should there be one, it is understood.
    let reply = Reply::new(429, "text/plain", "Slow down").header("retry-after", "90");
    let error = failing(&ListProperties::new(), reply).await;
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!(error.retry_at(), Some(NOW + std::time::Duration::from_secs(90)));
}

/// Null is a value of some fields: an update can send it.
#[test]
fn trap_fields_can_be_emptied() {
    use intellimeter::{MeterUpdate, Patch, ScheduledReportUpdate, TenantUpdate};
    let day = energy_core::time::macros::date!(2026 - 04 - 30);
    for (update, expected) in [
        (
            serde_json::to_value(TenantUpdate::new().phone(Patch::Clear)),
            json!({"phone": null}),
        ),
        (
            serde_json::to_value(TenantUpdate::new().phone("+1 416")),
            json!({"phone": "+1 416"}),
        ),
        (
            serde_json::to_value(MeterUpdate::new().suite(Patch::Clear)),
            json!({"suite": null}),
        ),
        (
            serde_json::to_value(ScheduledReportUpdate::new().end(Patch::Clear)),
            json!({"end": null}),
        ),
        (
            serde_json::to_value(ScheduledReportUpdate::new().end(day)),
            json!({"end": "2026-04-30"}),
        ),
        (serde_json::to_value(ScheduledReportUpdate::new()), json!({})),
    ] {
        assert_eq!(update.unwrap(), expected);
    }
}
