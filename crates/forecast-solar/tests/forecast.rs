//! From stamped values to intervals: ends, nights, midnights, sums, and what goes along.

use std::time::Duration;

use energy_core::model::{
    Direction, ForecastModel, Interval, IntervalReading, Quality, SeriesError, TimeZone, ValueKind, WattHours, Watts,
};
use energy_core::time::macros::{date, datetime, offset};
use energy_core::time::{OffsetDateTime, UtcOffset};
use forecast_solar::*;
use serde_json::{Value, json};

use crate::support::told::*;
use crate::support::{fixture, only, read};

/// A whole day in steps of an hour, with power only at noon.
fn hourly(from: OffsetDateTime, hours: i64, offset_at: impl Fn(OffsetDateTime) -> UtcOffset) -> Samples {
    let instants = (0..=hours).map(|hour| from + energy_core::time::Duration::hours(hour));
    let local = instants.map(|at| at.to_offset(offset_at(at)));
    local
        .map(|at| (at, if at.hour() == 12 { 1000.0 } else { 0.0 }))
        .collect()
}

fn reading(from: OffsetDateTime, to: OffsetDateTime, energy: f64, quality: Quality) -> IntervalReading<WattHours> {
    IntervalReading::new(Interval::new(from, to).unwrap(), WattHours(energy)).with_quality(quality)
}

#[test]
fn a_value_belongs_to_the_interval_that_ends_at_its_stamp() {
    let forecast = forecast_of(&two_days(), ISO);
    let first = reading(
        datetime!(2026-05-06 03:50 UTC),
        datetime!(2026-05-06 05:00 UTC),
        350.0,
        Quality::FORECAST,
    );
    assert_eq!(readings(&forecast)[0], first, "from sunrise, not before it");
    let before_one = reading(
        datetime!(2026-05-06 10:00 UTC),
        datetime!(2026-05-06 11:00 UTC),
        4300.0,
        Quality::FORECAST,
    );
    assert_eq!(readings(&forecast)[2], before_one);
    let starts: Vec<_> = readings(&forecast).iter().map(|r| r.interval.start()).collect();
    assert_eq!(
        starts.len(),
        8,
        "nine stamps, eight intervals: the first stamp has none"
    );
    assert!(is_gapless(&forecast));
}

#[test]
fn the_night_between_two_dark_samples_is_a_derived_zero() {
    let forecast = forecast_of(&two_days(), ISO);
    let night = readings(&forecast)[4];
    let expected = Interval::new(datetime!(2026-05-06 18:30 UTC), datetime!(2026-05-07 03:48 UTC)).unwrap();
    assert_eq!((night.interval, night.value), (expected, Some(WattHours(0.0))));
    assert!(night.quality.contains(Quality::DERIVED | Quality::FORECAST));
    let derived: Vec<_> = readings(&forecast).into_iter().filter(is_derived).collect();
    assert_eq!(derived, [night], "all others are the service's own");
}

#[test]
fn without_the_samples_at_the_sun_nobody_knows_the_night() {
    let lit: Samples = two_days().into_iter().filter(|(_, watts)| *watts > 0.0).collect();
    for forecast in [forecast_of(&lit, ISO), power_alone(&lit).forecast().unwrap()] {
        let intervals: Vec<_> = readings(&forecast).iter().map(|r| r.interval).collect();
        assert_eq!(
            intervals.len(),
            3,
            "two of the first day, one of the second: {intervals:?}"
        );
        let night = Interval::new(datetime!(2026-05-06 11:00 UTC), datetime!(2026-05-07 05:00 UTC)).unwrap();
        assert!(
            intervals.iter().all(|interval| !interval.overlaps(&night)),
            "{intervals:?}"
        );
    }
}

fn power_alone(samples: &Samples) -> Answer<PowerSeries> {
    let mut body: Value = serde_json::from_str(&told(samples, ISO, &berlin())).unwrap();
    body["result"] = body["result"]["watts"].take();
    read(&body)
}

#[test]
fn under_the_midnight_sun_the_step_over_midnight_is_a_trapezoid() {
    let mut samples = hourly(datetime!(2026-06-20 00:00 +2), 47, |_| offset!(+2));
    for (_, watts) in &mut samples {
        *watts += 200.0;
    }
    let forecast = forecast_of(&samples, ISO);
    let over_midnight = readings(&forecast)[23];
    assert_eq!(over_midnight.interval.end(), datetime!(2026-06-20 22:00 UTC));
    assert_eq!(over_midnight.value, Some(WattHours(200.0)));
    assert!(is_derived(&over_midnight));
    assert!(is_gapless(&forecast));
}

