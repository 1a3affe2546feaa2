use std::fmt;
use std::ops::RangeInclusive;

use energy_core::{BuildError, UrlValue};
use time::{Date, Month};

use crate::{Channel, CrossEpochId, GetChannels, GetCrossEpochChannels, PlantId};

/// A day as the API takes it: by its date, or today at the plant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Day {
    /// This day.
    Date(Date),
    /// Today at the plant.
    Today,
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::Today => f.write_str("today"),
        }
    }
}

impl UrlValue for Day {
    fn url_value(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// Days from one to another, both counted in.
///
/// The service takes the 31st of a month with thirty days for the first of the next, and answers with a day that nobody
/// asked for. Dates of the calendar cannot say that; [`DayRange::in_month`] cuts what goes beyond the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DayRange {
    first: Date,
    last: Date,
}

impl DayRange {
    /// From `first` to `last`.
    ///
    /// # Errors
    ///
    /// A last day before the first.
    pub fn new(first: Date, last: Date) -> Result<Self, BuildError> {
        if last < first {
            return Err(BuildError::new("dateTo", format!("{last} is before {first}")));
        }
        Ok(Self { first, last })
    }

    /// One day.
    pub fn day(day: Date) -> Self {
        Self { first: day, last: day }
    }

    /// Days of a month by their numbers, cut at the end of the month.
    ///
    /// ```
    /// use solarlog_enerest::DayRange;
    /// use solarlog_enerest::energy_core::time::{Month, macros::date};
    ///
    /// let june = DayRange::in_month(2026, Month::June, 1..=31)?;
    /// assert_eq!(june.last(), date!(2026-06-30));
    /// # Ok::<(), solarlog_enerest::energy_core::BuildError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A first day that the month does not have, or that is after the last.
    pub fn in_month(year: i32, month: Month, days: RangeInclusive<u8>) -> Result<Self, BuildError> {
        let date = |parameter: &'static str, day: u8| {
            let wrong = |_| BuildError::new(parameter, format!("{month} {year} has no day {day}"));
            Date::from_calendar_date(year, month, day).map_err(wrong)
        };
        let last = (*days.end()).min(month.length(year));
        Self::new(date("dateFrom", *days.start())?, date("dateTo", last)?)
    }

    /// A whole month.
    ///
    /// # Errors
    ///
    /// A year beyond the calendar.
    pub fn month(year: i32, month: Month) -> Result<Self, BuildError> {
        Self::in_month(year, month, 1..=31)
    }

    /// The first day.
    pub fn first(&self) -> Date {
        self.first
    }

    /// The last day.
    pub fn last(&self) -> Date {
        self.last
    }

    /// Whether `day` is one of them.
    pub fn contains(&self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }
}

impl GetChannels {
    /// Channels of these days.
    pub fn of_days(plant: impl Into<PlantId>, channels: impl Into<Vec<Channel>>, days: DayRange) -> Self {
        Self::new(plant, channels, days.first(), days.last())
    }
}

impl GetCrossEpochChannels {
    /// Channels of these components and days.
    pub fn of_days(
        plant: impl Into<PlantId>,
        components: impl Into<Vec<CrossEpochId>>,
        channels: impl Into<Vec<Channel>>,
        days: DayRange,
    ) -> Self {
        Self::new(plant, components, channels, days.first(), days.last())
    }
}
