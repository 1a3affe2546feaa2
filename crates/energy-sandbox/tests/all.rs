//! The tests of this crate, in one program.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod common;
mod enphase_devices;
mod enphase_energy;
mod enphase_login;
mod enphase_questions;
mod faults;
mod forecast_solar_accounts;
mod forecast_solar_plans;
mod forecast_solar_series;
mod intellimeter_billing;
mod intellimeter_data;
mod intellimeter_login;
mod intellimeter_push;
mod intellimeter_reports;
mod program;
mod solarlog_enerest_access;
mod solarlog_enerest_series;
mod solarnet_oscp_instructions;
mod solarnet_oscp_login;
mod solarnet_oscp_management;
mod solarnet_oscp_provider;
