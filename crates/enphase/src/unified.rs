//! What the sources of both versions share: which calls answer a question, counted and made by the same code.

use std::collections::HashSet;
use std::hash::Hash;
use std::time::Duration;

use energy_core::model::{
    Capabilities, Capability, DeviceId, Direction, Interval, IntervalReading, Quality, Quantity, Reach, ScopeLevel,
    Series, SeriesError, Site, TimeZone, ValueKind, WattHours, ZoneError,
};
use energy_core::source::{Account, AnySeries, Plan, Question, Source, SourceError};
use energy_core::transport::BoxFuture;
use energy_core::{Api, ApiClient, Endpoint, Error, Operation, Paginated};
use time::{Date, OffsetDateTime};

use crate::daily::LifetimeError;
use crate::reading::FIVE_MINUTES;
use crate::{Over, Spanned, SystemId};

/// How errors of the sources call the service.
const NAME: &str = "enphase";

/// The least time between two instants.
const INSTANT: time::Duration = time::Duration::nanoseconds(1);

/// A series of days.
pub(crate) type Daily = Result<Series<IntervalReading<WattHours>>, LifetimeError>;

/// A capability, and the calls that make use of it.
pub(crate) struct Offer<A: Api> {
    pub(crate) capability: Capability,
    pub(crate) calls: fn(&Asked<'_, A>) -> Result<Calls, SourceError>,
}

/// What the offers are about.
pub(crate) fn capabilities<A: Api>(offers: &[Offer<A>]) -> Capabilities {
    Capabilities::new(offers.iter().map(|offer| offer.capability.clone()).collect())
}

/// Energy of intervals.
///
/// - `back`: how far they go back.
pub(crate) fn energy(level: ScopeLevel, direction: Direction, step: Duration, back: Reach) -> Capability {
    Capability::new(Quantity::ActiveEnergy, ValueKind::IntervalSum, level)
        .with_direction(direction)
        .with_resolution(step)
        .with_back(back)
}

/// The mean power that microinverters produced in five minutes.
///
/// - `back`: how far it goes back.
pub(crate) fn power(level: ScopeLevel, back: Reach) -> Capability {
    Capability::new(Quantity::ActivePower, ValueKind::IntervalMean, level)
        .with_direction(Direction::Production)
        .with_resolution(FIVE_MINUTES)
        .with_back(back)
}

/// Calls of one operation, all of which an answer takes.
pub(crate) struct Calls {
    operation: &'static Operation,
    times: u32,
    answer: BoxFuture<'static, Result<Vec<AnySeries>, SourceError>>,
}

impl Calls {
    /// Calls of `operation` whose answers together are the series.
    pub(crate) fn new(
        operation: &'static Operation,
        times: u32,
        answer: impl Future<Output = Result<Vec<AnySeries>, SourceError>> + Send + 'static,
    ) -> Self {
        Self {
            operation,
            times,
            answer: Box::pin(answer),
        }
    }

    /// One after the other.
    pub(crate) fn of_each(operation: &'static Operation, calls: Vec<Self>) -> Self {
        let times = calls.iter().fold(0, |sum: u32, of| sum.saturating_add(of.times));
        Self::new(operation, times, async move {
            let mut all = Vec::new();
            for of in calls {
                all.extend(of.answer.await?);
            }
            Ok(all)
        })
    }
}

/// The plan of a question, by the offer that answers it.
///
/// - `source`: the source that makes these offers, through `client`.
pub(crate) fn plan<A: Api>(
    source: &dyn Source,
    client: &ApiClient<A>,
    offers: &[Offer<A>],
    site: &Site,
    question: &Question,
) -> Result<Plan<Vec<AnySeries>>, SourceError> {
    let capability = source.choose(question)?;
    let offer = offers.iter().find(|offer| offer.capability == capability);
    let offer = offer.ok_or_else(|| SourceError::data(NAME, format!("nothing answers for {capability}")))?;
    let asked = Asked {
        client,
        system: system(site)?,
        site,
        question,
        now: source.account().clock().now(),
    };
    let Calls {
        operation,
        times,
        answer,
    } = (offer.calls)(&asked)?;
    Ok(Plan::of_series(source.account(), site, question, capability, answer).with_calls(operation, times))
}

/// A question about a system.
pub(crate) struct Asked<'a, A: Api> {
    pub(crate) client: &'a ApiClient<A>,
    pub(crate) system: SystemId,
    site: &'a Site,
    question: &'a Question,
    now: OffsetDateTime,
}

