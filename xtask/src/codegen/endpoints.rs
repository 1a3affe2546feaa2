//! `endpoints.rs`: the operations as request types.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::answer::Answer;
use super::arguments::{self, Argument, Sent};
use super::docs::{Docs, sentence};
use super::types::{self, Shape, Types};
use super::{Item, ident, parse_type, print, request_name};
use crate::description::{Access, Credentials, Description, Operation, Segment};
use crate::problem::Problem;

/// Imports, every request type in the order of the description, and the list of operations.
///
/// # Errors
/// The operations that cannot become a request type.
pub fn items(description: &Description) -> Result<Vec<Item>, Vec<Problem>> {
    let types = Types::of(description);
    let mut problems = Vec::new();
    let api = match syn::parse_str::<syn::Type>(&description.api) {
        Ok(_) => parse_type(&description.api),
        Err(error) => {
            let message = format!("x-api `{}` is not a Rust path: {error}", description.api);
            return Err(vec![types.problem(1, message)]);
        }
    };
    let mut requests = Vec::new();
    let mut written = Vec::new();
    for operation in &description.operations {
        match request(operation, &api, types) {
            Ok((items, texts)) => {
                requests.extend(items);
                written.extend(texts);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut items = Vec::new();
    items.extend(imports(description, &written));
    items.extend(requests);
    let names = description
        .operations
        .iter()
        .map(|operation| ident(&request_name(&operation.id)));
    let list = print::print(quote! {
        #[doc = " Every operation of the description, in its order."]
        pub const OPERATIONS: &[&energy_core::Operation] = &[#(&#names::OPERATION),*];
    });
    items.push(list.map_err(|message| vec![types.problem(1, message)])?);
    Ok(items)
}

/// The `use` of the models that the types in `written` name without a path.
fn imports(description: &Description, written: &[String]) -> Option<Item> {
    let emitted: BTreeSet<String> = description
        .schemas
        .iter()
        .filter(|schema| types::shape(schema) != Shape::Foreign)
        .map(types::name)
        .collect();
    let mut used = BTreeSet::new();
    for text in written {
        let mut start = 0;
        for word in text.split(|letter: char| !letter.is_alphanumeric() && letter != '_') {
            let before = text.get(..start).unwrap_or_default();
            if !before.ends_with("::") && emitted.contains(word) {
                used.insert(word.to_owned());
            }
            start += word.len() + 1;
        }
    }
    let used: Vec<String> = used.into_iter().collect();
    match used.as_slice() {
        [] => None,
        [one] => Some(format!("use super::models::{one};\n")),
        many => Some(format!("use super::models::{{{}}};\n", many.join(", "))),
    }
}

/// The items of one request, and the types that they name.
fn request(operation: &Operation, api: &TokenStream, types: Types<'_>) -> Result<(Vec<Item>, Vec<String>), Problem> {
    let arguments = arguments::of_operation(operation, types)?;
    let answer = Answer::of(operation, types)?;
    let name = ident(&request_name(&operation.id));
    let constants = arguments::constants(operation, types)?;
    let items = [
        structure(operation, &name, &arguments),
        inherent(operation, &name, &arguments, &answer, types),
        endpoint(operation, &name, &arguments, constants, &answer, api, types),
    ];
    let mut printed = Vec::new();
    for tokens in items {
        printed.push(print::print(tokens).map_err(|message| types.problem(operation.line, message))?);
    }
    if !arguments.iter().any(|argument| argument.required) {
        let default = quote! {
            impl Default for #name {
                fn default() -> Self { Self::new() }
            }
        };
        printed.push(print::print(default).map_err(|message| types.problem(operation.line, message))?);
    }
    let mut written: Vec<String> = arguments.into_iter().map(|argument| argument.value.text).collect();
    written.push(answer.output);
    Ok((printed, written))
}

fn structure(operation: &Operation, name: &proc_macro2::Ident, arguments: &[Argument<'_>]) -> TokenStream {
    let mut docs = Docs::new(0);
    docs.paragraph(&sentence(&operation.summary));
    docs.paragraph(&operation.description);
    let mut facts = vec![format!("`{} {}`", operation.method, operation.path)];
    match &operation.access {
        Some(Access::Plan(plan)) => facts.push(format!("plan: {plan}")),
        Some(Access::Scope(scope)) => facts.push(format!("scope: `{scope}`")),
        None => {}
    }
    facts.push(format!("Source: {}", operation.source));
    facts.extend(operation.certainty.iter().map(|word| format!("certainty: {word}")));
    docs.paragraph(&facts.join(" · "));
    if operation.once {
        docs.paragraph("A call sends it at most once, whatever happens.");
    }
    if operation.deprecated {
        docs.paragraph("The vendor advises against it.");
    }
    let docs = docs.attributes();
    let fields = arguments.iter().map(|argument| {
        let (name, kind) = (&argument.name, argument.field_type());
        quote!(pub(crate) #name: #kind)
    });
    let open = arguments.is_empty().then(|| quote!(#[non_exhaustive]));
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        #[must_use = "a request does nothing until a client sends it"]
        #open
        pub struct #name { #(#fields),* }
    }
}

fn inherent(
    operation: &Operation,
    name: &proc_macro2::Ident,
    arguments: &[Argument<'_>],
    answer: &Answer,
    types: Types<'_>,
) -> TokenStream {
    let constant = operation_data(operation, answer);
    let (required, optional): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| argument.required);
    let mut docs = Docs::new(4);
    if required.is_empty() {
        docs.paragraph("The request, with nothing set.");
    } else {
        docs.paragraph("The request, with what it cannot do without.");
        for argument in &required {
            let name = argument.name.to_string();
            docs.bullet(&format!("`{}`: {}", name.trim_start_matches("r#"), argument.docs));
        }
    }
    for argument in &optional {
        if let Some(default) = &argument.default {
            let name = argument.name.to_string();
            let default = default.trim_start_matches("crate::");
            docs.paragraph(&format!("`{}` starts as `{default}`.", name.trim_start_matches("r#")));
        }
    }
    if arguments.iter().any(|argument| argument.check(types).is_some()) {
        docs.paragraph("A value outside the limits named here is refused before anything is sent.");
    }
    let docs = docs.attributes();
    let many = (required.len() > 7)
        .then(|| quote!(#[allow(clippy::too_many_arguments, reason = "the operation requires all of them")]));
    let taken = required.iter().map(|argument| {
        let (name, kind) = (&argument.name, argument.value.taken());
        quote!(#name: #kind)
    });
    let fields = arguments.iter().map(|argument| {
        let name = &argument.name;
        let value = if argument.required {
            argument.value.converted(&argument.name)
        } else {
            argument.initial()
        };
        if *name == value.to_string() {
            quote!(#name)
        } else {
            quote!(#name: #value)
        }
    });
    let setters = optional.iter().map(|argument| setter(argument));
    quote! {
        impl #name {
            #[doc = " What is known of this operation before it is called."]
            #constant
            #docs
            #many
            pub fn new(#(#taken),*) -> Self { Self { #(#fields),* } }
            #(#setters)*
        }
    }
}

fn setter(argument: &Argument<'_>) -> TokenStream {
    let mut docs = Docs::new(4);
    docs.paragraph(&argument.docs);
    let docs = docs.attributes();
    let (name, kind, value) = (
        &argument.name,
        argument.value.taken(),
        argument.value.converted(&argument.name),
    );
    quote! {
        #docs
        pub fn #name(mut self, #name: #kind) -> Self {
            self.#name = Some(#value);
            self
        }
    }
}

fn operation_data(operation: &Operation, answer: &Answer) -> TokenStream {
    let (id, path, summary, idempotent) = (&operation.id, &operation.path, &operation.summary, operation.idempotent);
    let method = ident(operation.method);
    let credentials = match operation.credentials {
        Credentials::Required => quote!(Required),
        Credentials::Optional => quote!(Optional),
        Credentials::None => quote!(None),
    };
    let access = operation.access.as_ref().map(|access| {
        let words = access.words();
        quote!(.with_access(#words))
    });
    let cost = (operation.cost != 1).then(|| {
        let cost = parse_type(&operation.cost.to_string());
        quote!(.with_cost(#cost))
    });
    let once = operation.once.then(|| quote!(.with_once(true)));
    let deprecated = operation.deprecated.then(|| quote!(.with_deprecated(true)));
    let formats = &answer.formats;
    let formats = (!formats.is_empty()).then(|| quote!(.with_formats(&[#(#formats),*])));
    let secret = answer.secret.then(|| quote!(.with_secret_answer(true)));
    quote! {
        pub const OPERATION: energy_core::Operation =
            energy_core::Operation::new(#id, energy_core::http::Method::#method, #path)
                .with_summary(#summary)
                .with_idempotent(#idempotent)
                #once
                .with_credentials(energy_core::CredentialUse::#credentials)
                #access
                #cost
                #formats
                #secret
                #deprecated;
    }
}

fn endpoint(
    operation: &Operation,
    name: &proc_macro2::Ident,
    arguments: &[Argument<'_>],
    constants: Vec<TokenStream>,
    answer: &Answer,
    api: &TokenStream,
    types: Types<'_>,
) -> TokenStream {
    let checks = arguments.iter().filter_map(|argument| argument.check(types));
    let together = operation.check_with.as_deref().map(|path| {
        let path = parse_type(path);
        quote!(#path(self)?;)
    });
    let mut statements = Vec::new();
    for segment in &operation.segments {
        match segment {
            Segment::Literal(text) => statements.push(quote!(parts.literal(#text);)),
            Segment::Parameter(name) => {
                let in_path = |argument: &&Argument<'_>| {
                    matches!(argument.sent, Sent::Segment | Sent::Segments) && argument.wire == *name
                };
                statements.extend(arguments.iter().find(in_path).map(Argument::send));
            }
        }
    }
    let is_form = operation.body.as_ref().is_some_and(|body| !body.media.is_json());
    let needs_form = is_form
        && !arguments
            .iter()
            .any(|argument| argument.sent == Sent::Form && argument.required);
    statements.extend(constants);
    for sent in [Sent::Query, Sent::Header] {
        statements.extend(
            arguments
                .iter()
                .filter(|argument| argument.sent == sent)
                .map(Argument::send),
        );
    }
    if needs_form {
        statements.push(quote!(parts.form_body();));
    }
    statements.extend(
        arguments
            .iter()
            .filter(|argument| argument.sent == Sent::Form)
            .map(Argument::send),
    );
    if let Some(format) = answer.formats.first() {
        statements.push(quote!(parts.accept(#format);));
    }
    statements.extend(
        arguments
            .iter()
            .filter(|argument| argument.sent == Sent::Body)
            .map(Argument::send),
    );
    let binding = if statements.is_empty() {
        quote!(let parts)
    } else {
        quote!(let mut parts)
    };
    let output = parse_type(&answer.output);
    let decode = ident(answer.decode);
    let member = answer.member.as_ref().map(|member| quote!(, #member));
    let nothing = (answer.decode == "json_or_empty").then(|| quote!(, <Self::Api as energy_core::Api>::is_nothing));
    quote! {
        impl energy_core::Endpoint for #name {
            type Api = #api;
            type Output = #output;
            const OPERATION: &'static energy_core::Operation = &#name::OPERATION;
            fn parts(&self) -> Result<energy_core::RequestParts, energy_core::BuildError> {
                #(#checks)*
                #together
                #binding = energy_core::RequestParts::new();
                #(#statements)*
                Ok(parts)
            }
            fn decode(
                &self,
                response: &energy_core::HttpResponse,
            ) -> Result<Self::Output, energy_core::DecodeError> {
                energy_core::decode::#decode(<Self as energy_core::Endpoint>::OPERATION, response #member #nothing)
            }
        }
    }
}
