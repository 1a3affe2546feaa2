//! What a plant will give tomorrow, in a program without async.
//!
//! ```text
//! cargo run -p forecast-solar --example blocking --features blocking
//! ```
//!
//! It speaks to the sandbox, whose clock stands still.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::error::Error;

use energy_core::blocking;
use energy_core::time::macros::datetime;
use energy_sandbox::Sandbox;
use forecast_solar::{Client, Credentials, GetEstimate, Plane};

fn main() -> Result<(), Box<dyn Error>> {
    // The sandbox is async. It goes on in the background, on the thread that also sends the blocking calls.
    let start = Sandbox::builder().at(datetime!(2026-06-21 10:00 UTC)).start();
    let sandbox = blocking::wait(start)??;

    let client = Client::builder(Credentials::public())
        .base_url(sandbox.forecast_solar().base_url())
        .build()?
        .blocking();
    let forecast = client
        .send(&GetEstimate::new(52.52, 13.405, Plane::new(35, 0, 5.4)))?
        .forecast()?;

    let tomorrow = sandbox.now().date().next_day();
    let day = forecast.days.iter().find(|day| Some(day.date) == tomorrow);
    let day = day.ok_or("the forecast does not reach tomorrow")?;
    println!("{}: {:.2} kWh", day.date, day.energy.kilowatt_hours());
    Ok(())
}
