//! Intellimeter.

mod accounts;
mod billing;
mod reports;
mod sites;
mod tenants;

use energy_core::ClientBuilder;
use intellimeter::{Application, Client, Credentials, Intellimeter, MemoryTokenStore, OPERATIONS, StoredToken};
use time::Duration;

use super::{Connect, NOW, Place, Sample, Service, Tokens};

const TOKEN: &str = "tok-Avocet-9-still-lagoon";
const REFRESH: &str = "ref-Avocet-9-deep-channel";
const CLIENT_SECRET: &str = "s3c-Lapwing/calls+at=dawn";
/// What the requests carry of other people and services.
const PASSWORD: &str = "Phalarope 6 phalarope";
const FTPS_PASSWORD: &str = "Ruff-4-dances";
const HEADER_SECRET: &str = "stilt-key-11";
const POLL_TOKEN: &str = "Dowitcher-52b8";

pub(super) const SERVICE: Service = Service {
    name: "Intellimeter",
    description: "crates/intellimeter/openapi.yaml",
    operations: OPERATIONS,
    secrets: &[
        TOKEN,
        REFRESH,
        CLIENT_SECRET,
        PASSWORD,
        FTPS_PASSWORD,
        HEADER_SECRET,
        POLL_TOKEN,
        "tok-Avocet-10-still-lagoon",
        "ref-Avocet-10-deep-channel",
    ],
    tokens: Some(Tokens {
        path: "/api/v1/auth",
        answer: r#"{"access_token": "tok-Avocet-10-still-lagoon", "refresh_token": "ref-Avocet-10-deep-channel",
            "expires_in": "1:00:00", "token_type": "bearer"}"#,
    }),
    samples,
};

impl Connect for Intellimeter {
    fn connect(place: &Place) -> ClientBuilder<Self> {
        let application = Application::new("granary-billing", CLIENT_SECRET).expect("the application is well formed");
        let token = StoredToken::new(TOKEN)
            .with_refresh(REFRESH)
            .with_expiry(NOW + Duration::hours(6));
        let credentials = Credentials::person(application, MemoryTokenStore::new(token));
        Client::builder(credentials).base_url(&format!("{}/api/v1", place.origin))
    }
}

const PROPERTY: &str = "72c0de18";
const METER: &str = "e41a90b7";
const SUITE: &str = "1f83ac5d";
const TENANT: &str = "8c2b6e70";
const USER: &str = "5d90f2a3";
const REPORT: &str = "a7e1340c";

fn samples() -> Vec<Sample> {
    let mut samples = sites::samples();
    samples.extend(accounts::samples());
    samples.extend(sites::uploads());
    samples.extend(billing::samples());
    samples.extend(tenants::samples());
    samples.extend(reports::samples());
    samples
}
