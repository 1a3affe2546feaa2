//! Forecast.Solar: keys, plans, quotas, and how it says no.

use std::time::Duration;

use energy_sandbox::ForecastSolarService;
use serde_json::json;

use crate::common::{Response, get, midsummer, send};

const PLANT: &str = "52.52/13.41/30/0/5";

/// The documented error: a null result and a sentence.
fn assert_refused(response: &Response, status: u16) {
    assert_eq!(response.status, status, "{}", response.body);
    let body = response.json();
    assert!(body["result"].is_null());
    assert_eq!(body["message"]["code"], status);
    assert_eq!(body["message"]["type"], "error");
    assert!(!response.text().is_empty());
    assert_eq!(response.header("x-ratelimit-limit"), None);
}

#[tokio::test]
async fn the_public_hour_has_twelve_calls() {
    let sandbox = midsummer().await;
    let path = format!("estimate/{PLANT}");
    for left in (0..12).rev() {
        let response = get(&sandbox, &path).await;
        assert_eq!(response.status, 200);
        let quota = &response.json()["message"]["ratelimit"];
        let expected = json!({"zone": "IP 127.0.0.1", "period": 3600, "limit": 12, "remaining": left});
        assert_eq!(quota, &expected);
        assert_eq!(response.header("x-ratelimit-period"), Some("3600"));
        assert_eq!(response.header("x-ratelimit-limit"), Some("12"));
        assert_eq!(
            response.header("x-ratelimit-remaining"),
            Some(left.to_string().as_str())
        );
        assert_eq!(response.header("x-ratelimit-retry-at"), None);
        sandbox.advance(Duration::from_secs(60));
    }
    let refused = get(&sandbox, &path).await;
    assert_eq!(refused.status, 429);
    let body = refused.json();
    assert_eq!(body["result"], "Rate limit for API calls reached.");
    assert_eq!(body["message"]["code"], 429);
    assert_eq!(body["message"]["info"], json!([]));
    // The period began with the first call, at noon in Berlin.
    let retry_at = "2026-06-21T13:00:00+02:00";
    let expected = json!({"zone": "IP 127.0.0.1", "period": 3600, "limit": 12, "retry-at": retry_at});
    assert_eq!(body["message"]["ratelimit"], expected);
    assert_eq!(refused.header("x-ratelimit-retry-at"), Some(retry_at));
    assert_eq!(refused.header("x-ratelimit-remaining"), None);
    assert_eq!(refused.header("retry-after"), None);

    // A key has a quota of its own, checks have none.
    assert_eq!(get(&sandbox, &format!("SandboxPersonal1/{path}")).await.status, 200);
    assert_eq!(get(&sandbox, &format!("check/{PLANT}")).await.status, 200);

    sandbox.advance(Duration::from_secs(48 * 60 - 1));
    assert_eq!(get(&sandbox, &path).await.status, 429);
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(get(&sandbox, &path).await.header("x-ratelimit-remaining"), Some("11"));
}

#[tokio::test]
async fn professionals_have_five_calls_a_minute_shown_in_headers_only() {
    let sandbox = midsummer().await;
    let path = format!("SandboxProfess01/estimate/{PLANT}");
    for _ in 0..5 {
        let response = get(&sandbox, &path).await;
        assert_eq!(response.header("x-ratelimit-limit"), Some("5"));
        assert!(response.json()["message"].get("ratelimit").is_none());
    }
    assert_eq!(get(&sandbox, &path).await.status, 429);
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(get(&sandbox, &path).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_gets_no_more_than_the_limit() {
    let sandbox = midsummer().await;
    let url = format!("{}estimate/{PLANT}", sandbox.forecast_solar().base_url());
    let calls: Vec<_> = (0..40)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { send("GET", &url, &[], "").await.unwrap().status })
        })
        .collect();
    let mut statuses = Vec::new();
    for call in calls {
        statuses.push(call.await.unwrap());
    }
    let answered = statuses.iter().filter(|&&status| status == 200).count();
    let refused = statuses.iter().filter(|&&status| status == 429).count();
    assert_eq!((answered, refused), (12, 28));
}

#[tokio::test]
async fn refused_calls_cost_nothing() {
    let sandbox = midsummer().await;
    for _ in 0..20 {
        assert_refused(&get(&sandbox, "estimate/91/13/30/0/5").await, 404);
    }
    let response = get(&sandbox, &format!("estimate/{PLANT}")).await;
    assert_eq!(response.header("x-ratelimit-remaining"), Some("11"));
}

