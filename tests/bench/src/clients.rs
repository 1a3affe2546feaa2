//! Clients of the SDK and bare ones, with the same settings of the connection pool.

use std::time::Duration;

use energy_core::RetryPolicy;
use energy_core::auth::{MemoryTokenStore, StoredToken};
use energy_core::limit::Limiter;
use energy_core::transport::reqwest::ReqwestTransport;
use enphase::v4::Application;
use forecast_solar::{Credentials, GetEstimate, Plane};

use crate::Failure;

/// What both sides ask reqwest for. The time limit is the one that the SDK sets for each call.
fn settings() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30))
}

/// reqwest alone.
///
/// # Errors
///
/// reqwest cannot be set up.
pub fn bare() -> Result<reqwest::Client, Failure> {
    Ok(settings().build()?)
}

/// A client of Forecast.Solar that counts no quota.
///
/// # Errors
///
/// The address is none.
pub fn forecast_solar(base: &str, retry: RetryPolicy) -> Result<forecast_solar::Client, Failure> {
    let client = forecast_solar::Client::builder(Credentials::public())
        .base_url(base)
        .transport(ReqwestTransport::from_settings(settings)?)
        .limiter(Limiter::off())
        .retry(retry)
        .build()?;
    Ok(client)
}

/// A client of Enphase with a token that does not expire.
///
/// # Errors
///
/// The address is none.
pub fn enphase(base: &str) -> Result<enphase::v4::Client, Failure> {
    let application = Application::new("bench", "not a secret")?;
    let store = MemoryTokenStore::new(StoredToken::new("not-a-token"));
    let client = enphase::v4::Client::builder(enphase::v4::Credentials::new("not-a-key", application, store)?)
        .base_url(base)
        .transport(ReqwestTransport::from_settings(settings)?)
        .build()?;
    Ok(client)
}

/// The request for [`ESTIMATE`](crate::answers::ESTIMATE).
pub fn estimate() -> GetEstimate {
    GetEstimate::new(52.5163, 13.3777, Plane::new(35, 0, 5.4))
}
