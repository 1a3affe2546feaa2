//! What a request takes: its parameters, its form fields, its body, as arguments and setters.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs::{remarks, sentence};
use super::types::{Kind, Type, Types};
use super::{ident, names, parse_type, rules};
use crate::description::{Operation, Place, Property, Schema};
use crate::problem::Problem;

/// Where an argument is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// One segment of the path.
    Segment,
    /// Any number of segments of the path.
    Segments,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A field of the form.
    Form,
    /// The JSON body.
    Body,
}

/// Something that a request takes.
#[derive(Debug)]
pub struct Argument<'a> {
    /// The line it stands at.
    pub line: usize,
    /// The name on the wire.
    pub wire: String,
    /// The name in Rust.
    pub name: Ident,
    /// Where it is sent.
    pub sent: Sent,
    /// Whether `new` asks for it.
    pub required: bool,
    /// The type, without `Option`.
    pub value: Type,
    /// What it means, its unit, its limits.
    pub docs: String,
    /// What `new` sets an optional one to.
    pub default: Option<String>,
    bool_as_number: bool,
    has_rules: bool,
    schema: Option<&'a Schema>,
}

/// The arguments of `operation`, in the order `new` takes them: path, query, headers, form, body.
///
/// # Errors
/// What cannot be sent as it is described.
pub fn of_operation<'a>(operation: &'a Operation, types: Types<'a>) -> Result<Vec<Argument<'a>>, Problem> {
    let mut arguments = Vec::new();
    for place in [Place::Path, Place::Query, Place::Header] {
        let mut found: Vec<_> = operation
            .parameters
            .iter()
            .filter(|parameter| parameter.place == place && parameter.handled_by.is_none())
            .filter(|parameter| parameter.schema.constant.is_none())
            .collect();
        if place == Place::Path {
            let position = |name: &str| {
                operation.segments.iter().position(
                    |segment| matches!(segment, crate::description::Segment::Parameter(other) if other == name),
                )
            };
            found.sort_by_key(|parameter| position(&parameter.name));
        }
        for parameter in found {
            arguments.push(Argument {
                line: parameter.line,
                wire: parameter.name.clone(),
                name: rust_name(parameter.line, &parameter.name, &parameter.schema, types)?,
                sent: match place {
                    Place::Path if parameter.segments => Sent::Segments,
                    Place::Path => Sent::Segment,
                    Place::Query => Sent::Query,
                    Place::Header => Sent::Header,
                },
                required: parameter.required,
                value: types.of_schema(&parameter.schema)?,
                docs: describe(&parameter.description, &parameter.schema, types),
                default: parameter.default.clone(),
                bool_as_number: parameter.bool_as_number,
                has_rules: false,
                schema: Some(&parameter.schema),
            });
        }
    }
    if let Some(body) = &operation.body
        && let Some(schema) = &body.media.schema
    {
        if body.media.is_json() {
            arguments.push(Argument {
                line: body.line,
                wire: "body".to_owned(),
                name: ident("body"),
                sent: Sent::Body,
                required: body.required,
                value: types.of_schema(schema)?,
                docs: sentence(body.description.as_deref().unwrap_or("The body")),
                default: None,
                bool_as_number: false,
                has_rules: rules::has_rules(schema, types),
                schema: None,
            });
        } else {
            for property in &schema.properties {
                arguments.push(form_field(property, types)?);
            }
        }
    }
    check(&arguments, types)?;
    Ok(arguments)
}

fn form_field<'a>(property: &'a Property, types: Types<'a>) -> Result<Argument<'a>, Problem> {
    Ok(Argument {
        line: property.line,
        wire: property.name.clone(),
        name: rust_name(property.line, &property.name, &property.schema, types)?,
        sent: Sent::Form,
        required: property.required,
        value: types.of_schema(&property.schema)?,
        docs: describe(types.words(&property.schema), &property.schema, types),
        default: None,
        bool_as_number: false,
        has_rules: false,
        schema: Some(&property.schema),
    })
}

fn rust_name(line: usize, wire: &str, schema: &Schema, types: Types<'_>) -> Result<Ident, Problem> {
    let wanted = schema.rust_name.clone().unwrap_or_else(|| names::snake(wire));
    match names::identifier(&wanted) {
        Some(name) => Ok(ident(&name)),
        None => Err(types.problem(line, format!("`{wanted}` is not a Rust name; give it an x-rust-name"))),
    }
}

