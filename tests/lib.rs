//! What the end-to-end tests share: clients of the sandbox that live in the sandbox's time.
#![allow(clippy::expect_used, reason = "a test that cannot be set up should stop")]

pub mod described;
pub mod fuzz_targets;
pub mod oscp_systems;
pub mod requests;

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use energy_core::clock::{Clock, FixedJitter, ManualClock};
use energy_core::limit::Limiter;
use energy_core::transport::BoxFuture;
use energy_core::{BuildError, DecodeError, Endpoint, HttpResponse, Operation, RequestParts};
use energy_sandbox::{EnphaseApp, EnphasePerson, RequestRecord, Sandbox, SolarlogEnerestApplication};
use forecast_solar::{Client, Credentials};
use intellimeter::{Application, Intellimeter, PropertyId, Scopes};
use solarnet_oscp::SolarNetwork;
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
    pub fn advance(&self, by: Duration) {
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

    /// The token of this person for this application at Enphase, as a login gives it.
    pub fn enphase_token(&self, app: EnphaseApp, person: EnphasePerson) -> enphase::StoredToken {
        let tokens = self.sandbox.enphase().issue_token(app, person);
        enphase::StoredToken::new(tokens.access_token)
            .with_refresh(tokens.refresh_token)
            .with_expiry(self.clock.now() + Duration::from_secs(tokens.expires_in))
    }

    /// The login of an application at Enphase whose token is in this store.
    ///
    /// # Panics
    ///
    /// When it is malformed.
    pub fn enphase_credentials(&self, app: EnphaseApp, store: impl enphase::TokenStore) -> enphase::v4::Credentials {
        let keys = self.sandbox.enphase().credentials();
        let keys = if app == EnphaseApp::Watt {
            keys.watt
        } else {
            keys.partner
        };
        let application = Application::new(keys.client_id, keys.client_secret).expect("the application is well formed");
        enphase::v4::Credentials::new(keys.api_key, application, store).expect("the key is well formed")
    }

    /// The settings that every client of Enphase's v4 here has.
    pub fn enphase_builder(
        &self,
        credentials: enphase::v4::Credentials,
    ) -> energy_core::ClientBuilder<enphase::v4::Enphase> {
        enphase::v4::Client::builder(credentials)
            .base_url(self.sandbox.enphase().base_url())
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
    }

    /// A client of Enphase's v4 whose token is in this store.
    ///
    /// # Panics
    ///
    /// When it cannot be built.
    pub fn enphase_with(&self, app: EnphaseApp, store: impl enphase::TokenStore) -> enphase::v4::Client {
        let builder = self.enphase_builder(self.enphase_credentials(app, store));
        builder.build().expect("the client is built")
    }

    /// A client of Enphase's v4 that is logged in.
    pub fn enphase(&self, app: EnphaseApp, person: EnphasePerson) -> enphase::v4::Client {
        self.enphase_with(app, enphase::MemoryTokenStore::new(self.enphase_token(app, person)))
    }

    /// The requests to Enphase whose path has this in it.
    pub fn enphase_requests(&self, path: &str) -> Vec<RequestRecord> {
        let mut requests = self.sandbox.enphase().requests();
        requests.retain(|request| request.path.contains(path));
        requests
    }

    /// The settings that every client of Enphase's v2 here has; it counts the quota of the free plan.
    ///
    /// # Panics
    ///
    /// When the user is malformed.
    pub fn enphase_v2_builder(
        &self,
        person: EnphasePerson,
    ) -> energy_core::ClientBuilder<enphase::v2::EnlightenSystems> {
        let service = self.sandbox.enphase();
        let keys = service.credentials();
        let login = if person == EnphasePerson::Owner {
            keys.owner
        } else {
            keys.installer
        };
        let credentials =
            enphase::v2::Credentials::new(keys.v2_key, login.v2_user_id).expect("the user is well formed");
        enphase::v2::Client::builder(credentials)
            .base_url(service.v2_base_url())
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
    }

    /// A client of Enphase's v2 that counts nothing, so that the service's own limits are met.
    ///
    /// # Panics
    ///
    /// When it cannot be built.
    pub fn enphase_v2(&self, person: EnphasePerson) -> enphase::v2::Client {
        self.enphase_v2_builder(person)
            .limiter(Limiter::off())
            .build()
            .expect("the client is built")
    }

    /// A client of Solar-Log WEB Enerest for this application, built for this package.
    ///
    /// # Panics
    ///
    /// When it cannot be built.
    pub fn solarlog_enerest(
        &self,
        keys: &SolarlogEnerestApplication,
        package: solarlog_enerest::Package,
    ) -> solarlog_enerest::Client {
        let credentials = self.solarlog_enerest_credentials(keys, package);
        self.solarlog_enerest_builder(keys, credentials)
            .build()
            .expect("the client is built")
    }

    /// The login of an application of Solar-Log WEB Enerest.
    ///
    /// # Panics
    ///
    /// When it is malformed.
    pub fn solarlog_enerest_credentials(
        &self,
        keys: &SolarlogEnerestApplication,
        package: solarlog_enerest::Package,
    ) -> solarlog_enerest::Credentials {
        let application = Application::new(&keys.client_id, keys.client_secret.as_str());
        let application = application.expect("the application is well formed");
        solarlog_enerest::Credentials::new(application, package).token_url(&self.sandbox.solarlog_enerest().token_url())
    }

    /// The settings that every client of Solar-Log WEB Enerest here has.
    pub fn solarlog_enerest_builder(
        &self,
        keys: &SolarlogEnerestApplication,
        credentials: solarlog_enerest::Credentials,
    ) -> energy_core::ClientBuilder<solarlog_enerest::SolarLogEnerest> {
        solarlog_enerest::Client::builder(credentials)
            .base_url(&self.sandbox.solarlog_enerest().base_url(&keys.portal))
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
    }

    /// The security token that may manage OSCP systems.
    ///
    /// # Panics
    ///
    /// When it is malformed.
    pub fn account(&self) -> solarnet_oscp::Credentials {
        let keys = self.sandbox.solarnet_oscp().credentials();
        solarnet_oscp::Credentials::new(keys.token, keys.secret).expect("the token is well formed")
    }

    /// A client of SolarNetwork's management of OSCP systems.
    ///
    /// # Panics
    ///
    /// When it cannot be built.
    pub fn solarnet_oscp(&self, credentials: solarnet_oscp::Credentials) -> solarnet_oscp::Client {
        self.solarnet_oscp_builder(credentials)
            .build()
            .expect("the client is built")
    }

    /// Its settings; another clock may be set than the sandbox's.
    pub fn solarnet_oscp_builder(
        &self,
        credentials: solarnet_oscp::Credentials,
    ) -> energy_core::ClientBuilder<SolarNetwork> {
        solarnet_oscp::Client::builder(credentials)
            .base_url(self.sandbox.solarnet_oscp().base_url())
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
    }

    /// A client that sends OSCP messages to SolarNetwork.
    ///
    /// # Panics
    ///
    /// When it cannot be built.
    pub fn flexibility_provider(&self, token: &solarnet_oscp::oscp::Token) -> solarnet_oscp::oscp::Client {
        let credentials = solarnet_oscp::oscp::Credentials::token(token).expect("the token is well formed");
        solarnet_oscp::oscp::Client::builder(credentials)
            .base_url(self.sandbox.solarnet_oscp().flexibility_provider_url())
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
            .build()
            .expect("the client is built")
    }

    /// The application of Intellimeter's administrator.
    ///
    /// # Panics
    ///
    /// When it is malformed.
    pub fn administrator(&self) -> Application {
        let keys = self.sandbox.intellimeter().credentials();
        Application::new(keys.admin_client_id, keys.admin_client_secret).expect("the application is well formed")
    }

    /// The application of somebody at Intellimeter who is no administrator.
    ///
    /// # Panics
    ///
    /// When it is malformed.
    pub fn user(&self) -> Application {
        let keys = self.sandbox.intellimeter().credentials();
        Application::new(keys.user_client_id, keys.user_client_secret).expect("the application is well formed")
    }

    /// The settings that every client of Intellimeter here has; another clock may be set.
    pub fn intellimeter_builder(
        &self,
        credentials: intellimeter::Credentials,
    ) -> energy_core::ClientBuilder<Intellimeter> {
        intellimeter::Client::builder(credentials)
            .base_url(self.sandbox.intellimeter().base_url())
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
    }

    /// A client of Intellimeter with all that an administrator's application may do.
    ///
    /// # Panics
    ///
    /// When it cannot be built.
    pub fn intellimeter(&self) -> intellimeter::Client {
        let credentials = intellimeter::Credentials::application(self.administrator(), Scopes::all());
        self.intellimeter_builder(credentials)
            .build()
            .expect("the client is built")
    }

    /// Intellimeter's house with ten suites.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn house(&self) -> PropertyId {
        let houses = self.sandbox.intellimeter().property_ids();
        PropertyId::from(houses.first().expect("there is a house").as_str())
    }
}

