//! Many sites of many services at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{AnySeries, Plan, Question, Shortage, Source, SourceError};
use crate::limit::Quota;
use crate::model::{Forecast, Site, ZoneError};

/// How many sites of one source are asked at a time, unless told otherwise.
const AT_ONCE: usize = 4;

/// After so many sites in a row for which the service was not reached, the others are not asked.
const GIVES_UP_AFTER: u32 = 3;

/// Which source of a fleet: the first one is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceIndex(pub usize);

/// Several sources, asked together.
///
/// Of each source so many sites are asked at a time and no more, each heeds its own quota, and waits only as its client was
/// told to. What fails is an entry among the answers; nothing that arrived is lost for it. A service that was not reached for
/// three sites in a row is not asked for others in this round.
///
/// Asking needs a tokio runtime; programs without one say [`blocking::wait`](crate::blocking::wait), with the feature
/// `blocking`.
///
/// ```
/// use energy_core::source::{Fleet, Question};
/// # use energy_core::model::{Interval, IntervalError};
/// # use energy_core::source::Source;
/// # async fn example(enphase: impl Source, solarlog: impl Source, yesterday: Interval) {
/// let fleet = Fleet::new().with_source(enphase).with_source(solarlog);
/// let sites = fleet.sites().await;
/// let production = fleet.readings(&sites.found, &Question::production(yesterday)).await;
/// for found in &production.found {
///     println!("{}: {} series", found.of, found.value.len());
/// }
/// for failed in production.failed.iter().chain(&sites.failed) {
///     println!("{failed}");
/// }
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Fleet {
    sources: Vec<Arc<dyn Source>>,
    at_once: usize,
}

impl Default for Fleet {
    fn default() -> Self {
        Self::new()
    }
}

/// A site, and which source of the fleet it is of.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SiteOf {
    /// The source.
    pub source: SourceIndex,
    /// The service, by its crate's name.
    pub provider: &'static str,
    /// The site.
    pub site: Site,
}

impl fmt::Display for SiteOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.provider, self.site.id)
    }
}

/// What one site gave.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Found<T> {
    /// The site.
    pub of: SiteOf,
    /// What it gave.
    pub value: T,
}

/// What could not be had.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failed {
    /// The source.
    pub source: SourceIndex,
    /// The service, by its crate's name.
    pub provider: &'static str,
    /// The site; `None` if the source's sites could not be listed.
    pub site: Option<Site>,
    /// Why.
    pub error: SourceError,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.site {
            Some(site) => write!(f, "site {}: {}", site.id, self.error),
            None => write!(f, "sites: {}", self.error),
        }
    }
}

/// What arrived and what did not, each in the order in which it was asked for.
#[derive(Debug)]
#[non_exhaustive]
pub struct Gathered<T> {
    /// What arrived.
    pub found: Vec<T>,
    /// What did not.
    pub failed: Vec<Failed>,
}

impl<T> Gathered<T> {
    /// Whether everything arrived.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty()
    }

    /// The services of which something did not arrive.
    pub fn incomplete_providers(&self) -> BTreeSet<&'static str> {
        self.failed.iter().map(|failed| failed.provider).collect()
    }
}

/// How one source fares in a round.
#[derive(Debug, Clone)]
struct Lane {
    permits: Arc<Semaphore>,
    /// Calls in a row that did not reach the service.
    unreached: Arc<AtomicU32>,
}

impl Lane {
    async fn run<T>(
        &self,
        provider: &'static str,
        answer: impl Future<Output = Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        // The semaphore is never closed, so this waits for a place and nothing else.
        let _permit = self.permits.acquire().await.ok();
        let failures = self.unreached.load(Ordering::Relaxed);
        if failures >= GIVES_UP_AFTER {
            return Err(SourceError::Unreachable { provider, failures });
        }
        let answer = answer.await;
        match &answer {
            Err(error) if error.is_unreachable() => {
                self.unreached.fetch_add(1, Ordering::Relaxed);
            }
            // What was not sent says nothing about the service.
            Err(error) if error.was_not_sent() => {}
            _ => self.unreached.store(0, Ordering::Relaxed),
        }
        answer
    }
}

