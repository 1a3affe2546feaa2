//! From the days of a question to requests.

use energy_core::model::{Interval, TimeZone, ZoneError};
use energy_core::source::SourceError;
use energy_core::{BuildError, Endpoint};
use time::{Date, Duration, OffsetDateTime};

use super::PROVIDER;
use crate::{
    Channel, Client, CrossEpochId, DayRange, GetChannels, GetCrossEpochChannels, GetLifetime, GetMonth, GetYear,
    ListComponents, PlantId, SolarLogEnerest,
};

/// The plant and its local days that a question touches, up to the present one.
#[derive(Clone, Debug)]
pub(super) struct Days {
    plant: PlantId,
    all: DayRange,
}

/// What keeps a question from becoming requests.
#[derive(Debug, thiserror::Error)]
pub(super) enum DaysError {
    #[error(transparent)]
    Zone(#[from] ZoneError),
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// What the plant gave as a whole.
const PRODUCED: Channel = Channel::ProdEtotal;

impl Days {
    pub(super) fn new(
        plant: PlantId,
        interval: Interval,
        zone: &TimeZone,
        now: OffsetDateTime,
    ) -> Result<Self, DaysError> {
        let first = zone.date_at(interval.start())?;
        let last = zone.date_at(interval.end().min(now) - Duration::NANOSECOND)?;
        // The plant's id is checked where the requests are made of it.
        let all = DayRange::new(first, last.max(first))?;
        Ok(Self { plant, all })
    }

    /// The days in pieces within a month: how many days a call may have is not known, and clients ask by the month.
    pub(super) fn within_months(&self) -> Result<Vec<DayRange>, BuildError> {
        let last = self.all.last();
        let mut ranges = Vec::new();
        let mut next = Some(self.all.first());
        while let Some(day) = next.filter(|day| *day <= last) {
            let same_month = (day.year(), day.month()) == (last.year(), last.month());
            let until = if same_month { last.day() } else { 31 };
            let range = DayRange::in_month(day.year(), day.month(), day.day()..=until)?;
            ranges.push(range);
            next = range.last().next_day();
        }
        Ok(ranges)
    }

    pub(super) fn lifetime(&self) -> Vec<GetLifetime> {
        vec![GetLifetime::new(self.plant.clone()).channel_names([PRODUCED])]
    }

    pub(super) fn years(&self) -> Vec<GetYear> {
        let years = self.all.first().year()..=self.all.last().year();
        years
            .map(|year| GetYear::new(self.plant.clone(), year.unsigned_abs()).channel_names([PRODUCED]))
            .collect()
    }

    pub(super) fn months(&self) -> Result<Vec<GetMonth>, BuildError> {
        let month = |first: Date| {
            let (year, month) = (first.year().unsigned_abs(), u32::from(u8::from(first.month())));
            GetMonth::new(self.plant.clone(), year, month, [PRODUCED])
        };
        Ok(self.within_months()?.iter().map(|range| month(range.first())).collect())
    }

    pub(super) fn power(&self) -> Result<Vec<GetChannels>, BuildError> {
        let channels = |range: &DayRange| GetChannels::of_days(self.plant.clone(), [Channel::ProdPac], *range);
        Ok(self.within_months()?.iter().map(channels).collect())
    }

    /// What is installed on the first and on the last day: a component whose id changed between them is in one of both.
    pub(super) fn components(&self) -> Vec<ListComponents> {
        let mut days = vec![self.all.first(), self.all.last()];
        days.dedup();
        days.into_iter()
            .map(|day| ListComponents::new(self.plant.clone(), day))
            .collect()
    }

    pub(super) fn of_components(
        &self,
        ranges: &[DayRange],
        ids: &[CrossEpochId],
        channels: &[Channel],
    ) -> Vec<GetCrossEpochChannels> {
        let request = |range: &DayRange| GetCrossEpochChannels::of_days(self.plant.clone(), ids, channels, *range);
        ranges.iter().map(request).collect()
    }
}

/// What a client would refuse to send, said without it.
pub(super) fn checked<E: Endpoint>(requests: Vec<E>) -> Result<Vec<E>, BuildError> {
    for request in &requests {
        request.parts()?;
    }
    Ok(requests)
}

/// Sends requests one after the other, and gives all that they answer.
pub(super) async fn gather<E, T>(client: &Client, requests: &[E]) -> Result<Vec<T>, SourceError>
where
    E: Endpoint<Api = SolarLogEnerest, Output = Vec<T>>,
{
    let mut all = Vec::new();
    for request in requests {
        let answer = client.send(request).await;
        all.extend(answer.map_err(|error| SourceError::call(PROVIDER, error))?);
    }
    Ok(all)
}
