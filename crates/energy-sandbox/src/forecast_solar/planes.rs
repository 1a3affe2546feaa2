//! The planes in a path: declination, azimuth and power, three segments each.

use http::StatusCode;

use super::reply::{Refusal, Reply};
use crate::nature::irradiance::Tilt;

/// A field of panels facing one way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plane {
    /// Degrees, 0 is flat.
    pub(super) declination: i32,
    /// Degrees, 0 is south, -90 east.
    pub(super) azimuth: i32,
    /// kW.
    pub(super) kwp: f64,
}

impl Plane {
    pub(super) fn tilt(&self) -> Tilt {
        Tilt {
            declination: f64::from(self.declination),
            azimuth: f64::from(self.azimuth + 180),
        }
    }
}

/// Reads the tail of a path. The strict router knows whole planes only (else 404); values out
/// of range are 422.
pub(super) fn parse(tail: &str) -> Result<Vec<Plane>, Refusal> {
    let segments: Vec<&str> = tail.split('/').collect();
    if !segments.len().is_multiple_of(3) || segments.iter().any(|segment| segment.is_empty()) {
        return Err(Reply::refuse(StatusCode::NOT_FOUND, "Page not found"));
    }
    segments.chunks(3).map(plane).collect()
}

fn plane(segments: &[&str]) -> Result<Plane, Refusal> {
    let [declination, azimuth, kwp] = segments else {
        return Err(Reply::refuse(StatusCode::NOT_FOUND, "Page not found"));
    };
    let invalid = |what: &str| Reply::refuse(StatusCode::UNPROCESSABLE_ENTITY, what);
    let declination = (declination.parse().ok())
        .filter(|degrees| (0..=90).contains(degrees))
        .ok_or_else(|| invalid("Declination must be a whole number from 0 to 90"))?;
    let azimuth = azimuth_degrees(azimuth)
        .filter(|degrees| (-180..=180).contains(degrees))
        .ok_or_else(|| invalid("Azimuth must be a whole number from -180 to 180, or N … NW"))?;
    let kwp = (kwp.parse::<f64>().ok())
        .filter(|kwp| kwp.is_finite() && *kwp > 0.0)
        .ok_or_else(|| invalid("Module power must be a number of kW above 0"))?;
    Ok(Plane {
        declination,
        azimuth,
        kwp,
    })
}

fn azimuth_degrees(text: &str) -> Option<i32> {
    Some(match text.to_ascii_uppercase().as_str() {
        "N" => 180,
        "NE" => -135,
        "E" => -90,
        "SE" => -45,
        "S" => 0,
        "SW" => 45,
        "W" => 90,
        "NW" => 135,
        number => number.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn planes_come_in_threes() {
        let planes = parse("30/SE/4.5/10/-90/2").unwrap();
        assert_eq!(planes.len(), 2);
        assert_eq!(planes[0].azimuth, -45);
        assert_eq!(parse("30/0").unwrap_err().status(), 404);
        assert_eq!(parse("30/0/").unwrap_err().status(), 404);
        for wrong in ["91/0/1", "30.5/0/1", "30/181/1", "30/X/1", "30/0/0", "30/0/NaN"] {
            assert_eq!(parse(wrong).unwrap_err().status(), 422, "{wrong}");
        }
    }
}
