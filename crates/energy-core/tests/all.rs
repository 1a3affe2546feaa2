//! The tests of this crate, in one program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod answers;
mod blocking;
mod bodies;
mod connections;
mod download;
mod envelopes;
mod events;
mod limit;
mod limit_client;
mod logins;
mod model_arithmetic;
mod model_arithmetic_properties;
mod model_by_minutes;
mod model_capability;
mod model_counter;
mod model_days;
mod model_forecast;
mod model_interval;
mod model_power;
mod model_quality;
mod model_series;
mod model_site;
mod model_site_days;
mod model_units;
mod model_zone;
mod nothing;
mod oauth;
mod oauth_grants;
mod once;
mod paging;
mod requests;
mod retry;
mod secret_headers;
mod secrets;
mod source;
mod source_fleet;
mod stream;
mod support;
mod token_file;
mod token_lock;
mod token_processes;
mod token_service;
mod tokens;
#[cfg(feature = "test-util")]
#[path = "../../../tests/stub/traced.rs"]
mod traced;
mod transport;
mod web_pages;
mod wire;
