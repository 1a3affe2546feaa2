use std::fmt::Debug;
use std::time::Duration;

use energy_core::wire::{Entries, Extra, OneOrMany, Patch, SecretHeaders};
use forecast_solar::Stamped;
use intellimeter::{CentsPerUnit, Dollars, LocalTime, Percent, PropertyId, Utility};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use solarnet_oscp::UrlPath;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

energy_core::open_enum! {
    /// What a gate does.
    pub enum Gate ignoring case {
        /// Boats may pass.
        Open = "OPEN",
        /// They may not.
        Shut = "SHUT",
    }
}

energy_core::id_type! {
    /// A gate.
    pub struct GateId(i64);
}

macro_rules! with {
    ($($name:ident($type:ty) = $module:literal;)+) => {$(
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct $name(#[serde(with = $module)] $type);
    )+};
}

with! {
    HoursMinutesSeconds(Duration) = "energy_core::wire::hms";
    HoursMinutesSecondsOrNull(Option<Duration>) = "energy_core::wire::hms::option";
    Day(Date) = "energy_core::wire::date";
    Instant(OffsetDateTime) = "energy_core::wire::rfc3339";
    InstantOrNull(Option<OffsetDateTime>) = "energy_core::wire::rfc3339::option";
    SpacedInstant(OffsetDateTime) = "energy_core::wire::spaced";
    Local(PrimitiveDateTime) = "energy_core::wire::local_date_time";
    EpochSeconds(OffsetDateTime) = "energy_core::wire::epoch_seconds";
    EpochMilliseconds(OffsetDateTime) = "energy_core::wire::epoch_milliseconds";
    LenientNumber(Option<f64>) = "energy_core::wire::lenient_number";
    LenientString(Option<String>) = "energy_core::wire::lenient_string";
    ObjectOrEmptyList(Option<Extra>) = "energy_core::wire::object_or_empty_list";
}

/// What services write in odd ways: durations, instants, numbers as text, money, names, ids. What is read is written, and
/// read as the same.
///
/// Input: JSON; each kind reads it as its own.
///
/// # Panics
///
/// When it is not the same.
pub fn wire(data: &[u8]) {
    let Ok(json) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    check::<HoursMinutesSeconds>(&json);
    check::<HoursMinutesSecondsOrNull>(&json);
    check::<Day>(&json);
    check::<Instant>(&json);
    check::<InstantOrNull>(&json);
    check::<SpacedInstant>(&json);
    check::<Local>(&json);
    check::<EpochSeconds>(&json);
    check::<EpochMilliseconds>(&json);
    check::<LenientNumber>(&json);
    check::<LenientString>(&json);
    check::<ObjectOrEmptyList>(&json);
    check::<OneOrMany<Value>>(&json);
    check::<Patch<Value>>(&json);
    check::<Entries<Value>>(&json);
    check::<Extra>(&json);
    check::<SecretHeaders>(&json);
    check::<Gate>(&json);
    check::<GateId>(&json);
    check::<PropertyId>(&json);
    check::<Utility>(&json);
    check::<UrlPath>(&json);
    check::<LocalTime>(&json);
    check::<Stamped<Value>>(&json);
    check::<Dollars>(&json);
    check::<CentsPerUnit>(&json);
    check::<Percent>(&json);
    if let Some(text) = json.as_str() {
        money(text);
    }
}

fn check<T: DeserializeOwned + Serialize + PartialEq + Debug>(json: &Value) {
    let value = T::deserialize(json);
    // As calls read it: from bytes, in which texts are borrowed.
    let streamed = serde_json::from_slice::<T>(&serde_json::to_vec(json).expect("a value can be written"));
    let (Ok(value), Ok(streamed)) = (&value, &streamed) else {
        assert_eq!(value.is_ok(), streamed.is_ok(), "{json}: {value:?} {streamed:?}");
        return;
    };
    assert_eq!(value, streamed, "{json}");
    // Money says so where JSON keeps too few of its digits.
    let Ok(text) = serde_json::to_string(&value) else {
        return;
    };
    let again: T = serde_json::from_str(&text).expect("what was written can be read");
    assert_eq!(again, *value, "{text}");
    assert_eq!(serde_json::to_string(&again).ok(), Some(text));
}

/// An amount is what its text says, to the last digit.
fn money(text: &str) {
    let Ok(dollars) = text.parse::<Dollars>() else {
        return;
    };
    assert_eq!(dollars.decimal().to_string().parse(), Ok(dollars));
    assert_eq!(dollars.rounded().cents(), dollars.cents());
    assert_eq!((-dollars).cents(), -dollars.cents());
    let _ = dollars.to_string();
    if let Some(double) = dollars.checked_add(dollars) {
        assert_eq!(double, dollars + dollars);
    }
    if let (Ok(rate), Ok(percent)) = (text.parse::<CentsPerUnit>(), text.parse::<Percent>()) {
        let _ = (rate * dollars.decimal(), percent.of(dollars));
        let _ = (rate.checked_mul(dollars.decimal()), percent.checked_of(dollars));
    }
}
