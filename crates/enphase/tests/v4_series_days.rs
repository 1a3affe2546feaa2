//! Series of days: dated by the answer, in the time zone of the site.

use energy_core::model::{Direction, IntervalReading, Quality, Scope, Series, WattHours, ZoneError};
use energy_core::time::macros::{date, datetime};
use energy_core::time::{Date, OffsetDateTime};
use enphase::v4::*;
use enphase::{LifetimeError, SerialNumber, TimeZone};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::v4_service::SYSTEM;
use crate::v4_service::series::*;

/// An old name of `America/Los_Angeles`, as sites still have it.
fn pacific() -> TimeZone {
    TimeZone::named("US/Pacific")
}

/// What a site produced since `start`.
fn produced(start: &Value, days: &Value, last: Option<OffsetDateTime>) -> EnergyLifetime {
    let meta = last.map(|last| {
        json!({"status": "normal", "last_report_at": last.unix_timestamp() + 240, "last_energy_at": last.unix_timestamp()})
    });
    let answer = json!({"system_id": SYSTEM, "start_date": start, "production": days, "meta": meta});
    read(
        &GetEnergyLifetime::new(SYSTEM).start_date(date!(2020 - 01 - 01)),
        answer,
    )
}

fn hours(series: &Series<IntervalReading<WattHours>>) -> Vec<u64> {
    series
        .points()
        .iter()
        .map(|point| point.interval.duration().as_secs() / 3_600)
        .collect()
}

/// The position of a number and the answer's own start make its day, whatever was asked for.
#[test]
fn days_are_dated_by_the_answer() {
    let answer = produced(&json!("2026-05-30"), &json!([21_400, 0, 18_950]), None);
    let expected = [
        (date!(2026 - 05 - 30), WattHours(21_400.0)),
        (date!(2026 - 05 - 31), WattHours(0.0)),
        (date!(2026 - 06 - 01), WattHours(18_950.0)),
    ];
    assert_eq!(answer.days().unwrap(), expected);
    let daily = answer.daily(&pacific()).unwrap();
    let first = daily.points()[0].interval;
    assert_eq!(
        (first.start(), first.end()),
        (datetime!(2026-05-30 0:00 -7), datetime!(2026-05-31 0:00 -7))
    );
    assert_eq!(
        (values(&daily), hours(&daily)),
        (vec![Some(21_400.0), Some(0.0), Some(18_950.0)], vec![24; 3])
    );
    let info = daily.info();
    assert_eq!((&info.scope, info.direction), (&Scope::Pv, Some(Direction::Production)));
    assert_eq!(info.time_zone, Some(pacific()));
}

#[test]
fn days_on_which_the_clocks_change() {
    // 8 March 2026 has 23 hours in the United States, 1 November 25.
    let spring = produced(&json!("2026-03-07"), &json!([1, 2, 3]), None)
        .daily(&pacific())
        .unwrap();
    assert_eq!(hours(&spring), [24, 23, 24]);
    let autumn = produced(&json!("2026-10-31"), &json!([1, 2, 3]), None)
        .daily(&pacific())
        .unwrap();
    assert_eq!(hours(&autumn), [24, 25, 24]);
    assert_eq!(autumn.points()[1].interval.end(), datetime!(2026-11-02 0:00 -8));
    let sydney = TimeZone::named("Australia/Sydney");
    let april = produced(&json!("2026-04-04"), &json!([1, 2, 3]), None)
        .daily(&sydney)
        .unwrap();
    assert_eq!(hours(&april), [24, 25, 24]);
}

#[test]
fn old_names_of_zones() {
    let days = |zone: &str| {
        produced(&json!("2026-10-31"), &json!([1, 2]), None)
            .daily(&TimeZone::named(zone))
            .unwrap()
    };
    for (old, new) in [
        ("US/Pacific", "America/Los_Angeles"),
        ("US/Eastern", "America/New_York"),
        ("US/Central", "America/Chicago"),
        ("US/Hawaii", "Pacific/Honolulu"),
    ] {
        let (old, new) = (days(old), days(new));
        assert_eq!(old.points(), new.points());
    }
}

#[test]
fn a_zone_that_nobody_knows() {
    let answer = produced(&json!("2026-05-30"), &json!([1]), None);
    let error = answer.daily(&TimeZone::named("US/Atlantis")).unwrap_err();
    assert!(
        matches!(error, LifetimeError::Zone(ZoneError::Unknown { .. })),
        "{error:?}"
    );
}

#[test]
fn numbers_without_a_start_have_no_days() {
    let error = produced(&json!(null), &json!([12, 13]), None).days().unwrap_err();
    assert_eq!(error, LifetimeError::NoStart { numbers: 2 });
    assert!(produced(&json!(null), &json!([12]), None).daily(&pacific()).is_err());
    // A system that has never produced.
    let nothing = produced(&json!(null), &json!([]), None);
    assert!(nothing.days().unwrap().is_empty());
    assert!(nothing.daily(&pacific()).unwrap().is_empty());
}

