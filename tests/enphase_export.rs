//! Two years of five-minute intervals of one site: whole, each once, in as few calls as the windows allow, and in little
//! memory.

use std::process::Command;

use energy_core::model::Interval;
use energy_sandbox::{EnphaseApp, EnphasePerson};
use energy_tests::{MORNING, World};
use enphase::v4::{GetEnergyLifetime, GetProductionMeterTelemetry, GetProductionMicroTelemetry};
use enphase::{Spanned, TimeZone};
use time::Duration;

const TWO_YEARS: Duration = Duration::days(730);
const FIVE_MINUTES: Duration = Duration::minutes(5);
/// 730 days in windows of seven: 104 whole ones and the rest.
const FEWEST_CALLS: usize = 105;

#[tokio::test]
async fn two_years_without_gap_or_double_in_the_fewest_calls() {
    let world = World::at(MORNING).await;
    let client = world.enphase(EnphaseApp::Partner, EnphasePerson::Owner);
    let site = world.sandbox.enphase().sites().metered;
    // Late enough back that every device has reported.
    let end = MORNING - Duration::days(1);
    let span = Interval::new(end - TWO_YEARS + Duration::days(1), end).unwrap();

    let mut readings = client.items(GetProductionMeterTelemetry::new(site.system_id).over(span));
    let mut last = span.start();
    let mut count = 0_i64;
    while let Some(reading) = readings.next().await {
        let reading = reading.unwrap();
        assert_eq!(
            reading.interval.start(),
            last,
            "nothing between two intervals, and nothing twice"
        );
        assert_eq!(reading.interval.end() - reading.interval.start(), FIVE_MINUTES);
        last = reading.interval.end();
        count += 1;
    }
    assert_eq!(last, span.end());
    assert_eq!(count, 729 * 288);
    assert_eq!(world.enphase_requests("/telemetry/").len(), FEWEST_CALLS);
}

#[tokio::test]
async fn intervals_of_a_quarter_add_up_to_its_days() {
    let world = World::at(MORNING).await;
    let client = world.enphase(EnphaseApp::Partner, EnphasePerson::Owner);
    let site = world.sandbox.enphase().sites().micro_only;
    let zone = TimeZone::named(site.time_zone);
    let last = zone.date_at(MORNING).unwrap() - Duration::days(2);
    let first = last - Duration::days(89);
    let days = GetEnergyLifetime::new(site.system_id).start_date(first).end_date(last);
    let days = client.send(&days).await.unwrap().days().unwrap();
    assert_eq!((days.len(), days[0].0), (90, first));

    let start = zone.start_of_day(first).unwrap();
    let end = zone.start_of_day(last + Duration::days(1)).unwrap();
    let span = Interval::new(start, end).unwrap();
    let mut readings = client.items(GetProductionMicroTelemetry::new(site.system_id).over(span));
    let (mut by_day, mut before) = (vec![0.0; days.len()], start);
    while let Some(reading) = readings.next().await {
        let reading = reading.unwrap();
        assert!(reading.interval.start() >= before, "in order, and none twice");
        assert!(reading.is_complete());
        before = reading.interval.end();
        let day = zone.date_at(reading.interval.start()).unwrap();
        let index = usize::try_from((day - first).whole_days()).unwrap();
        by_day[index] += reading.energy().value.unwrap().0;
    }
    let daily: Vec<f64> = days.iter().map(|(_, energy)| energy.0).collect();
    assert_eq!(by_day, daily, "a day of the lifetime is the sum of its intervals");
    assert_eq!(
        world.enphase_requests("/telemetry/").len(),
        13,
        "90 days are twelve weeks and six days"
    );
}

/// What the other process is told: the address of the service, key, client id, secret, tokens, system.
const TOLD: &str = "ENPHASE_EXPORT_TEST";
const MEBIBYTE: u64 = 1024;

#[cfg(target_os = "linux")]
#[tokio::test]
async fn two_years_take_less_than_sixty_mebibytes() {
    let world = World::at(MORNING).await;
    let service = world.sandbox.enphase();
    let keys = service.credentials().partner;
    let tokens = service.issue_token(EnphaseApp::Partner, EnphasePerson::Owner);
    let system = service.sites().metered.system_id.to_string();
    let told = [
        service.base_url(),
        &keys.api_key,
        &keys.client_id,
        &keys.client_secret,
        &tokens.access_token,
        &system,
    ];
    let program = std::env::current_exe().unwrap();
    let told = told.join("\n");
    let run = move || {
        Command::new(program)
            .args([
                "--exact",
                "enphase_export::the_exporting_process",
                "--ignored",
                "--nocapture",
            ])
            .env(TOLD, told)
            .output()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let number = |name: &str| -> u64 {
        let line = said.lines().find_map(|line| line.split_once(name));
        line.unwrap().1.trim().parse().unwrap()
    };
    assert_eq!(number("intervals:"), 729 * 288);
    assert_eq!(world.enphase_requests("/telemetry/").len(), FEWEST_CALLS);
    let peak = number("peak kibibytes:");
    assert!(peak > MEBIBYTE, "the figure is one: {peak}");
    assert!(peak < 60 * MEBIBYTE, "peak memory: {peak} KiB");
}

#[tokio::test]
#[ignore = "the process that the test above starts"]
#[allow(clippy::print_stdout, reason = "the other process reads it")]
async fn the_exporting_process() {
    use enphase::v4::{Application, Client, Credentials};
    use enphase::{MemoryTokenStore, StoredToken};

    let Ok(told) = std::env::var(TOLD) else {
        return;
    };
    let told: Vec<&str> = told.lines().collect();
    let [url, key, id, secret, token, system] = told[..] else {
        panic!("six things are told");
    };
    let application = Application::new(id, secret).unwrap();
    let store = MemoryTokenStore::new(StoredToken::new(token));
    let credentials = Credentials::new(key, application, store).unwrap();
    let client = Client::builder(credentials).base_url(url).build().unwrap();
    let system: u64 = system.parse().unwrap();
    let end = MORNING - Duration::days(1);
    let span = Interval::new(end - TWO_YEARS + Duration::days(1), end).unwrap();
    let mut readings = client.items(GetProductionMeterTelemetry::new(system).over(span));
    let mut intervals = 0_u64;
    while let Some(reading) = readings.next().await {
        intervals += u64::from(reading.unwrap().data.wh_del.is_some());
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak = peak.trim().trim_end_matches("kB").trim();
    println!("\nintervals: {intervals}\npeak kibibytes: {peak}");
}
