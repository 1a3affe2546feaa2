//! Sets an account up for OSCP: a capacity provider, a capacity optimizer, a group of both, and an asset; then changes
//! one thing of the group and leaves the rest as it is.
//!
//! ```text
//! cargo run -p solarnet-oscp --example set_up
//! ```
//!
//! It speaks to the sandbox. Set `SOLARNETWORK_TOKEN`, `SOLARNETWORK_SECRET` and `SOLARNETWORK_NODE` to **really** create
//! these things in an account with the role ROLE_OSCP; they are deleted at the end.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::env;
use std::error::Error;

use energy_sandbox::Sandbox;
use solarnet_oscp::{
    AssetCategory, AssetEnergy, AssetInput, CapacityGroupInput, CapacityOptimizerInput, CapacityProviderInput, Client,
    CreateAsset, CreateCapacityGroup, Credentials, DeleteCapacityOptimizer, DeleteCapacityProvider, EnergyDirection,
    EnergyType, MeasurementPeriod, MeasurementUnit, NodeId, OscpRole, Phase, StatisticType, create_and_set_version,
    list_all_assets, update,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let service = sandbox.solarnet_oscp();
    let (client, node) = match (env::var("SOLARNETWORK_TOKEN"), env::var("SOLARNETWORK_SECRET")) {
        (Ok(token), Ok(secret)) => {
            let node: i64 = env::var("SOLARNETWORK_NODE")?.parse()?;
            (Client::new(Credentials::new(token, secret)?)?, node)
        }
        _ => {
            let keys = service.credentials();
            let builder = Client::builder(Credentials::new(keys.token, keys.secret)?).base_url(service.base_url());
            (builder.build()?, service.node_id())
        }
    };

    // Creating alone would forget the OSCP version, and SolarNetwork would not speak to the system.
    let provider = CapacityProviderInput::new("Harbour Grid").enabled(true);
    let provider = create_and_set_version(&client, provider).await?;
    let optimizer = CapacityOptimizerInput::new("Quay Charging").enabled(true);
    let optimizer = create_and_set_version(&client, optimizer).await?;
    for (name, token) in [(&provider.name, &provider.token), (&optimizer.name, &optimizer.token)] {
        let length = token.as_ref().map_or(0, |token| token.expose().len());
        println!("{name}: token of {length} characters, shown this once: {token:?}");
    }

    let group = CapacityGroupInput::new(
        "North quay",
        "north-quay",
        provider.config_id,
        MeasurementPeriod::FifteenMinute,
        optimizer.config_id,
        MeasurementPeriod::FiveMinute,
    );
    let group = client.send(&CreateCapacityGroup::new(group.enabled(true))).await?;

    let energy = AssetEnergy::new(
        vec!["wattHours".to_owned()],
        MeasurementUnit::WattHours,
        StatisticType::Difference,
        EnergyType::Total,
        EnergyDirection::Import,
    );
    let crane = AssetInput::new(
        "Crane 2",
        group.config_id,
        "crane-2",
        OscpRole::CapacityOptimizer,
        NodeId::from(node),
        "/quay/north/crane/2",
        AssetCategory::Consumption,
        Phase::All,
    );
    client
        .send(&CreateAsset::new(crane.enabled(true).energy(energy)))
        .await?;

    // The service replaces what it is sent; this reads first, and changes one thing.
    let group = update(&client, group.config_id, |group| {
        group.capacity_provider_measurement_period = MeasurementPeriod::Hour;
    })
    .await?;
    println!(
        "{}: reports to the provider every {:?}, to the optimizer every {:?}",
        group.identifier,
        group
            .capacity_provider_measurement_period
            .duration()
            .unwrap_or_default(),
        group
            .capacity_optimizer_measurement_period
            .duration()
            .unwrap_or_default(),
    );
    for asset in list_all_assets(&client).await? {
        println!(
            "asset {}: {} {} on {}",
            asset.identifier, asset.category, asset.phase, asset.source_id
        );
    }

    // Takes the group and its asset along.
    client.send(&DeleteCapacityProvider::new(provider.config_id)).await?;
    client.send(&DeleteCapacityOptimizer::new(optimizer.config_id)).await?;
    println!("assets left: {}", list_all_assets(&client).await?.len());
    Ok(())
}
