//! A very small map: which time zone a point is in, and what the nearest town is called.
//!
//! Zones are told by boxes of latitude and longitude, the first that fits. That is rough near
//! borders and good enough for a sandbox: whatever zone it says, it says everywhere. Outside
//! all boxes the zone is UTC.

use super::Location;
use super::zone::Zone;

struct Region {
    latitudes: (f64, f64),
    longitudes: (f64, f64),
    zone: &'static str,
}

const fn region(south: f64, north: f64, west: f64, east: f64, zone: &'static str) -> Region {
    Region {
        latitudes: (south, north),
        longitudes: (west, east),
        zone,
    }
}

const REGIONS: &[Region] = &[
    // Europe, from west to east.
    region(63.0, 67.0, -25.0, -13.0, "Atlantic/Reykjavik"),
    region(36.8, 42.2, -9.6, -6.5, "Europe/Lisbon"),
    region(51.3, 55.5, -10.7, -5.4, "Europe/Dublin"),
    region(49.8, 61.0, -8.2, 1.8, "Europe/London"),
    region(35.9, 43.8, -6.5, 3.4, "Europe/Madrid"),
    region(50.7, 53.6, 3.3, 7.2, "Europe/Amsterdam"),
    region(49.5, 51.5, 2.5, 6.4, "Europe/Brussels"),
    region(45.8, 47.8, 5.9, 9.6, "Europe/Zurich"),
    region(42.3, 51.1, -5.2, 8.2, "Europe/Paris"),
    region(46.4, 48.8, 9.5, 17.2, "Europe/Vienna"),
    region(35.4, 47.1, 6.6, 18.6, "Europe/Rome"),
    region(48.8, 50.0, 12.1, 18.9, "Europe/Prague"),
    region(54.5, 57.8, 8.0, 12.7, "Europe/Copenhagen"),
    region(47.2, 55.1, 5.8, 15.1, "Europe/Berlin"),
    region(49.0, 54.9, 14.1, 24.2, "Europe/Warsaw"),
    region(57.9, 71.3, 4.5, 11.5, "Europe/Oslo"),
    region(68.0, 71.3, 11.5, 20.0, "Europe/Oslo"),
    region(55.3, 69.1, 10.9, 20.5, "Europe/Stockholm"),
    region(59.7, 70.1, 20.5, 31.6, "Europe/Helsinki"),
    region(34.8, 41.8, 19.3, 28.3, "Europe/Athens"),
    // The Americas.
    region(24.5, 47.5, -87.0, -66.9, "America/New_York"),
    region(25.8, 49.4, -104.0, -87.0, "America/Chicago"),
    region(31.3, 37.0, -114.8, -109.0, "America/Phoenix"),
    region(31.3, 49.0, -114.0, -104.0, "America/Denver"),
    region(32.5, 49.0, -124.8, -114.0, "America/Los_Angeles"),
    region(-33.8, -15.0, -53.0, -40.0, "America/Sao_Paulo"),
    // Australia; Lord Howe's clocks change by half an hour.
    region(-32.0, -31.0, 158.0, 160.0, "Australia/Lord_Howe"),
    region(-35.2, -13.7, 112.9, 129.0, "Australia/Perth"),
    region(-26.0, -10.9, 129.0, 138.0, "Australia/Darwin"),
    region(-38.1, -26.0, 129.0, 141.0, "Australia/Adelaide"),
    region(-28.2, -10.5, 138.0, 153.6, "Australia/Brisbane"),
    region(-37.5, -28.2, 141.0, 153.7, "Australia/Sydney"),
    region(-44.0, -37.5, 141.0, 150.0, "Australia/Melbourne"),
];

/// The time zone of a point.
pub(crate) fn zone(location: Location) -> Zone {
    let fits = |(low, high): (f64, f64), value: f64| (low..=high).contains(&value);
    let found = REGIONS
        .iter()
        .find(|region| fits(region.latitudes, location.latitude) && fits(region.longitudes, location.longitude));
    Zone::named(found.map_or("UTC", |region| region.zone))
}

const TOWNS: &[(&str, f64, f64)] = &[
    ("Amsterdam, Nederland", 52.37, 4.90),
    ("Leiden, Nederland", 52.16, 4.49),
    ("Berlin, Deutschland", 52.52, 13.41),
    ("Braunschweig, Deutschland", 52.26, 10.52),
    ("Hamburg, Deutschland", 53.55, 9.99),
    ("Leipzig, Deutschland", 51.34, 12.37),
    ("München, Deutschland", 48.14, 11.58),
    ("Mühlhausen, Deutschland", 51.21, 10.46),
    ("Wien, Österreich", 48.21, 16.37),
    ("Zürich, Schweiz", 47.38, 8.54),
    ("Paris, France", 48.86, 2.35),
    ("London, United Kingdom", 51.51, -0.13),
    ("Madrid, España", 40.42, -3.70),
    ("Roma, Italia", 41.90, 12.50),
    ("København, Danmark", 55.68, 12.57),
    ("Tromsø, Norge", 69.65, 18.96),
    ("New York, United States", 40.71, -74.01),
    ("Denver, United States", 39.74, -104.99),
    ("San Francisco, United States", 37.77, -122.42),
    ("Sydney, Australia", -33.87, 151.21),
    ("Brisbane, Australia", -27.47, 153.03),
];

/// What a geocoder would call the point: the nearest town within 40 km, or its zone.
pub(crate) fn name(location: Location) -> String {
    let mut nearest: Option<(&str, f64)> = None;
    for &(town, latitude, longitude) in TOWNS {
        let distance = location.distance(Location { latitude, longitude });
        if distance < nearest.map_or(40.0, |(_, shortest)| shortest) {
            nearest = Some((town, distance));
        }
    }
    nearest.map_or_else(
        || format!("Open country, {}", zone(location).name()),
        |(town, _)| town.to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::{Location, name, zone};

    #[test]
    fn towns_are_in_their_zones() {
        for (latitude, longitude, expected) in [
            (52.52, 13.41, "Europe/Berlin"),
            (51.15, 10.45, "Europe/Berlin"),
            (52.16, 4.47, "Europe/Amsterdam"),
            (40.71, -74.01, "America/New_York"),
            (-27.47, 153.03, "Australia/Brisbane"),
            (-31.55, 159.08, "Australia/Lord_Howe"),
            (0.0, -30.0, "UTC"),
        ] {
            let location = Location { latitude, longitude };
            assert_eq!(zone(location).name(), expected, "{latitude} {longitude}");
        }
        let near_berlin = Location {
            latitude: 52.5,
            longitude: 13.3,
        };
        assert_eq!(name(near_berlin), "Berlin, Deutschland");
    }
}
