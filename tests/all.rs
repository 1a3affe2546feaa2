//! The tests of this crate, in one program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod enphase_energy;
mod enphase_export;
mod enphase_faults;
mod enphase_live_data;
mod enphase_login;
mod enphase_meets_description;
mod enphase_paging;
mod enphase_quota;
mod enphase_token_file;
mod enphase_tokens;
mod fleet;
mod forecast_solar_accounts;
mod forecast_solar_data;
mod forecast_solar_faults;
mod forecast_solar_proxy;
mod fuzz_corpus;
mod intellimeter_billing;
mod intellimeter_device;
mod intellimeter_download;
mod intellimeter_faults;
mod intellimeter_logins;
mod intellimeter_meets_description;
mod intellimeter_push;
mod intellimeter_reports;
mod requests_complete;
mod sandbox_meets_description;
mod solarlog_enerest;
mod solarlog_enerest_meets_description;
mod solarnet_oscp_faults;
mod solarnet_oscp_instructions;
mod solarnet_oscp_javascript;
mod solarnet_oscp_login;
mod solarnet_oscp_management;
mod solarnet_oscp_meets_description;
mod solarnet_oscp_refusals;
mod solarnet_oscp_registration;
mod solarnet_oscp_session;
mod tour;
