//! Schemas: what a value looks like, and the Rust type that it becomes.

use super::yaml::{Entry, Fields, Node, Value};
use crate::problem::Problems;

/// A schema. A component has a name; the others have an empty one.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Name in `components.schemas`.
    pub name: String,
    /// Line it starts at.
    pub line: usize,
    /// Name of the component schema it refers to.
    pub reference: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// The types, without `null`.
    pub types: Vec<String>,
    /// Whether `null` is a value.
    pub nullable: bool,
    /// The format.
    pub format: Option<String>,
    /// The properties of an object.
    pub properties: Vec<Property>,
    /// What other properties an object may have.
    pub additional: Additional,
    /// What an array holds.
    pub items: Option<Box<Schema>>,
    /// The values of an enumeration, with their lines.
    pub values: Vec<(String, usize)>,
    /// The limits of the value.
    pub bounds: Bounds,
    /// A `pattern`, with its line.
    pub pattern: Option<(String, usize)>,
    /// `const`: the only value.
    pub constant: Option<String>,
    /// `uniqueItems`.
    pub unique: bool,
    /// Line of a `oneOf`, `anyOf` or `allOf`.
    pub combined: Option<usize>,
    /// Whether the vendor advises against it.
    pub deprecated: bool,
    /// `x-rust-type`.
    pub rust_type: Option<String>,
    /// `x-rust-name`.
    pub rust_name: Option<String>,
    /// `x-serde-with`.
    pub serde_with: Option<String>,
    /// `x-unit`.
    pub unit: Option<String>,
    /// `x-source`.
    pub source: Option<String>,
    /// `x-certainty`.
    pub certainty: Option<String>,
    /// `x-instant`.
    pub instant: Option<String>,
    /// `x-id`.
    pub id: bool,
    /// `x-closed`.
    pub closed: bool,
    /// `x-ignore-case`.
    pub ignore_case: bool,
    /// `x-checked`.
    pub checked: bool,
    /// `x-default`: what `new` sets a required property to.
    pub default: Option<String>,
    /// `x-check-with`.
    pub check_with: Option<String>,
    /// `x-variants`.
    pub variants: Vec<Variant>,
    /// `x-alias`, with its lines: other names under which a property is read.
    pub aliases: Vec<(String, usize)>,
}

/// A property of an object.
#[derive(Clone, Debug)]
pub struct Property {
    /// The name on the wire.
    pub name: String,
    /// The line of the name.
    pub line: usize,
    /// Whether it is always there.
    pub required: bool,
    /// What it holds.
    pub schema: Schema,
}

/// What properties an object has besides the named ones.
#[derive(Clone, Debug, Default)]
pub enum Additional {
    /// `additionalProperties` is not written, or false.
    #[default]
    Unsaid,
    /// `additionalProperties: true`: they are kept.
    Any,
    /// They all look like this.
    Like(Box<Schema>),
}

/// A value of an enumeration.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The value on the wire.
    pub wire: String,
    /// The line of the value.
    pub line: usize,
    /// The Rust name, where it was given.
    pub name: Option<String>,
    /// What it means.
    pub description: String,
}

/// The limits of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// Smallest number.
    pub minimum: Option<f64>,
    /// Largest number.
    pub maximum: Option<f64>,
    /// Whether a limit is written that leaves its own value out.
    pub exclusive: Option<usize>,
    /// Fewest characters or items.
    pub shortest: Option<u64>,
    /// Most characters or items.
    pub longest: Option<u64>,
}

const CERTAINTIES: [&str; 4] = ["documented", "recorded", "seen in a client", "inferred"];

