//! The document as a whole.

use super::content;
use super::operation::{self, Credentials, Operation, Segment};
use super::yaml::{Entry, Fields, Node, Value};
use super::{Description, references, schema};
use crate::problem::{Problem, Problems};

/// The shared parts of a document, by name.
#[derive(Debug)]
pub(super) struct Components<'a> {
    document: &'a Node,
    /// The declared tags.
    pub(super) tags: Vec<String>,
    schemes: Vec<&'a str>,
    /// What holds where an operation says nothing of its own.
    standing: Credentials,
}

impl<'a> Components<'a> {
    /// Follows the `$ref` of `node` into `section`; a node without one, or with a broken one, stays as it is.
    pub(super) fn resolve<'b>(&'b self, node: &'b Node, section: &str) -> &'b Node {
        node.get("$ref")
            .and_then(Node::text)
            .and_then(|target| target.strip_prefix("#/components/"))
            .and_then(|target| target.strip_prefix(section))
            .and_then(|target| target.strip_prefix('/'))
            .and_then(|name| self.document.get("components")?.get(section)?.get(name))
            .unwrap_or(node)
    }

    /// The component schema called `name`.
    pub(super) fn schema(&self, name: &str) -> Option<&'a Node> {
        self.document.get("components")?.get("schemas")?.get(name)
    }

    /// Reads `security` of an operation.
    pub(super) fn credentials(&self, fields: &mut Fields<'_>, problems: &mut Problems) -> Credentials {
        match fields.take("security") {
            Some(entry) => credentials(entry, &self.schemes, problems),
            None => self.standing,
        }
    }
}

fn credentials(entry: &Entry, schemes: &[&str], problems: &mut Problems) -> Credentials {
    let Value::List(items) = &entry.node.value else {
        problems.at(entry.line, "`security` must be a list");
        return Credentials::Required;
    };
    for scheme in items.iter().flat_map(Node::entries) {
        if !schemes.contains(&scheme.key.as_str()) {
            problems.at(
                scheme.line,
                format!(
                    "the security scheme `{}` is not declared under components.securitySchemes",
                    scheme.key
                ),
            );
        }
    }
    if items.is_empty() {
        Credentials::None
    } else if items.iter().any(|item| item.entries().is_empty()) {
        Credentials::Optional
    } else {
        Credentials::Required
    }
}

/// Reads a whole document.
pub(super) fn read(file: &str, document: Node) -> Result<Description, Vec<Problem>> {
    let mut problems = Problems::of(file);
    let problems_ref = &mut problems;
    references::check(&document, problems_ref);
    let mut fields = Fields::of(&document, "the description", problems_ref);
    let version = fields.need_text("openapi", problems_ref);
    if version != "3.1.0" && version != "3.1.1" {
        problems_ref.at(
            fields.line(),
            format!("OpenAPI `{version}` is not understood; write 3.1.0"),
        );
    }
    let title = info(&mut fields, problems_ref);
    servers(&mut fields, problems_ref);
    let tags = tags(&mut fields, problems_ref);
    let api = fields.need_text("x-api", problems_ref);
    let schemes = document
        .get("components")
        .and_then(|components| components.get("securitySchemes"))
        .map_or(&[][..], Node::entries);
    let schemes: Vec<&str> = schemes.iter().map(|entry| entry.key.as_str()).collect();
    let standing = match fields.take("security") {
        Some(entry) => credentials(entry, &schemes, problems_ref),
        None => Credentials::None,
    };
    let parts = Components {
        document: &document,
        tags,
        schemes,
        standing,
    };
    let operations = paths(&mut fields, &parts, problems_ref);
    let schemas = components(&mut fields, &parts, problems_ref);
    fields.finish(problems_ref);
    drop(parts);
    problems.or(Description {
        file: file.to_owned(),
        title,
        api,
        operations,
        schemas,
        document,
    })
}

fn info(fields: &mut Fields<'_>, problems: &mut Problems) -> String {
    let Some(entry) = fields.take("info") else {
        problems.at(1, "the description has no `info`; add it");
        return String::new();
    };
    let mut info = Fields::of(&entry.node, "info", problems);
    let title = info.need_text("title", problems);
    info.need_text("version", problems);
    info.need_text("description", problems);
    for (key, known) in [
        ("license", ["name", "identifier", "url"]),
        ("contact", ["name", "url", "email"]),
    ] {
        if let Some(entry) = info.take(key) {
            let mut fields = Fields::of(&entry.node, key, problems);
            for key in known {
                fields.text(key, problems);
            }
            fields.finish(problems);
        }
    }
    info.finish(problems);
    title
}

fn servers(fields: &mut Fields<'_>, problems: &mut Problems) {
    for node in fields.list("servers", problems) {
        let mut server = Fields::of(node, "a server", problems);
        server.need_text("url", problems);
        server.text("description", problems);
        server.finish(problems);
    }
}

