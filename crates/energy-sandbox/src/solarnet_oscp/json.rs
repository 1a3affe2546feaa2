//! JSON objects that keep the order in which they were written.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

/// An object whose properties stand in the order of their making.
#[derive(Clone, Debug, Default)]
pub(super) struct Object(Vec<(&'static str, Part)>);

#[derive(Clone, Debug)]
pub(super) enum Part {
    Value(Value),
    Object(Object),
    List(Vec<Object>),
}

/// Everything that is a value by itself.
macro_rules! values {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Part {
            fn from(value: $kind) -> Self {
                Self::Value(value.into())
            }
        }
    )*};
}

values!(bool, i64, &str, String, Value, Map<String, Value>, Vec<String>, Vec<&'static str>);

impl From<Object> for Part {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Vec<Object>> for Part {
    fn from(list: Vec<Object>) -> Self {
        Self::List(list)
    }
}

impl Object {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds a property.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Part>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    /// Adds a property, or nothing: nulls are left out.
    pub(super) fn with_some(self, name: &'static str, value: Option<impl Into<Part>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, part) in &self.0 {
            match part {
                Part::Value(value) => map.serialize_entry(name, value)?,
                Part::Object(object) => map.serialize_entry(name, object)?,
                Part::List(list) => map.serialize_entry(name, list)?,
            }
        }
        map.end()
    }
}
