//! Forecast.Solar.

use energy_core::ClientBuilder;
use forecast_solar::{Client, Credentials, ForecastSolar, GetEstimate, Plane};

use super::{Connect, Place, Sample, Service};

const KEY: &str = "A7k2Zp9QwX4mT1bL";

pub(super) const SERVICE: Service = Service {
    name: "Forecast.Solar",
    description: "crates/forecast-solar/openapi.yaml",
    operations: forecast_solar::OPERATIONS,
    secrets: &[KEY],
    samples,
};

impl Connect for ForecastSolar {
    fn connect(place: &Place) -> ClientBuilder<Self> {
        let credentials = Credentials::key(KEY).expect("the key is well formed");
        Client::builder(credentials).base_url(&place.origin)
    }
}

fn samples() -> Vec<Sample> {
    vec![Sample::of(GetEstimate::new(52.52, 13.405, Plane::new(32, -15, 6.4)))]
}
