//! v4 as a source: which calls answer a question, and what the answers are.
#![cfg(feature = "unified")]

use energy_core::model::{Direction, Interval, Quality, Quantity, Scope, ScopeLevel, ValueKind};
use energy_core::source::{DAY, Question, Source};
use energy_core::time::Duration;
use energy_core::time::macros::{date, datetime};
use enphase::v4::*;
use serde_json::json;

use crate::v4_service::*;
use crate::v4_source::*;

#[tokio::test]
async fn a_year_of_days_is_one_call() {
    let (days, asked) = one(&daily_production(back(365))).await;
    assert_eq!(asked.len(), 1);
    assert_eq!(resource(&asked[0]), "energy_lifetime");
    // From 11:00 in Berlin on; the first and the last day are there as a whole.
    assert_eq!(date(&asked[0], "start_date"), date!(2025 - 06 - 18));
    assert_eq!(date(&asked[0], "end_date"), date!(2026 - 06 - 18));
    let expected: Vec<_> = (date!(2025 - 06 - 18).to_julian_day()..=date!(2026 - 06 - 18).to_julian_day())
        .map(|number| Some(f64::from(number)))
        .collect();
    assert_eq!(energies(&days), expected);
    assert_eq!(
        days.energy().unwrap().points()[0].interval.start(),
        datetime!(2025-06-17 22:00 UTC)
    );
}

#[tokio::test]
async fn a_week_of_five_minutes_is_one_call() {
    let question = Question::production(back(7)).with_resolution(FIVE_MINUTES);
    let (series, asked) = one(&question).await;
    assert_eq!(asked.len(), 1);
    assert_eq!(resource(&asked[0]), "telemetry/production_micro");
    assert_eq!(asked[0].parameter("granularity").as_deref(), Some("week"));
    assert_eq!(asked[0].number("start_at"), Some(back(7).start().unix_timestamp()));
    assert_eq!(series.len(), 7 * 288);
}

#[tokio::test]
async fn two_years_of_five_minutes_are_105_calls_which_the_free_quota_does_not_have() {
    let question = Question::production(back(729)).with_resolution(FIVE_MINUTES);
    let idle = Service::by(|asked, _| {
        let start = asked.number("start_at").unwrap();
        let end = (start + 7 * 86_400).min(NOW.unix_timestamp());
        ok(json!({"system_id": SYSTEM, "start_at": start, "end_at": end, "intervals": []}))
    });
    let plan = source(&idle).plan(&site(), &question).unwrap();
    assert_eq!(plan.calls(), 105);
    plan.run().await.unwrap();
    assert_eq!(idle.count(), 105);

    let service = service();
    let source = source_on(&service, Plan::Watt);
    let quotas = source.account().quotas();
    let [minute, month] = quotas.as_slice() else {
        panic!("{quotas:?}");
    };
    let plan = source.plan(&site(), &question).unwrap();
    let shortage = plan.fits(minute).unwrap_err();
    assert_eq!((shortage.cost, shortage.left, shortage.short_by()), (105, 10, 95));
    assert!(shortage.to_string().contains("95 too many"), "{shortage}");
    assert!(plan.fits(month).is_ok());
    let cheap = source.plan(&site(), &daily_production(back(365))).unwrap();
    assert!(quotas.iter().all(|quota| cheap.fits(quota).is_ok()));
    cheap.run().await.unwrap();
    let shortage = plan.fits(&source.account().quotas()[0]).unwrap_err();
    assert_eq!(shortage.short_by(), 96, "one call was spent");
}

#[tokio::test]
async fn what_is_asked_without_a_resolution_takes_what_costs_least() {
    let (days, asked) = one(&Question::consumption(back(300))).await;
    assert_eq!((asked.len(), days.info().step), (1, Some(DAY)));
}

/// Production meters are not everywhere, microinverters are: a quarter of an hour is answered at five minutes.
#[tokio::test]
async fn production_is_never_asked_of_a_meter_that_may_not_be_there() {
    let quarters = energy(ScopeLevel::Pv, Direction::Production, back(2), QUARTER);
    let (series, asked) = one(&quarters).await;
    assert!(
        asked
            .iter()
            .all(|asked| resource(asked) == "telemetry/production_micro")
    );
    assert_eq!(series.info().step, Some(FIVE_MINUTES));
}

