//! Reading the JSON of a request: types first, then the rules of each property.

use http::StatusCode;
use serde_json::{Map, Value};

use super::json::Object;
use super::reply::{Problem, violation};
use super::words::Words;
use crate::call::Call;

/// The object in a request's body, or an object within it.
#[derive(Debug)]
pub(super) struct Input {
    values: Map<String, Value>,
    /// What stands before a property's name in `location`.
    prefix: String,
    errors: Vec<Object>,
}

/// 415 unless the body says it is JSON.
pub(super) fn must_be_json(call: &Call) -> Result<(), Problem> {
    let media_type = call.header("content-type").unwrap_or_default().to_lowercase();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json")) {
        return Ok(());
    }
    let message = format!("The content type '{essence}' is not supported.");
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, None, message))
}

/// The number in a path.
pub(super) fn path_id(call: &Call, name: &str) -> Result<i64, Problem> {
    let text = call.segment(name).unwrap_or_default();
    text.parse()
        .map_err(|_| Problem::illegal(format_args!("{name} '{text}' is not a whole number.")))
}

impl Input {
    pub(super) fn read(call: &Call) -> Result<Self, Problem> {
        must_be_json(call)?;
        match serde_json::from_slice(&call.body) {
            Ok(Value::Object(values)) => Ok(Self {
                values,
                prefix: String::new(),
                errors: Vec::new(),
            }),
            Ok(_) => Err(Problem::malformed("an object is expected.")),
            Err(error) => Err(Problem::malformed(error)),
        }
    }

    /// A value that is there and not null.
    fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    /// The value read, or 422 if it is of another type.
    fn typed<T>(&self, name: &str, kind: &str, read: impl Fn(&Value) -> Option<T>) -> Result<Option<T>, Problem> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let wrong = || Problem::malformed(format_args!("{}{name} is no {kind}.", self.prefix));
        read(value).map(Some).ok_or_else(wrong)
    }

    fn break_rule(&mut self, name: &str, code: &'static str, message: &str) {
        let location = format!("{}{name}", self.prefix);
        let rejected = self.value(name).cloned();
        self.errors.push(violation(&location, code, rejected, message));
    }

    fn must_be_there<T>(&mut self, name: &str, value: Option<&T>) {
        if value.is_none() {
            self.break_rule(name, "NotNull", "A value is needed.");
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Problem> {
        self.typed(name, "text", |value| value.as_str().map(str::to_owned))
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.typed(name, "boolean", Value::as_bool)
    }

    pub(super) fn object(&self, name: &str) -> Result<Option<Map<String, Value>>, Problem> {
        self.typed(name, "object", |value| value.as_object().cloned())
    }

    pub(super) fn word(&self, name: &str, words: &Words) -> Result<Option<&'static str>, Problem> {
        self.typed(name, words.name, |value| words.read(value))
    }

    /// A number that keeps the digits it came with.
    pub(super) fn number(&self, name: &str) -> Result<Option<Value>, Problem> {
        self.typed(name, "number", |value| value.is_number().then(|| value.clone()))
    }

    /// A text that must be there and not blank; `not_null` is a rule of its own on some.
    pub(super) fn needed_text(
        &mut self,
        name: &str,
        not_null: bool,
        longest: Option<usize>,
    ) -> Result<String, Problem> {
        let text = self.text(name)?;
        if not_null {
            self.must_be_there(name, text.as_ref());
        }
        let text = text.unwrap_or_default();
        if text.trim().is_empty() {
            self.break_rule(name, "NotBlank", "A text that is not blank is needed.");
        }
        if let Some(most) = longest.filter(|&most| text.chars().count() > most) {
            self.break_rule(name, "Size", &format!("At most {most} characters are allowed."));
        }
        Ok(text)
    }

    pub(super) fn needed_id(&mut self, name: &str) -> Result<i64, Problem> {
        let id = self.typed(name, "whole number", Value::as_i64)?;
        self.must_be_there(name, id.as_ref());
        Ok(id.unwrap_or_default())
    }

    pub(super) fn needed_word(&mut self, name: &str, words: &Words) -> Result<&'static str, Problem> {
        let word = self.word(name, words)?;
        self.must_be_there(name, word.as_ref());
        Ok(word.unwrap_or_default())
    }

    /// A list of texts that must be there and hold something.
    pub(super) fn needed_texts(&mut self, name: &str) -> Result<Vec<String>, Problem> {
        let texts = self.typed(name, "list of texts", |value| {
            let items = value.as_array()?.iter();
            items
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
        })?;
        self.must_be_there(name, texts.as_ref());
        let texts = texts.unwrap_or_default();
        if texts.is_empty() {
            self.break_rule(name, "NotEmpty", "At least one item is needed.");
        }
        Ok(texts)
    }

    /// Reads an object within this one.
    pub(super) fn within<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self) -> Result<T, Problem>,
    ) -> Result<Option<T>, Problem> {
        let Some(values) = self.object(name)? else {
            return Ok(None);
        };
        let mut inner = Self {
            values,
            prefix: format!("{}{name}.", self.prefix),
            errors: Vec::new(),
        };
        let read = read(&mut inner)?;
        self.errors.append(&mut inner.errors);
        Ok(Some(read))
    }

    /// 422 if a rule was broken.
    pub(super) fn finish(self) -> Result<(), Problem> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid("VAL.00004", self.errors))
        }
    }
}

/// 422 if a text has more characters than its column.
pub(super) fn must_fit(what: &str, text: Option<&str>, most: usize) -> Result<(), Problem> {
    match text {
        Some(text) if text.chars().count() > most => Err(Problem::too_long(what, most)),
        _ => Ok(()),
    }
}
