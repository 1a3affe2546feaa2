//! Each of the thirteen operations on the wire and read.

use enphase::v2::*;
use enphase::*;
use serde_json::json;
use time::macros::{date, datetime};

use crate::v2_support::*;

#[tokio::test]
async fn list_systems() {
    let body = json!({"systems": [system()], "next": "c-2"});
    let (page, sent) = round_trip(&ListSystems::new(), Reply::json(body)).await;
    sent.expect("/systems?limit=1000");
    assert_eq!(page.next.as_deref(), Some("c-2"));
    let [system] = page.systems.as_slice() else {
        panic!("one was expected: {page:?}");
    };
    assert_eq!(system.system_id, SystemId::from(SYSTEM));
    assert_eq!(system.system_name, "Quarry Row 5");
    assert_eq!(system.system_public_name.as_deref(), Some("Home in Leeds"));
    assert_eq!(system.reference.as_deref(), Some("QR-5"));
    assert_eq!(
        system.other_references,
        Some(vec!["roof-2017".to_owned(), "b".to_owned()])
    );
    let address = [&system.country, &system.state, &system.city, &system.postal_code];
    assert_eq!(
        address.map(Option::as_deref),
        [Some("US"), Some("NY"), Some("Albany"), Some("12207")]
    );
    assert_eq!(system.timezone, Some(TimeZone::named("US/Eastern")));
    assert_eq!(system.connection_type, Some(ConnectionType::Wifi));
    assert_eq!(system.status, Some(SystemStatus::Normal));
    expect_meta(&system.meta);

    let request = ListSystems::new()
        .next("c-2 /x")
        .limit(40)
        .system_id(SYSTEM)
        .system_name("Quarry Row")
        .status(SystemStatus::MeterIssue)
        .reference("QR-5")
        .installer("Sun & Sons")
        .connection_type(ConnectionType::Cellular)
        .datetime_format(DatetimeFormat::Epoch);
    wire(&request).await.expect(
        "/systems?next=c-2+%2Fx&limit=40&system_id=733108&system_name=Quarry+Row&status=meter_issue&reference=QR-5\
         &installer=Sun+%26+Sons&connection_type=cellular&datetime_format=epoch",
    );

    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let request = ListSystems::new()
        .system_ids([SystemId::from(1), SystemId::from(2)])
        .system_names(texts(&["a", "b c"]))
        .statuses([SystemStatus::Normal, SystemStatus::from("brand_new")])
        .references(texts(&["r1", "r2"]))
        .installers(texts(&["i1"]))
        .connection_types([ConnectionType::Ethernet, ConnectionType::Wifi]);
    wire(&request).await.expect(
        "/systems?limit=1000&system_id%5B%5D=1&system_id%5B%5D=2&system_name%5B%5D=a&system_name%5B%5D=b+c\
         &status%5B%5D=normal&status%5B%5D=brand_new&reference%5B%5D=r1&reference%5B%5D=r2&installer%5B%5D=i1\
         &connection_type%5B%5D=ethernet&connection_type%5B%5D=wifi",
    );
}

#[tokio::test]
async fn get_energy_lifetime() {
    let (answer, sent) = round_trip(&GetEnergyLifetime::new(SYSTEM), Reply::json(lifetime())).await;
    sent.expect("/systems/733108/energy_lifetime");
    let answer = answer.unwrap();
    assert_eq!(answer.start_date, Some(date!(2021 - 11 - 05)));
    assert_eq!(answer.system_id.get(), SYSTEM);
    assert_eq!(answer.production, [9120, 8844, 10_031, 0]);
    assert_eq!((&answer.micro_production, &answer.meter_production), (&None, &None));
    assert_eq!(answer.meter_start_date, Some(When::Date(date!(2019 - 05 - 02))));
    expect_meta(&answer.meta);

    let mut body = lifetime();
    body["micro_production"] = json!([9100, 8800, 9990, 0]);
    body["meter_production"] = json!([9120, 8844, 10_031, -2]);
    let request = GetEnergyLifetime::new(SYSTEM)
        .start_date(date!(2021 - 11 - 05))
        .end_date(date!(2021 - 11 - 08))
        .production(ProductionDetail::All)
        .datetime_format(DatetimeFormat::Iso8601);
    let (answer, sent) = round_trip(&request, Reply::json(body)).await;
    sent.expect(
        "/systems/733108/energy_lifetime?start_date=2021-11-05&end_date=2021-11-08&production=all\
         &datetime_format=iso8601",
    );
    let answer = answer.unwrap();
    assert_eq!(answer.micro_production, Some(vec![9100, 8800, 9990, 0]));
    assert_eq!(answer.meter_production, Some(vec![9120, 8844, 10_031, -2]));
}

