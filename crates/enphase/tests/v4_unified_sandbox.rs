//! v4 as a source of the sandbox: what was planned is what arrives there, and what the sites have is told.
#![cfg(feature = "unified")]

use std::time::Duration as Length;

use energy_core::clock::ManualClock;
use energy_core::limit::Limiter;
use energy_core::model::{Interval, Quantity, ScopeLevel, Site};
use energy_core::source::{DAY, Question, Source};
use energy_core::time::Duration;
use energy_core::time::macros::datetime;
use energy_sandbox::{EnphaseApp, EnphasePerson, Sandbox};
use enphase::v4::{Application, Client, Credentials, EnphaseSource, Plan};
use enphase::{MemoryTokenStore, RetryPolicy, StoredToken};

async fn sandbox() -> (Sandbox, EnphaseSource) {
    let sandbox = Sandbox::builder()
        .at(datetime!(2026-06-18 14:20 -7))
        .start()
        .await
        .unwrap();
    let service = sandbox.enphase();
    service.set_quota(EnphaseApp::Partner, 10_000, 100_000);
    let keys = service.credentials().partner;
    let token = service.issue_token(EnphaseApp::Partner, EnphasePerson::Installer);
    let application = Application::new(keys.client_id, keys.client_secret).unwrap();
    let store = MemoryTokenStore::new(StoredToken::new(token.access_token));
    let login = Credentials::new(keys.api_key, application, store)
        .unwrap()
        .plan(Plan::Partner);
    let client = Client::builder(login)
        .base_url(service.base_url())
        .clock(ManualClock::new(sandbox.now()))
        .limiter(Limiter::off())
        .retry(RetryPolicy::none());
    let source = EnphaseSource::new(client.build().unwrap());
    (sandbox, source)
}

fn with_id(sites: &[Site], id: u64) -> Site {
    let found = sites.iter().find(|site| site.id.as_str() == id.to_string());
    found.unwrap().clone()
}

#[tokio::test]
async fn every_question_takes_the_calls_that_were_planned() {
    let (sandbox, source) = sandbox().await;
    let known = sandbox.enphase().sites();
    let sites = source.sites().await.unwrap();
    let (now, service) = (sandbox.now(), sandbox.enphase());
    for system in [known.metered, known.micro_only] {
        let site = with_id(&sites, system.system_id);
        assert_eq!(
            site.time_zone.as_ref().and_then(|zone| zone.name()),
            Some(system.time_zone)
        );
        let metered = !system.production_meter_serials.is_empty();
        for capability in source.capabilities().all() {
            let of_panels = matches!(capability.level, ScopeLevel::Pv | ScopeLevel::Inverter);
            if !metered && !of_panels {
                continue;
            }
            // A day, and more than a week, up to the middle of an interval.
            for hours in [24, 10 * 24] {
                let interval = Interval::new(now - Duration::hours(hours), now - Duration::minutes(7)).unwrap();
                let mut question =
                    Question::new(capability.quantity, capability.level, interval).with_kind(capability.kind);
                question.direction = capability.direction;
                question.resolution = capability.resolution;
                let plan = source.plan(&site, &question).unwrap();
                assert_eq!(plan.capability(), Some(capability));
                let (planned, before) = (u64::from(plan.calls()), service.request_count());
                let series = plan.run().await.unwrap();
                assert_eq!(service.request_count() - before, planned, "{}: {question}", site.id);
                let expected = match capability.level {
                    ScopeLevel::Inverter => system.micro_serials.len(),
                    _ => 1,
                };
                assert_eq!(series.len(), expected, "{}: {question}", site.id);
                let is_of_meters = capability.resolution == Some(Length::from_secs(900));
                let has_data = series.iter().all(|series| series.known() > 0);
                assert_eq!(has_data, metered || !is_of_meters, "{}: {question}", site.id);
            }
        }
    }
}

/// The service says 500 of the grid where nobody measures it: an error, and no series of zeros.
#[tokio::test]
async fn what_a_site_does_not_measure_is_an_error_of_the_service() {
    let (sandbox, source) = sandbox().await;
    let sites = source.sites().await.unwrap();
    let site = with_id(&sites, sandbox.enphase().sites().micro_only.system_id);
    let day = site.yesterday(sandbox.now()).unwrap();
    let import = Question::new(Quantity::ActiveEnergy, ScopeLevel::Grid, day).with_resolution(Length::from_secs(900));
    let error = source.readings(&site, &import).await.unwrap_err();
    assert!(error.as_call().is_some(), "{error}");
}

/// The days of the service are the sums of its intervals.
#[tokio::test]
async fn days_and_intervals_tell_the_same() {
    let (sandbox, source) = sandbox().await;
    let sites = source.sites().await.unwrap();
    let site = with_id(&sites, sandbox.enphase().sites().micro_only.system_id);
    let yesterday = site.yesterday(sandbox.now()).unwrap();
    let sum = async |question: Question| {
        let series = source.readings(&site, &question).await.unwrap();
        let points = series[0].energy().unwrap().points().to_vec();
        points
            .iter()
            .filter_map(|point| point.value)
            .map(|energy| energy.0)
            .sum::<f64>()
    };
    let day = sum(Question::production(yesterday).with_resolution(DAY)).await;
    let intervals = sum(Question::production(yesterday).with_resolution(Length::from_secs(300))).await;
    assert!(day > 0.0);
    assert_eq!(day, intervals);
    let power = Question::new(Quantity::ActivePower, ScopeLevel::Pv, yesterday);
    let series = source.readings(&site, &power).await.unwrap();
    let energy = series[0].to_energy().unwrap().unwrap();
    let integrated: f64 = energy
        .points()
        .iter()
        .filter_map(|point| point.value)
        .map(|energy| energy.0)
        .sum();
    assert!((integrated - day).abs() < day * 0.01, "{integrated} of {day}");
}
