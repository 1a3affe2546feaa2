//! What the packages of the API have, as data, asked before calling.
//!
//! Source: the vendor's page that compares the packages, in its newest version; see the guide to this crate. The page is
//! about the User API; that the Portal API has the same, and fleets with Advanced, is inferred from the pages of its calls.

use std::fmt;

use energy_core::auth::AccessRule;
use energy_core::error::RefusedError;
use energy_core::model::Requirement;
use energy_core::{Operation, RequestParts};

/// What an application has bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Package {
    /// Plants with their totals.
    Basic,
    /// Every component as well.
    Advanced,
}

/// Whose application it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// A user's: the plants assigned to that user (User API).
    User,
    /// The portal's: all of its plants (Portal API).
    Portal,
}

/// A row of the vendor's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Function {
    /// Request all historical data.
    HistoricalData,
    /// General plant information: address, size, contacts.
    PlantInformation,
    /// Overview of the plant's components.
    ComponentOverview,
    /// Production values.
    Production,
    /// Consumption values.
    Consumption,
    /// Battery storage values.
    BatteryStorage,
    /// Inverter values.
    Inverter,
    /// MPP tracker values.
    MppTracker,
    /// Inverter string values.
    InverterString,
    /// Meter values.
    Meter,
    /// Plant KPIs.
    PlantKpis,
    /// Sensor values.
    Sensor,
    /// Overview and details of fleets.
    Fleets,
}

/// How much of a function a package has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Availability {
    /// Nothing.
    No,
    /// Only total values on plant level.
    PlantTotals,
    /// Everything.
    Yes,
}

impl Function {
    /// The rows in the order of the page.
    pub const ALL: [Self; 13] = [
        Self::HistoricalData,
        Self::PlantInformation,
        Self::ComponentOverview,
        Self::Production,
        Self::Consumption,
        Self::BatteryStorage,
        Self::Inverter,
        Self::MppTracker,
        Self::InverterString,
        Self::Meter,
        Self::PlantKpis,
        Self::Sensor,
        Self::Fleets,
    ];

    /// The vendor's name of the row, without what stands in brackets.
    pub fn name(self) -> &'static str {
        match self {
            Self::HistoricalData => "Request all historical data",
            Self::PlantInformation => "General plant information",
            Self::ComponentOverview => "Overview of the plant components",
            Self::Production => "Production values",
            Self::Consumption => "Consumption values",
            Self::BatteryStorage => "Battery storage values",
            Self::Inverter => "Inverter values",
            Self::MppTracker => "MPP tracker values",
            Self::InverterString => "Inverter string values",
            Self::Meter => "Meter values",
            Self::PlantKpis => "Plant KPIs",
            Self::Sensor => "Sensor values",
            Self::Fleets => "Fleets overview & fleet details",
        }
    }

    /// How much of it a package has.
    ///
    /// ```
    /// use solarlog_enerest::{Audience, Availability, Function, Package};
    ///
    /// let basic = Function::Production.availability(Package::Basic, Audience::User);
    /// assert_eq!(basic, Availability::PlantTotals);
    /// ```
    pub fn availability(self, package: Package, audience: Audience) -> Availability {
        match package {
            Package::Advanced if self == Self::Fleets && audience == Audience::User => Availability::No,
            Package::Advanced => Availability::Yes,
            Package::Basic => self.in_basic(),
        }
    }

    /// How much of it the smaller package has, of a user or of the portal.
    fn in_basic(self) -> Availability {
        match self {
            Self::HistoricalData | Self::PlantInformation | Self::ComponentOverview => Availability::Yes,
            Self::Production | Self::Consumption | Self::BatteryStorage => Availability::PlantTotals,
            Self::Inverter
            | Self::MppTracker
            | Self::InverterString
            | Self::Meter
            | Self::PlantKpis
            | Self::Sensor
            | Self::Fleets => Availability::No,
        }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Package {
    /// The vendor's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "Basic",
            Self::Advanced => "Advanced",
        }
    }

    /// What an application has that bought it.
    pub(crate) fn requirement(self) -> Requirement {
        Requirement::Package(self.name().to_owned())
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "User API",
            Self::Portal => "Portal API",
        })
    }
}

/// Refuses what a package does not have.
#[derive(Debug)]
pub(crate) struct PackageRule {
    pub(crate) package: Package,
    pub(crate) audience: Audience,
}

/// The channels of sensor boxes.
const OF_SENSORS: [&str; 5] = ["Irradiation", "Insolation", "TempModule", "TempAmbient", "WindVelocity"];

/// What a call asks for beyond the totals of a plant, as a row of the table.
fn asked_for(operation: &Operation, parts: &RequestParts) -> Option<Function> {
    let asks = |wanted: &str| parts.query_pairs().iter().any(|(name, _)| name == wanted);
    let of_sensors = || {
        let mut names = parts.query_pairs().iter().filter(|(name, _)| name == "channelNames[]");
        names.any(|(_, channel)| OF_SENSORS.contains(&channel.as_str()))
    };
    if operation.access == Some(FLEETS) {
        Some(Function::Fleets)
    } else if asks("mppTrackerIds[]") {
        Some(Function::MppTracker)
    } else if of_sensors() {
        Some(Function::Sensor)
    } else if asks("componentIds[]") || operation.access == Some(Package::Advanced.name()) {
        // Which kind of component it is, is not in the call; all kinds are alike to the packages.
        Some(Function::Inverter)
    } else {
        None
    }
}

const FLEETS: &str = "Portal Advanced";

impl AccessRule for PackageRule {
    fn permit(&self, operation: &'static Operation, parts: &RequestParts) -> Result<(), RefusedError> {
        let (package, audience) = (self.package, self.audience);
        let Some(function) = asked_for(operation, parts) else {
            return Ok(());
        };
        if function.availability(package, audience) == Availability::Yes {
            return Ok(());
        }
        let needs = if function == Function::Fleets {
            FLEETS
        } else {
            "Advanced"
        };
        let with = if function == Function::Fleets {
            " of the Portal API"
        } else {
            ""
        };
        let what = match function {
            Function::Inverter => "values of components",
            other => other.name(),
        };
        let reason =
            format!("{what}: needs the package Advanced{with}; this client was built for {package} of the {audience}");
        Err(RefusedError::new(needs, reason))
    }

    fn granted(&self) -> Option<Vec<Requirement>> {
        Some(vec![self.package.requirement()])
    }
}
