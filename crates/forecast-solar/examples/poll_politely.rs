//! How a program that runs for years, and restarts now and then, asks for its forecast: the answer is kept for a quarter
//! of an hour (the data do not change faster), and the count of calls survives the restart.
//!
//! ```text
//! cargo run -p forecast-solar --example poll_politely
//! ```
//!
//! Run it twice: the second time it answers from the file. It speaks to the sandbox; set `FORECAST_SOLAR_REAL=1` to ask
//! the real service without a key.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use energy_core::clock::{Clock, SystemClock};
use energy_core::limit::LimiterSnapshot;
use energy_core::time::{Duration, OffsetDateTime};
use energy_sandbox::Sandbox;
use forecast_solar::{Answer, Client, Credentials, Estimate, GetEstimate, Plane};
use serde::{Deserialize, Serialize};

/// What is kept between runs.
#[derive(Serialize, Deserialize)]
struct Kept {
    answer: Answer<Estimate>,
    calls: LimiterSnapshot,
}

impl Kept {
    fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    fn is_fresh(&self, now: OffsetDateTime) -> bool {
        let made = self.answer.message.info.as_ref().and_then(|info| info.time_utc);
        made.is_some_and(|made| now - made < Duration::minutes(15))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let real = env::var_os("FORECAST_SOLAR_REAL").is_some();
    let name = if real {
        "forecast-solar-real.json"
    } else {
        "forecast-solar-sandbox.json"
    };
    let path: PathBuf = env::temp_dir().join(name);
    let now = SystemClock::new().now();
    let kept = Kept::read(&path);

    if let Some(kept) = kept.as_ref().filter(|kept| kept.is_fresh(now)) {
        println!("The answer in {} is young enough.", path.display());
        return show(&kept.answer);
    }

    let sandbox = Sandbox::start().await?;
    let builder = Client::builder(Credentials::public()).user_agent("poll-politely/1.0");
    let builder = if real {
        builder
    } else {
        builder.base_url(sandbox.forecast_solar().base_url())
    };
    let client = builder.build()?;
    if let Some(kept) = &kept {
        client.limiter().restore(&kept.calls);
    }

    // A service that runs unattended adds a random delay here, so that not all clients ask on the quarter hour.
    match client
        .send(&GetEstimate::new(52.52, 13.405, Plane::new(35, 0, 5.4)))
        .await
    {
        Ok(answer) => {
            show(&answer)?;
            let kept = Kept {
                answer,
                calls: client.limiter().snapshot(),
            };
            fs::write(&path, serde_json::to_vec(&kept)?)?;
            println!("Kept in {}.", path.display());
            Ok(())
        }
        Err(error) if error.is_retryable() && kept.is_some() => {
            println!("No new answer ({error}); the old one has to do.");
            kept.map_or(Ok(()), |kept| show(&kept.answer))
        }
        Err(error) => Err(error.into()),
    }
}

fn show(answer: &Answer<Estimate>) -> Result<(), Box<dyn Error>> {
    let forecast = answer.forecast()?;
    println!(
        "Forecast of {}:",
        forecast.issued_at.map_or("unknown age".to_owned(), |at| at.to_string())
    );
    for day in &forecast.days {
        println!("  {}: {:.2} kWh", day.date, day.energy.kilowatt_hours());
    }
    Ok(())
}
