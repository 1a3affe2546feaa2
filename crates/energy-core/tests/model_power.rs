//! Between power and energy, worked by hand.

use std::time::Duration;

use energy_core::model::{
    ArithmeticError, Coverage, Quality, Quantity, Sample, Scope, Series, SeriesError, SeriesInfo, ValueKind,
    WattHoursPerSquareMeter, Watts, WattsPerSquareMeter,
};

use crate::model_by_minutes::{at, energy, minutes, power, values};

const HOUR: Duration = Duration::from_secs(3_600);
const QUARTER: Duration = Duration::from_secs(900);

#[test]
fn trapezoid_between_irregular_samples() {
    // Sunrise at 5:12, then half hours: (0 + 300) / 2 W over 18 min, (300 + 900) / 2 W over 30 min.
    let series = power(&[(312, Some(0.0)), (330, Some(300.0)), (360, Some(900.0))]);
    let energy = series.integrate(HOUR).unwrap();
    assert_eq!(
        values(&energy),
        [(minutes(312, 330), Some(45.0)), (minutes(330, 360), Some(300.0))]
    );
    assert_eq!(energy.info().quantity, Quantity::ActiveEnergy);
    assert_eq!(energy.info().kind, ValueKind::IntervalSum);
    assert_eq!(energy.info().step, None, "the lengths differ");
    assert_eq!(energy.points()[0].quality, Quality::VALID | Quality::DERIVED);
}

#[test]
fn a_gap_is_bridged_up_to_the_limit_and_not_beyond() {
    let series = power(&[(0, Some(600.0)), (60, Some(600.0)), (121, Some(600.0))]);
    let energy = series.integrate(HOUR).unwrap();
    assert_eq!(
        values(&energy),
        [(minutes(0, 60), Some(600.0)), (minutes(60, 121), None)]
    );
}

#[test]
fn a_missing_sample_counts_as_not_listed() {
    let listed = power(&[
        (0, Some(600.0)),
        (15, None),
        (30, Some(600.0)),
        (45, None),
        (120, Some(0.0)),
    ]);
    let energy = listed.integrate(HOUR).unwrap();
    assert_eq!(
        values(&energy),
        [(minutes(0, 30), Some(300.0)), (minutes(30, 120), None)]
    );
    assert!(energy.points()[0].quality.contains(Quality::INTERPOLATED));
    let unlisted = power(&[(0, Some(600.0)), (30, Some(600.0)), (120, Some(0.0))]);
    assert_eq!(values(&unlisted.integrate(HOUR).unwrap()), values(&energy));
}

#[test]
fn missing_samples_at_the_ends_leave_unknown_time() {
    let series = power(&[
        (0, None),
        (15, None),
        (30, Some(600.0)),
        (45, Some(600.0)),
        (60, None),
        (75, None),
    ]);
    let energy = series.integrate(HOUR).unwrap();
    assert_eq!(
        values(&energy),
        [
            (minutes(0, 30), None),
            (minutes(30, 45), Some(150.0)),
            (minutes(45, 75), None)
        ]
    );
    assert!(power(&[(0, Some(1.0))]).integrate(HOUR).unwrap().is_empty());
    assert!(power(&[]).integrate(HOUR).unwrap().is_empty());
    assert_eq!(
        values(&power(&[(0, None), (15, None)]).integrate(HOUR).unwrap()),
        [(minutes(0, 15), None)]
    );
}

#[test]
fn targets_cut_the_straight_line() {
    // From 0 W to 1200 W in an hour: 300 W after the first quarter, so 37.5 Wh in it.
    let series = power(&[(0, Some(0.0)), (60, Some(1_200.0))]);
    let targets = minutes(0, 60).split_by(QUARTER).unwrap();
    let quarters = series.integrate_over(targets, HOUR, Coverage::Full).unwrap();
    let amounts: Vec<_> = quarters
        .points()
        .iter()
        .map(|reading| reading.value.unwrap().0)
        .collect();
    assert_eq!(amounts, [37.5, 112.5, 187.5, 262.5]);
    assert_eq!(quarters.info().step, Some(QUARTER));
    assert!(
        quarters.points()[0]
            .quality
            .contains(Quality::INTERPOLATED | Quality::DERIVED)
    );
}

