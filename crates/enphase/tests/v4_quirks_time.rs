//! What of time the service sees otherwise than one would think: ends, late data and days.

use energy_core::error::ApiErrorKind;
use energy_core::model::{Interval, Quality, TimeZone, WattHours};
use energy_core::time::macros::{date, datetime};
use enphase::v4::*;
use enphase::{LifetimeError, Reading, Spanned, When};
use serde_json::{Value, json};

use crate::v4_support::*;

#[tokio::test]
async fn quirk_26_an_end_in_the_future_is_refused_in_words() {
    let details = "Invalid request because of 'Requested date range is invalid for this system. \
                   {:start_at=>1772499600, :end_at=>1772841600, :first_interval=>1690000200, :last_interval=>1772528400}'";
    let body = json!({"message": "Unprocessable Entity", "details": details, "code": 422});
    let error = failing(
        &GetRgmStats::new(SYSTEM)
            .start_at(after(90_000))
            .end_at(datetime!(2026-03-07 0:00 UTC)),
        Reply::json(body).status(422),
    )
    .await;
    assert_eq!((error.kind, error.attempts), (ApiErrorKind::Invalid, 1));
    assert!(error.message.contains(details), "{}", error.message);
    let refusal: enphase::Refusal = error.details().unwrap();
    assert_eq!(
        (refusal.start_at, refusal.end_at),
        (Some(after(90_000)), Some(datetime!(2026-03-07 0:00 UTC)))
    );
    let range = (refusal.first_interval, refusal.last_interval);
    assert_eq!(
        range,
        (
            Some(datetime!(2023-07-22 4:30 UTC)),
            Some(datetime!(2026-03-03 9:00 UTC))
        )
    );
    let hint = error.hint.unwrap();
    assert!(
        hint.contains("2023-07-22T04:30:00Z") && hint.contains("2026-03-03T09:00:00Z"),
        "{hint}"
    );
}

/// What a day of the service holds that begins here: an interval at its beginning and one at its end.
fn day_from(start: i64) -> Reply {
    let interval = |end: i64| json!({"end_at": end, "devices_reporting": 1, "wh_del": end % 1000});
    Reply::json(json!({
        "system_id": SYSTEM, "granularity": "day", "total_devices": 1, "start_at": start, "end_at": start + 86_400,
        "intervals": [interval(start + 900), interval(start + 86_400)],
    }))
}

#[tokio::test]
async fn quirk_27_a_span_goes_on_from_where_the_answer_ended() {
    let server = Server::by(|sent, _| {
        let (_, start) = sent.line.split_once("start_at=").unwrap();
        day_from(start[..10].parse().unwrap())
    })
    .await;
    let span = Interval::new(after(0), after(3 * 86_400)).unwrap();
    let mut readings = server
        .client()
        .items(GetProductionMeterTelemetry::new(SYSTEM).over(span));
    let mut ends = Vec::new();
    while let Some(reading) = readings.next().await {
        ends.push(reading.unwrap().interval.end());
    }
    let expected = [900, 86_400, 87_300, 172_800, 173_700, 259_200].map(after);
    assert_eq!(ends, expected, "each once, though a day came where more was asked for");
    let starts: Vec<bool> = [0, 86_400, 172_800]
        .iter()
        .zip(server.sent())
        .map(|(start, sent)| {
            sent.line
                .contains(&format!("start_at={}", after(*start).unix_timestamp()))
        })
        .collect();
    assert_eq!((starts, server.sent().len()), (vec![true; 3], 3));
}

