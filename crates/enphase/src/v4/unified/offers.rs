//! What the source can give, and by which calls.

use std::time::Duration;

use energy_core::Endpoint;
use energy_core::model::{Capability, Direction, Quantity, Reach, Scope, ScopeLevel, SeriesError, ValueKind};
use energy_core::source::{AnySeries, DAY, SourceError};

use super::inverters;
use crate::reading::{FIFTEEN_MINUTES, FIVE_MINUTES, watts};
use crate::unified::{Asked, Calls, Offer, energy, power};
use crate::v4::battery::{self, BATTERIES};
use crate::v4::series::{micro_energy, micro_power, site_power};
use crate::v4::{
    AccessControl, BatteryInterval, BatteryLifetime, ConsumptionLifetime, EnergyExportLifetime, EnergyImportLifetime,
    EnergyLifetime, Enphase, GetBatteryLifetime, GetBatteryTelemetry, GetConsumptionLifetime,
    GetConsumptionMeterTelemetry, GetEnergyExportLifetime, GetEnergyExportTelemetry, GetEnergyImportLifetime,
    GetEnergyImportTelemetry, GetEnergyLifetime, GetMicroTelemetry, GetProductionMicroTelemetry, MicroInterval, Plan,
};
use crate::{EnergyRequest, Reading, SerialNumber, energy_series, interval_series};

/// Telemetry begins no more than two years ago, which are 730 days at least.
const TWO_YEARS: Reach = Reach::UpTo(Duration::from_secs(730 * 86_400));

