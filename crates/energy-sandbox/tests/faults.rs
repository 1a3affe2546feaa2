//! Each fault as a client meets it.

use std::io::ErrorKind;
use std::time::Duration;

use energy_sandbox::{Fault, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::common::{get, midsummer, send};

const ESTIMATE: &str = "estimate/52.52/13.41/30/0/5";

async fn broken(sandbox: &Sandbox, path: &str) -> ErrorKind {
    let url = format!("{}{path}", sandbox.forecast_solar().base_url());
    send("GET", &url, &[], "").await.unwrap_err().kind()
}

#[tokio::test]
async fn statuses_come_with_the_services_own_bodies() {
    let sandbox = midsummer().await;
    let service = sandbox.forecast_solar();
    service.fault(Fault::status(503).times(2).on_path("estimate"));
    assert_eq!(get(&sandbox, "help").await.status, 200);
    for _ in 0..2 {
        let response = get(&sandbox, ESTIMATE).await;
        assert_eq!(response.status, 503);
        assert_eq!(response.header("content-type"), Some("text/plain; charset=utf-8"));
    }
    // The calls that failed were not counted.
    let response = get(&sandbox, ESTIMATE).await;
    assert_eq!(response.header("x-ratelimit-remaining"), Some("11"));

    service.fault(Fault::status(429));
    let response = get(&sandbox, ESTIMATE).await;
    assert_eq!(response.status, 429);
    assert_eq!(
        response.header("x-ratelimit-retry-at"),
        Some("2026-06-21T13:00:00+02:00")
    );
    assert_eq!(response.json()["message"]["info"], serde_json::json!([]));
    service.fault(Fault::status(429));
    let response = get(&sandbox, &format!("SandboxPersonal1/{ESTIMATE}")).await;
    assert_eq!(response.json()["message"]["ratelimit"]["limit"], 60);

    service.fault(Fault::status_with_body(
        500,
        r#"{"result":null,"message":{"code":601}}"#,
    ));
    let response = get(&sandbox, ESTIMATE).await;
    assert_eq!(
        (response.status, &response.json()["message"]["code"]),
        (500, &601.into())
    );
}

#[tokio::test]
async fn bodies_can_be_wrong_in_many_ways() {
    let sandbox = midsummer().await;
    let service = sandbox.forecast_solar();
    service.fault(Fault::html(200));
    let page = get(&sandbox, ESTIMATE).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    service.fault(Fault::outage());
    let outage = get(&sandbox, ESTIMATE).await;
    assert_eq!(outage.status, 503);
    assert!(outage.header("content-type").unwrap().starts_with("text/plain"));

    service.fault(Fault::truncated_json());
    let truncated = get(&sandbox, ESTIMATE).await;
    assert_eq!(truncated.status, 200);
    assert!(truncated.body.starts_with("{\"result\""));
    assert!(serde_json::from_str::<serde_json::Value>(&truncated.body).is_err());
    service.fault(Fault::wrong_json());
    assert!(get(&sandbox, ESTIMATE).await.json().is_array());

    service.fault(Fault::redirect("http://127.0.0.1:1/elsewhere"));
    let redirect = get(&sandbox, ESTIMATE).await;
    assert_eq!(redirect.status, 302);
    assert_eq!(redirect.header("location"), Some("http://127.0.0.1:1/elsewhere"));

    service.fault(Fault::skewed_date(time::Duration::hours(-3)));
    let skewed = get(&sandbox, ESTIMATE).await;
    assert_eq!(skewed.header("date"), Some("Sun, 21 Jun 2026 07:00:00 GMT"));
    assert_eq!(
        get(&sandbox, ESTIMATE).await.header("date"),
        Some("Sun, 21 Jun 2026 10:00:00 GMT")
    );
}

#[tokio::test]
async fn connections_break() {
    let sandbox = midsummer().await;
    let service = sandbox.forecast_solar();
    service.fault(Fault::reset());
    assert_eq!(broken(&sandbox, ESTIMATE).await, ErrorKind::ConnectionReset);
    service.fault(Fault::reset_in_body());
    let kind = broken(&sandbox, ESTIMATE).await;
    assert!(matches!(kind, ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof));
    service.fault(Fault::lost_answer());
    assert_eq!(broken(&sandbox, ESTIMATE).await, ErrorKind::ConnectionReset);
    // The first was never looked at; the other two took effect and were counted.
    let response = get(&sandbox, ESTIMATE).await;
    assert_eq!(response.header("x-ratelimit-remaining"), Some("9"));
    assert_eq!(service.request_count(), 4);
}

/// A connection on which the help text was asked for; what comes back is read by the test.
async fn asked_for_help(base_url: &str) -> TcpStream {
    let address = base_url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET /help HTTP/1.1\r\nhost: here\r\n\r\n";
    stream.write_all(request).await.unwrap();
    stream
}

#[tokio::test]
async fn half_a_body_arrives_before_the_reset() {
    let sandbox = midsummer().await;
    let service = sandbox.forecast_solar();
    service.fault(Fault::reset_in_body());
    let mut stream = asked_for_help(service.base_url()).await;
    let mut received = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut received).await {}
    let received = String::from_utf8(received).unwrap();
    let (head, body) = received.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    assert_eq!(body.len(), length.parse::<usize>().unwrap() / 2);
}

