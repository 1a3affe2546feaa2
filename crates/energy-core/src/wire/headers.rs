//! Headers as a JSON object.

use std::fmt;

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::check::{Direction, Rules};
use crate::error::BuildError;
use crate::secret::Secret;

/// Headers that a service is told to send somewhere. They usually hold a key, so `Debug` shows their names alone.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretHeaders(Map<String, Value>);

impl SecretHeaders {
    /// No headers.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.insert(name, value);
        self
    }

    /// Sets a header.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Secret>) {
        self.0.insert(name.into(), Value::from(value.into().expose()));
    }

    /// Takes a header out.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// The names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A value as text, as which numbers and booleans are sent, too.
    pub fn get(&self, name: &str) -> Option<Secret> {
        self.0.get(name).map(|value| Secret::new(as_text(value)))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl fmt::Debug for SecretHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl From<Map<String, Value>> for SecretHeaders {
    fn from(headers: Map<String, Value>) -> Self {
        Self(headers)
    }
}

impl From<SecretHeaders> for Map<String, Value> {
    fn from(headers: SecretHeaders) -> Self {
        headers.0
    }
}

impl Rules for SecretHeaders {
    fn check(&self, _: Direction) -> Result<(), BuildError> {
        let fits = |name: &str, value: &Value| {
            HeaderName::try_from(name).is_ok() && HeaderValue::try_from(as_text(value)).is_ok()
        };
        match self.0.iter().find(|(name, value)| !fits(name, value)) {
            Some((name, _)) => Err(BuildError::new("", format!("`{name}` cannot be sent as a header"))),
            None => Ok(()),
        }
    }

    fn secrets(&self, found: &mut Vec<Secret>) {
        found.extend(self.0.values().map(|value| Secret::new(as_text(value))));
    }
}
