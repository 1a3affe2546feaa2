//! The parts that criterion times: calls, decoding, signing.

use std::path::Path;

use super::criterion::{Round, median, ratios, rounds};
use super::figure::{Figure, Goal};
use super::javascript;
use super::part::Part;
use crate::process;

/// Runs one of the benchmarks under tests/bench/benches.
fn bench(root: &Path, name: &str) -> Result<(), String> {
    eprintln!("bench: {name}");
    process::read(root, &["bench", "--package", "energy-bench", "--bench", name]).map(drop)
}

/// Nanoseconds, in a unit that suits them.
fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.1} µs", n / 1e3),
        n => format!("{:.1} ms", n / 1e6),
    }
}

/// Operations per second of so many nanoseconds each.
fn rate(nanoseconds: f64) -> String {
    let rate = 1e9 / nanoseconds;
    if rate < 10_000.0 {
        format!("{rate:.0} /s")
    } else {
        format!("{:.1} k/s", rate / 1e3)
    }
}

fn times(round: &Round) -> f64 {
    round.ours / round.bare
}

fn figure(root: &Path, group: &str, what: &str, goal: Goal, show: fn(f64) -> String) -> Result<Figure, String> {
    let rounds = rounds(&process::target(root), group)?;
    // Of rates more is better, so theirs is the other way round.
    let of = match goal {
        Goal::AtLeast(_) => |round: &Round| round.bare / round.ours,
        _ => times,
    };
    let spread = ratios(&rounds, of);
    Ok(Figure {
        what: what.to_owned(),
        ours: show(median(&rounds, |round| round.ours)),
        baseline: show(median(&rounds, |round| round.bare)),
        value: spread.median,
        spread: Some(spread),
        goal,
    })
}

/// One call over loopback.
///
/// # Errors
/// The benchmark fails.
pub fn calls(root: &Path) -> Result<Part, String> {
    bench(root, "calls")?;
    let one = figure(root, "calls one", "one call after the other", Goal::AtMost(1.05), time)?;
    let many = figure(root, "calls many", "64 calls at a time", Goal::AtLeast(0.95), rate)?;
    Ok(Part::new(vec![one, many]))
}

/// A year of intervals.
///
/// # Errors
/// The benchmark fails.
pub fn decode(root: &Path) -> Result<Part, String> {
    bench(root, "decode")?;
    let model = figure(root, "decode model", "into the model", Goal::AtMost(1.10), time)?;
    let series = figure(root, "decode series", "into a `Series`", Goal::AtMost(1.50), time)?;
    Ok(Part::new(vec![model, series]))
}

/// SNWS2, with SolarNetwork's own library beside it where there is node.
///
/// # Errors
/// The benchmark fails.
pub fn signing(root: &Path) -> Result<Part, String> {
    bench(root, "signing")?;
    let sizes = [
        ("0", "no body", Goal::None),
        ("1024", "1 KiB", Goal::AtMost(1.30)),
        ("1048576", "1 MiB", Goal::None),
    ];
    let mut part = Part::new(Vec::new());
    for (size, what, goal) in sizes {
        part.figures
            .push(figure(root, &format!("signing {size}"), what, goal, rate)?);
    }
    let ours = median(&rounds(&process::target(root), "signing 1024")?, |round| round.ours);
    match javascript::per_second(root) {
        Ok(theirs) => part.figures.push(Figure {
            what: "1 KiB, beside SolarNetwork's JavaScript library".to_owned(),
            ours: rate(ours),
            baseline: rate(1e9 / theirs),
            value: 1e9 / ours / theirs,
            spread: None,
            goal: Goal::None,
        }),
        Err(why) => part.leave_out("SolarNetwork's JavaScript library", &why),
    }
    Ok(part)
}
