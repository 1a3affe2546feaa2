//! The plants, and the days that were computed so far.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use time::{Date, OffsetDateTime};

use super::day::{self, Day};
use super::plant::{self, Plant, Site};

/// Every plant of every portal, and what happens there.
#[derive(Debug)]
pub(super) struct World {
    pub(super) start: OffsetDateTime,
    plants: Vec<Plant>,
    days: Mutex<HashMap<(Site, Date), Arc<Day>>>,
}

impl World {
    pub(super) fn new(start: OffsetDateTime) -> Self {
        Self {
            start,
            plants: plant::plants(start),
            days: Mutex::default(),
        }
    }

    pub(super) fn plants(&self) -> &[Plant] {
        &self.plants
    }

    /// The one with meters, a battery and sensors.
    pub(super) fn equipped(&self) -> &Plant {
        &self.plants[0]
    }

    /// What happens at a plant on a local day.
    pub(super) fn day(&self, plant: &Plant, date: Date) -> Arc<Day> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let day = days.entry((plant.site, date));
        Arc::clone(day.or_insert_with(|| Arc::new(day::day(plant, date))))
    }
}
