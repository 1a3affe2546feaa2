//! The count of calls on this side.
#![cfg(feature = "test-util")]

use std::collections::VecDeque;
use std::time::Duration;

use energy_core::auth::NoLogin;
use energy_core::clock::ManualClock;
use energy_core::limit::{Limiter, LimiterSnapshot, Quota, Window};
use proptest::prelude::*;
use time::macros::datetime;

use crate::support::{Answer, AnyLogin, Read, START, Script, builder, seconds};

const MONTH: Duration = Duration::from_secs(30 * 86_400);

fn plan() -> Limiter {
    Limiter::new([
        Window::new("10 a minute", 10, seconds(60)),
        Window::new("1,000 a month", 1_000, MONTH),
    ])
}

fn said(limit: u32, remaining: u32, period: Duration) -> Quota {
    let mut quota = Quota::default();
    quota.limit = Some(limit);
    quota.remaining = Some(remaining);
    quota.period = Some(period);
    quota
}

#[test]
fn every_window_must_have_room() {
    let limiter = plan();
    for minute in 0..100 {
        let now = START + seconds(60) * minute;
        for _ in 0..10 {
            limiter.acquire(1, now).unwrap();
        }
        let full = limiter.acquire(1, now).unwrap_err();
        // After a hundred minutes the month is used up as well, and lasts longer.
        let (window, until) = if minute < 99 {
            ("10 a minute", now + seconds(60))
        } else {
            ("1,000 a month", START + MONTH)
        };
        assert_eq!((full.window.as_str(), full.retry_at), (window, Some(until)));
        assert_eq!(full.retry_in, Duration::try_from(until - now).ok());
    }
    let later = START + seconds(100 * 60);
    assert_eq!(limiter.acquire(1, later).unwrap_err().window, "1,000 a month");
    let next_month = START + MONTH;
    for _ in 0..10 {
        limiter.acquire(1, next_month).unwrap();
    }
    limiter.acquire(1, next_month).unwrap_err();
}

#[test]
fn a_window_rolls() {
    let limiter = Limiter::new([Window::new("2 a minute", 2, seconds(60))]);
    limiter.acquire(1, START).unwrap();
    limiter.acquire(1, START + seconds(50)).unwrap();
    let full = limiter.acquire(1, START + seconds(59)).unwrap_err();
    assert_eq!(full.retry_at, Some(START + seconds(60)));
    // A window with fixed borders would take two now; this one has the call of second 50 in it.
    limiter.acquire(1, START + seconds(60)).unwrap();
    let full = limiter.acquire(1, START + seconds(60)).unwrap_err();
    assert_eq!(full.retry_at, Some(START + seconds(110)));
}

#[test]
fn a_refused_call_is_counted_nowhere() {
    let limiter = Limiter::new([
        Window::new("5 an hour", 5, seconds(3_600)),
        Window::new("1 a minute", 1, seconds(60)),
    ]);
    limiter.acquire(1, START).unwrap();
    for _ in 0..10 {
        limiter.acquire(1, START).unwrap_err();
    }
    for minute in 1..5 {
        limiter.acquire(1, START + seconds(60) * minute).unwrap();
    }
    assert_eq!(
        limiter.acquire(1, START + seconds(300)).unwrap_err().window,
        "5 an hour"
    );
}

#[test]
fn what_is_free_is_never_counted_nor_refused() {
    let limiter = Limiter::new([Window::new("1 a minute", 1, seconds(60))]);
    for _ in 0..5 {
        limiter.acquire(0, START).unwrap();
    }
    limiter.acquire(1, START).unwrap();
    limiter.acquire(1, START).unwrap_err();
    limiter.acquire(0, START).unwrap();
}

#[test]
fn a_costly_call_waits_for_as_much_room_as_it_needs() {
    let limiter = Limiter::new([Window::new("4 a minute", 4, seconds(60))]);
    for second in 0..4 {
        limiter.acquire(1, START + seconds(second)).unwrap();
    }
    let now = START + seconds(10);
    // Room for three is there once the calls of seconds 0, 1 and 2 have left.
    assert_eq!(limiter.acquire(3, now).unwrap_err().retry_at, Some(START + seconds(62)));
    limiter.acquire(3, START + seconds(61)).unwrap_err();
    limiter.acquire(3, START + seconds(62)).unwrap();
    limiter.acquire(1, START + seconds(62)).unwrap_err();
}

#[test]
fn a_cost_above_the_limit_never_fits() {
    let limiter = Limiter::new([Window::new("4 a minute", 4, seconds(60))]);
    let full = limiter.acquire(5, START).unwrap_err();
    assert_eq!((full.retry_at, full.retry_in), (None, None));
    limiter.acquire(4, START).unwrap();
}

