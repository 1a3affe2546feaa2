//! What an answer costs, before it is fetched.

use std::fmt;
use std::future::Future;

use time::OffsetDateTime;

use super::{Account, AnySeries, Question, SourceError};
use crate::endpoint::Operation;
use crate::limit::Quota;
use crate::model::{Capability, Interval, Site};
use crate::transport::BoxFuture;

/// So many calls of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedCalls {
    /// The operation.
    pub operation: &'static Operation,
    /// How often it is called.
    pub times: u32,
}

/// The cheapest set of calls for an answer. Nothing is sent until it [runs](Self::run).
///
/// The number of calls is that of a service that answers as it is documented to. Retries come on top; a service that gives
/// less at a time than it says takes more, and a site that is younger than the question takes fewer.
///
/// ```
/// use energy_core::limit::Quota;
/// use energy_core::source::{Plan, SourceError};
///
/// async fn within_quota<T>(plan: Plan<T>, quota: &Quota) -> Option<Result<T, SourceError>> {
///     match plan.fits(quota) {
///         Ok(()) => Some(plan.run().await),
///         Err(shortage) => {
///             println!("not today: {shortage}"); // … 105 calls, and 60 are left: 45 too many
///             None
///         }
///     }
/// }
/// ```
#[must_use = "a plan sends nothing until it runs"]
pub struct Plan<T> {
    capability: Option<Capability>,
    calls: Vec<PlannedCalls>,
    run: BoxFuture<'static, Result<T, SourceError>>,
}

impl<T> fmt::Debug for Plan<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls: Vec<_> = self.calls.iter().map(|of| (of.operation.id, of.times)).collect();
        f.debug_struct("Plan")
            .field("calls", &calls)
            .field("capability", &self.capability)
            .finish_non_exhaustive()
    }
}

impl<T> Plan<T> {
    /// A plan that costs nothing yet. For those who write a [`Source`](super::Source): the future must not do anything before it is polled.
    pub fn new(run: impl Future<Output = Result<T, SourceError>> + Send + 'static) -> Self {
        Self {
            capability: None,
            calls: Vec::new(),
            run: Box::pin(run),
        }
    }

    /// With so many calls of an operation.
    pub fn with_calls(mut self, operation: &'static Operation, times: u32) -> Self {
        self.calls.push(PlannedCalls { operation, times });
        self
    }

    /// Which calls it makes.
    pub fn operations(&self) -> &[PlannedCalls] {
        &self.calls
    }

    /// How many calls it makes.
    pub fn calls(&self) -> u32 {
        self.calls.iter().fold(0, |sum: u32, of| sum.saturating_add(of.times))
    }

    /// How many calls it counts as against a quota.
    pub fn cost(&self) -> u32 {
        self.calls.iter().fold(0, |sum: u32, of| {
            sum.saturating_add(of.times.saturating_mul(of.operation.cost))
        })
    }

    /// What the answer will be: its kind, resolution and level may be finer than what was asked for.
    pub fn capability(&self) -> Option<&Capability> {
        self.capability.as_ref()
    }

    /// Whether what is left of a quota is enough: a service's own words, or one of [`Account::quotas`]. A quota that does not
    /// say what is left is enough. A client that waits ([`OnLimit::Wait`](crate::limit::OnLimit::Wait)) gets through a small
    /// quota of a minute all the same; what counts then is that of the longest period.
    ///
    /// # Errors
    ///
    /// By how much it is too little, and when there is more.
    pub fn fits(&self, quota: &Quota) -> Result<(), Shortage> {
        Shortage::unless(self.cost(), quota)
    }

    /// Makes the calls.
    ///
    /// # Errors
    ///
    /// [`SourceError::Call`] and [`SourceError::Data`].
    pub async fn run(self) -> Result<T, SourceError> {
        self.run.await
    }
}

impl Plan<Vec<AnySeries>> {
    /// A plan whose series come back with what every answer has: the site's time zone, when they were fetched, no point
    /// outside the question or of the time to come, and no device but those that were asked for. For those who write a
    /// [`Source`](super::Source).
    pub fn of_series(
        account: &dyn Account,
        site: &Site,
        question: &Question,
        capability: Capability,
        run: impl Future<Output = Result<Vec<AnySeries>, SourceError>> + Send + 'static,
    ) -> Self {
        let (provider, clock) = (account.provider(), account.clock());
        let (site, question) = (site.clone(), question.clone());
        let mut plan = Self::new(async move {
            let series = run.await?;
            let asked_for = |series: &AnySeries| match series.info().scope.device() {
                Some(device) => question.devices.is_empty() || question.devices.contains(device),
                None => true,
            };
            let now = clock.now();
            let interval = until_now(question.interval, now);
            let complete = |series: AnySeries| series.within(interval).fetched(provider, &site, now);
            Ok(series.into_iter().filter(asked_for).map(complete).collect())
        });
        plan.capability = Some(capability);
        plan
    }
}

/// An interval that has begun, as far as it is over.
fn until_now(interval: Interval, now: OffsetDateTime) -> Interval {
    match interval.split_at(now) {
        Some((past, _)) => past,
        None => interval,
    }
}

/// What is left of a quota is too little for a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct Shortage {
    /// What the plan counts as.
    pub cost: u32,
    /// What is left.
    pub left: u32,
    /// The quota, by its name.
    pub quota: Option<String>,
    /// When there is more, if that is known.
    pub retry_at: Option<OffsetDateTime>,
}

impl Shortage {
    /// Whether a quota has so many calls left.
    ///
    /// # Errors
    ///
    /// The shortage, if it has not.
    pub(super) fn unless(cost: u32, quota: &Quota) -> Result<(), Self> {
        match quota.remaining.or(quota.limit) {
            Some(left) if left < cost => Err(Self {
                cost,
                left,
                quota: quota.zone.clone(),
                retry_at: quota.retry_at,
            }),
            _ => Ok(()),
        }
    }

    /// How many calls too many the plan makes.
    pub fn short_by(&self) -> u32 {
        self.cost.saturating_sub(self.left)
    }
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quota = self.quota.as_deref().unwrap_or("the quota");
        write!(
            f,
            "the plan takes {} calls, and {} are left of {quota}: {} too many",
            self.cost,
            self.left,
            self.short_by()
        )?;
        match self.retry_at {
            Some(at) => write!(f, "; there is more at {at}"),
            None => Ok(()),
        }
    }
}
