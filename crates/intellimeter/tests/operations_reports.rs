//! Reports on demand and on a schedule: each operation on the wire and read.

use std::time::Duration;

use energy_core::time::macros::{date, datetime};
use intellimeter::*;
use serde_json::{Value, json};

use crate::support::entities::*;
use crate::support::*;

/// What the rows have is not documented.
fn rows() -> Value {
    json!([{"meter": METER, "sum": 12.5}, {"meter": "b3e90d18", "sum": null}])
}

fn expect_rows(report: &ReportRows) {
    assert_eq!(report.0, rows());
    let meters: Vec<&Value> = report.rows().map(|row| &row["meter"]).collect();
    assert_eq!(meters, [&json!(METER), &json!("b3e90d18")]);
}

#[tokio::test]
async fn get_period_consumption() {
    let (start, end) = (date!(2026 - 03 - 01), date!(2026 - 03 - 31));
    let request = GetPeriodConsumption::new(PROPERTY, start, end, ReportMeters::ALL);
    let (report, sent) = round_trip(&request, Reply::json(rows())).await;
    sent.expect(
        "GET",
        "/reports/period-consumption?type=RAW&property=61fd02c9&start=2026-03-01&end=2026-03-31&ids=all",
    );
    expect_rows(&report);
}

#[tokio::test]
async fn get_single_grand_total() {
    let meters = ReportMeters::only([METER, "b3e90d18"]).unwrap();
    let request = GetSingleGrandTotal::new(PROPERTY, date!(2026 - 03 - 01), meters);
    let (report, sent) = round_trip(&request, Reply::json(rows())).await;
    sent.expect(
        "GET",
        "/reports/single-grand-total?type=RAW&property=61fd02c9&start=2026-03-01&ids=b3e90d17%2Cb3e90d18",
    );
    expect_rows(&report);
}

#[tokio::test]
async fn get_daily_grand_total() {
    let (start, end) = (datetime!(2026-03-01 06:00), datetime!(2026-03-02 18:30:15));
    let request = GetDailyGrandTotal::new(PROPERTY, start, end, ReportMeters::ALL).pretty(true);
    let (report, sent) = round_trip(&request, Reply::json(rows())).await;
    let path = "/reports/daily-grand-total?type=RAW&property=61fd02c9&start=2026-03-01T06%3A00%3A00\
                &end=2026-03-02T18%3A30%3A15&ids=all&pretty=true";
    sent.expect("GET", path);
    expect_rows(&report);
}

#[tokio::test]
async fn get_interval_report() {
    for (interval, name) in [
        (ReportInterval::Hour, "HOUR"),
        (ReportInterval::Day, "DAY"),
        (ReportInterval::Month, "MONTH"),
        (ReportInterval::Year, "YEAR"),
    ] {
        let (start, end) = (date!(2025 - 01 - 01), date!(2026 - 01 - 01));
        let request = GetIntervalReport::new(PROPERTY, start, end, ReportMeters::ALL, interval);
        let (report, sent) = round_trip(&request, Reply::json(rows())).await;
        let path = format!(
            "/reports/interval?type=RAW&property=61fd02c9&start=2025-01-01&end=2026-01-01&ids=all&interval={name}"
        );
        sent.expect("GET", &path);
        expect_rows(&report);
    }
}

#[tokio::test]
async fn get_counts() {
    let counts = json!([{
        "invoices": {
            "late": 7, "late_percent": 17.5, "on_time": 33, "on_time_percent": 82.5, "paid": 9, "paid_percent": 22.5,
            "total": 40, "unpaid": 31, "unpaid_percent": 77.5,
        },
        "monthly_consumption": {"electrical": 311.75, "gas": 14.5, "water": 92.25},
    }]);
    let (counts, sent) = round_trip(&GetCounts::new(), Reply::json(counts)).await;
    sent.expect("GET", "/reports/counts");
    assert_eq!(counts.len(), 1);
    let invoices = &counts[0].invoices;
    assert_eq!(
        [
            invoices.late,
            invoices.on_time,
            invoices.paid,
            invoices.unpaid,
            invoices.total
        ],
        [7, 33, 9, 31, 40]
    );
    assert_eq!(
        [
            invoices.late_percent,
            invoices.on_time_percent,
            invoices.paid_percent,
            invoices.unpaid_percent
        ],
        [17.5, 82.5, 22.5, 77.5]
    );
    let month = &counts[0].monthly_consumption;
    assert_eq!(
        [month.electrical, month.gas, month.water],
        [Some(311.75), Some(14.5), Some(92.25)]
    );
}

