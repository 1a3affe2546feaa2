//! The service as a source among others.

use std::collections::BTreeMap;
use std::time::Duration;

use energy_core::model::{
    Amount, Capabilities, Capability, Direction, IntervalReading, Quantity, Reach, Requirement, Sample, Scope,
    ScopeLevel, Series, Site, SourceRef, TimeZone, ValueKind,
};
use energy_core::source::{Account, AnySeries, Plan, Question, Source, SourceError};
use energy_core::time::OffsetDateTime;
use energy_core::transport::BoxFuture;
use energy_core::{Api, Endpoint as _};

use crate::{
    Client, GetReads, GetReadsByMeter, GetReadsByProperty, Intellimeter, LimitUnit, ListProperties, MeterId, MeterRead,
    Property, PropertyId, PropertyRead, Register, RegisterRead,
};

/// The properties of a login as sites, and their reads as series: [`Source`].
///
/// | question | level | kinds | calls |
/// |---|---|---|---|
/// | electric energy used | site | sums of intervals, counter | one `getReads` by property |
/// | electric energy used, water, gas | meter | sums of intervals, counter | one `getReads` by meter |
///
/// - Each answer is one call, however far back it reaches, and brings **everything since then** up to now: a read of a
///   meter has some 300 bytes, and a client reads 8 MiB at most unless
///   [`max_body`](energy_core::ClientBuilder::max_body) says otherwise.
/// - The stamps of reads are local, and no property says its time zone: **say it** ([`in_zone`](Self::in_zone),
///   [`with_zone`](Self::with_zone)), or a question is [`SourceError::Site`].
/// - How often meters are read is the building's affair, and the service does not state it: a question that asks for a
///   resolution is refused unless [`with_read_cycle`](Self::with_read_cycle) says it.
///
/// How reads become series is told at [`Register`].
///
/// ```
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// use energy_core::model::{Coverage, Interval, TimeZone};
/// use energy_core::source::{Question, Source};
/// use energy_core::time::macros::datetime;
/// use energy_sandbox::Sandbox;
/// use intellimeter::{Application, Client, Credentials, IntellimeterSource};
///
/// let sandbox = Sandbox::builder().at(datetime!(2026-06-03 9:20 -4)).start().await?;
/// let keys = sandbox.intellimeter().credentials();
/// let application = Application::new(keys.user_client_id, keys.user_client_secret)?;
/// let scopes = "meter:reads:read property:info:read".parse()?;
/// let client = Client::builder(Credentials::application(application, scopes))
///     .base_url(sandbox.intellimeter().base_url())
/// #   .clock(energy_core::clock::ManualClock::new(datetime!(2026-06-03 9:20 -4)))
///     .build()?;
///
/// let toronto = TimeZone::named("America/Toronto");
/// let source = IntellimeterSource::new(client).in_zone(toronto.clone());
/// let yesterday = Interval::new(datetime!(2026-06-02 0:00 -4), datetime!(2026-06-03 0:00 -4))?;
/// for site in source.sites().await? {
///     for series in source.readings(&site, &Question::consumption(yesterday)).await? {
///         let energy = series.energy().ok_or("sums of intervals come first")?;
///         let days = energy.daily_totals(&toronto, Coverage::Full)?;
///         println!("{:?}: {:?}", site.name, days);
/// #       assert!(days[0].total.value.is_some());
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct IntellimeterSource {
    client: Client,
    zone: Option<TimeZone>,
    zones: BTreeMap<PropertyId, TimeZone>,
    capabilities: Capabilities,
}

/// A request reaches so much further back than the question, in hours: one, because the service may count back by the wall
/// clock, which may have been set forward; and two, so that an hour that comes twice is there whole, and that the
/// first interval has a read to begin at.
const HOURS_BEFORE: u64 = 3;

impl IntellimeterSource {
    /// What a client sees. Its token needs the scopes `property:info:read` for sites and `meter:reads:read` for answers.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            zone: None,
            zones: BTreeMap::new(),
            capabilities: capabilities(None),
        }
    }

    /// With the time zone of all properties that nothing else is said of.
    #[must_use]
    pub fn in_zone(mut self, zone: TimeZone) -> Self {
        self.zone = Some(zone);
        self
    }

    /// With the time zone of one property. What a [`Site`] itself says goes before it.
    #[must_use]
    pub fn with_zone(mut self, property: impl Into<PropertyId>, zone: TimeZone) -> Self {
        self.zones.insert(property.into(), zone);
        self
    }

    /// With the distance between two reads of a meter: what the source may promise as its resolution. Say the longest, if
    /// buildings differ.
    #[must_use]
    pub fn with_read_cycle(mut self, cycle: Duration) -> Self {
        self.capabilities = capabilities(Some(cycle));
        self
    }

    fn site(&self, property: Property) -> Site {
        let mut site = Site::new(property.id.as_str());
        site.time_zone = self.zone_of_property(&property.id).cloned();
        site.name = property.display_name.or(property.job_name);
        site
    }

    fn zone_of_property(&self, property: &PropertyId) -> Option<&TimeZone> {
        self.zones.get(property).or(self.zone.as_ref())
    }

    /// The property's zone, which has to be a known one.
    fn zone_of(&self, site: &Site, now: OffsetDateTime) -> Result<TimeZone, SourceError> {
        let refuse = |reason: String| SourceError::site(Intellimeter::NAME, &site.id, reason);
        let own = || self.zone_of_property(&PropertyId::from(site.id.as_str()));
        let zone = site.time_zone.as_ref().or_else(own).ok_or_else(|| {
            let reason = "has no time zone, and its reads have local stamps: say the zone with \
                          `IntellimeterSource::in_zone` or `with_zone`";
            refuse(reason.to_owned())
        })?;
        zone.offset_at(now)
            .map_err(|error| refuse(format!("is in no known time zone: {error}")))?;
        Ok(zone.clone())
    }
}

