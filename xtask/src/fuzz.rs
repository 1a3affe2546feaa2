//! `cargo xtask fuzz`: every fuzz target of the tests under libFuzzer. Needs cargo-fuzz and a C++ compiler; no nightly
//! toolchain, because no sanitizer is used: the workspace has no unsafe code for one to look at.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use crate::process;

/// The package with the entry points, and the seeds.
const FOLDER: &str = "tests/fuzz";
const SECONDS: u32 = 10;
/// How many targets run at once.
const AT_ONCE: usize = 2;
const HELP: &str = "needs cargo-fuzz: cargo install cargo-fuzz --locked";

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Plan {
    seconds: u32,
    targets: Vec<String>,
}

/// How a target ended.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Outcome {
    target: String,
    runs: String,
    per_second: String,
    /// Edges and features that the seeds reach, and that were reached in the end.
    before: Option<(u64, u64)>,
    after: Option<(u64, u64)>,
    result: Result<(), String>,
}

/// Reads `[--seconds N] [target…]`.
fn plan(arguments: &[&str], known: &[String]) -> Result<Plan, String> {
    let mut plan = Plan {
        seconds: SECONDS,
        targets: Vec::new(),
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if *argument == "--seconds" {
            let number = rest.next().and_then(|number| number.parse().ok());
            plan.seconds = number
                .filter(|seconds| *seconds > 0)
                .ok_or("--seconds needs a number from 1")?;
        } else if known.iter().any(|target| target == argument) {
            plan.targets.push((*argument).to_owned());
        } else {
            return Err(format!(
                "there is no target `{argument}`; there are {}",
                known.join(", ")
            ));
        }
    }
    if plan.targets.is_empty() {
        plan.targets = known.to_vec();
    }
    Ok(plan)
}

/// The targets, by the files of their entry points.
fn targets(root: &Path) -> Result<Vec<String>, String> {
    let folder = root.join(FOLDER).join("fuzz_targets");
    let unreadable = |error: std::io::Error| format!("{}: cannot be read: {error}", folder.display());
    let mut targets = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        targets.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    targets.sort();
    Ok(targets)
}

fn cargo_fuzz(arguments: &[&str]) -> Command {
    let mut command = Command::new(process::cargo());
    command.arg("fuzz").args(arguments);
    command
}

/// One build for all targets; gives the folder of the programs.
fn build(root: &Path) -> Result<std::path::PathBuf, String> {
    let version = cargo_fuzz(&["--version"])
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .status();
    if !version.is_ok_and(|status| status.success()) {
        return Err(HELP.to_owned());
    }
    let folder = process::target(root).join("fuzz/build");
    let status = cargo_fuzz(&[
        "build",
        "--fuzz-dir",
        FOLDER,
        "--sanitizer",
        "none",
        "--codegen-units",
        "16",
        "--target-dir",
    ])
    .arg(&folder)
    .current_dir(root)
    .status()
    .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !status.success() {
        return Err(format!("cargo fuzz build failed: {status}"));
    }
    let host = process::read(root, &["-vV"])?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("cargo does not say what it builds for")?;
    Ok(folder.join(host).join("release"))
}

