//! A value that is one of several kinds, read without a detour where it is a number.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Reads whole numbers, of which years of answers consist, with `whole`; others, and numbers that it gives nothing for, by
/// way of a [`Value`] with `read`.
pub(super) struct Scalar<W, R> {
    pub(super) whole: W,
    pub(super) read: R,
}

impl<'de, T, W, R> Visitor<'de> for Scalar<W, R>
where
    W: FnOnce(i64) -> Option<T>,
    R: FnOnce(&Value) -> Result<T, String>,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        (self.read)(&Value::Null).map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<T, E> {
        (self.read)(&truth.into()).map_err(E::custom)
    }

    #[inline]
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        match (self.whole)(number) {
            Some(value) => Ok(value),
            None => (self.read)(&number.into()).map_err(E::custom),
        }
    }

    #[inline]
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        match i64::try_from(number).ok().and_then(self.whole) {
            Some(value) => Ok(value),
            None => (self.read)(&number.into()).map_err(E::custom),
        }
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        (self.read)(&number.into()).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.read)(&text.into()).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        let list = Value::deserialize(SeqAccessDeserializer::new(list))?;
        (self.read)(&list).map_err(de::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        let object = Value::deserialize(MapAccessDeserializer::new(object))?;
        (self.read)(&object).map_err(de::Error::custom)
    }
}
