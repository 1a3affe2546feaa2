//! The energy SDK's services in a box: real HTTP on loopback, with keys, quotas, state and
//! faults, for examples and for tests.
//!
//! ```
//! use energy_sandbox::{Fault, Sandbox};
//! use time::macros::datetime;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), energy_sandbox::SandboxError> {
//! // Time stands still until it is told to move.
//! let sandbox = Sandbox::builder()
//!     .at(datetime!(2026-06-21 10:00 UTC))
//!     .start()
//!     .await?;
//!
//! let service = sandbox.forecast_solar();
//! let url = format!("{}{}/info", service.base_url(), service.keys().personal);
//! // … call `url` with any HTTP client, then:
//! service.fault(Fault::status(503).times(2));
//! sandbox.advance(std::time::Duration::from_secs(3600));
//! assert_eq!(sandbox.now(), datetime!(2026-06-21 11:00 UTC));
//! # let _ = url;
//! # Ok(())
//! # }
//! ```
//!
//! [`Sandbox::solarnet_oscp`] is SolarNetwork's management of OSCP systems, with signed requests,
//! and the Flexibility Provider that calls those systems back.
//! [`Sandbox::intellimeter`] is Intellimeter's submetering, billing and reports, with four ways to
//! log in and files of reads that it pushes. [`Sandbox::enphase`] is Enphase's Monitoring API v4, with
//! its login, and the Systems API v2 before it. [`Sandbox::solarlog_enerest`] is Solar-Log WEB Enerest: three portals
//! with plants, the users who see some of them, and five-minute series that outlive a change of devices.
//! [`SolarnetOscpService::settle`] and [`IntellimeterService::settle`] wait for what is on its way, so that tests need no sleeping.
//!
//! # How it is built
//!
//! Each service is a folder with a route table (`routes.rs`, or one for each version of its API);
//! the router is made from that and nothing else. A request passes `server` (recorded, faults, common headers) and
//! reaches a handler: a plain function of the service's state and the call. Sun, clouds and
//! time zones are in `nature`, shared by all services, so that their numbers agree. Nothing
//! here is taken from the SDK's client crates: each side checks the other.

mod call;
mod clock;
mod control;
mod document;
mod enphase;
mod fault;
mod flood;
mod forecast_solar;
mod intellimeter;
mod nature;
mod noise;
mod outgoing;
mod record;
mod route;
mod sandbox;
mod server;
mod solarlog_enerest;
mod solarnet_oscp;
mod wire;

pub use enphase::{
    EnphaseApp, EnphaseApplication, EnphaseCredentials, EnphaseLogin, EnphasePerson, EnphaseService, EnphaseSite,
    EnphaseSites, EnphaseTokens,
};
pub use fault::Fault;
pub use forecast_solar::{ForecastSolarKeys, ForecastSolarService};
pub use intellimeter::{IntellimeterCredentials, IntellimeterPush, IntellimeterService};
pub use record::RequestRecord;
pub use route::RouteInfo;
pub use sandbox::{Sandbox, SandboxBuilder, SandboxError};
pub use solarlog_enerest::{
    SolarlogEnerestApplication, SolarlogEnerestCredentials, SolarlogEnerestDevice, SolarlogEnerestPlant,
    SolarlogEnerestService,
};
pub use solarnet_oscp::{OscpSent, SolarnetOscpCredentials, SolarnetOscpService};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
