use std::sync::LazyLock;

use energy_core::model::{Capabilities, Site};
use energy_core::source::{Account, AnySeries, Plan, Question, Source, SourceError};
use energy_core::transport::BoxFuture;

use crate::Client;

/// This API has no readings: it says who may draw how much, not who drew it.
static NOTHING: LazyLock<Capabilities> = LazyLock::new(Capabilities::default);

/// The management of OSCP systems among other [`Source`]s: it lists no sites, has no series, and refuses every question
/// without a call. It is there so that a program can treat all logins alike.
///
/// ```
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// use solarnet_oscp::energy_core::source::Source;
/// use solarnet_oscp::{Client, Credentials, SolarNetworkSource};
///
/// # let sandbox = energy_sandbox::Sandbox::start().await?;
/// # let keys = sandbox.solarnet_oscp().credentials();
/// # let (token, secret, url) = (keys.token, keys.secret, sandbox.solarnet_oscp().base_url());
/// let client = Client::builder(Credentials::new(token, secret)?).base_url(url).build()?;
/// let source = SolarNetworkSource::new(client);
/// assert!(source.capabilities().all().is_empty());
/// assert!(source.sites().await?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct SolarNetworkSource {
    client: Client,
}

impl SolarNetworkSource {
    /// The login of this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

impl Source for SolarNetworkSource {
    fn account(&self) -> &dyn Account {
        &self.client
    }

    fn capabilities(&self) -> &Capabilities {
        &NOTHING
    }

    fn sites(&self) -> BoxFuture<'_, Result<Vec<Site>, SourceError>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    fn plan(&self, site: &Site, question: &Question) -> Result<Plan<Vec<AnySeries>>, SourceError> {
        // Of no capabilities none is chosen, so that this is where every question ends.
        let capability = self.choose(question)?;
        let nothing = std::future::ready(Ok(Vec::new()));
        Ok(Plan::of_series(self.account(), site, question, capability, nothing))
    }
}
