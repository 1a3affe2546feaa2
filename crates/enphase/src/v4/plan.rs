use std::fmt;
use std::time::Duration;

use energy_core::auth::AccessRule;
use energy_core::error::RefusedError;
use energy_core::limit::Window;
use energy_core::model::Requirement;
use energy_core::{Operation, RequestParts};

/// The vendor's plans, from the smallest; each has what the one before it has. Source: the pages on plans, as of 2026-07.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Plan {
    /// Free of charge: 10 calls a minute, 1,000 a month; systems, site level, EV charger monitoring.
    Watt,
    /// 50 calls a minute, 50,000 a month; device level and live data too.
    Kilowatt,
    /// 100 calls a minute, 300,000 a month; settings of batteries and loads too.
    Megawatt,
    /// 300 calls a minute, 1,500,000 a month; EV charger control too, and 200 changes a month for each kind of change.
    Partner,
}

/// What a plan lets an application do; ticked when the application is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessControl {
    /// Systems, devices, events and alarms.
    SystemDetails,
    /// What a site produces.
    SiteProduction,
    /// What a site uses, stores, takes from the grid and gives to it.
    SiteConsumption,
    /// What EV chargers do.
    EvChargerMonitoring,
    /// Single devices.
    DeviceLevel,
    /// Live data.
    Streaming,
    /// Settings of batteries and loads.
    SystemConfigurations,
    /// Telling EV chargers what to do.
    EvChargerControl,
}

impl AccessControl {
    /// All of them, in the order in which plans get them.
    pub const ALL: [Self; 8] = [
        Self::SystemDetails,
        Self::SiteProduction,
        Self::SiteConsumption,
        Self::EvChargerMonitoring,
        Self::DeviceLevel,
        Self::Streaming,
        Self::SystemConfigurations,
        Self::EvChargerControl,
    ];

    /// The vendor's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::SystemDetails => "System Details",
            Self::SiteProduction => "Site Level Production Monitoring",
            Self::SiteConsumption => "Site Level Consumption Monitoring",
            Self::EvChargerMonitoring => "EV Charger Monitoring",
            Self::DeviceLevel => "Device Level Monitoring",
            Self::Streaming => "Streaming APIs",
            Self::SystemConfigurations => "System Configurations",
            Self::EvChargerControl => "EV Charger Control",
        }
    }

    /// The smallest plan that has it.
    pub fn smallest_plan(self) -> Plan {
        match self {
            Self::SystemDetails | Self::SiteProduction | Self::SiteConsumption | Self::EvChargerMonitoring => {
                Plan::Watt
            }
            Self::DeviceLevel | Self::Streaming => Plan::Kilowatt,
            Self::SystemConfigurations => Plan::Megawatt,
            Self::EvChargerControl => Plan::Partner,
        }
    }

    /// What an operation needs.
    pub fn of(operation: &Operation) -> Option<Self> {
        let needed = operation.access?;
        Self::ALL.into_iter().find(|control| control.name() == needed)
    }
}

impl fmt::Display for AccessControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const MONTH: Duration = Duration::from_secs(31 * 86_400);

impl Plan {
    /// All of them, from the smallest.
    pub const ALL: [Self; 4] = [Self::Watt, Self::Kilowatt, Self::Megawatt, Self::Partner];

    /// The vendor's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Watt => "Watt",
            Self::Kilowatt => "Kilowatt",
            Self::Megawatt => "Megawatt",
            Self::Partner => "Partner",
        }
    }

    /// How many calls a minute it has.
    pub fn calls_per_minute(self) -> u32 {
        match self {
            Self::Watt => 10,
            Self::Kilowatt => 50,
            Self::Megawatt => 100,
            Self::Partner => 300,
        }
    }

    /// How many calls a month it has. More can be bought, but for Watt.
    pub fn calls_per_month(self) -> u32 {
        match self {
            Self::Watt => 1_000,
            Self::Kilowatt => 50_000,
            Self::Megawatt => 300_000,
            Self::Partner => 1_500_000,
        }
    }

    /// How many calls a month it has for each operation that changes something. The limiter does not count them.
    pub fn changes_per_month(self) -> Option<u32> {
        (self == Self::Partner).then_some(200)
    }

    /// Whether it has `control`.
    pub fn allows(self, control: AccessControl) -> bool {
        control.smallest_plan() <= self
    }

    /// What capabilities call it.
    pub(super) fn requirement(self) -> Requirement {
        Requirement::Plan(self.name().to_owned())
    }

    /// Its quotas, for the limiter. Months are counted as 31 days, which is never more than the service allows.
    pub fn windows(self) -> [Window; 2] {
        let (minute, month) = (self.calls_per_minute(), self.calls_per_month());
        [
            Window::new(format!("the quota of {minute} calls a minute ({self})"), minute, MINUTE),
            Window::new(format!("the quota of {month} calls a month ({self})"), month, MONTH),
        ]
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Refuses what a plan does not have.
#[derive(Debug)]
pub(super) struct PlanRule(pub(super) Plan);

impl AccessRule for PlanRule {
    fn permit(&self, operation: &'static Operation, _: &RequestParts) -> Result<(), RefusedError> {
        let plan = self.0;
        match AccessControl::of(operation) {
            Some(control) if !plan.allows(control) => {
                let needed = control.smallest_plan();
                let or_larger = if needed == Plan::Partner {
                    ""
                } else {
                    " or a larger one"
                };
                let reason = format!(
                    "needs `{control}`, which the plan {needed}{or_larger} has; this client was built for {plan}"
                );
                Err(RefusedError::new(needed.name(), reason))
            }
            _ => Ok(()),
        }
    }

    fn granted(&self) -> Option<Vec<Requirement>> {
        Some(vec![self.0.requirement()])
    }
}
