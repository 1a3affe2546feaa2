//! How the batteries are run: filled from the sun, emptied into the house.

/// What the two batteries hold together, and what stays in them, in Wh.
pub(super) const CAPACITY: i64 = 10_000;
pub(super) const RESERVE: i64 = 1_000;

/// What they take or give in five minutes at most, in Wh: 7.68 kW.
const FASTEST: i64 = 640;

/// In the last three hours of a day they are emptied down to the reserve, so that every day begins alike.
const EMPTYING: i64 = 36;

/// What is stored at the end of a slot. `surplus` is negative where the sun does not suffice; `left` counts the slots
/// of the day that are still to come, this one included.
pub(super) fn after(stored: i64, surplus: i64, left: i64) -> i64 {
    let above = stored - RESERVE;
    if left <= EMPTYING {
        let due = (above + left - 1) / left.max(1);
        let wanted = (-surplus).clamp(due, FASTEST);
        return stored - wanted.min(above);
    }
    let change = surplus.clamp(-FASTEST, FASTEST);
    stored + change.clamp(-above, CAPACITY - stored)
}

/// What is in each of the two when both hold so much.
pub(super) fn halves(stored: i64) -> [i64; 2] {
    [stored / 2, stored - stored / 2]
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, RESERVE, after};

    #[test]
    fn a_day_fills_and_empties_within_the_limits() {
        let mut stored = RESERVE;
        let mut fullest = 0;
        for slot in 0..288 {
            let surplus = if (100..180).contains(&slot) { 300 } else { -20 };
            let next = after(stored, surplus, 288 - slot);
            assert!((next - stored).abs() <= 640 && (RESERVE..=CAPACITY).contains(&next));
            fullest = fullest.max(next);
            stored = next;
        }
        assert_eq!((stored, fullest), (RESERVE, CAPACITY));
    }
}
