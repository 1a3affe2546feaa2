//! What people use, as a curve whose total is known at every instant.
//!
//! The rate is a mean with waves around it (year, week, day, hours); its integral is a formula,
//! so that a counter can be read at any time at once, and differences of counters add up exactly.

use std::f64::consts::TAU;

use time::OffsetDateTime;
use time::macros::datetime;

use crate::noise;

/// When every counter began, at local midnight of winter in the east of North America.
const BEGAN: OffsetDateTime = datetime!(2015-01-01 05:00 UTC);

/// Period in hours, share of the mean, and the hour of the day at which it is highest; without
/// one it differs from consumer to consumer. The shares sum up to less than 1: nobody gives back.
const WAVES: &[(f64, f64, Option<f64>)] = &[
    (8766.0, 0.15, Some(480.0)),
    (168.0, 0.05, None),
    (24.0, 0.35, Some(18.5)),
    (12.0, 0.20, Some(7.5)),
    (5.3, 0.12, None),
    (2.7, 0.08, None),
];

/// A consumer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand {
    /// The mean, in whole units an hour.
    pub(crate) mean: f64,
    /// No two consumers are alike.
    pub(crate) seed: i64,
}

impl Demand {
    /// What was used from the beginning until then, in whole units.
    pub(crate) fn until(self, at: OffsetDateTime) -> i64 {
        let hours = (at - BEGAN).as_seconds_f64().max(0.0) / 3600.0;
        let waves: f64 = (WAVES.iter().zip(1_i64..))
            .map(|(&(period, share, peak), number)| {
                let shift = noise::unit(&[self.seed, number]);
                // Habits differ by an hour or so.
                let peak = peak.map_or(shift * period, |hour| hour + 1.5 * shift);
                let swing = |hour: f64| ((hour - peak) / period * TAU).sin();
                share * period / TAU * (swing(hours) - swing(0.0))
            })
            .sum();
        (self.mean * (hours + waves)).floor() as i64
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::{BEGAN, Demand};

    #[test]
    fn counters_never_fall_and_come_to_the_mean() {
        let demand = Demand { mean: 600.0, seed: 3 };
        assert_eq!(demand.until(BEGAN - Duration::DAY), 0);
        let start = datetime!(2026-06-21 00:00 UTC);
        let counters: Vec<i64> = (0..=7 * 144)
            .map(|slot| demand.until(start + Duration::minutes(10 * slot)))
            .collect();
        assert!(counters.is_sorted());
        let year = demand.until(start + Duration::days(365)) - demand.until(start);
        let mean = year as f64 / (365.0 * 24.0);
        assert!((590.0..610.0).contains(&mean), "{mean}");
    }
}