fn tags(fields: &mut Fields<'_>, problems: &mut Problems) -> Vec<String> {
    let mut names = Vec::new();
    for node in fields.list("tags", problems) {
        let mut tag = Fields::of(node, "a tag", problems);
        let name = tag.need_text("name", problems);
        tag.need_text("description", problems);
        tag.finish(problems);
        if names.contains(&name) {
            problems.at(node.line, format!("the tag `{name}` is declared twice"));
        }
        names.push(name);
    }
    names
}

fn paths(fields: &mut Fields<'_>, components: &Components<'_>, problems: &mut Problems) -> Vec<Operation> {
    const METHODS: [(&str, &str); 6] = [
        ("get", "GET"),
        ("post", "POST"),
        ("put", "PUT"),
        ("patch", "PATCH"),
        ("delete", "DELETE"),
        ("head", "HEAD"),
    ];
    let mut operations: Vec<Operation> = Vec::new();
    for path in fields.map("paths", problems) {
        if !path.key.starts_with('/') {
            problems.at(path.line, format!("the path `{}` must start with a slash", path.key));
        }
        for entry in path.node.entries() {
            let Some((_, method)) = METHODS.iter().find(|(key, _)| *key == entry.key) else {
                problems.at(
                    entry.line,
                    format!(
                        "`{}` is not understood under a path; get, post, put, patch, delete and head are",
                        entry.key
                    ),
                );
                continue;
            };
            let operation = operation::read(&path.key, method, entry, components, problems);
            for other in &operations {
                if other.id == operation.id {
                    problems.at(
                        operation.line,
                        format!(
                            "the operationId `{}` is used twice, first in line {}",
                            operation.id, other.line
                        ),
                    );
                }
                if other.method == operation.method && shape(other) == shape(&operation) {
                    problems.at(
                        operation.line,
                        format!(
                            "{} {} is described twice, first in line {}",
                            other.method, operation.path, other.line
                        ),
                    );
                }
            }
            operations.push(operation);
        }
    }
    operations
}

/// The path with its parameters' names taken out: paths that differ only in them are the same.
fn shape(operation: &Operation) -> Vec<Option<&str>> {
    operation
        .segments
        .iter()
        .map(|segment| match segment {
            Segment::Literal(text) => Some(text.as_str()),
            Segment::Parameter(_) => None,
        })
        .collect()
}

fn components(fields: &mut Fields<'_>, parts: &Components<'_>, problems: &mut Problems) -> Vec<schema::Schema> {
    let Some(entry) = fields.take("components") else {
        return Vec::new();
    };
    let mut components = Fields::of(&entry.node, "components", problems);
    components.map("parameters", problems);
    for entry in components.map("responses", problems) {
        content::response(&entry.node, parts, problems);
    }
    for entry in components.map("examples", problems) {
        content::example(&entry.node, problems);
    }
    for entry in components.map("securitySchemes", problems) {
        scheme(entry, problems);
    }
    let mut schemas = Vec::new();
    for Entry { key, line, node } in components.map("schemas", problems) {
        let mut schema = schema::read(node, key, problems);
        schema.line = *line;
        if schema.description.is_none() {
            problems.at(*line, format!("the schema {key} has no description; add one"));
        }
        schemas.push(schema);
    }
    components.finish(problems);
    schemas
}

fn scheme(entry: &Entry, problems: &mut Problems) {
    let mut scheme = Fields::of(&entry.node, format!("the security scheme {}", entry.key), problems);
    let kind = scheme.need_text("type", problems);
    scheme.need_text("description", problems);
    match kind.as_str() {
        "apiKey" => {
            scheme.need_text("name", problems);
            let place = scheme.need_text("in", problems);
            if !["query", "header", "cookie"].contains(&place.as_str()) {
                problems.at(
                    entry.line,
                    format!("a key in `{place}` is not OpenAPI; query, header and cookie are"),
                );
            }
        }
        "http" => {
            scheme.need_text("scheme", problems);
            scheme.text("bearerFormat", problems);
        }
        "oauth2" => flows(&mut scheme, problems),
        other => problems.at(
            entry.line,
            format!("the scheme type `{other}` is not understood; apiKey, http and oauth2 are"),
        ),
    }
    scheme.finish(problems);
}

fn flows(scheme: &mut Fields<'_>, problems: &mut Problems) {
    for flow in scheme.map("flows", problems) {
        let mut fields = Fields::of(&flow.node, format!("the flow {}", flow.key), problems);
        let urls: &[&'static str] = match flow.key.as_str() {
            "authorizationCode" => &["authorizationUrl", "tokenUrl"],
            "implicit" => &["authorizationUrl"],
            "clientCredentials" | "password" => &["tokenUrl"],
            other => {
                problems.at(flow.line, format!("`{other}` is not a flow of OAuth 2"));
                &[]
            }
        };
        for key in urls {
            fields.need_text(key, problems);
        }
        fields.text("refreshUrl", problems);
        fields.map("scopes", problems);
        fields.finish(problems);
    }
}