fn check(arguments: &[Argument<'_>], types: Types<'_>) -> Result<(), Problem> {
    for (index, argument) in arguments.iter().enumerate() {
        let twin = arguments.iter().take(index).any(|other| other.name == argument.name);
        if twin || argument.name == "new" {
            return Err(types.problem(
                argument.line,
                format!(
                    "the name `{}` is taken in this request; give one an x-rust-name",
                    argument.name
                ),
            ));
        }
        if argument.value.kind == Kind::List && !matches!(argument.sent, Sent::Query | Sent::Body) {
            return Err(types.problem(
                argument.line,
                "a list outside the query needs an x-rust-type that writes it",
            ));
        }
        let instant = argument.schema.and_then(|schema| schema.instant.as_deref());
        if instant.is_some_and(|instant| instant != "epoch-seconds") {
            return Err(types.problem(
                argument.line,
                "only x-instant: epoch-seconds can be sent; give it an x-rust-type",
            ));
        }
        if let Some(default) = &argument.default
            && let Err(error) = syn::parse_str::<syn::Expr>(default)
        {
            return Err(types.problem(argument.line, format!("the x-default `{default}` is not Rust: {error}")));
        }
    }
    Ok(())
}

/// The statements that send the query parameters with one value only.
///
/// # Errors
/// One that stands elsewhere.
pub fn constants(operation: &Operation, types: Types<'_>) -> Result<Vec<TokenStream>, Problem> {
    let mut statements = Vec::new();
    for parameter in &operation.parameters {
        let Some(value) = &parameter.schema.constant else {
            continue;
        };
        if parameter.place != Place::Query {
            return Err(types.problem(parameter.line, "only a query parameter can have a `const`"));
        }
        let name = &parameter.name;
        statements.push(quote!(parts.query(#name, #value);));
    }
    Ok(statements)
}

/// Description, remarks and limits in one paragraph.
fn describe(description: &str, schema: &Schema, types: Types<'_>) -> String {
    let remarks = remarks(schema, &limits_in_words(schema, types));
    format!("{} {remarks}", sentence(description)).trim_end().to_owned()
}

fn limits_in_words(schema: &Schema, types: Types<'_>) -> String {
    let (bounds, kind) = types.limits(schema);
    let kind = kind.unwrap_or_default();
    let (low, high, unit) = match kind.as_str() {
        "string" => (bounds.shortest.map(count), bounds.longest.map(count), " character"),
        "array" => (bounds.shortest.map(count), bounds.longest.map(count), " item"),
        _ => (bounds.minimum.map(number), bounds.maximum.map(number), ""),
    };
    let unit = |of: &str| match (unit, of) {
        ("", _) => String::new(),
        (unit, "1") => unit.to_owned(),
        (unit, _) => format!("{unit}s"),
    };
    match (low, high) {
        (Some(low), Some(high)) => format!("From {low} to {high}{}.", unit(&high)),
        (Some(low), None) => format!("At least {low}{}.", unit(&low)),
        (None, Some(high)) => format!("At most {high}{}.", unit(&high)),
        (None, None) => String::new(),
    }
}

fn count(count: u64) -> String {
    count.to_string()
}

fn number(number: f64) -> String {
    number.to_string()
}

impl Argument<'_> {
    /// The type of the private field.
    pub fn field_type(&self) -> TokenStream {
        let value = parse_type(&self.value.text);
        if self.required { value } else { quote!(Option<#value>) }
    }

    /// What `new` sets an optional one to.
    pub fn initial(&self) -> TokenStream {
        match &self.default {
            None => quote!(None),
            Some(text) if text.starts_with("Some(") || text == "None" => parse_type(text),
            Some(text) => {
                let value = parse_type(text);
                quote!(Some(#value))
            }
        }
    }

    /// The check before sending, where the description sets limits.
    pub fn check(&self, types: Types<'_>) -> Option<TokenStream> {
        let schema = self.schema?;
        let (bounds, kind) = types.limits(schema);
        let name = &self.name;
        let wire = &self.wire;
        let value = if self.required {
            quote!(self.#name)
        } else {
            quote!(#name)
        };
        let least = bounds.shortest.map(count);
        let most = bounds.longest.map(count);
        let size = |text: Option<String>, open: TokenStream| text.map_or(open, |text| parse_type(&text));
        let (call, by_value) = match kind.as_deref() {
            Some("string") if least.is_some() || most.is_some() => {
                let (least, most) = (size(least, quote!(0)), size(most, quote!(usize::MAX)));
                (
                    quote!(energy_core::check::length(#wire, #value.as_ref(), #least, #most)?;),
                    false,
                )
            }
            Some("array") if least.is_some() || most.is_some() => {
                let (least, most) = (size(least, quote!(0)), size(most, quote!(usize::MAX)));
                (
                    quote!(energy_core::check::items(#wire, #value.len(), #least, #most)?;),
                    false,
                )
            }
            _ if bounds.minimum.is_none() && bounds.maximum.is_none() => return None,
            _ => match self.value.kind {
                Kind::Float => {
                    let low = bounds.minimum.map_or(quote!(f64::NEG_INFINITY), float);
                    let high = bounds.maximum.map_or(quote!(f64::INFINITY), float);
                    (quote!(energy_core::check::number(#wire, #value, #low, #high)?;), true)
                }
                Kind::Integer => {
                    let low = bounds.minimum.map_or(quote!(i64::MIN), whole);
                    let high = bounds.maximum.map_or(quote!(i64::MAX), whole);
                    let value = match self.value.text.as_str() {
                        "i64" => value,
                        "u64" => quote!(i64::try_from(#value).unwrap_or(i64::MAX)),
                        _ => quote!(i64::from(#value)),
                    };
                    (quote!(energy_core::check::integer(#wire, #value, #low, #high)?;), true)
                }
                _ => return None,
            },
        };
        if self.required {
            return Some(call);
        }
        let reference = if by_value {
            quote!(self.#name)
        } else {
            quote!(&self.#name)
        };
        Some(quote! { if let Some(#name) = #reference { #call } })
    }

    fn is_secret(&self) -> bool {
        self.schema
            .is_some_and(|schema| schema.format.as_deref() == Some("password"))
    }

    fn body_method(&self) -> Ident {
        ident(if self.has_rules { "json_with_rules" } else { "json" })
    }

    /// The statement that sends it.
    pub fn send(&self) -> TokenStream {
        let name = &self.name;
        let wire = &self.wire;
        let instant = self
            .schema
            .is_some_and(|schema| schema.instant.is_some() && schema.rust_type.is_none());
        let list = self.value.kind == Kind::List;
        let one = if self.bool_as_number {
            quote!(&u8::from(self.#name))
        } else if instant {
            quote!(&self.#name.unix_timestamp())
        } else {
            quote!(&self.#name)
        };
        let maybe = if self.bool_as_number {
            quote!(self.#name.map(u8::from).as_ref())
        } else if instant {
            quote!(self.#name.map(time::OffsetDateTime::unix_timestamp).as_ref())
        } else {
            quote!(self.#name.as_ref())
        };
        match (self.sent, self.required) {
            (Sent::Segment, _) => quote!(parts.segment(#wire, #one)?;),
            (Sent::Segments, _) => quote!(parts.segments(#wire, #one)?;),
            (Sent::Query, required) if self.is_secret() => {
                if required {
                    quote!(parts.secret_query(#wire, #one);)
                } else {
                    quote!(parts.secret_query_if(#wire, #maybe);)
                }
            }
            (Sent::Query, true) if list => quote!(parts.query_each(#wire, #one);),
            (Sent::Query, false) if list => quote! {
                if let Some(#name) = &self.#name { parts.query_each(#wire, #name); }
            },
            (Sent::Query, true) => quote!(parts.query(#wire, #one);),
            (Sent::Query, false) => quote!(parts.query_if(#wire, #maybe);),
            (Sent::Header, required) => {
                let wire = wire.to_lowercase();
                if required {
                    quote!(parts.header(#wire, #one)?;)
                } else {
                    quote!(parts.header_if(#wire, #maybe)?;)
                }
            }
            (Sent::Form, true) => quote!(parts.form(#wire, #one);),
            (Sent::Form, false) => quote!(parts.form_if(#wire, #maybe);),
            (Sent::Body, true) => {
                let method = self.body_method();
                quote!(parts.#method(#one)?;)
            }
            (Sent::Body, false) => {
                let method = self.body_method();
                quote! {
                    if let Some(#name) = &self.#name { parts.#method(#name)?; }
                }
            }
        }
    }
}

/// A bound as a literal with a point, as people write it.
fn float(bound: f64) -> TokenStream {
    parse_type(&format!("{bound:?}"))
}

/// A bound as a whole literal.
#[allow(clippy::cast_possible_truncation, reason = "bounds of integers are whole and small")]
fn whole(bound: f64) -> TokenStream {
    parse_type(&(bound as i64).to_string())
}
