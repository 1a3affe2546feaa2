//! Plants, addresses, contacts and fleets.

use serde_json::{Value, json};
use time::Duration;

use super::accounts::SUNNYHILL;
use super::dates::stamp;
use super::plant::{Plant, Site, fleet_id, uuid, zone};
use super::reply::{Outcome, Problem, ok};
use super::series::stamp_of;
use super::visit::Visit;

pub(super) fn plants(visit: &Visit<'_>) -> Outcome {
    let plants = visit.plants().map(|plant| json_of(visit, plant));
    ok(&Value::Array(plants.collect()))
}

pub(super) fn plant(visit: &Visit<'_>, plant: &Plant) -> Outcome {
    ok(&json_of(visit, plant))
}

pub(super) fn address(_: &Visit<'_>, plant: &Plant) -> Outcome {
    ok(&address_of(plant.site))
}

pub(super) fn contacts(_: &Visit<'_>, plant: &Plant) -> Outcome {
    ok(&json!([{
        "id": uuid(&format!("{} contact", plant.site.label())),
        "lastName": "Office",
        "firstName": "Plant",
        "company": "Sandbox Solar",
        "email": "plants@sandbox.example",
        "phoneNumber": "+49 30 5550 0140",
        "mobilePhoneNumber": null,
        "address": address_of(plant.site),
        "comment": null,
        "role": "operator",
    }]))
}

pub(super) fn fleet(visit: &Visit<'_>) -> Outcome {
    if !visit.application.sees_fleets() {
        return Err(Problem::forbidden("Fleets: not included in the User API"));
    }
    let id = visit.segment("fleetId");
    let plants: Vec<Value> = (visit.plants())
        .filter(|plant| fleets(plant).any(|fleet| fleet == id))
        .map(|plant| json!({ "id": plant.id, "label": plant.site.label() }))
        .collect();
    if plants.is_empty() {
        return Err(Problem::unknown("Fleet"));
    }
    ok(&json!({ "id": id, "label": "River valley", "plants": plants }))
}

/// The fleets that a plant belongs to.
pub(super) fn fleets(plant: &Plant) -> impl Iterator<Item = String> {
    let belongs = plant.site.portal() == SUNNYHILL;
    belongs.then(fleet_id).into_iter()
}

/// What the data logger calls itself.
pub(super) fn logger(site: Site) -> &'static str {
    match site {
        Site::OldDairy => "Solar-Log Base 100",
        Site::BoatHouse | Site::HarbourHall | Site::RowHouse(_) => "Solar-Log Base 15",
    }
}

/// What classes of components a plant has.
pub(super) fn classes(site: Site) -> Vec<&'static str> {
    match site.is_equipped() {
        true => vec![
            "production",
            "meter",
            "consumption",
            "battery",
            "sensors",
            "hidden",
            "intern",
        ],
        false => vec!["production", "hidden", "intern"],
    }
}

fn types(plant: &Plant) -> Vec<&'static str> {
    let mut types: Vec<&str> = plant.devices.iter().map(|device| device.kind.type_name()).collect();
    types.dedup();
    types.push("SolarLogIntern");
    types
}

fn address_of(site: Site) -> Value {
    let (street, house_number, postal_code, city) = match site {
        Site::OldDairy => ("Mühlenweg", "14", "99423", "Weimar"),
        Site::BoatHouse => ("Am Ufer", "3a", "99510", "Apolda"),
        Site::HarbourHall => ("Kaistraße", "60", "24114", "Kiel"),
        Site::RowHouse(number) => ("Wiesenzeile", &*number.to_string(), "89077", "Ulm"),
    };
    json!({
        "id": uuid(&format!("{} address", site.label())),
        "street": street,
        "houseNumber": house_number,
        "postalCode": postal_code,
        "city": city,
        "country": "DE",
    })
}

fn json_of(visit: &Visit<'_>, plant: &Plant) -> Value {
    let site = plant.site;
    let location = site.location();
    let (status, package, identifier) = match site {
        Site::OldDairy => ("active", "XL", "740218355"),
        // The one status that is documented.
        Site::BoatHouse => ("deactivated", "M", "740218402"),
        Site::HarbourHall => ("active", "L", "740219117"),
        Site::RowHouse(number) => ("active", "S", &*(740_300_000 + u32::from(number)).to_string()),
    };
    let last_transfer = visit.now().unix_timestamp().div_euclid(300) * 300;
    let installed = zone().midnight(plant.began);
    json!({
        "id": plant.id,
        "ffufId": null,
        "label": site.label(),
        "plantSize": site.size(),
        "plantStatus": status,
        "createdAt": stamp(installed.saturating_add(Duration::hours(9))),
        "installationDate": plant.began.to_string(),
        "functionalities": [],
        "firmware": "6.2.1 Build 178",
        "firmwareDate": "19.02.2025",
        "firmwareVersion": "6.2.1",
        "deviceFullName": logger(site),
        "vendor": "SDS",
        "identifier": identifier,
        "lastDataTransfer": {
            "lastTransfer": stamp_of(last_transfer),
            "lastTransferType": "HTTP",
        },
        "plantCost": null,
        "electricityCost": null,
        "package": package,
        "configStatus": null,
        "fleetCount": fleets(plant).count(),
        "latitude": location.latitude,
        "longitude": location.longitude,
        "address": address_of(site),
        "plantCreator": null,
        "crcVersion": 1,
        "componentsClasses": classes(site),
        "componentsTypes": types(plant),
    })
}
