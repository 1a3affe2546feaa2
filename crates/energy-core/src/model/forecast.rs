//! What a model expects of an installation.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    ArithmeticError, Coverage, DailyTotal, Interval, IntervalReading, Joined, Sample, Scope, Series, SiteId, TimeZone,
    ValueKind, WattHours, Watts,
};

/// A forecast could not be put together.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ForecastError {
    /// A quantile is not strictly between zero and one.
    #[error("quantile {0} is not between 0 and 1")]
    Quantile(f64),
    /// The energy series does not hold interval sums, or the power series not instants.
    #[error("a forecast's energy holds interval sums and its power instants, not {found:?}")]
    Kind {
        /// The kind of the series that was given.
        found: ValueKind,
    },
}

/// What the numbers of a forecast are made from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ForecastModel {
    /// The weather as it is expected.
    Estimate,
    /// The average of past years.
    History,
    /// A cloudless sky: the most there can be.
    ClearSky,
    /// Something else, in the service's words.
    Other(String),
}

/// How likely it is that reality stays below the numbers: `0.1` is the cautious p10.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Quantile(f64);

impl Quantile {
    /// From a probability.
    ///
    /// # Errors
    ///
    /// [`ForecastError::Quantile`] unless `0 < probability < 1`.
    pub fn new(probability: f64) -> Result<Self, ForecastError> {
        if 0.0 < probability && probability < 1.0 {
            Ok(Self(probability))
        } else {
            Err(ForecastError::Quantile(probability))
        }
    }

