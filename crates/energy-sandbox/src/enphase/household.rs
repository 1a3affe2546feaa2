//! What a household uses: lights and stove, a heat pump, and a car at a charger of another make.

use time::OffsetDateTime;

use super::day::SLOT;
use super::site::Plant;
use crate::nature::clouds;
use crate::nature::demand::Demand;
use crate::noise;

/// One day of the household at the metered site.
#[derive(Clone, Copy, Debug)]
pub(super) struct Household {
    /// When the other car is charged, if it is.
    evse: Option<(i64, i64)>,
}

const REST: Demand = Demand { mean: 420.0, seed: 17 };

/// What the other car takes in a slot, in Wh, and what it gives back in the slot after.
const EVSE: i64 = 308;
const GIVEN_BACK: i64 = -4;

impl Household {
    /// The day that begins then.
    pub(super) fn on(begin: i64) -> Self {
        let day = begin.div_euclid(86_400);
        let charges = noise::unit(&[day, 71]) < 0.4;
        let from = begin + 9 * 3600 + (noise::unit(&[day, 72]) * 24.0) as i64 * SLOT;
        let slots = 12 + (noise::unit(&[day, 73]) * 30.0) as i64;
        Self {
            evse: charges.then_some((from, from + slots * SLOT)),
        }
    }

    /// All that no other part counts, in the slot that begins then, in Wh.
    pub(super) fn rest(self, begin: i64) -> i64 {
        let until = |unix: i64| OffsetDateTime::from_unix_timestamp(unix).map_or(0, |at| REST.until(at));
        until(begin + SLOT) - until(begin)
    }

    /// The charger of another make, in Wh.
    pub(super) fn evse(self, begin: i64) -> i64 {
        match self.evse {
            Some((from, to)) if (from..to).contains(&begin) => EVSE,
            Some((_, to)) if to == begin => GIVEN_BACK,
            _ => 0,
        }
    }

    /// The heat pump, in Wh: more when it is cold, in bursts of half an hour.
    pub(super) fn heat_pump(self, begin: i64) -> i64 {
        let Ok(at) = OffsetDateTime::from_unix_timestamp(begin) else {
            return 0;
        };
        let cold = (17.0 - clouds::temperature(at, Plant::Metered.location())).max(1.0);
        let runs = noise::unit(&[begin.div_euclid(1800), 74]) < 0.2 + cold / 25.0;
        if runs { (60.0 + 6.0 * cold) as i64 } else { 4 }
    }
}
