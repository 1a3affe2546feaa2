//! Quantities, scopes and capabilities in words, for tables and for errors that say what could be had.

use std::fmt;
use std::time::Duration;

use super::{Capability, Direction, Quantity, Reach, Requirement, ScopeLevel, Shortfall, ValueKind};

/// `production of active energy, all photovoltaics`.
pub(crate) fn subject(
    f: &mut fmt::Formatter<'_>,
    quantity: Quantity,
    direction: Option<Direction>,
    kind: Option<ValueKind>,
    level: ScopeLevel,
) -> fmt::Result {
    if let Some(direction) = direction {
        write!(f, "{direction} of ")?;
    }
    write!(f, "{quantity}")?;
    if let Some(kind) = kind {
        write!(f, " ({kind})")?;
    }
    write!(f, ", {level}")
}

/// A duration in its largest whole unit: `5 min`, `2 d`.
pub(crate) fn length(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{} ms", duration.as_millis()),
        _ if seconds.is_multiple_of(86_400) => format!("{} d", seconds / 86_400),
        _ if seconds.is_multiple_of(3_600) => format!("{} h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

/// Writes a type as one of fixed words.
macro_rules! words {
    ($($type:ident { $($variant:pat => $word:literal),+ $(,)? })+) => { $(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $($variant => $word),+ })
            }
        }
    )+ };
}

words! {
    Quantity {
        Self::ActivePower => "active power",
        Self::ActiveEnergy => "active energy",
        Self::Irradiance => "irradiance",
        Self::Insolation => "insolation",
        Self::Voltage => "voltage",
        Self::Current => "current",
        Self::StateOfCharge => "state of charge",
        Self::Temperature => "temperature",
        Self::WindSpeed => "wind speed",
        Self::WaterVolume => "water volume",
        Self::GasVolume => "gas volume",
    }
    Direction {
        Self::Production => "production",
        Self::Consumption => "consumption",
        Self::Import => "import",
        Self::Export => "export",
        Self::Charge => "charge",
        Self::Discharge => "discharge",
        Self::Net => "net",
    }
    ValueKind {
        Self::Instant => "at an instant",
        Self::IntervalMean => "mean of an interval",
        Self::IntervalMin => "least of an interval",
        Self::IntervalMax => "greatest of an interval",
        Self::IntervalSum => "sum of an interval",
        Self::Counter => "counter",
        Self::DayToDate => "running total of the day",
    }
    ScopeLevel {
        Self::Site => "the whole site",
        Self::Grid => "the grid connection",
        Self::Pv => "all photovoltaics",
        Self::Storage => "all batteries",
        Self::Inverter => "each inverter",
        Self::MppTracker => "each MPP tracker",
        Self::PvString => "each string",
        Self::Meter => "each meter",
        Self::Battery => "each battery",
        Self::EvCharger => "each EV charger",
        Self::Sensor => "each sensor",
        Self::Load => "each load",
    }
    Shortfall {
        Self::Level => "it looks at another level",
        Self::Resolution => "its points are further apart",
        Self::Back => "it does not reach as far back",
        Self::Ahead => "it does not reach as far ahead",
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(name) => write!(f, "the plan {name}"),
            Self::Package(name) => write!(f, "the package {name}"),
            Self::Permission(name) => write!(f, "the permission {name}"),
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("no time"),
            Self::UpTo(limit) => f.write_str(&length(*limit)),
            Self::Unlimited => f.write_str("any time"),
        }
    }
}

/// `production of active energy (sum of an interval), all photovoltaics, every 5 min, back 730 d, with the plan Watt`.
impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        subject(f, self.quantity, self.direction, Some(self.kind), self.level)?;
        if let Some(resolution) = self.resolution {
            write!(f, ", every {}", length(resolution))?;
        }
        for (way, reach) in [("back", self.back), ("ahead", self.ahead)] {
            if reach != Reach::Nothing {
                write!(f, ", {way} {reach}")?;
            }
        }
        if !self.requires_any.is_empty() {
            write!(f, ", with {}", any_of(&self.requires_any))?;
        }
        Ok(())
    }
}

/// Alternatives: `the plan Kilowatt or the plan Megawatt`.
pub(crate) fn any_of(needs: &[Requirement]) -> String {
    let needs: Vec<String> = needs.iter().map(ToString::to_string).collect();
    needs.join(" or ")
}
