//! A program that asks for one vendor gets no other.

use std::collections::BTreeSet;
use std::path::Path;

use super::deps::crates_in;
use crate::process;

/// A way to ask for one vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alone {
    /// The vendor.
    pub vendor: String,
    /// The arguments of cargo that show what a program gets.
    pub arguments: Vec<String>,
}

/// The two ways: the vendor's crate with all it has, and the umbrella with the vendor's feature.
pub fn ways(vendor: &str) -> [Alone; 2] {
    let own = format!("-p {vendor} --all-features");
    let umbrella = format!("-p energy-sdk --no-default-features --features {vendor},rustls,unified,blocking");
    [own, umbrella].map(|package| Alone {
        vendor: vendor.to_owned(),
        arguments: format!("tree --locked {package} -e no-dev --prefix none")
            .split(' ')
            .map(str::to_owned)
            .collect(),
    })
}

impl Alone {
    /// The command that shows it.
    pub fn command(&self) -> String {
        format!("cargo {}", self.arguments.join(" "))
    }

    /// What is wrong with `crates`, which this way brings, where these are all the vendors.
    pub fn findings(&self, vendors: &[&str], crates: &BTreeSet<String>) -> Vec<String> {
        let brought: BTreeSet<&str> = crates.iter().filter_map(|line| line.split(' ').next()).collect();
        let command = self.command();
        let mut findings = Vec::new();
        if !brought.contains(self.vendor.as_str()) {
            findings.push(format!("`{command}` shows no {}", self.vendor));
        }
        for other in vendors.iter().filter(|other| **other != self.vendor) {
            if brought.contains(other) {
                findings.push(format!(
                    "`{command}` shows {other}; vendor crates stand apart, move what they share to energy-core"
                ));
            }
        }
        findings
    }
}

/// Asks cargo for each way to each vendor, and says what it shows.
///
/// # Errors
/// Cargo cannot be started, or fails.
pub fn findings(root: &Path, vendors: &[&str]) -> Result<Vec<String>, String> {
    let mut findings = Vec::new();
    for way in vendors.iter().flat_map(|vendor| ways(vendor)) {
        let arguments: Vec<&str> = way.arguments.iter().map(String::as_str).collect();
        let crates = crates_in(&process::read(root, &arguments)?);
        let found = way.findings(vendors, &crates);
        if found.is_empty() {
            let others = vendors.len() - 1;
            println!(
                "{}, and none of the other {others} vendors: {}",
                way.vendor,
                way.command()
            );
        }
        findings.extend(found);
    }
    Ok(findings)
}
