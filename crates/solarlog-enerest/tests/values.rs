//! Days, dates of software, values by time, and names that nobody has heard of yet.

use energy_core::time::Month;
use energy_core::time::macros::{date, datetime};
use serde_json::{Value, json};
use solarlog_enerest::*;

use crate::support::entities::*;
use crate::support::*;

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_month_ends_where_it_ends() {
    for (year, month, last) in [
        (2026, Month::January, date!(2026 - 01 - 31)),
        (2026, Month::February, date!(2026 - 02 - 28)),
        (2028, Month::February, date!(2028 - 02 - 29)),
        (2100, Month::February, date!(2100 - 02 - 28)),
        (2026, Month::September, date!(2026 - 09 - 30)),
        (2026, Month::December, date!(2026 - 12 - 31)),
    ] {
        let whole = DayRange::month(year, month).unwrap();
        assert_eq!(whole, DayRange::in_month(year, month, 1..=31).unwrap());
        assert_eq!(whole, DayRange::in_month(year, month, 1..=255).unwrap());
        assert_eq!((whole.first().day(), whole.last()), (1, last), "{month} {year}");
    }
    let inside = DayRange::in_month(2026, Month::April, 7..=9).unwrap();
    assert_eq!(
        (inside.first(), inside.last()),
        (date!(2026 - 04 - 07), date!(2026 - 04 - 09))
    );
    let cut = DayRange::in_month(2026, Month::February, 28..=31).unwrap();
    assert_eq!(cut, DayRange::day(date!(2026 - 02 - 28)));
}

#[test]
#[allow(clippy::reversed_empty_ranges, reason = "that they are refused is what is tested")]
fn days_that_are_none_are_refused() {
    for (month, days, parameter, reason) in [
        (Month::June, 31..=31, "dateFrom", "June 2026 has no day 31"),
        (Month::February, 29..=31, "dateFrom", "February 2026 has no day 29"),
        (Month::May, 0..=3, "dateFrom", "May 2026 has no day 0"),
        (Month::May, 1..=0, "dateTo", "May 2026 has no day 0"),
        (Month::May, 9..=7, "dateTo", "2026-05-07 is before 2026-05-09"),
    ] {
        let error = DayRange::in_month(2026, month, days).unwrap_err();
        assert_eq!((error.parameter.as_ref(), error.reason.as_str()), (parameter, reason));
    }
    assert!(DayRange::month(12_026, Month::May).is_err());
}

#[test]
fn days_are_in_order() {
    let (early, late) = (date!(2026 - 02 - 27), date!(2026 - 03 - 02));
    let range = DayRange::new(early, late).unwrap();
    for (day, inside) in [
        (date!(2026 - 02 - 26), false),
        (early, true),
        (date!(2026 - 03 - 01), true),
        (late, true),
        (date!(2026 - 03 - 03), false),
    ] {
        assert_eq!(range.contains(day), inside, "{day}");
    }
    assert_eq!(DayRange::new(early, early).unwrap(), DayRange::day(early));
    let error = DayRange::new(late, early).unwrap_err();
    assert_eq!(error.parameter, "dateTo");
    assert_eq!(error.reason, "2026-02-27 is before 2026-03-02");
}

#[test]
fn a_day_is_a_date_or_today() {
    assert_eq!(Day::from(date!(2026 - 03 - 07)).to_string(), "2026-03-07");
    assert_eq!(Day::from(date!(0099 - 12 - 31)).to_string(), "0099-12-31");
    assert_eq!(Day::Today.to_string(), "today");
}

#[test]
fn dates_of_software_have_dots() {
    let date: FirmwareDate = read(json!("03.09.2021"));
    assert_eq!(date, FirmwareDate::Date(date!(2021 - 09 - 03)));
    assert_eq!(date.date(), Some(date!(2021 - 09 - 03)), "the day comes first");
    assert_eq!(serde_json::to_value(&date).unwrap(), json!("03.09.2021"));
    for unknown in [
        "2021-09-03",
        "31.02.2024",
        "3.9.2021",
        "09/03/2021",
        "03.09.21",
        "n/a",
        "",
    ] {
        let date: FirmwareDate = read(json!(unknown));
        assert!(matches!(date, FirmwareDate::Unknown(_)), "{unknown}");
        assert_eq!((date.date(), date.to_string().as_str()), (None, unknown));
        assert_eq!(serde_json::to_value(&date).unwrap(), json!(unknown));
    }
    // A plant with one that nobody understands is a plant all the same.
    let mut body = plant();
    body["firmwareDate"] = json!("yesterday");
    let plant: Plant = read(body);
    assert_eq!(plant.firmware_date.unwrap().to_string(), "yesterday");
}

