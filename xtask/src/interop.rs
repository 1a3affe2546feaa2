//! `cargo xtask interop`: other people's libraries beside this SDK. Needs node and npm.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process;

/// Where the scripts and the exact version of SolarNetwork's JavaScript library are written down.
const SOURCE: &str = "tests/interop/solarnetwork";
/// Tells the test where the library is installed.
const VARIABLE: &str = "SOLARNETWORK_INTEROP";
const TEST: &[&str] = &[
    "test",
    "--package",
    "energy-tests",
    "--test",
    "all",
    "solarnet_oscp_javascript::",
    "--",
    "--nocapture",
];
/// What its tests say in the end.
const SAID: &[&str] = &["requests signed alike", "were taken by the sandbox"];
/// The package as `package.json` has it, and nothing beside it: no lock file, no scripts of packages.
const INSTALL: &[&str] = &[
    "install",
    "--no-package-lock",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
];

/// Installs SolarNetwork's JavaScript library below the target folder and gives its place.
///
/// # Errors
/// There is no npm, or the library cannot be installed.
pub fn install(root: &Path) -> Result<PathBuf, String> {
    let folder = process::target(root).join("interop/solarnetwork");
    let source = root.join(SOURCE);
    let copied = std::fs::create_dir_all(&folder).and_then(|()| {
        for entry in std::fs::read_dir(&source)? {
            let entry = entry?;
            std::fs::copy(entry.path(), folder.join(entry.file_name()))?;
        }
        Ok(())
    });
    copied.map_err(|error| format!("{SOURCE}: cannot be copied to {}: {error}", folder.display()))?;
    let status = Command::new("npm")
        .args(INSTALL)
        .current_dir(&folder)
        .status()
        .map_err(|error| format!("npm cannot be started: {error}; install node and npm"))?;
    if status.success() {
        Ok(folder)
    } else {
        Err(format!("npm failed: {status}"))
    }
}

/// Compares with what is installed in this folder. That nothing failed is not enough: nothing may have run.
fn compare(root: &Path, folder: &Path) -> Result<(), String> {
    let output = Command::new(process::cargo())
        .args(TEST)
        .env(VARIABLE, folder)
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}");
    if !output.status.success() {
        return Err(format!("cargo failed: {}", output.status));
    }
    match SAID.iter().find(|words| !said.contains(**words)) {
        Some(words) => Err(format!("no test said `… {words}`")),
        None => Ok(()),
    }
}

/// Installs what is to be compared with and compares, prints, and says whether all is well.
pub fn command(root: &Path) -> bool {
    match install(root).and_then(|folder| compare(root, &folder)) {
        Ok(()) => {
            println!("ok: SolarNetwork's JavaScript library and this SDK agree");
            true
        }
        Err(message) => {
            eprintln!("{message}\nfailed: interop");
            false
        }
    }
}
