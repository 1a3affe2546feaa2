//! Bodies and responses: what is sent and what comes back.

use super::parameter::check_bounds;
use super::read::Components;
use super::schema::{self, Schema};
use super::yaml::{Entry, Fields, Node};
use crate::problem::Problems;

/// The body of a request.
#[derive(Clone, Debug)]
pub struct Body {
    /// Line it starts at.
    pub line: usize,
    /// Whether it is always sent.
    pub required: bool,
    /// What it is.
    pub description: Option<String>,
    /// Its only content.
    pub media: Media,
}

/// A response.
#[derive(Clone, Debug)]
pub struct Response {
    /// Line of the status.
    pub line: usize,
    /// The status, `4XX`, or `default`.
    pub status: String,
    /// The contents, in the order of the file.
    pub content: Vec<Media>,
}

/// A content type with what it holds.
#[derive(Clone, Debug)]
pub struct Media {
    /// Line of the content type.
    pub line: usize,
    /// The content type.
    pub name: String,
    /// What it holds.
    pub schema: Option<Schema>,
    /// How many examples it has.
    pub examples: usize,
    /// `x-unwrap`: the member of the envelope that is the answer, with its line.
    pub unwrap: Option<(String, usize)>,
}

impl Media {
    /// Whether this is JSON.
    pub fn is_json(&self) -> bool {
        self.name == "application/json" || self.name.ends_with("+json")
    }
}

/// Reads the request body that `node` holds.
pub(super) fn body(node: &Node, components: &Components<'_>, problems: &mut Problems) -> Option<Body> {
    let mut fields = Fields::of(node, "a request body", problems);
    let description = fields.text("description", problems);
    let required = fields.boolean("required", problems).unwrap_or(false);
    let content = media(&mut fields, components, problems);
    fields.finish(problems);
    if content.len() > 1 {
        problems.at(
            node.line,
            "a request body with several content types is not understood; keep the one to send",
        );
    }
    let Some(media) = content.into_iter().next() else {
        problems.at(node.line, "the request body has no content; name a content type");
        return None;
    };
    let Some(schema) = &media.schema else {
        problems.at(media.line, "the request body has no schema; add one");
        return None;
    };
    match media.name.as_str() {
        "application/json" if schema.reference.is_none() && schema.rust_type.is_none() => {
            problems.at(
                media.line,
                "a JSON request body must be a $ref to a component schema, or have an x-rust-type",
            );
        }
        "application/json" => {}
        "application/x-www-form-urlencoded" => {
            if schema.reference.is_some() || schema.types != ["object"] {
                problems.at(media.line, "write the form's fields here, as an object with properties");
            }
            for property in &schema.properties {
                check_bounds(&property.name, &property.schema, components, problems);
            }
        }
        other => problems.at(
            media.line,
            format!("request bodies of {other} are not understood; JSON and forms (x-www-form-urlencoded) are"),
        ),
    }
    Some(Body {
        line: node.line,
        required,
        description,
        media,
    })
}

/// Reads the responses of an operation.
pub(super) fn responses(
    fields: &mut Fields<'_>,
    components: &Components<'_>,
    problems: &mut Problems,
) -> Vec<Response> {
    let line = fields.line();
    let mut responses = Vec::new();
    for entry in fields.map("responses", problems) {
        let status = &entry.key;
        let known =
            status == "default" || (status.len() == 3 && (status.parse::<u16>().is_ok() || status.ends_with("XX")));
        if !known {
            problems.at(
                entry.line,
                format!("`{status}` is no status; write three digits, 4XX or default"),
            );
        }
        let node = components.resolve(&entry.node, "responses");
        responses.push(Response {
            line: entry.line,
            status: status.clone(),
            content: response(node, components, problems),
        });
    }
    if !responses.iter().any(|response| response.status.starts_with('2')) {
        problems.at(line, "an operation must describe its success, a response of 2xx");
    }
    responses
}

/// Reads a response; used for those in components as well.
pub(super) fn response(node: &Node, components: &Components<'_>, problems: &mut Problems) -> Vec<Media> {
    let mut fields = Fields::of(node, "a response", problems);
    fields.need_text("description", problems);
    for entry in fields.map("headers", problems) {
        let mut header = Fields::of(&entry.node, format!("the header {}", entry.key), problems);
        header.need_text("description", problems);
        header.boolean("required", problems);
        for key in ["example", "examples"] {
            header.take(key);
        }
        if let Some(entry) = header.take("schema") {
            schema::read(&entry.node, "", problems);
        }
        header.finish(problems);
    }
    let content = media(&mut fields, components, problems);
    fields.finish(problems);
    for media in &content {
        if media.is_json() && media.examples == 0 {
            problems.at(
                media.line,
                "a JSON response needs an example; add `example` or `examples`",
            );
        }
        if media.is_json() && media.schema.is_none() {
            problems.at(media.line, "a JSON response needs a schema; add one");
        }
    }
    content
}

fn media(fields: &mut Fields<'_>, components: &Components<'_>, problems: &mut Problems) -> Vec<Media> {
    let mut content = Vec::new();
    for Entry { key, line, node } in fields.map("content", problems) {
        let mut fields = Fields::of(node, format!("the content {key}"), problems);
        let schema = fields.take("schema");
        let line_of_unwrap = fields.take("x-unwrap").map(|entry| entry.line);
        let unwrap = fields.text("x-unwrap", problems).zip(line_of_unwrap);
        let mut examples = usize::from(fields.take("example").is_some());
        for entry in fields.map("examples", problems) {
            example(components.resolve(&entry.node, "examples"), problems);
            examples += 1;
        }
        content.push(Media {
            line: *line,
            name: key.clone(),
            schema: schema.map(|entry| schema::read(&entry.node, "", problems)),
            examples,
            unwrap,
        });
        fields.finish(problems);
    }
    content
}

/// Reads an example object.
pub(super) fn example(node: &Node, problems: &mut Problems) {
    if node.get("$ref").is_some() {
        return; // it leads nowhere, and is reported as such
    }
    let mut fields = Fields::of(node, "an example", problems);
    fields.text("summary", problems);
    fields.text("description", problems);
    if fields.take("value").is_none() {
        problems.at(node.line, "an example needs a `value`");
    }
    fields.finish(problems);
}
