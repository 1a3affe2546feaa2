//! A year of daily production in one call.
//!
//! ```text
//! cargo run -p enphase --example yearly_production
//! ```
//!
//! It speaks to the sandbox; `support/mod.rs` says how it speaks to the real service.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod support;

use std::error::Error;

use energy_sandbox::{EnphasePerson, Sandbox};
use enphase::energy_core::model::WattHours;
use enphase::energy_core::time::{Duration, macros::datetime};
use enphase::v4::{GetEnergyLifetime, ListSystems};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().at(datetime!(2026-03-02 18:00 UTC)).start().await?;
    let (client, now) = support::client(&sandbox, EnphasePerson::Owner)?;
    let page = client.send(&ListSystems::new()).await?;
    let system = page.systems.first().ok_or("this login sees no system")?;
    let zone = system
        .time_zone()
        .ok_or("the system does not say where its days begin")?;

    // Days are the site's. The answer says itself with which day it begins.
    let today = zone.date_at(now)?;
    let year = GetEnergyLifetime::new(system.system_id)
        .start_date(today - Duration::days(365))
        .end_date(today - Duration::days(1));
    let lifetime = client.send(&year).await?;

    let mut months: Vec<(i32, u8, WattHours)> = Vec::new();
    for (day, energy) in lifetime.days()? {
        let (year, month) = (day.year(), u8::from(day.month()));
        match months.last_mut() {
            Some((y, m, sum)) if (*y, *m) == (year, month) => *sum += energy,
            _ => months.push((year, month, energy)),
        }
    }
    println!("{} ({})", system.name.as_deref().unwrap_or("system"), system.system_id);
    for (year, month, energy) in months {
        println!("{year}-{month:02} {:>8.1} kWh", energy.kilowatt_hours());
    }

    // The same as a series: days of 23 to 25 hours, what has not been reported is missing and not zero.
    let series = lifetime.daily(&zone)?;
    let energies = series
        .points()
        .iter()
        .filter_map(|day| Some((day.interval, day.value?)));
    if let Some((day, energy)) = energies.max_by(|one, other| one.1.0.total_cmp(&other.1.0)) {
        println!(
            "best day: {}, {:.1} kWh",
            zone.date_at(day.start())?,
            energy.kilowatt_hours()
        );
    }
    Ok(())
}
