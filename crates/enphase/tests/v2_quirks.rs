//! Where the wire is not what the documentation says. The numbers are those of the guide's list of oddities; what others
//! corrected in descriptions of v2 after calls to the living service stands behind them.

use energy_core::model::Quality;
use enphase::v2::*;
use enphase::*;
use serde_json::{Value, json};
use time::macros::{date, datetime};

use crate::v2_support::*;

#[tokio::test]
async fn quirk_07_a_summary_of_the_past_has_zeroes_and_no_beginning() {
    let body = json!({
        "system_id": SYSTEM, "current_power": 0, "energy_lifetime": 21_440_806, "energy_today": 18_202,
        "last_interval_end_at": null, "last_report_at": null, "modules": 0, "operational_at": null, "size_w": 0,
        "source": "microinverters", "status": "normal", "summary_date": "2020-06-02", "stage": 5,
    });
    let summary = read(&GetSummary::new(SYSTEM), body).await;
    assert_eq!((summary.current_power, summary.modules, summary.size_w), (0, 0, 0));
    assert_eq!(
        (
            summary.operational_at,
            summary.last_report_at,
            summary.last_interval_end_at
        ),
        (None, None, None)
    );
    assert_eq!(summary.summary_date, date!(2020 - 06 - 02));
    assert_eq!(summary.extra.get("stage"), Some(&json!(5)), "what is new is kept");
}

#[tokio::test]
async fn quirk_15_rgm_channels_without_data_floats_and_any_order() {
    let text = r#"{
        "meter_intervals": [{"intervals": [
            {"wh_del": 2.0, "end_at": 1636380000, "curr_w": 8, "channel": 1},
            {"curr_w": null, "channel": 2, "wh_del": null, "end_at": 1636380000},
            {"channel": 3, "end_at": 1636380000}
        ], "envoy_serial_number": "201847003316", "meter_serial_number": "201847003316EIM1"}],
        "intervals": [{"devices_reporting": 1, "wh_del": 2, "end_at": 1636380000}],
        "meta": {"operational_at": null, "status": "micro", "last_energy_at": null, "last_report_at": null},
        "total_devices": 1, "system_id": 733108
    }"#;
    let (stats, _) = round_trip(&GetRgmStats::new(SYSTEM), Reply::new(200, "application/json", text)).await;
    let values: Vec<_> = stats.meter_intervals[0]
        .intervals
        .iter()
        .map(|interval| (interval.channel, interval.wh_del, interval.curr_w))
        .collect();
    assert_eq!(values, [(1, Some(2.0), Some(8)), (2, None, None), (3, None, None)]);
    assert_eq!(stats.intervals[0].wh_del, 2);
    assert_eq!(stats.meta.status, SystemStatus::Microinverter);

    let channels = stats.channels();
    let energies: Vec<_> = channels.iter().map(|channel| channel.energy().unwrap()).collect();
    assert_eq!(energies[0].points()[0].value.unwrap().0, 2.0);
    assert_eq!(
        energies[1].points()[0].value,
        None,
        "nothing is known, which is not zero"
    );
    assert_eq!(channels[2].power().unwrap().points()[0].value, None);
}

