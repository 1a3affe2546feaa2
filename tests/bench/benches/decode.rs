//! Reading a year of five-minute intervals (105,120) of Enphase: into the SDK's model and into a `Series`, against
//! `serde_json` into a bare struct of the same fields.
#![allow(clippy::expect_used, reason = "a benchmark that cannot go on says so and ends")]
#![allow(missing_docs, reason = "of what criterion's macros make")]

use std::time::Duration;

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use energy_bench::answers;
use energy_core::Endpoint;
use enphase::v4::GetProductionMicroTelemetry;
use enphase::{EnergyRequest, energy_series};
use serde::Deserialize;
use time::OffsetDateTime;

const ROUNDS: usize = 9;

/// What one would write by hand: the fields and types of the SDK's model, without its leniency.
#[derive(Deserialize)]
#[allow(dead_code, reason = "read, and not looked at")]
struct Telemetry {
    system_id: u64,
    granularity: Option<String>,
    total_devices: Option<i64>,
    #[serde(with = "time::serde::timestamp::option")]
    start_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::timestamp::option")]
    end_at: Option<OffsetDateTime>,
    items: Option<String>,
    intervals: Vec<Interval>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, and not looked at")]
struct Interval {
    #[serde(with = "time::serde::timestamp")]
    end_at: OffsetDateTime,
    devices_reporting: Option<i64>,
    powr: Option<i64>,
    enwh: Option<i64>,
}

fn decode(criterion: &mut Criterion) {
    let body = Bytes::from(answers::telemetry());
    let response = http::Response::new(body.clone());
    let request = GetProductionMicroTelemetry::new(4417_u64);
    let model = || request.decode(&response).expect("telemetry");
    let bare = || serde_json::from_slice::<Telemetry>(&body).expect("telemetry");
    let length = usize::try_from(answers::INTERVALS).expect("a length");
    assert_eq!(model().intervals.len(), length);
    assert_eq!(bare().intervals.len(), length);

    let mut group = criterion.benchmark_group("decode model");
    for round in 0..ROUNDS {
        group.bench_function(BenchmarkId::new("ours", round), |bencher| {
            bencher.iter(model);
        });
        group.bench_function(BenchmarkId::new("bare", round), |bencher| {
            bencher.iter(bare);
        });
    }
    group.finish();

    let series = || energy_series(request.info(), model().into_readings()).expect("a series");
    assert_eq!(series().len(), length);
    let mut group = criterion.benchmark_group("decode series");
    for round in 0..ROUNDS {
        group.bench_function(BenchmarkId::new("ours", round), |bencher| {
            bencher.iter(series);
        });
        group.bench_function(BenchmarkId::new("bare", round), |bencher| {
            bencher.iter(bare);
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(500))
        .sample_size(10)
        .nresamples(2_000);
    targets = decode
}
criterion_main!(benches);
