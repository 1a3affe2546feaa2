//! The 26 schemas of OSCP 2.0 as tables: what each type must take and refuse.

use energy_core::BuildError;
use energy_core::check::{Direction, Rules};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use solarnet_oscp::oscp::*;

use super::messages;

/// The schema of an object.
pub(crate) struct Object {
    pub(crate) schema: &'static str,
    /// A message with every field.
    pub(crate) full: fn() -> Value,
    pub(crate) fields: &'static [Field],
    /// Reads it, and writes what was read.
    pub(crate) read: fn(&Value) -> Result<Value, String>,
    /// Reads it, and checks it as if it were to be sent.
    pub(crate) check: fn(Value) -> Result<(), BuildError>,
}

pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    Text,
    Number,
    /// A number that is at least so much.
    From(f64),
    Whole,
    Instant,
    /// An object of another schema.
    Of(&'static str),
    /// A list of objects of another schema, with at least one in it.
    List(&'static str),
    /// A name of an enumeration.
    Name(&'static Names),
    /// A list of names in which none comes twice.
    Names(&'static Names),
}

/// The schema of an enumeration.
pub(crate) struct Names {
    pub(crate) schema: &'static str,
    pub(crate) known: &'static [&'static str],
    /// Reads one, and writes what was read.
    pub(crate) read: fn(&str) -> Result<Value, String>,
    /// What the type says that it knows.
    pub(crate) of_type: &'static [&'static str],
}

fn read<M: DeserializeOwned + Serialize>(body: &Value) -> Result<Value, String> {
    // From a text, as it comes from the wire.
    let message: M = serde_json::from_str(&body.to_string()).map_err(|error| error.to_string())?;
    serde_json::to_value(&message).map_err(|error| error.to_string())
}

fn check<M: DeserializeOwned + Rules>(body: Value) -> Result<(), BuildError> {
    let message: M = serde_json::from_value(body).unwrap();
    message.check(Direction::Sent)
}

fn read_name<N: DeserializeOwned + Serialize>(name: &str) -> Result<Value, String> {
    read::<N>(&Value::from(name))
}

const fn required(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        required: true,
        kind,
    }
}

const fn optional(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        required: false,
        kind,
    }
}

macro_rules! names {
    ($($constant:ident: $type:ident = $schema:literal, $known:expr;)+) => {
        $(
            pub(crate) static $constant: Names = Names {
                schema: $schema,
                known: &$known,
                read: read_name::<$type>,
                of_type: $type::KNOWN,
            };
        )+
        /// The schemas of enumerations.
        pub(crate) static NAMES: &[&Names] = &[$(&$constant),+];
    };
}

names! {
    CATEGORY: AssetCategory = "asset-category", ["CHARGING", "CONSUMPTION", "GENERATION", "STORAGE"];
    FORECAST: CapacityForecastType = "capacity-forecast-type",
        ["CONSUMPTION", "GENERATION", "FALLBACK_CONSUMPTION", "FALLBACK_GENERATION", "OPTIMUM"];
    DIRECTION: EnergyFlowDirection = "energy-flow-direction", ["NET", "IMPORT", "EXPORT"];
    ENERGY_UNIT: EnergyMeasurementUnit = "energy-measurement-unit", ["WH", "KWH"];
    ENERGY_TYPE: EnergyType = "energy-type", ["FLEXIBLE", "NONFLEXIBLE", "TOTAL"];
    BLOCK_UNIT: ForecastedBlockUnit = "forecasted-block-unit", ["A", "W", "KW", "WH", "KWH"];
    INSTANT_UNIT: InstantaneousMeasurementUnit = "instantaneous-measurement-unit", ["A", "W", "KW", "WH", "KWH"];
    STYLE: MeasurementConfiguration = "measurement-configuration", ["CONTINUOUS", "INTERMITTENT"];
    PHASE: PhaseIndicator = "phase-indicator", ["UNKNOWN", "ONE", "TWO", "THREE", "ALL"];
}

macro_rules! objects {
    ($($constant:ident: $type:ident = $schema:literal, $full:expr, $fields:expr;)+) => {
        $(
            pub(crate) static $constant: Object = Object {
                schema: $schema,
                full: $full,
                fields: $fields,
                read: read::<$type>,
                check: check::<$type>,
            };
        )+
        /// The schemas of objects.
        pub(crate) static OBJECTS: &[&Object] = &[$(&$constant),+];
    };
}

