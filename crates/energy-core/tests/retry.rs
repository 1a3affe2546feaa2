//! Which failures are sent again, after how long, and how often.
#![cfg(feature = "test-util")]

use std::time::Duration;

use energy_core::transport::TransportErrorKind::{Connect, Interrupted, Timeout, TooLarge, Unsendable};
use energy_core::{Error, RetryPolicy};
use time::macros::datetime;

use crate::support::{
    self, Answer, AnyLogin, Change, Read, Replace, START, SafePost, Script, builder, client, seconds,
};

/// How often an idempotent and another operation are sent when they always end like this.
async fn sent(answer: Answer) -> (usize, usize) {
    let safe = Script::new([answer.clone()]);
    client(&safe).0.send(&Read).await.unwrap_err();
    let unsafe_ = Script::new([answer]);
    client(&unsafe_).0.send(&Change).await.unwrap_err();
    (safe.count(), unsafe_.count())
}

#[tokio::test]
async fn what_never_left_is_always_sent_again() {
    assert_eq!(sent(Answer::Fail(Connect)).await, (3, 3));
}

#[tokio::test]
async fn what_may_have_arrived_is_sent_again_only_if_that_changes_nothing() {
    assert_eq!(sent(Answer::Fail(Timeout)).await, (3, 1));
    assert_eq!(sent(Answer::Fail(Interrupted)).await, (3, 1));
    assert_eq!(sent(Answer::new(200).breaks(Interrupted)).await, (3, 1));
    for status in [500, 502, 503, 504] {
        assert_eq!(sent(Answer::new(status)).await, (3, 1), "{status}");
    }
}

#[tokio::test]
async fn idempotent_is_what_the_operation_says_not_what_the_method_says() {
    for (times, put) in [(3, true), (3, false)] {
        let script = Script::new([Answer::new(502)]);
        let (client, _) = client(&script);
        if put {
            client.send(&Replace).await.unwrap_err();
        } else {
            client.send(&SafePost).await.unwrap_err();
        }
        assert_eq!(script.count(), times);
    }
}

#[tokio::test]
async fn what_was_turned_away_before_anything_was_done_is_sent_again() {
    assert_eq!(sent(Answer::new(429)).await, (3, 3));
    assert_eq!(sent(Answer::new(429).header("retry-after", "1")).await, (3, 3));
    assert_eq!(sent(Answer::new(503).header("retry-after", "1")).await, (3, 3));
    // Only with 429 and 503 does the header say that nothing was done.
    assert_eq!(sent(Answer::new(500).header("retry-after", "1")).await, (3, 1));
}

#[tokio::test]
async fn what_cannot_get_better_is_sent_once() {
    for status in [301, 400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 418, 422, 501] {
        assert_eq!(sent(Answer::new(status)).await, (1, 1), "{status}");
    }
    assert_eq!(sent(Answer::Fail(TooLarge)).await, (1, 1));
    assert_eq!(sent(Answer::Fail(Unsendable)).await, (1, 1));
    assert_eq!(sent(Answer::ok().header("x-failed", "1")).await, (1, 1));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_not_asked_for_again() {
    let script = Script::new([Answer::new(200).body("<html>")]);
    let error = client(&script).0.send(&Read).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error}");
    assert_eq!(script.count(), 1);
}

