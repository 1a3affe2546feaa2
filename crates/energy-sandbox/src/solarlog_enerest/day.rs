//! What happens at a plant on one local day, in slots of five minutes.

use time::{Date, Duration, OffsetDateTime};

use super::plant::{Plant, Site, TRACKERS, zone};
use crate::nature::clouds;
use crate::nature::demand::Demand;
use crate::nature::irradiance::{Tilt, on_plane};

/// The length of a slot, in seconds, and how many make an hour.
pub(super) const SLOT: i64 = 300;
pub(super) const SLOTS_AN_HOUR: i64 = 12;

/// The most trackers and inverters that a plant has.
const MOST_TRACKERS: usize = 4;
const MOST_INVERTERS: usize = MOST_TRACKERS / TRACKERS;

/// What the sensor box faces.
const SENSOR: Tilt = Tilt {
    declination: 35.0,
    azimuth: 180.0,
};

/// The battery, in Wh: what it holds, what stays in it, what it takes or gives in a slot.
pub(super) const CAPACITY: i64 = 12_000;
const RESERVE: i64 = 600;
const FASTEST: i64 = 400;

/// In the last four hours of a day the battery is emptied, so that every day begins alike.
const EMPTYING: i64 = 48;

const HOUSE: Demand = Demand { mean: 950.0, seed: 23 };

/// Five minutes; power in W, means over the slot.
///
/// `production + meter = consumption + battery`, where `production` is the sum of the inverters and `meter` what
/// comes from the grid.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    /// Whether the inverters are awake.
    pub(super) by_day: bool,
    /// On the plane of the sensor, in W/m².
    pub(super) irradiation: i64,
    pub(super) trackers: [i64; MOST_TRACKERS],
    pub(super) inverters: [i64; MOST_INVERTERS],
    pub(super) consumption: i64,
    /// Positive where it is charged.
    pub(super) battery: i64,
    /// In the battery at the end, in Wh.
    pub(super) stored: i64,
}

impl Slot {
    pub(super) fn production(&self) -> i64 {
        self.inverters.iter().sum()
    }

    /// Positive where it comes from the grid.
    pub(super) fn meter(&self) -> i64 {
        self.consumption + self.battery - self.production()
    }
}

/// A local day: 23, 24 or 25 hours.
#[derive(Clone, Debug)]
pub(super) struct Day {
    begin: i64,
    slots: Vec<Slot>,
}

impl Day {
    /// Each slot with the instant at which it begins.
    pub(super) fn begins(&self) -> impl Iterator<Item = (i64, &Slot)> {
        let begins = (0..).map(|number| self.begin + number * SLOT);
        begins.zip(&self.slots)
    }
}

/// Computes a day; its future too.
pub(super) fn day(plant: &Plant, date: Date) -> Day {
    let begin = zone().midnight(date).unix_timestamp();
    let end = zone().midnight(date.saturating_add(Duration::DAY)).unix_timestamp();
    let count = (end - begin) / SLOT;
    let mut slots = Vec::new();
    let mut stored = RESERVE;
    let mut used = counted(begin);
    for number in 0..count {
        let start = begin + number * SLOT;
        let mut slot = sunlight(plant.site, start);
        if plant.site.is_equipped() {
            let used_now = counted(start + SLOT);
            let watt_hours = used_now - used;
            used = used_now;
            let before = stored;
            stored = after(before, slot.production() / SLOTS_AN_HOUR - watt_hours, count - number);
            slot.consumption = watt_hours * SLOTS_AN_HOUR;
            slot.battery = (stored - before) * SLOTS_AN_HOUR;
            slot.stored = stored;
        }
        slots.push(slot);
    }
    Day { begin, slots }
}

/// What the house has used until then, in Wh.
fn counted(unix: i64) -> i64 {
    OffsetDateTime::from_unix_timestamp(unix).map_or(0, |at| HOUSE.until(at))
}

/// What comes from the sun in the slot that begins then.
fn sunlight(site: Site, begin: i64) -> Slot {
    let mut slot = Slot::default();
    let Ok(middle) = OffsetDateTime::from_unix_timestamp(begin + SLOT / 2) else {
        return slot;
    };
    let on = |tilt: Tilt| on_plane(middle, site.location(), tilt, |_| false);
    let clear = on(SENSOR);
    if clear <= 0.0 {
        return slot;
    }
    let through = clouds::yield_factor(middle, site.location());
    slot.by_day = true;
    slot.irradiation = (clear * through).round() as i64;
    let mut faced = (SENSOR, clear);
    for (strings, power) in site.strings().iter().zip(&mut slot.trackers) {
        if strings.tilt != faced.0 {
            faced = (strings.tilt, on(strings.tilt));
        }
        *power = (strings.size as f64 * faced.1 * through / 1000.0 * 0.91).round() as i64;
    }
    for (power, trackers) in slot.inverters.iter_mut().zip(slot.trackers.chunks(TRACKERS)) {
        let direct: i64 = trackers.iter().sum();
        // What the inverter needs for itself comes first.
        *power = (direct * 97 / 100 - 12).max(0);
    }
    slot
}

/// What is stored at the end of a slot. `surplus` is negative where the sun does not suffice; `left` counts the
/// slots of the day that are still to come, this one included.
fn after(stored: i64, surplus: i64, left: i64) -> i64 {
    let above = stored - RESERVE;
    if left <= EMPTYING {
        let due = (above + left - 1) / left.max(1);
        let wanted = (-surplus).clamp(due, FASTEST);
        return stored - wanted.min(above);
    }
    let change = surplus.clamp(-FASTEST, FASTEST);
    stored + change.clamp(-above, CAPACITY - stored)
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::{CAPACITY, FASTEST, RESERVE, SLOTS_AN_HOUR, day};
    use crate::solarlog_enerest::plant::plants;

    #[test]
    fn the_battery_stays_within_its_limits_and_ends_as_it_began() {
        let plants = plants(datetime!(2026-06-21 10:00 UTC));
        let day = day(&plants[0], date!(2026 - 06 - 20));
        let mut stored = RESERVE;
        let mut fullest = 0;
        for (_, slot) in day.begins() {
            assert_eq!(slot.stored - stored, slot.battery / SLOTS_AN_HOUR);
            assert!((slot.stored - stored).abs() <= FASTEST && (RESERVE..=CAPACITY).contains(&slot.stored));
            stored = slot.stored;
            fullest = fullest.max(stored);
        }
        assert_eq!(stored, RESERVE);
        assert!(fullest > CAPACITY / 2, "{fullest}");
    }
}
