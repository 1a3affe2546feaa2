//! `cargo xtask ci`: what a contributor runs before sending a change, in that order.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::api;
use crate::checks::{deps, features, spec};
use crate::codegen;
use crate::interop;
use crate::process;
use crate::readme;
use crate::workspace::TARGETS;

/// How a step is done.
enum Action {
    /// By cargo, with these arguments and variables.
    Cargo(Vec<String>, &'static [(&'static str, &'static str)]),
    /// Here.
    Here(fn(&Path) -> bool),
}

/// A step: the command to repeat it, and how it is done.
struct Step {
    command: String,
    action: Action,
}

impl Step {
    fn cargo(line: &str, variables: &'static [(&'static str, &'static str)]) -> Self {
        let arguments = line.split_whitespace().map(str::to_owned).collect();
        let set: String = variables
            .iter()
            .map(|(name, value)| format!("{name}='{value}' "))
            .collect();
        Self {
            command: format!("{set}cargo {line}"),
            action: Action::Cargo(arguments, variables),
        }
    }

    fn here(name: &str, run: fn(&Path) -> bool) -> Self {
        Self {
            command: format!("cargo xtask {name}"),
            action: Action::Here(run),
        }
    }

    /// The command that README.md shows after `start`.
    fn from_readme(text: &str, start: &str) -> Result<Self, String> {
        let words = readme::command(text, start)?;
        Ok(Self {
            command: words.join(" "),
            action: Action::Cargo(words.into_iter().skip(1).collect(), &[]),
        })
    }

    fn run(&self, root: &Path) -> bool {
        match &self.action {
            Action::Here(run) => run(root),
            Action::Cargo(arguments, variables) => {
                let status = Command::new(process::cargo())
                    .args(arguments)
                    .envs(variables.iter().copied())
                    .current_dir(root)
                    .status();
                status.is_ok_and(|status| status.success())
            }
        }
    }
}

fn steps(root: &Path) -> Result<Vec<Step>, String> {
    let text = std::fs::read_to_string(root.join("README.md"))
        .map_err(|error| format!("README.md: cannot be read: {error}"))?;
    Ok(vec![
        Step::cargo("fmt --all --check", &[]),
        Step::cargo("clippy --workspace --all-targets --all-features -- -D warnings", &[]),
        Step::here("codegen --check", |root| codegen::write::command(root, TARGETS, true)),
        Step::here("spec", |root| spec::command(root, TARGETS)),
        Step::here("deps", deps::command),
        Step::here("features", features::command),
        Step::from_readme(&text, "cargo test")?,
        Step::here("interop", interop::command),
        Step::cargo(
            "doc --workspace --no-deps --all-features",
            &[("RUSTDOCFLAGS", "-D warnings")],
        ),
        // Here, because it needs what the documentation is built of.
        Step::here("api --check", |root| api::command(root, true)),
        Step::from_readme(&text, "cargo run -p energy-sdk --example quickstart")?,
    ])
}

#[allow(clippy::disallowed_methods, reason = "a command that tells how long it took")]
fn now() -> Instant {
    Instant::now()
}

/// Runs the steps until one fails, prints, and says whether all is well.
pub fn command(root: &Path) -> bool {
    let steps = match steps(root) {
        Ok(steps) => steps,
        Err(message) => {
            eprintln!("{message}\nfailed: ci did not start");
            return false;
        }
    };
    let mut times: Vec<(&str, f64)> = Vec::new();
    let mut failed = None;
    for (index, step) in steps.iter().enumerate() {
        println!("\n[{}/{}] {}", index + 1, steps.len(), step.command);
        let start = now();
        let well = step.run(root);
        times.push((&step.command, start.elapsed().as_secs_f64()));
        if !well {
            failed = Some(step);
            break;
        }
    }
    println!("\n{:>9}  step", "seconds");
    for (index, (name, seconds)) in times.iter().enumerate() {
        let last = failed.is_some() && index + 1 == times.len();
        println!("{seconds:>9.1}  {name}{}", if last { "  (failed)" } else { "" });
    }
    println!(
        "{:>9.1}  together",
        times.iter().map(|(_, seconds)| seconds).sum::<f64>()
    );
    match failed {
        None => {
            println!("ok: all {} steps", steps.len());
            true
        }
        Some(step) => {
            eprintln!("failed; repeat it with: {}", step.command);
            false
        }
    }
}
