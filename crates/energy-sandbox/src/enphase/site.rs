//! One system: where it is, what it is called, what is installed there.

use serde_json::{Value, json};
use time::{Date, Duration, OffsetDateTime, UtcOffset};

use super::fleet::Fleet;
use crate::nature::Location;
use crate::nature::zone::Zone;

/// The two sites that tests know by name, and two more with something particular about them.
pub(super) const MICRO_ONLY: i64 = 4_203_118;
pub(super) const METERED: i64 = 4_207_663;
pub(super) const SILENT: i64 = 5_100_026;
pub(super) const YOUNG: i64 = 5_100_039;

/// How many systems there are.
const SYSTEMS: i64 = 2_500;

/// How long the two known sites were in operation when the sandbox began: two years and nine months.
const OPERATION: i64 = 1_004;

/// The two kinds of site whose data are computed. The installer's other systems have no meters; theirs are those of
/// the microinverters of one of the two, at another scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Plant {
    MicroOnly,
    Metered,
    /// As large a part of the micro-only site's production as its microinverters are of that site's.
    LikeMicroOnly,
    /// The same with the metered site.
    LikeMetered,
}

/// A system.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) id: i64,
    /// Counts the systems, from 0.
    pub(super) number: i64,
    pub(super) plant: Plant,
    pub(super) modules: i64,
    /// The first local day with data.
    pub(super) operational: Date,
    /// When that day began.
    pub(super) began: OffsetDateTime,
    /// Nothing was reported after this.
    pub(super) silent_since: Option<i64>,
}

pub(super) const MICRO_ONLY_MODULES: i64 = 20;
pub(super) const METERED_MODULES: i64 = 16;

/// Every system, by id.
pub(super) fn sites(start: OffsetDateTime) -> Vec<Site> {
    (0..SYSTEMS).map(|number| site(number, start)).collect()
}

fn site(number: i64, start: OffsetDateTime) -> Site {
    let (id, plant, modules) = match number {
        0 => (MICRO_ONLY, Plant::MicroOnly, MICRO_ONLY_MODULES),
        1 => (METERED, Plant::Metered, METERED_MODULES),
        _ => {
            let plant = match number % 2 {
                0 => Plant::LikeMicroOnly,
                _ => Plant::LikeMetered,
            };
            (5_100_000 + 13 * number, plant, 8 + number * 7 % 33)
        }
    };
    let days = match id {
        MICRO_ONLY | METERED => OPERATION,
        YOUNG => 40,
        _ => 60 + number * 17 % OPERATION,
    };
    let silent = id == SILENT || number % 83 == 82;
    let silent_since = start.saturating_sub(Duration::days(5)).unix_timestamp();
    let operational = plant.zone().local(start.saturating_sub(Duration::days(days))).date();
    Site {
        id,
        number,
        plant,
        modules,
        operational,
        began: plant.zone().midnight(operational).to_offset(UtcOffset::UTC),
        silent_since: silent.then_some(silent_since.div_euclid(900) * 900),
    }
}

impl Plant {
    /// The site whose data are computed.
    pub(super) fn model(self) -> Self {
        match self {
            Self::MicroOnly | Self::LikeMicroOnly => Self::MicroOnly,
            Self::Metered | Self::LikeMetered => Self::Metered,
        }
    }

    pub(super) fn location(self) -> Location {
        match self.model() {
            Self::MicroOnly | Self::LikeMicroOnly => Location {
                latitude: 38.58,
                longitude: -121.49,
            },
            Self::Metered | Self::LikeMetered => Location {
                latitude: 52.4,
                longitude: 13.06,
            },
        }
    }

    pub(super) fn zone(self) -> Zone {
        Zone::named(self.zone_name())
    }

    fn zone_name(self) -> &'static str {
        match self.model() {
            Self::MicroOnly | Self::LikeMicroOnly => "US/Pacific",
            Self::Metered | Self::LikeMetered => "Europe/Berlin",
        }
    }
}

