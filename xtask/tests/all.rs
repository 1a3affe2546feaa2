//! The tests of this crate, in one program.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod apart;
mod api;
mod budgets;
mod codegen;
mod common;
mod documents;
mod features_in_readmes;
mod manifests_in_documents;
mod readme;
mod refusals;
mod spec;
mod test_files;
