//! What a site produces and uses.

use enphase::v4::*;
use time::macros::date;

use super::{NOW, SYSTEM, Sample, morning};

pub(super) fn production() -> Vec<Sample> {
    let lifetime = GetEnergyLifetime::new(SYSTEM)
        .start_date(date!(2026 - 06 - 01))
        .end_date(date!(2026 - 06 - 15))
        .production(ProductionSeries::All);
    let micros = GetProductionMicroTelemetry::new(SYSTEM)
        .start_at(morning())
        .granularity(Granularity::Day);
    let meters = GetProductionMeterTelemetry::new(SYSTEM)
        .start_at(morning())
        .granularity(Granularity::FifteenMinutes);
    vec![
        Sample::of(GetProductionMeterReadings::new(SYSTEM).end_at(NOW)),
        Sample::of(GetRgmStats::new(SYSTEM).start_at(morning()).end_at(NOW)),
        Sample::of(lifetime),
        Sample::of(micros),
        Sample::of(meters),
    ]
}

/// Makes each a request for the first half of June.
macro_rules! of_june {
    ($($request:ident),+ $(,)?) => { [$(
        Sample::of($request::new(SYSTEM).start_date(date!(2026 - 06 - 01)).end_date(date!(2026 - 06 - 15)))
    ),+] };
}

/// Makes each a request for a day in quarters of an hour.
macro_rules! in_quarters {
    ($($request:ident),+ $(,)?) => { [$(
        Sample::of($request::new(SYSTEM).start_date(date!(2026 - 06 - 15)).granularity(Granularity::FifteenMinutes))
    ),+] };
}

pub(super) fn consumption() -> Vec<Sample> {
    let mut samples = vec![
        Sample::of(GetConsumptionMeterReadings::new(SYSTEM).end_at(NOW)),
        Sample::of(GetStorageMeterReadings::new(SYSTEM).end_at(NOW)),
    ];
    samples.extend(of_june![
        GetConsumptionLifetime,
        GetBatteryLifetime,
        GetEnergyImportLifetime,
        GetEnergyExportLifetime,
    ]);
    samples.extend(in_quarters![
        GetBatteryTelemetry,
        GetConsumptionMeterTelemetry,
        GetEnergyImportTelemetry,
        GetEnergyExportTelemetry,
    ]);
    samples.push(Sample::of(GetLatestTelemetry::new(SYSTEM)));
    samples
}
