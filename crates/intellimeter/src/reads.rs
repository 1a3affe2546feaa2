//! What meters show, in the three shapes that the service has for it.

use energy_core::model::{CubicMeters, Quantity, WattHours};
use energy_core::wire::Entries;
use energy_core::{BuildError, DecodeError, Endpoint, HttpResponse, Operation, RequestParts, decode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    GetReads, Intellimeter, LimitUnit, LocalTime, MeterId, PropertyId, ReadsBy, RegisterRead, SuiteId, Unit, Utility,
};

/// Reads as they came, when it is not said by what they are grouped.
///
/// [`GetReadsBySuite`], [`GetReadsByProperty`] and [`GetReadsByMeter`] give typed ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Reads {
    /// By property: a list.
    List(Vec<Value>),
    /// By suite or by meter: lists, keyed by the id of the property.
    ByProperty(Entries<Vec<Value>>),
}

/// The numbers of a read beside the ones that have a name here, and whatever else came with them.
///
/// Which there are depends on the building: `voltage_a`, `power_factor`, `m3`, …
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Points(Map<String, Value>);

impl Points {
    /// One number; nothing if it is not there or null.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64()
    }

    /// Every number, by name.
    pub fn numbers(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.as_f64()?)))
    }

    /// Everything, as it came.
    pub fn fields(&self) -> &Map<String, Value> {
        &self.0
    }
}

macro_rules! read {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)+
            /// When it was taken: local time of the property, without zone.
            pub time_stamping: LocalTime,
            /// The counter of electric energy, in kWh.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub kwh: Option<f64>,
            /// Electric energy since the read before, in kWh.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub kwh_interval: Option<f64>,
            /// Whatever else the building measures.
            #[serde(flatten)]
            pub points: Points,
        }

        impl $name {
            /// What its register of electric energy showed, for a [`Register`](crate::Register).
            pub fn energy(&self) -> RegisterRead<WattHours> {
                RegisterRead {
                    at: self.time_stamping,
                    counter: self.kwh.map(WattHours::from_kilowatt_hours),
                    amount: self.kwh_interval.map(WattHours::from_kilowatt_hours),
                }
            }
        }
    };
}

read! {
    /// What the meters of a suite show together.
    SuiteRead {
        /// The suite.
        suite: SuiteId,
        /// Its name.
        #[serde(default)]
        suite_name: Option<String>,
    }
}

read! {
    /// What the meters of a property show together.
    PropertyRead {
        /// The property.
        property: PropertyId,
        /// Its address.
        #[serde(default)]
        address: Option<String>,
        /// Its name.
        #[serde(default)]
        display_name: Option<String>,
        /// The vendor's name of the installation.
        #[serde(default)]
        job_name: Option<String>,
        /// The vendor's number of the installation.
        #[serde(default)]
        job_number: Option<String>,
    }
}

read! {
    /// What a meter shows.
    MeterRead {
        /// The meter.
        meter: MeterId,
        /// Its name.
        #[serde(default)]
        name: Option<String>,
        /// Its serial number.
        #[serde(default)]
        serial_number: Option<String>,
        /// The suite it measures.
        #[serde(default)]
        suite: Option<SuiteId>,
        /// The floor it is on.
        #[serde(default)]
        floor: Option<String>,
        /// The panel it is in.
        #[serde(default)]
        panel: Option<String>,
        /// The unit of its counter.
        #[serde(default)]
        units: Option<Unit>,
        /// What it measures.
        #[serde(default)]
        utility: Option<Utility>,
    }
}

impl MeterRead {
    /// What the meter measures: as its utility says; without one, electric energy where the unit or the read itself is in
    /// kWh. `None` if that is not said.
    pub fn quantity(&self) -> Option<Quantity> {
        let has_energy = self.kwh.is_some() || self.kwh_interval.is_some();
        match (&self.utility, &self.units) {
            (Some(Utility::Electricity), _) | (None, Some(Unit::KilowattHours)) => Some(Quantity::ActiveEnergy),
            (Some(Utility::Water), _) => Some(Quantity::WaterVolume),
            (Some(Utility::Gas), _) => Some(Quantity::GasVolume),
            (None, None) if has_energy => Some(Quantity::ActiveEnergy),
            _ => None,
        }
    }

    /// What its register of volume showed, for a [`Register`](crate::Register): the points `m3` and `m3_interval`, which
    /// the documentation does not name but its names for electricity suggest. Nothing for a meter in another unit.
    pub fn volume(&self) -> RegisterRead<CubicMeters> {
        let in_cubic_metres = self.units.as_ref().is_none_or(|unit| *unit == Unit::CubicMetres);
        let point = |name| self.points.get(name).filter(|_| in_cubic_metres).map(CubicMeters);
        RegisterRead {
            at: self.time_stamping,
            counter: point("m3"),
            amount: point("m3_interval"),
        }
    }
}

macro_rules! typed_reads {
    ($($(#[$doc:meta])* $name:ident by $by:ident gives $output:ty;)+) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[must_use = "a request does nothing until a client sends it"]
        pub struct $name(GetReads);

        impl $name {
            /// The newest reads of all properties.
            pub fn new() -> Self {
                Self(GetReads::new(ReadsBy::$by))
            }

            /// The reads of the last `quantity` units of time, instead of the newest alone.
            pub fn since(self, quantity: u32, unit: LimitUnit) -> Self {
                Self(self.0.limit_quantity(quantity).limit_unit(unit))
            }

            /// The reads of one property.
            pub fn property(self, property: impl Into<PropertyId>) -> Self {
                Self(self.0.property(property))
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl Endpoint for $name {
            type Api = Intellimeter;
            type Output = $output;
            const OPERATION: &'static Operation = &GetReads::OPERATION;

            fn parts(&self) -> Result<RequestParts, BuildError> {
                self.0.parts()
            }

            fn decode(&self, response: &HttpResponse) -> Result<Self::Output, DecodeError> {
                decode::json(Self::OPERATION, response)
            }
        }
    )+ };
}

typed_reads! {
    /// Reads by suite, keyed by the id of the property.
    GetReadsBySuite by Suite gives Entries<Vec<SuiteRead>>;
    /// Reads by property: a list, unlike the other two.
    GetReadsByProperty by Property gives Vec<PropertyRead>;
    /// Reads by meter, keyed by the id of the property.
    GetReadsByMeter by Meter gives Entries<Vec<MeterRead>>;
}
