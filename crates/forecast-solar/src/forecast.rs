//! From the service's stamped values to explicit intervals in UTC.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use energy_core::model::{
    self, ArithmeticError, Coverage, Direction, Interval, IntervalReading, Quality, Quantity, Sample, Scope, Series,
    SeriesError, SeriesInfo, SourceRef, TimeZone, ValueKind, WattHours, Watts, ZoneError,
};
use energy_core::time::{Date, OffsetDateTime, PrimitiveDateTime, UtcOffset};

use crate::answer::SeriesOf;
use crate::stamp::{StampTime, Stamped};
use crate::{Message, RateLimit};

/// A forecast with explicit intervals in UTC, from any of the service's series.
///
/// - A value of `watt_hours_period` belongs to the interval that **ends** at its stamp. The first value of a local day
///   is always 0 and has no interval.
/// - From `watt_hours` alone, energy is taken by differences within the local day; from `watts` alone, by the
///   trapezoid rule, flagged [`Quality::DERIVED`].
/// - Between the last sample of a day and the first of the next the service states no energy. Where the power is 0 at
///   both, the night is 0 (derived); where the two are one step apart, it is the trapezoid (derived); elsewhere, as
///   when the samples at sunrise and sunset were left out, there is no reading, because nobody knows.
/// - The midnight sample that closes a `full` answer opens no new day.
/// - Stamps without zone are read in the time zone that the answer names, which takes the feature `time-zones`. The
///   hour that comes twice is read in order if the service wrote it twice; if it wrote it once, that is the second
///   one, flagged [`Quality::QUESTIONABLE`].
///
/// Sources: the documentation's page on estimates, and recorded answers, in which power, periods, running sums and days
/// agree within half a Wh.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Forecast {
    /// When the service made it.
    pub issued_at: Option<OffsetDateTime>,
    /// The zone of the place, whose midnights part the days.
    pub time_zone: Option<TimeZone>,
    /// The state of the quota after the call.
    pub rate_limit: Option<RateLimit>,
    /// Power at instants in UTC, in W. Empty if the answer has none.
    pub power: Series<Sample<Watts>>,
    /// Energy by interval, in Wh. Empty if the answer has only days.
    pub energy: Series<IntervalReading<WattHours>>,
    /// Energy by local day, in Wh, as the service states it. Empty if the answer has no such series.
    pub days: Vec<DayTotal>,
    check: CrossCheck,
}

/// The energy of a local day.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct DayTotal {
    /// The local date of the place.
    pub date: Date,
    /// The day from local midnight to local midnight: 23, 24 or 25 hours. `None` if the zone is not known.
    pub interval: Option<Interval>,
    /// Its energy.
    pub energy: WattHours,
}

/// How far the service's series disagree, each the largest difference in Wh; `None` where the answer has only one side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CrossCheck {
    /// Between the trapezoid under the power and the energy of a period.
    pub power_and_periods: Option<WattHours>,
    /// Between the sum of the periods of a day so far and the running energy.
    pub periods_and_running: Option<WattHours>,
    /// Between the last running energy of a day and the energy of the day.
    pub running_and_days: Option<WattHours>,
}

impl CrossCheck {
    /// The largest of them, in Wh.
    pub fn largest(&self) -> Option<WattHours> {
        let all = [self.power_and_periods, self.periods_and_running, self.running_and_days];
        all.into_iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0))
    }
}

/// What stamps without zone are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NaiveStamps {
    /// Local time of the place, as the service writes unless asked otherwise.
    #[default]
    Local,
    /// UTC, as it writes for `time=utc&time_tz=0`.
    Utc,
}

