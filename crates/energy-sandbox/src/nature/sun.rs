//! Where the sun is, and when it rises and sets.
//!
//! The position follows the low-precision formulas of the Astronomical Almanac as given by
//! J. J. Michalsky, "The Astronomical Almanac's algorithm for approximate solar position
//! (1950-2050)", Solar Energy 40 (1988) 227-235: good to about 0.01 degrees.

use time::OffsetDateTime;

use super::Location;

/// The sun in the sky of a place, in degrees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SunPosition {
    /// Height of the sun's centre above the horizon, without refraction.
    pub(crate) elevation: f64,
    /// Clockwise from north.
    pub(crate) azimuth: f64,
    /// Latitude at which the sun stands overhead.
    #[cfg_attr(not(test), expect(dead_code, reason = "known best from almanacs: for tests"))]
    pub(crate) declination: f64,
}

impl SunPosition {
    /// Cosine of the angle between the sun and straight up.
    pub(crate) fn cos_zenith(&self) -> f64 {
        self.elevation.to_radians().sin()
    }
}

/// The sun's centre is this far below the horizon when its upper edge, lifted by refraction,
/// touches it.
const HORIZON: f64 = -0.833;

/// The sun's position at an instant, over a place.
pub(crate) fn position(at: OffsetDateTime, location: Location) -> SunPosition {
    // 2000-01-01 12:00 UTC
    const J2000: f64 = 946_728_000.0;
    let unix = at.unix_timestamp_nanos() as f64 / 1e9;
    let days = (unix - J2000) / 86_400.0;
    let hour = unix.rem_euclid(86_400.0) / 3600.0;

    let mean_longitude = (280.460 + 0.985_647_4 * days).rem_euclid(360.0);
    let mean_anomaly = (357.528 + 0.985_600_3 * days).rem_euclid(360.0).to_radians();
    let ecliptic_longitude =
        (mean_longitude + 1.915 * mean_anomaly.sin() + 0.020 * (2.0 * mean_anomaly).sin()).to_radians();
    let obliquity = (23.439 - 0.000_000_4 * days).to_radians();

    let right_ascension = (obliquity.cos() * ecliptic_longitude.sin())
        .atan2(ecliptic_longitude.cos())
        .to_degrees();
    let declination = (obliquity.sin() * ecliptic_longitude.sin()).asin();

    let greenwich = 6.697_375 + 0.065_709_824_2 * days + hour;
    let sidereal = greenwich * 15.0 + location.longitude;
    let hour_angle = (sidereal - right_ascension).rem_euclid(360.0).to_radians();

    let latitude = location.latitude.to_radians();
    let sine = declination.sin() * latitude.sin() + declination.cos() * latitude.cos() * hour_angle.cos();
    let azimuth = f64::atan2(
        -hour_angle.sin(),
        declination.tan() * latitude.cos() - latitude.sin() * hour_angle.cos(),
    );
    SunPosition {
        elevation: sine.clamp(-1.0, 1.0).asin().to_degrees(),
        azimuth: azimuth.to_degrees().rem_euclid(360.0),
        declination: declination.to_degrees(),
    }
}

/// Whether any of the sun can be seen over a flat horizon.
pub(crate) fn is_up(at: OffsetDateTime, location: Location) -> bool {
    position(at, location).elevation > HORIZON
}

/// The sunrises and sunsets in `[from, to)`, to the second, in order.
pub(crate) fn crossings(from: OffsetDateTime, to: OffsetDateTime, location: Location) -> Vec<OffsetDateTime> {
    const STEP: i64 = 600;
    let (first, end) = (from.unix_timestamp(), to.unix_timestamp());
    let up = |unix: i64| OffsetDateTime::from_unix_timestamp(unix).is_ok_and(|at| is_up(at, location));
    let mut found = Vec::new();
    let mut low = first;
    let mut was_up = up(low);
    while low < end {
        let high = (low + STEP).min(end);
        let now_up = up(high);
        if was_up != now_up {
            let (mut before, mut after) = (low, high);
            while after - before > 1 {
                let middle = i64::midpoint(before, after);
                if up(middle) == was_up {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            if after < end {
                found.extend(OffsetDateTime::from_unix_timestamp(after));
            }
        }
        (low, was_up) = (high, now_up);
    }
    found
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Location, crossings, position};

    const BERLIN: Location = Location {
        latitude: 52.52,
        longitude: 13.405,
    };

    #[test]
    fn declination_follows_the_almanac() {
        let at = |time| position(time, BERLIN).declination;
        // Solstice and equinox instants of 2026 as published.
        assert!((at(datetime!(2026-06-21 08:25 UTC)) - 23.436).abs() < 0.01);
        assert!((at(datetime!(2026-12-21 20:50 UTC)) + 23.436).abs() < 0.01);
        assert!(at(datetime!(2026-03-20 14:46 UTC)).abs() < 0.01);
    }

    #[test]
    fn the_equinox_sun_stands_overhead_at_the_equator() {
        let null_island = Location {
            latitude: 0.0,
            longitude: 0.0,
        };
        // Noon comes late in March: the equation of time is about -7.4 minutes.
        let noon = position(datetime!(2026-03-20 12:07:24 UTC), null_island);
        assert!(noon.elevation > 89.9, "{noon:?}");
    }

    #[test]
    fn berlin_midsummer_day_is_as_long_as_printed() {
        let day = crossings(datetime!(2026-06-21 00:00 +2), datetime!(2026-06-22 00:00 +2), BERLIN);
        let printed = [datetime!(2026-06-21 04:43 +2), datetime!(2026-06-21 21:33 +2)];
        assert_eq!(day.len(), 2);
        for (computed, printed) in day.into_iter().zip(printed) {
            assert!((computed - printed).abs() < time::Duration::seconds(90), "{computed}");
        }
    }

    #[test]
    fn the_sun_passes_from_east_to_west() {
        let morning = position(datetime!(2026-06-21 06:00 +2), BERLIN);
        let evening = position(datetime!(2026-06-21 20:00 +2), BERLIN);
        assert!((50.0..90.0).contains(&morning.azimuth), "{morning:?}");
        assert!((270.0..310.0).contains(&evening.azimuth), "{evening:?}");
    }

    #[test]
    fn the_polar_night_has_no_sunrise() {
        let tromso = Location {
            latitude: 69.65,
            longitude: 18.96,
        };
        let night = crossings(datetime!(2026-12-21 00:00 +1), datetime!(2026-12-22 00:00 +1), tromso);
        assert!(night.is_empty());
    }
}
