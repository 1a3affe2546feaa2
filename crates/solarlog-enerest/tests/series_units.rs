//! Series with units: what they measure, whose values they are, and energy of days, months and years.

use energy_core::model::{
    Direction, Interval, IntervalReading, Quantity, Sample, Scope, Series, SeriesError, SeriesInfo, SourceRef,
    ValueKind, WattHours, ZoneError,
};
use energy_core::time::OffsetDateTime;
use energy_core::time::macros::{datetime, offset};
use serde_json::{Value, json};
use solarlog_enerest::*;

use crate::support::entities::*;

fn series_of(
    device: Option<&str>,
    kind: Option<&str>,
    channel: &str,
    unit: Option<&str>,
    points: Value,
) -> ChannelSeries {
    let mut body = record("", "", channel, "", "2026-05-11", points);
    (body["deviceId"], body["deviceType"], body["unit"]) = (json!(device), json!(kind), json!(unit));
    let data: Vec<ChannelData> = serde_json::from_value(json!([body])).unwrap();
    Assembly::new().series(&data).unwrap().remove(0)
}

/// A value and a gap.
fn two_points() -> Value {
    json!({"2026-05-11T10:00:00+02:00": 12.5, "2026-05-11T10:05:00+02:00": null})
}

fn of_plant(channel: &str, unit: &str, points: Value) -> ChannelSeries {
    series_of(Some(PLANT), Some("Plant"), channel, Some(unit), points)
}

/// What a series with a unit says of itself and holds.
type Typed = (SeriesInfo, Vec<(OffsetDateTime, Option<f64>)>);

fn plain<T: Copy>(series: Series<Sample<T>>, number: fn(T) -> f64) -> Typed {
    let (info, points) = series.into_parts();
    let points = points.iter().map(|point| (point.at, point.value.map(number)));
    (info, points.collect())
}

/// Every method that gives a series with a unit: its unit, its name, and what it gives.
type Method = (
    &'static str,
    &'static str,
    fn(&ChannelSeries) -> Result<Typed, UnitError>,
);

const METHODS: [Method; 7] = [
    ("W", "watts", |series| Ok(plain(series.watts()?, |value| value.0))),
    ("Wh", "counter", |series| Ok(plain(series.counter()?, |value| value.0))),
    ("W/m²", "irradiance", |series| {
        Ok(plain(series.irradiance()?, |value| value.0))
    }),
    ("Wh/m²", "insolation", |series| {
        Ok(plain(series.insolation()?, |value| value.0))
    }),
    ("°C", "temperature", |series| {
        Ok(plain(series.temperature()?, |value| value.0))
    }),
    ("m/s", "wind speed", |series| {
        Ok(plain(series.wind_speed()?, |value| value.0))
    }),
    ("%", "state of charge", |series| {
        Ok(plain(series.state_of_charge()?, |value| value.0))
    }),
];

#[test]
fn each_unit_has_its_series() {
    for (unit, channel, quantity, kind, direction) in [
        (
            "W",
            "ProdPac",
            Quantity::ActivePower,
            ValueKind::Instant,
            Some(Direction::Production),
        ),
        (
            "W",
            "ConsPac",
            Quantity::ActivePower,
            ValueKind::Instant,
            Some(Direction::Consumption),
        ),
        ("W", "BatPower", Quantity::ActivePower, ValueKind::Instant, None),
        (
            "Wh",
            "ProdEtotal",
            Quantity::ActiveEnergy,
            ValueKind::Counter,
            Some(Direction::Production),
        ),
        (
            "Wh",
            "ConsEtotal",
            Quantity::ActiveEnergy,
            ValueKind::Counter,
            Some(Direction::Consumption),
        ),
        ("W/m²", "Irradiation", Quantity::Irradiance, ValueKind::Instant, None),
        ("Wh/m²", "Insolation", Quantity::Insolation, ValueKind::DayToDate, None),
        ("°C", "TempModule", Quantity::Temperature, ValueKind::Instant, None),
        ("°C", "TempAmbient", Quantity::Temperature, ValueKind::Instant, None),
        ("m/s", "WindVelocity", Quantity::WindSpeed, ValueKind::Instant, None),
        ("%", "BatSoc", Quantity::StateOfCharge, ValueKind::Instant, None),
    ] {
        let series = of_plant(channel, unit, two_points());
        let (_, name, method) = METHODS.iter().find(|(wanted, ..)| *wanted == unit).unwrap();
        let (info, points) = method(&series).unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected = [
            (datetime!(2026-05-11 10:00 +2), Some(12.5)),
            (datetime!(2026-05-11 10:05 +2), None),
        ];
        assert_eq!(points, expected, "{name}");
        assert_eq!(
            (info.quantity, info.kind, info.direction),
            (quantity, kind, direction),
            "{channel}"
        );
        let source = SourceRef::new("solarlog-enerest").with_resource(channel);
        assert_eq!(info.source, Some(source));
    }
}

