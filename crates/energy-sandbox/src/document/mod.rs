//! Answers before they are written: JSON with its keys in order, and the same as CSV or XML.

pub(crate) mod csv;
pub(crate) mod xml;

use std::collections::HashMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A JSON value whose objects keep the order in which they were filled.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Document {
    Null,
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Document>),
    Map(Map),
}

impl Document {
    /// A number as PHP writes it: `52.0` is written `52`.
    pub(crate) fn number(value: f64) -> Self {
        if value.fract() == 0.0 && value.abs() < 1e15 {
            Self::Int(value as i64)
        } else {
            Self::Float(value)
        }
    }

    /// The JSON text.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "null".to_owned())
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(values) => values.serialize(serializer),
            Self::Map(map) => {
                let mut entries = serializer.serialize_map(Some(map.entries.len()))?;
                for (key, value) in &map.entries {
                    entries.serialize_entry(key, value)?;
                }
                entries.end()
            }
        }
    }
}

/// An object that behaves like a PHP array: entries stay in the order of their first
/// appearance, and a second value under the same key replaces the first in its old place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Map {
    entries: Vec<(String, Document)>,
    places: HashMap<String, usize>,
}

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Map {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with(mut self, key: &str, value: impl Into<Document>) -> Self {
        self.put(key, value);
        self
    }

    pub(crate) fn put(&mut self, key: impl Into<String>, value: impl Into<Document>) {
        let key = key.into();
        if let Some(&place) = self.places.get(&key) {
            self.entries[place].1 = value.into();
        } else {
            self.places.insert(key.clone(), self.entries.len());
            self.entries.push((key, value.into()));
        }
    }

    pub(crate) fn entries(&self) -> &[(String, Document)] {
        &self.entries
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl From<&str> for Document {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Document {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<i64> for Document {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Document {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<u16> for Document {
    fn from(value: u16) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<f64> for Document {
    fn from(value: f64) -> Self {
        Self::number(value)
    }
}

impl From<Map> for Document {
    fn from(value: Map) -> Self {
        Self::Map(value)
    }
}

impl From<Vec<Document>> for Document {
    fn from(value: Vec<Document>) -> Self {
        Self::List(value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, Map};

    #[test]
    fn keys_stay_in_order_and_a_later_value_takes_the_first_place() {
        let map = Map::new()
            .with("z", 1_i64)
            .with("a", 2.5)
            .with("z", 3.0)
            .with("list", vec![Document::Null]);
        assert_eq!(Document::from(map).to_json(), r#"{"z":3,"a":2.5,"list":[null]}"#);
    }
}
