//! Cold builds: how long, and how many crates, for a program that uses a vendor's crate, and for one that uses what it
//! would need without.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use crate::checks::deps::crates_in;
use crate::process;

/// A program that does nothing but depend on something.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name, which is also that of its folder.
    pub name: String,
    /// The lines of its manifest below `[dependencies]`.
    pub dependencies: String,
}

/// A cold build.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cold {
    /// How long it took.
    pub seconds: f64,
    /// Distinct crates in its graph of normal dependencies, itself left out.
    pub crates: usize,
}

/// What both sides need to run at all.
const RUNTIME: &str = r#"tokio = { version = "1", features = ["macros", "rt-multi-thread"] }"#;

impl Program {
    /// One that uses the crate in this folder as it comes.
    pub fn with(name: &str, folder: &Path, settings: &str) -> Self {
        let path = folder.display();
        Self {
            name: name.to_owned(),
            dependencies: format!("{name} = {{ path = \"{path}\"{settings} }}\n{RUNTIME}\n"),
        }
    }

    /// One without this SDK: the HTTP client with the same TLS, JSON, and time, in the versions of the lock file.
    ///
    /// # Errors
    /// The lock file does not have them.
    pub fn base(lock: &str) -> Result<Self, String> {
        let version = |name| locked(lock, name).ok_or_else(|| format!("Cargo.lock has no {name}"));
        let dependencies = format!(
            "reqwest = {{ version = \"={}\", default-features = false, features = [\"rustls\"] }}\n\
             serde = {{ version = \"={}\", features = [\"derive\"] }}\n\
             serde_json = \"={}\"\n\
             time = {{ version = \"={}\", features = [\"formatting\", \"macros\", \"parsing\", \"serde\"] }}\n\
             {RUNTIME}\n",
            version("reqwest")?,
            version("serde")?,
            version("serde_json")?,
            version("time")?
        );
        Ok(Self {
            name: "base".to_owned(),
            dependencies,
        })
    }

    /// Builds it from nothing below the target folder, with the workspace's lock file, and removes what was built.
    ///
    /// # Errors
    /// It cannot be written, or does not compile.
    pub fn build(&self, root: &Path) -> Result<Cold, String> {
        eprintln!("bench: cold build of {}", self.name);
        let folder = process::target(root).join("bench/build").join(&self.name);
        let written = self.write(root, &folder);
        written.map_err(|error| format!("{}: cannot be written: {error}", folder.display()))?;
        let cold = measure(&folder);
        // A folder that stays is written over by the next build.
        let _ = std::fs::remove_dir_all(&folder);
        cold
    }

    fn write(&self, root: &Path, folder: &Path) -> std::io::Result<()> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder.join("src"))?;
        std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let manifest = format!(
            "[package]\nname = \"program-{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{}",
            self.name, self.dependencies
        );
        std::fs::write(folder.join("Cargo.toml"), manifest)?;
        std::fs::write(folder.join("src/main.rs"), "fn main() {}\n")
    }
}

/// The graph first, so that everything is downloaded before the clock runs.
fn measure(folder: &Path) -> Result<Cold, String> {
    let tree = run(folder, &["tree", "-e", "normal", "--prefix", "none"])?;
    let crates = crates_in(&String::from_utf8_lossy(&tree.stdout))
        .len()
        .saturating_sub(1);
    run(folder, &["fetch"])?;
    let start = now();
    run(folder, &["build"])?;
    Ok(Cold {
        seconds: start.elapsed().as_secs_f64(),
        crates,
    })
}

/// Nothing from before may help: no cache of compilations, no files of an incremental build.
fn run(folder: &Path, arguments: &[&str]) -> Result<Output, String> {
    let output = Command::new(process::cargo())
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("RUSTC_WRAPPER")
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    // What cargo says in the end counts the errors.
    let last = said
        .lines()
        .rfind(|line| line.starts_with("error"))
        .unwrap_or("cargo failed");
    Err(last.to_owned())
}

#[allow(clippy::disallowed_methods, reason = "how long a build takes is real time")]
fn now() -> Instant {
    Instant::now()
}

/// The version of a package in a lock file, the last if there are several.
fn locked<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let (_, behind) = lock.rsplit_once(entry.as_str())?;
    behind.split('"').next()
}

/// Where a vendor's crate is.
pub fn vendor(root: &Path, package: &str) -> PathBuf {
    root.join("crates").join(package)
}

#[cfg(test)]
mod tests {
    use super::Program;

    #[test]
    fn the_base_has_the_versions_of_the_lock_file() {
        let lock = ["reqwest", "serde", "serde_json", "time"]
            .map(|name| format!("[[package]]\nname = \"{name}\"\nversion = \"7.8.{}\"\n\n", name.len()))
            .concat();
        let base = Program::base(&lock).unwrap();
        assert!(
            base.dependencies.contains("reqwest = { version = \"=7.8.7\""),
            "{}",
            base.dependencies
        );
        assert!(
            base.dependencies.contains("serde_json = \"=7.8.10\""),
            "{}",
            base.dependencies
        );
        assert!(Program::base("").is_err());
    }
}
