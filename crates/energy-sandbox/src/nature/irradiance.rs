//! Sunlight on a tilted plane under a cloudless sky.
//!
//! - Global irradiance: B. Haurwitz, "Insolation in relation to cloudiness and cloud density",
//!   Journal of Meteorology 2 (1945): `1098 cos z exp(-0.057 / cos z)`.
//! - Its diffuse part: D. G. Erbs, S. A. Klein, J. A. Duffie, "Estimation of the diffuse
//!   radiation fraction", Solar Energy 28 (1982).
//! - On the plane: the isotropic sky of B. Liu and R. Jordan (1963), with a ground that
//!   reflects a fifth.

use time::OffsetDateTime;

use super::Location;
use super::sun::{self, SunPosition};

/// Irradiance of the three kinds, in W/m².
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClearSky {
    /// On a level surface.
    pub(crate) global: f64,
    /// The part of `global` that comes from the whole sky.
    pub(crate) diffuse: f64,
    /// From the sun's disc, on a surface that faces it.
    pub(crate) beam: f64,
}

const SOLAR_CONSTANT: f64 = 1361.0;
const GROUND_REFLECTS: f64 = 0.2;

/// The clear sky for a position of the sun on a day of the year.
pub(crate) fn clear_sky(sun: &SunPosition, day_of_year: u16) -> ClearSky {
    let cos_zenith = sun.cos_zenith();
    if cos_zenith <= 0.0 {
        return ClearSky {
            global: 0.0,
            diffuse: 0.0,
            beam: 0.0,
        };
    }
    let global = 1098.0 * cos_zenith * (-0.057 / cos_zenith).exp();
    let year = std::f64::consts::TAU * f64::from(day_of_year) / 365.0;
    let outside = SOLAR_CONSTANT * (1.0 + 0.033 * year.cos()) * cos_zenith;
    let clearness = (global / outside).clamp(0.0, 1.0);
    let diffuse = global * diffuse_fraction(clearness);
    ClearSky {
        global,
        diffuse,
        beam: ((global - diffuse) / cos_zenith).min(SOLAR_CONSTANT),
    }
}

fn diffuse_fraction(clearness: f64) -> f64 {
    let kt = clearness;
    if kt <= 0.22 {
        1.0 - 0.09 * kt
    } else if kt <= 0.8 {
        0.9511 - 0.1604 * kt + 4.388 * kt.powi(2) - 16.638 * kt.powi(3) + 12.336 * kt.powi(4)
    } else {
        0.165
    }
}

/// How a plane stands, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tilt {
    /// 0 lies flat, 90 stands upright.
    pub(crate) declination: f64,
    /// Clockwise from north.
    pub(crate) azimuth: f64,
}

/// Irradiance on a plane at an instant, in W/m². `shaded` says that the sun's disc is hidden.
pub(crate) fn on_plane(
    at: OffsetDateTime,
    location: Location,
    tilt: Tilt,
    shaded: impl Fn(&SunPosition) -> bool,
) -> f64 {
    let sun = sun::position(at, location);
    let sky = clear_sky(&sun, at.ordinal());
    let slope = tilt.declination.to_radians();
    let direct = if shaded(&sun) {
        0.0
    } else {
        let apart = (sun.azimuth - tilt.azimuth).to_radians();
        let incidence = sun.cos_zenith() * slope.cos() + sun.elevation.to_radians().cos() * slope.sin() * apart.cos();
        sky.beam * incidence.max(0.0)
    };
    direct + sky.diffuse * f64::midpoint(1.0, slope.cos()) + sky.global * GROUND_REFLECTS * (1.0 - slope.cos()) / 2.0
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Location, Tilt, on_plane};

    const BERLIN: Location = Location {
        latitude: 52.52,
        longitude: 13.405,
    };

    fn noon(declination: f64, azimuth: f64) -> f64 {
        let tilt = Tilt { declination, azimuth };
        on_plane(datetime!(2026-06-21 13:08 +2), BERLIN, tilt, |_| false)
    }

    #[test]
    fn a_midsummer_noon_has_the_strength_of_one() {
        let flat = noon(0.0, 180.0);
        assert!((820.0..950.0).contains(&flat), "{flat}");
        assert!(noon(30.0, 180.0) > flat);
        assert!(noon(60.0, 0.0) < flat / 2.0);
    }

    #[test]
    fn the_night_is_dark_and_shade_leaves_the_sky() {
        let tilt = Tilt {
            declination: 30.0,
            azimuth: 180.0,
        };
        let midnight = on_plane(datetime!(2026-06-21 01:00 +2), BERLIN, tilt, |_| false);
        assert!(midnight.abs() < f64::EPSILON);
        let shade = on_plane(datetime!(2026-06-21 13:00 +2), BERLIN, tilt, |_| true);
        assert!(shade > 50.0 && shade < noon(30.0, 180.0) / 2.0, "{shade}");
    }
}
