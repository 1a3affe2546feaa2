//! The enumerations: what they are called here, their codes, and their names in OSCP.

use serde_json::Value;

/// An enumeration: wire name, code, name in OSCP 2.0 (empty where there is none).
#[derive(Debug)]
pub(super) struct Words {
    pub(super) name: &'static str,
    /// Codes and other capitals are understood too.
    lenient: bool,
    list: &'static [(&'static str, &'static str, &'static str)],
}

impl Words {
    /// The wire name of what was sent.
    pub(super) fn read(&self, value: &Value) -> Option<&'static str> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) if self.lenient => number.to_string(),
            _ => return None,
        };
        let exact = self.list.iter().find(|(name, _, _)| *name == text);
        let found = exact.or_else(|| {
            let lenient = self.list.iter().filter(|_| self.lenient);
            let mut by_code = lenient.clone().filter(|(_, code, _)| *code == text);
            by_code
                .next()
                .or_else(|| lenient.clone().find(|(name, _, _)| name.eq_ignore_ascii_case(&text)))
        });
        found.map(|(name, _, _)| *name)
    }

    pub(super) fn code(&self, name: &str) -> &'static str {
        let found = self.list.iter().find(|(wire, _, _)| *wire == name);
        found.map_or("", |(_, code, _)| code)
    }

    pub(super) fn oscp(&self, name: &str) -> &'static str {
        let found = self.list.iter().find(|(wire, _, _)| *wire == name);
        found.map_or("", |(_, _, oscp)| oscp)
    }

    /// The wire name for a name in OSCP.
    pub(super) fn wire(&self, name: &str) -> Option<&'static str> {
        let found = self.list.iter().find(|(_, _, oscp)| *oscp == name);
        found.map(|(wire, _, _)| *wire)
    }
}

pub(super) const MEASUREMENT_PERIOD: Words = Words {
    name: "MeasurementPeriod",
    lenient: true,
    list: &[
        ("Minute", "60", ""),
        ("FiveMinute", "300", ""),
        ("TenMinute", "600", ""),
        ("FifteenMinute", "900", ""),
        ("TwentyMinute", "1200", ""),
        ("ThirtyMinute", "1800", ""),
        ("Hour", "3600", ""),
    ],
};

pub(super) const ASSET_CATEGORY: Words = Words {
    name: "AssetCategory",
    lenient: true,
    list: &[
        ("Charging", "v", "CHARGING"),
        ("Consumption", "c", "CONSUMPTION"),
        ("Generation", "g", "GENERATION"),
        ("Storage", "s", "STORAGE"),
    ],
};

pub(super) const PHASE: Words = Words {
    name: "Phase",
    lenient: true,
    list: &[
        ("Unknown", "u", "UNKNOWN"),
        ("A", "a", "ONE"),
        ("B", "b", "TWO"),
        ("C", "c", "THREE"),
        ("All", "z", "ALL"),
    ],
};

pub(super) const MEASUREMENT_UNIT: Words = Words {
    name: "MeasurementUnit",
    lenient: true,
    list: &[
        ("A", "a", "A"),
        ("W", "p", "W"),
        ("kW", "P", "KW"),
        ("Wh", "e", "WH"),
        ("kWh", "E", "KWH"),
    ],
};

pub(super) const STATISTIC_TYPE: Words = Words {
    name: "StatisticType",
    lenient: false,
    list: &[
        ("Average", "a", ""),
        ("Count", "c", ""),
        ("Minimum", "m", ""),
        ("Maximum", "M", ""),
        ("Start", "s", ""),
        ("End", "e", ""),
        ("Difference", "d", ""),
    ],
};

pub(super) const ENERGY_TYPE: Words = Words {
    name: "EnergyType",
    lenient: true,
    list: &[
        ("Flexible", "f", "FLEXIBLE"),
        ("NonFlexible", "n", "NONFLEXIBLE"),
        ("Total", "t", "TOTAL"),
    ],
};

pub(super) const ENERGY_DIRECTION: Words = Words {
    name: "EnergyDirection",
    lenient: true,
    list: &[
        ("Net", "n", "NET"),
        ("Import", "i", "IMPORT"),
        ("Export", "e", "EXPORT"),
    ],
};

/// Whom an asset reports to: the third role, `FlexibilityProvider`, is refused.
pub(super) const AUDIENCE: Words = Words {
    name: "OscpRole",
    lenient: false,
    list: &[("CapacityProvider", "p", ""), ("CapacityOptimizer", "o", "")],
};

pub(super) const REGISTRATION_STATUS: Words = Words {
    name: "RegistrationStatus",
    lenient: true,
    list: &[("Pending", "p", ""), ("Registered", "r", ""), ("Failed", "f", "")],
};

pub(super) const MEASUREMENT_STYLE: Words = Words {
    name: "MeasurementStyle",
    lenient: true,
    list: &[("Continuous", "c", "CONTINUOUS"), ("Intermittent", "i", "INTERMITTENT")],
};

/// Used for `{forecastType}` in source ids.
pub(super) const FORECAST_TYPE: Words = Words {
    name: "ForecastType",
    lenient: true,
    list: &[
        ("Consumption", "c", "CONSUMPTION"),
        ("Generation", "g", "GENERATION"),
        ("FallbackConsumption", "C", "FALLBACK_CONSUMPTION"),
        ("FallbackGeneration", "G", "FALLBACK_GENERATION"),
        ("Optimum", "o", "OPTIMUM"),
    ],
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{AUDIENCE, MEASUREMENT_PERIOD, MEASUREMENT_UNIT, PHASE, STATISTIC_TYPE};

    #[test]
    fn names_codes_and_capitals_are_understood_where_they_may_be() {
        for (sent, name) in [
            ("kwh", "kWh"),
            ("E", "kWh"),
            ("e", "Wh"),
            ("P", "kW"),
            ("w", "W"),
            ("A", "A"),
        ] {
            assert_eq!(MEASUREMENT_UNIT.read(&json!(sent)), Some(name));
        }
        assert_eq!(PHASE.read(&json!("z")), Some("All"));
        assert_eq!(MEASUREMENT_PERIOD.read(&json!(900)), Some("FifteenMinute"));
        assert_eq!(STATISTIC_TYPE.read(&json!("average")), None);
        assert_eq!(STATISTIC_TYPE.read(&json!("M")), None);
        assert_eq!(AUDIENCE.read(&json!("FlexibilityProvider")), None);
    }
}