impl Fleet {
    /// A fleet without sources.
    pub fn new() -> Self {
        Self {
            sources: Vec::new(),
            at_once: AT_ONCE,
        }
    }

    /// With this source as well.
    #[must_use]
    pub fn with_source(self, source: impl Source) -> Self {
        self.with_shared(Arc::new(source))
    }

    /// With this source as well, which others use too.
    #[must_use]
    pub fn with_shared(mut self, source: Arc<dyn Source>) -> Self {
        self.sources.push(source);
        self
    }

    /// So many sites of each source at a time; 4 unless told otherwise, and never less than one.
    #[must_use]
    pub fn with_concurrency(mut self, sites: usize) -> Self {
        self.at_once = sites.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// The sources, in the order in which they were given.
    pub fn sources(&self) -> &[Arc<dyn Source>] {
        &self.sources
    }

    /// The source of a site.
    pub fn source_of(&self, site: &SiteOf) -> Option<&Arc<dyn Source>> {
        self.sources.get(site.source.0)
    }

    /// A site that a source does not list, such as one to forecast for.
    pub fn site(&self, source: SourceIndex, site: Site) -> Option<SiteOf> {
        let provider = self.sources.get(source.0)?.account().provider();
        Some(SiteOf { source, provider, site })
    }

    /// The sites of all sources.
    pub async fn sites(&self) -> Gathered<SiteOf> {
        let mut tasks = JoinSet::new();
        for (index, source) in self.sources.iter().enumerate() {
            let source = Arc::clone(source);
            tasks.spawn(async move { (index, (source.account().provider(), source.sites().await)) });
        }
        let answers = joined(tasks).await;
        let mut gathered = Gathered {
            found: Vec::new(),
            failed: Vec::new(),
        };
        for (index, (provider, answer)) in answers.into_iter().enumerate() {
            let source = SourceIndex(index);
            match answer {
                Ok(sites) => gathered
                    .found
                    .extend(sites.into_iter().map(|site| SiteOf { source, provider, site })),
                Err(error) => gathered.failed.push(Failed {
                    source,
                    provider,
                    site: None,
                    error,
                }),
            }
        }
        gathered
    }

    /// What it takes to answer a question about these sites. Nothing is sent.
    ///
    /// - `sites`: those of [`sites`](Self::sites), or some of them.
    pub fn plan(&self, sites: &[SiteOf], question: &Question) -> FleetPlan<Vec<AnySeries>> {
        self.planned(sites, |source, of| source.plan(&of.site, question))
    }

    /// What it takes to ask each of these sites something of its own, such as about its own day. Nothing is sent.
    ///
    /// - `question`: what a site is asked.
    ///
    /// ```
    /// use energy_core::source::{Fleet, Question};
    /// # use energy_core::source::SiteOf;
    /// # use time::OffsetDateTime;
    /// # async fn example(fleet: &Fleet, sites: &[SiteOf], now: OffsetDateTime) {
    /// // A day begins when the site's clock says so.
    /// let answers = fleet.plan_each(sites, |of| Ok(Question::production(of.site.yesterday(now)?)));
    /// # let _ = answers.run().await;
    /// # }
    /// ```
    pub fn plan_each(
        &self,
        sites: &[SiteOf],
        question: impl Fn(&SiteOf) -> Result<Question, ZoneError>,
    ) -> FleetPlan<Vec<AnySeries>> {
        self.planned(sites, |source, of| {
            let no_day = |error| SourceError::site(of.provider, &of.site.id, format!("has no such day: {error}"));
            source.plan(&of.site, &question(of).map_err(no_day)?)
        })
    }

    /// What it takes to forecast for these sites. Nothing is sent.
    pub fn plan_forecasts(&self, sites: &[SiteOf]) -> FleetPlan<Forecast> {
        self.planned(sites, |source, of| source.plan_forecast(&of.site))
    }

    /// The answers to a question about these sites.
    pub async fn readings(&self, sites: &[SiteOf], question: &Question) -> Gathered<Found<Vec<AnySeries>>> {
        self.plan(sites, question).run().await
    }

    /// What these sites are expected to produce.
    pub async fn forecasts(&self, sites: &[SiteOf]) -> Gathered<Found<Forecast>> {
        self.plan_forecasts(sites).run().await
    }

    fn planned<T>(
        &self,
        sites: &[SiteOf],
        plan: impl Fn(&dyn Source, &SiteOf) -> Result<Plan<T>, SourceError>,
    ) -> FleetPlan<T> {
        let plans = sites.iter().map(|of| {
            let planned = match self.source_of(of) {
                Some(source) if source.account().provider() == of.provider => plan(source.as_ref(), of),
                _ => Err(SourceError::site(
                    of.provider,
                    &of.site.id,
                    "is of no source of this fleet",
                )),
            };
            (of.clone(), planned)
        });
        FleetPlan {
            plans: plans.collect(),
            at_once: self.at_once,
        }
    }
}

/// What it takes to ask many sites. Nothing is sent until it [runs](Self::run).
#[derive(Debug)]
#[must_use = "a plan sends nothing until it runs"]
pub struct FleetPlan<T> {
    plans: Vec<(SiteOf, Result<Plan<T>, SourceError>)>,
    at_once: usize,
}

impl<T: Send + 'static> FleetPlan<T> {
    /// The plan of each site, or why there is none.
    pub fn plans(&self) -> impl Iterator<Item = (&SiteOf, &Result<Plan<T>, SourceError>)> {
        self.plans.iter().map(|(of, plan)| (of, plan))
    }

