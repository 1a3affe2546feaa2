//! `cargo xtask deps`: who may depend on what, and how much.

use std::collections::BTreeSet;
use std::path::Path;

use super::apart;
use super::conclude;
use super::metadata::{Metadata, Package};
use crate::process;
use crate::workspace::TARGETS;

/// What one way to build a crate may bring, besides what it was measured at.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// The crate.
    pub package: &'static str,
    /// The arguments that choose its features.
    pub features: &'static [&'static str],
    /// Most distinct crates in its graph of normal dependencies, itself included.
    pub most: Option<usize>,
    /// Crates that must not be in it. A name that ends in a dash stands for all that start so.
    pub without: &'static [&'static str],
}

/// No HTTP client, no TLS.
const NO_CLIENT: &[&str] = &[
    "reqwest",
    "hyper",
    "hyper-",
    "rustls",
    "rustls-",
    "native-tls",
    "openssl",
    "openssl-sys",
    "aws-lc-",
    "ring",
];

/// One TLS library: rustls with aws-lc, which the `rustls` feature chooses.
const ONE_TLS: &[&str] = &["native-tls", "openssl", "openssl-sys", "ring"];

/// The budgets. Raise one only with a reason in the commit that does it.
pub const BUDGETS: &[Budget] = &[
    Budget {
        package: "enphase",
        features: &["--no-default-features"],
        most: Some(100),
        without: NO_CLIENT,
    },
    Budget {
        package: "enphase",
        features: &[],
        most: Some(140),
        without: ONE_TLS,
    },
    Budget {
        package: "forecast-solar",
        features: &["--no-default-features"],
        most: Some(70),
        without: NO_CLIENT,
    },
    Budget {
        package: "forecast-solar",
        features: &[],
        most: Some(115),
        without: ONE_TLS,
    },
    Budget {
        package: "intellimeter",
        features: &["--no-default-features"],
        most: Some(100),
        without: NO_CLIENT,
    },
    Budget {
        package: "intellimeter",
        features: &[],
        most: Some(140),
        without: ONE_TLS,
    },
    Budget {
        package: "solarlog-enerest",
        features: &["--no-default-features"],
        most: Some(90),
        without: NO_CLIENT,
    },
    Budget {
        package: "solarlog-enerest",
        features: &[],
        most: Some(130),
        without: ONE_TLS,
    },
    Budget {
        package: "solarnet-oscp",
        features: &["--no-default-features"],
        most: Some(80),
        without: NO_CLIENT,
    },
    Budget {
        package: "solarnet-oscp",
        features: &[],
        most: Some(110),
        without: ONE_TLS,
    },
    Budget {
        package: "energy-core",
        features: &[],
        most: None,
        without: ONE_TLS,
    },
    Budget {
        package: "energy-sdk",
        features: &[],
        most: None,
        without: ONE_TLS,
    },
    Budget {
        package: "energy-sdk",
        features: &["--features", "full"],
        most: None,
        without: ONE_TLS,
    },
];

/// Crates that only some members may name in their manifest, in any section.
const RESERVED: &[(&str, &[&str])] = &[("reqwest", &["energy-core", BENCH]), ("oauth2", &["energy-core"])];

/// Crates that are tools: nobody's normal dependency but of the tests.
const TOOLS: &[&str] = &["energy-sandbox", "xtask"];

/// The package that holds the tests across crates.
const TESTS: &str = "energy-tests";

/// The package that measures, beside programs that go without the SDK.
const BENCH: &str = "energy-bench";

/// The vendors' crates, each once.
fn vendors() -> Vec<&'static str> {
    let mut vendors: Vec<&str> = TARGETS.iter().map(|target| target.package).collect();
    vendors.dedup();
    vendors
}

/// The distinct crates in the text of `cargo tree --prefix none`, as `name v1.2.3`.
pub fn crates_in(tree: &str) -> BTreeSet<String> {
    tree.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (name, version) = (words.next()?, words.next()?);
            version.starts_with('v').then(|| format!("{name} {version}"))
        })
        .collect()
}

