//! What the end-to-end tests share: clients of the sandbox that live in the sandbox's time.
#![allow(clippy::expect_used, reason = "a test that cannot be set up should stop")]

use energy_core::clock::{FixedJitter, ManualClock};
use energy_core::limit::Limiter;
use energy_sandbox::Sandbox;
use forecast_solar::{Client, Credentials};
use time::OffsetDateTime;
use time::macros::datetime;

/// The first morning of the stories: a long day in Berlin.
pub const MORNING: OffsetDateTime = datetime!(2026-06-21 08:00 UTC);
/// Latitude and longitude of the stories, in Berlin.
pub const BERLIN: (f64, f64) = (52.52, 13.405);

/// A sandbox whose time stands still, and the clock of the clients that speak to it.
#[derive(Debug)]
pub struct World {
    /// The services.
    pub sandbox: Sandbox,
    /// The clients' time.
    pub clock: ManualClock,
}

impl World {
    /// A sandbox at this time.
    ///
    /// # Panics
    ///
    /// When the sandbox cannot listen.
    pub async fn at(now: OffsetDateTime) -> Self {
        let sandbox = Sandbox::builder().at(now).start().await.expect("the sandbox starts");
        Self {
            sandbox,
            clock: ManualClock::new(now),
        }
    }

    /// Moves both sides forward.
    pub fn advance(&self, by: std::time::Duration) {
        self.sandbox.advance(by);
        self.clock.advance(by);
    }

    /// A client of Forecast.Solar.
    ///
    /// # Panics
    ///
    /// When it cannot be built.
    pub fn forecast_solar(&self, credentials: Credentials) -> Client {
        self.builder(credentials).build().expect("the client is built")
    }

    /// A client of Forecast.Solar that counts nothing, so that the service's own limits are met.
    ///
    /// # Panics
    ///
    /// When it cannot be built.
    pub fn unlimited(&self, credentials: Credentials) -> Client {
        self.builder(credentials)
            .limiter(Limiter::off())
            .build()
            .expect("the client is built")
    }

    /// The settings that every client here has.
    pub fn builder(&self, credentials: Credentials) -> energy_core::ClientBuilder<forecast_solar::ForecastSolar> {
        Client::builder(credentials)
            .base_url(self.sandbox.forecast_solar().base_url())
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
    }
}

/// A key as credentials.
///
/// # Panics
///
/// When it is malformed.
pub fn key(key: &str) -> Credentials {
    Credentials::key(key).expect("the key is well formed")
}

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
