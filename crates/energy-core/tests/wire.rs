//! Pieces of serde that vendors share.

use std::time::Duration;

use energy_core::wire::{Entries, Extra, OneOrMany, Patch, hms};
use energy_core::{UrlValue, closed_enum, id_type, open_enum};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, from_str, json, to_string, to_value};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime, PrimitiveDateTime};

/// Makes a struct `{v: …}` whose field is read and written by a module of `wire`.
macro_rules! field {
    ($name:ident, $type:ty, $module:literal) => {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct $name {
            #[serde(with = $module)]
            v: $type,
        }
    };
    ($name:ident, optional $type:ty, $module:literal) => {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct $name {
            #[serde(default, with = $module)]
            v: Option<$type>,
        }
    };
}

field!(Hms, Duration, "energy_core::wire::hms");
field!(HmsOption, optional Duration, "energy_core::wire::hms::option");
field!(Day, Date, "energy_core::wire::date");
field!(DayOption, optional Date, "energy_core::wire::date::option");
field!(Instant, OffsetDateTime, "energy_core::wire::rfc3339");
field!(InstantOption, optional OffsetDateTime, "energy_core::wire::rfc3339::option");
field!(Spaced, OffsetDateTime, "energy_core::wire::spaced");
field!(SpacedOption, optional OffsetDateTime, "energy_core::wire::spaced::option");
field!(Local, PrimitiveDateTime, "energy_core::wire::local_date_time");
field!(Seconds, OffsetDateTime, "energy_core::wire::epoch_seconds");
field!(SecondsOption, optional OffsetDateTime, "energy_core::wire::epoch_seconds::option");
field!(Milliseconds, OffsetDateTime, "energy_core::wire::epoch_milliseconds");
field!(Number, optional f64, "energy_core::wire::lenient_number");
field!(Text, optional String, "energy_core::wire::lenient_string");
field!(Object, optional Inner, "energy_core::wire::object_or_empty_list");

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Inner {
    a: u8,
}

#[allow(clippy::needless_pass_by_value, reason = "so that tests can write `json!(…)`")]
fn read<T: for<'de> Deserialize<'de>>(value: Value) -> Result<T, String> {
    from_str(&json!({ "v": value }).to_string()).map_err(|error| error.to_string())
}

#[test]
fn durations_are_read_as_hours_minutes_seconds() {
    for (text, seconds) in [
        ("00:00:00", 0),
        ("0:00:01", 1),
        ("01:02:03", 3_723),
        ("23:59:59", 86_399),
        ("24:00:00", 86_400),
        ("100:00:00", 360_000),
    ] {
        assert_eq!(hms::parse(text), Some(Duration::from_secs(seconds)), "{text}");
        assert_eq!(read::<Hms>(json!(text)).unwrap().v.as_secs(), seconds);
    }
    for wrong in [
        "",
        ":",
        "::",
        "1",
        "00:01",
        "00:60:00",
        "00:00:60",
        "00:00:00:00",
        "-1:00:00",
        "+1:00:00",
        " 01:00:00",
        "01:00:00 ",
        "01:00:0x",
        "01:00:00.5",
        "٠١:٠٠:٠٠",
        "99999999999999999999:00:00",
        "18446744073709551615:00:00",
    ] {
        assert_eq!(hms::parse(wrong), None, "{wrong}");
        if wrong.parse::<f64>().is_ok() {
            continue; // seconds, to a reader
        }
        let error = read::<Hms>(json!(wrong)).unwrap_err();
        assert!(error.contains("H:MM:SS") && error.contains(wrong), "{error}");
    }
    read::<Hms>(json!(null)).unwrap_err();
    read::<Hms>(json!(-5)).unwrap_err();
    read::<Hms>(json!({"seconds": 5})).unwrap_err();
}

#[test]
fn durations_may_be_seconds_as_a_number_or_a_text() {
    for (written, seconds) in [(json!(3600), 3600), (json!("90"), 90), (json!(5.9), 5), (json!("0"), 0)] {
        assert_eq!(read::<Hms>(written).unwrap().v, Duration::from_secs(seconds));
    }
}

