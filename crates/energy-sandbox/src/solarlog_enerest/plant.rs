//! The plants: where they are, what is installed there, and under which ids.

use time::{Date, Duration, OffsetDateTime, UtcOffset};

use super::accounts::{MEADOWBANK, NORTHWIND, SUNNYHILL};
use crate::nature::Location;
use crate::nature::irradiance::Tilt;
use crate::nature::zone::Zone;
use crate::noise;

/// The time zone of every plant.
pub(super) const TIME_ZONE: &str = "Europe/Berlin";

/// Days of data before the sandbox began, days since the configuration changed, and since the logger was silent.
const OPERATION: i64 = 1_090;
const SINCE_CHANGE: i64 = 150;
const SINCE_GAP: i64 = 37;

/// The hours of the clock in which the logger was silent that day.
const GAP_HOURS: (time::Time, time::Time) = (time::macros::time!(11:00), time::macros::time!(13:00));

pub(super) fn zone() -> Zone {
    Zone::named(TIME_ZONE)
}

/// Every plant there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Site {
    /// Two inverters, meters, a battery and sensors; assigned to both users of its portal.
    OldDairy,
    /// One inverter; assigned to nobody.
    BoatHouse,
    /// One inverter, on another portal.
    HarbourHall,
    /// One of many alike, with one inverter, on a portal of their own.
    RowHouse(u8),
}

/// How many row houses there are.
pub(super) const ROW_HOUSES: u8 = 120;

/// A tracker of an inverter: what hangs on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strings {
    /// Of its modules, as their labels say, in watts.
    pub(super) size: i64,
    pub(super) tilt: Tilt,
}

const fn strings(size: i64, declination: f64, azimuth: f64) -> Strings {
    let tilt = Tilt { declination, azimuth };
    Strings { size, tilt }
}

const OLD_DAIRY: [Strings; 4] = [
    strings(6_300, 35.0, 180.0),
    strings(5_850, 35.0, 180.0),
    strings(4_950, 12.0, 95.0),
    strings(4_950, 12.0, 275.0),
];
const BOAT_HOUSE: [Strings; 2] = [strings(3_600, 25.0, 200.0), strings(2_700, 25.0, 200.0)];
const ROW_HOUSE: [Strings; 2] = [strings(2_400, 40.0, 135.0), strings(2_400, 40.0, 225.0)];
const HARBOUR_HALL: [Strings; 2] = [strings(14_400, 15.0, 170.0), strings(14_400, 15.0, 170.0)];

/// How many trackers every inverter has.
pub(super) const TRACKERS: usize = 2;

impl Site {
    pub(super) fn id(self) -> String {
        uuid(&self.label())
    }

    pub(super) fn label(self) -> String {
        match self {
            Self::OldDairy => "Old Dairy".to_owned(),
            Self::BoatHouse => "Boat House".to_owned(),
            Self::HarbourHall => "Harbour Hall".to_owned(),
            Self::RowHouse(number) => format!("Row House {number}"),
        }
    }

    pub(super) fn portal(self) -> &'static str {
        match self {
            Self::OldDairy | Self::BoatHouse => SUNNYHILL,
            Self::HarbourHall => NORTHWIND,
            Self::RowHouse(_) => MEADOWBANK,
        }
    }

    pub(super) fn location(self) -> Location {
        let (latitude, longitude) = match self {
            Self::OldDairy => (50.97, 11.33),
            Self::BoatHouse => (51.02, 11.51),
            Self::HarbourHall => (54.32, 10.14),
            // All in one street, from west to east.
            Self::RowHouse(number) => (48.40, 9.98 + f64::from(number) * 0.0001),
        };
        Location { latitude, longitude }
    }

    /// What hangs on the trackers, those of the first inverter first.
    pub(super) fn strings(self) -> &'static [Strings] {
        match self {
            Self::OldDairy => &OLD_DAIRY,
            Self::BoatHouse => &BOAT_HOUSE,
            Self::HarbourHall => &HARBOUR_HALL,
            Self::RowHouse(_) => &ROW_HOUSE,
        }
    }

    /// Whether there are meters, a battery and sensors.
    pub(super) fn is_equipped(self) -> bool {
        self == Self::OldDairy
    }

    /// Nominal power of all modules, in watts.
    pub(super) fn size(self) -> i64 {
        self.strings().iter().map(|strings| strings.size).sum()
    }
}

/// What a component is; inverters are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Inverter(usize),
    GridMeter,
    ConsumptionMeter,
    Battery,
    SensorBox,
}

/// A component, over all changes of the configuration.
#[derive(Clone, Debug)]
pub(super) struct Device {
    pub(super) kind: Kind,
    pub(super) cross_epoch_id: String,
    /// Without gaps between them, oldest first.
    pub(super) epochs: Vec<Epoch>,
}

