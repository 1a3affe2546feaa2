//! The Systems API v2, the old one without OAuth.
//!
//! Enphase phased it out for everybody on 2024-06-30; keys and users of it are not good for v4, and the other way round.
//! What still speaks it, a sandbox at least, is reached with [`base_url`](energy_core::ClientBuilder::base_url). New programs
//! use [`v4`](crate::v4).
//!
//! ```no_run
//! use enphase::v2::{Client, Credentials, GetStats, ListSystems};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let login = Credentials::new(std::env::var("ENPHASE_V2_KEY")?, std::env::var("ENPHASE_V2_USER")?)?;
//! let client = Client::builder(login).base_url("https://mirror.example/api/v2").build()?;
//! let mut systems = client.items(ListSystems::new());
//! while let Some(system) = systems.next().await {
//!     let system = system?;
//!     let today = client.send(&GetStats::new(system.system_id)).await?;
//!     for reading in today.power()?.points() {
//!         println!("{} {}: {:?}", system.system_name, reading.interval, reading.value);
//!     }
//! }
//! # Ok(()) }
//! ```
//!
//! Every call counts against the quota of the plan, which [`Credentials`] knows for the free one.

mod api;
mod credentials;
#[rustfmt::skip]
mod generated;
mod lifetime;
mod paging;
mod rgm;
pub(crate) mod rules;
mod series;
#[cfg(feature = "unified")]
mod unified;
mod windows;

pub use api::{Client, EnlightenSystems};
pub use credentials::Credentials;
pub use generated::endpoints::*;
pub use generated::models::*;
pub use rgm::{ChannelReading, MeterChannel, RgmReading};
#[cfg(feature = "unified")]
pub use unified::EnlightenSystemsSource;
