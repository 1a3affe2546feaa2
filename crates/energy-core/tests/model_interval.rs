//! Intervals: half-open, in UTC, never empty.

use std::time::Duration;

use energy_core::model::{Interval, IntervalError};
use proptest::prelude::*;
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

fn minutes(start: i64, end: i64) -> Interval {
    let at = |minute: i64| datetime!(2026-06-01 0:00 UTC) + time::Duration::minutes(minute);
    Interval::new(at(start), at(end)).unwrap()
}

#[test]
fn an_interval_must_end_after_it_starts() {
    let (start, end) = (datetime!(2026-06-01 1:00 UTC), datetime!(2026-06-01 0:00 UTC));
    assert_eq!(Interval::new(start, end), Err(IntervalError::Empty { start, end }));
    assert!(matches!(Interval::new(start, start), Err(IntervalError::Empty { .. })));
    // The same instant on two clocks.
    let elsewhere = datetime!(2026-06-01 3:00 +02:00);
    assert!(Interval::new(start, elsewhere).is_err());
    assert!(Interval::starting_at(start, Duration::ZERO).is_err());
    assert!(Interval::ending_at(start, Duration::ZERO).is_err());
}

#[test]
fn the_edge_of_the_calendar_is_an_error_not_a_panic() {
    let last = datetime!(9999-12-31 23:00 -02:00);
    let before = datetime!(9999-12-31 20:00 UTC);
    assert_eq!(Interval::new(before, last), Err(IntervalError::OutOfRange));
    assert_eq!(
        Interval::starting_at(before, Duration::MAX),
        Err(IntervalError::OutOfRange)
    );
    assert_eq!(
        Interval::ending_at(before, Duration::MAX),
        Err(IntervalError::OutOfRange)
    );
    let day = Duration::from_secs(86_400);
    assert_eq!(Interval::starting_at(before, day), Err(IntervalError::OutOfRange));
}

#[test]
fn labels_by_start_and_by_end() {
    let hour = Duration::from_secs(3_600);
    let by_start = Interval::starting_at(datetime!(2026-06-01 12:00 +02:00), hour).unwrap();
    let by_end = Interval::ending_at(datetime!(2026-06-01 13:00 +02:00), hour).unwrap();
    assert_eq!(by_start, by_end);
    assert_eq!(by_start.start().offset(), UtcOffset::UTC);
    assert_eq!(by_start.to_string(), "2026-06-01T10:00:00Z/2026-06-01T11:00:00Z");
    assert_eq!(by_start.midpoint(), datetime!(2026-06-01 10:30 UTC));
}

#[test]
fn the_end_does_not_belong() {
    let hour = minutes(0, 60);
    assert!(hour.contains(hour.start()));
    assert!(!hour.contains(hour.end()));
    assert!(hour.encloses(&hour) && hour.encloses(&minutes(0, 1)) && !hour.encloses(&minutes(30, 61)));
}

#[test]
fn neighbours_touch_but_share_nothing() {
    let (first, second) = (minutes(0, 60), minutes(60, 90));
    assert!(first.is_adjacent(&second) && second.is_adjacent(&first));
    assert!(!first.overlaps(&second));
    assert_eq!(first.intersection(&second), None);
    assert_eq!(first.overlap(&second), Duration::ZERO);
    assert_eq!(first.merge(&second), Some(minutes(0, 90)));
    assert_eq!(first.merge(&minutes(61, 90)), None);
    assert_eq!(first.overlap(&minutes(50, 90)), Duration::from_secs(600));
}

#[test]
fn splitting_only_inside() {
    let hour = minutes(0, 60);
    assert_eq!(
        hour.split_at(minutes(20, 21).start()),
        Some((minutes(0, 20), minutes(20, 60)))
    );
    assert_eq!(hour.split_at(hour.start()), None);
    assert_eq!(hour.split_at(hour.end()), None);
    assert!(matches!(hour.split_by(Duration::ZERO), Err(IntervalError::ZeroStep)));
    assert_eq!(hour.split_by(Duration::MAX).unwrap().collect::<Vec<_>>(), [hour]);
}

