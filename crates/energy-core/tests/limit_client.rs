//! The count of calls as a client keeps it: what is sent, what is waited for, what is refused.
#![cfg(feature = "test-util")]

use std::time::Duration;

use energy_core::auth::NoLogin;
use energy_core::clock::ManualClock;
use energy_core::limit::{Limiter, OnLimit, Window};
use energy_core::{ApiClient, Error};

use crate::limit::through_json;
use crate::support::{Answer, AnyLogin, Free, Heavy, Read, START, Script, Sun, builder, seconds};

fn limited_client(script: &Script, windows: &[Window], on_limit: OnLimit) -> (ApiClient<Sun>, ManualClock) {
    let clock = ManualClock::new(START);
    let mut login = AnyLogin::new(NoLogin);
    login.windows = windows.to_vec();
    let client = builder(script, &clock, login).on_limit(on_limit).build().unwrap();
    (client, clock)
}

#[tokio::test]
async fn a_used_up_quota_is_an_error_with_the_time_and_nothing_is_sent() {
    let script = Script::new([Answer::ok()]);
    let (client, clock) = limited_client(&script, &[Window::new("1 a minute", 1, seconds(60))], OnLimit::Fail);
    client.send(&Read).await.unwrap();
    clock.advance(seconds(15));
    let error = client.send(&Read).await.unwrap_err();
    assert_eq!((script.count(), clock.slept().len()), (1, 0));
    let Error::Limited { operation, source } = &error else {
        panic!("{error}")
    };
    assert_eq!(*operation, "readThings");
    assert_eq!(
        (source.retry_at, source.retry_in),
        (Some(START + seconds(60)), Some(seconds(45)))
    );
    assert_eq!(error.retry_at(), Some(START + seconds(60)));
    assert!(error.is_rate_limited() && error.is_retryable());
    assert!(!error.may_have_been_sent());
    assert_eq!(error.attempts(), 0);
    client.send(&Free).await.unwrap();
}

#[tokio::test]
async fn an_operation_costs_what_it_says() {
    let script = Script::new([Answer::ok()]);
    let (client, _) = limited_client(&script, &[Window::new("4 a minute", 4, seconds(60))], OnLimit::Fail);
    client.send(&Heavy).await.unwrap();
    client.send(&Heavy).await.unwrap_err();
    client.send(&Read).await.unwrap();
    client.send(&Read).await.unwrap_err();
}

#[tokio::test]
async fn waiting_is_done_within_its_bound_only() {
    let window = [Window::new("1 a minute", 1, seconds(60))];
    for (longest, waits) in [(60, true), (59, false)] {
        let script = Script::new([Answer::ok()]);
        let (client, clock) = limited_client(&script, &window, OnLimit::Wait(seconds(longest)));
        client.send(&Read).await.unwrap();
        let second = client.send(&Read).await;
        assert_eq!(second.is_ok(), waits);
        assert_eq!(clock.slept(), if waits { vec![seconds(60)] } else { Vec::new() });
    }
}

#[tokio::test]
async fn a_cost_above_the_limit_is_not_waited_for() {
    let script = Script::new([Answer::ok()]);
    let window = [Window::new("2 a minute", 2, seconds(60))];
    let (client, clock) = limited_client(&script, &window, OnLimit::Wait(Duration::MAX));
    client.send(&Heavy).await.unwrap_err();
    assert_eq!(clock.slept().len() + script.count(), 0);
}

#[tokio::test]
async fn a_call_that_waited_for_quota_still_has_all_its_time() {
    let script = Script::new([Answer::ok(), Answer::new(500), Answer::ok()]);
    let window = [Window::new("1 an hour", 1, seconds(3_600))];
    let (client, _) = limited_client(&script, &window, OnLimit::Wait(seconds(7_200)));
    client.send(&Read).await.unwrap();
    client.send(&Read).await.unwrap_err();
    let timeouts: Vec<_> = script.sent().iter().map(|sent| sent.options.timeout).collect();
    assert_eq!(timeouts, [seconds(30), seconds(30)]);
}

