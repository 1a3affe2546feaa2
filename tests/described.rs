//! What an API description says, for the tests in which the sandbox meets it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up should stop"
)]

use energy_core::Endpoint;
use serde_json::{Value, json};

/// What a service answers to an operation when all goes well, as its description shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The status.
    pub status: u16,
    /// The media type; `None` without a body.
    pub content_type: Option<String>,
    /// The body. A text of our own where the description shows none, as of a document.
    pub body: Vec<u8>,
}

/// An API description as one JSON document.
#[derive(Clone, Debug)]
pub struct Described(Value);

impl Described {
    /// The description in this file of the workspace.
    ///
    /// # Panics
    ///
    /// When it is not valid.
    pub fn load(file: &str) -> Self {
        let description = xtask::description::Description::load(&xtask::workspace::root(), file);
        Self(description.expect("the description is valid").document.to_json())
    }

    /// The same, with objects that have no other properties than the described ones, unless they say so.
    #[must_use]
    pub fn strict(mut self) -> Self {
        close(&mut self.0);
        self
    }

    /// How an operation's JSON answer of this status differs from what is described.
    ///
    /// # Panics
    ///
    /// When no such answer is described.
    pub fn differences(&self, operation: &str, status: u16, answer: &Value) -> Vec<String> {
        let validator = jsonschema::draft202012::new(&self.schema(operation, status)).expect("the schema is valid");
        let errors = validator.iter_errors(answer);
        errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }

    /// Whether an answer of this status is described without a body.
    pub fn is_empty(&self, operation: &str, status: u16) -> bool {
        self.response(operation, status)["content"].is_null()
    }

    /// The first success of an operation that is described, with the longest of its examples; `None` where no success is.
    /// Of a stream of events, the example is one event.
    ///
    /// # Panics
    ///
    /// When the operation is not described, or JSON without an example.
    pub fn example(&self, operation: &str) -> Option<Example> {
        let responses = self.operation(operation)["responses"].as_object()?;
        let statuses = responses.keys().filter_map(|status| status.parse().ok());
        let status = statuses.filter(|status| (200..300).contains(status)).min()?;
        let content = self.response(operation, status)["content"].as_object();
        let Some((content_type, content)) = content.and_then(|types| types.iter().next()) else {
            return Some(Example {
                status,
                content_type: None,
                body: Vec::new(),
            });
        };
        let several = content.get("examples").and_then(Value::as_object).into_iter().flatten();
        let several = several.map(|(_, example)| &self.resolved(example)["value"]);
        let shown = content.get("example").into_iter().chain(several);
        let shown = shown.max_by_key(|value| value.to_string().len());
        let body = match shown {
            Some(value) if content_type == "text/event-stream" => format!("data: {value}\n\n"),
            Some(value) => value.to_string(),
            None if content_type == "application/json" => panic!("{operation} has no example with {status}"),
            None => format!("what {operation} gives as {content_type}\n"),
        };
        Some(Example {
            status,
            content_type: Some(content_type.clone()),
            body: body.into_bytes(),
        })
    }

    fn schema(&self, operation: &str, status: u16) -> Value {
        let response = self.response(operation, status);
        let mut schema = response["content"]["application/json"]["schema"].clone();
        assert!(schema.is_object(), "{operation} has no JSON with {status}: {response}");
        schema["components"] = self.0["components"].clone();
        schema
    }

    fn response(&self, operation: &str, status: u16) -> &Value {
        let responses = &self.operation(operation)["responses"];
        let class = format!("{}XX", status / 100);
        let response = responses.get(status.to_string()).or_else(|| responses.get(class));
        self.resolved(response.unwrap_or_else(|| panic!("{operation} has no answer with {status}")))
    }

    fn operation(&self, id: &str) -> &Value {
        let paths = self.0["paths"].as_object().expect("there are paths");
        let mut operations = paths
            .values()
            .filter_map(Value::as_object)
            .flat_map(|path| path.values());
        let found = operations.find(|described| described["operationId"] == id);
        found.unwrap_or_else(|| panic!("{id} is not described"))
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        resolved(&self.0, value)
    }
}

/// What a part of a document says: itself, or what it refers to.
///
/// # Panics
///
/// When the reference leads nowhere.
pub fn resolved<'a>(document: &'a Value, part: &'a Value) -> &'a Value {
    match part["$ref"].as_str() {
        Some(place) => document
            .pointer(place.trim_start_matches('#'))
            .expect("the reference leads somewhere"),
        None => part,
    }
}

/// Lets no object schema in here allow what it does not describe.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            let closed = object.contains_key("properties") && object.get("type") == Some(&json!("object"));
            object.values_mut().for_each(close);
            if closed {
                object.entry("additionalProperties").or_insert(false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// The id of a request's operation.
pub fn operation_of<E: Endpoint>(_: &E) -> &'static str {
    E::OPERATION.id
}
