//! The tests of this crate, in one program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod bad_input;
mod downloads;
mod errors;
mod generation;
mod invoice;
mod invoice_properties;
mod local_time;
mod logins;
mod logins_device;
mod logins_person;
mod money;
mod operations_accounts;
mod operations_billing;
mod operations_public;
mod operations_reports;
mod operations_sites;
mod operations_tenants;
mod operations_uploads;
mod push;
mod push_errors;
mod push_stream;
mod push_write;
mod register;
mod scopes;
mod secrets;
mod support;
mod traps;
mod traps_paths;
mod traps_reports;
mod unified;
