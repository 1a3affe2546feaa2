//! SolarNetwork's own library, which signs the same request. Needs node and npm.

use std::path::Path;
use std::process::Command;

use crate::interop;

/// How many requests of 1 KiB it signs in a second.
///
/// # Errors
/// There is no node or npm, or the library cannot be installed.
pub fn per_second(root: &Path) -> Result<f64, String> {
    let folder = interop::install(root)?;
    let output = Command::new("node")
        .arg("bench.mjs")
        .current_dir(&folder)
        .output()
        .map_err(|error| format!("node cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    said.trim()
        .parse()
        .map_err(|_| format!("bench.mjs failed: {}", String::from_utf8_lossy(&output.stderr)))
}
