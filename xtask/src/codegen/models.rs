//! `models.rs`: the component schemas as Rust types.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::docs::{Docs, remarks};
use super::types::{self, Shape, Type, Types};
use super::{Item, ident, names, parse_type, print};
use crate::description::{Additional, Description, Property, Schema};
use crate::problem::Problem;

/// Every type of the description, in its order.
///
/// # Errors
/// The schemas that cannot become a type.
pub fn items(description: &Description) -> Result<Vec<Item>, Vec<Problem>> {
    let types = Types::of(description);
    let sent = types.sent_structs();
    let mut items = Vec::new();
    let mut problems = Vec::new();
    for schema in &description.schemas {
        let item = match types::shape(schema) {
            Shape::Foreign => continue,
            Shape::Struct => structure(schema, types, sent.contains(&schema.name.as_str())),
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
fn structure<'a>(schema: &'a Schema, types: Types<'a>, sent: bool) -> Result<Item, Problem> {
    let name = ident(&types::name(schema));
    let docs = docs(schema, 0).attributes();
    let mut fields = Vec::new();
    let mut used: Vec<String> = Vec::new();
    let mut members = Vec::new();
    for property in &schema.properties {
        let (name, tokens) = field(property, types)?;
        if sent {
            members.push(member(property, &name, types)?);
        }
        if used.contains(&name) {
            return Err(types.problem(
                property.line,
                format!("two properties become the field `{name}`; give one an x-rust-name"),
            ));
        }
        used.push(name);
        fields.push(tokens);
    }
    match &schema.additional {
        Additional::Unsaid => {}
        Additional::Any => {
            if used.iter().any(|name| name == "extra") {
                return Err(types.problem(
                    schema.line,
                    "the property `extra` is in the way; give it an x-rust-name",
                ));
            }
            fields.push(quote! {
                #[doc = " Fields that the description does not name, kept as they came."]
                #[serde(flatten)]
                pub extra: energy_core::wire::Extra,
            });
        }
        Additional::Like(values) => {
            return Err(types.problem(
                values.line,
                "named properties beside others of one schema need an x-rust-type",
            ));
        }
    }
    let derive = derive(types.is_only_sent(schema));
    let extra =
        matches!(schema.additional, Additional::Any).then(|| quote!(extra: energy_core::wire::Extra::default(),));
    let mut parts = vec![quote! {
        #docs
        #derive
        #[non_exhaustive]
        pub struct #name { #(#fields)* }
    }];
    if sent {
        parts.extend(making(&name, &members, extra.as_ref()));
    }
    let printed: Result<Vec<Item>, String> = parts.into_iter().map(print::print).collect();
    let printed = printed.map_err(|message| types.problem(schema.line, message))?;
    Ok(printed.join("\n"))
}

/// A field of a struct that programs make.
struct Member {
    name: Ident,
    value: Type,
    optional: bool,
    docs: String,
}

fn member<'a>(property: &'a Property, name: &str, types: Types<'a>) -> Result<Member, Problem> {
    Ok(Member {
        name: ident(name),
        value: types.of_schema(&property.schema)?,
        optional: !property.required || property.schema.nullable,
        docs: super::docs::sentence(types.words(&property.schema)),
    })
}

/// `new` with what must be there, and a setter for everything else, as requests have them.
fn making(name: &Ident, members: &[Member], extra: Option<&TokenStream>) -> Vec<TokenStream> {
    let (optional, required): (Vec<&Member>, Vec<&Member>) = members.iter().partition(|member| member.optional);
    let mut docs = Docs::new(4);
    docs.paragraph("The value, with what it cannot do without.");
    let docs = docs.attributes();
    let default = required.is_empty().then(|| {
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
        if member.optional {
            quote!(#name: None)
        } else {
            let value = member.value.converted(name);
            quote!(#name: #value)
        }
    });
    let setters = optional.iter().map(|member| {
        let name = &member.name;
        let (kind, value) = (member.value.taken(), member.value.converted(name));
        let mut docs = Docs::new(4);
        docs.paragraph(&member.docs);
        let docs = docs.attributes();
        quote! {
            #docs
            #[must_use]
            pub fn #name(mut self, #name: #kind) -> Self {
                self.#name = Some(#value);
                self
            }
        }
    });
    let functions = quote! {
        impl #name {
            #docs
            #many
            pub fn new(#(#taken),*) -> Self { Self { #(#fields,)* #extra } }
            #(#setters)*
        }
    };
    std::iter::once(functions).chain(default).collect()
}

/// What is only sent, because a closed enumeration is in it, is not read.
fn derive(only_sent: bool) -> TokenStream {
    if only_sent {
        quote!(#[derive(Clone, Debug, PartialEq, serde::Serialize)])
    } else {
        quote!(#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)])
    }
}

fn field(property: &Property, types: Types<'_>) -> Result<(String, TokenStream), Problem> {
    let schema = &property.schema;
    let wanted = schema.rust_name.clone().unwrap_or_else(|| names::snake(&property.name));
    let Some(name) = names::identifier(&wanted) else {
        return Err(types.problem(
            property.line,
            format!("`{wanted}` is not a field name; give it an x-rust-name"),
        ));
    };
    let value = types.of_schema(schema)?;
    let optional = !property.required || schema.nullable;
    let mut serde = Vec::new();
    let wire = &property.name;
    if name.trim_start_matches("r#") != wire {
        serde.push(quote!(rename = #wire));
    }
    if optional {
        serde.push(quote!(default));
        if !property.required {
            serde.push(quote!(skip_serializing_if = "Option::is_none"));
        }
    }
    let with = match (&schema.serde_with, value.with) {
        (Some(path), _) => Some(path.clone()),
        (None, Some(path)) if optional => Some(format!("{path}::option")),
        (None, path) => path.map(str::to_owned),
    };
    if let Some(path) = with {
        serde.push(quote!(with = #path));
    }
    let attribute = (!serde.is_empty()).then(|| quote!(#[serde(#(#serde),*)]));
    let mut text = value.text;
    if optional && !text.starts_with("Option<") {
        text = format!("Option<{text}>");
    }
    let field_type = parse_type(&text);
    let docs = field_docs(schema, types).attributes();
    let field = ident(&name);
    Ok((name, quote! { #docs #attribute pub #field: #field_type, }))
}

/// Short remarks go on the same line as a short description.
fn field_docs(schema: &Schema, types: Types<'_>) -> Docs {
    let description = types.words(schema);
    let remarks = remarks(schema, "");
    let mut docs = Docs::new(4);
    if description.contains('\n') {
        docs.paragraph(description).paragraph(&remarks);
    } else {
        docs.paragraph(&format!("{} {remarks}", super::docs::sentence(description)));
    }
    docs
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
    text.push_str(&format!("    pub enum {name} {{\n"));
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
