//! The tests of this crate, in one program.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod budgets;
mod codegen;
mod common;
mod readme;
mod refusals;
mod spec;
mod test_files;
