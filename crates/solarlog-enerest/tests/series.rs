//! How the objects of an answer, one for each day, channel and device, become series.

use energy_core::model::Sample;
use energy_core::time::macros::{date, datetime, time};
use energy_core::time::{Date, Duration, Month, OffsetDateTime};
use serde_json::{Map, Value, json};
use solarlog_enerest::*;

use crate::support::entities::*;

fn data(records: Value) -> Vec<ChannelData> {
    serde_json::from_value(records).unwrap()
}

/// Power of a component on a day, with these values at minutes after ten.
fn power(device: &str, day: &str, points: &[(u8, Value)]) -> Value {
    let stamp = |minute: &u8| format!("{day}T10:{minute:02}:00+02:00");
    let points: Map<String, Value> = points
        .iter()
        .map(|(minute, value)| (stamp(minute), value.clone()))
        .collect();
    record(device, "Component", "ProdPac", "W", day, points.into())
}

fn values(series: &ChannelSeries) -> Vec<Option<f64>> {
    series.points.iter().map(|point| point.value).collect()
}

fn one(assembly: &Assembly, records: Value) -> ChannelSeries {
    let mut series = assembly.series(&data(records)).unwrap();
    assert_eq!(series.len(), 1, "{series:?}");
    series.remove(0)
}

fn assembled(records: Value) -> Result<Vec<ChannelSeries>, AssemblyError> {
    Assembly::new().series(&data(records))
}

#[test]
fn days_become_one_series_in_order() {
    let series = one(
        &Assembly::new(),
        json!([
            power(INVERTER, "2026-05-12", &[(5, json!(40)), (0, json!(30))]),
            power(INVERTER, "2026-05-10", &[(0, json!(10))]),
            power(INVERTER, "2026-05-11", &[(0, json!(20.5))]),
        ]),
    );
    let expected = [
        Sample::new(datetime!(2026-05-10 10:00 +2), 10.0),
        Sample::new(datetime!(2026-05-11 10:00 +2), 20.5),
        Sample::new(datetime!(2026-05-12 10:00 +2), 30.0),
        Sample::new(datetime!(2026-05-12 10:05 +2), 40.0),
    ];
    assert_eq!(series.points, expected);
    assert_eq!(series.device.as_deref(), Some(INVERTER));
    assert_eq!(series.device_type, Some(DeviceType::Component));
    assert_eq!((series.channel, series.unit), (Channel::ProdPac, Some(Unit::Watt)));
}

#[test]
fn devices_and_channels_stay_apart_in_the_order_in_which_they_came() {
    let stamp = json!({"2026-05-11T10:00:00+02:00": 1});
    let energy = record(INVERTER, "Component", "ProdEtotal", "Wh", "2026-05-11", stamp);
    let mut of_nobody = power("", "2026-05-11", &[(0, json!(4))]);
    of_nobody["deviceId"] = Value::Null;
    let series = assembled(json!([
        power(SENSOR, "2026-05-11", &[(0, json!(2))]),
        power(INVERTER, "2026-05-11", &[(0, json!(3))]),
        energy,
        of_nobody,
        power(SENSOR, "2026-05-12", &[(0, json!(5))]),
    ]));
    let found: Vec<_> = series
        .unwrap()
        .iter()
        .map(|one| (one.device.clone(), one.channel.to_string(), values(one)))
        .collect();
    let of = |device: &str, channel: &str, values: &[f64]| {
        let values: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
        (Some(device.to_owned()), channel.to_owned(), values)
    };
    assert_eq!(
        found,
        [
            of(SENSOR, "ProdPac", &[2.0, 5.0]),
            of(INVERTER, "ProdPac", &[3.0]),
            of(INVERTER, "ProdEtotal", &[1.0]),
            (None, "ProdPac".to_owned(), vec![Some(4.0)]),
        ]
    );
    assert!(assembled(json!([])).unwrap().is_empty());
}