#[tokio::test]
async fn the_vendors_words_overrule_the_status() {
    assert_eq!(
        sent(Answer::new(429).header("retry-after", "1").body(r#"{"code": "never"}"#)).await,
        (1, 1)
    );
    assert_eq!(sent(Answer::new(503).body(r#"{"code": "never"}"#)).await, (1, 1));
    assert_eq!(sent(Answer::new(409).body(r#"{"code": "again"}"#)).await, (3, 3));
    assert_eq!(sent(Answer::new(500).body(r#"{"code": "again"}"#)).await, (3, 3));
    assert_eq!(sent(Answer::new(409).body(r#"{"kind": "limited"}"#)).await, (3, 3));
}

#[tokio::test]
async fn waits_double_up_to_a_cap_and_take_no_real_time() {
    let script = Script::new([Answer::new(500)]);
    let (client, clock) = client(&script);
    let policy = RetryPolicy::default()
        .with_max_attempts(6)
        .with_backoff(seconds(1), seconds(5));
    client.call(&Read).with_retry(policy).send().await.unwrap_err();
    assert_eq!(clock.slept(), [1, 2, 4, 5, 5].map(seconds));
}

#[tokio::test]
async fn the_first_wait_is_a_quarter_second() {
    let script = Script::new([Answer::Fail(Connect)]);
    let (client, clock) = client(&script);
    client.send(&Read).await.unwrap_err();
    assert_eq!(clock.slept(), [250, 500].map(Duration::from_millis));
}

#[tokio::test]
async fn jitter_shortens_a_backoff_and_lengthens_what_the_service_asked_for() {
    for (fraction, backoff, asked) in [(0.0, 0, 10_000), (0.5, 125, 10_500), (1.0, 250, 11_000)] {
        for (answer, wait) in [
            (Answer::new(502), backoff),
            (Answer::new(502).header("retry-after", "10"), asked),
        ] {
            let script = Script::new([answer, Answer::ok()]);
            let clock = energy_core::clock::ManualClock::new(START);
            let client = builder(&script, &clock, AnyLogin::new(energy_core::auth::NoLogin))
                .jitter(energy_core::clock::FixedJitter(fraction))
                .build()
                .unwrap();
            client.send(&Read).await.unwrap();
            assert_eq!(clock.slept(), [Duration::from_millis(wait)]);
        }
    }
}

#[tokio::test]
async fn a_short_wait_gets_a_little_jitter_only() {
    let script = Script::new([Answer::new(429).header("retry-after", "2"), Answer::ok()]);
    let (client, clock) = client(&script);
    client.send(&Read).await.unwrap();
    assert_eq!(clock.slept(), [Duration::from_millis(2_200)]);
}

#[tokio::test]
async fn retry_after_may_be_a_date() {
    let script = Script::new([
        Answer::new(503).header("retry-after", "Mon, 04 May 2026 12:00:40 GMT"),
        Answer::ok(),
    ]);
    let (client, clock) = client(&script);
    client.send(&Read).await.unwrap();
    assert_eq!(clock.slept(), [seconds(41)]);
}

#[tokio::test]
async fn a_date_that_has_passed_is_no_leave_to_hurry() {
    let script = Script::new([
        Answer::new(503).header("retry-after", "Mon, 04 May 2026 11:00:00 GMT"),
        Answer::ok(),
    ]);
    let (client, clock) = client(&script);
    client.send(&Change).await.unwrap();
    assert_eq!(clock.slept(), [Duration::from_millis(250)]);
}

#[tokio::test]
async fn a_retry_after_that_is_neither_is_ignored() {
    for nonsense in ["soon", "-5", "1.5", ""] {
        let script = Script::new([Answer::new(503).header("retry-after", nonsense), Answer::ok()]);
        let (client, clock) = client(&script);
        client.send(&Read).await.unwrap();
        assert_eq!(clock.slept(), [Duration::from_millis(250)], "{nonsense}");
        let script = Script::new([Answer::new(503).header("retry-after", nonsense)]);
        let (client, _) = support::client(&script);
        client.send(&Change).await.unwrap_err();
        assert_eq!(script.count(), 1, "{nonsense}");
    }
}

#[tokio::test]
async fn a_wait_longer_than_allowed_ends_the_call_with_the_time_to_come_back() {
    let script = Script::new([Answer::new(429).header("retry-after", "61")]);
    let (client, clock) = client(&script);
    let error = client.send(&Read).await.unwrap_err();
    assert_eq!((script.count(), clock.slept()), (1, Vec::new()));
    assert_eq!(error.retry_at(), Some(datetime!(2026-05-04 12:01:01 UTC)));
    assert!(error.is_rate_limited() && error.is_retryable());

    let script = Script::new([Answer::new(429).header("retry-after", "60"), Answer::ok()]);
    let (client, clock) = support::client(&script);
    client.send(&Read).await.unwrap();
    assert_eq!(clock.slept(), [seconds(61)]);

    let script = Script::new([Answer::new(503).header("retry-after", "61"), Answer::ok()]);
    let (client, _) = support::client(&script);
    let patient = RetryPolicy::default()
        .with_max_wait(seconds(120))
        .with_deadline(seconds(300));
    client.call(&Read).with_retry(patient).send().await.unwrap();
}

#[tokio::test]
async fn a_wait_beyond_every_number_is_not_taken_for_none() {
    for forever in ["99999999999", "18446744073709551615"] {
        let script = Script::new([Answer::new(429).header("retry-after", forever)]);
        let error = client(&script).0.send(&Read).await.unwrap_err();
        assert_eq!(script.count(), 1, "{forever}");
        assert!(error.retry_at().is_some_and(|at| at > datetime!(2100-01-01 0:00 UTC)));
    }
}

#[tokio::test]
async fn the_vendors_time_to_come_back_beats_the_header() {
    let script = Script::new([
        Answer::new(503).header("retry-after", "50").body(r#"{"wait": 10}"#),
        Answer::ok(),
    ]);
    let (client, clock) = client(&script);
    client.send(&Change).await.unwrap();
    assert_eq!(clock.slept(), [seconds(11)]);
}

#[tokio::test]
async fn no_wait_goes_beyond_the_deadline() {
    let script = Script::new([Answer::new(503).header("retry-after", "40")]);
    let (client, clock) = client(&script);
    let policy = RetryPolicy::default().with_max_attempts(10);
    let error = client.call(&Read).with_retry(policy).send().await.unwrap_err();
    // 41 s fit twice into 90 s, but not a third time.
    assert_eq!(clock.slept(), [seconds(41), seconds(41)]);
    assert_eq!(error.attempts(), 3);
}

#[tokio::test]
async fn an_attempt_gets_no_more_time_than_the_call_has_left() {
    let script = Script::new([Answer::new(503).header("retry-after", "50"), Answer::ok()]);
    let (client, _) = client(&script);
    let policy = RetryPolicy::default().with_deadline(seconds(60));
    client.call(&Read).with_retry(policy).send().await.unwrap();
    let timeouts: Vec<_> = script.sent().iter().map(|sent| sent.options.timeout).collect();
    assert_eq!(timeouts, [seconds(30), seconds(60 - 51)]);
}

#[tokio::test]
async fn options_of_a_call_hold_for_that_call_alone() {
    let script = Script::new([Answer::new(500)]);
    let (client, _) = client(&script);
    let once = client.call(&Read).with_retry(RetryPolicy::none());
    let error = once.with_timeout(seconds(5)).with_max_body(9).send().await.unwrap_err();
    assert_eq!((error.attempts(), script.count()), (1, 1));
    client.send(&Read).await.unwrap_err();
    assert_eq!(script.count(), 4);
    let options: Vec<_> = script
        .sent()
        .iter()
        .map(|sent| (sent.options.timeout, sent.options.max_body))
        .collect();
    assert_eq!(options[0], (seconds(5), 9));
    assert_eq!(options[1], (seconds(30), 8 << 20));
}

#[tokio::test]
async fn no_attempts_at_all_are_taken_as_one() {
    let script = Script::new([Answer::new(500)]);
    let (client, _) = client(&script);
    let zero = RetryPolicy::default().with_max_attempts(0);
    client.call(&Read).with_retry(zero).send().await.unwrap_err();
    assert_eq!(script.count(), 1);
}

#[tokio::test]
async fn errors_and_answers_say_how_often_it_was_sent() {
    let script = Script::new([Answer::new(500)]);
    assert_eq!(client(&script).0.send(&Read).await.unwrap_err().attempts(), 3);

    let script = Script::new([Answer::Fail(Connect)]);
    let error = client(&script).0.send(&Read).await.unwrap_err();
    assert_eq!(error.attempts(), 3);
    assert!(!error.may_have_been_sent() && error.is_retryable());
    assert_eq!(
        error.to_string(),
        "readThings: no answer to GET https://sun.example/v1/things after 3 attempts: scripted"
    );

    let script = Script::new([Answer::new(500), Answer::ok()]);
    let whole = client(&script).0.call(&Read).send_full().await.unwrap();
    assert_eq!((whole.attempts, whole.status.as_u16()), (2, 200));

    let script = Script::new([Answer::new(500), Answer::new(200).body("[")]);
    let error = client(&script).0.send(&Read).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)));
    assert_eq!(error.attempts(), 2);
}

#[tokio::test]
async fn a_later_success_hides_the_failures_before() {
    let script = Script::new([Answer::Fail(Timeout), Answer::new(502), Answer::ok()]);
    let (client, clock) = client(&script);
    client.send(&Read).await.unwrap();
    assert_eq!((script.count(), clock.slept().len()), (3, 2));
}

#[tokio::test]
async fn the_last_failure_is_the_one_that_is_told() {
    let script = Script::new([Answer::new(502), Answer::Fail(Timeout), Answer::new(504)]);
    let error = client(&script).0.send(&Read).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 504);
}

#[tokio::test]
async fn every_attempt_is_the_same_request() {
    let script = Script::new([Answer::Fail(Connect), Answer::new(429), Answer::ok()]);
    client(&script).0.send(&Change).await.unwrap();
    let sent = script.sent();
    for one in &sent {
        assert_eq!(
            (one.request.method().as_str(), one.request.uri().to_string().as_str()),
            ("POST", "https://sun.example/v1/things")
        );
        assert_eq!(one.request.headers(), sent[0].request.headers());
    }
}

#[tokio::test]
async fn clones_share_a_budget_of_retries() {
    let script = Script::new([Answer::new(500)]);
    let clock = energy_core::clock::ManualClock::new(START);
    let one = builder(&script, &clock, AnyLogin::new(energy_core::auth::NoLogin))
        .retry_budget(3)
        .build()
        .unwrap();
    let other = one.clone();
    one.send(&Read).await.unwrap_err();
    assert_eq!(script.count(), 3);
    // One retry is left for everybody.
    other.send(&Read).await.unwrap_err();
    assert_eq!(script.count(), 5);
    one.send(&Read).await.unwrap_err();
    assert_eq!(script.count(), 6);
}

#[tokio::test]
async fn five_successes_give_a_retry_back_and_never_more_than_there_were() {
    let fails = || Answer::new(500);
    let answers = [vec![fails(), fails(), fails()], vec![Answer::ok(); 4], vec![fails()]].concat();
    let rest = [
        vec![Answer::ok()],
        vec![fails(), fails()],
        vec![Answer::ok(); 50],
        vec![fails()],
    ]
    .concat();
    let script = Script::new([answers, rest].concat());
    let clock = energy_core::clock::ManualClock::new(START);
    let client = builder(&script, &clock, AnyLogin::new(energy_core::auth::NoLogin))
        .retry_budget(2)
        .build()
        .unwrap();
    let mut counts = Vec::new();
    for call in 0..8 {
        // Three attempts; four successes; one attempt (no budget); a success; two attempts.
        let _ = client.send(&Read).await;
        counts.push((call, script.count()));
    }
    assert_eq!(
        counts.iter().map(|(_, count)| *count).collect::<Vec<_>>(),
        [3, 4, 5, 6, 7, 8, 9, 11]
    );
    for _ in 0..50 {
        client.send(&Read).await.unwrap();
    }
    let before = script.count();
    for _ in 0..3 {
        client.send(&Read).await.unwrap_err();
    }
    // Two retries in all, however many successes came before.
    assert_eq!(script.count() - before, 3 + 2);
}

#[tokio::test]
async fn a_budget_without_bound_stays_one() {
    let script = Script::new([Answer::ok(), Answer::ok(), Answer::new(500)]);
    let clock = energy_core::clock::ManualClock::new(START);
    let client = builder(&script, &clock, AnyLogin::new(energy_core::auth::NoLogin))
        .retry_budget(u32::MAX)
        .build()
        .unwrap();
    client.send(&Read).await.unwrap();
    client.send(&Read).await.unwrap();
    client.send(&Read).await.unwrap_err();
    assert_eq!(script.count(), 5);
}

#[tokio::test]
async fn without_a_budget_nothing_is_sent_twice() {
    let script = Script::new([Answer::Fail(Connect)]);
    let clock = energy_core::clock::ManualClock::new(START);
    let client = builder(&script, &clock, AnyLogin::new(energy_core::auth::NoLogin))
        .retry_budget(0)
        .build()
        .unwrap();
    client.send(&Read).await.unwrap_err();
    assert_eq!((script.count(), clock.slept().len()), (1, 0));
}

#[tokio::test]
async fn not_implemented_will_not_be_later_either() {
    let error = client(&Script::new([Answer::new(501)]))
        .0
        .send(&Read)
        .await
        .unwrap_err();
    assert!(!error.is_retryable());
    let error = client(&Script::new([Answer::new(502)]))
        .0
        .send(&Read)
        .await
        .unwrap_err();
    assert!(error.is_retryable());
}