#[tokio::test]
async fn get_consumption_lifetime() {
    let body =
        json!({"start_date": "2021-11-06", "system_id": SYSTEM, "consumption": [14_302, 15_118], "meta": meta()});
    let (answer, sent) = round_trip(&GetConsumptionLifetime::new(SYSTEM), Reply::json(body)).await;
    sent.expect("/systems/733108/consumption_lifetime");
    let answer = answer.unwrap();
    assert_eq!(answer.start_date, Some(date!(2021 - 11 - 06)));
    assert_eq!(answer.system_id, Some(SystemId::from(SYSTEM)));
    assert_eq!(answer.consumption, [14_302, 15_118]);
    expect_meta(&answer.meta);

    let request = GetConsumptionLifetime::new(SYSTEM)
        .start_date(date!(2021 - 11 - 06))
        .end_date(date!(2021 - 11 - 07));
    wire(&request)
        .await
        .expect("/systems/733108/consumption_lifetime?start_date=2021-11-06&end_date=2021-11-07");
}

#[tokio::test]
async fn get_consumption_stats() {
    let body = json!({
        "system_id": SYSTEM, "total_devices": 1, "meta": meta(),
        "intervals": [{"end_at": 1_636_380_000, "enwh": 220, "devices_reporting": 1}],
    });
    let (answer, sent) = round_trip(&GetConsumptionStats::new(SYSTEM), Reply::json(body)).await;
    sent.expect("/systems/733108/consumption_stats");
    let answer = answer.unwrap();
    assert_eq!((answer.system_id.get(), answer.total_devices), (SYSTEM, 1));
    let interval = &answer.intervals[0];
    assert_eq!(interval.end_at, datetime!(2021-11-08 14:00 UTC));
    assert_eq!((interval.enwh, interval.devices_reporting), (220, 1));
    expect_meta(&answer.meta);

    let request = GetConsumptionStats::new(SYSTEM)
        .start_at(datetime!(2021-11-01 00:00 -04:00))
        .end_at(datetime!(2021-11-08 00:00 -05:00));
    wire(&request)
        .await
        .expect("/systems/733108/consumption_stats?start_at=1635739200&end_at=1636347600");
}

#[tokio::test]
async fn get_stats() {
    let (answer, sent) = round_trip(&GetStats::new(SYSTEM), Reply::json(stats())).await;
    sent.expect("/systems/733108/stats");
    assert_eq!((answer.system_id.get(), answer.total_devices), (SYSTEM, 18));
    let intervals: Vec<_> = answer
        .intervals
        .iter()
        .map(|interval| {
            (
                interval.end_at,
                interval.powr,
                interval.enwh,
                interval.devices_reporting,
            )
        })
        .collect();
    assert_eq!(
        intervals,
        [
            (datetime!(2021-11-08 14:00 UTC), 1812, 151, 18),
            (datetime!(2021-11-08 14:05 UTC), 1764, 147, 17),
        ]
    );
    expect_meta(&answer.meta);

    let request = GetStats::new(SYSTEM)
        .start_at(datetime!(2021-11-08 05:00 UTC))
        .end_at(datetime!(2021-11-08 14:20:59.9 UTC))
        .datetime_format(DatetimeFormat::Iso8601);
    wire(&request)
        .await
        .expect("/systems/733108/stats?start_at=1636347600&end_at=1636381259&datetime_format=iso8601");
}

#[tokio::test]
async fn get_rgm_stats() {
    let request = GetRgmStats::new(SYSTEM)
        .start_at(datetime!(2021-11-08 13:30 UTC))
        .end_at(datetime!(2021-11-08 14:00 UTC));
    let (answer, sent) = round_trip(&request, Reply::json(rgm_stats())).await;
    sent.expect("/systems/733108/rgm_stats?start_at=1636378200&end_at=1636380000");
    assert_eq!((answer.system_id.get(), answer.total_devices), (SYSTEM, 1));
    let total = &answer.intervals[1];
    assert_eq!(total.end_at, datetime!(2021-11-08 14:00 UTC));
    assert_eq!((total.wh_del, total.devices_reporting), (388, 0));
    let meter = &answer.meter_intervals[0];
    assert_eq!(meter.meter_serial_number.as_str(), "201847003316EIM1");
    assert_eq!(meter.envoy_serial_number.as_str(), ENVOY);
    let interval = &meter.intervals[2];
    assert_eq!((interval.channel, interval.end_at), (1, total.end_at));
    assert_eq!((interval.wh_del, interval.curr_w), (Some(388.25), Some(1553)));
    expect_meta(&answer.meta);
}

