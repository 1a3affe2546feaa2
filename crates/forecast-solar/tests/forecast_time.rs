//! Stamps as instants: every format, local time, the changes of the clocks, and what cannot be read.

use std::time::Duration;

use energy_core::model::{Quality, WattHours, ZoneError};
use energy_core::time::OffsetDateTime;
use energy_core::time::macros::{date, datetime, offset};
use forecast_solar::*;
use serde_json::{Value, json};

use crate::support::read;
use crate::support::told::*;

#[test]
fn days_are_as_long_as_the_clocks_make_them() {
    let at_noon = |at: OffsetDateTime| vec![(at - Duration::from_secs(3600), 0.0), (at, 500.0)];
    let noons = [
        (datetime!(2026-03-28 12:00 +1), 24),
        (datetime!(2026-03-29 12:00 +2), 23),
        (datetime!(2026-03-30 12:00 +2), 24),
        (datetime!(2026-10-24 12:00 +2), 24),
        (datetime!(2026-10-25 12:00 +1), 25),
        (datetime!(2026-10-26 12:00 +1), 24),
    ];
    let samples: Samples = noons.iter().flat_map(|(noon, _)| at_noon(*noon)).collect();
    let forecast = forecast_of(&samples, ISO);
    for (day, (noon, hours)) in forecast.days.iter().zip(noons) {
        assert_eq!(day.date, noon.date());
        let interval = day.interval.unwrap();
        assert_eq!(interval.duration(), Duration::from_secs(hours * 3600), "{}", day.date);
        assert!(interval.contains(noon));
        assert_eq!(day.energy, WattHours(250.0));
    }
    let long = forecast.days[4].interval.unwrap();
    assert_eq!(long.start(), datetime!(2026-10-24 22:00 UTC));
    assert_eq!(long.end(), datetime!(2026-10-25 23:00 UTC));
    let short = forecast.days[1].interval.unwrap();
    assert_eq!(short.start(), datetime!(2026-03-28 23:00 UTC));
    assert_eq!(short.end(), datetime!(2026-03-29 22:00 UTC));
}

/// The night in which summer time ends, from midnight to midnight.
fn autumn(step_minutes: i64) -> Samples {
    let change = datetime!(2026-10-25 01:00 UTC);
    let from = datetime!(2026-10-24 22:00 UTC);
    let steps = 25 * 60 / step_minutes;
    let instants = (0..steps).map(|step| from + energy_core::time::Duration::minutes(step * step_minutes));
    let local = instants.map(|at| at.to_offset(if at < change { offset!(+2) } else { offset!(+1) }));
    local
        .map(|at| (at, if (8..17).contains(&at.hour()) { 800.0 } else { 0.0 }))
        .collect()
}

#[test]
fn an_hour_written_twice_is_read_in_order() {
    for step in [60, 30] {
        let samples = autumn(step);
        let text = told(&samples, Written::Local, &berlin());
        assert_eq!(
            text.matches("2026-10-25 02:00:00").count(),
            2 * 3,
            "twice in each series"
        );
        let forecast = parse(&text).forecast().unwrap();
        let instants: Vec<_> = forecast.power.points().iter().map(|sample| sample.at).collect();
        let expected: Vec<_> = samples.iter().map(|(at, _)| *at).collect();
        assert_eq!(instants, expected);
        assert!(readings(&forecast).iter().all(|r| r.quality == Quality::FORECAST));
        assert_eq!(forecast, forecast_of(&samples, ISO));
    }
}

