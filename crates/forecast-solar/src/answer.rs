use energy_core::model::{WattHours, Watts};
use serde::{Deserialize, Serialize};

use crate::forecast::{Forecast, ForecastError, NaiveStamps};
use crate::stamp::Stamped;
use crate::{Estimate, Message};

/// The envelope that the service puts around every answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Answer<T> {
    /// What was asked for.
    pub result: T,
    /// Place, time and quota of the call.
    pub message: Message,
}

impl<T: ForecastSeries> Answer<T> {
    /// The series with explicit intervals in UTC.
    ///
    /// # Errors
    ///
    /// When the place's time zone is needed and not known (see [`Forecast`]), or a series is not one.
    pub fn forecast(&self) -> Result<Forecast, ForecastError> {
        self.forecast_with(NaiveStamps::Local)
    }

    /// As [`Answer::forecast`], for an answer whose stamps show no zone and are not local: `time=utc&time_tz=0`.
    ///
    /// # Errors
    ///
    /// As [`Answer::forecast`].
    pub fn forecast_with(&self, naive: NaiveStamps) -> Result<Forecast, ForecastError> {
        Forecast::new(self.result.series(), &self.message, naive)
    }
}

/// The series that an answer has; what the service did not send is `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeriesOf<'a> {
    pub(crate) power: Option<&'a Stamped<Watts>>,
    pub(crate) period_energy: Option<&'a Stamped<WattHours>>,
    pub(crate) running_energy: Option<&'a Stamped<WattHours>>,
    pub(crate) day_energy: Option<&'a Stamped<WattHours>>,
}

mod sealed {
    pub trait Sealed {}
}

/// A result that holds one or more forecast series.
pub trait ForecastSeries: sealed::Sealed {
    #[doc(hidden)]
    fn series(&self) -> SeriesOf<'_>;
}

impl sealed::Sealed for Estimate {}

impl ForecastSeries for Estimate {
    fn series(&self) -> SeriesOf<'_> {
        SeriesOf {
            power: Some(&self.watts),
            period_energy: Some(&self.watt_hours_period),
            running_energy: Some(&self.watt_hours),
            day_energy: Some(&self.watt_hours_day),
        }
    }
}

macro_rules! single_series {
    ($($(#[$doc:meta])* $name:ident($unit:ty) as $field:ident;)+) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Stamped<$unit>);

        impl sealed::Sealed for $name {}

        impl ForecastSeries for $name {
            fn series(&self) -> SeriesOf<'_> {
                SeriesOf { $field: Some(&self.0), ..SeriesOf::default() }
            }
        }
    )+ };
}

single_series! {
    /// Power at each stamp, in W.
    PowerSeries(Watts) as power;
    /// Energy of the period that ends at each stamp, in Wh. The first value of a local day is 0.
    PeriodEnergySeries(WattHours) as period_energy;
    /// Energy of the local day up to each stamp, in Wh.
    RunningEnergySeries(WattHours) as running_energy;
    /// Energy of each local day, in Wh.
    DayEnergySeries(WattHours) as day_energy;
}
