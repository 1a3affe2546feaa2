//! One call over loopback: the SDK's client against bare reqwest and `serde_json` into the same type.
//!
//! `one` is the time of one call after the other; `many` is the time per call where 64 are under way. Ours and bare take
//! turns, round by round, because machines drift.
#![allow(clippy::expect_used, reason = "a benchmark that cannot go on says so and ends")]
#![allow(missing_docs, reason = "of what criterion's macros make")]

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use energy_bench::child::Child;
use energy_bench::{clients, now};
use energy_core::{Endpoint, RetryPolicy};
use forecast_solar::GetEstimate;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

const ROUNDS: usize = 9;
const CONCURRENCY: u64 = 64;

/// A call, made by whatever was captured.
trait Call: Fn() -> Self::Future + Clone + Send + Sync + 'static {
    type Future: Future<Output = ()> + Send;
}

impl<F, C> Call for F
where
    F: Fn() -> C + Clone + Send + Sync + 'static,
    C: Future<Output = ()> + Send,
{
    type Future = C;
}

fn ours(base: &str) -> impl Call + use<> {
    let client = clients::forecast_solar(base, RetryPolicy::default()).expect("a client");
    move || {
        let client = client.clone();
        async move {
            let answer = client.send(&clients::estimate()).await.expect("an answer");
            black_box(answer);
        }
    }
}

fn bare(base: &str) -> impl Call + use<> {
    let client = clients::bare().expect("a client");
    let base = base.to_owned();
    move || {
        // The same request: its arguments are numbers on this side as well, and it asks for the same headers.
        let (latitude, longitude, [declination, azimuth], peak) = black_box((52.5163, 13.3777, [35, 0], 5.4));
        let url = format!("{base}/estimate/{latitude}/{longitude}/{declination}/{azimuth}/{peak}?time=iso8601");
        let request = client
            .get(url)
            .header("accept", "application/json")
            .header("accept-encoding", "identity")
            .header("user-agent", "energy-bench/0.1.0");
        async move {
            let response = request.send().await.and_then(reqwest::Response::error_for_status);
            let body = response.expect("a success").bytes().await.expect("a body");
            let answer: <GetEstimate as Endpoint>::Output = serde_json::from_slice(&body).expect("an estimate");
            black_box(answer);
        }
    }
}

/// As many calls, `CONCURRENCY` of them at a time.
async fn many<C: Call>(call: C, count: u64) -> Duration {
    let start = now();
    let mut callers = JoinSet::new();
    for caller in 0..CONCURRENCY {
        let share = count / CONCURRENCY + u64::from(caller < count % CONCURRENCY);
        let call = call.clone();
        callers.spawn(async move {
            for _ in 0..share {
                call().await;
            }
        });
    }
    callers.join_all().await;
    start.elapsed()
}

fn measure_one<C: Call>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    round: usize,
    runtime: &Runtime,
    call: &C,
) {
    group.bench_function(BenchmarkId::new(name, round), |bencher| {
        bencher.to_async(runtime).iter(call);
    });
}

fn measure_many<C: Call>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    round: usize,
    runtime: &Runtime,
    call: &C,
) {
    group.bench_function(BenchmarkId::new(name, round), |bencher| {
        bencher.to_async(runtime).iter_custom(|count| many(call.clone(), count));
    });
}

fn calls(criterion: &mut Criterion) {
    let server = Child::start(Path::new(env!("CARGO_BIN_EXE_energy-bench")), &["serve"]).expect("a server");
    let base = server.said();

    // Everything of the client on one thread: nothing but the call itself takes time.
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (sdk, reqwest) = (ours(base), bare(base));
    let mut group = criterion.benchmark_group("calls one");
    for round in 0..ROUNDS {
        measure_one(&mut group, "ours", round, &runtime, &sdk);
        measure_one(&mut group, "bare", round, &runtime, &reqwest);
    }
    group.finish();

    let runtime = Runtime::new().expect("a runtime");
    let (sdk, reqwest) = (ours(base), bare(base));
    let mut group = criterion.benchmark_group("calls many");
    for round in 0..ROUNDS {
        measure_many(&mut group, "ours", round, &runtime, &sdk);
        measure_many(&mut group, "bare", round, &runtime, &reqwest);
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .sample_size(20)
        .nresamples(2_000);
    targets = calls
}
criterion_main!(benches);