/// What `crates` break of `budget`.
pub fn over_budget(budget: &Budget, crates: &BTreeSet<String>) -> Vec<String> {
    let what = [&[budget.package], budget.features].concat().join(" ");
    let mut findings = Vec::new();
    if let Some(most) = budget.most.filter(|most| crates.len() > *most) {
        findings.push(format!(
            "{what}: {} crates, and the budget is {most}; see `cargo tree -p {what} -e normal`",
            crates.len()
        ));
    }
    for name in crates.iter().filter_map(|line| line.split(' ').next()) {
        let banned = budget
            .without
            .iter()
            .any(|banned| name == *banned || (banned.ends_with('-') && name.starts_with(banned)));
        if banned {
            findings.push(format!(
                "{what}: brings {name}, which it must not; see `cargo tree -p {what} -e normal -i {name}`"
            ));
        }
    }
    findings
}

/// What the manifests of `members` ask for and must not.
pub fn forbidden(members: &[&Package], vendors: &[&str]) -> Vec<String> {
    let mut findings = Vec::new();
    for package in members {
        for dependency in &package.dependencies {
            let (name, wanted) = (package.name.as_str(), dependency.name.as_str());
            let kind = dependency.kind.as_deref().unwrap_or("normal");
            if let Some((_, owners)) = RESERVED
                .iter()
                .find(|(reserved, owners)| *reserved == wanted && !owners.contains(&name))
            {
                findings.push(format!(
                    "{name}: names {wanted} ({kind}); only {} may, go through it",
                    owners[0]
                ));
            }
            if TOOLS.contains(&wanted) && kind != "dev" && name != TESTS && name != BENCH {
                findings.push(format!(
                    "{name}: {wanted} is a {kind} dependency; only a dev-dependency is allowed"
                ));
            }
            if vendors.contains(&name) && vendors.contains(&wanted) {
                findings.push(format!(
                    "{name}: depends on {wanted} ({kind}); vendor crates stand apart, move what they share to energy-core"
                ));
            }
        }
    }
    findings
}

/// The packages in `shipped` that need a newer Rust than `newest`.
pub fn too_new(shipped: &[&Package], newest: &str) -> Vec<String> {
    let limit = version(newest);
    shipped
        .iter()
        .filter_map(|package| {
            let needed = package.rust_version.as_deref()?;
            (version(needed) > limit).then(|| {
                format!(
                    "{} {} needs Rust {needed}, and the workspace promises {newest}",
                    package.name, package.version
                )
            })
        })
        .collect()
}

fn version(text: &str) -> Vec<u64> {
    let mut numbers: Vec<u64> = text.split('.').map(|part| part.parse().unwrap_or(0)).collect();
    numbers.resize(3, 0);
    numbers
}

/// The platform that this machine builds for.
fn host(root: &Path) -> Result<String, String> {
    let text = process::read(root, &["--version", "--verbose"])?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| "cargo does not say which platform it is for".to_owned())
}

fn findings(root: &Path) -> Result<Vec<String>, String> {
    let mut findings = Vec::new();
    for budget in BUDGETS {
        let mut arguments = vec![
            "tree",
            "--locked",
            "-p",
            budget.package,
            "-e",
            "normal",
            "--prefix",
            "none",
        ];
        arguments.extend(budget.features);
        let crates = crates_in(&process::read(root, &arguments)?);
        let most = budget
            .most
            .map_or_else(|| "no limit".to_owned(), |most| format!("at most {most}"));
        println!(
            "{} {}: {} crates ({most})",
            budget.package,
            budget.features.join(" "),
            crates.len()
        );
        findings.extend(over_budget(budget, &crates));
    }
    let host = host(root)?;
    let metadata = Metadata::load(root, &["--all-features", "--filter-platform", &host])?;
    let members = metadata.members();
    let vendors = vendors();
    findings.extend(forbidden(&members, &vendors));
    findings.extend(apart::findings(root, &vendors)?);
    let core = members.iter().find(|package| package.name == "energy-core");
    let newest = core.and_then(|package| package.rust_version.as_deref());
    let newest = newest.ok_or("energy-core has no rust-version")?;
    let shipped = metadata.shipped();
    println!(
        "{} packages are shipped; the oldest Rust promised is {newest}",
        shipped.len()
    );
    findings.extend(too_new(&shipped, newest));
    Ok(findings)
}

/// Checks the dependencies, prints, and says whether all is well.
pub fn command(root: &Path) -> bool {
    println!("deps: checking manifests and graphs");
    let findings = findings(root).unwrap_or_else(|error| vec![error]);
    conclude("deps", &findings, "the dependencies are within their budgets")
}
