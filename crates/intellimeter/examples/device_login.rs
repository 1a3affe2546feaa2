//! A program without a browser logs a person in (device code) and shows what the meters read now.
//!
//! ```text
//! cargo run -p intellimeter --example device_login
//! ```
//!
//! It speaks to the sandbox, where it plays the person as well. Set `INTELLIMETER_URL`, `INTELLIMETER_CLIENT_ID` and
//! `INTELLIMETER_CLIENT_SECRET` to log in at the real service: it then waits for you, and keeps your token in the file that
//! `INTELLIMETER_TOKEN_FILE` names. For an address without TLS set `INTELLIMETER_INSECURE=1` as well.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::env;
use std::error::Error;

use energy_core::model::TimeZone;
use energy_sandbox::Sandbox;
use intellimeter::{
    Application, Client, Credentials, FileTokenStore, Fold, GetReadsByMeter, ListProperties, TokenStore, device,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let service = sandbox.intellimeter();
    let real = env::var("INTELLIMETER_URL").ok();
    let (url, application) = match &real {
        Some(url) => {
            let (id, secret) = (
                env::var("INTELLIMETER_CLIENT_ID")?,
                env::var("INTELLIMETER_CLIENT_SECRET")?,
            );
            (url.clone(), Application::new(id, secret)?)
        }
        None => {
            let keys = service.credentials();
            let application = Application::new(keys.user_client_id, keys.user_client_secret)?;
            (service.base_url().to_owned(), application)
        }
    };

    // The token outlives the program: the next run finds it, and renews it when it has expired.
    let path = match &real {
        Some(_) => env::var("INTELLIMETER_TOKEN_FILE")?.into(),
        None => env::temp_dir().join("intellimeter-sandbox.json"),
    };
    if real.is_none() && path.exists() {
        // The sandbox of the last run is gone, and its tokens with it.
        std::fs::remove_file(&path)?;
    }
    let builder = |credentials| {
        let builder = Client::builder(credentials).base_url(&url);
        match env::var_os("INTELLIMETER_INSECURE") {
            Some(_) => builder.allow_insecure_http(),
            None => builder,
        }
    };
    let store = FileTokenStore::new(&path);

    if store.load().await?.is_none() {
        let anybody = builder(Credentials::none()).build()?;
        let mut login = device(&anybody, &application).await?;
        println!("Open {} and type {}", login.verification_uri(), login.user_code());
        println!("or open {}", login.complete_uri());
        if real.is_none() {
            service.approve_device(login.user_code());
            println!("(the sandbox's person has approved it)");
        }
        let token = login.wait().await?;
        println!("granted: {} scopes", token.scopes.len());
        store.save(&token).await?;
    }

    let client = builder(Credentials::person(application, store)).build()?;
    let zone = TimeZone::named("America/Toronto");
    let properties = client.send(&ListProperties::new()).await?;
    for (id, reads) in client.send(&GetReadsByMeter::new()).await?.0 {
        let property = properties.iter().find(|property| property.id.as_str() == id);
        let name = property.and_then(|property| property.display_name.as_deref());
        println!("\n{}", name.unwrap_or(&id));
        for read in reads {
            let at = read.time_stamping.in_zone_fold(&zone, Fold::Earlier)?;
            let meter = read.name.as_deref().unwrap_or(read.meter.as_str());
            // Electricity has a field of its own; water and gas are among the other points.
            let counter = match (read.kwh, read.points.get("m3")) {
                (Some(kwh), _) => format!("{kwh:.3} kWh"),
                (None, Some(volume)) => format!("{volume:.3} m³"),
                (None, None) => "–".to_owned(),
            };
            println!("  {meter:<28} {counter:>16}  at {at}");
        }
    }
    Ok(())
}