const FORECAST_FIELDS: &[Field] = &[
    required("group_id", Kind::Text),
    required("type", Kind::Name(&FORECAST)),
    required("forecasted_blocks", Kind::List("forecasted-block")),
];
const HANDSHAKE_FIELDS: &[Field] = &[optional("required_behaviour", Kind::Of("required-behaviour"))];

objects! {
    ADJUST: AdjustGroupCapacityForecast = "adjust-group-capacity-forecast", messages::forecast, FORECAST_FIELDS;
    ASSET: AssetMeasurement = "asset-measurement", messages::asset_measurement, &[
        required("asset_id", Kind::Text),
        required("asset_category", Kind::Name(&CATEGORY)),
        optional("energy_measurement", Kind::Of("energy-measurement")),
        optional("instantaneous_measurement", Kind::Of("instantaneous-measurement")),
    ];
    ENERGY: EnergyMeasurement = "energy-measurement", messages::energy_measurement, &[
        required("value", Kind::Number),
        required("phase", Kind::Name(&PHASE)),
        required("unit", Kind::Name(&ENERGY_UNIT)),
        required("direction", Kind::Name(&DIRECTION)),
        optional("energy_type", Kind::Name(&ENERGY_TYPE)),
        required("measure_time", Kind::Instant),
        optional("initial_measure_time", Kind::Instant),
    ];
    ERROR: ErrorMessage = "error", || serde_json::json!({"message": "There is no such basin."}), &[
        optional("message", Kind::Text),
    ];
    BLOCK: ForecastedBlock = "forecasted-block", messages::block, &[
        required("capacity", Kind::From(0.0)),
        required("phase", Kind::Name(&PHASE)),
        required("unit", Kind::Name(&BLOCK_UNIT)),
        required("start_time", Kind::Instant),
        required("end_time", Kind::Instant),
    ];
    COMPLIANCE: GroupCapacityComplianceError = "group-capacity-compliance-error", messages::compliance_error, &[
        required("message", Kind::Text),
        optional("forecasted_blocks", Kind::List("forecasted-block")),
    ];
    ACKNOWLEDGE: HandshakeAcknowledge = "handshake-acknowledge", messages::handshake, HANDSHAKE_FIELDS;
    HANDSHAKE: Handshake = "handshake", messages::handshake, HANDSHAKE_FIELDS;
    HEARTBEAT: Heartbeat = "heartbeat", messages::heartbeat, &[required("offline_mode_at", Kind::Instant)];
    INSTANTANEOUS: InstantaneousMeasurement = "instantaneous-measurement", messages::instantaneous_measurement, &[
        required("value", Kind::Number),
        required("phase", Kind::Name(&PHASE)),
        required("unit", Kind::Name(&INSTANT_UNIT)),
        required("measure_time", Kind::Instant),
    ];
    PAGINATED: PaginatedRequest = "paginated-request",
        || serde_json::json!({"segment_index": 2, "segment_count": 5}), &[
            required("segment_index", Kind::Whole),
            required("segment_count", Kind::Whole),
        ];
    REGISTER: Register = "register", messages::register, &[
        required("token", Kind::Text),
        required("version_url", Kind::List("version-url")),
    ];
    BEHAVIOUR: RequiredBehaviour = "required-behaviour", || messages::handshake()["required_behaviour"].clone(), &[
        optional("heartbeat_interval", Kind::From(1.0)),
        required("measurement_configuration", Kind::Names(&STYLE)),
    ];
    ASSETS: UpdateAssetMeasurements = "update-asset-measurements", messages::asset_measurements, &[
        required("group_id", Kind::Text),
        required("measurements", Kind::List("asset-measurement")),
    ];
    UPDATE: UpdateGroupCapacityForecast = "update-group-capacity-forecast", messages::forecast, FORECAST_FIELDS;
    GROUP: UpdateGroupMeasurements = "update-group-measurements", messages::group_measurements, &[
        required("group_id", Kind::Text),
        required("measurements", Kind::List("energy-measurement")),
    ];
    VERSION: VersionUrl = "version-url", || messages::register()["version_url"][0].clone(), &[
        required("version", Kind::Text),
        required("base_url", Kind::Text),
    ];
}
