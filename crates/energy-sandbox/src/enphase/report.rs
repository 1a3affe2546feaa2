//! What the service knows by now. Devices report late, and a newer interval holds only those that did.

use time::{Date, Duration, OffsetDateTime};

use super::day::{SLOT, Slot};
use super::fleet::{BATTERY_DELAYS, GRID_DELAY, LATEST, METER_DELAYS, PRODUCTION_METERS};
use super::site::Site;
use super::storage;
use super::world::World;
use crate::noise;

/// Sites report every 15 minutes.
const STEP: i64 = 900;

/// A site as it is known at an instant.
#[derive(Clone, Debug)]
pub(super) struct Report<'a> {
    pub(super) world: &'a World,
    pub(super) site: &'a Site,
    pub(super) now: OffsetDateTime,
    /// When the gateway reported last.
    pub(super) last: i64,
    delays: Vec<i64>,
}

/// How many devices have reported, and what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) devices: i64,
    pub(super) energy: i64,
}

impl Known {
    /// What a single device knows.
    pub(super) fn of(energy: Option<i64>) -> Self {
        sum([energy])
    }
}

impl std::ops::Add for Known {
    type Output = Self;

    /// Longer intervals know as many devices as each of their parts does.
    fn add(self, other: Self) -> Self {
        Self {
            devices: self.devices.min(other.devices),
            energy: self.energy + other.energy,
        }
    }
}

/// A total in whole parts that sum up to it, beginning at another place each time so that nobody is favoured.
fn parts(total: i64, weights: &[i64], begin: usize) -> Vec<i64> {
    let sum: i64 = weights.iter().sum::<i64>().max(1);
    let mut parts = vec![0; weights.len()];
    let mut passed = 0;
    for step in 0..weights.len() {
        let place = (begin + step) % weights.len();
        let before = total * passed / sum;
        passed += weights[place];
        parts[place] = total * passed / sum - before;
    }
    parts
}

/// How well each microinverter's panel stands, in hundredths of the mean.
fn weights(site: &Site) -> Vec<i64> {
    (0..site.modules)
        .map(|place| 92 + (noise::hash(&[site.number, place, 12]) % 17) as i64)
        .collect()
}

impl<'a> Report<'a> {
    pub(super) fn new(world: &'a World, site: &'a Site, now: OffsetDateTime) -> Self {
        let last = now.unix_timestamp().div_euclid(STEP) * STEP;
        Self {
            world,
            site,
            now,
            last: site.silent_since.map_or(last, |silent| silent.min(last)),
            delays: site.fleet().micro_delays(),
        }
    }

    /// Whether a device that is so late has reported what ended then.
    fn has(&self, end: i64, delay: i64) -> bool {
        end <= self.last - delay
    }

    /// What each microinverter has made, where it is known.
    pub(super) fn micros(&self, end: i64, slot: &Slot) -> Vec<Option<i64>> {
        let begin = (noise::hash(&[end, 13]) % self.site.modules.max(1).unsigned_abs()) as usize;
        let parts = parts(slot.micro, &weights(self.site), begin);
        (parts.into_iter().zip(&self.delays))
            .map(|(part, delay)| self.has(end, *delay).then_some(part))
            .collect()
    }

    /// What the microinverters have made together.
    pub(super) fn micro(&self, end: i64, slot: &Slot) -> Known {
        if self.has(end, LATEST) {
            return Known {
                devices: self.site.modules,
                energy: slot.micro,
            };
        }
        let known = self.micros(end, slot).into_iter().flatten();
        known.fold(Known::default(), |sum, part| Known {
            devices: sum.devices + 1,
            energy: sum.energy + part,
        })
    }

    /// What each production meter has counted, where it is known.
    pub(super) fn production_meters(&self, end: i64, slot: &Slot) -> [Option<i64>; 2] {
        let house = slot.meter * PRODUCTION_METERS[0] / PRODUCTION_METERS.iter().sum::<i64>();
        let counted = [house, slot.meter - house];
        [0, 1].map(|place| self.has(end, METER_DELAYS[place]).then_some(counted[place]))
    }

