//! Intellimeter's reports: in every format, on a schedule, and larger than anybody's memory.

use std::time::Duration;

use energy_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use crate::common::midsummer;
use crate::common::{
    self,
    intellimeter::{Login, admin, rows, text, thousandths},
};

const PERIOD: &str = "/reports/period-consumption?start=2026-06-19&end=2026-06-20&ids=all&property=3a5c91e0";

async fn reader() -> (Sandbox, Login) {
    let sandbox = midsummer().await;
    let admin = admin(&sandbox).await;
    (sandbox, admin)
}

#[tokio::test]
async fn reports_agree_with_each_other_and_with_reads() {
    let (_sandbox, admin) = reader().await;
    let period = admin.get(&format!("{PERIOD}&type=RAW")).await;
    assert_eq!(rows(&period).len(), 17);
    let first = &period[0];
    assert_eq!(
        (&first["start"], &first["end"]),
        (&json!("2026-06-19T00:00:00"), &json!("2026-06-21T00:00:00"))
    );

    let meter = text(&first["meter"]);
    let of_meter = format!("type=raw&property=3a5c91e0&ids={meter}");
    let interval = async |name: &str| {
        let path = format!("/reports/interval?start=2026-06-19&end=2026-06-20&interval={name}&{of_meter}");
        admin.get(&path).await
    };
    for (name, stamps, count) in [
        ("HOUR", "2026-06-19T00", 48),
        ("day", "2026-06-19", 2),
        ("MONTH", "2026-06", 1),
        ("YEAR", "2026", 1),
    ] {
        let rows_of = interval(name).await;
        assert_eq!(
            (rows(&rows_of).len(), &rows_of[0]["time_stamping"]),
            (count, &json!(stamps))
        );
        let sum: i64 = rows(&rows_of).iter().map(|row| thousandths(&row["consumption"])).sum();
        assert_eq!(sum, thousandths(&first["consumption"]), "{name}");
    }

    let daily = admin
        .get(&format!(
            "/reports/daily-grand-total?start=2026-06-18&end=2026-06-21&{of_meter}"
        ))
        .await;
    assert_eq!(rows(&daily).len(), 4);
    let total = |row: usize| thousandths(&daily[row]["total"]);
    assert_eq!(total(2) - total(0), thousandths(&first["consumption"]));
    // The last day is not over: it is what the meter shows now.
    let now = admin.get("/read?by=meter&property=3a5c91e0").await;
    let read = rows(&now["3a5c91e0"]).iter().find(|row| row["meter"] == meter).unwrap();
    assert_eq!(daily[3]["total"], read["kwh"]);
    let single = admin
        .get(&format!("/reports/single-grand-total?start=2026-06-20&{of_meter}"))
        .await;
    assert_eq!(single[0]["total"], daily[2]["total"]);
    let single = admin
        .get(&format!(
            "/reports/single-grand-total?start=2026-06-21T05:00:00&{of_meter}"
        ))
        .await;
    assert_eq!(single[0]["time_stamping"], "2026-06-21T05:00:00");
}

