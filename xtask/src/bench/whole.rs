//! The parts that need whole processes: memory and load.

use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::figure::{Figure, Goal, Spread};
use super::part::Part;
use crate::process;

/// How much more a process may take that reads a hundred times as much: what runs for longer fills its buffers, and no more.
const CONSTANT: f64 = 1.25;
/// How much memory may grow under load after the warm-up.
const FLAT: f64 = 1.20;
/// How many calls a client has under way at once, and so connections in use.
const CALLS: f64 = 100.0;
/// How many more connections may be open, some of them idle.
const BOUND: f64 = 2.0;

/// Runs the program of tests/bench and reads the line that it prints.
fn ask<T: DeserializeOwned>(root: &Path, arguments: &[&str]) -> Result<T, String> {
    eprintln!("bench: {}", arguments.join(" "));
    process::read(root, &["build", "--release", "--package", "energy-bench"])?;
    let program = process::target(root).join("release/energy-bench");
    let output = Command::new(&program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
    if !output.status.success() {
        return Err(format!("energy-bench {} failed", arguments.join(" ")));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("energy-bench: {error}"))
}

/// A size, and the peak of the process in KiB.
type Peak = (u64, f64);

#[derive(Deserialize)]
struct Peaks {
    systems: Vec<Peak>,
    downloads: Vec<Peak>,
    bare_downloads: Vec<Peak>,
}

/// Each size beside the smallest.
fn beside_smallest(peaks: &[Peak], name: impl Fn(u64) -> String) -> Vec<Figure> {
    let Some(((size, least), larger)) = peaks.split_first() else {
        return Vec::new();
    };
    let figure = |(more, peak): &Peak| Figure {
        what: format!("{} beside {}", name(*more), name(*size)),
        ours: mebibytes(*peak),
        baseline: mebibytes(*least),
        value: peak / least,
        spread: None,
        goal: Goal::AtMost(CONSTANT),
    };
    larger.iter().map(figure).collect()
}

/// The largest download beside the same with reqwest alone.
fn beside_bare(peaks: &Peaks, name: impl Fn(u64) -> String) -> Option<Figure> {
    let (size, peak) = peaks.downloads.last()?;
    let (_, bare) = peaks.bare_downloads.last()?;
    Some(Figure {
        what: format!("{} beside the same with reqwest alone", name(*size)),
        ours: mebibytes(*peak),
        baseline: mebibytes(*bare),
        value: peak / bare,
        spread: None,
        goal: Goal::None,
    })
}

fn mebibytes(kibibytes: f64) -> String {
    format!("{:.1} MiB", kibibytes / 1024.0)
}

/// Peaks of memory against size.
///
/// # Errors
/// The program fails.
pub fn memory(root: &Path) -> Result<Part, String> {
    if !cfg!(target_os = "linux") {
        let mut part = Part::default();
        part.leave_out("memory", "only Linux says how much a process has taken at most");
        return Ok(part);
    }
    let peaks: Peaks = ask(root, &["memory"])?;
    let mut figures = beside_smallest(&peaks.systems, |count| format!("{count} systems"));
    let megabytes = |bytes| format!("a download of {} MB", bytes / 1_000_000);
    figures.extend(beside_smallest(&peaks.downloads, megabytes));
    figures.extend(beside_bare(&peaks, megabytes));
    Ok(Part::new(figures))
}

#[derive(Deserialize)]
struct Load {
    seconds: u64,
    calls: u64,
    injected: u64,
    seen: [u64; 3],
    unexpected: Vec<String>,
    connections: Option<f64>,
    bare_connections: Option<f64>,
    memory: Vec<f64>,
    rounds: Vec<(f64, f64)>,
}

/// Very many calls at once through one client.
///
/// # Errors
/// The program fails.
pub fn load(root: &Path, seconds: u64) -> Result<Part, String> {
    let load: Load = ask(root, &["load", &seconds.to_string()])?;
    let mut part = Part::default();
    let [status, answer, reset] = load.seen;
    let faults = |what: &str, seen: u64| Figure {
        what: format!("errors beside the injected: {what}"),
        ours: seen.to_string(),
        baseline: load.injected.to_string(),
        value: seen as f64 - load.injected as f64,
        spread: None,
        goal: Goal::Exactly,
    };
    part.figures.push(faults("status 503", status));
    part.figures.push(faults("JSON of another shape", answer));
    part.figures.push(faults("connection reset", reset));
    part.figures.push(Figure {
        what: "other errors".to_owned(),
        ours: load.unexpected.len().to_string(),
        baseline: "0".to_owned(),
        value: load.unexpected.len() as f64,
        spread: None,
        goal: Goal::Exactly,
    });
    for message in &load.unexpected {
        part.notes.push(format!("An error that was not injected: {message}."));
    }
    connections(&mut part, load.connections, load.bare_connections);
    memory_under_load(&mut part, &load.memory);
    let of = |side: fn(&(f64, f64)) -> f64| Spread::of(load.rounds.iter().map(side));
    let ratios = of(|(ours, bare)| ours / bare);
    part.figures.push(Figure {
        what: "calls per second".to_owned(),
        ours: format!("{:.0} /s", of(|(ours, _)| *ours).median),
        baseline: format!("{:.0} /s", of(|(_, bare)| *bare).median),
        value: ratios.median,
        spread: Some(ratios),
        goal: Goal::None,
    });
    part.notes
        .push(format!("{} calls ended well in {} seconds.", load.calls, load.seconds));
    Ok(part)
}

/// A connection goes back to the pool a moment after its answer was read, and another may be opened meanwhile, so there may
/// be more of them than calls under way.
fn connections(part: &mut Part, ours: Option<f64>, bare: Option<f64>) {
    let (Some(ours), Some(bare)) = (ours, bare) else {
        part.leave_out("connections", "only Linux says which are open");
        return;
    };
    part.figures.push(Figure {
        what: format!("most connections open at once, with {CALLS} calls under way"),
        ours: format!("{ours:.0}"),
        baseline: format!("{bare:.0}"),
        value: ours / CALLS,
        spread: None,
        goal: Goal::AtMost(BOUND),
    });
}

/// The first tenth of the time is for warming up.
fn memory_under_load(part: &mut Part, samples: &[f64]) {
    let warm = &samples[samples.len() / 10..];
    let Some(first) = warm.first() else {
        part.leave_out("memory under load", "only Linux says how much a process has");
        return;
    };
    let most = Spread::of(warm.iter().copied()).most;
    part.figures.push(Figure {
        what: "most memory beside the first after warming up".to_owned(),
        ours: mebibytes(most),
        baseline: mebibytes(*first),
        value: most / first,
        spread: None,
        goal: Goal::AtMost(FLAT),
    });
}