/// A client's clock that takes the sandbox along: while the client waits, time passes on both sides.
#[derive(Clone, Debug)]
pub struct SharedTime(pub Arc<World>);

impl Clock for SharedTime {
    fn now(&self) -> OffsetDateTime {
        self.0.clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.0.clock.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        self.0.sandbox.advance(duration);
        self.0.clock.sleep(duration)
    }
}

/// The operation of `E` with a body that nothing checks before it is sent. Not for operations with arguments in the
/// path.
#[derive(Clone, Debug)]
pub struct Unchecked<E> {
    body: serde_json::Value,
    operation: PhantomData<fn() -> E>,
}

impl<E: Endpoint> Unchecked<E> {
    /// With this body.
    pub fn new(body: serde_json::Value) -> Self {
        let operation = PhantomData;
        Self { body, operation }
    }
}

impl<E: Endpoint> Endpoint for Unchecked<E> {
    type Api = E::Api;
    type Output = HttpResponse;
    const OPERATION: &'static Operation = E::OPERATION;

    fn parts(&self) -> Result<RequestParts, BuildError> {
        let mut parts = RequestParts::new();
        for segment in Self::OPERATION.path.split('/').skip(1) {
            parts.literal(segment);
        }
        parts.json(&self.body)?;
        Ok(parts)
    }

    fn decode(&self, response: &HttpResponse) -> Result<HttpResponse, DecodeError> {
        Ok(response.clone())
    }
}

/// Everything that an error and its causes say, for people and for programmers.
pub fn said_by(error: &(dyn std::error::Error + 'static)) -> String {
    let mut said = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        said += &format!("{error} {error:?} {error:#?} ");
        next = error.source();
    }
    said
}

/// How a secret may stand in a text: plain, as in a form or query, as in a path, and as in JSON.
pub fn forms(secret: &str) -> [String; 4] {
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let path = form.replace('+', "%20");
    let json = serde_json::Value::from(secret).to_string();
    [secret.to_owned(), form, path, json[1..json.len() - 1].to_owned()]
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

/// The example of how a call travels, compiled.
#[cfg(doctest)]
#[doc = include_str!("../docs/architecture.md")]
struct Architecture;

/// The example of many services as one, compiled.
#[cfg(doctest)]
#[doc = include_str!("../docs/sources.md")]
struct Sources;
