//! A site and its planes of modules.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::{Azimuth, Coordinates, Interval, KilowattPeak, Tilt, TimeZone, Watts, ZoneError};

/// A site's identifier at its provider, opaque text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteId(String);

impl SiteId {
    /// An identifier as the provider writes it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One plane of modules: everything that faces the same way.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PvPlane {
    /// Inclination.
    pub tilt: Tilt,
    /// Direction it faces.
    pub azimuth: Azimuth,
    /// Nominal power of the modules.
    pub peak_power: KilowattPeak,
}

/// A place with an energy installation, as far as a service describes it.
///
/// ```
/// use energy_core::model::{Azimuth, KilowattPeak, PvPlane, Site, Tilt, TimeZone};
///
/// let roof = |azimuth| -> Result<_, energy_core::model::GeoError> {
///     Ok(PvPlane { tilt: Tilt::new(37.0)?, azimuth, peak_power: KilowattPeak(4.5) })
/// };
/// let site = Site::new("67")
///     .with_time_zone(TimeZone::named("Europe/Berlin"))
///     .with_planes(vec![roof(Azimuth::EAST)?, roof(Azimuth::WEST)?]);
/// assert_eq!(site.nominal_power(), Some(KilowattPeak(9.0)));
/// # Ok::<(), energy_core::model::GeoError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Site {
    /// Identifier at the provider.
    pub id: SiteId,
    /// Name given by the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<Coordinates>,
    /// Zone in which the site's days and months are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<TimeZone>,
    /// Planes of modules; empty if the service does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub planes: Vec<PvPlane>,
    /// Plant size as the service states it, all planes together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_power: Option<KilowattPeak>,
    /// The most the inverters give together on the alternating-current side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inverter_limit: Option<Watts>,
}

impl Site {
    /// A site of which nothing but the identifier is known.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: SiteId::new(id),
            name: None,
            coordinates: None,
            time_zone: None,
            planes: Vec::new(),
            peak_power: None,
            inverter_limit: None,
        }
    }

    /// With this name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// At this position.
    #[must_use]
    pub fn with_coordinates(mut self, coordinates: Coordinates) -> Self {
        self.coordinates = Some(coordinates);
        self
    }

    /// In this time zone.
    #[must_use]
    pub fn with_time_zone(mut self, time_zone: TimeZone) -> Self {
        self.time_zone = Some(time_zone);
        self
    }

    /// With these planes of modules.
    #[must_use]
    pub fn with_planes(mut self, planes: Vec<PvPlane>) -> Self {
        self.planes = planes;
        self
    }

    /// With this stated plant size.
    #[must_use]
    pub fn with_peak_power(mut self, peak_power: KilowattPeak) -> Self {
        self.peak_power = Some(peak_power);
        self
    }

    /// With this limit on the alternating-current side.
    #[must_use]
    pub fn with_inverter_limit(mut self, limit: Watts) -> Self {
        self.inverter_limit = Some(limit);
        self
    }

    /// A day of the site: from midnight to midnight in its own time zone, 23 to 25 hours.
    ///
    /// # Errors
    ///
    /// [`ZoneError::NoZone`] if the service does not say which zone that is; see [`TimeZone::day`].
    pub fn day(&self, date: Date) -> Result<Interval, ZoneError> {
        self.time_zone.as_ref().ok_or(ZoneError::NoZone)?.day(date)
    }

    /// The day of the site that holds `now`.
    ///
    /// # Errors
    ///
    /// As [`Site::day`].
    pub fn today(&self, now: OffsetDateTime) -> Result<Interval, ZoneError> {
        self.day(self.date_at(now)?)
    }

    /// The day before that.
    ///
    /// # Errors
    ///
    /// As [`Site::day`].
    pub fn yesterday(&self, now: OffsetDateTime) -> Result<Interval, ZoneError> {
        self.day(self.date_at(now)?.previous_day().ok_or(ZoneError::OutOfRange)?)
    }

    /// The day after it.
    ///
    /// # Errors
    ///
    /// As [`Site::day`].
    pub fn tomorrow(&self, now: OffsetDateTime) -> Result<Interval, ZoneError> {
        self.day(self.date_at(now)?.next_day().ok_or(ZoneError::OutOfRange)?)
    }

    fn date_at(&self, now: OffsetDateTime) -> Result<Date, ZoneError> {
        self.time_zone.as_ref().ok_or(ZoneError::NoZone)?.date_at(now)
    }

    /// The stated plant size, or else the sum over the planes; `None` if neither is known.
    pub fn nominal_power(&self) -> Option<KilowattPeak> {
        self.peak_power
            .or_else(|| (!self.planes.is_empty()).then(|| self.planes.iter().map(|plane| plane.peak_power).sum()))
    }
}
