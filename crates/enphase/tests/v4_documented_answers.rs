//! The vendor's documented answers, where they are at hand: nothing of them is lost. They are not part of the project, see
//! `v4_answers.rs` for answers of our own in the same shapes.
#![allow(clippy::print_stderr, reason = "a test that is left out says so")]

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::v4_support::answers::ANSWERS;
use crate::v4_support::faithful::{lost, unread};
use crate::v4_support::names_in;

/// The folder beside the workspace that the documented answers may be in; none if it is not there.
fn folder() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let folder = workspace.parent()?.join("shared/vendors/enphase/official-v4-examples");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("left out: the documented answers are not at {}", folder.display());
    None
}

fn documented(folder: &Path, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn nothing_of_a_documented_answer_is_lost() {
    let Some(folder) = folder() else { return };
    for answer in ANSWERS {
        let Some(name) = answer.documented else { continue };
        let came = documented(&folder, name);
        let written = (answer.read)(&came).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(lost(&came, &written), [""; 0], "{name}");
        assert_eq!(unread(&came, answer.read), [""; 0], "{name}");
    }
}

#[test]
fn every_documented_answer_has_a_model() {
    let Some(folder) = folder() else { return };
    let mut known: Vec<&str> = ANSWERS.iter().filter_map(|answer| answer.documented).collect();
    known.sort_unstable();
    assert_eq!(names_in(&folder).unwrap(), known);
    assert_eq!(known.len(), 43);
}
