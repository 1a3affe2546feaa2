//! What the service tells its users about itself: credentials, and the ids of one plant.

use time::{Date, OffsetDateTime};

use super::accounts::{ADVANCED, Application, BASIC, MEADOWBANK_PORTAL, NORTHWIND_USER, PORTAL};
use super::plant::{self, Device, TIME_ZONE};
use super::world::World;

/// What an application asks for tokens with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SolarlogEnerestApplication {
    /// The portal on which its tokens are good.
    pub portal: String,
    /// For the login.
    pub client_id: String,
    /// The secret of `client_id`.
    pub client_secret: String,
}

/// Applications that every sandbox has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SolarlogEnerestCredentials {
    /// User API Basic on `sunnyhill`: values of plants as a whole.
    pub basic: SolarlogEnerestApplication,
    /// User API Advanced on `sunnyhill`: components, trackers, meters and sensors too.
    pub advanced: SolarlogEnerestApplication,
    /// Portal API Advanced on `sunnyhill`: every plant of the portal, and its fleet.
    pub portal: SolarlogEnerestApplication,
    /// User API Advanced on `northwind`.
    pub northwind: SolarlogEnerestApplication,
    /// Portal API Advanced on `meadowbank`: 120 row houses, each with a plant.
    pub meadowbank: SolarlogEnerestApplication,
}

/// A component and its ids.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SolarlogEnerestDevice {
    /// The id that it has now.
    pub component_id: String,
    /// The id that it had before the configuration changed, if that changed it.
    pub old_component_id: Option<String>,
    /// The id that stays.
    pub cross_epoch_id: String,
    /// The MPP trackers of an inverter, as they are called now.
    pub tracker_ids: Vec<String>,
    /// What they were called before, if that changed.
    pub old_tracker_ids: Vec<String>,
}

/// A plant with everything.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SolarlogEnerestPlant {
    /// The plant itself.
    pub plant_id: String,
    /// The zone of its stamps and days.
    pub time_zone: &'static str,
    /// The first day with data.
    pub first_day: Date,
    /// Two, of which the second has another id since `epoch_change`.
    pub inverters: Vec<SolarlogEnerestDevice>,
    /// Measures what comes from the grid (positive) and goes there.
    pub grid_meter: SolarlogEnerestDevice,
    /// Measures what is used.
    pub consumption_meter: SolarlogEnerestDevice,
    /// The battery.
    pub battery: SolarlogEnerestDevice,
    /// Sunlight, temperatures and wind.
    pub sensor_box: SolarlogEnerestDevice,
    /// The first day of the new configuration.
    pub epoch_change: Date,
    /// A day in which two hours are missing: all values from `gap_from` on are null.
    pub gap_date: Date,
    /// When the gap begins.
    pub gap_from: OffsetDateTime,
    /// When it ends: this slot is there again.
    pub gap_until: OffsetDateTime,
}

fn application(known: &Application) -> SolarlogEnerestApplication {
    SolarlogEnerestApplication {
        portal: known.portal.to_owned(),
        client_id: known.client_id.to_owned(),
        client_secret: known.client_secret.to_owned(),
    }
}

/// What every sandbox accepts.
pub(super) fn credentials() -> SolarlogEnerestCredentials {
    SolarlogEnerestCredentials {
        basic: application(&BASIC),
        advanced: application(&ADVANCED),
        portal: application(&PORTAL),
        northwind: application(&NORTHWIND_USER),
        meadowbank: application(&MEADOWBANK_PORTAL),
    }
}

fn device(device: &Device) -> SolarlogEnerestDevice {
    let newest = device.epochs.last();
    let old = device.epochs.first().filter(|epoch| epoch.until.is_some());
    SolarlogEnerestDevice {
        component_id: newest.map(|epoch| epoch.id.clone()).unwrap_or_default(),
        old_component_id: old.map(|epoch| epoch.id.clone()),
        cross_epoch_id: device.cross_epoch_id.clone(),
        tracker_ids: newest.map(|epoch| epoch.tracker_ids.clone()).unwrap_or_default(),
        old_tracker_ids: old.map(|epoch| epoch.tracker_ids.clone()).unwrap_or_default(),
    }
}

/// The plant that has everything, in this world.
pub(super) fn plant(world: &World) -> SolarlogEnerestPlant {
    let plant = world.equipped();
    // The order in which they were made: inverters, then what only this plant has.
    let place = |number: usize| device(&plant.devices[number]);
    let (gap_from, gap_until) = plant::gap(world.start);
    SolarlogEnerestPlant {
        plant_id: plant.id.clone(),
        time_zone: TIME_ZONE,
        first_day: plant.began,
        inverters: vec![place(0), place(1)],
        grid_meter: place(2),
        consumption_meter: place(3),
        battery: place(4),
        sensor_box: place(5),
        epoch_change: plant::epoch_change(world.start),
        gap_date: plant::zone().local(gap_from).date(),
        gap_from,
        gap_until,
    }
}
