//! Weather that is made up but holds together: the same clouds for every question.

use time::OffsetDateTime;

use super::Location;
use crate::noise;

/// Anchors of the cloud cover stand this far apart.
const ANCHOR: i64 = 4 * 3600;

/// How much of the sky is open, `0.0..=1.0` (1 is clear), smooth in time.
pub(crate) fn openness(at: OffsetDateTime, location: Location) -> f64 {
    let unix = at.unix_timestamp();
    let slot = unix.div_euclid(ANCHOR);
    let part = unix.rem_euclid(ANCHOR) as f64 / ANCHOR as f64;
    let blend = (1.0 - (part * std::f64::consts::PI).cos()) / 2.0;
    let (here, next) = (anchor(slot, location), anchor(slot + 1, location));
    here + (next - here) * blend
}

/// A day is mostly fine or mostly grey, and each part of it differs a little.
fn anchor(slot: i64, location: Location) -> f64 {
    let district = location.district();
    let day = noise::unit(&[district, slot.div_euclid(6), 1]);
    let hour = noise::unit(&[district, slot, 2]);
    (0.75 * day + 0.45 * hour - 0.1).clamp(0.0, 1.0)
}

/// The share of a clear sky's yield that comes through; a closed sky still lets a fifth pass.
pub(crate) fn yield_factor(at: OffsetDateTime, location: Location) -> f64 {
    0.2 + 0.8 * openness(at, location)
}

/// The same share averaged over many years: winters are greyer, the more so the further from
/// the equator.
pub(crate) fn usual_yield_factor(at: OffsetDateTime, location: Location) -> f64 {
    let season = std::f64::consts::TAU * (f64::from(at.ordinal()) - 15.0) / 365.25;
    let far = (location.latitude.abs() / 60.0).min(1.0);
    let winter = season.cos() * location.latitude.signum();
    0.68 - 0.16 * far * winter
}

/// Air temperature in °C.
pub(crate) fn temperature(at: OffsetDateTime, location: Location) -> f64 {
    let season = std::f64::consts::TAU * (f64::from(at.ordinal()) - 20.0) / 365.25;
    let solar_hours = f64::from(at.hour()) + location.longitude / 15.0;
    let day = (std::f64::consts::TAU * (solar_hours - 15.0) / 24.0).cos();
    let base = 27.0 - 0.0075 * location.latitude.powi(2);
    let swing = 0.2 * location.latitude;
    let open = openness(at, location);
    let value = base - swing * season.cos() + (1.5 + 4.0 * open) * day;
    (value * 10.0).round() / 10.0
}

/// Wind: speed in m/s and where it comes from, in degrees clockwise from north. None in calm.
pub(crate) fn wind(at: OffsetDateTime, location: Location) -> (f64, Option<i64>) {
    let slot = at.unix_timestamp().div_euclid(3 * 3600);
    let district = location.district();
    let strength = noise::unit(&[district, slot, 3]);
    if strength < 0.08 {
        return (0.0, None);
    }
    let speed = (strength * 90.0).round() / 10.0;
    let from = 240.0 + 120.0 * (noise::unit(&[district, slot.div_euclid(4), 4]) - 0.5);
    (speed, Some(from.round() as i64 % 360))
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::{Location, openness, usual_yield_factor, yield_factor};

    const HERE: Location = Location {
        latitude: 52.0,
        longitude: 10.0,
    };

    #[test]
    fn clouds_repeat_change_and_never_jump() {
        let start = datetime!(2026-06-21 00:00 UTC);
        let hours: Vec<f64> = (0..240)
            .map(|hour| openness(start + Duration::hours(hour), HERE))
            .collect();
        assert!(hours.iter().all(|open| (0.0..=1.0).contains(open)));
        assert!(hours.iter().any(|open| *open > 0.7) && hours.iter().any(|open| *open < 0.4));
        let minute = openness(start, HERE) - openness(start + Duration::minutes(1), HERE);
        assert!(minute.abs() < 0.02);
        assert!(yield_factor(start, HERE) >= 0.2);
    }

    #[test]
    fn winters_are_greyer() {
        let january = usual_yield_factor(datetime!(2026-01-15 12:00 UTC), HERE);
        let july = usual_yield_factor(datetime!(2026-07-15 12:00 UTC), HERE);
        assert!(january < july, "{january} {july}");
    }
}
