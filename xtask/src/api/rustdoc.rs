//! The crates as rustdoc understands them, in its JSON.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;
use std::process::{Command, ExitCode};

use public_api::PublicItem;
use rustdoc_types::{Crate, FORMAT_VERSION};
use serde::Deserialize;

use crate::process;

/// Set where this command stands in for rustdoc; its value is the real one.
pub const VARIABLE: &str = "XTASK_RUSTDOC";

/// The Rust whose rustdoc writes the format that is read here.
const RUST: &str = "1.95";

/// Why the crates' surface is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// This Rust writes another format than the one that is read here, which says nothing of the crates.
    OtherFormat(u32),
    /// Something failed.
    Failed(String),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherFormat(found) => write!(
                f,
                "this Rust writes format {found}, the listing needs {FORMAT_VERSION} (Rust {RUST}); take that toolchain \
                 (`cargo +{RUST} xtask api`), or raise `public-api` and `rustdoc-types` in Cargo.toml together to the \
                 versions for format {found}"
            ),
            Self::Failed(message) => f.write_str(message),
        }
    }
}

impl From<String> for Unread {
    fn from(message: String) -> Self {
        Self::Failed(message)
    }
}

/// A crate, twice: as rustdoc describes it, and as a list of what is public.
#[derive(Debug)]
pub struct Documented {
    /// Everything rustdoc says of it.
    pub krate: Crate,
    /// Its public items in order, without what blanket and automatic implementations bring.
    pub items: Vec<PublicItem>,
}

impl Documented {
    /// Reads what `document` wrote for `package` below `target`.
    ///
    /// # Errors
    /// There is nothing, or it is in another format.
    pub fn load(target: &Path, package: &str) -> Result<Self, Unread> {
        let path = target.join("doc").join(format!("{}.json", package.replace('-', "_")));
        let not_read = |error: &dyn std::fmt::Display| format!("{}: cannot be read: {error}", path.display());
        let text = std::fs::read_to_string(&path).map_err(|error| not_read(&error))?;
        check_format(&text)?;
        let krate = serde_json::from_str(&text).map_err(|error| not_read(&error))?;
        let public = public_api::Builder::from_rustdoc_json(&path)
            .omit_blanket_impls(true)
            .omit_auto_trait_impls(true)
            .build()
            .map_err(|error| not_read(&error))?;
        Ok(Self {
            krate,
            items: public.into_items().collect(),
        })
    }
}

/// Refuses JSON of another format than the one that is read here.
///
/// # Errors
/// It is in another format, or does not say in which.
pub fn check_format(text: &str) -> Result<(), Unread> {
    #[derive(Deserialize)]
    struct Format {
        format_version: u32,
    }
    let found = serde_json::from_str::<Format>(text)
        .map_err(|error| format!("rustdoc's JSON does not say its format: {error}"))?
        .format_version;
    if found == FORMAT_VERSION {
        Ok(())
    } else {
        Err(Unread::OtherFormat(found))
    }
}

/// Has rustdoc describe the workspace at `root` in JSON, below `target`.
///
/// All members with all features, as the documentation is built, so that both share what is compiled. The JSON is not
/// stable yet, and asking for it takes `RUSTC_BOOTSTRAP`. In cargo's environment that would have build scripts run
/// again and change what they find, so only rustdoc gets it, from `wrapper`.
///
/// # Errors
/// Cargo cannot be started, or fails.
pub fn document(root: &Path, target: &Path, wrapper: &Path) -> Result<(), String> {
    let rustdoc = std::env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    let status = Command::new(process::cargo())
        .args(["doc", "--workspace", "--no-deps", "--all-features", "--target-dir"])
        .arg(target)
        .env("RUSTDOC", wrapper)
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json")
        .env(VARIABLE, rustdoc)
        .current_dir(root)
        .status()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("rustdoc cannot describe the crates: {status}"))
    }
}

/// Runs the real rustdoc with this command's arguments, and lets it write JSON.
pub fn stand_in(rustdoc: &OsStr) -> ExitCode {
    let status = Command::new(rustdoc)
        .args(std::env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove(VARIABLE)
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("rustdoc cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}
