//! The rules of OSCP messages where a program meets them: when a message is made, and before it is sent.

use energy_core::time::OffsetDateTime;
use energy_core::time::macros::datetime;
use energy_core::{BuildError, Endpoint};
use serde::de::DeserializeOwned;
use serde_json::Value;
use solarnet_oscp::oscp::*;

use crate::support::messages;
use crate::support::{NOW, refused_message};

const LATER: OffsetDateTime = datetime!(2026-06-16 15:00 UTC);

fn message<M: DeserializeOwned>(body: Value) -> M {
    serde_json::from_value(body).unwrap()
}

/// It cannot be made, and the error names the field and the reason.
fn refuses<M: std::fmt::Debug>(made: Result<M, BuildError>, field: &str, reason: &str) {
    let error = made.unwrap_err();
    assert_eq!(error.parameter, field, "{error}");
    assert!(error.reason.contains(reason), "`{reason}` is not in: {error}");
}

fn block(capacity: f64, phase: &str, unit: &str) -> Result<ForecastedBlock, BuildError> {
    ForecastedBlock::new(capacity, phase, unit, NOW, LATER)
}

fn energy(value: f64, phase: &str, unit: &str, direction: &str) -> Result<EnergyMeasurement, BuildError> {
    EnergyMeasurement::new(value, phase, unit, direction, NOW)
}

#[test]
fn making_a_registration() {
    refuses(
        Register::new("token", []),
        "version_url",
        "has 0 items, at least 1 needed",
    );
    assert!(Register::new("token", [VersionUrl::new("2.0", "https://grid.example")]).is_ok());
}

#[test]
fn making_a_handshake() {
    let new = |styles: &[&str]| {
        let styles: Vec<MeasurementConfiguration> = styles.iter().map(|style| (*style).into()).collect();
        RequiredBehaviour::new(styles)
    };
    refuses(new(&["CONTINUOUS", "CONTINUOUS"]), "measurement_configuration", "twice");
    refuses(
        new(&["CONTINUOUS", "HOURLY"]),
        "measurement_configuration[1]",
        "`HOURLY` is none of CONTINUOUS",
    );
    let wanted = new(&["INTERMITTENT"]).unwrap();
    for (seconds, reason) in [
        (0.999, "0.999 is below 1"),
        (0.0, "below 1"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "inf"),
    ] {
        refuses(wanted.clone().heartbeat_interval(seconds), "heartbeat_interval", reason);
    }
    assert!(wanted.clone().heartbeat_interval(1.0).is_ok());

    let mut broken = wanted;
    broken.heartbeat_interval = Some(0.5);
    let place = "required_behaviour.heartbeat_interval";
    refuses(Handshake::new().required_behaviour(broken.clone()), place, "below 1");
    refuses(HandshakeAcknowledge::new().required_behaviour(broken), place, "below 1");
}

#[test]
fn making_a_block() {
    assert!(block(0.0, "ALL", "KW").is_ok());
    for (capacity, reason) in [
        (-0.001, "-0.001 is below 0"),
        (f64::NAN, "NaN is not a finite number"),
        (f64::INFINITY, "inf is not a finite number"),
    ] {
        refuses(block(capacity, "ALL", "KW"), "capacity", reason);
    }
    refuses(
        block(1.0, "FOUR", "KW"),
        "phase",
        "`FOUR` is none of UNKNOWN, ONE, TWO, THREE, ALL",
    );
    refuses(block(1.0, "All", "KW"), "phase", "`All` is none of");
    refuses(block(1.0, "ALL", "kW"), "unit", "`kW` is none of A, W, KW, WH, KWH");
    for (start, end) in [(NOW, NOW), (LATER, NOW)] {
        refuses(
            ForecastedBlock::new(1.0, "ALL", "W", start, end),
            "end_time",
            "must be after start_time",
        );
    }
}

#[test]
fn making_a_forecast() {
    let good = || block(1.0, "ALL", "KW").unwrap();
    let mut bad = good();
    bad.unit = "MW".into();
    refuses(
        UpdateGroupCapacityForecast::new("basin", "OPTIMUM", []),
        "forecasted_blocks",
        "has 0 items",
    );
    refuses(
        AdjustGroupCapacityForecast::new("basin", "OPTIMUM", []),
        "forecasted_blocks",
        "has 0 items",
    );
    refuses(
        UpdateGroupCapacityForecast::new("basin", "HOPE", [good()]),
        "type",
        "`HOPE` is none of CONSUMPTION",
    );
    refuses(
        AdjustGroupCapacityForecast::new("basin", "HOPE", [good()]),
        "type",
        "`HOPE` is none of CONSUMPTION",
    );
    let place = "forecasted_blocks[1].unit";
    let blocks = [good(), bad.clone()];
    refuses(
        UpdateGroupCapacityForecast::new("basin", "OPTIMUM", blocks.clone()),
        place,
        "`MW`",
    );
    refuses(
        AdjustGroupCapacityForecast::new("basin", "OPTIMUM", blocks.clone()),
        place,
        "`MW`",
    );
    let error = || GroupCapacityComplianceError::new("It cannot be kept.");
    refuses(error().forecasted_blocks(blocks), place, "`MW`");
    refuses(error().forecasted_blocks([]), "forecasted_blocks", "has 0 items");
    assert!(error().forecasted_blocks([good()]).is_ok());
}

