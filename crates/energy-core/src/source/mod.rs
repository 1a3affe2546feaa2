//! Services as sources of one kind: which sites they have, what they can give, and the series themselves.
//!
//! A vendor's crate makes a [`Source`] of its client (feature `unified` there). Everything goes through it alike:
//!
//! | you want | ask |
//! |---|---|
//! | the sites that a login sees | [`Source::sites`] |
//! | what a service can give, at which level and resolution, how far back, under which plan | [`Source::capabilities`] |
//! | a quantity over an interval | [`Source::readings`] with a [`Question`] |
//! | what that costs, before | [`Source::plan`], [`Plan::calls`], [`Plan::fits`] |
//! | a forecast | [`Source::forecast`] |
//! | all of it of many sites and services | [`Fleet`] |
//!
//! - A question that a source cannot answer is refused before anything is sent, with what it can give instead
//!   ([`Refusal`]).
//! - Answers are series in the source's own resolution, which is as fine as was asked for or finer; their points share time
//!   with the interval and are not cut at its edges. [`Series::daily_totals`](crate::model::Series::daily_totals) and
//!   [`Series::amount_in`](crate::model::Series::amount_in) do that.
//! - Each series says whose it is, its zone, where it came from, and when it was fetched. What has not been reported is
//!   missing, never zero.

mod any_series;
mod error;
mod fleet;
mod plan;
mod question;

use std::sync::Arc;

pub use any_series::AnySeries;
pub use error::{Instead, Refusal, SourceError};
pub use fleet::{Failed, Fleet, FleetPlan, Found, Gathered, SiteOf, SourceIndex};
pub use plan::{Plan, PlannedCalls, Shortage};
pub use question::{DAY, Question};

use crate::client::ApiClient;
use crate::clock::Clock;
use crate::endpoint::Api;
use crate::limit::Quota;
use crate::model::{Capabilities, Capability, Forecast, Requirement, Site};
use crate::transport::BoxFuture;

/// A login at a service, as far as it can be told without calling it. Every [`ApiClient`] is one.
pub trait Account: std::fmt::Debug + Send + Sync + 'static {
    /// The service, by its crate's name.
    fn provider(&self) -> &'static str;

    /// The plans, packages and permissions that the login has. `None` if that is not known: then nothing is refused for
    /// them here, and the service decides.
    fn granted(&self) -> Option<Vec<Requirement>>;

    /// What is left of the quotas, as far as the client counts them.
    fn quotas(&self) -> Vec<Quota>;

    /// The clock.
    fn clock(&self) -> Arc<dyn Clock>;
}

impl<A: Api> Account for ApiClient<A> {
    fn provider(&self) -> &'static str {
        A::NAME
    }

    fn granted(&self) -> Option<Vec<Requirement>> {
        self.core.access.as_ref().and_then(|access| access.granted())
    }

    fn quotas(&self) -> Vec<Quota> {
        self.limiter().quotas(self.core.clock.now())
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.core.clock)
    }
}

/// One service, seen through one login.
///
/// It can be used as `dyn Source`, and cloning what it is made of is cheap: answers and plans own what they need.
pub trait Source: std::fmt::Debug + Send + Sync + 'static {
    /// The login: the client that the source asks through.
    fn account(&self) -> &dyn Account;

    /// All that the service can give, under any plan or package; of what answers one question alike, the cheapest first.
    fn capabilities(&self) -> &Capabilities;

    /// The sites that the login sees, in as few calls as there can be. Empty for a service that knows none.
    fn sites(&self) -> BoxFuture<'_, Result<Vec<Site>, SourceError>>;

    /// The cheapest calls that answer a question about a site. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`SourceError::Refused`] and [`SourceError::Site`].
    fn plan(&self, site: &Site, question: &Question) -> Result<Plan<Vec<AnySeries>>, SourceError>;

    /// The calls that forecast a site's production. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`SourceError::Refused`] by a service that makes no forecasts, as most do; [`SourceError::Site`] for a site that lacks
    /// what a forecast needs: coordinates and planes of modules.
    fn plan_forecast(&self, site: &Site) -> Result<Plan<Forecast>, SourceError> {
        let _ = site;
        Err(SourceError::Refused(Box::new(Refusal {
            provider: self.account().provider(),
            question: None,
            instead: Instead::Other(self.capabilities().all().to_vec()),
        })))
    }

    /// The answer to a question about a site: one series of the whole, or one for each device.
    ///
    /// # Errors
    ///
    /// As [`Source::plan`] and [`Plan::run`].
    fn readings<'a>(
        &'a self,
        site: &'a Site,
        question: &'a Question,
    ) -> BoxFuture<'a, Result<Vec<AnySeries>, SourceError>> {
        Box::pin(async move { self.plan(site, question)?.run().await })
    }

    /// What a site is expected to produce.
    ///
    /// # Errors
    ///
    /// As [`Source::plan_forecast`] and [`Plan::run`].
    fn forecast<'a>(&'a self, site: &'a Site) -> BoxFuture<'a, Result<Forecast, SourceError>> {
        Box::pin(async move { self.plan_forecast(site)?.run().await })
    }

    /// The capability that answers a question for this login.
    ///
    /// # Errors
    ///
    /// [`SourceError::Refused`] with what the source can give instead.
    fn choose(&self, question: &Question) -> Result<Capability, SourceError> {
        let (account, capabilities) = (self.account(), self.capabilities());
        let granted = account.granted().unwrap_or_else(|| {
            let all = capabilities.all().iter();
            all.flat_map(|one| one.requires_any.iter().cloned()).collect()
        });
        let now = account.clock().now();
        Refusal::unless(account.provider(), question, capabilities, &granted, now).map_err(SourceError::Refused)
    }
}
