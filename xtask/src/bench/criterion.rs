//! What criterion left behind of a benchmark: time per operation, of ours and of the baseline, round by round.

use std::path::Path;

use super::figure::Spread;

/// One round: nanoseconds per operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Round {
    /// Of the SDK.
    pub ours: f64,
    /// Of the baseline.
    pub bare: f64,
}

/// The rounds of a group, such as `calls one`, below the target folder.
///
/// # Errors
/// There are none, or what is there is not what criterion writes.
pub fn rounds(target: &Path, group: &str) -> Result<Vec<Round>, String> {
    let folder = target.join("criterion").join(group);
    let mut rounds = Vec::new();
    while folder.join(format!("ours/{}", rounds.len())).is_dir() {
        let time = |name: &str| estimate(&folder.join(format!("{name}/{}/new/estimates.json", rounds.len())));
        rounds.push(Round {
            ours: time("ours")?,
            bare: time("bare")?,
        });
    }
    if rounds.is_empty() {
        return Err(format!("{}: no round was measured", folder.display()));
    }
    Ok(rounds)
}

/// The median of what was measured in one round.
fn estimate(path: &Path) -> Result<f64, String> {
    let wrong = |why: String| format!("{}: {why}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    value["median"]["point_estimate"]
        .as_f64()
        .ok_or_else(|| wrong("no median".to_owned()))
}

/// The ratio of each round.
pub fn ratios(rounds: &[Round], ratio: impl Fn(&Round) -> f64) -> Spread {
    Spread::of(rounds.iter().map(ratio))
}

/// The median time of one side, in nanoseconds.
pub fn median(rounds: &[Round], side: impl Fn(&Round) -> f64) -> f64 {
    Spread::of(rounds.iter().map(side)).median
}
