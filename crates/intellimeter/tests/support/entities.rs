//! What the service answers with, in its shape and with values of our own, and what is to be read from it.

use energy_core::Endpoint;
use energy_core::time::macros::date;
use intellimeter::*;
use serde_json::{Value, json};

use super::local;

pub(crate) const PROPERTY: &str = "61fd02c9";
pub(crate) const METER: &str = "b3e90d17";
pub(crate) const SUITE: &str = "0c44a1ef";
pub(crate) const TENANT: &str = "9ad2217b";
pub(crate) const USER: &str = "4f7700e1";
pub(crate) const REPORT: &str = "d0c5aa38";

pub(crate) fn meter() -> Value {
    json!({
        "floor": "2", "id": METER, "name": "Loft 2 Water", "panel": "WP-7", "property": PROPERTY,
        "serial_number": "23-907-Mill-MFX-3-Meter-11", "suite": SUITE, "suite_name": "Loft 2", "units": "m3",
        "utility": "W",
    })
}

pub(crate) fn expect_meter(meter: &Meter) {
    assert_eq!((meter.id.as_str(), meter.name.as_str()), (METER, "Loft 2 Water"));
    assert_eq!(meter.serial_number, "23-907-Mill-MFX-3-Meter-11");
    assert_eq!((&meter.utility, &meter.units), (&Utility::Water, &Unit::CubicMetres));
    assert_eq!(meter.property, PropertyId::from(PROPERTY));
    assert_eq!(meter.suite, Some(SuiteId::from(SUITE)));
    let texts = [&meter.suite_name, &meter.floor, &meter.panel].map(|text| text.as_deref());
    assert_eq!(texts, [Some("Loft 2"), Some("2"), Some("WP-7")]);
    assert!(meter.extra.is_empty(), "{:?}", meter.extra);
}

pub(crate) fn property() -> Value {
    json!({
        "address": "7 Mill Lane", "company": "cafe0815", "created": "2024-11-03T06:45:09",
        "display_name": "The Old Mill", "id": PROPERTY, "job_name": "Mill lofts", "job_number": "23-907-0044",
        "updated": "2026-01-30T18:01:02",
    })
}

pub(crate) fn expect_property(property: &Property) {
    assert_eq!(
        (property.id.as_str(), property.company.as_str()),
        (PROPERTY, "cafe0815")
    );
    assert_eq!(property.address, "7 Mill Lane");
    assert_eq!(property.created, local("2024-11-03T06:45:09"));
    assert_eq!(property.updated, local("2026-01-30T18:01:02"));
    let texts = [&property.display_name, &property.job_name, &property.job_number].map(|text| text.as_deref());
    assert_eq!(texts, [Some("The Old Mill"), Some("Mill lofts"), Some("23-907-0044")]);
    assert!(property.extra.is_empty(), "{:?}", property.extra);
}

/// An application as the API describes it: the one that logs in has the same name.
pub(crate) type OauthApplication = <CreateApplication as Endpoint>::Output;

/// Without scopes and secret, as in lists.
pub(crate) fn oauth_application() -> Value {
    json!({
        "client_id": "mill-reads", "created": "2025-12-01T08:09:10", "id": "aa31c0de", "name": "Mill reads",
        "updated": "2025-12-24T20:21:22", "user": USER,
    })
}

pub(crate) fn expect_application(application: &OauthApplication) {
    assert_eq!((application.id.as_str(), application.user.as_str()), ("aa31c0de", USER));
    assert_eq!(application.client_id, "mill-reads");
    assert_eq!(application.name, "Mill reads");
    assert_eq!(application.created, local("2025-12-01T08:09:10"));
    assert_eq!(application.updated, local("2025-12-24T20:21:22"));
    assert!(application.extra.is_empty(), "{:?}", application.extra);
}

