//! The most memory that a process takes which reads much, but never much at once.

use std::path::Path;

use energy_core::RetryPolicy;
use enphase::v4::ListSystems;
use serde::Serialize;
use tokio::io::AsyncWriteExt;

use crate::child::Child;
use crate::{Failure, clients, process};

/// How many systems are streamed, page by page.
pub const SYSTEMS: [u64; 3] = [1_000, 10_000, 100_000];
/// How many bytes are downloaded.
pub const DOWNLOADS: [u64; 3] = [5_000_000, 50_000_000, 500_000_000];

/// A size, and the peak of a process of its own that read so much, in KiB.
pub type Peak = (u64, u64);

/// The peaks of all sizes.
#[derive(Debug, Serialize)]
pub struct Peaks {
    /// Of streams of systems.
    pub systems: Vec<Peak>,
    /// Of downloads.
    pub downloads: Vec<Peak>,
    /// Of the same downloads with reqwest alone.
    pub bare_downloads: Vec<Peak>,
}

/// Measures every size, each in a process of its own.
///
/// # Errors
///
/// A process fails, or this is no Linux.
pub fn measure(program: &Path) -> Result<Peaks, Failure> {
    let server = Child::start(program, &["serve"])?;
    let peaks = |subject: &str, sizes: &[u64]| -> Result<Vec<Peak>, Failure> {
        let peak = |size: &u64| {
            let child = Child::start(program, &["read", subject, &size.to_string(), server.said()])?;
            Ok((*size, child.said().parse()?))
        };
        sizes.iter().map(peak).collect()
    };
    Ok(Peaks {
        systems: peaks("systems", &SYSTEMS)?,
        downloads: peaks("bytes", &DOWNLOADS)?,
        bare_downloads: peaks("bare-bytes", &DOWNLOADS)?,
    })
}

/// Reads `size` of the subject from the server, and gives the peak of this process.
///
/// # Errors
///
/// A call fails, not everything came, or this is no Linux.
pub async fn read(subject: &str, size: u64, server: &str) -> Result<u64, Failure> {
    let base = |what: &str| format!("{server}/{what}/{size}");
    let read = match subject {
        "systems" => stream(&base(subject)).await?,
        "bytes" => download(&base(subject), size).await?,
        "bare-bytes" => bare_download(&base("bytes")).await?,
        _ => return Err(format!("there is no {subject} to read").into()),
    };
    if read != size {
        return Err(format!("{read} of {size} {subject} came").into());
    }
    process::peak_memory().ok_or_else(|| "only Linux says how much memory a process has taken".into())
}

async fn stream(base: &str) -> Result<u64, Failure> {
    let mut systems = clients::enphase(base)?.items(ListSystems::new());
    let mut count = 0;
    while let Some(system) = systems.next().await {
        system?;
        count += 1;
    }
    Ok(count)
}

async fn download(base: &str, size: u64) -> Result<u64, Failure> {
    let client = clients::forecast_solar(base, RetryPolicy::default())?;
    let request = clients::estimate();
    let call = client.call(&request).with_max_body(size);
    Ok(call.download(&mut tokio::io::sink(), |_| {}).await?.bytes)
}

async fn bare_download(base: &str) -> Result<u64, Failure> {
    let mut answer = clients::bare()?.get(base).send().await?.error_for_status()?;
    let mut count = 0;
    while let Some(piece) = answer.chunk().await? {
        count += piece.len() as u64;
        tokio::io::sink().write_all(&piece).await?;
    }
    Ok(count)
}
