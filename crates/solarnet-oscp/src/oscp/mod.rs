//! OSCP 2.0 itself: the messages as types, a client that sends them, and with the feature `server` the routes that take
//! them.
//!
//! Every system has a role and serves the endpoints of that role under an address of its own; SolarNetwork is the
//! Flexibility Provider, programs that use this crate are Capacity Providers and Capacity Optimizers. All messages go
//! by POST and are answered with 204; what there is to say is said by another message in the other direction.
//!
//! # A registration
//!
//! 1. Somebody creates the provider or optimizer with the management API and hands its token over.
//! 2. The system sends [`Register`] with the token that SolarNetwork shall use towards it.
//! 3. SolarNetwork sends a [`Register`] of its own, with a new token. From then on the old one is of no use: put the new
//!    one into the [`Token`] that the client was built with, **and store it**.
//! 4. The system sends [`Handshake`]; SolarNetwork answers with [`HandshakeAcknowledge`] and then sends heartbeats.
//!
//! # Messages
//!
//! The rules of the protocol's schemas hold whenever a message is made, read or sent:
//!
//! ```
//! use solarnet_oscp::oscp::{ForecastedBlock, ForecastedBlockUnit, PhaseIndicator};
//! use time::macros::datetime;
//!
//! let (start, end) = (datetime!(2026-03-02 10:00 UTC), datetime!(2026-03-02 10:15 UTC));
//! let refused = ForecastedBlock::new(-1.0, PhaseIndicator::All, ForecastedBlockUnit::Kilowatts, start, end);
//! assert_eq!(refused.unwrap_err().to_string(), "capacity: -1 is below 0");
//! ```
//!
//! A name that the schemas do not know, such as a new unit, is kept when a message is read and refused when it is sent.

mod api;
mod credentials;
#[rustfmt::skip]
mod generated;
mod request_id;
mod rules;
#[cfg(feature = "server")]
pub mod server;

pub use api::{Client, Oscp};
pub use credentials::{Credentials, Token};
pub use generated::endpoints::*;
pub use generated::models::*;
pub use request_id::RequestId;
