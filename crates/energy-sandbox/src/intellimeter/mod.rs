//! Intellimeter: submetering, billing and reports, with a login in a dialect of its own.
//!
//! Where the vendor's documentation is silent, the README lists what was decided.

mod access;
mod accounts;
mod applications;
mod auth;
mod bill;
mod constants;
mod counts;
mod device;
mod fees;
mod generate;
mod input;
mod invoices;
mod items;
mod meters;
mod office;
mod pages;
mod pdf;
mod property;
mod public;
mod push;
mod push_files;
mod reads;
mod reply;
mod report_files;
mod reports;
mod routes;
mod schedule;
mod scopes;
mod seed;
mod services;
mod stamp;
mod state;
mod suites;
mod tenants;
mod tokens;
mod uploads;
mod zip;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use http::StatusCode;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use self::device::Decision;
pub use self::push::IntellimeterPush;
use crate::call::{Answer, Call};
use crate::clock::Clock;
use crate::outgoing::Outgoing;
use crate::route::Route;
use crate::server::{Server, Service, service_methods};

/// The running Intellimeter of a [`Sandbox`](crate::Sandbox).
#[derive(Debug)]
pub struct IntellimeterService {
    server: Server<Intellimeter>,
    /// Looks at a running clock once a second.
    ticker: Option<JoinHandle<()>>,
}

/// Client credentials of two applications that every sandbox has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IntellimeterCredentials {
    /// Of an administrator's application.
    pub admin_client_id: String,
    /// The secret of `admin_client_id`.
    pub admin_client_secret: String,
    /// Of the application of somebody who is no administrator.
    pub user_client_id: String,
    /// The secret of `user_client_id`.
    pub user_client_secret: String,
}

impl IntellimeterService {
    pub(crate) async fn start(address: SocketAddr, clock: Clock) -> io::Result<Self> {
        let make = |base_url: &str| Intellimeter {
            shared: Arc::new(Shared::new(base_url, clock.clone())),
        };
        let server = Server::start(address, clock.clone(), make).await?;
        let shared = Arc::downgrade(&server.service().shared);
        let listener = Weak::clone(&shared);
        clock.on_advance(move || {
            if let Some(shared) = listener.upgrade() {
                shared.tick();
            }
        });
        Ok(Self {
            server,
            ticker: (!clock.is_fixed()).then(|| tokio::spawn(keep_ticking(shared))),
        })
    }

    /// Where the API is: ends in `/api/v1`.
    pub fn base_url(&self) -> &str {
        &self.shared().base_url
    }

    /// The applications to log in with.
    pub fn credentials(&self) -> IntellimeterCredentials {
        IntellimeterCredentials {
            admin_client_id: seed::ADMIN.0.to_owned(),
            admin_client_secret: seed::ADMIN.1.to_owned(),
            user_client_id: seed::USER.0.to_owned(),
            user_client_secret: seed::USER.1.to_owned(),
        }
    }

    /// The properties: a house with ten suites, then a small one.
    pub fn property_ids(&self) -> Vec<String> {
        seed::PROPERTIES.map(str::to_owned).to_vec()
    }

    /// The time zone of both properties. Time stamps are local and do not say it.
    pub fn time_zone(&self) -> &'static str {
        stamp::TIME_ZONE
    }

    /// Lets a device in, in the administrator's name, as a person would on the page; whether there
    /// is such a code.
    pub fn approve_device(&self, user_code: &str) -> bool {
        let mut state = self.shared().state();
        let Some(user) = pages::default_person(&state) else {
            return false;
        };
        device::decide(
            &mut state,
            user_code,
            Decision::Approved(user),
            self.shared().clock.now(),
        )
    }

    /// Turns a device away, as a person would on the page; whether there is such a code.
    pub fn deny_device(&self, user_code: &str) -> bool {
        let mut state = self.shared().state();
        device::decide(&mut state, user_code, Decision::Denied, self.shared().clock.now())
    }

    /// Approves an application, in the administrator's name, as a person would on the page; the
    /// code that the browser would bring back. Nothing if there is no such application.
    pub fn approve_authorization(&self, client_id: &str) -> Option<String> {
        let mut state = self.shared().state();
        let user = pages::default_person(&state)?;
        let application = state.applications.iter().find(|known| known.client_id == client_id)?;
        let grant = state.grant(&application.id, &user, &scopes::all())?;
        state.consents.insert((grant.application.clone(), user));
        Some(state.new_code(grant, self.shared().clock.now()))
    }

    /// Pushes the newest reads to every HTTP file upload, even if that was done before. When the
    /// clock is put forward over a read cycle, this happens by itself.
    pub fn push_now(&self) {
        push::push(self.shared(), true);
    }

    /// The files that were pushed or should have been, oldest first (the last 10,000).
    pub fn pushed(&self) -> Vec<IntellimeterPush> {
        self.shared().pushed.sent()
    }

    /// Waits until no pushed file is on its way.
    pub async fn settle(&self) {
        self.shared().pushed.settle().await;
    }

    /// Makes the next report of type CSV at least so many bytes long: the same row again and
    /// again. It is made while it is sent, and never in memory as a whole.
    pub fn huge_report(&self, bytes: u64) {
        self.shared().state().huge_report = Some(bytes);
    }

    service_methods!(Intellimeter, "The login's are among them.");

    fn shared(&self) -> &Arc<Shared> {
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
            Some(shared) => shared.tick(),
            None => return,
        }
    }
}

/// The service as its router sees it.
#[derive(Debug)]
pub(crate) struct Intellimeter {
    shared: Arc<Shared>,
}

/// What handlers and files on their way share.
#[derive(Debug)]
struct Shared {
    clock: Clock,
    runtime: Handle,
    base_url: String,
    state: Mutex<state::State>,
    pushed: Outgoing<IntellimeterPush>,
}

impl Shared {
    fn new(base_url: &str, clock: Clock) -> Self {
        Self {
            state: Mutex::new(seed::seed(clock.now())),
            clock,
            runtime: Handle::current(),
            base_url: format!("{}{}", base_url.trim_end_matches('/'), routes::BASE),
            pushed: Outgoing::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, state::State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what is due: invoices, scheduled reports, pushed files.
    fn tick(self: &Arc<Self>) {
        let now = self.clock.now();
        {
            let mut state = self.state();
            invoices::make_due(&mut state, now);
            schedule::run_due(&mut state, now);
        }
        push::push(self, false);
    }
}

impl Service for Intellimeter {
    fn routes() -> Vec<Route<Self>> {
        routes::routes()
    }

    fn refusal(&self, _: &Call, status: StatusCode) -> Answer {
        let reason = status.canonical_reason().unwrap_or("Error");
        reply::Problem::new(status, format!("{reason}.")).into_answer()
    }

    fn finish(&self, _: &Call, _: &mut Answer) {}
}