#[test]
fn periods_running_sums_and_power_give_the_same_energy() {
    let whole = read::<Estimate>(&fixture("estimate_personal")).forecast().unwrap();
    let periods: Answer<PeriodEnergySeries> = read(&only("watt_hours_period", "estimate_personal"));
    let running: Answer<RunningEnergySeries> = read(&only("watt_hours", "estimate_personal"));
    let power: Answer<PowerSeries> = read(&only("watts", "estimate_personal"));
    let own: Vec<_> = readings(&whole).into_iter().filter(|r| !is_derived(r)).collect();
    assert_eq!(own.len(), 108, "112 stamps on four days");
    assert_eq!(readings(&periods.forecast().unwrap()), own);
    assert_eq!(readings(&running.forecast().unwrap()), own);
    let from_power = power.forecast().unwrap();
    assert_eq!(
        from_power.energy.len(),
        111,
        "with the three nights, which power shows to be dark"
    );
    assert!(readings(&from_power).iter().all(is_derived));
    for (ours, theirs) in readings(&from_power).iter().zip(readings(&whole)) {
        assert_eq!(ours.interval, theirs.interval);
        let (ours, theirs) = (ours.value.unwrap().0, theirs.value.unwrap().0);
        assert!((ours - theirs).abs() <= 0.5 + 1e-9, "{ours} is not {theirs}");
    }
}

#[test]
fn the_midnight_that_closes_a_full_answer_opens_no_day() {
    let mut body = fixture("estimate_full");
    for with_empty_day in [true, false] {
        if !with_empty_day {
            body["result"]["watt_hours_day"]
                .as_object_mut()
                .unwrap()
                .remove("2026-06-05");
        }
        let forecast = read::<Estimate>(&body).forecast().unwrap();
        let days: Vec<_> = forecast.days.iter().map(|day| (day.date, day.energy.0)).collect();
        assert_eq!(
            days,
            [(date!(2026 - 06 - 03), 41_694.0), (date!(2026 - 06 - 04), 64_566.0)]
        );
        assert_eq!(forecast.energy.len(), 96);
        assert!(is_gapless(&forecast));
        let both = [&forecast.days[0], &forecast.days[1]].map(|day| day.interval.unwrap());
        let span = Interval::new(both[0].start(), both[1].end()).unwrap();
        assert_eq!(forecast.energy.span(), Some(span), "exactly two days");
        let sum: f64 = readings(&forecast).iter().map(|r| r.value.unwrap().0).sum();
        assert_eq!(sum, 41_694.0 + 64_566.0, "the steps over midnight add nothing");
    }
}

#[test]
fn two_values_at_one_instant_are_no_series() {
    let text = r#"{"result": {"2026-05-06T09:00:00+02:00": 5, "2026-05-06T07:00:00+00:00": 6},
        "message": {"type": "success", "text": ""}}"#;
    let answer: Answer<PowerSeries> = serde_json::from_str(text).unwrap();
    let at = datetime!(2026-05-06 07:00 UTC);
    assert_eq!(
        answer.forecast().unwrap_err(),
        ForecastError::Series(SeriesError::Duplicate { at })
    );
}

#[test]
fn time_quota_and_source_go_along() {
    let forecast = forecast_of(&two_days(), ISO);
    assert_eq!(forecast.issued_at, Some(datetime!(2026-05-06 07:20 UTC)));
    assert_eq!(forecast.time_zone, Some(TimeZone::named("Europe/Berlin")));
    let limit = forecast.rate_limit.as_ref().unwrap();
    assert_eq!((limit.limit, limit.remaining), (12, Some(7)));
    let (power, energy) = (forecast.power.info(), forecast.energy.info());
    assert_eq!((power.kind, energy.kind), (ValueKind::Instant, ValueKind::IntervalSum));
    for info in [power, energy] {
        assert_eq!(info.direction, Some(Direction::Production));
        assert_eq!(info.time_zone, forecast.time_zone);
        let source = info.source.as_ref().unwrap();
        assert_eq!(source.provider, "forecast-solar");
        assert_eq!(source.request_id.as_deref(), Some("Fc7Uu31a"));
    }
    let mut local_only = berlin();
    local_only["info"]["time_utc"].take();
    let forecast = parse(&told(&two_days(), ISO, &local_only)).forecast().unwrap();
    assert_eq!(
        forecast.issued_at,
        Some(datetime!(2026-05-06 07:20 UTC)),
        "from the local time"
    );
}

