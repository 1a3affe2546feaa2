//! A request of every operation of every service, for the tests that try what all of them have in common: the fault
//! matrix, and the fuzzing of answers.

mod answering;
mod enphase_v2;
mod enphase_v4;
mod forecast_solar;
mod intellimeter;
mod oscp;
mod solarlog_enerest;
mod solarnet_oscp;

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::Duration;

use energy_core::clock::{FixedJitter, ManualClock};
use energy_core::transport::{BoxFuture, Transport};
use energy_core::{Api, ApiClient, ClientBuilder, Endpoint, Error, Operation};
use time::OffsetDateTime;
use time::macros::datetime;

pub use answering::{Answer, Answering, Asked};

/// When the calls are made: by the clients' clocks.
pub const NOW: OffsetDateTime = datetime!(2026-06-16 13:37:05 UTC);

/// Where a call goes, and how.
#[derive(Clone, Debug)]
pub struct Place {
    /// The service's origin, such as `http://127.0.0.1:8080`. Logins ask for their tokens there as well.
    pub origin: String,
    /// What sends the requests; `None` is HTTP over reqwest.
    pub transport: Option<Arc<dyn Transport>>,
    /// The client's time.
    pub clock: ManualClock,
    /// How long an attempt may take, in real time.
    pub timeout: Duration,
}

/// What a call that succeeded gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// How many times the request was sent, where the answer tells; downloads and streams do not.
    pub attempts: Option<u32>,
    /// The typed answer, as `Debug` shows it; of a download or stream, its text.
    pub answer: String,
}

/// What the samples of one description have in common.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// The name for people, such as `Enphase v4`.
    pub name: &'static str,
    /// The description's file in the workspace.
    pub description: &'static str,
    /// All its operations, as the crate lists them.
    pub operations: &'static [&'static Operation],
    /// What no text may show: keys, secrets and tokens that the clients of the samples have, before encoding.
    pub secrets: &'static [&'static str],
    /// Where it gives out tokens, if it does.
    pub tokens: Option<Tokens>,
    /// A request of each operation, in the order of `operations`.
    pub samples: fn() -> Vec<Sample>,
}

/// Where a service gives out tokens, and how.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    /// The path, behind the origin.
    pub path: &'static str,
    /// The JSON that it answers with: its tokens are among [`Service::secrets`] as well.
    pub answer: &'static str,
}

/// All descriptions.
pub const SERVICES: &[Service] = &[
    forecast_solar::SERVICE,
    enphase_v2::SERVICE,
    enphase_v4::SERVICE,
    intellimeter::SERVICE,
    solarlog_enerest::SERVICE,
    solarnet_oscp::SERVICE,
    oscp::SERVICE,
];

/// An API whose clients the samples can build.
trait Connect: Api {
    /// The settings of a client that is logged in.
    fn connect(place: &Place) -> ClientBuilder<Self>
    where
        Self: Sized;
}

type Ask = dyn Fn(&Place) -> BoxFuture<'static, Result<Heard, Error>> + Send + Sync;

/// A request that can be sent to any place, each time with a client of its own.
pub struct Sample {
    /// Its operation.
    pub operation: &'static Operation,
    ask: Box<Ask>,
}

impl Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sample").field(&self.operation.id).finish()
    }
}

impl Sample {
    /// A request whose answer is read whole.
    fn of<E>(request: E) -> Self
    where
        E: Endpoint<Api: Connect, Output: Debug> + Clone + 'static,
    {
        Self::asking(request, |client, request| {
            Box::pin(async move {
                let answer = client.call(&request).send_full().await?;
                Ok(Heard {
                    attempts: Some(answer.attempts),
                    answer: format!("{:?}", answer.output),
                })
            })
        })
    }

    /// A request whose answer is a file.
    fn download<E>(request: E) -> Self
    where
        E: Endpoint<Api: Connect> + Clone + 'static,
    {
        Self::asking(request, |client, request| {
            Box::pin(async move {
                let mut file = Vec::new();
                client.call(&request).download(&mut file, |_| ()).await?;
                Ok(Heard {
                    attempts: None,
                    answer: String::from_utf8_lossy(&file).into_owned(),
                })
            })
        })
    }

    /// A request whose answer is a stream of events: the data of each, in a line of its own.
    fn stream<E>(request: E) -> Self
    where
        E: Endpoint<Api: Connect> + Clone + 'static,
    {
        Self::asking(request, |client, request| {
            Box::pin(async move {
                let mut events = client.call(&request).events().await?;
                let mut answer = String::new();
                while let Some(event) = events.next().await {
                    answer.push_str(&event?.data);
                    answer.push('\n');
                }
                Ok(Heard { attempts: None, answer })
            })
        })
    }

    fn asking<E>(
        request: E,
        ask: impl Fn(ApiClient<E::Api>, E) -> BoxFuture<'static, Result<Heard, Error>> + Send + Sync + 'static,
    ) -> Self
    where
        E: Endpoint<Api: Connect> + Clone + 'static,
    {
        Self {
            operation: E::OPERATION,
            ask: Box::new(move |place| ask(client(place), request.clone())),
        }
    }

    /// Sends it.
    ///
    /// # Errors
    ///
    /// As [`ApiClient::send`]; of a download, as [`Call::download`](energy_core::Call::download).
    pub async fn send(&self, place: &Place) -> Result<Heard, Error> {
        (self.ask)(place).await
    }
}

/// A client of this place with the settings that all samples have.
fn client<A: Connect>(place: &Place) -> ApiClient<A> {
    let mut builder = A::connect(place)
        .clock(place.clock.clone())
        .jitter(FixedJitter(0.5))
        .timeout(place.timeout);
    if let Some(transport) = &place.transport {
        builder = builder.transport(Arc::clone(transport));
    }
    builder.build().expect("the client is built")
}