#[test]
fn an_hour_written_once_is_the_second_and_questionable() {
    let lost = datetime!(2026-10-25 00:00 UTC);
    let samples: Samples = autumn(60).into_iter().filter(|(at, _)| *at != lost).collect();
    let forecast = forecast_of(&samples, Written::Local);
    let doubtful: Vec<_> = forecast
        .power
        .points()
        .iter()
        .filter(|sample| sample.quality.contains(Quality::QUESTIONABLE))
        .map(|sample| sample.at)
        .collect();
    assert_eq!(doubtful, [datetime!(2026-10-25 01:00 UTC)]);
    let around: Vec<_> = readings(&forecast)
        .into_iter()
        .filter(|r| r.quality.contains(Quality::QUESTIONABLE))
        .map(|r| (r.interval.start(), r.interval.end()))
        .collect();
    let expected = [
        (datetime!(2026-10-24 23:00 UTC), datetime!(2026-10-25 01:00 UTC)),
        (datetime!(2026-10-25 01:00 UTC), datetime!(2026-10-25 02:00 UTC)),
    ];
    assert_eq!(around, expected, "two hours in one, and the hour after");
}

#[test]
fn every_format_gives_the_same_forecast() {
    let expected = forecast_of(&two_days(), ISO);
    assert_eq!(expected.cross_check().largest(), Some(WattHours(0.0)));
    for format in [
        TimeFormat::Utc,
        TimeFormat::Rfc2822,
        TimeFormat::Seconds,
        TimeFormat::Milliseconds,
        TimeFormat::Nanoseconds,
    ] {
        assert_eq!(forecast_of(&two_days(), Written::As(format)), expected, "{format:?}");
    }
    assert_eq!(forecast_of(&two_days(), Written::Local), expected);
    let naive = told(&two_days(), Written::UtcNaive, &berlin());
    assert_eq!(parse(&naive).forecast_with(NaiveStamps::Utc).unwrap(), expected);
    let misread = parse(&naive).forecast().unwrap();
    assert_ne!(misread, expected, "read as local time they would be two hours off");
}

#[test]
fn stamps_are_written_back_as_they_came() {
    for written in [
        ISO,
        Written::Local,
        Written::As(TimeFormat::Utc),
        Written::As(TimeFormat::Rfc2822),
        Written::As(TimeFormat::Nanoseconds),
    ] {
        let answer = parse(&told(&two_days(), written, &berlin()));
        let again = serde_json::to_string(&answer).unwrap();
        assert_eq!(parse(&again), answer);
        for (at, _) in two_days() {
            let key = stamp(at, written);
            assert_eq!(again.matches(&format!("\"{key}\":")).count(), 3, "{key} in {again}");
        }
    }
}

#[test]
fn days_are_local_days_far_from_greenwich() {
    // Sunrise and sunset of one day at +10, which is two days in UTC.
    let samples = vec![
        (datetime!(2026-05-06 06:20 +10), 0.0),
        (datetime!(2026-05-06 09:20 +10), 900.0),
        (datetime!(2026-05-06 10:20 +10), 1100.0),
        (datetime!(2026-05-06 17:20 +10), 0.0),
    ];
    for written in [
        Written::As(TimeFormat::Utc),
        Written::As(TimeFormat::Seconds),
        Written::Local,
    ] {
        let text = told(&samples, written, &message("Australia/Brisbane"));
        let forecast = parse(&text).forecast().unwrap();
        assert_eq!(forecast.energy.len(), 3);
        assert_eq!(forecast.days.len(), 1);
        assert_eq!(forecast.days[0].date, date!(2026 - 05 - 06));
        assert_eq!(forecast.cross_check().largest(), Some(WattHours(0.0)));
    }
}

#[test]
fn stamps_without_zone_need_one_in_the_answer() {
    for nowhere in [
        json!({"code": 0, "type": "success", "text": ""}),
        json!({"code": 0, "type": "success", "text": "", "info": []}),
        json!({"code": 0, "type": "success", "text": "", "info": {"time": "2026-05-06T09:20:00+02:00"}}),
    ] {
        let answer = parse(&told(&two_days(), Written::Local, &nowhere));
        let error = answer.forecast().unwrap_err();
        assert_eq!(error, ForecastError::NoZone);
        assert!(error.to_string().contains("time=iso8601"), "{error}");
        assert!(answer.forecast_with(NaiveStamps::Utc).is_ok());
        let exact = parse(&told(&two_days(), ISO, &nowhere)).forecast().unwrap();
        assert_eq!(
            exact.days.iter().map(|day| day.interval).collect::<Vec<_>>(),
            [None, None]
        );
        assert_eq!((exact.energy.len(), exact.time_zone), (8, None));
    }
}

