//! A client that a public generator makes of our own description: OpenAPI Generator, for Rust with reqwest. Needs python
//! with pip, java, and a network.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::cold::Program;
use crate::process;

/// The generator, in the version that was looked at.
const GENERATOR: &str = "openapi-generator-cli==7.26.0";
/// What the generated crate is called.
const CRATE: &str = "generated";

/// A program that uses the client generated of `description`.
///
/// # Errors
/// Something it needs is missing, or the generator refuses the description.
pub fn program(root: &Path, description: &str) -> Result<Program, String> {
    let folder = process::target(root).join("bench/generated");
    let generator = install(&folder)?;
    let name = description.trim_start_matches("crates/").replace(['/', '.'], "-");
    let output = folder.join(name);
    if output.exists() {
        std::fs::remove_dir_all(&output).map_err(|error| format!("{}: {error}", output.display()))?;
    }
    run(Command::new(&generator)
        .args(["generate", "--generator-name", "rust", "--input-spec"])
        .arg(root.join(description))
        .arg("--output")
        .arg(&output)
        .arg(format!("--additional-properties=library=reqwest,packageName={CRATE}")))?;
    let settings = ", default-features = false, features = [\"rustls\"]";
    Ok(Program::with(CRATE, &output, settings))
}

/// Installs the generator below the target folder, once.
fn install(folder: &Path) -> Result<PathBuf, String> {
    run(Command::new("java").arg("-version"))?;
    let tools = folder.join("tools");
    let generator = tools.join("bin/openapi-generator-cli");
    if !generator.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&tools))?;
        run(Command::new(tools.join("bin/pip")).args(["install", "--quiet", GENERATOR]))?;
    }
    Ok(generator)
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("{name} cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{name} failed: {}",
        said.lines().next_back().unwrap_or_default()
    ))
}
