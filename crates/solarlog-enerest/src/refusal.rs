use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// What the service said when it refused a call. No such answer is public, so whatever looks like a code or like words is
/// taken: `error.details::<Refusal>()`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// A code.
    pub code: Option<String>,
    /// Its words.
    pub messages: Vec<String>,
}

impl Refusal {
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}

impl<'de> Deserialize<'de> for Refusal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Map::<String, Value>::deserialize(deserializer)?;
        let code = ["code", "statusCode", "status"]
            .iter()
            .find_map(|name| match body.get(*name)? {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            });
        let words = ["error", "error_description", "message", "detail", "title"];
        let messages = words
            .iter()
            .filter_map(|name| body.get(*name))
            .flat_map(texts)
            .collect();
        Ok(Self { code, messages })
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Object(inner) => inner.get("message").map(texts).unwrap_or_default(),
        _ => Vec::new(),
    }
}
