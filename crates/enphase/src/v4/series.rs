//! Answers in intervals as series, with explicit beginnings and ends.

use std::time::Duration;

use energy_core::model::{
    DeviceId, Direction, IntervalReading, Quantity, Scope, Series, SeriesError, SeriesInfo, ValueKind, WattHours, Watts,
};
use time::OffsetDateTime;

use super::{
    BatteryInterval, BatteryTelemetry, ChannelInterval, ChargerInterval, ChargerTelemetry, ConsumptionInterval,
    ConsumptionMeterTelemetry, EnchargeTelemetry, EnergyExportTelemetry, EnergyImportTelemetry, EvseTelemetry,
    ExportInterval, GetChargerTelemetry, GetConsumptionMeterTelemetry, GetEnergyExportTelemetry,
    GetEnergyImportTelemetry, GetEvseTelemetry, GetHeatPumpTelemetry, GetMicroTelemetry, GetProductionMeterTelemetry,
    GetProductionMicroTelemetry, GetRgmStats, HeatPumpTelemetry, ImportInterval, IntervalDuration, LoadInterval,
    MeterProductionInterval, MicroInterval, MicroOfMany, MicroTelemetry, ProductionInterval, ProductionMeterTelemetry,
    ProductionMicroTelemetry, RgmInterval,
};
use crate::reading::{FIFTEEN_MINUTES, FIVE_MINUTES, energy_info, readings, source, watt_hours, watts};
use crate::{EnergyInterval, EnergyRequest, LabelledByEnd, Reading, SerialNumber, energy_series, interval_series};

/// Energies by interval.
type Energies = Series<IntervalReading<WattHours>>;
/// Mean powers by interval.
type Powers = Series<IntervalReading<Watts>>;

/// Intervals with one energy.
macro_rules! energy_intervals {
    ($($interval:ty, $energy:ident $(, $reporting:ident)?);+ $(;)?) => { $(
        impl LabelledByEnd for $interval {
            fn end_at(&self) -> OffsetDateTime {
                self.end_at
            }

            $(fn devices_reporting(&self) -> Option<i64> {
                self.$reporting
            })?
        }

        impl EnergyInterval for $interval {
            fn energy(&self) -> Option<WattHours> {
                self.$energy.map(watt_hours)
            }
        }
    )+ };
}

energy_intervals! {
    ProductionInterval, enwh, devices_reporting;
    MeterProductionInterval, wh_del, devices_reporting;
    ConsumptionInterval, enwh, devices_reporting;
    RgmInterval, wh_del, devices_reporting;
    ImportInterval, wh_imported;
    ExportInterval, wh_exported;
    MicroInterval, enwh;
    LoadInterval, wh_consumed;
    ChargerInterval, consumption;
}

impl LabelledByEnd for BatteryInterval {
    fn end_at(&self) -> OffsetDateTime {
        self.end_at
    }

    /// Charging and discharging count only the batteries that did so.
    fn devices_reporting(&self) -> Option<i64> {
        self.soc.as_ref()?.devices_reporting
    }
}

impl LabelledByEnd for ChannelInterval {
    fn end_at(&self) -> OffsetDateTime {
        self.end_at
    }
}

impl EnergyInterval for ChannelInterval {
    fn energy(&self) -> Option<WattHours> {
        self.wh_del.map(WattHours)
    }
}

/// `into_readings` of answers: of `$this`, the intervals, how long they are by the documentation, when the
/// answer begins, how many devices there are.
macro_rules! into_readings {
    ($($answer:ty, $interval:ty, |$this:ident| $intervals:expr, $step:expr, $begins:expr, $total:expr);+ $(;)?) => { $(
        impl $answer {
            /// The intervals in order, each with its beginning and whether every device has reported.
            pub fn into_readings(self) -> Vec<Reading<$interval>> {
                let $this = self;
                readings($intervals, $step, $begins, $total)
            }
        }
    )+ };
}

into_readings! {
    ProductionMicroTelemetry, ProductionInterval, |of| of.intervals, FIVE_MINUTES, of.start_at, of.total_devices;
    ProductionMeterTelemetry, MeterProductionInterval, |of| of.intervals, FIFTEEN_MINUTES, of.start_at, of.total_devices;
    ConsumptionMeterTelemetry, ConsumptionInterval, |of| of.intervals, FIFTEEN_MINUTES, of.start_at, of.total_devices;
    EnergyImportTelemetry, ImportInterval, |of| of.intervals, FIFTEEN_MINUTES, of.start_at, None;
    EnergyExportTelemetry, ExportInterval, |of| of.intervals, FIFTEEN_MINUTES, of.start_at, None;
    BatteryTelemetry, BatteryInterval, |of| of.intervals, FIFTEEN_MINUTES, of.start_at, of.total_devices;
    EnchargeTelemetry, BatteryInterval, |of| of.intervals, FIFTEEN_MINUTES, of.start_at, of.total_devices;
    MicroTelemetry, MicroInterval, |of| of.intervals, FIVE_MINUTES, of.start_at, None;
    MicroOfMany, MicroInterval, |of| of.intervals, FIVE_MINUTES, None, None;
    EvseTelemetry, LoadInterval, |of| of.intervals, duration(of.interval_duration.as_ref()), of.start_at, None;
    HeatPumpTelemetry, LoadInterval, |of| of.intervals, duration(of.interval_duration.as_ref()), of.start_at, None;
    ChargerTelemetry, ChargerInterval, |of| of.consumption, FIFTEEN_MINUTES, of.start_at, None;
}

