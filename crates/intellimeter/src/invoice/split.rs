use rust_decimal::{Decimal, RoundingStrategy};

use super::apportion::by_largest_remainder;
use super::draft::taxed;
use super::{Draft, InvoiceError, Item, Line, Usage, input};
use crate::money::exact_sum;
use crate::{CentsPerUnit, Dollars, InvoiceType, Percent, Utility};

/// What one utility cost the whole property: what a split splits.
#[derive(Clone, Debug, PartialEq)]
pub struct General {
    utility: Utility,
    quantity: Option<Decimal>,
    price: Price,
}

#[derive(Clone, Debug, PartialEq)]
enum Price {
    Cost(Dollars),
    Rate(CentsPerUnit),
}

impl General {
    /// What the general meter of the property counted, in kWh or m³, at a rate. It includes the losses that no other
    /// meter sees.
    pub fn metered(utility: Utility, quantity: Decimal, rate: CentsPerUnit) -> Self {
        Self {
            utility,
            quantity: Some(quantity),
            price: Price::Rate(rate),
        }
    }

    /// A bill that the property got, before tax.
    pub fn billed(utility: Utility, cost: Dollars) -> Self {
        Self {
            utility,
            quantity: None,
            price: Price::Cost(cost),
        }
    }

    /// What all together consumed, at a rate: the vendor's own example, without losses.
    pub fn summed(utility: Utility, rate: CentsPerUnit) -> Self {
        Self {
            utility,
            quantity: None,
            price: Price::Rate(rate),
        }
    }

    /// Adds the consumption that a bill is for, in kWh or m³, so that the losses are known.
    #[must_use]
    pub fn for_quantity(mut self, quantity: Decimal) -> Self {
        self.quantity = Some(quantity);
        self
    }

    /// The cost, rounded to the cent.
    fn cost(&self, consumed: Decimal) -> Result<Dollars, InvoiceError> {
        let quantity = self.quantity.unwrap_or(consumed);
        if quantity.is_sign_negative() && !quantity.is_zero() {
            let utility = self.utility.clone();
            return Err(InvoiceError::NegativeGeneral { utility, quantity });
        }
        match self.price {
            Price::Cost(cost) if cost < Dollars::ZERO => {
                let utility = self.utility.clone();
                Err(InvoiceError::NegativeCost { utility, cost })
            }
            Price::Cost(cost) => Ok(cost.rounded()),
            Price::Rate(rate) => {
                input::check_rate(&self.utility, rate)?;
                let cost = rate.checked_mul(quantity).ok_or(InvoiceError::TooLarge { id: None })?;
                Ok(cost.rounded())
            }
        }
    }
}

/// The cost of one utility, split into invoices that sum up to it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Split {
    /// The utility.
    pub utility: Utility,
    /// The cost of the whole property before tax: the sum of the invoices' subtotals.
    pub subtotal: Dollars,
    /// The tax on that: the sum of the invoices' taxes.
    pub tax: Dollars,
    /// Both together: the sum of the invoices' totals.
    pub total: Dollars,
    /// What the suites or tenants consumed together, in kWh or m³.
    pub consumed: Decimal,
    /// What the general meter counted, in kWh or m³, where it is known.
    pub general: Option<Decimal>,
    /// The invoices, in the order of the input.
    pub invoices: Vec<Draft>,
}

impl Split {
    /// What the general meter counted and no other did, in kWh or m³, where the former is known. Meters are not exact,
    /// so it may be a little below zero.
    pub fn losses(&self) -> Option<Decimal> {
        self.general.and_then(|general| exact_sum(general, -self.consumed))
    }
}

