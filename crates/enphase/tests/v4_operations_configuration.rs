//! Settings of batteries and loads: each operation on the wire, and its answer read.

use enphase::v4::*;
use serde_json::json;

use crate::v4_support::*;

fn expect_settings(settings: &BatterySettings) {
    assert_eq!(
        (settings.system_id.get(), &settings.battery_mode),
        (SYSTEM, &Some(BatteryMode::SelfConsumption))
    );
    assert_eq!(
        (settings.reserve_soc, settings.battery_shutdown_level),
        (Some(25), Some(8))
    );
    assert_eq!(settings.energy_independence, Some(Switch::Disabled));
    assert_eq!(settings.charge_from_grid, Some(Switch::Enabled));
}

#[tokio::test]
async fn get_battery_settings() {
    let (settings, sent) = round_trip(&GetBatterySettings::new(SYSTEM), "get_battery_settings").await;
    sent.expect("GET", "/api/v4/systems/config/3300871/battery_settings");
    expect_settings(&settings);
}

#[tokio::test]
async fn update_battery_settings() {
    let update = BatterySettingsUpdate::new()
        .battery_mode(BatteryMode::SelfConsumption)
        .reserve_soc(25)
        .energy_independence(Switch::Disabled);
    let request = UpdateBatterySettings::new(SYSTEM, update);
    let (settings, sent) = round_trip(&request, "update_battery_settings").await;
    let body = json!({"battery_mode": "Self-consumption", "reserve_soc": 25, "energy_independence": "disabled"});
    sent.expect_body("PUT", "/api/v4/systems/config/3300871/battery_settings", &body);
    expect_settings(&settings);

    let request = UpdateBatterySettings::new(SYSTEM, BatterySettingsUpdate::new().battery_mode(BatteryMode::Savings));
    let (_, sent) = round_trip(&request, "update_battery_settings").await;
    let body = json!({"battery_mode": "Savings Mode"});
    sent.expect_body("PUT", "/api/v4/systems/config/3300871/battery_settings", &body);
}

#[tokio::test]
async fn get_storm_guard() {
    let (guard, sent) = round_trip(&GetStormGuard::new(SYSTEM), "get_storm_guard").await;
    sent.expect("GET", "/api/v4/systems/config/3300871/storm_guard");
    assert_eq!(
        (guard.storm_guard_status, guard.storm_alert),
        (Some(StormGuardStatus::Disabled), Some(true))
    );
}

#[tokio::test]
async fn update_storm_guard() {
    let request = UpdateStormGuard::new(SYSTEM, StormGuardUpdate::new(Switch::Enabled));
    let (guard, sent) = round_trip(&request, "update_storm_guard").await;
    let body = json!({"storm_guard_status": "enabled"});
    sent.expect_body("PUT", "/api/v4/systems/config/3300871/storm_guard", &body);
    assert_eq!(
        (guard.storm_guard_status, guard.storm_alert),
        (Some(StormGuardStatus::EnabledInactive), Some(false))
    );
}

#[tokio::test]
async fn get_grid_status() {
    let (grid, sent) = round_trip(&GetGridStatus::new(SYSTEM), "get_grid_status").await;
    sent.expect("GET", "/api/v4/systems/config/3300871/grid_status");
    assert_eq!(
        (grid.grid_state, grid.last_report_date),
        (Some(GridState::OffGrid), Some(after(86_100)))
    );
}

#[tokio::test]
async fn get_load_control() {
    let (control, sent) = round_trip(&GetLoadControl::new(SYSTEM), "get_load_control").await;
    sent.expect("GET", "/api/v4/systems/config/3300871/load_control");
    let [pump, sauna] = control.load_control_data.as_slice() else {
        panic!("two loads: {control:?}");
    };
    assert_eq!(
        (pump.name.as_deref(), pump.load_name.as_deref()),
        (Some("NC1"), Some("Pool pump"))
    );
    assert_eq!(
        (pump.owner_can_override, &pump.mode),
        (Some(false), &Some(LoadMode::BatteryPowered))
    );
    assert_eq!(
        (pump.soc_low, pump.soc_high, &pump.status),
        (Some(35), Some(60), &Some(Switch::Enabled))
    );
    assert_eq!(
        (pump.essential_start_time, pump.essential_end_time),
        (Some(25_200), Some(64_800))
    );
    assert_eq!(
        (&sauna.mode, &sauna.status),
        (&Some(LoadMode::Scheduled), &Some(Switch::Disabled))
    );
}

#[tokio::test]
async fn update_load_control() {
    let update = LoadControlUpdate::new("NC3")
        .load_name("Pool pump")
        .mode(LoadMode::BatteryPowered)
        .soc_low(35)
        .essential_start_time(25_200)
        .essential_end_time(64_800);
    let (control, sent) = round_trip(&UpdateLoadControl::new(SYSTEM, update), "update_load_control").await;
    let body = json!({
        "name": "NC3", "load_name": "Pool pump", "mode": "Advanced_BatteryPowered", "soc_low": 35,
        "essential_start_time": 25_200, "essential_end_time": 64_800,
    });
    sent.expect_body("PUT", "/api/v4/systems/config/3300871/load_control", &body);
    let names: Vec<_> = control
        .load_control_data
        .iter()
        .map(|load| load.name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["NC2", "NC3"]);
}
