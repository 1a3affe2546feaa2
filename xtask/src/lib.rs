//! Code generation from the API descriptions, and the workspace's checks.
//!
//! `description` reads an `openapi.yaml` into a model and refuses what it does not understand, `codegen` writes Rust
//! from the model, `api` lists what the crates promise to programs, `checks` looks after the rest of the workspace, and
//! `ci` runs everything in a contributor's order.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this crate is a command, and printing is its job"
)]

pub mod api;
pub mod bench;
pub mod checks;
pub mod ci;
pub mod codegen;
pub mod description;
pub mod documents;
pub mod evidence;
pub mod fuzz;
pub mod interop;
mod path;
pub mod problem;
pub mod process;
pub mod readme;
pub mod stale;
pub mod workspace;
