//! The route table: one line per operation. `{planes}` is the tail of a path, three segments
//! per plane.

use super::estimate::{Shape, forecast};
use super::series::Mode;
use super::{ForecastSolar, chart, check, info, payperuse, timewindows, weather};
use crate::route::Route;

/// The key is the first segment of a path.
const KEY: &str = "/{key}";

impl Route<ForecastSolar> {
    /// Served with a key only.
    fn keyed(self) -> Self {
        self.under(KEY)
    }

    /// Served with a key and without.
    fn both(self) -> Self {
        self.also_under(KEY)
    }
}

/// Every operation.
#[rustfmt::skip]
pub(super) fn routes() -> Vec<Route<ForecastSolar>> {
    use Mode::{ClearSky, Estimate, History};
    use Shape::{All, WattHours, WattHoursDay, WattHoursPeriod, Watts};

    // An array, not `vec!`: tools that read this table do not look into macros.
    Vec::from([
        Route::get("getEstimate", "/estimate/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, Estimate, All)).both(),
        Route::get("getEstimateWatts", "/estimate/watts/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, Estimate, Watts)).both(),
        Route::get("getEstimateWattHours", "/estimate/watthours/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, Estimate, WattHours)).both(),
        Route::get("getEstimateWattHoursPeriod", "/estimate/watthours/period/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, Estimate, WattHoursPeriod)).both(),
        Route::get("getEstimateWattHoursDay", "/estimate/watthours/day/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, Estimate, WattHoursDay)).both(),

        Route::get("getHistory", "/history/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, History, All)).both(),
        Route::get("getHistoryWatts", "/history/watts/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, History, Watts)).both(),
        Route::get("getHistoryWattHours", "/history/watthours/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, History, WattHours)).both(),
        Route::get("getHistoryWattHoursPeriod", "/history/watthours/period/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, History, WattHoursPeriod)).both(),
        Route::get("getHistoryWattHoursDay", "/history/watthours/day/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, History, WattHoursDay)).both(),

        Route::get("getClearSky", "/clearsky/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, ClearSky, All)).both(),
        Route::get("getClearSkyWatts", "/clearsky/watts/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, ClearSky, Watts)).both(),
        Route::get("getClearSkyWattHours", "/clearsky/watthours/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, ClearSky, WattHours)).both(),
        Route::get("getClearSkyWattHoursPeriod", "/clearsky/watthours/period/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, ClearSky, WattHoursPeriod)).both(),
        Route::get("getClearSkyWattHoursDay", "/clearsky/watthours/day/{lat}/{lon}/{*planes}", |s, c| forecast(s, c, ClearSky, WattHoursDay)).both(),

        Route::get("getTimeWindows", "/timewindows/{lat}/{lon}/{*planes}", timewindows::time_windows).both(),
        Route::get("getWeather", "/weather/{lat}/{lon}", weather::weather).both(),
        Route::get("checkLocation", "/check/{lat}/{lon}", check::check).both(),
        Route::get("checkPlanes", "/check/{lat}/{lon}/{*planes}", check::check).both(),
        Route::get("getInfo", "/info", info::info).keyed(),

        Route::get("createChart", "/chart/{lat}/{lon}/{*planes}", chart::create).keyed(),
        Route::get("listCharts", "/charts", chart::list).keyed(),
        Route::get("getChartLoader", "/chart/init.js", chart::loader),
        Route::get("getChartScript", "/chart/{*script}", chart::draw),
        Route::get("getHelp", "/help", info::help),
        Route::get("getApiDescription", "/swagger.yaml", info::swagger),

        Route::post("createAccount", "/payperuse/account/create", payperuse::create_account).keyed(),
        Route::get("listAccounts", "/payperuse/accounts", payperuse::list_accounts).keyed(),
        Route::get("getAccount", "/payperuse/account/{id}", payperuse::get_account).keyed(),
        Route::get("getUsage", "/payperuse/usage", payperuse::get_usage).keyed(),
        Route::get("getUsage", "/payperuse/usage/{*period}", payperuse::get_usage).keyed(),
        Route::post("resetAccountKey", "/payperuse/account/reset", payperuse::reset_account_key).keyed(),
        Route::post("suspendAccount", "/payperuse/account/suspend", payperuse::suspend_account).keyed(),
        Route::post("deleteAccount", "/payperuse/account/delete", payperuse::delete_account).keyed(),
    ])
}
