//! Very many calls at once through one client, against the sandbox, while known faults happen.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use energy_core::transport::TransportErrorKind;
use energy_core::{Error, RetryPolicy};
use forecast_solar::CheckLocation;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::child::Child;
use crate::{Failure, clients, now, pause, process};

/// How many calls are under way at once.
pub const CALLERS: usize = 2_000;
/// How many of them the baseline lets through to reqwest at once: as many as the client opens connections.
const CONNECTIONS: usize = 100;
/// What the sandbox does wrong, as its control address takes it, and how often each time.
const FAULTS: [&str; 3] = [
    r#"{"kind":"status","status":503,"times":20}"#,
    r#"{"kind":"wrong_json","times":20}"#,
    r#"{"kind":"reset","times":20}"#,
];
const TIMES: u64 = 20;
/// How often faults are injected over the whole time.
const INJECTIONS: u64 = 9;
/// Rounds that compare with the baseline, and how long each side of one takes.
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(3);

/// What happened.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How long the calls went on.
    pub seconds: u64,
    /// Calls that ended well.
    pub calls: u64,
    /// Faults of each kind that the sandbox was told: status, wrong answer, reset.
    pub injected: u64,
    /// Errors of each kind that callers saw.
    pub seen: [u64; 3],
    /// Errors of no such kind, the first few.
    pub unexpected: Vec<String>,
    /// Most connections seen open at once.
    pub connections: Option<usize>,
    /// As many of bare reqwest, which has as many calls under way.
    pub bare_connections: Option<usize>,
    /// The memory of the process each second, in KiB.
    pub memory: Vec<u64>,
    /// Calls per second without faults, of the client and of bare reqwest, by round.
    pub rounds: Vec<(f64, f64)>,
}

/// The errors of one run.
#[derive(Debug, Default)]
struct Errors {
    kinds: [AtomicU64; 3],
    unexpected: Mutex<Vec<String>>,
}

impl Errors {
    fn count(&self, error: &Error) {
        let kind = match error {
            Error::Api(error) if error.status.as_u16() == 503 => 0,
            Error::Decode(_) => 1,
            Error::Transport(error) if error.source.kind == TransportErrorKind::Interrupted => 2,
            _ => {
                self.say(error.to_string());
                return;
            }
        };
        self.kinds[kind].fetch_add(1, Ordering::Relaxed);
    }

    fn say(&self, text: String) {
        let mut unexpected = self.unexpected.lock().unwrap_or_else(PoisonError::into_inner);
        if unexpected.len() < 5 {
            unexpected.push(text);
        }
    }
}

/// Calls for `seconds`, then compares with bare reqwest.
///
/// # Errors
///
/// The sandbox or a client cannot be started.
pub async fn run(program: &Path, seconds: u64) -> Result<Report, Failure> {
    let sandbox = Child::start(program, &["sandbox"])?;
    let base = sandbox.said().to_owned();
    let errors = Arc::new(Errors::default());
    let time = Duration::from_secs(seconds);

    let watch = Watch::start(&base)?;
    let faults = tokio::spawn(inject(base.clone(), time / (INJECTIONS + 1) as u32));
    let calls = ours(&base, time, &errors).await?;
    faults.await??;
    let (memory, connections) = watch.stop().await?;

    let mut rounds = Vec::new();
    let mut bare_connections = None;
    for _ in 0..ROUNDS {
        let sdk = ours(&base, ROUND, &errors).await?;
        let watch = Watch::start(&base)?;
        let bare = bare(&base, ROUND, &errors).await?;
        bare_connections = bare_connections.max(watch.stop().await?.1);
        let per_second = |calls: u64| calls as f64 / ROUND.as_secs_f64();
        rounds.push((per_second(sdk), per_second(bare)));
    }
    let unexpected = errors.unexpected.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(Report {
        seconds,
        calls,
        injected: INJECTIONS * TIMES,
        seen: [0, 1, 2].map(|kind: usize| errors.kinds[kind].load(Ordering::Relaxed)),
        unexpected,
        connections,
        bare_connections,
        memory,
        rounds,
    })
}

/// Lets `CALLERS` call again and again until the time is over, and counts what ends well.
async fn crowd<F, C>(time: Duration, call: F) -> Result<u64, Failure>
where
    F: Fn() -> C + Clone + Send + 'static,
    C: Future<Output = bool> + Send,
{
    let end = now() + time;
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let call = call.clone();
        callers.spawn(async move {
            let mut well = 0;
            while now() < end {
                well += u64::from(call().await);
            }
            well
        });
    }
    let mut calls = 0;
    while let Some(well) = callers.join_next().await {
        calls += well?;
    }
    Ok(calls)
}

/// The SDK: one client, and every call is sent once, so that each fault is seen.
async fn ours(base: &str, time: Duration, errors: &Arc<Errors>) -> Result<u64, Failure> {
    let client = clients::forecast_solar(base, RetryPolicy::none())?;
    let errors = Arc::clone(errors);
    crowd(time, move || {
        let (client, errors) = (client.clone(), Arc::clone(&errors));
        async move {
            let answer = client.send(&CheckLocation::new(52.5163, 13.3777)).await;
            answer.inspect_err(|error| errors.count(error)).is_ok()
        }
    })
    .await
}

/// reqwest behind a semaphore.
async fn bare(base: &str, time: Duration, errors: &Arc<Errors>) -> Result<u64, Failure> {
    let client = clients::bare()?;
    let errors = Arc::clone(errors);
    let turns = Arc::new(Semaphore::new(CONNECTIONS));
    let url = format!("{base}check/52.5163/13.3777");
    crowd(time, move || {
        let (client, turns, errors, url) = (client.clone(), Arc::clone(&turns), Arc::clone(&errors), url.clone());
        async move {
            let answer = async {
                let _turn = turns.acquire().await?;
                let body = client.get(url).send().await?.error_for_status()?.bytes().await?;
                serde_json::from_slice::<<CheckLocation as energy_core::Endpoint>::Output>(&body)?;
                Ok::<_, Failure>(())
            };
            answer.await.inspect_err(|error| errors.say(error.to_string())).is_ok()
        }
    })
    .await
}

/// Tells the sandbox the faults, once in each span of time.
async fn inject(base: String, every: Duration) -> Result<(), Failure> {
    let client = clients::bare()?;
    for _ in 0..INJECTIONS {
        pause(every).await;
        for fault in FAULTS {
            let told = client
                .post(format!("{base}__sandbox/faults"))
                .body(fault)
                .send()
                .await?;
            told.error_for_status()?;
        }
    }
    Ok(())
}

/// Looks at this process while it calls.
struct Watch {
    over: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<(Vec<u64>, Option<usize>)>,
}

impl Watch {
    fn start(base: &str) -> Result<Self, Failure> {
        let port = base
            .trim_end_matches('/')
            .rsplit(':')
            .next()
            .ok_or("no port")?
            .parse()?;
        let over = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn({
            let over = Arc::clone(&over);
            async move {
                let (mut memory, mut connections) = (Vec::new(), None);
                while !over.load(Ordering::Relaxed) {
                    for _ in 0..5 {
                        pause(Duration::from_millis(200)).await;
                        connections = connections.max(process::connections(port));
                    }
                    memory.extend(process::memory());
                }
                (memory, connections)
            }
        });
        Ok(Self { over, task })
    }

    async fn stop(self) -> Result<(Vec<u64>, Option<usize>), Failure> {
        self.over.store(true, Ordering::Relaxed);
        Ok(self.task.await?)
    }
}