/// Zeros after the last report are days of which nobody knows anything, and the day of the report is not over.
#[test]
fn what_has_not_been_reported_yet() {
    let last = datetime!(2026-06-03 15:30 -7);
    let answer = produced(&json!("2026-06-01"), &json!([20_100, 0, 8_000, 0, 0]), Some(last));
    let daily = answer.daily(&pacific()).unwrap();
    assert_eq!(values(&daily), [Some(20_100.0), Some(0.0), Some(8_000.0), None, None]);
    let partial: Vec<bool> = daily
        .points()
        .iter()
        .map(|point| point.quality.contains(Quality::PARTIAL))
        .collect();
    assert_eq!(partial, [false, false, true, false, false]);
    assert_eq!(
        answer.days().unwrap()[4],
        (date!(2026 - 06 - 05), WattHours(0.0)),
        "as it came"
    );
}

/// A report of midnight is the last of the day that has ended, and the first of none.
#[test]
fn a_last_report_at_midnight() {
    let last = datetime!(2026-06-03 0:00 -7);
    let daily = produced(&json!("2026-06-01"), &json!([9, 8, 0]), Some(last))
        .daily(&pacific())
        .unwrap();
    assert_eq!(values(&daily), [Some(9.0), Some(8.0), None]);
    assert!(
        !daily.points()[1].quality.contains(Quality::PARTIAL),
        "the day before is whole"
    );
}

/// What was measured counts, whatever the times around it say.
#[test]
fn energy_after_the_last_report_is_believed() {
    let last = datetime!(2026-06-01 15:30 -7);
    let daily = produced(&json!("2026-06-01"), &json!([9, 8]), Some(last))
        .daily(&pacific())
        .unwrap();
    assert_eq!(values(&daily), [Some(9.0), Some(8.0)]);
}

#[test]
fn every_series_of_days_says_what_it_is() {
    let day = date!(2026 - 06 - 01);
    let body = |name: &str| json!({"system_id": SYSTEM, "start_date": "2026-06-01", name: [700]});
    let is = |series: &Series<IntervalReading<WattHours>>, scope: Scope, direction: Direction| {
        assert_eq!(
            (&series.info().scope, series.info().direction),
            (&scope, Some(direction))
        );
        assert_eq!(values(series), [Some(700.0)]);
    };
    let zone = pacific();
    let used = read(&GetConsumptionLifetime::new(SYSTEM), body("consumption"));
    is(&used.daily(&zone).unwrap(), Scope::Site, Direction::Consumption);
    let import = read(&GetEnergyImportLifetime::new(SYSTEM), body("import"));
    is(&import.daily(&zone).unwrap(), Scope::Grid, Direction::Import);
    let export = read(&GetEnergyExportLifetime::new(SYSTEM), body("export"));
    is(&export.daily(&zone).unwrap(), Scope::Grid, Direction::Export);
    let battery = json!({"system_id": SYSTEM, "start_date": "2026-06-01", "charge": [700], "discharge": [700]});
    let battery = read(&GetBatteryLifetime::new(SYSTEM), battery);
    is(&battery.charge_daily(&zone).unwrap(), Scope::Storage, Direction::Charge);
    is(
        &battery.discharge_daily(&zone).unwrap(),
        Scope::Storage,
        Direction::Discharge,
    );
    let serial = SerialNumber::from("202311220033");
    let evse = read(&GetEvseLifetime::new(SYSTEM, &serial), body("consumption"));
    is(
        &evse.daily(&zone, &serial).unwrap(),
        Scope::EvCharger("202311220033".into()),
        Direction::Consumption,
    );
    let charger = read(&GetChargerLifetime::new(SYSTEM, &serial, day), body("consumption"));
    is(
        &charger.daily(&zone, &serial).unwrap(),
        Scope::EvCharger("202311220033".into()),
        Direction::Consumption,
    );
    let heat_pump = read(&GetHeatPumpLifetime::new(SYSTEM), body("consumption"));
    is(
        &heat_pump.daily(&zone).unwrap(),
        Scope::Load("heat pump".into()),
        Direction::Consumption,
    );
    let all = json!({
        "system_id": SYSTEM, "start_date": "2026-06-01", "production": [700], "micro_production": [690],
        "meter_production": [705], "meter_start_date": "2026-06-01",
    });
    let all = read(&GetEnergyLifetime::new(SYSTEM), all);
    is(&all.daily(&zone).unwrap(), Scope::Pv, Direction::Production);
    assert_eq!(values(&all.micro_daily(&zone).unwrap()), [Some(690.0)]);
    assert_eq!(values(&all.meter_daily(&zone).unwrap()), [Some(705.0)]);
    assert_eq!(all.meter_days().unwrap(), [(day, WattHours(705.0))]);
}

proptest! {
    /// Days follow one another without a gap, and their sum is that of the wire.
    #[test]
    fn no_day_is_lost(
        days in prop::collection::vec(0_i64..90_000, 0..500),
        start in 2_456_300_i32..2_461_000,
        zone in prop::sample::select(vec!["US/Pacific", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    ) {
        let start = Date::from_julian_day(start).unwrap();
        let answer = produced(&json!(start.to_string()), &json!(days), None);
        let daily = answer.daily(&TimeZone::named(zone)).unwrap();
        prop_assert_eq!(daily.len(), days.len());
        let sum: f64 = values(&daily).into_iter().flatten().sum();
        prop_assert_eq!(sum, days.iter().sum::<i64>() as f64);
        for pair in daily.points().windows(2) {
            prop_assert_eq!(pair[0].interval.end(), pair[1].interval.start());
        }
    }
}
