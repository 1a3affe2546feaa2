//! A forecast for a roof of two planes, as a table; then a client account made and suspended.
//!
//! Without any setting it starts the sandbox in this process and needs neither network nor credentials:
//!
//! ```text
//! cargo run -p forecast-solar --example roof
//! ```
//!
//! Set `FORECAST_SOLAR_KEY` to ask the real service (two planes need the plan Personal Plus or larger), and
//! `FORECAST_SOLAR_ADMIN_KEY` to let it **really** create, suspend and delete a client account. Optional:
//! `FORECAST_SOLAR_LATITUDE`, `FORECAST_SOLAR_LONGITUDE`, and `FORECAST_SOLAR_URL` for another server.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what it is for")]

use std::env;
use std::error::Error;
use std::process::ExitCode;

use energy_core::model::WattHours;
use energy_core::time::OffsetDateTime;
use energy_sandbox::Sandbox;
use forecast_solar::{Client, CreateAccount, Credentials, DeleteAccount, Forecast, GetEstimate, Plane, SuspendAccount};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Where the forecast comes from, and with which keys.
struct Service {
    name: String,
    base_url: String,
    key: String,
    administrator: Option<String>,
    /// Serves as long as it is here.
    _sandbox: Option<Sandbox>,
}

impl Service {
    async fn choose() -> Outcome<Self> {
        let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        if let Some(key) = set("FORECAST_SOLAR_KEY") {
            let base_url = set("FORECAST_SOLAR_URL").unwrap_or_else(|| "https://api.forecast.solar".to_owned());
            let administrator = set("FORECAST_SOLAR_ADMIN_KEY");
            return Ok(Self {
                name: base_url.clone(),
                base_url,
                key,
                administrator,
                _sandbox: None,
            });
        }
        let sandbox = Sandbox::start().await?;
        let service = sandbox.forecast_solar();
        let keys = service.keys();
        Ok(Self {
            name: "the embedded sandbox".to_owned(),
            base_url: service.base_url().to_owned(),
            key: keys.professional,
            administrator: Some(keys.administrator),
            _sandbox: Some(sandbox),
        })
    }

    fn client(&self, key: &str) -> Outcome<Client> {
        Ok(Client::builder(Credentials::key(key)?)
            .base_url(&self.base_url)
            .user_agent("energy-sdk-roof")
            .build()?)
    }
}

fn number(variable: &str, usual: f64) -> Outcome<f64> {
    match env::var(variable) {
        Ok(text) => text
            .parse()
            .map_err(|_| format!("{variable}: `{text}` is not a number of degrees").into()),
        Err(_) => Ok(usual),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Outcome<()> {
    let service = Service::choose().await?;
    println!("Asking {} for a roof of two planes.\n", service.name);

    // South-east and north-west, azimuth counted from south as the service does.
    let roof = [Plane::new(35, -45, 5.2), Plane::new(35, 135, 3.6)];
    let latitude = number("FORECAST_SOLAR_LATITUDE", 52.52)?;
    let longitude = number("FORECAST_SOLAR_LONGITUDE", 13.405)?;
    let request = GetEstimate::new(latitude, longitude, roof).limit(2);
    let answer = service.client(&service.key)?.call(&request).send_full().await?;
    show(&answer.output.forecast()?)?;
    if let Some(quota) = answer.quota {
        let count = |number: Option<u32>| number.map_or("?".to_owned(), |number| number.to_string());
        println!("Calls left: {} of {}.\n", count(quota.remaining), count(quota.limit));
    }

    match &service.administrator {
        Some(key) => administer(&service.client(key)?).await?,
        None => println!("Set FORECAST_SOLAR_ADMIN_KEY to see the administration of client accounts."),
    }
    Ok(())
}

/// A bar for each hour with sun, and a line for each day.
fn show(forecast: &Forecast) -> Outcome<()> {
    let zone = forecast.time_zone.as_ref().ok_or("the answer names no time zone")?;
    let hours = forecast.by_hour()?;
    let most = hours
        .points()
        .iter()
        .filter_map(|reading| reading.value)
        .fold(WattHours(1.0), |a, b| if b > a { b } else { a });
    for day in &forecast.days {
        println!("{} ({zone})", day.date);
        for reading in hours.points() {
            let (from, to) = (
                zone.local(reading.interval.start())?,
                zone.local(reading.interval.end())?,
            );
            match reading.value {
                Some(energy) if from.date() == day.date && energy.0 >= 0.5 => {
                    let bar = "█".repeat((energy / most * 40.0).round() as usize);
                    println!("  {}–{}  {:>6.0} Wh  {bar}", clock(from), clock(to), energy.0);
                }
                _ => {}
            }
        }
        println!("  the whole day  {:>6.2} kWh\n", day.energy.kilowatt_hours());
    }
    if let Some(largest) = forecast.cross_check().largest() {
        println!("The service's own series agree within {:.2} Wh.", largest.0);
    }
    Ok(())
}

fn clock(at: OffsetDateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// The life of a client account.
async fn administer(client: &Client) -> Outcome<()> {
    println!("Creating a client account.");
    let created = client.send(&CreateAccount::new().id("example-roof")).await?.result;
    let id = created.id.clone().ok_or("the account came without an id")?;
    // The key is in the answer; it is a secret, and printing the answer does not show it.
    println!("  the service answered: {created:?}");
    println!("Suspending {id}.");
    let suspended = client.send(&SuspendAccount::new(&id)).await?.result;
    println!(
        "  last valid day: {}",
        suspended.until.as_deref().unwrap_or("not stated")
    );
    println!("Deleting {id}.");
    client.send(&DeleteAccount::new(&id)).await?;
    println!("  gone");
    Ok(())
}
