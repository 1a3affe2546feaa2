#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod assembly;
mod channel_series;
mod credentials;
mod data_points;
mod day;
mod epochs;
mod firmware_date;
#[rustfmt::skip]
mod generated;
pub mod package;
mod refusal;
mod rules;
#[cfg(feature = "unified")]
mod unified;

pub use api::{Client, SolarLogEnerest, base_url};
pub use assembly::{Assembly, AssemblyError};
pub use channel_series::{ChannelSeries, Period, UnitError};
pub use credentials::{Credentials, TOKEN_URL};
pub use data_points::DataPoints;
pub use day::{Day, DayRange};
pub use epochs::Epochs;
pub use firmware_date::FirmwareDate;
pub use generated::endpoints::*;
pub use generated::models::*;
pub use package::{Audience, Availability, Function, Package};
pub use refusal::Refusal;
#[cfg(feature = "unified")]
pub use unified::SolarLogEnerestSource;

// What most programs need around a call.
pub use energy_core;
pub use energy_core::auth::oauth::Application;
pub use energy_core::model::TimeZone;
pub use energy_core::url::Url;
pub use energy_core::{Error, RetryPolicy, Secret};