#[test]
fn durations_are_written_with_two_digits() {
    let shown = |seconds| {
        to_value(Hms {
            v: Duration::from_secs(seconds),
        })
        .unwrap()
    };
    assert_eq!(shown(3_723), json!({"v": "01:02:03"}));
    assert_eq!(shown(360_000), json!({"v": "100:00:00"}));
    assert_eq!(to_value(HmsOption { v: None }).unwrap(), json!({"v": null}));
    assert_eq!(read::<HmsOption>(json!(null)).unwrap().v, None);
    assert_eq!(from_str::<HmsOption>("{}").unwrap().v, None);
    assert_eq!(
        read::<HmsOption>(json!("0:01:00")).unwrap().v,
        Some(Duration::from_secs(60))
    );
    assert!(read::<HmsOption>(json!("soon")).unwrap_err().contains("`soon`"));
}

proptest! {
    #[test]
    fn durations_survive_writing(seconds in 0_u64..10_000_000_000) {
        let before = Hms { v: Duration::from_secs(seconds) };
        prop_assert_eq!(from_str::<Hms>(&to_string(&before).unwrap()).unwrap(), before);
    }

    #[test]
    fn no_text_makes_a_duration_panic(text in "\\PC{0,12}|[0-9:]{0,24}") {
        let _ = hms::parse(&text);
    }
}

#[test]
fn days_are_read_strictly() {
    assert_eq!(read::<Day>(json!("2026-05-04")).unwrap().v, date!(2026 - 05 - 04));
    assert_eq!(read::<Day>(json!("2024-02-29")).unwrap().v, date!(2024 - 02 - 29));
    for wrong in [
        "2026-02-29",
        "2026-13-01",
        "2026-5-4",
        "04.05.2026",
        "2026-05-04T00:00:00Z",
        "",
    ] {
        let error = read::<Day>(json!(wrong)).unwrap_err();
        assert!(
            error.contains("2026-05-04") && error.contains(&format!("`{wrong}`")),
            "{error}"
        );
    }
    assert_eq!(
        to_value(Day {
            v: date!(2026 - 05 - 04)
        })
        .unwrap(),
        json!({"v": "2026-05-04"})
    );
    assert_eq!(read::<DayOption>(json!(null)).unwrap().v, None);
    assert_eq!(from_str::<DayOption>("{}").unwrap().v, None);
    read::<DayOption>(json!("")).unwrap_err();
}

#[test]
fn an_instant_keeps_its_offset() {
    let berlin = datetime!(2026-05-04 07:12:40 +2);
    let read_ = read::<Instant>(json!("2026-05-04T07:12:40+02:00")).unwrap().v;
    assert_eq!((read_, read_.offset()), (berlin, berlin.offset()));
    assert_eq!(
        to_value(Instant { v: berlin }).unwrap(),
        json!({"v": "2026-05-04T07:12:40+02:00"})
    );
    let utc = read::<Instant>(json!("2026-05-04T05:12:40.25Z")).unwrap().v;
    assert_eq!(utc, datetime!(2026-05-04 05:12:40.25 UTC));
    for wrong in [
        "2026-05-04 07:12:40",
        "2026-05-04T07:12:40",
        "2026-05-04T25:00:00Z",
        "1777896760",
    ] {
        let error = read::<Instant>(json!(wrong)).unwrap_err();
        assert!(error.contains(&format!("`{wrong}`")), "{error}");
    }
    assert_eq!(read::<InstantOption>(json!(null)).unwrap().v, None);
    assert_eq!(from_str::<InstantOption>("{}").unwrap().v, None);
    assert_eq!(to_value(InstantOption { v: None }).unwrap(), json!({"v": null}));
}

