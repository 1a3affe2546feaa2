//! A week of five-minute production of each inverter, with the total of the plant beside the sum.
//!
//! ```text
//! cargo run -p solarlog-enerest --example inverter_week
//! ```
//!
//! It speaks to the sandbox. For the real service set `SOLARLOG_PORTAL`, `SOLARLOG_CLIENT_ID`, `SOLARLOG_CLIENT_SECRET` and
//! `SOLARLOG_PLANT`; inverters need the package Advanced.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::time::Duration;

use energy_core::clock::{Clock, SystemClock};
use energy_core::model::WattHours;
use energy_core::time::{Date, macros::datetime};
use energy_sandbox::Sandbox;
use solarlog_enerest::{
    Application, Assembly, Channel, Client, ComponentType, Credentials, DayRange, Epochs, GetChannels,
    GetCrossEpochChannels, ListComponents, Package, PlantId, base_url,
};

/// What is further apart than two values are, as before and after a gap or a night, is not joined.
const GAP: Duration = Duration::from_secs(300);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().at(datetime!(2026-06-21 18:00 UTC)).start().await?;
    let (client, plant, today) = connect(&sandbox)?;
    let week = DayRange::new(
        today - energy_core::time::Duration::days(7),
        today.previous_day().ok_or("no day")?,
    )?;

    // A component has another id when the plant was changed: both ends of the week are asked.
    let before = client.send(&ListComponents::new(plant.clone(), week.first())).await?;
    let after = client.send(&ListComponents::new(plant.clone(), week.last())).await?;
    let names: BTreeMap<&str, &str> = before
        .iter()
        .chain(&after)
        .filter(|component| component.kind == Some(ComponentType::Inverter))
        .filter_map(|component| Some((component.cross_epoch_id.as_ref()?.as_str(), component.name.as_deref()?)))
        .collect();
    let epochs = Epochs::new().with(&before).with(&after);

    let channels = vec![Channel::ProdPac];
    let inverters: Vec<_> = names.keys().map(|id| (*id).into()).collect();
    let request = GetCrossEpochChannels::of_days(plant.clone(), inverters, channels.clone(), week);
    let data = client.send(&request).await?;
    let mut sum = WattHours::ZERO;
    for series in Assembly::new().across(epochs).within(week).series(&data)? {
        let energy = total(&series.watts()?.integrate(GAP)?);
        let device = series.device.as_deref().unwrap_or_default();
        let gaps = series.points.iter().filter(|sample| sample.value.is_none()).count();
        println!(
            "{:<14} {:>8.1} kWh  ({} values, {gaps} of them gaps)",
            names.get(device).unwrap_or(&device),
            energy.kilowatt_hours(),
            series.points.len()
        );
        sum += energy;
    }

    println!("{:<14} {:>8.1} kWh", "their sum", sum.kilowatt_hours());
    let request = GetChannels::of_days(plant, channels, week);
    let data = client.send(&request).await?;
    for series in Assembly::new().within(week).series(&data)? {
        let energy = total(&series.watts()?.integrate(GAP)?);
        println!("{:<14} {:>8.1} kWh", "the plant", energy.kilowatt_hours());
    }
    Ok(())
}

/// A client, a plant, and what day it is by universal time: the week ends on the day before.
fn connect(sandbox: &Sandbox) -> Result<(Client, PlantId, Date), Box<dyn Error>> {
    if let Ok(portal) = env::var("SOLARLOG_PORTAL") {
        let application = Application::new(env::var("SOLARLOG_CLIENT_ID")?, env::var("SOLARLOG_CLIENT_SECRET")?)?;
        let client = Client::builder(Credentials::new(application, Package::Advanced))
            .base_url(&base_url(&portal)?)
            .build()?;
        let plant = PlantId::from(env::var("SOLARLOG_PLANT")?);
        return Ok((client, plant, SystemClock::new().now().date()));
    }
    let service = sandbox.solarlog_enerest();
    let keys = service.credentials().advanced;
    let application = Application::new(keys.client_id, keys.client_secret)?;
    let client = Client::builder(Credentials::new(application, Package::Advanced).token_url(&service.token_url()))
        .base_url(&service.base_url(&keys.portal))
        .build()?;
    Ok((client, PlantId::from(service.plant().plant_id), sandbox.now().date()))
}

/// The energy of all intervals.
fn total(intervals: &energy_core::model::Series<energy_core::model::IntervalReading<WattHours>>) -> WattHours {
    let energies = intervals.points().iter().filter_map(|interval| interval.value);
    energies.fold(WattHours::ZERO, |sum, energy| sum + energy)
}
