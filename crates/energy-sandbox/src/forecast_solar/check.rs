//! `check`: what the service understands a location and its planes to be. Needs no key, has
//! no quota.

use super::ForecastSolar;
use super::location::Spot;
use super::plan;
use super::planes;
use super::reply::{Refusal, Reply, answer};
use super::visit;
use crate::call::{Answer, Call};
use crate::document::Map;
use crate::nature::place;

/// Both operations: with planes in the path, and without.
pub(super) fn check(service: &ForecastSolar, call: &Call) -> Answer {
    answer(call, reply(service, call))
}

fn reply(service: &ForecastSolar, call: &Call) -> Result<Reply, Refusal> {
    if call.segment("key").is_some() {
        visit::caller(service, call).map_err(visit::wrong_key)?;
    }
    let spot = Spot::from_call(call, plan::PERSONAL.decimals)?;
    let (latitude, longitude) = (spot.location.latitude, spot.location.longitude);
    let mut result = Map::new()
        .with("latitude", sexagesimal(latitude, ('N', 'S')))
        .with("longitude", sexagesimal(longitude, ('E', 'W')));
    if let Some(tail) = call.segment("planes") {
        let planes = planes::parse(tail)?;
        // One plane is as recorded; how several are shown is unknown: one after the other.
        let each = |text: &dyn Fn(&planes::Plane) -> String| planes.iter().map(text).collect::<Vec<_>>().join(", ");
        result.put("declination", each(&|plane| format!("{}°", plane.declination)));
        result.put("azimuth", each(&|plane| format!("{}°", plane.azimuth)));
        result.put("power", each(&|plane| format!("{:.3} kWp", plane.kwp)));
    }
    result.put("place", place::name(spot.location));
    result.put("timezone", spot.zone.name());
    Ok(Reply::new(result).with_info(spot.info(call.received)))
}

/// `52° 09' 36" N`.
fn sexagesimal(degrees: f64, (positive, negative): (char, char)) -> String {
    let seconds = (degrees.abs() * 3600.0).round() as i64;
    let letter = if degrees < 0.0 { negative } else { positive };
    let (whole, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{whole:02}° {minutes:02}' {:02}\" {letter}", seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::sexagesimal;

    #[test]
    fn degrees_are_shown_as_on_a_map() {
        assert_eq!(sexagesimal(52.16, ('N', 'S')), "52° 09' 36\" N");
        assert_eq!(sexagesimal(-4.47, ('E', 'W')), "04° 28' 12\" W");
    }
}
