//! Every system that an installer sees, in as few calls as there can be, and those that need a visit.
//!
//! ```text
//! cargo run -p enphase --example list_systems
//! ```
//!
//! It speaks to the sandbox; `support/mod.rs` says how it speaks to the real service.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod support;

use std::collections::BTreeMap;
use std::error::Error;

use energy_sandbox::{EnphasePerson, Sandbox};
use enphase::SystemStatus;
use enphase::v4::{SearchSystems, SearchableStatus, SystemFilter, SystemSearch};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let (client, _) = support::client(&sandbox, EnphasePerson::Installer)?;

    // A search gives up to 1,000 systems in one call, a list 100: 2,500 systems take three calls instead of 25.
    let mut by_status: BTreeMap<String, usize> = BTreeMap::new();
    let everything = SystemSearch::new(SystemFilter::new());
    let mut systems = client.items(SearchSystems::new(everything));
    while let Some(system) = systems.next().await {
        let status = system?.status.unwrap_or(SystemStatus::NotKnown);
        *by_status.entry(status.to_string()).or_default() += 1;
    }
    for (status, count) in &by_status {
        println!("{count:>5} {status}");
    }

    // Those whose gateways do not report; five of them. Only twelve statuses can be searched for.
    let silent = SystemFilter::new().statuses(vec![SearchableStatus::Communication]);
    let page = client
        .send(&SearchSystems::new(SystemSearch::new(silent)).size(5))
        .await?;
    println!("{} do not report, among them:", page.total.unwrap_or_default());
    for system in page.systems {
        let name = system.name.as_deref().unwrap_or("without a name");
        let last = system.last_report_at.map(|at| at.date().to_string());
        println!(
            "{} {name}: last heard of on {}",
            system.system_id,
            last.as_deref().unwrap_or("no day")
        );
    }
    Ok(())
}
