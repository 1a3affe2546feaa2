//! Operations: method, path, parameters, body, responses.

use super::content::{self, Body, Response};
use super::parameter::{self, Parameter, Place};
use super::read::Components;
use super::schema;
use super::yaml::{Entry, Fields, Node};
use crate::problem::Problems;

/// A call that the API offers.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Line of the method.
    pub line: usize,
    /// operationId.
    pub id: String,
    /// The method in capitals.
    pub method: &'static str,
    /// The path template.
    pub path: String,
    /// The path, cut at its slashes.
    pub segments: Vec<Segment>,
    /// One sentence.
    pub summary: String,
    /// All that is to say.
    pub description: String,
    /// `x-source`.
    pub source: String,
    /// `x-certainty`.
    pub certainty: Option<String>,
    /// `x-plan` or `x-scope`.
    pub access: Option<Access>,
    /// Whether sending it twice is as good as once.
    pub idempotent: bool,
    /// `x-once`: whether it is sent at most once, whatever happens.
    pub once: bool,
    /// `x-check-with`: a function for rules between its arguments.
    pub check_with: Option<String>,
    /// What it costs of the quota.
    pub cost: i64,
    /// Whether the vendor advises against it.
    pub deprecated: bool,
    /// Whether it is sent with credentials.
    pub credentials: Credentials,
    /// The parameters, in the order of the file.
    pub parameters: Vec<Parameter>,
    /// The body.
    pub body: Option<Body>,
    /// The responses, in the order of the file.
    pub responses: Vec<Response>,
}

/// A piece of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Written as it stands.
    Literal(String),
    /// The value of a path parameter.
    Parameter(String),
}

/// What a key must be allowed to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// The plan that includes the operation.
    Plan(String),
    /// The scope that a token needs.
    Scope(String),
}

impl Access {
    /// The words of the plan or the scope.
    pub fn words(&self) -> &str {
        match self {
            Self::Plan(words) | Self::Scope(words) => words,
        }
    }
}

/// Whether an operation is sent with credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Always.
    Required,
    /// If the client has them.
    Optional,
    /// Never.
    None,
}

/// Reads the operation that stands under `path` and `method`.
pub(super) fn read(
    path: &str,
    method: &'static str,
    entry: &Entry,
    components: &Components<'_>,
    problems: &mut Problems,
) -> Operation {
    let id = entry
        .node
        .get("operationId")
        .and_then(Node::text)
        .unwrap_or("without a name");
    let mut fields = Fields::of(&entry.node, format!("the operation {id}"), problems);
    let segments = segments(path, entry.line, problems);
    let mut operation = Operation {
        line: entry.line,
        id: fields.need_text("operationId", problems),
        method,
        path: path.to_owned(),
        segments,
        summary: fields.need_text("summary", problems),
        description: fields.need_text("description", problems),
        source: fields.need_text("x-source", problems),
        certainty: schema::certainty(&mut fields, problems),
        access: access(&mut fields, problems),
        idempotent: fields
            .boolean("x-idempotent", problems)
            .unwrap_or(matches!(method, "GET" | "HEAD" | "PUT" | "DELETE")),
        once: fields.boolean("x-once", problems).unwrap_or(false),
        check_with: fields.text("x-check-with", problems),
        cost: fields.integer("x-cost", problems).unwrap_or(1),
        deprecated: fields.boolean("deprecated", problems).unwrap_or(false),
        credentials: components.credentials(&mut fields, problems),
        parameters: Vec::new(),
        body: None,
        responses: Vec::new(),
    };
    if operation.cost < 0 {
        problems.at(entry.line, "x-cost must not be negative");
    }
    for (tag, line) in fields.texts("tags", problems) {
        if !components.tags.contains(&tag) {
            problems.at(line, format!("the tag `{tag}` is not declared under tags at the top"));
        }
    }
    for node in fields.list("parameters", problems) {
        let node = components.resolve(node, "parameters");
        let parameter = parameter::read(node, components, problems);
        let twin = |other: &Parameter| other.name == parameter.name && other.place == parameter.place;
        if operation.parameters.iter().any(twin) {
            problems.at(entry.line, format!("{id} has the parameter `{}` twice", parameter.name));
        }
        operation.parameters.push(parameter);
    }
    operation.body = fields
        .take("requestBody")
        .and_then(|entry| content::body(&entry.node, components, problems));
    operation.responses = content::responses(&mut fields, components, problems);
    fields.finish(problems);
    check_path(&operation, problems);
    operation
}

fn access(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Access> {
    let plan = fields.text("x-plan", problems);
    let scope = fields.text("x-scope", problems);
    if plan.is_some() && scope.is_some() {
        problems.at(
            fields.line(),
            "x-plan and x-scope stand together; keep the one that the vendor speaks of",
        );
    }
    plan.map(Access::Plan).or(scope.map(Access::Scope))
}

fn segments(path: &str, line: usize, problems: &mut Problems) -> Vec<Segment> {
    let mut segments = Vec::new();
    for piece in path.split('/').filter(|piece| !piece.is_empty()) {
        if let Some(name) = piece.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            segments.push(Segment::Parameter(name.to_owned()));
            continue;
        }
        if piece.contains(['{', '}']) {
            problems.at(
                line,
                format!("the path segment `{piece}` mixes words and a parameter; make the whole segment one parameter"),
            );
        }
        segments.push(Segment::Literal(piece.to_owned()));
    }
    segments
}

fn check_path(operation: &Operation, problems: &mut Problems) {
    let declared = |name: &str| {
        operation
            .parameters
            .iter()
            .any(|parameter| parameter.place == Place::Path && parameter.name == name)
    };
    for segment in &operation.segments {
        if let Segment::Parameter(name) = segment
            && !declared(name)
        {
            problems.at(
                operation.line,
                format!(
                    "{} uses `{{{name}}}` in its path and declares no path parameter of that name",
                    operation.id
                ),
            );
        }
    }
    for parameter in &operation.parameters {
        let used = operation.segments.contains(&Segment::Parameter(parameter.name.clone()));
        if parameter.place == Place::Path && !used {
            problems.at(
                operation.line,
                format!(
                    "{} declares the path parameter `{}` and its path does not use it",
                    operation.id, parameter.name
                ),
            );
        }
    }
}
