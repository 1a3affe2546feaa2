//! What a request answers: the type of its success, and how that is read.

use super::types::Types;
use crate::description::{Media, Operation, Schema};
use crate::problem::Problem;

/// What a success looks like.
#[derive(Debug)]
pub struct Answer {
    /// The type.
    pub output: String,
    /// The function of `energy_core::decode` that reads it.
    pub decode: &'static str,
    /// The member of the envelope that is read, where `decode` needs one.
    pub member: Option<String>,
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
    pub fn of<'a>(operation: &'a Operation, types: Types<'a>) -> Result<Self, Problem> {
        let successes = operation
            .responses
            .iter()
            .filter(|response| response.status.starts_with('2'));
        let with_content = successes.clone().find(|response| !response.content.is_empty());
        let Some(response) = with_content else {
            return Ok(Self {
                output: "()".to_owned(),
                decode: "empty",
                member: None,
                formats: Vec::new(),
                secret: false,
            });
        };
        let formats = response.content.iter().map(|media| media.name.clone()).collect();
        let may_be_empty = successes.clone().any(|response| response.content.is_empty());
        let Some(media) = response.content.first() else {
            return Err(types.problem(response.line, "this response has no content"));
        };
        let schema = media.schema.as_ref();
        let secret = schema.is_some_and(|schema| types.holds_secret(schema));
        if let (Content::Json, Some((member, line)), Some(schema)) = (kind(media), &media.unwrap, schema) {
            return Ok(Self {
                formats,
                secret,
                ..unwrapped(member, schema, *line, types)?
            });
        }
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
        Ok(Self {
            output,
            decode,
            member: None,
            formats,
            secret,
        })
    }
}

/// What is inside an envelope: the value of `member`, or with the word `nothing` no value.
fn unwrapped<'a>(member: &str, schema: &'a Schema, line: usize, types: Types<'a>) -> Result<Answer, Problem> {
    let answer = |output: String, decode, member: Option<&str>| Answer {
        output,
        decode,
        member: member.map(str::to_owned),
        formats: Vec::new(),
        secret: false,
    };
    if member == "nothing" {
        return Ok(answer("()".to_owned(), "empty", None));
    }
    let envelope = types.target(schema).unwrap_or(schema);
    let found = envelope.properties.iter().find(|property| property.name == member);
    let Some(property) = found else {
        return Err(types.problem(line, format!("x-unwrap: `{member}` is no property of the answer")));
    };
    let value = types.of_schema(&property.schema)?;
    if value.with.is_some() {
        return Err(types.problem(property.line, "an instant alone as an answer needs an x-rust-type"));
    }
    Ok(if property.required && !property.schema.nullable {
        answer(value.text, "member", Some(member))
    } else {
        answer(format!("Option<{}>", value.text), "member_if_any", Some(member))
    })
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
