//! Series of days. Their days are those of the site: its zone is in [`System::timezone`](super::System).

use energy_core::model::{DeviceId, Direction, IntervalReading, Scope, Series, SeriesInfo, TimeZone, WattHours};
use time::Date;

use super::{
    BatteryLifetime, ChargerLifetime, ConsumptionLifetime, EnergyExportLifetime, EnergyImportLifetime, EnergyLifetime,
    EvseLifetime, HeatPumpLifetime,
};
use crate::SerialNumber;
use crate::daily::{self, LifetimeError, Reported};
use crate::reading::energy_info;

type Days = Result<Vec<(Date, WattHours)>, LifetimeError>;
type Daily = Result<Series<IntervalReading<WattHours>>, LifetimeError>;

/// `days` and `daily` of answers with one list, or of one of their lists: of `$this`, the numbers and what they are.
macro_rules! daily {
    ($($answer:ty, $days:ident, $daily:ident, $what:literal, |$this:ident| $numbers:expr, $info:expr);+ $(;)?) => { $(
        impl $answer {
            #[doc = concat!("The days with ", $what, " as it came: zeros at the end may not have been reported yet.")]
            ///
            /// # Errors
            ///
            /// An answer without `start_date`.
            pub fn $days(&self) -> Days {
                let $this = self;
                daily::days(self.start_date, $numbers)
            }

            #[doc = concat!("The days as intervals with ", $what, ".")]
            ///
            /// Zeros after the last report are missing values, and the day of the last report is partial.
            ///
            /// - `zone`: the time zone of the site.
            ///
            /// # Errors
            ///
            /// A zone that is not known, or an answer without `start_date`.
            pub fn $daily(&self, zone: &TimeZone) -> Daily {
                let reported = self
                    .meta
                    .as_ref()
                    .map_or(Reported::Unsaid, |meta| Reported::by(meta.last_energy_at));
                daily::series($info, zone, reported, self.$days()?)
            }
        }
    )+ };
}

fn info(scope: Scope, direction: Direction, resource: &'static str) -> SeriesInfo {
    energy_info(scope, resource).with_direction(direction)
}

daily! {
    EnergyLifetime, days, daily, "what was produced", |of| &of.production,
        info(Scope::Pv, Direction::Production, "energy_lifetime");
    EnergyLifetime, micro_days, micro_daily, "what the microinverters measured (with `production=all`)",
        |of| of.micro_production.as_deref().unwrap_or_default(),
        info(Scope::Pv, Direction::Production, "energy_lifetime, microinverters");
    EnergyLifetime, meter_days, meter_daily, "what the meter measured (with `production=all`)",
        |of| of.meter_production.as_deref().unwrap_or_default(),
        info(Scope::Pv, Direction::Production, "energy_lifetime, meter");
    ConsumptionLifetime, days, daily, "what was used", |of| &of.consumption,
        info(Scope::Site, Direction::Consumption, "consumption_lifetime");
    BatteryLifetime, charge_days, charge_daily, "what went into the batteries", |of| &of.charge,
        info(Scope::Storage, Direction::Charge, "battery_lifetime");
    BatteryLifetime, discharge_days, discharge_daily, "what came out of the batteries", |of| &of.discharge,
        info(Scope::Storage, Direction::Discharge, "battery_lifetime");
    EnergyImportLifetime, days, daily, "what was taken from the grid", |of| &of.import,
        info(Scope::Grid, Direction::Import, "energy_import_lifetime");
    EnergyExportLifetime, days, daily, "what was given to the grid", |of| &of.export,
        info(Scope::Grid, Direction::Export, "energy_export_lifetime");
}

/// The same of answers that say nothing of the last report.
macro_rules! daily_of_device {
    ($($answer:ty, $resource:literal, $scope:expr, ($($serial:ident: $kind:ty)?));+ $(;)?) => { $(
        impl $answer {
            /// The days with what was used, as it came.
            ///
            /// # Errors
            ///
            /// An answer without `start_date`.
            pub fn days(&self) -> Days {
                daily::days(self.start_date, &self.consumption)
            }

            /// The days as intervals with what was used.
            ///
            /// - `zone`: the time zone of the site.
            ///
            /// # Errors
            ///
            /// A zone that is not known, or an answer without `start_date`.
            pub fn daily(&self, zone: &TimeZone, $($serial: $kind)?) -> Daily {
                daily::series(info($scope, Direction::Consumption, $resource), zone, Reported::Unsaid, self.days()?)
            }
        }
    )+ };
}

fn charger(serial: &SerialNumber) -> Scope {
    Scope::EvCharger(DeviceId::new(serial.as_str()))
}

daily_of_device! {
    EvseLifetime, "evse_lifetime", charger(serial), (serial: &SerialNumber);
    ChargerLifetime, "ev_charger/lifetime", charger(serial), (serial: &SerialNumber);
    HeatPumpLifetime, "hp_lifetime", Scope::Load(DeviceId::new("heat pump")), ();
}
