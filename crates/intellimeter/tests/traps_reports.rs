//! The traps of reports: formats, names and types of files, one or many, and whom to ask for one that is being made.

use std::time::Duration;

use energy_core::time::macros::{date, datetime};
use intellimeter::*;
use serde_json::{Value, json};

use crate::support::entities::*;
use crate::support::*;

const FORMATS: [(ReportFormat, &str); 7] = [
    (ReportFormat::Csv, "CSV"),
    (ReportFormat::Xml, "XML"),
    (ReportFormat::Json, "JSON"),
    (ReportFormat::Yaml, "YAML"),
    (ReportFormat::Xlsx, "XLSX"),
    (ReportFormat::Tsv, "TSV"),
    (ReportFormat::Mysql, "MYSQL"),
];

fn report() -> GetPeriodConsumption {
    GetPeriodConsumption::new(
        PROPERTY,
        date!(2026 - 03 - 01),
        date!(2026 - 03 - 31),
        ReportMeters::ALL,
    )
}

fn file(name: &str, kind: &str, bytes: &[u8]) -> Reply {
    Reply::new(200, kind, bytes).header("content-disposition", &format!("attachment; filename={name}"))
}

/// The query of a request to this report, parameter by parameter.
async fn query_of<E: energy_core::Endpoint<Api = Intellimeter>>(request: &E) -> Vec<(String, String)> {
    let sent = wire(login(), request).await;
    let query = sent.line.split_once('?').unwrap().1;
    energy_core::url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn values<'a>(query: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let named = query.iter().filter(|(other, _)| other == name);
    named.map(|(_, value)| value.as_str()).collect()
}

#[tokio::test]
async fn trap_04_rows_are_raw_and_kept_as_they_came() {
    for body in [
        json!([{"meter": METER, "total": 1.5}]),
        json!({"meters": [{"id": METER}], "pages": 1}),
        json!([]),
        json!(null),
    ] {
        let (rows, sent) = round_trip(&report(), Reply::json(body.clone())).await;
        assert!(sent.line.contains("?type=RAW&"), "{}", sent.line);
        assert_eq!(rows.0, body);
    }
}

#[tokio::test]
async fn trap_04_every_other_format_is_a_file_with_name_and_type() {
    for (format, name) in FORMATS {
        let bytes = [name.as_bytes(), b"\x00\xff\xfe"].concat();
        let reply = file("\"mill march.bin\"", "application/x-mill; charset=binary", &bytes);
        let (found, sent) = round_trip(&report().into_file(format), reply).await;
        let path = format!(
            "/reports/period-consumption?property=61fd02c9&start=2026-03-01&end=2026-03-31&ids=all&type={name}"
        );
        sent.expect_accept("GET", &path, "*/*");
        assert_eq!(found.name.as_deref(), Some("mill march.bin"));
        assert_eq!(found.content_type, "application/x-mill; charset=binary");
        assert_eq!(found.bytes, bytes);
    }
}

#[tokio::test]
async fn trap_04_each_report_can_be_a_file() {
    let (start, end) = (date!(2026 - 03 - 01), date!(2026 - 03 - 31));
    let all = || ReportMeters::ALL;
    let single = GetSingleGrandTotal::new(PROPERTY, start, all()).into_file(ReportFormat::Xlsx);
    let daily = GetDailyGrandTotal::new(PROPERTY, start, end, all()).into_file(ReportFormat::Tsv);
    let interval =
        GetIntervalReport::new(PROPERTY, start, end, all(), ReportInterval::Month).into_file(ReportFormat::Yaml);
    let single = wire(login(), &single).await.line;
    let daily = wire(login(), &daily).await.line;
    let interval = wire(login(), &interval).await.line;
    for (line, path, kind) in [
        (single, "/reports/single-grand-total?", "XLSX"),
        (daily, "/reports/daily-grand-total?", "TSV"),
        (interval, "/reports/interval?", "YAML"),
    ] {
        assert!(line.starts_with(&format!("GET {BASE}{path}")), "{line}");
        assert!(line.contains(&format!("type={kind}")), "{line}");
        assert_eq!(line.matches("type=").count(), 1, "{line}");
    }
}

/// A JSON report as a file is a file, and not read.
#[tokio::test]
async fn trap_04_a_json_file_is_no_answer_to_be_read() {
    let text = b"{\n  \"half\": [1, 2";
    let request = report().into_file(ReportFormat::Json).clone();
    let (found, _) = round_trip(&request, Reply::new(200, "application/json", text)).await;
    assert_eq!((found.name, found.content_type.as_str()), (None, "application/json"));
    assert_eq!(found.bytes, text.to_vec());
}