#[test]
fn making_measurements() {
    for any in [-1e9, 0.0, 1e9] {
        assert!(energy(any, "ONE", "KWH", "NET").is_ok());
        assert!(InstantaneousMeasurement::new(any, "ONE", "A", NOW).is_ok());
    }
    refuses(
        energy(f64::NAN, "ONE", "KWH", "NET"),
        "value",
        "NaN is not a finite number",
    );
    refuses(energy(1.0, "FOUR", "KWH", "NET"), "phase", "`FOUR`");
    refuses(energy(1.0, "ONE", "KW", "NET"), "unit", "`KW` is none of WH, KWH");
    refuses(
        energy(1.0, "ONE", "WH", "UP"),
        "direction",
        "`UP` is none of NET, IMPORT, EXPORT",
    );
    let measured = || energy(1.0, "ONE", "WH", "NET").unwrap();
    refuses(
        measured().energy_type("HALF"),
        "energy_type",
        "`HALF` is none of FLEXIBLE, NONFLEXIBLE, TOTAL",
    );
    let instant = |value: f64, phase: &str, unit: &str| InstantaneousMeasurement::new(value, phase, unit, NOW);
    refuses(
        instant(f64::NEG_INFINITY, "ONE", "A"),
        "value",
        "-inf is not a finite number",
    );
    refuses(instant(1.0, "", "A"), "phase", "`` is none of");
    refuses(instant(1.0, "ONE", "V"), "unit", "`V` is none of A, W, KW, WH, KWH");

    refuses(
        UpdateGroupMeasurements::new("basin", []),
        "measurements",
        "has 0 items, at least 1 needed",
    );
    refuses(
        UpdateAssetMeasurements::new("basin", []),
        "measurements",
        "has 0 items, at least 1 needed",
    );
    refuses(
        AssetMeasurement::new("ferry", "SHIP"),
        "asset_category",
        "`SHIP` is none of CHARGING",
    );
    let mut broken = measured();
    broken.value = f64::NAN;
    let asset = || AssetMeasurement::new("ferry", "CHARGING").unwrap();
    refuses(
        asset().energy_measurement(broken.clone()),
        "energy_measurement.value",
        "NaN",
    );
    refuses(
        UpdateGroupMeasurements::new("basin", [measured(), broken]),
        "measurements[1].value",
        "NaN",
    );
    let mut broken = InstantaneousMeasurement::new(1.0, "ONE", "A", NOW).unwrap();
    broken.phase = "FIVE".into();
    let place = "instantaneous_measurement.phase";
    refuses(asset().instantaneous_measurement(broken.clone()), place, "`FIVE`");
    let mut asset = asset();
    asset.instantaneous_measurement = Some(broken);
    let place = "measurements[0].instantaneous_measurement.phase";
    refuses(UpdateAssetMeasurements::new("basin", [asset]), place, "`FIVE`");
}

/// A valid message that was changed is refused before it is sent.
async fn not_sent<M, E>(body: Value, change: impl FnOnce(&mut M), send: impl FnOnce(M) -> E, field: &str)
where
    M: DeserializeOwned,
    E: Endpoint<Api = Oscp, Output = ()>,
{
    let mut changed: M = message(body);
    change(&mut changed);
    let error = refused_message(&send(changed)).await;
    assert_eq!(error.parameter, field, "{error}");
}

#[tokio::test]
async fn sending_a_registration() {
    let change = |message: &mut Register| message.version_url.clear();
    not_sent(messages::register(), change, SendRegister::new, "version_url").await;
}

#[tokio::test]
async fn sending_handshakes() {
    let interval = "required_behaviour.heartbeat_interval";
    let twin = "required_behaviour.measurement_configuration";
    let change = |message: &mut Handshake| message.required_behaviour.as_mut().unwrap().heartbeat_interval = Some(0.9);
    not_sent(messages::handshake(), change, SendHandshake::new, interval).await;
    let change = |message: &mut Handshake| {
        let wanted = message.required_behaviour.as_mut().unwrap();
        wanted
            .measurement_configuration
            .push(MeasurementConfiguration::Continuous);
    };
    not_sent(messages::handshake(), change, SendHandshake::new, twin).await;
    let change = |message: &mut HandshakeAcknowledge| {
        let wanted = message.required_behaviour.as_mut().unwrap();
        wanted.measurement_configuration[1] = "HOURLY".into();
    };
    let place = format!("{twin}[1]");
    not_sent(messages::handshake(), change, SendHandshakeAcknowledge::new, &place).await;
    let change = |message: &mut HandshakeAcknowledge| {
        message.required_behaviour.as_mut().unwrap().heartbeat_interval = Some(f64::NAN);
    };
    not_sent(messages::handshake(), change, SendHandshakeAcknowledge::new, interval).await;
}

