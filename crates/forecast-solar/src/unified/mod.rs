//! The service as a source among others.

mod capabilities;
mod expected;

use energy_core::model::{
    Capabilities, Capability, Forecast, Interval, Quantity, Requirement, Site, TimeZone, ZoneError,
};
use energy_core::source::{Account, AnySeries, DAY, Plan, Question, Source, SourceError};
use energy_core::time::{Duration, OffsetDateTime};
use energy_core::transport::BoxFuture;
use energy_core::{Api, Endpoint};

use self::capabilities::CAPABILITIES;
use self::expected::Expected;
use crate::{Client, ForecastSolar, GetEstimate, Plane, Planes};

const PROVIDER: &str = ForecastSolar::NAME;

/// Forecast.Solar among other [`Source`]s: what the photovoltaics of any site with coordinates and planes are expected to
/// produce.
///
/// | question | answer | from | calls |
/// |---|---|---|---|
/// | [`plan_forecast`](Source::plan_forecast) | power and energy, from today on | `getEstimate` | 1 |
/// | production of energy to come, days | the totals of local days that the service states | `getEstimate` | 1 |
/// | production of energy to come, nearer | energy between the samples: hours, half or quarter hours by plan | `getEstimate` | 1 |
/// | production of power to come | power at the samples | `getEstimate` | 1 |
///
/// - **It knows no sites** but those it is given. Any other site, of another source, can be asked about all the same.
/// - **Questions are about the future.** An interval that has begun is refused: what a model says of the past is no
///   reading, and `history` is an average of past years. [`plan_forecast`](Source::plan_forecast) has today from its
///   beginning.
/// - A question that names no resolution gets days.
/// - A plan with **one plane a call** (Public, Personal) takes a call for each plane, and the answers are added up, flagged
///   [`DERIVED`](energy_core::model::Quality::DERIVED). A site whose inverters are limited is refused then, because what is
///   cut off does not add up. Where the client was not told its plan, all planes are in one call and the service decides.
/// - Tilt and azimuth are rounded to whole degrees, which is all that the service takes.
/// - How far ahead is counted in days of the site, if its time zone is known: with today and tomorrow, all of tomorrow can
///   be asked about from today's midnight on.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use forecast_solar::energy_core::model::{Azimuth, Coordinates, KilowattPeak, PvPlane, Site, Tilt};
/// use forecast_solar::energy_core::source::Source;
/// use forecast_solar::{Client, Credentials, ForecastSolarSource};
///
/// let roof = PvPlane { tilt: Tilt::new(35.0)?, azimuth: Azimuth::SOUTH, peak_power: KilowattPeak(5.4) };
/// let house = Site::new("house").with_coordinates(Coordinates::new(52.52, 13.405)?).with_planes(vec![roof]);
///
/// # let sandbox = energy_sandbox::Sandbox::start().await?;
/// # let url = sandbox.forecast_solar().base_url();
/// let client = Client::builder(Credentials::public()).base_url(url).build()?;
/// let source = ForecastSolarSource::new(client).with_site(house.clone());
/// let plan = source.plan_forecast(&house)?;
/// assert_eq!(plan.calls(), 1);
/// let forecast = plan.run().await?;
/// assert!(forecast.energy().is_some_and(|energy| !energy.is_empty()));
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct ForecastSolarSource {
    client: Client,
    sites: Vec<Site>,
}