#[test]
fn another_unit_is_refused() {
    for (unit, ..) in METHODS {
        for (wanted, name, method) in METHODS {
            let outcome = method(&of_plant("Something", unit, two_points()));
            if unit == wanted {
                assert!(outcome.is_ok(), "{name}: {outcome:?}");
                continue;
            }
            let expected = UnitError::Other {
                channel: Channel::from("Something"),
                wanted: Unit::from(wanted),
                found: Some(Unit::from(unit)),
            };
            assert_eq!(outcome, Err(expected.clone()), "{name}");
            assert_eq!(
                expected.to_string(),
                format!("Something comes in {unit}, not in {wanted}")
            );
        }
        let energy = of_plant("Something", unit, json!({})).energy_by(Period::Day, &TimeZone::UTC);
        assert_eq!(energy.is_ok(), unit == "Wh", "{unit}");
    }
    // A prefix is another unit, and so is none at all: a kilowatt is never taken for a watt.
    assert!(of_plant("ProdPac", "kW", two_points()).watts().is_err());
    assert!(of_plant("ProdEtotal", "kWh", two_points()).counter().is_err());
    let none = series_of(Some(PLANT), Some("Plant"), "ProdPac", None, two_points());
    let error = none.watts().unwrap_err();
    assert!(error.to_string().contains("comes in no unit, not in W"), "{error}");
}

#[test]
fn scopes_tell_whose_values_they_are() {
    let id = || "d-1".into();
    for (device, kind, channel, scope) in [
        (Some(PLANT), Some("Plant"), "ProdPac", Scope::Pv),
        (Some(PLANT), Some("Plant"), "ConsPac", Scope::Site),
        (Some(PLANT), Some("Plant"), "BatSoc", Scope::Storage),
        (Some(PLANT), Some("Plant"), "Irradiation", Scope::Site),
        (None, None, "ProdPac", Scope::Pv),
        (None, None, "New", Scope::Site),
        (Some("d-1"), None, "ProdPac", Scope::Sensor(id())),
        (Some("d-1"), Some("Charger"), "ProdPac", Scope::Sensor(id())),
        (Some("d-1"), Some("Component"), "ProdPac", Scope::Inverter(id())),
        (Some("d-1"), Some("Component"), "ConsPac", Scope::Meter(id())),
        (Some("d-1"), Some("Component"), "MeterEtotal", Scope::Meter(id())),
        (Some("d-1"), Some("Component"), "BatSoc", Scope::Battery(id())),
        (Some("d-1"), Some("Component"), "TempAmbient", Scope::Sensor(id())),
        (Some("d-1"), Some("Mpptracker"), "ProdPdc", Scope::MppTracker(id())),
    ] {
        let series = series_of(device, kind, channel, Some("W"), two_points());
        let info = series.watts().unwrap().into_parts().0;
        assert_eq!(info.scope, scope, "{channel} of {kind:?} {device:?}");
    }
}

fn berlin() -> TimeZone {
    TimeZone::named("Europe/Berlin")
}

fn energy(points: Value, period: Period) -> Result<Series<IntervalReading<WattHours>>, UnitError> {
    of_plant("ProdEtotal", "Wh", points).energy_by(period, &berlin())
}

/// Beginning, hours and value of each.
fn readings(points: Value, period: Period) -> Vec<(String, u64, Option<f64>)> {
    let series = energy(points, period).unwrap();
    let reading = |point: &IntervalReading<WattHours>| {
        let start = berlin().local(point.interval.start()).unwrap();
        let value = point.value.map(|energy| energy.0);
        (start.to_string(), point.interval.duration().as_secs() / 3600, value)
    };
    series.points().iter().map(reading).collect()
}

fn expected<const N: usize>(list: [(&str, u64, Option<f64>); N]) -> Vec<(String, u64, Option<f64>)> {
    list.map(|(start, hours, value)| (start.to_owned(), hours, value))
        .to_vec()
}

