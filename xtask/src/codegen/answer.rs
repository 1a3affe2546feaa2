//! What a request answers: the type of its success, and how that is read.

use super::types::Types;
use crate::description::{Additional, Description, Media, Operation, Schema};
use crate::problem::Problem;

/// What a success looks like.
#[derive(Debug)]
pub struct Answer {
    /// The type.
    pub output: String,
    /// The function of `energy_core::decode` that reads it.
    pub decode: &'static str,
    /// The content types, the first of them asked for.
    pub formats: Vec<String>,
    /// Whether it holds a secret (`format: password`), so that errors must not show it.
    pub secret: bool,
}

impl Answer {
    /// The success of `operation`.
    ///
    /// # Errors
    /// A success that has no type.
    pub fn of(operation: &Operation, types: Types<'_>) -> Result<Self, Problem> {
        let successes = operation
            .responses
            .iter()
            .filter(|response| response.status.starts_with('2'));
        let with_content = successes.clone().find(|response| !response.content.is_empty());
        let Some(response) = with_content else {
            return Ok(Self {
                output: "()".to_owned(),
                decode: "empty",
                formats: Vec::new(),
                secret: false,
            });
        };
        let formats = response.content.iter().map(|media| media.name.clone()).collect();
        let may_be_empty = successes.clone().any(|response| response.content.is_empty());
        let Some(media) = response.content.first() else {
            return Err(types.problem(response.line, "this response has no content"));
        };
        let (output, decode) = match kind(media) {
            Content::Json => {
                let Some(schema) = &media.schema else {
                    return Err(types.problem(media.line, "a JSON response needs a schema"));
                };
                let value = types.of_schema(schema)?;
                if value.with.is_some() {
                    return Err(types.problem(media.line, "an instant alone as a response needs an x-rust-type"));
                }
                if may_be_empty {
                    (format!("Option<{}>", value.text), "json_or_empty")
                } else {
                    (value.text, "json")
                }
            }
            Content::Text => ("String".to_owned(), "text"),
            Content::Bytes => ("bytes::Bytes".to_owned(), "bytes"),
        };
        let schema = media.schema.as_ref();
        let secret = schema.is_some_and(|schema| holds_secret(schema, types.described(), &mut Vec::new()));
        Ok(Self {
            output,
            decode,
            formats,
            secret,
        })
    }
}

/// Whether a value of this schema holds a secret somewhere. `seen` are the components on the way to it.
fn holds_secret<'a>(schema: &'a Schema, description: &'a Description, seen: &mut Vec<&'a str>) -> bool {
    if schema.format.as_deref() == Some("password") {
        return true;
    }
    if let Some(name) = schema.reference.as_deref()
        && !seen.contains(&name)
    {
        seen.push(name);
        return description
            .schema(name)
            .is_some_and(|component| holds_secret(component, description, seen));
    }
    let additional = match &schema.additional {
        Additional::Like(additional) => Some(&**additional),
        Additional::Unsaid | Additional::Any => None,
    };
    let properties = schema.properties.iter().map(|property| &property.schema);
    properties
        .chain(schema.items.as_deref())
        .chain(additional)
        .any(|inner| holds_secret(inner, description, seen))
}

enum Content {
    Json,
    Text,
    Bytes,
}

fn kind(media: &Media) -> Content {
    if media.is_json() {
        return Content::Json;
    }
    let texts = ["application/javascript", "application/yaml", "application/xml"];
    if media.name.starts_with("text/") || texts.contains(&media.name.as_str()) {
        Content::Text
    } else {
        Content::Bytes
    }
}
