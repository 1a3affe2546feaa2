//! Which Rust type a schema becomes.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{names, parse_type};
use crate::description::{Additional, Bounds, Description, Schema};
use crate::problem::Problem;

/// A Rust type with what the generator must know of it.
#[derive(Clone, Debug)]
pub struct Type {
    /// As it is written.
    pub text: String,
    /// The serde module that reads and writes it, where there is one of its own.
    pub with: Option<&'static str>,
    /// What kind of value it is.
    pub kind: Kind,
}

impl Type {
    /// The type that an argument has: anything that becomes a value, or the value itself if it is a plain one.
    pub fn taken(&self) -> TokenStream {
        let value = parse_type(&self.text);
        if self.kind.is_plain() {
            value
        } else {
            quote!(impl Into<#value>)
        }
    }

    /// The argument `name` as a value.
    pub fn converted(&self, name: &Ident) -> TokenStream {
        if self.kind.is_plain() {
            quote!(#name)
        } else {
            quote!(#name.into())
        }
    }
}

/// Kinds of values, as far as the generator treats them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `f64`.
    Float,
    /// An integer; `i64::from` takes it, or for `u64` it needs a conversion that may fail.
    Integer,
    /// `bool`.
    Bool,
    /// A date or an instant.
    Time,
    /// `Vec<T>`.
    List,
    /// Everything else.
    Other,
}

impl Kind {
    /// Whether a value of it is passed as it is, without `impl Into`.
    pub fn is_plain(self) -> bool {
        matches!(self, Self::Float | Self::Integer | Self::Bool | Self::Time)
    }
}

/// What a component schema becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing: its type is hand-written.
    Foreign,
    /// A struct.
    Struct,
    /// An enumeration.
    Enum,
    /// An id.
    Id,
    /// Another name for a type.
    Alias,
}

/// What the component `schema` becomes.
pub fn shape(schema: &Schema) -> Shape {
    if schema.rust_type.is_some() {
        Shape::Foreign
    } else if schema.id {
        Shape::Id
    } else if !schema.values.is_empty() {
        Shape::Enum
    } else if !schema.properties.is_empty() {
        Shape::Struct
    } else {
        Shape::Alias
    }
}

/// The Rust name of the component `schema`.
pub fn name(schema: &Schema) -> String {
    let name = schema.rust_name.clone().unwrap_or_else(|| names::pascal(&schema.name));
    names::identifier(&name).unwrap_or(name)
}

/// Finds types for the schemas of one description.
#[derive(Clone, Copy, Debug)]
pub struct Types<'a> {
    description: &'a Description,
}

/// What is inside a schema.
#[derive(Default)]
struct Inside<'a> {
    schemas: Vec<&'a Schema>,
    /// The components among them.
    names: Vec<&'a str>,
}

impl<'a> Types<'a> {
    /// Types for `description`.
    pub fn of(description: &'a Description) -> Self {
        Self { description }
    }

    /// The finding `message` at `line` of the description.
    pub fn problem(&self, line: usize, message: impl Into<String>) -> Problem {
        Problem {
            file: self.description.file.clone(),
            line: Some(line),
            message: message.into(),
        }
    }