/// Reads `x-certainty` and refuses a word that is not one of the known ones.
pub(super) fn certainty(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<String> {
    let word = fields.text("x-certainty", problems)?;
    if !CERTAINTIES.contains(&word.as_str()) {
        problems.at(
            fields.line(),
            format!("x-certainty `{word}` is not one of {}", CERTAINTIES.join(", ")),
        );
    }
    Some(word)
}

/// Reads the schema that `node` holds.
pub(super) fn read(node: &Node, name: &str, problems: &mut Problems) -> Schema {
    let place = if name.is_empty() {
        "a schema".to_owned()
    } else {
        format!("the schema {name}")
    };
    let mut fields = Fields::of(node, place, problems);
    let mut schema = Schema {
        name: name.to_owned(),
        line: node.line,
        ..Schema::default()
    };
    if let Some(entry) = fields.take("$ref") {
        schema.reference = entry
            .node
            .text()
            .and_then(|target| target.strip_prefix("#/components/schemas/"))
            .map(str::to_owned);
        if schema.reference.is_none() {
            problems.at(entry.line, "a $ref of a schema must lead to #/components/schemas/");
        }
    }
    schema.description = fields.text("description", problems);
    annotations(&mut schema, &mut fields, problems);
    if schema.reference.is_none() {
        shape(&mut schema, &mut fields, problems);
    }
    fields.finish(problems);
    schema
}

/// What may stand beside a `$ref` as well.
fn annotations(schema: &mut Schema, fields: &mut Fields<'_>, problems: &mut Problems) {
    for key in ["title", "default", "example", "examples"] {
        fields.take(key);
    }
    schema.deprecated = fields.boolean("deprecated", problems).unwrap_or(false);
    schema.rust_type = fields.text("x-rust-type", problems);
    schema.rust_name = fields.text("x-rust-name", problems);
    schema.serde_with = fields.text("x-serde-with", problems);
    schema.unit = fields.text("x-unit", problems);
    schema.source = fields.text("x-source", problems);
    schema.certainty = certainty(fields, problems);
    schema.default = fields.text("x-default", problems);
    schema.checked = fields.boolean("x-checked", problems).unwrap_or(false);
    schema.aliases = fields.texts("x-alias", problems);
}

fn shape(schema: &mut Schema, fields: &mut Fields<'_>, problems: &mut Problems) {
    types(schema, fields, problems);
    schema.format = fields.text("format", problems);
    check_format(schema, problems);
    bounds(schema, fields, problems);
    let pattern = fields.take("pattern").map(|entry| entry.line);
    schema.pattern = fields.text("pattern", problems).zip(pattern);
    schema.unique = fields.boolean("uniqueItems", problems).unwrap_or(false);
    if let Some(entry) = fields.take("const") {
        schema.constant = Some(match entry.node.text() {
            Some(text) => text.to_owned(),
            None => entry.node.to_json().to_string(),
        });
    }
    for node in fields.list("enum", problems) {
        match &node.value {
            Value::Text(text) => schema.values.push((text.clone(), node.line)),
            Value::Integer(_) | Value::Float(_) | Value::Bool(_) | Value::Null => {
                schema.values.push((node.to_json().to_string(), node.line));
            }
            Value::List(_) | Value::Map(_) => {
                problems.at(node.line, "a value of an enum must be a scalar");
            }
        }
    }
    properties(schema, fields, problems);
    schema.items = fields
        .take("items")
        .map(|entry| Box::new(read(&entry.node, "", problems)));
    for key in ["oneOf", "anyOf", "allOf"] {
        for node in fields.list(key, problems) {
            schema.combined = Some(node.line);
            read(node, "", problems);
        }
    }
    if let Some(line) = schema.combined.filter(|_| schema.rust_type.is_none()) {
        problems.at(line, "oneOf, anyOf and allOf need an x-rust-type beside them");
    }
    schema.instant = fields.text("x-instant", problems);
    if let Some(word) = &schema.instant {
        let known = ["epoch-seconds", "epoch-milliseconds", "local", "spaced"];
        if !known.contains(&word.as_str()) {
            problems.at(
                schema.line,
                format!("x-instant `{word}` is not one of {}", known.join(", ")),
            );
        }
    }
    schema.id = fields.boolean("x-id", problems).unwrap_or(false);
    schema.closed = fields.boolean("x-closed", problems).unwrap_or(false);
    schema.ignore_case = fields.boolean("x-ignore-case", problems).unwrap_or(false);
    schema.check_with = fields.text("x-check-with", problems);
    variants(schema, fields, problems);
}

fn types(schema: &mut Schema, fields: &mut Fields<'_>, problems: &mut Problems) {
    let Some(entry) = fields.take("type") else {
        return;
    };
    let nodes = match &entry.node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(&entry.node),
    };
    for node in nodes {
        match node.text() {
            Some("null") => schema.nullable = true,
            Some(name @ ("object" | "array" | "string" | "integer" | "number" | "boolean")) => {
                schema.types.push(name.to_owned());
            }
            _ => problems.at(
                node.line,
                "a type must be object, array, string, integer, number, boolean or \"null\" (quoted)",
            ),
        }
    }
}

