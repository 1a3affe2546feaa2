//! The route table: one line per operation of the management API and of OSCP.

use super::incoming::{self, not_served, receive};
use super::login::manage;
use super::messages::Message;
use super::state::Role::{Optimizer, Provider};
use super::{SolarnetOscp, assets, groups, instructions, settings, systems};
use crate::route::Route;

/// Where the management API is.
pub(super) const SECURED: &str = "/solaruser/api/v1/sec";

/// Where the Flexibility Provider is.
pub(super) const FLEXIBILITY_PROVIDER: &str = "/oscp/fp/2.0";

impl Route<SolarnetOscp> {
    fn secured(self) -> Self {
        self.under(SECURED)
    }

    fn oscp(self) -> Self {
        self.under(FLEXIBILITY_PROVIDER)
    }
}

/// Every operation.
#[rustfmt::skip]
pub(super) fn routes() -> Vec<Route<SolarnetOscp>> {
    // An array, not `vec!`: tools that read this table do not look into macros.
    Vec::from([
        Route::get("getUserSettings", "/user/oscp/settings", |s, c| manage(s, c, settings::get_user)).secured(),
        Route::put("updateUserSettings", "/user/oscp/settings", |s, c| manage(s, c, settings::update_user)).secured(),
        Route::delete("deleteUserSettings", "/user/oscp/settings", |s, c| manage(s, c, settings::delete_user)).secured(),

        Route::get("listCapacityProviders", "/user/oscp/capacity-providers", |s, c| manage(s, c, |s, c| systems::list(s, c, Provider))).secured(),
        Route::post("createCapacityProvider", "/user/oscp/capacity-providers", |s, c| manage(s, c, |s, c| systems::create(s, c, Provider))).secured(),
        Route::get("getCapacityProvider", "/user/oscp/capacity-providers/{providerId}", |s, c| manage(s, c, |s, c| systems::get(s, c, Provider))).secured(),
        Route::put("updateCapacityProvider", "/user/oscp/capacity-providers/{providerId}", |s, c| manage(s, c, |s, c| systems::update(s, c, Provider))).secured(),
        Route::delete("deleteCapacityProvider", "/user/oscp/capacity-providers/{providerId}", |s, c| manage(s, c, |s, c| systems::delete(s, c, Provider))).secured(),

        Route::get("listCapacityOptimizers", "/user/oscp/capacity-optimizers", |s, c| manage(s, c, |s, c| systems::list(s, c, Optimizer))).secured(),
        Route::post("createCapacityOptimizer", "/user/oscp/capacity-optimizers", |s, c| manage(s, c, |s, c| systems::create(s, c, Optimizer))).secured(),
        Route::get("getCapacityOptimizer", "/user/oscp/capacity-optimizers/{optimizerId}", |s, c| manage(s, c, |s, c| systems::get(s, c, Optimizer))).secured(),
        Route::put("updateCapacityOptimizer", "/user/oscp/capacity-optimizers/{optimizerId}", |s, c| manage(s, c, |s, c| systems::update(s, c, Optimizer))).secured(),
        Route::delete("deleteCapacityOptimizer", "/user/oscp/capacity-optimizers/{optimizerId}", |s, c| manage(s, c, |s, c| systems::delete(s, c, Optimizer))).secured(),

        Route::get("listCapacityGroups", "/user/oscp/capacity-groups", |s, c| manage(s, c, groups::list)).secured(),
        Route::post("createCapacityGroup", "/user/oscp/capacity-groups", |s, c| manage(s, c, groups::create)).secured(),
        Route::get("getCapacityGroup", "/user/oscp/capacity-groups/{groupId}", |s, c| manage(s, c, groups::get)).secured(),
        Route::put("updateCapacityGroup", "/user/oscp/capacity-groups/{groupId}", |s, c| manage(s, c, groups::update)).secured(),
        Route::delete("deleteCapacityGroup", "/user/oscp/capacity-groups/{groupId}", |s, c| manage(s, c, groups::delete)).secured(),

        Route::get("listCapacityGroupSettings", "/user/oscp/capacity-groups/settings", |s, c| manage(s, c, settings::list_of_groups)).secured(),
        Route::get("getCapacityGroupSettings", "/user/oscp/capacity-groups/{groupId}/settings", |s, c| manage(s, c, settings::get_of_group)).secured(),
        Route::put("updateCapacityGroupSettings", "/user/oscp/capacity-groups/{groupId}/settings", |s, c| manage(s, c, settings::update_of_group)).secured(),
        Route::delete("deleteCapacityGroupSettings", "/user/oscp/capacity-groups/{groupId}/settings", |s, c| manage(s, c, settings::delete_of_group)).secured(),
        Route::get("listCapacityGroupAssets", "/user/oscp/capacity-groups/{groupId}/assets", |s, c| manage(s, c, assets::list_of_group)).secured(),

        Route::post("createAsset", "/user/oscp/assets", |s, c| manage(s, c, assets::create)).secured(),
        Route::get("getAsset", "/user/oscp/assets/{assetId}", |s, c| manage(s, c, assets::get)).secured(),
        Route::put("updateAsset", "/user/oscp/assets/{assetId}", |s, c| manage(s, c, assets::update)).secured(),
        Route::delete("deleteAsset", "/user/oscp/assets/{assetId}", |s, c| manage(s, c, assets::delete)).secured(),

        Route::post("addOscpInstruction", "/instr/add/OSCP_v20", |s, c| manage(s, c, instructions::add)).secured(),
        Route::get("viewInstruction", "/instr/view", |s, c| manage(s, c, instructions::view)).secured(),

        Route::post("sendRegister", "/register", |s, c| receive(s, c, Message::Register, incoming::register)).oscp(),
        Route::post("sendHandshake", "/handshake", |s, c| receive(s, c, Message::Handshake, incoming::handshake)).oscp(),
        Route::post("sendHandshakeAcknowledge", "/handshake_acknowledge", |s, c| receive(s, c, Message::HandshakeAcknowledge, incoming::handshake_acknowledge)).oscp(),
        Route::post("sendHeartbeat", "/heartbeat", |s, c| receive(s, c, Message::Heartbeat, incoming::heartbeat)).oscp(),
        Route::post("sendUpdateGroupCapacityForecast", "/update_group_capacity_forecast", |s, c| receive(s, c, Message::UpdateGroupCapacityForecast, incoming::update_forecast)).oscp(),
        Route::post("sendAdjustGroupCapacityForecast", "/adjust_group_capacity_forecast", |s, c| receive(s, c, Message::AdjustGroupCapacityForecast, incoming::adjust_forecast)).oscp(),
        // SolarNetwork's Flexibility Provider has no such endpoints.
        Route::post("sendGroupCapacityComplianceError", "/group_capacity_compliance_error", not_served).oscp(),
        Route::post("sendUpdateGroupMeasurements", "/update_group_measurements", not_served).oscp(),
        Route::post("sendUpdateAssetMeasurements", "/update_asset_measurements", not_served).oscp(),
    ])
}
