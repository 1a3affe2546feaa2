//! Enphase's energy: everything adds up, whichever way it is asked for.

use energy_sandbox::{EnphaseSite, Sandbox};
use serde_json::Value;
use time::macros::datetime;

use crate::common::enphase::{Caller, numbers, owner, total, v2};
use crate::common::sandbox_at;

/// An evening in Berlin, so that there is a day to look back on.
async fn evening() -> Sandbox {
    sandbox_at(datetime!(2026-06-21 19:07 UTC)).await
}

/// The intervals of an answer, nested or not.
fn intervals(body: &Value) -> &Value {
    let intervals = &body["intervals"];
    if intervals[0].is_array() {
        &intervals[0]
    } else {
        intervals
    }
}

async fn values(caller: &Caller<'_>, site: &EnphaseSite, path: &str, name: &str) -> Vec<i64> {
    numbers(intervals(&caller.of(site, path).await), name)
}

#[tokio::test]
async fn sources_and_uses_are_equal_in_every_interval() {
    let sandbox = evening().await;
    let (caller, site) = (owner(&sandbox), sandbox.enphase().sites().metered);
    let day = "start_date=2026-06-18&granularity=day";
    let production = values(&caller, &site, &format!("telemetry/production_meter?{day}"), "wh_del").await;
    let import = values(&caller, &site, &format!("energy_import_telemetry?{day}"), "wh_imported").await;
    let export = values(&caller, &site, &format!("energy_export_telemetry?{day}"), "wh_exported").await;
    let used = values(&caller, &site, &format!("telemetry/consumption_meter?{day}"), "enwh").await;
    let battery = caller.of(&site, &format!("telemetry/battery?{day}")).await;
    assert_eq!((production.len(), import.len(), used.len()), (288, 96, 96));
    let mut percent = None;
    for (place, interval) in battery["intervals"].as_array().unwrap().iter().enumerate() {
        let made: i64 = production[3 * place..3 * place + 3].iter().sum();
        let part = |name: &str| interval[name]["enwh"].as_i64().unwrap();
        let sources = made + import[place] + part("discharge");
        assert_eq!(
            sources,
            used[place] + export[place] + part("charge"),
            "interval {place}"
        );
        // 10 kWh: a hundred watt-hours are a percent, give or take what rounding does.
        let now = interval["soc"]["percent"].as_i64().unwrap();
        if let Some(before) = percent {
            let change = (part("charge") - part("discharge")) as f64 / 100.0;
            assert!((f64::from(i32::try_from(now - before).unwrap()) - change).abs() <= 1.0);
        }
        percent = Some(now);
    }
    assert!(production.iter().sum::<i64>() > 5_000 && import.iter().sum::<i64>() > 1_000);
}

#[tokio::test]
async fn days_are_the_sums_of_their_intervals() {
    let sandbox = evening().await;
    let (caller, sites) = (owner(&sandbox), sandbox.enphase().sites());
    let micros = "telemetry/production_micro?start_date=2026-06-19";
    let meters = "telemetry/production_meter?start_date=2026-06-19";
    let daily = "energy_lifetime?production=all&start_date=2026-06-19&end_date=2026-06-19";
    let day = caller.of(&sites.metered, daily).await;
    let of_micros: i64 = values(&caller, &sites.metered, micros, "enwh").await.iter().sum();
    let of_meters: i64 = values(&caller, &sites.metered, meters, "wh_del").await.iter().sum();
    assert_eq!(
        (total(&day["micro_production"]), total(&day["meter_production"])),
        (of_micros, of_meters)
    );
    assert_eq!(total(&day["production"]), of_meters);
    assert!(of_meters < of_micros);
    for (lifetime, telemetry, name) in [
        ("consumption", "telemetry/consumption_meter", "enwh"),
        ("import", "energy_import_telemetry", "wh_imported"),
        ("export", "energy_export_telemetry", "wh_exported"),
    ] {
        let operation = match lifetime {
            "consumption" => "consumption_lifetime".to_owned(),
            other => format!("energy_{other}_lifetime"),
        };
        let path = format!("{operation}?start_date=2026-06-19&end_date=2026-06-19");
        let day = total(&caller.of(&sites.metered, &path).await[lifetime]);
        let path = format!("{telemetry}?start_date=2026-06-19");
        assert_eq!(
            day,
            values(&caller, &sites.metered, &path, name).await.iter().sum::<i64>(),
            "{lifetime}"
        );
    }
}