#[test]
fn an_instant_with_a_space_is_read_with_either_and_written_in_utc() {
    let at = datetime!(2026-05-04 07:12:40.346827 UTC);
    for text in [
        "2026-05-04 07:12:40.346827Z",
        "2026-05-04T07:12:40.346827Z",
        "2026-05-04 09:12:40.346827+02:00",
    ] {
        assert_eq!(read::<Spaced>(json!(text)).unwrap().v, at, "{text}");
    }
    for (instant, text) in [
        (at, "2026-05-04 07:12:40.346827Z"),
        (datetime!(2026-05-04 09:12:40.5 +2), "2026-05-04 07:12:40.5Z"),
        (datetime!(2026-05-04 07:12:40 UTC), "2026-05-04 07:12:40Z"),
        (
            datetime!(2026-05-04 07:12:40.000000001 UTC),
            "2026-05-04 07:12:40.000000001Z",
        ),
    ] {
        assert_eq!(to_value(Spaced { v: instant }).unwrap(), json!({"v": text}));
    }
    for wrong in [
        "2026-05-04",
        "2026-05-04 07:12:40",
        "2026-05-04  07:12:40Z",
        "2026-05-04 25:00:00Z",
        "ä026-05-04 07:12:40Z",
    ] {
        let error = read::<Spaced>(json!(wrong)).unwrap_err();
        assert!(error.contains(&format!("`{wrong}`")), "{error}");
    }
    assert_eq!(read::<SpacedOption>(json!(null)).unwrap().v, None);
    assert_eq!(from_str::<SpacedOption>("{}").unwrap().v, None);
}

#[test]
fn local_time_is_no_instant() {
    let local = datetime!(2026-05-04 07:12:40);
    assert_eq!(read::<Local>(json!("2026-05-04 07:12:40")).unwrap().v, local);
    assert_eq!(
        to_value(Local { v: local }).unwrap(),
        json!({"v": "2026-05-04 07:12:40"})
    );
    for wrong in [
        "2026-05-04T07:12:40",
        "2026-05-04 07:12",
        "2026-05-04 07:12:40+02:00",
        "2026-05-04 24:00:00",
    ] {
        let error = read::<Local>(json!(wrong)).unwrap_err();
        assert!(error.contains("2026-05-04 07:12:40"), "{error}");
    }
}

#[test]
fn epochs_are_seconds_or_milliseconds() {
    let at = datetime!(2026-05-04 12:00:00 UTC);
    assert_eq!(read::<Seconds>(json!(1_777_896_000)).unwrap().v, at);
    assert_eq!(to_value(Seconds { v: at }).unwrap(), json!({"v": 1_777_896_000}));
    assert_eq!(
        read::<Seconds>(json!(-1)).unwrap().v,
        datetime!(1969-12-31 23:59:59 UTC)
    );
    let milliseconds = at + Duration::from_millis(789);
    assert_eq!(
        read::<Milliseconds>(json!(1_777_896_000_789_i64)).unwrap().v,
        milliseconds
    );
    assert_eq!(
        to_value(Milliseconds { v: milliseconds }).unwrap(),
        json!({"v": 1_777_896_000_789_i64})
    );
    for wrong in [
        json!(i64::MAX),
        json!(i64::MIN),
        json!("1777896000"),
        json!(1.5),
        json!(u64::MAX),
    ] {
        read::<Seconds>(wrong.clone()).unwrap_err();
        read::<Milliseconds>(wrong).unwrap_err();
    }
    assert_eq!(read::<SecondsOption>(json!(null)).unwrap().v, None);
    assert_eq!(
        read::<SecondsOption>(json!(0)).unwrap().v,
        Some(OffsetDateTime::UNIX_EPOCH)
    );
}

#[test]
fn a_number_may_come_as_text() {
    for (wire, number) in [
        (json!(1.5), Some(1.5)),
        (json!(-3), Some(-3.0)),
        (json!("1.5"), Some(1.5)),
        (json!(" -3e2 "), Some(-300.0)),
        (json!(""), None),
        (json!("  "), None),
        (json!(null), None),
    ] {
        assert_eq!(read::<Number>(wire.clone()).unwrap().v, number, "{wire}");
    }
    assert_eq!(from_str::<Number>("{}").unwrap().v, None);
    assert_eq!(to_value(Number { v: Some(1.5) }).unwrap(), json!({"v": 1.5}));
    assert_eq!(to_value(Number { v: None }).unwrap(), json!({"v": null}));
}

#[test]
fn what_cannot_be_reckoned_with_is_no_number() {
    for wrong in ["much", "1,5", "1.5 kWh", "NaN", "inf", "-Infinity", "1e999", "0x10"] {
        let error = read::<Number>(json!(wrong)).unwrap_err();
        assert!(
            error.contains(&format!("expected a number, found `{wrong}`")),
            "{error}"
        );
    }
    for wrong in [json!(true), json!([1]), json!({})] {
        read::<Number>(wrong).unwrap_err();
    }
}

