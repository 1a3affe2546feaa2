//! Every example of a description must be what its schema says.

use jsonschema::Validator;
use serde_json::{Value as Json, json};

use crate::description::Description;
use crate::description::yaml::{Node, Value};
use crate::problem::Problems;

/// Checks the examples of `description`; gives how many there are.
pub fn check(description: &Description, problems: &mut Problems) -> usize {
    let document = &description.document;
    let mut examples = Examples {
        document,
        components: document.get("components").map_or(Json::Null, Node::to_json),
        problems,
        count: 0,
    };
    for (name, schema) in named(document, &["components", "schemas"]) {
        examples.schema(&format!("the schema {name}"), schema);
    }
    for (_, parameter) in named(document, &["components", "parameters"]) {
        examples.parameter(parameter);
    }
    for (name, response) in named(document, &["components", "responses"]) {
        examples.content(&format!("the response {name}"), response);
    }
    for operation in named(document, &["paths"]).flat_map(|(_, path)| path.entries()) {
        let id = operation
            .node
            .get("operationId")
            .and_then(Node::text)
            .unwrap_or_default();
        for parameter in items(&operation.node, "parameters") {
            examples.parameter(parameter);
        }
        if let Some(body) = operation.node.get("requestBody") {
            examples.content(&format!("the body of {id}"), body);
        }
        for (status, response) in named(&operation.node, &["responses"]) {
            examples.content(&format!("the response {status} of {id}"), response);
        }
    }
    examples.count
}

/// The entries of the mapping that `path` leads to.
fn named<'a>(node: &'a Node, path: &[&str]) -> impl Iterator<Item = (&'a str, &'a Node)> + use<'a> {
    let found = path.iter().try_fold(node, |node, key| node.get(key));
    let entries = found.map_or(&[][..], Node::entries);
    entries.iter().map(|entry| (entry.key.as_str(), &entry.node))
}

/// The items of the list under `key`.
fn items<'a>(node: &'a Node, key: &str) -> &'a [Node] {
    match node.get(key).map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

struct Examples<'a> {
    document: &'a Node,
    components: Json,
    problems: &'a mut Problems,
    count: usize,
}

impl<'a> Examples<'a> {
    /// The examples of the contents of a response or a body; those behind a `$ref` are checked there.
    fn content(&mut self, place: &str, node: &'a Node) {
        for (media, content) in named(node, &["content"]) {
            let Some(schema) = content.get("schema") else {
                continue;
            };
            let place = format!("{place} ({media})");
            self.schema(&place, schema);
            let values = self.given(content);
            self.validate(&place, schema, &values);
        }
        for (name, header) in named(node, &["headers"]) {
            let Some(schema) = header.get("schema") else {
                continue;
            };
            let values = self.given(header);
            self.validate(&format!("the header {name} of {place}"), schema, &values);
        }
    }

    /// The examples of a parameter and of its schema.
    fn parameter(&mut self, node: &'a Node) {
        let Some(schema) = node.get("schema") else {
            return;
        };
        let name = node.get("name").and_then(Node::text).unwrap_or_default();
        let place = format!("the parameter {name}");
        self.schema(&place, schema);
        let values = self.given(node);
        self.validate(&place, schema, &values);
    }

    /// The examples and the default of a schema, and of the schemas in it.
    fn schema(&mut self, place: &str, node: &'a Node) {
        let mut values: Vec<&Node> = ["example", "default"].iter().filter_map(|key| node.get(key)).collect();
        values.extend(items(node, "examples"));
        self.validate(place, node, &values);
        for (name, property) in named(node, &["properties"]) {
            self.schema(&format!("{name} of {place}"), property);
        }
        for key in ["items", "additionalProperties"] {
            if let Some(inner) = node.get(key) {
                self.schema(&format!("the {key} of {place}"), inner);
            }
        }
        for inner in ["oneOf", "anyOf", "allOf"].iter().flat_map(|key| items(node, key)) {
            self.schema(place, inner);
        }
    }

    /// The values under `example` and `examples` of a parameter or a content.
    fn given(&self, node: &'a Node) -> Vec<&'a Node> {
        let mut values: Vec<&Node> = node.get("example").into_iter().collect();
        for (_, example) in named(node, &["examples"]) {
            let shared = example
                .get("$ref")
                .and_then(Node::text)
                .and_then(|target| target.strip_prefix("#/components/examples/"))
                .and_then(|name| self.document.get("components")?.get("examples")?.get(name));
            values.extend(shared.unwrap_or(example).get("value"));
        }
        values
    }

    fn validate(&mut self, place: &str, schema: &Node, values: &[&Node]) {
        if values.is_empty() {
            return;
        }
        let validator = match self.validator(schema) {
            Ok(validator) => validator,
            Err(message) => {
                let message = format!("{place} is not a JSON schema: {message}");
                return self.problems.at(schema.line, message);
            }
        };
        for value in values {
            self.count += 1;
            let json = value.to_json();
            for error in validator.iter_errors(&json) {
                let pointer = error.instance_path().to_string();
                let line = value.line_at(&pointer);
                let inside = if pointer.is_empty() {
                    String::new()
                } else {
                    format!(" at {pointer}")
                };
                let message = format!("an example is not what {place} says{inside}: {error}");
                self.problems.at(line, message);
            }
        }
    }

    /// A validator that finds `#/components/…` in the document.
    fn validator(&self, schema: &Node) -> Result<Validator, String> {
        let root = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": self.components,
            "allOf": [schema.to_json()],
        });
        jsonschema::draft202012::options()
            .should_validate_formats(true)
            .build(&root)
            .map_err(|error| error.to_string())
    }
}
