//! The days of a site.
#![cfg(feature = "time-zones")]

use std::time::Duration;

use energy_core::model::{Site, TimeZone, ZoneError};
use time::OffsetDateTime;
use time::macros::datetime;

/// Half past midnight in Berlin, on the day on which clocks are set forward; still Saturday in Toronto.
const NOW: OffsetDateTime = datetime!(2026-03-28 23:30 UTC);

#[test]
fn yesterday_today_and_tomorrow_are_those_of_the_sites_own_clock() {
    let berlin = Site::new("67").with_time_zone(TimeZone::named("Europe/Berlin"));
    let yesterday = berlin.yesterday(NOW).unwrap();
    assert_eq!(yesterday.start(), datetime!(2026-03-27 23:00 UTC));
    assert_eq!(yesterday.duration(), Duration::from_secs(24 * 3_600));
    let today = berlin.today(NOW).unwrap();
    assert_eq!(today.start(), yesterday.end());
    assert_eq!(today.duration(), Duration::from_secs(23 * 3_600));
    let tomorrow = berlin.tomorrow(NOW).unwrap();
    assert_eq!(tomorrow.start(), datetime!(2026-03-29 22:00 UTC));

    let toronto = Site::new("1").with_time_zone(TimeZone::named("America/Toronto"));
    assert_eq!(toronto.today(NOW).unwrap().start(), datetime!(2026-03-28 04:00 UTC));
}

#[test]
fn a_site_whose_zone_is_not_known_has_no_days() {
    assert_eq!(Site::new("67").today(NOW), Err(ZoneError::NoZone));
    assert_eq!(Site::new("67").yesterday(NOW), Err(ZoneError::NoZone));
    let nowhere = Site::new("67").with_time_zone(TimeZone::named("Europe/Atlantis"));
    assert!(matches!(nowhere.tomorrow(NOW), Err(ZoneError::Unknown { .. })));
}
