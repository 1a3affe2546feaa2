//! A plant at a glance, and its series every five minutes.

use serde_json::json;

use super::plant::Plant;
use super::reply::{Outcome, ok, series};
use super::series::of_days;
use super::visit::Visit;
use super::{administration, question, target};

pub(super) fn plant(_: &Visit<'_>, plant: &Plant) -> Outcome {
    let fleets = administration::fleets(plant);
    let fleets: Vec<_> = fleets.map(|id| json!({ "id": id })).collect();
    ok(&json!({
        "id": plant.id,
        "label": plant.site.label(),
        "vendor": "SDS",
        "fleets": fleets,
        "healthStatus": "OK",
        "deviceFullName": administration::logger(plant.site),
        "targetPercentage": null,
        "migrationInProgress": false,
        "size": plant.site.size(),
        "componentsClasses": administration::classes(plant.site),
    }))
}

pub(super) fn channels(visit: &Visit<'_>, plant: &Plant) -> Outcome {
    let channels = question::channels(visit.call)?;
    let days = question::range(visit)?;
    let targets = target::named(visit, plant, &channels)?;
    series(of_days(visit, plant, &targets, &channels, days))
}

pub(super) fn cross_epoch(visit: &Visit<'_>, plant: &Plant) -> Outcome {
    let targets = target::over_epochs(visit, plant)?;
    let channels = question::channels(visit.call)?;
    let days = question::range(visit)?;
    series(of_days(visit, plant, &targets, &channels, days))
}
