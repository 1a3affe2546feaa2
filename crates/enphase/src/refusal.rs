//! What the service says when it refuses: five shapes, read as one.

use std::time::Duration;

use energy_core::error::{ApiError, ApiErrorKind};
use energy_core::limit::Quota;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::wire;

/// What the service said when it refused a call: `error.details::<Refusal>()` of an
/// [`ApiError`](energy_core::ApiError).
///
/// It writes refusals in several shapes; whatever it said is gathered here. Source: the error bodies of both versions'
/// documentation, and recorded ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The service's own code: `code`, `errorCode`, `status` or `reason`.
    pub code: Option<String>,
    /// Its words, the more general first.
    pub messages: Vec<String>,
    /// Of a quota: `minute`, `month` and so on.
    pub period: Option<String>,
    /// When the quota's period began.
    pub period_start: Option<OffsetDateTime>,
    /// When it ends, and with it the refusals.
    pub period_end: Option<OffsetDateTime>,
    /// How many calls the period has.
    pub limit: Option<u32>,
    /// The start that the service worked with, which may be another than was asked for.
    pub start_at: Option<OffsetDateTime>,
    /// The end that the service worked with.
    pub end_at: Option<OffsetDateTime>,
    /// The first interval that the system has.
    pub first_interval: Option<OffsetDateTime>,
    /// The last interval that the system has.
    pub last_interval: Option<OffsetDateTime>,
    /// The first day that the service worked with, in v2.
    pub start: Option<String>,
    /// The last day that the service worked with, in v2.
    pub end: Option<String>,
}

impl Refusal {
    /// Reads a body, if it is a refusal in any of the shapes.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// Whether it is about a quota that refills within minutes.
    pub(crate) fn passes_soon(&self) -> bool {
        matches!(self.period.as_deref(), Some("second" | "minute"))
    }

    /// Whether any of its words contain `words`, in upper or lower case.
    pub(crate) fn says(&self, words: &str) -> bool {
        let words = words.to_ascii_lowercase();
        let mut said = self.messages.iter();
        said.any(|message| message.to_ascii_lowercase().contains(&words))
    }

    /// The quota that it is about, if it is about one.
    pub(crate) fn quota(&self) -> Option<Quota> {
        let limit = self.limit?;
        // How many are left is not said: the service counts in periods with fixed borders, the limiter in rolling ones.
        let mut quota = Quota::default();
        quota.limit = Some(limit);
        quota.period = match self.period.as_deref()? {
            "second" => Some(Duration::from_secs(1)),
            "minute" => Some(Duration::from_secs(60)),
            "hour" => Some(Duration::from_secs(3600)),
            "day" => Some(Duration::from_secs(86_400)),
            _ => None,
        };
        quota.retry_at = self.period_end;
        Some(quota)
    }

    /// Fills code, message and the time to come back of `error`.
    pub(crate) fn describe(self, error: &mut ApiError) {
        if error.kind == ApiErrorKind::RateLimited {
            error.retry_at = self.period_end.or(error.retry_at);
            error.quota = self.quota();
        }
        error.code = self.code;
        error.message = self.messages.join(": ");
    }
}

impl<'de> Deserialize<'de> for Refusal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Map::<String, Value>::deserialize(deserializer)?;
        Ok(Self::of(&body))
    }
}

impl Refusal {
    fn of(body: &Map<String, Value>) -> Self {
        let mut refusal = Self::default();
        // The stream of live data has it one level deeper.
        if let Some(inner) = body.get("error").and_then(Value::as_object) {
            refusal = Self::of(inner);
        }
        for name in ["status", "code", "errorCode", "reason"] {
            let code = body.get(name).and_then(scalar).filter(|code| !code.is_empty());
            refusal.code = refusal.code.or(code);
        }
        for name in ["message", "details", "errorMessages", "error"] {
            let said = body.get(name).map(texts).unwrap_or_default();
            refusal.messages.extend(said);
        }
        // A reason in words is a message, one in digits a code.
        if refusal.messages.is_empty()
            && let Some(reason) = body.get("reason").and_then(Value::as_str)
            && !reason.bytes().all(|byte| byte.is_ascii_digit())
        {
            refusal.messages.push(reason.to_owned());
        }
        let instant = |name| body.get(name).and_then(wire::read_instant);
        refusal.period = body.get("period").and_then(scalar);
        refusal.period_start = instant("period_start");
        refusal.period_end = instant("period_end");
        refusal.limit = body
            .get("limit")
            .and_then(Value::as_u64)
            .and_then(|limit| limit.try_into().ok());
        refusal.start = body.get("start").and_then(scalar);
        refusal.end = body.get("end").and_then(scalar);
        let quoted = |name: &str| refusal.messages.iter().find_map(|message| quoted(message, name));
        let bounds = ["start_at", "end_at", "first_interval", "last_interval"];
        let [start_at, end_at, first, last] = bounds.map(|name| instant(name).or_else(|| quoted(name)));
        Self {
            start_at,
            end_at,
            first_interval: first,
            last_interval: last,
            ..refusal
        }
    }
}

/// The texts of a text or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The instant that the service's words quote as `:name=>1566930600`.
fn quoted(message: &str, name: &str) -> Option<OffsetDateTime> {
    let (_, rest) = message.split_once(&format!(":{name}=>"))?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    OffsetDateTime::from_unix_timestamp(rest[..end].parse().ok()?).ok()
}
