//! Forecasts: the questions a home energy manager asks.

use std::time::Duration;

use energy_core::model::{
    ArithmeticError, Coverage, Forecast, ForecastError, ForecastModel, Interval, IntervalReading, Quality, Quantile,
    Quantity, Sample, Scope, Series, SeriesInfo, SiteId, TimeZone, ValueKind, WattHours, Watts, ZoneError,
};
use time::OffsetDateTime;
use time::macros::{date, datetime, offset};

const HOUR: Duration = Duration::from_secs(3_600);

fn at(hour: i64) -> OffsetDateTime {
    datetime!(2026-06-01 0:00 UTC) + time::Duration::hours(hour)
}

fn hours(start: i64, end: i64) -> Interval {
    Interval::new(at(start), at(end)).unwrap()
}

fn zone() -> TimeZone {
    TimeZone::fixed(offset!(+2))
}

fn energy(points: &[(i64, i64, f64)]) -> Series<IntervalReading<WattHours>> {
    let info = SeriesInfo::new(Scope::Pv, Quantity::ActiveEnergy, ValueKind::IntervalSum);
    let points = points.iter().map(|(start, end, value)| {
        IntervalReading::new(hours(*start, *end), WattHours(*value)).with_quality(Quality::FORECAST)
    });
    Series::new(info, points.collect()).unwrap()
}

fn power(points: &[(i64, f64)]) -> Series<Sample<Watts>> {
    let info = SeriesInfo::new(Scope::Pv, Quantity::ActivePower, ValueKind::Instant);
    let points = points.iter().map(|(hour, value)| Sample::new(at(*hour), Watts(*value)));
    Series::new(info, points.collect()).unwrap()
}

fn empty() -> Forecast {
    Forecast::new(Scope::Pv, ForecastModel::Estimate)
}

/// The whole of 1 June in UTC+2, the night told as zero, and the morning of 2 June.
fn two_days() -> Forecast {
    empty()
        .with_energy(energy(&[
            (-2, 4, 0.0),
            (4, 10, 6_000.0),
            (10, 12, 4_000.0),
            (12, 18, 3_000.0),
            (18, 22, 0.0),
            (22, 28, 0.0),
            (28, 34, 5_000.0),
        ]))
        .unwrap()
}

#[test]
fn energy_per_local_day() {
    let days = two_days().energy_by_day(&zone(), Coverage::Full).unwrap();
    assert_eq!(
        (days[0].date, days[0].total.value),
        (date!(2026 - 06 - 01), Some(WattHours(13_000.0)))
    );
    assert_eq!(
        (days[1].date, days[1].total.value),
        (date!(2026 - 06 - 02), None),
        "only the morning is known"
    );
    let days = two_days().energy_by_day(&zone(), Coverage::Partial).unwrap();
    assert_eq!(days[1].total.value, Some(WattHours(5_000.0)));
    assert!(days[1].total.quality.contains(Quality::PARTIAL | Quality::FORECAST));
}

#[test]
fn energy_over_any_stretch_counts_edges_in_proportion() {
    // A third of the morning and half of the noon reading.
    let reading = two_days().energy_in(hours(8, 11), Coverage::Full);
    assert_eq!(reading.value, Some(WattHours(4_000.0)));
    assert_eq!(two_days().energy_in(hours(30, 40), Coverage::Full).value, None);
}

#[test]
fn the_rest_of_today() {
    let now = at(11);
    let rest = two_days().remaining_today(now, &zone(), Coverage::Full).unwrap();
    assert_eq!(rest.interval, hours(11, 22));
    assert_eq!(rest.value, Some(WattHours(5_000.0)));
    let error = two_days()
        .remaining_today(now, &TimeZone::named("Mars/Olympus"), Coverage::Full)
        .unwrap_err();
    assert!(matches!(
        error,
        ArithmeticError::Zone(ZoneError::Unknown { .. } | ZoneError::NoDatabase { .. })
    ));
}

#[test]
fn power_at_an_instant() {
    let forecast = two_days()
        .with_power(power(&[(10, 1_000.0), (11, 3_000.0), (14, 0.0)]))
        .unwrap();
    let half_past = at(10) + time::Duration::minutes(30);
    assert_eq!(forecast.power_at(half_past, HOUR), Some(Watts(2_000.0)));
    assert_eq!(forecast.power_at(at(12), HOUR), None, "three hours are too far");
    assert_eq!(forecast.power_at(at(12), 3 * HOUR), Some(Watts(2_000.0)));
    assert_eq!(forecast.power_at(at(9), HOUR), None);
    // Without samples, the mean around the instant.
    assert_eq!(two_days().power_at(at(11), HOUR), Some(Watts(2_000.0)));
    assert_eq!(two_days().power_at(at(34), HOUR), None);
    assert_eq!(empty().power_at(at(11), HOUR), None);
}