/// Split From General: the cost of one utility for the whole property, split by the shares of its consumption.
///
/// Kilowatt-hours and cubic metres have no shares in common, so this is for one utility; several are split one by one.
/// Who consumed nothing of it gets an invoice of zero.
///
/// The cost is rounded to the cent, its tax is computed and rounded, and that total is handed out by the largest
/// remainder: each invoice's total differs from the exact share by less than a cent, and they sum up to the total. The
/// tax in it is handed out in the same way, by the invoices' totals, so that subtotals and taxes sum up as well.
///
/// # Errors
///
/// [`InvoiceError::NoConsumption`] if there is a cost but nobody has a share of it: to split it evenly would be a
/// decision, not arithmetic. [`InvoiceError::DuplicateId`], [`InvoiceError::NegativeQuantity`] and the other refusals
/// of values below zero, and [`InvoiceError::TooLarge`].
///
/// ```
/// use intellimeter::invoice::{General, Usage, split_from_general};
/// use intellimeter::{CentsPerUnit, Percent, Utility};
///
/// let usage = [
///     Usage::new("Suite 1").with(Utility::Water, "20".parse()?),
///     Usage::new("Suite 2").with(Utility::Water, "10".parse()?),
/// ];
/// let general = General::metered(Utility::Water, "31".parse()?, CentsPerUnit::from(200));
/// let split = split_from_general(&usage, &general, Percent::ZERO)?;
/// assert_eq!(split.losses(), Some("1".parse()?));
/// assert_eq!(split.total.to_string(), "$62.00");
/// assert_eq!(split.invoices[0].total.to_string(), "$41.33");
/// assert_eq!(split.invoices[1].total.to_string(), "$20.67");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn split_from_general(usage: &[Usage], general: &General, tax: Percent) -> Result<Split, InvoiceError> {
    input::check_ids(usage.iter().map(Usage::id))?;
    input::check_tax(tax)?;
    let too_large = || InvoiceError::TooLarge { id: None };
    let quantities = usage
        .iter()
        .map(|one| one.of(&general.utility))
        .collect::<Result<Vec<_>, _>>()?;
    let consumed = quantities
        .iter()
        .try_fold(Decimal::ZERO, |sum, one| exact_sum(sum, *one));
    let consumed = consumed.ok_or_else(too_large)?;
    let subtotal = general.cost(consumed)?;
    let (tax, total) = taxed(subtotal, tax).ok_or_else(too_large)?;
    if consumed.is_zero() && total > Dollars::ZERO {
        let utility = general.utility.clone();
        return Err(InvoiceError::NoConsumption { utility, total });
    }

    let (totals, taxes) = if total == Dollars::ZERO {
        (vec![0; usage.len()], vec![0; usage.len()])
    } else {
        let ids = || usage.iter().map(Usage::id);
        let weights = whole_numbers(&quantities).ok_or_else(too_large)?;
        let totals = hand_out(total, ids().zip(weights)).ok_or_else(too_large)?;
        let taxes = hand_out(tax, ids().zip(totals.iter().copied())).ok_or_else(too_large)?;
        (totals, taxes)
    };

    let mut invoices = Vec::with_capacity(usage.len());
    for (index, one) in usage.iter().enumerate() {
        let share = quantities[index].checked_div(consumed).unwrap_or_default();
        // The tax is a part of the total, so no subtotal is below zero.
        let parts = (whole_cents(totals[index]), whole_cents(taxes[index]));
        let (Some(total), Some(tax)) = parts else {
            return Err(InvoiceError::too_large(one.id()));
        };
        let subtotal = total - tax;
        let line = Line {
            item: Item::Utility(general.utility.clone()),
            quantity: Some(quantities[index]),
            rate: None,
            share: Some(share.round_dp_with_strategy(10, RoundingStrategy::MidpointAwayFromZero)),
            amount: subtotal,
        };
        invoices.push(Draft {
            id: one.id().to_owned(),
            invoice_type: InvoiceType::SplitFromGeneral,
            lines: vec![line],
            subtotal,
            tax,
            total,
        });
    }
    Ok(Split {
        utility: general.utility.clone(),
        subtotal,
        tax,
        total,
        consumed,
        general: general.quantity,
        invoices,
    })
}

fn hand_out<'a>(amount: Dollars, weights: impl Iterator<Item = (&'a str, u128)>) -> Option<Vec<u128>> {
    let cents = u128::try_from(amount.cents()).ok()?;
    by_largest_remainder(cents, &weights.collect::<Vec<_>>())
}

fn whole_cents(cents: u128) -> Option<Dollars> {
    Dollars::from_wide_cents(i128::try_from(cents).ok()?)
}

/// The quantities as multiples of the smallest decimal place that any of them has.
fn whole_numbers(quantities: &[Decimal]) -> Option<Vec<u128>> {
    let quantities: Vec<Decimal> = quantities.iter().map(Decimal::normalize).collect();
    let places = quantities.iter().map(Decimal::scale).max()?;
    let whole = |quantity: &Decimal| {
        let factor = 10_u128.checked_pow(places - quantity.scale())?;
        u128::try_from(quantity.mantissa()).ok()?.checked_mul(factor)
    };
    quantities.iter().map(whole).collect()
}
