//! The route table of API v2: one line per operation.

use super::Enphase;
use super::v2::visit::{at_site, may};
use super::v2::{inventory, lifetime, readings, stats, summary, systems};
use crate::route::Route;

/// Where everything is.
pub(super) const BASE: &str = "/api/v2";

/// Every operation.
pub(super) fn routes() -> Vec<Route<Enphase>> {
    operations().into_iter().map(|route| route.under(BASE)).collect()
}

#[rustfmt::skip]
fn operations() -> Vec<Route<Enphase>> {
    // An array, not `vec!`: tools that read this table do not look into macros.
    Vec::from([
        Route::get("getConsumptionLifetime", "/systems/{system_id}/consumption_lifetime", |s, c| at_site(s, c, lifetime::consumption)),
        Route::get("getConsumptionStats", "/systems/{system_id}/consumption_stats", |s, c| at_site(s, c, stats::consumption)),
        Route::get("getEnergyLifetime", "/systems/{system_id}/energy_lifetime", |s, c| at_site(s, c, lifetime::energy)),
        Route::get("listEnvoys", "/systems/{system_id}/envoys", |s, c| at_site(s, c, inventory::envoys)),
        Route::get("getInventory", "/systems/{system_id}/inventory", |s, c| at_site(s, c, inventory::all)),
        Route::get("getInvertersSummary", "/systems/inverters_summary_by_envoy_or_site", |s, c| may(s, c, inventory::inverters)),
        Route::get("getMonthlyProduction", "/systems/{system_id}/monthly_production", |s, c| at_site(s, c, readings::month)),
        Route::get("getProductionMeterReadings", "/systems/{system_id}/production_meter_readings", |s, c| at_site(s, c, readings::production)),
        Route::get("getRgmStats", "/systems/{system_id}/rgm_stats", |s, c| at_site(s, c, stats::rgm)),
        Route::get("searchSystemId", "/systems/search_system_id", |s, c| may(s, c, systems::of_gateway)),
        Route::get("getStats", "/systems/{system_id}/stats", |s, c| at_site(s, c, stats::micros)),
        Route::get("getSummary", "/systems/{system_id}/summary", |s, c| at_site(s, c, summary::get)),
        Route::get("listSystems", "/systems", |s, c| may(s, c, systems::list)),
    ])
}
