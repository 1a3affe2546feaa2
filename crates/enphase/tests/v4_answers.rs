//! Answers of our own to every operation, in the documented shapes: nothing of them is lost.

use enphase::v4::OPERATIONS;
use serde_json::{Value, json};

use crate::v4_support::answers::{ANSWERS, Answer};
use crate::v4_support::faithful::{lost, unread};
use crate::v4_support::{fixture, fixture_names};

fn answer_of(operation: &str) -> Answer {
    *ANSWERS.iter().find(|answer| answer.operation == operation).unwrap()
}

/// What of an answer is lost.
fn lost_of(operation: &str, answer: &Value) -> Vec<String> {
    lost(answer, &(answer_of(operation).read)(answer).unwrap())
}

#[test]
fn nothing_of_an_answer_is_lost() {
    for answer in ANSWERS {
        let came = fixture(answer.operation);
        let written = (answer.read)(&came).unwrap_or_else(|error| panic!("{}: {error}", answer.operation));
        assert_eq!(lost(&came, &written), [""; 0], "{}", answer.operation);
    }
}

#[test]
fn everything_in_an_answer_is_read_as_what_it_is() {
    for answer in ANSWERS {
        let unread = unread(&fixture(answer.operation), answer.read);
        assert_eq!(unread, [""; 0], "{}", answer.operation);
    }
}

#[test]
fn every_operation_has_an_answer() {
    let mut named: Vec<String> = ANSWERS.iter().map(|answer| answer.operation.to_owned()).collect();
    named.sort();
    assert_eq!(named, fixture_names());
    let mut described: Vec<String> = OPERATIONS.iter().map(|operation| snake_case(operation.id)).collect();
    described.sort();
    assert_eq!(named, described);
    assert_eq!(ANSWERS.iter().filter(|answer| answer.documented.is_some()).count(), 43);
}

fn snake_case(id: &str) -> String {
    let mut name = String::new();
    for letter in id.chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// Whatever single value is taken away, shortened or changed after reading, the comparison tells.
#[test]
fn the_comparison_tells_every_loss() {
    let mut altered = 0;
    for answer in ANSWERS {
        let came = fixture(answer.operation);
        let written = (answer.read)(&came).unwrap();
        for other in alterations(&written) {
            altered += 1;
            let told = lost(&came, &other);
            assert_eq!(told.len(), 1, "{}: {told:?} of {other}", answer.operation);
        }
    }
    assert!(altered > 1000, "{altered}");
}

/// The same value with one member or element less or other, in all ways.
fn alterations(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(members) => {
            let mut all = Vec::new();
            for (name, member) in members {
                let mut less = members.clone();
                less.remove(name);
                all.push(Value::Object(less));
                for other in alterations(member) {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), other);
                    all.push(Value::Object(changed));
                }
            }
            all
        }
        Value::Array(list) => {
            let mut all = Vec::new();
            if let Some((_, less)) = list.split_last() {
                all.push(json!(less));
            }
            for (number, element) in list.iter().enumerate() {
                for other in alterations(element) {
                    let mut changed = list.clone();
                    changed[number] = other;
                    all.push(Value::Array(changed));
                }
            }
            all
        }
        Value::Number(number) => vec![json!(number.as_f64().unwrap() + 1.0)],
        Value::String(text) => vec![json!(format!("{text}x"))],
        Value::Bool(truth) => vec![json!(!truth)],
        Value::Null => Vec::new(),
    }
}

#[test]
fn the_comparison_knows_what_is_the_same() {
    for (came, written) in [
        (json!({"a": null}), json!({})),
        (json!({"a": 7}), json!({"a": "7"})),
        (json!({"a": "7"}), json!({"a": 7.0})),
        (json!({"a": "97%"}), json!({"a": "97%"})),
        (json!({"a": 97}), json!({"a": "97%"})),
        (json!({"a": 97}), json!({"a": {"value": 97.0}})),
        (json!({"a": "false"}), json!({"a": false})),
        (json!({"SKU": "x"}), json!({"sku": "x"})),
        (json!({"a": [[1], [2, 3]]}), json!({"a": [1, 2, 3]})),
        (json!({"a": {"x": [1], "y": [2]}}), json!({"a": [1, 2]})),
        (
            json!({"battery_mode": "Self - Consumption"}),
            json!({"battery_mode": "self-consumption"}),
        ),
        (json!({"status": "open"}), json!({"status": "Open"})),
    ] {
        assert_eq!(lost(&came, &written), [""; 0], "{came} {written}");
    }
    for (came, written) in [
        (json!({"a": 0}), json!({})),
        (json!({"a": ""}), json!({})),
        (json!({"a": []}), json!({})),
        (json!({"a": 7}), json!({"a": "8"})),
        (json!({"a": 7}), json!({"a": {"value": 8}})),
        (json!({"a": 7}), json!({"a": {"b": 7}})),
        (json!({"a": "07"}), json!({"a": "7"})),
        (json!({"a": "true"}), json!({"a": false})),
        (json!({"sku": "x"}), json!({"SKU": "x"})),
        (json!({"a": [[1], [2, 3]]}), json!({"a": [1, 2]})),
        (json!({"a": [1, 2]}), json!({"a": [2, 1]})),
        (json!({"a": {"x": [1], "y": [2]}}), json!({"a": [1]})),
        (json!({"name": "Barn"}), json!({"name": "barn"})),
        (json!({"status": "open"}), json!({"status": "closed"})),
    ] {
        assert_ne!(lost(&came, &written), [""; 0], "{came} {written}");
    }
}

#[test]
fn what_is_not_described_is_kept_and_known_as_such() {
    let mut answer = fixture("get_system_summary");
    answer["stage"] = json!(3);
    assert_eq!(lost_of("get_system_summary", &answer), [""; 0]);
    assert_eq!(unread(&answer, answer_of("get_system_summary").read), ["/stage"]);

    let mut answer = fixture("list_devices");
    answer["devices"]["wind_turbines"] = json!([{"id": 4}]);
    assert_eq!(lost_of("list_devices", &answer), [""; 0]);
    assert_eq!(
        unread(&answer, answer_of("list_devices").read),
        ["/devices/wind_turbines/0/id"]
    );
}