#[test]
fn clones_share_one_count() {
    let limiter = Limiter::new([Window::new("1 a minute", 1, seconds(60))]);
    limiter.clone().acquire(1, START).unwrap();
    limiter.acquire(1, START).unwrap_err();
}

#[test]
fn the_service_knows_better_how_much_is_left() {
    let limiter = plan();
    limiter.acquire(1, START).unwrap();
    // Another program has used seven with the same key.
    limiter.observe(&said(10, 2, seconds(60)), START);
    limiter.acquire(1, START).unwrap();
    limiter.acquire(1, START).unwrap();
    let full = limiter.acquire(1, START).unwrap_err();
    assert_eq!(full.window, "10 a minute");
    // It does not give back what was counted here.
    limiter.observe(&said(10, 9, seconds(60)), START);
    limiter.acquire(1, START).unwrap_err();
}

#[test]
fn the_service_knows_better_how_much_there_is() {
    let limiter = plan();
    limiter.observe(&said(2, 2, seconds(60)), START);
    limiter.acquire(2, START).unwrap();
    limiter.acquire(1, START).unwrap_err();
    limiter.observe(&said(12, 8, seconds(60)), START);
    limiter.acquire(8, START).unwrap();
    limiter.acquire(1, START).unwrap_err();
}

#[test]
fn a_quota_that_no_window_has_is_learned_and_survives_a_restart() {
    let limiter = Limiter::new([]);
    limiter.observe(&said(60, 2, seconds(3_600)), START);
    limiter.acquire(2, START).unwrap();
    let full = limiter.acquire(1, START).unwrap_err();
    assert_eq!(full.window, "60 calls in 3600 s, as the service says");
    assert_eq!(full.retry_at, Some(START + seconds(3_600)));
    let restarted = Limiter::new([]);
    restarted.restore(&through_json(&limiter));
    assert_eq!(
        restarted.acquire(1, START + seconds(10)).unwrap_err().retry_at,
        full.retry_at
    );
    restarted.acquire(60, START + seconds(3_600)).unwrap();
}

#[test]
fn a_block_is_no_longer_than_its_period_or_a_month() {
    let blocked = |period: Option<Duration>| {
        let limiter = Limiter::new([]);
        let mut quota = Quota::default();
        quota.retry_at = Some(datetime!(9999-12-31 23:59 UTC));
        quota.period = period;
        limiter.observe(&quota, START);
        limiter.acquire(1, START).unwrap_err().retry_at.unwrap() - START
    };
    assert_eq!(blocked(Some(seconds(3_600))), time::Duration::hours(1));
    assert_eq!(blocked(None), time::Duration::days(31));
}

#[test]
fn a_clock_that_was_wrong_once_does_not_stop_everything() {
    let wrong = START + seconds(20 * 365 * 86_400);
    let limiter = Limiter::new([Window::new("2 an hour", 2, seconds(3_600))]);
    limiter.acquire(1, wrong).unwrap();
    let mut quota = Quota::default();
    quota.retry_at = Some(wrong + seconds(60));
    limiter.observe(&quota, wrong);
    let full = limiter.acquire(1, START).unwrap_err();
    assert_eq!(full.retry_at, Some(START + MONTH + seconds(86_400)), "a month at most");
    let later = START + MONTH + seconds(86_400);
    let limiter = Limiter::new([Window::new("2 an hour", 2, seconds(3_600))]);
    limiter.acquire(1, wrong).unwrap();
    limiter.acquire(1, later).unwrap();
    assert_eq!(
        limiter.acquire(1, later).unwrap_err().retry_at,
        Some(later + seconds(3_600))
    );
}

#[test]
fn restoring_forgets_no_call_made_meanwhile() {
    let window = || Limiter::new([Window::new("2 a minute", 2, seconds(60))]);
    let before = window();
    before.acquire(1, START).unwrap();
    let after = window();
    after.acquire(2, START).unwrap();
    after.restore(&before.snapshot());
    after.acquire(1, START).unwrap_err();
}

#[test]
fn half_of_what_is_to_say_changes_nothing() {
    let limiter = plan();
    let mut half = said(10, 0, seconds(60));
    half.period = None;
    limiter.observe(&half, START);
    let mut half = said(10, 0, seconds(60));
    half.remaining = None;
    limiter.observe(&half, START);
    limiter.acquire(10, START).unwrap();
}

#[test]
fn a_limit_of_nothing_does_not_stop_everything_for_ever() {
    let limiter = Limiter::new([Window::new("2 a minute", 2, seconds(60))]);
    limiter.observe(&said(0, 0, seconds(60)), START);
    limiter.acquire(1, START + seconds(60)).unwrap();
}

