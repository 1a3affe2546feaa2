//! A day that an update may set or clear.

use energy_core::time::Date;
use energy_core::wire::{self, Patch};
use serde::{Deserializer, Serializer};

type Field = Option<Patch<Date>>;

pub(crate) fn serialize<S: Serializer>(field: &Field, serializer: S) -> Result<S::Ok, S::Error> {
    match field {
        Some(Patch::Set(day)) => wire::date::serialize(day, serializer),
        Some(Patch::Keep | Patch::Clear) | None => serializer.serialize_none(),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Field, D::Error> {
    let day = wire::date::option::deserialize(deserializer)?;
    Ok(Some(day.map_or(Patch::Clear, Patch::Set)))
}
