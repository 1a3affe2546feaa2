//! Where a site is and how a plane of modules is turned.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A position or an angle is not a possible one.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GeoError {
    /// The latitude is not in −90..=90 degrees.
    #[error("latitude {0}° is not between -90° and 90°")]
    Latitude(f64),
    /// The longitude is not in −180..=180 degrees.
    #[error("longitude {0}° is not between -180° and 180°")]
    Longitude(f64),
    /// The tilt is not in 0..=90 degrees.
    #[error("tilt {0}° is not between 0° (flat) and 90° (upright)")]
    Tilt(f64),
    /// The azimuth is infinite or not a number.
    #[error("azimuth {0}° is not a finite angle")]
    Azimuth(f64),
}

/// A position on the earth (WGS 84), in decimal degrees.
///
/// ```
/// use energy_core::model::{Coordinates, GeoError};
///
/// let place = Coordinates::new(52.16, 4.47)?;
/// assert_eq!(place.latitude(), 52.16);
/// assert_eq!(Coordinates::new(152.16, 4.47), Err(GeoError::Latitude(152.16)));
/// # Ok::<(), GeoError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "LatLon")]
pub struct Coordinates {
    latitude: f64,
    longitude: f64,
}

#[derive(Deserialize)]
struct LatLon {
    latitude: f64,
    longitude: f64,
}

impl TryFrom<LatLon> for Coordinates {
    type Error = GeoError;

    fn try_from(position: LatLon) -> Result<Self, GeoError> {
        Self::new(position.latitude, position.longitude)
    }
}

impl Coordinates {
    /// A position from degrees north and degrees east (south and west are negative).
    ///
    /// # Errors
    ///
    /// [`GeoError::Latitude`] or [`GeoError::Longitude`] if a value is out of range or not a
    /// number.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, GeoError> {
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(GeoError::Latitude(latitude));
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(GeoError::Longitude(longitude));
        }
        Ok(Self { latitude, longitude })
    }

    /// Degrees north of the equator, −90 to 90.
    pub fn latitude(&self) -> f64 {
        self.latitude
    }

    /// Degrees east of Greenwich, −180 to 180.
    pub fn longitude(&self) -> f64 {
        self.longitude
    }
}

/// The inclination of a plane of modules: 0° lies flat, 90° stands upright.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Tilt(f64);

impl Tilt {
    /// From degrees above the horizontal.
    ///
    /// # Errors
    ///
    /// [`GeoError::Tilt`] unless the value is in 0..=90.
    pub fn new(degrees: f64) -> Result<Self, GeoError> {
        if (0.0..=90.0).contains(&degrees) {
            Ok(Self(degrees))
        } else {
            Err(GeoError::Tilt(degrees))
        }
    }

    /// Degrees above the horizontal, 0 to 90.
    pub fn degrees(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Tilt {
    type Error = GeoError;

    fn try_from(degrees: f64) -> Result<Self, GeoError> {
        Self::new(degrees)
    }
}

impl From<Tilt> for f64 {
    fn from(tilt: Tilt) -> Self {
        tilt.0
    }
}

impl fmt::Display for Tilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}°", self.0)
    }
}

/// The direction a plane of modules faces, in degrees clockwise from north, in `[0, 360)`:
/// north 0, east 90, south 180, west 270.
///
/// Several services count from south instead; see [`Azimuth::from_south_based`].
///
/// ```
/// use energy_core::model::Azimuth;
///
/// assert_eq!(Azimuth::from_south_based(-90.0)?, Azimuth::EAST);
/// assert_eq!(Azimuth::WEST.south_based(), 90.0);
/// assert_eq!(Azimuth::new(-90.0)?, Azimuth::WEST);
/// # Ok::<(), energy_core::model::GeoError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Azimuth(f64);

impl Azimuth {
    /// 0°.
    pub const NORTH: Self = Self(0.0);
    /// 90°.
    pub const EAST: Self = Self(90.0);
    /// 180°.
    pub const SOUTH: Self = Self(180.0);
    /// 270°.
    pub const WEST: Self = Self(270.0);

    /// From degrees clockwise from north; full turns are taken off.
    ///
    /// # Errors
    ///
    /// [`GeoError::Azimuth`] if the angle is infinite or not a number.
    pub fn new(degrees: f64) -> Result<Self, GeoError> {
        if !degrees.is_finite() {
            return Err(GeoError::Azimuth(degrees));
        }
        let turned = degrees.rem_euclid(360.0);
        // A tiny negative angle rounds up to a full turn; adding zero makes -0.0 plain.
        Ok(Self(if turned < 360.0 { turned + 0.0 } else { 0.0 }))
    }

    /// From degrees clockwise from **south**: east −90, south 0, west 90, north ±180.
    ///
    /// # Errors
    ///
    /// [`GeoError::Azimuth`] if the angle is infinite or not a number.
    pub fn from_south_based(degrees: f64) -> Result<Self, GeoError> {
        Self::new(degrees + 180.0)
    }

    /// Degrees clockwise from north, in `[0, 360)`.
    pub fn degrees(self) -> f64 {
        self.0
    }

    /// Degrees clockwise from south, in `(-180, 180]`; north is 180.
    pub fn south_based(self) -> f64 {
        if self.0 == 0.0 { 180.0 } else { self.0 - 180.0 }
    }
}

impl TryFrom<f64> for Azimuth {
    type Error = GeoError;

    fn try_from(degrees: f64) -> Result<Self, GeoError> {
        Self::new(degrees)
    }
}

impl From<Azimuth> for f64 {
    fn from(azimuth: Azimuth) -> Self {
        azimuth.0
    }
}

impl fmt::Display for Azimuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}°", self.0)
    }
}