#[tokio::test]
async fn the_bound_holds_for_all_waits_of_a_call_together() {
    // Whoever is waited for is overtaken by others each time.
    #[derive(Debug)]
    struct Greedy(ManualClock, Limiter);
    impl energy_core::clock::Clock for Greedy {
        fn now(&self) -> time::OffsetDateTime {
            self.0.now()
        }
        fn elapsed(&self) -> Duration {
            self.0.elapsed()
        }
        fn sleep(&self, duration: Duration) -> energy_core::transport::BoxFuture<'_, ()> {
            assert!(self.0.slept().len() < 10, "it waits for ever");
            let slept = self.0.sleep(duration);
            let _ = self.1.acquire(1, self.0.now());
            slept
        }
    }
    let clock = ManualClock::new(START);
    let limiter = Limiter::new([Window::new("1 a minute", 1, seconds(60))]);
    let script = Script::new([Answer::ok()]);
    let client = builder(&script, &clock, AnyLogin::new(NoLogin))
        .limiter(limiter.clone())
        .on_limit(OnLimit::Wait(seconds(150)))
        .clock(Greedy(clock.clone(), limiter))
        .build()
        .unwrap();
    client.limiter().acquire(1, START).unwrap();
    let error = client.send(&Read).await.unwrap_err();
    assert!(matches!(error, Error::Limited { .. }), "{error}");
    assert_eq!(clock.slept(), [seconds(60), seconds(60)]);
}

#[tokio::test]
async fn retries_are_counted_too_and_end_with_what_the_service_said() {
    let script = Script::new([Answer::new(502)]);
    let window = [Window::new("2 a minute", 2, seconds(60))];
    let (client, _) = limited_client(&script, &window, OnLimit::Fail);
    let error = client.send(&Read).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 502);
    assert_eq!((error.attempts(), script.count()), (2, 2));
}

#[tokio::test]
async fn a_wait_for_quota_between_attempts_counts_against_the_deadline() {
    let script = Script::new([Answer::new(502)]);
    let window = [Window::new("1 in 2 minutes", 1, seconds(120))];
    let (client, clock) = limited_client(&script, &window, OnLimit::Wait(seconds(600)));
    let error = client.send(&Read).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 502);
    assert_eq!(clock.slept(), [Duration::from_millis(250)]);
}

#[tokio::test]
async fn what_one_answer_says_holds_for_every_later_call() {
    let script = Script::new([Answer::new(429).header("retry-after", "300")]);
    let (client, clock) = limited_client(&script, &[], OnLimit::Fail);
    client.send(&Read).await.unwrap_err();
    let error = client.clone().send(&Read).await.unwrap_err();
    assert!(matches!(error, Error::Limited { .. }));
    assert_eq!(error.retry_at(), Some(START + seconds(300)));
    assert_eq!(script.count(), 1);
    clock.advance(seconds(300));
    client.send(&Read).await.unwrap_err();
    assert_eq!(script.count(), 2);
}

#[tokio::test]
async fn an_answer_with_success_says_how_much_is_left() {
    let answer = Answer::ok()
        .header("x-limit", "10")
        .header("x-remaining", "1")
        .header("x-period", "60");
    let script = Script::new([answer]);
    let window = [Window::new("10 a minute", 10, seconds(60))];
    let (client, _) = limited_client(&script, &window, OnLimit::Fail);
    let whole = client.call(&Read).send_full().await.unwrap();
    assert_eq!(whole.quota.unwrap().remaining, Some(1));
    client.send(&Read).await.unwrap();
    client.send(&Read).await.unwrap_err();
}

#[tokio::test]
async fn the_client_shows_its_count_for_storing() {
    let script = Script::new([Answer::ok()]);
    let window = [Window::new("2 a minute", 2, seconds(60))];
    let (first, _) = limited_client(&script, &window, OnLimit::Fail);
    first.send(&Read).await.unwrap();
    let (second, _) = limited_client(&script, &window, OnLimit::Fail);
    second.limiter().restore(&through_json(first.limiter()));
    second.send(&Read).await.unwrap();
    second.send(&Read).await.unwrap_err();
}