impl Site {
    pub(super) fn time_zone(&self) -> &'static str {
        self.plant.zone_name()
    }

    pub(super) fn zone(&self) -> Zone {
        self.plant.zone()
    }

    /// The local day of an instant.
    pub(super) fn date(&self, at: OffsetDateTime) -> Date {
        self.zone().local(at).date()
    }

    pub(super) fn is_metered(&self) -> bool {
        self.plant == Plant::Metered
    }

    pub(super) fn fleet(&self) -> Fleet {
        Fleet {
            number: self.number,
            modules: self.modules,
            metered: self.is_metered(),
        }
    }

    /// Nobody filled in where this system is.
    pub(super) fn is_unplaced(&self) -> bool {
        self.number % 50 == 49
    }

    pub(super) fn status(&self) -> &'static str {
        match self.number {
            _ if self.silent_since.is_some() => "comm",
            0 => "micro",
            1 => "normal",
            number if number % 29 == 0 => "power",
            number if number % 31 == 0 => "micro",
            // Newer than every list of values that is published for API v2.
            number if number % 401 == 0 => "data_upload",
            _ => "normal",
        }
    }

    pub(super) fn name(&self) -> String {
        match self.number {
            0 => "Orchard Lane".to_owned(),
            1 => "Mill Pond House".to_owned(),
            number => format!("Array {number:04}"),
        }
    }

    pub(super) fn connection_type(&self) -> &'static str {
        match self.number % 3 {
            0 => "ethernet",
            1 => "wifi",
            _ => "cellular",
        }
    }

    /// What the installer calls it, where it has such a name.
    pub(super) fn reference(&self) -> Option<String> {
        (self.number % 2 == 0).then(|| format!("{}", 208_600_000 + self.number))
    }

    pub(super) fn installer(&self) -> &'static str {
        match self.number % 4 {
            3 => "Ridge & Rafter",
            _ => "Blue Gable Solar",
        }
    }

    /// Country, state, city, postal code.
    pub(super) fn place(&self) -> [&'static str; 4] {
        match self.plant.model() {
            Plant::MicroOnly | Plant::LikeMicroOnly => ["US", "CA", "Sacramento", "95816"],
            Plant::Metered | Plant::LikeMetered => ["DE", "BB", "Potsdam", "14467"],
        }
    }

    /// Seconds since 1970, a date, or null: all three have been seen.
    pub(super) fn interconnect_date(&self) -> Value {
        match self.number % 3 {
            0 => json!(self.began.unix_timestamp()),
            1 => json!(self.operational.to_string()),
            _ => Value::Null,
        }
    }

    pub(super) fn attachment_type(&self) -> Option<&'static str> {
        match self.number % 4 {
            0 => Some("rack_mount"),
            1 => Some("bipv"),
            2 => Some("zep"),
            _ => None,
        }
    }

    /// Nominal power of the panels, in watts.
    pub(super) fn size_w(&self) -> i64 {
        self.modules * 370
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use time::macros::datetime;

    use super::{METERED, MICRO_ONLY, SILENT, YOUNG, sites};

    #[test]
    fn every_system_has_an_id_of_its_own_and_the_known_ones_are_there() {
        let sites = sites(datetime!(2026-06-21 10:00 UTC));
        let ids: BTreeSet<i64> = sites.iter().map(|site| site.id).collect();
        assert_eq!(ids.len(), 2_500);
        assert!(sites.is_sorted_by_key(|site| site.id));
        for id in [MICRO_ONLY, METERED, SILENT, YOUNG] {
            assert!(ids.contains(&id), "{id}");
        }
        assert_eq!(sites[0].zone().name(), "US/Pacific");
        let silent = sites.iter().find(|site| site.id == SILENT).unwrap();
        assert!(silent.silent_since.is_some());
    }
}
