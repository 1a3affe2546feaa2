//! The Systems API v2 as a source among others.

use std::sync::LazyLock;
use std::time::Duration;

use energy_core::model::{Capabilities, Capability, Direction, Reach, Scope, ScopeLevel, Site, TimeZone};
use energy_core::source::{Account, AnySeries, DAY, Plan, Question, Source, SourceError};
use energy_core::transport::BoxFuture;

use super::series::{STATS, power_info};
use super::{
    Client, ConsumptionLifetime, EnergyLifetime, EnlightenSystems, GetConsumptionLifetime, GetConsumptionStats,
    GetEnergyLifetime, GetStats, ListSystems, System,
};
use crate::daily::{self, Reported};
use crate::reading::{FIFTEEN_MINUTES, FIVE_MINUTES, energy_info, watts};
use crate::unified::{self, Asked, Calls, Daily, Offer, energy, power};
use crate::{EnergyRequest, energy_series, interval_series};

static OFFERS: LazyLock<Vec<Offer<EnlightenSystems>>> = LazyLock::new(offers);
static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| unified::capabilities(&OFFERS));

/// What is older than a year comes as an empty list.
const A_YEAR: Reach = Reach::UpTo(Duration::from_secs(365 * 86_400));

/// The Systems API v2 as a source: what all services are asked alike.
///
/// | question | operation | points | calls | back |
/// |---|---|---|---|---|
/// | energy that photovoltaics produced | [`GetEnergyLifetime`] | a day | 1 | any time |
/// | | [`GetStats`] | 5 min | 1 a day | a year |
/// | power of photovoltaics, mean | [`GetStats`] | 5 min | 1 a day | a year |
/// | energy that the site used | [`GetConsumptionLifetime`] | a day | 1 | any time |
/// | | [`GetConsumptionStats`] | 15 min | 1 a week | a year |
///
/// - Intervals of production are those of the microinverters, and not those of revenue-grade meters, which few sites have.
/// - A system that stopped reporting takes fewer calls: the days after its last report are not asked for.
/// - The sites take one call for each 1,000.
///
/// ```
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// # use enphase::energy_core;
/// use energy_core::model::Interval;
/// use energy_core::source::{DAY, Question, Source};
/// use enphase::v2::{Client, Credentials, EnlightenSystemsSource};
/// # use energy_sandbox::{EnphasePerson, Sandbox};
/// # let sandbox = Sandbox::start().await?;
/// # let (service, now) = (sandbox.enphase(), sandbox.now());
/// # let keys = service.credentials();
/// # let (key, user_id, base_url) = (keys.v2_key, keys.owner.v2_user_id, service.v2_base_url());
///
/// let client = Client::builder(Credentials::new(key, user_id)?)
/// #   .clock(energy_core::clock::ManualClock::new(now))
///     .base_url(base_url)
///     .build()?;
/// let source = EnlightenSystemsSource::new(client);
/// let week = Interval::new(now - time::Duration::days(7), now)?;
/// for site in source.sites().await? {
///     for days in source.readings(&site, &Question::production(week).with_resolution(DAY)).await? {
///         println!("{}: {} days are known", site.id, days.known());
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct EnlightenSystemsSource {
    client: Client,
}

impl EnlightenSystemsSource {
    /// The source that asks through `client`.
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

impl Source for EnlightenSystemsSource {
    fn account(&self) -> &dyn Account {
        &self.client
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn sites(&self) -> BoxFuture<'_, Result<Vec<Site>, SourceError>> {
        Box::pin(async move {
            let systems = unified::all(&self.client, ListSystems::new()).await;
            let systems = unified::once(systems.map_err(unified::failed)?, |system| system.system_id);
            Ok(systems.map(site).collect())
        })
    }

    fn plan(&self, site: &Site, question: &Question) -> Result<Plan<Vec<AnySeries>>, SourceError> {
        unified::plan(self, &self.client, &OFFERS, site, question)
    }
}

fn site(system: System) -> Site {
    let mut site = Site::new(system.system_id.to_string()).with_name(system.system_name);
    site.time_zone = system.timezone;
    site
}

/// Of what answers one question alike, the cheapest first.
fn offers() -> Vec<Offer<EnlightenSystems>> {
    use Direction::{Consumption, Production};
    use ScopeLevel::{Pv, Site};
    vec![
        offer(energy(Pv, Production, DAY, Reach::Unlimited), |asked| {
            let request = GetEnergyLifetime::new(asked.system);
            asked.days(
                |first, last| request.start_date(first).end_date(last),
                |answer, zone| match answer {
                    Some(answer) => EnergyLifetime::daily(answer, zone),
                    None => no_days(Scope::Pv, Production, "energy_lifetime", zone),
                },
            )
        }),
        offer(energy(Pv, Production, FIVE_MINUTES, A_YEAR), |asked| {
            let request = GetStats::new(asked.system);
            let info = request.info().with_step(FIVE_MINUTES);
            Ok(asked.intervals(&request, FIVE_MINUTES, |readings| energy_series(info, readings)))
        }),
        offer(power(Pv, A_YEAR), |asked| {
            let info = power_info(Scope::Pv, STATS).with_step(FIVE_MINUTES);
            Ok(asked.intervals(&GetStats::new(asked.system), FIVE_MINUTES, |readings| {
                interval_series(info, readings, |interval| Some(watts(interval.powr)))
            }))
        }),
        offer(energy(Site, Consumption, DAY, Reach::Unlimited), |asked| {
            let request = GetConsumptionLifetime::new(asked.system);
            asked.days(
                |first, last| request.start_date(first).end_date(last),
                |answer, zone| match answer {
                    Some(answer) => ConsumptionLifetime::daily(answer, zone),
                    None => no_days(Scope::Site, Consumption, "consumption_lifetime", zone),
                },
            )
        }),
        offer(energy(Site, Consumption, FIFTEEN_MINUTES, A_YEAR), |asked| {
            let request = GetConsumptionStats::new(asked.system);
            let info = request.info().with_step(FIFTEEN_MINUTES);
            Ok(asked.intervals(&request, FIFTEEN_MINUTES, |readings| energy_series(info, readings)))
        }),
    ]
}

fn offer(
    capability: Capability,
    calls: fn(&Asked<'_, EnlightenSystems>) -> Result<Calls, SourceError>,
) -> Offer<EnlightenSystems> {
    Offer { capability, calls }
}

/// What a system without the data has.
fn no_days(scope: Scope, direction: Direction, resource: &'static str, zone: &TimeZone) -> Daily {
    let info = energy_info(scope, resource).with_direction(direction);
    daily::series(info, zone, Reported::Never, Vec::new())
}
