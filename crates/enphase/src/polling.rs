//! When it is worth asking again.

use std::time::Duration;

use time::OffsetDateTime;

use crate::ConnectionType;

/// How often a gateway reports.
const EVERY: Duration = Duration::from_secs(15 * 60);
/// How often it does over cellular.
const EVERY_OVER_CELLULAR: Duration = Duration::from_secs(6 * 3600);

/// The earliest time after `now` at which a system can have something new: gateways report every fifteen minutes, over
/// cellular every six hours. To ask earlier costs quota and brings nothing. Source: the vendor's pages on both versions.
///
/// ```
/// use enphase::next_report;
/// use enphase::energy_core::time::macros::datetime;
///
/// let next = next_report(datetime!(2026-03-02 10:05 UTC), None, datetime!(2026-03-02 10:07 UTC));
/// assert_eq!(next, datetime!(2026-03-02 10:20 UTC));
/// ```
pub fn next_report(
    last_report_at: OffsetDateTime,
    connection: Option<&ConnectionType>,
    now: OffsetDateTime,
) -> OffsetDateTime {
    let every = match connection {
        Some(ConnectionType::Cellular) => EVERY_OVER_CELLULAR,
        _ => EVERY,
    };
    let Ok(since) = Duration::try_from(now - last_report_at) else {
        // A report of the future: the clocks differ.
        return last_report_at.saturating_add(time::Duration::seconds_f64(every.as_secs_f64()));
    };
    let reports = since.as_secs() / every.as_secs() + 1;
    let seconds = i64::try_from(reports.saturating_mul(every.as_secs())).unwrap_or(i64::MAX);
    last_report_at.saturating_add(time::Duration::seconds(seconds))
}
