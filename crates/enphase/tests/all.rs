//! The tests of this crate, in one program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "../../../tests/stub/traced.rs"]
mod traced;
mod v2_bad_input;
mod v2_errors;
mod v2_operations;
mod v2_paging;
mod v2_quirks;
mod v2_secrets;
mod v2_series;
mod v2_spans;
mod v2_support;
mod v4_answers;
mod v4_documented_answers;
mod v4_errors;
mod v4_errors_quota;
mod v4_live;
mod v4_login;
mod v4_once;
mod v4_operations_charger;
mod v4_operations_configuration;
mod v4_operations_device_level;
mod v4_operations_site_consumption;
mod v4_operations_site_production;
mod v4_operations_streaming;
mod v4_operations_system_details;
mod v4_paging;
mod v4_plans;
mod v4_polling;
mod v4_quirks;
mod v4_quirks_devices;
mod v4_quirks_telemetry;
mod v4_quirks_time;
mod v4_quota;
mod v4_refresh;
mod v4_refused_tokens;
mod v4_secrets;
mod v4_series;
mod v4_series_days;
mod v4_series_kinds;
mod v4_service;
mod v4_spans;
mod v4_spans_others;
mod v4_spans_properties;
mod v4_support;
mod v4_traces;
