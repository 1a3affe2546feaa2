//! `models.rs`: the component schemas as Rust types.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::docs::{Docs, remarks};
use super::fields::{self, Field};
use super::types::{self, Shape, Type, Types};
use super::{Item, ident, names, parse_type, print, rules};
use crate::description::{Additional, Description, Property, Schema};
use crate::problem::Problem;

/// Every type of the description, in its order.
///
/// # Errors
/// The schemas that cannot become a type.
pub fn items(description: &Description) -> Result<Vec<Item>, Vec<Problem>> {
    let types = Types::of(description);
    let made = types.made();
    let mut items = Vec::new();
    let mut problems = Vec::new();
    for schema in &description.schemas {
        let item = match types::shape(schema) {
            Shape::Foreign => continue,
            Shape::Struct => structure(schema, types, made.contains(&schema.name.as_str())),
            Shape::Enum => enumeration(schema, types),
            Shape::Id => id(schema, types),
            Shape::Alias => alias(schema, types),
        };
        match item {
            Ok(item) => items.push(item),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(items) } else { Err(problems) }
}

fn docs(schema: &Schema, indentation: usize) -> Docs {
    let mut docs = Docs::new(indentation);
    docs.paragraph(schema.description.as_deref().unwrap_or_default());
    docs.paragraph(&remarks(schema, ""));
    docs
}

/// A struct; one that is sent can be made by programs.
fn structure<'a>(schema: &'a Schema, types: Types<'a>, made: bool) -> Result<Item, Problem> {
    let name = ident(&types::name(schema));
    let docs = docs(schema, 0).attributes();
    let mut fields: Vec<Field> = Vec::new();
    check_aliases(schema, types)?;
    let mut members = Vec::new();
    for property in &schema.properties {
        let field = Field::of(property, types)?;
        if made {
            let mut member = member(property, &field.name, types)?;
            member.free &= schema.check_with.is_none();
            members.push(member);
        }
        if fields.iter().any(|other| other.name == field.name) {
            return Err(types.problem(
                property.line,
                format!(
                    "two properties become the field `{}`; give one an x-rust-name",
                    field.name
                ),
            ));
        }
        fields.push(field);
    }
    match &schema.additional {
        Additional::Unsaid => {}
        Additional::Any => {
            if fields.iter().any(|field| field.name == "extra") {
                return Err(types.problem(
                    schema.line,
                    "the property `extra` is in the way; give it an x-rust-name",
                ));
            }
            fields.push(Field::extra());
        }
        Additional::Like(values) => {
            return Err(types.problem(
                values.line,
                "named properties beside others of one schema need an x-rust-type",
            ));
        }
    }
    let is_read = !types.is_only_sent(schema);
    let derive = derive(is_read && !schema.checked);
    let declared = fields.iter().map(|field| field.declared(!schema.checked));
    let extra =
        matches!(schema.additional, Additional::Any).then(|| quote!(extra: energy_core::wire::Extra::default(),));
    let mut parts = vec![quote! {
        #docs
        #derive
        #[non_exhaustive]
        pub struct #name { #(#declared)* }
    }];
    if made {
        parts.extend(making(&name, &members, extra.as_ref(), schema.checked));
    }
    if rules::has_rules(schema, types) {
        parts.push(rules::implementation(schema, types)?);
    }
    if schema.checked && is_read {
        parts.extend(fields::reading(&name, &fields));
    }
    let printed: Result<Vec<Item>, String> = parts.into_iter().map(print::print).collect();
    let printed = printed.map_err(|message| types.problem(schema.line, message))?;
    Ok(printed.join("\n"))
}

/// Refuses other names of a property that are taken: the second one would never be read.
fn check_aliases(schema: &Schema, types: Types<'_>) -> Result<(), Problem> {
    let mut taken: Vec<&String> = schema.properties.iter().map(|property| &property.name).collect();
    for (alias, line) in schema.properties.iter().flat_map(|property| &property.schema.aliases) {
        if taken.contains(&alias) {
            return Err(types.problem(*line, format!("x-alias: the name `{alias}` is taken in this schema")));
        }
        taken.push(alias);
    }
    Ok(())
}

