//! What `cargo metadata` says, as far as the checks read it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::process;

/// The answer of `cargo metadata`.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    /// The packages.
    pub packages: Vec<Package>,
    /// Ids of the workspace's own packages.
    pub workspace_members: BTreeSet<String>,
    /// The resolved graph; none with `--no-deps`.
    pub resolve: Option<Resolve>,
}

/// A package.
#[derive(Clone, Debug, Deserialize)]
pub struct Package {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
    /// The oldest Rust it says it works with.
    pub rust_version: Option<String>,
    /// Registries it may be published to; none for all, empty for nowhere.
    pub publish: Option<Vec<String>>,
    /// What its manifest asks for.
    pub dependencies: Vec<Dependency>,
    /// Its features.
    pub features: BTreeMap<String, Vec<String>>,
    /// Its manifest.
    pub manifest_path: PathBuf,
    /// Its libraries and programs.
    pub targets: Vec<CargoTarget>,
}

impl Package {
    /// Whether it is published.
    pub fn is_published(&self) -> bool {
        self.publish.as_ref().is_none_or(|registries| !registries.is_empty())
    }
}

/// A library or a program.
#[derive(Clone, Debug, Deserialize)]
pub struct CargoTarget {
    /// What it is: `lib`, `test`, `example`, …
    pub kind: Vec<String>,
    /// The file that it begins with.
    pub src_path: PathBuf,
}

impl CargoTarget {
    /// Whether it is a program of tests.
    pub fn is_test(&self) -> bool {
        self.kind.iter().any(|kind| kind == "test")
    }
}

/// A dependency in a manifest.
#[derive(Clone, Debug, Deserialize)]
pub struct Dependency {
    /// The package's name.
    pub name: String,
    /// None for a normal one; `dev` or `build` otherwise.
    pub kind: Option<String>,
}

/// The resolved graph.
#[derive(Clone, Debug, Deserialize)]
pub struct Resolve {
    /// The packages in it.
    pub nodes: Vec<GraphNode>,
}

/// A package of the graph.
#[derive(Clone, Debug, Deserialize)]
pub struct GraphNode {
    /// The package's id.
    pub id: String,
    /// What it depends on.
    pub deps: Vec<Edge>,
}

/// An edge of the graph.
#[derive(Clone, Debug, Deserialize)]
pub struct Edge {
    /// The package's id.
    pub pkg: String,
    /// The kinds of the dependency.
    pub dep_kinds: Vec<EdgeKind>,
}

/// The kind of an edge.
#[derive(Clone, Debug, Deserialize)]
pub struct EdgeKind {
    /// None for a normal one.
    pub kind: Option<String>,
}

impl Metadata {
    /// Asks cargo, with `arguments` besides the usual ones.
    ///
    /// # Errors
    /// Cargo fails, or says something that is not understood.
    pub fn load(root: &Path, arguments: &[&str]) -> Result<Self, String> {
        let mut all = vec!["metadata", "--format-version=1", "--locked"];
        all.extend(arguments);
        Self::parse(&process::read(root, &all)?)
    }

    /// Reads what cargo said.
    ///
    /// # Errors
    /// Text that is not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| format!("cargo metadata is not understood: {error}"))
    }

    /// The workspace's own packages, by name.
    pub fn members(&self) -> Vec<&Package> {
        let mut members: Vec<&Package> = self
            .packages
            .iter()
            .filter(|package| self.workspace_members.contains(&package.id))
            .collect();
        members.sort_by(|one, other| one.name.cmp(&other.name));
        members
    }

    /// The packages that the published ones are built with: all that normal dependencies reach.
    pub fn shipped(&self) -> Vec<&Package> {
        let nodes = self.resolve.as_ref().map_or(&[][..], |resolve| &resolve.nodes);
        let mut open: Vec<&str> = self
            .members()
            .iter()
            .filter(|package| package.is_published())
            .map(|package| package.id.as_str())
            .collect();
        let mut reached = BTreeSet::new();
        while let Some(id) = open.pop() {
            if !reached.insert(id) {
                continue;
            }
            let edges = nodes.iter().filter(|node| node.id == id).flat_map(|node| &node.deps);
            let normal = edges.filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind.is_none()));
            open.extend(normal.map(|edge| edge.pkg.as_str()));
        }
        self.packages
            .iter()
            .filter(|package| reached.contains(package.id.as_str()))
            .collect()
    }
}