/// A series that is not one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ForecastError {
    /// Stamps without zone, and the answer names no zone. Ask with `time=iso8601` or `time=utc`.
    #[error("the stamps show no zone and the answer names none; ask with `time=iso8601` or `time=utc`")]
    NoZone,
    /// The zone cannot be used.
    #[error("the time zone of the answer cannot be used")]
    Zone(#[from] ZoneError),
    /// A date where an instant belongs.
    #[error("the stamp `{0}` is of the wrong kind for its series")]
    Stamp(String),
    /// Two values at one instant.
    #[error("a series has two values at one time")]
    Series(#[from] SeriesError),
}

/// A value with its stamp made an instant.
#[derive(Clone, Copy)]
struct At<V> {
    at: OffsetDateTime,
    day: Date,
    value: V,
    quality: Quality,
}

impl Forecast {
    pub(crate) fn new(series: SeriesOf<'_>, message: &Message, naive: NaiveStamps) -> Result<Self, ForecastError> {
        let info = message.info.as_ref();
        let place = Place {
            zone: info.and_then(|info| info.timezone.clone()).map(TimeZone::named),
            offset: info.and_then(|info| info.time).map(OffsetDateTime::offset),
            naive,
        };
        let power = series.power.map(|stamped| place.instants(stamped)).transpose()?;
        let periods = series
            .period_energy
            .map(|stamped| place.instants(stamped))
            .transpose()?;
        let running = series
            .running_energy
            .map(|stamped| place.instants(stamped))
            .transpose()?;
        let days = series.day_energy.map(|stamped| place.days(stamped)).transpose()?;
        let days = days.map(|days| without_empty_last_day(days, periods.as_deref().or(running.as_deref())));
        let readings = match (&periods, &running, &power) {
            (Some(periods), _, power) => energy_from_periods(periods, power.as_deref()),
            (None, Some(running), power) => energy_from_running(running, power.as_deref()),
            (None, None, Some(power)) => energy_from_power(power),
            (None, None, None) => Vec::new(),
        };
        let samples = power
            .iter()
            .flatten()
            .map(|sample| Sample::new(sample.at, sample.value).with_quality(sample.quality));
        let check = cross_check(
            power.as_deref(),
            periods.as_deref(),
            running.as_deref(),
            days.as_deref(),
        );
        Ok(Self {
            issued_at: info.and_then(|info| info.time_utc.or(info.time)),
            power: Series::new(
                place.info(Quantity::ActivePower, ValueKind::Instant, message),
                samples.collect(),
            )?,
            energy: Series::new(
                place.info(Quantity::ActiveEnergy, ValueKind::IntervalSum, message),
                readings,
            )?,
            days: days.unwrap_or_default(),
            time_zone: place.zone,
            rate_limit: message.ratelimit.clone(),
            check,
        })
    }

    /// How far the service's own series disagree. Half a Wh is rounding; much more means a change of the service.
    pub fn cross_check(&self) -> CrossCheck {
        self.check
    }

    /// Energy by hour of the place's clock (of UTC, if the answer names no zone), for the hours of which something is
    /// known. An hour that the forecast covers only in part holds that part, flagged [`Quality::PARTIAL`].
    ///
    /// # Errors
    ///
    /// A zone that the zone database does not have, or no database: it comes with the feature `time-zones`.
    pub fn by_hour(&self) -> Result<Series<IntervalReading<WattHours>>, ArithmeticError> {
        let Some(span) = self.energy.span() else {
            return Ok(self.energy.clone());
        };
        let zone = self.time_zone.clone().unwrap_or(TimeZone::UTC);
        let mut hours = Vec::new();
        for (_, day) in zone.days(span)? {
            hours.extend(day.split_by(Duration::from_secs(3600))?);
        }
        let (info, readings) = self.energy.resample(hours, Coverage::Partial)?.into_parts();
        let known = readings.into_iter().filter(|reading| reading.value.is_some());
        Ok(Series::new(info, known.collect())?)
    }

    /// The forecast in vendor-neutral terms, without the stated days. `model` says what was asked for.
    ///
    /// # Errors
    ///
    /// None that an answer of the service can cause; the signature is the model's.
    pub fn to_model(&self, model: model::ForecastModel) -> Result<model::Forecast, model::ForecastError> {
        let mut forecast = model::Forecast::new(Scope::Pv, model);
        forecast.issued_at = self.issued_at;
        if !self.power.is_empty() {
            forecast = forecast.with_power(self.power.clone())?;
        }
        if !self.energy.is_empty() {
            forecast = forecast.with_energy(self.energy.clone())?;
        }
        Ok(forecast)
    }
}

/// What is known of the place's time.
struct Place {
    zone: Option<TimeZone>,
    /// The offset at the time of the answer: enough to know the day of a stamp in UTC if there is no zone database.
    offset: Option<UtcOffset>,
    naive: NaiveStamps,
}

impl Place {
    fn info(&self, quantity: Quantity, kind: ValueKind, message: &Message) -> SeriesInfo {
        let mut source = SourceRef::new("forecast-solar");
        if let Some(id) = &message.pid {
            source = source.with_request_id(id);
        }
        let info = SeriesInfo::new(Scope::Pv, quantity, kind).with_direction(Direction::Production);
        let info = info.with_source(source);
        match &self.zone {
            Some(zone) => info.with_time_zone(zone.clone()),
            None => info,
        }
    }

    /// The local date of an instant. A stamp that shows its own offset is local already.
    fn day_of(&self, at: OffsetDateTime) -> Date {
        if !at.offset().is_utc() {
            return at.date();
        }
        let by_zone = self.zone.as_ref().and_then(|zone| zone.date_at(at).ok());
        by_zone.unwrap_or_else(|| {
            let local = at.checked_to_offset(self.offset.unwrap_or(UtcOffset::UTC));
            local.unwrap_or(at).date()
        })
    }

    fn instants<V: Copy>(&self, stamped: &Stamped<V>) -> Result<Vec<At<V>>, ForecastError> {
        let mut values: Vec<At<V>> = Vec::with_capacity(stamped.len());
        let mut local_stamps: HashMap<PrimitiveDateTime, usize> = HashMap::new();
        for (stamp, _) in stamped {
            if let StampTime::Local(local) = stamp.time() {
                *local_stamps.entry(local).or_default() += 1;
            }
        }
        for (stamp, value) in stamped {
            let (at, quality) = match (stamp.time(), self.naive) {
                (StampTime::Instant(at), _) => (at, Quality::FORECAST),
                (StampTime::Local(local), NaiveStamps::Utc) => (local.assume_utc(), Quality::FORECAST),
                (StampTime::Local(local), NaiveStamps::Local) => {
                    let twice = local_stamps.get(&local).is_some_and(|times| *times > 1);
                    self.resolve(local, values.last().map(|before| before.at), twice)?
                }
                (StampTime::Day(_), _) => return Err(ForecastError::Stamp(stamp.to_string())),
            };
            values.push(At {
                at: at.checked_to_offset(UtcOffset::UTC).unwrap_or(at),
                day: self.day_of(at),
                value: *value,
                quality,
            });
        }
        values.sort_by_key(|value| value.at);
        Ok(values)
    }

    fn resolve(
        &self,
        local: PrimitiveDateTime,
        before: Option<OffsetDateTime>,
        twice: bool,
    ) -> Result<(OffsetDateTime, Quality), ForecastError> {
        let zone = self.zone.as_ref().ok_or(ForecastError::NoZone)?;
        Ok(match zone.resolve(local)? {
            model::LocalInstant::Ambiguous { later, .. } if !twice => {
                (later, Quality::FORECAST.union(Quality::QUESTIONABLE))
            }
            model::LocalInstant::Ambiguous { earlier, later } => {
                let first = before.is_none_or(|before| before < earlier);
                (if first { earlier } else { later }, Quality::FORECAST)
            }
            certain => (certain.earliest(), Quality::FORECAST),
        })
    }

    fn days(&self, stamped: &Stamped<WattHours>) -> Result<Vec<DayTotal>, ForecastError> {
        let mut days = Vec::with_capacity(stamped.len());
        for (stamp, energy) in stamped {
            let date = match stamp.time() {
                StampTime::Day(date) => date,
                // For epoch formats the key is local midnight. Noon is asked about, because without the zone the
                // offset may be that of the other half of the year.
                StampTime::Instant(midnight) => {
                    self.day_of(midnight.saturating_add(energy_core::time::Duration::hours(12)))
                }
                StampTime::Local(local) => local.date(),
            };
            let interval = self.zone.as_ref().map(|zone| zone.day(date)).transpose();
            let interval = match interval {
                Err(ZoneError::NoDatabase { .. } | ZoneError::Unknown { .. }) => None,
                other => other?,
            };
            days.push(DayTotal {
                date,
                interval,
                energy: *energy,
            });
        }
        Ok(days)
    }
}

/// Consecutive values, with whether both are of one local day.
fn pairs<V: Copy>(values: &[At<V>]) -> impl Iterator<Item = (&At<V>, &At<V>, bool)> {
    values.windows(2).filter_map(|pair| match pair {
        [a, b] => Some((a, b, a.day == b.day)),
        _ => None,
    })
}

fn reading<V>(from: &At<V>, to: &At<V>, energy: WattHours, quality: Quality) -> Option<IntervalReading<WattHours>> {
    let interval = Interval::new(from.at, to.at).ok()?;
    Some(IntervalReading::new(interval, energy).with_quality(quality.union(from.quality).union(to.quality)))
}

fn trapezoid(from: &At<Watts>, to: &At<Watts>) -> WattHours {
    let hours = (to.at - from.at).as_seconds_f64() / 3600.0;
    WattHours((from.value.0 + to.value.0) / 2.0 * hours)
}

/// The energy between the last sample of a day and the first of the next, where it can be known.
fn across_midnight(from: &At<Watts>, to: &At<Watts>, step: energy_core::time::Duration) -> Option<WattHours> {
    let dark = from.value.0 == 0.0 && to.value.0 == 0.0;
    (dark || to.at - from.at <= step).then(|| trapezoid(from, to))
}

/// The longest step within a day.
fn longest_step<V: Copy>(values: &[At<V>]) -> energy_core::time::Duration {
    let steps = pairs(values)
        .filter(|(_, _, same_day)| *same_day)
        .map(|(a, b, _)| b.at - a.at);
    steps.max().unwrap_or(energy_core::time::Duration::ZERO)
}

fn energy_from_power(power: &[At<Watts>]) -> Vec<IntervalReading<WattHours>> {
    let step = longest_step(power);
    let energy = |a: &At<Watts>, b: &At<Watts>, same_day| {
        let energy = if same_day {
            Some(trapezoid(a, b))
        } else {
            across_midnight(a, b, step)
        };
        reading(a, b, energy?, Quality::DERIVED)
    };
    pairs(power)
        .filter_map(|(a, b, same_day)| energy(a, b, same_day))
        .collect()
}

/// Readings within days from `within`, and across midnight from the power, if the answer has it.
fn energy_by_pairs(
    values: &[At<WattHours>],
    power: Option<&[At<Watts>]>,
    within: impl Fn(&At<WattHours>, &At<WattHours>) -> Option<WattHours>,
) -> Vec<IntervalReading<WattHours>> {
    let power: BTreeMap<OffsetDateTime, &At<Watts>> = power.into_iter().flatten().map(|p| (p.at, p)).collect();
    let step = longest_step(values);
    let energy = |a: &At<WattHours>, b: &At<WattHours>, same_day: bool| {
        if same_day {
            return reading(a, b, within(a, b)?, Quality::FORECAST);
        }
        let between = across_midnight(power.get(&a.at)?, power.get(&b.at)?, step)?;
        reading(a, b, between, Quality::DERIVED)
    };
    pairs(values)
        .filter_map(|(a, b, same_day)| energy(a, b, same_day))
        .collect()
}

fn energy_from_periods(periods: &[At<WattHours>], power: Option<&[At<Watts>]>) -> Vec<IntervalReading<WattHours>> {
    energy_by_pairs(periods, power, |_, end| Some(end.value))
}

fn energy_from_running(running: &[At<WattHours>], power: Option<&[At<Watts>]>) -> Vec<IntervalReading<WattHours>> {
    energy_by_pairs(running, power, |start, end| {
        // The sum has begun anew although the days seem the same: the zone is not known.
        (end.value >= start.value).then(|| end.value - start.value)
    })
}

/// Leaves out a last day of which the answer has only the midnight that closes the day before.
fn without_empty_last_day(mut days: Vec<DayTotal>, series: Option<&[At<WattHours>]>) -> Vec<DayTotal> {
    let (Some(last), Some(series)) = (days.last(), series) else {
        return days;
    };
    let samples = series.iter().filter(|value| value.day == last.date).count();
    if samples == 1 && last.energy == WattHours(0.0) {
        days.pop();
    }
    days
}

fn cross_check(
    power: Option<&[At<Watts>]>,
    periods: Option<&[At<WattHours>]>,
    running: Option<&[At<WattHours>]>,
    days: Option<&[DayTotal]>,
) -> CrossCheck {
    fn largest(differences: impl Iterator<Item = f64>) -> Option<WattHours> {
        differences.map(f64::abs).max_by(f64::total_cmp).map(WattHours)
    }
    let power_and_periods = power.zip(periods).and_then(|(power, periods)| {
        let stated: BTreeMap<_, _> = periods.iter().map(|period| (period.at, period.value)).collect();
        let within_days = pairs(power).filter(|(_, _, same_day)| *same_day);
        largest(within_days.filter_map(|(a, b, _)| Some(stated.get(&b.at)?.0 - trapezoid(a, b).0)))
    });
    let periods_and_running = periods.zip(running).and_then(|(periods, running)| {
        let mut sums: BTreeMap<Date, f64> = BTreeMap::new();
        let mut so_far = BTreeMap::new();
        for period in periods {
            let sum = sums.entry(period.day).or_default();
            *sum += period.value.0;
            so_far.insert(period.at, *sum);
        }
        largest(
            running
                .iter()
                .filter_map(|value| Some(so_far.get(&value.at)? - value.value.0)),
        )
    });
    let running_and_days = running.zip(days).and_then(|(running, days)| {
        let last: BTreeMap<Date, f64> = running.iter().map(|value| (value.day, value.value.0)).collect();
        largest(days.iter().filter_map(|day| Some(last.get(&day.date)? - day.energy.0)))
    });
    CrossCheck {
        power_and_periods,
        periods_and_running,
        running_and_days,
    }
}
