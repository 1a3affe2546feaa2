//! Answers made wrong: the description's example, changed in one way.

use serde_json::{Value, json};

use crate::fault::Fault;
use crate::shape::{Place, Shape};

/// The name of what no description knows, and the word.
pub(crate) const UNHEARD: &str = "zzUnheardOf";
/// How deep the nested field is.
const DEPTH: usize = 64;

/// An answer made wrong.
#[derive(Clone, Debug)]
pub(crate) struct Changed {
    pub(crate) answer: Value,
    /// Where, if in one place only.
    pub(crate) wrong: Option<Wrong>,
}

/// The place of a value that does not fit.
#[derive(Clone, Debug)]
pub(crate) struct Wrong {
    /// All places from the whole answer to the value, as errors write them: `.`, `items`, `items[0]`, `items[0].id`.
    way: Vec<String>,
    /// How many of these it takes to come to where a reader may have stopped.
    known: usize,
}

impl Wrong {
    /// Whether an error tells this place, or as near to it as a reader may know it.
    pub(crate) fn is_told_as(&self, path: &str) -> bool {
        self.way[self.known..].iter().any(|place| place == path)
    }
}

/// An answer that is wrong in the way of `fault`; `None` where the description gives no occasion for it.
pub(crate) fn changed(fault: Fault, shape: &Shape, answer: &Value) -> Option<Changed> {
    let places = shape.places(answer);
    let one = |place: &Place<'_>, value: Value| {
        let mut changed = answer.clone();
        *changed.pointer_mut(&place.pointer)? = value;
        let way = way(answer, &place.pointer);
        let known = place.put_aside.map_or(way.len() - 1, |depth| depth.saturating_sub(1));
        let wrong = Wrong { way, known };
        Some(Changed {
            answer: changed,
            wrong: Some(wrong),
        })
    };
    match fault {
        Fault::WrongType => {
            let place = first(&places, |place| wrong(place).is_some())?;
            one(place, wrong(place)?)
        }
        Fault::TextForNumber => one(
            first(&places, |place| is_plain(place, &places, &["number", "integer"]))?,
            UNHEARD.into(),
        ),
        Fault::NumberForText => one(first(&places, |place| is_plain(place, &places, &["string"]))?, 7.into()),
        Fault::Fraction => one(
            first(&places, |place| is_plain(place, &places, &["integer"]))?,
            1.5.into(),
        ),
        Fault::NullForRequired => {
            let place = first(&places, |place| place.required && !takes_null(place))?;
            one(place, Value::Null)
        }
        Fault::UnknownValue => {
            let place = places.iter().find(|place| {
                let value = answer.pointer(&place.pointer);
                place.get("enum").is_some() && value.is_some_and(Value::is_string)
            })?;
            one(place, UNHEARD.into())
        }
        Fault::UnknownField => with_field(answer, &places, &json!({ "says": "nothing" })),
        Fault::Nested => with_field(answer, &places, &json!({ "in": nested() })),
        _ => None,
    }
}

/// The places on the way to a JSON pointer.
fn way(answer: &Value, pointer: &str) -> Vec<String> {
    let (mut way, mut path) = (vec![".".to_owned()], String::new());
    let (mut value, mut passed) = (answer, String::new());
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        if value.is_array() {
            path += &format!("[{name}]");
        } else if path.is_empty() {
            path = name;
        } else {
            path += &format!(".{name}");
        }
        passed += &format!("/{step}");
        value = answer.pointer(&passed).expect("the place is in the answer");
        way.push(path.clone());
    }
    way
}

/// The first required place that holds no others, or else the first required one, or else the first of all.
fn first<'a>(places: &'a [Place<'a>], fits: impl Fn(&Place<'_>) -> bool) -> Option<&'a Place<'a>> {
    let holds_others = |place: &Place<'_>| matches!(place.kind(), Some("object" | "array") | None);
    let mut chosen = places.iter().filter(|place| fits(place));
    let required: Vec<&Place<'_>> = chosen.clone().filter(|place| place.required).collect();
    let leaf = required.iter().find(|place| !holds_others(place));
    leaf.or(required.first()).copied().or(chosen.next())
}

/// A value that no reader of this place is so lenient as to take: an object is no text, number or truth, a truth no list,
/// and a text no object.
fn wrong(place: &Place<'_>) -> Option<Value> {
    match place.kind()? {
        "array" => Some(true.into()),
        "object" => Some("neither field nor value".into()),
        _ => Some(json!({ "neither": "text nor number" })),
    }
}

/// Whether a value is of one of these kinds, and read as that: neither it nor the list it is in has a reader that says what
/// it takes beside.
fn is_plain(place: &Place<'_>, places: &[Place<'_>], kinds: &[&str]) -> bool {
    let is_one = place.kind().is_some_and(|kind| kinds.contains(&kind));
    let around = place.pointer.rsplit_once('/').map(|(around, _)| around);
    let around = around.and_then(|around| places.iter().find(|place| place.pointer == around));
    let has_list_reader = around.is_some_and(|list| list.get("x-serde-with").is_some());
    is_one && !place.has_reader() && !has_list_reader && place.get("x-instant").is_none()
}

/// Whether null is read as nothing: the description says so, or names a way of reading that takes it (`option`, the
/// lenient ones, and lists that may be missing).
fn takes_null(place: &Place<'_>) -> bool {
    const READERS: [&str; 5] = ["option", "integers", "nested", "grouped", "object_or_empty_list"];
    let reader = place.get("x-serde-with").and_then(Value::as_str).unwrap_or_default();
    let reader = reader.rsplit("::").next().unwrap_or_default();
    place.may_be_null() || place.kept || READERS.contains(&reader) || reader.starts_with("lenient_")
}

/// The answer with a field in every object that takes one.
fn with_field(answer: &Value, places: &[Place<'_>], field: &Value) -> Option<Changed> {
    let mut changed = answer.clone();
    let mut any = false;
    for place in places.iter().filter(|place| place.takes_fields()) {
        if let Some(Value::Object(fields)) = changed.pointer_mut(&place.pointer) {
            fields.insert(UNHEARD.to_owned(), field.clone());
            any = true;
        }
    }
    any.then_some(Changed {
        answer: changed,
        wrong: None,
    })
}

/// Lists and objects inside each other.
fn nested() -> Value {
    (0..DEPTH).fold(json!("the bottom"), |inner, level| {
        if level % 2 == 0 {
            json!([inner])
        } else {
            json!({ "in": inner })
        }
    })
}

/// What `Debug` shows of an answer, without the fields that no description knows: kept ones are shown by name.
pub(crate) fn without_field(shown: &str) -> String {
    let name = format!("\"{UNHEARD}\": ");
    let mut rest = shown;
    let mut clean = String::new();
    while let Some(at) = rest.find(&name) {
        clean.push_str(rest[..at].trim_end_matches([' ', ',']));
        rest = &rest[at + name.len()..];
        let mut depth = 0_usize;
        let end = rest.find(|letter| {
            let closes = matches!(letter, '}' | ']' | ')');
            let ends = depth == 0 && (closes || letter == ',');
            if matches!(letter, '{' | '[' | '(') {
                depth += 1;
            } else if closes && !ends {
                depth -= 1;
            }
            ends
        });
        rest = &rest[end.unwrap_or(rest.len())..];
        // What stood behind it moves up to where it stood.
        if clean.ends_with('{') {
            rest = rest.trim_start_matches([',', ' ']);
        }
    }
    clean + rest
}
