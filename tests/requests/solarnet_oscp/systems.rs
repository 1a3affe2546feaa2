//! The settings of a user, and the systems at the other end.

use solarnet_oscp::*;

use super::{HEADER_SECRET, NODE, OAUTH_SECRET, OPTIMIZER, PROVIDER, Sample};

pub(super) fn settings() -> Vec<Sample> {
    let input = UserSettingsInput::new(NodeId::from(NODE))
        .publish_to_solar_in(true)
        .publish_to_solar_flux(false)
        .source_id_template("/quay/{role}/{actionCode}/{cg}");
    vec![
        Sample::of(GetUserSettings::new()),
        Sample::of(UpdateUserSettings::new(input)),
        Sample::of(DeleteUserSettings::new()),
    ]
}

/// With all that they can have, two secrets among it.
fn properties() -> ServiceProperties {
    let client = OauthClient::new(
        "https://id.headland.example/token",
        "solarnetwork-at-quay",
        OAUTH_SECRET,
    );
    ServiceProperties::new()
        .oauth(client)
        .header("X-Api-Key", HEADER_SECRET)
        .url_path(UrlPath::Register, "/enrol")
        .group_asset_measurement(true)
        .group_combined_asset_id("quay-in-all")
}

pub(super) fn providers() -> Vec<Sample> {
    let id = CapacityProviderId::from(PROVIDER);
    let input = || {
        CapacityProviderInput::new("Headland Grid")
            .enabled(true)
            .base_url("https://oscp.headland.example/cp")
            .oscp_version("2.0")
            .registration_status(RegistrationStatus::Registered)
            .service_props(properties())
    };
    vec![
        Sample::of(ListCapacityProviders::new()),
        Sample::of(CreateCapacityProvider::new(input())),
        Sample::of(GetCapacityProvider::new(id)),
        Sample::of(UpdateCapacityProvider::new(id, input())),
        Sample::of(DeleteCapacityProvider::new(id)),
    ]
}

pub(super) fn optimizers() -> Vec<Sample> {
    let id = CapacityOptimizerId::from(OPTIMIZER);
    let input = || {
        CapacityOptimizerInput::new("Quay Planner")
            .enabled(true)
            .base_url("https://oscp.planner.example/co")
            .oscp_version("2.0")
            .registration_status(RegistrationStatus::Pending)
            .service_props(properties())
    };
    vec![
        Sample::of(ListCapacityOptimizers::new()),
        Sample::of(CreateCapacityOptimizer::new(input())),
        Sample::of(GetCapacityOptimizer::new(id)),
        Sample::of(UpdateCapacityOptimizer::new(id, input())),
        Sample::of(DeleteCapacityOptimizer::new(id)),
    ]
}
