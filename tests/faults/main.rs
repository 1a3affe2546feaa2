//! Every operation of every service, with everything that can go wrong: the page `docs/faults.md`, asserted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod check;
mod differences;
mod document;
mod expect;
mod facts;
mod fault;
mod matrix;
mod mutate;
mod play;
mod refusal;
mod run;
mod server;
mod shape;
#[path = "../stub/traced.rs"]
mod traced;
mod wire;

use std::sync::Arc;

use energy_tests::requests::SERVICES;
use serde_json::{Value, json};

use crate::expect::{Expected, Outcome};
use crate::fault::Fault;
use crate::shape::Shape;

/// How many failures are shown.
const SHOWN: usize = 40;

#[test]
fn every_operation_survives_every_fault() {
    let (rows, failures) = matrix::run(SERVICES);
    let shown = failures.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{} failures:\n{shown}", failures.len());
    let file = xtask::workspace::root().join("docs/faults.md");
    let text = document::text(&rows);
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    if text != before {
        std::fs::write(&file, text).expect("the page can be written");
        panic!("docs/faults.md has changed, and was written: read the difference, and run this again");
    }
}

#[test]
fn a_wrong_rule_is_reported() {
    let wrong = |outcome, attempts| Expected { outcome, attempts };
    for (fault, rule, said) in [
        (
            Fault::Status(503),
            wrong(Outcome::Down, 2),
            "2 attempts expected, Some(3) told",
        ),
        (
            Fault::Status(503),
            wrong(Outcome::Down, 2),
            "2 requests expected, 3 arrived",
        ),
        (Fault::Silence, wrong(Outcome::Lost, 3), "Lost expected, Late heard"),
        (
            Fault::UnknownField,
            wrong(Outcome::OtherAnswer, 1),
            "OtherAnswer expected, Answer heard",
        ),
        (
            Fault::WrongType,
            wrong(Outcome::Answer, 1),
            "Answer expected, Unreadable heard",
        ),
    ] {
        let failures = matrix::one(&SERVICES[0], "getEstimate", fault, &rule);
        let place = format!("Forecast.Solar, getEstimate, {}: ", fault.name());
        assert!(
            failures.iter().all(|failure| failure.starts_with(&place)),
            "{failures:?}"
        );
        assert!(
            failures.iter().any(|failure| failure.contains(said)),
            "{said}: {failures:?}"
        );
    }
}

#[test]
fn only_the_place_that_is_wrong_may_be_told() {
    let shape = |more: Value| {
        let mut id = json!({ "type": "integer" });
        id.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let item = json!({ "type": "object", "required": ["id"], "properties": { "id": id } });
        let schema = json!({ "type": "object", "properties": { "items": { "type": "array", "items": item } } });
        Shape::new(Arc::new(Value::Null), schema, None)
    };
    let told = |shape: &Shape| -> Vec<&'static str> {
        let answer = json!({ "items": [{ "id": 7 }, { "id": 8 }] });
        let changed = mutate::changed(Fault::WrongType, shape, &answer).unwrap();
        assert_ne!(changed.answer, answer);
        let wrong = changed.wrong.unwrap();
        let places = [".", "items", "items[0]", "items[0].id", "items[1].id", "id", ""];
        places.into_iter().filter(|place| wrong.is_told_as(place)).collect()
    };
    assert_eq!(told(&shape(json!({}))), ["items[0].id"]);
    assert_eq!(told(&shape(json!({ "x-id": "ItemId" }))), ["items[0]", "items[0].id"]);
}

#[test]
fn what_answers_give_out_is_among_the_secrets() {
    for (service, operation) in [
        ("Forecast.Solar", "createAccount"),
        ("Intellimeter", "createApplication"),
        ("Intellimeter", "listHttpUploads"),
        ("SolarNetwork OSCP", "createCapacityProvider"),
    ] {
        let service = SERVICES.iter().find(|known| known.name == service).unwrap();
        let given_out = &facts::of(service)[operation].given_out;
        assert!(
            !given_out.is_empty() && given_out.iter().all(|secret| secret.len() > 4),
            "{given_out:?}"
        );
    }
}

#[test]
fn a_secret_is_seen_in_every_form() {
    for text in [
        "a=s3c/ret \"x\"!",
        "?a=s3c%2Fret+%22x%22",
        "/s3c%2Fret%20%22x%22/b",
        r#"{"a":"s3c/ret \"x\""}"#,
    ] {
        assert!(check::shows(text, "s3c/ret \"x\""), "{text}");
    }
    assert!(!check::shows("s3c", "s3c/ret"));
    let secrets = ["s3c/ret".to_owned(), "another".to_owned()].into();
    assert_eq!(check::secrets_in("first\nthe key is s3c/ret\nlast", &secrets).len(), 1);
    assert!(check::secrets_in("nothing to see", &secrets).is_empty());
}
