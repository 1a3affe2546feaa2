//! What the benchmarks share: servers that cost as little as possible, clients with and without the SDK, and the answers
//! they exchange.
//!
//! `cargo xtask bench` runs the benchmarks under `benches/` and the program of this package, puts each figure beside its
//! baseline, and writes docs/performance.md.

pub mod answers;
pub mod child;
pub mod clients;
pub mod load;
pub mod memory;
pub mod process;
pub mod server;

/// What a measurement that cannot be made says.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The time, which here is what is measured.
#[allow(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// Waits, so that something can be looked at once in a while.
pub async fn pause(time: std::time::Duration) {
    #[allow(clippy::disallowed_methods, reason = "a benchmark measures real time")]
    tokio::time::sleep(time).await;
}
