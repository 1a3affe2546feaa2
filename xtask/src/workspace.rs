//! Where things are in the workspace, and which descriptions it has.

use std::path::{Path, PathBuf};

/// One API description and what is made of it. Paths are relative to the workspace.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The vendor crate.
    pub package: &'static str,
    /// The description.
    pub description: &'static str,
    /// The folder of the generated modules; everything in it is generated.
    pub output: &'static str,
}

impl Target {
    /// The crate's folder.
    pub fn folder(&self) -> String {
        format!("crates/{}", self.package)
    }

    /// The file of the sandbox that holds the routes of this vendor.
    pub fn sandbox_routes(&self) -> String {
        let module = self.package.replace('-', "_");
        format!("crates/energy-sandbox/src/{module}/routes.rs")
    }
}

/// Every description of the workspace. A new vendor is a new row.
pub const TARGETS: &[Target] = &[
    Target {
        package: "forecast-solar",
        description: "crates/forecast-solar/openapi.yaml",
        output: "crates/forecast-solar/src/generated",
    },
    Target {
        package: "intellimeter",
        description: "crates/intellimeter/openapi.yaml",
        output: "crates/intellimeter/src/generated",
    },
    Target {
        package: "solarnet-oscp",
        description: "crates/solarnet-oscp/openapi.yaml",
        output: "crates/solarnet-oscp/src/generated",
    },
    Target {
        package: "solarnet-oscp",
        description: "crates/solarnet-oscp/oscp-2.0.yaml",
        output: "crates/solarnet-oscp/src/oscp/generated",
    },
];

/// The table of operations, their tests and their routes.
pub const COVERAGE: &str = "docs/coverage.md";

/// The folder of the workspace's root manifest.
pub fn root() -> PathBuf {
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| manifest.clone(), Path::to_path_buf)
}
