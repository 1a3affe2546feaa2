//! `cargo xtask bench`: how fast and how large this SDK is, each figure beside a baseline of the same run.

pub mod build;
pub mod cold;
pub mod criterion;
pub mod document;
pub mod figure;
pub mod generated;
pub mod javascript;
pub mod measured;
pub mod part;
pub mod whole;

use std::path::Path;

use part::Part;

/// The parts, in the order in which they are measured.
pub const PARTS: &[&str] = &["calls", "decode", "signing", "memory", "build", "load"];
/// How long the load goes on unless the command says otherwise.
const SECONDS: u64 = 60;

fn measure(root: &Path, name: &str, seconds: u64) -> Result<Part, String> {
    match name {
        "calls" => measured::calls(root),
        "decode" => measured::decode(root),
        "signing" => measured::signing(root),
        "memory" => whole::memory(root),
        "build" => build::build(root),
        "load" => whole::load(root, seconds),
        _ => Err(format!("there is no part `{name}`; the parts are {}", PARTS.join(", "))),
    }
}

fn print(name: &str, part: &Part) {
    println!("\n{name}");
    print!("{}", figure::plain(&part.figures));
    for note in &part.notes {
        println!("{note}");
    }
}

/// What the command line asks for: one part or all, and how long the load goes on.
fn order<'a>(words: &[&'a str]) -> Option<(Option<&'a str>, u64)> {
    match words {
        [] => Some((None, SECONDS)),
        [name] => Some((Some(name), SECONDS)),
        ["load", "--seconds", seconds] => Some((Some("load"), seconds.parse().ok().filter(|seconds| *seconds > 0)?)),
        _ => None,
    }
}

fn run(root: &Path, words: &[&str]) -> Result<bool, String> {
    let (wanted, seconds) = order(words).ok_or("usage: cargo xtask bench [<part> | load --seconds <N>]")?;
    let mut parts = Vec::new();
    for name in wanted.as_ref().map_or(PARTS, std::slice::from_ref) {
        let part = measure(root, name, seconds)?;
        print(name, &part);
        parts.push((*name, part));
    }
    if wanted.is_none() {
        let text = document::filled(&document::machine(root), &parts);
        let path = root.join(document::PATH);
        std::fs::write(path, text).map_err(|error| format!("{}: {error}", document::PATH))?;
        println!("\nwrote {}", document::PATH);
    }
    Ok(parts.iter().all(|(_, part)| part.is_met()))
}

/// Measures, prints, writes the document if everything was measured, and says whether that was possible. A goal that is
/// missed is said, and is no failure: machines differ, and busy ones lie.
pub fn command(root: &Path, words: &[&str]) -> bool {
    match run(root, words) {
        Ok(true) => println!("ok: every goal is met"),
        Ok(false) => println!("measured; not every goal is met"),
        Err(message) => {
            eprintln!("{message}\nfailed: bench");
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn the_command_line_names_a_part_or_none() {
        assert_eq!(order(&[]), Some((None, 60)));
        assert_eq!(order(&["decode"]), Some((Some("decode"), 60)));
        assert_eq!(order(&["load", "--seconds", "5"]), Some((Some("load"), 5)));
        assert_eq!(order(&["load", "--seconds", "0"]), None);
        assert_eq!(order(&["decode", "calls"]), None);
    }
}
