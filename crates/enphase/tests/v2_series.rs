//! Answers as series: explicit starts and ends, energies that add up, days that are as long as they were.

use std::time::Duration;

use energy_core::model::{
    Direction, Interval, IntervalReading, Quality, Quantity, Scope, Series, TimeZone, ValueKind, WattHours,
};
use enphase::v2::*;
use enphase::{EnergyRequest, LifetimeError, energy_series};
use proptest::prelude::*;
use serde_json::{Value, json};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use crate::v2_support::*;

fn as_stats(body: Value) -> Stats {
    serde_json::from_value(body).unwrap()
}

fn energies(series: &Series<IntervalReading<WattHours>>) -> Vec<Option<f64>> {
    series
        .points()
        .iter()
        .map(|point| point.value.map(|energy| energy.0))
        .collect()
}

#[test]
fn labels_of_stats_are_ends_of_five_minutes() {
    let stats = as_stats(stats());
    let energy = stats.energy().unwrap();
    let first = Interval::new(datetime!(2021-11-08 13:55 UTC), datetime!(2021-11-08 14:00 UTC)).unwrap();
    assert_eq!(energy.points()[0].interval, first);
    assert_eq!(energies(&energy), [Some(151.0), Some(147.0)]);
    let info = energy.info();
    assert_eq!(
        (info.quantity, info.kind),
        (Quantity::ActiveEnergy, ValueKind::IntervalSum)
    );
    assert_eq!((&info.scope, info.direction), (&Scope::Pv, Some(Direction::Production)));
    assert_eq!(info.step, Some(Duration::from_secs(300)));
    let source = info.source.as_ref().unwrap();
    assert_eq!(
        (source.provider.as_str(), source.resource.as_deref()),
        ("enphase", Some("stats"))
    );

    let power = stats.power().unwrap();
    assert_eq!(power.points()[0].interval, first);
    assert_eq!(power.points()[0].value.unwrap().0, 1812.0);
    assert_eq!(
        (power.info().quantity, power.info().kind),
        (Quantity::ActivePower, ValueKind::IntervalMean)
    );
    assert_eq!(power.info().direction, Some(Direction::Production));
}

#[test]
fn the_night_is_a_gap_and_not_a_long_interval() {
    let mut body = stats();
    body["intervals"] = json!([
        {"end_at": 1_636_322_400, "powr": 12, "enwh": 1, "devices_reporting": 18},
        {"end_at": 1_636_376_400, "powr": 24, "enwh": 2, "devices_reporting": 18},
    ]);
    let energy = as_stats(body).energy().unwrap();
    let lengths: Vec<_> = energy
        .points()
        .iter()
        .map(|point| point.interval.duration().as_secs())
        .collect();
    assert_eq!(lengths, [300, 300]);
}

#[test]
fn labels_of_consumption_are_ends_of_quarters_unless_they_stand_closer() {
    let answer = |ends: &[i64]| -> ConsumptionStats {
        let intervals: Vec<Value> = ends
            .iter()
            .map(|end| json!({"end_at": end, "enwh": 100, "devices_reporting": 1}))
            .collect();
        let body = json!({"system_id": SYSTEM, "total_devices": 1, "meta": meta(), "intervals": intervals});
        serde_json::from_value(body).unwrap()
    };
    let energy = answer(&[1_636_380_000, 1_636_380_900]).energy().unwrap();
    assert_eq!(energy.points()[0].interval.start(), datetime!(2021-11-08 13:45 UTC));
    assert_eq!(energy.info().direction, Some(Direction::Consumption));
    assert_eq!(energy.info().scope, Scope::Site);
    assert_eq!(energy.info().step, Some(Duration::from_secs(900)));

    let energy = answer(&[1_636_380_000, 1_636_380_300, 1_636_380_600]).energy().unwrap();
    assert_eq!(energy.points()[0].interval.start(), datetime!(2021-11-08 13:55 UTC));
    assert_eq!(energy.info().step, Some(Duration::from_secs(300)));
    assert!(answer(&[]).energy().unwrap().is_empty());
}