/// Every series question that the site level has, where it goes, and what it is.
#[tokio::test]
async fn each_question_goes_where_it_is_cheapest() {
    use Direction::{Charge, Consumption, Discharge, Export, Import, Production};
    use ScopeLevel::{Grid, Pv, Site, Storage};
    let rows = [
        (Pv, Scope::Pv, Production, FIVE_MINUTES, "telemetry/production_micro"),
        (Pv, Scope::Pv, Production, DAY, "energy_lifetime"),
        (Site, Scope::Site, Consumption, QUARTER, "telemetry/consumption_meter"),
        (Site, Scope::Site, Consumption, DAY, "consumption_lifetime"),
        (Grid, Scope::Grid, Import, QUARTER, "energy_import_telemetry"),
        (Grid, Scope::Grid, Import, DAY, "energy_import_lifetime"),
        (Grid, Scope::Grid, Export, QUARTER, "energy_export_telemetry"),
        (Grid, Scope::Grid, Export, DAY, "energy_export_lifetime"),
        (Storage, Scope::Storage, Charge, QUARTER, "telemetry/battery"),
        (Storage, Scope::Storage, Charge, DAY, "battery_lifetime"),
        (Storage, Scope::Storage, Discharge, QUARTER, "telemetry/battery"),
        (Storage, Scope::Storage, Discharge, DAY, "battery_lifetime"),
    ];
    for (level, scope, direction, step, expected) in rows {
        let (series, asked) = one(&energy(level, direction, back(16), step)).await;
        assert_eq!(asked.len(), if step == DAY { 1 } else { 3 }, "{expected}");
        assert!(asked.iter().all(|asked| resource(asked) == expected), "{expected}");
        let info = series.info();
        assert_eq!(
            (&info.scope, info.direction, info.step),
            (&scope, Some(direction), Some(step))
        );
        assert_eq!(
            (info.quantity, info.kind),
            (Quantity::ActiveEnergy, ValueKind::IntervalSum)
        );
        assert_eq!(info.time_zone, site().time_zone);
        let source = info.source.as_ref().unwrap();
        assert_eq!((source.provider.as_str(), source.fetched_at), ("enphase", Some(NOW)));
        assert!(
            source
                .resource
                .as_deref()
                .is_some_and(|resource| expected.contains(resource))
        );
        let points = if step == DAY {
            17
        } else {
            16 * 86_400 / step.as_secs() as usize
        };
        assert_eq!((series.len(), series.known()), (points, points), "{expected}");
    }
}

#[tokio::test]
async fn power_is_the_mean_of_five_minutes() {
    let question = Question::new(Quantity::ActivePower, ScopeLevel::Pv, back(1));
    let (series, asked) = one(&question).await;
    assert_eq!(resource(&asked[0]), "telemetry/production_micro");
    assert_eq!(asked[0].parameter("granularity").as_deref(), Some("day"));
    let info = series.info();
    assert_eq!(
        (info.kind, info.direction),
        (ValueKind::IntervalMean, Some(Direction::Production))
    );
    assert_eq!(
        (info.step, series.interval_power().unwrap().len()),
        (Some(FIVE_MINUTES), 288)
    );
}

#[tokio::test]
async fn how_full_batteries_are_has_no_direction() {
    let question = Question::new(Quantity::StateOfCharge, ScopeLevel::Storage, back(1));
    let (series, asked) = one(&question).await;
    assert_eq!(resource(&asked[0]), "telemetry/battery");
    let states = series.state_of_charge().unwrap();
    assert_eq!((states.info().direction, states.info().step), (None, Some(QUARTER)));
    let points = states.points();
    assert_eq!(points.len(), 96);
    assert_eq!(points.last().unwrap().at, back(1).end(), "the end is one of them");
}

