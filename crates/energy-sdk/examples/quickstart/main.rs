//! Five services, one view: what all sites produced and used yesterday, what they will produce tomorrow, and what each
//! service can give.
//!
//! It starts the services in this process and needs neither network nor credentials:
//!
//! ```text
//! cargo run -p energy-sdk --example quickstart --features full
//! ```
//!
//! To ask the real ones, leave out `base_url` (and at Solar-Log `token_url`), and log in with keys of your own: each vendor's
//! guide in `docs` says where they come from.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what it is for")]

mod tables;

use std::error::Error;
use std::process::ExitCode;

use energy_sandbox::{EnphaseApp, EnphasePerson, Sandbox};
use energy_sdk::energy_core::auth::MemoryTokenStore;
use energy_sdk::energy_core::auth::oauth::Application;
use energy_sdk::energy_core::clock::{Clock, SystemClock};
use energy_sdk::energy_core::model::{Azimuth, Coordinates, KilowattPeak, PvPlane, Site, Tilt, TimeZone};
use energy_sdk::energy_core::source::{Fleet, SourceIndex};
use energy_sdk::{enphase, forecast_solar, intellimeter, solarlog_enerest, solarnet_oscp};

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

async fn run() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    // Every service becomes a source of one kind; from here on nothing depends on whose it is.
    let fleet = Fleet::new()
        .with_source(forecast_solar(&sandbox)?)
        .with_source(enphase(&sandbox)?)
        .with_source(solarlog_enerest(&sandbox)?)
        .with_source(intellimeter(&sandbox)?)
        .with_source(solarnet_oscp(&sandbox)?);
    let forecaster = SourceIndex(0);

    let (rows, failed) = tables::energies(&fleet, forecaster, SystemClock::new().now(), with_roof).await;
    println!(
        "{:<18} {:<28} {:>12} {:>12} {:>12}",
        "", "", "produced", "used", "expected"
    );
    println!(
        "{:<18} {:<28} {:>12} {:>12} {:>12}",
        "service", "site", "yesterday", "yesterday", "tomorrow"
    );
    for row in &rows {
        let name = row.of.site.name.as_deref().unwrap_or(row.of.site.id.as_str());
        println!(
            "{:<18} {name:<28} {:>12} {:>12} {:>12}",
            row.of.provider, row.produced, row.used, row.expected
        );
    }
    for failed in failed {
        println!("{failed}");
    }

    println!("\nWhat each service can give:\n");
    let columns = ["service", "what", "of", "every", "back", "ahead", "needs"].map(str::to_owned);
    for [service, what, of, every, back, ahead, needs] in [columns].into_iter().chain(tables::capabilities(&fleet)) {
        println!("{service:<17} {what:<49} {of:<19} {every:>6} {back:>9} {ahead:>6}  {needs}");
    }
    Ok(())
}

/// What only you know: where the modules of a site are, and which way they face.
fn with_roof(site: &Site) -> Option<Site> {
    let (latitude, longitude, planes) = match site.name.as_deref()? {
        "Old Dairy" => (50.97, 11.33, [(35.0, 180.0, 12.15), (12.0, 185.0, 9.9)]),
        "Boat House" => (51.02, 11.51, [(25.0, 200.0, 3.6), (25.0, 200.0, 2.7)]),
        _ => return None,
    };
    let planes = planes.map(|(tilt, azimuth, peak)| {
        Some(PvPlane {
            tilt: Tilt::new(tilt).ok()?,
            azimuth: Azimuth::new(azimuth).ok()?,
            peak_power: KilowattPeak(peak),
        })
    });
    let place = Coordinates::new(latitude, longitude).ok()?;
    let planes = planes.into_iter().collect::<Option<Vec<_>>>()?;
    Some(site.clone().with_coordinates(place).with_planes(planes))
}

fn forecast_solar(sandbox: &Sandbox) -> Result<forecast_solar::ForecastSolarSource, Box<dyn Error>> {
    use forecast_solar::{Client, Credentials, ForecastSolarSource, Plan};

    let service = sandbox.forecast_solar();
    let login = Credentials::key(service.keys().professional)?.with_plan(Plan::Professional);
    let client = Client::builder(login).base_url(service.base_url()).build()?;
    Ok(ForecastSolarSource::new(client))
}

fn enphase(sandbox: &Sandbox) -> Result<enphase::v4::EnphaseSource, Box<dyn Error>> {
    use enphase::v4::{Client, Credentials, EnphaseSource, Plan};

    let service = sandbox.enphase();
    let keys = service.credentials().watt;
    // The sandbox stands in for the owner, who lets the application in.
    let tokens = service.issue_token(EnphaseApp::Watt, EnphasePerson::Owner);
    let token = enphase::StoredToken::new(tokens.access_token).with_refresh(tokens.refresh_token);
    let application = Application::new(keys.client_id, keys.client_secret)?;
    let login = Credentials::new(keys.api_key, application, MemoryTokenStore::new(token))?.plan(Plan::Watt);
    let client = Client::builder(login).base_url(service.base_url()).build()?;
    Ok(EnphaseSource::new(client))
}

fn solarlog_enerest(sandbox: &Sandbox) -> Result<solarlog_enerest::SolarLogEnerestSource, Box<dyn Error>> {
    use solarlog_enerest::{Client, Credentials, Package, SolarLogEnerestSource};

    let service = sandbox.solarlog_enerest();
    let keys = service.credentials().portal;
    let application = Application::new(keys.client_id, keys.client_secret)?;
    let login = Credentials::new(application, Package::Advanced)
        .of_portal()
        .token_url(&service.token_url());
    let client = Client::builder(login)
        .base_url(&service.base_url(&keys.portal))
        .build()?;
    // The list of plants does not say their zone.
    Ok(SolarLogEnerestSource::new(client).in_zone(TimeZone::named(service.plant().time_zone)))
}

fn intellimeter(sandbox: &Sandbox) -> Result<intellimeter::IntellimeterSource, Box<dyn Error>> {
    use intellimeter::{Client, Credentials, IntellimeterSource, Scopes};

    let service = sandbox.intellimeter();
    let keys = service.credentials();
    let application = Application::new(keys.admin_client_id, keys.admin_client_secret)?;
    let login = Credentials::application(application, Scopes::all());
    let client = Client::builder(login).base_url(service.base_url()).build()?;
    // The service does not say the zone of its local times.
    Ok(IntellimeterSource::new(client).in_zone(TimeZone::named(service.time_zone())))
}

fn solarnet_oscp(sandbox: &Sandbox) -> Result<solarnet_oscp::SolarNetworkSource, Box<dyn Error>> {
    use solarnet_oscp::{Client, Credentials, SolarNetworkSource};

    let service = sandbox.solarnet_oscp();
    let keys = service.credentials();
    let login = Credentials::new(keys.token, keys.secret)?;
    let client = Client::builder(login).base_url(service.base_url()).build()?;
    Ok(SolarNetworkSource::new(client))
}