/// A time in which a component has the same id.
#[derive(Clone, Debug)]
pub(super) struct Epoch {
    pub(super) id: String,
    pub(super) tracker_ids: Vec<String>,
    pub(super) from: Date,
    /// The first day of the next one.
    pub(super) until: Option<Date>,
}

impl Epoch {
    pub(super) fn contains(&self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date < until)
    }
}

/// A plant.
#[derive(Clone, Debug)]
pub(super) struct Plant {
    pub(super) site: Site,
    pub(super) id: String,
    /// The first day with data.
    pub(super) began: Date,
    pub(super) devices: Vec<Device>,
    /// When the logger was silent.
    pub(super) gap: Option<(OffsetDateTime, OffsetDateTime)>,
}

/// The plants of a sandbox that begins then.
pub(super) fn plants(start: OffsetDateTime) -> Vec<Plant> {
    [Site::OldDairy, Site::BoatHouse, Site::HarbourHall]
        .into_iter()
        .chain((1..=ROW_HOUSES).map(Site::RowHouse))
        .map(|site| plant(site, start))
        .collect()
}

/// The day on which the id of a component changed.
pub(super) fn epoch_change(start: OffsetDateTime) -> Date {
    days_before(start, SINCE_CHANGE)
}

/// When the logger was silent.
pub(super) fn gap(start: OffsetDateTime) -> (OffsetDateTime, OffsetDateTime) {
    let date = days_before(start, SINCE_GAP);
    let at = |time| zone().instant(date, time).to_offset(UtcOffset::UTC);
    (at(GAP_HOURS.0), at(GAP_HOURS.1))
}

fn days_before(start: OffsetDateTime, days: i64) -> Date {
    zone().local(start).date().saturating_sub(Duration::days(days))
}

fn plant(site: Site, start: OffsetDateTime) -> Plant {
    let began = days_before(start, OPERATION);
    let mut kinds: Vec<Kind> = (0..site.strings().len() / TRACKERS).map(Kind::Inverter).collect();
    if site.is_equipped() {
        kinds.extend([Kind::GridMeter, Kind::ConsumptionMeter, Kind::Battery, Kind::SensorBox]);
    }
    let device = |kind: Kind| {
        let name = format!("{} {kind:?}", site.label());
        let epoch = |number: u8, from: Date, until: Option<Date>| {
            let trackers = match kind {
                Kind::Inverter(_) => TRACKERS,
                _ => 0,
            };
            Epoch {
                id: uuid(&format!("{name} {number}")),
                tracker_ids: (0..trackers)
                    .map(|place| uuid(&format!("{name} {number} {place}")))
                    .collect(),
                from,
                until,
            }
        };
        let change = epoch_change(start);
        // The second inverter was replaced.
        let epochs = match kind {
            Kind::Inverter(1) => vec![epoch(0, began, Some(change)), epoch(1, change, None)],
            _ => vec![epoch(0, began, None)],
        };
        Device {
            kind,
            cross_epoch_id: uuid(&format!("{name} over all epochs")),
            epochs,
        }
    };
    Plant {
        site,
        id: site.id(),
        began,
        devices: kinds.into_iter().map(device).collect(),
        gap: site.is_equipped().then(|| gap(start)),
    }
}

/// The fleet on `sunnyhill`.
pub(super) fn fleet_id() -> String {
    uuid("fleet")
}

/// An id made of a text.
pub(super) fn uuid(text: &str) -> String {
    let seed = noise::text(text);
    let (high, low) = (noise::hash(&[seed, 81]), noise::hash(&[seed, 82]));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        0x8000 | (low >> 48) & 0x3FFF,
        low & 0xFFFF_FFFF_FFFF
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use time::macros::datetime;

    use super::{ROW_HOUSES, plants};

    #[test]
    fn every_id_is_there_once() {
        let plants = plants(datetime!(2026-06-21 10:00 UTC));
        let mut ids: Vec<&str> = plants.iter().map(|plant| plant.id.as_str()).collect();
        for device in plants.iter().flat_map(|plant| &plant.devices) {
            ids.push(&device.cross_epoch_id);
            for epoch in &device.epochs {
                ids.push(&epoch.id);
                ids.extend(epoch.tracker_ids.iter().map(String::as_str));
            }
        }
        // Three plants, eight devices, one of them with two epochs, four inverters and the old one with two trackers.
        // A row house has an inverter with one epoch and two trackers.
        assert_eq!(ids.len(), 3 + 8 + 9 + 10 + usize::from(ROW_HOUSES) * (1 + 1 + 1 + 2));
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        assert!(ids.iter().all(|id| id.len() == 36), "{ids:?}");
    }
}
