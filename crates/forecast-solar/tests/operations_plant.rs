//! Plant, charts and the service's own texts, each on the wire and read.

use energy_core::Endpoint;
use energy_core::model::Celsius;
use energy_core::time::macros::{date, datetime};
use energy_core::transport::replay::{Exchange, ReplayTransport};
use forecast_solar::*;
use serde_json::json;

use crate::support::*;

fn expect(sent: &Sent, target: &str) {
    assert_eq!(sent.line, format!("GET /{KEY}/{target}"));
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert_eq!(sent.body, "");
}

#[tokio::test]
async fn get_time_windows() {
    let windows = json!({"2026-05-20": {"earliest": "2026-05-20T10:15:00+02:00", "Wh": 1480}});
    let request = GetTimeWindows::new(LATITUDE, LONGITUDE, roof())
        .baseload(240.0)
        .period(90)
        .watt_hours(1500.5);
    let (answer, sent) = exchange(&request, Reply::json(envelope(windows.clone()))).await;
    let query = "time=iso8601&baseload=240&period=90&watthours=1500.5";
    expect(&sent, &format!("timewindows/{PLANT}?{query}"));
    assert_eq!(
        answer.result, windows,
        "its shape is not documented, so it is kept as it came"
    );
}

#[tokio::test]
async fn get_weather() {
    let body = envelope(json!([
        {
            "datetime": "2026-05-20T13:00:00+02:00", "timestamp": 1_779_274_800, "sky": 0.35,
            "temperature": 17.5, "condition": "broken clouds", "icon": "04d",
            "wind_speed": 3.25, "wind_degrees": 285, "wind_direction": "WNW", "humidity": 61,
        },
        {"datetime": "2026-05-20T14:00:00+02:00", "sky": 1, "temperature": -0.4, "wind_speed": 0, "wind_direction": 12},
    ]));
    let request = GetWeather::new(LATITUDE, LONGITUDE);
    let (answer, sent) = exchange(&request, Reply::json(body)).await;
    expect(&sent, "weather/48.7758/9.1829?time=iso8601");
    let [first, second] = answer.result.as_slice() else {
        panic!("two hours");
    };
    assert_eq!(first.datetime.as_deref(), Some("2026-05-20T13:00:00+02:00"));
    assert_eq!(
        (first.timestamp, first.sky),
        (Some(datetime!(2026-05-20 11:00 UTC)), Some(0.35))
    );
    assert_eq!(first.temperature, Some(Celsius(17.5)));
    assert_eq!(
        (first.condition.as_deref(), first.icon.as_deref()),
        (Some("broken clouds"), Some("04d"))
    );
    assert_eq!((first.wind_speed, first.wind_degrees), (Some(3.25), Some(285.0)));
    assert_eq!(first.wind_direction.as_deref(), Some("WNW"));
    assert_eq!(first.extra.get("humidity"), Some(&json!(61)), "unknown fields stay");
    assert_eq!(second.wind_degrees, None, "left out when there is no wind");
    assert_eq!(
        second.wind_direction.as_deref(),
        Some("12"),
        "the old description says a number"
    );
}

