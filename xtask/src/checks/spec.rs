//! `cargo xtask spec`: the descriptions, their examples, what shows that each operation works, and that it runs.

use std::collections::BTreeSet;
use std::path::Path;

use super::metadata::Metadata;
use super::{conclude, examples, test_files};
use crate::codegen::coverage::test_name;
use crate::codegen::{modules, request_name};
use crate::description::Description;
use crate::evidence::Evidence;
use crate::problem::{Problem, Problems};
use crate::workspace::Target;

/// What one description holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Operations.
    pub operations: usize,
    /// Component schemas.
    pub schemas: usize,
    /// Examples.
    pub examples: usize,
    /// Routes of the sandbox.
    pub routes: usize,
}

/// Checks one description of `targets`.
///
/// # Errors
/// Everything that is wrong with it or missing for it.
pub fn check(root: &Path, target: &Target, targets: &[Target]) -> Result<Counts, Vec<Problem>> {
    let description = Description::load(root, target.description)?;
    modules(target, &description)?;
    let evidence = Evidence::load(root, target).map_err(|problem| vec![problem])?;
    let requests = request_types(root, target).map_err(|problem| vec![problem])?;
    let mut problems = Problems::of(target.description);
    let examples = examples::check(&description, &mut problems);
    for operation in &description.operations {
        let id = &operation.id;
        let request = request_name(id);
        if !requests.contains(&request) {
            problems.at(
                operation.line,
                format!(
                    "{id} has no request type {request} in {}; run: cargo xtask codegen",
                    target.output
                ),
            );
        }
        let test = test_name(operation);
        if evidence.test(&test).is_none() {
            problems.at(
                operation.line,
                format!(
                    "{id} has no test; write a test function `{test}` in {}",
                    target.test_files()
                ),
            );
        }
        if evidence.routes_of(id).next().is_none() {
            problems.at(
                operation.line,
                format!(
                    "{id} has no route; write Route::…(\"{id}\", …) in {}",
                    target.sandbox_routes()
                ),
            );
        }
    }
    let mut found = problems.or(()).err().unwrap_or_default();
    let elsewhere = operations_of_siblings(root, target, targets);
    let mut routes = 0;
    for route in &evidence.routes {
        let known = description
            .operations
            .iter()
            .find(|operation| operation.id == route.operation);
        routes += usize::from(known.is_some());
        let message = match known {
            None if elsewhere.contains(&route.operation) => continue,
            None => format!(
                "the route {} serves `{}`, which is no operation; correct its id",
                route.path, route.operation
            ),
            Some(operation) if operation.method != route.method => format!(
                "the route {} serves `{}` by {}, and the description says {}",
                route.path, route.operation, route.method, operation.method
            ),
            Some(_) => continue,
        };
        found.push(Problem::of_file(target.sandbox_routes(), message));
    }
    if !found.is_empty() {
        return Err(found);
    }
    Ok(Counts {
        operations: description.operations.len(),
        schemas: description.schemas.len(),
        examples,
        routes,
    })
}

/// The operations of the other descriptions whose routes stand in the same file.
fn operations_of_siblings(root: &Path, target: &Target, targets: &[Target]) -> BTreeSet<String> {
    let siblings = targets
        .iter()
        .filter(|other| other.shares_evidence_with(target) && other.description != target.description);
    // One that cannot be read is reported where it is checked itself.
    let descriptions = siblings.filter_map(|other| Description::load(root, other.description).ok());
    descriptions
        .flat_map(|description| description.operations)
        .map(|operation| operation.id)
        .collect()
}

/// The structs of the generated request module.
fn request_types(root: &Path, target: &Target) -> Result<BTreeSet<String>, Problem> {
    let path = format!("{}/endpoints.rs", target.output);
    let Ok(text) = std::fs::read_to_string(root.join(&path)) else {
        return Ok(BTreeSet::new());
    };
    let file = syn::parse_file(&text)
        .map_err(|error| Problem::of_file(path, format!("cannot be parsed: {error}; run: cargo xtask codegen")))?;
    let names = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some(item.ident.to_string()),
        _ => None,
    });
    Ok(names.collect())
}

/// Checks every description, prints, and says whether all is well.
pub fn command(root: &Path, targets: &[Target]) -> bool {
    println!("spec: checking {} description(s)", targets.len());
    let mut findings = Vec::new();
    for target in targets {
        match check(root, target, targets) {
            Ok(counts) => println!(
                "{}: {} operations, {} schemas, {} examples, {} sandbox routes",
                target.description, counts.operations, counts.schemas, counts.examples, counts.routes
            ),
            Err(problems) => findings.extend(problems.iter().map(ToString::to_string)),
        }
    }
    match Metadata::load(root, &["--no-deps"]).map(|metadata| test_files::check(root, &metadata)) {
        Ok(Ok(count)) => println!("{count} test files"),
        Ok(Err(problems)) => findings.extend(problems.iter().map(ToString::to_string)),
        Err(message) => findings.push(message),
    }
    conclude(
        "spec",
        &findings,
        "the descriptions are valid, exemplified, tested and served",
    )
}
