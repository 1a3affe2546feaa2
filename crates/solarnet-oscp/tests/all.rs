//! The tests of this crate, in one program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod bad_input;
mod credentials;
mod errors;
mod errors_retry;
mod errors_secrets;
mod http_signatures;
mod instructions;
mod management;
mod messages;
mod messages_read;
mod messages_rules;
mod messages_schemas;
mod messages_sent;
mod operations_assets;
mod operations_groups;
mod operations_instructions;
mod operations_systems;
mod oscp_operations;
mod server;
mod server_refusals;
mod service_properties;
mod signing;
mod snws2_hashes;
mod snws2_properties;
mod snws2_vectors;
mod support;
mod unified;