#[test]
fn a_text_may_come_as_a_number_or_a_truth() {
    for (wire, text) in [
        (json!("a"), Some("a")),
        (json!(""), Some("")),
        (json!(17), Some("17")),
        (json!(-1.5), Some("-1.5")),
        (json!(u64::MAX), Some("18446744073709551615")),
        (json!(true), Some("true")),
        (json!(null), None),
    ] {
        assert_eq!(read::<Text>(wire.clone()).unwrap().v.as_deref(), text, "{wire}");
    }
    assert_eq!(from_str::<Text>("{}").unwrap().v, None);
    read::<Text>(json!(["a"])).unwrap_err();
    read::<Text>(json!({"a": 1})).unwrap_err();
}

#[test]
fn an_empty_list_is_no_object() {
    assert_eq!(read::<Object>(json!([])).unwrap().v, None);
    assert_eq!(read::<Object>(json!(null)).unwrap().v, None);
    assert_eq!(from_str::<Object>("{}").unwrap().v, None);
    assert_eq!(read::<Object>(json!({"a": 1})).unwrap().v, Some(Inner { a: 1 }));
    for wrong in [json!([{"a": 1}]), json!({}), json!({"a": "x"}), json!("")] {
        read::<Object>(wrong).unwrap_err();
    }
}

#[test]
fn one_or_many_is_always_a_list() {
    let list = |text: &str| from_str::<OneOrMany<u8>>(text).map(OneOrMany::into_vec);
    assert_eq!(list("1").unwrap(), [1]);
    assert_eq!(list("[1, 2]").unwrap(), [1, 2]);
    assert!(list("[]").unwrap().is_empty());
    list("\"1\"").unwrap_err();
    list("[1, \"2\"]").unwrap_err();
    assert_eq!(to_string(&OneOrMany::One(1)).unwrap(), "1");
    assert_eq!(to_string(&OneOrMany::Many(vec![1])).unwrap(), "[1]");
}

#[test]
fn entries_keep_their_order_and_what_comes_twice() {
    let text = r#"{"b":1,"a":2,"b":3}"#;
    let entries: Entries<u8> = from_str(text).unwrap();
    let pairs: Vec<_> = entries.0.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    assert_eq!(pairs, [("b", 1), ("a", 2), ("b", 3)]);
    assert_eq!((entries.get("b"), entries.get("c")), (Some(&1), None));
    assert_eq!(to_string(&entries).unwrap(), text);
    assert_eq!(from_str::<Entries<u8>>("[]").unwrap(), Entries::default());
    assert_eq!(from_str::<Entries<u8>>("{}").unwrap(), Entries::default());
    for wrong in ["[1]", "[[]]", "null", "1", "\"\"", r#"{"a": "x"}"#, r#"{"a": 1"#] {
        from_str::<Entries<u8>>(wrong).unwrap_err();
    }
    let error = from_str::<Entries<u8>>("[1]").unwrap_err().to_string();
    assert!(error.contains("expected an object"), "{error}");
}

#[test]
fn extra_fields_are_kept_but_not_shown() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Known {
        a: u8,
        #[serde(flatten)]
        extra: Extra,
    }
    let text = json!({
        "a": 1, "s": "CANARY", "n": 4_711, "t": true, "z": null, "l": ["CANARY"], "o": {"CANARY": "CANARY"}
    });
    let known: Known = serde_json::from_value(text.clone()).unwrap();
    assert_eq!(to_value(&known).unwrap(), text);
    assert_eq!(known.extra.get("s"), Some(&json!("CANARY")));
    assert_eq!((known.extra.fields().len(), known.extra.is_empty()), (6, false));
    let shown = format!("{known:?}");
    assert!(!shown.contains("CANARY") && !shown.contains("4711"), "{shown}");
    for field in [
        "\"s\": string",
        "\"n\": number",
        "\"t\": boolean",
        "\"z\": null",
        "\"l\": list",
        "\"o\": object",
    ] {
        assert!(shown.contains(field), "{shown}");
    }
    assert!(Extra::default().is_empty());
}

