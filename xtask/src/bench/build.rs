//! The part of cold builds.

use std::path::Path;

use super::cold::{Cold, Program, vendor};
use super::figure::{Figure, Goal};
use super::generated;
use super::part::Part;
use crate::workspace::TARGETS;

/// How much longer a vendor's crate may take than the base, and how many crates it may have beside it.
const SECONDS: f64 = 1.25;
const CRATES: f64 = 15.0;
/// Descriptions of which a client is generated: the largest, and one of the small.
const GENERATED: [(&str, &str); 2] = [
    ("enphase", "crates/enphase/openapi/v4.yaml"),
    ("forecast-solar", "crates/forecast-solar/openapi.yaml"),
];

/// Seconds and crates of each vendor's crate, beside the base and beside generated clients.
///
/// # Errors
/// The base or a vendor's crate does not compile.
pub fn build(root: &Path) -> Result<Part, String> {
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))?;
    let base = Program::base(&lock)?;
    let before = base.build(root)?;
    let mut packages: Vec<&str> = TARGETS.iter().map(|target| target.package).collect();
    packages.dedup();
    let mut built = Vec::new();
    for package in packages {
        built.push((package, Program::with(package, &vendor(root, package), "").build(root)?));
    }
    // Again at the end, so that a machine that became slower or faster meanwhile is noticed.
    let after = base.build(root)?;
    let base = Cold {
        seconds: f64::midpoint(before.seconds, after.seconds),
        crates: before.crates,
    };
    let mut part = Part::default();
    for (package, cold) in &built {
        part.figures.push(seconds(package, *cold, base, Goal::AtMost(SECONDS)));
    }
    for (package, cold) in &built {
        part.figures.push(crates(package, *cold, base));
    }
    part.notes.push(format!(
        "The base took {:.1} s before the others and {:.1} s after them.",
        before.seconds, after.seconds
    ));
    for (package, description) in GENERATED {
        let ours = built.iter().find(|(name, _)| *name == package).map(|(_, cold)| *cold);
        beside_generated(&mut part, root, package, description, ours);
    }
    Ok(part)
}

fn beside_generated(part: &mut Part, root: &Path, package: &str, description: &str, ours: Option<Cold>) {
    let what = format!("a client generated of {description}");
    let program = match generated::program(root, description) {
        Ok(program) => program,
        Err(why) => return part.leave_out(&what, &why),
    };
    match (ours, program.build(root)) {
        (Some(ours), Ok(theirs)) => {
            let beside = format!("{package} beside {what}");
            part.figures.push(seconds(&beside, ours, theirs, Goal::None));
            part.figures.push(Figure {
                goal: Goal::None,
                value: ours.crates as f64 / theirs.crates as f64,
                ..crates(&beside, ours, theirs)
            });
        }
        (_, Err(why)) => part
            .notes
            .push(format!("No figures of {what}: it does not compile ({why}).")),
        (None, Ok(_)) => {}
    }
}

fn seconds(what: &str, cold: Cold, base: Cold, goal: Goal) -> Figure {
    Figure {
        what: format!("{what}: seconds"),
        ours: format!("{:.1} s", cold.seconds),
        baseline: format!("{:.1} s", base.seconds),
        value: cold.seconds / base.seconds,
        spread: None,
        goal,
    }
}

fn crates(what: &str, cold: Cold, base: Cold) -> Figure {
    Figure {
        what: format!("{what}: crates"),
        ours: cold.crates.to_string(),
        baseline: base.crates.to_string(),
        value: cold.crates as f64 - base.crates as f64,
        spread: None,
        goal: Goal::More(CRATES),
    }
}
