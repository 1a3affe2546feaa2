//! Answers of our own, in the shapes of the service's.

use serde_json::{Value, json};

pub(crate) const PLANT: &str = "3d2c9a40-71be-4f0a-8c55-2e6f01d7b9aa";
pub(crate) const FLEET: &str = "a7d0e3b2-5c1f-4b8e-9f60-d41c22a9e017";
/// An inverter before and after its plant was configured anew, and the id that it keeps.
pub(crate) const OLD_INVERTER: &str = "11f0a6c4-02d9-4e57-b1a3-6e8890c4d2f1";
pub(crate) const INVERTER: &str = "8be41f77-930a-4d62-a6c0-f52b7e3391d8";
pub(crate) const INVERTER_KEPT: &str = "c05d8812-6f34-49ab-8e21-790fb1aa4c63";
pub(crate) const TRACKER: &str = "e9127b3c-48fd-4a06-93d7-1b5c80e7f244";
pub(crate) const SENSOR: &str = "594c03ee-b7a1-4c88-9d0f-3a2be6617c15";

pub(crate) fn address() -> Value {
    json!({
        "id": "913", "street": "Cider Lane", "houseNumber": "12 b", "postalCode": "04860", "city": "Torgau",
        "country": "DE",
    })
}

/// With a phone number as a number and a field that is not described.
pub(crate) fn contact() -> Value {
    json!({
        "id": "2207", "lastName": "Pippin", "firstName": "Ada", "company": "Orchard Works",
        "email": "ada@orchard.example", "phoneNumber": 3421555, "mobilePhoneNumber": "+49 3421 555 02",
        "address": address(), "comment": "not before nine", "role": "owner", "language": "de",
    })
}

pub(crate) fn plant() -> Value {
    json!({
        "id": PLANT, "ffufId": 40417, "label": "Press House", "plantSize": 29_750, "plantStatus": "deactivated",
        "createdAt": "2022-08-19T14:03:51+02:00", "installationDate": "2022-07-30",
        "functionalities": ["feedInManagement", "forecast"], "firmware": "6.0.3 Build 151",
        "firmwareDate": "07.11.2023", "firmwareVersion": "6.0.3", "deviceFullName": "Solar-Log Base 100",
        "vendor": "SDS", "identifier": "9081726354",
        "lastDataTransfer": {"lastTransfer": "2026-05-12T10:30:00+02:00", "lastTransferType": "MIRROR"},
        "plantCost": {"amount": 41_200, "currency": "EUR"}, "electricityCost": 0.29, "package": "XL",
        "configStatus": "complete", "fleetCount": 2, "latitude": "51.5603", "longitude": 12.9961,
        "address": address(), "plantCreator": {"id": "18"}, "crcVersion": "77",
        "componentsClasses": ["production", "hidden", "intern", "sensors", "consumption", "meter"],
        "componentsTypes": ["Inverter", "SolarLogIntern", "SolarLogPowerManagement"],
        "configurationLocked": false,
    })
}

pub(crate) fn fleet() -> Value {
    json!({"id": FLEET, "label": "Along the river", "plants": [{"id": PLANT}]})
}

pub(crate) fn plant_visualization() -> Value {
    json!({
        "id": PLANT, "label": "Press House", "vendor": "SDS", "fleets": [{"id": FLEET}], "healthStatus": "WARNING",
        "deviceFullName": "Solar-Log Base 100", "targetPercentage": null, "migrationInProgress": false,
        "size": 29_750,
        "componentsClasses": ["production", "sensors", "consumption", "meter", "hidden", "intern"],
    })
}

fn module_field() -> Value {
    json!({"id": "305", "label": "South roof", "index": 1, "orientation": 172.5, "tilt": "35", "monitored": true})
}

/// An inverter with a tracker, in the epoch that `id` belongs to.
pub(crate) fn component(id: &str) -> Value {
    json!({
        "id": id, "crossEpochId": INVERTER_KEPT, "epochActiveFrom": "2026-02-03T00:00:00+01:00", "type": "Inverter",
        "name": "WR 3", "classes": ["production"], "dataindex": 2, "sortOrder": 4, "moduleField": module_field(),
        "moduleStrings": ["A", "B"],
        "mpptrackers": [{
            "id": TRACKER, "name": "MPPT 2", "trackerindex": 1, "size": 7_400, "moduleString": {"count": 18},
            "moduleStrings": [], "moduleField": module_field(), "visualizationChannels": ["ProdPdc", "ProdIdc"],
        }],
        "visualizationChannels": ["ProdPac", "ProdPdc", "ProdUdc"], "serial": "Q77",
    })
}

/// One object of an answer with values: of one day, one channel and one device.
pub(crate) fn record(device: &str, kind: &str, channel: &str, unit: &str, day: &str, points: Value) -> Value {
    let mut record = json!({
        "id": "68d1b2c3a4e5f60718293a4b", "deviceId": device, "deviceType": kind, "name": channel, "date": day,
        "unit": unit,
    });
    record["dataPoints"] = points;
    record
}

/// Two channels of a sensor box on one day, as the recording has them, with a gap.
pub(crate) fn cross_epoch_channels() -> Value {
    let irradiation = json!({
        "2026-05-11T06:10:00+02:00": 21, "2026-05-11T06:15:00+02:00": null, "2026-05-11T06:20:00+02:00": 26.5,
        "2026-05-11T06:25:00+02:00": 0,
    });
    let module = json!({"2026-05-11T06:10:00+02:00": 9, "2026-05-11T06:15:00+02:00": -0.5});
    json!([
        record(SENSOR, "Component", "Irradiation", "W/m²", "2026-05-11", irradiation),
        record(SENSOR, "Component", "TempModule", "°C", "2026-05-11", module),
    ])
}