open_enum! {
    /// What it does.
    pub(crate) enum Status {
        /// All is well.
        Normal = "normal",
        /// A name that Rust could not have.
        ToSleep = "to-sleep ",
        /// Nothing.
        Empty = "",
    }
}

closed_enum! {
    /// How much.
    pub(crate) enum Step {
        /// A day.
        Day = "day",
    }
}

#[test]
fn an_open_enumeration_knows_its_names() {
    assert_eq!(Status::KNOWN, ["normal", "to-sleep ", ""]);
    for (text, status) in [
        ("normal", Status::Normal),
        ("to-sleep ", Status::ToSleep),
        ("", Status::Empty),
    ] {
        assert_eq!(Status::from(text), status);
        assert_eq!(status.to_string(), text);
        assert_eq!(status.url_value().as_deref(), Some(text));
    }
    for other in ["Normal", "normal ", "to-sleep", "NORMAL"] {
        assert!(matches!(Status::from(other), Status::Unknown(_)), "{other}");
    }
    from_str::<Status>("1").unwrap_err();
    from_str::<Status>("null").unwrap_err();
    assert_eq!(to_string(&Step::Day).unwrap(), "\"day\"");
    assert_eq!(
        (Step::Day.as_str(), Step::Day.url_value().as_deref()),
        ("day", Some("day"))
    );
}

proptest! {
    #[test]
    fn an_open_enumeration_gives_back_what_it_got(text in ".*") {
        let status = Status::from(text.as_str());
        prop_assert_eq!(status.as_str(), text.as_str());
        let json = to_string(&status).unwrap();
        prop_assert_eq!(&json, &to_string(&text).unwrap());
        prop_assert_eq!(from_str::<Status>(&json).unwrap(), status);
    }
}

id_type! {
    /// A plant.
    pub(crate) struct PlantId(u64);
}

id_type! {
    /// A meter.
    pub(crate) struct MeterId(String);
}

#[test]
fn an_id_comes_as_number_or_text() {
    for text in ["4711", "\"4711\""] {
        assert_eq!(from_str::<PlantId>(text).unwrap(), PlantId::from(4_711));
        assert_eq!(from_str::<MeterId>(text).unwrap(), MeterId::from("4711"));
    }
    assert_eq!(from_str::<PlantId>(&u64::MAX.to_string()).unwrap().get(), u64::MAX);
    for wrong in [
        "-1",
        "1.5",
        "\"\"",
        "\"x\"",
        "\" 1\"",
        "\"18446744073709551616\"",
        "null",
        "[]",
        "true",
    ] {
        from_str::<PlantId>(wrong).unwrap_err();
    }
    let error = from_str::<PlantId>("\"x\"").unwrap_err().to_string();
    assert!(error.contains("expected a PlantId, found `x`"), "{error}");
    for wrong in ["null", "[]", "{}", "true"] {
        from_str::<MeterId>(wrong).unwrap_err();
    }
    assert_eq!(to_string(&PlantId::from(7)).unwrap(), "7");
    assert_eq!(to_string(&MeterId::from("7")).unwrap(), "\"7\"");
    assert_eq!(PlantId::from(7).url_value().as_deref(), Some("7"));
    assert_eq!(MeterId::from("a/b").to_string(), "a/b");
}

#[test]
fn an_update_keeps_clears_or_sets() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Update {
        #[serde(default, skip_serializing_if = "Patch::is_keep")]
        name: Patch<String>,
    }
    for (json, name) in [
        ("{}", Patch::Keep),
        (r#"{"name":null}"#, Patch::Clear),
        (r#"{"name":"x"}"#, Patch::Set("x".to_owned())),
        (r#"{"name":""}"#, Patch::Set(String::new())),
    ] {
        let update = Update { name };
        assert_eq!(to_string(&update).unwrap(), json);
        assert_eq!(from_str::<Update>(json).unwrap(), update);
    }
    from_str::<Update>(r#"{"name": 1}"#).unwrap_err();
    assert!(Patch::<u8>::default().is_keep());
    assert!(!Patch::<u8>::Clear.is_keep());
}