#[test]
fn meters_have_a_series_for_each_channel() {
    let stats: RgmStats = serde_json::from_value(rgm_stats()).unwrap();
    assert_eq!(energies(&stats.energy().unwrap()), [Some(402.0), Some(388.0)]);
    let qualities: Vec<_> = stats
        .energy()
        .unwrap()
        .points()
        .iter()
        .map(|point| point.quality)
        .collect();
    assert_eq!(qualities, [Quality::UNSTATED, Quality::PARTIAL]);

    let channels = stats.channels();
    assert_eq!(
        channels.iter().map(|channel| channel.channel).collect::<Vec<_>>(),
        [1, 2]
    );
    let first = &channels[0];
    assert_eq!(
        (first.meter.as_str(), first.envoy.as_str()),
        ("201847003316EIM1", ENVOY)
    );
    let energy = first.energy().unwrap();
    assert_eq!(energies(&energy), [Some(402.0), Some(388.25)]);
    assert_eq!(energy.info().scope, Scope::Meter("201847003316EIM1".into()));
    assert_eq!(energy.points()[0].interval.start(), datetime!(2021-11-08 13:30 UTC));
    // Power is the mean: the energy of a quarter, four times.
    let power = first.power().unwrap();
    for (power, energy) in power.points().iter().zip(energy.points()) {
        assert_eq!(power.value.unwrap().0, energy.value.unwrap().0 * 4.0);
    }
    assert_eq!(energies(&channels[1].energy().unwrap()), [None, None]);
}

#[test]
fn everything_of_meters_comes_in_order_of_time() {
    let stats: RgmStats = serde_json::from_value(rgm_stats()).unwrap();
    let ends: Vec<_> = stats
        .into_readings()
        .iter()
        .map(|reading| match reading {
            RgmReading::Total(total) => (total.interval.end().unix_timestamp(), 0),
            RgmReading::Channel(channel) => (reading.interval().end().unix_timestamp(), channel.reading.data.channel),
            other => panic!("something new: {other:?}"),
        })
        .collect();
    let (early, late) = (1_636_379_100, 1_636_380_000);
    assert_eq!(
        ends,
        [(early, 0), (early, 1), (early, 2), (late, 0), (late, 1), (late, 2)]
    );
}

fn new_york() -> TimeZone {
    TimeZone::named("US/Eastern")
}

fn production(start: &str, numbers: &[i64], last_energy_at: Option<i64>) -> EnergyLifetime {
    let mut meta = meta();
    meta["last_energy_at"] = json!(last_energy_at);
    let body = json!({"start_date": start, "system_id": SYSTEM, "production": numbers, "meta": meta});
    serde_json::from_value(body).unwrap()
}

#[test]
fn days_are_23_and_25_hours_where_clocks_change() {
    let spring = production("2021-03-13", &[100, 200, 300], None)
        .daily(&new_york())
        .unwrap();
    let hours = |series: &Series<IntervalReading<WattHours>>| -> Vec<u64> {
        series
            .points()
            .iter()
            .map(|point| point.interval.duration().as_secs() / 3600)
            .collect()
    };
    assert_eq!(hours(&spring), [24, 23, 24]);
    assert_eq!(spring.points()[1].interval.start(), datetime!(2021-03-14 05:00 UTC));
    assert_eq!(spring.points()[1].interval.end(), datetime!(2021-03-15 04:00 UTC));
    assert_eq!(spring.points()[1].value, Some(WattHours(200.0)));
    assert_eq!(spring.info().time_zone, Some(new_york()));
    assert_eq!(spring.info().direction, Some(Direction::Production));
    let autumn = production("2021-11-06", &[100, 200, 300], None)
        .daily(&new_york())
        .unwrap();
    assert_eq!(hours(&autumn), [24, 25, 24]);
}

#[test]
fn zeroes_that_were_not_reported_yet_are_missing() {
    // Last heard of at noon of the second day.
    let noon = datetime!(2021-11-06 12:00 -04:00).unix_timestamp();
    let series = production("2021-11-05", &[8000, 3100, 0, 0], Some(noon))
        .daily(&new_york())
        .unwrap();
    assert_eq!(energies(&series), [Some(8000.0), Some(3100.0), None, None]);
    assert_eq!(series.points()[0].quality, Quality::UNSTATED);
    assert_eq!(series.points()[1].quality, Quality::PARTIAL);
    // A day of snow is a zero that was reported.
    let later = datetime!(2021-11-12 12:00 -05:00).unix_timestamp();
    let series = production("2021-11-05", &[8000, 0, 0], Some(later))
        .daily(&new_york())
        .unwrap();
    assert_eq!(energies(&series), [Some(8000.0), Some(0.0), Some(0.0)]);
}

