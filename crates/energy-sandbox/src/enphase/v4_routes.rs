//! The route table of API v4: one line per operation.

use super::Enphase;
use super::applications::AccessControl::{
    ChargerControl, ChargerMonitoring, DeviceLevel, SiteConsumption, SiteProduction, Streaming, SystemConfigurations,
    SystemDetails,
};
use super::v4::visit::{at_site, may};
use super::v4::{
    chargers, configuration, control, device_telemetry, devices, events, inverters, latest, lifetime, live, readings,
    rgm, summary, systems, telemetry,
};
use crate::route::Route;

/// Every operation.
#[rustfmt::skip]
pub(super) fn routes() -> Vec<Route<Enphase>> {
    // An array, not `vec!`: tools that read this table do not look into macros.
    Vec::from([
        Route::get("listSystems", "/api/v4/systems", |s, c| may(s, c, SystemDetails, systems::list)),
        Route::post("searchSystems", "/api/v4/systems/search", |s, c| may(s, c, SystemDetails, systems::search)),
        Route::get("getSystem", "/api/v4/systems/{system_id}", |s, c| at_site(s, c, SystemDetails, systems::one)),
        Route::get("getSystemSummary", "/api/v4/systems/{system_id}/summary", |s, c| at_site(s, c, SystemDetails, summary::get)),
        Route::get("listDevices", "/api/v4/systems/{system_id}/devices", |s, c| at_site(s, c, SystemDetails, devices::list)),
        Route::get("retrieveSystemId", "/api/v4/systems/retrieve_system_id", |s, c| may(s, c, SystemDetails, systems::of_gateway)),
        Route::get("listEvents", "/api/v4/systems/{system_id}/events", |s, c| at_site(s, c, SystemDetails, events::events)),
        Route::get("listAlarms", "/api/v4/systems/{system_id}/alarms", |s, c| at_site(s, c, SystemDetails, events::alarms)),
        Route::get("listEventTypes", "/api/v4/systems/event_types", |s, c| may(s, c, SystemDetails, events::types)),
        Route::get("listOpenEvents", "/api/v4/systems/{system_id}/open_events", |s, c| at_site(s, c, SystemDetails, events::open_events)),
        Route::get("listOpenAlarms", "/api/v4/systems/{system_id}/open_alarms", |s, c| at_site(s, c, SystemDetails, events::open_alarms)),
        Route::get("getInvertersSummary", "/api/v4/systems/inverters_summary_by_envoy_or_site", |s, c| may(s, c, SystemDetails, inverters::summary)),

        Route::get("getProductionMeterReadings", "/api/v4/systems/{system_id}/production_meter_readings", |s, c| at_site(s, c, SiteProduction, readings::production)),
        Route::get("getRgmStats", "/api/v4/systems/{system_id}/rgm_stats", |s, c| at_site(s, c, SiteProduction, rgm::stats)),
        Route::get("getEnergyLifetime", "/api/v4/systems/{system_id}/energy_lifetime", |s, c| at_site(s, c, SiteProduction, lifetime::energy)),
        Route::get("getProductionMicroTelemetry", "/api/v4/systems/{system_id}/telemetry/production_micro", |s, c| at_site(s, c, SiteProduction, telemetry::production_micro)),
        Route::get("getProductionMeterTelemetry", "/api/v4/systems/{system_id}/telemetry/production_meter", |s, c| at_site(s, c, SiteProduction, telemetry::production_meter)),

        Route::get("getConsumptionMeterReadings", "/api/v4/systems/{system_id}/consumption_meter_readings", |s, c| at_site(s, c, SiteConsumption, readings::consumption)),
        Route::get("getStorageMeterReadings", "/api/v4/systems/{system_id}/storage_meter_readings", |s, c| at_site(s, c, SiteConsumption, readings::storage)),
        Route::get("getConsumptionLifetime", "/api/v4/systems/{system_id}/consumption_lifetime", |s, c| at_site(s, c, SiteConsumption, lifetime::consumption)),
        Route::get("getBatteryLifetime", "/api/v4/systems/{system_id}/battery_lifetime", |s, c| at_site(s, c, SiteConsumption, lifetime::battery)),
        Route::get("getEnergyImportLifetime", "/api/v4/systems/{system_id}/energy_import_lifetime", |s, c| at_site(s, c, SiteConsumption, lifetime::import)),
        Route::get("getEnergyExportLifetime", "/api/v4/systems/{system_id}/energy_export_lifetime", |s, c| at_site(s, c, SiteConsumption, lifetime::export)),
        Route::get("getBatteryTelemetry", "/api/v4/systems/{system_id}/telemetry/battery", |s, c| at_site(s, c, SiteConsumption, telemetry::battery)),
        Route::get("getConsumptionMeterTelemetry", "/api/v4/systems/{system_id}/telemetry/consumption_meter", |s, c| at_site(s, c, SiteConsumption, telemetry::consumption_meter)),
        Route::get("getEnergyImportTelemetry", "/api/v4/systems/{system_id}/energy_import_telemetry", |s, c| at_site(s, c, SiteConsumption, telemetry::import)),
        Route::get("getEnergyExportTelemetry", "/api/v4/systems/{system_id}/energy_export_telemetry", |s, c| at_site(s, c, SiteConsumption, telemetry::export)),
        Route::get("getLatestTelemetry", "/api/v4/systems/{system_id}/latest_telemetry", |s, c| at_site(s, c, SiteConsumption, latest::get)),

        Route::get("listMicrosTelemetry", "/api/v4/systems/{system_id}/devices/micros/telemetry", |s, c| at_site(s, c, DeviceLevel, device_telemetry::micros)),
        Route::get("getMicroTelemetry", "/api/v4/systems/{system_id}/devices/micros/{serial_no}/telemetry", |s, c| at_site(s, c, DeviceLevel, device_telemetry::micro)),
        Route::get("getEnchargeTelemetry", "/api/v4/systems/{system_id}/devices/encharges/{serial_no}/telemetry", |s, c| at_site(s, c, DeviceLevel, device_telemetry::encharge)),
        Route::get("getEvseLifetime", "/api/v4/systems/{system_id}/{serial_no}/evse_lifetime", |s, c| at_site(s, c, DeviceLevel, lifetime::evse)),
        Route::get("getHeatPumpLifetime", "/api/v4/systems/{system_id}/hp_lifetime", |s, c| at_site(s, c, DeviceLevel, lifetime::heat_pump)),
        Route::get("getEvseTelemetry", "/api/v4/systems/{system_id}/{serial_no}/evse_telemetry", |s, c| at_site(s, c, DeviceLevel, device_telemetry::evse)),
        Route::get("getHeatPumpTelemetry", "/api/v4/systems/{system_id}/hp_telemetry", |s, c| at_site(s, c, DeviceLevel, device_telemetry::heat_pump)),

        Route::get("getBatterySettings", "/api/v4/systems/config/{system_id}/battery_settings", |s, c| at_site(s, c, SystemConfigurations, configuration::battery)),
        Route::put("updateBatterySettings", "/api/v4/systems/config/{system_id}/battery_settings", |s, c| at_site(s, c, SystemConfigurations, configuration::set_battery)),
        Route::get("getStormGuard", "/api/v4/systems/config/{system_id}/storm_guard", |s, c| at_site(s, c, SystemConfigurations, configuration::storm_guard)),
        Route::put("updateStormGuard", "/api/v4/systems/config/{system_id}/storm_guard", |s, c| at_site(s, c, SystemConfigurations, configuration::set_storm_guard)),
        Route::get("getGridStatus", "/api/v4/systems/config/{system_id}/grid_status", |s, c| at_site(s, c, SystemConfigurations, configuration::grid_status)),
        Route::get("getLoadControl", "/api/v4/systems/config/{system_id}/load_control", |s, c| at_site(s, c, SystemConfigurations, configuration::load_control)),
        Route::put("updateLoadControl", "/api/v4/systems/config/{system_id}/load_control", |s, c| at_site(s, c, SystemConfigurations, configuration::set_load_control)),

        Route::get("getLiveData", "/api/v4/systems/{system_id}/live_data", |s, c| at_site(s, c, Streaming, live::stream)),

        Route::get("listChargers", "/api/v4/systems/{system_id}/ev_charger/devices", |s, c| at_site(s, c, ChargerMonitoring, chargers::devices)),
        Route::get("listChargerEvents", "/api/v4/systems/{system_id}/ev_charger/events", |s, c| at_site(s, c, ChargerMonitoring, chargers::events)),
        Route::get("listChargingSessions", "/api/v4/systems/{system_id}/ev_charger/{serial_no}/sessions", |s, c| at_site(s, c, ChargerMonitoring, chargers::sessions)),
        Route::get("getChargingSchedules", "/api/v4/systems/{system_id}/ev_charger/{serial_no}/schedules", |s, c| at_site(s, c, ChargerMonitoring, chargers::schedules)),
        Route::get("getChargerLifetime", "/api/v4/systems/{system_id}/ev_charger/{serial_no}/lifetime", |s, c| at_site(s, c, ChargerMonitoring, chargers::lifetime)),
        Route::get("getChargerTelemetry", "/api/v4/systems/{system_id}/ev_charger/{serial_no}/telemetry", |s, c| at_site(s, c, ChargerMonitoring, chargers::telemetry)),
        Route::post("startCharging", "/api/v4/systems/{system_id}/ev_charger/{serial_no}/start_charging", |s, c| at_site(s, c, ChargerControl, control::start)),
        Route::post("stopCharging", "/api/v4/systems/{system_id}/ev_charger/{serial_no}/stop_charging", |s, c| at_site(s, c, ChargerControl, control::stop)),
    ])
}
