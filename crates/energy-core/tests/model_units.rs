//! Units: arithmetic where physics has it, conversions, display, serialisation.

use std::time::Duration;

use energy_core::model::{
    Celsius, CubicMeters, KilowattPeak, MetersPerSecond, Percent, WattHours, WattHoursPerSquareMeter, Watts,
    WattsPerSquareMeter,
};
use proptest::prelude::*;

const QUARTER: Duration = Duration::from_secs(900);

#[test]
fn power_over_time_is_energy_and_back() {
    assert_eq!(Watts(4_000.0) * QUARTER, WattHours(1_000.0));
    assert_eq!(WattHours(1_000.0) / QUARTER, Watts(4_000.0));
    assert_eq!(Watts(-60.0) * Duration::from_secs(60), WattHours(-1.0));
    assert_eq!(Watts(60.0) * Duration::from_millis(500), WattHours(30.0 / 3_600.0));
}

#[test]
fn irradiance_over_time_is_insolation_and_back() {
    assert_eq!(WattsPerSquareMeter(800.0) * QUARTER, WattHoursPerSquareMeter(200.0));
    assert_eq!(WattHoursPerSquareMeter(200.0) / QUARTER, WattsPerSquareMeter(800.0));
}

#[test]
fn linear_units_add_scale_and_compare() {
    let mut energy = WattHours(1.0) + WattHours(2.0) - WattHours(0.5);
    energy += WattHours(1.5);
    energy -= WattHours(2.0);
    assert_eq!(energy, WattHours(2.0));
    assert_eq!(-energy * 3.0 / 2.0, WattHours(-3.0));
    assert_eq!(WattHours(3.0) / WattHours(4.0), 0.75);
    assert!(WattHours(3.0) < WattHours(4.0));
    let parts = [CubicMeters(1.5), CubicMeters(2.5)];
    assert_eq!(parts.iter().sum::<CubicMeters>(), CubicMeters(4.0));
    assert_eq!(parts.into_iter().sum::<CubicMeters>(), CubicMeters(4.0));
    assert_eq!(std::iter::empty::<Watts>().sum::<Watts>(), Watts::ZERO);
}

#[test]
fn conversions_name_their_unit() {
    assert_eq!(Watts::from_kilowatts(1.5), Watts(1_500.0));
    assert_eq!(Watts(250.0).kilowatts(), 0.25);
    assert_eq!(WattHours(250.0).kilowatt_hours(), 0.25);
    assert_eq!(KilowattPeak::from_watts(Watts(15_000.0)), KilowattPeak(15.0));
    assert_eq!(KilowattPeak(9.5).watts(), Watts(9_500.0));
    assert_eq!(WattHoursPerSquareMeter::from_kilowatt_hours(5.25).0, 5_250.0);
    assert_eq!(WattHoursPerSquareMeter(5_250.0).kilowatt_hours(), 5.25);
    assert_eq!(MetersPerSecond::from_kilometers_per_hour(36.0), MetersPerSecond(10.0));
    assert_eq!(Percent::from_fraction(0.97), Percent(97.0));
    assert_eq!(Percent(97.0).fraction(), 0.97);
}

#[test]
fn display_shows_the_symbol_and_keeps_the_precision() {
    assert_eq!(Celsius(-4.25).to_string(), "-4.25 °C");
    assert_eq!(format!("{:.1}", WattHours(12.345)), "12.3 Wh");
    assert_eq!(format!("{:>8.2}", Percent(7.0)), "    7.00 %");
    assert_eq!(WattsPerSquareMeter(5.0).to_string(), "5 W/m²");
}

#[test]
fn a_unit_is_a_bare_number_in_json() {
    assert_eq!(serde_json::to_string(&Some(Watts(5.5))).unwrap(), "5.5");
    assert_eq!(serde_json::from_str::<Option<Watts>>("null").unwrap(), None);
    assert_eq!(serde_json::from_str::<Watts>("7").unwrap(), Watts(7.0));
    assert!(serde_json::from_str::<Watts>("null").is_err(), "missing is not zero");
    assert!(serde_json::from_str::<Watts>("\"7\"").is_err());
}

#[test]
fn a_lifetime_register_is_exact() {
    let before = WattHours(9_007_199_254_740_000.0);
    assert_eq!(before + WattHours(1.0) - before, WattHours(1.0));
}

proptest! {
    #[test]
    fn mean_times_length_gives_the_amount_back(energy in -1e9..1e9_f64, seconds in 1_u64..1_000_000) {
        let length = Duration::from_secs(seconds);
        let back = WattHours(energy) / length * length;
        prop_assert!((back.0 - energy).abs() <= energy.abs() * 1e-12);
    }
}
