//! Reading what is sometimes one thing and sometimes another.

use serde::{Deserialize, Serialize};

/// One value, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// A list.
    Many(Vec<T>),
    /// One value.
    One(T),
}

impl<T> OneOrMany<T> {
    /// The values.
    pub fn into_vec(self) -> Vec<T> {
        match self {
            Self::Many(list) => list,
            Self::One(value) => vec![value],
        }
    }
}

/// An optional number that may come as text; absent, null and empty text are none.
pub mod lenient_number {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Wire {
        Number(f64),
        Text(String),
    }

    /// Writes a number, or null.
    ///
    /// # Errors
    ///
    /// None of its own.
    pub fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    /// Reads a number, or a number as text.
    ///
    /// # Errors
    ///
    /// Text that is no number, or another kind of value.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        match Option::<Wire>::deserialize(deserializer)? {
            None => Ok(None),
            Some(Wire::Number(number)) => Ok(Some(number)),
            Some(Wire::Text(text)) if text.trim().is_empty() => Ok(None),
            Some(Wire::Text(text)) => {
                // Rust reads `NaN` and `inf` too, which are no numbers to reckon with.
                let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
                let wrong = || de::Error::custom(format!("expected a number, found `{text}`"));
                number.map(Some).ok_or_else(wrong)
            }
        }
    }
}

/// An optional text that may come as a number or a boolean; absent and null are none.
pub mod lenient_string {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::{Number, Value};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Wire {
        Text(String),
        Number(Number),
        Truth(bool),
    }

    /// Writes a text, or null.
    ///
    /// # Errors
    ///
    /// None of its own.
    pub fn serialize<S: Serializer>(value: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    /// Reads a text, or what can be written as one.
    ///
    /// # Errors
    ///
    /// A list or an object.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        Ok(Option::<Wire>::deserialize(deserializer)?.map(|wire| match wire {
            Wire::Text(text) => text,
            Wire::Number(number) => Value::Number(number).to_string(),
            Wire::Truth(truth) => truth.to_string(),
        }))
    }
}

/// An optional object for which PHP services write an empty list when it is empty.
pub mod object_or_empty_list {
    use serde::de::{DeserializeOwned, Error};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::Value;

    /// Writes the object, or null.
    ///
    /// # Errors
    ///
    /// None of its own.
    pub fn serialize<T: Serialize, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    /// Reads the object; null and an empty list are none.
    ///
    /// # Errors
    ///
    /// What the object itself refuses, or a list with something in it.
    pub fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Null => Ok(None),
            Value::Array(list) if list.is_empty() => Ok(None),
            other => serde_json::from_value(other).map(Some).map_err(Error::custom),
        }
    }
}
