//! `cargo xtask deps`: one vendor brings no other.

use xtask::checks::apart::ways;
use xtask::checks::deps::crates_in;

const VENDORS: &[&str] = &["enphase", "forecast-solar"];

#[test]
fn both_ways_are_commands_to_repeat() {
    let commands = ways("enphase").map(|way| way.command());
    assert_eq!(
        commands,
        [
            "cargo tree --locked -p enphase --all-features -e no-dev --prefix none",
            "cargo tree --locked -p energy-sdk --no-default-features --features enphase,rustls,unified,blocking \
             -e no-dev --prefix none",
        ]
    );
}

#[test]
fn the_vendor_must_be_there_and_no_other() {
    let [_, umbrella] = ways("enphase");
    let found = |tree: &str| umbrella.findings(VENDORS, &crates_in(tree));
    assert!(found("energy-sdk v0.1.0 (/here)\nenphase v0.1.0 (/here)\nbytes v1.0.0\n").is_empty());
    // A name that only begins like a vendor's is not that vendor.
    assert!(found("enphase v0.1.0\nforecast-solar-data v2.0.0\n").is_empty());
    let findings = found("enphase v0.1.0\nforecast-solar v0.1.0 (*)\n");
    assert_eq!(findings.len(), 1);
    assert!(findings[0].contains("shows forecast-solar"), "{findings:?}");
    let findings = found("energy-sdk v0.1.0\nbytes v1.0.0\n");
    assert!(findings[0].ends_with("shows no enphase"), "{findings:?}");
}