/// A field of a struct that programs make.
struct Member {
    name: Ident,
    value: Type,
    optional: bool,
    /// What `new` sets it to, if it does not ask for it.
    default: Option<TokenStream>,
    /// Whether nothing about it is checked.
    free: bool,
    docs: String,
}

fn member<'a>(property: &'a Property, name: &str, types: Types<'a>) -> Result<Member, Problem> {
    let default = property.schema.default.as_deref();
    if let Some(text) = default {
        syn::parse_str::<syn::Expr>(text)
            .map_err(|error| types.problem(property.line, format!("the x-default `{text}` is not Rust: {error}")))?;
    }
    Ok(Member {
        name: ident(name),
        value: types.of_schema(&property.schema)?,
        optional: !property.required || property.schema.nullable,
        default: default.map(parse_type),
        free: rules::Field::of(property, types)?.is_free(),
        docs: super::docs::sentence(types.words(&property.schema)),
    })
}

/// `new` with what must be there, and a setter for everything else, as requests have them.
fn making(name: &Ident, members: &[Member], extra: Option<&TokenStream>, checked: bool) -> Vec<TokenStream> {
    let asked = |member: &&Member| !member.optional && member.default.is_none();
    let (required, optional): (Vec<&Member>, Vec<&Member>) = members.iter().partition(asked);
    let mut docs = Docs::new(4);
    docs.paragraph("The value, with what it cannot do without.");
    let can_fail = checked && required.iter().any(|member| !member.free);
    if can_fail {
        docs.paragraph("# Errors")
            .paragraph("A value that breaks a rule: the error names the field.");
    }
    for member in &optional {
        if let Some(default) = &member.default {
            docs.paragraph(&format!(
                "`{}` starts as `{}`.",
                member.name,
                default.to_string().replace(' ', "").trim_start_matches("crate::")
            ));
        }
    }
    let docs = docs.attributes();
    let default = (required.is_empty() && !can_fail).then(|| {
        quote! {
            impl Default for #name {
                fn default() -> Self { Self::new() }
            }
        }
    });
    let taken = required.iter().map(|member| {
        let (name, kind) = (&member.name, member.value.taken());
        quote!(#name: #kind)
    });
    let many = (required.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let fields = members.iter().map(|member| {
        let name = &member.name;
        if let Some(default) = &member.default {
            if member.optional {
                quote!(#name: Some(#default))
            } else {
                quote!(#name: #default)
            }
        } else if member.optional {
            quote!(#name: None)
        } else {
            let value = member.value.converted(name);
            if *name == value.to_string() {
                quote!(#name)
            } else {
                quote!(#name: #value)
            }
        }
    });
    let setters = optional.iter().map(|member| {
        let name = &member.name;
        let (kind, value) = (member.value.taken(), member.value.converted(name));
        let value = if member.optional { quote!(Some(#value)) } else { value };
        let mut docs = Docs::new(4);
        docs.paragraph(&member.docs);
        if checked && !member.free {
            docs.paragraph("# Errors")
                .paragraph("A value that breaks a rule: the error names the field.");
            let docs = docs.attributes();
            return quote! {
                #docs
                pub fn #name(mut self, #name: #kind) -> Result<Self, energy_core::BuildError> {
                    self.#name = #value;
                    self.keeps_rules()
                }
            };
        }
        let docs = docs.attributes();
        quote! {
            #docs
            #[must_use]
            pub fn #name(mut self, #name: #kind) -> Self {
                self.#name = #value;
                self
            }
        }
    });
    let new = if can_fail {
        quote! {
            pub fn new(#(#taken),*) -> Result<Self, energy_core::BuildError> {
                Self { #(#fields,)* #extra }.keeps_rules()
            }
        }
    } else {
        quote!(pub fn new(#(#taken),*) -> Self { Self { #(#fields,)* #extra } })
    };
    let keeps = (checked && members.iter().any(|member| !member.free)).then(|| {
        quote! {
            fn keeps_rules(self) -> Result<Self, energy_core::BuildError> {
                energy_core::check::Rules::check(&self, energy_core::check::Direction::Sent)?;
                Ok(self)
            }
        }
    });
    let functions = quote! {
        impl #name {
            #docs
            #many
            #new
            #(#setters)*
            #keeps
        }
    };
    std::iter::once(functions).chain(default).collect()
}

/// What is only sent, because a closed enumeration is in it, is not read; what is checked is read by [`fields::reading`].
fn derive(is_read: bool) -> TokenStream {
    if is_read {
        quote!(#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)])
    } else {
        quote!(#[derive(Clone, Debug, PartialEq, serde::Serialize)])
    }
}

fn enumeration(schema: &Schema, types: Types<'_>) -> Result<Item, Problem> {
    if schema.types != ["string"] || schema.nullable {
        return Err(types.problem(
            schema.line,
            "an enum must be `type: string`; others need an x-rust-type",
        ));
    }
    let macro_name = if schema.closed { "closed_enum" } else { "open_enum" };
    let name = types::name(schema);
    let mut text = format!("energy_core::{macro_name}! {{\n");
    text.push_str(&docs(schema, 4).text("    "));
    let ignoring = if schema.ignore_case { " ignoring case" } else { "" };
    text.push_str(&format!("    pub enum {name}{ignoring} {{\n"));
    let mut used = Vec::new();
    for (value, line) in &schema.values {
        let Some(variant) = schema.variants.iter().find(|variant| variant.wire == *value) else {
            return Err(types.problem(
                *line,
                format!("`{value}` is missing from x-variants; say what it means there"),
            ));
        };
        let wanted = variant.name.clone().unwrap_or_else(|| names::pascal(value));
        let rust = match names::identifier(&wanted) {
            Some(name) if !name.starts_with("r#") => name,
            _ => {
                return Err(types.problem(
                    variant.line,
                    format!("`{wanted}` is not a variant name; give it a `name`"),
                ));
            }
        };
        if used.contains(&rust) {
            return Err(types.problem(variant.line, format!("two values become `{rust}`; give one a `name`")));
        }
        let mut docs = Docs::new(8);
        docs.paragraph(&variant.description);
        text.push_str(&docs.text("        "));
        text.push_str(&format!("        {rust} = {value:?},\n"));
        used.push(rust);
    }
    text.push_str("    }\n}\n");
    for variant in &schema.variants {
        if !schema.values.iter().any(|(value, _)| *value == variant.wire) {
            return Err(types.problem(
                variant.line,
                format!("`{}` is not a value of the enum; remove it", variant.wire),
            ));
        }
    }
    Ok(text)
}

fn id(schema: &Schema, types: Types<'_>) -> Result<Item, Problem> {
    let inner = match (schema.types.as_slice(), schema.format.as_deref()) {
        ([kind], _) if kind == "string" => "String",
        ([kind], Some("int32")) if kind == "integer" => "i32",
        ([kind], Some("uint32")) if kind == "integer" => "u32",
        ([kind], Some("uint64")) if kind == "integer" => "u64",
        ([kind], _) if kind == "integer" => "i64",
        _ => return Err(types.problem(schema.line, "x-id needs `type: string` or `type: integer`")),
    };
    let docs = docs(schema, 4).text("    ");
    let name = types::name(schema);
    Ok(format!(
        "energy_core::id_type! {{\n{docs}    pub struct {name}({inner});\n}}\n"
    ))
}

fn alias(schema: &Schema, types: Types<'_>) -> Result<Item, Problem> {
    let name = format_ident!("{}", types::name(schema));
    let docs = docs(schema, 0).attributes();
    let target = parse_type(&types.of_schema(schema)?.text);
    print::print(quote! { #docs pub type #name = #target; }).map_err(|message| types.problem(schema.line, message))
}