impl<A: Api> Asked<'_, A> {
    /// The devices that the question names.
    pub(crate) fn devices(&self) -> &[DeviceId] {
        &self.question.devices
    }

    /// The steps that share time with the question and are over by now, as one interval; `None` if there is none. The
    /// service counts steps from the full hour.
    pub(crate) fn span(&self, step: Duration) -> Option<Interval> {
        let step = i64::try_from(step.as_secs()).ok()?;
        let at = |steps: i64| OffsetDateTime::from_unix_timestamp(steps.checked_mul(step)?).ok();
        let end = self.question.interval.end().saturating_sub(INSTANT);
        let from = self.question.interval.start().unix_timestamp().div_euclid(step);
        let until = end.unix_timestamp().div_euclid(step) + 1;
        let over = self.now.unix_timestamp().div_euclid(step);
        Interval::new(at(from)?, at(until.min(over))?).ok()
    }

    /// The calls for all of the question's time, as many as one answer after the other needs.
    ///
    /// - `step`: how far the points are apart.
    /// - `series`: what the answers are together.
    pub(crate) fn intervals<E, S>(
        &self,
        request: &E,
        step: Duration,
        series: impl FnOnce(Vec<<Over<E> as Paginated>::Item>) -> Result<S, SeriesError> + Send + 'static,
    ) -> Calls
    where
        E: Spanned<Api = A>,
        Over<E>: Paginated<Api = A>,
        S: Into<AnySeries>,
    {
        let over = self.span(step).map(|span| request.over(span));
        let times = over.as_ref().map_or(0, Over::calls);
        let client = self.client.clone();
        Calls::new(E::OPERATION, times, async move {
            let readings = match over {
                Some(over) => all(&client, over).await.map_err(failed)?,
                None => Vec::new(),
            };
            let series = series(readings).map_err(|error| SourceError::data(NAME, error))?;
            Ok(vec![series.into()])
        })
    }

    /// The one call for the site's days that share time with the question, today included. What is known of a day that is
    /// not over when it is asked for is partial, whether the service says when it last heard of the site or not.
    ///
    /// - `request`: from the first day to the last.
    pub(crate) fn days<E: Endpoint<Api = A> + 'static>(
        &self,
        request: impl FnOnce(Date, Date) -> E,
        daily: impl FnOnce(&E::Output, &TimeZone) -> Daily + Send + 'static,
    ) -> Result<Calls, SourceError> {
        let zone = self.site.time_zone.clone().ok_or_else(|| {
            let reason = "has no time zone, without which nobody knows when its days begin; give it one with `Site::with_time_zone`";
            SourceError::site(NAME, &self.site.id, reason)
        })?;
        let (first, last) = self
            .first_and_last_day(&zone)
            .map_err(|error| SourceError::site(NAME, &self.site.id, format!("has days that are not known: {error}")))?;
        let (client, request) = (self.client.clone(), request(first, last));
        Ok(Calls::new(E::OPERATION, 1, async move {
            let now = client.clock().now();
            let answer = client.send(&request).await.map_err(failed)?;
            let days = daily(&answer, &zone).map_err(|error| SourceError::data(NAME, error))?;
            let days = under_way(days, now).map_err(|error| SourceError::data(NAME, error))?;
            Ok(vec![days.into()])
        }))
    }

    /// A day that has not begun is refused by the service.
    fn first_and_last_day(&self, zone: &TimeZone) -> Result<(Date, Date), ZoneError> {
        let date = |at: OffsetDateTime| zone.date_at(zone.day_at(at)?.start());
        let interval = self.question.interval;
        let end = interval.end().saturating_sub(INSTANT);
        Ok((date(interval.start())?, date(end.min(self.now))?))
    }
}

/// The days, and of those that end after `now` what is known is partial.
fn under_way(
    days: Series<IntervalReading<WattHours>>,
    now: OffsetDateTime,
) -> Result<Series<IntervalReading<WattHours>>, SeriesError> {
    let (info, mut days) = days.into_parts();
    for day in &mut days {
        if day.value.is_some() && day.interval.end() > now {
            day.quality |= Quality::PARTIAL;
        }
    }
    Series::new(info, days)
}

fn system(site: &Site) -> Result<SystemId, SourceError> {
    let number: Result<u64, _> = site.id.as_str().parse();
    number
        .map(SystemId::from)
        .map_err(|_| SourceError::site(NAME, &site.id, "has an id that is no number, as all of Enphase are"))
}

/// A call that failed.
pub(crate) fn failed(error: Error) -> SourceError {
    SourceError::call(NAME, error)
}

/// What all pages hold.
pub(crate) async fn all<E: Paginated>(client: &ApiClient<E::Api>, request: E) -> Result<Vec<E::Item>, Error> {
    let mut items = client.items(request);
    let mut all = Vec::new();
    while let Some(item) = items.next().await {
        all.push(item?);
    }
    Ok(all)
}

/// The first of each key, in order. What moves from one page to the next between two calls is told by both.
pub(crate) fn once<T, K: Eq + Hash>(
    items: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> K,
) -> impl Iterator<Item = T> {
    let mut seen = HashSet::new();
    items.into_iter().filter(move |item| seen.insert(key(item)))
}