#[test]
fn json_is_checked_like_any_input() {
    let hour = minutes(0, 60);
    let json = r#"{"start":"2026-06-01T00:00:00Z","end":"2026-06-01T01:00:00Z"}"#;
    assert_eq!(serde_json::to_string(&hour).unwrap(), json);
    assert_eq!(serde_json::from_str::<Interval>(json).unwrap(), hour);
    let offset = r#"{"start":"2026-06-01T02:00:00+02:00","end":"2026-06-01T01:00:00Z"}"#;
    assert_eq!(serde_json::from_str::<Interval>(offset).unwrap(), hour);
    let backwards = r#"{"start":"2026-06-01T01:00:00Z","end":"2026-06-01T00:00:00Z"}"#;
    let error = serde_json::from_str::<Interval>(backwards).unwrap_err();
    assert!(error.to_string().contains("must end after it starts"), "{error}");
    assert!(serde_json::from_str::<Interval>(r#"{"start":"2026-06-01T01:00:00Z"}"#).is_err());
}

prop_compose! {
    fn any_interval()(start in 0_i64..500, length in 1_i64..500) -> Interval {
        minutes(start, start + length)
    }
}

proptest! {
    #[test]
    fn overlap_is_symmetric_and_agrees_with_intersection(a in any_interval(), b in any_interval()) {
        prop_assert_eq!(a.overlaps(&b), b.overlaps(&a));
        prop_assert_eq!(a.intersection(&b), b.intersection(&a));
        prop_assert_eq!(a.overlaps(&b), !a.overlap(&b).is_zero());
        if let Some(common) = a.intersection(&b) {
            prop_assert!(a.encloses(&common) && b.encloses(&common));
        }
        prop_assert!(!(a.overlaps(&b) && a.is_adjacent(&b)));
    }

    #[test]
    fn a_merger_holds_both_and_no_more(a in any_interval(), b in any_interval()) {
        prop_assert_eq!(a.merge(&b), b.merge(&a));
        if let Some(both) = a.merge(&b) {
            prop_assert!(both.encloses(&a) && both.encloses(&b));
            prop_assert_eq!(both.duration() + a.overlap(&b), a.duration() + b.duration());
        } else {
            prop_assert!(a.end() < b.start() || b.end() < a.start());
        }
    }

    #[test]
    fn halves_merge_back(interval in any_interval(), minute in 0_i64..1_000) {
        let at = datetime!(2026-06-01 0:00 UTC) + time::Duration::minutes(minute);
        if let Some((before, after)) = interval.split_at(at) {
            prop_assert!(before.is_adjacent(&after));
            prop_assert_eq!(before.merge(&after), Some(interval));
            prop_assert!(!before.contains(at) && after.contains(at));
        } else {
            prop_assert!(!interval.contains(at) || at == interval.start());
        }
    }

    #[test]
    fn steps_tile_the_interval(interval in any_interval(), step in 1_u64..100_000) {
        let pieces: Vec<_> = interval.split_by(Duration::from_secs(step)).unwrap().collect();
        prop_assert_eq!(pieces.iter().map(Interval::duration).sum::<Duration>(), interval.duration());
        prop_assert_eq!(pieces[0].start(), interval.start());
        prop_assert_eq!(pieces[pieces.len() - 1].end(), interval.end());
        for pair in pieces.windows(2) {
            prop_assert_eq!(pair[0].end(), pair[1].start());
            prop_assert_eq!(pair[0].duration(), Duration::from_secs(step));
        }
    }

    #[test]
    fn json_keeps_every_interval(start in 0_i64..4_000_000_000, length in 1_i64..1_000_000_000) {
        let at = |second| OffsetDateTime::from_unix_timestamp(second).unwrap();
        let interval = Interval::new(at(start), at(start + length)).unwrap();
        let json = serde_json::to_string(&interval).unwrap();
        prop_assert_eq!(serde_json::from_str::<Interval>(&json).unwrap(), interval);
    }
}
