//! How fast requests are signed with SNWS2: a POST with the key at hand, beside the hashes that no signer can do without
//! (SHA-256 of the body, and an HMAC over the 100 bytes of the string to sign).
#![allow(clippy::expect_used, reason = "a benchmark that cannot go on says so and ends")]
#![allow(missing_docs, reason = "of what criterion's macros make")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use energy_core::Secret;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use solarnet_oscp::snws2::{self, Body, Request, SigningKey};
use time::macros::datetime;

const ROUNDS: usize = 7;
/// Bytes of the bodies.
const SIZES: [usize; 3] = [0, 1 << 10, 1 << 20];

fn headers(date: String) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("accept", HeaderValue::from_static("application/json"));
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("x-sn-date", HeaderValue::try_from(date).expect("a date"));
    headers
}

fn signing(criterion: &mut Criterion) {
    let at = datetime!(2017-04-25 14:30 UTC);
    let headers = headers(snws2::http_date(at));
    let key = SigningKey::derive(&Secret::new("test-token-secret"), at.date());
    let to_sign = [b'x'; 100];
    for size in SIZES {
        let body = "x".repeat(size);
        let sign = || {
            let request = Request {
                method: "POST",
                path: "/solaruser/api/v1/sec/user/oscp/capacity-groups",
                query: None,
                host: "data.solarnetwork.net",
                headers: black_box(&headers),
                body: Body::Bytes(black_box(body.as_bytes())),
            };
            black_box(snws2::sign(&request, "test-token-id", &key, black_box(at)).authorization());
        };
        let floor = || {
            let digest = Sha256::digest(black_box(body.as_bytes()));
            let mut mac = Hmac::<Sha256>::new_from_slice(black_box(key.expose())).expect("any key will do");
            mac.update(black_box(&to_sign));
            (digest, mac.finalize())
        };
        let mut group = criterion.benchmark_group(format!("signing {size}"));
        for round in 0..ROUNDS {
            group.bench_function(BenchmarkId::new("ours", round), |bencher| {
                bencher.iter(sign);
            });
            group.bench_function(BenchmarkId::new("bare", round), |bencher| {
                bencher.iter(floor);
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400))
        .sample_size(10)
        .nresamples(2_000);
    targets = signing
}
criterion_main!(benches);
