//! Forecast.Solar: the numbers, and how parameters change them.

use std::collections::BTreeMap;

use energy_sandbox::Sandbox;
use serde_json::Value;
use time::macros::datetime;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::common::{get, get_with, midsummer, sandbox_at};

const BERLIN: &str = "52.52/13.41";
/// The Personal key has calls enough for a whole test.
const PERSONAL: &str = "SandboxPersonal1";
const ADMIN: &str = "SandboxAdmin0001";

type Series = BTreeMap<OffsetDateTime, i64>;

/// A dataset of an answer to `time=utc`.
fn series(dataset: &Value) -> Series {
    let entries = dataset.as_object().unwrap().iter();
    entries
        .map(|(stamp, value)| {
            let at = OffsetDateTime::parse(stamp, &Rfc3339).unwrap();
            (at, value.as_i64().unwrap())
        })
        .collect()
}

async fn watts(sandbox: &Sandbox, path: &str) -> Series {
    let response = get(sandbox, path).await;
    assert_eq!(response.status, 200, "{}", response.body);
    series(&response.json()["result"])
}

async fn day_totals(sandbox: &Sandbox, path: &str) -> Vec<i64> {
    let result = get(sandbox, path).await.json()["result"].clone();
    let days = result.as_object().unwrap().values();
    days.map(|total| total.as_i64().unwrap()).collect()
}

#[tokio::test]
async fn energy_adds_up_in_every_dataset() {
    let sandbox = midsummer().await;
    let path = format!("{PERSONAL}/estimate/{BERLIN}/30/10/5.5?time=utc");
    let result = get(&sandbox, &path).await.json()["result"].clone();
    let watts = series(&result["watts"]);
    let periods = series(&result["watt_hours_period"]);
    let running = series(&result["watt_hours"]);
    assert_eq!(watts.len(), periods.len());
    assert_eq!(watts.len(), running.len());

    let offset = Duration::hours(2);
    let local_day = |at: &OffsetDateTime| (*at + offset).date();
    let mut before: Option<(OffsetDateTime, i64)> = None;
    let mut sum = 0;
    for (at, watt) in &watts {
        let same_day = before.filter(|(then, _)| local_day(then) == local_day(at));
        let expected = same_day.map_or(0.0, |(then, watts_then)| {
            (watts_then + watt) as f64 / 2.0 * (*at - then).as_seconds_f64() / 3600.0
        });
        assert!((periods[at] as f64 - expected).abs() <= 0.5, "{at}");
        sum = if same_day.is_some() { sum } else { 0 } + periods[at];
        assert_eq!(running[at], sum, "{at}");
        before = Some((*at, *watt));
        let total = &result["watt_hours_day"][local_day(at).to_string()];
        assert!(total.as_i64().unwrap() >= sum);
    }
    let days = result["watt_hours_day"].as_object().unwrap();
    assert_eq!(days.len(), 4, "Personal: today and three more");
    assert_eq!(days["2026-06-24"], sum);

    // Each part of the forecast is the same as in the whole.
    for (part, dataset) in [
        ("watts", "watts"),
        ("watthours", "watt_hours"),
        ("watthours/period", "watt_hours_period"),
        ("watthours/day", "watt_hours_day"),
    ] {
        let path = format!("{PERSONAL}/estimate/{part}/{BERLIN}/30/10/5.5?time=utc");
        assert_eq!(get(&sandbox, &path).await.json()["result"], result[dataset]);
    }
}

#[tokio::test]
async fn the_day_begins_and_ends_with_the_sun() {
    let sandbox = midsummer().await;
    let all = watts(&sandbox, &format!("estimate/watts/{BERLIN}/30/0/5?time=utc&limit=1")).await;
    let (first, last) = (all.first_key_value().unwrap(), all.last_key_value().unwrap());
    // Printed for Berlin: 04:43 and 21:33 on the local clock.
    assert!((*first.0 - datetime!(2026-06-21 02:43 UTC)).abs() < Duration::minutes(2));
    assert!((*last.0 - datetime!(2026-06-21 19:33 UTC)).abs() < Duration::minutes(2));
    assert_eq!((first.1, last.1), (&0, &0));

    let path = format!("estimate/watts/{BERLIN}/30/0/5?time=utc&limit=1&no_sun=1");
    let regular = watts(&sandbox, &path).await;
    assert_eq!(regular.len(), all.len() - 2);
    assert!(regular.keys().all(|at| at.minute() == 0 && at.second() == 0));
    assert!(regular.values().max().unwrap() > &1000);
}

