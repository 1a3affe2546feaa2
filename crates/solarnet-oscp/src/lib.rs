#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod credentials;
mod derived;
mod failure;
#[rustfmt::skip]
mod generated;
#[cfg(feature = "http-signatures")]
pub mod http_signatures;
mod instruction;
mod management;
pub mod oscp;
mod period;
mod rules;
mod service_properties;
mod sha256;
pub mod snws2;
#[cfg(feature = "unified")]
mod unified;

pub use api::{Client, SolarNetwork};
pub use credentials::Credentials;
pub use failure::{Failure, FieldError};
pub use generated::endpoints::*;
pub use generated::models::*;
pub use instruction::{Declined, DeclinedReason, InstructionMessage, InstructionOutcome};
pub use management::{CreateError, System, Unfinished, Updatable, create_and_set_version, list_all_assets, update};
pub use service_properties::{OauthClient, ServiceProperties, UrlPath};
#[cfg(feature = "unified")]
pub use unified::SolarNetworkSource;

// What most programs need around a call.
pub use energy_core;
pub use energy_core::wire::SecretHeaders;
pub use energy_core::{Error, RetryPolicy, Secret};
