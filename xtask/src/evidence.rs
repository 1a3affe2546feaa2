//! What shows that an operation works: its test and its sandbox route, found in the parsed source.

use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::problem::Problem;
use crate::workspace::Target;

/// A test function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The file, relative to the crate.
    pub file: String,
    /// The function.
    pub name: String,
}

/// A route of the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The operation it serves.
    pub operation: String,
    /// The method in capitals.
    pub method: String,
    /// The path as axum takes it.
    pub path: String,
}

/// The tests and routes of one vendor.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The tests.
    pub tests: Vec<Test>,
    /// The routes, in the order of the file.
    pub routes: Vec<Route>,
}

impl Evidence {
    /// Reads the tests and routes of `target`; files that are not there yet show nothing.
    ///
    /// # Errors
    /// Files that cannot be read or are not Rust.
    pub fn load(root: &Path, target: &Target) -> Result<Self, Problem> {
        let mut tests = Vec::new();
        let folder = format!("{}/tests", target.folder());
        for name in rust_files(&root.join(&folder)) {
            if !target.has_tests_in(&name) {
                continue;
            }
            let path = format!("{folder}/{name}");
            if let Some(text) = source(root, &path)? {
                let names = tests_in(&text).map_err(|error| not_rust(&path, &error))?;
                tests.extend(names.into_iter().map(|test| Test {
                    file: format!("tests/{name}"),
                    name: test,
                }));
            }
        }
        let path = target.sandbox_routes();
        let routes = match source(root, &path)? {
            Some(text) => routes_in(&text).map_err(|error| not_rust(&path, &error))?,
            None => Vec::new(),
        };
        Ok(Self { tests, routes })
    }

    /// The test called `name`.
    pub fn test(&self, name: &str) -> Option<&Test> {
        self.tests.iter().find(|test| test.name == name)
    }

    /// The routes that serve `operation`.
    pub fn routes_of<'a>(&'a self, operation: &'a str) -> impl Iterator<Item = &'a Route> {
        self.routes.iter().filter(move |route| route.operation == operation)
    }
}

fn not_rust(path: &str, error: &syn::Error) -> Problem {
    Problem::of_file(path, format!("cannot be parsed: {error}"))
}

fn rust_files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".rs"))
        .collect();
    names.sort();
    names
}

/// The text of a file; none if there is no such file.
fn source(root: &Path, path: &str) -> Result<Option<String>, Problem> {
    match std::fs::read_to_string(root.join(path)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Problem::of_file(path, format!("cannot be read: {error}"))),
    }
}

/// The functions with an attribute whose path ends in `test`, in modules as well.
///
/// # Errors
/// Text that is not Rust.
pub fn tests_in(text: &str) -> Result<Vec<String>, syn::Error> {
    let file = syn::parse_file(text)?;
    let mut names = Vec::new();
    collect_tests(&file.items, &mut names);
    Ok(names)
}

fn collect_tests(items: &[syn::Item], names: &mut Vec<String>) {
    for item in items {
        match item {
            syn::Item::Fn(function) => {
                let is_test = function.attrs.iter().any(|attribute| {
                    let last = attribute.path().segments.last();
                    last.is_some_and(|segment| segment.ident == "test")
                });
                if is_test {
                    names.push(function.sig.ident.to_string());
                }
            }
            syn::Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    collect_tests(items, names);
                }
            }
            _ => {}
        }
    }
}

/// The calls `Route::get("operationId", "/path", …)`, and those of the other methods.
///
/// # Errors
/// Text that is not Rust.
pub fn routes_in(text: &str) -> Result<Vec<Route>, syn::Error> {
    syn::parse_file(text)?;
    let mut routes = Vec::new();
    collect_routes(text.parse().map_err(syn::Error::from)?, &mut routes);
    Ok(routes)
}

fn collect_routes(tokens: TokenStream, routes: &mut Vec<Route>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, tree) in trees.iter().enumerate() {
        if let TokenTree::Group(group) = tree {
            routes.extend(route(&trees, index));
            collect_routes(group.stream(), routes);
        }
    }
}

/// The route, if the group at `index` holds the arguments of `Route::method`.
fn route(trees: &[TokenTree], index: usize) -> Option<Route> {
    const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
    let TokenTree::Group(group) = trees.get(index)? else {
        return None;
    };
    let method = trees.get(index.checked_sub(1)?)?.to_string();
    let colons = [3, 2].map(|back| index.checked_sub(back).and_then(|at| trees.get(at)));
    let is_path = colons
        .iter()
        .all(|tree| tree.is_some_and(|tree| tree.to_string() == ":"));
    let owner = trees.get(index.checked_sub(4)?)?.to_string();
    if group.delimiter() != Delimiter::Parenthesis
        || !is_path
        || owner != "Route"
        || !METHODS.contains(&method.as_str())
    {
        return None;
    }
    let mut arguments = group.stream().into_iter();
    let operation = literal(&arguments.next()?)?;
    let path = literal(&arguments.nth(1)?)?;
    Some(Route {
        operation,
        method: method.to_uppercase(),
        path,
    })
}

fn literal(tree: &TokenTree) -> Option<String> {
    syn::parse_str::<syn::LitStr>(&tree.to_string())
        .ok()
        .map(|literal| literal.value())
}
