//! The service as a source among others.

mod answer;
mod calls;
mod capabilities;

use std::collections::HashMap;

use energy_core::model::{
    Capabilities, Capability, Coordinates, KilowattPeak, Quantity, ScopeLevel, Site, TimeZone, Watts,
};
use energy_core::source::{Account, AnySeries, DAY, Plan, Question, Source, SourceError};
use energy_core::transport::BoxFuture;
use energy_core::{Api, Endpoint};
use time::OffsetDateTime;

use self::answer::AnswerError;
use self::calls::{Days, checked, gather};
use self::capabilities::{CAPABILITIES, MONTH, OF_SENSORS, YEAR};
use crate::{
    Assembly, Channel, ChannelData, Client, Epochs, GetCrossEpochChannels, ListComponents, ListPlants, Period, Plant,
    PlantId, SolarLogEnerest,
};

const PROVIDER: &str = SolarLogEnerest::NAME;

/// Solar-Log WEB Enerest among other [`Source`]s.
///
/// | question | answer | from | calls | package |
/// |---|---|---|---|---|
/// | production of energy, years | the service's totals | `getLifetime` | 1 | Basic |
/// | production of energy, months | the service's totals | `getYear` | one for each year | Basic |
/// | production of energy, days | the service's totals | `getMonth` | one for each month | Basic |
/// | production of energy, nearer | made of the power every five minutes | `getChannels` | one for each month | Basic |
/// | production of power | power every five minutes | `getChannels` | one for each month | Basic |
/// | the same of each inverter, power and energy | the same, by the ids that inverters keep | `listComponents`, `getCrossEpochChannels` | one, and one more if there are several days; one for each month | Advanced |
/// | irradiance, insolation, temperature, wind speed of each sensor | every five minutes | `listComponents`, `getCrossEpochChannels` | the same | Advanced |
///
/// - **Days need a time zone**, and the service says none of any plant: tell it with [`in_zone`](Self::in_zone) and
///   [`with_zone`](Self::with_zone). Without one a question is refused.
/// - **Yesterday of a plant is one call**, and so is any other day, or a whole month.
/// - A question that names no resolution gets days: a month as a whole does not say what came in a part of it. Ask for
///   months with 31 days as their distance, for years with 366.
/// - Energy made of power is flagged [`DERIVED`](energy_core::model::Quality::DERIVED), a day, month or year that is not
///   over [`PARTIAL`](energy_core::model::Quality::PARTIAL).
/// - The shape of the service's totals is inferred; see the crate's guide.
/// - A plant without values has one series without points. What has not begun is left out, whatever the service says of it.
/// - The five-minute energy of a day ends at 23:55 unless the answer has the power of the next midnight: no call is spent
///   on it.
/// - **A sensor box gives two series of temperature**, of the modules and of the air, with the same scope, quantity and
///   kind: [`SeriesInfo::source`](energy_core::model::SeriesInfo::source) tells them apart, whose `resource` is the channel
///   ([`TempModule`](Channel::TempModule), [`TempAmbient`](Channel::TempAmbient)).
/// - A component that was there between the first and the last day only is not found.
/// - Consumption, batteries and meters are missing, because the names of their channels are not known.
///
/// ```
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// use solarlog_enerest::energy_core::model::{Coverage, Interval};
/// use solarlog_enerest::energy_core::source::{DAY, Question, Source};
/// use solarlog_enerest::energy_core::time::macros::datetime;
/// use solarlog_enerest::{Application, Client, Credentials, Package, SolarLogEnerestSource, TimeZone};
///
/// # let sandbox = energy_sandbox::Sandbox::builder().at(datetime!(2026-06-21 18:00 UTC)).start().await?;
/// # let service = sandbox.solarlog_enerest();
/// # let keys = service.credentials().basic;
/// # let (url, tokens) = (service.base_url(&keys.portal), service.token_url());
/// let application = Application::new(keys.client_id, keys.client_secret)?;
/// let credentials = Credentials::new(application, Package::Basic).token_url(&tokens);
/// let client = Client::builder(credentials).base_url(&url).build()?;
/// let source = SolarLogEnerestSource::new(client).in_zone(TimeZone::named("Europe/Berlin"));
///
/// let yesterday = Interval::new(datetime!(2026-06-20 0:00 +2), datetime!(2026-06-21 0:00 +2))?;
/// let question = Question::production(yesterday).with_resolution(DAY);
/// for site in source.sites().await? {
///     let plan = source.plan(&site, &question)?;
///     assert_eq!(plan.calls(), 1);
///     for series in plan.run().await? {
///         println!("{}: {:?}", site.id, series.energy().map(|energy| energy.points()));
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct SolarLogEnerestSource {
    client: Client,
    zone: Option<TimeZone>,
    zones: HashMap<PlantId, TimeZone>,
}