#[tokio::test]
async fn every_kind_of_wrong_key_has_its_status() {
    let sandbox = midsummer().await;
    let keys = sandbox.forecast_solar().keys();
    for (key, status) in [
        ("I-ABCDEFGHIJKL", 400),
        ("ABCDEFGHIJKLMNOP", 403),
        (keys.expired.as_str(), 401),
        (keys.suspended.as_str(), 401),
    ] {
        for route in ["estimate", "check"] {
            assert_refused(&get(&sandbox, &format!("{key}/{route}/{PLANT}")).await, status);
        }
    }
    // On /info this one comes without a code.
    let expired = get(&sandbox, &format!("{}/info", keys.expired)).await;
    assert_eq!(expired.status, 401);
    assert!(expired.json()["message"].get("code").is_none());
    assert_eq!(expired.json()["message"]["type"], "error");
}

#[tokio::test]
async fn plans_include_what_they_say() {
    let sandbox = midsummer().await;
    let keys = sandbox.forecast_solar().keys();
    let two = "52.52/13.41/30/0/5/30/90/5";
    let three = format!("{two}/10/0/1");
    let four = format!("{three}/10/0/1");
    let admin = &keys.administrator;
    for (path, status) in [
        (format!("history/{PLANT}"), 403),
        (format!("clearsky/watts/{PLANT}"), 403),
        ("weather/52.52/13.41".to_owned(), 403),
        (format!("timewindows/{PLANT}"), 403),
        (format!("estimate/{two}"), 403),
        (format!("{}/history/{PLANT}", keys.personal), 200),
        (format!("{}/clearsky/{PLANT}", keys.personal), 403),
        (format!("{}/chart/{PLANT}", keys.personal), 403),
        (format!("{}/estimate/{two}", keys.personal), 403),
        (format!("{}/clearsky/{three}", keys.professional), 200),
        (format!("{}/estimate/{four}", keys.professional), 403),
        (format!("{}/timewindows/{four}", keys.professional), 200),
        (format!("{admin}/estimate/{four}"), 200),
        (format!("{admin}/estimate/{four}/1/1/1"), 403),
        ("demo-key/estimate/51.15/10.45/30/0/5".to_owned(), 200),
        (format!("demo-key/estimate/{PLANT}"), 403),
    ] {
        let response = get(&sandbox, &path).await;
        assert_eq!(response.status, status, "{path}: {}", response.body);
        if status == 403 {
            assert_refused(&response, 403);
        }
    }
}

#[tokio::test]
async fn wrong_values_are_told_apart() {
    let sandbox = midsummer().await;
    for (path, status) in [
        ("estimate/90.1/13/30/0/5", 404),
        ("estimate/52/200/30/0/5", 404),
        ("estimate/here/13/30/0/5", 404),
        ("estimate/52/13/30/0", 404),
        ("estimate/52/13/30/0/5/6", 404),
        ("estimate/52/13", 404),
        ("nowhere", 404),
        ("info", 404),
        ("estimate/52/13/91/0/5", 422),
        ("estimate/52/13/30/181/5", 422),
        ("estimate/52/13/30/UP/5", 422),
        ("estimate/52/13/30/0/-5", 422),
        ("check/52/13/30/0/0", 422),
        ("estimate/52/13/30/0/5?limit=two", 400),
        ("estimate/52/13/30/0/5?damping=9", 400),
        ("estimate/52/13/30/0/5?start=whenever", 400),
        ("estimate/52/13/30/0/5?horizon=0,100", 400),
        ("estimate/52/13/30/0/5?full=yes", 400),
    ] {
        assert_refused(&get(&sandbox, path).await, status);
    }
    assert_eq!(get(&sandbox, "estimate/52/13").await.text(), "Page not found");
    let url = format!("{}help", sandbox.forecast_solar().base_url());
    assert_refused(&send("POST", &url, &[], "").await.unwrap(), 405);
    let options = send("OPTIONS", &url, &[], "").await.unwrap();
    assert_eq!(options.status, 204);
    assert!(
        options
            .header("access-control-allow-headers")
            .unwrap()
            .contains("X-No-Cache")
    );
}

