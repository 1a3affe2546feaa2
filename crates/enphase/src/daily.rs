//! Series of days: the position of a number in an answer, with the answer's own `start_date`, is its day.

use std::time::Duration;

use energy_core::model::{IntervalReading, Quality, Series, SeriesError, SeriesInfo, TimeZone, WattHours, ZoneError};
use time::{Date, OffsetDateTime};

use crate::reading::watt_hours;

/// How far days are apart, but for those on which the clocks change.
const DAY: Duration = Duration::from_secs(86_400);

/// Why a series of days cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LifetimeError {
    /// The answer has numbers and does not say of which days.
    #[error("the answer has {numbers} numbers and no `start_date`")]
    NoStart {
        /// How many.
        numbers: usize,
    },
    /// The numbers go on beyond all calendars.
    #[error("the days after {start} go beyond the calendar")]
    NoSuchDay {
        /// The day of the first number.
        start: Date,
    },
    /// The time zone is not known.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// Two days overlap.
    #[error(transparent)]
    Series(#[from] SeriesError),
}

/// The day of each number.
pub(crate) fn days(start: Option<Date>, numbers: &[i64]) -> Result<Vec<(Date, WattHours)>, LifetimeError> {
    let Some(start) = start else {
        return match numbers.len() {
            0 => Ok(Vec::new()),
            numbers => Err(LifetimeError::NoStart { numbers }),
        };
    };
    let mut date = Some(start);
    let dated = numbers.iter().map(|number| {
        let day = date.ok_or(LifetimeError::NoSuchDay { start })?;
        date = day.next_day();
        Ok((day, watt_hours(*number)))
    });
    dated.collect()
}

/// Up to when energy has been reported.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reported {
    /// The answer does not say.
    Unsaid,
    /// Never yet.
    Never,
    /// Up to then.
    UpTo(OffsetDateTime),
}

impl Reported {
    /// What an answer with `meta` says.
    pub(crate) fn by(last_energy_at: Option<OffsetDateTime>) -> Self {
        last_energy_at.map_or(Self::Never, Self::UpTo)
    }
}

/// The days as intervals of `zone`, of 23 to 25 hours. What has not been reported yet is missing, and the day of the last
/// report is partial.
pub(crate) fn series(
    info: SeriesInfo,
    zone: &TimeZone,
    reported: Reported,
    days: Vec<(Date, WattHours)>,
) -> Result<Series<IntervalReading<WattHours>>, LifetimeError> {
    let points = days.into_iter().map(|(date, energy)| {
        let day = zone.day(date)?;
        let (not_reported, under_way) = match reported {
            Reported::Unsaid => (false, false),
            Reported::Never => (true, false),
            Reported::UpTo(at) => (at <= day.start(), day.contains(at)),
        };
        let point = if not_reported && energy == WattHours::ZERO {
            IntervalReading::missing(day)
        } else {
            IntervalReading::new(day, energy)
        };
        let quality = if under_way { Quality::PARTIAL } else { Quality::UNSTATED };
        Ok(point.with_quality(quality))
    });
    let points: Result<Vec<_>, LifetimeError> = points.collect();
    let info = info.with_time_zone(zone.clone()).with_step(DAY);
    Ok(Series::new(info, points?)?)
}
