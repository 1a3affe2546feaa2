//! Constants, fees and invoices: each operation on the wire and read.

use intellimeter::*;
use serde_json::json;

use crate::support::entities::*;
use crate::support::*;

#[tokio::test]
async fn list_billing_constants() {
    let (list, sent) = round_trip(&ListBillingConstants::new(), Reply::json(json!([constants()]))).await;
    sent.expect("GET", "/billing/constants");
    assert_eq!(list.len(), 1);
    expect_constants(&list[0]);

    let request = ListBillingConstants::new().property(PROPERTY);
    let (_, sent) = round_trip(&request, Reply::json(json!([]))).await;
    sent.expect("GET", "/billing/constants?property=61fd02c9");
}

/// The table has the property in the query, the example has it in the body.
#[tokio::test]
async fn update_billing_constants() {
    let input = BillingConstantsInput::new(PROPERTY)
        .days_to_pay(14)
        .invoice_from("The Old Mill")
        .price_per_electricity("12.75".parse::<CentsPerUnit>().unwrap())
        .price_per_gas(41)
        .price_per_water("305.5".parse::<CentsPerUnit>().unwrap())
        .tax_rate("14.975".parse::<Percent>().unwrap());
    let request = UpdateBillingConstants::new(PROPERTY, input);
    let (updated, sent) = round_trip(&request, Reply::json(constants())).await;
    let body = json!({
        "days_to_pay": 14, "invoice_from": "The Old Mill", "price_per_electricity": 12.75, "price_per_gas": 41.0,
        "price_per_water": 305.5, "property": PROPERTY, "tax_rate": 14.975,
    });
    sent.expect_body("PUT", "/billing/constants?property=61fd02c9", &body);
    expect_constants(&updated);

    let request = UpdateBillingConstants::new(PROPERTY, BillingConstantsInput::new(PROPERTY).tax_rate(5));
    let (_, sent) = round_trip(&request, Reply::json(constants())).await;
    let body = json!({"property": PROPERTY, "tax_rate": 5.0});
    sent.expect_body("PUT", "/billing/constants?property=61fd02c9", &body);
}

#[tokio::test]
async fn list_fees() {
    let (fees, sent) = round_trip(&ListFees::new(PROPERTY), Reply::json(json!([fee()]))).await;
    sent.expect("GET", "/billing/fee?property=61fd02c9");
    assert_eq!(fees.len(), 1);
    expect_fee(&fees[0]);

    let (_, sent) = round_trip(&ListFees::new(PROPERTY).id("fee5a1e0"), Reply::json(json!([fee()]))).await;
    sent.expect("GET", "/billing/fee?property=61fd02c9&id=fee5a1e0");
}

#[tokio::test]
async fn create_fee() {
    let input = FeeInput::new("Boiler upkeep", Dollars::from_cents(1840)).active(false);
    let (created, sent) = round_trip(&CreateFee::new(PROPERTY, input), Reply::json(fee())).await;
    let body = json!({"name": "Boiler upkeep", "value": 18.4, "active": false});
    sent.expect_body("POST", "/billing/fee?property=61fd02c9", &body);
    expect_fee(&created);
}

#[tokio::test]
async fn replace_fees() {
    let fees = vec![
        FeeInput::new("Boiler upkeep", Dollars::from_cents(1840)).active(false),
        FeeInput::new("Bicycle room", Dollars::from_cents(305)),
    ];
    let mut second = fee();
    second["id"] = json!("fee5a1e1");
    let (fees, sent) = round_trip(&ReplaceFees::new(PROPERTY, fees), Reply::json(json!([fee(), second]))).await;
    let body = json!([
        {"name": "Boiler upkeep", "value": 18.4, "active": false},
        {"name": "Bicycle room", "value": 3.05},
    ]);
    sent.expect_body("POST", "/billing/feeFlush?property=61fd02c9", &body);
    assert_eq!(fees.len(), 2);
    expect_fee(&fees[0]);
    assert_eq!(fees[1].id, FeeId::from("fee5a1e1"));

    // No fee at all is a list as well: every fee is deleted.
    let (fees, sent) = round_trip(&ReplaceFees::new(PROPERTY, vec![]), Reply::json(json!([]))).await;
    sent.expect_body("POST", "/billing/feeFlush?property=61fd02c9", &json!([]));
    assert!(fees.is_empty());
}

#[tokio::test]
async fn update_fee() {
    let update = FeeUpdate::new()
        .name("Boiler upkeep")
        .value(Dollars::from_cents(1840))
        .active(false);
    let (updated, sent) = round_trip(&UpdateFee::new(PROPERTY, "fee5a1e0", update), Reply::json(fee())).await;
    let body = json!({"name": "Boiler upkeep", "value": 18.4, "active": false});
    sent.expect_body("PUT", "/billing/fee?property=61fd02c9&id=fee5a1e0", &body);
    expect_fee(&updated);
}

#[tokio::test]
async fn delete_fee() {
    let (deleted, sent) = round_trip(&DeleteFee::new(PROPERTY, "fee5a1e0"), Reply::json(fee())).await;
    sent.expect("DELETE", "/billing/fee?property=61fd02c9&id=fee5a1e0");
    expect_fee(&deleted);
}

#[tokio::test]
async fn list_invoices() {
    let mut unsent = invoice();
    unsent["email_sent"] = json!(null);
    unsent["paid"] = json!("2026-04-09T09:09:09");
    let (invoices, sent) = round_trip(&ListInvoices::new(PROPERTY), Reply::json(json!([invoice(), unsent]))).await;
    sent.expect("GET", "/billing/invoice?property=61fd02c9");
    assert_eq!(invoices.len(), 2);
    expect_invoice(&invoices[0]);
    assert_eq!(invoices[0].paid, None);
    assert_eq!(
        (invoices[1].email_sent, invoices[1].paid),
        (None, Some(local("2026-04-09T09:09:09")))
    );

    let request = ListInvoices::new(PROPERTY).id("1ee71ab4");
    let (_, sent) = round_trip(&request, Reply::json(json!([invoice()]))).await;
    sent.expect("GET", "/billing/invoice?property=61fd02c9&id=1ee71ab4");
}

#[tokio::test]
async fn mark_invoice_paid() {
    let mut paid = invoice();
    paid["paid"] = json!("2026-04-20T17:18:19");
    let request = MarkInvoicePaid::new(PROPERTY, "1ee71ab4");
    let (marked, sent) = round_trip(&request, Reply::json(paid)).await;
    sent.expect("PUT", "/billing/invoice?property=61fd02c9&id=1ee71ab4");
    expect_invoice(&marked);
    assert_eq!(marked.paid, Some(local("2026-04-20T17:18:19")));
}

#[tokio::test]
async fn get_invoice_file() {
    let odt = "application/vnd.oasis.opendocument.text";
    let file = b"PK\x03\x04\x00\xff\xfe mill".to_vec();
    let request = GetInvoiceFile::new("mill_loft_2_april.odt");
    let (bytes, sent) = round_trip(&request, Reply::new(200, odt, file.clone())).await;
    sent.expect_accept("GET", "/billing/invoice/mill_loft_2_april.odt", odt);
    assert_eq!(bytes, file, "byte by byte");

    let request = GetInvoiceFile::new("loft 2.odt").property(PROPERTY);
    let (_, sent) = round_trip(&request, Reply::new(200, odt, file)).await;
    sent.expect_accept("GET", "/billing/invoice/loft%202.odt?property=61fd02c9", odt);
}
