//! `cargo xtask api`: what each published crate promises to programs, one line for each item.

pub mod allowed;
pub mod leaks;
pub mod listing;
pub mod rustdoc;

use std::path::Path;

use crate::checks::conclude;
use crate::checks::metadata::Metadata;
use crate::process;
use crate::stale::{self, Output};
use allowed::{ALLOWED, Allowance};
use rustdoc::{Documented, Unread};

/// The folder of the listings; everything in it is generated.
pub const FOLDER: &str = "docs/api";

/// What the crates promise, and whose types they name in it.
#[derive(Debug)]
pub struct Surfaces {
    /// A listing for each crate.
    pub listings: Vec<Output>,
    /// Types of other crates for which there is a reason, with it.
    pub allowed: Vec<String>,
    /// Types of other crates for which there is none, and reasons that nothing needs.
    pub findings: Vec<String>,
}

impl Surfaces {
    /// Reads the published crates below `root`, built in `target`. `wrapper` is this command, which stands in for rustdoc.
    ///
    /// # Errors
    /// The crates do not build, or rustdoc writes what is not understood, or another format than is read here.
    pub fn load(root: &Path, target: &Path, wrapper: &Path, allowances: &[Allowance]) -> Result<Self, Unread> {
        let metadata = Metadata::load(root, &["--no-deps"])?;
        let members = metadata.members();
        let published = members.iter().filter(|package| package.is_published());
        let names: Vec<&str> = published.map(|package| package.name.as_str()).collect();
        rustdoc::document(root, target, wrapper)?;
        let mut listings = Vec::new();
        let mut named = Vec::new();
        for name in &names {
            let documented = Documented::load(target, name)?;
            listings.push(Output {
                path: format!("{FOLDER}/{name}.txt"),
                text: listing::text(&documented),
            });
            named.extend(leaks::foreign(&documented, name, &names));
        }
        let verdict = allowed::judge(&named, allowances);
        Ok(Self {
            listings,
            allowed: verdict.allowed,
            findings: verdict.findings,
        })
    }
}

/// `cargo xtask api`, with `--check` if `only_check`: prints and says whether all is well.
pub fn command(root: &Path, only_check: bool) -> bool {
    println!("api: what programs see of each published crate");
    let loaded = process::this_command()
        .map_err(Unread::Failed)
        .and_then(|wrapper| Surfaces::load(root, &process::target(root), &wrapper, ALLOWED));
    match loaded {
        Ok(surfaces) => settle(root, &surfaces, only_check),
        Err(unread) => settle_unread(&unread, only_check),
    }
}

/// Prints why there is nothing to compare or to write, and says whether all is well: a check says nothing against the
/// crates where this Rust writes a format that is not read here, and there is nothing that could be written.
pub fn settle_unread(unread: &Unread, only_check: bool) -> bool {
    match unread {
        Unread::OtherFormat(_) if only_check => {
            println!("not compared: {unread}");
            true
        }
        _ => {
            eprintln!("{unread}\nfailed: api");
            false
        }
    }
}

fn settle(root: &Path, surfaces: &Surfaces, only_check: bool) -> bool {
    let fresh = if only_check {
        let stale = stale::compare(root, &surfaces.listings, &[FOLDER]);
        stale.is_empty() || stale::report(&stale, "cargo xtask api")
    } else {
        match stale::write(root, &surfaces.listings, &[FOLDER]) {
            Ok(touched) => {
                for path in &touched {
                    println!("wrote {path}");
                }
                true
            }
            Err(problems) => {
                for problem in &problems {
                    eprintln!("{problem}");
                }
                false
            }
        }
    };
    println!("types of other crates, and why they are there:");
    for line in &surfaces.allowed {
        println!("  {line}");
    }
    let well = "docs/api is what the crates promise, and they name nobody else's types without a reason";
    conclude("api", &surfaces.findings, well) && fresh
}
