//! Messages read by the name of their type, as in `Register::deserialize(…)`: only the trait's function answers to it.

use serde::Deserialize;
use serde_json::{Value, json};
use solarnet_oscp::oscp::*;

use crate::support::messages::*;

/// The full message is read; with another value in a field it is not, and the error names the field.
macro_rules! keeps_its_rule {
    ($message:ident, $full:expr, $field:literal: $value:expr) => {{
        let full: Value = $full;
        $message::deserialize(full.clone()).unwrap();
        let mut broken = full;
        broken[$field] = $value;
        let error = $message::deserialize(broken).unwrap_err().to_string();
        assert!(
            error.starts_with(concat!($field, ": ")),
            "{}: {error}",
            stringify!($message)
        );
    }};
}

#[test]
fn a_broken_rule_is_refused() {
    keeps_its_rule!(Register, register(), "version_url": json!([]));
    keeps_its_rule!(ForecastedBlock, block(), "capacity": json!(-0.25));
    keeps_its_rule!(AdjustGroupCapacityForecast, forecast(), "forecasted_blocks": json!([]));
    keeps_its_rule!(UpdateGroupCapacityForecast, forecast(), "forecasted_blocks": json!([]));
    keeps_its_rule!(GroupCapacityComplianceError, compliance_error(), "forecasted_blocks": json!([]));
    keeps_its_rule!(UpdateGroupMeasurements, group_measurements(), "measurements": json!([]));
    keeps_its_rule!(UpdateAssetMeasurements, asset_measurements(), "measurements": json!([]));
    let wanted = || handshake()["required_behaviour"].clone();
    keeps_its_rule!(RequiredBehaviour, wanted(), "heartbeat_interval": json!(0.75));
    let twice = json!(["CONTINUOUS", "CONTINUOUS"]);
    keeps_its_rule!(RequiredBehaviour, wanted(), "measurement_configuration": twice);
}

#[test]
fn a_list_of_the_values_is_no_message() {
    let address = "https://grid.lakeside.example/oscp/cp/2.0";
    let said = [
        VersionUrl::deserialize(json!(["2.0", address])).unwrap_err(),
        Register::deserialize(json!(["pelican-token-81", register()["version_url"]])).unwrap_err(),
        Heartbeat::deserialize(json!(["2026-06-16T13:39:05Z"])).unwrap_err(),
        PaginatedRequest::deserialize(json!([2, 5])).unwrap_err(),
    ];
    for error in said {
        assert!(error.to_string().contains("expected an object"), "{error}");
    }
}
