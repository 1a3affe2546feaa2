//! Systems, their settings, and live data.

use enphase::SystemId;
use enphase::v4::*;
use time::macros::date;

use super::{GATEWAY, NOW, SYSTEM, Sample, morning};

pub(super) fn details() -> Vec<Sample> {
    let filter = SystemFilter::new()
        .ids([SystemId::from(SYSTEM), SystemId::from(4_120_734)])
        .name("Meadow")
        .statuses([SearchableStatus::Normal, SearchableStatus::Microinverter]);
    let search = SystemSearch::new(filter).sort_by(SystemSort::Ascending);
    let inverters = GetInvertersSummary::new()
        .site_id(SYSTEM)
        .envoy_serial_number(GATEWAY)
        .page(1)
        .size(50);
    vec![
        Sample::of(ListSystems::new().page(2).size(20).sort_by(SystemSort::Descending)),
        Sample::of(SearchSystems::new(search).page(1).size(20)),
        Sample::of(GetSystem::new(SYSTEM)),
        Sample::of(GetSystemSummary::new(SYSTEM).summary_date(date!(2026 - 06 - 15))),
        Sample::of(ListDevices::new(SYSTEM)),
        Sample::of(RetrieveSystemId::new(GATEWAY)),
        Sample::of(ListEvents::new(SYSTEM, morning()).end_time(NOW)),
        Sample::of(ListAlarms::new(SYSTEM, morning()).end_time(NOW).cleared(false)),
        Sample::of(ListEventTypes::new().event_type_id(44)),
        Sample::of(ListOpenEvents::new(SYSTEM)),
        Sample::of(ListOpenAlarms::new(SYSTEM)),
        Sample::of(inverters),
    ]
}

pub(super) fn configuration() -> Vec<Sample> {
    let settings = BatterySettingsUpdate::new()
        .battery_mode(BatteryMode::SelfConsumption)
        .reserve_soc(40)
        .energy_independence(Switch::Disabled);
    let load = LoadControlUpdate::new("NC1")
        .load_name("Heat pump")
        .mode(LoadMode::BatteryPowered)
        .soc_low(30)
        .essential_start_time(21_600)
        .essential_end_time(79_200);
    vec![
        Sample::of(GetBatterySettings::new(SYSTEM)),
        Sample::of(UpdateBatterySettings::new(SYSTEM, settings)),
        Sample::of(GetStormGuard::new(SYSTEM)),
        Sample::of(UpdateStormGuard::new(SYSTEM, StormGuardUpdate::new(Switch::Enabled))),
        Sample::of(GetGridStatus::new(SYSTEM)),
        Sample::of(GetLoadControl::new(SYSTEM)),
        Sample::of(UpdateLoadControl::new(SYSTEM, load)),
    ]
}

pub(super) fn live() -> Vec<Sample> {
    vec![Sample::stream(GetLiveData::new(SYSTEM).duration(60))]
}