#[test]
fn values_by_time_are_read_and_written() {
    let text = concat!(
        r#"{"2026-10-25T02:55:00+02:00":4,"2026-10-25T02:00:00+01:00":null,"2026-10-25T02:05:00+01:00":-3.25,"#,
        r#""2026-10-25T01:10:00Z":1e3}"#
    );
    let points: DataPoints = serde_json::from_str(text).unwrap();
    let expected = [
        (datetime!(2026-10-25 00:55 UTC), Some(4.0)),
        (datetime!(2026-10-25 01:00 UTC), None),
        (datetime!(2026-10-25 01:05 UTC), Some(-3.25)),
        (datetime!(2026-10-25 01:10 UTC), Some(1000.0)),
    ];
    assert_eq!(points.0, expected, "as they came");
    let offsets: Vec<i8> = points.0.iter().map(|(at, _)| at.offset().whole_hours()).collect();
    assert_eq!(offsets, [2, 1, 1, 0], "each keeps the clock that it was read from");
    let written = serde_json::to_string(&points).unwrap();
    assert_eq!(serde_json::from_str::<DataPoints>(&written).unwrap(), points);
    let stamps = [
        "2026-10-25T02:55:00+02:00",
        "2026-10-25T02:00:00+01:00",
        "2026-10-25T01:10:00Z",
    ];
    assert!(stamps.iter().all(|stamp| written.contains(stamp)), "{written}");
    assert!(written.contains(r#":null"#), "a gap stays a gap: {written}");
}

/// An empty object is an empty list to PHP.
#[test]
fn no_values_may_come_as_a_list() {
    for none in [json!([]), json!({})] {
        assert_eq!(read::<DataPoints>(none), DataPoints::default());
    }
    assert_eq!(serde_json::to_value(DataPoints::default()).unwrap(), json!({}));
    for wrong in [
        json!([1]),
        json!([["2026-05-11T00:00:00+02:00", 1]]),
        json!("none"),
        json!(7),
    ] {
        let error = serde_json::from_value::<DataPoints>(wrong.clone()).unwrap_err();
        assert!(error.to_string().contains("values by their time"), "{wrong}: {error}");
    }
}

fn channels() -> GetChannels {
    GetChannels::new(PLANT, [Channel::ProdPac], Day::Today, Day::Today)
}

#[tokio::test]
async fn an_answer_without_values_is_read() {
    let answer = json!([record(PLANT, "Plant", "ProdPac", "W", "2026-05-12", json!([]))]);
    let (data, _) = round_trip(&channels(), answer).await;
    assert!(data[0].data_points.0.is_empty());
    assert!(round_trip(&channels(), json!([])).await.0.is_empty());
}

#[tokio::test]
async fn a_wrong_stamp_or_value_names_its_place() {
    let good = record(PLANT, "Plant", "ProdPac", "W", "2026-05-11", json!({}));
    for (points, words) in [
        (json!({"2026-05-11 10:00": 1}), "found `2026-05-11 10:00`"),
        (json!({"2026-05-11T10:00:00": 1}), "found `2026-05-11T10:00:00`"),
        (
            json!({"2026-02-30T10:00:00+01:00": 1}),
            "found `2026-02-30T10:00:00+01:00`",
        ),
        (json!({"1778486400": 1}), "found `1778486400`"),
        (json!({"2026-05-11T10:00:00+02:00": "much"}), "much"),
    ] {
        let bad = record(PLANT, "Plant", "ProdPac", "W", "2026-05-11", points);
        let error = failing(&channels(), Reply::json(json!([good, bad]))).await;
        let Error::Decode(wrong) = &error else {
            panic!("another kind of error: {error:?}");
        };
        assert!(wrong.path.starts_with("[1].dataPoints"), "{error}");
        assert!(wrong.reason.contains(words), "{error}");
    }
    let bad = record(PLANT, "Plant", "ProdPac", "W", "11.05.2026", json!({}));
    let error = failing(&channels(), Reply::json(json!([bad]))).await;
    assert!(error.to_string().contains("[0].date"), "{error}");
}

/// What is added tomorrow is read today, by its own name, and written as it came.
#[tokio::test]
async fn new_names_are_kept() {
    let mut plant = plant();
    plant["componentsClasses"] = json!(["production", "charging"]);
    plant["componentsTypes"] = json!(["WallBox"]);
    plant["lastDataTransfer"]["lastTransferType"] = json!("MQTT");
    let (read, _) = round_trip(&GetPlant::new(PLANT), plant).await;
    let classes = read.components_classes.as_ref().unwrap();
    assert_eq!(classes[0], ComponentClass::Production);
    assert!(matches!(&classes[1], ComponentClass::Unknown(class) if class.as_str() == "charging"));
    let types = read.components_types.as_ref().unwrap();
    assert!(matches!(&types[0], ComponentType::Unknown(kind) if kind.as_str() == "WallBox"));
    let transfer = read.last_data_transfer.as_ref().unwrap().last_transfer_type.as_ref();
    assert_eq!(transfer.unwrap().as_str(), "MQTT");
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!(written["componentsClasses"], json!(["production", "charging"]));
    assert_eq!(written["componentsTypes"], json!(["WallBox"]));

    let points = json!({"2026-05-11T10:00:00+02:00": 0.97});
    let answer = json!([record("x1", "Charger", "CosPhi", "kvar", "2026-05-11", points)]);
    let (data, _) = round_trip(&channels(), answer.clone()).await;
    assert!(matches!(&data[0].name, Channel::Unknown(name) if name.as_str() == "CosPhi"));
    assert!(matches!(&data[0].unit, Some(Unit::Unknown(unit)) if unit.as_str() == "kvar"));
    assert!(matches!(&data[0].device_type, Some(DeviceType::Unknown(kind)) if kind.as_str() == "Charger"));
    assert_eq!(serde_json::to_value(&data).unwrap(), answer);
    let series = Assembly::new().series(&data).unwrap();
    assert_eq!((series[0].channel.as_str(), series[0].points.len()), ("CosPhi", 1));
}
