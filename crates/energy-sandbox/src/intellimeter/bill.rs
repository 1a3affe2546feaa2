//! What an invoice comes to, in whole numbers: thousandths of kWh and m³, millionths of cents,
//! dollars and percent, and cents at the end. The tax is included.

use time::OffsetDateTime;

use super::meters::{Meter, Utility};
use super::state::{Constants, State};

/// How an invoice is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InvoiceType {
    SplitFromGeneral,
    GeneralConsumptionPrice,
    CustomizedPrice,
}

impl InvoiceType {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SplitFromGeneral => "Split From General",
            Self::GeneralConsumptionPrice => "General Consumption Price",
            Self::CustomizedPrice => "Customized Price",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        let all = [
            Self::SplitFromGeneral,
            Self::GeneralConsumptionPrice,
            Self::CustomizedPrice,
        ];
        all.into_iter().find(|kind| kind.name() == name)
    }
}

const MILLION: i128 = 1_000_000;

fn millionths(value: f64) -> i128 {
    (value * 1e6).round() as i128
}

/// A fraction, rounded half away from zero.
fn rounded(numerator: i128, denominator: i128) -> i64 {
    let half = if numerator < 0 {
        -denominator / 2
    } else {
        denominator / 2
    };
    i64::try_from((numerator + half) / denominator).unwrap_or(i64::MAX)
}

/// A hundred percent and the tax, in millionths of percent.
fn with_tax(constants: &Constants) -> i128 {
    100 * MILLION + millionths(constants.tax_rate)
}

/// The price of a unit, in millionths of cents.
fn price(constants: &Constants, utility: Utility) -> i128 {
    millionths(match utility {
        Utility::Electricity => constants.price_per_electricity,
        Utility::Water => constants.price_per_water,
        Utility::Gas => constants.price_per_gas,
    })
}

/// The flat price: the sum of the fees, in cents with tax.
fn flat(fees: impl Iterator<Item = f64>, constants: &Constants) -> i64 {
    let dollars: i128 = fees.map(millionths).sum();
    rounded(dollars * 100 * with_tax(constants), MILLION * 100 * MILLION)
}

/// Consumptions in thousandths, each times its price, in cents with tax.
fn by_rate(consumptions: impl Iterator<Item = (Utility, i64)>, constants: &Constants) -> i64 {
    let cost: i128 = consumptions
        .map(|(utility, thousandths)| i128::from(thousandths) * price(constants, utility))
        .sum();
    rounded(cost * with_tax(constants), 1000 * MILLION * 100 * MILLION)
}

/// Splits cents by weights. The cents that are left over go to the largest remainders, the first
/// first, so that the parts sum up to the whole.
fn split(cents: i64, weights: &[i64]) -> Vec<i64> {
    let equal = vec![1; weights.len()];
    let sum: i64 = weights.iter().sum();
    let (weights, sum) = match sum {
        0 => (equal.as_slice(), weights.len() as i64),
        sum => (weights, sum),
    };
    if sum == 0 {
        return Vec::new();
    }
    let exact = |weight: i64| i128::from(cents) * i128::from(weight);
    let whole = |weight: i64| i64::try_from(exact(weight) / i128::from(sum)).unwrap_or(0);
    let mut parts: Vec<i64> = weights.iter().map(|weight| whole(*weight)).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&place| std::cmp::Reverse(exact(weights[place]) % i128::from(sum)));
    let left = cents - parts.iter().sum::<i64>();
    for place in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[place] += 1;
    }
    parts
}

/// The invoice of a suite for a period, in cents with tax.
pub(super) fn total(
    state: &State,
    property: &str,
    suite: &str,
    kind: InvoiceType,
    (start, end): (OffsetDateTime, OffsetDateTime),
) -> i64 {
    let Some(constants) = state.constants.get(property) else {
        return 0;
    };
    let used = |suite: &str, utility: Utility| -> i64 {
        (state.meters.iter())
            .filter(|meter| meter.suite.as_deref() == Some(suite) && meter.utility == utility)
            .map(|meter| meter.between(state, start, end))
            .sum()
    };
    match kind {
        InvoiceType::CustomizedPrice => {
            let fees = state.fees.iter().filter(|fee| fee.active && fee.property == property);
            flat(fees.map(|fee| fee.value), constants)
        }
        InvoiceType::GeneralConsumptionPrice => by_rate(
            Utility::ALL.into_iter().map(|utility| (utility, used(suite, utility))),
            constants,
        ),
        InvoiceType::SplitFromGeneral => {
            let suites = state.suites.iter().filter(|known| known.property == property);
            let suites: Vec<&str> = suites.map(|known| known.id.as_str()).collect();
            let Some(place) = suites.iter().position(|known| *known == suite) else {
                return 0;
            };
            let share = |utility: Utility| {
                let weights: Vec<i64> = suites.iter().map(|suite| used(suite, utility)).collect();
                // A general meter also sees what gets lost, and everybody bears their part of it.
                let is_general =
                    |meter: &&Meter| meter.is_general() && meter.property == property && meter.utility == utility;
                let general = state.meters.iter().find(is_general);
                let all = general.map_or_else(|| weights.iter().sum(), |meter| meter.between(state, start, end));
                let cents = by_rate(std::iter::once((utility, all)), constants);
                split(cents, &weights)[place]
            };
            Utility::ALL.into_iter().map(share).sum()
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Constants, Utility, by_rate, flat, split};

    fn constants(tax_rate: f64) -> Constants {
        Constants {
            days_to_pay: 30,
            invoice_from: String::new(),
            price_per_electricity: 13.0,
            price_per_gas: 40.5,
            price_per_water: 210.0,
            tax_rate,
            updated: datetime!(2026-01-01 0:00 UTC),
        }
    }

    const USED: [i64; 3] = [40_215, 35_500, 20_250];

    #[test]
    fn consumption_times_rate_is_rounded_away_from_zero() {
        let cents = USED.map(|used| by_rate(std::iter::once((Utility::Electricity, used)), &constants(0.0)));
        assert_eq!(cents, [523, 462, 263]);
        let taxed = by_rate(
            [(Utility::Electricity, 100_000), (Utility::Water, 2_000)].into_iter(),
            &constants(13.0),
        );
        assert_eq!(taxed, 1944, "(13.00 + 4.20) * 1.13 = 19.436");
    }

    #[test]
    fn the_parts_of_a_split_sum_up_to_the_whole() {
        let whole = by_rate(std::iter::once((Utility::Electricity, 95_965)), &constants(0.0));
        assert_eq!(whole, 1248);
        assert_eq!(split(whole, &USED), [523, 462, 263]);
        assert_eq!(split(1000, &[1, 1, 1]), [334, 333, 333]);
        assert_eq!(split(5, &[0, 0]), [3, 2]);
        assert!(split(5, &[]).is_empty());
    }

    #[test]
    fn a_flat_price_is_the_sum_of_the_fees() {
        assert_eq!(flat([6.26, 4.32].into_iter(), &constants(0.0)), 1058);
        assert_eq!(
            flat([6.26, 4.32].into_iter(), &constants(13.0)),
            1196,
            "10.58 * 1.13 = 11.9554"
        );
    }
}