    /// What the production meters have counted together.
    pub(super) fn meter(&self, end: i64, slot: &Slot) -> Known {
        sum(self.production_meters(end, slot))
    }

    /// What the meter on the grid's side knows of a value that it measures.
    pub(super) fn grid(&self, end: i64, energy: i64) -> Known {
        Known::of(self.has(end, GRID_DELAY).then_some(energy))
    }

    /// What each battery took, gave and holds, where it is known.
    pub(super) fn batteries(&self, end: i64, slot: &Slot) -> [Option<Battery>; 2] {
        let now = storage::halves(slot.stored);
        let before = storage::halves(slot.stored - slot.charge + slot.discharge);
        [0, 1].map(|place| {
            self.has(end, BATTERY_DELAYS[place]).then(|| Battery {
                charge: (now[place] - before[place]).max(0),
                discharge: (before[place] - now[place]).max(0),
                stored: now[place],
            })
        })
    }

    /// What the batteries took together.
    pub(super) fn charged(&self, end: i64, slot: &Slot) -> Known {
        sum(self
            .batteries(end, slot)
            .map(|known| known.map(|battery| battery.charge)))
    }

    /// What the batteries gave together.
    pub(super) fn discharged(&self, end: i64, slot: &Slot) -> Known {
        sum(self
            .batteries(end, slot)
            .map(|known| known.map(|battery| battery.discharge)))
    }

    /// The sum over a local day of what is known of it.
    pub(super) fn day(&self, date: Date, value: impl Fn(&Self, i64, &Slot) -> Known) -> i64 {
        let day = self.world.day(self.site, date);
        day.ends()
            .take_while(|(end, _)| *end <= self.last)
            .map(|(end, slot)| value(self, end, slot).energy)
            .sum()
    }

    /// The local day of now.
    pub(super) fn today(&self) -> Date {
        self.site.date(self.now)
    }

    /// The newest slot that is reported, whatever happened in it.
    pub(super) fn newest(&self) -> Slot {
        let slots = self.world.slots(self.site, self.last - SLOT, self.last);
        slots.last().map(|(_, slot)| *slot).unwrap_or_default()
    }

    /// The end of the last slot that made something; none if that is longer ago than three days.
    pub(super) fn last_energy(&self) -> Option<i64> {
        let days = std::iter::successors(Some(self.last_day()), |date| date.previous_day());
        days.take(3).find_map(|date| {
            let day = self.world.day(self.site, date);
            let made = day.ends().filter(|(end, slot)| *end <= self.last && slot.micro > 0);
            made.map(|(end, _)| end).last()
        })
    }

    /// The begin of the local day of now.
    pub(super) fn midnight(&self) -> i64 {
        self.site.zone().midnight(self.today()).unix_timestamp()
    }

    /// The last local day of which anything is reported.
    pub(super) fn last_day(&self) -> Date {
        let last = OffsetDateTime::from_unix_timestamp(self.last - 1).unwrap_or(self.now);
        self.site.date(last)
    }

    /// The day before the day of now.
    pub(super) fn yesterday(&self) -> Date {
        self.today().saturating_sub(Duration::DAY)
    }
}

/// One battery in one slot, in Wh.
#[derive(Clone, Copy, Debug)]
pub(super) struct Battery {
    pub(super) charge: i64,
    pub(super) discharge: i64,
    pub(super) stored: i64,
}

fn sum<const N: usize>(values: [Option<i64>; N]) -> Known {
    values.into_iter().flatten().fold(Known::default(), |sum, value| Known {
        devices: sum.devices + 1,
        energy: sum.energy + value,
    })
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn parts_sum_up_wherever_they_begin() {
        for total in [0, 1, 7, 403] {
            for begin in 0..5 {
                let parts = parts(total, &[92, 101, 97, 108, 100], begin);
                assert_eq!(parts.iter().sum::<i64>(), total);
                assert!(parts.iter().all(|part| (part - total / 5).abs() <= total / 20 + 1));
            }
        }
    }
}
