//! Local days by the zone database: clocks that change, half hours, skipped midnights and days.

#![cfg(feature = "time-zones")]

use std::time::Duration;

use energy_core::model::{
    Coverage, Forecast, ForecastModel, Interval, IntervalReading, LocalInstant, Quantity, Scope, Series, SeriesInfo,
    TimeZone, ValueKind, WattHours, ZoneError,
};
use proptest::prelude::*;
use time::macros::{date, datetime, offset};
use time::{Date, OffsetDateTime};

const HOUR: Duration = Duration::from_secs(3_600);

fn berlin() -> TimeZone {
    TimeZone::named("Europe/Berlin")
}

/// One watt-hour per `step`, from start to end.
fn steady(start: OffsetDateTime, end: OffsetDateTime, step: Duration) -> Series<IntervalReading<WattHours>> {
    let info = SeriesInfo::new(Scope::Site, Quantity::ActiveEnergy, ValueKind::IntervalSum);
    let intervals = Interval::new(start, end).unwrap().split_by(step).unwrap();
    let points = intervals.map(|interval| IntervalReading::new(interval, WattHours(1.0)));
    Series::new(info, points.collect()).unwrap()
}

fn hours_of(zone: &TimeZone, date: Date) -> f64 {
    zone.day(date).unwrap().duration().as_secs_f64() / 3_600.0
}

#[test]
fn berlin_has_a_short_and_a_long_day() {
    let zone = berlin();
    let spring = zone.day(date!(2026 - 03 - 29)).unwrap();
    assert_eq!(spring.start(), datetime!(2026-03-28 23:00 UTC));
    assert_eq!(spring.end(), datetime!(2026-03-29 22:00 UTC));
    assert_eq!(hours_of(&zone, date!(2026 - 03 - 29)), 23.0);
    assert_eq!(hours_of(&zone, date!(2026 - 03 - 28)), 24.0);
    assert_eq!(hours_of(&zone, date!(2026 - 10 - 25)), 25.0);
    assert_eq!(zone.offset_at(datetime!(2026-03-29 0:59:59 UTC)).unwrap(), offset!(+1));
    assert_eq!(zone.offset_at(datetime!(2026-03-29 1:00 UTC)).unwrap(), offset!(+2));
}

#[test]
fn daily_totals_count_the_hours_a_day_has() {
    let series = steady(datetime!(2026-03-27 23:00 UTC), datetime!(2026-03-30 22:00 UTC), HOUR);
    let days = series.daily_totals(&berlin(), Coverage::Full).unwrap();
    let totals: Vec<_> = days.iter().map(|day| (day.date, day.total.value)).collect();
    assert_eq!(
        totals,
        [
            (date!(2026 - 03 - 28), Some(WattHours(24.0))),
            (date!(2026 - 03 - 29), Some(WattHours(23.0))),
            (date!(2026 - 03 - 30), Some(WattHours(24.0))),
        ]
    );
    let series = steady(datetime!(2026-10-24 22:00 UTC), datetime!(2026-10-25 23:00 UTC), HOUR);
    let days = series.daily_totals(&berlin(), Coverage::Full).unwrap();
    assert_eq!(days.len(), 1);
    assert_eq!(
        (days[0].date, days[0].total.value),
        (date!(2026 - 10 - 25), Some(WattHours(25.0)))
    );
}

#[test]
fn a_reading_across_midnight_is_shared_out() {
    // Two-hour readings from 21:30 UTC: local midnight (22:00 UTC) cuts the first at a quarter.
    let series = steady(
        datetime!(2026-06-01 21:30 UTC),
        datetime!(2026-06-01 23:30 UTC),
        2 * HOUR,
    );
    let days = series.daily_totals(&berlin(), Coverage::Partial).unwrap();
    assert_eq!(days[0].total.value, Some(WattHours(0.25)));
    assert_eq!(days[1].total.value, Some(WattHours(0.75)));
}

#[test]
fn wall_clock_times_that_exist_never_once_and_twice() {
    let zone = berlin();
    let before = datetime!(2026-03-29 2:00 +1);
    let after = datetime!(2026-03-29 3:00 +2);
    assert_eq!(before, after, "one instant, two clocks");
    let gap = zone.resolve(datetime!(2026-03-29 2:30:15.5)).unwrap();
    assert_eq!(gap, LocalInstant::Gap { before, after });
    assert_eq!((gap.single(), gap.earliest(), gap.latest()), (None, after, after));
    let LocalInstant::Gap { before, after } = gap else {
        unreachable!()
    };
    assert_eq!(
        (before.hour(), after.hour()),
        (2, 3),
        "the clock jumped from two to three"
    );

    let twice = zone.resolve(datetime!(2026-10-25 2:30)).unwrap();
    let (earlier, later) = (datetime!(2026-10-25 0:30 UTC), datetime!(2026-10-25 1:30 UTC));
    assert_eq!(twice, LocalInstant::Ambiguous { earlier, later });
    assert_eq!(
        (twice.single(), twice.earliest(), twice.latest()),
        (None, earlier, later)
    );

    let once = zone.resolve(datetime!(2026-07-01 12:00:00.25)).unwrap();
    assert_eq!(once.single(), Some(datetime!(2026-07-01 10:00:00.25 UTC)));
    // The edges: 3:00 exists, and so does 1:59:59.
    assert_eq!(zone.resolve(datetime!(2026-03-29 3:00)).unwrap().single(), Some(after));
    assert!(zone.resolve(datetime!(2026-03-29 1:59:59)).unwrap().single().is_some());
    assert!(zone.resolve(datetime!(2026-03-29 2:00)).unwrap().single().is_none());
}

