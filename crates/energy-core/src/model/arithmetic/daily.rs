//! Totals by local day.

use serde::{Deserialize, Serialize};
use time::Date;

use super::{ArithmeticError, Coverage};
use crate::model::{Amount, IntervalReading, Series, TimeZone, ValueKind};

time::serde::format_description!(iso_date, Date, "[year]-[month]-[day]");

/// The amount of one local day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DailyTotal<A> {
    /// The local date.
    #[serde(with = "iso_date")]
    pub date: Date,
    /// The amount, over the day's real length of 23, 24 or 25 hours.
    pub total: IntervalReading<A>,
}

impl<A: Amount> Series<IntervalReading<A>> {
    /// Totals by the local dates of `zone`, for every day the series touches, in order.
    ///
    /// Days run from their first local instant to the first of the next, so they are 23 or 25
    /// hours long where the clocks change. A reading across midnight is shared out in proportion
    /// to time. A day that the series does not cover fully is `None` with [`Coverage::Full`].
    ///
    /// Named zones need the crate's feature **`time-zones`**; fixed offsets do not.
    ///
    /// # Errors
    ///
    /// [`ArithmeticError::Kind`] unless the series holds interval sums; [`ArithmeticError::Zone`]
    /// if the zone is unknown or the zone database is not compiled in.
    ///
    /// ```
    /// use energy_core::model::{
    ///     Coverage, Interval, IntervalReading, Quantity, Scope, Series, SeriesInfo, TimeZone,
    ///     ValueKind, WattHours,
    /// };
    /// use time::macros::{date, datetime, offset};
    ///
    /// // Two hours around local midnight.
    /// let night = Interval::new(datetime!(2026-06-01 21:30 UTC), datetime!(2026-06-01 23:30 UTC))?;
    /// let series = Series::new(
    ///     SeriesInfo::new(Scope::Site, Quantity::ActiveEnergy, ValueKind::IntervalSum),
    ///     vec![IntervalReading::new(night, WattHours(400.0))],
    /// )?;
    /// let days = series.daily_totals(&TimeZone::fixed(offset!(+2)), Coverage::Partial)?;
    /// assert_eq!(days[0].date, date!(2026-06-01));
    /// assert_eq!(days[0].total.value, Some(WattHours(100.0)));
    /// assert_eq!(days[1].total.value, Some(WattHours(300.0)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn daily_totals(&self, zone: &TimeZone, coverage: Coverage) -> Result<Vec<DailyTotal<A>>, ArithmeticError> {
        self.expect_kind(&[ValueKind::IntervalSum])?;
        let Some(span) = self.span() else {
            return Ok(Vec::new());
        };
        let days = zone.days(span)?.into_iter().map(|(date, day)| DailyTotal {
            date,
            total: self.gather(day, coverage),
        });
        Ok(days.collect())
    }
}
