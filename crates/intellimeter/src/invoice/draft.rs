use std::fmt;

use rust_decimal::Decimal;

use super::{FlatFee, InvoiceError};
use crate::{CentsPerUnit, Dollars, InvoiceType, Percent, Utility};

/// An invoice as this crate computes it. All amounts are whole cents, and add up: the lines to the subtotal, subtotal
/// and tax to the total.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Draft {
    /// The suite or tenant.
    pub id: String,
    /// How it was computed.
    pub invoice_type: InvoiceType,
    /// What it is for.
    pub lines: Vec<Line>,
    /// The sum of the lines, before tax.
    pub subtotal: Dollars,
    /// The tax.
    pub tax: Dollars,
    /// What is to be paid.
    pub total: Dollars,
}

/// One line of an invoice.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Line {
    /// What it is for.
    pub item: Item,
    /// The consumption in kWh or m³; none for a fee.
    pub quantity: Option<Decimal>,
    /// The rate; none for a fee, and for a share of a cost, which need not be a multiple of a rate.
    pub rate: Option<CentsPerUnit>,
    /// The share of a cost, from 0 to 1, rounded to ten places for people to read. Amounts are computed from the exact
    /// share.
    pub share: Option<Decimal>,
    /// What it costs, before tax.
    pub amount: Dollars,
}

/// What a line of an invoice is for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item {
    /// A flat fee, by its name.
    Fee(String),
    /// Consumption of a utility.
    Utility(Utility),
}

/// The name of the fee, or of the utility.
impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Fee(name) => name,
            Self::Utility(Utility::Electricity) => "Electricity",
            Self::Utility(Utility::Water) => "Water",
            Self::Utility(Utility::Gas) => "Gas",
            Self::Utility(other) => other.as_str(),
        })
    }
}

impl Line {
    pub(super) fn fee(fee: &FlatFee) -> Self {
        Self {
            item: Item::Fee(fee.name.clone()),
            quantity: None,
            rate: None,
            share: None,
            amount: fee.value.rounded(),
        }
    }

    /// Consumption × rate; none if that has too many digits.
    pub(super) fn priced(utility: Utility, quantity: Decimal, rate: CentsPerUnit) -> Option<Self> {
        Some(Self {
            item: Item::Utility(utility),
            quantity: Some(quantity),
            rate: Some(rate),
            share: None,
            amount: rate.checked_mul(quantity)?.rounded(),
        })
    }
}

impl Draft {
    /// Sums the lines up, and adds the tax.
    pub(super) fn of_lines(
        id: &str,
        invoice_type: InvoiceType,
        lines: Vec<Line>,
        tax: Percent,
    ) -> Result<Self, InvoiceError> {
        let sum = |sum: Dollars, line: &Line| sum.checked_add(line.amount);
        let subtotal = lines.iter().try_fold(Dollars::ZERO, sum);
        let with_tax = subtotal.and_then(|subtotal| Some((subtotal, taxed(subtotal, tax)?)));
        let (subtotal, (tax, total)) = with_tax.ok_or_else(|| InvoiceError::too_large(id))?;
        Ok(Self {
            id: id.to_owned(),
            invoice_type,
            lines,
            subtotal,
            tax,
            total,
        })
    }
}

/// The tax on a subtotal, rounded, and both together; none if they have too many digits.
pub(super) fn taxed(subtotal: Dollars, tax: Percent) -> Option<(Dollars, Dollars)> {
    let tax = tax.checked_of(subtotal)?.rounded();
    Some((tax, subtotal.checked_add(tax)?))
}
