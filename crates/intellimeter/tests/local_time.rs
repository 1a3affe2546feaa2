//! Local time without zone, and the hours that come twice or never.

use energy_core::model::{TimeZone, ZoneError};
use energy_core::time::macros::datetime;
use intellimeter::{Fold, InZoneError, LocalTime};

fn local(text: &str) -> LocalTime {
    text.parse().unwrap()
}

#[test]
fn both_forms_are_read_and_one_is_written() {
    let expected = LocalTime::from(datetime!(2021-01-20 15:20:00));
    for text in ["2021-01-20T15:20:00", "2021-01-20 15:20:00", "2021-01-20 15:20:00.000"] {
        assert_eq!(local(text), expected, "{text}");
    }
    assert_eq!(serde_json::to_string(&expected).unwrap(), "\"2021-01-20T15:20:00\"");
    assert_eq!(
        serde_json::from_str::<LocalTime>("\"2021-01-20 15:20:00\"").unwrap(),
        expected
    );
    assert_eq!(expected.spaced().to_string(), "2021-01-20 15:20:00");
}

#[test]
fn parts_of_a_second_are_kept() {
    let time = local("2021-04-09 10:20:00.050");
    assert_eq!(time.date_time(), datetime!(2021-04-09 10:20:00.05));
    assert_eq!(time.to_string(), "2021-04-09T10:20:00.05");
    assert_eq!(local(&time.spaced().to_string()), time);
}

#[test]
fn what_is_no_local_time_is_refused() {
    let wrong = [
        "",
        "2021-04-09",
        "2021-04-09T10:20",
        "2021-04-09T10:20:00Z",
        "2021-04-09T10:20:00-04:00",
        "2021-04-09t10:20:00",
        "2021-04-09  10:20:00",
        "2021-02-29T10:20:00",
        "2021-04-09T24:00:00",
        "2021-04-09T10:20:60",
        "2021-04-09T10:20:00.",
        "+021-04-09T10:20:00",
        "2021-04-0é10:20:00",
    ];
    for text in wrong {
        assert_eq!(text.parse::<LocalTime>().unwrap_err().text, text);
    }
    let long = "2".repeat(1000).parse::<LocalTime>().unwrap_err();
    assert_eq!(long.text.len(), 40);
}

// In Toronto the clock was set forward on 2021-03-14 at 2:00 EST, and back on 2021-11-07 at 2:00 EDT.

#[test]
fn a_time_is_an_instant_in_its_zone() {
    let toronto = TimeZone::named("America/Toronto");
    let winter = local("2021-01-20T15:20:00").in_zone(&toronto).unwrap();
    assert_eq!(winter, datetime!(2021-01-20 20:20 UTC));
    assert_eq!(winter.hour(), 15);
    assert_eq!(
        local("2021-07-20T15:20:00").in_zone(&toronto).unwrap(),
        datetime!(2021-07-20 19:20 UTC)
    );
}

#[test]
fn the_hour_that_comes_twice_is_the_callers_choice() {
    let toronto = TimeZone::named("America/Toronto");
    let time = local("2021-11-07T01:30:00");
    let (first, second) = (datetime!(2021-11-07 05:30 UTC), datetime!(2021-11-07 06:30 UTC));
    match time.in_zone(&toronto).unwrap_err() {
        InZoneError::Twice { local, earlier, later } => assert_eq!((local, earlier, later), (time, first, second)),
        other => panic!("{other}"),
    }
    assert_eq!(time.in_zone_fold(&toronto, Fold::Earlier).unwrap(), first);
    assert_eq!(time.in_zone_fold(&toronto, Fold::Later).unwrap(), second);
    let once = local("2021-11-07T02:30:00");
    assert_eq!(once.in_zone_fold(&toronto, Fold::Earlier), once.in_zone(&toronto));
}

#[test]
fn the_hour_that_never_comes_is_an_error() {
    let toronto = TimeZone::named("America/Toronto");
    let time = local("2021-03-14T02:30:00");
    for error in [
        time.in_zone(&toronto).unwrap_err(),
        time.in_zone_fold(&toronto, Fold::Later).unwrap_err(),
    ] {
        match error {
            InZoneError::Never { jump, .. } => assert_eq!(jump, datetime!(2021-03-14 07:00 UTC)),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn an_unknown_zone_is_said_to_be_one() {
    let error = local("2021-03-14T02:30:00")
        .in_zone(&TimeZone::named("Canada/Nowhere"))
        .unwrap_err();
    assert!(matches!(error, InZoneError::Zone(ZoneError::Unknown { .. })), "{error}");
}