#[test]
fn a_zone_that_nobody_knows_matters_only_where_it_is_needed() {
    let mars = message("Mars/Olympus_Mons");
    let error = parse(&told(&two_days(), Written::Local, &mars)).forecast().unwrap_err();
    let name = "Mars/Olympus_Mons".to_owned();
    assert_eq!(error, ForecastError::Zone(ZoneError::Unknown { name }));
    let exact = parse(&told(&two_days(), ISO, &mars)).forecast().unwrap();
    assert_eq!(exact.energy, {
        let mut known: Value = serde_json::to_value(forecast_of(&two_days(), ISO).energy).unwrap();
        known["info"]["time_zone"] = json!("Mars/Olympus_Mons");
        serde_json::from_value(known).unwrap()
    });
    assert_eq!(
        (exact.days[1].date, exact.days[1].interval),
        (date!(2026 - 05 - 07), None)
    );
}

#[test]
fn a_date_is_no_instant() {
    let mut body: Value = serde_json::from_str(&told(&two_days(), ISO, &berlin())).unwrap();
    body["result"]["watts"]["2026-05-08"] = json!(0);
    let error = read::<Estimate>(&body).forecast().unwrap_err();
    assert_eq!(error, ForecastError::Stamp("2026-05-08".to_owned()));
    assert!(error.to_string().contains("2026-05-08"));
}

#[test]
fn what_is_no_stamp_is_not_read() {
    for key in [
        "",
        "noon",
        "2026-05-06 09:00",
        "2026-13-01",
        "-5",
        "123456789012345678901",
        "١٢٣",
    ] {
        let body = json!({"result": {(key): 1}, "message": {"type": "success", "text": ""}});
        let error = serde_json::from_value::<Answer<PowerSeries>>(body).unwrap_err();
        assert!(error.to_string().contains("is no stamp"), "{key}: {error}");
    }
}

/// An answer that names no zone, only the offset at the time it was made.
fn without_zone(time: &str) -> Value {
    json!({"code": 0, "type": "success", "text": "", "info": {"time": time}})
}

#[test]
fn without_a_zone_days_keep_their_date_over_the_change_of_the_clocks() {
    let noons = [
        datetime!(2026-03-28 12:00 +1),
        datetime!(2026-03-29 12:00 +2),
        datetime!(2026-03-30 12:00 +2),
    ];
    let samples: Samples = noons
        .iter()
        .flat_map(|noon| [(*noon - Duration::from_secs(3600), 0.0), (*noon, 500.0)])
        .collect();
    let made_in_winter = without_zone("2026-03-28T08:00:00+01:00");
    let text = told(&samples, Written::As(TimeFormat::Seconds), &made_in_winter);
    let forecast = parse(&text).forecast().unwrap();
    let dates: Vec<_> = forecast.days.iter().map(|day| day.date).collect();
    assert_eq!(dates, noons.map(OffsetDateTime::date));
    assert_eq!(forecast.cross_check().running_and_days, Some(WattHours(0.0)));
}

#[test]
fn the_end_of_the_calendar_does_no_harm() {
    let body = json!({
        "result": {"9999-12-31T23:30:00+00:00": 1},
        "message": without_zone("2026-05-06T09:20:00-02:00"),
    });
    assert_eq!(read::<PowerSeries>(&body).forecast().unwrap().power.len(), 1);
    let mut body = body;
    body["message"] = without_zone("2026-05-06T09:20:00+02:00");
    assert_eq!(read::<PowerSeries>(&body).forecast().unwrap().power.len(), 1);
    assert_eq!(read::<DayEnergySeries>(&body).forecast().unwrap().days.len(), 1);
}