pub(crate) fn account() -> Value {
    json!({
        "active": false, "admin": true, "company": "cafe0815", "created": "2024-02-29T23:59:58",
        "email": "noor@mill.example", "first_name": "Noor", "id": USER, "last_name": "Haddad",
        "updated": "2026-04-01T12:30:00",
    })
}

pub(crate) fn expect_account(account: &Account) {
    assert_eq!((account.active, account.admin), (false, true));
    assert_eq!((account.id.as_str(), account.company.as_str()), (USER, "cafe0815"));
    assert_eq!(account.created, local("2024-02-29T23:59:58"));
    assert_eq!(account.email, "noor@mill.example");
    assert_eq!(
        (account.first_name.as_str(), account.last_name.as_str()),
        ("Noor", "Haddad")
    );
    assert_eq!(account.updated, Some(local("2026-04-01T12:30:00")));
    assert!(account.extra.is_empty(), "{:?}", account.extra);
}

pub(crate) fn constants() -> Value {
    json!({
        "days_to_pay": 14, "invoice_from": "The Old Mill", "price_per_electricity": 12.75, "price_per_gas": 41.0,
        "price_per_water": 305.5, "property": PROPERTY, "tax_rate": 14.975, "updated": "2026-03-15T07:08:09",
    })
}

pub(crate) fn expect_constants(constants: &BillingConstants) {
    assert_eq!(
        (constants.days_to_pay, constants.invoice_from.as_str()),
        (14, "The Old Mill")
    );
    assert_eq!(
        constants.price_per_electricity,
        "12.75".parse::<CentsPerUnit>().unwrap()
    );
    assert_eq!(constants.price_per_gas, CentsPerUnit::from(41));
    assert_eq!(constants.price_per_water, "305.5".parse::<CentsPerUnit>().unwrap());
    assert_eq!(constants.tax_rate, "14.975".parse::<Percent>().unwrap());
    assert_eq!(constants.property, PropertyId::from(PROPERTY));
    assert_eq!(constants.updated, local("2026-03-15T07:08:09"));
    assert!(constants.extra.is_empty(), "{:?}", constants.extra);
}

pub(crate) fn fee() -> Value {
    json!({"active": false, "id": "fee5a1e0", "name": "Boiler upkeep", "property": PROPERTY, "value": 18.4})
}

pub(crate) fn expect_fee(fee: &Fee) {
    assert_eq!((fee.id.as_str(), fee.property.as_str()), ("fee5a1e0", PROPERTY));
    assert_eq!((fee.name.as_str(), fee.active), ("Boiler upkeep", false));
    assert_eq!(fee.value, Dollars::from_cents(1840));
    assert!(fee.extra.is_empty(), "{:?}", fee.extra);
}

/// Not paid yet.
pub(crate) fn invoice() -> Value {
    json!({
        "created": "2026-04-01T03:10:11", "due": "2026-04-15", "email_sent": "2026-04-01T03:10:59",
        "filename": "mill_loft_2_april.odt", "id": "1ee71ab4", "paid": null, "property": PROPERTY,
        "service": "5ef0b1ac", "suite": SUITE, "total": 107.09,
    })
}

pub(crate) fn expect_invoice(invoice: &Invoice) {
    assert_eq!((invoice.id.as_str(), invoice.property.as_str()), ("1ee71ab4", PROPERTY));
    assert_eq!((invoice.service.as_str(), invoice.suite.as_str()), ("5ef0b1ac", SUITE));
    assert_eq!(invoice.created, local("2026-04-01T03:10:11"));
    assert_eq!(invoice.due, date!(2026 - 04 - 15));
    assert_eq!(invoice.email_sent, Some(local("2026-04-01T03:10:59")));
    assert_eq!(invoice.filename, "mill_loft_2_april.odt");
    assert_eq!(invoice.total, Dollars::from_cents(10709));
    assert!(invoice.extra.is_empty(), "{:?}", invoice.extra);
}

pub(crate) fn service() -> Value {
    json!({
        "active": true, "address": "7 Mill Lane, Loft 2", "day_of_month": 28, "id": "5ef0b1ac",
        "invoice_type": "General Consumption Price", "name": "Water", "property": PROPERTY, "suite": SUITE,
    })
}