/// What a question about a plant comes to.
#[derive(Clone, Debug)]
struct Asked {
    site: Site,
    zone: TimeZone,
    question: Question,
    capability: Capability,
    days: Days,
    now: OffsetDateTime,
}

impl SolarLogEnerestSource {
    /// The login of this client, whose plants have no time zone yet.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            zone: None,
            zones: HashMap::new(),
        }
    }

    /// All plants are in this time zone, but those that are told another.
    #[must_use]
    pub fn in_zone(mut self, zone: TimeZone) -> Self {
        self.zone = Some(zone);
        self
    }

    /// This plant is in this time zone.
    #[must_use]
    pub fn with_zone(mut self, plant: impl Into<PlantId>, zone: TimeZone) -> Self {
        self.zones.insert(plant.into(), zone);
        self
    }

    fn zone_of(&self, plant: &PlantId) -> Option<&TimeZone> {
        self.zones.get(plant).or(self.zone.as_ref())
    }

    /// What the list of plants says of one.
    fn site(&self, plant: &Plant) -> Site {
        let mut site = Site::new(plant.id.as_str());
        site.name.clone_from(&plant.label);
        let place = plant.latitude.zip(plant.longitude);
        site.coordinates = place.and_then(|(latitude, longitude)| Coordinates::new(latitude, longitude).ok());
        site.peak_power = plant.plant_size.map(|watts| KilowattPeak(Watts(watts).kilowatts()));
        site.time_zone = self.zone_of(&plant.id).cloned();
        site
    }

    fn ask(&self, site: &Site, question: &Question) -> Result<Asked, SourceError> {
        let mut capability = self.choose(question)?;
        if question.resolution.is_none() {
            capability = self.choose(&question.clone().with_resolution(DAY))?;
        }
        let plant = PlantId::from(site.id.as_str());
        let zone = site.time_zone.as_ref().or_else(|| self.zone_of(&plant));
        let zone = zone.cloned().ok_or_else(|| {
            let reason = "has no time zone, which its days need: say one with `in_zone` or `with_zone`";
            SourceError::site(PROVIDER, &site.id, reason)
        })?;
        let now = self.client.clock().now();
        let days = Days::new(plant, question.interval, &zone, now).map_err(|error| unfit(site, error))?;
        Ok(Asked {
            site: site.clone().with_time_zone(zone.clone()),
            zone,
            question: question.clone(),
            capability,
            days,
            now,
        })
    }

    /// Calls that are known before the first of them, and what is read from their answers.
    fn at_once<E>(
        &self,
        asked: &Asked,
        requests: Vec<E>,
        read: impl FnOnce(&[ChannelData], &Asked) -> Result<Vec<AnySeries>, AnswerError> + Send + 'static,
    ) -> Result<Plan<Vec<AnySeries>>, SourceError>
    where
        E: Endpoint<Api = SolarLogEnerest, Output = Vec<ChannelData>> + 'static,
    {
        let requests = checked(requests).map_err(|error| unfit(&asked.site, error))?;
        let (client, times, told) = (self.client.clone(), count(requests.len()), asked.clone());
        let run = async move {
            let data = gather(&client, &requests).await?;
            read(&data, &told).map_err(|error| SourceError::data(PROVIDER, error))
        };
        Ok(self.plan_of(asked, run).with_calls(E::OPERATION, times))
    }

    fn totals<E>(&self, asked: &Asked, requests: Vec<E>, period: Period) -> Result<Plan<Vec<AnySeries>>, SourceError>
    where
        E: Endpoint<Api = SolarLogEnerest, Output = Vec<ChannelData>> + 'static,
    {
        self.at_once(asked, requests, move |data, asked| {
            answer::energy_by(data, &asked.capability, period, &asked.zone, asked.now)
        })
    }

    /// Calls about components, which have to be found first.
    fn of_components(&self, asked: &Asked) -> Result<Plan<Vec<AnySeries>>, SourceError> {
        let channels = channels(&asked.capability);
        let lists = checked(asked.days.components()).map_err(|error| unfit(&asked.site, error))?;
        let ranges = asked.days.within_months().map_err(|error| unfit(&asked.site, error))?;
        let (client, asked_for) = (self.client.clone(), asked.clone());
        let (listed, times) = (count(lists.len()), count(ranges.len()));
        let run = async move {
            let (days, level) = (&asked_for.days, asked_for.capability.level);
            let components = gather(&client, &lists).await?;
            let wrong = |error| SourceError::data(PROVIDER, error);
            let ids = answer::kept_ids(&components, level, &channels, &asked_for.question.devices).map_err(wrong)?;
            if ids.is_empty() {
                return Ok(Vec::new());
            }
            let data = gather(&client, &days.of_components(&ranges, &ids, &channels)).await?;
            let epochs = Epochs::new().with(&components);
            let assembly = Assembly::new().across(epochs);
            answer::of_components(&data, &assembly, &asked_for.capability, &channels).map_err(wrong)
        };
        let plan = self.plan_of(asked, run);
        let plan = plan.with_calls(<ListComponents as Endpoint>::OPERATION, listed);
        Ok(plan.with_calls(<GetCrossEpochChannels as Endpoint>::OPERATION, times))
    }

    fn plan_of(
        &self,
        asked: &Asked,
        run: impl Future<Output = Result<Vec<AnySeries>, SourceError>> + Send + 'static,
    ) -> Plan<Vec<AnySeries>> {
        let capability = asked.capability.clone();
        Plan::of_series(self.account(), &asked.site, &asked.question, capability, run)
    }
}

