//! Solar-Log WEB Enerest: the User API and the Portal API, with the login in front of both.
//!
//! Where the vendor's documentation is silent, the README lists what was decided.

mod accounts;
mod administration;
mod channel;
mod components;
mod dates;
mod day;
mod face;
mod plant;
mod question;
mod reply;
mod routes;
mod series;
mod target;
mod token;
mod totals;
mod visit;
mod visualization;
mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;

pub use self::face::{
    SolarlogEnerestApplication, SolarlogEnerestCredentials, SolarlogEnerestDevice, SolarlogEnerestPlant,
};
use self::token::Tokens;
use self::world::World;
use crate::call::{Answer, Call};
use crate::clock::Clock;
use crate::route::Route;
use crate::server::{Server, Service, service_methods};

/// The running Solar-Log WEB Enerest of a [`Sandbox`](crate::Sandbox): three portals and their login at one address.
#[derive(Debug)]
pub struct SolarlogEnerestService {
    server: Server<SolarlogEnerest>,
}

impl SolarlogEnerestService {
    pub(crate) async fn start(address: SocketAddr, clock: Clock) -> io::Result<Self> {
        let make = |_: &str| SolarlogEnerest {
            world: World::new(clock.now()),
            tokens: Mutex::default(),
        };
        let server = Server::start(address, clock.clone(), make).await?;
        Ok(Self { server })
    }

    /// Where the API of a portal is: ends in `/api/v1/` and its name, `sunnyhill`, `northwind` or `meadowbank`.
    pub fn base_url(&self, portal: &str) -> String {
        format!("{}{}{portal}", self.address(), routes::ABOVE_PORTAL)
    }

    /// Where tokens come from, for all portals.
    pub fn token_url(&self) -> String {
        format!("{}{}", self.address(), token::PATH)
    }

    /// The applications of all portals.
    pub fn credentials(&self) -> SolarlogEnerestCredentials {
        face::credentials()
    }

    /// The plant on `sunnyhill` that both users see, with the ids of what is installed there.
    pub fn plant(&self) -> SolarlogEnerestPlant {
        face::plant(&self.service().world)
    }

    /// A plant on `sunnyhill` that is assigned to no user.
    pub fn unassigned_plant_id(&self) -> String {
        plant::Site::BoatHouse.id()
    }

    /// The plant on `northwind`.
    pub fn northwind_plant_id(&self) -> String {
        plant::Site::HarbourHall.id()
    }

    /// The fleet on `sunnyhill`, which has both of its plants.
    pub fn fleet_id(&self) -> String {
        plant::fleet_id()
    }

    /// Every token that was handed out is dead at once.
    pub fn revoke_tokens(&self) {
        self.service().tokens().revoke();
    }

    service_methods!(SolarlogEnerest, "The login's is among them.");

    /// Without the slash at the end.
    fn address(&self) -> &str {
        self.server.base_url().trim_end_matches('/')
    }

    fn service(&self) -> &SolarlogEnerest {
        self.server.service()
    }

    pub(crate) async fn shutdown(self) {
        self.server.shutdown().await;
    }
}

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct SolarlogEnerest {
    world: World,
    tokens: Mutex<Tokens>,
}

impl SolarlogEnerest {
    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service for SolarlogEnerest {
    fn routes() -> Vec<Route<Self>> {
        let mut routes = routes::routes();
        routes.push(token::route());
        routes
    }

    fn refusal(&self, call: &Call, status: StatusCode) -> Answer {
        if call.path == token::PATH {
            return token::refusal_of_status(status);
        }
        reply::Problem::of_status(status).into_answer()
    }

    fn finish(&self, _: &Call, _: &mut Answer) {}
}
