//! What the descriptions say of the operations. The rules go by this alone, never by what the crates have made of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use energy_tests::described::{Described, Example, resolved};
use energy_tests::requests;
use serde_json::Value;

use crate::shape::Shape;

/// Whose words a refusal has, and whose rules hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vendor {
    ForecastSolar,
    EnphaseV2,
    EnphaseV4,
    Intellimeter,
    SolarLog,
    SolarNetwork,
    Oscp,
}

impl Vendor {
    fn of(description: &str) -> Self {
        match description {
            "crates/forecast-solar/openapi.yaml" => Self::ForecastSolar,
            "crates/enphase/openapi/v2.yaml" => Self::EnphaseV2,
            "crates/enphase/openapi/v4.yaml" => Self::EnphaseV4,
            "crates/intellimeter/openapi.yaml" => Self::Intellimeter,
            "crates/solarlog-enerest/openapi.yaml" => Self::SolarLog,
            "crates/solarnet-oscp/openapi.yaml" => Self::SolarNetwork,
            "crates/solarnet-oscp/oscp-2.0.yaml" => Self::Oscp,
            other => panic!("no rules are known for {other}"),
        }
    }
}

/// How an operation's requests prove who sends them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// Not at all.
    None,
    /// By a key that stays the same.
    Key,
    /// By a signature over the time.
    Signature,
    /// By a token that can be got anew.
    Token,
}

/// How a success is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Not at all: nothing was promised, or nothing of interest.
    Nothing,
    Json,
    Text,
    /// As a file.
    Bytes,
    Events,
}

/// What is known of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) id: String,
    pub(crate) vendor: Vendor,
    pub(crate) idempotent: bool,
    pub(crate) once: bool,
    pub(crate) login: Login,
    pub(crate) reading: Reading,
    pub(crate) example: Example,
    /// Of an answer that is read as JSON.
    pub(crate) shape: Option<Shape>,
    /// What the example gives out that no text may show: tokens, keys and the like.
    pub(crate) given_out: Vec<String>,
}

impl Facts {
    /// Whether what a success says is handed on while it comes.
    pub(crate) fn is_streamed(&self) -> bool {
        matches!(self.reading, Reading::Bytes | Reading::Events)
    }

    pub(crate) fn content_type(&self) -> String {
        let content_type = self.example.content_type.clone();
        content_type.unwrap_or_else(|| "application/octet-stream".to_owned())
    }
}

/// The facts of all operations of a service, by operation.
pub(crate) fn of(service: &requests::Service) -> BTreeMap<String, Facts> {
    let described = Described::load(service.description);
    let description = xtask::description::Description::load(&xtask::workspace::root(), service.description);
    let document = Arc::new(description.expect("the description is valid").document.to_json());
    let paths = document["paths"].as_object().expect("there are paths");
    let operations = paths.values().filter_map(Value::as_object).flatten();
    let operations = operations.filter_map(|(method, operation)| {
        let id = operation["operationId"].as_str()?;
        let example = described.example(id).expect("a success is described");
        Some((
            id.to_owned(),
            facts(service, &document, method, operation, id.to_owned(), example),
        ))
    });
    operations.collect()
}

fn facts(
    service: &requests::Service,
    document: &Arc<Value>,
    method: &str,
    operation: &Value,
    id: String,
    example: Example,
) -> Facts {
    let response = resolved(document, &operation["responses"][example.status.to_string()]);
    let media = example.content_type.as_ref().map(|kind| &response["content"][kind]);
    let unwrap = media.and_then(|media| media["x-unwrap"].as_str());
    let reading = match example.content_type.as_deref() {
        None => Reading::Nothing,
        Some("application/json") if unwrap == Some("nothing") => Reading::Nothing,
        Some("application/json") => Reading::Json,
        Some("text/event-stream") => Reading::Events,
        Some("application/javascript" | "application/yaml" | "text/plain") => Reading::Text,
        Some(_) => Reading::Bytes,
    };
    let schema = media.map_or(&Value::Null, |media| &media["schema"]);
    let shape = |unwrap| Shape::new(Arc::clone(document), schema.clone(), unwrap);
    let by_method = matches!(method, "get" | "head" | "put" | "delete");
    Facts {
        id,
        vendor: Vendor::of(service.description),
        idempotent: operation["x-idempotent"].as_bool().unwrap_or(by_method),
        once: operation["x-once"].as_bool().unwrap_or(false),
        login: login(document, operation),
        shape: (reading == Reading::Json).then(|| shape(unwrap)),
        given_out: given_out(&shape(None), &example),
        reading,
        example,
    }
}

/// The secrets that an example has, by its description.
fn given_out(shape: &Shape, example: &Example) -> Vec<String> {
    let Ok(answer) = serde_json::from_slice::<Value>(&example.body) else {
        return Vec::new();
    };
    let places = shape.places(&answer).into_iter();
    let secrets = places.filter(|place| place.get("format").is_some_and(|format| format == "password"));
    let secrets = secrets.filter_map(|place| answer.pointer(&place.pointer)?.as_str());
    secrets.map(str::to_owned).collect()
}

/// The way to log in that the client of the samples has: the strongest of those that the description allows.
fn login(document: &Value, operation: &Value) -> Login {
    let own = operation.get("security").unwrap_or(&document["security"]);
    let ways = own.as_array().expect("the description says how to log in");
    let schemes = ways.iter().filter_map(Value::as_object).flatten().map(|(name, _)| name);
    let kind = |name: &String| {
        let scheme = &document["components"]["securitySchemes"][name];
        match scheme["type"].as_str() {
            Some("oauth2") => Login::Token,
            _ if name == "snws2" => Login::Signature,
            _ => Login::Key,
        }
    };
    let kinds: Vec<Login> = schemes.map(kind).collect();
    let strongest = [Login::Token, Login::Signature, Login::Key];
    let found = strongest.into_iter().find(|login| kinds.contains(login));
    found.unwrap_or(Login::None)
}
