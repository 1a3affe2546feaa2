//! What happens at a site on one local day, in slots of five minutes and whole watt-hours.

use time::{Date, Duration, OffsetDateTime};

use super::charging::Charging;
use super::site::{METERED_MODULES, MICRO_ONLY_MODULES, Plant};
use super::{household, storage};
use crate::nature::clouds;
use crate::nature::irradiance::{Tilt, on_plane};

/// The length of a slot, in seconds.
pub(super) const SLOT: i64 = 300;

/// Five minutes; energies in Wh.
///
/// `meter + import + discharge` is always `consumption + export + charge`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    /// What the microinverters made.
    pub(super) micro: i64,
    /// What the production meters counted of it.
    pub(super) meter: i64,
    pub(super) consumption: i64,
    pub(super) charge: i64,
    pub(super) discharge: i64,
    /// In the batteries at the end.
    pub(super) stored: i64,
    pub(super) import: i64,
    pub(super) export: i64,
    /// The parts of the consumption that are counted on their own.
    pub(super) charger: i64,
    pub(super) evse: i64,
    pub(super) heat_pump: i64,
}

/// A local day: 23, 24 or 25 hours.
#[derive(Clone, Debug)]
pub(super) struct Day {
    pub(super) begin: i64,
    slots: Vec<Slot>,
}

impl Day {
    /// Each slot with the instant at which it ends.
    pub(super) fn ends(&self) -> impl Iterator<Item = (i64, &Slot)> {
        self.slots
            .iter()
            .zip(1..)
            .map(|(slot, number)| (self.begin + number * SLOT, slot))
    }

    /// The microinverters of a system of another size.
    pub(super) fn scaled(&self, modules: i64, of: i64) -> Self {
        let slots = self.slots.iter().map(|slot| Slot {
            micro: slot.micro * modules / of,
            ..Slot::default()
        });
        Self {
            begin: self.begin,
            slots: slots.collect(),
        }
    }
}

/// Begin of a local day, and how many slots it has.
fn borders(plant: Plant, date: Date) -> (i64, i64) {
    let zone = plant.zone();
    let begin = zone.midnight(date).unix_timestamp();
    let end = zone.midnight(date.saturating_add(Duration::DAY)).unix_timestamp();
    (begin, (end - begin) / SLOT)
}

/// What the microinverters make in the slot that begins then.
fn production(plant: Plant, begin: i64) -> i64 {
    /// Of a module, as the label says, and what its microinverter lets through, in watts.
    const MODULE: f64 = 370.0;
    const MOST: f64 = 349.0;
    let (modules, tilt) = match plant.model() {
        Plant::MicroOnly | Plant::LikeMicroOnly => (MICRO_ONLY_MODULES, (20.0, 205.0)),
        Plant::Metered | Plant::LikeMetered => (METERED_MODULES, (38.0, 170.0)),
    };
    let Ok(middle) = OffsetDateTime::from_unix_timestamp(begin + SLOT / 2) else {
        return 0;
    };
    let tilt = Tilt {
        declination: tilt.0,
        azimuth: tilt.1,
    };
    let light = on_plane(middle, plant.location(), tilt, |_| false);
    if light <= 0.0 {
        return 0;
    }
    let each = (MODULE * light / 1000.0 * clouds::yield_factor(middle, plant.location()) * 0.86).min(MOST);
    (each * modules as f64 * SLOT as f64 / 3600.0).round() as i64
}

/// A day of the site that has microinverters only.
pub(super) fn micro_only(plant: Plant, date: Date) -> Day {
    let (begin, count) = borders(plant, date);
    let slots = (0..count).map(|number| Slot {
        micro: production(plant, begin + number * SLOT),
        ..Slot::default()
    });
    Day {
        begin,
        slots: slots.collect(),
    }
}

/// A day of the site that has everything; nothing but the microinverters counts before the meters came.
pub(super) fn metered(date: Date, metered_from: i64, charging: &Charging) -> Day {
    let (begin, count) = borders(Plant::Metered, date);
    let mut slots = Vec::new();
    let mut counted = 0;
    let mut stored = storage::RESERVE;
    let household = household::Household::on(begin);
    let sessions = charging.sessions_of_day(date);
    for number in 0..count {
        let start = begin + number * SLOT;
        let micro = production(Plant::Metered, start);
        if start < metered_from {
            slots.push(Slot {
                micro,
                ..Slot::default()
            });
            continue;
        }
        counted += micro;
        // The meters see one hundredth less; the rest of a watt-hour is carried over to the next slot.
        let meter = counted * 99 / 100 - (counted - micro) * 99 / 100;
        let charger = sessions.energy(start, start + SLOT);
        let (evse, heat_pump) = (household.evse(start), household.heat_pump(start));
        let consumption = (household.rest(start) + charger + evse + heat_pump).max(0);
        let before = stored;
        stored = storage::after(before, meter - consumption, count - number);
        let (charge, discharge) = ((stored - before).max(0), (before - stored).max(0));
        let from_grid = consumption + charge - meter - discharge;
        slots.push(Slot {
            micro,
            meter,
            consumption,
            charge,
            discharge,
            stored,
            import: from_grid.max(0),
            export: (-from_grid).max(0),
            charger,
            evse,
            heat_pump,
        });
    }
    Day { begin, slots }
}