/// Runs one target. What it finds new goes below the target folder, not to the seeds.
fn run(root: &Path, programs: &Path, target: &str, seconds: u32) -> Result<Outcome, String> {
    let scratch = process::target(root).join("fuzz").join(target);
    let (corpus, artifacts) = (scratch.join("corpus"), scratch.join("artifacts"));
    for folder in [&corpus, &artifacts] {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let program = programs.join(target);
    let output = Command::new(&program)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args([
            "-max_len=4096",
            "-timeout=10",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
        ])
        .arg(&corpus)
        .arg(root.join(FOLDER).join("corpus").join(target))
        .output()
        .map_err(|error| format!("{target} cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let log = scratch.join("log");
    std::fs::write(&log, said.as_bytes()).map_err(|error| format!("{}: {error}", log.display()))?;
    let mut outcome = outcome(target, &said);
    outcome.result = match outcome.result {
        Ok(()) if output.status.success() => Ok(()),
        Ok(()) => Err(format!("ended with {}, see {}", output.status, log.display())),
        Err(found) => Err(format!("repeat it with: {} {found}", program.display())),
    };
    Ok(outcome)
}

/// Reads what libFuzzer has said.
fn outcome(target: &str, said: &str) -> Outcome {
    let statistic = |name: &str| {
        let found = said
            .lines()
            .find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name));
        found.map_or_else(|| "?".to_owned(), |value| value.trim_matches([':', ' ']).to_owned())
    };
    let mut coverage = said.lines().filter_map(coverage);
    let before = coverage.next();
    let artifact = said.lines().find_map(|line| line.split_once("Test unit written to "));
    Outcome {
        target: target.to_owned(),
        runs: statistic("number_of_executed_units"),
        per_second: statistic("average_exec_per_sec"),
        before,
        after: coverage.next_back().or(before),
        result: match artifact {
            Some((_, artifact)) => Err(artifact.trim().to_owned()),
            None => Ok(()),
        },
    }
}

/// Edges and features of a line such as `#9 INITED cov: 12 ft: 13 corp: 1/1b`.
fn coverage(line: &str) -> Option<(u64, u64)> {
    let mut words = line.strip_prefix('#')?.split_whitespace();
    let edges = words.by_ref().skip_while(|word| *word != "cov:").nth(1)?.parse().ok()?;
    let features = words.skip_while(|word| *word != "ft:").nth(1)?.parse().ok()?;
    Some((edges, features))
}

fn row(outcome: &Outcome) -> String {
    let reached = |reached: Option<(u64, u64)>| match reached {
        Some((edges, features)) => format!("{edges}/{features}"),
        None => "?".to_owned(),
    };
    format!(
        "{:<20} {:>10} {:>8} {:>15} {:>15}  {}",
        outcome.target,
        outcome.runs,
        outcome.per_second,
        reached(outcome.before),
        reached(outcome.after),
        if outcome.result.is_ok() {
            "nothing found"
        } else {
            "FOUND"
        },
    )
}

fn fuzz(root: &Path, plan: &Plan) -> Result<Vec<Outcome>, String> {
    let programs = build(root)?;
    let rounds = plan.targets.len().div_ceil(AT_ONCE);
    println!(
        "\n{} targets, {} s each, {AT_ONCE} at a time: {} s",
        plan.targets.len(),
        plan.seconds,
        rounds as u64 * u64::from(plan.seconds),
    );
    println!(
        "\n{:<20} {:>10} {:>8} {:>15} {:>15}  result",
        "target", "runs", "each s", "seeds cov/ft", "cov/ft"
    );
    let left = Mutex::new(plan.targets.iter());
    let take = || left.lock().ok().and_then(|mut left| left.next());
    let work = || {
        let mut outcomes = Vec::new();
        while let Some(target) = take() {
            let outcome = run(root, &programs, target, plan.seconds)?;
            println!("{}", row(&outcome));
            outcomes.push(outcome);
        }
        Ok(outcomes)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::new();
        for worker in workers {
            let outcomes: Result<Vec<Outcome>, String> =
                worker.join().map_err(|_| "a target could not be watched".to_owned())?;
            all.extend(outcomes?);
        }
        Ok(all)
    })
}

/// Fuzzes, prints, and says whether nothing was found.
pub fn command(root: &Path, arguments: &[&str]) -> bool {
    let outcomes = targets(root)
        .and_then(|known| plan(arguments, &known))
        .and_then(|plan| fuzz(root, &plan));
    let outcomes = match outcomes {
        Ok(outcomes) => outcomes,
        Err(message) => {
            eprintln!("{message}\nfailed: fuzz");
            return false;
        }
    };
    for outcome in &outcomes {
        let Err(found) = &outcome.result else { continue };
        eprintln!("{}: {found}", outcome.target);
    }
    let well = outcomes.iter().all(|outcome| outcome.result.is_ok());
    if well {
        println!("ok: {} targets found nothing", outcomes.len());
    } else {
        eprintln!("failed: fuzz");
    }
    well
}

#[cfg(test)]
mod tests {
    use super::{Plan, coverage, outcome, plan};

    const SAID: &str = "\
INFO: Seed: 1
#12\tINITED cov: 40 ft: 51 corp: 3/90b exec/s: 0 rss: 31Mb
#900\tNEW    cov: 44 ft: 60 corp: 4/99b lim: 12 exec/s: 0 rss: 31Mb L: 9/40 MS: 1 CopyPart-
#5000\tDONE   cov: 47 ft: 71 corp: 9/210b lim: 50 exec/s: 2500 rss: 40Mb
Done 5000 runs in 2 second(s)
stat::number_of_executed_units: 5000
stat::average_exec_per_sec:     2500
";

    #[test]
    fn reads_what_libfuzzer_says() {
        let well = outcome("tides", SAID);
        assert_eq!((well.runs.as_str(), well.per_second.as_str()), ("5000", "2500"));
        assert_eq!((well.before, well.after), (Some((40, 51)), Some((47, 71))));
        assert_eq!(well.result, Ok(()));

        let found = format!("{SAID}artifact_prefix='a/'; Test unit written to a/crash-9\n");
        assert_eq!(outcome("tides", &found).result, Err("a/crash-9".to_owned()));
        assert_eq!(outcome("tides", "").runs, "?");
        assert_eq!(coverage("INFO: cov: 1 ft: 2"), None);
    }

    #[test]
    fn reads_what_is_to_be_run() {
        let known = ["push".to_owned(), "yaml".to_owned()];
        let plan = |arguments: &[&str]| plan(arguments, &known);
        let all = |seconds| Plan {
            seconds,
            targets: known.to_vec(),
        };
        assert_eq!(plan(&[]), Ok(all(10)));
        assert_eq!(plan(&["--seconds", "60"]), Ok(all(60)));
        let one = plan(&["yaml", "--seconds", "1"]).unwrap();
        assert_eq!((one.seconds, one.targets), (1, vec!["yaml".to_owned()]));
        for wrong in [&["--seconds"][..], &["--seconds", "0"], &["--seconds", "x"], &["sails"]] {
            assert!(plan(wrong).is_err(), "{wrong:?}");
        }
    }
}