#[tokio::test]
async fn devices_add_up_to_their_site() {
    let sandbox = sandbox_at(datetime!(2026-06-22 02:00 UTC)).await;
    let (caller, site) = (owner(&sandbox), sandbox.enphase().sites().micro_only);
    let start = site.operational_at.unix_timestamp() + 1_000 * 86_400 + 12 * 3600;
    let query = format!("start_at={start}&granularity=15mins");
    let together = caller.of(&site, &format!("telemetry/production_micro?{query}")).await;
    let wanted = numbers(&together["intervals"], "enwh");
    assert_eq!(wanted.len(), 3);
    let mut sums = vec![0; wanted.len()];
    let mut serials = Vec::new();
    for page in 1..=2 {
        let path = format!("devices/micros/telemetry?{query}&page={page}&size=15");
        for device in caller.of(&site, &path).await["devices"].as_array().unwrap() {
            serials.push(device["serial_number"].as_str().unwrap().to_owned());
            for (sum, energy) in sums.iter_mut().zip(numbers(&device["intervals"], "enwh")) {
                *sum += energy;
            }
        }
    }
    assert_eq!((sums, serials), (wanted.clone(), site.micro_serials.clone()));
    let path = format!("devices/micros/{}/telemetry?{query}", site.micro_serials[4]);
    let one: i64 = values(&caller, &site, &path, "enwh").await.iter().sum();
    assert!(one > 0 && one < wanted.iter().sum());
}

#[tokio::test]
async fn the_channels_of_all_meters_add_up() {
    let sandbox = evening().await;
    let (caller, site) = (owner(&sandbox), sandbox.enphase().sites().metered);
    let noon = datetime!(2026-06-20 10:00 UTC).unix_timestamp();
    let stats = caller
        .of(
            &site,
            &format!("rgm_stats?start_at={}&end_at={}", noon + 70, noon + 3600),
        )
        .await;
    let wanted = numbers(&stats["intervals"], "wh_del");
    assert_eq!(numbers(&stats["intervals"], "end_at")[0], noon + 900);
    let mut sums = vec![0.0; wanted.len()];
    for meter in stats["meter_intervals"].as_array().unwrap() {
        for (place, interval) in meter["intervals"].as_array().unwrap().iter().enumerate() {
            match interval["channel"].as_i64().unwrap() {
                1 => sums[place / 3] += interval["wh_del"].as_f64().unwrap(),
                _ => assert!(interval["wh_del"].is_null() && interval["curr_w"].is_null()),
            }
        }
    }
    assert_eq!(sums, wanted.iter().map(|energy| *energy as f64).collect::<Vec<_>>());
    assert_eq!(wanted.len(), 4);
}

#[tokio::test]
async fn the_summary_is_the_sum_of_what_is_known() {
    let sandbox = evening().await;
    let caller = owner(&sandbox);
    let sites = sandbox.enphase().sites();
    for (site, path, name) in [
        (&sites.micro_only, "telemetry/production_micro", "enwh"),
        (&sites.metered, "telemetry/production_meter", "wh_del"),
    ] {
        let summary = caller.of(site, "summary").await;
        let today: i64 = values(&caller, site, path, name).await.iter().sum();
        assert_eq!(summary["energy_today"], today);
        let lifetime = caller.of(site, "energy_lifetime").await;
        assert_eq!(summary["energy_lifetime"], total(&lifetime["production"]));
        let today = sandbox.now().to_offset(time::UtcOffset::UTC).date();
        let series = caller.of(site, &format!("energy_lifetime?start_date={today}")).await;
        assert_eq!(total(&series["production"]), summary["energy_today"]);
    }
    let yesterday = caller.of(&sites.metered, "summary?summary_date=2026-06-20").await;
    assert_eq!((&yesterday["modules"], &yesterday["size_w"]), (&0.into(), &0.into()));
    assert!(yesterday["energy_today"].as_i64().unwrap() > 1_000);
}

#[tokio::test]
async fn days_have_23_and_25_hours_when_clocks_change() {
    let sandbox = sandbox_at(datetime!(2026-10-28 12:00 UTC)).await;
    let (caller, site) = (owner(&sandbox), sandbox.enphase().sites().metered);
    for (date, begins, hours) in [
        ("2026-10-25", datetime!(2026-10-24 22:00 UTC), 25),
        ("2026-03-29", datetime!(2026-03-28 23:00 UTC), 23),
    ] {
        let path = format!("consumption_lifetime?start_date={date}&end_date={date}");
        let day = total(&caller.of(&site, &path).await["consumption"]);
        let week = format!(
            "telemetry/consumption_meter?granularity=week&start_at={}",
            begins.unix_timestamp()
        );
        let body = caller.of(&site, &week).await;
        let all = numbers(&body["intervals"], "enwh");
        assert_eq!(day, all[..4 * hours].iter().sum::<i64>(), "{date}");
        assert_ne!(day, all[..96].iter().sum::<i64>(), "{date}");
    }
}