#[tokio::test]
async fn each_plan_has_its_own_steps_and_days() {
    let sandbox = midsummer().await;
    for (key, minutes, days) in [("", 60, 2), (PERSONAL, 30, 4), (ADMIN, 15, 7)] {
        let path = format!("{key}/estimate/{BERLIN}/30/0/5?time=utc&full=1");
        let result = get(&sandbox, path.trim_start_matches('/')).await.json()["result"].clone();
        let watts = series(&result["watts"]);
        // A regular grid from midnight to the midnight after the last day, both included.
        assert_eq!(watts.len(), days * 24 * 60 / minutes + 1, "{key}");
        assert_eq!(result["watt_hours_day"].as_object().unwrap().len(), days);
        let midnight = datetime!(2026-06-20 22:00 UTC);
        assert_eq!(watts.first_key_value(), Some((&midnight, &0)));
        let end = midnight + Duration::days(days as i64);
        assert_eq!(watts.last_key_value(), Some((&end, &0)));
        assert_eq!(series(&result["watt_hours"])[&end], 0);
    }
    let path = format!("{ADMIN}/estimate/watts/{BERLIN}/30/0/5?time=utc&full=1&resolution=60&limit=3");
    assert_eq!(watts(&sandbox, &path).await.len(), 3 * 24 + 1);
}

#[tokio::test]
async fn planes_see_the_sun_they_face_and_add_up() {
    let sandbox = midsummer().await;
    let total = async |planes: &str| {
        let path = format!("{ADMIN}/clearsky/watthours/day/{BERLIN}/{planes}?limit=1");
        day_totals(&sandbox, &path).await[0]
    };
    let (south, north) = (total("30/0/4").await, total("30/180/4").await);
    assert!(north * 10 < south * 8, "{north} {south}");
    assert_eq!(north, total("30/N/4").await);
    let east = total("30/E/5").await;
    assert!((total("30/0/4/30/-90/5").await - south - east).abs() < 40);

    // An eastern roof peaks in the morning, a western one in the afternoon.
    let peak = async |azimuth: &str| {
        let path = format!("{ADMIN}/clearsky/watts/{BERLIN}/40/{azimuth}/5?limit=1&time=utc");
        let all = watts(&sandbox, &path).await;
        all.into_iter().max_by_key(|(_, watts)| *watts).unwrap().0
    };
    let noon = datetime!(2026-06-21 11:08 UTC);
    assert!(peak("-90").await < noon && noon < peak("90").await);
}

#[tokio::test]
async fn skies_differ() {
    let sandbox = midsummer().await;
    let totals =
        async |mode: &str| day_totals(&sandbox, &format!("{ADMIN}/{mode}/watthours/day/{BERLIN}/30/0/5")).await;
    let (clear, estimate, history) = (
        totals("clearsky").await,
        totals("estimate").await,
        totals("history").await,
    );
    for day in 0..7 {
        assert!(estimate[day] < clear[day] && history[day] < clear[day]);
    }
    let spread = |totals: &[i64]| totals.iter().max().unwrap() - totals.iter().min().unwrap();
    assert!(spread(&estimate) > 20 * spread(&history), "{estimate:?} {history:?}");
    // The same question has the same answer.
    assert_eq!(totals("estimate").await, estimate);
}

#[tokio::test]
async fn the_parameters_change_the_numbers() {
    let sandbox = midsummer().await;
    let query = async |query: &str| {
        let path = format!("{ADMIN}/clearsky/watts/{BERLIN}/30/0/10?time=utc&limit=1&{query}");
        watts(&sandbox, &path).await
    };
    let plain = query("").await;
    let noon = datetime!(2026-06-21 11:00 UTC);
    let (morning, evening) = (noon - Duration::hours(5), noon + Duration::hours(5));

    let clipped = query("inverter=4.2").await;
    assert_eq!(clipped.values().max(), Some(&4200));
    assert_eq!(clipped[&morning], plain[&morning].min(4200));

    let damped = query("damping=0.8,0").await;
    // Five hours of the eight and a half from noon to sunrise: 0.8 * 5 / 8.4 is gone.
    let left = damped[&morning] as f64 / plain[&morning] as f64;
    assert!((left - 0.52).abs() < 0.02, "{left}");
    assert_eq!(damped[&evening], plain[&evening]);
    assert_eq!(query("damping=0.8,0&damping_evening=0").await, plain, "the parts win");
    assert_ne!(
        query("damping=0.8&damping_evening=0.5").await[&evening],
        plain[&evening]
    );

    // A wall in the east: twelve heights, clockwise from north.
    let walled = query("horizon=0,0,60,60,60,0,0,0,0,0,0,0").await;
    assert!(walled[&morning] * 2 < plain[&morning]);
    assert_eq!(walled[&evening], plain[&evening]);
    assert_eq!(query("horizon=0").await, plain);

    let later = query("start=12:00").await;
    assert_eq!(later.first_key_value().unwrap().0, &datetime!(2026-06-21 10:00 UTC));
    assert_eq!(later[&evening], plain[&evening]);
}