#[test]
fn targets_beyond_what_is_known() {
    let series = power(&[(0, Some(600.0)), (30, Some(600.0))]);
    let full = series.integrate_over([minutes(0, 60)], HOUR, Coverage::Full).unwrap();
    assert_eq!(values(&full), [(minutes(0, 60), None)]);
    let part = series
        .integrate_over([minutes(0, 60), minutes(60, 90)], HOUR, Coverage::Partial)
        .unwrap();
    assert_eq!(values(&part), [(minutes(0, 60), Some(300.0)), (minutes(60, 90), None)]);
    assert_eq!(part.points()[0].quality, Quality::PARTIAL | Quality::DERIVED);
    let clash = series.integrate_over([minutes(0, 20), minutes(10, 30)], HOUR, Coverage::Full);
    assert!(matches!(
        clash,
        Err(ArithmeticError::Series(SeriesError::Overlap { .. }))
    ));
}

#[test]
fn irradiance_becomes_insolation() {
    let info = SeriesInfo::new(Scope::Sensor("1".into()), Quantity::Irradiance, ValueKind::Instant);
    let points = vec![
        Sample::new(at(0), WattsPerSquareMeter(400.0)),
        Sample::new(at(60), WattsPerSquareMeter(600.0)),
    ];
    let insolation = Series::new(info, points).unwrap().integrate(HOUR).unwrap();
    assert_eq!(insolation.info().quantity, Quantity::Insolation);
    assert_eq!(insolation.points()[0].value, Some(WattHoursPerSquareMeter(500.0)));
}

#[test]
fn only_what_has_an_integral_is_integrated() {
    let info = SeriesInfo::new(Scope::Site, Quantity::Temperature, ValueKind::Instant);
    let odd = Series::new(info, vec![Sample::new(at(0), Watts(1.0))]).unwrap();
    let quantity = Quantity::Temperature;
    assert_eq!(odd.integrate(HOUR), Err(ArithmeticError::Quantity { quantity }));

    let info = SeriesInfo::new(Scope::Site, Quantity::ActivePower, ValueKind::Counter);
    let odd = Series::new(info, vec![Sample::new(at(0), Watts(1.0))]).unwrap();
    let error = odd.integrate(HOUR).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the operation needs values of kind [Instant], the series holds Counter"
    );
    assert!(odd.integrate_over([], HOUR, Coverage::Full).is_err());
    assert!(odd.interpolate(at(0), HOUR).is_err());
}

#[test]
fn mean_power_and_back() {
    let series = energy(&[(0, 15, Some(250.0)), (15, 30, None)]);
    let mean = series.mean_rate().unwrap();
    assert_eq!(mean.info().kind, ValueKind::IntervalMean);
    assert_eq!(mean.info().quantity, Quantity::ActivePower);
    assert_eq!(mean.points()[0].value, Some(Watts(1_000.0)));
    assert_eq!(mean.points()[1].value, None);
    assert_eq!(values(&mean.integrate().unwrap()), values(&series));
}

#[test]
fn interpolation_runs_straight_between_known_neighbours() {
    let series = power(&[(0, Some(100.0)), (15, None), (60, Some(500.0)), (180, Some(0.0))]);
    let read = |minute| series.interpolate(at(minute), HOUR).unwrap();
    assert_eq!(read(0).value, Some(Watts(100.0)));
    assert_eq!(read(0).quality, Quality::VALID, "a sample's own value");
    assert_eq!(read(15).value, Some(Watts(200.0)), "over a missing sample");
    assert_eq!(read(30).value, Some(Watts(300.0)));
    assert!(read(30).quality.contains(Quality::INTERPOLATED));
    assert_eq!(read(60).value, Some(Watts(500.0)));
    assert_eq!(read(120).value, None, "two hours are not bridged");
    assert_eq!(read(-1).value, None);
    assert_eq!(read(181).value, None);
    assert_eq!(read(180).value, Some(Watts(0.0)));
}

#[test]
fn doubts_about_either_sample_remain() {
    let (info, mut points) = power(&[(0, Some(1.0)), (15, Some(1.0)), (30, Some(1.0))]).into_parts();
    points[1].quality = Quality::CLIPPED;
    let energy = Series::new(info, points).unwrap().integrate(HOUR).unwrap();
    for reading in &energy {
        assert_eq!(reading.quality, Quality::CLIPPED | Quality::DERIVED);
    }
}
