//! How fast requests are signed: a POST of 1 KiB of JSON with the key at hand, beside the hashes that no signer can do
//! without (SHA-256 of the body, and an HMAC over the 100 bytes of the string to sign).
//!
//! `cargo bench -p solarnet-oscp --bench snws2`; `cargo xtask bench snws2` puts SolarNetwork's JavaScript beside it.
#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use energy_core::Secret;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use solarnet_oscp::snws2::{self, Body, Request, SigningKey};
use time::macros::datetime;

/// How long each measurement goes on; the best of several counts.
const ROUND: Duration = Duration::from_millis(300);
const ROUNDS: usize = 8;

#[allow(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn now() -> Instant {
    Instant::now()
}

/// Operations per second over one round.
fn round(operation: &mut dyn FnMut()) -> f64 {
    let start = now();
    let mut count = 0_u32;
    while start.elapsed() < ROUND {
        for _ in 0..256 {
            operation();
        }
        count += 256;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

fn main() {
    let at = datetime!(2017-04-25 14:30 UTC);
    let body = format!("{{\"text\":\"{}\"}}", "x".repeat(1024 - 11));
    assert_eq!(body.len(), 1024);
    let date = snws2::http_date(at);
    let mut headers = HeaderMap::new();
    headers.insert("accept", HeaderValue::from_static("application/json"));
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert(
        "x-sn-date",
        HeaderValue::try_from(date).unwrap_or(HeaderValue::from_static("")),
    );
    let key = SigningKey::derive(&Secret::new("test-token-secret"), at.date());
    let mut sign = || {
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

    let text = [b'x'; 100];
    let mut floor = || {
        black_box(Sha256::digest(black_box(body.as_bytes())));
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(black_box(key.expose())) {
            mac.update(black_box(&text));
            black_box(mac.finalize());
        }
    };
    let mut signing = 0.0_f64;
    let mut bare = 0.0_f64;
    // In turns, so that a busy moment of the machine meets both; the first round only warms up.
    for number in 0..=ROUNDS {
        let (one, other) = (round(&mut sign), round(&mut floor));
        if number > 0 {
            signing = signing.max(one);
            bare = bare.max(other);
        }
    }
    println!("snws2 sign, 1 KiB POST, cached key: {signing:.0} operations per second");
    println!("floor, SHA-256 of 1 KiB + HMAC:     {bare:.0} operations per second");
    println!("signing takes {:.2} times the floor", bare / signing);
}
