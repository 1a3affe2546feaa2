//! Files to a writer, piece by piece, and what they are called.

use energy_core::time::macros::date;
use energy_core::{Error, Progress};
use intellimeter::*;
use serde_json::json;

use crate::support::entities::*;
use crate::support::*;

fn report() -> FileRequest<GetSingleGrandTotal> {
    GetSingleGrandTotal::new(PROPERTY, date!(2026 - 03 - 01), ReportMeters::ALL).into_file(ReportFormat::Csv)
}

#[tokio::test]
async fn a_report_is_written_as_it_arrives() {
    let rows: String = (0..40_000).map(|row| format!("{row};0.25\n")).collect();
    let reply = Reply::new(200, "text/csv", rows.clone()).header("content-disposition", "attachment; filename=m.csv");
    let server = Server::answering(reply).await;
    let (mut file, mut told) = (Vec::new(), Vec::<Progress>::new());
    let done = server
        .client(login())
        .call(&report())
        .download(&mut file, |progress| told.push(progress))
        .await
        .unwrap();
    assert!(file == rows.as_bytes(), "byte by byte");
    assert_eq!(done.bytes, rows.len() as u64);
    assert_eq!(done.headers["content-type"], "text/csv");
    assert_eq!(ReportFile::name_of(&done).as_deref(), Some("m.csv"));
    assert!(told.windows(2).all(|pair| pair[0].received < pair[1].received));
    let last = told.last().unwrap();
    assert_eq!((last.received, last.total), (done.bytes, Some(done.bytes)));
    server.one().expect_accept(
        "GET",
        "/reports/single-grand-total?property=61fd02c9&start=2026-03-01&ids=all&type=CSV",
        "*/*",
    );
}

#[tokio::test]
async fn invoices_manual_and_pdf_are_downloads_too() {
    for kind in ["application/vnd.oasis.opendocument.text", "application/pdf"] {
        let server = Server::answering(Reply::new(200, kind, b"\x00\x01file")).await;
        let client = server.client(login());
        let (mut invoice, mut manual, mut pdf) = (Vec::new(), Vec::new(), Vec::new());
        let request = GetInvoiceFile::new("a.odt");
        client.call(&request).download(&mut invoice, |_| {}).await.unwrap();
        client
            .call(&GetUserManual::new())
            .download(&mut manual, |_| {})
            .await
            .unwrap();
        let request = PollScheduledReport::new(REPORT, "t-1");
        client.call(&request).download(&mut pdf, |_| {}).await.unwrap();
        assert!([invoice, manual, pdf].iter().all(|file| file == b"\x00\x01file"));
    }
}

#[tokio::test]
async fn a_failure_does_not_land_in_the_file() {
    let body = json!({"code": 404, "error": "Not Found", "message": "No such property."});
    let server = Server::answering(Reply::json(body).status(404)).await;
    let mut file = Vec::new();
    let error = server
        .client(login())
        .call(&report())
        .download(&mut file, |_| panic!("nothing was written"))
        .await
        .unwrap_err();
    assert!(error.is_not_found() && file.is_empty());
    assert_eq!(api(&error).message, "No such property.");
}

#[tokio::test]
async fn a_file_that_is_too_long_is_refused() {
    let server = Server::answering(Reply::new(200, "text/csv", vec![b'x'; 5000])).await;
    let mut file = Vec::new();
    let error = server
        .client(login())
        .call(&report())
        .with_max_body(4999)
        .download(&mut file, |_| {})
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    let allowed = server.client(login());
    allowed
        .call(&report())
        .with_max_body(5000)
        .download(&mut file, |_| {})
        .await
        .unwrap();
    assert_eq!(file.len(), 5000);
}

/// The name of a file in memory and of one that was downloaded.
async fn names(disposition: Option<&str>) -> (Option<String>, Option<String>) {
    let mut reply = Reply::new(200, "text/csv", "a;b\n");
    if let Some(disposition) = disposition {
        reply = reply.header("content-disposition", disposition);
    }
    let server = Server::answering(reply).await;
    let client = server.client(login());
    let found = client.send(&report()).await.unwrap();
    let mut file = Vec::new();
    let done = client.call(&report()).download(&mut file, |_| {}).await.unwrap();
    (found.name, ReportFile::name_of(&done))
}

async fn is_called(disposition: Option<&str>, name: Option<&str>) {
    let expected = name.map(str::to_owned);
    assert_eq!(
        names(disposition).await,
        (expected.clone(), expected),
        "{disposition:?}"
    );
}

#[tokio::test]
async fn a_file_is_called_what_the_service_says() {
    for (disposition, name) in [
        ("attachment; filename=m.csv", "m.csv"),
        ("attachment; filename=\"march report.csv\"", "march report.csv"),
        ("attachment;filename=\"m.csv\";size=4", "m.csv"),
        ("ATTACHMENT; FileName=\"m.csv\"", "m.csv"),
        ("inline; size=4; filename = m.csv", "m.csv"),
        ("attachment; filename=\"m=1.csv\"", "m=1.csv"),
        ("attachment; filename=.profile", ".profile"),
    ] {
        is_called(Some(disposition), Some(name)).await;
    }
}

#[tokio::test]
async fn a_name_is_never_a_path() {
    for (disposition, name) in [
        ("attachment; filename=../../etc/m.csv", "m.csv"),
        ("attachment; filename=\"../../x\"", "x"),
        ("attachment; filename=/etc/passwd", "passwd"),
        ("attachment; filename=\"..\\..\\windows\\m.csv\"", "m.csv"),
        ("attachment; filename=\"C:\\m.csv\"", "m.csv"),
        ("attachment; filename=\"a/..\\m.csv\"", "m.csv"),
    ] {
        is_called(Some(disposition), Some(name)).await;
    }
}

#[tokio::test]
async fn no_name_is_none() {
    is_called(None, None).await;
    for disposition in [
        "attachment",
        "attachment; filename=",
        "attachment; filename=\"\"",
        "attachment; filename=\"..\"",
        "attachment; filename=.",
        "attachment; filename=\"reports/\"",
        "attachment; filename=\"../..\"",
        "attachment; name=m.csv",
    ] {
        is_called(Some(disposition), None).await;
    }
}

/// Semicolons and quotes in a quoted name are a part of it (RFC 9110, 5.6.4).
#[tokio::test]
async fn a_quoted_name_is_read_to_its_end() {
    is_called(Some("attachment; filename=\"m;arch.csv\""), Some("m;arch.csv")).await;
    is_called(
        Some("attachment; size=4; filename=\"a; b; c.csv\"; x=y"),
        Some("a; b; c.csv"),
    )
    .await;
}
