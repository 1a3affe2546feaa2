//! What holds for all invoices, whatever was consumed and in whatever order it is given.

use intellimeter::invoice::{Draft, General, Rates, Split, Usage, general_consumption_price, split_from_general};
use intellimeter::{CentsPerUnit, Decimal, Dollars, Percent, Utility};
use proptest::collection::vec;
use proptest::prelude::*;

fn usage(quantities: &[(i64, u32)]) -> Vec<Usage> {
    let one = |(index, (mantissa, places)): (usize, &(i64, u32))| {
        Usage::new(format!("suite {index}")).with(Utility::Electricity, Decimal::new(*mantissa, *places))
    };
    quantities.iter().enumerate().map(one).collect()
}

fn quantities() -> impl Strategy<Value = Vec<(i64, u32)>> {
    vec((prop_oneof![Just(0), 0..2_000_000_i64, Just(1000)], 0..=4_u32), 1..40)
        .prop_filter("somebody consumes something", |all| {
            all.iter().any(|(mantissa, _)| *mantissa > 0)
        })
}

fn taxes() -> impl Strategy<Value = Percent> {
    prop_oneof![Just(0), 0..30_000_i64, Just(13_000)].prop_map(|thousandths| Decimal::new(thousandths, 3).into())
}

fn sum(drafts: &[Draft], part: impl Fn(&Draft) -> Dollars) -> Dollars {
    drafts.iter().map(part).sum()
}

fn split(usage: &[Usage], cost: i64, tax: Percent) -> Split {
    let general = General::billed(Utility::Electricity, Decimal::new(cost, 4).into());
    split_from_general(usage, &general, tax).unwrap()
}

fn by_id(mut drafts: Vec<Draft>) -> Vec<Draft> {
    drafts.sort_by(|a, b| a.id.cmp(&b.id));
    drafts
}

/// Whether a share in cents is less than one cent off `total × own ÷ all`, in whole numbers alone.
fn is_within_a_cent(share: Dollars, total: Dollars, own: i128, all: i128) -> bool {
    (share.cents() * all - total.cents() * own).abs() < all
}

proptest! {
    #[test]
    fn splits_sum_up_exactly_tax_included(
        quantities in quantities(),
        cost in 0..100_000_000_i64,
        tax in taxes(),
    ) {
        let split = split(&usage(&quantities), cost, tax);
        prop_assert_eq!(split.subtotal, Dollars::from(Decimal::new(cost, 4)).rounded());
        prop_assert_eq!(split.tax, tax.of(split.subtotal).rounded());
        prop_assert_eq!(split.total, split.subtotal + split.tax);
        prop_assert_eq!(sum(&split.invoices, |draft| draft.subtotal), split.subtotal);
        prop_assert_eq!(sum(&split.invoices, |draft| draft.tax), split.tax);
        prop_assert_eq!(sum(&split.invoices, |draft| draft.total), split.total);
        for draft in &split.invoices {
            prop_assert_eq!(draft.subtotal + draft.tax, draft.total);
            prop_assert_eq!(draft.lines[0].amount, draft.subtotal);
            prop_assert!(draft.subtotal >= Dollars::ZERO && draft.tax >= Dollars::ZERO);
            prop_assert_eq!(draft.total.rounded(), draft.total);
        }
    }

    #[test]
    fn no_share_is_a_cent_off(quantities in quantities(), cost in 0..100_000_000_i64, tax in taxes()) {
        let split = split(&usage(&quantities), cost, tax);
        let whole: Vec<i128> = quantities
            .iter()
            .map(|(mantissa, places)| i128::from(*mantissa) * 10_i128.pow(4 - places))
            .collect();
        let all: i128 = whole.iter().sum();
        for (draft, own) in split.invoices.iter().zip(&whole) {
            prop_assert!(is_within_a_cent(draft.total, split.total, *own, all), "{draft:?}");
            let (share, total) = (draft.total.cents(), split.total.cents());
            if total > 0 {
                prop_assert!(is_within_a_cent(draft.tax, split.tax, share, total), "{draft:?}");
            }
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(
        (quantities, order) in quantities().prop_flat_map(|all| {
            let order = Just((0..all.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(all), order)
        }),
        cost in 0..100_000_000_i64,
        tax in taxes(),
    ) {
        let usage = usage(&quantities);
        let shuffled: Vec<Usage> = order.iter().map(|index| usage[*index].clone()).collect();
        prop_assert_eq!(
            by_id(split(&usage, cost, tax).invoices),
            by_id(split(&shuffled, cost, tax).invoices)
        );
    }

    #[test]
    fn who_consumes_more_never_pays_less(quantities in quantities(), cost in 0..100_000_i64, tax in taxes()) {
        let split = split(&usage(&quantities), cost, tax);
        let mut pairs: Vec<(Decimal, Dollars)> =
            split.invoices.iter().map(|draft| (draft.lines[0].quantity.unwrap(), draft.total)).collect();
        pairs.sort();
        for pair in pairs.windows(2) {
            prop_assert!(pair[0].0 == pair[1].0 || pair[0].1 <= pair[1].1, "{pair:?}");
        }
    }

    #[test]
    fn consumption_at_a_rate_is_within_half_a_cent(
        quantities in quantities(),
        rate in 0..1_000_000_i64,
        tax in taxes(),
    ) {
        let rate = CentsPerUnit::from(Decimal::new(rate, 3));
        let rates = Rates::new().with(Utility::Electricity, rate);
        let drafts = general_consumption_price(&usage(&quantities), &rates, tax).unwrap();
        for (draft, (mantissa, places)) in drafts.iter().zip(&quantities) {
            let exact = rate.decimal() * Decimal::new(*mantissa, *places) / Decimal::ONE_HUNDRED;
            prop_assert!((draft.subtotal.decimal() - exact).abs() <= Decimal::new(5, 3));
            prop_assert!((draft.tax - tax.of(draft.subtotal)).decimal().abs() <= Decimal::new(5, 3));
            prop_assert_eq!(draft.total, draft.subtotal + draft.tax);
        }
    }
}
