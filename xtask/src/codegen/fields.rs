//! The fields of a struct, as it is declared and as it is read.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::docs::{Docs, remarks, sentence};
use super::types::Types;
use super::{ident, names, parse_type};
use crate::description::{Property, Schema};
use crate::problem::Problem;

/// A field, with what serde is told about it.
#[derive(Debug)]
pub struct Field {
    /// Its name in Rust.
    pub name: String,
    docs: TokenStream,
    value: TokenStream,
    /// Where it stands in the JSON.
    place: Option<TokenStream>,
    /// What counts for reading alone.
    read: Vec<TokenStream>,
    /// What counts for writing alone.
    written: Option<TokenStream>,
    /// How its value is put into JSON, where the type does not say it.
    with: Option<TokenStream>,
}

impl Field {
    /// The field of `property`.
    ///
    /// # Errors
    /// A name that Rust does not take, and a schema without a type.
    pub fn of<'a>(property: &'a Property, types: Types<'a>) -> Result<Self, Problem> {
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
        let wire = &property.name;
        let aliases = schema.aliases.iter().map(|(alias, _)| quote!(alias = #alias));
        let with = match (&schema.serde_with, value.with) {
            (Some(path), _) => Some(path.clone()),
            (None, Some(path)) if optional => Some(format!("{path}::option")),
            (None, path) => path.map(str::to_owned),
        };
        let mut text = value.text;
        if optional && !text.starts_with("Option<") {
            text = format!("Option<{text}>");
        }
        Ok(Self {
            docs: docs(schema, types).attributes(),
            value: parse_type(&text),
            place: (name.trim_start_matches("r#") != wire).then(|| quote!(rename = #wire)),
            read: aliases.chain(optional.then(|| quote!(default))).collect(),
            written: (!property.required).then(|| quote!(skip_serializing_if = "Option::is_none")),
            with: with.map(|path| quote!(with = #path)),
            name,
        })
    }

    /// The field for everything that the description does not name.
    pub fn extra() -> Self {
        Self {
            name: "extra".to_owned(),
            docs: quote!(#[doc = " Fields that the description does not name, kept as they came."]),
            value: quote!(energy_core::wire::Extra),
            place: Some(quote!(flatten)),
            read: Vec::new(),
            written: None,
            with: None,
        }
    }

    /// As the struct declares it, whether serde reads the struct or only writes it.
    pub fn declared(&self, is_read: bool) -> TokenStream {
        let read = self.read.iter().filter(|_| is_read);
        let serde = attribute(self.place.iter().chain(read).chain(&self.written).chain(&self.with));
        let (docs, name, value) = (&self.docs, ident(&self.name), &self.value);
        quote!(#docs #serde pub #name: #value,)
    }

    /// As the struct's private twin declares it, which is only read.
    fn twin(&self) -> TokenStream {
        let serde = attribute(self.place.iter().chain(&self.read).chain(&self.with));
        let (name, value) = (ident(&self.name), &self.value);
        quote!(#serde #name: #value,)
    }
}

fn attribute<'a>(serde: impl Iterator<Item = &'a TokenStream>) -> Option<TokenStream> {
    let serde: Vec<&TokenStream> = serde.collect();
    (!serde.is_empty()).then(|| quote!(#[serde(#(#serde),*)]))
}

/// Short remarks go on the same line as a short description.
fn docs(schema: &Schema, types: Types<'_>) -> Docs {
    let description = types.words(schema);
    let remarks = remarks(schema, "");
    let mut docs = Docs::new(4);
    if description.contains('\n') {
        docs.paragraph(description).paragraph(&remarks);
    } else {
        docs.paragraph(&format!("{} {remarks}", sentence(description)));
    }
    docs
}

/// How a struct is read whose rules hold then, too. What serde derives reads without them, and is a function of a private
/// twin, where no program gets at it.
pub fn reading(name: &Ident, fields: &[Field]) -> [TokenStream; 2] {
    let twin = format_ident!("Unchecked{name}");
    let docs = format!(" [`{name}`] before its rules are checked.");
    let remote = name.to_string();
    let fields = fields.iter().map(Field::twin);
    [
        quote! {
            #[doc = #docs]
            #[derive(serde::Deserialize)]
            #[serde(remote = #remote)]
            struct #twin { #(#fields)* }
        },
        quote! {
            impl<'de> serde::Deserialize<'de> for #name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let value = #twin::deserialize(energy_core::wire::objects_only(deserializer))?;
                    energy_core::check::Rules::check(&value, energy_core::check::Direction::Read)
                        .map_err(serde::de::Error::custom)?;
                    Ok(value)
                }
            }
        },
    ]
}
