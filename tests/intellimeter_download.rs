//! A report of half a gigabyte goes to the disk, and hardly any of it is ever in memory. The memory that is measured is
//! that of a process of its own, the sandbox in it included.

use std::process::Command;
use std::time::Duration;

use energy_core::http::header;
use energy_core::time::macros::date;
use energy_tests::{MORNING, World};
use intellimeter::{GetIntervalReport, IntoFile, ReportFile, ReportFormat, ReportInterval, ReportMeters};

/// Set in the process whose memory is measured.
const MEASURED: &str = "INTELLIMETER_DOWNLOAD_TEST";
const SIZE: u64 = 500_000_000;
const MEBIBYTE: u64 = 1024;

#[test]
fn half_a_gigabyte_goes_to_the_disk_with_little_memory() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "intellimeter_download::the_downloading_process",
            "--ignored",
            "--nocapture",
        ])
        .env(MEASURED, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let number = |name: &str| -> Option<u64> {
        let (_, number) = said.lines().find_map(|line| line.split_once(name))?;
        number.trim().trim_end_matches("kB").trim().parse().ok()
    };
    assert!(number("bytes:").unwrap() >= SIZE, "{said}");
    if cfg!(target_os = "linux") {
        let peak = number("VmHWM:").unwrap();
        assert!(peak > MEBIBYTE, "the figure is one: {peak}");
        assert!(peak < 60 * MEBIBYTE, "peak memory: {peak} KiB");
    }
}

#[tokio::test]
#[ignore = "the process that the test above starts"]
#[allow(clippy::print_stdout, reason = "the other process reads it")]
async fn the_downloading_process() {
    if std::env::var_os(MEASURED).is_none() {
        return;
    }
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
    // The most memory that this process had so far is in there, on Linux alone.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("\nbytes: {announced}\n{status}");
}
