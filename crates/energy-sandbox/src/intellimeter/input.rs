//! Bodies and parameters as they come in.

use serde_json::{Map, Value};

use super::reply::Problem;
use crate::call::Call;

/// A JSON object.
#[derive(Debug)]
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// The body of a request.
    pub(super) fn of(call: &Call) -> Result<Self, Problem> {
        Self::from_value(json(call)?)
    }

    pub(super) fn from_value(value: Value) -> Result<Self, Problem> {
        match value {
            Value::Object(map) => Ok(Self(map)),
            _ => Err(Problem::bad("The body must be a JSON object.")),
        }
    }

    /// Whatever stands there, but for null.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Whether the name is there at all, with null too.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Problem> {
        self.read(name, "a text", |value| value.as_str().map(str::to_owned))
    }

    /// A text that must be there and say something.
    pub(super) fn needed_text(&self, name: &str) -> Result<String, Problem> {
        let text = self.text(name)?.ok_or_else(|| missing(name))?;
        if text.trim().is_empty() {
            return Err(Problem::senseless(format!("'{name}' must not be empty.")));
        }
        Ok(text)
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.read(name, "true or false", Value::as_bool)
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, Problem> {
        self.read(name, "a number", Value::as_f64)
    }

    pub(super) fn whole(&self, name: &str) -> Result<Option<i64>, Problem> {
        self.read(name, "a whole number", Value::as_i64)
    }

    fn read<T>(&self, name: &str, kind: &str, read: impl FnOnce(&Value) -> Option<T>) -> Result<Option<T>, Problem> {
        match self.value(name) {
            None => Ok(None),
            Some(value) => match read(value) {
                Some(value) => Ok(Some(value)),
                None => Err(Problem::senseless(format!("'{name}' must be {kind}."))),
            },
        }
    }
}

/// The body, whatever JSON it is.
pub(super) fn json(call: &Call) -> Result<Value, Problem> {
    serde_json::from_slice(&call.body).map_err(|_| Problem::bad("The body must be JSON."))
}

pub(super) fn missing(name: &str) -> Problem {
    Problem::bad(format!("'{name}' is missing."))
}

/// A query parameter; empty ones count as left out.
pub(super) fn parameter<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.parameter(name).filter(|value| !value.is_empty())
}

/// A query parameter that must be there.
pub(super) fn needed<'a>(call: &'a Call, name: &str) -> Result<&'a str, Problem> {
    parameter(call, name).ok_or_else(|| missing(name))
}

/// Takes a new value where there is one.
pub(super) fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}
