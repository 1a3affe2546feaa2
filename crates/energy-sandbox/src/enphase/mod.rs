//! Enphase: the Monitoring API v4 with its OAuth login, and the Enlighten Systems API v2 that came before it.
//!
//! Where the vendor's documentation is silent, the README lists what was decided.

mod applications;
mod charging;
mod day;
mod face;
mod fleet;
mod household;
mod lifetime;
mod oauth;
mod pages;
mod people;
mod quota;
mod refusal;
mod report;
mod site;
mod state;
mod storage;
mod tokens;
mod v2;
mod v2_routes;
mod v4;
mod v4_routes;
mod window;
mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;

pub use self::face::{
    EnphaseApp, EnphaseApplication, EnphaseCredentials, EnphaseLogin, EnphasePerson, EnphaseSite, EnphaseSites,
    EnphaseTokens,
};
use self::state::State;
use self::tokens::Grant;
use self::world::World;
use crate::call::{Answer, Call};
use crate::clock::Clock;
use crate::route::Route;
use crate::server::{Server, Service, service_methods};

/// The running Enphase of a [`Sandbox`](crate::Sandbox): both versions of the API at one address.
#[derive(Debug)]
pub struct EnphaseService {
    server: Server<Enphase>,
    v2_base_url: String,
}

impl EnphaseService {
    pub(crate) async fn start(address: SocketAddr, clock: Clock) -> io::Result<Self> {
        let make = |base_url: &str| Enphase::new(base_url, clock.clone());
        let server = Server::start(address, clock.clone(), make).await?;
        Ok(Self {
            v2_base_url: format!("{}{}", server.base_url().trim_end_matches('/'), v2_routes::BASE),
            server,
        })
    }

    /// Where the service listens, with a slash at the end: `api/v4/…` and `oauth/…` are below it.
    pub fn base_url(&self) -> &str {
        self.server.base_url()
    }

    /// Where API v2 is: ends in `/api/v2`.
    pub fn v2_base_url(&self) -> &str {
        &self.v2_base_url
    }

    /// Keys, secrets and people.
    pub fn credentials(&self) -> EnphaseCredentials {
        face::credentials()
    }

    /// The sites that have names here, with their serial numbers.
    pub fn sites(&self) -> EnphaseSites {
        face::sites(&self.service().world)
    }

    /// A pair of tokens without any login.
    pub fn issue_token(&self, app: EnphaseApp, person: EnphasePerson) -> EnphaseTokens {
        let now = self.service().clock.now();
        self.service().state().tokens.issue(Grant { app, person }, now)
    }

    /// Lets an application in, as a person would on the page; the code that the browser would bring back to
    /// `redirect_uri`.
    pub fn approve_authorization(&self, app: EnphaseApp, person: EnphasePerson, redirect_uri: &str) -> String {
        let now = self.service().clock.now();
        let grant = Grant { app, person };
        self.service().state().tokens.new_code(grant, redirect_uri, now)
    }

    /// A person takes back what an application may do: codes and tokens are dead at once.
    pub fn revoke(&self, app: EnphaseApp, person: EnphasePerson) {
        self.service().state().tokens.revoke(Grant { app, person });
    }

    /// Changes how often an application may call. What was counted stays counted.
    pub fn set_quota(&self, app: EnphaseApp, per_minute: u32, per_month: u32) {
        self.service().state().quota(app).set(per_minute, per_month);
    }

    /// Changes how often API v2 may be called. What was counted stays counted.
    pub fn set_v2_quota(&self, per_minute: u32, per_month: u32) {
        self.service().state().v2_quota.set(per_minute, per_month);
    }

    /// Lets every page of API v2's list of systems name the same next page, for ever.
    pub fn repeat_cursor(&self, on: bool) {
        self.service().state().repeat_cursor = on;
    }

    service_methods!(Enphase, "The login's are among them.");

    fn service(&self) -> &Enphase {
        self.server.service()
    }

    pub(crate) async fn shutdown(self) {
        self.server.shutdown().await;
    }
}

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Enphase {
    base_url: String,
    clock: Clock,
    world: World,
    state: Mutex<State>,
}

impl Enphase {
    fn new(base_url: &str, clock: Clock) -> Self {
        Self {
            base_url: base_url.to_owned(),
            world: World::new(clock.now()),
            state: Mutex::new(State::new()),
            clock,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service for Enphase {
    fn routes() -> Vec<Route<Self>> {
        let mut routes = v4_routes::routes();
        routes.extend(v2_routes::routes());
        routes.extend(pages::routes());
        routes
    }

    fn refusal(&self, call: &Call, status: StatusCode) -> Answer {
        refusal::refusal(self, call, status)
    }

    fn finish(&self, _: &Call, _: &mut Answer) {}
}
