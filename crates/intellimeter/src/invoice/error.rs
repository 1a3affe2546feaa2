use rust_decimal::Decimal;

use crate::{CentsPerUnit, Dollars, Percent, Utility};

/// Why invoices cannot be computed. No invoice is given then, not even those that could be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvoiceError {
    /// Two entries have the same id.
    #[error("{id} comes twice")]
    DuplicateId {
        /// The id.
        id: String,
    },
    /// A meter that counted backwards, or was read in the wrong order.
    #[error("{id} has a negative consumption of {utility}: {quantity}")]
    NegativeQuantity {
        /// Whose it is.
        id: String,
        /// The utility.
        utility: Utility,
        /// The consumption in kWh or m³.
        quantity: Decimal,
    },
    /// The consumption that the general meter counted is below zero.
    #[error("the general meter has a negative consumption of {utility}: {quantity}")]
    NegativeGeneral {
        /// The utility.
        utility: Utility,
        /// The consumption in kWh or m³.
        quantity: Decimal,
    },
    /// The cost to split is below zero.
    #[error("the cost of {utility} to split is negative: {cost}")]
    NegativeCost {
        /// The utility.
        utility: Utility,
        /// The cost.
        cost: Dollars,
    },
    /// A rate is below zero.
    #[error("the rate of {utility} is negative: {rate}")]
    NegativeRate {
        /// The utility.
        utility: Utility,
        /// The rate.
        rate: CentsPerUnit,
    },
    /// The tax is below zero.
    #[error("the tax is negative: {tax}")]
    NegativeTax {
        /// The tax.
        tax: Percent,
    },
    /// Something was consumed for which there is no rate.
    #[error("{id} has consumption of {utility}, for which there is no rate")]
    NoRate {
        /// Whose consumption it is.
        id: String,
        /// The utility.
        utility: Utility,
    },
    /// There is a cost to split, but nobody consumed anything, so that nobody has a share.
    #[error("{total} for {utility} cannot be split: nobody consumed anything")]
    NoConsumption {
        /// The utility.
        utility: Utility,
        /// What there is to split, with tax.
        total: Dollars,
    },
    /// A number has more digits than can be computed with exactly.
    #[error("the amounts of {} have too many digits to compute exactly", whose(.id))]
    TooLarge {
        /// Whose amounts they are; none for those of the whole property.
        id: Option<String>,
    },
}

fn whose(id: &Option<String>) -> &str {
    id.as_deref().unwrap_or("the whole property")
}

impl InvoiceError {
    pub(super) fn too_large(id: &str) -> Self {
        Self::TooLarge {
            id: Some(id.to_owned()),
        }
    }

    /// The suite or tenant that it is about, if it is about one.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::DuplicateId { id } | Self::NegativeQuantity { id, .. } | Self::NoRate { id, .. } => Some(id),
            Self::TooLarge { id } => id.as_deref(),
            _ => None,
        }
    }
}
