//! docs/performance.md: the figures of one run, with the words that stand in performance.md beside this file.

use std::path::Path;

use super::figure::markdown;
use super::part::Part;
use crate::process;

/// What the command writes.
pub const PATH: &str = "docs/performance.md";
/// The words around the figures. `{{name}}` is the place of a part, `{{machine}}` that of the machine.
const WORDS: &str = include_str!("performance.md");

/// The document with these parts.
pub fn filled(machine: &str, parts: &[(&str, Part)]) -> String {
    let mut text = WORDS.replace("{{machine}}", machine);
    for (name, part) in parts {
        let mut figures = String::new();
        if !part.figures.is_empty() {
            figures = markdown(&part.figures);
        }
        for note in &part.notes {
            figures = format!("{figures}\n{note}\n");
        }
        text = text.replace(&format!("{{{{{name}}}}}"), figures.trim());
    }
    text
}

/// The machine in general words.
pub fn machine(root: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cargo = process::read(root, &["--version"]).unwrap_or_default();
    let version = cargo.split_whitespace().nth(1).unwrap_or("unknown");
    format!(
        "{cores} cores, {} on {}, Rust {version}",
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

#[cfg(test)]
mod tests {
    use super::super::PARTS;
    use super::{Part, WORDS, filled};

    #[test]
    fn every_part_has_its_place() {
        let parts: Vec<(&str, Part)> = (PARTS.iter())
            .map(|name| {
                let mut part = Part::default();
                part.leave_out(name, "not at hand");
                (*name, part)
            })
            .collect();
        let text = filled("two cores", &parts);
        assert!(!text.contains("{{"), "{text}");
        for name in PARTS {
            assert!(WORDS.contains(&format!("{{{{{name}}}}}")), "{name}");
            assert!(text.contains(&format!("Left out: {name} (not at hand).")), "{text}");
        }
    }
}
