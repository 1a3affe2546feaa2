//! A report of half a gigabyte goes to the disk, and hardly any of it is ever in memory. The only test of this program:
//! the memory that is measured is that of the whole process, the sandbox in it included.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::time::Duration;

use energy_core::http::header;
use energy_core::time::macros::date;
use energy_tests::{MORNING, World};
use intellimeter::{GetIntervalReport, IntoFile, ReportFile, ReportFormat, ReportInterval, ReportMeters};

const SIZE: u64 = 500_000_000;

/// The most memory that this process had so far, in KiB; known on Linux alone.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse().ok()
}

#[tokio::test]
async fn half_a_gigabyte_goes_to_the_disk_with_little_memory() {
    let world = World::at(MORNING).await;
    let client = world.intellimeter();
    let (start, end) = (date!(2026 - 06 - 01), date!(2026 - 06 - 20));
    let all = ReportMeters::ALL;
    let report =
        GetIntervalReport::new(world.house(), start, end, all, ReportInterval::Hour).into_file(ReportFormat::Csv);

    world.sandbox.intellimeter().huge_report(SIZE);
    let target = tempfile::NamedTempFile::new().unwrap();
    let mut file = tokio::fs::File::from_std(target.reopen().unwrap());
    let (mut pieces, mut last) = (0_u64, None);
    let done = client
        .call(&report)
        .with_max_body(1 << 30)
        .with_timeout(Duration::from_secs(600))
        .download(&mut file, |progress| {
            pieces += 1;
            last = Some(progress);
        })
        .await
        .unwrap();

    let announced: u64 = done.headers[header::CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
    assert!((SIZE..SIZE + 1000).contains(&announced), "{announced}");
    assert_eq!(done.bytes, announced);
    assert_eq!(target.path().metadata().unwrap().len(), announced);
    let last = last.unwrap();
    assert_eq!((last.received, last.total), (announced, Some(announced)));
    assert!(pieces > 1000, "it came in {pieces} pieces");
    assert_eq!(ReportFile::name_of(&done).as_deref(), Some("interval.csv"));
    if cfg!(target_os = "linux") {
        let peak = peak().unwrap();
        assert!(peak < 60 * 1024, "the process had {} MiB", peak / 1024);
    }
}
