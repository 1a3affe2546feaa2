//! Whole cents handed out by weight, so that they sum up exactly.

use std::cmp::Reverse;

/// Hands out `total` by the largest remainder: each gets its share rounded down, and the cents that are left go, one
/// each, to those who lost most by that; to the lesser id where two lost the same. So nobody is a whole cent off the
/// exact share, and the order in which they are given does not matter.
///
/// None if the weights sum up to zero, or a product does not fit 128 bits.
pub(super) fn by_largest_remainder(total: u128, weights: &[(&str, u128)]) -> Option<Vec<u128>> {
    let sum = weights
        .iter()
        .try_fold(0_u128, |sum, (_, weight)| sum.checked_add(*weight))?;
    if sum == 0 {
        return None;
    }
    let exact = |weight: u128| {
        let product = total.checked_mul(weight)?;
        Some((product.checked_div(sum)?, product.checked_rem(sum)?))
    };
    let exact = weights
        .iter()
        .map(|(_, weight)| exact(*weight))
        .collect::<Option<Vec<_>>>()?;
    let handed_out: u128 = exact.iter().map(|(whole, _)| whole).sum();
    // Each remainder is below one cent, so fewer cents are left than there are remainders above zero.
    let left = usize::try_from(total.checked_sub(handed_out)?).ok()?;

    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&index| (Reverse(exact[index].1), weights[index].0));
    let mut shares: Vec<u128> = exact.into_iter().map(|(whole, _)| whole).collect();
    for index in order.into_iter().take(left) {
        shares[index] += 1;
    }
    Some(shares)
}

#[cfg(test)]
mod tests {
    use super::by_largest_remainder;

    #[test]
    fn left_cents_go_to_the_largest_remainders() {
        // 10 cents by 1:1:5 are 1.43, 1.43 and 7.14: one cent is left, and the first two lost the same.
        assert_eq!(
            by_largest_remainder(10, &[("b", 1), ("a", 1), ("c", 5)]),
            Some(vec![1, 2, 7])
        );
        // 5 cents by 3:2:2 are 2.14, 1.43 and 1.43.
        assert_eq!(
            by_largest_remainder(5, &[("a", 3), ("b", 2), ("c", 2)]),
            Some(vec![2, 2, 1])
        );
    }

    #[test]
    fn who_has_no_weight_gets_nothing() {
        assert_eq!(
            by_largest_remainder(7, &[("a", 0), ("b", 3), ("c", 0)]),
            Some(vec![0, 7, 0])
        );
        assert_eq!(by_largest_remainder(7, &[("a", 0)]), None);
        assert_eq!(by_largest_remainder(7, &[]), None);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(by_largest_remainder(2, &[("a", u128::MAX)]), None);
        assert_eq!(by_largest_remainder(2, &[("a", u128::MAX), ("b", 1)]), None);
    }
}