#[tokio::test]
async fn actual_rescales_today_only_until_it_is_reset() {
    let sandbox = midsummer().await;
    let path = format!("{PERSONAL}/estimate/{BERLIN}/30/0/5?time=utc");
    let before = get(&sandbox, &path).await.json();
    assert!(before["message"]["info"].get("planes_factors").is_none());

    let with = get(&sandbox, &format!("{path}&actual=4.5")).await.json();
    let factor = &with["message"]["info"]["planes_factors"][0];
    assert_eq!(factor["wh"], 900);
    assert_eq!(factor["timestamp"], 1_782_036_000);
    assert_eq!(factor["datetime"], "Sun, 21 Jun 2026 12:00:00 +0200");
    // By noon it has produced what was said.
    let now = with["result"]["watt_hours"]["2026-06-21T10:00:00+00:00"]
        .as_f64()
        .unwrap();
    assert!((now - 4500.0).abs() < 100.0, "{now}");
    let day = |answer: &Value, day: &str| answer["result"]["watt_hours_day"][day].clone();
    assert_ne!(day(&with, "2026-06-21"), day(&before, "2026-06-21"));
    assert_eq!(day(&with, "2026-06-22"), day(&before, "2026-06-22"));

    // It is remembered, and forgotten on request.
    assert_eq!(get(&sandbox, &path).await.json()["result"], with["result"]);
    assert_eq!(
        get(&sandbox, &format!("{path}&actual=0")).await.json()["result"],
        before["result"]
    );

    let nothing = get(&sandbox, &format!("{path}&actual=4.5&limit=0")).await;
    assert_eq!((nothing.status, nothing.body.as_str()), (204, ""));
    assert_eq!(get(&sandbox, &path).await.json()["result"], with["result"]);
    assert_eq!(
        get(&sandbox, &format!("estimate/{BERLIN}/30/0/5?actual=4.5"))
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn times_are_written_as_asked() {
    let sandbox = midsummer().await;
    for (query, noon, day) in [
        ("", "2026-06-21 12:00:00", "2026-06-21"),
        ("time=utc", "2026-06-21T10:00:00+00:00", "2026-06-21"),
        ("time=utc&time_tz=0", "2026-06-21 10:00:00", "2026-06-21"),
        ("time=iso8601", "2026-06-21T12:00:00+02:00", "2026-06-21"),
        ("time=rfc2822", "Sun, 21 Jun 2026 12:00:00 +0200", "2026-06-21"),
        ("time=seconds", "1782036000", "1781992800"),
        ("time=milliseconds", "1782036000000", "1781992800000"),
        ("time=nanoseconds", "1782036000000000000", "1781992800000000000"),
    ] {
        let path = format!("{PERSONAL}/estimate/{BERLIN}/30/0/5?limit=1&{query}");
        let result = get(&sandbox, &path).await.json()["result"].clone();
        assert!(result["watts"][noon].as_i64().unwrap() > 0, "{query}");
        assert!(result["watt_hours_day"][day].as_i64().unwrap() > 0, "{query}");
    }
    let wrong = get(&sandbox, &format!("estimate/{BERLIN}/30/0/5?time=unix")).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn the_autumn_day_has_25_hours_and_local_stamps_collapse() {
    let sandbox = sandbox_at(datetime!(2026-10-25 10:00 UTC)).await;
    let path = |time: &str| format!("estimate/watts/{BERLIN}/30/0/5?full=1&limit=1{time}");
    let utc = watts(&sandbox, &path("&time=utc")).await;
    assert_eq!(utc.len(), 25 + 1);
    assert_eq!(utc.first_key_value().unwrap().0, &datetime!(2026-10-24 22:00 UTC));
    assert_eq!(utc.last_key_value().unwrap().0, &datetime!(2026-10-25 23:00 UTC));

    let iso = get(&sandbox, &path("&time=iso8601")).await;
    assert_eq!(iso.json()["result"].as_object().unwrap().len(), 26);
    let (summer, winter) = ("2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00");
    assert!(iso.body.find(summer).unwrap() < iso.body.find(winter).unwrap());

    // Without a zone two instants share the stamp 02:00:00.
    let local = get(&sandbox, &path("")).await;
    assert_eq!(local.json()["result"].as_object().unwrap().len(), 25);
    assert_eq!(local.body.matches("02:00:00\"").count(), 1);

    let spring = sandbox_at(datetime!(2026-03-29 10:00 UTC)).await;
    assert_eq!(watts(&spring, &path("&time=utc")).await.len(), 23 + 1);
}

#[tokio::test]
async fn the_polar_night_is_an_empty_php_array() {
    let sandbox = sandbox_at(datetime!(2026-12-21 10:00 UTC)).await;
    let result = get(&sandbox, "estimate/69.65/18.96/30/0/5").await.json()["result"].clone();
    assert_eq!(result["watts"], serde_json::json!([]));
    assert_eq!(result["watt_hours_day"]["2026-12-21"], 0);
}

#[tokio::test]
async fn csv_and_xml_carry_the_same_values() {
    let sandbox = midsummer().await;
    let path = format!("{PERSONAL}/estimate/{BERLIN}/30/0/5?limit=1");
    let json = get(&sandbox, &path).await.json();
    let noon = &json["result"]["watts"]["2026-06-21 12:00:00"];

    let csv = get_with(&sandbox, &path, &[("accept", "text/csv")]).await;
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(csv.body.contains(&format!("watts|2026-06-21 12:00:00;{noon}\n")));
    let headers = [("accept", "text/csv"), ("x-separator", "TAB"), ("x-delimiter", "/")];
    let csv = get_with(&sandbox, &path, &headers).await;
    assert!(csv.body.contains(&format!("watts/2026-06-21 12:00:00\t{noon}\n")));

    let xml = get_with(&sandbox, &path, &[("accept", "application/xml")]).await;
    assert_eq!(xml.header("content-type"), Some("application/xml; charset=utf-8"));
    assert!(xml.body.starts_with("<?xml version=\"1.0\""));
    assert!(
        xml.body
            .contains(&format!("<item key=\"2026-06-21 12:00:00\">{noon}</item>"))
    );
    assert!(xml.body.contains("<remaining>"));
}

#[tokio::test]
async fn the_weather_matches_the_forecast() {
    let sandbox = midsummer().await;
    let path = format!("{ADMIN}/weather/{BERLIN}?time=iso8601");
    let items = get(&sandbox, &path).await.json()["result"].clone();
    let items = items.as_array().unwrap();
    assert_eq!(items.len(), 7 * 8);
    for item in items {
        assert!((0.0..=1.0).contains(&item["sky"].as_f64().unwrap()));
        let calm = item["wind_speed"] == 0;
        assert_eq!(item.get("wind_degrees").is_none(), calm);
        assert_eq!(item.get("wind_direction").is_none(), calm);
    }
    // The clearer of two noons has the better yield.
    let ratio = async |at: &str| {
        let path = |mode| format!("{ADMIN}/{mode}/watts/{BERLIN}/30/0/5?time=iso8601");
        let estimate = get(&sandbox, &path("estimate")).await.json();
        let clear = get(&sandbox, &path("clearsky")).await.json();
        estimate["result"][at].as_f64().unwrap() / clear["result"][at].as_f64().unwrap()
    };
    for day in 21..=27 {
        let at = format!("2026-06-{day}T12:00:00+02:00");
        let item = items.iter().find(|item| item["datetime"] == at.as_str()).unwrap();
        let expected = 0.2 + 0.8 * item["sky"].as_f64().unwrap();
        assert!((ratio(&at).await - expected).abs() < 0.01, "{at}");
    }
}

#[tokio::test]
async fn time_windows_are_long_and_strong_enough() {
    let sandbox = midsummer().await;
    let path = format!("{ADMIN}/timewindows/{BERLIN}/30/0/8?time=utc&period=90&watthours=3000&baseload=400");
    let result = get(&sandbox, &path).await.json()["result"].clone();
    let days = result.as_object().unwrap();
    assert_eq!(days.len(), 7);
    for windows in days.values() {
        let at = |name: &str, end: &str| OffsetDateTime::parse(windows[name][end].as_str().unwrap(), &Rfc3339).unwrap();
        for name in ["earliest", "latest", "best"] {
            assert!(at(name, "end") - at(name, "start") >= Duration::minutes(90));
            assert!(windows[name]["watthours"].as_i64().unwrap() >= 3000);
        }
        assert!(at("earliest", "start") <= at("best", "start"));
        assert!(at("best", "start") <= at("latest", "start"));
    }
    let path = format!("{ADMIN}/timewindows/{BERLIN}/30/0/1?limit=1&watthours=90000");
    let result = get(&sandbox, &path).await.json()["result"].clone();
    assert!(result["2026-06-21"]["best"].is_null());
}
