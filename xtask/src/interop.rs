//! `cargo xtask interop`: other people's libraries beside this SDK. Needs node and npm.

use std::path::{Path, PathBuf};
use std::process::Command;

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
    "solarnet_oscp_javascript",
    "--",
    "--nocapture",
];
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
    run(Command::new("npm").args(INSTALL).current_dir(&folder), "npm")?;
    Ok(folder)
}

/// Runs a command and says what is amiss.
fn run(command: &mut Command, name: &str) -> Result<(), String> {
    let status = command
        .status()
        .map_err(|error| format!("{name} cannot be started: {error}; install node and npm"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{name} failed: {status}"))
    }
}

/// Installs what is to be compared with and compares, prints, and says whether all is well.
pub fn command(root: &Path) -> bool {
    let compared = install(root).and_then(|folder| {
        let mut cargo = Command::new(process::cargo());
        run(cargo.args(TEST).env(VARIABLE, folder).current_dir(root), "cargo")
    });
    match compared {
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