/// What the intervals of batteries are as a series.
type OfBatteries<S> = fn(Scope, &'static str, Vec<Reading<BatteryInterval>>) -> Result<S, SeriesError>;

/// Days by one call, from the first one asked for to the last.
macro_rules! daily {
    ($request:ident, $daily:path) => {
        |asked| {
            asked.days(
                |first, last| $request::new(asked.system).start_date(first).end_date(last),
                $daily,
            )
        }
    };
}

/// Energies of intervals.
macro_rules! energies {
    ($request:ident, $step:expr) => {
        |asked| {
            let request = $request::new(asked.system);
            let info = request.info().with_step($step);
            Ok(asked.intervals(&request, $step, |readings| energy_series(info, readings)))
        }
    };
}

/// Of what answers one question alike, the cheapest first: days, then intervals. Production is that of the microinverters:
/// production meters are not everywhere, and a site without one would seem to have produced nothing.
pub(super) fn offers() -> Vec<Offer<Enphase>> {
    use Direction::{Charge, Consumption, Discharge, Export, Import, Production};
    use ScopeLevel::{Grid, Inverter, Pv, Site, Storage};
    vec![
        offer::<GetEnergyLifetime>(days(Pv, Production), daily!(GetEnergyLifetime, EnergyLifetime::daily)),
        offer::<GetProductionMicroTelemetry>(
            energy(Pv, Production, FIVE_MINUTES, TWO_YEARS),
            energies!(GetProductionMicroTelemetry, FIVE_MINUTES),
        ),
        offer::<GetProductionMicroTelemetry>(power(Pv, TWO_YEARS), production_power),
        offer::<GetConsumptionLifetime>(
            days(Site, Consumption),
            daily!(GetConsumptionLifetime, ConsumptionLifetime::daily),
        ),
        offer::<GetConsumptionMeterTelemetry>(
            energy(Site, Consumption, FIFTEEN_MINUTES, TWO_YEARS),
            energies!(GetConsumptionMeterTelemetry, FIFTEEN_MINUTES),
        ),
        offer::<GetEnergyImportLifetime>(
            days(Grid, Import),
            daily!(GetEnergyImportLifetime, EnergyImportLifetime::daily),
        ),
        offer::<GetEnergyImportTelemetry>(
            energy(Grid, Import, FIFTEEN_MINUTES, TWO_YEARS),
            energies!(GetEnergyImportTelemetry, FIFTEEN_MINUTES),
        ),
        offer::<GetEnergyExportLifetime>(
            days(Grid, Export),
            daily!(GetEnergyExportLifetime, EnergyExportLifetime::daily),
        ),
        offer::<GetEnergyExportTelemetry>(
            energy(Grid, Export, FIFTEEN_MINUTES, TWO_YEARS),
            energies!(GetEnergyExportTelemetry, FIFTEEN_MINUTES),
        ),
        offer::<GetBatteryLifetime>(
            days(Storage, Charge),
            daily!(GetBatteryLifetime, BatteryLifetime::charge_daily),
        ),
        offer::<GetBatteryTelemetry>(energy(Storage, Charge, FIFTEEN_MINUTES, TWO_YEARS), |asked| {
            Ok(batteries(asked, battery::charged))
        }),
        offer::<GetBatteryLifetime>(
            days(Storage, Discharge),
            daily!(GetBatteryLifetime, BatteryLifetime::discharge_daily),
        ),
        offer::<GetBatteryTelemetry>(energy(Storage, Discharge, FIFTEEN_MINUTES, TWO_YEARS), |asked| {
            Ok(batteries(asked, battery::discharged))
        }),
        offer::<GetBatteryTelemetry>(state_of_charge(), |asked| {
            Ok(batteries(asked, battery::states_of_charge))
        }),
        offer::<GetMicroTelemetry>(energy(Inverter, Production, FIVE_MINUTES, TWO_YEARS), |asked| {
            Ok(inverters::each(asked, energy_of_micro))
        }),
        offer::<GetMicroTelemetry>(power(Inverter, TWO_YEARS), |asked| {
            Ok(inverters::each(asked, power_of_micro))
        }),
    ]
}

/// What the operation needs, each plan has that is large enough.
fn offer<E: Endpoint>(
    capability: Capability,
    calls: fn(&Asked<'_, Enphase>) -> Result<Calls, SourceError>,
) -> Offer<Enphase> {
    let control = AccessControl::of(E::OPERATION);
    let enough = |plan: &Plan| control.is_some_and(|control| plan.allows(control));
    let plans = Plan::ALL.into_iter().filter(enough).map(Plan::requirement);
    Offer {
        capability: plans.fold(capability, Capability::with_requirement),
        calls,
    }
}

fn days(level: ScopeLevel, direction: Direction) -> Capability {
    energy(level, direction, DAY, Reach::Unlimited)
}

fn state_of_charge() -> Capability {
    Capability::new(Quantity::StateOfCharge, ValueKind::Instant, ScopeLevel::Storage)
        .with_resolution(FIFTEEN_MINUTES)
        .with_back(TWO_YEARS)
}

fn production_power(asked: &Asked<'_, Enphase>) -> Result<Calls, SourceError> {
    let request = GetProductionMicroTelemetry::new(asked.system);
    Ok(asked.intervals(&request, FIVE_MINUTES, |readings| {
        let info = site_power().with_step(FIVE_MINUTES);
        interval_series(info, readings, |interval| interval.powr.map(watts))
    }))
}

fn batteries<S: Into<AnySeries> + 'static>(asked: &Asked<'_, Enphase>, series: OfBatteries<S>) -> Calls {
    let request = GetBatteryTelemetry::new(asked.system);
    asked.intervals(&request, FIFTEEN_MINUTES, move |readings| {
        series(Scope::Storage, BATTERIES, readings)
    })
}

fn energy_of_micro(serial: &SerialNumber, readings: Vec<Reading<MicroInterval>>) -> Result<AnySeries, SeriesError> {
    let info = micro_energy(serial).with_step(FIVE_MINUTES);
    Ok(energy_series(info, readings)?.into())
}

fn power_of_micro(serial: &SerialNumber, readings: Vec<Reading<MicroInterval>>) -> Result<AnySeries, SeriesError> {
    let info = micro_power(serial).with_step(FIVE_MINUTES);
    Ok(interval_series(info, readings, |interval| interval.powr.map(watts))?.into())
}
