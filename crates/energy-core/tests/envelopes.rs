//! What an envelope holds, and what is said of one that holds something else.
#![cfg(feature = "test-util")]

use energy_core::{DecodeError, Endpoint, HttpResponse, Operation, decode};

use crate::support::Read;

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Meter {
    id: u32,
    phases: Vec<f64>,
}

fn answer(body: &'static str) -> HttpResponse {
    http::Response::builder().status(200).body(body.into()).unwrap()
}

fn member(body: &'static str) -> Result<Meter, DecodeError> {
    decode::member(Read::OPERATION, &answer(body), "data")
}

fn member_if_any(body: &'static str) -> Result<Option<Meter>, DecodeError> {
    decode::member_if_any(Read::OPERATION, &answer(body), "data")
}

#[test]
fn the_member_is_read_wherever_it_stands() {
    let meter = Meter {
        id: 7,
        phases: vec![1.5],
    };
    for body in [
        r#"{"success": true, "data": {"id": 7, "phases": [1.5]}}"#,
        r#"{"data": {"id": 7, "phases": [1.5]}, "more": {"data": 1}, "errors": null}"#,
    ] {
        assert_eq!(member(body).unwrap(), meter);
    }
}

#[test]
fn a_missing_member_is_none_where_it_may_be() {
    for body in [r#"{"success": true}"#, r#"{"success": true, "data": null}"#, "{}"] {
        assert_eq!(member_if_any(body).unwrap(), None);
        let error = member(body).unwrap_err();
        assert_eq!((error.path.as_str(), error.reason.as_str()), (".", "`data` is missing"));
    }
}

#[test]
fn the_place_of_what_does_not_fit_is_named() {
    let error = member(r#"{"success": true, "data": {"id": 7, "phases": [1.5, "x"]}}"#).unwrap_err();
    assert_eq!(error.path, "data.phases[1]");
    assert!(error.reason.contains("invalid type"), "{}", error.reason);
}

#[test]
fn something_else_than_an_object_is_refused() {
    let error = member(r#"[1]"#).unwrap_err();
    assert!(error.reason.contains("an object with `data`"), "{}", error.reason);
    let error = member("<html>").unwrap_err();
    assert!(error.reason.contains("JSON was expected"), "{}", error.reason);
    let error = member(r#"{"data": {"id": 7, "phases": []}} trailing"#).unwrap_err();
    assert!(error.reason.contains("trailing"), "{}", error.reason);
    let error = member(r#"{"data": {"id": 7, "phases": []}"#).unwrap_err();
    assert!(error.reason.contains("EOF"), "{}", error.reason);
}

#[test]
fn what_may_be_a_secret_is_not_quoted() {
    static OPERATION: Operation = Operation::new("createKey", http::Method::POST, "/keys").with_secret_answer(true);
    let wrong = answer(r#"{"data": {"id": "hush-hush", "phases": []}}"#);
    let error = decode::member::<Meter>(&OPERATION, &wrong, "data").unwrap_err();
    assert_eq!(error.path, "data.id");
    assert!(!format!("{error} {error:?}").contains("hush"), "{error}");
}