#[test]
fn all_series_of_production_have_days() {
    let mut body = lifetime();
    body["micro_production"] = json!([9000, 8800, 10_000, 0]);
    body["meter_production"] = json!([0, 8844, 10_031, 0]);
    let answer: EnergyLifetime = serde_json::from_value(body).unwrap();
    let first = |days: Vec<(Date, WattHours)>| days[0];
    assert_eq!(
        first(answer.days().unwrap()),
        (date!(2021 - 11 - 05), WattHours(9120.0))
    );
    assert_eq!(
        first(answer.micro_days().unwrap()),
        (date!(2021 - 11 - 05), WattHours(9000.0))
    );
    assert_eq!(
        first(answer.meter_days().unwrap()),
        (date!(2021 - 11 - 05), WattHours(0.0))
    );
    assert_eq!(answer.micro_daily(&new_york()).unwrap().len(), 4);
    assert_eq!(energies(&answer.meter_daily(&new_york()).unwrap())[1], Some(8844.0));
    let wrong = answer.daily(&TimeZone::named("Atlantis/Capital")).unwrap_err();
    assert!(matches!(wrong, LifetimeError::Zone(_)), "{wrong:?}");
}

#[test]
fn days_of_consumption_are_consumption() {
    let body = json!({"start_date": "2021-11-06", "consumption": [14_302, -3], "meta": meta()});
    let answer: ConsumptionLifetime = serde_json::from_value(body).unwrap();
    let days = [
        (date!(2021 - 11 - 06), WattHours(14_302.0)),
        (date!(2021 - 11 - 07), WattHours(-3.0)),
    ];
    assert_eq!(answer.days().unwrap(), days);
    let daily = answer.daily(&new_york()).unwrap();
    assert_eq!(daily.info().direction, Some(Direction::Consumption));
    assert_eq!(daily.info().scope, Scope::Site);
}

proptest! {
    /// Whatever was reported, in whatever order: no energy is lost or made, and each interval ends at its label.
    #[test]
    fn no_energy_is_lost(slots in proptest::collection::btree_map(0_i64..288, (0_i64..5000, 0_i64..=18), 1..60), turn in 0_usize..60) {
        let midnight = 1_636_347_600;
        let mut intervals: Vec<Value> = slots
            .iter()
            .map(|(slot, (energy, devices))| {
                let end = midnight + 300 * (slot + 1);
                json!({"end_at": end, "powr": energy * 12, "enwh": energy, "devices_reporting": devices})
            })
            .collect();
        let turn = turn % intervals.len();
        intervals.rotate_left(turn);
        let mut body = stats();
        body["intervals"] = json!(intervals);
        let stats = as_stats(body);
        let (energy, power) = (stats.energy().unwrap(), stats.power().unwrap());
        let sum: f64 = energies(&energy).into_iter().flatten().sum();
        prop_assert_eq!(sum, slots.values().map(|(energy, _)| *energy as f64).sum::<f64>());
        for ((slot, (_, devices)), (energy, power)) in slots.iter().zip(energy.points().iter().zip(power.points())) {
            prop_assert_eq!(energy.interval.end().unix_timestamp(), midnight + 300 * (slot + 1));
            prop_assert_eq!(energy.interval.duration(), Duration::from_secs(300));
            prop_assert_eq!(energy.quality.contains(Quality::PARTIAL), *devices < 18);
            prop_assert_eq!(energy.interval, power.interval);
            prop_assert_eq!(power.value.unwrap().0, energy.value.unwrap().0 * 12.0);
        }
        let request = GetStats::new(SYSTEM);
        let same = energy_series(request.info(), stats.into_readings()).unwrap();
        prop_assert_eq!(same.points(), energy.points());
    }

    /// Days follow one another without gap or overlap over every change of the clocks, and each keeps its number.
    #[test]
    fn days_meet_and_keep_their_numbers(first in 0_i64..3000, numbers in proptest::collection::vec(1_i64..60_000, 1..400)) {
        let start = date!(2016 - 01 - 01) + time::Duration::days(first);
        let lifetime = production(&start.to_string(), &numbers, None);
        let days = lifetime.days().unwrap();
        let daily = lifetime.daily(&new_york()).unwrap();
        prop_assert_eq!(daily.len(), numbers.len());
        for (index, (point, (date, energy))) in daily.points().iter().zip(&days).enumerate() {
            prop_assert_eq!(*date, start + time::Duration::days(index.try_into().unwrap()));
            prop_assert_eq!(new_york().date_at(point.interval.start()).unwrap(), *date);
            prop_assert_eq!(point.value, Some(*energy));
            prop_assert_eq!(energy.0, numbers[index] as f64);
        }
        let ends: Vec<OffsetDateTime> = daily.points().iter().map(|point| point.interval.end()).collect();
        for (end, next) in ends.iter().zip(daily.points().iter().skip(1)) {
            prop_assert_eq!(*end, next.interval.start());
        }
    }
}
