//! Telemetry of batteries as series.

use energy_core::model::{
    DeviceId, Direction, IntervalReading, Percent, Quantity, Sample, Scope, Series, SeriesError, SeriesInfo, ValueKind,
    WattHours,
};

use super::{BatteryEnergy, BatteryInterval, BatteryTelemetry, EnchargeTelemetry};
use crate::reading::{FIFTEEN_MINUTES, energy_info, source, watt_hours, with_step_of};
use crate::{Reading, interval_series};

type Energies = Series<IntervalReading<WattHours>>;
type Intervals = Vec<Reading<BatteryInterval>>;

pub(super) const BATTERIES: &str = "telemetry/battery";
const ENCHARGE: &str = "devices/encharges/telemetry";

/// What went in, by interval.
pub(super) fn charged(scope: Scope, resource: &'static str, readings: Intervals) -> Result<Energies, SeriesError> {
    let info = energy_info(scope, resource)
        .with_direction(Direction::Charge)
        .with_step(FIFTEEN_MINUTES);
    energies(info, readings, |interval| interval.charge.as_ref())
}

/// What came out, by interval.
pub(super) fn discharged(scope: Scope, resource: &'static str, readings: Intervals) -> Result<Energies, SeriesError> {
    let info = energy_info(scope, resource)
        .with_direction(Direction::Discharge)
        .with_step(FIFTEEN_MINUTES);
    energies(info, readings, |interval| interval.discharge.as_ref())
}

fn energies(
    info: SeriesInfo,
    readings: Intervals,
    energy: impl Fn(&BatteryInterval) -> Option<&BatteryEnergy>,
) -> Result<Energies, SeriesError> {
    interval_series(info, readings, |interval| energy(interval)?.enwh.map(watt_hours))
}

/// How full batteries were at the end of each interval.
pub(super) fn states_of_charge(
    scope: Scope,
    resource: &'static str,
    readings: Intervals,
) -> Result<Series<Sample<Percent>>, SeriesError> {
    let info = SeriesInfo::new(scope, Quantity::StateOfCharge, ValueKind::Instant)
        .with_source(source(resource))
        .with_step(FIFTEEN_MINUTES);
    let info = with_step_of(info, &readings);
    let samples = readings.into_iter().map(|reading| {
        let at = reading.interval.end();
        let percent = reading.data.soc.and_then(|soc| soc.percent);
        let sample = percent.map_or_else(|| Sample::missing(at), |percent| Sample::new(at, Percent(percent)));
        sample.with_quality(reading.quality)
    });
    Series::new(info, samples.collect())
}

macro_rules! battery_answers {
    ($($answer:ty, |$this:ident| $scope:expr, $resource:expr);+ $(;)?) => { $(
        impl $answer {
            /// What went in, by interval.
            ///
            /// # Errors
            ///
            /// Two intervals that overlap.
            pub fn charged(&self) -> Result<Energies, SeriesError> {
                let $this = self;
                charged($scope, $resource, self.clone().into_readings())
            }

            /// What came out, by interval.
            ///
            /// # Errors
            ///
            /// Two intervals that overlap.
            pub fn discharged(&self) -> Result<Energies, SeriesError> {
                let $this = self;
                discharged($scope, $resource, self.clone().into_readings())
            }

            /// How full they were at the end of each interval.
            ///
            /// # Errors
            ///
            /// Two intervals that end at the same time.
            pub fn state_of_charge(&self) -> Result<Series<Sample<Percent>>, SeriesError> {
                let $this = self;
                states_of_charge($scope, $resource, self.clone().into_readings())
            }
        }
    )+ };
}

battery_answers! {
    BatteryTelemetry, |_of| Scope::Storage, BATTERIES;
    EnchargeTelemetry, |of| scope_of(of), ENCHARGE;
}

fn scope_of(answer: &EnchargeTelemetry) -> Scope {
    let serial = answer
        .serial_number
        .as_ref()
        .map(|serial| DeviceId::new(serial.as_str()));
    serial.map_or(Scope::Storage, Scope::Battery)
}