pub(crate) fn expect_service(service: &Service) {
    assert_eq!((service.id.as_str(), service.property.as_str()), ("5ef0b1ac", PROPERTY));
    assert_eq!((service.suite.as_str(), service.name.as_str()), (SUITE, "Water"));
    assert_eq!(service.address, "7 Mill Lane, Loft 2");
    assert_eq!(service.invoice_type, InvoiceType::GeneralConsumptionPrice);
    assert_eq!((service.day_of_month, service.active), (28, true));
    assert!(service.extra.is_empty(), "{:?}", service.extra);
}

pub(crate) fn suite() -> Value {
    json!({"id": SUITE, "name": "Loft 2", "property": PROPERTY})
}

pub(crate) fn expect_suite(suite: &Suite) {
    assert_eq!((suite.id.as_str(), suite.property.as_str()), (SUITE, PROPERTY));
    assert_eq!(suite.name, "Loft 2");
    assert!(suite.extra.is_empty(), "{:?}", suite.extra);
}

pub(crate) fn tenant() -> Value {
    json!({
        "address": "7 Mill Lane, Loft 2", "email": "ilse@post.example", "first_name": "Ilse", "id": TENANT,
        "last_name": "Brandt", "phone": "+1 514 555 0142", "property": PROPERTY,
    })
}

pub(crate) fn expect_tenant(tenant: &Tenant) {
    assert_eq!((tenant.id.as_str(), tenant.property.as_str()), (TENANT, PROPERTY));
    assert_eq!(
        (tenant.first_name.as_str(), tenant.last_name.as_str()),
        ("Ilse", "Brandt")
    );
    assert_eq!(
        (tenant.address.as_str(), tenant.email.as_str()),
        ("7 Mill Lane, Loft 2", "ilse@post.example")
    );
    assert_eq!(tenant.phone.as_deref(), Some("+1 514 555 0142"));
    assert!(tenant.extra.is_empty(), "{:?}", tenant.extra);
}

pub(crate) fn scheduled_report() -> Value {
    json!({
        "active": true, "created": "2026-01-02T10:00:01", "end": "2027-06-30", "id": REPORT,
        "last_run": "2026-04-06T04:00:13", "name": "Mill by week", "period": 2, "repeat": "week",
        "reports": ["TopSuitesTable", "WeekendDistribution"], "result": "Sent to 1 address.",
        "start": "2026-01-05", "updated": "2026-02-11T16:17:18", "user": USER,
    })
}

pub(crate) fn expect_scheduled_report(report: &ScheduledReport) {
    assert_eq!((report.id.as_str(), report.user.as_str()), (REPORT, USER));
    assert_eq!((report.name.as_str(), report.active), ("Mill by week", true));
    assert_eq!(report.created, local("2026-01-02T10:00:01"));
    assert_eq!(report.updated, local("2026-02-11T16:17:18"));
    assert_eq!(report.last_run, Some(local("2026-04-06T04:00:13")));
    assert_eq!(
        (report.start, report.end),
        (Some(date!(2026 - 01 - 05)), Some(date!(2027 - 06 - 30)))
    );
    assert_eq!((&report.repeat, report.period), (&Repeat::Week, Some(2)));
    assert_eq!(
        report.reports,
        [ReportName::TopSuitesTable, ReportName::WeekendDistribution]
    );
    assert_eq!(report.result.as_deref(), Some("Sent to 1 address."));
    assert!(report.extra.is_empty(), "{:?}", report.extra);
}

/// A report that is being made: the address to ask at is on the server's own loopback.
pub(crate) fn generation(poll_uri: &str) -> Value {
    json!({
        "code": 202, "error": "Accepted", "interval": "0:00:07",
        "message": format!("The job runs. Please poll {poll_uri} for the status"), "poll_uri": poll_uri,
    })
}
