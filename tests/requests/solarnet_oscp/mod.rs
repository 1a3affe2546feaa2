//! SolarNetwork's management of OSCP.

mod groups;
mod systems;

use energy_core::ClientBuilder;
use solarnet_oscp::{Client, Credentials, OPERATIONS, SolarNetwork};

use super::{Connect, Place, Sample, Service};

const SECRET: &str = "curlew-over-the-wide-sands";
/// What the requests for systems carry, and no answer shows.
const OAUTH_SECRET: &str = "plover-4-behind-the-dyke";
const HEADER_SECRET: &str = "fulmar-23-on-the-ledge";

pub(super) const SERVICE: Service = Service {
    name: "SolarNetwork OSCP",
    description: "crates/solarnet-oscp/openapi.yaml",
    operations: OPERATIONS,
    secrets: &[SECRET, OAUTH_SECRET, HEADER_SECRET],
    tokens: None,
    samples,
};

impl Connect for SolarNetwork {
    fn connect(place: &Place) -> ClientBuilder<Self> {
        let credentials = Credentials::new("m3XkVt8pQz1LcWh0Rb5N", SECRET).expect("the token is well formed");
        Client::builder(credentials).base_url(&format!("{}/solaruser/api/v1/sec", place.origin))
    }
}

const NODE: i64 = 517;
const GROUP: i64 = 84;
const PROVIDER: i64 = 6107;
const OPTIMIZER: i64 = 6122;

fn samples() -> Vec<Sample> {
    let mut samples = systems::settings();
    samples.extend(systems::providers());
    samples.extend(systems::optimizers());
    samples.extend(groups::groups());
    samples.extend(groups::assets());
    samples.extend(groups::instructions());
    samples
}
