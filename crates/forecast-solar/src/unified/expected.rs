use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Add;
use std::time::Duration;

use energy_core::model::{
    self, ArithmeticError, ForecastModel, IntervalReading, Point, Quality, Sample, Scope, Series, SeriesInfo,
    SourceRef, WattHours, Watts,
};
use energy_core::source::DAY;
use energy_core::time::OffsetDateTime;

use super::PROVIDER;
use crate::{Forecast, ForecastError, GetEstimate};

/// What is expected of all planes of a site together.
pub(super) struct Expected {
    issued_at: Option<OffsetDateTime>,
    pub(super) power: Series<Sample<Watts>>,
    pub(super) energy: Series<IntervalReading<WattHours>>,
    /// By local day, as the service states it.
    pub(super) days: Series<IntervalReading<WattHours>>,
}

/// Answers that make no forecast.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExpectedError {
    #[error(transparent)]
    Forecast(#[from] ForecastError),
    /// The answers of several calls do not fit together.
    #[error(transparent)]
    Sum(#[from] ArithmeticError),
    #[error("no call was made")]
    Nothing,
}

impl Expected {
    /// The sum of forecasts for the same place, which arrived at `at`.
    pub(super) fn new(forecasts: &[Forecast], at: OffsetDateTime) -> Result<Self, ExpectedError> {
        let days = forecasts.iter().map(days).collect::<Result<Vec<_>, _>>()?;
        let power: Vec<_> = forecasts.iter().map(|forecast| &forecast.power).collect();
        let energy: Vec<_> = forecasts.iter().map(|forecast| &forecast.energy).collect();
        let step_of_power = usual(pairs(forecasts).map(|(a, b)| b - a));
        let intervals = energy.iter().flat_map(|energy| energy.points());
        let step_of_energy = usual(intervals.map(|reading| reading.interval.duration()));
        Ok(Self {
            // The oldest of them is what all are as new as.
            issued_at: forecasts.iter().filter_map(|forecast| forecast.issued_at).min(),
            power: sum(&power, step_of_power, at)?,
            energy: sum(&energy, step_of_energy, at)?,
            days: sum(&days.iter().collect::<Vec<_>>(), Some(DAY), at)?,
        })
    }

    pub(super) fn into_forecast(self) -> Result<model::Forecast, model::ForecastError> {
        let mut forecast = model::Forecast::new(Scope::Pv, ForecastModel::Estimate);
        forecast.issued_at = self.issued_at;
        forecast.with_energy(self.energy)?.with_power(self.power)
    }
}

/// The days that the service states.
fn days(forecast: &Forecast) -> Result<Series<IntervalReading<WattHours>>, ForecastError> {
    let days = forecast.days.iter().map(|day| {
        let interval = day.interval.ok_or(ForecastError::NoZone)?;
        Ok(IntervalReading::new(interval, day.energy).with_quality(Quality::FORECAST))
    });
    let days = days.collect::<Result<Vec<_>, ForecastError>>()?;
    Ok(Series::new(forecast.energy.info().clone(), days)?)
}

/// One series of several. Where one of them has no value, the sum has none.
fn sum<P: Point>(parts: &[&Series<P>], step: Option<Duration>, at: OffsetDateTime) -> Result<Series<P>, ExpectedError>
where
    P::Value: Add<Output = P::Value>,
{
    match parts {
        [] => Err(ExpectedError::Nothing),
        [only] => {
            let (info, points) = Series::clone(only).into_parts();
            let info = described(info, step, at);
            Ok(Series::new(info, points).map_err(ForecastError::from)?)
        }
        [first, ..] => {
            let mut info = first.info().clone();
            // The mark of the first answer is not that of the sum.
            info.source = None;
            Ok(Series::sum_of(described(info, step, at), parts)?)
        }
    }
}

fn described(mut info: SeriesInfo, step: Option<Duration>, at: OffsetDateTime) -> SeriesInfo {
    let source = info.source.take().unwrap_or_else(|| SourceRef::new(PROVIDER));
    info.step = step;
    info.with_source(source.with_resource(GetEstimate::OPERATION.id).with_fetched_at(at))
}

/// Neighbouring samples of power.
fn pairs(forecasts: &[Forecast]) -> impl Iterator<Item = (OffsetDateTime, OffsetDateTime)> {
    let samples = forecasts.iter().flat_map(|forecast| forecast.power.points().windows(2));
    samples.filter_map(|pair| match pair {
        [a, b] => Some((a.at, b.at)),
        _ => None,
    })
}

/// The distance that comes most often: sunrise, sunset and the night are out of step.
fn usual(distances: impl Iterator<Item = impl TryInto<Duration>>) -> Option<Duration> {
    let mut times: BTreeMap<Duration, u32> = BTreeMap::new();
    for distance in distances.filter_map(|distance| distance.try_into().ok()) {
        *times.entry(distance).or_default() += 1;
    }
    times
        .into_iter()
        .max_by_key(|(distance, times)| (*times, Reverse(*distance)))
        .map(|(distance, _)| distance)
}