#[tokio::test]
async fn sending_forecasts() {
    type Change = (fn(&mut Vec<ForecastedBlock>), &'static str);
    let changes: [Change; 6] = [
        (Vec::clear, "forecasted_blocks"),
        (|blocks| blocks[1].capacity = -1.0, "forecasted_blocks[1].capacity"),
        (|blocks| blocks[0].capacity = f64::NAN, "forecasted_blocks[0].capacity"),
        (|blocks| blocks[0].phase = "FOUR".into(), "forecasted_blocks[0].phase"),
        (|blocks| blocks[0].unit = "MW".into(), "forecasted_blocks[0].unit"),
        (
            |blocks| blocks[0].end_time = blocks[0].start_time,
            "forecasted_blocks[0].end_time",
        ),
    ];
    for (change, field) in changes {
        let update = |message: &mut UpdateGroupCapacityForecast| change(&mut message.forecasted_blocks);
        not_sent(
            messages::forecast(),
            update,
            SendUpdateGroupCapacityForecast::new,
            field,
        )
        .await;
        let adjust = |message: &mut AdjustGroupCapacityForecast| change(&mut message.forecasted_blocks);
        not_sent(
            messages::forecast(),
            adjust,
            SendAdjustGroupCapacityForecast::new,
            field,
        )
        .await;
        let comply = |message: &mut GroupCapacityComplianceError| {
            let blocks = message.forecasted_blocks.as_mut().unwrap();
            blocks.push(blocks[0].clone());
            change(blocks);
        };
        not_sent(
            messages::compliance_error(),
            comply,
            SendGroupCapacityComplianceError::new,
            field,
        )
        .await;
    }
    let update = |message: &mut UpdateGroupCapacityForecast| message.forecast_type = "HOPE".into();
    not_sent(
        messages::forecast(),
        update,
        SendUpdateGroupCapacityForecast::new,
        "type",
    )
    .await;
    let adjust = |message: &mut AdjustGroupCapacityForecast| message.forecast_type = "HOPE".into();
    not_sent(
        messages::forecast(),
        adjust,
        SendAdjustGroupCapacityForecast::new,
        "type",
    )
    .await;
}

#[tokio::test]
async fn sending_measurements() {
    type Change = (fn(&mut EnergyMeasurement), &'static str);
    let changes: [Change; 6] = [
        (|measured| measured.value = f64::INFINITY, "value"),
        (|measured| measured.phase = "FOUR".into(), "phase"),
        (|measured| measured.unit = "MWH".into(), "unit"),
        (|measured| measured.direction = "UP".into(), "direction"),
        (|measured| measured.energy_type = Some("HALF".into()), "energy_type"),
        (
            |measured| measured.initial_measure_time = Some(LATER),
            "initial_measure_time",
        ),
    ];
    for (change, field) in changes {
        let group = |message: &mut UpdateGroupMeasurements| change(&mut message.measurements[0]);
        let place = format!("measurements[0].{field}");
        not_sent(
            messages::group_measurements(),
            group,
            SendUpdateGroupMeasurements::new,
            &place,
        )
        .await;
        let asset = |message: &mut UpdateAssetMeasurements| {
            change(message.measurements[1].energy_measurement.as_mut().unwrap());
        };
        let place = format!("measurements[1].energy_measurement.{field}");
        not_sent(
            messages::asset_measurements(),
            asset,
            SendUpdateAssetMeasurements::new,
            &place,
        )
        .await;
    }
    type OfAsset = (fn(&mut AssetMeasurement), &'static str);
    let changes: [OfAsset; 4] = [
        (|asset| asset.asset_category = "SHIP".into(), "asset_category"),
        (
            |asset| asset.instantaneous_measurement.as_mut().unwrap().value = f64::NAN,
            "instantaneous_measurement.value",
        ),
        (
            |asset| asset.instantaneous_measurement.as_mut().unwrap().phase = "FOUR".into(),
            "instantaneous_measurement.phase",
        ),
        (
            |asset| asset.instantaneous_measurement.as_mut().unwrap().unit = "V".into(),
            "instantaneous_measurement.unit",
        ),
    ];
    for (change, field) in changes {
        let asset = |message: &mut UpdateAssetMeasurements| change(&mut message.measurements[1]);
        let place = format!("measurements[1].{field}");
        not_sent(
            messages::asset_measurements(),
            asset,
            SendUpdateAssetMeasurements::new,
            &place,
        )
        .await;
    }
    let empty = |message: &mut UpdateGroupMeasurements| message.measurements.clear();
    not_sent(
        messages::group_measurements(),
        empty,
        SendUpdateGroupMeasurements::new,
        "measurements",
    )
    .await;
    let empty = |message: &mut UpdateAssetMeasurements| message.measurements.clear();
    not_sent(
        messages::asset_measurements(),
        empty,
        SendUpdateAssetMeasurements::new,
        "measurements",
    )
    .await;
}
