//! What is installed at a plant on a day.

use serde_json::{Value, json};

use super::channel::{Owner, trackers_of};
use super::dates::stamp;
use super::plant::{Device, Epoch, Kind, Plant, Site, TRACKERS, uuid, zone};
use super::question;
use super::reply::{Outcome, ok};
use super::visit::Visit;

/// Watts of one module.
const MODULE: i64 = 450;

pub(super) fn on_date(visit: &Visit<'_>, plant: &Plant) -> Outcome {
    let date = question::date(visit, "date", visit.segment("date"))?;
    let date = date.min(visit.today());
    let mut components = Vec::new();
    for (place, device) in plant.devices.iter().enumerate() {
        if let Some(epoch) = device.epochs.iter().find(|epoch| epoch.contains(date)) {
            components.push(component(plant.site, device, epoch, place));
        }
    }
    ok(&Value::Array(components))
}

impl Kind {
    /// The type that a component of this kind has.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Self::Inverter(_) => "Inverter",
            Self::GridMeter | Self::ConsumptionMeter => "Meter",
            Self::Battery => "Battery",
            Self::SensorBox => "Sensor",
        }
    }

    /// The class that a component of this kind belongs to.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Inverter(_) => "production",
            Self::GridMeter => "meter",
            Self::ConsumptionMeter => "consumption",
            Self::Battery => "battery",
            Self::SensorBox => "sensors",
        }
    }

    fn name(self) -> String {
        match self {
            Self::Inverter(number) => format!("Inverter {}", number + 1),
            Self::GridMeter => "Grid meter".to_owned(),
            Self::ConsumptionMeter => "Consumption meter".to_owned(),
            Self::Battery => "Battery".to_owned(),
            Self::SensorBox => "Sensor box".to_owned(),
        }
    }
}

fn component(site: Site, device: &Device, epoch: &Epoch, place: usize) -> Value {
    let trackers = match device.kind {
        Kind::Inverter(number) => trackers(site, number, epoch),
        _ => Vec::new(),
    };
    let module_strings: Vec<Value> = (trackers.iter())
        .flat_map(|tracker| tracker["moduleStrings"].as_array().cloned().unwrap_or_default())
        .collect();
    json!({
        "id": epoch.id,
        "type": device.kind.type_name(),
        "name": device.kind.name(),
        "crossEpochId": device.cross_epoch_id,
        "epochActiveFrom": stamp(zone().midnight(epoch.from)),
        "classes": [device.kind.class()],
        "dataindex": place,
        "sortOrder": place + 1,
        "moduleField": null,
        "moduleStrings": module_strings,
        "visualizationChannels": channels(Owner::Component(device.kind), site),
        "mpptrackers": trackers,
    })
}

fn channels(owner: Owner, site: Site) -> Vec<String> {
    owner.channels(site).iter().map(|channel| channel.name()).collect()
}

fn trackers(site: Site, inverter: usize, epoch: &Epoch) -> Vec<Value> {
    let places = trackers_of(inverter).zip(&epoch.tracker_ids);
    places
        .map(|(place, id)| {
            let strings = &site.strings()[place];
            let index = place % TRACKERS + 1;
            let surveyed = inverter == 0;
            json!({
                "id": id,
                "moduleString": null,
                "moduleStrings": module_strings(strings.size, id),
                "trackerindex": index,
                "moduleField": {
                    "id": uuid(&format!("{id} field")),
                    "label": format!("{}", place + 1),
                    "index": place + 1,
                    // Nobody filled it in for the second inverter.
                    "orientation": surveyed.then_some(strings.tilt.azimuth as i64),
                    "tilt": surveyed.then_some(strings.tilt.declination as i64),
                    "monitored": true,
                },
                "size": strings.size,
                "name": format!("MPPT {index}"),
                "visualizationChannels": channels(Owner::Tracker(place), site),
            })
        })
        .collect()
}

/// The modules of a tracker hang on one string, or on two where they are many.
fn module_strings(size: i64, tracker_id: &str) -> Vec<Value> {
    let modules = size / MODULE;
    let parts = if modules > 12 {
        vec![modules / 2, modules - modules / 2]
    } else {
        vec![modules]
    };
    (parts.into_iter().zip(1..))
        .map(|(modules, index): (i64, i64)| {
            json!({
                "id": uuid(&format!("{tracker_id} string {index}")),
                "label": format!("String {index}"),
                "index": index,
                "modules": modules,
                "size": modules * MODULE,
            })
        })
        .collect()
}