#[tokio::test]
async fn quirk_25_power_as_object_or_number_and_four_kinds_of_times() {
    let micro = |changes: Value| {
        let mut micro = micro_inverter();
        for (name, value) in changes.as_object().unwrap() {
            micro[name] = value.clone();
        }
        micro
    };
    let body = json!([{"signal_strength": 5, "micro_inverters": [
        micro(json!({"power_produced": 34, "last_report_date": "2020-09-18 11:17:23 -0400"})),
        micro(json!({"power_produced": {"value": -1, "units": "W", "precision": 0}, "last_report_date": null})),
        micro(json!({"energy": {"value": 512, "units": "Wh", "precision": 0}, "last_report_date": "2021-11-08"})),
        micro(json!({"power_produced": null, "last_report_date": "2021-11-08T09:12:00-05:00"})),
    ]}]);
    let answer = read(&GetInvertersSummary::new(SYSTEM), body).await;
    let micros = &answer[0].micro_inverters;
    let powers: Vec<_> = micros
        .iter()
        .map(|micro| {
            micro
                .power_produced
                .as_ref()
                .and_then(Measure::watts)
                .map(|watts| watts.0)
        })
        .collect();
    assert_eq!(powers, [Some(34.0), Some(-1.0), Some(96.0), None]);
    assert_eq!(micros[0].power_produced.as_ref().unwrap().units, None);
    let energies: Vec<_> = micros
        .iter()
        .map(|micro| micro.energy.as_ref().unwrap().watt_hours().unwrap().0)
        .collect();
    assert_eq!(energies, [2000.0, 2000.0, 512.0, 2000.0]);
    let reports: Vec<_> = micros.iter().map(|micro| micro.last_report_date.clone()).collect();
    assert_eq!(
        reports,
        [
            Some(When::Instant(datetime!(2020-09-18 15:17:23 UTC))),
            None,
            Some(When::Date(date!(2021 - 11 - 08))),
            Some(When::Instant(datetime!(2021-11-08 14:12 UTC))),
        ]
    );
}

#[tokio::test]
async fn quirk_29_days_are_counted_from_the_start_that_the_answer_names() {
    // Asked from the first of the month, answered from the fifth.
    let request = GetEnergyLifetime::new(SYSTEM).start_date(date!(2021 - 11 - 01));
    let answer = read(&request, lifetime()).await.unwrap();
    let days = answer.days().unwrap();
    assert_eq!(days[0], (date!(2021 - 11 - 05), energy_core::model::WattHours(9120.0)));
    assert_eq!(days[3].0, date!(2021 - 11 - 08));

    let nothing = json!({"start_date": null, "system_id": SYSTEM, "production": [], "meta": meta()});
    let answer = read(&GetEnergyLifetime::new(SYSTEM), nothing.clone()).await.unwrap();
    assert_eq!((answer.start_date, answer.days().unwrap()), (None, vec![]));

    let mut undated = nothing;
    undated["production"] = json!([5]);
    let answer = read(&GetEnergyLifetime::new(SYSTEM), undated).await.unwrap();
    assert_eq!(answer.days(), Err(LifetimeError::NoStart { numbers: 1 }));
}

const NO_METER: &str = "The given system does not contain any active and enabled consumption meter";

#[tokio::test]
async fn quirk_30_a_system_without_a_meter_is_an_answer() {
    let words = json!({"message": NO_METER});
    for status in [200, 404, 422] {
        let reply = Reply::json(words.clone()).status(status);
        let (stats, _) = round_trip(&GetConsumptionStats::new(SYSTEM), reply.clone()).await;
        assert_eq!(stats, None, "{status}");
        let (lifetime, _) = round_trip(&GetConsumptionLifetime::new(SYSTEM), reply).await;
        assert_eq!(lifetime, None, "{status}");
    }
    assert_eq!(
        round_trip(&GetConsumptionStats::new(SYSTEM), Reply::empty(204)).await.0,
        None
    );
    assert_eq!(
        round_trip(&GetConsumptionLifetime::new(SYSTEM), Reply::empty(204))
            .await
            .0,
        None
    );
    assert_eq!(
        round_trip(&GetEnergyLifetime::new(SYSTEM), Reply::empty(204)).await.0,
        None
    );

    let empty = json!({"system_id": SYSTEM, "total_devices": 0, "meta": meta(), "intervals": []});
    let stats = read(&GetConsumptionStats::new(SYSTEM), empty.clone()).await.unwrap();
    assert!(stats.intervals.is_empty() && stats.energy().unwrap().is_empty());
    assert!(
        read(&GetStats::new(SYSTEM), empty.clone())
            .await
            .power()
            .unwrap()
            .is_empty()
    );
    let mut empty = empty;
    empty["meter_intervals"] = json!([]);
    let stats = read(&GetRgmStats::new(SYSTEM), empty).await;
    assert!(stats.channels().is_empty() && stats.energy().unwrap().is_empty());
}