#[test]
fn days_have_23_to_25_hours() {
    let march = json!({
        "2026-03-28T00:00:00+01:00": 61_000, "2026-03-29T00:00:00+01:00": 58_500, "2026-03-30T00:00:00+02:00": null,
    });
    assert_eq!(
        readings(march, Period::Day),
        expected([
            ("2026-03-28 0:00:00.0 +01:00:00", 24, Some(61_000.0)),
            ("2026-03-29 0:00:00.0 +01:00:00", 23, Some(58_500.0)),
            ("2026-03-30 0:00:00.0 +02:00:00", 24, None),
        ])
    );
    // A stamp within a day stands for the whole of it.
    let october = json!({"2026-10-24T12:00:00+02:00": 1, "2026-10-25T23:55:00+01:00": 2, "2026-10-25T23:00:00Z": 3});
    assert_eq!(
        readings(october, Period::Day),
        expected([
            ("2026-10-24 0:00:00.0 +02:00:00", 24, Some(1.0)),
            ("2026-10-25 0:00:00.0 +02:00:00", 25, Some(2.0)),
            ("2026-10-26 0:00:00.0 +01:00:00", 24, Some(3.0)),
        ])
    );
}

#[test]
fn months_and_years_have_the_hours_that_they_have() {
    let months = json!({
        "2028-01-31T00:00:00+01:00": 1, "2028-02-29T00:00:00+01:00": 2, "2028-03-01T00:00:00+01:00": 3,
        "2028-10-31T00:00:00+01:00": 4, "2028-12-01T00:00:00+01:00": 5,
    });
    assert_eq!(
        readings(months, Period::Month),
        expected([
            ("2028-01-01 0:00:00.0 +01:00:00", 31 * 24, Some(1.0)),
            ("2028-02-01 0:00:00.0 +01:00:00", 29 * 24, Some(2.0)),
            ("2028-03-01 0:00:00.0 +01:00:00", 31 * 24 - 1, Some(3.0)),
            ("2028-10-01 0:00:00.0 +02:00:00", 31 * 24 + 1, Some(4.0)),
            ("2028-12-01 0:00:00.0 +01:00:00", 31 * 24, Some(5.0)),
        ])
    );
    let years = json!({"2027-12-31T23:00:00Z": 8, "2027-01-01T00:00:00+01:00": 7});
    assert_eq!(
        readings(years, Period::Year),
        expected([
            ("2027-01-01 0:00:00.0 +01:00:00", 365 * 24, Some(7.0)),
            ("2028-01-01 0:00:00.0 +01:00:00", 366 * 24, Some(8.0)),
        ])
    );
}

#[test]
fn energy_of_periods_says_what_it_is() {
    let series = energy(json!({"2026-05-11T00:00:00+02:00": 1}), Period::Day).unwrap();
    let info = series.info();
    assert_eq!(
        (info.quantity, info.kind),
        (Quantity::ActiveEnergy, ValueKind::IntervalSum)
    );
    assert_eq!((&info.scope, info.direction), (&Scope::Pv, Some(Direction::Production)));
    assert_eq!(info.time_zone, Some(berlin()));
    // In another zone the same stamp is of another day.
    let away = TimeZone::fixed(offset!(-5));
    let series = of_plant("ProdEtotal", "Wh", json!({"2026-05-11T00:00:00+02:00": 1}));
    let first = series.energy_by(Period::Day, &away).unwrap().points()[0].interval;
    let tenth = Interval::new(datetime!(2026-05-10 0:00 -5), datetime!(2026-05-11 0:00 -5)).unwrap();
    assert_eq!(first, tenth);
}

#[test]
fn energy_that_makes_no_periods_is_refused() {
    // Steps shorter than the period.
    let hourly = || json!({"2026-05-11T10:00:00+02:00": 1, "2026-05-11T11:00:00+02:00": 2});
    for period in [Period::Day, Period::Month, Period::Year] {
        let error = energy(hourly(), period).unwrap_err();
        assert!(
            matches!(error, UnitError::Series(SeriesError::Overlap { .. })),
            "{error:?}"
        );
        let last = json!({"9999-12-31T12:00:00Z": 1});
        let error = of_plant("ProdEtotal", "Wh", last)
            .energy_by(period, &TimeZone::UTC)
            .unwrap_err();
        let at = datetime!(9999-12-31 12:00 UTC);
        let expected = match period {
            Period::Day => UnitError::Zone(ZoneError::OutOfRange),
            Period::Month | Period::Year => UnitError::Calendar { at },
        };
        assert_eq!(error, expected, "{period:?}");
    }
    let nowhere = TimeZone::named("Atlantis/Capital");
    let error = of_plant("ProdEtotal", "Wh", hourly())
        .energy_by(Period::Day, &nowhere)
        .unwrap_err();
    assert!(matches!(error, UnitError::Zone(ZoneError::Unknown { .. })), "{error:?}");
    let error = of_plant("ProdPac", "W", hourly())
        .energy_by(Period::Day, &berlin())
        .unwrap_err();
    assert!(error.to_string().contains("comes in W, not in Wh"), "{error}");
}
