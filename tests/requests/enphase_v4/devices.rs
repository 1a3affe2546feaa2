//! Single devices, and EV chargers.

use enphase::v4::*;
use time::macros::date;

use super::{BATTERY, CHARGER, MICRO, SYSTEM, Sample, morning};

pub(super) fn telemetry() -> Vec<Sample> {
    let micros = ListMicrosTelemetry::new(SYSTEM)
        .page(1)
        .size(20)
        .start_at(morning())
        .granularity(Granularity::Day);
    let micro = GetMicroTelemetry::new(SYSTEM, MICRO)
        .start_at(morning())
        .granularity(Granularity::Day);
    let battery = GetEnchargeTelemetry::new(SYSTEM, BATTERY)
        .start_at(morning())
        .granularity(Granularity::FifteenMinutes);
    let charger_lifetime = GetEvseLifetime::new(SYSTEM, CHARGER).start_date(date!(2026 - 06 - 08));
    let heat_pump_lifetime = GetHeatPumpLifetime::new(SYSTEM)
        .start_date(date!(2026 - 06 - 01))
        .end_date(date!(2026 - 06 - 15));
    let charger = GetEvseTelemetry::new(SYSTEM, CHARGER)
        .start_at(morning())
        .granularity(Granularity::Day)
        .interval_duration(IntervalDuration::FifteenMinutes);
    let heat_pump = GetHeatPumpTelemetry::new(SYSTEM)
        .start_date(date!(2026 - 06 - 15))
        .granularity(Granularity::Day);
    vec![
        Sample::of(micros),
        Sample::of(micro),
        Sample::of(battery),
        Sample::of(charger_lifetime),
        Sample::of(heat_pump_lifetime),
        Sample::of(charger),
        Sample::of(heat_pump),
    ]
}

pub(super) fn chargers() -> Vec<Sample> {
    let events = ListChargerEvents::new(SYSTEM)
        .offset(10)
        .limit(20)
        .serial_number(CHARGER);
    let lifetime = GetChargerLifetime::new(SYSTEM, CHARGER, date!(2026 - 06 - 01)).end_date(date!(2026 - 06 - 15));
    let telemetry = GetChargerTelemetry::new(SYSTEM, CHARGER)
        .granularity(Granularity::Day)
        .start_date(date!(2026 - 06 - 15));
    let input = ChargingInput::new()
        .connector_id(ConnectorId::new(1).expect("there is such a connector"))
        .charging_level(ChargingLevel::new(80).expect("there is such a level"));
    vec![
        Sample::of(ListChargers::new(SYSTEM)),
        Sample::of(events),
        Sample::of(ListChargingSessions::new(SYSTEM, CHARGER).offset(0).limit(15)),
        Sample::of(GetChargingSchedules::new(SYSTEM, CHARGER)),
        Sample::of(lifetime),
        Sample::of(telemetry),
        Sample::of(StartCharging::new(SYSTEM, CHARGER, input)),
        Sample::of(StopCharging::new(SYSTEM, CHARGER)),
    ]
}