    /// How many calls one source makes.
    pub fn calls(&self, source: SourceIndex) -> u32 {
        self.sum(source, Plan::calls)
    }

    /// How many calls they count as against a quota of this source.
    pub fn cost(&self, source: SourceIndex) -> u32 {
        self.sum(source, Plan::cost)
    }

    /// Whether what is left of a quota of this source is enough, as [`Plan::fits`].
    ///
    /// # Errors
    ///
    /// By how much it is too little, and when there is more.
    pub fn fits(&self, source: SourceIndex, quota: &Quota) -> Result<(), Shortage> {
        Shortage::unless(self.cost(source), quota)
    }

    fn sum(&self, source: SourceIndex, of: fn(&Plan<T>) -> u32) -> u32 {
        let plans = self.plans.iter().filter(|(site, _)| site.source == source);
        plans.fold(0, |sum: u32, (_, plan)| sum.saturating_add(plan.as_ref().map_or(0, of)))
    }

    /// Makes the calls. What could not be planned is among what failed.
    pub async fn run(self) -> Gathered<Found<T>> {
        let lane = || Lane {
            permits: Arc::new(Semaphore::new(self.at_once)),
            unreached: Arc::default(),
        };
        let mut lanes: BTreeMap<SourceIndex, Lane> = BTreeMap::new();
        let mut tasks = JoinSet::new();
        for (index, (of, plan)) in self.plans.into_iter().enumerate() {
            let lane = lanes.entry(of.source).or_insert_with(lane).clone();
            tasks.spawn(async move {
                let answer = match plan {
                    Ok(plan) => lane.run(of.provider, plan.run()).await,
                    Err(error) => Err(error),
                };
                (index, (of, answer))
            });
        }
        let answers = joined(tasks).await;
        let mut gathered = Gathered {
            found: Vec::new(),
            failed: Vec::new(),
        };
        for (of, answer) in answers {
            match answer {
                Ok(value) => gathered.found.push(Found { of, value }),
                Err(error) => gathered.failed.push(Failed {
                    source: of.source,
                    provider: of.provider,
                    site: Some(of.site),
                    error,
                }),
            }
        }
        gathered
    }
}

/// What all tasks gave, in the order of their numbers; a panic in one of them goes on here.
async fn joined<T: 'static>(mut tasks: JoinSet<(usize, T)>) -> Vec<T> {
    let mut all = Vec::with_capacity(tasks.len());
    while let Some(task) = tasks.join_next().await {
        match task {
            Ok(numbered) => all.push(numbered),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // Nobody cancels a task of this set.
            Err(_) => {}
        }
    }
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, value)| value).collect()
}