fn duration(said: Option<&IntervalDuration>) -> Duration {
    match said {
        Some(IntervalDuration::FiveMinutes) => FIVE_MINUTES,
        _ => FIFTEEN_MINUTES,
    }
}

fn produced(scope: Scope, resource: &'static str) -> SeriesInfo {
    energy_info(scope, resource).with_direction(Direction::Production)
}

fn consumed(scope: Scope, resource: &'static str) -> SeriesInfo {
    energy_info(scope, resource).with_direction(Direction::Consumption)
}

fn device(serial: &SerialNumber) -> DeviceId {
    DeviceId::new(serial.as_str())
}

/// What the energies of a request are, and of its answer: of `$this`, which is the request.
macro_rules! energies {
    ($($request:ty, |$this:ident| $info:expr $(, $answer:ty)?);+ $(;)?) => { $(
        impl EnergyRequest for $request {
            fn info(&self) -> SeriesInfo {
                let $this = self;
                let _ = $this;
                $info
            }
        }

        $(impl $answer {
            /// The energy of each interval.
            ///
            /// # Errors
            ///
            /// Two intervals that overlap.
            pub fn energy(&self) -> Result<Energies, SeriesError> {
                energy_series($info, self.clone().into_readings())
            }
        })?
    )+ };
}

const MICRO: &str = "telemetry/production_micro";
const MICROS: &str = "devices/micros/telemetry";

energies! {
    GetProductionMicroTelemetry, |of| produced(Scope::Pv, MICRO), ProductionMicroTelemetry;
    GetProductionMeterTelemetry, |of| produced(Scope::Pv, "telemetry/production_meter"), ProductionMeterTelemetry;
    GetRgmStats, |of| produced(Scope::Pv, "rgm_stats");
    GetConsumptionMeterTelemetry, |of| consumed(Scope::Site, "telemetry/consumption_meter"), ConsumptionMeterTelemetry;
    GetEnergyImportTelemetry, |of| energy_info(Scope::Grid, "energy_import_telemetry").with_direction(Direction::Import),
        EnergyImportTelemetry;
    GetEnergyExportTelemetry, |of| energy_info(Scope::Grid, "energy_export_telemetry").with_direction(Direction::Export),
        EnergyExportTelemetry;
    GetHeatPumpTelemetry, |of| consumed(Scope::Load(DeviceId::new("heat pump")), "hp_telemetry"), HeatPumpTelemetry;
    GetMicroTelemetry, |of| micro_energy(&of.serial_number);
    GetEvseTelemetry, |of| consumed(Scope::EvCharger(device(&of.serial_number)), "evse_telemetry");
    GetChargerTelemetry, |of| consumed(Scope::EvCharger(device(&of.serial_number)), "ev_charger/telemetry");
}

/// Answers that do not say whose they are, or do not have to: the energies are those of `of`.
macro_rules! energies_of_device {
    ($($answer:ty, $request:ty);+ $(;)?) => { $(
        impl $answer {
            /// The energy of each interval, of the device that `request` asked for.
            ///
            /// # Errors
            ///
            /// Two intervals that overlap.
            pub fn energy(&self, request: &$request) -> Result<Energies, SeriesError> {
                energy_series(request.info(), self.clone().into_readings())
            }
        }
    )+ };
}

energies_of_device! {
    MicroTelemetry, GetMicroTelemetry;
    EvseTelemetry, GetEvseTelemetry;
    ChargerTelemetry, GetChargerTelemetry;
}

impl MicroOfMany {
    /// The energy of each interval.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn energy(&self) -> Result<Energies, SeriesError> {
        energy_series(micro_energy(&self.serial_number), self.clone().into_readings())
    }

    /// The mean power over each interval.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn power(&self) -> Result<Powers, SeriesError> {
        let info = micro_power(&self.serial_number);
        interval_series(info, self.clone().into_readings(), |interval| interval.powr.map(watts))
    }
}

impl ProductionMicroTelemetry {
    /// The mean power over each interval.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn power(&self) -> Result<Powers, SeriesError> {
        let info = site_power();
        interval_series(info, self.clone().into_readings(), |interval| interval.powr.map(watts))
    }
}

impl MicroTelemetry {
    /// The mean power over each interval, of the device that `request` asked for.
    ///
    /// # Errors
    ///
    /// Two intervals that overlap.
    pub fn power(&self, request: &GetMicroTelemetry) -> Result<Powers, SeriesError> {
        let info = micro_power(&request.serial_number);
        interval_series(info, self.clone().into_readings(), |interval| interval.powr.map(watts))
    }
}

/// What a series of energies of a microinverter is.
pub(super) fn micro_energy(serial: &SerialNumber) -> SeriesInfo {
    produced(Scope::Inverter(device(serial)), MICROS)
}

/// What a series of mean powers of a microinverter is.
pub(super) fn micro_power(serial: &SerialNumber) -> SeriesInfo {
    mean_power(Scope::Inverter(device(serial)), MICROS)
}

/// What a series of mean powers of all microinverters is.
pub(super) fn site_power() -> SeriesInfo {
    mean_power(Scope::Pv, MICRO)
}

fn mean_power(scope: Scope, resource: &'static str) -> SeriesInfo {
    SeriesInfo::new(scope, Quantity::ActivePower, ValueKind::IntervalMean)
        .with_direction(Direction::Production)
        .with_source(source(resource))
}
