//! The tests of this crate, in one program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod bad_input;
mod errors;
mod forecast;
mod forecast_time;
mod operations_accounts;
mod operations_forecast;
mod operations_plant;
mod parameters;
mod recordings;
mod support;
mod unified;
