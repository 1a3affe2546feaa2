//! When it is worth asking again.

use std::time::Duration;

use energy_core::time::OffsetDateTime;
use energy_core::time::macros::datetime;
use enphase::{ConnectionType, next_report};
use proptest::prelude::*;

const REPORT: OffsetDateTime = datetime!(2026-06-18 09:12:31 UTC);
const QUARTER: Duration = Duration::from_secs(15 * 60);

fn cellular() -> ConnectionType {
    ConnectionType::Cellular
}

#[test]
fn gateways_report_every_quarter_of_an_hour() {
    let next = datetime!(2026-06-18 09:27:31 UTC);
    for connection in [
        None,
        Some(ConnectionType::Ethernet),
        Some(ConnectionType::Wifi),
        Some("lora".into()),
    ] {
        assert_eq!(next_report(REPORT, connection.as_ref(), REPORT), next, "{connection:?}");
        let now = datetime!(2026-06-18 09:27:30 UTC);
        assert_eq!(next_report(REPORT, connection.as_ref(), now), next, "{connection:?}");
    }
}

#[test]
fn gateways_report_every_six_hours_over_cellular() {
    let next = datetime!(2026-06-18 15:12:31 UTC);
    assert_eq!(next_report(REPORT, Some(&cellular()), REPORT + QUARTER), next);
    assert_eq!(next_report(REPORT, Some(&"Cellular".into()), REPORT + QUARTER), next);
}

/// A report that is due is not there yet: it is worth asking one turn later.
#[test]
fn a_gateway_that_is_overdue_is_asked_at_its_next_turn() {
    assert_eq!(next_report(REPORT, None, REPORT + QUARTER), REPORT + 2 * QUARTER);
    let two_days_later = datetime!(2026-06-20 09:13:00 UTC);
    assert_eq!(
        next_report(REPORT, None, two_days_later),
        datetime!(2026-06-20 09:27:31 UTC)
    );
    assert_eq!(
        next_report(REPORT, Some(&cellular()), two_days_later),
        datetime!(2026-06-20 15:12:31 UTC)
    );
}

/// The clocks differ; the report is believed.
#[test]
fn a_report_of_the_future_is_followed_by_another() {
    let now = datetime!(2026-06-18 09:10 UTC);
    assert_eq!(next_report(REPORT, None, now), REPORT + QUARTER);
    assert_eq!(
        next_report(REPORT, Some(&cellular()), now),
        REPORT + Duration::from_secs(6 * 3600)
    );
}

#[test]
fn nothing_overflows() {
    let (first, last) = (datetime!(1970-01-01 0:00 UTC), datetime!(9999-12-31 23:59:59 UTC));
    assert!(next_report(first, None, last) <= last + Duration::from_nanos(999_999_999));
    assert!(next_report(last, None, first) >= last);
}

proptest! {
    /// It is the first turn after now, counted from the report.
    #[test]
    fn it_is_the_first_turn_after_now(since in 0_i64..40_000_000, over_cellular: bool) {
        let every = if over_cellular { 6 * 3600 } else { 15 * 60 };
        let connection = over_cellular.then(cellular);
        let now = REPORT + Duration::from_secs(since.unsigned_abs());
        let next = next_report(REPORT, connection.as_ref(), now);
        prop_assert!(next > now);
        prop_assert!((next - now).whole_seconds() <= every);
        prop_assert_eq!((next - REPORT).whole_seconds() % every, 0);
    }
}
