//! Forecast.Solar: forecasts of photovoltaic plants, and the administration of client accounts.
//!
//! Where the vendor's documentation is silent, the comments say "ours" and the README lists it.

mod accounts;
mod chart;
mod check;
mod estimate;
mod info;
mod location;
mod options;
mod payperuse;
mod plan;
mod planes;
mod quota;
mod reply;
mod routes;
mod series;
mod stamps;
mod start;
mod timewindows;
mod usage;
mod visit;
mod weather;

use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use time::OffsetDateTime;

use crate::call::{Answer, Call};
use crate::clock::Clock;
use crate::route::Route;
use crate::server::{Server, Service, service_methods};

/// The running Forecast.Solar of a [`Sandbox`](crate::Sandbox).
#[derive(Debug)]
pub struct ForecastSolarService {
    server: Server<ForecastSolar>,
}

/// The keys that every sandbox accepts, or refuses in a known way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForecastSolarKeys {
    /// Plan Personal: `history`, `actual`, one plane, 60 calls an hour.
    pub personal: String,
    /// Plan Professional: everything but the administration, three planes, 5 calls a minute.
    pub professional: String,
    /// Manages client accounts; four planes for data, 60 calls a minute.
    pub administrator: String,
    /// Belongs to a client account that was suspended: 401.
    pub suspended: String,
    /// Belongs to a subscription that ended: 401.
    pub expired: String,
}

impl ForecastSolarService {
    pub(crate) async fn start(address: SocketAddr, clock: Clock) -> io::Result<Self> {
        let now = clock.now();
        let make = |base_url: &str| ForecastSolar::new(base_url, now);
        Ok(Self {
            server: Server::start(address, clock.clone(), make).await?,
        })
    }

    /// Where the service listens, with a slash at the end.
    pub fn base_url(&self) -> &str {
        self.server.base_url()
    }

    /// The keys to call it with.
    pub fn keys(&self) -> ForecastSolarKeys {
        ForecastSolarKeys {
            personal: accounts::PERSONAL_KEY.to_owned(),
            professional: accounts::PROFESSIONAL_KEY.to_owned(),
            administrator: accounts::ADMINISTRATOR_KEY.to_owned(),
            suspended: accounts::SUSPENDED_KEY.to_owned(),
            expired: accounts::EXPIRED_KEY.to_owned(),
        }
    }

    service_methods!(ForecastSolar);

    pub(crate) async fn shutdown(self) {
        self.server.shutdown().await;
    }
}

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct ForecastSolar {
    base_url: String,
    /// Calls that cost something are answered one at a time.
    turn: Mutex<()>,
    accounts: accounts::Accounts,
    quotas: quota::Quotas,
    usage: usage::Usage,
    charts: chart::Charts,
    corrections: estimate::Corrections,
}

impl ForecastSolar {
    fn new(base_url: &str, now: OffsetDateTime) -> Self {
        Self {
            base_url: base_url.to_owned(),
            turn: Mutex::new(()),
            accounts: accounts::Accounts::new(now),
            quotas: quota::Quotas::default(),
            usage: usage::Usage::new(now),
            charts: chart::Charts::default(),
            corrections: estimate::Corrections::default(),
        }
    }
}

impl Service for ForecastSolar {
    fn routes() -> Vec<Route<Self>> {
        routes::routes()
    }

    fn refusal(&self, call: &Call, status: StatusCode) -> Answer {
        let text = match status {
            StatusCode::NOT_FOUND => "Page not found",
            StatusCode::METHOD_NOT_ALLOWED => "Method not allowed",
            StatusCode::TOO_MANY_REQUESTS => {
                // The route is not known here, only the path: its first segment may be a key.
                let mut keyed = call.clone();
                let key = call.path.split('/').nth(1).unwrap_or_default();
                keyed.segments = vec![("key".to_owned(), key.to_owned())];
                let visit = visit::caller(self, &keyed).or_else(|_| visit::caller(self, call));
                let standing = visit.map(|visit| visit.exhausted());
                return match standing {
                    Ok(standing) => reply::answer(call, Err(reply::Reply::too_many_calls(&standing))),
                    Err(_) => Answer::empty(status),
                };
            }
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE => {
                // Outages are announced in plain text.
                let text = "The forecast is not available at the moment, try again in some minutes";
                return Answer::new(status, "text/plain; charset=utf-8", text);
            }
            other => other.canonical_reason().unwrap_or("Error"),
        };
        reply::answer(call, Err(reply::Reply::refuse(status, text)))
    }

    fn finish(&self, call: &Call, answer: &mut Answer) {
        let spent = call.began.elapsed().as_millis();
        answer.set_header("x-version", "v7.36.0-sandbox");
        answer.set_header("x-pid", &reply::pid(call));
        answer.set_header("x-process-time", &format!("{spent} ms"));
        allow_other_origins(&mut answer.headers);
    }
}

/// What lets scripts of other web sites call the service.
fn allow_other_origins(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Origin,Content-Type,Authorization,X-Requested-With,X-Delimiter,X-Separator,X-No-Cache",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
