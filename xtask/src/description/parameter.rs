//! Parameters of operations, and what may be asked of a value that is sent.

use super::read::Components;
use super::schema::{self, Schema};
use super::yaml::{Fields, Node};
use crate::problem::Problems;

/// Where a parameter is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// As a header.
    Header,
}

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Line it stands at.
    pub line: usize,
    /// The name on the wire.
    pub name: String,
    /// Where it is sent.
    pub place: Place,
    /// Whether it is always sent.
    pub required: bool,
    /// What it means.
    pub description: String,
    /// What it holds; the parameter's own `x-` keys are laid over the schema's.
    pub schema: Schema,
    /// `x-segments`.
    pub segments: bool,
    /// `x-bool-as-number`.
    pub bool_as_number: bool,
    /// `x-handled-by`.
    pub handled_by: Option<String>,
    /// `x-default`.
    pub default: Option<String>,
}

/// Reads the parameter that `node` holds.
pub(super) fn read(node: &Node, components: &Components<'_>, problems: &mut Problems) -> Parameter {
    let name = node.get("name").and_then(Node::text).unwrap_or("without a name");
    let mut fields = Fields::of(node, format!("the parameter {name}"), problems);
    let name = fields.need_text("name", problems);
    let place = match fields.need_text("in", problems).as_str() {
        "path" => Place::Path,
        "header" => Place::Header,
        "query" => Place::Query,
        other => {
            problems.at(
                node.line,
                format!("parameters in `{other}` are not understood; path, query and header are"),
            );
            Place::Query
        }
    };
    let mut schema = match fields.take("schema") {
        Some(entry) => schema::read(&entry.node, "", problems),
        None => {
            problems.at(node.line, format!("the parameter {name} has no schema; add one"));
            Schema::default()
        }
    };
    for key in ["example", "examples"] {
        fields.take(key);
    }
    schema.rust_type = fields.text("x-rust-type", problems).or(schema.rust_type);
    schema.rust_name = fields.text("x-rust-name", problems).or(schema.rust_name);
    schema.unit = fields.text("x-unit", problems).or(schema.unit);
    schema.source = fields.text("x-source", problems).or(schema.source);
    schema.certainty = schema::certainty(&mut fields, problems).or(schema.certainty);
    schema.deprecated |= fields.boolean("deprecated", problems).unwrap_or(false);
    let parameter = Parameter {
        line: node.line,
        name,
        place,
        required: fields.boolean("required", problems).unwrap_or(false),
        description: fields.need_text("description", problems),
        schema,
        segments: fields.boolean("x-segments", problems).unwrap_or(false),
        bool_as_number: fields.boolean("x-bool-as-number", problems).unwrap_or(false),
        handled_by: fields.text("x-handled-by", problems),
        default: fields.text("x-default", problems),
    };
    fields.finish(problems);
    check_parameter(&parameter, problems);
    check_bounds(&parameter.name, &parameter.schema, components, problems);
    parameter
}

fn check_parameter(parameter: &Parameter, problems: &mut Problems) {
    let Parameter { line, name, .. } = parameter;
    if parameter.place == Place::Path && !parameter.required {
        problems.at(*line, format!("the path parameter {name} must say `required: true`"));
    }
    if parameter.segments && (parameter.place != Place::Path || parameter.schema.rust_type.is_none()) {
        problems.at(
            *line,
            format!("x-segments of {name} needs `in: path` and an x-rust-type"),
        );
    }
    if parameter.bool_as_number && parameter.schema.types != ["boolean"] {
        problems.at(*line, format!("x-bool-as-number of {name} needs `type: boolean`"));
    }
    if parameter.default.is_some() && parameter.required {
        problems.at(*line, format!("{name} is required, so it has no use for x-default"));
    }
}

/// Refuses limits on something that is sent, where the generated code could not check them.
pub(super) fn check_bounds(name: &str, schema: &Schema, components: &Components<'_>, problems: &mut Problems) {
    if schema.nullable {
        problems.at(
            schema.line,
            format!("{name} is sent, so it cannot be null; leave it out instead"),
        );
    }
    if schema.rust_type.is_some() {
        return;
    }
    refuse_unchecked(name, schema, problems);
    if let Some(node) = schema.reference.as_deref().and_then(|name| components.schema(name)) {
        // What is wrong with the component itself is reported where it stands.
        let target = schema::read(node, "", &mut Problems::of(""));
        if target.rust_type.is_none() {
            refuse_unchecked(name, &target, problems);
        }
    }
}

fn refuse_unchecked(name: &str, schema: &Schema, problems: &mut Problems) {
    if let Some((_, line)) = &schema.pattern {
        problems.at(
            *line,
            format!("the pattern of {name} is not checked by anything; give it an x-rust-type"),
        );
    }
    if let Some(line) = schema.bounds.exclusive {
        problems.at(
            line,
            format!(
                "{name} has a limit that is not checked before sending; \
                 use minimum, maximum or an x-rust-type"
            ),
        );
    }
}
