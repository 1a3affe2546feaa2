//! What the description says of the values in an answer, place by place.

use std::sync::Arc;

use energy_tests::described::resolved;
use serde_json::Value;

/// Types that keep what comes as it came, whatever it is: what a report has in its rows is not documented, and whether suites
/// or tenants come is known to who asked.
const KEPT_AS_THEY_CAME: [&str; 2] = ["crate::ReportRows", "crate::TenantSuites"];

/// What a description says of places that have a reader of their own.
const HAVE_READERS: [&str; 5] = ["x-id", "x-rust-type", "x-serde-with", "oneOf", "anyOf"];

/// The schema of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    document: Arc<Value>,
    schema: Value,
    /// The member that is the answer, of an envelope.
    unwrap: Option<String>,
}

/// A value of an example, with what is said of it.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    /// Where it stands in the whole answer: a JSON pointer.
    pub(crate) pointer: String,
    /// The schema, after the references that led to it.
    schemas: Vec<&'a Value>,
    /// Whether an object around it says that it is always there.
    pub(crate) required: bool,
    /// Whether it is kept as it came.
    pub(crate) kept: bool,
    /// How deep the outermost place around it, or itself, stands that has a reader of its own: a number or a text, one or
    /// many. Such a reader may put aside what comes before it looks at it, and then the place of the object or list around
    /// it is all that is known.
    pub(crate) put_aside: Option<usize>,
}

impl Shape {
    pub(crate) fn new(document: Arc<Value>, schema: Value, unwrap: Option<&str>) -> Self {
        Self {
            document,
            schema,
            unwrap: unwrap.map(str::to_owned),
        }
    }

    /// All places of the part of `answer` that is read, from the outside in, in the order of their names.
    pub(crate) fn places(&self, answer: &Value) -> Vec<Place<'_>> {
        let mut places = Vec::new();
        let whole = self.chain(&self.schema, answer);
        let begin = match &self.unwrap {
            None => Place {
                pointer: String::new(),
                schemas: whole,
                required: false,
                kept: false,
                put_aside: None,
            },
            Some(member) => {
                let envelope = whole.last().expect("there is a schema");
                Place {
                    pointer: format!("/{member}"),
                    schemas: self.chain(&envelope["properties"][member], &answer[member]),
                    required: lists(&envelope["required"], member),
                    kept: false,
                    put_aside: None,
                }
            }
        };
        if let Some(value) = answer.pointer(&begin.pointer) {
            self.collect(begin, value, &mut places);
        }
        places
    }

    fn collect<'a>(&'a self, mut place: Place<'a>, value: &Value, places: &mut Vec<Place<'a>>) {
        let schema = *place.schemas.last().expect("there is a schema");
        let pointer = place.pointer.clone();
        let rust_type = place.get("x-rust-type").and_then(Value::as_str);
        place.kept |= rust_type.is_some_and(|name| KEPT_AS_THEY_CAME.contains(&name));
        if place.has_reader() {
            place.put_aside = place.put_aside.or(Some(pointer.matches('/').count()));
        }
        let (kept, put_aside) = (place.kept, place.put_aside);
        places.push(place);
        let inner = |name: &str, schema: &'a Value, value: &Value, required| Place {
            pointer: format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")),
            schemas: self.chain(schema, value),
            required,
            kept,
            put_aside,
        };
        match value {
            Value::Object(members) => {
                let mut names: Vec<&String> = members.keys().collect();
                names.sort();
                for name in names {
                    let required = lists(&schema["required"], name);
                    let described = schema["properties"].get(name).or(schema.get("additionalProperties"));
                    if let Some(described @ Value::Object(_)) = described {
                        self.collect(inner(name, described, &members[name], required), &members[name], places);
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate().filter(|_| schema["items"].is_object()) {
                    let place = inner(&index.to_string(), &schema["items"], item, false);
                    self.collect(place, item, places);
                }
            }
            _ => {}
        }
    }

    /// The schema and all that it refers to, the last one being for a value of this kind.
    fn chain<'a>(&'a self, schema: &'a Value, value: &Value) -> Vec<&'a Value> {
        let mut chain = vec![schema];
        let mut schema = schema;
        loop {
            let alternatives = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
            let next = match alternatives {
                _ if schema.get("$ref").is_some() => Some(resolved(&self.document, schema)),
                Some(several) => several.iter().find(|one| self.is_for(one, value)),
                None => None,
            };
            let Some(next) = next else { return chain };
            chain.push(next);
            schema = next;
        }
    }

    fn is_for(&self, schema: &Value, value: &Value) -> bool {
        let schema = resolved(&self.document, schema);
        kinds(schema).iter().any(|kind| *kind == kind_of(value)) || (kinds(schema) == ["number"] && value.is_i64())
    }
}

impl<'a> Place<'a> {
    /// What any of the schemas on the way says under this key, the nearest first.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Value> {
        self.schemas.iter().find_map(|schema| schema.get(key))
    }

    /// The one kind of value that is described, without null; `None` where several are, or none is, or all are taken.
    pub(crate) fn kind(&self) -> Option<&'a str> {
        let chooses = self.get("oneOf").or(self.get("anyOf")).is_some();
        let mut kinds = kinds(self.schemas.last()?);
        kinds.retain(|kind| *kind != "null");
        match kinds[..] {
            [kind] if !chooses && !self.kept => Some(kind),
            _ => None,
        }
    }

    /// Whether it has a reader of its own.
    pub(crate) fn has_reader(&self) -> bool {
        HAVE_READERS.iter().any(|key| self.get(key).is_some())
    }

    /// Whether null is described.
    pub(crate) fn may_be_null(&self) -> bool {
        let says_null = |schema: &&Value| kinds(schema).contains(&"null");
        let alternatives = self.get("oneOf").or(self.get("anyOf")).and_then(Value::as_array);
        self.schemas.iter().any(says_null) || alternatives.into_iter().flatten().any(|schema| says_null(&schema))
    }

    /// Whether an object in this place may have a field that is not described: its own have names, or nothing is said of
    /// them.
    pub(crate) fn takes_fields(&self) -> bool {
        let last = self.schemas.last().copied().unwrap_or(&Value::Null);
        let described = ["type", "additionalProperties", "enum", "oneOf", "anyOf"];
        let is_free = described.iter().all(|key| last[*key].is_null());
        last["properties"].is_object() || is_free || self.kept
    }
}

fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ if schema["properties"].is_object() => vec!["object"],
        _ => Vec::new(),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn lists(required: &Value, name: &str) -> bool {
    let mut names = required.as_array().into_iter().flatten();
    names.any(|listed| listed == name)
}