#[tokio::test]
async fn files_have_names_and_types() {
    let (_sandbox, admin) = reader().await;
    for (kind, extension, content_type, begins) in [
        (
            "CSV",
            "csv",
            "text/csv; charset=utf-8",
            "meter,name,serial_number,suite,utility,units,start,end,consumption\n",
        ),
        (
            "TSV",
            "tsv",
            "text/tab-separated-values; charset=utf-8",
            "meter\tname\t",
        ),
        (
            "xml",
            "xml",
            "application/xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\" ?><report><item><meter>",
        ),
        ("JSON", "json", "application/json", "[{\"consumption\":"),
        ("YAML", "yaml", "application/yaml", "- meter: \""),
        (
            "MYSQL",
            "sql",
            "application/sql",
            "INSERT INTO `{table_name}` (`meter`, `name`",
        ),
        (
            "XLSX",
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "PK\u{3}\u{4}",
        ),
    ] {
        let file = admin.call("GET", &format!("{PERIOD}&type={kind}"), Value::Null).await;
        assert_eq!(
            (file.status, file.header("content-type")),
            (200, Some(content_type)),
            "{kind}"
        );
        let disposition = format!("attachment; filename=\"period-consumption.{extension}\"");
        assert_eq!(file.header("content-disposition"), Some(disposition.as_str()));
        assert!(file.body.starts_with(begins), "{kind}: {}", &file.body[..200]);
        assert!(file.body.contains("Suite 1 Electricity"), "{kind}");
    }
    let raw = admin.call("GET", &format!("{PERIOD}&type=RAW"), Value::Null).await;
    assert_eq!(raw.header("content-disposition"), None);
    let file = admin
        .call("GET", &format!("{PERIOD}&type=JSON&pretty=true"), Value::Null)
        .await;
    assert_eq!(file.json(), raw.json());
    assert!(file.body.contains("\n  {\n"));
    let named = admin
        .call("GET", &format!("{PERIOD}&type=MYSQL&table_name=used"), Value::Null)
        .await;
    assert!(named.body.starts_with("INSERT INTO `used` "));
}

#[tokio::test]
async fn reports_want_all_they_need() {
    let (_sandbox, admin) = reader().await;
    for (from, to, status) in [
        ("start=2026-06-19&", "", 400),
        ("end=2026-06-20&", "", 400),
        ("ids=all&", "", 400),
        ("ids=all", "ids=none", 404),
        ("property=3a5c91e0", "property=none", 404),
        ("end=2026-06-20", "end=2026-06-01", 400),
        ("start=2026-06-19", "start=19.6.2026", 400),
        ("ids=all", "ids=all&pretty=maybe", 400),
    ] {
        let path = format!("{PERIOD}&type=RAW").replace(from, to);
        assert_eq!(admin.status("GET", &path, Value::Null).await, status, "{path}");
    }
    for kind in ["", "&type=PDF"] {
        assert_eq!(admin.status("GET", &format!("{PERIOD}{kind}"), Value::Null).await, 400);
    }
    let path = format!("{PERIOD}&type=RAW").replace("period-consumption", "interval");
    assert_eq!(admin.status("GET", &path, Value::Null).await, 400);
    assert_eq!(
        admin.status("GET", &format!("{path}&interval=WEEK"), Value::Null).await,
        400
    );
}