#[tokio::test]
async fn trap_04_ids_are_all_or_a_list_with_commas() {
    let with = |meters| GetPeriodConsumption::new(PROPERTY, date!(2026 - 03 - 01), date!(2026 - 03 - 31), meters);
    assert_eq!(values(&query_of(&with(ReportMeters::ALL)).await, "ids"), ["all"]);
    let one = ReportMeters::only([METER]).unwrap();
    assert_eq!(values(&query_of(&with(one)).await, "ids"), [METER]);
    let three = ReportMeters::only(["m1", "m 2", "m&3"]).unwrap();
    assert_eq!(values(&query_of(&with(three)).await, "ids"), ["m1,m 2,m&3"]);
}

#[tokio::test]
async fn trap_04_pretty_and_table_name_are_sent_when_they_are_set() {
    let query = query_of(&report().into_file(ReportFormat::Mysql)).await;
    assert_eq!(
        (values(&query, "pretty"), values(&query, "table_name")),
        (vec![], vec![])
    );
    let request = report()
        .pretty(false)
        .table_name("mill reads")
        .into_file(ReportFormat::Mysql);
    let query = query_of(&request).await;
    assert_eq!(values(&query, "pretty"), ["false"]);
    assert_eq!(values(&query, "table_name"), ["mill reads"]);
    assert_eq!(values(&query, "type"), ["MYSQL"]);
    let query = query_of(&report().pretty(true)).await;
    assert_eq!(
        (values(&query, "pretty"), values(&query, "type")),
        (vec!["true"], vec!["RAW"])
    );
}

#[tokio::test]
async fn trap_04_dates_may_have_a_time() {
    let (start, end) = (datetime!(2026-03-01 00:00), datetime!(2026-03-01 23:59:59.75));
    let request = GetPeriodConsumption::new(PROPERTY, start, end, ReportMeters::ALL);
    let query = query_of(&request).await;
    assert_eq!(values(&query, "start"), ["2026-03-01T00:00:00"]);
    assert_eq!(values(&query, "end"), ["2026-03-01T23:59:59"]);
    let mixed = GetPeriodConsumption::new(PROPERTY, date!(2026 - 03 - 01), end, ReportMeters::ALL);
    assert_eq!(values(&query_of(&mixed).await, "start"), ["2026-03-01"]);
}

#[tokio::test]
async fn trap_05_one_report_comes_alone_or_in_a_list() {
    let names = vec![ReportName::TopSuites];
    let create = CreateScheduledReport::new(ScheduledReportInput::new("Mill", names, Repeat::Never));
    let update = UpdateScheduledReport::new(REPORT, ScheduledReportUpdate::new().active(true));
    let delete = DeleteScheduledReport::new(REPORT);
    for body in [scheduled_report(), json!([scheduled_report()])] {
        let answers = [
            round_trip(&create, Reply::json(body.clone())).await.0,
            round_trip(&update, Reply::json(body.clone())).await.0,
            round_trip(&delete, Reply::json(body)).await.0,
        ];
        for answer in answers {
            let reports = answer.into_vec();
            assert_eq!(reports.len(), 1);
            expect_scheduled_report(&reports[0]);
        }
    }
    let error = failing(&delete, Reply::json(json!({"name": "half a report"}))).await;
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
}

#[tokio::test]
async fn trap_05_repeat_is_read_in_any_case_and_report_names_are_not() {
    for (written, repeat) in [
        ("never", Repeat::Never),
        ("Never", Repeat::Never),
        ("DAY", Repeat::Day),
        ("Week", Repeat::Week),
        ("mONTH", Repeat::Month),
        ("YEAR", Repeat::Year),
    ] {
        let mut body = scheduled_report();
        body["repeat"] = json!(written);
        let (reports, _) = round_trip(&ListScheduledReports::new(), Reply::json(json!([body]))).await;
        assert_eq!(reports[0].repeat, repeat, "{written}");
    }
    let mut body = scheduled_report();
    body["reports"] = json!(["topsuites", "TopSuites"]);
    let (reports, _) = round_trip(&ListScheduledReports::new(), Reply::json(json!([body]))).await;
    assert!(matches!(reports[0].reports[0], ReportName::Unknown(_)));
    assert_eq!(reports[0].reports[1], ReportName::TopSuites);
    let ten = [
        "ConsumptionTable",
        "ConsumptionMonthly",
        "ConsumptionDaily",
        "ConsumptionDistribution",
        "WeekendDistribution",
        "WeekendTable",
        "TopProperties",
        "TopSuites",
        "TopPropertiesTable",
        "TopSuitesTable",
    ];
    assert_eq!(ReportName::KNOWN, ten);
}

