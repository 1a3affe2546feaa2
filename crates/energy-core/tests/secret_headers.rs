//! Headers that a service is told to send somewhere, whose values nobody sees.

use energy_core::Secret;
use energy_core::check::{Direction, Rules};
use energy_core::wire::SecretHeaders;
use serde_json::{Map, Value, from_value, json, to_value};

#[test]
fn headers_are_an_object_of_texts() {
    let mut headers = SecretHeaders::new().with("X-B", "2").with("X-A", "1");
    assert_eq!(to_value(&headers).unwrap(), json!({"X-A": "1", "X-B": "2"}));
    headers.remove("X-A");
    assert_eq!(headers.names().collect::<Vec<_>>(), ["X-B"]);
    assert!(!headers.is_empty() && SecretHeaders::new().is_empty());
    let read: SecretHeaders = from_value(json!({"X-Depth": 3.5, "X-Open": true})).unwrap();
    assert_eq!(read.get("X-Depth"), Some(Secret::new("3.5")));
    let back: Map<String, Value> = read.clone().into();
    assert_eq!(back["X-Open"], true, "what was read is sent as it came");
    assert_eq!(SecretHeaders::from(back), read);
}

#[test]
fn what_is_no_header_is_not_sent() {
    for (name, value) in [("", "a"), ("X Key", "a"), ("X-Key", "two\nlines")] {
        let headers = SecretHeaders::new().with("X-Fine", "yes").with(name, value);
        let error = headers.check(Direction::Sent).unwrap_err();
        assert_eq!(error.reason, format!("`{name}` cannot be sent as a header"));
    }
    let fine = SecretHeaders::new().with("X-Key", "a; q=\"1\"");
    fine.check(Direction::Sent).unwrap();
}

#[test]
fn the_values_are_secrets() {
    let headers = SecretHeaders::new().with("X-Key", "CANARY");
    assert_eq!(format!("{headers:?}"), r#"{"X-Key"}"#);
    let mut found = Vec::new();
    headers.secrets(&mut found);
    assert_eq!(found, [Secret::new("CANARY")]);
}
