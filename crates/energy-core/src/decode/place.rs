//! Where in a body a value does not fit: the way to it, of the line and column that the reader names.
//!
//! The way is only looked for once something is wrong. To keep track of it while reading takes as long as the reading.

/// How many steps of a way are told; services have no more, and what has more has its depth as its fault.
const STEPS: usize = 40;
/// How much of a name is told.
const NAME: usize = 80;

/// A list or object that begins before the place and does not end before it.
enum Open {
    /// With the name of the member that is read.
    Object(Option<String>),
    /// With the number of the element that is read.
    List(usize),
}

/// Where a body is read.
#[derive(Default)]
struct Way {
    open: Vec<Open>,
    /// How many more lists and objects are open than are told.
    deeper: usize,
}

impl Way {
    fn begin(&mut self, begun: Open) {
        if self.open.len() < STEPS {
            self.open.push(begun);
        } else {
            self.deeper += 1;
        }
    }

    fn end(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else {
            self.open.pop();
        }
    }

    /// The list or object that is read, as far as it is told.
    fn inside(&mut self) -> Option<&mut Open> {
        if self.deeper > 0 { None } else { self.open.last_mut() }
    }
}

/// The way to the value at which a reader stopped, at a line and column as `serde_json` counts them: `data.phases[1]`, and
/// `.` for the whole body. `behind` says that the reader had passed the value, and perhaps the comma after it, before it
/// stopped; of a body that breaks off it had not.
pub(super) fn path(body: &[u8], line: usize, column: usize, behind: bool) -> String {
    let mut body = &body[..offset(body, line, column)];
    if behind {
        body = body.trim_ascii_end();
        body = body.strip_suffix(b",").unwrap_or(body);
    }
    let mut way = Way::default();
    let mut at = 0;
    while let Some(byte) = body.get(at) {
        at += 1;
        match (byte, way.inside()) {
            (b'{', _) => way.begin(Open::Object(None)),
            (b'[', _) => way.begin(Open::List(0)),
            (b'}' | b']', _) => way.end(),
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
    way.written()
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

impl Way {
    fn written(&self) -> String {
        let mut path = String::new();
        for step in &self.open {
            match step {
                Open::Object(Some(name)) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.extend(name.chars().take(NAME).map(|c| if c.is_control() { ' ' } else { c }));
                    if name.chars().nth(NAME).is_some() {
                        path.push('…');
                    }
                }
                Open::Object(None) => {}
                Open::List(index) => path.push_str(&format!("[{index}]")),
            }
        }
        if self.deeper > 0 {
            path.push('…');
        }
        if path.is_empty() {
            path.push('.');
        }
        path
    }
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
        path(body.as_bytes(), error.line(), error.column(), error.is_data())
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

    /// Reads a text first, and only then sees that it is none of the numbers it should be: as what is put aside is read.
    #[derive(Debug)]
    struct Late;

    impl<'de> Deserialize<'de> for Late {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let value = serde_json::Value::deserialize(deserializer)?;
            if value.is_number() {
                Ok(Self)
            } else {
                Err(serde::de::Error::custom("no number"))
            }
        }
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "what does not fit is never looked at")]
    struct Two {
        first: Late,
        second: Late,
    }

    #[test]
    fn what_is_refused_when_it_has_been_read_is_not_the_next() {
        assert_eq!(of::<Vec<Late>>(r#"["a", 1, 2]"#), "[0]");
        assert_eq!(of::<Vec<Late>>("[0, {\"a\":[1]} \n , 2]"), "[1]");
        assert_eq!(of::<Two>(r#"{"first": "a", "second": 1}"#), "first");
        assert_eq!(
            of::<Two>("{\r\n\"first\": 7,\r\n\"second\": [7]\r\n, \"third\": 1}"),
            "second"
        );
    }

    #[test]
    fn a_way_is_short_whatever_the_body() {
        let body = "[".repeat(1_000_000);
        let told = path(body.as_bytes(), 1, body.len(), false);
        assert!(told.len() < 200 && told.ends_with("[0]…"), "{told}");
        let body = format!("{}{}\"", "[".repeat(1000), "],".repeat(999));
        assert_eq!(path(body.as_bytes(), 1, body.len(), false), "[1]");
        let long = format!("{{\"{}\\n\\u0007{}\":", "a".repeat(10), "ä".repeat(500));
        let told = path(long.as_bytes(), 1, long.len(), false);
        assert!(told.starts_with("aaaaaaaaaa  ä") && told.ends_with('…'), "{told}");
        assert_eq!(told.chars().count(), 81);
    }
}
