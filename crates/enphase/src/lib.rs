#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod daily;
mod ids;
mod measure;
mod over;
mod polling;
mod reading;
mod refusal;
mod status;
#[cfg(feature = "unified")]
mod unified;
pub mod v2;
pub mod v4;
mod when;
mod wire;

pub use daily::LifetimeError;
pub use ids::{AlarmId, DeviceId, EventTypeId, SerialNumber, SystemId};
pub use measure::Measure;
pub use over::{Over, Spanned, Window};
pub use polling::next_report;
pub use reading::{EnergyInterval, EnergyRequest, LabelledByEnd, Reading, energy_series, interval_series};
pub use refusal::Refusal;
pub use status::{ConnectionType, EnergySource, SystemStatus};
pub use when::When;

// What most programs need around a call.
pub use energy_core;
pub use energy_core::auth::{FileTokenStore, MemoryTokenStore, StoredToken, TokenStore};
pub use energy_core::model::TimeZone;
pub use energy_core::url::Url;
pub use energy_core::{Error, RetryPolicy, Secret};
