//! What an API description says, for the tests in which the sandbox meets it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up should stop"
)]

use energy_core::Endpoint;
use serde_json::{Value, json};

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

    fn schema(&self, operation: &str, status: u16) -> Value {
        let response = self.response(operation, status);
        let mut schema = response["content"]["application/json"]["schema"].clone();
        assert!(schema.is_object(), "{operation} has no JSON with {status}: {response}");
        schema["components"] = self.0["components"].clone();
        schema
    }

    fn response(&self, operation: &str, status: u16) -> &Value {
        let paths = self.0["paths"].as_object().expect("there are paths");
        let mut operations = paths
            .values()
            .filter_map(Value::as_object)
            .flat_map(|path| path.values());
        let found = operations.find(|described| described["operationId"] == operation);
        let responses = &found.unwrap_or_else(|| panic!("{operation} is not described"))["responses"];
        let class = format!("{}XX", status / 100);
        let response = responses.get(status.to_string()).or_else(|| responses.get(class));
        let response = response.unwrap_or_else(|| panic!("{operation} has no answer with {status}"));
        match response["$ref"].as_str() {
            Some(place) => self
                .0
                .pointer(place.trim_start_matches('#'))
                .expect("the reference leads somewhere"),
            None => response,
        }
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