#[tokio::test]
async fn check_location() {
    let body = envelope(json!({
        "latitude": "48° 46' 33\" N", "longitude": "09° 10' 58\" E", "place": "Musterweg 3", "timezone": "Europe/Berlin",
        "altitude": "247 m",
    }));
    let (answer, sent) = exchange(&CheckLocation::new(LATITUDE, LONGITUDE), Reply::json(body)).await;
    expect(&sent, "check/48.7758/9.1829");
    assert_eq!(answer.result.latitude.as_deref(), Some("48° 46' 33\" N"));
    assert_eq!(answer.result.timezone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(answer.result.declination, None);
    assert_eq!(answer.result.extra.get("altitude"), Some(&json!("247 m")));
}

#[tokio::test]
async fn check_planes() {
    let request = CheckPlanes::new(LATITUDE, LONGITUDE, roof());
    let (answer, sent) = exchange(&request, Reply::json(fixture("plane_check"))).await;
    expect(&sent, &format!("check/{PLANT}"));
    let said = &answer.result;
    assert_eq!(said.longitude.as_deref(), Some("09° 10' 58\" E"));
    assert_eq!(said.declination.as_deref(), Some("32°"));
    assert_eq!(said.azimuth.as_deref(), Some("-15°"));
    assert_eq!(said.power.as_deref(), Some("6.400 kWp"));
    assert_eq!(said.place.as_deref(), Some("Musterweg 3, 70173 Stuttgart, Deutschland"));
    assert!(said.extra.is_empty());
    assert_eq!(answer.message.ratelimit, None, "checks are not counted");
}

#[tokio::test]
async fn checks_need_no_key() {
    let reply = Reply::json(fixture("plane_check"));
    let request = CheckPlanes::new(LATITUDE, LONGITUDE, roof());
    let (_, sent) = exchange_as(Credentials::public(), &request, reply).await;
    assert_eq!(sent.line, format!("GET /check/{PLANT}"));
}

#[tokio::test]
async fn the_demonstration_key_stands_where_others_do() {
    let demo = Credentials::key(ApiKey::DEMO).unwrap();
    let reply = Reply::json(fixture("plane_check"));
    let (_, sent) = exchange_as(demo, &CheckLocation::new(51.15, 10.45), reply).await;
    assert_eq!(sent.line, "GET /demo-key/check/51.15/10.45");
}

#[tokio::test]
async fn the_key_comes_behind_the_path_of_the_base_url_and_the_user_agent_is_yours() {
    let recorded = ReplayTransport::new([Exchange::get(format!("/mirror/v1/{KEY}/info")).body(fixture("key_info"))]);
    let client = Client::builder(with_key())
        .base_url("https://proxy.example/mirror/v1/")
        .transport(recorded.clone())
        .user_agent("roof-monitor/3.1")
        .build()
        .unwrap();
    client.send(&GetInfo::new()).await.unwrap();
    assert_eq!(recorded.received()[0].headers["user-agent"], "roof-monitor/3.1");
}

#[tokio::test]
async fn get_info() {
    let mut body = fixture("key_info");
    body["result"]["nickname"] = json!("roof");
    let (answer, sent) = exchange(&GetInfo::new(), Reply::json(body)).await;
    expect(&sent, "info");
    let key = &answer.result;
    assert_eq!(key.account, Some(AccountPlan::PersonalPlus));
    assert_eq!(key.level, Some(2));
    assert_eq!(key.until, Some(date!(2027 - 02 - 14)));
    assert_eq!(key.created, Some(datetime!(2025-02-15 18:03:27)));
    assert_eq!(key.email.as_deref(), Some("roof@example.org"));
    assert_eq!(key.name.as_deref(), Some("Erika Muster"));
    assert_eq!(key.paypal.as_deref(), Some("PAYER7XEXAMPLE"));
    assert_eq!(key.subscription.as_deref(), Some("I-0EXAMPLE0SUB"));
    assert_eq!(key.extra.get("nickname"), Some(&json!("roof")));
    let limit = answer.message.ratelimit.unwrap();
    assert_eq!((limit.period, limit.limit, limit.remaining), (3600, 60, Some(51)));
}

#[tokio::test]
async fn create_chart() {
    let body = envelope(json!({
        "token": "c7Yh2Kp0", "url": "https://api.forecast.solar/chart/c7Yh2Kp0.js",
        "tag": "<div data-token=\"c7Yh2Kp0\"></div>", "theme": "dark",
    }));
    let request = CreateChart::new(LATITUDE, LONGITUDE, roof());
    let (answer, sent) = exchange(&request, Reply::json(body)).await;
    expect(&sent, &format!("chart/{PLANT}"));
    assert_eq!(answer.result.token.as_deref(), Some("c7Yh2Kp0"));
    assert_eq!(
        answer.result.url.as_deref(),
        Some("https://api.forecast.solar/chart/c7Yh2Kp0.js")
    );
    assert_eq!(
        answer.result.tag.as_deref(),
        Some("<div data-token=\"c7Yh2Kp0\"></div>")
    );
    assert_eq!(answer.result.extra.get("theme"), Some(&json!("dark")));
}

#[tokio::test]
async fn list_charts() {
    let body = envelope(json!([{
        "token": "c7Yh2Kp0", "comment": "barn", "size": "wide",
        "param": {"apikey": KEY, "lat": "48.7758", "lon": 9.1829, "dec1": 32, "az1": "-15", "kWp1": "6.4", "dec2": 12},
    }]));
    let (answer, sent) = exchange(&ListCharts::new(), Reply::json(body)).await;
    expect(&sent, "charts");
    let chart = &answer.result[0];
    assert_eq!(
        (chart.token.as_deref(), chart.comment.as_deref()),
        (Some("c7Yh2Kp0"), Some("barn"))
    );
    assert_eq!(chart.extra.get("size"), Some(&json!("wide")));
    let made_of = chart.param.as_ref().unwrap();
    assert_eq!((made_of.lat, made_of.lon), (Some(LATITUDE), Some(LONGITUDE)));
    assert_eq!(
        (made_of.dec1, made_of.az1, made_of.kwp1),
        (Some(32.0), Some(-15.0), Some(6.4))
    );
    assert_eq!(made_of.extra.get("dec2"), Some(&json!(12)));
    assert_eq!(
        made_of.apikey.as_ref().unwrap().expose(),
        "[redacted]",
        "the key is blotted out"
    );
}

/// Texts that are open to everybody: the client has a key, and it stays at home.
async fn gives_text<E>(request: E, path: &str, content_type: &str, text: &str)
where
    E: Endpoint<Api = ForecastSolar, Output = String>,
{
    let (answer, sent) = exchange(&request, Reply::new(200, content_type, text)).await;
    assert_eq!(answer, text);
    assert_eq!(sent.line, format!("GET {path}"));
    assert_eq!(sent.header("accept"), Some(content_type));
}

#[tokio::test]
async fn get_chart_loader() {
    let script = "window.dispatchEvent(new Event('fs.chart.loaded'))";
    gives_text(
        GetChartLoader::new(),
        "/chart/init.js",
        "application/javascript",
        script,
    )
    .await;
}

#[tokio::test]
async fn get_chart_script() {
    let script = || ChartScript::new("c7Yh2Kp0");
    for (script, path) in [
        (script(), "/chart/c7Yh2Kp0.js"),
        (script().history(), "/chart/history/c7Yh2Kp0.js"),
        (script().clear_sky(), "/chart/clearsky/c7Yh2Kp0.js"),
        (script().day("1"), "/chart/1/c7Yh2Kp0.js"),
        (
            script().history().day("2026-05-21"),
            "/chart/history/2026-05-21/c7Yh2Kp0.js",
        ),
    ] {
        gives_text(
            GetChartScript::new(script),
            path,
            "application/javascript",
            "draw('ü');",
        )
        .await;
    }
}

#[tokio::test]
async fn get_help() {
    gives_text(
        GetHelp::new(),
        "/help",
        "text/plain",
        "GET /estimate/:lat/:lon/:dec/:az/:kwp\n",
    )
    .await;
}

#[tokio::test]
async fn get_api_description() {
    let description = "swagger: '2.0'\ninfo: {version: 7.36}\n";
    gives_text(
        GetApiDescription::new(),
        "/swagger.yaml",
        "application/yaml",
        description,
    )
    .await;
}
