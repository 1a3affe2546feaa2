//! One cell: a request, a service that goes wrong, and what came of it.

use std::net::TcpListener;
use std::time::Duration;

use energy_core::Error;
use energy_core::clock::{Clock, ManualClock};
use energy_core::error::ApiErrorKind;
use energy_core::transport::TransportErrorKind;
use energy_tests::requests::{self, Heard, NOW, Place, Sample};
use time::OffsetDateTime;

use crate::check;
use crate::expect::{Expected, Outcome};
use crate::facts::Facts;
use crate::fault::Fault;
use crate::mutate;
use crate::play;
use crate::server::{Script, Seen, Server};

/// How long an attempt may take where an answer is expected: longer than any machine needs.
const LONG: Duration = Duration::from_secs(30);
/// How long where none comes. A cell of this kind is tried again with more time if the machine stood still for so long that
/// a request was not even sent, or the head or a drop of a stream was not in time.
const SHORT: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(16),
    Duration::from_secs(64),
];

/// An operation with the request that tries it.
#[derive(Debug)]
pub(crate) struct Tried {
    pub(crate) service: &'static requests::Service,
    pub(crate) sample: Sample,
    pub(crate) facts: Facts,
}

/// What is heard when nothing goes wrong.
#[derive(Clone, Debug)]
pub(crate) struct Usual {
    answer: String,
    /// How often it asks for a token first.
    pub(crate) logins: usize,
}

/// What came of a cell.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) result: Option<Result<Heard, Error>>,
    pub(crate) seen: Seen,
    pub(crate) outcome: Outcome,
    /// Every wait of the client.
    pub(crate) slept: Vec<Duration>,
    /// The client's time when the call was over, which is when the last answer came: only waits make it pass.
    pub(crate) ended: OffsetDateTime,
    /// Whether the host that a redirect leads to was asked.
    pub(crate) went_elsewhere: bool,
}

impl Tried {
    /// What no text may show: what the client has, and what the example gives out.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = String> {
        let own = self.service.secrets.iter().map(|&secret| secret.to_owned());
        own.chain(self.facts.given_out.iter().cloned())
    }

    /// Sends the request to a service where nothing goes wrong.
    pub(crate) async fn usual(&self) -> Result<Usual, String> {
        let clock = ManualClock::new(NOW);
        let server = self.server(play::nothing_wrong(&self.facts, &clock));
        let heard = self.sample.send(&place(&server, &clock, LONG)).await;
        let seen = server.finish().await;
        let heard = heard.map_err(|error| format!("{}: fails when nothing is wrong: {error}", self.facts.id))?;
        if seen.requests.len() != 1 {
            let sent = seen.requests.len();
            return Err(format!("{}: is sent {sent} times when nothing is wrong", self.facts.id));
        }
        Ok(Usual {
            answer: heard.answer,
            logins: seen.logins,
        })
    }

    /// What differs from `expected`; `None` where the description gives no occasion for the fault.
    pub(crate) async fn differences(&self, fault: Fault, usual: &Usual, expected: &Expected) -> Option<Vec<String>> {
        let [short, longer @ ..] = SHORT;
        let mut report = self.report(fault, usual, expected, short).await?;
        for short in longer {
            let fell_short = report.seen.requests.len() < expected.attempts as usize;
            // A drop that was late ends the stream, and a head that was late is waited for once more.
            let late = report.outcome == Outcome::Late || !report.slept.is_empty();
            let broke_off = expected.outcome == Outcome::GoesOn && late;
            if !fault.takes_time() || !(fell_short || broke_off) {
                break;
            }
            report = self.report(fault, usual, expected, short).await?;
        }
        Some(check::differences(self, fault, usual, expected, &report))
    }

    async fn report(&self, fault: Fault, usual: &Usual, expected: &Expected, short: Duration) -> Option<Report> {
        let clock = ManualClock::new(NOW);
        let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        elsewhere.set_nonblocking(true).expect("the listener is whole");
        let address = format!("http://{}", elsewhere.local_addr().expect("it has an address"));
        let script = play::script(&self.facts, fault, usual.logins > 0, &address, &clock)?;
        let server = self.server(script);
        let timeout = if fault.takes_time() { short } else { LONG };
        let patience = if expected.outcome == Outcome::GoesOn {
            short * 3
        } else {
            (LONG + short) * 4
        };
        let place = place(&server, &clock, timeout);
        let result = tokio::time::timeout(patience, self.sample.send(&place)).await.ok();
        Some(Report {
            outcome: outcome(result.as_ref(), usual),
            result,
            seen: server.finish().await,
            slept: clock.slept(),
            ended: clock.now(),
            went_elsewhere: elsewhere.accept().is_ok(),
        })
    }

    fn server(&self, script: Script) -> Server {
        Server::start(script, self.service.tokens.map(play::tokens)).expect("a port is free")
    }
}

fn place(server: &Server, clock: &ManualClock, timeout: Duration) -> Place {
    Place {
        origin: server.origin.clone(),
        transport: None,
        clock: clock.clone(),
        timeout,
    }
}

fn outcome(result: Option<&Result<Heard, Error>>, usual: &Usual) -> Outcome {
    let error = match result {
        None => return Outcome::GoesOn,
        Some(Ok(heard)) if mutate::without_field(&heard.answer) == usual.answer => return Outcome::Answer,
        Some(Ok(_)) => return Outcome::OtherAnswer,
        Some(Err(error)) => error,
    };
    match error {
        Error::Transport(error) => match error.source.kind {
            TransportErrorKind::Connect => Outcome::Unsent,
            TransportErrorKind::Timeout => Outcome::Late,
            TransportErrorKind::Interrupted => Outcome::Lost,
            TransportErrorKind::TooLarge => Outcome::TooLarge,
            other => Outcome::Unforeseen(format!("{other:?}")),
        },
        Error::Api(error) => match error.kind {
            ApiErrorKind::RateLimited => Outcome::Busy,
            ApiErrorKind::Unavailable => Outcome::Down,
            ApiErrorKind::Unauthorized => Outcome::Refused,
            ApiErrorKind::Redirect => Outcome::Moved,
            other => Outcome::Unforeseen(format!("{other:?}")),
        },
        Error::Decode(_) => Outcome::Unreadable,
        other => Outcome::Unforeseen(other.to_string()),
    }
}
