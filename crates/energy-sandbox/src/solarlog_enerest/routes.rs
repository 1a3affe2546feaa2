//! The route table: one line per operation.

use super::visit::{at_plant, may};
use super::{SolarlogEnerest, administration, components, totals, visualization};
use crate::route::Route;

/// What stands before the name of the portal.
pub(super) const ABOVE_PORTAL: &str = "/api/v1/";

/// Every operation.
pub(super) fn routes() -> Vec<Route<SolarlogEnerest>> {
    let under_portal = |route: Route<SolarlogEnerest>| route.under("/api/v1/{portal}");
    operations().into_iter().map(under_portal).collect()
}

#[rustfmt::skip]
fn operations() -> Vec<Route<SolarlogEnerest>> {
    // An array, not `vec!`: tools that read this table do not look into macros.
    Vec::from([
        Route::get("listPlants", "/administration/plants", |s, c| may(s, c, administration::plants)),
        Route::get("getPlant", "/administration/plant/{plantId}", |s, c| at_plant(s, c, administration::plant)),
        Route::get("getPlantAddress", "/administration/plants/{plantId}/address", |s, c| at_plant(s, c, administration::address)),
        Route::get("listPlantContacts", "/administration/plants/{plantId}/contacts", |s, c| at_plant(s, c, administration::contacts)),
        Route::get("getFleet", "/administration/fleet/{fleetId}", |s, c| may(s, c, administration::fleet)),

        Route::get("listComponents", "/datasource/plant/{plantId}/components/{date}", |s, c| at_plant(s, c, components::on_date)),

        Route::get("getPlantVisualization", "/visualization/plant/{plantId}", |s, c| at_plant(s, c, visualization::plant)),
        Route::get("getChannels", "/visualization/plant/{plantId}/channels", |s, c| at_plant(s, c, visualization::channels)),
        Route::get("getCrossEpochChannels", "/visualization/plant/{plantId}/cross-epoch/channels", |s, c| at_plant(s, c, visualization::cross_epoch)),
        Route::get("getMonth", "/visualization/plant/{plantId}/year/{year}/month/{month}", |s, c| at_plant(s, c, totals::month)),
        Route::get("getYear", "/visualization/plant/{plantId}/year/{year}", |s, c| at_plant(s, c, totals::year)),
        Route::get("getLifetime", "/visualization/plant/{plantId}/lifetime", |s, c| at_plant(s, c, totals::lifetime)),
    ])
}
