//! `cargo xtask bench`: how fast this SDK does what others do too. Needs node and npm.

use std::path::Path;
use std::process::Command;

use crate::{interop, process};

const BENCH: &[&str] = &["bench", "--package", "solarnet-oscp", "--bench", "snws2"];
/// What the line begins with on which the benchmark prints its result.
const RESULT: &str = "snws2 sign, ";

/// The first whole number behind the colon of the line that begins with [`RESULT`].
fn per_second(printed: &str) -> Option<f64> {
    let line = printed.lines().find(|line| line.starts_with(RESULT))?;
    let (_, behind) = line.rsplit_once(':')?;
    behind.split_whitespace().next()?.parse().ok()
}

/// Signing with this SDK and with SolarNetwork's JavaScript library.
fn snws2(root: &Path) -> Result<(), String> {
    let printed = process::read(root, BENCH)?;
    print!("{printed}");
    let ours = per_second(&printed).ok_or("the benchmark printed no result")?;
    let folder = interop::install(root)?;
    let output = Command::new("node")
        .arg("bench.mjs")
        .current_dir(&folder)
        .output()
        .map_err(|error| format!("node cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let theirs: f64 = said
        .trim()
        .parse()
        .map_err(|_| format!("bench.mjs failed:\n{}", String::from_utf8_lossy(&output.stderr)))?;
    println!("solarnetwork-api-core on node:      {theirs:.0} operations per second");
    println!("this SDK signs {:.1} times as fast", ours / theirs);
    Ok(())
}

/// Measures signing, prints, and says whether that was possible.
pub fn command(root: &Path) -> bool {
    match snws2(root) {
        Ok(()) => true,
        Err(message) => {
            eprintln!("{message}\nfailed: bench snws2");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::per_second;

    #[test]
    fn reads_what_the_benchmark_prints() {
        let printed = "floor: 9\nsnws2 sign, 1 KiB POST, cached key: 704367 operations per second\n";
        assert_eq!(per_second(printed), Some(704_367.0));
        assert_eq!(per_second("snws2 sign, nothing"), None);
    }
}