impl ForecastSolarSource {
    /// The login of this client, and no site.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            sites: Vec::new(),
        }
    }

    /// Lists this site, too.
    #[must_use]
    pub fn with_site(mut self, site: Site) -> Self {
        self.sites.push(site);
        self
    }

    /// How many planes one call may have, where the login says it.
    fn planes_a_call(&self) -> Option<usize> {
        self.client.granted()?.iter().find_map(|granted| match granted {
            Requirement::Plan(name) => crate::Plan::from_name(name)?.planes(),
            _ => None,
        })
    }

    /// The calls that forecast for a site. What they would be refused for here, is said now.
    fn requests(&self, site: &Site) -> Result<Vec<GetEstimate>, SourceError> {
        let lacks = |reason: String| SourceError::site(PROVIDER, &site.id, reason);
        let place = site.coordinates.ok_or_else(|| lacks("has no coordinates".to_owned()))?;
        let planes: Vec<Plane> = site.planes.iter().map(Plane::from).collect();
        if planes.is_empty() {
            return Err(lacks("has no planes of modules".to_owned()));
        }
        let at_once = self.planes_a_call().unwrap_or(planes.len()).max(1);
        if planes.len() > at_once && site.inverter_limit.is_some() {
            return Err(lacks(format!(
                "has {} planes and a limit of its inverters, and this plan takes {at_once} plane a call: what is cut off \
                 does not add up; it needs the plan {} or a larger one",
                planes.len(),
                crate::Plan::PersonalPlus
            )));
        }
        let request = |planes: &[Plane]| {
            let planes: Planes = planes.iter().copied().collect();
            let request = GetEstimate::new(place.latitude(), place.longitude(), planes);
            let request = match site.inverter_limit {
                Some(limit) => request.inverter(limit.kilowatts()),
                None => request,
            };
            match request.parts() {
                Ok(_) => Ok(request),
                Err(error) => Err(lacks(format!("cannot be asked about: {error}"))),
            }
        };
        planes.chunks(at_once).map(request).collect()
    }

    /// What answers a question, its reach counted in days of the site.
    fn choose_for(&self, site: &Site, question: &Question) -> Result<Capability, SourceError> {
        let now = self.client.clock().now();
        let Some(zone) = site.time_zone.as_ref().filter(|_| now <= question.interval.start()) else {
            return self.choose(question);
        };
        let last = last_of_days(question.interval, now, zone)
            .map_err(|error| SourceError::site(PROVIDER, &site.id, error.to_string()))?;
        let mut counted = question.clone();
        counted.interval = last;
        self.choose(&counted).map_err(|error| match error {
            SourceError::Refused(mut refusal) => {
                refusal.question = Some(question.clone());
                SourceError::Refused(refusal)
            }
            other => other,
        })
    }
}

/// An interval as far ahead as there are local midnights between now and the last day that is asked about; a day at least,
/// which everybody has.
fn last_of_days(asked: Interval, now: OffsetDateTime, zone: &TimeZone) -> Result<Interval, ZoneError> {
    let last = zone.date_at(asked.end() - Duration::NANOSECOND)?;
    let days = (last - zone.date_at(now)?).whole_days();
    let days = DAY.saturating_mul(u32::try_from(days).unwrap_or(u32::MAX).max(1));
    let end = Interval::starting_at(now, days)?.end();
    Ok(Interval::ending_at(end, DAY / 24)?)
}

/// Sends the calls, one after the other, and adds up what they answer.
async fn fetch(client: &Client, requests: &[GetEstimate]) -> Result<Expected, SourceError> {
    let mut forecasts = Vec::with_capacity(requests.len());
    for request in requests {
        let answer = client.send(request).await;
        let answer = answer.map_err(|error| SourceError::call(PROVIDER, error))?;
        let forecast = answer.forecast();
        forecasts.push(forecast.map_err(|error| SourceError::data(PROVIDER, error))?);
    }
    Expected::new(&forecasts, client.clock().now()).map_err(|error| SourceError::data(PROVIDER, error))
}

fn count(requests: &[GetEstimate]) -> u32 {
    u32::try_from(requests.len()).unwrap_or(u32::MAX)
}

impl Source for ForecastSolarSource {
    fn account(&self) -> &dyn Account {
        &self.client
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn sites(&self) -> BoxFuture<'_, Result<Vec<Site>, SourceError>> {
        Box::pin(std::future::ready(Ok(self.sites.clone())))
    }

    fn plan(&self, site: &Site, question: &Question) -> Result<Plan<Vec<AnySeries>>, SourceError> {
        let capability = self.choose_for(site, question)?;
        let requests = self.requests(site)?;
        let (calls, client) = (count(&requests), self.client.clone());
        let (quantity, resolution) = (capability.quantity, capability.resolution);
        let run = async move {
            let expected = fetch(&client, &requests).await?;
            Ok(vec![match (quantity, resolution) {
                (Quantity::ActivePower, _) => expected.power.into(),
                (_, Some(DAY)) => expected.days.into(),
                _ => expected.energy.into(),
            }])
        };
        Ok(Plan::of_series(self.account(), site, question, capability, run)
            .with_calls(<GetEstimate as Endpoint>::OPERATION, calls))
    }

    fn plan_forecast(&self, site: &Site) -> Result<Plan<Forecast>, SourceError> {
        let requests = self.requests(site)?;
        let (calls, client, id) = (count(&requests), self.client.clone(), site.id.clone());
        let run = async move {
            let expected = fetch(&client, &requests).await?;
            let forecast = expected.into_forecast();
            Ok(forecast
                .map_err(|error| SourceError::data(PROVIDER, error))?
                .with_site(id))
        };
        Ok(Plan::new(run).with_calls(<GetEstimate as Endpoint>::OPERATION, calls))
    }
}
