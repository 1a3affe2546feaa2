//! Every system of the sandbox, and the days that were computed so far.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::{Date, Duration, OffsetDateTime};

use super::charging::Charging;
use super::day::{self, Day, Slot};
use super::face::EnphasePerson;
use super::site::{self, METERED_MODULES, MICRO_ONLY_MODULES, Plant, Site};

/// The meters came this many days after the panels.
const METERS_AFTER: i64 = 30;

/// The systems, and what happens there.
#[derive(Debug)]
pub(super) struct World {
    pub(super) start: OffsetDateTime,
    sites: Vec<Site>,
    days: Mutex<HashMap<(Plant, Date), Arc<Day>>>,
    charging: Mutex<Charging>,
}

impl World {
    pub(super) fn new(start: OffsetDateTime) -> Self {
        Self {
            start,
            sites: site::sites(start),
            days: Mutex::default(),
            charging: Mutex::default(),
        }
    }

    pub(super) fn micro_only(&self) -> &Site {
        &self.sites[0]
    }

    pub(super) fn metered(&self) -> &Site {
        &self.sites[1]
    }

    pub(super) fn site(&self, id: i64) -> Option<&Site> {
        let place = self.sites.binary_search_by_key(&id, |site| site.id).ok()?;
        self.sites.get(place)
    }

    /// The systems that somebody sees, by id.
    pub(super) fn seen_by(&self, person: EnphasePerson) -> &[Site] {
        match person {
            EnphasePerson::Owner => &self.sites[..2],
            EnphasePerson::Installer => &self.sites,
        }
    }

    /// The first whole day that the meters measured.
    pub(super) fn meter_start_date(&self, site: &Site) -> Option<Date> {
        let first = site.operational.saturating_add(Duration::days(METERS_AFTER + 1));
        site.is_metered().then_some(first)
    }

    /// When the meters came: at noon of the day before.
    fn metered_from(&self, site: &Site) -> i64 {
        let day = site.operational.saturating_add(Duration::days(METERS_AFTER));
        site.zone().instant(day, time::macros::time!(12:00)).unix_timestamp()
    }

    /// What happens on a local day of a system; its future too.
    pub(super) fn day(&self, site: &Site, date: Date) -> Arc<Day> {
        let day = self.model_day(site.plant.model(), date);
        match site.plant {
            Plant::MicroOnly | Plant::Metered => day,
            Plant::LikeMicroOnly => Arc::new(day.scaled(site.modules, MICRO_ONLY_MODULES)),
            Plant::LikeMetered => Arc::new(day.scaled(site.modules, METERED_MODULES)),
        }
    }

    fn model_day(&self, plant: Plant, date: Date) -> Arc<Day> {
        if let Some(day) = self.days().get(&(plant, date)) {
            return Arc::clone(day);
        }
        // Held until the day is kept: nobody starts the charger in between.
        let charging = self.charging();
        let day = Arc::new(match plant {
            Plant::MicroOnly | Plant::LikeMicroOnly => day::micro_only(plant, date),
            Plant::Metered | Plant::LikeMetered => day::metered(date, self.metered_from(self.metered()), &charging),
        });
        self.days().insert((plant, date), Arc::clone(&day));
        day
    }

    /// The slots that lie within two instants, each with the instant at which it ends.
    pub(super) fn slots(&self, site: &Site, from: i64, to: i64) -> Vec<(i64, Slot)> {
        let from = from.max(site.began.unix_timestamp());
        let mut slots = Vec::new();
        let Ok(first) = OffsetDateTime::from_unix_timestamp(from) else {
            return slots;
        };
        let mut date = site.date(first);
        loop {
            let day = self.day(site, date);
            if day.begin >= to {
                return slots;
            }
            let within = day.ends().filter(|(end, _)| end - day::SLOT >= from && *end <= to);
            slots.extend(within.map(|(end, slot)| (end, *slot)));
            match date.next_day() {
                Some(next) => date = next,
                None => return slots,
            }
        }
    }

    /// The sessions of the EV charger.
    pub(super) fn charging(&self) -> MutexGuard<'_, Charging> {
        self.charging.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody started or stopped the EV charger: the days from then on are other ones.
    pub(super) fn charging_changed(&self, now: OffsetDateTime) {
        let date = self.metered().date(now);
        self.days()
            .retain(|(plant, day), _| *plant != Plant::Metered || *day < date);
    }

    fn days(&self) -> MutexGuard<'_, HashMap<(Plant, Date), Arc<Day>>> {
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