#[test]
fn nothing_is_sent_before_the_time_that_the_service_named() {
    let limiter = Limiter::new([]);
    let mut quota = Quota::default();
    quota.retry_at = Some(START + seconds(90));
    limiter.observe(&quota, START);
    quota.retry_at = Some(START + seconds(30));
    limiter.observe(&quota, START);
    let full = limiter.acquire(1, START + seconds(40)).unwrap_err();
    assert_eq!(full.retry_at, Some(START + seconds(90)), "an earlier time is no relief");
    assert_eq!(full.retry_in, Some(seconds(50)));
    limiter.acquire(1, START + seconds(90)).unwrap();
}

#[test]
fn the_later_of_window_and_service_counts() {
    let limiter = Limiter::new([Window::new("1 a minute", 1, seconds(60))]);
    limiter.acquire(1, START).unwrap();
    for (named, expected) in [(30, 60), (90, 90)] {
        let mut quota = Quota::default();
        quota.retry_at = Some(START + seconds(named));
        limiter.observe(&quota, START);
        assert_eq!(
            limiter.acquire(1, START).unwrap_err().retry_at,
            Some(START + seconds(expected))
        );
    }
}

#[test]
fn a_limiter_that_is_off_lets_everything_pass() {
    let limiter = Limiter::off();
    let mut quota = said(1, 0, seconds(60));
    quota.retry_at = Some(START + seconds(90));
    limiter.observe(&quota, START);
    let blocked = Limiter::new([]);
    blocked.observe(&quota, START);
    limiter.restore(&blocked.snapshot());
    for _ in 0..100 {
        limiter.acquire(1_000, START).unwrap();
    }
}

pub(crate) fn through_json(limiter: &Limiter) -> LimiterSnapshot {
    serde_json::from_str(&serde_json::to_string(&limiter.snapshot()).unwrap()).unwrap()
}

#[test]
fn a_count_survives_a_restart() {
    let before = plan();
    before.acquire(7, START).unwrap();
    let after = plan();
    after.restore(&through_json(&before));
    assert_eq!(after.snapshot(), before.snapshot());
    let now = START + seconds(30);
    after.acquire(4, now).unwrap_err();
    after.acquire(3, now).unwrap();
    assert_eq!(after.acquire(1, now).unwrap_err().retry_at, Some(START + seconds(60)));
    // The month remembers what the minute has forgotten.
    after.acquire(7, START + seconds(60)).unwrap();
    let left = 1_000 - 17;
    for minute in 2..100 {
        after.acquire(10, START + seconds(60 * minute)).unwrap();
    }
    let end = START + seconds(60 * 200);
    after.acquire(left - 980 + 1, end).unwrap_err();
    after.acquire(left - 980, end).unwrap();
}

#[test]
fn a_restart_frees_no_call_before_its_time() {
    let before = Limiter::new([Window::new("1 a minute", 1, seconds(60))]);
    let made = START + Duration::from_millis(900);
    before.acquire(1, made).unwrap();
    let mut quota = Quota::default();
    quota.retry_at = Some(made + seconds(30));
    before.observe(&quota, made);
    let after = Limiter::new([Window::new("1 a minute", 1, seconds(60))]);
    after.restore(&through_json(&before));
    after.acquire(1, START + seconds(60)).unwrap_err();
    after.acquire(1, START + Duration::from_millis(60_899)).unwrap_err();
    after.acquire(1, START + seconds(61)).unwrap();
}

#[test]
fn the_time_that_the_service_named_survives_a_restart() {
    let before = Limiter::new([]);
    let mut quota = Quota::default();
    quota.retry_at = Some(START + Duration::from_millis(90_500));
    before.observe(&quota, START);
    let after = Limiter::new([]);
    after.restore(&through_json(&before));
    after.acquire(1, START + Duration::from_millis(90_400)).unwrap_err();
    after.acquire(1, START + seconds(91)).unwrap();
}

#[test]
fn a_stored_window_that_no_longer_exists_is_forgotten() {
    let before = Limiter::new([Window::new("1 a minute", 1, seconds(60))]);
    before.acquire(1, START).unwrap();
    let after = Limiter::new([Window::new("2 a minute", 2, seconds(60))]);
    after.restore(&before.snapshot());
    after.acquire(2, START).unwrap();
}

#[test]
fn a_count_as_large_as_it_gets_takes_no_room() {
    let limiter = Limiter::new([Window::new("a lot an hour", u32::MAX, seconds(3_600))]);
    limiter.observe(&said(u32::MAX, 0, seconds(3_600)), START);
    let full = limiter.acquire(1, START + seconds(1)).unwrap_err();
    assert_eq!(full.retry_at, Some(START + seconds(3_600)));
    let stored = serde_json::to_string(&limiter.snapshot()).unwrap();
    assert!(stored.len() < 200, "{stored}");
}

