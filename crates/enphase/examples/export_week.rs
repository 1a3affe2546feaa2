//! Five-minute production of a week as CSV, on standard output.
//!
//! ```text
//! cargo run -p enphase --example export_week > week.csv
//! ```
//!
//! It speaks to the sandbox; `support/mod.rs` says how it speaks to the real service.
#![expect(clippy::print_stderr, reason = "the table is on standard output, so words are not")]

mod support;

use std::error::Error;
use std::io;

use energy_sandbox::{EnphasePerson, Sandbox};
use enphase::energy_core::model::Interval;
use enphase::energy_core::time::format_description::well_known::Rfc3339;
use enphase::energy_core::time::{Duration, macros::datetime};
use enphase::v4::{GetProductionMicroTelemetry, ListSystems};
use enphase::{Spanned, next_report};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().at(datetime!(2026-06-21 18:00 UTC)).start().await?;
    let (client, now) = support::client(&sandbox, EnphasePerson::Owner)?;
    let page = client.send(&ListSystems::new()).await?;
    let system = page.systems.first().ok_or("this login sees no system")?;

    // Any span will do: it is split into what one answer may cover, and joined again.
    let week = Interval::new(now - Duration::WEEK, now)?;
    let mut readings = client.items(GetProductionMicroTelemetry::new(system.system_id).over(week));

    let mut table = csv::Writer::from_writer(io::stdout());
    table.write_record(["start", "end", "watt_hours", "watts", "complete"])?;
    let mut incomplete = 0;
    while let Some(reading) = readings.next().await {
        let reading = reading?;
        incomplete += usize::from(!reading.is_complete());
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        table.write_record([
            reading.interval.start().format(&Rfc3339)?,
            reading.interval.end().format(&Rfc3339)?,
            number(reading.data.enwh),
            number(reading.data.powr),
            reading.is_complete().to_string(),
        ])?;
    }
    table.flush()?;

    if let Some(last) = system.last_report_at {
        let next = next_report(last, system.connection_type.as_ref(), now);
        eprintln!("{incomplete} intervals are not complete yet; it is worth asking again at {next}");
    }
    Ok(())
}