    /// The probability, between zero and one.
    pub fn probability(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Quantile {
    type Error = ForecastError;

    fn try_from(probability: f64) -> Result<Self, ForecastError> {
        Self::new(probability)
    }
}

impl From<Quantile> for f64 {
    fn from(quantile: Quantile) -> Self {
        quantile.0
    }
}

/// Expected production, as energy per interval, as power at instants, or as both.
///
/// A service that gives both gives the same forecast twice. Questions about energy are answered
/// from the energy series alone; if there is only power, make energy of it first with
/// [`Series::integrate`].
///
/// ```
/// use std::time::Duration;
/// use energy_core::model::{
///     Coverage, Forecast, ForecastModel, Quantity, Sample, Scope, Series, SeriesInfo, TimeZone,
///     ValueKind, WattHours, Watts,
/// };
/// use time::macros::{datetime, offset};
///
/// let hour = Duration::from_secs(3600);
/// let power = Series::new(
///     SeriesInfo::new(Scope::Pv, Quantity::ActivePower, ValueKind::Instant),
///     vec![
///         Sample::new(datetime!(2026-06-01 10:00 UTC), Watts(1000.0)),
///         Sample::new(datetime!(2026-06-01 11:00 UTC), Watts(3000.0)),
///         Sample::new(datetime!(2026-06-01 12:00 UTC), Watts(1000.0)),
///     ],
/// )?;
/// let forecast = Forecast::new(Scope::Pv, ForecastModel::Estimate)
///     .with_energy(power.integrate(hour)?)?
///     .with_power(power)?;
///
/// let now = datetime!(2026-06-01 11:30 UTC);
/// assert_eq!(forecast.power_at(now, hour), Some(Watts(2000.0)));
/// let rest = forecast.remaining_today(now, &TimeZone::fixed(offset!(+2)), Coverage::Partial)?;
/// assert_eq!(rest.value, Some(WattHours(1000.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawForecast")]
#[non_exhaustive]
pub struct Forecast {
    /// Whose production it is.
    pub scope: Scope,
    /// What the numbers are made from.
    pub model: ForecastModel,
    /// The site, if it has an identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// When the service computed it, if it says so.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    pub issued_at: Option<OffsetDateTime>,
    /// Which quantile the numbers are; `None` for the service's best guess.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantile: Option<Quantile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    energy: Option<Series<IntervalReading<WattHours>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    power: Option<Series<Sample<Watts>>>,
}

#[derive(Deserialize)]
struct RawForecast {
    scope: Scope,
    model: ForecastModel,
    site: Option<SiteId>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    issued_at: Option<OffsetDateTime>,
    quantile: Option<Quantile>,
    energy: Option<Series<IntervalReading<WattHours>>>,
    power: Option<Series<Sample<Watts>>>,
}

impl TryFrom<RawForecast> for Forecast {
    type Error = ForecastError;

    fn try_from(raw: RawForecast) -> Result<Self, ForecastError> {
        let mut forecast = Self::new(raw.scope, raw.model);
        forecast.site = raw.site;
        forecast.issued_at = raw.issued_at;
        forecast.quantile = raw.quantile;
        if let Some(energy) = raw.energy {
            forecast = forecast.with_energy(energy)?;
        }
        if let Some(power) = raw.power {
            forecast = forecast.with_power(power)?;
        }
        Ok(forecast)
    }
}

impl Forecast {
    /// A forecast that says nothing yet.
    pub fn new(scope: Scope, model: ForecastModel) -> Self {
        Self {
            scope,
            model,
            site: None,
            issued_at: None,
            quantile: None,
            energy: None,
            power: None,
        }
    }

    /// For this site.
    #[must_use]
    pub fn with_site(mut self, site: SiteId) -> Self {
        self.site = Some(site);
        self
    }

    /// Computed at this instant.
    #[must_use]
    pub fn with_issued_at(mut self, at: OffsetDateTime) -> Self {
        self.issued_at = Some(at);
        self
    }

    /// Holding this quantile.
    #[must_use]
    pub fn with_quantile(mut self, quantile: Quantile) -> Self {
        self.quantile = Some(quantile);
        self
    }

    /// With this energy per interval.
    ///
    /// # Errors
    ///
    /// [`ForecastError::Kind`] unless the series holds interval sums.
    pub fn with_energy(mut self, energy: Series<IntervalReading<WattHours>>) -> Result<Self, ForecastError> {
        let found = energy.info().kind;
        if found != ValueKind::IntervalSum {
            return Err(ForecastError::Kind { found });
        }
        self.energy = Some(energy);
        Ok(self)
    }

    /// With this power at instants.
    ///
    /// # Errors
    ///
    /// [`ForecastError::Kind`] unless the series holds instants.
    pub fn with_power(mut self, power: Series<Sample<Watts>>) -> Result<Self, ForecastError> {
        let found = power.info().kind;
        if found != ValueKind::Instant {
            return Err(ForecastError::Kind { found });
        }
        self.power = Some(power);
        Ok(self)
    }

    /// Energy per interval, if the forecast has it.
    pub fn energy(&self) -> Option<&Series<IntervalReading<WattHours>>> {
        self.energy.as_ref()
    }

    /// Power at instants, if the forecast has it.
    pub fn power(&self) -> Option<&Series<Sample<Watts>>> {
        self.power.as_ref()
    }

    /// Energy over any stretch of time; readings that reach across its edges count in proportion.
    ///
    /// The value is `None` if the forecast has no energy series, or does not cover the stretch as
    /// `coverage` asks.
    pub fn energy_in(&self, interval: Interval, coverage: Coverage) -> IntervalReading<WattHours> {
        self.energy
            .as_ref()
            .and_then(|energy| energy.amount_in(interval, coverage).ok())
            .unwrap_or(IntervalReading::missing(interval))
    }

    /// Energy by local day, for every day the energy series touches; see
    /// [`Series::daily_totals`].
    ///
    /// # Errors
    ///
    /// [`ArithmeticError::Zone`] if the zone is unknown, or named in a build without feature
    /// `time-zones`.
    pub fn energy_by_day(
        &self,
        zone: &TimeZone,
        coverage: Coverage,
    ) -> Result<Vec<DailyTotal<WattHours>>, ArithmeticError> {
        match &self.energy {
            Some(energy) => energy.daily_totals(zone, coverage),
            None => Ok(Vec::new()),
        }
    }

    /// Energy from `now` to the end of the local day.
    ///
    /// # Errors
    ///
    /// As [`energy_by_day`](Self::energy_by_day).
    pub fn remaining_today(
        &self,
        now: OffsetDateTime,
        zone: &TimeZone,
        coverage: Coverage,
    ) -> Result<IntervalReading<WattHours>, ArithmeticError> {
        let today = zone.day_at(now)?;
        let rest = Interval::new(now, today.end())?;
        Ok(self.energy_in(rest, coverage))
    }

    /// Power at an instant: on the straight line between the neighbouring samples, if those are
    /// at most `max_gap` apart; without a power series, the mean of the energy interval around
    /// the instant.
    pub fn power_at(&self, at: OffsetDateTime, max_gap: Duration) -> Option<Watts> {
        match (&self.power, &self.energy) {
            (Some(power), _) => power.interpolate(at, max_gap).ok()?.value,
            (None, Some(energy)) => mean_power(energy.reading_at(at)?),
            (None, None) => None,
        }
    }

    /// The highest power within a stretch of time, and when; the earliest if several are equal.
    ///
    /// Looks at the samples of the power series. Without one, at the means of those energy
    /// intervals that lie wholly within, each placed at its middle.
    pub fn peak(&self, within: Interval) -> Option<Sample<Watts>> {
        let highest = |best: Option<Sample<Watts>>, sample: Sample<Watts>| match best {
            Some(best) if best.value >= sample.value => Some(best),
            _ => Some(sample),
        };
        match (&self.power, &self.energy) {
            (Some(power), _) => power
                .points()
                .iter()
                .filter(|sample| within.contains(sample.at) && sample.value.is_some())
                .copied()
                .fold(None, highest),
            (None, Some(energy)) => energy
                .readings_in(within)
                .iter()
                .filter(|reading| within.encloses(&reading.interval))
                .filter_map(|reading| {
                    let sample = Sample::new(reading.interval.midpoint(), mean_power(reading)?);
                    Some(sample.with_quality(reading.quality))
                })
                .fold(None, highest),
            (None, None) => None,
        }
    }

    /// Measured energy (left) beside the forecast (right), on the intervals that were measured.
    ///
    /// # Errors
    ///
    /// [`ArithmeticError::Kind`] unless `actual` holds interval sums.
    pub fn against(
        &self,
        actual: &Series<IntervalReading<WattHours>>,
    ) -> Result<Vec<Joined<Interval, WattHours, WattHours>>, ArithmeticError> {
        let intervals = actual.points().iter().map(|reading| reading.interval);
        let measured = actual.resample(intervals.clone(), Coverage::Full)?;
        let expected = match &self.energy {
            Some(energy) => energy.resample(intervals, Coverage::Full)?,
            None => Series::new(actual.info().clone(), Vec::new())?,
        };
        Ok(measured.join(&expected))
    }
}

fn mean_power(reading: &IntervalReading<WattHours>) -> Option<Watts> {
    Some(reading.value? / reading.interval.duration())
}
