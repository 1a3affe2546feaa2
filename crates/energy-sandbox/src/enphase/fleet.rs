//! The serial numbers of a system's devices, and how late each reports.

use crate::noise;

/// The devices of one system.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fleet {
    pub(super) number: i64,
    pub(super) modules: i64,
    pub(super) metered: bool,
}

/// No device is later than this, in seconds.
pub(super) const LATEST: i64 = 7_200;

/// What the production meters see, in parts: the house's roof and the garage's.
pub(super) const PRODUCTION_METERS: [i64; 2] = [11, 5];

impl Fleet {
    pub(super) fn micro(self, place: i64) -> String {
        (482_200_000_001 + self.number * 1_000 + 7 * place).to_string()
    }

    pub(super) fn micros(self) -> Vec<String> {
        (0..self.modules).map(|place| self.micro(place)).collect()
    }

    pub(super) fn gateway(self) -> String {
        (122_100_000_005 + self.number * 37).to_string()
    }

    fn meter(self, suffix: &str) -> String {
        format!("{}{suffix}", self.gateway())
    }

    pub(super) fn production_meters(self) -> Vec<String> {
        match self.metered {
            true => vec![self.meter("EIM1"), self.meter("EIM3")],
            false => Vec::new(),
        }
    }

    /// A production meter that was taken out long ago.
    pub(super) fn retired_meter(self) -> String {
        self.meter("EIM0")
    }

    pub(super) fn consumption_meter(self) -> String {
        self.meter("EIM2")
    }

    pub(super) fn storage_meter(self) -> String {
        self.meter("EIM4")
    }

    /// A meter that is there and switched off.
    pub(super) fn disabled_meter(self) -> String {
        self.meter("EIM5")
    }

    pub(super) fn batteries(self) -> Vec<String> {
        match self.metered {
            true => (0..2)
                .map(|place| (492_203_000_017_i64 + place * 6).to_string())
                .collect(),
            false => Vec::new(),
        }
    }

    pub(super) fn charger(self) -> String {
        "202411070052".to_owned()
    }

    pub(super) fn evse(self) -> String {
        "26410733".to_owned()
    }

    /// How late each microinverter reports, in seconds: steps of 15 minutes up to two hours. The first is never late,
    /// and the second always the latest.
    pub(super) fn micro_delays(self) -> Vec<i64> {
        (0..self.modules)
            .map(|place| match place {
                0 => 0,
                1 => LATEST,
                _ => (noise::hash(&[self.number, place, 9]) % 9) as i64 * 900,
            })
            .collect()
    }
}

/// How late the two production meters report, in seconds.
pub(super) const METER_DELAYS: [i64; 2] = [0, LATEST];

/// How late the current transformers on the grid's side report, in seconds.
pub(super) const GRID_DELAY: i64 = LATEST;

/// How late the two batteries report, in seconds.
pub(super) const BATTERY_DELAYS: [i64; 2] = [0, LATEST];