fn channels(capability: &Capability) -> Vec<Channel> {
    let of_sensors = OF_SENSORS
        .into_iter()
        .find(|(quantity, ..)| *quantity == capability.quantity);
    of_sensors.map_or_else(|| vec![Channel::ProdPac], |(.., channels)| channels.to_vec())
}

fn unfit(site: &Site, error: impl std::fmt::Display) -> SourceError {
    SourceError::site(PROVIDER, &site.id, format!("cannot be asked about: {error}"))
}

fn count(requests: usize) -> u32 {
    u32::try_from(requests).unwrap_or(u32::MAX)
}

impl Source for SolarLogEnerestSource {
    fn account(&self) -> &dyn Account {
        &self.client
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn sites(&self) -> BoxFuture<'_, Result<Vec<Site>, SourceError>> {
        Box::pin(async move {
            let plants = self.client.send(&ListPlants::new()).await;
            let plants = plants.map_err(|error| SourceError::call(PROVIDER, error))?;
            Ok(plants.iter().map(|plant| self.site(plant)).collect())
        })
    }

    fn plan(&self, site: &Site, question: &Question) -> Result<Plan<Vec<AnySeries>>, SourceError> {
        let asked = self.ask(site, question)?;
        let days = &asked.days;
        match (
            asked.capability.level,
            asked.capability.quantity,
            asked.capability.resolution,
        ) {
            (ScopeLevel::Pv, Quantity::ActiveEnergy, Some(YEAR)) => self.totals(&asked, days.lifetime(), Period::Year),
            (ScopeLevel::Pv, Quantity::ActiveEnergy, Some(MONTH)) => self.totals(&asked, days.years(), Period::Month),
            (ScopeLevel::Pv, Quantity::ActiveEnergy, Some(DAY)) => {
                let months = days.months().map_err(|error| unfit(site, error))?;
                self.totals(&asked, months, Period::Day)
            }
            (ScopeLevel::Pv, ..) => {
                let power = days.power().map_err(|error| unfit(site, error))?;
                self.at_once(&asked, power, |data, asked| answer::of_plant(data, &asked.capability))
            }
            _ => self.of_components(&asked),
        }
    }
}