/// Other words are a refusal as ever, and so are these words for somebody who may not ask.
#[tokio::test]
async fn quirk_30_other_refusals_stay_refusals() {
    let reply = Reply::json(json!({"message": "The given system is unknown"})).status(422);
    let error = failing(&GetConsumptionStats::new(SYSTEM), reply).await;
    assert_eq!(api(&error).message, "The given system is unknown");
    let reply =
        Reply::json(json!({"reason": "401", "message": ["No permission to view consumption data"]})).status(401);
    assert!(
        failing(&GetConsumptionLifetime::new(SYSTEM), reply)
            .await
            .is_unauthorized()
    );
}

#[tokio::test]
async fn quirk_31_the_start_of_the_meter_is_a_day_or_a_number() {
    for (value, expected) in [
        (json!("2019-05-02"), Some(When::Date(date!(2019 - 05 - 02)))),
        (
            json!(1_556_755_200),
            Some(When::Instant(datetime!(2019-05-02 00:00 UTC))),
        ),
        (Value::Null, None),
    ] {
        let mut body = lifetime();
        body["meter_start_date"] = value;
        let answer = read(&GetEnergyLifetime::new(SYSTEM), body).await.unwrap();
        assert_eq!(answer.meter_start_date, expected);
    }
    let mut body = lifetime();
    body.as_object_mut().unwrap().remove("meter_start_date");
    let answer = read(&GetEnergyLifetime::new(SYSTEM), body).await.unwrap();
    assert_eq!(answer.meter_start_date, None);
    assert_eq!(
        (answer.micro_days().unwrap(), answer.meter_days().unwrap()),
        (vec![], vec![])
    );
}

#[tokio::test]
async fn correction_microinverters_come_as_a_list() {
    let body = json!([
        {"signal_strength": 5, "micro_inverters": [micro_inverter()]},
        {"micro_inverters": []},
    ]);
    let answer = read(&GetInvertersSummary::new(SYSTEM), body).await;
    assert_eq!(
        answer.iter().map(|gateway| gateway.signal_strength).collect::<Vec<_>>(),
        [Some(5), None]
    );
}

#[tokio::test]
async fn correction_fields_that_may_be_missing() {
    let inventory = json!({"system_id": SYSTEM, "inverters": [{"sn": "1", "model": "M250"}], "meters": [{"sn": "2"}]});
    let inventory = read(&GetInventory::new(SYSTEM), inventory).await;
    assert_eq!((&inventory.envoys, &inventory.meta), (&None, &None));
    assert_eq!(
        (&inventory.inverters[0].sku, &inventory.meters[0].status),
        (&None, &None)
    );

    let page = json!({"systems": [{
        "system_id": SYSTEM, "system_name": "Bare", "meta": {"status": "comm"}, "timezone": null, "city": null,
    }]});
    let page = read(&ListSystems::new(), page).await;
    let system = &page.systems[0];
    assert_eq!(
        (&page.next, &system.reference, &system.other_references),
        (&None, &None, &None)
    );
    assert_eq!(
        (&system.timezone, &system.city, &system.connection_type),
        (&None, &None, &None)
    );
    assert_eq!(system.meta.status, SystemStatus::Communication);
    assert_eq!((system.meta.last_report_at, system.meta.operational_at), (None, None));

    let consumption = json!({"start_date": "2021-11-06", "consumption": [1], "meta": meta()});
    let consumption = read(&GetConsumptionLifetime::new(SYSTEM), consumption).await.unwrap();
    assert_eq!(consumption.system_id, None);
}

