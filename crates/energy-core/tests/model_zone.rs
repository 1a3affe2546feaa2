//! Time zones without the database: names are stored, fixed offsets work.

use energy_core::model::{LocalInstant, TimeZone, ZoneError};
use time::UtcOffset;
use time::macros::{date, datetime, offset};

#[test]
fn a_name_is_stored_as_it_is() {
    let zone = TimeZone::named("Europe/Berlin");
    assert_eq!(zone.name(), Some("Europe/Berlin"));
    assert_eq!(zone.to_string(), "Europe/Berlin");
    assert_eq!(serde_json::to_string(&zone).unwrap(), r#""Europe/Berlin""#);
    assert_eq!(serde_json::from_str::<TimeZone>(r#""Europe/Berlin""#).unwrap(), zone);
    let unknown: TimeZone = serde_json::from_str(r#""Mars/Olympus""#).unwrap();
    assert_eq!(unknown.name(), Some("Mars/Olympus"), "storable all the same");
    assert!(serde_json::from_str::<TimeZone>("7200").is_err());
}

#[test]
fn fixed_offsets_survive_as_text() {
    for (offset, text) in [
        (UtcOffset::UTC, "+00:00"),
        (offset!(+5:45), "+05:45"),
        (offset!(-0:30), "-00:30"),
        (offset!(-11), "-11:00"),
        (offset!(+0:19:32), "+00:19:32"),
    ] {
        let zone = TimeZone::fixed(offset);
        assert_eq!(zone.to_string(), text);
        assert_eq!(TimeZone::named(text), zone);
        assert_eq!(zone.name(), None);
        let json = serde_json::to_string(&zone).unwrap();
        assert_eq!(serde_json::from_str::<TimeZone>(&json).unwrap(), zone);
    }
    assert_eq!(TimeZone::UTC, TimeZone::fixed(UtcOffset::UTC));
}

#[test]
fn what_looks_like_an_offset_but_is_none_is_a_name() {
    for text in [
        "",
        "+",
        "+5:30",
        "+05",
        "+0530",
        "+05:30:00:00",
        "+99:00",
        "+05:61",
        "+0a:00",
        "+-5:00",
        "−05:00",
        "05:30",
    ] {
        assert_eq!(TimeZone::named(text).name(), Some(text));
    }
}

#[test]
fn a_fixed_offset_counts_local_days() {
    let zone = TimeZone::fixed(offset!(-3:30));
    let evening = datetime!(2026-01-02 3:29:59 UTC);
    assert_eq!(zone.date_at(evening).unwrap(), date!(2026 - 01 - 01));
    assert_eq!(zone.local(evening).unwrap().offset(), offset!(-3:30));
    let day = zone.day(date!(2026 - 01 - 02)).unwrap();
    assert_eq!(day.start(), datetime!(2026-01-02 3:30 UTC));
    assert_eq!(day.duration().as_secs(), 86_400);
    let noon = zone.resolve(datetime!(2026-01-02 12:00)).unwrap();
    assert_eq!(noon.single(), Some(datetime!(2026-01-02 15:30 UTC)));
    assert_eq!(noon.earliest(), noon.latest());
}

#[test]
fn utc_is_known_by_name_without_a_database() {
    for name in ["UTC", "Etc/UTC"] {
        let zone = TimeZone::named(name);
        let noon = datetime!(2026-06-01 12:00 UTC);
        assert_eq!(zone.offset_at(noon).unwrap(), UtcOffset::UTC);
        assert_eq!(
            zone.resolve(datetime!(2026-06-01 12:00)).unwrap(),
            LocalInstant::Single(noon)
        );
    }
}

#[test]
fn the_edge_of_the_calendar_is_an_error() {
    let zone = TimeZone::fixed(offset!(+10));
    assert_eq!(zone.local(datetime!(9999-12-31 20:00 UTC)), Err(ZoneError::OutOfRange));
    assert_eq!(zone.day(time::Date::MAX), Err(ZoneError::OutOfRange));
    assert_eq!(zone.start_of_day(time::Date::MIN), Err(ZoneError::OutOfRange));
    let west = TimeZone::fixed(offset!(-10));
    assert_eq!(west.resolve(datetime!(9999-12-31 20:00)), Err(ZoneError::OutOfRange));
}

#[cfg(not(feature = "time-zones"))]
#[test]
fn a_named_zone_says_which_feature_it_needs() {
    let zone = TimeZone::named("Europe/Berlin");
    let refusal = ZoneError::NoDatabase {
        name: "Europe/Berlin".to_owned(),
    };
    let noon = datetime!(2026-06-01 12:00 UTC);
    assert_eq!(zone.offset_at(noon), Err(refusal.clone()));
    assert_eq!(zone.date_at(noon), Err(refusal.clone()));
    assert_eq!(zone.resolve(datetime!(2026-06-01 12:00)), Err(refusal.clone()));
    assert_eq!(zone.day(date!(2026 - 06 - 01)), Err(refusal.clone()));
    assert!(refusal.to_string().contains("time-zones"));
}
