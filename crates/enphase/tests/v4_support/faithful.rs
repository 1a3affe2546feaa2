//! Whether a model holds all of an answer: what is read and written again is compared with what came.

use serde_json::Value;

/// Members that may be written under another name than they came with.
const RENAMED: &[(&str, &str)] = &[
    ("SKU", "sku"),
    ("serial_num", "serial_number"),
    ("serial_number", "serial_num"),
    ("wh_exported", "wh_imported"),
    ("heat-pump", "heat_pump"),
    ("heat_pump", "heat-pump"),
    ("ev_chargers", "evse"),
];

/// Members whose words may be written in another spelling than they came with: upper and lower case, spaces, hyphens.
const RESPELT: &[&str] = &["battery_mode", "status"];

/// What of `came` is not in `written`, each as its place and what is wrong with it.
pub(crate) fn lost(came: &Value, written: &Value) -> Vec<String> {
    let mut lost = Vec::new();
    compare("", "", came, Some(written), &mut lost);
    lost
}

/// - `name`: of the member that `came` is, or that its list is.
fn compare(place: &str, name: &str, came: &Value, written: Option<&Value>, lost: &mut Vec<String>) {
    let Some(written) = written else {
        // To be absent and to be null is the same.
        if !came.is_null() {
            lost.push(format!("{place}: {came} is missing"));
        }
        return;
    };
    match (came, written) {
        (Value::Object(members), Value::Object(there)) => {
            for (name, member) in members {
                let renamed = RENAMED.iter().filter(|(from, _)| from == name).map(|(_, to)| *to);
                let mut names = std::iter::once(name.as_str()).chain(renamed);
                let found = names.find_map(|name| there.get(name));
                compare(&format!("{place}.{name}"), name, member, found, lost);
            }
        }
        (Value::Array(list), Value::Array(there)) => compare_lists(place, name, list, there, lost),
        // A bare number, which is written with room for its unit.
        (Value::Number(_), Value::Object(measure)) if measure.len() == 1 => {
            compare(place, name, came, measure.get("value"), lost);
        }
        // Lists by group, which are written as one list.
        (Value::Object(groups), Value::Array(there)) => {
            let all: Vec<Value> = groups.values().filter_map(Value::as_array).flatten().cloned().collect();
            compare_lists(place, name, &all, there, lost);
        }
        _ if is_same(name, came, written) => {}
        _ => lost.push(format!("{place}: {came} became {written}")),
    }
}

fn compare_lists(place: &str, name: &str, came: &[Value], written: &[Value], lost: &mut Vec<String>) {
    // Lists in a list, which are written as one list.
    if !came.is_empty() && came.iter().all(Value::is_array) && !written.iter().any(Value::is_array) {
        let flat: Vec<Value> = came.iter().filter_map(Value::as_array).flatten().cloned().collect();
        return compare_lists(place, name, &flat, written, lost);
    }
    if came.len() != written.len() {
        lost.push(format!("{place}: {} elements became {}", came.len(), written.len()));
    }
    for (number, (came, written)) in came.iter().zip(written).enumerate() {
        compare(&format!("{place}[{number}]"), name, came, Some(written), lost);
    }
}

fn is_same(name: &str, came: &Value, written: &Value) -> bool {
    if came == written {
        return true;
    }
    match (came, written) {
        (Value::Number(_), _) | (_, Value::Number(_)) => number(came).is_some_and(|came| number(written) == Some(came)),
        (Value::String(came), Value::Bool(written)) => came.parse() == Ok(*written),
        (Value::String(came), Value::String(written)) => RESPELT.contains(&name) && letters(came) == letters(written),
        _ => false,
    }
}

/// The number that a value is, that a text says, or that a percentage says.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim_end_matches('%').parse().ok(),
        _ => None,
    }
}

fn letters(text: &str) -> String {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The places in `answer` whose value can be replaced by nonsense without `read` noticing: nobody reads them as what they
/// are. What a model keeps among the fields that are not described is written again as it came, so that comparing alone
/// would not tell.
pub(crate) fn unread(answer: &Value, read: impl Fn(&Value) -> Result<Value, String>) -> Vec<String> {
    let mut leaves = Vec::new();
    collect_leaves(String::new(), answer, &mut leaves);
    let is_unread = |place: &String| {
        let mut altered = answer.clone();
        let Some(leaf) = altered.pointer_mut(place) else {
            return true;
        };
        *leaf = serde_json::json!({"nonsense": [[{}]]});
        read(&altered).is_ok()
    };
    leaves.into_iter().filter(is_unread).collect()
}

/// The places of all values that hold no others.
fn collect_leaves(place: String, value: &Value, leaves: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                collect_leaves(format!("{place}/{name}"), member, leaves);
            }
        }
        Value::Array(list) => {
            for (number, element) in list.iter().enumerate() {
                collect_leaves(format!("{place}/{number}"), element, leaves);
            }
        }
        _ => leaves.push(place),
    }
}
