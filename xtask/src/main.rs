//! `cargo xtask`: code generation from the API descriptions, and the workspace's checks.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this crate is a command, and printing is its job"
)]

use std::process::ExitCode;

use xtask::checks::{deps, features, spec};
use xtask::workspace::{self, TARGETS};
use xtask::{api, bench, ci, codegen, fuzz, interop};

const USAGE: &str = "\
usage: cargo xtask <command>

  codegen            write src/generated/ and docs/coverage.md from the API descriptions
  codegen --check    write nothing; fail if a generated file is stale
  spec               check the descriptions, their examples, and that each operation has a test that runs and a sandbox route
  deps               check dependencies against their budgets, and that no vendor brings another
  features           compile each published crate with no feature, each alone, all
  interop            compare with the services' own libraries (needs node and npm)
  api                write what programs see of each published crate to docs/api/
  api --check        write nothing; fail if a listing is stale, or a type of another crate shows without a reason
  bench              measure all that docs/performance.md tells, and write it; a quarter of an hour on a quiet machine
  bench PART         measure calls, decode, signing, memory, build or load alone, and print; load takes --seconds N
  fuzz [--seconds N] [target…]
                     run the fuzz targets, N seconds each, 10 unless given (needs cargo-fuzz)
  ci                 everything a change must pass, in order";

fn main() -> ExitCode {
    if let Some(rustdoc) = std::env::var_os(api::rustdoc::VARIABLE) {
        return api::rustdoc::stand_in(&rustdoc);
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = workspace::root();
    let well = match words.as_slice() {
        ["codegen"] => codegen::write::command(&root, TARGETS, false),
        ["codegen", "--check"] => codegen::write::command(&root, TARGETS, true),
        ["spec"] => spec::command(&root, TARGETS),
        ["deps"] => deps::command(&root),
        ["features"] => features::command(&root),
        ["interop"] => interop::command(&root),
        ["api"] => api::command(&root, false),
        ["api", "--check"] => api::command(&root, true),
        ["bench", arguments @ ..] => bench::command(&root, arguments),
        ["fuzz", arguments @ ..] => fuzz::command(&root, arguments),
        ["ci"] => ci::command(&root),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            true
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
