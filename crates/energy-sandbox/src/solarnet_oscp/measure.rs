//! What assets measure: a plant, a household, a charger and a battery, made up but steady.
//!
//! Energy is counted in whole minutes and whole milliwatt-hours, so that the energies of
//! periods add up to those of longer ones exactly.

use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::assets::Asset;
use super::ticks::oscp_time;
use super::words::{ASSET_CATEGORY, ENERGY_DIRECTION, ENERGY_TYPE, MEASUREMENT_UNIT, PHASE};
use crate::nature::irradiance::{Tilt, on_plane};
use crate::nature::{Location, clouds};
use crate::noise;

/// Where all of it stands.
const PLACE: Location = Location {
    latitude: 52.5,
    longitude: 13.4,
};

/// A period that has passed, and how its end is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period {
    pub(super) start: OffsetDateTime,
    pub(super) end: OffsetDateTime,
    /// Whether the start is told too.
    pub(super) intermittent: bool,
}

/// The asset's energy in the period as OSCP writes it, if OSCP knows the unit.
pub(super) fn energy_measurement(asset: &Asset, period: Period) -> Option<Value> {
    let energy = asset.energy.as_ref()?;
    let milliwatt_hours = energy_between(asset, energy.direction, period.start, period.end) as f64;
    let value = match energy.measure.unit {
        "Wh" => milliwatt_hours / 1e3,
        "kWh" => milliwatt_hours / 1e6,
        _ => return None,
    };
    let mut measurement = json!({
        "value": value,
        "phase": PHASE.oscp(asset.phase),
        "unit": MEASUREMENT_UNIT.oscp(energy.measure.unit),
        "direction": ENERGY_DIRECTION.oscp(energy.direction),
        "energy_type": ENERGY_TYPE.oscp(energy.kind),
        "measure_time": oscp_time(period.end),
    });
    if period.intermittent {
        measurement["initial_measure_time"] = oscp_time(period.start).into();
    }
    Some(measurement)
}

/// Everything OSCP can say of the asset, if that is anything.
pub(super) fn asset_measurement(asset: &Asset, period: Period) -> Option<Value> {
    let mut measurement = Map::new();
    measurement.insert("asset_id".to_owned(), asset.identifier.as_str().into());
    let category = ASSET_CATEGORY.oscp(asset.category);
    measurement.insert("asset_category".to_owned(), category.into());
    let known = measurement.len();
    if let Some(energy) = energy_measurement(asset, period) {
        measurement.insert("energy_measurement".to_owned(), energy);
    }
    if let Some(measure) = &asset.instantaneous {
        let last_minute = period.end - Duration::minutes(1);
        let watts = power(asset, direction(asset), last_minute);
        let value = match measure.unit {
            "A" => watts / 230.0,
            "kW" | "kWh" => watts / 1e3,
            _ => watts,
        };
        let value = json!({
            "value": (value * 1e3).round() / 1e3,
            "phase": PHASE.oscp(asset.phase),
            "unit": MEASUREMENT_UNIT.oscp(measure.unit),
            "measure_time": oscp_time(period.end),
        });
        measurement.insert("instantaneous_measurement".to_owned(), value);
    }
    (measurement.len() > known).then_some(Value::Object(measurement))
}

fn direction(asset: &Asset) -> &'static str {
    asset.energy.as_ref().map_or("Net", |energy| energy.direction)
}

/// Milliwatt-hours between two full minutes.
fn energy_between(asset: &Asset, direction: &str, start: OffsetDateTime, end: OffsetDateTime) -> i64 {
    let minutes = (end - start).whole_minutes();
    (0..minutes)
        .map(|minute| {
            let watts = power(asset, direction, start + Duration::minutes(minute));
            (watts * 1e3 / 60.0).round() as i64
        })
        .sum()
}

/// The mean power of the minute that begins then, in W. Net power is positive where energy
/// is taken from the grid.
fn power(asset: &Asset, direction: &str, minute: OffsetDateTime) -> f64 {
    let seed = noise::text(&asset.source);
    // 0.75 to 1.25: no two assets are the same size.
    let size = 0.75 + noise::unit(&[seed, 1]) / 2.0;
    let middle = minute + Duration::seconds(30);
    let hour = f64::from(middle.hour()) + f64::from(middle.minute()) / 60.0;
    let flicker = 0.9 + 0.2 * noise::unit(&[seed, minute.unix_timestamp().div_euclid(60)]);
    match asset.category {
        "Generation" => {
            let generated = size * plant(middle);
            if direction == "Net" { -generated } else { generated }
        }
        "Storage" => {
            // Charged at noon, discharged in the evening.
            let net = size * flicker * 2500.0 * (bump(hour, 11.0, 1.5) - bump(hour, 19.0, 1.5));
            match direction {
                "Import" => net.max(0.0),
                "Export" => (-net).max(0.0),
                _ => net,
            }
        }
        "Charging" => size * flicker * (20.0 + 3_000.0 * bump(hour, 9.0, 2.0) + 11_000.0 * bump(hour, 18.0, 1.5)),
        _ => size * flicker * (300.0 + 900.0 * bump(hour, 6.5, 1.0) + 1500.0 * bump(hour, 18.0, 2.0)),
    }
}

/// Five kilowatts of panels that face south.
fn plant(at: OffsetDateTime) -> f64 {
    let tilt = Tilt {
        declination: 30.0,
        azimuth: 180.0,
    };
    5000.0 / 1000.0 * 0.85 * on_plane(at, PLACE, tilt, |_| false) * clouds::yield_factor(at, PLACE)
}

/// 1 at the middle, falling off to both sides; hours are of a day in UTC.
fn bump(hour: f64, middle: f64, width: f64) -> f64 {
    let apart = (hour - middle).abs();
    let apart = apart.min(24.0 - apart) / width;
    (-apart * apart / 2.0).exp()
}
