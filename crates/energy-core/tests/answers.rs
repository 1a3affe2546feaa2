//! How answers are read, and what is said of those that cannot be.
#![cfg(feature = "test-util")]

use energy_core::error::ApiErrorKind;
use energy_core::{Api, DecodeError, Endpoint, Error, HttpResponse, decode};

use crate::support::{Answer, Read, Script, Sun, client};

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Report {
    result: Inner,
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Inner {
    watts: Vec<f64>,
}

fn answer(content_type: Option<&str>, body: &'static str) -> HttpResponse {
    let mut response = http::Response::builder().status(200);
    if let Some(content_type) = content_type {
        response = response.header("content-type", content_type);
    }
    response.body(body.into()).unwrap()
}

fn read(body: &'static str) -> Result<Report, DecodeError> {
    decode::json(Read::OPERATION, &answer(Some("application/json"), body))
}

#[test]
fn what_fits_is_read_and_what_is_new_is_ignored() {
    let expected = Report {
        result: Inner { watts: vec![1.0, 2.5] },
    };
    for body in [
        r#"{"result": {"watts": [1, 2.5]}}"#,
        "\n\t {\"new\": {}, \"result\": {\"watts\": [1, 2.5], \"more\": null}} \r\n",
    ] {
        assert_eq!(read(body).unwrap(), expected);
    }
}

#[test]
fn an_empty_body_is_called_empty() {
    for body in ["", " \r\n\t"] {
        let error = read(body).unwrap_err();
        assert_eq!(
            (error.path.as_str(), error.reason.as_str()),
            (".", "the body is empty, JSON was expected")
        );
        assert!(error.source.is_some());
    }
}

#[test]
fn html_is_not_taken_for_broken_json() {
    let html = "<!DOCTYPE html><title>Maintenance</title>";
    let stated = answer(Some("text/html; charset=utf-8"), html);
    let error = decode::json::<Report>(Read::OPERATION, &stated).unwrap_err();
    assert_eq!(
        error.reason,
        "JSON was expected, the content type is text/html; charset=utf-8"
    );
    assert_eq!(
        error.to_string(),
        "readThings: the answer with 200 OK cannot be read at `.`: JSON was expected, the content type is text/html; \
         charset=utf-8; it begins: <!DOCTYPE html><title>Maintenance</title>"
    );
    let unstated = answer(None, html);
    let error = decode::json::<Report>(Read::OPERATION, &unstated).unwrap_err();
    assert_eq!(error.reason, "JSON was expected, the content type is not stated");
    let mark = answer(Some("text/plain"), "\u{feff}{}");
    let error = decode::json::<Report>(Read::OPERATION, &mark).unwrap_err();
    assert!(error.reason.contains("text/plain"), "{error}");
}

#[test]
fn json_of_another_kind_is_still_json() {
    for (body, found) in [
        ("null", "null"),
        ("12", "integer `12`"),
        ("true", "boolean `true`"),
        ("-1.5", "floating point"),
    ] {
        let error = read(body).unwrap_err();
        assert!(error.reason.contains("expected struct Report"), "{error}");
        assert!(error.reason.contains(found), "{error}");
        assert_eq!(error.path, ".");
    }
}

#[test]
fn a_wrong_type_is_found_at_its_place() {
    for (body, path) in [
        (r#"{"result": {"watts": [1, "x"]}}"#, "result.watts[1]"),
        (r#"{"result": {"watts": 5}}"#, "result.watts"),
        (r#"{"result": []}"#, "result"),
        (r#"{"result": {}}"#, "result"),
        (r#"{}"#, "."),
        (r#"[]"#, "."),
        (r#""text""#, "."),
    ] {
        let error = read(body).unwrap_err();
        assert_eq!(error.path, path, "{error}");
        assert!(error.to_string().contains(&format!("`{path}`")), "{error}");
        assert_eq!(error.body.bytes(), body.as_bytes());
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[test]
fn what_ends_too_soon_and_what_goes_on_too_long_are_errors() {
    let cut = read(r#"{"result": {"watts": [1, "#).unwrap_err();
    assert!(cut.reason.contains("EOF"), "{cut}");
    assert!(cut.path.starts_with("result.watts"), "{cut}");
    let more = read(r#"{"result": {"watts": []}}{"result": 1}"#).unwrap_err();
    assert!(more.reason.contains("trailing characters"), "{more}");
    assert_eq!(more.path, ".");
    read(r#"{"result": {"watts": []}} <!-- 3 ms -->"#).unwrap_err();
}

#[test]
fn no_content_is_read_as_none() {
    let mut nothing = answer(None, "");
    *nothing.status_mut() = http::StatusCode::NO_CONTENT;
    let read = |answer: &HttpResponse| decode::json_or_empty::<u8>(Read::OPERATION, answer, Sun::is_nothing);
    assert_eq!(read(&nothing).unwrap(), None);
    // Only the status says that nothing was to be expected.
    read(&answer(None, "")).unwrap_err();
    assert_eq!(read(&answer(None, "7")).unwrap(), Some(7));
}

#[test]
fn text_and_bytes_and_nothing() {
    let csv = answer(Some("text/csv"), "a;ü");
    assert_eq!(decode::text(Read::OPERATION, &csv).unwrap(), "a;ü");
    assert_eq!(decode::bytes(Read::OPERATION, &csv).unwrap().as_ref(), "a;ü".as_bytes());
    decode::empty(Read::OPERATION, &csv).unwrap();
    let latin = csv.map(|_| bytes::Bytes::from_static(b"a;\xfc"));
    let error = decode::text(Read::OPERATION, &latin).unwrap_err();
    assert!(error.reason.contains("utf-8"), "{error}");
}

#[tokio::test]
async fn an_error_shows_the_beginning_of_a_body_on_one_line() {
    let long = format!("first\r\nsecond\u{1b}[31m{}", "ü".repeat(2_000));
    let script = Script::new([Answer::new(400).body(long.clone())]);
    let error = client(&script).0.send(&Read).await.unwrap_err();
    let shown = error.to_string();
    assert!(shown.contains("first  second [31mü"), "{shown}");
    assert!(
        !shown.contains(char::is_control) && shown.chars().count() < 500,
        "{shown}"
    );
    assert!(shown.contains(&format!("({} bytes)", long.len())), "{shown}");
    let Error::Api(api) = &error else { panic!("{error}") };
    assert_eq!(api.body.bytes(), long.as_bytes(), "programs get all of it");
}

#[tokio::test]
async fn a_message_of_the_service_stays_on_one_line() {
    let body = r#"{"code": "E1", "message": "first\nsecond\r\u001b[31m"}"#;
    let script = Script::new([Answer::new(400).body(body)]);
    let error = client(&script).0.send(&Read).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "readThings: GET https://sun.example/v1/things gave 400 Bad Request [E1]: first second  [31m"
    );
}

#[tokio::test]
async fn a_status_has_a_meaning() {
    use ApiErrorKind::{Forbidden, Invalid, NotFound, Other, RateLimited, Redirect, Unauthorized, Unavailable};
    for (status, kind) in [
        (300, Redirect),
        (307, Redirect),
        (400, Invalid),
        (401, Unauthorized),
        (402, Forbidden),
        (403, Forbidden),
        (404, NotFound),
        (409, Invalid),
        (422, Invalid),
        (429, RateLimited),
        (451, Other),
        (500, Unavailable),
        (503, Unavailable),
        (599, Unavailable),
    ] {
        let error = client(&Script::new([Answer::new(status)]))
            .0
            .send(&Read)
            .await
            .unwrap_err();
        let Error::Api(api) = &error else { panic!("{error}") };
        assert_eq!(api.kind, kind, "{status}");
        assert_eq!(error.is_unauthorized(), kind == Unauthorized);
        assert_eq!(error.is_forbidden(), kind == Forbidden);
        assert_eq!(error.is_not_found(), kind == NotFound);
        assert_eq!(error.is_rate_limited(), kind == RateLimited);
        assert!(error.may_have_been_sent());
        assert_eq!(error.operation(), "readThings");
    }
}

#[tokio::test]
async fn details_are_read_into_a_type_of_ones_own() {
    let script = Script::new([Answer::new(400).body(r#"{"result": {"watts": []}}"#)]);
    let Error::Api(api) = client(&script).0.send(&Read).await.unwrap_err() else {
        panic!("400 is no success")
    };
    assert_eq!(api.details::<Report>().unwrap().result.watts, [0.0; 0]);
    assert_eq!(api.details::<Vec<u8>>(), None);
}

#[tokio::test]
async fn a_raw_answer_is_not_read() {
    let script = Script::new([Answer::new(200).header("x-a", "1").body("<html>")]);
    let raw = client(&script).0.call(&Read).send_raw().await.unwrap();
    assert_eq!(
        (raw.body().as_ref(), raw.headers()["x-a"].as_bytes()),
        (&b"<html>"[..], &b"1"[..])
    );
    let script = Script::new([Answer::new(404)]);
    client(&script).0.call(&Read).send_raw().await.unwrap_err();
}

#[tokio::test]
async fn a_failure_with_a_status_of_success_is_one() {
    let script = Script::new([Answer::ok().header("x-failed", "1").header("x-limit", "3")]);
    let Error::Api(api) = client(&script).0.send(&Read).await.unwrap_err() else {
        panic!("the vendor says that it is no success")
    };
    assert_eq!((api.status.as_u16(), api.kind), (200, ApiErrorKind::Other));
    assert_eq!(api.quota.unwrap().limit, Some(3));
}
