//! How Enphase writes values: one thing in several ways, sometimes within one answer.

pub(crate) mod nested;
mod scalar;

use scalar::Scalar;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

const DAY: &[BorrowedFormatItem<'static>] = format_description!("[year]-[month]-[day]");
const COMPACT_DAY: &[BorrowedFormatItem<'static>] = format_description!("[year][month][day]");
/// As in `2020-09-18 11:17:23 -0400`.
const WITH_SPACES: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second] [offset_hour sign:mandatory][offset_minute]");

/// The instant that a value says: seconds since 1970 as a number or a text, RFC 3339, or with spaces and an offset.
pub(crate) fn read_instant(value: &Value) -> Option<OffsetDateTime> {
    match value {
        Value::Number(_) => OffsetDateTime::from_unix_timestamp(whole_number(value)?).ok(),
        Value::String(text) => {
            let text = text.trim();
            let epoch = || OffsetDateTime::from_unix_timestamp(text.parse().ok()?).ok();
            let dated = || OffsetDateTime::parse(text, &Rfc3339).ok();
            let spaced = || OffsetDateTime::parse(text, WITH_SPACES).ok();
            epoch().or_else(dated).or_else(spaced)
        }
        _ => None,
    }
}

/// The day that a text says, with hyphens or without.
pub(crate) fn read_date(text: &str) -> Option<Date> {
    let text = text.trim();
    Date::parse(text, DAY).or_else(|_| Date::parse(text, COMPACT_DAY)).ok()
}

/// A whole number, also as `2.0` or as text. Parts of a watt-hour, which no answer has been seen to have where whole numbers
/// are described, are rounded: better than to lose the answer.
fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole(number: f64) -> Option<i64> {
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    (number.abs() <= LARGEST).then_some(number.round() as i64)
}

/// `true`, `"true"`, and the same of false.
fn read_truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// `97`, `"97"` and `"97%"`.
fn read_percent(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let number: f64 = text.trim().trim_end_matches('%').trim_end().parse().ok()?;
            number.is_finite().then_some(number)
        }
        _ => None,
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn wrong(expected: &str, found: &Value) -> String {
    format!("expected {expected}, found `{found}`")
}

/// Makes `serialize`, `deserialize` and the sub-module `option` of a way to write and a way to read. For `option`, null
/// and an empty text are none.
macro_rules! lenient {
    ($(#[$doc:meta])* $name:ident, $type:ty, $expected:literal, $write:expr, $whole:expr, $read:expr) => {
        $(#[$doc])*
        pub(crate) mod $name {
            use super::*;

            pub(crate) fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                let write: fn(&$type) -> Value = $write;
                write(value).serialize(serializer)
            }

            #[allow(dead_code, reason = "some are always optional")]
            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let read: fn(&Value) -> Option<$type> = $read;
                deserializer.deserialize_any(Scalar {
                    whole: $whole,
                    read: |value: &Value| read(value).ok_or_else(|| wrong($expected, value)),
                })
            }

            #[allow(dead_code, reason = "some are always there")]
            pub(crate) mod option {
                use super::*;

                pub(crate) fn serialize<S: Serializer>(
                    value: &Option<$type>,
                    serializer: S,
                ) -> Result<S::Ok, S::Error> {
                    match value {
                        Some(value) => super::serialize(value, serializer),
                        None => serializer.serialize_none(),
                    }
                }

                pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
                    deserializer: D,
                ) -> Result<Option<$type>, D::Error> {
                    let read: fn(&Value) -> Option<$type> = $read;
                    deserializer.deserialize_any(Scalar {
                        whole: |number| ($whole)(number).map(Some),
                        read: |value: &Value| match read(value) {
                            None if is_nothing(value) => Ok(None),
                            None => Err(wrong($expected, value)),
                            some => Ok(some),
                        },
                    })
                }
            }
        }
    };
}

lenient! {
    /// An instant. Written as seconds since 1970.
    instant, OffsetDateTime, "seconds since 1970 or an instant such as 2020-09-18T11:17:23-04:00",
    |instant| instant.unix_timestamp().into(),
    |seconds| OffsetDateTime::from_unix_timestamp(seconds).ok(),
    read_instant
}

lenient! {
    /// A day. Written with hyphens.
    date, Date, "a date such as 2026-05-04",
    |date| date.format(DAY).map_or(Value::Null, Value::from),
    |_| None,
    |value| read_date(value.as_str()?)
}

lenient! {
    /// A whole number.
    integer, i64, "a whole number",
    |number| (*number).into(),
    Some,
    whole_number
}

lenient! {
    /// A truth.
    truth, bool, "true or false",
    |truth| (*truth).into(),
    |_| None,
    read_truth
}

lenient! {
    /// A share. Written with the percent sign.
    percent, f64, "a percentage such as 97%",
    |percent| format!("{percent}%").into(),
    |_| None,
    read_percent
}

/// A list of whole numbers.
pub(crate) mod integers {
    use super::{Deserialize, Deserializer, Serialize, Serializer, Value, de, whole_number, wrong};

    pub(crate) fn serialize<S: Serializer>(list: &[i64], serializer: S) -> Result<S::Ok, S::Error> {
        list.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
        let read = |value: &Value| {
            whole_number(value).ok_or_else(|| de::Error::custom(wrong("a list of whole numbers", value)))
        };
        match Value::deserialize(deserializer)? {
            Value::Array(list) => list.iter().map(read).collect(),
            Value::Null => Ok(Vec::new()),
            other => Err(de::Error::custom(wrong("a list of whole numbers", &other))),
        }
    }

    pub(crate) mod option {
        use super::{Deserializer, Serialize, Serializer};

        pub(crate) fn serialize<S: Serializer>(list: &Option<Vec<i64>>, serializer: S) -> Result<S::Ok, S::Error> {
            list.serialize(serializer)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<i64>>, D::Error> {
            super::deserialize(deserializer).map(Some)
        }
    }
}

/// A list that is described as an object of lists: `[…]` and `{"…": […]}`; null is empty. Written as a list.
pub(crate) mod grouped {
    use super::{Deserialize, DeserializeOwned, Deserializer, Serialize, Serializer, Value, de};

    pub(crate) fn serialize<T: Serialize, S: Serializer>(list: &[T], serializer: S) -> Result<S::Ok, S::Error> {
        list.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        let lists = match Value::deserialize(deserializer)? {
            Value::Null => Vec::new(),
            Value::Object(groups) => groups.into_iter().map(|(_, group)| group).collect(),
            list => vec![list],
        };
        let read = |list| serde_json::from_value::<Vec<T>>(list).map_err(de::Error::custom);
        let lists: Result<Vec<Vec<T>>, D::Error> = lists.into_iter().map(read).collect();
        Ok(lists?.into_iter().flatten().collect())
    }
}