#[test]
fn what_is_taken_back_is_free_again() {
    let limiter = Limiter::new([Window::new("3 a minute", 3, seconds(60))]);
    limiter.acquire(2, START).unwrap();
    limiter.acquire(1, START + seconds(10)).unwrap();
    limiter.take_back(2);
    let full = limiter.acquire(3, START + seconds(20)).unwrap_err();
    assert_eq!(
        full.retry_at,
        Some(START + seconds(60)),
        "the first of the two is still counted"
    );
    limiter.acquire(2, START + seconds(20)).unwrap();
}

#[tokio::test]
async fn a_call_that_did_not_leave_is_not_counted() {
    use energy_core::transport::TransportErrorKind::{Connect, Interrupted};
    let script = Script::new([Answer::Fail(Connect), Answer::Fail(Interrupted)]);
    let limiter = Limiter::new([Window::new("1 a minute", 1, seconds(60))]);
    let login = AnyLogin::new(NoLogin);
    let client = builder(&script, &ManualClock::new(START), login)
        .limiter(limiter)
        .retry(energy_core::RetryPolicy::none())
        .build()
        .unwrap();
    let refused = client.send(&Read).await.unwrap_err();
    assert!(!refused.may_have_been_sent(), "{refused}");
    let broken = client.send(&Read).await.unwrap_err();
    assert!(broken.may_have_been_sent(), "it left: {broken}");
    assert!(client.send(&Read).await.unwrap_err().is_rate_limited());
}

#[test]
fn a_stored_count_with_nonsense_in_it_stops_nothing() {
    let stored = |calls: &str| -> LimiterSnapshot {
        let json = format!(r#"{{"windows": [{{"name": "1 a minute", "calls": [{calls}]}}], "blocked_until": null}}"#);
        serde_json::from_str(&json).unwrap()
    };
    let limiter = Limiter::new([Window::new("1 a minute", 1, seconds(60))]);
    limiter.restore(&stored("[9223372036854775807, 1], [-9223372036854775808, 1]"));
    limiter.acquire(1, START).unwrap();
    // The last second that a date can express: no window ends after it.
    limiter.restore(&stored("[253402300799, 1]"));
    limiter.acquire(1, START).unwrap_err();
    limiter.restore(&stored("[1777896000, 1], [5, 1]"));
    assert_eq!(
        limiter.acquire(1, START).unwrap_err().retry_at,
        Some(datetime!(2026-05-04 12:01 UTC)),
        "stored out of order"
    );
}

#[test]
fn a_window_longer_than_the_calendar_never_ends() {
    let limiter = Limiter::new([Window::new("1 ever", 1, Duration::MAX)]);
    limiter.acquire(1, START).unwrap();
    limiter.acquire(1, datetime!(9000-01-01 0:00 UTC)).unwrap_err();
}

proptest! {
    #[test]
    fn no_window_ever_holds_more_than_its_limit(
        limits in prop::collection::vec((1_u32..6, 1_u64..40), 1..4),
        steps in prop::collection::vec((0_u64..15_000, 0_u32..4, any::<bool>()), 1..80),
    ) {
        let windows = || {
            limits.iter().enumerate().map(|(i, (limit, period))| Window::new(format!("w{i}"), *limit, seconds(*period)))
        };
        let mut limiter = Limiter::new(windows());
        let mut now = START;
        let mut made: VecDeque<time::OffsetDateTime> = VecDeque::new();
        for (gap, cost, restart) in steps {
            now += Duration::from_millis(gap);
            if restart {
                let stored = through_json(&limiter);
                limiter = Limiter::new(windows());
                limiter.restore(&stored);
            }
            match limiter.acquire(cost, now) {
                Ok(()) => made.extend(std::iter::repeat_n(now, cost as usize)),
                Err(full) => {
                    prop_assert!(cost > 0);
                    if let Some(at) = full.retry_at {
                        prop_assert!(at > now);
                    } else {
                        prop_assert!(limits.iter().any(|(limit, _)| cost > *limit));
                    }
                }
            }
            for (limit, period) in &limits {
                let inside = made.iter().filter(|at| **at + seconds(*period) > now).count();
                prop_assert!(inside <= *limit as usize, "{inside} of {limit} in {period} s");
            }
        }
    }

    #[test]
    fn the_time_it_gives_is_the_first_at_which_the_call_fits(
        limit in 1_u32..5,
        gaps in prop::collection::vec(0_u64..30, 1..20),
        cost in 1_u32..5,
    ) {
        let limiter = Limiter::new([Window::new("w", limit, seconds(60))]);
        let mut now = START;
        for gap in gaps {
            now += seconds(gap);
            let _ = limiter.acquire(1, now);
        }
        if let Err(full) = limiter.acquire(cost, now) && let Some(at) = full.retry_at {
            let stored = limiter.snapshot();
            prop_assert!(limiter.acquire(cost, at - Duration::from_nanos(1)).is_err());
            limiter.restore(&stored);
            prop_assert!(limiter.acquire(cost, at).is_ok());
        }
    }
}