#[test]
fn days_that_begin_at_one_o_clock() {
    let zone = TimeZone::named("America/Sao_Paulo");
    let start = zone.start_of_day(date!(2018 - 11 - 04)).unwrap();
    assert_eq!(start, datetime!(2018-11-04 3:00 UTC));
    assert_eq!((start.date(), start.hour()), (date!(2018 - 11 - 04), 1));
    assert_eq!(hours_of(&zone, date!(2018 - 11 - 04)), 23.0);
    assert_eq!(hours_of(&zone, date!(2018 - 11 - 03)), 24.0);
    // Set back at midnight: the evening before comes twice, the new day begins once.
    assert_eq!(hours_of(&zone, date!(2018 - 02 - 17)), 25.0);
    assert_eq!(
        zone.start_of_day(date!(2018 - 02 - 18)).unwrap(),
        datetime!(2018-02-18 3:00 UTC)
    );

    let zone = TimeZone::named("Asia/Beirut");
    let start = zone.start_of_day(date!(2022 - 03 - 27)).unwrap();
    assert_eq!((start, start.hour()), (datetime!(2022-03-26 22:00 UTC), 1));
    assert_eq!(hours_of(&zone, date!(2022 - 03 - 27)), 23.0);
}

#[test]
fn daily_totals_where_midnight_is_skipped() {
    let series = steady(datetime!(2018-11-03 3:00 UTC), datetime!(2018-11-05 2:00 UTC), HOUR);
    let days = series
        .daily_totals(&TimeZone::named("America/Sao_Paulo"), Coverage::Full)
        .unwrap();
    let totals: Vec<_> = days.iter().map(|day| (day.date, day.total.value)).collect();
    assert_eq!(
        totals,
        [
            (date!(2018 - 11 - 03), Some(WattHours(24.0))),
            (date!(2018 - 11 - 04), Some(WattHours(23.0)))
        ]
    );
}

#[test]
fn half_hours() {
    let kolkata = TimeZone::named("Asia/Kolkata");
    assert_eq!(
        kolkata.start_of_day(date!(2026 - 06 - 01)).unwrap(),
        datetime!(2026-05-31 18:30 UTC)
    );
    let series = steady(datetime!(2026-05-31 18:00 UTC), datetime!(2026-06-01 19:00 UTC), HOUR);
    let days = series.daily_totals(&kolkata, Coverage::Partial).unwrap();
    let totals: Vec<_> = days.iter().map(|day| day.total.value.unwrap().0).collect();
    assert_eq!(totals, [0.5, 24.0, 0.5]);

    // Lord Howe shifts by half an hour.
    let lord_howe = TimeZone::named("Australia/Lord_Howe");
    assert_eq!(hours_of(&lord_howe, date!(2026 - 04 - 05)), 24.5);
    assert_eq!(hours_of(&lord_howe, date!(2026 - 10 - 04)), 23.5);
    let series = steady(
        datetime!(2026-04-04 13:00 UTC),
        datetime!(2026-04-05 13:30 UTC),
        HOUR / 2,
    );
    let days = series.daily_totals(&lord_howe, Coverage::Full).unwrap();
    assert_eq!(days.len(), 1);
    assert_eq!(days[0].total.value, Some(WattHours(49.0)));
}

#[test]
fn a_day_that_never_was() {
    // Samoa crossed the date line at the end of 29 December 2011.
    let zone = TimeZone::named("Pacific/Apia");
    let date = date!(2011 - 12 - 30);
    let refusal = ZoneError::NoSuchDay {
        date,
        zone: zone.clone(),
    };
    assert_eq!(zone.start_of_day(date), Err(refusal.clone()));
    assert_eq!(zone.day(date), Err(refusal.clone()));
    assert!(refusal.to_string().contains("2011-12-30"), "{refusal}");
    assert_eq!(hours_of(&zone, date!(2011 - 12 - 29)), 24.0);
    let window = Interval::new(datetime!(2011-12-29 12:00 UTC), datetime!(2011-12-31 12:00 UTC)).unwrap();
    let dates: Vec<_> = zone.days(window).unwrap().into_iter().map(|(date, _)| date).collect();
    assert_eq!(
        dates,
        [date!(2011 - 12 - 29), date!(2011 - 12 - 31), date!(2012 - 01 - 01)]
    );
}