/// One line of the text has `/reports/reports/schedule`; no example has.
#[tokio::test]
async fn list_scheduled_reports() {
    let mut never = scheduled_report();
    for (name, value) in [
        ("period", json!(null)),
        ("start", json!(null)),
        ("end", json!(null)),
        ("last_run", json!(null)),
        ("result", json!(null)),
        ("repeat", json!("never")),
    ] {
        never[name] = value;
    }
    let list = json!([scheduled_report(), never]);
    let (reports, sent) = round_trip(&ListScheduledReports::new(), Reply::json(list)).await;
    sent.expect("GET", "/reports/schedule");
    assert_eq!(reports.len(), 2);
    expect_scheduled_report(&reports[0]);
    let never = &reports[1];
    assert_eq!((&never.repeat, never.period), (&Repeat::Never, None));
    assert_eq!((never.start, never.end, never.last_run), (None, None, None));
    assert_eq!(never.result, None);
}

#[tokio::test]
async fn create_scheduled_report() {
    let names = vec![ReportName::TopSuitesTable, ReportName::WeekendDistribution];
    let input = ScheduledReportInput::new("Mill by week", names.clone(), Repeat::Week)
        .period(2)
        .start(date!(2026 - 01 - 05))
        .end(date!(2027 - 06 - 30))
        .active(true);
    let request = CreateScheduledReport::new(input);
    let (reports, sent) = round_trip(&request, Reply::json(json!([scheduled_report()]))).await;
    let body = json!({
        "name": "Mill by week", "reports": ["TopSuitesTable", "WeekendDistribution"], "repeat": "week", "period": 2,
        "start": "2026-01-05", "end": "2027-06-30", "active": true,
    });
    sent.expect_body("POST", "/reports/schedule", &body);
    let reports = reports.into_vec();
    assert_eq!(reports.len(), 1);
    expect_scheduled_report(&reports[0]);

    let request = CreateScheduledReport::new(ScheduledReportInput::new("Once", names, Repeat::Never));
    let (_, sent) = round_trip(&request, Reply::json(scheduled_report())).await;
    let body = json!({"name": "Once", "reports": ["TopSuitesTable", "WeekendDistribution"], "repeat": "never"});
    sent.expect_body("POST", "/reports/schedule", &body);
}

#[tokio::test]
async fn update_scheduled_report() {
    let update = ScheduledReportUpdate::new()
        .name("Mill by month")
        .reports(vec![ReportName::ConsumptionMonthly])
        .repeat(Repeat::Month)
        .period(1)
        .start(date!(2026 - 05 - 01))
        .end(date!(2026 - 12 - 01))
        .active(false);
    let request = UpdateScheduledReport::new(REPORT, update);
    let (reports, sent) = round_trip(&request, Reply::json(scheduled_report())).await;
    let body = json!({
        "name": "Mill by month", "reports": ["ConsumptionMonthly"], "repeat": "month", "period": 1,
        "start": "2026-05-01", "end": "2026-12-01", "active": false,
    });
    sent.expect_body("PUT", "/reports/schedule?id=d0c5aa38", &body);
    let reports = reports.into_vec();
    assert_eq!(reports.len(), 1);
    expect_scheduled_report(&reports[0]);
}

#[tokio::test]
async fn delete_scheduled_report() {
    let request = DeleteScheduledReport::new(REPORT);
    let (reports, sent) = round_trip(&request, Reply::json(json!([scheduled_report()]))).await;
    sent.expect("DELETE", "/reports/schedule?id=d0c5aa38");
    let reports = reports.into_vec();
    assert_eq!(reports.len(), 1);
    expect_scheduled_report(&reports[0]);
}

#[tokio::test]
async fn generate_scheduled_report() {
    let poll_uri = "http://127.0.0.1:12345/api/v1/reports/schedule/poll?id=d0c5aa38&token=Knot-77e1";
    let reply = Reply::json(generation(poll_uri)).status(202);
    let (started, sent) = round_trip(&GenerateScheduledReport::new(REPORT), reply).await;
    sent.expect("GET", "/reports/schedule/generate?id=d0c5aa38");
    assert_eq!((started.code, started.error.as_deref()), (Some(202), Some("Accepted")));
    assert_eq!(started.interval, Duration::from_secs(7));
    assert_eq!(started.poll_uri.expose(), poll_uri);
    assert!(started.message.unwrap().expose().starts_with("The job runs."));
}

#[tokio::test]
async fn poll_scheduled_report() {
    let pdf = b"%PDF-1.7\n\xe2\xe3\xcf\xd3 mill".to_vec();
    let request = PollScheduledReport::new(REPORT, "Knot-77e1");
    let (report, sent) = round_trip(&request, Reply::new(200, "application/pdf", pdf.clone())).await;
    let path = "/reports/schedule/poll?id=d0c5aa38&token=Knot-77e1";
    sent.expect_accept("GET", path, "application/pdf");
    assert_eq!(report, pdf, "byte by byte");
}
