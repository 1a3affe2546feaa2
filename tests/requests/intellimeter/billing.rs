//! Prices, fees and invoices.

use intellimeter::*;

use super::{PROPERTY, Sample};

const FEE: &str = "fe0d42b6";
const INVOICE: &str = "19ab5c83";

pub(super) fn samples() -> Vec<Sample> {
    let constants = BillingConstantsInput::new(PROPERTY)
        .days_to_pay(21)
        .invoice_from("The Granary")
        .price_per_electricity(14)
        .price_per_gas(52)
        .price_per_water(290)
        .tax_rate(13);
    let lift = || FeeInput::new("Lift upkeep", Dollars::from_cents(2275)).active(true);
    let bins = FeeInput::new("Bins", Dollars::from_cents(640)).active(false);
    let update = FeeUpdate::new()
        .name("Lift")
        .value(Dollars::from_cents(2350))
        .active(true);
    vec![
        Sample::of(ListBillingConstants::new().property(PROPERTY)),
        Sample::of(UpdateBillingConstants::new(PROPERTY, constants)),
        Sample::of(ListFees::new(PROPERTY).id(FEE)),
        Sample::of(CreateFee::new(PROPERTY, lift())),
        Sample::of(UpdateFee::new(PROPERTY, FEE, update)),
        Sample::of(DeleteFee::new(PROPERTY, FEE)),
        Sample::of(ReplaceFees::new(PROPERTY, vec![lift(), bins])),
        Sample::of(ListInvoices::new(PROPERTY).id(INVOICE)),
        Sample::of(MarkInvoicePaid::new(PROPERTY, INVOICE)),
        Sample::download(GetInvoiceFile::new("granary_flat_9_may.odt").property(PROPERTY)),
    ]
}
