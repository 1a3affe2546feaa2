//! Running cargo.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The cargo that runs this command, or the one on the path.
pub fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"))
}

/// Where cargo builds, and where what is installed for a while may go.
pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// The path of this command, to start it again. While it runs, cargo may have put a newer build in its place, as the tests
/// of `ci` do; Linux then calls what runs deleted, and the newer one serves as well.
///
/// # Errors
/// The system does not say it.
pub fn this_command() -> Result<PathBuf, String> {
    let path = std::env::current_exe().map_err(|error| format!("this command does not know its own path: {error}"))?;
    Ok(without_deleted(path))
}

/// The path of the file that has taken the place of a deleted one.
pub fn without_deleted(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_suffix(" (deleted)")) {
        Some(replaced) => PathBuf::from(replaced),
        None => path,
    }
}

/// What a finished command said.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Whether it ended well.
    pub well: bool,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// Runs cargo in `root` and keeps what it says.
///
/// # Errors
/// Cargo cannot be started.
pub fn capture(root: &Path, arguments: &[&str]) -> Result<Finished, String> {
    let output = Command::new(cargo())
        .args(arguments)
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    Ok(Finished {
        well: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Runs cargo in `root` and gives its standard output.
///
/// # Errors
/// Cargo cannot be started, or fails; the message holds what it said.
pub fn read(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let finished = capture(root, arguments)?;
    if finished.well {
        Ok(finished.stdout)
    } else {
        Err(format!("`cargo {}` failed:\n{}", arguments.join(" "), finished.stderr))
    }
}