fn check_format(schema: &Schema, problems: &mut Problems) {
    let Some(format) = &schema.format else {
        return;
    };
    let known: &[&str] = match schema.types.first().map(String::as_str) {
        Some("string") => &["date", "date-time", "password", "uri", "email", "uuid"],
        Some("integer") => &["int32", "int64", "uint32", "uint64"],
        Some("number") => &["double", "float"],
        _ => &[],
    };
    if !known.contains(&format.as_str()) {
        let known = if known.is_empty() {
            "nothing".to_owned()
        } else {
            known.join(", ")
        };
        problems.at(
            schema.line,
            format!("the format `{format}` is not understood here; known: {known}"),
        );
    }
}

fn bounds(schema: &mut Schema, fields: &mut Fields<'_>, problems: &mut Problems) {
    let mut bounds = Bounds {
        minimum: fields.number("minimum", problems),
        maximum: fields.number("maximum", problems),
        ..Bounds::default()
    };
    for key in ["exclusiveMinimum", "exclusiveMaximum", "multipleOf"] {
        if fields.number(key, problems).is_some() {
            bounds.exclusive = fields.take(key).map(|entry| entry.line);
        }
    }
    for key in ["minLength", "minItems"] {
        bounds.shortest = bounds.shortest.or(count(key, fields, problems));
    }
    for key in ["maxLength", "maxItems"] {
        bounds.longest = bounds.longest.or(count(key, fields, problems));
    }
    schema.bounds = bounds;
}

fn count(key: &'static str, fields: &mut Fields<'_>, problems: &mut Problems) -> Option<u64> {
    let number = fields.integer(key, problems)?;
    let count = u64::try_from(number).ok();
    if count.is_none() {
        problems.at(fields.line(), format!("`{key}` must not be negative"));
    }
    count
}

fn properties(schema: &mut Schema, fields: &mut Fields<'_>, problems: &mut Problems) {
    let required = fields.texts("required", problems);
    let entries = fields.map("properties", problems);
    for (name, line) in &required {
        if !entries.iter().any(|entry| entry.key == *name) {
            problems.at(*line, format!("`{name}` is required but not among the properties"));
        }
    }
    for Entry { key, line, node } in entries {
        let property = read(node, "", problems);
        if property.description.is_none() && property.reference.is_none() {
            problems.at(*line, format!("the property `{key}` has no description; add one"));
        }
        schema.properties.push(Property {
            name: key.clone(),
            line: *line,
            required: required.iter().any(|(name, _)| name == key),
            schema: property,
        });
    }
    if let Some(entry) = fields.take("additionalProperties") {
        schema.additional = match &entry.node.value {
            Value::Bool(true) => Additional::Any,
            Value::Bool(false) => Additional::Unsaid,
            _ => Additional::Like(Box::new(read(&entry.node, "", problems))),
        };
    }
}

fn variants(schema: &mut Schema, fields: &mut Fields<'_>, problems: &mut Problems) {
    for entry in fields.map("x-variants", problems) {
        let mut fields = Fields::of(&entry.node, format!("the variant `{}`", entry.key), problems);
        schema.variants.push(Variant {
            wire: entry.key.clone(),
            line: entry.line,
            name: fields.text("name", problems),
            description: fields.need_text("description", problems),
        });
        fields.finish(problems);
    }
}
