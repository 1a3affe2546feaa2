//! Series of days. Their days are those of the system: its zone is in [`System::timezone`](super::System).

use energy_core::model::{Direction, Scope, TimeZone, WattHours};
use time::Date;

use super::series::Energies;
use super::{ConsumptionLifetime, EnergyLifetime};
use crate::daily::{self, LifetimeError, Reported};
use crate::reading::energy_info;

type Days = Result<Vec<(Date, WattHours)>, LifetimeError>;
type Daily = Result<Energies, LifetimeError>;

/// `days` and `daily` of a list of an answer: of `$this`, the numbers.
macro_rules! daily {
    ($($answer:ty, $days:ident, $daily:ident, $what:literal, |$this:ident| $numbers:expr, $scope:expr, $direction:expr, $resource:literal);+ $(;)?) => { $(
        impl $answer {
            #[doc = concat!("Each day with ", $what, ", in Wh.")]
            ///
            /// The dates are counted from the answer's own start, which may be another than was asked for. Zeroes at the end
            /// may not have been reported yet.
            ///
            /// # Errors
            ///
            /// Numbers without `start_date`.
            pub fn $days(&self) -> Days {
                let $this = self;
                daily::days(self.start_date, $numbers)
            }

            #[doc = concat!("The days as intervals of 23 to 25 hours with ", $what, ", in Wh.")]
            ///
            /// Zeroes after the last report are missing values, and the day of the last report is partial.
            ///
            /// - `zone`: the time zone of the system. One that is given by name needs the feature **`time-zones`**.
            ///
            /// # Errors
            ///
            /// A zone that cannot be used, and numbers without `start_date`.
            pub fn $daily(&self, zone: &TimeZone) -> Daily {
                let info = energy_info($scope, $resource).with_direction($direction);
                daily::series(info, zone, Reported::by(self.meta.last_energy_at), self.$days()?)
            }
        }
    )+ };
}

daily! {
    EnergyLifetime, days, daily, "what was produced", |of| &of.production,
        Scope::Pv, Direction::Production, "energy_lifetime";
    EnergyLifetime, micro_days, micro_daily, "what the microinverters counted (with `production=all`, else none)",
        |of| of.micro_production.as_deref().unwrap_or_default(),
        Scope::Pv, Direction::Production, "energy_lifetime, microinverters";
    EnergyLifetime, meter_days, meter_daily, "what the meter counted (with `production=all`, else none)",
        |of| of.meter_production.as_deref().unwrap_or_default(),
        Scope::Pv, Direction::Production, "energy_lifetime, meter";
    ConsumptionLifetime, days, daily, "what was consumed", |of| &of.consumption,
        Scope::Site, Direction::Consumption, "consumption_lifetime";
}
