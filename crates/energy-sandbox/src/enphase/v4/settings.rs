//! What can be set at the metered site, and how it is spelt.

use serde_json::{Value, json};

/// What the batteries are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::enphase) enum BatteryMode {
    Savings,
    #[default]
    SelfConsumption,
    FullBackup,
}

impl BatteryMode {
    /// As it is written when it is set: capitals matter.
    pub(super) fn read(text: &str) -> Option<Self> {
        match text {
            "Savings Mode" => Some(Self::Savings),
            "Self-consumption" => Some(Self::SelfConsumption),
            "Full Backup" => Some(Self::FullBackup),
            _ => None,
        }
    }

    /// As the settings have it when they are read.
    pub(super) fn read_back(self) -> &'static str {
        match self {
            Self::Savings => "Savings Mode",
            Self::SelfConsumption => "Self - Consumption",
            Self::FullBackup => "Full Backup",
        }
    }

    /// As the answer to a change has it.
    pub(super) fn confirmed(self) -> &'static str {
        match self {
            Self::Savings => "savings mode",
            Self::SelfConsumption => "self-consumption",
            Self::FullBackup => "full backup",
        }
    }

    /// As live data have it.
    pub(super) fn shown(self) -> &'static str {
        match self {
            Self::Savings => "Savings Mode",
            Self::SelfConsumption => "Self-consumption",
            Self::FullBackup => "Full Backup",
        }
    }
}

/// A dry contact, and when it lets its load have power.
#[derive(Clone, Debug)]
pub(in crate::enphase) struct Load {
    pub(super) name: &'static str,
    pub(super) load_name: &'static str,
    pub(super) mode: String,
    pub(super) soc_low: i64,
    pub(super) essential_start_time: i64,
    pub(super) essential_end_time: i64,
}

impl Load {
    pub(super) fn body(&self) -> Value {
        json!({
            "name": self.name,
            "load_name": self.load_name,
            "owner_can_override": true,
            "mode": self.mode,
            "soc_low": self.soc_low,
            "soc_high": 60,
            "status": "enabled",
            "essential_start_time": self.essential_start_time,
            "essential_end_time": self.essential_end_time,
        })
    }
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub(in crate::enphase) struct Settings {
    pub(super) mode: BatteryMode,
    pub(super) reserve_soc: i64,
    pub(super) energy_independence: bool,
    pub(super) storm_guard: bool,
    pub(super) loads: [Load; 2],
}

impl Default for Settings {
    fn default() -> Self {
        let load = |name, load_name| Load {
            name,
            load_name,
            mode: "Basic".to_owned(),
            soc_low: 25,
            essential_start_time: 28_800,
            essential_end_time: 61_200,
        };
        Self {
            mode: BatteryMode::default(),
            reserve_soc: 10,
            energy_independence: true,
            storm_guard: true,
            loads: [load("NC1", "Sauna"), load("NC2", "Pool pump")],
        }
    }
}
