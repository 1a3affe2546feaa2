//! SolarNetwork: the management of OSCP systems, and the OSCP Flexibility Provider itself.
//!
//! Where the vendor's documentation is silent, the README lists what was decided.

mod accounts;
mod assets;
mod crypt;
mod groups;
mod incoming;
mod input;
mod instructions;
mod json;
mod login;
mod measure;
mod message_signatures;
mod messages;
mod outgoing;
mod rate;
mod received;
mod reply;
mod routes;
mod settings;
mod snws2;
mod source_id;
mod stamp;
mod state;
mod structured;
mod systems;
mod ticks;
mod words;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use http::StatusCode;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

pub use self::outgoing::OscpSent;
use crate::call::{Answer, Call};
use crate::clock::Clock;
use crate::outgoing::Outgoing;
use crate::route::Route;
use crate::server::{Server, Service, service_methods};

/// The running SolarNetwork of a [`Sandbox`](crate::Sandbox): the management API of OSCP
/// systems and the Flexibility Provider, on one address.
#[derive(Debug)]
pub struct SolarnetOscpService {
    server: Server<SolarnetOscp>,
    base_url: String,
    /// Looks at a running clock once a second.
    ticker: Option<JoinHandle<()>>,
}

/// Security tokens that every sandbox accepts, or refuses in a known way, and their secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SolarnetOscpCredentials {
    /// Of type User, of an account with `ROLE_OSCP`.
    pub token: String,
    /// The secret of `token`.
    pub secret: String,
    /// Has expired: 401.
    pub expired_token: String,
    /// The secret of `expired_token`.
    pub expired_secret: String,
    /// Of type Data: 403.
    pub data_token: String,
    /// The secret of `data_token`.
    pub data_secret: String,
    /// Of an account without `ROLE_OSCP`: 403.
    pub unprivileged_token: String,
    /// The secret of `unprivileged_token`.
    pub unprivileged_secret: String,
}

impl SolarnetOscpService {
    pub(crate) async fn start(address: SocketAddr, clock: Clock) -> io::Result<Self> {
        let make = |base_url: &str| SolarnetOscp {
            shared: Arc::new(Shared::new(base_url, clock.clone())),
        };
        let server = Server::start(address, clock.clone(), make).await?;
        let shared = Arc::downgrade(&server.service().shared);
        let listener = Weak::clone(&shared);
        clock.on_advance(move || {
            if let Some(shared) = listener.upgrade() {
                ticks::tick(&shared);
            }
        });
        Ok(Self {
            base_url: format!("{}{}", server.base_url().trim_end_matches('/'), routes::SECURED),
            server,
            ticker: (!clock.is_fixed()).then(|| tokio::spawn(keep_ticking(shared))),
        })
    }

    /// Where the management API is, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where the OSCP Flexibility Provider is, without a slash at the end.
    pub fn flexibility_provider_url(&self) -> &str {
        &self.shared().flexibility_provider_url
    }

    /// The security tokens to call the management API with.
    pub fn credentials(&self) -> SolarnetOscpCredentials {
        use accounts::{DATA, EXPIRED, UNPRIVILEGED, USER};
        SolarnetOscpCredentials {
            token: USER.token.to_owned(),
            secret: USER.secret.to_owned(),
            expired_token: EXPIRED.token.to_owned(),
            expired_secret: EXPIRED.secret.to_owned(),
            data_token: DATA.token.to_owned(),
            data_secret: DATA.secret.to_owned(),
            unprivileged_token: UNPRIVILEGED.token.to_owned(),
            unprivileged_secret: UNPRIVILEGED.secret.to_owned(),
        }
    }

    /// A node that the account owns.
    pub fn node_id(&self) -> i64 {
        accounts::NODE_IDS[0]
    }

    /// Switches the rate limit of the management API on or off. At first it is on with a
    /// clock that runs and off with a clock that stands still, where it would never refill.
    pub fn limit_rate(&self, limited: bool) {
        self.shared().rate.limit(limited);
    }

    /// What the Flexibility Provider sent or tried to send, oldest first (the last 10,000).
    pub fn sent(&self) -> Vec<OscpSent> {
        self.shared().outgoing.sent()
    }

    /// Waits until no message of the Flexibility Provider is on its way.
    pub async fn settle(&self) {
        self.shared().outgoing.settle().await;
    }

    service_methods!(SolarnetOscp);

    fn shared(&self) -> &Shared {
        &self.server.service().shared
    }

    pub(crate) async fn shutdown(self) {
        if let Some(ticker) = self.ticker {
            ticker.abort();
        }
        self.server.shutdown().await;
    }
}

/// Ticks once a second until the service is gone.
async fn keep_ticking(shared: Weak<Shared>) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    loop {
        seconds.tick().await;
        match shared.upgrade() {
            Some(shared) => ticks::tick(&shared),
            None => return,
        }
    }
}

/// The service as its router sees it.
#[derive(Debug)]
pub(crate) struct SolarnetOscp {
    shared: Arc<Shared>,
}

/// What handlers and messages on their way share.
#[derive(Debug)]
struct Shared {
    clock: Clock,
    runtime: Handle,
    flexibility_provider_url: String,
    state: Mutex<state::State>,
    rate: rate::Rate,
    outgoing: Outgoing<OscpSent>,
}

impl Shared {
    fn new(base_url: &str, clock: Clock) -> Self {
        Self {
            rate: rate::Rate::new(!clock.is_fixed()),
            clock,
            runtime: Handle::current(),
            flexibility_provider_url: format!("{}{}", base_url.trim_end_matches('/'), routes::FLEXIBILITY_PROVIDER),
            state: Mutex::default(),
            outgoing: Outgoing::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, state::State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service for SolarnetOscp {
    fn routes() -> Vec<Route<Self>> {
        routes::routes()
    }

    fn refusal(&self, call: &Call, status: StatusCode) -> Answer {
        let reason = status.canonical_reason().unwrap_or("Error");
        if call.path.starts_with("/oscp/") {
            return incoming::refusal(status, reason);
        }
        let problem = match status {
            StatusCode::UNAUTHORIZED => login::Refused::BadCredentials
                .into_problem()
                .with_header("www-authenticate", "SNWS2"),
            StatusCode::FORBIDDEN => reply::Problem::access_denied(),
            StatusCode::TOO_MANY_REQUESTS => rate::exceeded(call.received + Duration::from_secs(1)),
            StatusCode::INTERNAL_SERVER_ERROR => reply::Problem::new(status, None, "Internal error"),
            _ => reply::Problem::new(status, None, reason),
        };
        problem.into_answer()
    }

    fn finish(&self, _: &Call, _: &mut Answer) {}
}