#[test]
fn the_common_model_has_the_same_series() {
    let forecast = forecast_of(&two_days(), ISO);
    let model = forecast.to_model(ForecastModel::History).unwrap();
    assert_eq!(model.model, ForecastModel::History);
    assert_eq!(model.issued_at, forecast.issued_at);
    assert_eq!(
        (model.energy(), model.power()),
        (Some(&forecast.energy), Some(&forecast.power))
    );
    let middle = datetime!(2026-05-06 12:30 +2);
    assert_eq!(model.power_at(middle, Duration::from_secs(3600)), Some(Watts(4300.0)));
    let days: Answer<DayEnergySeries> = read(&only("watt_hours_day", "estimate_public"));
    let model = days.forecast().unwrap().to_model(ForecastModel::Estimate).unwrap();
    assert_eq!(
        (model.energy(), model.power()),
        (None, None),
        "days alone are no series of intervals"
    );
}

#[test]
fn the_series_are_held_against_each_other() {
    let noon = "2026-05-06T12:00:00+02:00";
    let wrong_by_seven = |series: &str, key: &str| {
        let mut body: Value = serde_json::from_str(&told(&two_days(), ISO, &berlin())).unwrap();
        let value = body["result"][series][key].as_f64().unwrap();
        body["result"][series][key] = json!(value + 7.0);
        let check = read::<Estimate>(&body).forecast().unwrap().cross_check();
        assert!(check.largest().unwrap().0 >= 3.5, "{series}: {check:?}");
        let whole = |difference: Option<WattHours>| difference.unwrap().0.round();
        [
            check.power_and_periods,
            check.periods_and_running,
            check.running_and_days,
        ]
        .map(whole)
    };
    assert_eq!(wrong_by_seven("watt_hours_period", noon), [7.0, 7.0, 0.0]);
    assert_eq!(wrong_by_seven("watt_hours", noon), [0.0, 7.0, 0.0]);
    assert_eq!(
        wrong_by_seven("watt_hours", "2026-05-06T20:30:00+02:00"),
        [0.0, 7.0, 7.0]
    );
    assert_eq!(wrong_by_seven("watt_hours_day", "2026-05-07"), [0.0, 0.0, 7.0]);
    // 7 W too much, over the five hours that lead to it: half of 35 Wh.
    assert_eq!(wrong_by_seven("watts", noon), [18.0, 0.0, 0.0]);
    let alone = power_alone(&two_days()).forecast().unwrap().cross_check();
    assert_eq!(
        (alone, alone.largest()),
        (CrossCheck::default(), None),
        "nothing to compare with"
    );
}

#[test]
fn a_running_sum_that_begins_anew_gives_no_negative_energy() {
    // Nothing says that the place is far from Greenwich, so its days seem to be those of UTC.
    let body = json!({
        "result": {
            "2026-05-06T05:00:00+00:00": 800, "2026-05-06T07:00:00+00:00": 1700,
            "2026-05-06T21:00:00+00:00": 0, "2026-05-06T22:00:00+00:00": 150,
        },
        "message": {"type": "success", "text": ""},
    });
    let forecast = read::<RunningEnergySeries>(&body).forecast().unwrap();
    let energies: Vec<_> = readings(&forecast).iter().map(|r| r.value.unwrap().0).collect();
    assert_eq!(energies, [900.0, 150.0]);
}

#[test]
fn hours_follow_the_clock_of_the_place() {
    let answer: Answer<Estimate> = read(&fixture("estimate_personal"));
    let forecast = answer.forecast().unwrap();
    let hours = forecast.by_hour().unwrap();
    let zone = forecast.time_zone.clone().unwrap();
    for reading in hours.points() {
        assert_eq!(reading.interval.duration(), std::time::Duration::from_secs(3600));
        assert_eq!(zone.local(reading.interval.start()).unwrap().minute(), 0);
    }
    let of = |series: &energy_core::model::Series<energy_core::model::IntervalReading<WattHours>>| -> f64 {
        series
            .points()
            .iter()
            .filter_map(|reading| reading.value)
            .map(|energy| energy.0)
            .sum()
    };
    assert!(
        (of(&hours) - of(&forecast.energy)).abs() < 1e-6,
        "no energy is lost on the way"
    );
}

#[test]
fn instants_and_intervals_are_in_utc_whatever_the_stamps_show() {
    let forecast = forecast_of(&two_days(), ISO);
    assert!(forecast.power.points().iter().all(|sample| sample.at.offset().is_utc()));
    let first = forecast.energy.points()[0].interval;
    assert_eq!(first.start().to_string(), "2026-05-06 3:50:00.0 +00:00:00");
    assert!(first.end().offset().is_utc());
}
