//! Groups with their settings and assets, and instructions.

use solarnet_oscp::oscp::GroupCapacityComplianceError;
use solarnet_oscp::*;

use super::{GROUP, HEADER_SECRET, NODE, OPTIMIZER, PROVIDER, Sample};

pub(super) fn groups() -> Vec<Sample> {
    let id = CapacityGroupId::from(GROUP);
    let input = || {
        CapacityGroupInput::new(
            "West quay",
            "quay-west",
            CapacityProviderId::from(PROVIDER),
            MeasurementPeriod::FifteenMinute,
            CapacityOptimizerId::from(OPTIMIZER),
            MeasurementPeriod::FiveMinute,
        )
        .enabled(true)
        .service_props(ServiceProperties::new().group_combined_asset_id("quay-west-all"))
    };
    let settings = CapacityGroupSettingsInput::new(NodeId::from(NODE))
        .publish_to_solar_in(false)
        .publish_to_solar_flux(true)
        .source_id_template("/quay/{cg}/{actionCode}");
    vec![
        Sample::of(ListCapacityGroups::new()),
        Sample::of(CreateCapacityGroup::new(input())),
        Sample::of(GetCapacityGroup::new(id)),
        Sample::of(UpdateCapacityGroup::new(id, input())),
        Sample::of(DeleteCapacityGroup::new(id)),
        Sample::of(ListCapacityGroupSettings::new()),
        Sample::of(GetCapacityGroupSettings::new(id)),
        Sample::of(UpdateCapacityGroupSettings::new(id, settings)),
        Sample::of(DeleteCapacityGroupSettings::new(id)),
        Sample::of(ListCapacityGroupAssets::new(id)),
    ]
}

pub(super) fn assets() -> Vec<Sample> {
    let id = AssetId::from(2290);
    let energy = AssetEnergy::new(
        ["watt_hours".to_owned()],
        MeasurementUnit::KilowattHours,
        StatisticType::Difference,
        EnergyType::Total,
        EnergyDirection::Import,
    );
    let instantaneous = AssetInstantaneous::new(
        ["amps_a".to_owned(), "amps_b".to_owned()],
        MeasurementUnit::Amperes,
        StatisticType::Average,
    );
    let input = AssetInput::new(
        "Shore power 3",
        CapacityGroupId::from(GROUP),
        "shore-3",
        OscpRole::CapacityOptimizer,
        NodeId::from(NODE),
        "/quay/shore/3",
        AssetCategory::Consumption,
        Phase::All,
    )
    .enabled(true)
    .energy(energy.multiplier(0.001))
    .instantaneous(instantaneous.multiplier(0.1))
    .service_props(ServiceProperties::new().header("X-Berth", HEADER_SECRET));
    vec![
        Sample::of(CreateAsset::new(input.clone())),
        Sample::of(GetAsset::new(id)),
        Sample::of(UpdateAsset::new(id, input)),
        Sample::of(DeleteAsset::new(id)),
    ]
}

pub(super) fn instructions() -> Vec<Sample> {
    let message = GroupCapacityComplianceError::new("Two ferries charge at the same time tonight.");
    let optimizer = CapacityOptimizerId::from(OPTIMIZER);
    let instruction = AddOscpInstruction::of(NodeId::from(NODE), optimizer, "quay-west", &message);
    vec![
        Sample::of(instruction.expect("the message is well formed")),
        Sample::of(ViewInstruction::new(InstructionId::from(88_120_417))),
    ]
}
