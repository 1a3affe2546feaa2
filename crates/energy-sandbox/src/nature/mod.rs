//! Sun, sky and maps: the small world the services' data are computed from.

pub(crate) mod clouds;
pub(crate) mod demand;
pub(crate) mod irradiance;
pub(crate) mod place;
pub(crate) mod sun;
pub(crate) mod zone;

/// A point on the ground, in degrees; north and east are positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Location {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}

impl Location {
    /// Both coordinates rounded to so many decimals.
    pub(crate) fn rounded(self, decimals: i32) -> Self {
        let factor = 10_f64.powi(decimals);
        Self {
            latitude: (self.latitude * factor).round() / factor,
            longitude: (self.longitude * factor).round() / factor,
        }
    }

    /// Great-circle distance in kilometres (haversine formula).
    pub(crate) fn distance(self, other: Self) -> f64 {
        let (lat1, lat2) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_lat = ((lat2 - lat1) / 2.0).sin();
        let half_lon = ((other.longitude - self.longitude).to_radians() / 2.0).sin();
        let a = half_lat * half_lat + lat1.cos() * lat2.cos() * half_lon * half_lon;
        2.0 * 6371.0 * a.sqrt().min(1.0).asin()
    }

    /// A number that is the same for neighbours within a few kilometres.
    pub(crate) fn district(self) -> i64 {
        let lat = (self.latitude * 10.0).round() as i64;
        let lon = (self.longitude * 10.0).round() as i64;
        lat * 10_000 + lon
    }
}