#[tokio::test]
async fn check_shows_how_values_are_read() {
    let sandbox = midsummer().await;
    let response = get(&sandbox, "check/52,9,36N/4%C2%B028'12%22E/20/SW/2.16").await;
    let body = response.json();
    let expected = json!({
        "latitude": "52° 09' 36\" N",
        "longitude": "04° 28' 12\" E",
        "declination": "20°",
        "azimuth": "45°",
        "power": "2.160 kWp",
        "place": "Leiden, Nederland",
        "timezone": "Europe/Amsterdam",
    });
    assert_eq!(body["result"], expected);
    assert_eq!(body["message"]["info"]["latitude"], 52.16);
    assert_eq!(body["message"]["info"]["time_utc"], "2026-06-21T10:00:00+00:00");
    assert!(body["message"].get("ratelimit").is_none());
    assert_eq!(response.header("x-ratelimit-limit"), None);
    let place = get(&sandbox, "check/52.16/4.47").await.json();
    assert!(place["result"].get("power").is_none());
    // The public plan rounds to two decimals and says by how much.
    let rounded = get(&sandbox, "estimate/52.5214/13.41/30/0/5").await.json();
    assert_eq!(rounded["message"]["info"]["latitude"], 52.52);
    assert_eq!(rounded["message"]["info"]["distance"], 0.156);
}

#[tokio::test]
async fn info_is_not_counted_and_leaks_the_key() {
    let sandbox = midsummer().await;
    for _ in 0..3 {
        let body = get(&sandbox, "SandboxPersonal1/info").await.json();
        assert_eq!(body["result"]["account"], "Personal");
        assert_eq!(body["result"]["level"], 1);
        assert_eq!(body["result"]["until"], "2027-01-07");
        assert!(body["message"].get("info").is_none());
        let quota = &body["message"]["ratelimit"];
        assert_eq!(quota["zone"], "API key SandboxPersonal1");
        assert_eq!(quota["remaining"], 60);
    }
    // A subscription ends with its last day.
    sandbox.advance(Duration::from_secs(201 * 86_400));
    assert_eq!(get(&sandbox, "SandboxPersonal1/info").await.status, 401);
}

#[tokio::test]
async fn charts_are_made_listed_and_drawn() {
    let sandbox = midsummer().await;
    let chart = get(&sandbox, &format!("SandboxAdmin0001/chart/{PLANT}")).await.json();
    let token = chart["result"]["token"].as_str().unwrap();
    let url = chart["result"]["url"].as_str().unwrap();
    assert!(chart["result"]["tag"].as_str().unwrap().contains(url));
    let script = send("GET", url, &[], "").await.unwrap();
    assert_eq!(
        script.header("content-type"),
        Some("application/javascript; charset=utf-8")
    );
    assert!(script.body.contains(token) && !script.body.contains("SandboxAdmin0001"));
    let history = get(&sandbox, &format!("chart/history/1/{token}.js")).await;
    assert!(history.body.contains("\"mode\":\"history\",\"day\":1"));
    assert_refused(&get(&sandbox, "chart/unknown.js").await, 404);
    assert!(get(&sandbox, "chart/init.js").await.body.contains("fs.chart.loaded"));

    let list = get(&sandbox, "SandboxAdmin0001/charts").await.json()["result"].clone();
    assert_eq!(list[0]["token"], token);
    assert_eq!(list[0]["param"]["apikey"], "SandboxAdmin0001");
    assert_eq!(list[0]["param"]["kWp1"], 5);
    assert_eq!(list[0]["comment"], "");
    assert_eq!(
        get(&sandbox, "SandboxProfess01/charts").await.json()["result"],
        json!([])
    );
}

#[tokio::test]
async fn the_texts_and_the_headers_of_all_answers() {
    let sandbox = midsummer().await;
    let help = get(&sandbox, "help").await;
    assert_eq!(help.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(help.header("x-version").unwrap().starts_with('v'));
    assert!(help.header("x-process-time").unwrap().ends_with(" ms"));
    assert_eq!(help.header("date"), Some("Sun, 21 Jun 2026 10:00:00 GMT"));
    let yaml = get(&sandbox, "swagger.yaml").await;
    assert_eq!(yaml.header("content-type"), Some("application/yaml"));

    let check = get(&sandbox, &format!("check/{PLANT}")).await;
    assert_eq!(check.json()["message"]["pid"], check.header("x-pid").unwrap());
    assert_ne!(check.header("x-pid"), help.header("x-pid"));
}

#[test]
fn the_route_table_names_every_operation() {
    let routes = ForecastSolarService::routes();
    let mut operations: Vec<&str> = routes.iter().map(|route| route.operation_id).collect();
    operations.sort_unstable();
    operations.dedup();
    assert_eq!(operations.len(), 33, "{operations:?}");
    let paths = |id: &str| -> Vec<&str> {
        let fits = routes.iter().filter(|route| route.operation_id == id);
        fits.map(|route| route.path.as_str()).collect()
    };
    assert_eq!(
        paths("getWeather"),
        ["/weather/{lat}/{lon}", "/{key}/weather/{lat}/{lon}"]
    );
    assert_eq!(paths("getInfo"), ["/{key}/info"]);
    assert_eq!(paths("getUsage").len(), 2);
}
