//! Numbers that say their unit.

use energy_core::model::{WattHours, Watts};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

/// A number with its unit, as the summaries of microinverters have them. Older answers have the bare number, of watts for
/// a power.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Measure {
    /// The number.
    pub value: f64,
    /// Its unit, such as `W`, `Wh` or `kJ`; absent where the bare number came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<String>,
    /// How many digits behind the point count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<i64>,
}

impl Measure {
    /// The power, where the unit is one of power or is not said.
    pub fn watts(&self) -> Option<Watts> {
        match self.units.as_deref() {
            None | Some("W") => Some(Watts(self.value)),
            Some("kW") => Some(Watts::from_kilowatts(self.value)),
            Some(_) => None,
        }
    }

    /// The energy, where the unit is one of energy or is not said.
    pub fn watt_hours(&self) -> Option<WattHours> {
        const JOULES_IN_A_WATT_HOUR: f64 = 3600.0;
        match self.units.as_deref() {
            None | Some("Wh") => Some(WattHours(self.value)),
            Some("kWh") => Some(WattHours::from_kilowatt_hours(self.value)),
            Some("J") => Some(WattHours(self.value / JOULES_IN_A_WATT_HOUR)),
            Some("kJ") => Some(WattHours(self.value * 1000.0 / JOULES_IN_A_WATT_HOUR)),
            Some(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Full {
            value: f64,
            units: Option<String>,
            precision: Option<i64>,
        }
        let value = Value::deserialize(deserializer)?;
        if let Some(number) = value.as_f64() {
            return Ok(Self {
                value: number,
                units: None,
                precision: None,
            });
        }
        let full = serde_json::from_value::<Full>(value).map_err(de::Error::custom)?;
        Ok(Self {
            value: full.value,
            units: full.units,
            precision: full.precision,
        })
    }
}
