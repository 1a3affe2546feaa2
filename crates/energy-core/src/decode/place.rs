//! Where in a body a value does not fit: the way to it, of the line and column that the reader names.
//!
//! The way is only looked for once something is wrong. To keep track of it while reading takes as long as the reading.

use std::fmt::Write;

/// A list or object that begins before the place and does not end before it.
enum Open {
    /// With the name of the member that is read.
    Object(Option<String>),
    /// With the number of the element that is read.
    List(usize),
}

/// The way to the value that is at, or ends at, a line and column as `serde_json` counts them: `data.phases[1]`, and `.` for
/// the whole body.
pub(super) fn path(body: &[u8], line: usize, column: usize) -> String {
    let body = &body[..offset(body, line, column)];
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(byte) = body.get(at) {
        at += 1;
        match (byte, open.last_mut()) {
            (b'{', _) => open.push(Open::Object(None)),
            (b'[', _) => open.push(Open::List(0)),
            (b'}' | b']', _) => {
                open.pop();
            }
            (b',', Some(Open::Object(name))) => *name = None,
            (b',', Some(Open::List(index))) => *index += 1,
            (b'"', inside) => {
                let text = &body[at - 1..end_of_text(body, at)];
                at += text.len() - 1;
                if let Some(Open::Object(name @ None)) = inside {
                    *name = serde_json::from_slice(text).ok();
                }
            }
            _ => {}
        }
    }
    written(&open)
}

/// How many bytes there are before a line and column.
fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let lines = body.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    before.saturating_add(column).min(body.len())
}

/// Where a text ends whose first character is at `from`: behind the closing quote.
fn end_of_text(body: &[u8], from: usize) -> usize {
    let mut escaped = false;
    for (at, byte) in body.iter().enumerate().skip(from) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    body.len()
}

fn written(open: &[Open]) -> String {
    let mut path = String::new();
    for step in open {
        match step {
            Open::Object(Some(name)) if path.is_empty() => path.push_str(name),
            // Writing into a text does not fail.
            Open::Object(Some(name)) => drop(write!(path, ".{name}")),
            Open::Object(None) => {}
            Open::List(index) => drop(write!(path, "[{index}]")),
        }
    }
    if path.is_empty() {
        path.push('.');
    }
    path
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::path;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "what does not fit is never looked at")]
    struct Site {
        id: u32,
        phases: Vec<f64>,
        #[serde(default)]
        roofs: Vec<Roof>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "what does not fit is never looked at")]
    struct Roof {
        azimuth: Option<i16>,
        name: String,
    }

    fn of<T: DeserializeOwned + std::fmt::Debug>(body: &str) -> String {
        let error = serde_json::from_str::<T>(body).unwrap_err();
        path(body.as_bytes(), error.line(), error.column())
    }

    #[test]
    fn a_value_of_another_type_is_found() {
        assert_eq!(of::<Site>(r#"{"id":"seven","phases":[]}"#), "id");
        assert_eq!(of::<Site>(r#"{"id":-7,"phases":[]}"#), "id");
        assert_eq!(of::<Site>(r#"{"id":null}"#), "id");
        assert_eq!(of::<Site>(r#"{"id": {"number":7}}"#), "id");
        assert_eq!(of::<Site>(r#"{"id":7,"phases":[1,2.5,true]}"#), "phases[2]");
        assert_eq!(of::<Site>("{\n  \"id\": 7,\n  \"phases\": [1,\n \"x\"]}"), "phases[1]");
        let roofs = r#"{"id":7,"phases":[[]],"roofs":[]}"#;
        assert_eq!(of::<Site>(roofs), "phases[0]");
        let roofs = r#"{"id":7,"phases":[],"roofs":[{"name":"a","azimuth":180},{"name":"b","azimuth":"south"}]}"#;
        assert_eq!(of::<Site>(roofs), "roofs[1].azimuth");
        assert_eq!(of::<u32>("[1]"), ".");
        assert_eq!(of::<Vec<u32>>("[1,-2]"), "[1]");
    }

    #[test]
    fn what_is_missing_is_missing_in_its_object() {
        assert_eq!(of::<Site>(r#"{"id":7}"#), ".");
        let roofs = r#"{"id":7,"phases":[],"roofs":[{"name":"a"},{"azimuth":180}]}"#;
        assert_eq!(of::<Site>(roofs), "roofs[1]");
    }

    #[test]
    fn names_and_texts_may_hold_anything() {
        let body = r#"{"a\"},{[":{"é":"}],\\","phases":[{"id":"}"},"]"]},"id":[]}"#;
        assert_eq!(of::<Site>(body), "id");
        let map = r#"{"a\"b":{"c":"\\"}}"#;
        assert_eq!(of::<std::collections::BTreeMap<String, u32>>(map), "a\"b");
    }

    #[test]
    fn a_body_that_breaks_off_ends_where_it_breaks_off() {
        assert_eq!(of::<Site>(r#"{"id":7,"phases":[1,2,"#), "phases[2]");
        assert_eq!(of::<Site>(r#"{"id":7,"pha"#), ".");
        assert_eq!(of::<Site>(""), ".");
    }
}
