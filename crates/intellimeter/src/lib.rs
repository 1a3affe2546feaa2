#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod credentials;
mod failure;
#[rustfmt::skip]
mod generated;
mod generation;
pub mod invoice;
mod local_time;
mod money;
mod patch_day;
mod paths;
mod placing;
pub mod push;
mod reads;
mod register;
mod report;
mod rules;
mod scopes;
mod tenant_suites;
#[cfg(feature = "unified")]
mod unified;

pub use api::{Client, Intellimeter};
pub use credentials::{Credentials, authorize, client_credentials, device, exchange};
pub use failure::Failure;
pub use generated::endpoints::*;
pub use generated::models::*;
pub use generation::{Generation, GenerationError};
pub use local_time::{Fold, InZoneError, LocalTime, LocalTimeError};
pub use money::{CentsPerUnit, Dollars, MoneyError, Percent};
pub use paths::BillingPaths;
pub use reads::{
    GetReadsByMeter, GetReadsByProperty, GetReadsBySuite, MeterRead, Points, PropertyRead, Reads, SuiteRead,
};
pub use register::{Register, RegisterRead};
pub use report::{FileRequest, IntoFile, ReportFile, ReportFormat, ReportMeters, ReportRows, ReportTime};
pub use scopes::{SCOPES, Scopes};
pub use tenant_suites::{ListSuitesOfTenant, ListTenantsOfSuite, TenantSuites};
#[cfg(feature = "unified")]
pub use unified::IntellimeterSource;

// What most programs need around a call.
pub use energy_core;
pub use energy_core::auth::oauth::{Application, Authorization, DeviceError, DeviceLogin};
pub use energy_core::auth::{FileTokenStore, MemoryTokenStore, StoredToken, TokenStore};
pub use energy_core::model::TimeZone;
pub use energy_core::url::Url;
pub use energy_core::wire::{Patch, SecretHeaders};
pub use energy_core::{Error, RetryPolicy, Secret};
// The numbers of money, rates and reads.
pub use rust_decimal::Decimal;
