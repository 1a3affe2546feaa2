use std::collections::HashSet;

use rust_decimal::Decimal;

use super::InvoiceError;
use crate::money::exact_sum;
use crate::{BillingConstants, CentsPerUnit, Dollars, Fee, Percent, Utility};

/// What one suite or tenant consumed in the period of the invoice.
#[derive(Clone, Debug, PartialEq)]
pub struct Usage {
    id: String,
    used: Vec<(Utility, Decimal)>,
}

impl Usage {
    /// Of whom: the id of a suite or tenant, or any other text that no two of them share.
    pub fn new(id: impl AsRef<str>) -> Self {
        Self {
            id: id.as_ref().to_owned(),
            used: Vec::new(),
        }
    }

    /// Adds what one meter counted, in kWh for electricity and in m³ for water and gas. Several meters of one utility
    /// add up.
    #[must_use]
    pub fn with(mut self, utility: Utility, quantity: Decimal) -> Self {
        self.used.push((utility, quantity));
        self
    }

    /// Whose it is.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The consumption of each utility, in the order in which they were added first.
    pub(super) fn by_utility(&self) -> Result<Vec<(Utility, Decimal)>, InvoiceError> {
        let mut sums: Vec<(Utility, Decimal)> = Vec::new();
        for (utility, quantity) in &self.used {
            if quantity.is_sign_negative() && !quantity.is_zero() {
                return Err(InvoiceError::NegativeQuantity {
                    id: self.id.clone(),
                    utility: utility.clone(),
                    quantity: *quantity,
                });
            }
            match sums.iter_mut().find(|(known, _)| known == utility) {
                Some((_, sum)) => {
                    *sum = exact_sum(*sum, *quantity).ok_or_else(|| InvoiceError::too_large(&self.id))?;
                }
                None => sums.push((utility.clone(), *quantity)),
            }
        }
        Ok(sums)
    }

    /// The consumption of one utility, 0 if there is none.
    pub(super) fn of(&self, utility: &Utility) -> Result<Decimal, InvoiceError> {
        let all = self.by_utility()?;
        Ok(all
            .into_iter()
            .find(|(known, _)| known == utility)
            .map_or(Decimal::ZERO, |(_, sum)| sum))
    }
}

/// What a unit of each utility costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rates(Vec<(Utility, CentsPerUnit)>);

impl Rates {
    /// No rates yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the rate of a utility, in cents per kWh or m³.
    #[must_use]
    pub fn with(mut self, utility: Utility, rate: CentsPerUnit) -> Self {
        self.0.retain(|(known, _)| *known != utility);
        self.0.push((utility, rate));
        self
    }

    /// The rate of a utility.
    pub fn of(&self, utility: &Utility) -> Option<CentsPerUnit> {
        self.0.iter().find(|(known, _)| known == utility).map(|(_, rate)| *rate)
    }

    pub(super) fn check(&self) -> Result<(), InvoiceError> {
        self.0.iter().try_for_each(|(utility, rate)| check_rate(utility, *rate))
    }
}

/// The rates that a property is set to. Its tax is [`BillingConstants::tax_rate`].
impl From<&BillingConstants> for Rates {
    fn from(constants: &BillingConstants) -> Self {
        Self::new()
            .with(Utility::Electricity, constants.price_per_electricity)
            .with(Utility::Water, constants.price_per_water)
            .with(Utility::Gas, constants.price_per_gas)
    }
}

/// A flat fee.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FlatFee {
    /// The name, as on the invoice.
    pub name: String,
    /// What it costs; below zero it is a discount.
    pub value: Dollars,
    /// Whether invoices have it.
    pub active: bool,
}

impl FlatFee {
    /// An active fee.
    pub fn new(name: impl Into<String>, value: Dollars) -> Self {
        Self {
            name: name.into(),
            value,
            active: true,
        }
    }

    /// Sets whether invoices have it.
    #[must_use]
    pub fn active(mut self, active: bool) -> Self {
        self.active = active;
        self
    }
}

/// A fee as the service lists it.
impl From<&Fee> for FlatFee {
    fn from(fee: &Fee) -> Self {
        Self::new(fee.name.clone(), fee.value).active(fee.active)
    }
}

pub(super) fn check_ids<'a>(ids: impl Iterator<Item = &'a str>) -> Result<(), InvoiceError> {
    let mut seen = HashSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(InvoiceError::DuplicateId { id: id.to_owned() });
        }
    }
    Ok(())
}

pub(super) fn check_tax(tax: Percent) -> Result<(), InvoiceError> {
    if tax < Percent::ZERO {
        return Err(InvoiceError::NegativeTax { tax });
    }
    Ok(())
}

pub(super) fn check_rate(utility: &Utility, rate: CentsPerUnit) -> Result<(), InvoiceError> {
    if rate < CentsPerUnit::ZERO {
        let utility = utility.clone();
        return Err(InvoiceError::NegativeRate { utility, rate });
    }
    Ok(())
}