#[tokio::test]
async fn get_production_meter_readings() {
    let body = json!({
        "system_id": SYSTEM, "meta": meta(),
        "meter_readings": [
            {"serial_number": "201847003316EIM1", "value": 40_118_233, "read_at": 1_636_380_000},
            {"serial_number": "121800000071", "value": 7_300_001, "read_at": 1_556_668_800},
        ],
    });
    let request = GetProductionMeterReadings::new(SYSTEM).end_at(datetime!(2021-11-08 14:10 UTC));
    let (answer, sent) = round_trip(&request, Reply::json(body)).await;
    sent.expect("/systems/733108/production_meter_readings?end_at=1636380600");
    let readings: Vec<_> = answer
        .meter_readings
        .iter()
        .map(|reading| (reading.serial_number.as_str(), reading.value, reading.read_at))
        .collect();
    assert_eq!(
        readings,
        [
            ("201847003316EIM1", 40_118_233, datetime!(2021-11-08 14:00 UTC)),
            ("121800000071", 7_300_001, datetime!(2019-05-01 00:00 UTC)),
        ]
    );
    assert_eq!(answer.system_id.get(), SYSTEM);
    expect_meta(&answer.meta);
    wire(&GetProductionMeterReadings::new(SYSTEM))
        .await
        .expect("/systems/733108/production_meter_readings");
}

#[tokio::test]
async fn get_monthly_production() {
    let body = json!({
        "system_id": SYSTEM, "start_date": "2021-09-12", "end_date": "2021-10-11", "production_wh": 401_772,
        "meter_readings": [{"serial_number": "201847003316EIM1", "start": 38_700_000, "end": 39_101_772}], "meta": meta(),
    });
    let request = GetMonthlyProduction::new(SYSTEM, date!(2021 - 09 - 12));
    let (answer, sent) = round_trip(&request, Reply::json(body)).await;
    sent.expect("/systems/733108/monthly_production?start_date=2021-09-12");
    assert_eq!(answer.system_id.get(), SYSTEM);
    assert_eq!(
        (answer.start_date, answer.end_date),
        (date!(2021 - 09 - 12), date!(2021 - 10 - 11))
    );
    assert_eq!(answer.production_wh, 401_772);
    let reading = &answer.meter_readings[0];
    assert_eq!(reading.serial_number.as_str(), "201847003316EIM1");
    assert_eq!((reading.start, reading.end), (38_700_000, 39_101_772));
    expect_meta(&answer.meta);
    let deprecated = [GetMonthlyProduction::OPERATION, GetStats::OPERATION].map(|operation| operation.deprecated);
    assert_eq!(deprecated, [true, false]);
}

#[tokio::test]
async fn list_envoys() {
    let body = json!({
        "system_id": SYSTEM,
        "envoys": [
            {"envoy_id": 6_190_004, "last_report_at": 1_636_380_900, "name": "Attic", "part_number": "800-00554-r03",
                "serial_number": ENVOY, "status": "normal"},
            {"envoy_id": 6_190_005, "last_report_at": null, "name": "Spare", "part_number": "800-00554-r03",
                "serial_number": "201847003317", "status": "comm"},
        ],
    });
    let (answer, sent) = round_trip(&ListEnvoys::new(SYSTEM), Reply::json(body)).await;
    sent.expect("/systems/733108/envoys");
    assert_eq!(answer.system_id.get(), SYSTEM);
    let [first, second] = answer.envoys.as_slice() else {
        panic!("two were expected: {answer:?}");
    };
    assert_eq!(first.envoy_id.as_str(), "6190004");
    assert_eq!(first.last_report_at, Some(datetime!(2021-11-08 14:15 UTC)));
    assert_eq!(
        (first.name.as_deref(), first.part_number.as_deref()),
        (Some("Attic"), Some("800-00554-r03"))
    );
    assert_eq!(
        (first.serial_number.as_str(), &first.status),
        (ENVOY, &Some(SystemStatus::Normal))
    );
    assert_eq!(
        (second.last_report_at, &second.status),
        (None, &Some(SystemStatus::Communication))
    );
}

