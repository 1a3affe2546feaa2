//! Reads of a register as series: places in time, the hour that comes twice, gaps.
#![cfg(feature = "time-zones")]

use std::time::Duration;

use energy_core::model::*;
use energy_core::time::macros::datetime;
use energy_core::time::{OffsetDateTime, PrimitiveDateTime};
use intellimeter::*;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::*;

fn toronto() -> TimeZone {
    TimeZone::named("America/Toronto")
}

/// A read as the tests write it: the wall clock, the counter and the amount, in kWh.
type Row = (&'static str, Option<f64>, Option<f64>);

fn try_register(rows: impl IntoIterator<Item = Row>) -> Result<Register<WattHours>, InZoneError> {
    let read = |(at, counter, amount): Row| RegisterRead {
        at: local(at),
        counter: counter.map(WattHours::from_kilowatt_hours),
        amount: amount.map(WattHours::from_kilowatt_hours),
    };
    Register::new(rows.into_iter().map(read), &toronto())
}

fn register(rows: impl IntoIterator<Item = Row>) -> Register<WattHours> {
    try_register(rows).unwrap()
}

fn counter(register: &Register<WattHours>) -> Series<Sample<WattHours>> {
    register.counter(Scope::Site, Quantity::ActiveEnergy).unwrap()
}

fn amounts(register: &Register<WattHours>) -> Series<IntervalReading<WattHours>> {
    register.amounts(Scope::Site, Quantity::ActiveEnergy).unwrap()
}

/// Instants, kilowatt-hours and flags of the counter.
fn shown(rows: impl IntoIterator<Item = Row>) -> Vec<(OffsetDateTime, Option<f64>, Quality)> {
    let series = counter(&register(rows));
    let point = |point: &Sample<WattHours>| (point.at, point.value.map(|value| value.0 / 1000.0), point.quality);
    series.points().iter().map(point).collect()
}

/// Minutes, kilowatt-hours and flags of the amounts.
fn used(rows: impl IntoIterator<Item = Row>) -> Vec<(u64, Option<f64>, Quality)> {
    let series = amounts(&register(rows));
    let reading = |reading: &IntervalReading<WattHours>| {
        let minutes = reading.interval.duration().as_secs() / 60;
        (minutes, reading.value.map(|value| value.0 / 1000.0), reading.quality)
    };
    series.points().iter().map(reading).collect()
}

const UNSTATED: Quality = Quality::UNSTATED;
const QUESTIONABLE: Quality = Quality::QUESTIONABLE;

#[test]
fn an_amount_goes_from_the_read_before_to_its_own() {
    let register = register([
        ("2026-04-21T10:30:00", Some(501.0), Some(0.75)),
        ("2026-04-21T10:00:00", Some(500.0), Some(0.5)),
        ("2026-04-21T10:15:00", Some(500.25), Some(0.25)),
    ]);
    let series = amounts(&register);
    let info = series.info();
    assert_eq!((&info.scope, info.kind), (&Scope::Site, ValueKind::IntervalSum));
    assert_eq!(info.direction, Some(Direction::Consumption));
    assert_eq!(info.step, Some(Duration::from_secs(900)));
    assert_eq!(info.time_zone, Some(toronto()));
    assert_eq!(info.source, Some(SourceRef::new("intellimeter")));
    let interval = |start, end| Interval::new(start, end).unwrap();
    let (ten, quarter) = (datetime!(2026-04-21 14:00 UTC), datetime!(2026-04-21 14:15 UTC));
    assert_eq!(
        series.points(),
        [
            // What the first read counts from is not there: as long as the others.
            IntervalReading::new(interval(datetime!(2026-04-21 13:45 UTC), ten), WattHours(500.0))
                .with_quality(Quality::ESTIMATED),
            IntervalReading::new(interval(ten, quarter), WattHours(250.0)),
            IntervalReading::new(interval(quarter, datetime!(2026-04-21 14:30 UTC)), WattHours(750.0)),
        ]
    );
    let counter = counter(&register);
    assert_eq!(counter.info().kind, ValueKind::Counter);
    assert_eq!(counter.points()[0], Sample::new(ten, WattHours(500_000.0)));
    assert_eq!(counter.len(), 3);
}

#[test]
fn few_reads_have_no_usual_distance() {
    let one = [("2026-04-21T10:00:00", Some(500.0), Some(0.5))];
    assert_eq!(used(one), []);
    assert_eq!(shown(one).len(), 1);
    let two = [one[0], ("2026-04-21T13:00:00", Some(500.25), Some(0.25))];
    assert_eq!(used(two), [(180, Some(0.25), UNSTATED)]);
    assert_eq!(amounts(&register(two)).info().step, None);
    assert!(amounts(&register([])).is_empty());
}

#[test]
fn what_is_missing_stays_missing_unless_the_counter_tells_it() {
    let rows = [
        ("2026-04-21T10:00:00", Some(500.0), None),
        ("2026-04-21T10:10:00", Some(501.5), None),
        ("2026-04-21T10:20:00", None, None),
        ("2026-04-21T10:30:00", Some(502.0), Some(0.0)),
        // Another meter, or a fault: not less than nothing.
        ("2026-04-21T10:40:00", Some(3.0), None),
    ];
    let derived = (10, Some(1.5), Quality::DERIVED);
    let missing = (10, None, UNSTATED);
    assert_eq!(used(rows), [derived, missing, (10, Some(0.0), UNSTATED), missing]);
    let values: Vec<Option<f64>> = shown(rows).into_iter().map(|(_, value, _)| value).collect();
    assert_eq!(values, [Some(500.0), Some(501.5), None, Some(502.0), Some(3.0)]);
}

#[test]
fn over_missing_reads_the_counter_has_the_last_word() {
    let before = [
        ("2026-04-21T10:00:00", Some(500.0), Some(0.5)),
        ("2026-04-21T10:10:00", Some(500.5), Some(0.5)),
        ("2026-04-21T10:20:00", Some(501.0), Some(0.5)),
    ];
    let over = |counter| {
        let late = ("2026-04-21T11:20:00", counter, Some(0.5));
        used(before.into_iter().chain([late])).last().copied().unwrap()
    };
    let recovered = Quality::DERIVED | Quality::RECOVERED;
    assert_eq!(over(Some(504.0)), (60, Some(3.0), recovered));
    // Without it, nobody knows of which part the half is.
    assert_eq!(over(None), (60, Some(0.5), QUESTIONABLE));
    assert_eq!(over(Some(1.0)), (60, Some(0.5), QUESTIONABLE));
}

/// Every half hour of the night in which the clock is set back from 2:00 to 1:00.
const NIGHT: [Row; 6] = [
    ("2025-11-02T00:30:00", Some(10.0), Some(1.0)),
    ("2025-11-02T01:00:00", Some(11.0), Some(1.0)),
    ("2025-11-02T01:30:00", Some(12.0), Some(1.0)),
    ("2025-11-02T01:00:00", Some(14.0), Some(2.0)),
    ("2025-11-02T01:30:00", Some(16.0), Some(2.0)),
    ("2025-11-02T02:00:00", Some(17.0), Some(1.0)),
];

#[test]
fn in_the_hour_that_comes_twice_the_counter_tells_the_times_apart() {
    let expected: Vec<_> = [10.0, 11.0, 12.0, 14.0, 16.0, 17.0]
        .into_iter()
        .zip(0..)
        .map(|(value, half_hours)| {
            let at = datetime!(2025-11-02 00:30 -4) + Duration::from_secs(1800 * half_hours);
            (at, Some(value), UNSTATED)
        })
        .collect();
    assert_eq!(shown(NIGHT), expected);
    assert_eq!(shown(NIGHT.into_iter().rev()), expected);
    // By stamp, the later time first.
    assert_eq!(shown([5, 3, 1, 4, 2, 0].map(|index| NIGHT[index])), expected);

    let amounts: Vec<Option<f64>> = used(NIGHT).into_iter().map(|(_, value, _)| value).collect();
    assert_eq!(amounts, [1.0, 1.0, 1.0, 2.0, 2.0, 1.0].map(Some));
    assert!(used(NIGHT).iter().all(|(minutes, ..)| *minutes == 30));
}

#[test]
fn a_read_that_stands_alone_in_the_hour_goes_by_its_neighbours() {
    // 1:00 came twice, 1:30 once, and shows more than the second 1:00, or less.
    let without = |index: usize| {
        let mut rows = NIGHT.to_vec();
        rows.remove(index);
        shown(rows)
    };
    let half_past = |points: Vec<(OffsetDateTime, Option<f64>, Quality)>, counter| {
        let found = points.into_iter().find(|(_, value, _)| *value == Some(counter));
        found.map(|(at, _, quality)| (at, quality))
    };
    let (earlier, later) = (datetime!(2025-11-02 01:30 -4), datetime!(2025-11-02 01:30 -5));
    assert_eq!(half_past(without(2), 16.0), Some((later, UNSTATED)));
    assert_eq!(half_past(without(4), 12.0), Some((earlier, UNSTATED)));
}

#[test]
fn what_nothing_tells_is_the_earlier_time_and_questionable() {
    let once = [NIGHT[0], NIGHT[1], NIGHT[2], NIGHT[5]];
    let places: Vec<_> = shown(once).into_iter().map(|(at, _, quality)| (at, quality)).collect();
    assert_eq!(
        places,
        [
            (datetime!(2025-11-02 00:30 -4), UNSTATED),
            (datetime!(2025-11-02 01:00 -4), QUESTIONABLE),
            (datetime!(2025-11-02 01:30 -4), QUESTIONABLE),
            (datetime!(2025-11-02 02:00 -5), UNSTATED),
        ]
    );
    // The amounts that end or begin at such a read are doubtful too, and nothing gets lost.
    let amounts = used(once);
    assert_eq!(amounts.len(), 4);
    assert_eq!(amounts.iter().filter(|one| one.2.contains(QUESTIONABLE)).count(), 3);
}

#[test]
fn reads_without_counters_come_as_they_came() {
    let bare = NIGHT.map(|(at, _, amount)| (at, None, amount));
    let amounts = used(bare);
    let values: Vec<_> = amounts.iter().map(|(_, value, _)| *value).collect();
    assert_eq!(values, [1.0, 1.0, 1.0, 2.0, 2.0, 1.0].map(Some));
    assert!(
        amounts[1..]
            .iter()
            .all(|(minutes, _, quality)| (*minutes, *quality) == (30, QUESTIONABLE))
    );
}

#[test]
fn a_counter_that_stood_still_gives_both_times() {
    let still = NIGHT.map(|(at, ..)| (at, Some(10.0), Some(0.0)));
    let points = shown(still);
    assert_eq!(points.len(), 6);
    assert!(
        points
            .iter()
            .all(|(_, value, quality)| (*value, *quality) == (Some(10.0), UNSTATED))
    );
    assert!(used(still).iter().skip(1).all(|one| *one == (30, Some(0.0), UNSTATED)));
}

#[test]
fn a_counter_that_falls_in_that_hour_tells_nothing() {
    // Replaced or broken.
    let rows = [
        ("2025-11-02T01:00:00", Some(10.0), None),
        ("2025-11-02T01:00:00", Some(12.0), None),
        ("2025-11-02T01:30:00", Some(2.0), None),
        ("2025-11-02T01:30:00", Some(2.5), None),
        ("2025-11-02T00:59:00", Some(9.0), None),
    ];
    let points = shown(rows);
    assert_eq!(points.len(), 5);
    let doubtful: Vec<bool> = points
        .iter()
        .map(|(_, _, quality)| quality.contains(QUESTIONABLE))
        .collect();
    assert_eq!(doubtful, [false, true, true, true, true]);
}

#[test]
fn a_read_cycle_that_does_not_divide_the_hour_is_placed_by_the_counter_too() {
    // Every 25 minutes, so that no stamp comes twice.
    let rows = [
        ("2025-11-02T00:50:00", Some(1.0), None),
        ("2025-11-02T01:15:00", Some(2.0), None),
        ("2025-11-02T01:40:00", Some(3.0), None),
        ("2025-11-02T01:05:00", Some(4.0), None),
        ("2025-11-02T01:30:00", Some(5.0), None),
        ("2025-11-02T01:55:00", Some(6.0), None),
        ("2025-11-02T02:20:00", Some(7.0), None),
    ];
    let expected: Vec<_> = (0..7)
        .map(|count: u32| {
            let at = datetime!(2025-11-02 00:50 -4) + Duration::from_secs(1500) * count;
            (at, Some(f64::from(count + 1)), UNSTATED)
        })
        .collect();
    assert_eq!(shown(rows), expected);
}

#[test]
fn each_year_has_its_own_hour_that_comes_twice() {
    // A year later the counter shows more; that tells nothing about the year before.
    let rows = [
        ("2024-11-03T01:30:00", Some(5.0), None),
        ("2025-11-02T01:30:00", Some(9.0), None),
    ];
    let places: Vec<_> = shown(rows).into_iter().map(|(at, _, quality)| (at, quality)).collect();
    let expected = [datetime!(2024-11-03 01:30 -4), datetime!(2025-11-02 01:30 -4)];
    assert_eq!(places, expected.map(|at| (at, QUESTIONABLE)));
}

#[test]
fn a_stamp_that_never_came_is_an_error() {
    let error = try_register([("2026-03-08T02:30:00", Some(1.0), None)]).unwrap_err();
    assert!(matches!(error, InZoneError::Never { .. }), "{error:?}");
    let nowhere = TimeZone::named("America/Atlantis");
    let read = RegisterRead {
        at: local("2026-03-08T02:30:00"),
        counter: Some(WattHours(1.0)),
        amount: None,
    };
    assert!(matches!(Register::new([read], &nowhere), Err(InZoneError::Zone(_))));
}

#[test]
fn a_repeated_read_is_one_and_a_contradiction_none() {
    let row = ("2026-04-21T10:00:00", Some(500.0), Some(0.5));
    assert_eq!(shown([row, row]).len(), 1);
    let register = register([row, ("2026-04-21T10:00:00", Some(501.0), Some(0.5))]);
    let duplicate = SeriesError::Duplicate {
        at: datetime!(2026-04-21 14:00 UTC),
    };
    assert_eq!(register.counter(Scope::Site, Quantity::ActiveEnergy), Err(duplicate));
    assert_eq!(register.amounts(Scope::Site, Quantity::ActiveEnergy), Err(duplicate));
}

fn meter(fields: &Value) -> MeterRead {
    let mut read = json!({"meter": "b3e90d17", "time_stamping": "2026-04-21T07:20:00"});
    read.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    serde_json::from_value(read).unwrap()
}

#[test]
fn a_meter_measures_what_its_utility_or_its_unit_says() {
    let quantity = |fields: Value| meter(&fields).quantity();
    assert_eq!(quantity(json!({"utility": "E"})), Some(Quantity::ActiveEnergy));
    assert_eq!(quantity(json!({"units": "kWh"})), Some(Quantity::ActiveEnergy));
    assert_eq!(quantity(json!({"kwh": 4.0})), Some(Quantity::ActiveEnergy));
    assert_eq!(
        quantity(json!({"utility": "W", "kwh": 4.0})),
        Some(Quantity::WaterVolume)
    );
    assert_eq!(
        quantity(json!({"utility": "G", "units": "m3"})),
        Some(Quantity::GasVolume)
    );
    // Water or gas, or heat.
    assert_eq!(quantity(json!({"units": "m3"})), None);
    assert_eq!(quantity(json!({"utility": "H", "kwh": 4.0})), None);
    assert_eq!(quantity(json!({})), None);
}

#[test]
fn volumes_are_in_cubic_metres_or_not_known() {
    let volume = |units| {
        let read = meter(&json!({"utility": "W", "units": units, "m3": 61.5, "m3_interval": 0.25})).volume();
        (read.counter, read.amount)
    };
    let known = (Some(CubicMeters(61.5)), Some(CubicMeters(0.25)));
    assert_eq!(volume(json!("m3")), known);
    assert_eq!(volume(Value::Null), known);
    assert_eq!(volume(json!("gal")), (None, None));
    let energy = meter(&json!({"kwh": 731.625, "kwh_interval": 0.125})).energy();
    assert_eq!(
        (energy.counter, energy.amount),
        (Some(WattHours(731_625.0)), Some(WattHours(125.0)))
    );
    assert_eq!(energy.at, local("2026-04-21T07:20:00"));
}

/// Reads at some minutes of the four hours around the change of the clock, in whatever order, of a counter that never falls.
fn night_reads() -> impl Strategy<Value = Vec<(OffsetDateTime, f64)>> {
    let minutes = btree_set(0..300_u64, 1..60).prop_map(Vec::from_iter);
    let reads = minutes.prop_flat_map(|minutes| {
        let growth = vec(0..3_u32, minutes.len());
        (Just(minutes), growth)
    });
    let reads = reads.prop_map(|(minutes, growth)| {
        let mut counter = 0.0;
        let read = |(minutes, growth): (u64, u32)| {
            counter += f64::from(growth);
            (
                datetime!(2025-11-02 04:00 UTC) + Duration::from_secs(60 * minutes),
                counter,
            )
        };
        minutes.into_iter().zip(growth).map(read).collect::<Vec<_>>()
    });
    reads.prop_shuffle()
}

proptest! {
    #[test]
    fn no_read_gets_lost_and_none_is_at_a_wrong_time_unflagged(reads in night_reads()) {
        let zone = toronto();
        let read = |(at, counter): &(OffsetDateTime, f64)| {
            let at = zone.local(*at).unwrap();
            let at = PrimitiveDateTime::new(at.date(), at.time()).into();
            RegisterRead { at, counter: Some(WattHours(*counter)), amount: None }
        };
        let series = counter(&Register::new(reads.iter().map(read), &zone).unwrap());
        prop_assert_eq!(series.len(), reads.len());
        for point in series.points() {
            let counter = point.value.unwrap().0;
            let is_true = reads.iter().any(|(at, shown)| (*at, *shown) == (point.at, counter));
            prop_assert!(is_true || point.quality.contains(QUESTIONABLE), "{:?} in {:?}", point, reads);
        }
    }
}