/// The same data, asked for by hand.
#[tokio::test]
async fn values_are_those_of_the_answers_themselves() {
    let week = back(7);
    let client = client(&service());
    let (production, _) = one(&Question::production(week).with_resolution(FIVE_MINUTES)).await;
    let request = GetProductionMicroTelemetry::new(SYSTEM)
        .start_at(week.start())
        .granularity(Granularity::Week);
    let answer = client.send(&request).await.unwrap();
    assert_eq!(
        production.energy().unwrap().points(),
        answer.energy().unwrap().within(week).points()
    );
    let (power, _) = one(&Question::new(Quantity::ActivePower, ScopeLevel::Pv, week)).await;
    assert_eq!(
        power.interval_power().unwrap().points(),
        answer.power().unwrap().within(week).points()
    );

    let request = GetBatteryTelemetry::new(SYSTEM)
        .start_at(week.start())
        .granularity(Granularity::Week);
    let answer = client.send(&request).await.unwrap();
    for (direction, own) in [
        (Direction::Charge, answer.charged().unwrap()),
        (Direction::Discharge, answer.discharged().unwrap()),
    ] {
        let (series, _) = one(&energy(ScopeLevel::Storage, direction, week, QUARTER)).await;
        assert_eq!(series.energy().unwrap().points(), own.within(week).points());
    }

    let request = GetEnergyImportLifetime::new(SYSTEM)
        .start_date(date!(2026 - 06 - 11))
        .end_date(date!(2026 - 06 - 18));
    let answer = client.send(&request).await.unwrap();
    let (days, _) = one(&energy(ScopeLevel::Grid, Direction::Import, week, DAY)).await;
    let own = answer.daily(&site().time_zone.unwrap()).unwrap();
    assert_eq!(days.energy().unwrap().points(), own.points());
}

#[tokio::test]
async fn intervals_that_the_question_cuts_are_there_as_a_whole() {
    let interval = Interval::new(datetime!(2026-06-17 10:03:20 UTC), datetime!(2026-06-17 11:58 UTC)).unwrap();
    let (series, asked) = one(&Question::production(interval).with_resolution(FIVE_MINUTES)).await;
    let begin = datetime!(2026-06-17 10:00 UTC);
    assert_eq!(asked[0].number("start_at"), Some(begin.unix_timestamp()));
    let span = series.energy().unwrap().span().unwrap();
    assert_eq!((span.start(), span.end()), (begin, datetime!(2026-06-17 12:00 UTC)));
}

#[tokio::test]
async fn what_is_still_to_come_is_neither_asked_for_nor_told() {
    let until = |days| Interval::new(back(7).start(), NOW + Duration::days(days)).unwrap();
    let (series, asked) = one(&Question::production(until(30)).with_resolution(FIVE_MINUTES)).await;
    assert_eq!(asked.len(), 2, "a week, and the minutes after it");
    assert_eq!(
        series.energy().unwrap().span().unwrap().end(),
        datetime!(2026-06-18 09:10 UTC)
    );
    let (days, asked) = one(&daily_production(until(30))).await;
    assert_eq!(date(&asked[0], "end_date"), date!(2026 - 06 - 18));
    assert_eq!(
        days.energy().unwrap().points().last().unwrap().quality,
        Quality::PARTIAL
    );
    // In the five minutes that are not over yet there is nothing.
    let begun = Interval::new(NOW - Duration::seconds(20), NOW + Duration::days(1)).unwrap();
    let (series, asked) = one(&Question::production(begun).with_resolution(FIVE_MINUTES)).await;
    assert!(asked.is_empty() && series.is_empty());
    assert_eq!(series.info().step, Some(FIVE_MINUTES));
}

#[tokio::test]
async fn what_has_not_been_reported_is_missing() {
    let service = Service::by(|asked, _| {
        if resource(asked) == "energy_lifetime" {
            let days = json!([410, 0, 0, 0]);
            let meta = meta(datetime!(2026-06-16 18:00 UTC));
            return ok(json!({"system_id": SYSTEM, "start_date": "2026-06-15", "production": days, "meta": meta}));
        }
        let start = asked.number("start_at").unwrap();
        ok(
            json!({"system_id": SYSTEM, "start_at": start, "end_at": start + 86_400, "total_devices": 4, "intervals": [
                {"end_at": start + 300, "enwh": 12, "powr": 144, "devices_reporting": 4},
                {"end_at": start + 600, "enwh": null, "powr": null, "devices_reporting": 0},
                {"end_at": start + 900, "enwh": 9, "powr": 108, "devices_reporting": 3},
            ]}),
        )
    });
    let source = source(&service);
    let days = source.readings(&site(), &daily_production(back(3))).await.unwrap();
    assert_eq!(energies(&days[0]), [Some(410.0), Some(0.0), None, None]);
    let question = Question::production(back(1)).with_resolution(FIVE_MINUTES);
    let intervals = source.readings(&site(), &question).await.unwrap();
    assert_eq!(energies(&intervals[0]), [Some(12.0), None, Some(9.0)]);
    assert_eq!(intervals[0].energy().unwrap().points()[2].quality, Quality::PARTIAL);
}