impl Source for IntellimeterSource {
    fn account(&self) -> &dyn Account {
        &self.client
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn sites(&self) -> BoxFuture<'_, Result<Vec<Site>, SourceError>> {
        Box::pin(async move {
            let properties = self.client.send(&ListProperties::new()).await.map_err(call)?;
            Ok(properties.into_iter().map(|property| self.site(property)).collect())
        })
    }

    fn plan(&self, site: &Site, question: &Question) -> Result<Plan<Vec<AnySeries>>, SourceError> {
        let capability = self.choose(question)?;
        let clock = self.client.clock();
        let wanted = Wanted {
            property: PropertyId::from(site.id.as_str()),
            zone: self.zone_of(site, clock.now())?,
            quantity: capability.quantity,
            kind: capability.kind,
        };
        let (client, level, start) = (self.client.clone(), capability.level, question.interval.start());
        let run = async move {
            // By the time that it is when the plan runs, for the service counts back from then.
            let hours = hours_since(start, clock.now());
            match level {
                ScopeLevel::Meter => wanted.by_meter(&client, hours).await,
                _ => wanted.of_property(&client, hours).await,
            }
        };
        Ok(Plan::of_series(&self.client, site, question, capability, run).with_calls(GetReadsByProperty::OPERATION, 1))
    }
}

/// Whose reads are fetched, and what is made of them.
struct Wanted {
    property: PropertyId,
    zone: TimeZone,
    quantity: Quantity,
    kind: ValueKind,
}

impl Wanted {
    /// What the meters of the property show together: one series, be it empty.
    async fn of_property(&self, client: &Client, hours: u32) -> Result<Vec<AnySeries>, SourceError> {
        let request = GetReadsByProperty::new()
            .property(self.property.clone())
            .since(hours, LimitUnit::Hour);
        let reads = client.send(&request).await.map_err(call)?;
        let own = reads.iter().filter(|read| read.property == self.property);
        Ok(vec![self.series(own.map(PropertyRead::energy), Scope::Site)?])
    }

    /// What each meter shows that measures what was asked for.
    async fn by_meter(&self, client: &Client, hours: u32) -> Result<Vec<AnySeries>, SourceError> {
        let request = GetReadsByMeter::new()
            .property(self.property.clone())
            .since(hours, LimitUnit::Hour);
        let reads = client.send(&request).await.map_err(call)?;
        let own = reads
            .0
            .iter()
            .filter(|(property, _)| property == self.property.as_str());
        let mut meters: BTreeMap<&MeterId, Vec<&MeterRead>> = BTreeMap::new();
        for read in own.flat_map(|(_, reads)| reads) {
            if read.quantity() == Some(self.quantity) {
                meters.entry(&read.meter).or_default().push(read);
            }
        }
        let series = meters.into_iter().map(|(meter, reads)| {
            let (reads, scope) = (reads.into_iter(), Scope::Meter(meter.as_str().into()));
            match self.quantity {
                Quantity::ActiveEnergy => self.series(reads.map(MeterRead::energy), scope),
                _ => self.series(reads.map(MeterRead::volume), scope),
            }
        });
        series.collect()
    }

    fn series<T>(&self, reads: impl Iterator<Item = RegisterRead<T>>, scope: Scope) -> Result<AnySeries, SourceError>
    where
        T: Amount,
        AnySeries: From<Series<Sample<T>>> + From<Series<IntervalReading<T>>>,
    {
        let source = SourceRef::new(Intellimeter::NAME).with_resource(GetReads::OPERATION.id);
        let register = Register::new(reads, &self.zone)
            .map_err(|error| SourceError::data(Intellimeter::NAME, error))?
            .with_source(source);
        let series = match self.kind {
            ValueKind::Counter => register.counter(scope, self.quantity).map(AnySeries::from),
            _ => register.amounts(scope, self.quantity).map(AnySeries::from),
        };
        series.map_err(|error| SourceError::data(Intellimeter::NAME, error))
    }
}

fn call(error: energy_core::Error) -> SourceError {
    SourceError::call(Intellimeter::NAME, error)
}

/// So many hours back that all of the interval's reads are there.
fn hours_since(start: OffsetDateTime, now: OffsetDateTime) -> u32 {
    let seconds = u64::try_from((now - start).whole_seconds()).unwrap_or_default();
    u32::try_from(seconds.div_ceil(3600).saturating_add(HOURS_BEFORE)).unwrap_or(u32::MAX)
}

/// Everything that reads tell. The service names no end of how far back they reach.
fn capabilities(cycle: Option<Duration>) -> Capabilities {
    let measured = [
        (Quantity::ActiveEnergy, ScopeLevel::Site),
        (Quantity::ActiveEnergy, ScopeLevel::Meter),
        (Quantity::WaterVolume, ScopeLevel::Meter),
        (Quantity::GasVolume, ScopeLevel::Meter),
    ];
    let kinds = [ValueKind::IntervalSum, ValueKind::Counter];
    let all = measured.into_iter().flat_map(|(quantity, level)| {
        kinds.map(|kind| {
            let mut capability = Capability::new(quantity, kind, level)
                .with_direction(Direction::Consumption)
                .with_back(Reach::Unlimited);
            capability.resolution = cycle;
            let scope = GetReads::OPERATION.access.into_iter();
            scope.fold(capability, |capability, scope| {
                capability.with_requirement(Requirement::Permission(scope.to_owned()))
            })
        })
    });
    Capabilities::new(all.collect())
}
