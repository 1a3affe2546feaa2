use energy_core::model::PvPlane;
use energy_core::{BuildError, UrlSegments, check};

/// One plane of a plant, in the vendor's terms.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Plane {
    /// Tilt from horizontal in whole degrees: 0 is flat, 90 upright.
    pub declination: i16,
    /// Direction in whole degrees from -180 to 180: **0 is south**, -90 east, 90 west, ±180 north.
    pub azimuth: i16,
    /// Peak power in kW.
    pub kwp: f64,
}

impl Plane {
    /// A plane with this declination (degrees from horizontal), azimuth (degrees, 0 is south) and peak power (kW).
    ///
    /// The values are checked before a request is sent.
    pub fn new(declination: i16, azimuth: i16, kwp: f64) -> Self {
        Self {
            declination,
            azimuth,
            kwp,
        }
    }

    /// A plane whose azimuth counts clockwise from north, as compasses and most other models have it.
    pub fn from_north(declination: i16, compass: i16, kwp: f64) -> Self {
        Self {
            declination,
            // 360 is north again; what is no direction at all comes out of range and is refused before sending.
            azimuth: compass.saturating_sub(180),
            kwp,
        }
    }
}

impl From<&PvPlane> for Plane {
    /// The vendor takes whole degrees, so tilt and azimuth are rounded to the nearest.
    fn from(plane: &PvPlane) -> Self {
        let whole = |degrees: f64| degrees.round() as i16;
        Self {
            declination: whole(plane.tilt.degrees()),
            azimuth: whole(plane.azimuth.south_based()),
            kwp: plane.peak_power.0,
        }
    }
}

/// The planes of a plant, one at least. The service adds them up.
///
/// ```
/// use forecast_solar::{Plane, Planes};
///
/// let one: Planes = Plane::new(35, 0, 5.4).into();
/// let roof: Planes = [Plane::new(35, -90, 4.0), Plane::new(35, 90, 4.0)].into();
/// assert_eq!((one.len(), roof.len()), (1, 2));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Planes(Vec<Plane>);

impl Planes {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none; the service would refuse that, so the request is not sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Plane> for Planes {
    fn from(plane: Plane) -> Self {
        Self(vec![plane])
    }
}

impl From<Vec<Plane>> for Planes {
    fn from(planes: Vec<Plane>) -> Self {
        Self(planes)
    }
}

impl<const N: usize> From<[Plane; N]> for Planes {
    fn from(planes: [Plane; N]) -> Self {
        Self(planes.into())
    }
}

impl FromIterator<Plane> for Planes {
    fn from_iter<I: IntoIterator<Item = Plane>>(planes: I) -> Self {
        Self(planes.into_iter().collect())
    }
}

impl UrlSegments for Planes {
    fn url_segments(&self) -> Result<Vec<String>, BuildError> {
        let mut segments = Vec::with_capacity(self.0.len() * 3);
        for (index, plane) in self.0.iter().enumerate() {
            let which =
                |error: BuildError| BuildError::new(error.parameter, format!("{} (plane {})", error.reason, index + 1));
            check::integer("declination", plane.declination.into(), 0, 90).map_err(which)?;
            check::integer("azimuth", plane.azimuth.into(), -180, 180).map_err(which)?;
            check::number("kwp", plane.kwp, f64::MIN_POSITIVE, f64::INFINITY)
                .map_err(|_| BuildError::new("kwp", format!("{} is no peak power in kW", plane.kwp)))
                .map_err(which)?;
            segments.extend([
                plane.declination.to_string(),
                plane.azimuth.to_string(),
                plane.kwp.to_string(),
            ]);
        }
        Ok(segments)
    }
}
