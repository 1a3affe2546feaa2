use std::fmt;

use energy_core::check::{Direction, Rules};
use energy_core::{BuildError, Secret};
use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Headers that are sent along with pushed files. They usually hold a key, so `Debug` shows their names alone.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UploadHeaders(Map<String, Value>);

impl UploadHeaders {
    /// No headers.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.0.insert(name.into(), Value::from(value.into().expose()));
        self
    }

    /// The names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A value as text.
    pub fn get(&self, name: &str) -> Option<Secret> {
        self.0.get(name).map(|value| Secret::new(as_text(value)))
    }
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl fmt::Debug for UploadHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Rules for UploadHeaders {
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
