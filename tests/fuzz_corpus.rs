//! The fuzz targets without libFuzzer: their seeds, and some changes of each.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use energy_tests::fuzz_targets::{TARGETS, Target};

/// How many changes of each seed are tried.
const CHANGES: u64 = 24;
const LARGEST_SEED: usize = 4096;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// Name and bytes of each seed, in order.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = folder().join("corpus").join(target);
    let read = |name: String| {
        let bytes = fs::read(folder.join(&name)).unwrap();
        (name, bytes)
    };
    let entries = fs::read_dir(&folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names.into_iter().map(read).collect()
}

fn hold(target: Target, data: &[u8], what: &str) {
    let outcome = catch_unwind(|| target(data));
    assert!(outcome.is_ok(), "{what}: {:?}", String::from_utf8_lossy(data));
}

#[test]
fn every_target_has_an_entry_point_and_seeds() {
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names.len(), TARGETS.len());
    assert_eq!(names_in(&folder().join("fuzz_targets")), names);
    assert_eq!(names_in(&folder().join("corpus")), names);
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for name in &names {
        let entry = fs::read_to_string(folder().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(
            entry.contains(&format!("energy_tests::fuzz_targets::{name}(data)")),
            "{name}"
        );
        let program = format!("[[bin]]\nname = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\n");
        assert!(manifest.contains(&program), "{name} is no program of the package");
        let seeds = seeds(name);
        assert!(seeds.len() >= 3, "{name} has too few seeds");
        let too_large = seeds.iter().find(|(_, bytes)| bytes.len() > LARGEST_SEED);
        assert!(too_large.is_none(), "{too_large:?}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), names.len());
}

#[test]
fn every_seed_holds() {
    for (name, target) in TARGETS {
        for (seed, bytes) in seeds(name) {
            hold(*target, &bytes, &format!("{name}/{seed}"));
        }
    }
}

#[test]
fn changes_of_every_seed_hold() {
    for (name, target) in TARGETS {
        let seeds = seeds(name);
        for (seed, bytes) in &seeds {
            for number in 0..CHANGES {
                let mut random = fastrand::Rng::with_seed(number);
                let other = &seeds[random.usize(..seeds.len())].1;
                let changed = changed(bytes, other, &mut random);
                hold(*target, &changed, &format!("{name}/{seed}, change {number}"));
            }
        }
    }
}

/// The bytes with some changed, left out, put in twice, or followed by the end of another seed.
fn changed(bytes: &[u8], other: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..random.usize(1..4) {
        let at = random.usize(..=changed.len());
        let end = (at + random.usize(..9)).min(changed.len());
        match random.u8(..5) {
            0 => changed
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte ^= 1 << random.u8(..8)),
            1 => changed.insert(at, random.u8(..)),
            2 => drop(changed.drain(at..end)),
            3 => {
                let again = changed[at..end].to_vec();
                changed.splice(at..at, again);
            }
            _ => {
                changed.truncate(at);
                changed.extend_from_slice(&other[random.usize(..=other.len())..]);
            }
        }
    }
    changed
}
