//! The messages of OSCP 2.0.

use energy_core::ClientBuilder;
use solarnet_oscp::oscp::*;
use time::{Duration, OffsetDateTime};

use super::{Connect, NOW, Place, Sample, Service};

const TOKEN: &str = "tK7+wRz3/eLbQ1nXvD5mUyHg";
/// What a registration hands over.
const NEXT_TOKEN: &str = "osprey-token-46";

pub(super) const SERVICE: Service = Service {
    name: "OSCP 2.0",
    description: "crates/solarnet-oscp/oscp-2.0.yaml",
    operations: OPERATIONS,
    secrets: &[TOKEN, NEXT_TOKEN],
    tokens: None,
    samples,
};

impl Connect for Oscp {
    fn connect(place: &Place) -> ClientBuilder<Self> {
        let credentials = Credentials::token(TOKEN).expect("the token is well formed");
        Client::builder(credentials).base_url(&format!("{}/oscp/fp/2.0", place.origin))
    }
}

const GROUP: &str = "quay-west";

fn samples() -> Vec<Sample> {
    made().expect("the messages are well formed")
}

fn made() -> Result<Vec<Sample>, energy_core::BuildError> {
    let version = VersionUrl::new("2.0", "https://grid.headland.example/oscp/cp/2.0");
    let heard_both = || {
        [
            MeasurementConfiguration::Continuous,
            MeasurementConfiguration::Intermittent,
        ]
    };
    let behaviour = || RequiredBehaviour::new(heard_both())?.heartbeat_interval(42.5);
    let forecast = CapacityForecastType::Consumption;
    Ok(vec![
        Sample::of(SendRegister::new(Register::new(NEXT_TOKEN, [version])?)),
        Sample::of(SendHandshake::new(Handshake::new().required_behaviour(behaviour()?)?)),
        Sample::of(SendHandshakeAcknowledge::new(
            HandshakeAcknowledge::new().required_behaviour(behaviour()?)?,
        )),
        Sample::of(SendHeartbeat::new(Heartbeat::new(NOW + Duration::minutes(3)))),
        Sample::of(SendUpdateGroupCapacityForecast::new(UpdateGroupCapacityForecast::new(
            GROUP,
            forecast.clone(),
            blocks()?,
        )?)),
        Sample::of(SendAdjustGroupCapacityForecast::new(AdjustGroupCapacityForecast::new(
            GROUP,
            forecast,
            blocks()?,
        )?)),
        Sample::of(SendGroupCapacityComplianceError::new(
            GroupCapacityComplianceError::new("The night ferry waits.").forecasted_blocks(blocks()?)?,
        )),
        Sample::of(SendUpdateGroupMeasurements::new(UpdateGroupMeasurements::new(
            GROUP,
            [energy()?],
        )?)),
        Sample::of(SendUpdateAssetMeasurements::new(UpdateAssetMeasurements::new(
            GROUP,
            [asset()?],
        )?)),
    ])
}

/// Two quarters of an hour after [`NOW`].
fn blocks() -> Result<Vec<ForecastedBlock>, energy_core::BuildError> {
    let at = |minutes| NOW + Duration::minutes(minutes);
    let block = |capacity, start: OffsetDateTime, end: OffsetDateTime| {
        ForecastedBlock::new(
            capacity,
            PhaseIndicator::All,
            ForecastedBlockUnit::Kilowatts,
            start,
            end,
        )
    };
    Ok(vec![block(48.5, at(0), at(15))?, block(36.0, at(15), at(30))?])
}

fn energy() -> Result<EnergyMeasurement, energy_core::BuildError> {
    let (unit, direction) = (EnergyMeasurementUnit::KilowattHours, EnergyFlowDirection::Import);
    EnergyMeasurement::new(912.75, PhaseIndicator::All, unit, direction, NOW)?
        .energy_type(EnergyType::Flexible)?
        .initial_measure_time(NOW - Duration::minutes(15))
}

fn asset() -> Result<AssetMeasurement, energy_core::BuildError> {
    let (phase, unit) = (PhaseIndicator::Two, InstantaneousMeasurementUnit::Amperes);
    AssetMeasurement::new("shore-3", AssetCategory::Charging)?
        .energy_measurement(energy()?)?
        .instantaneous_measurement(InstantaneousMeasurement::new(31.25, phase, unit, NOW)?)
}