    /// The component that `schema` refers to.
    pub fn target(&self, schema: &Schema) -> Option<&'a Schema> {
        schema
            .reference
            .as_deref()
            .and_then(|name| self.description.schema(name))
    }

    /// What `schema` is: its own words, or those of the component it refers to.
    pub fn words<'b>(&'b self, schema: &'b Schema) -> &'b str {
        let own = schema.description.as_deref();
        own.or_else(|| self.target(schema)?.description.as_deref())
            .unwrap_or_default()
    }

    /// The limits of `schema`, its own before those of the component it refers to, and whether it is an array.
    pub fn limits(&self, schema: &Schema) -> (Bounds, Option<String>) {
        let own = schema.bounds;
        let kind = schema.types.first().cloned();
        match self.target(schema) {
            Some(target) => {
                let (inner, kind) = self.limits(target);
                (if own == Bounds::default() { inner } else { own }, kind)
            }
            None => (own, kind),
        }
    }

    /// Whether `schema` holds a closed enumeration somewhere, which is sent and never read.
    pub fn is_only_sent(&self, schema: &'a Schema) -> bool {
        self.inside(schema, false).schemas.iter().any(|schema| schema.closed)
    }

    /// Whether a secret is somewhere in it (`format: password`).
    pub fn holds_secret(&self, schema: &'a Schema) -> bool {
        let inside = self.inside(schema, true);
        inside
            .schemas
            .iter()
            .any(|schema| schema.format.as_deref() == Some("password"))
    }

    /// The component structs that a program has to make because they are sent as JSON.
    pub fn sent_structs(&self) -> Vec<&'a str> {
        let bodies = self
            .description
            .operations
            .iter()
            .filter_map(|operation| operation.body.as_ref());
        let json = bodies
            .filter(|body| body.media.is_json())
            .filter_map(|body| body.media.schema.as_ref());
        json.flat_map(|schema| self.inside(schema, false).names).collect()
    }

    /// The component structs that programs make: what is sent, and what is `x-checked`.
    pub fn made(&self) -> Vec<&'a str> {
        let mut made = self.sent_structs();
        for schema in &self.description.schemas {
            if schema.checked && shape(schema) == Shape::Struct {
                made.extend(self.inside(schema, false).names);
                made.push(&schema.name);
            }
        }
        made
    }

    /// Everything that a value of `schema` may hold, itself included; `foreign` tells whether to look into what has a
    /// hand-written type.
    fn inside(&self, schema: &'a Schema, foreign: bool) -> Inside<'a> {
        let mut inside = Inside::default();
        self.look_into(schema, foreign, &mut inside);
        inside
    }

    fn look_into(&self, schema: &'a Schema, foreign: bool, inside: &mut Inside<'a>) {
        if schema.rust_type.is_some() && !foreign {
            return;
        }
        inside.schemas.push(schema);
        if let Some(target) = self.target(schema) {
            if !inside.names.contains(&target.name.as_str()) {
                inside.names.push(&target.name);
                self.look_into(target, foreign, inside);
            }
            return;
        }
        let properties = schema.properties.iter().map(|property| &property.schema);
        let values = match &schema.additional {
            Additional::Like(values) => Some(values.as_ref()),
            Additional::Any | Additional::Unsaid => None,
        };
        for part in properties.chain(schema.items.as_deref()).chain(values) {
            self.look_into(part, foreign, inside);
        }
    }

    /// The type of a value of `schema`, without the `Option` of what may be missing.
    ///
    /// # Errors
    /// A schema that needs a name, or an `x-rust-type`.
    pub fn of_schema(&self, schema: &Schema) -> Result<Type, Problem> {
        if let Some(text) = &schema.rust_type {
            return self.written(schema.line, text);
        }
        if schema.reference.is_some() {
            return self.of_reference(schema);
        }
        let other = |text: &str| Type {
            text: text.to_owned(),
            with: None,
            kind: Kind::Other,
        };
        let [kind] = schema.types.as_slice() else {
            if schema.types.is_empty() && schema.properties.is_empty() {
                return Ok(other("serde_json::Value"));
            }
            return Err(self.problem(schema.line, "several types in one need an x-rust-type"));
        };
        if let Some((_, line)) = schema.values.first() {
            return Err(self.problem(
                *line,
                "an enum needs a name: move it to components.schemas with x-variants, or give it an x-rust-type",
            ));
        }
        if schema.id {
            return Err(self.problem(
                schema.line,
                "x-id belongs on a component schema; move it to components.schemas",
            ));
        }
        match kind.as_str() {
            "object" => self.of_object(schema),
            "array" => {
                let item = match schema.items.as_deref() {
                    Some(items) => self.of_schema(items)?,
                    None => return Err(self.problem(schema.line, "an array needs `items`")),
                };
                self.no_module(schema.line, &item)?;
                Ok(Type {
                    text: format!("Vec<{}>", item.text),
                    with: None,
                    kind: Kind::List,
                })
            }
            "integer" if schema.instant.is_none() => {
                let text = match schema.format.as_deref() {
                    Some("int32") => "i32",
                    Some("uint32") => "u32",
                    Some("uint64") => "u64",
                    _ => "i64",
                };
                Ok(Type {
                    text: text.to_owned(),
                    with: None,
                    kind: Kind::Integer,
                })
            }
            "number" => Ok(Type {
                text: "f64".to_owned(),
                with: None,
                kind: Kind::Float,
            }),
            "boolean" => Ok(Type {
                text: "bool".to_owned(),
                with: None,
                kind: Kind::Bool,
            }),
            _ => Ok(text_type(schema)),
        }
    }

    /// A type that the description writes out.
    fn written(&self, line: usize, text: &str) -> Result<Type, Problem> {
        if let Err(error) = syn::parse_str::<syn::Type>(text) {
            return Err(self.problem(line, format!("the x-rust-type `{text}` is not a Rust type: {error}")));
        }
        let kind = match text {
            "f64" => Kind::Float,
            "i64" | "i32" | "u64" | "u32" => Kind::Integer,
            "bool" => Kind::Bool,
            _ if text.starts_with("Vec<") => Kind::List,
            _ => Kind::Other,
        };
        Ok(Type {
            text: text.to_owned(),
            with: None,
            kind,
        })
    }

    fn of_reference(&self, schema: &Schema) -> Result<Type, Problem> {
        let Some(target) = self.target(schema) else {
            return Err(self.problem(schema.line, "this $ref leads nowhere"));
        };
        let text = name(target);
        match shape(target) {
            Shape::Foreign => self.of_schema(target),
            Shape::Alias => Ok(Type {
                text,
                ..self.of_schema(target)?
            }),
            Shape::Struct | Shape::Enum | Shape::Id => Ok(Type {
                text,
                with: None,
                kind: Kind::Other,
            }),
        }
    }

    fn of_object(&self, schema: &Schema) -> Result<Type, Problem> {
        if !schema.properties.is_empty() {
            return Err(self.problem(
                schema.line,
                "an object with properties needs a name: move it to components.schemas, or give it an x-rust-type",
            ));
        }
        let value = match &schema.additional {
            Additional::Unsaid => {
                return Ok(Type {
                    text: "serde_json::Value".to_owned(),
                    with: None,
                    kind: Kind::Other,
                });
            }
            Additional::Any => "serde_json::Value".to_owned(),
            Additional::Like(values) => {
                let value = self.of_schema(values)?;
                self.no_module(values.line, &value)?;
                value.text
            }
        };
        Ok(Type {
            text: format!("energy_core::wire::Entries<{value}>"),
            with: None,
            kind: Kind::Other,
        })
    }

    /// Refuses a type that needs a serde module where none can be named.
    fn no_module(&self, line: usize, value: &Type) -> Result<(), Problem> {
        match value.with {
            None => Ok(()),
            Some(_) => Err(self.problem(line, "dates and instants inside a list or a map need an x-rust-type")),
        }
    }
}

fn text_type(schema: &Schema) -> Type {
    let time = |text: &str, with| Type {
        text: text.to_owned(),
        with: Some(with),
        kind: Kind::Time,
    };
    match (schema.instant.as_deref(), schema.format.as_deref()) {
        (Some("epoch-seconds"), _) => time("time::OffsetDateTime", "energy_core::wire::epoch_seconds"),
        (Some("spaced"), _) => time("time::OffsetDateTime", "energy_core::wire::spaced"),
        (Some("epoch-milliseconds"), _) => time("time::OffsetDateTime", "energy_core::wire::epoch_milliseconds"),
        (Some(_), _) => time("time::PrimitiveDateTime", "energy_core::wire::local_date_time"),
        (None, Some("date")) => time("time::Date", "energy_core::wire::date"),
        (None, Some("date-time")) => time("time::OffsetDateTime", "energy_core::wire::rfc3339"),
        (None, Some("password")) => Type {
            text: "energy_core::Secret".to_owned(),
            with: None,
            kind: Kind::Other,
        },
        (None, _) => Type {
            text: "String".to_owned(),
            with: None,
            kind: Kind::Other,
        },
    }
}
