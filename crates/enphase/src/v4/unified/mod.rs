//! The Monitoring API v4 as a source among others.

mod inverters;
mod offers;
mod sites;

use std::sync::LazyLock;

use energy_core::model::{Capabilities, Site};
use energy_core::source::{Account, AnySeries, Plan, Question, Source, SourceError};
use energy_core::transport::BoxFuture;

use super::{Client, Enphase};
use crate::unified::{self, Offer};

static OFFERS: LazyLock<Vec<Offer<Enphase>>> = LazyLock::new(offers::offers);
static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| unified::capabilities(&OFFERS));

/// The Monitoring API v4 as a source: what all services are asked alike.
///
/// | question | operation | points | calls | back |
/// |---|---|---|---|---|
/// | energy that photovoltaics produced | [`GetEnergyLifetime`](super::GetEnergyLifetime) | a day | 1 | any time |
/// | | [`GetProductionMicroTelemetry`](super::GetProductionMicroTelemetry) | 5 min | 1 a week | 2 years |
/// | power of photovoltaics, mean | [`GetProductionMicroTelemetry`](super::GetProductionMicroTelemetry) | 5 min | 1 a week | 2 years |
/// | energy that the site used | [`GetConsumptionLifetime`](super::GetConsumptionLifetime) | a day | 1 | any time |
/// | | [`GetConsumptionMeterTelemetry`](super::GetConsumptionMeterTelemetry) | 15 min | 1 a week | 2 years |
/// | energy from the grid | [`GetEnergyImportLifetime`](super::GetEnergyImportLifetime) | a day | 1 | any time |
/// | | [`GetEnergyImportTelemetry`](super::GetEnergyImportTelemetry) | 15 min | 1 a week | 2 years |
/// | energy to the grid | [`GetEnergyExportLifetime`](super::GetEnergyExportLifetime) | a day | 1 | any time |
/// | | [`GetEnergyExportTelemetry`](super::GetEnergyExportTelemetry) | 15 min | 1 a week | 2 years |
/// | energy into batteries, energy out of them | [`GetBatteryLifetime`](super::GetBatteryLifetime) | a day | 1 | any time |
/// | | [`GetBatteryTelemetry`](super::GetBatteryTelemetry) | 15 min | 1 a week | 2 years |
/// | how full batteries are | [`GetBatteryTelemetry`](super::GetBatteryTelemetry) | 15 min | 1 a week | 2 years |
/// | energy and mean power of each microinverter (plan Kilowatt) | [`ListMicrosTelemetry`](super::ListMicrosTelemetry) | 5 min | 1 a day | 2 years |
/// | of microinverters that are named | [`GetMicroTelemetry`](super::GetMicroTelemetry) | 5 min | 1 a week for each | 2 years |
///
/// - Intervals of production are those of the microinverters, which every site has, and not those of production meters.
/// - Each microinverter: a call gives 20 of them. The plan counts for so many; a larger site takes as many calls again for
///   each 20 more.
/// - Which plan the application has is known if [`Credentials::plan`](super::Credentials::plan) said it.
/// - The sites take one call up to 100 of them, beyond that one more for each 1,000.
///
/// ```
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// use energy_core::model::Interval;
/// use energy_core::source::{DAY, Question, Source};
/// use enphase::v4::{Application, Client, Credentials, EnphaseSource, Plan};
/// use enphase::{MemoryTokenStore, StoredToken};
/// use time::macros::datetime;
/// # use enphase::energy_core;
/// # use energy_sandbox::{EnphaseApp, EnphasePerson, Sandbox};
/// # let sandbox = Sandbox::start().await?;
/// # let service = sandbox.enphase();
/// # let keys = service.credentials().watt;
/// # let tokens = service.issue_token(EnphaseApp::Watt, EnphasePerson::Owner);
/// # let (client_id, client_secret, key) = (keys.client_id, keys.client_secret, keys.api_key);
/// # let token = StoredToken::new(tokens.access_token).with_refresh(tokens.refresh_token);
/// # let (base_url, now) = (service.base_url(), sandbox.now());
///
/// let application = Application::new(client_id, client_secret)?;
/// let login = Credentials::new(key, application, MemoryTokenStore::new(token))?.plan(Plan::Watt);
/// let client = Client::builder(login)
/// #   .clock(energy_core::clock::ManualClock::new(now))
///     .base_url(base_url)
///     .build()?;
/// let source = EnphaseSource::new(client);
///
/// let year = Interval::new(now - time::Duration::days(365), now)?;
/// let question = Question::production(year).with_resolution(DAY);
/// for site in source.sites().await? {
///     let plan = source.plan(&site, &question)?;
///     assert_eq!(plan.calls(), 1);
///     let days = plan.run().await?;
///     println!("{}: {} days are known", site.id, days[0].known());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct EnphaseSource {
    client: Client,
}

impl EnphaseSource {
    /// The source that asks through `client`.
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

impl Source for EnphaseSource {
    fn account(&self) -> &dyn Account {
        &self.client
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn sites(&self) -> BoxFuture<'_, Result<Vec<Site>, SourceError>> {
        Box::pin(async move { sites::sites(&self.client).await.map_err(unified::failed) })
    }

    fn plan(&self, site: &Site, question: &Question) -> Result<Plan<Vec<AnySeries>>, SourceError> {
        unified::plan(self, &self.client, &OFFERS, site, question)
    }
}
