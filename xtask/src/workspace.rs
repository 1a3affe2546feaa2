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
    /// The part of the vendor's API that this is, where several descriptions have operations of the same name: its tests
    /// and routes stand in files whose names begin with it.
    pub part: Option<&'static str>,
}

impl Target {
    /// The crate's folder.
    pub fn folder(&self) -> String {
        format!("crates/{}", self.package)
    }

    /// The file of the sandbox that holds the routes of this vendor.
    pub fn sandbox_routes(&self) -> String {
        let module = self.package.replace('-', "_");
        let file = self
            .part
            .map_or_else(|| "routes.rs".to_owned(), |part| format!("{part}_routes.rs"));
        format!("crates/energy-sandbox/src/{module}/{file}")
    }

    /// The files whose tests count, as a message names them.
    pub fn test_files(&self) -> String {
        let folder = self.folder();
        self.part.map_or_else(
            || format!("{folder}/tests/"),
            |part| format!("{folder}/tests/{part}_*.rs"),
        )
    }

    /// Whether a test file of the crate is about this description.
    pub fn has_tests_in(&self, file: &str) -> bool {
        self.part
            .is_none_or(|part| file.strip_prefix(part).is_some_and(|rest| rest.starts_with('_')))
    }

    /// Whether tests and routes of `other` are looked for in the same files.
    pub fn shares_evidence_with(&self, other: &Self) -> bool {
        self.package == other.package && self.part == other.part
    }
}

/// Every description of the workspace. A new vendor is a new row.
pub const TARGETS: &[Target] = &[
    Target {
        package: "enphase",
        description: "crates/enphase/openapi/v2.yaml",
        output: "crates/enphase/src/v2/generated",
        part: Some("v2"),
    },
    Target {
        package: "enphase",
        description: "crates/enphase/openapi/v4.yaml",
        output: "crates/enphase/src/v4/generated",
        part: Some("v4"),
    },
    Target {
        package: "forecast-solar",
        description: "crates/forecast-solar/openapi.yaml",
        output: "crates/forecast-solar/src/generated",
        part: None,
    },
    Target {
        package: "intellimeter",
        description: "crates/intellimeter/openapi.yaml",
        output: "crates/intellimeter/src/generated",
        part: None,
    },
    Target {
        package: "solarlog-enerest",
        description: "crates/solarlog-enerest/openapi.yaml",
        output: "crates/solarlog-enerest/src/generated",
        part: None,
    },
    Target {
        package: "solarnet-oscp",
        description: "crates/solarnet-oscp/openapi.yaml",
        output: "crates/solarnet-oscp/src/generated",
        part: None,
    },
    Target {
        package: "solarnet-oscp",
        description: "crates/solarnet-oscp/oscp-2.0.yaml",
        output: "crates/solarnet-oscp/src/oscp/generated",
        part: None,
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