#[tokio::test]
async fn reports_are_scheduled() {
    let (sandbox, admin) = reader().await;
    let body = json!({"name": "Daily", "period": 1, "repeat": "Day", "reports": ["TopSuites", "ConsumptionTable"]});
    let created = admin.good("POST", "/reports/schedule", body.clone()).await;
    assert_eq!(rows(&created).len(), 1);
    let report = &created[0];
    assert_eq!(
        (&report["repeat"], &report["start"]),
        (&json!("day"), &json!("2026-06-21"))
    );
    assert_eq!(
        (&report["last_run"], &report["result"], &report["end"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let path = format!("/reports/schedule?id={}", text(&report["id"]));
    let updated = admin.good("PUT", &path, json!({"name": "Often", "period": null})).await;
    assert_eq!(
        (&updated[0]["name"], &updated[0]["period"]),
        (&json!("Often"), &Value::Null)
    );
    sandbox.advance(Duration::from_secs(2 * 86_400));
    let admin = common::intellimeter::admin(&sandbox).await;
    let listed = admin.get("/reports/schedule").await;
    assert_eq!(listed[0]["last_run"], "2026-06-23T00:00:00");
    assert_eq!(admin.good("DELETE", &path, Value::Null).await, listed);
    assert_eq!(admin.get("/reports/schedule").await, json!([]));
    assert_eq!(admin.status("PUT", &path, json!({})).await, 404);
    for (name, value) in [
        ("reports", json!(["topsuites"])),
        ("reports", json!([])),
        ("repeat", json!("hour")),
        ("period", json!(0)),
        ("start", json!("soon")),
    ] {
        let mut wrong = body.clone();
        wrong[name] = value;
        assert_eq!(admin.status("POST", "/reports/schedule", wrong).await, 422, "{name}");
    }
}

#[tokio::test]
async fn a_report_is_made_while_one_polls() {
    let (sandbox, admin) = reader().await;
    let body = json!({"name": "Once", "repeat": "never", "reports": ["TopSuites"]});
    let report = admin.good("POST", "/reports/schedule", body).await[0]["id"].clone();
    let path = format!("/reports/schedule/generate?id={}", text(&report));
    let started = admin.call("GET", &path, Value::Null).await;
    assert_eq!(started.status, 202);
    let started = started.json();
    assert_eq!(
        (&started["code"], &started["error"], &started["interval"]),
        (&json!(202), &json!("Accepted"), &json!("0:00:05"))
    );
    let uri = text(&started["poll_uri"]);
    let poll = uri.strip_prefix("http://127.0.0.1:12345/api/v1").unwrap();
    assert!(text(&started["message"]).contains(uri));
    for _ in 0..2 {
        let early = admin.call("GET", poll, Value::Null).await;
        assert_eq!((early.status, &early.json()["error"]), (425, &json!("Too Early")));
        sandbox.advance(Duration::from_secs(5));
    }
    sandbox.advance(Duration::from_secs(2));
    let made = admin.call("GET", poll, Value::Null).await;
    assert_eq!(
        (made.status, made.header("content-type")),
        (200, Some("application/pdf"))
    );
    assert!(made.body.starts_with("%PDF-1.4") && made.body.contains("TopSuites"));
    assert_eq!(admin.status("GET", &format!("{poll}x"), Value::Null).await, 404);
    assert_eq!(
        admin
            .status("GET", "/reports/schedule/generate?id=none", Value::Null)
            .await,
        404
    );
}

#[tokio::test]
async fn a_huge_report_is_whole_rows() {
    let (sandbox, admin) = reader().await;
    let service = sandbox.intellimeter();
    service.huge_report(3_000_000);
    let path = format!("{PERIOD}&type=CSV");
    let small = admin.call("GET", &path.replace("CSV", "TSV"), Value::Null).await;
    assert!(small.bytes.len() < 10_000, "only CSV");
    let huge = admin.call("GET", &path, Value::Null).await;
    assert!((3_000_000..3_000_200).contains(&huge.bytes.len()));
    let lines: Vec<&str> = huge.body.lines().collect();
    assert!(
        lines[1..]
            .iter()
            .all(|line| *line == lines[1] && line.split(',').count() == 9)
    );
    assert!(huge.body.ends_with('\n'));
    assert!(
        admin.call("GET", &path, Value::Null).await.bytes.len() < 10_000,
        "only once"
    );

    // A break in the middle is a break, here too.
    service.huge_report(3_000_000);
    service.fault(Fault::reset_in_body());
    let url = format!("{}{path}", admin.base_url);
    let bearer = format!("Bearer {}", admin.token);
    assert!(
        common::send("GET", &url, &[("authorization", &bearer)], "")
            .await
            .is_err()
    );

    // More than any machine has: it begins all the same.
    service.huge_report(5_000_000_000_000);
    let url = Url::parse(&url).unwrap();
    let mut stream = TcpStream::connect(url.socket_addrs(|| None).unwrap()[0]).await.unwrap();
    let target = &url[url::Position::BeforePath..];
    let request = format!("GET {target} HTTP/1.1\r\nhost: sandbox\r\nauthorization: {bearer}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut received = vec![0; 1_000_000];
    stream.read_exact(&mut received).await.unwrap();
    let received = String::from_utf8(received).unwrap();
    let length = received
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    assert!(length.parse::<u64>().unwrap() >= 5_000_000_000_000);
    let rows: Vec<&str> = received.split("\r\n\r\n").nth(1).unwrap().lines().collect();
    assert!(rows.len() > 5000);
    assert_eq!(rows[1], rows[rows.len() - 2]);
}
