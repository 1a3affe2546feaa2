//! The Monitoring API v4: what Enphase offers today.
//!
//! Every request of the 51 operations is in this module; the front page of the crate lists them by group, with what each
//! needs. Around them:
//!
//! - [`Credentials`] log in, [`authorize`], [`exchange`] and [`password`] get the first token.
//! - [`Plan`] knows quotas and access controls.
//! - [`Spanned::over`](crate::Spanned::over) asks for any span of time, `client.items` streams pages and spans.
//! - [`live_data`] streams what happens at a site now.
//! - Answers become [`Series`](energy_core::model::Series): `energy()`, `power()`, `daily()` and so on.

mod api;
mod battery;
mod battery_mode;
mod charger;
mod credentials;
mod devices;
mod event_status;
#[rustfmt::skip]
mod generated;
mod lifetime;
mod live;
mod paging;
mod plan;
mod proof;
mod revenue_grade;
pub(crate) mod rules;
mod series;
mod severity;
mod spans;
mod system;
#[cfg(feature = "unified")]
mod unified;

pub use api::{Client, Enphase};
pub use battery_mode::BatteryMode;
pub use charger::{ChargingLevel, CompactDate, ConnectorId};
pub use credentials::{Credentials, DEFAULT_REDIRECT_URI, KeyPlace, authorize, exchange, exchange_code, password};
pub use energy_core::auth::oauth::{Application, Authorization};
pub use event_status::EventStatus;
pub use generated::endpoints::*;
pub use generated::models::*;
pub use live::{LiveData, LiveDataError, live_data};
pub use plan::{AccessControl, Plan};
pub use revenue_grade::{ChannelReading, MeterChannel, RgmReading};
pub use severity::Severity;
#[cfg(feature = "unified")]
pub use unified::EnphaseSource;