#[tokio::test]
async fn get_inventory() {
    let body = json!({
        "system_id": SYSTEM, "meta": meta(),
        "envoys": [{"sn": ENVOY, "model": "Envoy-S", "sku": "ENV-S"}],
        "inverters": [{"sn": "202012118841", "model": "IQ7PLUS", "sku": "IQ7PLUS-72-2-US"}],
        "meters": [{"sn": "201847003316EIM1", "manufacturer": "Enphase", "model": "EIM", "status": "meter_issue",
            "state": "enabled"}],
    });
    let (answer, sent) = round_trip(&GetInventory::new(SYSTEM), Reply::json(body)).await;
    sent.expect("/systems/733108/inventory");
    assert_eq!(answer.system_id.get(), SYSTEM);
    let envoy = &answer.envoys.as_ref().unwrap()[0];
    assert_eq!(
        (envoy.serial_number.as_str(), envoy.model.as_deref()),
        (ENVOY, Some("Envoy-S"))
    );
    let inverter = &answer.inverters[0];
    assert_eq!(
        (inverter.serial_number.as_str(), inverter.sku.as_deref()),
        ("202012118841", Some("IQ7PLUS-72-2-US"))
    );
    let meter = &answer.meters[0];
    assert_eq!(meter.serial_number.as_str(), "201847003316EIM1");
    assert_eq!(
        (meter.manufacturer.as_deref(), meter.model.as_deref()),
        (Some("Enphase"), Some("EIM"))
    );
    assert_eq!(
        (&meter.status, meter.state.as_deref()),
        (&Some(SystemStatus::MeterIssue), Some("enabled"))
    );
    expect_meta(answer.meta.as_ref().unwrap());
}

#[tokio::test]
async fn get_summary() {
    let body = json!({
        "system_id": SYSTEM, "current_power": 1764, "energy_lifetime": 40_100_020, "energy_today": 3311,
        "last_interval_end_at": 1_636_380_300, "last_report_at": 1_636_380_900, "modules": 18,
        "operational_at": 1_509_494_400, "size_w": 5310, "source": "meter", "status": "power",
        "summary_date": "2021-11-08",
    });
    let (answer, sent) = round_trip(&GetSummary::new(SYSTEM), Reply::json(body)).await;
    sent.expect("/systems/733108/summary");
    assert_eq!(
        (answer.system_id.get(), answer.current_power, answer.modules),
        (SYSTEM, 1764, 18)
    );
    assert_eq!(
        (answer.energy_lifetime, answer.energy_today, answer.size_w),
        (40_100_020, 3311, 5310)
    );
    assert_eq!(answer.last_interval_end_at, Some(datetime!(2021-11-08 14:05 UTC)));
    assert_eq!(answer.last_report_at, Some(datetime!(2021-11-08 14:15 UTC)));
    assert_eq!(answer.operational_at, Some(datetime!(2017-11-01 00:00 UTC)));
    assert_eq!(
        (&answer.source, &answer.status),
        (&EnergySource::Meter, &SystemStatus::Power)
    );
    assert_eq!(answer.summary_date, date!(2021 - 11 - 08));
    wire(&GetSummary::new(SYSTEM).summary_date(date!(2021 - 03 - 01)))
        .await
        .expect("/systems/733108/summary?summary_date=2021-03-01");
}

#[tokio::test]
async fn get_inverters_summary() {
    let body = json!([{"signal_strength": 3, "micro_inverters": [micro_inverter()]}]);
    let (answer, sent) = round_trip(&GetInvertersSummary::new(SYSTEM), Reply::json(body)).await;
    sent.expect("/systems/inverters_summary_by_envoy_or_site?site_id=733108");
    assert_eq!(answer[0].signal_strength, Some(3));
    let micro = &answer[0].micro_inverters[0];
    assert_eq!(
        (micro.id.as_str(), micro.serial_number.as_str()),
        ("41770203", "202012118841")
    );
    let texts = [
        &micro.model,
        &micro.part_number,
        &micro.sku,
        &micro.proc_load,
        &micro.param_table,
        &micro.grid_profile,
    ];
    let expected = [
        "IQ7PLUS",
        "800-01127-r02",
        "IQ7PLUS-72-2-US",
        "520-00082-r01-v04.27.04",
        "540-00169-r01-v04.24.09",
        "60a1b2c3",
    ];
    assert_eq!(texts.map(Option::as_deref), expected.map(Some));
    assert_eq!(micro.status, Some(SystemStatus::Normal));
    assert_eq!(micro.envoy_serial_number, Some(SerialNumber::from(ENVOY)));
    assert_eq!(micro.power_produced.as_ref().unwrap().watts().unwrap().0, 96.0);
    assert_eq!(micro.energy.as_ref().unwrap().watt_hours().unwrap().0, 2000.0);
    assert_eq!(
        micro.last_report_date,
        Some(When::Instant(datetime!(2021-11-08 14:12 UTC)))
    );
}

#[tokio::test]
async fn search_system_id() {
    let (found, sent) = round_trip(&SearchSystemId::new(ENVOY), Reply::json(json!({"system_id": SYSTEM}))).await;
    sent.expect("/systems/search_system_id?serial_num=201847003316");
    assert_eq!(found, SystemId::from(SYSTEM));
}
