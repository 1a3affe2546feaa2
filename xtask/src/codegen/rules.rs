//! The rules of component structs: which have some, and the code that checks them.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::{self, Shape, Types};
use super::{ident, names, parse_type};
use crate::description::{Additional, Property, Schema};
use crate::problem::Problem;

/// Whether a value of `schema` is checked by its own `Rules`.
pub fn has_rules<'a>(schema: &'a Schema, types: Types<'a>) -> bool {
    let component = types.target(schema).unwrap_or(schema);
    match types::shape(component) {
        Shape::Foreign => component.checked,
        Shape::Struct => types.made().contains(&component.name.as_str()) && needs(component, types, &mut Vec::new()),
        Shape::Alias => component.items.as_deref().is_some_and(|items| has_rules(items, types)),
        Shape::Enum | Shape::Id => false,
    }
}

/// Whether `component` has something to check or to hide, itself or in what it holds.
fn needs<'a>(component: &'a Schema, types: Types<'a>, seen: &mut Vec<&'a str>) -> bool {
    if component.rust_type.is_some() {
        return component.checked;
    }
    if seen.contains(&component.name.as_str()) {
        return false;
    }
    seen.push(&component.name);
    component.checked
        || component.check_with.is_some()
        || component
            .properties
            .iter()
            .any(|property| property_needs(&property.schema, types, seen))
}

fn property_needs<'a>(schema: &'a Schema, types: Types<'a>, seen: &mut Vec<&'a str>) -> bool {
    if schema.rust_type.is_some() {
        return schema.checked;
    }
    if has_limits(schema) || is_secret(schema) {
        return true;
    }
    if let Some(target) = types.target(schema) {
        return match types::shape(target) {
            Shape::Foreign | Shape::Enum => target.checked,
            Shape::Struct => needs(target, types, seen),
            Shape::Id | Shape::Alias => property_needs(target, types, seen),
        };
    }
    schema
        .items
        .as_deref()
        .is_some_and(|items| property_needs(items, types, seen))
}

fn has_limits(schema: &Schema) -> bool {
    let is_float = schema.types.first().is_some_and(|kind| kind == "number");
    schema.bounds != crate::description::Bounds::default() || schema.pattern.is_some() || schema.unique || is_float
}

fn is_secret(schema: &Schema) -> bool {
    schema.format.as_deref() == Some("password")
}

/// The pattern of a text that is not blank: the one pattern that is understood.
const NOT_BLANK: &str = r"\S";