#[tokio::test]
async fn the_newest_data_come_late() {
    let sandbox = sandbox_at(datetime!(2026-06-21 20:00 UTC)).await;
    let (caller, site) = (owner(&sandbox), sandbox.enphase().sites().micro_only);
    let start = datetime!(2026-06-21 18:00 UTC).unix_timestamp();
    let path = format!("telemetry/production_micro?start_at={start}");
    let early = caller.of(&site, &path).await;
    let (devices, energies) = (
        numbers(&early["intervals"], "devices_reporting"),
        numbers(&early["intervals"], "enwh"),
    );
    assert_eq!(devices.len(), 24);
    assert!(devices.iter().all(|devices| (1..20).contains(devices)), "{devices:?}");
    assert!(devices.is_sorted_by(|before, after| before >= after));
    assert_eq!(early["meta"]["last_report_at"], start + 7200);

    sandbox.advance(std::time::Duration::from_secs(14 * 60));
    assert_eq!(caller.of(&site, &path).await["intervals"], early["intervals"]);
    sandbox.advance(std::time::Duration::from_secs(60));
    assert_eq!(caller.of(&site, &path).await["intervals"].as_array().unwrap().len(), 27);

    sandbox.advance(std::time::Duration::from_secs(2 * 3600));
    let whole = caller.of(&site, &path).await;
    let later = numbers(&whole["intervals"], "enwh");
    assert!(energies.iter().zip(&later).all(|(before, after)| before < after));
    assert!(
        numbers(&whole["intervals"], "devices_reporting")[..24]
            .iter()
            .all(|devices| *devices == 20)
    );
}

#[tokio::test]
async fn nights_are_gaps_for_micros_and_zeroes_for_meters() {
    let sandbox = evening().await;
    let (caller, site) = (owner(&sandbox), sandbox.enphase().sites().metered);
    let query = "start_date=2026-06-20";
    let micros = caller.of(&site, &format!("telemetry/production_micro?{query}")).await;
    let ends = numbers(&micros["intervals"], "end_at");
    assert!((150..230).contains(&ends.len()), "{}", ends.len());
    assert!(numbers(&micros["intervals"], "enwh").iter().all(|energy| *energy > 0));
    let meters = values(&caller, &site, &format!("telemetry/production_meter?{query}"), "wh_del").await;
    assert_eq!((meters.len(), meters[0]), (288, 0));
    let old = v2(
        &sandbox,
        &format!("/{}/stats?start_at={}", site.system_id, ends[0] - 300),
    )
    .await
    .json();
    assert_eq!(numbers(&old["intervals"], "end_at")[..ends.len()], ends[..]);
}

#[tokio::test]
async fn meters_take_over_from_the_first_whole_day_on() {
    let sandbox = evening().await;
    let (caller, site) = (owner(&sandbox), sandbox.enphase().sites().metered);
    let body = caller.of(&site, "energy_lifetime?production=all").await;
    let first = site.meter_start_date.unwrap();
    assert_eq!(body["meter_start_date"], first.to_string());
    let place = usize::try_from((first - site.operational_on).whole_days()).unwrap();
    let series = |name: &str| -> Vec<i64> {
        body[name]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| value.as_i64().unwrap())
            .collect()
    };
    let (merged, micros, meters) = (
        series("production"),
        series("micro_production"),
        series("meter_production"),
    );
    assert_eq!(merged[..place], micros[..place]);
    assert_eq!(merged[place..], meters[place..]);
    assert_eq!(meters[place - 2], 0);
    assert!(meters[place - 1] > 0 && meters[place - 1] < micros[place - 1]);
    // Until yesterday, if nothing else is asked for.
    assert_eq!(merged.len(), 1_004);
}

#[tokio::test]
async fn months_and_counters_of_api_v2_agree_with_the_days() {
    let sandbox = evening().await;
    let site = sandbox.enphase().sites().metered;
    let path = |operation: &str| format!("/{}/{operation}", site.system_id);
    let month = v2(&sandbox, &path("monthly_production?start_date=2026-04-01"))
        .await
        .json();
    assert_eq!(month["end_date"], "2026-04-30");
    let days = v2(
        &sandbox,
        &path("energy_lifetime?start_date=2026-04-01&end_date=2026-04-30"),
    )
    .await
    .json();
    assert_eq!(month["production_wh"], total(&days["production"]));
    let readings = month["meter_readings"].as_array().unwrap();
    let counted: i64 = (readings.iter())
        .map(|reading| reading["end"].as_i64().unwrap() - reading["start"].as_i64().unwrap())
        .sum();
    assert_eq!(month["production_wh"], counted);
    assert_eq!(readings.len(), 3, "the retired meter is there too");
}
