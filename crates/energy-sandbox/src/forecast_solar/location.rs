//! Coordinates as they stand in a path, and what the service knows about the spot.

use http::StatusCode;
use time::OffsetDateTime;

use super::reply::{Refusal, Reply};
use super::stamps;
use crate::call::Call;
use crate::document::Map;
use crate::nature::zone::Zone;
use crate::nature::{Location, place};

/// The place a call is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// Rounded as the plan has it.
    pub(super) location: Location,
    /// From the point that was asked for, in km.
    distance: f64,
    pub(super) zone: Zone,
}

impl Spot {
    /// Reads `{lat}` and `{lon}`; anything but a place on earth is 404.
    pub(super) fn from_call(call: &Call, decimals: i32) -> Result<Self, Refusal> {
        let read = |name, letters, most: f64| {
            call.segment(name)
                .and_then(|text| degrees(text, letters))
                .filter(|degrees| degrees.abs() <= most)
        };
        let (Some(latitude), Some(longitude)) = (read("lat", ('N', 'S'), 90.0), read("lon", ('E', 'W'), 180.0)) else {
            return Err(Reply::refuse(StatusCode::NOT_FOUND, "Invalid location"));
        };
        let asked = Location { latitude, longitude };
        let location = asked.rounded(decimals);
        Ok(Self {
            location,
            distance: (asked.distance(location) * 1000.0).round() / 1000.0,
            zone: place::zone(location),
        })
    }

    /// As `message.info`.
    pub(super) fn info(&self, now: OffsetDateTime) -> Map {
        Map::new()
            .with("latitude", self.location.latitude)
            .with("longitude", self.location.longitude)
            .with("distance", self.distance)
            .with("place", place::name(self.location))
            .with("timezone", self.zone.name())
            .with("time", stamps::iso8601(self.zone.local(now)))
            .with("time_utc", stamps::iso8601(now))
    }
}

/// Degrees as a decimal number, or as degrees, minutes, seconds and a letter: `12,10,34N`,
/// `12°10'34"N`.
fn degrees(text: &str, (positive, negative): (char, char)) -> Option<f64> {
    if let Ok(degrees) = text.parse::<f64>() {
        return degrees.is_finite().then_some(degrees);
    }
    let letter = text.chars().next_back()?;
    let sign = match letter.to_ascii_uppercase() {
        letter if letter == positive => 1.0,
        letter if letter == negative => -1.0,
        _ => return None,
    };
    let numbers = text[..text.len() - letter.len_utf8()].trim();
    let mut parts = numbers
        .trim_end_matches(['"', '″'])
        .split([',', '°', '\'', '′'])
        .map(|part| part.trim().parse::<f64>().ok());
    let whole = parts.next()??;
    let minutes = parts.next().unwrap_or(Some(0.0))?;
    let seconds = parts.next().unwrap_or(Some(0.0))?;
    let in_range = |part: f64| (0.0..60.0).contains(&part);
    if parts.next().is_some() || whole < 0.0 || !in_range(minutes) || !in_range(seconds) {
        return None;
    }
    Some(sign * (whole + minutes / 60.0 + seconds / 3600.0))
}

#[cfg(test)]
mod tests {
    use super::degrees;

    #[test]
    fn degrees_come_in_three_forms() {
        let north = |text| degrees(text, ('N', 'S'));
        let expected = 12.0 + 10.0 / 60.0 + 34.0 / 3600.0;
        assert_eq!(north("-12.5"), Some(-12.5));
        assert!((north("12,10,34N").unwrap() - expected).abs() < 1e-9);
        assert!((north("12°10'34\"S").unwrap() + expected).abs() < 1e-9);
        for wrong in ["", "N", "12,61,0N", "12,10,34E", "12,1,1,1N", "NaN", "inf"] {
            assert_eq!(north(wrong), None, "{wrong}");
        }
    }
}