/// Without an id, what kind of device it is has to tell them apart.
#[test]
fn a_plant_and_a_component_without_ids_stay_apart() {
    let nameless = |kind: &str, value: i64| {
        let mut record = power("", "2026-05-11", &[(0, json!(value))]);
        (record["deviceId"], record["deviceType"]) = (Value::Null, json!(kind));
        record
    };
    let series = assembled(json!([nameless("Plant", 9), nameless("Component", 4)])).unwrap();
    let found: Vec<_> = series
        .iter()
        .map(|one| (one.device_type.clone(), values(one)))
        .collect();
    let expected = [
        (Some(DeviceType::Plant), vec![Some(9.0)]),
        (Some(DeviceType::Component), vec![Some(4.0)]),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_gap_is_none_and_never_zero() {
    let night = power(
        INVERTER,
        "2026-05-11",
        &[(0, Value::Null), (5, json!(0)), (10, Value::Null)],
    );
    let series = one(&Assembly::new(), json!([night]));
    assert_eq!(values(&series), [None, Some(0.0), None]);
    let watts = series.watts().unwrap();
    let typed: Vec<Option<f64>> = watts
        .points()
        .iter()
        .map(|point| point.value.map(|watts| watts.0))
        .collect();
    assert_eq!(typed, [None, Some(0.0), None], "nor with a unit");
}

#[test]
fn a_value_beside_a_gap_wins_whichever_came_first() {
    let some = || power(INVERTER, "2026-05-11", &[(0, json!(7)), (5, Value::Null)]);
    let others = || power(INVERTER, "2026-05-11", &[(0, Value::Null), (5, json!(8))]);
    for records in [json!([some(), others()]), json!([others(), some()])] {
        assert_eq!(values(&one(&Assembly::new(), records)), [Some(7.0), Some(8.0)]);
    }
    // What comes twice is there once.
    assert_eq!(
        values(&one(&Assembly::new(), json!([some(), some()]))),
        [Some(7.0), None]
    );
}

#[test]
fn two_values_at_one_time_are_an_error() {
    let mut later = power(INVERTER, "2026-05-11", &[(0, json!(1))]);
    // The same instant, by another clock.
    later["dataPoints"] = json!({"2026-05-11T08:05:00Z": 9.5});
    let error = assembled(json!([power(INVERTER, "2026-05-11", &[(5, json!(7))]), later])).unwrap_err();
    let expected = AssemblyError::TwoValues {
        device: Some(INVERTER.to_owned()),
        channel: Channel::ProdPac,
        at: datetime!(2026-05-11 10:05 +2),
        first: 7.0,
        second: 9.5,
    };
    assert_eq!(error, expected);
    let said = error.to_string();
    assert!(
        said.contains(INVERTER) && said.contains("ProdPac") && said.contains("7 and 9.5"),
        "{said}"
    );
    // Zero is zero, whatever its sign.
    let zeroes = [json!(0), json!(-0.0)].map(|zero| power(INVERTER, "2026-05-11", &[(5, zero)]));
    assert_eq!(values(&one(&Assembly::new(), json!(zeroes))), [Some(0.0)]);
    // Of two devices they contradict nothing.
    let apart = json!([
        power(INVERTER, "2026-05-11", &[(5, json!(7))]),
        power(OLD_INVERTER, "2026-05-11", &[(5, json!(9.5))]),
    ]);
    assert_eq!(assembled(apart).unwrap().len(), 2);
}

#[test]
fn two_units_are_an_error() {
    let mut kilowatts = power(INVERTER, "2026-05-12", &[(0, json!(1))]);
    kilowatts["unit"] = json!("kW");
    let watts = || power(INVERTER, "2026-05-11", &[(0, json!(1000))]);
    let error = assembled(json!([watts(), kilowatts])).unwrap_err();
    let expected = AssemblyError::TwoUnits {
        device: Some(INVERTER.to_owned()),
        channel: Channel::ProdPac,
        first: Unit::Watt,
        second: Unit::from("kW"),
    };
    assert_eq!(error, expected);
    assert!(error.to_string().contains("in W and in kW"), "{error}");
    kilowatts["deviceId"] = Value::Null;
    let mut of_nobody = watts();
    of_nobody["deviceId"] = Value::Null;
    let error = assembled(json!([of_nobody, kilowatts])).unwrap_err();
    assert!(error.to_string().contains("of the plant"), "{error}");
}

/// An object that says less than the others does not hide what they say.
#[test]
fn unit_and_type_may_come_late() {
    let mut bare = power(INVERTER, "2026-05-11", &[(0, json!(1))]);
    bare["unit"] = Value::Null;
    bare["deviceType"] = Value::Null;
    let whole = || power(INVERTER, "2026-05-12", &[(0, json!(2))]);
    for records in [json!([bare, whole()]), json!([whole(), bare])] {
        let series = one(&Assembly::new(), records);
        assert_eq!(
            (series.unit.as_ref(), series.device_type.as_ref()),
            (Some(&Unit::Watt), Some(&DeviceType::Component))
        );
        assert_eq!(series.watts().unwrap().len(), 2);
    }
}

fn components(id: &str) -> Vec<Component> {
    serde_json::from_value(json!([component(id)])).unwrap()
}

#[test]
fn a_component_is_one_series_over_its_epochs() {
    let before = power(OLD_INVERTER, "2026-02-02", &[(0, json!(1))]);
    let after = power(INVERTER, "2026-02-03", &[(0, json!(2))]);
    let other = power(SENSOR, "2026-02-03", &[(0, json!(3))]);
    let records = || data(json!([after, other, before]));
    let epochs = Epochs::new()
        .with(&components(OLD_INVERTER))
        .with(&components(INVERTER));
    assert_eq!(epochs.cross_epoch_id(&INVERTER.into()), Some(&INVERTER_KEPT.into()));
    assert_eq!(epochs.cross_epoch_id(&SENSOR.into()), None);

    let series = Assembly::new().across(epochs).series(&records()).unwrap();
    assert_eq!(series.len(), 2);
    assert_eq!(series[0].device.as_deref(), Some(INVERTER_KEPT), "the id that it keeps");
    assert_eq!(values(&series[0]), [Some(1.0), Some(2.0)]);
    assert_eq!(series[1].device.as_deref(), Some(SENSOR), "not known, so by its own id");

    let apart = Assembly::new().series(&records()).unwrap();
    let devices: Vec<_> = apart.iter().map(|one| one.device.as_deref().unwrap()).collect();
    assert_eq!(devices, [INVERTER, SENSOR, OLD_INVERTER]);
}

#[test]
fn epochs_that_contradict_one_another_are_an_error() {
    let epochs = Epochs::new()
        .with(&components(OLD_INVERTER))
        .with(&components(INVERTER));
    let on_the_day = |id: &str, value: f64| power(id, "2026-02-03", &[(0, json!(value))]);
    let records = data(json!([on_the_day(OLD_INVERTER, 1.0), on_the_day(INVERTER, 2.0)]));
    let error = Assembly::new().across(epochs).series(&records).unwrap_err();
    assert!(
        matches!(&error, AssemblyError::TwoValues { device: Some(id), .. } if id == INVERTER_KEPT),
        "{error:?}"
    );
}

/// Asked for the 31st of a month with thirty days, the service answers with the first of the next.
#[test]
fn a_day_that_was_not_asked_for_is_left_out() {
    let day = |day: &str, value: i64| power(INVERTER, day, &[(0, json!(value))]);
    let records = || json!([day("2026-06-01", 1), day("2026-06-30", 30), day("2026-07-01", 31)]);
    let june = DayRange::month(2026, Month::June).unwrap();
    assert_eq!(
        values(&one(&Assembly::new().within(june), records())),
        [Some(1.0), Some(30.0)]
    );
    assert_eq!(values(&one(&Assembly::new(), records())).len(), 3);
    let later = Assembly::new().within(DayRange::day(date!(2026 - 07 - 02)));
    assert!(later.series(&data(records())).unwrap().is_empty());
    // An object without a day is judged by its stamps.
    let undated = |of: &str, value: i64| {
        let mut record = day(of, value);
        record["date"] = Value::Null;
        record
    };
    let records = json!([undated("2026-06-30", 30), undated("2026-07-01", 31)]);
    assert_eq!(values(&one(&Assembly::new().within(june), records)), [Some(30.0)]);
}

/// Every five minutes of a day in Berlin, by its own clock.
fn whole_day(day: Date) -> Vec<OffsetDateTime> {
    let berlin = TimeZone::named("Europe/Berlin");
    let end = berlin.start_of_day(day.next_day().unwrap()).unwrap();
    let mut stamps = Vec::new();
    let mut at = berlin.start_of_day(day).unwrap();
    while at < end {
        stamps.push(berlin.local(at).unwrap());
        at += Duration::minutes(5);
    }
    stamps
}

#[test]
fn days_of_23_and_25_hours_keep_every_value() {
    for (day, points, again) in [
        (date!(2026 - 03 - 28), 288, 12),
        (date!(2026 - 03 - 29), 276, 0),
        (date!(2026 - 10 - 25), 300, 24),
    ] {
        let stamps = whole_day(day);
        let between_two_and_three = |at: &&OffsetDateTime| (time!(2:00)..time!(3:00)).contains(&at.time());
        assert_eq!(stamps.iter().filter(between_two_and_three).count(), again, "{day}");
        let written = |(index, at): (usize, &OffsetDateTime)| {
            let rfc3339 = energy_core::time::format_description::well_known::Rfc3339;
            (at.format(&rfc3339).unwrap(), json!(index))
        };
        let all: Map<String, Value> = stamps.iter().enumerate().map(written).collect();
        assert_eq!(all.len(), points, "{day}: no stamp is there twice");
        let record = record(INVERTER, "Component", "ProdPac", "W", &day.to_string(), all.into());
        let series = one(&Assembly::new().within(DayRange::day(day)), json!([record]));
        assert_eq!(series.points.len(), points, "{day}");
        for (index, point) in series.points.iter().enumerate() {
            assert_eq!((point.at, point.value), (stamps[index], Some(index as f64)), "{day}");
        }
        let steps = series.points.iter().zip(series.points.iter().skip(1));
        assert!(steps.clone().all(|(a, b)| b.at - a.at == Duration::minutes(5)), "{day}");
        assert_eq!(steps.count(), points - 1);
    }
}
