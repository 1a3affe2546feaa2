//! Positions, angles and sites.

use energy_core::model::{Azimuth, Coordinates, GeoError, KilowattPeak, PvPlane, Site, Tilt, TimeZone, Watts};
use proptest::prelude::*;

#[test]
fn coordinates_must_be_on_the_earth() {
    assert!(Coordinates::new(90.0, -180.0).is_ok());
    assert_eq!(Coordinates::new(-90.1, 0.0), Err(GeoError::Latitude(-90.1)));
    assert_eq!(Coordinates::new(0.0, 180.5), Err(GeoError::Longitude(180.5)));
    assert!(matches!(Coordinates::new(f64::NAN, 0.0), Err(GeoError::Latitude(_))));
    assert!(matches!(
        Coordinates::new(0.0, f64::INFINITY),
        Err(GeoError::Longitude(_))
    ));
}

#[test]
fn tilt_runs_from_flat_to_upright() {
    assert_eq!(Tilt::new(0.0).unwrap().degrees(), 0.0);
    assert_eq!(Tilt::new(90.0).unwrap().to_string(), "90°");
    assert_eq!(Tilt::new(-1.0), Err(GeoError::Tilt(-1.0)));
    assert_eq!(Tilt::new(90.5), Err(GeoError::Tilt(90.5)));
    assert!(Tilt::new(f64::NAN).is_err());
}

#[test]
fn azimuth_from_both_conventions() {
    for (south_based, compass) in [
        (-180.0, Azimuth::NORTH),
        (180.0, Azimuth::NORTH),
        (-90.0, Azimuth::EAST),
        (0.0, Azimuth::SOUTH),
        (90.0, Azimuth::WEST),
        (450.0, Azimuth::WEST),
    ] {
        assert_eq!(
            Azimuth::from_south_based(south_based).unwrap(),
            compass,
            "{south_based}"
        );
    }
    assert_eq!(Azimuth::NORTH.south_based(), 180.0);
    assert_eq!(Azimuth::EAST.south_based(), -90.0);
    assert_eq!(Azimuth::SOUTH.south_based(), 0.0);
    assert_eq!(Azimuth::new(-720.0).unwrap(), Azimuth::NORTH);
    assert!(Azimuth::new(-0.0).unwrap().degrees().is_sign_positive());
    assert_eq!(Azimuth::new(-1e-20).unwrap(), Azimuth::NORTH);
    assert!(Azimuth::new(f64::INFINITY).is_err());
    assert!(matches!(Azimuth::from_south_based(f64::NAN), Err(GeoError::Azimuth(_))));
}

#[test]
fn json_is_checked() {
    let place: Coordinates = serde_json::from_str(r#"{"latitude":52.16,"longitude":4.47}"#).unwrap();
    assert_eq!((place.latitude(), place.longitude()), (52.16, 4.47));
    assert!(serde_json::from_str::<Coordinates>(r#"{"latitude":95,"longitude":4}"#).is_err());
    assert!(serde_json::from_str::<Tilt>("91").is_err());
    assert_eq!(serde_json::from_str::<Azimuth>("-90").unwrap(), Azimuth::WEST);
    assert_eq!(serde_json::to_string(&Azimuth::WEST).unwrap(), "270.0");
}

#[test]
fn nominal_power_prefers_what_the_service_states() {
    let plane = PvPlane {
        tilt: Tilt::new(30.0).unwrap(),
        azimuth: Azimuth::SOUTH,
        peak_power: KilowattPeak(4.0),
    };
    assert_eq!(Site::new("1").nominal_power(), None);
    let two = Site::new("1").with_planes(vec![plane, plane]);
    assert_eq!(two.nominal_power(), Some(KilowattPeak(8.0)));
    assert_eq!(
        two.with_peak_power(KilowattPeak(8.4)).nominal_power(),
        Some(KilowattPeak(8.4))
    );
}

#[test]
fn a_site_survives_json() {
    let site = Site::new("67")
        .with_name("Roof")
        .with_coordinates(Coordinates::new(48.1, 11.5).unwrap())
        .with_time_zone(TimeZone::named("Europe/Berlin"))
        .with_inverter_limit(Watts(8_000.0));
    let json = serde_json::to_string(&site).unwrap();
    assert!(json.contains(r#""time_zone":"Europe/Berlin""#), "{json}");
    assert_eq!(serde_json::from_str::<Site>(&json).unwrap(), site);
    assert_eq!(serde_json::from_str::<Site>(r#"{"id":"67"}"#).unwrap(), Site::new("67"));
    assert_eq!(site.id.as_str(), "67");
}

proptest! {
    #[test]
    fn azimuth_is_normal_and_conventions_agree(degrees in -1e6..1e6_f64) {
        let azimuth = Azimuth::new(degrees).unwrap();
        prop_assert!((0.0..360.0).contains(&azimuth.degrees()));
        let south = azimuth.south_based();
        prop_assert!(-180.0 < south && south <= 180.0);
        let back = Azimuth::from_south_based(south).unwrap();
        let difference = (back.degrees() - azimuth.degrees()).abs();
        prop_assert!(difference.min(360.0 - difference) < 1e-9);
    }
}
