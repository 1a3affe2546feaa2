//! The tests of this crate, in one program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod bad_input;
mod errors;
mod login;
mod operations;
mod packages;
mod recordings;
mod series;
mod series_properties;
mod series_units;
mod support;
#[path = "../../../tests/stub/traced.rs"]
mod traced;
mod traces;
mod unified;
mod unified_edges;
mod values;
