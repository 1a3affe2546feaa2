//! Which model an answer belongs to, by its operation and by its name among the documented answers.

use energy_core::Endpoint;
use enphase::v4::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// An answer that is read as the service writes it and written again.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    /// The operation in snake case.
    pub(crate) operation: &'static str,
    /// The name of its documented answer; those of EV chargers have none.
    pub(crate) documented: Option<&'static str>,
    pub(crate) read: fn(&Value) -> Result<Value, String>,
}

impl Answer {
    const fn documented<E>(operation: &'static str, documented: &'static str) -> Self
    where
        E: Endpoint<Output: Serialize + DeserializeOwned>,
    {
        let read = of_operation::<E>;
        Self {
            operation,
            documented: Some(documented),
            read,
        }
    }

    const fn undocumented<E>(operation: &'static str) -> Self
    where
        E: Endpoint<Output: Serialize + DeserializeOwned>,
    {
        let read = of_operation::<E>;
        Self {
            operation,
            documented: None,
            read,
        }
    }
}

fn of_operation<E>(answer: &Value) -> Result<Value, String>
where
    E: Endpoint<Output: Serialize + DeserializeOwned>,
{
    again::<E::Output>(answer)
}

fn again<T: Serialize + DeserializeOwned>(answer: &Value) -> Result<Value, String> {
    let model = T::deserialize(answer).map_err(|error| error.to_string())?;
    serde_json::to_value(model).map_err(|error| error.to_string())
}

/// A frame of live data stands in one more object.
fn frame(answer: &Value) -> Result<Value, String> {
    let frame = answer.get("data").ok_or("no data")?;
    Ok(serde_json::json!({"data": again::<LiveFrame>(frame)?}))
}

/// All operations.
pub(crate) const ANSWERS: &[Answer] = &[
    Answer::documented::<ListSystems>("list_systems", "get_systems"),
    Answer::documented::<SearchSystems>("search_systems", "post_search"),
    Answer::documented::<GetSystem>("get_system", "get_system_id"),
    Answer::documented::<GetSystemSummary>("get_system_summary", "get_system_id__summary"),
    Answer::documented::<ListDevices>("list_devices", "get_system_id__devices"),
    Answer::documented::<RetrieveSystemId>("retrieve_system_id", "get_retrieve_system_id"),
    Answer::documented::<ListEvents>("list_events", "get_system_id__events"),
    Answer::documented::<ListAlarms>("list_alarms", "get_system_id__alarms"),
    Answer::documented::<ListEventTypes>("list_event_types", "get_event_types"),
    Answer::documented::<ListOpenEvents>("list_open_events", "get_system_id__open_events"),
    Answer::documented::<ListOpenAlarms>("list_open_alarms", "get_system_id__open_alarms"),
    Answer::documented::<GetInvertersSummary>("get_inverters_summary", "get_inverters_summary_by_envoy_or_site"),
    Answer::documented::<GetProductionMeterReadings>(
        "get_production_meter_readings",
        "get_system_id__production_meter_readings",
    ),
    Answer::documented::<GetRgmStats>("get_rgm_stats", "get_system_id__rgm_stats"),
    Answer::documented::<GetEnergyLifetime>("get_energy_lifetime", "get_system_id__energy_lifetime"),
    Answer::documented::<GetProductionMicroTelemetry>(
        "get_production_micro_telemetry",
        "get_system_id__telemetry__production_micro",
    ),
    Answer::documented::<GetProductionMeterTelemetry>(
        "get_production_meter_telemetry",
        "get_system_id__telemetry__production_meter",
    ),
    Answer::documented::<GetConsumptionMeterReadings>(
        "get_consumption_meter_readings",
        "get_system_id__consumption_meter_readings",
    ),
    Answer::documented::<GetStorageMeterReadings>(
        "get_storage_meter_readings",
        "get_system_id__storage_meter_readings",
    ),
    Answer::documented::<GetConsumptionLifetime>("get_consumption_lifetime", "get_system_id__consumption_lifetime"),
    Answer::documented::<GetBatteryLifetime>("get_battery_lifetime", "get_system_id__battery_lifetime"),
    Answer::documented::<GetEnergyImportLifetime>(
        "get_energy_import_lifetime",
        "get_system_id__energy_import_lifetime",
    ),
    Answer::documented::<GetEnergyExportLifetime>(
        "get_energy_export_lifetime",
        "get_system_id__energy_export_lifetime",
    ),
    Answer::documented::<GetBatteryTelemetry>("get_battery_telemetry", "get_system_id__telemetry__battery"),
    Answer::documented::<GetConsumptionMeterTelemetry>(
        "get_consumption_meter_telemetry",
        "get_system_id__telemetry__consumption_meter",
    ),
    Answer::documented::<GetEnergyImportTelemetry>(
        "get_energy_import_telemetry",
        "get_system_id__energy_import_telemetry",
    ),
    Answer::documented::<GetEnergyExportTelemetry>(
        "get_energy_export_telemetry",
        "get_system_id__energy_export_telemetry",
    ),
    Answer::documented::<GetLatestTelemetry>("get_latest_telemetry", "get_system_id__latest_telemetry"),
    Answer::documented::<ListMicrosTelemetry>("list_micros_telemetry", "get_system_id__devices__micros__telemetry"),
    Answer::documented::<GetMicroTelemetry>(
        "get_micro_telemetry",
        "get_system_id__devices__micros__serial_no__telemetry",
    ),
    Answer::documented::<GetEnchargeTelemetry>(
        "get_encharge_telemetry",
        "get_system_id__devices__encharges__serial_no__telemetry",
    ),
    Answer::documented::<GetEvseLifetime>("get_evse_lifetime", "get_system_id__serial_no__evse_lifetime"),
    Answer::documented::<GetHeatPumpLifetime>("get_heat_pump_lifetime", "get_system_id__hp_lifetime"),
    Answer::documented::<GetEvseTelemetry>("get_evse_telemetry", "get_system_id__serial_no__evse_telemetry"),
    Answer::documented::<GetHeatPumpTelemetry>("get_heat_pump_telemetry", "get_system_id__hp_telemetry"),
    Answer::documented::<GetBatterySettings>("get_battery_settings", "get_config__system_id__battery_settings"),
    Answer::documented::<UpdateBatterySettings>("update_battery_settings", "put_config__system_id__battery_settings"),
    Answer::documented::<GetStormGuard>("get_storm_guard", "get_config__system_id__storm_guard"),
    Answer::documented::<UpdateStormGuard>("update_storm_guard", "put_config__system_id__storm_guard"),
    Answer::documented::<GetGridStatus>("get_grid_status", "get_config__system_id__grid_status"),
    Answer::documented::<GetLoadControl>("get_load_control", "get_config__system_id__load_control"),
    Answer::documented::<UpdateLoadControl>("update_load_control", "put_config__system_id__load_control"),
    Answer {
        operation: "get_live_data",
        documented: Some("get_system_id__live_data"),
        read: frame,
    },
    Answer::undocumented::<ListChargers>("list_chargers"),
    Answer::undocumented::<ListChargerEvents>("list_charger_events"),
    Answer::undocumented::<ListChargingSessions>("list_charging_sessions"),
    Answer::undocumented::<GetChargingSchedules>("get_charging_schedules"),
    Answer::undocumented::<GetChargerLifetime>("get_charger_lifetime"),
    Answer::undocumented::<GetChargerTelemetry>("get_charger_telemetry"),
    Answer::undocumented::<StartCharging>("start_charging"),
    Answer::undocumented::<StopCharging>("stop_charging"),
];
