//! OSCP messages: each type from JSON and back, made by hand, and what stays open in them.

use energy_core::check::{Direction, Rules};
use energy_core::time::macros::datetime;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use solarnet_oscp::Secret;
use solarnet_oscp::oscp::*;

use crate::support::messages::*;

fn read<M: DeserializeOwned>(body: &Value) -> M {
    serde_json::from_value(body.clone()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// From JSON to the type and back, from a text as well as from a value.
fn round_trip<M: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(body: &Value) -> M {
    let message: M = read(body);
    assert_eq!(serde_json::to_value(&message).unwrap(), *body);
    let again: M = serde_json::from_str(&serde_json::to_string_pretty(&message).unwrap()).unwrap();
    assert_eq!(again, message);
    let mut more = body.clone();
    more["x_of_a_later_version"] = json!({"is": "passed over"});
    assert_eq!(read::<M>(&more), message);
    message
}

#[test]
fn register_there_and_back() {
    let message: Register = round_trip(&register());
    assert_eq!(message.token, Secret::new("pelican-token-81"));
    assert_eq!(message.version_url.len(), 2);
    assert_eq!(message.version_url[0].version, "2.0");
    assert_eq!(
        message.version_url[1].base_url,
        "https://grid.lakeside.example/oscp/cp/1.0"
    );
    round_trip::<VersionUrl>(&register()["version_url"][0]);
    assert!(!format!("{message:?}").contains("pelican"));

    let versions = [
        VersionUrl::new("2.0", "https://grid.lakeside.example/oscp/cp/2.0"),
        VersionUrl::new("1.0", "https://grid.lakeside.example/oscp/cp/1.0"),
    ];
    assert_eq!(Register::new("pelican-token-81", versions).unwrap(), message);
}

#[test]
fn handshake_there_and_back() {
    let message: Handshake = round_trip(&handshake());
    let wanted = message.required_behaviour.clone().unwrap();
    assert_eq!(wanted.heartbeat_interval, Some(37.5));
    let styles = [
        MeasurementConfiguration::Intermittent,
        MeasurementConfiguration::Continuous,
    ];
    assert_eq!(wanted.measurement_configuration, styles);
    round_trip::<RequiredBehaviour>(&handshake()["required_behaviour"]);
    let made = RequiredBehaviour::new(styles)
        .unwrap()
        .heartbeat_interval(37.5)
        .unwrap();
    assert_eq!(Handshake::new().required_behaviour(made.clone()).unwrap(), message);

    let answer: HandshakeAcknowledge = round_trip(&handshake());
    assert_eq!(answer.required_behaviour, Some(wanted));
    assert_eq!(HandshakeAcknowledge::new().required_behaviour(made).unwrap(), answer);

    assert_eq!(round_trip::<Handshake>(&json!({})), Handshake::new());
    assert_eq!(
        round_trip::<HandshakeAcknowledge>(&json!({})),
        HandshakeAcknowledge::default()
    );
    let nothing = json!({"required_behaviour": {"measurement_configuration": []}});
    round_trip::<Handshake>(&nothing);
}

#[test]
fn heartbeat_there_and_back() {
    let message: Heartbeat = round_trip(&heartbeat());
    assert_eq!(message.offline_mode_at, datetime!(2026-06-16 13:39:05 UTC));
    assert_eq!(Heartbeat::new(datetime!(2026-06-16 13:39:05 UTC)), message);
}

#[test]
fn forecast_there_and_back() {
    let message: UpdateGroupCapacityForecast = round_trip(&forecast());
    assert_eq!(message.group_id, "basin-east");
    assert_eq!(message.forecast_type, CapacityForecastType::FallbackGeneration);
    assert_eq!(message.forecasted_blocks.len(), 2);
    let first = &message.forecasted_blocks[0];
    assert_eq!((first.capacity, &first.phase), (61.25, &PhaseIndicator::Two));
    assert_eq!(first.unit, ForecastedBlockUnit::Kilowatts);
    assert_eq!(first.start_time, datetime!(2026-06-16 14:00 UTC));
    assert_eq!(first.end_time, datetime!(2026-06-16 14:05:00.5 UTC));
    assert_eq!(message.forecasted_blocks[1].start_time, datetime!(2026-06-16 16:05 +02));
    let second = &message.forecasted_blocks[1];
    assert_eq!((second.capacity, &second.unit), (0.0, &ForecastedBlockUnit::Amperes));
    round_trip::<ForecastedBlock>(&block());

    let blocks = [
        ForecastedBlock::new(
            61.25,
            PhaseIndicator::Two,
            ForecastedBlockUnit::Kilowatts,
            datetime!(2026-06-16 14:00 UTC),
            datetime!(2026-06-16 14:05:00.5 UTC),
        )
        .unwrap(),
        ForecastedBlock::new(
            0.0,
            PhaseIndicator::Two,
            ForecastedBlockUnit::Amperes,
            datetime!(2026-06-16 16:05 +02),
            datetime!(2026-06-16 16:10 +02),
        )
        .unwrap(),
    ];
    let kind = CapacityForecastType::FallbackGeneration;
    let made = UpdateGroupCapacityForecast::new("basin-east", kind.clone(), blocks.clone()).unwrap();
    assert_eq!(made, message);

    let adjusted: AdjustGroupCapacityForecast = round_trip(&forecast());
    assert_eq!(
        AdjustGroupCapacityForecast::new("basin-east", kind, blocks).unwrap(),
        adjusted
    );
}

#[test]
fn compliance_error_there_and_back() {
    let message: GroupCapacityComplianceError = round_trip(&compliance_error());
    assert_eq!(message.message, "The evening ferry must leave full.");
    let blocks = message.forecasted_blocks.clone().unwrap();
    assert_eq!(blocks, [read::<ForecastedBlock>(&block())]);
    let made = GroupCapacityComplianceError::new("The evening ferry must leave full.");
    assert_eq!(made.clone().forecasted_blocks(blocks).unwrap(), message);
    let bare = json!({"message": "The evening ferry must leave full."});
    assert_eq!(round_trip::<GroupCapacityComplianceError>(&bare), made);
}

#[test]
fn group_measurements_there_and_back() {
    let message: UpdateGroupMeasurements = round_trip(&group_measurements());
    assert_eq!(
        (message.group_id.as_str(), message.measurements.len()),
        ("basin-east", 1)
    );
    let measured = &message.measurements[0];
    assert_eq!((measured.value, &measured.phase), (-1804.75, &PhaseIndicator::All));
    assert_eq!(measured.unit, EnergyMeasurementUnit::WattHours);
    assert_eq!(measured.direction, EnergyFlowDirection::Export);
    assert_eq!(measured.energy_type, Some(EnergyType::NonFlexible));
    assert_eq!(measured.measure_time, datetime!(2026-06-16 13:30 UTC));
    assert_eq!(measured.initial_measure_time, Some(datetime!(2026-06-16 13:15 UTC)));
    round_trip::<EnergyMeasurement>(&energy_measurement());

    let bare = EnergyMeasurement::new(
        -1804.75,
        PhaseIndicator::All,
        EnergyMeasurementUnit::WattHours,
        EnergyFlowDirection::Export,
        datetime!(2026-06-16 13:30 UTC),
    )
    .unwrap();
    let full = bare
        .clone()
        .energy_type(EnergyType::NonFlexible)
        .unwrap()
        .initial_measure_time(datetime!(2026-06-16 13:15 UTC));
    assert_eq!(
        UpdateGroupMeasurements::new("basin-east", [full.unwrap()]).unwrap(),
        message
    );
    let mut body = energy_measurement();
    for optional in ["energy_type", "initial_measure_time"] {
        body.as_object_mut().unwrap().remove(optional);
    }
    assert_eq!(round_trip::<EnergyMeasurement>(&body), bare);
}

#[test]
fn asset_measurements_there_and_back() {
    let message: UpdateAssetMeasurements = round_trip(&asset_measurements());
    assert_eq!(
        (message.group_id.as_str(), message.measurements.len()),
        ("basin-east", 2)
    );
    let bare = AssetMeasurement::new("ferry-2", AssetCategory::Charging).unwrap();
    assert_eq!(message.measurements[0], bare);
    let measured = &message.measurements[1];
    assert_eq!(measured.asset_id, "ferry-1");
    assert_eq!(measured.asset_category, AssetCategory::Storage);
    let instantaneous = measured.instantaneous_measurement.as_ref().unwrap();
    assert_eq!(
        (instantaneous.value, &instantaneous.phase),
        (14.5, &PhaseIndicator::Three)
    );
    assert_eq!(instantaneous.unit, InstantaneousMeasurementUnit::Amperes);
    assert_eq!(instantaneous.measure_time, datetime!(2026-06-16 13:30 UTC));
    round_trip::<InstantaneousMeasurement>(&instantaneous_measurement());
    round_trip::<AssetMeasurement>(&asset_measurement());

    let made = AssetMeasurement::new("ferry-1", AssetCategory::Storage)
        .unwrap()
        .energy_measurement(read::<EnergyMeasurement>(&energy_measurement()))
        .unwrap()
        .instantaneous_measurement(
            InstantaneousMeasurement::new(
                14.5,
                PhaseIndicator::Three,
                InstantaneousMeasurementUnit::Amperes,
                datetime!(2026-06-16 13:30 UTC),
            )
            .unwrap(),
        )
        .unwrap();
    assert_eq!(
        UpdateAssetMeasurements::new("basin-east", [bare, made]).unwrap(),
        message
    );
}

#[test]
fn the_others_there_and_back() {
    let parts: PaginatedRequest = round_trip(&json!({"segment_index": 3, "segment_count": 8}));
    assert_eq!(PaginatedRequest::new(3, 8), parts);
    let said: ErrorMessage = round_trip(&json!({"message": "No."}));
    assert_eq!(ErrorMessage::new().message("No."), said);
    assert_eq!(round_trip::<ErrorMessage>(&json!({})), ErrorMessage::default());
}

#[test]
fn an_absent_value_may_be_null_when_it_is_read() {
    assert_eq!(
        read::<Handshake>(&json!({"required_behaviour": null})),
        Handshake::new()
    );
    let mut body = energy_measurement();
    body["initial_measure_time"] = Value::Null;
    body["energy_type"] = Value::Null;
    let message: EnergyMeasurement = read(&body);
    assert_eq!((message.initial_measure_time, message.energy_type), (None, None));
}

/// Nothing that a newer sender says is lost on the way through, wherever it stands.
#[test]
fn names_that_are_not_known_are_kept_at_every_depth() {
    let mut body = asset_measurements();
    let measured = &mut body["measurements"][1];
    measured["asset_category"] = json!("HARBOUR");
    measured["energy_measurement"]["unit"] = json!("MWH");
    measured["energy_measurement"]["direction"] = json!("SIDEWAYS");
    measured["energy_measurement"]["energy_type"] = json!("SEMIFLEXIBLE");
    measured["energy_measurement"]["phase"] = json!("FOUR");
    measured["instantaneous_measurement"]["unit"] = json!("HP");
    let message: UpdateAssetMeasurements = round_trip(&body);
    assert!(
        matches!(&message.measurements[1].asset_category, AssetCategory::Unknown(word) if word.as_str() == "HARBOUR")
    );
    assert!(message.check(Direction::Read).is_ok());
    let error = message.check(Direction::Sent).unwrap_err();
    assert!(error.parameter.starts_with("measurements[1]."), "{error}");

    let mut body = forecast();
    body["type"] = json!("HOPE");
    body["forecasted_blocks"][1]["unit"] = json!("MW");
    round_trip::<AdjustGroupCapacityForecast>(&body);
    let body = json!({"required_behaviour": {"measurement_configuration": ["SPORADIC"]}});
    round_trip::<Handshake>(&body);
}

/// Rules that no schema has hold for what is made, and not for what is read.
#[test]
fn times_in_the_wrong_order() {
    let mut body = block();
    body["end_time"] = body["start_time"].clone();
    let read_block: ForecastedBlock = read(&body);
    let error = read_block.check(Direction::Sent).unwrap_err();
    assert_eq!(
        (error.parameter.as_ref(), error.reason.as_str()),
        ("end_time", "must be after start_time")
    );
    let made = ForecastedBlock::new(
        1.0,
        PhaseIndicator::All,
        ForecastedBlockUnit::Watts,
        datetime!(2026-06-16 14:00:01 UTC),
        datetime!(2026-06-16 16:00 +02),
    );
    assert_eq!(made.unwrap_err().parameter, "end_time", "compared as instants");

    let mut body = energy_measurement();
    body["initial_measure_time"] = json!("2026-06-16T13:30:00.001Z");
    let backwards: EnergyMeasurement = read(&body);
    assert_eq!(
        backwards.check(Direction::Sent).unwrap_err().parameter,
        "initial_measure_time"
    );
    let error = UpdateGroupMeasurements::new("basin-east", [backwards]).unwrap_err();
    assert_eq!(error.parameter, "measurements[0].initial_measure_time");
    body["initial_measure_time"] = body["measure_time"].clone();
    assert!(read::<EnergyMeasurement>(&body).check(Direction::Sent).is_ok());
}