#[test]
fn the_peak() {
    let forecast = two_days()
        .with_power(power(&[(10, 1_000.0), (11, 3_000.0), (12, 3_000.0), (13, 9_000.0)]))
        .unwrap();
    let peak = forecast.peak(hours(9, 13)).unwrap();
    assert_eq!(
        (peak.at, peak.value),
        (at(11), Some(Watts(3_000.0))),
        "the earliest of two"
    );
    assert_eq!(forecast.peak(hours(14, 20)), None);
    let mean = two_days().peak(hours(0, 24)).unwrap();
    assert_eq!((mean.at, mean.value), (at(11), Some(Watts(2_000.0))));
    assert!(mean.quality.contains(Quality::FORECAST));
    assert_eq!(two_days().peak(hours(10, 11)), None, "half a reading has no peak");
    assert_eq!(empty().peak(hours(0, 24)), None);
}

#[test]
fn missing_samples_are_no_peak() {
    let (info, mut points) = power(&[(10, 1.0), (11, 0.0)]).into_parts();
    points[0] = Sample::missing(at(10));
    let forecast = empty().with_power(Series::new(info, points).unwrap()).unwrap();
    assert_eq!(forecast.peak(hours(0, 24)).unwrap().value, Some(Watts(0.0)));
}

#[test]
fn a_forecast_without_energy_knows_none() {
    let forecast = empty().with_power(power(&[(10, 1.0)])).unwrap();
    assert_eq!(forecast.energy_in(hours(0, 24), Coverage::Partial).value, None);
    assert!(forecast.energy_by_day(&zone(), Coverage::Partial).unwrap().is_empty());
    assert_eq!(
        forecast
            .remaining_today(at(1), &zone(), Coverage::Partial)
            .unwrap()
            .value,
        None
    );
    let rows = forecast.against(&energy(&[(0, 1, 5.0)])).unwrap();
    assert_eq!((rows[0].left, rows[0].right), (Some(WattHours(5.0)), None));
}

#[test]
fn measured_against_expected_on_the_measured_intervals() {
    let actual = energy(&[(4, 7, 2_500.0), (7, 10, 3_600.0), (33, 36, 1.0)]);
    let rows = two_days().against(&actual).unwrap();
    let differences: Vec<_> = rows.iter().map(|row| row.difference().map(|value| value.0)).collect();
    assert_eq!(
        differences,
        [Some(-500.0), Some(600.0), None],
        "the last reaches beyond the forecast"
    );
    assert_eq!(rows[2].left, Some(WattHours(1.0)));
}

#[test]
fn series_of_the_wrong_kind_are_refused() {
    let (info, points) = energy(&[(0, 1, 1.0)]).into_parts();
    let info = SeriesInfo::new(info.scope, info.quantity, ValueKind::IntervalMax);
    let greatest = Series::new(info, points).unwrap();
    let found = ValueKind::IntervalMax;
    assert_eq!(
        empty().with_energy(greatest.clone()),
        Err(ForecastError::Kind { found })
    );
    assert!(two_days().against(&greatest).is_err());
    let (info, points) = power(&[(0, 1.0)]).into_parts();
    let info = SeriesInfo::new(info.scope, info.quantity, ValueKind::Counter);
    let counter = Series::new(info, points).unwrap();
    let found = ValueKind::Counter;
    assert_eq!(empty().with_power(counter), Err(ForecastError::Kind { found }));
}

#[test]
fn quantiles_are_probabilities() {
    assert_eq!(Quantile::new(0.1).unwrap().probability(), 0.1);
    for wrong in [0.0, 1.0, -0.1, 10.0] {
        assert_eq!(Quantile::new(wrong), Err(ForecastError::Quantile(wrong)));
    }
    assert!(Quantile::new(f64::NAN).is_err());
    assert!(serde_json::from_str::<Quantile>("90").is_err());
}

#[test]
fn a_forecast_survives_json_and_is_checked() {
    let forecast = two_days()
        .with_power(power(&[(10, 1.0)]))
        .unwrap()
        .with_site(SiteId::new("67"))
        .with_issued_at(at(0))
        .with_quantile(Quantile::new(0.9).unwrap());
    let json = serde_json::to_value(&forecast).unwrap();
    assert_eq!(serde_json::from_value::<Forecast>(json.clone()).unwrap(), forecast);
    let mut wrong = json;
    wrong["energy"]["info"]["kind"] = "interval_mean".into();
    assert!(serde_json::from_value::<Forecast>(wrong).is_err());
    let bare: Forecast = serde_json::from_str(r#"{"scope":"pv","model":{"other":"satellite"}}"#).unwrap();
    assert_eq!(
        bare,
        Forecast::new(Scope::Pv, ForecastModel::Other("satellite".to_owned()))
    );
    let json = serde_json::to_value(&bare).unwrap();
    assert_eq!(
        json,
        serde_json::json!({"scope": "pv", "model": {"other": "satellite"}})
    );
}
