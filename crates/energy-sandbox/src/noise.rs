//! Repeatable "random" numbers: the same question has the same answer in every run.

/// One step of the SplitMix64 generator (Steele, Lea, Flood 2014).
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number that depends on every part.
pub(crate) fn hash(parts: &[i64]) -> u64 {
    parts
        .iter()
        .fold(0x5EED, |state, part| mix(state ^ part.cast_unsigned()))
}

/// A number in `0.0..1.0` that depends on every part.
pub(crate) fn unit(parts: &[i64]) -> f64 {
    (hash(parts) >> 11) as f64 / (1_u64 << 53) as f64
}

/// A number that depends on a text.
pub(crate) fn text(text: &str) -> i64 {
    let parts: Vec<i64> = text.bytes().map(i64::from).collect();
    hash(&parts).cast_signed()
}

/// Letters and digits, as keys and ids are made of.
pub(crate) fn alphanumeric(length: usize, parts: &[i64]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789";
    let mut state = hash(parts);
    (0..length)
        .map(|_| {
            state = mix(state);
            char::from(LETTERS[(state % LETTERS.len() as u64) as usize])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{alphanumeric, unit};

    #[test]
    fn noise_repeats_and_depends_on_each_part() {
        assert_eq!(alphanumeric(16, &[1, 2]), alphanumeric(16, &[1, 2]));
        assert_ne!(alphanumeric(16, &[1, 2]), alphanumeric(16, &[2, 1]));
        let mean = (0..1000).map(|i| unit(&[7, i])).sum::<f64>() / 1000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }
}