/// The implementation of `Rules` for the component struct `schema`.
///
/// # Errors
/// A limit that the generated code could not check.
pub fn implementation<'a>(schema: &'a Schema, types: Types<'a>) -> Result<TokenStream, Problem> {
    let mut checks = Vec::new();
    let mut secrets = Vec::new();
    for property in &schema.properties {
        let rules = Field::of(property, types)?;
        checks.extend(rules.checks);
        secrets.extend(rules.secrets);
    }
    if let Some(path) = &schema.check_with {
        let function = parse_type(path);
        checks.push(quote!(#function(self, direction)?;));
    }
    let name = ident(&types::name(schema));
    let direction = if checks.iter().any(|check| check.to_string().contains("direction")) {
        quote!(direction)
    } else {
        quote!(_)
    };
    let secrets = (!secrets.is_empty()).then(|| {
        quote! {
            fn secrets(&self, found: &mut Vec<energy_core::Secret>) { #(#secrets)* }
        }
    });
    Ok(quote! {
        impl energy_core::check::Rules for #name {
            fn check(&self, #direction: energy_core::check::Direction) -> Result<(), energy_core::BuildError> {
                #(#checks)*
                Ok(())
            }
            #secrets
        }
    })
}

/// What one field has to be checked for, and the secrets in it.
#[derive(Debug, Default)]
pub struct Field {
    checks: Vec<TokenStream>,
    secrets: Vec<TokenStream>,
}

impl Field {
    /// The rules of the field of `property`.
    ///
    /// # Errors
    /// A limit that the generated code could not check.
    pub fn of<'a>(property: &'a Property, types: Types<'a>) -> Result<Self, Problem> {
        let schema = &property.schema;
        let wanted = schema.rust_name.clone().unwrap_or_else(|| names::snake(&property.name));
        let name = ident(&names::identifier(&wanted).unwrap_or(wanted));
        let wire = &property.name;
        let optional = !property.required || schema.nullable;
        let value = if optional { quote!(#name) } else { quote!(self.#name) };
        let reference = if optional { quote!(#name) } else { quote!(&self.#name) };
        let inner = Value {
            schema,
            wire,
            value,
            reference,
        }
        .rules(types)?;
        let mut checks: Vec<TokenStream> = inner.checks.iter().map(|check| quote!(#check?;)).collect();
        checks.extend(inner.loops);
        let under = |statements: Vec<TokenStream>| {
            if statements.is_empty() || !optional {
                statements
            } else {
                vec![quote!(if let Some(#name) = &self.#name { #(#statements)* })]
            }
        };
        Ok(Self {
            checks: under(checks),
            secrets: under(inner.secrets),
        })
    }

    /// Whether there is nothing to check.
    pub fn is_free(&self) -> bool {
        self.checks.is_empty()
    }
}

/// A value in the generated code.
struct Value<'a, 'b> {
    schema: &'a Schema,
    /// Its name on the wire; empty for the item of a list.
    wire: &'b str,
    /// The place it stands in.
    value: TokenStream,
    /// A reference to it.
    reference: TokenStream,
}

/// The rules of a value.
#[derive(Default)]
struct Found {
    /// Expressions that are results.
    checks: Vec<TokenStream>,
    /// Statements for the items of a list.
    loops: Vec<TokenStream>,
    /// Statements that collect secrets.
    secrets: Vec<TokenStream>,
}

impl<'a> Value<'a, '_> {
    fn rules(&self, types: Types<'a>) -> Result<Found, Problem> {
        let mut found = Found::default();
        let (schema, wire, value, reference) = (self.schema, self.wire, &self.value, &self.reference);
        let target = types.target(schema).unwrap_or(schema);
        if schema.rust_type.is_some() || target.rust_type.is_some() {
            if schema.checked || target.checked {
                self.nested(target, types, &mut found);
            }
            return Ok(found);
        }
        for part in [schema, target] {
            refuse(part, wire, types)?;
        }
        match schema.reference.is_some().then(|| types::shape(target)) {
            Some(Shape::Struct) => {
                if has_rules(target, types) {
                    self.nested(target, types, &mut found);
                }
            }
            Some(Shape::Enum) => {
                if target.checked {
                    let name = ident(&types::name(target));
                    found.checks.push(quote! {
                        energy_core::check::known(#wire, #value.as_str(), #name::KNOWN, direction)
                    });
                }
            }
            _ if is_secret(target) => {
                found.secrets.push(quote!(found.push(#value.clone());));
                let (bounds, _) = types.limits(schema);
                if let Some(least) = bounds.shortest.and_then(|least| usize::try_from(least).ok()) {
                    found
                        .checks
                        .push(quote!(energy_core::check::length(#wire, #value.expose(), #least, usize::MAX)));
                }
            }
            _ => {
                self.limits(types, &mut found)?;
                if let Some(items) = target.items.as_deref() {
                    let item = Value {
                        schema: items,
                        wire: "",
                        value: quote!(item),
                        reference: quote!(item),
                    };
                    each(wire, value, reference, item.rules(types)?, &mut found);
                }
            }
        }
        Ok(found)
    }

    /// A value that checks itself.
    fn nested(&self, target: &'a Schema, types: Types<'a>, found: &mut Found) {
        let (wire, reference) = (self.wire, &self.reference);
        let check = quote!(energy_core::check::Rules::check(#reference, direction));
        found.checks.push(if wire.is_empty() {
            check
        } else {
            quote!(#check.map_err(|error| error.under(#wire)))
        });
        if types.holds_secret(target) || target.rust_type.is_some() {
            found
                .secrets
                .push(quote!(energy_core::check::Rules::secrets(#reference, found);));
        }
    }

    fn limits(&self, types: Types<'a>, found: &mut Found) -> Result<(), Problem> {
        let (schema, wire, value, reference) = (self.schema, self.wire, &self.value, &self.reference);
        let (bounds, kind) = types.limits(schema);
        let target = types.target(schema).unwrap_or(schema);
        let size = |count: Option<u64>, open: TokenStream| count.map_or(open, |count| parse_type(&count.to_string()));
        let sized = bounds.shortest.is_some() || bounds.longest.is_some();
        let (least, most) = (
            size(bounds.shortest, quote!(0)),
            size(bounds.longest, quote!(usize::MAX)),
        );
        // A value that was bound is a reference already.
        let copied = if value.to_string() == reference.to_string() {
            quote!(*#value)
        } else {
            value.clone()
        };
        match kind.as_deref() {
            Some("string") => {
                if schema.pattern.is_some() || target.pattern.is_some() {
                    found
                        .checks
                        .push(quote!(energy_core::check::not_blank(#wire, #value.as_ref())));
                }
                if sized {
                    found
                        .checks
                        .push(quote!(energy_core::check::length(#wire, #value.as_ref(), #least, #most)));
                }
            }
            Some("array") => {
                if sized {
                    found
                        .checks
                        .push(quote!(energy_core::check::items(#wire, #value.len(), #least, #most)));
                }
                if schema.unique || target.unique {
                    found.checks.push(quote!(energy_core::check::unique(#wire, #reference)));
                }
            }
            Some("number") => {
                let bound = |bound: Option<f64>, open| bound.map_or(open, |bound| parse_type(&format!("{bound:?}")));
                let low = bound(bounds.minimum, quote!(f64::NEG_INFINITY));
                let high = bound(bounds.maximum, quote!(f64::INFINITY));
                found
                    .checks
                    .push(quote!(energy_core::check::number(#wire, #copied, #low, #high)));
            }
            Some("integer") if bounds.minimum.is_some() || bounds.maximum.is_some() => {
                let whole = |bound: f64| parse_type(&format!("{bound:.0}"));
                let low = bounds.minimum.map_or(quote!(i64::MIN), whole);
                let high = bounds.maximum.map_or(quote!(i64::MAX), whole);
                let value = match types.of_schema(schema)?.text.as_str() {
                    "i64" => copied,
                    "u64" => quote!(i64::try_from(#copied).unwrap_or(i64::MAX)),
                    _ => quote!(i64::from(#copied)),
                };
                found
                    .checks
                    .push(quote!(energy_core::check::integer(#wire, #value, #low, #high)));
            }
            _ => {}
        }
        Ok(())
    }
}

/// The rules of each item of a list.
fn each(wire: &str, value: &TokenStream, reference: &TokenStream, item: Found, found: &mut Found) {
    let place = format!("{wire}[{{index}}]");
    let checks: Vec<_> = item
        .checks
        .iter()
        .map(|check| quote!(#check.map_err(|error| error.under(format!(#place)))?;))
        .collect();
    if !checks.is_empty() {
        found.loops.push(quote! {
            for (index, item) in #value.iter().enumerate() { #(#checks)* }
        });
    }
    if !item.secrets.is_empty() {
        let secrets = item.secrets;
        found.secrets.push(quote!(for item in #reference { #(#secrets)* }));
    }
}

fn refuse(schema: &Schema, wire: &str, types: Types<'_>) -> Result<(), Problem> {
    if let Some((pattern, line)) = &schema.pattern
        && pattern != NOT_BLANK
    {
        let message = format!("the pattern of {wire} is not checked by anything; use {NOT_BLANK} or an x-rust-type");
        return Err(types.problem(*line, message));
    }
    if let Some(line) = schema.bounds.exclusive {
        let message =
            format!("{wire} has a limit that is not checked before sending; use minimum, maximum or an x-rust-type");
        return Err(types.problem(line, message));
    }
    if let Additional::Like(values) = &schema.additional
        && (has_limits(values) || is_secret(values))
    {
        return Err(types.problem(
            values.line,
            format!("the values of {wire} have limits; give it an x-rust-type"),
        ));
    }
    Ok(())
}
