//! Dates and instants as vendors write them.

/// Makes `serialize`, `deserialize` and the sub-module `option` from a way to write and a way to read.
macro_rules! with_module {
    ($(#[$doc:meta])* $name:ident, $type:ty, $wire:ty, $write:expr, $read:expr) => {
        $(#[$doc])*
        pub mod $name {
            use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
            #[allow(unused_imports, reason = "each module uses some of them")]
            use time::{Date, OffsetDateTime, PrimitiveDateTime, format_description::well_known::Rfc3339};
            #[allow(unused_imports, reason = "each module uses some of them")]
            use super::*;

            /// Writes the value.
            ///
            /// # Errors
            ///
            /// A value that the format cannot express.
            pub fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                write(value).map_err(ser::Error::custom)?.serialize(serializer)
            }

            /// Reads the value.
            ///
            /// # Errors
            ///
            /// Text or a number that is no such value.
            pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                read(<$wire>::deserialize(deserializer)?).map_err(de::Error::custom)
            }

            // What does not depend on the format is compiled here, and once.
            fn write(value: &$type) -> Result<$wire, time::error::Format> {
                let write: fn(&$type) -> Result<$wire, time::error::Format> = $write;
                write(value)
            }

            fn read(wire: $wire) -> Result<$type, String> {
                let read: fn($wire) -> Result<$type, String> = $read;
                read(wire)
            }

            /// The same for a field that may be absent or null.
            pub mod option {
                use super::*;

                /// Writes the value, or null.
                ///
                /// # Errors
                ///
                /// As for a field that is always there.
                pub fn serialize<S: Serializer>(value: &Option<$type>, serializer: S) -> Result<S::Ok, S::Error> {
                    match value {
                        Some(value) => super::serialize(value, serializer),
                        None => serializer.serialize_none(),
                    }
                }

                /// Reads the value; null is none.
                ///
                /// # Errors
                ///
                /// As for a field that is always there.
                pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<$type>, D::Error> {
                    Option::<$wire>::deserialize(deserializer)?.map(read).transpose().map_err(de::Error::custom)
                }
            }
        }
    };
}

const DATE: &[time::format_description::BorrowedFormatItem<'static>] =
    time::macros::format_description!("[year]-[month]-[day]");
const LOCAL: &[time::format_description::BorrowedFormatItem<'static>] =
    time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

const SPACED: &[time::format_description::BorrowedFormatItem<'static>] =
    time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// `2026-05-04 07:12:40.5Z` in UTC, the fraction without trailing zeros and absent where it is zero.
fn write_spaced(instant: &time::OffsetDateTime) -> Result<String, time::error::Format> {
    let utc = instant.to_offset(time::UtcOffset::UTC);
    let mut text = utc.format(SPACED)?;
    if utc.nanosecond() > 0 {
        let fraction = format!(".{:09}", utc.nanosecond());
        text.push_str(fraction.trim_end_matches('0'));
    }
    text.push('Z');
    Ok(text)
}

/// The same, with a space or a `T`, and with any offset.
fn read_spaced(text: &str) -> Option<time::OffsetDateTime> {
    let mut with_t = text.to_owned();
    if text.as_bytes().get(10) == Some(&b' ') {
        with_t.replace_range(10..11, "T");
    }
    time::OffsetDateTime::parse(&with_t, &time::format_description::well_known::Rfc3339).ok()
}

fn wrong(expected: &str, found: &str) -> String {
    format!("expected {expected}, found `{found}`")
}

with_module! {
    /// A day, `2026-05-04`.
    date, Date, String,
    |date| date.format(DATE),
    |text| Date::parse(&text, DATE).map_err(|_| wrong("a date such as 2026-05-04", &text))
}

with_module! {
    /// An instant with its offset, `2026-05-04T07:12:40+02:00`. The offset is kept.
    rfc3339, OffsetDateTime, String,
    |instant| instant.format(&Rfc3339),
    |text| OffsetDateTime::parse(&text, &Rfc3339).map_err(|_| wrong("an instant such as 2026-05-04T07:12:40+02:00", &text))
}

with_module! {
    /// An instant with a space in the middle, `2026-05-04 07:12:40.5Z`. Written in UTC; read with a space or a `T`, and
    /// with any offset, which is kept.
    spaced, OffsetDateTime, String,
    write_spaced,
    |text| read_spaced(&text).ok_or_else(|| wrong("an instant such as 2026-05-04 07:12:40Z", &text))
}

with_module! {
    /// Local time without zone, `2026-05-04 07:12:40`. It is no instant until a zone is given.
    local_date_time, PrimitiveDateTime, String,
    |local| local.format(LOCAL),
    |text| PrimitiveDateTime::parse(&text, LOCAL).map_err(|_| wrong("a local time such as 2026-05-04 07:12:40", &text))
}

with_module! {
    /// Seconds since 1970 in UTC.
    epoch_seconds, OffsetDateTime, i64,
    |instant| Ok(instant.unix_timestamp()),
    |seconds| OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| wrong("seconds since 1970", &seconds.to_string()))
}

with_module! {
    /// Milliseconds since 1970 in UTC.
    epoch_milliseconds, OffsetDateTime, i64,
    |instant| Ok((instant.unix_timestamp_nanos() / 1_000_000) as i64),
    |milliseconds| OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
        .map_err(|_| wrong("milliseconds since 1970", &milliseconds.to_string()))
}