#[tokio::test]
async fn correction_meters_say_status_and_state() {
    let body = json!({"system_id": SYSTEM, "inverters": [], "meters": [
        {"sn": "1EIM2", "manufacturer": "Enphase", "model": "EIM", "status": "disabled", "state": "disabled"},
        {"sn": "1EIM3", "status": "something_new", "state": null, "phase": "split"},
    ]});
    let inventory = read(&GetInventory::new(SYSTEM), body).await;
    assert_eq!(inventory.meters[0].status, Some(SystemStatus::Disabled));
    assert_eq!(inventory.meters[0].state.as_deref(), Some("disabled"));
    assert_eq!(inventory.meters[1].status.as_ref().unwrap().as_str(), "something_new");
    assert_eq!(inventory.meters[1].extra.get("phase"), Some(&json!("split")));
}

/// Instants as ISO 8601 are the same answers.
#[tokio::test]
async fn instants_come_in_two_formats() {
    let iso = json!({
        "status": "normal", "last_report_at": "2021-11-08T09:15:00-05:00",
        "last_energy_at": "2021-11-08T09:12:00-05:00", "operational_at": "2017-10-31T20:00:00-04:00",
    });
    let mut body = stats();
    body["meta"] = iso.clone();
    body["intervals"][0]["end_at"] = json!("2021-11-08T09:00:00-05:00");
    body["intervals"][1]["end_at"] = json!("2021-11-08T09:05:00-05:00");
    let request = GetStats::new(SYSTEM);
    assert_eq!(read(&request, body).await, read(&request, stats()).await);

    let mut body = rgm_stats();
    body["meta"] = iso.clone();
    let texts = ["2021-11-08T08:45:00-05:00", "2021-11-08T09:00:00-05:00"];
    for (index, text) in texts.into_iter().enumerate() {
        body["intervals"][index]["end_at"] = json!(text);
        body["meter_intervals"][0]["intervals"][2 * index]["end_at"] = json!(text);
        body["meter_intervals"][0]["intervals"][2 * index + 1]["end_at"] = json!(text);
    }
    let request = GetRgmStats::new(SYSTEM);
    assert_eq!(read(&request, body).await, read(&request, rgm_stats()).await);

    let readings = |at: Value| {
        let reading = json!({"serial_number": "1", "value": 1, "read_at": at});
        json!({"system_id": SYSTEM, "meter_readings": [reading], "meta": iso.clone()})
    };
    let request = GetProductionMeterReadings::new(SYSTEM).datetime_format(DatetimeFormat::Iso8601);
    let text = read(&request, readings(json!("2021-11-08T14:00:00Z"))).await;
    assert_eq!(text, read(&request, readings(json!(1_636_380_000))).await);
    assert_eq!(text, read(&request, readings(json!("1636380000"))).await);

    let envoys = |at: Value| json!({"system_id": SYSTEM, "envoys": [{"envoy_id": 1, "serial_number": "1", "last_report_at": at}]});
    let text = read(&ListEnvoys::new(SYSTEM), envoys(json!("2021-11-08T14:15:00+00:00"))).await;
    assert_eq!(text, read(&ListEnvoys::new(SYSTEM), envoys(json!(1_636_380_900))).await);
}

/// Late data: the newest intervals hold what has been reported so far.
#[tokio::test]
async fn intervals_that_not_every_device_has_reported_are_partial() {
    let answer = read(&GetStats::new(SYSTEM), stats()).await;
    for quality in [
        answer
            .energy()
            .unwrap()
            .points()
            .iter()
            .map(|point| point.quality)
            .collect::<Vec<_>>(),
        answer
            .power()
            .unwrap()
            .points()
            .iter()
            .map(|point| point.quality)
            .collect(),
        answer.into_readings().iter().map(|reading| reading.quality).collect(),
    ] {
        assert_eq!(quality, [Quality::UNSTATED, Quality::PARTIAL]);
    }
}