#[test]
fn a_clock_set_back_across_midnight() {
    // St John's went from 0:01 back to 23:01 of the day before. The new day begins when its
    // midnight first shows; no time is lost or counted twice.
    let zone = TimeZone::named("America/St_Johns");
    let midnight = zone.resolve(datetime!(2010-11-07 0:00)).unwrap();
    assert!(matches!(midnight, LocalInstant::Ambiguous { .. }));
    let before = zone.day(date!(2010 - 11 - 06)).unwrap();
    let after = zone.day(date!(2010 - 11 - 07)).unwrap();
    assert_eq!(before.end(), after.start());
    assert_eq!(after.start(), midnight.earliest());
    assert_eq!(after.duration(), 25 * HOUR);
    // A window that starts in the repeated evening.
    let window = Interval::starting_at(midnight.earliest() + HOUR / 2, HOUR).unwrap();
    assert_eq!(zone.date_at(window.start()).unwrap(), date!(2010 - 11 - 06));
    let dates: Vec<_> = zone.days(window).unwrap().into_iter().map(|(date, _)| date).collect();
    assert_eq!(dates, [date!(2010 - 11 - 07)]);
    assert_eq!(zone.day_at(window.start()).unwrap(), after);
    let forecast = Forecast::new(Scope::Pv, ForecastModel::Estimate);
    let rest = forecast.remaining_today(window.start(), &zone, Coverage::Full).unwrap();
    assert_eq!(rest.interval.end(), after.end());
}

#[test]
fn unknown_zones_are_named() {
    let zone = TimeZone::named("Europe/Berlim");
    let refusal = ZoneError::Unknown {
        name: "Europe/Berlim".to_owned(),
    };
    assert_eq!(zone.offset_at(datetime!(2026-06-01 0:00 UTC)), Err(refusal.clone()));
    assert_eq!(zone.resolve(datetime!(2026-06-01 0:00)), Err(refusal.clone()));
    assert_eq!(zone.start_of_day(date!(2026 - 06 - 01)), Err(refusal));
    assert!(TimeZone::named("").date_at(datetime!(2026-06-01 0:00 UTC)).is_err());
}

#[test]
fn long_ago_and_far_ahead() {
    let zone = berlin();
    // Local mean time, with seconds.
    assert_eq!(
        zone.offset_at(datetime!(1880-01-01 0:00 UTC)).unwrap(),
        offset!(+0:53:28)
    );
    assert_eq!(hours_of(&zone, date!(2500 - 07 - 01)), 24.0);
}

fn zones() -> impl Strategy<Value = TimeZone> {
    prop::sample::select(vec![
        "Europe/Berlin",
        "Europe/Lisbon",
        "America/New_York",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Asia/Beirut",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Chatham",
        "Africa/Casablanca",
    ])
    .prop_map(TimeZone::named)
}

proptest! {
    #[test]
    fn days_tile_any_window(zone in zones(), start in 1_000_000_000_i64..2_500_000_000, length in 1_i64..3_000_000) {
        let at = |second| OffsetDateTime::from_unix_timestamp(second).unwrap();
        let window = Interval::new(at(start), at(start + length)).unwrap();
        let days = zone.days(window).unwrap();
        prop_assert!(days[0].1.start() <= window.start());
        prop_assert!(window.end() <= days[days.len() - 1].1.end());
        for pair in days.windows(2) {
            prop_assert_eq!(pair[0].1.end(), pair[1].1.start());
            prop_assert!(pair[0].0 < pair[1].0);
        }
        prop_assert!(days.iter().all(|(_, day)| day.overlaps(&window)));
    }

    #[test]
    fn every_instant_lies_in_its_day(zone in zones(), second in 0_i64..4_000_000_000) {
        let instant = OffsetDateTime::from_unix_timestamp(second).unwrap();
        prop_assert!(zone.day_at(instant).unwrap().contains(instant));
    }

    #[test]
    fn every_instant_is_found_again_from_its_wall_clock(zone in zones(), second in 0_i64..4_000_000_000) {
        let instant = OffsetDateTime::from_unix_timestamp(second).unwrap();
        let local = zone.local(instant).unwrap();
        let wall = time::PrimitiveDateTime::new(local.date(), local.time());
        match zone.resolve(wall).unwrap() {
            LocalInstant::Single(found) => prop_assert_eq!(found, instant),
            LocalInstant::Ambiguous { earlier, later } => {
                prop_assert!(earlier < later);
                prop_assert!(earlier == instant || later == instant);
            }
            LocalInstant::Gap { .. } => prop_assert!(false, "the clock did show {}", wall),
        }
    }

    #[test]
    fn daily_totals_sum_to_the_whole(zone in zones(), start in 1_000_000_000_i64..2_000_000_000, hours in 1_i32..200) {
        let at = |second| OffsetDateTime::from_unix_timestamp(second).unwrap();
        let series = steady(at(start), at(start + i64::from(hours) * 3_600), HOUR);
        let days = series.daily_totals(&zone, Coverage::Partial).unwrap();
        let sum: WattHours = days.iter().filter_map(|day| day.total.value).sum();
        let expected = f64::from(hours);
        prop_assert!((sum.0 - expected).abs() < 1e-9 * expected);
    }
}