#[tokio::test]
async fn quirk_28_incomplete_intervals_are_flagged() {
    let production = read(
        &GetProductionMicroTelemetry::new(SYSTEM),
        fixture("get_production_micro_telemetry"),
    )
    .await;
    let complete: Vec<bool> = production
        .clone()
        .into_readings()
        .iter()
        .map(Reading::is_complete)
        .collect();
    assert_eq!(complete, [true, false], "15 of 16 devices in the second");
    let readings = production.clone().into_readings();
    let settled = |hours: i64| readings[0].is_settled(after(54_300 + hours * 3600));
    assert_eq!(
        (settled(2), settled(3)),
        (false, true),
        "the newest change for some hours"
    );
    assert!(
        !readings[1].is_settled(after(10 * 86_400)),
        "and an incomplete one at any time"
    );
    let qualities = |points: Vec<Quality>| assert_eq!(points, [Quality::UNSTATED, Quality::PARTIAL]);
    qualities(
        production
            .energy()
            .unwrap()
            .points()
            .iter()
            .map(|point| point.quality)
            .collect(),
    );
    qualities(
        production
            .power()
            .unwrap()
            .points()
            .iter()
            .map(|point| point.quality)
            .collect(),
    );

    let stats = read(&GetRgmStats::new(SYSTEM), fixture("get_rgm_stats")).await;
    qualities(
        stats
            .energy()
            .unwrap()
            .points()
            .iter()
            .map(|point| point.quality)
            .collect(),
    );
    let consumption = read(
        &GetConsumptionMeterTelemetry::new(SYSTEM),
        fixture("get_consumption_meter_telemetry"),
    )
    .await;
    qualities(
        consumption
            .energy()
            .unwrap()
            .points()
            .iter()
            .map(|point| point.quality)
            .collect(),
    );
    let meter = read(
        &GetProductionMeterTelemetry::new(SYSTEM),
        fixture("get_production_meter_telemetry"),
    )
    .await;
    qualities(
        meter
            .energy()
            .unwrap()
            .points()
            .iter()
            .map(|point| point.quality)
            .collect(),
    );
    let battery = read(&GetBatteryTelemetry::new(SYSTEM), fixture("get_battery_telemetry")).await;
    assert!(
        battery.into_readings()[0].is_complete(),
        "one battery that discharges and three that report"
    );
}

#[tokio::test]
async fn quirk_29_days_count_from_the_day_that_the_answer_says() {
    let request = GetEnergyLifetime::new(SYSTEM).start_date(date!(2020 - 01 - 01));
    let lifetime = read(&request, fixture("get_energy_lifetime")).await;
    let days = lifetime.days().unwrap();
    assert_eq!(days[0], (date!(2026 - 02 - 27), WattHours(9011.0)));
    assert_eq!(days[3].0, date!(2026 - 03 - 02), "over the end of the month");

    let mut answer = fixture("get_energy_lifetime");
    answer["start_date"] = Value::Null;
    let lifetime = read(&request, answer.clone()).await;
    assert_eq!(lifetime.days(), Err(LifetimeError::NoStart { numbers: 4 }));
    answer["production"] = json!([]);
    assert_eq!(read(&request, answer).await.days(), Ok(vec![]));
}

#[tokio::test]
async fn quirk_30_without_a_meter_there_are_no_intervals_or_a_failure() {
    let empty = json!({"system_id": SYSTEM, "total_devices": 0, "intervals": []});
    let telemetry = read(&GetConsumptionMeterTelemetry::new(SYSTEM), empty).await;
    assert!(telemetry.energy().unwrap().is_empty());

    let failure = || Reply::new(500, "text/plain", "Internal Server Error");
    for error in [
        failing(&GetEnergyImportTelemetry::new(SYSTEM), failure()).await,
        failing(&GetEnergyExportTelemetry::new(SYSTEM), failure()).await,
    ] {
        assert_eq!((error.kind, error.message.as_str()), (ApiErrorKind::Unavailable, ""));
        assert!(error.to_string().contains("Internal Server Error"), "{error}");
    }
}

#[tokio::test]
async fn quirk_31_the_meter_may_have_begun_at_an_instant() {
    let mut answer = fixture("get_energy_lifetime");
    answer["meter_start_date"] = json!(1_772_236_800);
    for name in ["micro_production", "meter_production"] {
        answer.as_object_mut().unwrap().remove(name).unwrap();
    }
    let merged = read(&GetEnergyLifetime::new(SYSTEM), answer).await;
    assert_eq!(
        merged.meter_start_date,
        Some(When::Instant(datetime!(2026-02-28 0:00 UTC)))
    );
    assert_eq!(
        (merged.micro_production.clone(), merged.meter_production.clone()),
        (None, None)
    );
    assert_eq!(merged.micro_days(), Ok(vec![]));

    let all = read(&GetEnergyLifetime::new(SYSTEM), fixture("get_energy_lifetime")).await;
    assert_eq!(
        all.meter_start_date.as_ref().and_then(When::date),
        Some(date!(2026 - 02 - 28))
    );
    assert_eq!(
        all.micro_days().unwrap()[2],
        (date!(2026 - 03 - 01), WattHours(10_302.0))
    );
    assert_eq!(all.meter_daily(&TimeZone::named("America/Chicago")).unwrap().len(), 4);
}
