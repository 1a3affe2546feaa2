//! The arithmetic of the service's three invoice types, as pure functions: nothing is sent, nothing is read.
//!
//! | function | the service's name | an invoice is |
//! |---|---|---|
//! | [`customized_price`] | Customized Price | the sum of the active fees |
//! | [`general_consumption_price`] | General Consumption Price | consumption × rate, for each utility |
//! | [`split_from_general`] | Split From General | the cost of the whole property × the share of its consumption |
//!
//! and to each comes the tax. All numbers are decimals. The rules of rounding:
//!
//! - Each line is rounded to the cent, half away from zero; the subtotal is the sum of the lines.
//! - The tax is computed on the subtotal and rounded in the same way; the total is the sum of the two.
//! - A split rounds the cost and its tax once, for the whole property, and hands out that total by the largest
//!   remainder: no invoice is off its exact share by a cent, and the invoices sum up to the total exactly.
//!
//! The order of the input never matters. What cannot be computed exactly is refused, not rounded. The vendor's own
//! worked example has three wrong figures; `docs/intellimeter-invoices.md` has the right ones.
//! Source: documentation page, section Invoice Types.
//!
//! ```
//! use intellimeter::invoice::{Rates, Usage, general_consumption_price};
//! use intellimeter::{CentsPerUnit, Percent, Utility};
//!
//! let rates = Rates::new().with(Utility::Electricity, CentsPerUnit::from(13));
//! let usage = [Usage::new("Tenant A").with(Utility::Electricity, "40.215".parse()?)];
//! let invoices = general_consumption_price(&usage, &rates, Percent::from(5))?;
//! assert_eq!(invoices[0].subtotal.to_string(), "$5.23");
//! assert_eq!(invoices[0].tax.to_string(), "$0.26");
//! assert_eq!(invoices[0].total.to_string(), "$5.49");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod apportion;
mod draft;
mod error;
mod input;
mod split;

pub use draft::{Draft, Item, Line};
pub use error::InvoiceError;
pub use input::{FlatFee, Rates, Usage};
pub use split::{General, Split, split_from_general};

use crate::{InvoiceType, Percent};

/// Customized Price: the same invoice for each suite or tenant, with the active fees as its lines.
///
/// Without an active fee the invoices are empty and their totals zero. Fees below zero are discounts.
///
/// # Errors
///
/// [`InvoiceError::DuplicateId`], [`InvoiceError::NegativeTax`], [`InvoiceError::TooLarge`].
///
/// ```
/// use intellimeter::invoice::{FlatFee, customized_price};
/// use intellimeter::{Dollars, Percent};
///
/// let fees = [
///     FlatFee::new("Admin Fee", Dollars::from_cents(626)),
///     FlatFee::new("Service Fee", Dollars::from_cents(432)),
///     FlatFee::new("Old Fee", Dollars::from(100)).active(false),
/// ];
/// let invoices = customized_price(&["Suite 1"], &fees, Percent::ZERO)?;
/// assert_eq!(invoices[0].total.to_string(), "$10.58");
/// # Ok::<(), intellimeter::invoice::InvoiceError>(())
/// ```
pub fn customized_price<I: AsRef<str>>(ids: &[I], fees: &[FlatFee], tax: Percent) -> Result<Vec<Draft>, InvoiceError> {
    input::check_ids(ids.iter().map(AsRef::as_ref))?;
    input::check_tax(tax)?;
    let active = fees.iter().filter(|fee| fee.active);
    let lines: Vec<Line> = active.map(Line::fee).collect();
    ids.iter()
        .map(|id| Draft::of_lines(id.as_ref(), InvoiceType::CustomizedPrice, lines.clone(), tax))
        .collect()
}

/// General Consumption Price: for each suite or tenant one line for each utility, consumption × rate.
///
/// # Errors
///
/// [`InvoiceError::DuplicateId`], [`InvoiceError::NegativeQuantity`], [`InvoiceError::NegativeRate`],
/// [`InvoiceError::NegativeTax`], [`InvoiceError::NoRate`], [`InvoiceError::TooLarge`].
pub fn general_consumption_price(usage: &[Usage], rates: &Rates, tax: Percent) -> Result<Vec<Draft>, InvoiceError> {
    input::check_ids(usage.iter().map(Usage::id))?;
    input::check_tax(tax)?;
    rates.check()?;
    let invoice = |one: &Usage| {
        let lines = one.by_utility()?.into_iter().map(|(utility, quantity)| {
            let rate = rates.of(&utility).ok_or_else(|| InvoiceError::NoRate {
                id: one.id().to_owned(),
                utility: utility.clone(),
            })?;
            Line::priced(utility, quantity, rate).ok_or_else(|| InvoiceError::too_large(one.id()))
        });
        let lines = lines.collect::<Result<_, _>>()?;
        Draft::of_lines(one.id(), InvoiceType::GeneralConsumptionPrice, lines, tax)
    };
    usage.iter().map(invoice).collect()
}