/// The address to ask at names the server's own loopback, and here another listener: it must hear nothing.
#[tokio::test]
async fn trap_06_the_host_in_the_poll_address_gets_nothing() {
    let stranger = Server::untouched().await;
    let poll_uri = format!(
        "{}/reports/schedule/poll?id={REPORT}&token=Knot-77e1",
        stranger.base_url()
    );
    let pdf = b"%PDF-1.7 mill".to_vec();
    let answers = [
        Reply::json(generation(&poll_uri)).status(202),
        too_early(),
        Reply::new(200, "application/pdf", pdf.clone()),
    ];
    let server = Server::answering_all(answers).await;
    let client = server.client(login());
    let generation = Generation::start(&client, REPORT).await.unwrap();
    let mut written = Vec::new();
    generation
        .download(&client, Duration::from_secs(60), &mut written, |_| {})
        .await
        .unwrap();
    assert_eq!(written, pdf);
    assert!(stranger.sent().is_empty(), "{:?}", stranger.sent());
    let sent = server.sent();
    assert_eq!(sent.len(), 3);
    for poll in &sent[1..] {
        let path = "/reports/schedule/poll?id=d0c5aa38&token=Knot-77e1";
        poll.expect_accept("GET", path, "application/pdf");
    }
}

/// Id and token of a poll address, as they are asked with.
async fn asked_with(poll_uri: &str) -> Option<String> {
    let answers = [
        Reply::json(generation(poll_uri)).status(202),
        Reply::new(200, "application/pdf", "%PDF"),
    ];
    let server = Server::answering_all(answers).await;
    let client = server.client(login());
    let generation = match Generation::start(&client, REPORT).await {
        Ok(generation) => generation,
        Err(GenerationError::NoToken) => return None,
        Err(error) => panic!("{error:?}"),
    };
    let patience = Duration::from_secs(60);
    generation
        .download(&client, patience, &mut Vec::new(), |_| {})
        .await
        .unwrap();
    let asked = server.sent().remove(1).line;
    Some(asked.split_once("/poll?").unwrap().1.to_owned())
}

#[tokio::test]
async fn trap_06_id_and_token_are_taken_from_the_poll_address_however_it_is_written() {
    for (poll_uri, asked) in [
        (
            "http://127.0.0.1:12345/api/v1/reports/schedule/poll?id=r1&token=t-1",
            "id=r1&token=t-1",
        ),
        ("/api/v1/reports/schedule/poll?token=t-2&id=r2", "id=r2&token=t-2"),
        ("poll?id=r3&token=t-3&lang=en", "id=r3&token=t-3"),
        ("?token=t-4", "id=d0c5aa38&token=t-4"),
        ("https://[::1]:9/poll?id=r5&token=a%2Fb%3D+c", "id=r5&token=a%2Fb%3D+c"),
        ("/poll?id=&token=t-6", "id=d0c5aa38&token=t-6"),
    ] {
        assert_eq!(asked_with(poll_uri).await.as_deref(), Some(asked), "{poll_uri}");
    }
    for without in [
        "http://127.0.0.1:12345/poll?id=r1",
        "/poll?id=r1&token=",
        "",
        "[Some URI]",
    ] {
        assert_eq!(asked_with(without).await, None, "{without}");
    }
}

#[tokio::test]
async fn trap_06_the_interval_is_written_as_a_time() {
    for (written, seconds) in [("0:00:05", 5), ("00:01:30", 90), ("1:00:00", 3600), ("0:00:00", 1)] {
        let mut body = generation("/poll?id=r1&token=t-1");
        body["interval"] = json!(written);
        let (started, _) = round_trip(&GenerateScheduledReport::new(REPORT), Reply::json(body).status(202)).await;
        let generation = started.generation(REPORT).unwrap();
        assert_eq!(generation.interval(), Duration::from_secs(seconds), "{written}");
    }
}

/// Code, error and message say nothing that is needed.
#[tokio::test]
async fn trap_06_a_generation_needs_interval_and_address_alone() {
    let body: Value = json!({"interval": "0:00:05", "poll_uri": "/poll?id=r1&token=t-1"});
    let reply = Reply::json(body).status(202);
    let (started, _) = round_trip(&GenerateScheduledReport::new(REPORT), reply).await;
    assert_eq!(
        (started.code, started.error.is_none(), started.message.is_none()),
        (None, true, true)
    );
    assert!(started.generation(REPORT).is_some());
}