#[tokio::test]
async fn a_huge_body_is_announced_and_never_comes() {
    let sandbox = midsummer().await;
    let service = sandbox.forecast_solar();
    service.fault(Fault::huge_body());
    let mut stream = asked_for_help(service.base_url()).await;
    let mut received = Vec::new();
    let waited = timeout(Duration::from_millis(100), async {
        while let Ok(1..) = stream.read_buf(&mut received).await {}
    });
    assert!(waited.await.is_err(), "the connection stays open");
    let received = String::from_utf8(received).unwrap();
    assert!(received.contains("content-length: 2147483648"), "{received}");
    assert!(received.ends_with("{\"result\":"));
}

#[tokio::test]
async fn latency_is_real_and_the_answer_is_right() {
    let sandbox = midsummer().await;
    sandbox
        .forecast_solar()
        .fault(Fault::latency(Duration::from_millis(60)));
    let began = Instant::now();
    assert_eq!(get(&sandbox, ESTIMATE).await.status, 200);
    assert!(began.elapsed() >= Duration::from_millis(60));
    sandbox.forecast_solar().fault(Fault::reset());
    sandbox.forecast_solar().clear_faults();
    assert_eq!(get(&sandbox, ESTIMATE).await.status, 200);
}

#[tokio::test]
async fn requests_are_recorded_as_they_came() {
    let sandbox = midsummer().await;
    let service = sandbox.forecast_solar();
    let url = format!("{}nowhere/a%20b?x=1", service.base_url());
    send("POST", &url, &[("user-agent", "test/1")], "some=form")
        .await
        .unwrap();
    let requests = service.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].method, "POST");
    assert_eq!(requests[0].path, "/nowhere/a%20b");
    assert_eq!(requests[0].query.as_deref(), Some("x=1"));
    assert_eq!(requests[0].header("user-agent"), Some("test/1"));
    assert_eq!(requests[0].body, b"some=form");
}

#[tokio::test]
async fn the_control_routes_do_the_same_over_http() {
    let sandbox = midsummer().await;
    let base = sandbox.forecast_solar().base_url().to_owned();
    let control = async |method: &str, name: &str, body: &str| {
        send(method, &format!("{base}__sandbox/{name}"), &[], body)
            .await
            .unwrap()
    };
    let order = r#"{"kind":"status","status":418,"times":2,"on_path":"help"}"#;
    assert_eq!(control("POST", "faults", order).await.status, 204);
    assert_eq!(get(&sandbox, "help").await.status, 418);
    assert_eq!(control("DELETE", "faults", "").await.status, 204);
    assert_eq!(get(&sandbox, "help").await.status, 200);
    for order in [
        r#"{"kind":"latency","milliseconds":1}"#,
        r#"{"kind":"html"}"#,
        r#"{"kind":"redirect","location":"/"}"#,
        r#"{"kind":"skewed_date","seconds":-60}"#,
    ] {
        assert_eq!(control("POST", "faults", order).await.status, 204, "{order}");
    }
    let wrong = control("POST", "faults", r#"{"kind":"gremlin"}"#).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.body.contains("gremlin"));

    let now = control("POST", "advance", r#"{"seconds":3600}"#).await;
    assert_eq!(now.json()["now"], "2026-06-21T11:00:00Z");
    assert_eq!(sandbox.now(), time::macros::datetime!(2026-06-21 11:00 UTC));

    let requests = control("GET", "requests", "").await.json();
    assert_eq!(requests["count"], 2, "the control routes themselves are not recorded");
    assert_eq!(requests["requests"][0]["path"], "/help");
}

#[tokio::test]
async fn the_end_closes_the_door() {
    let sandbox = midsummer().await;
    let url = format!("{}help", sandbox.forecast_solar().base_url());
    assert_eq!(send("GET", &url, &[], "").await.unwrap().status, 200);
    sandbox.shutdown().await;
    assert!(send("GET", &url, &[], "").await.is_err());

    let taken = midsummer().await;
    let address = taken.forecast_solar().base_url();
    let address = address.trim_start_matches("http://").trim_end_matches('/');
    let second = Sandbox::builder().listen(address.parse().unwrap()).start().await;
    assert!(second.unwrap_err().to_string().contains(address));
}
