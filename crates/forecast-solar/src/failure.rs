use energy_core::error::ApiError;
use energy_core::http::StatusCode;
use energy_core::limit::Quota;
use energy_core::wire::lenient_string;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::RateLimit;

/// The body of a failure, as [`energy_core::ApiError::details`] gives it.
///
/// Every field may be missing: the service leaves out different ones in different failures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// The text again (when the quota is used up), or null.
    #[serde(default)]
    pub result: Value,
    /// What the service says.
    pub message: FailureMessage,
}

/// What the service says of a failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailureMessage {
    /// The service's code: mostly the HTTP status, but also codes of its own. Missing in some failures.
    #[serde(default, with = "lenient_string", skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// `error` in a failure.
    #[serde(default, rename = "type", deserialize_with = "if_readable")]
    pub kind: String,
    /// The service's words.
    #[serde(default, deserialize_with = "if_readable")]
    pub text: String,
    /// Id of the call at the service.
    #[serde(default, deserialize_with = "if_readable", skip_serializing_if = "Option::is_none")]
    pub pid: Option<String>,
    /// The quota, when it is used up.
    #[serde(default, deserialize_with = "if_readable", skip_serializing_if = "Option::is_none")]
    pub ratelimit: Option<RateLimit>,
}

/// A field that cannot be read is as good as missing: it must not hide what the rest of a failure says.
fn if_readable<'de, T: DeserializeOwned + Default, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

impl Failure {
    /// The failure in a body, if the body is an envelope that does not say success.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        /// Only the type of the message, so that a large success is not built twice.
        #[derive(Deserialize)]
        struct Envelope {
            message: Kind,
        }
        #[derive(Deserialize)]
        struct Kind {
            #[serde(default, rename = "type")]
            kind: String,
        }
        let envelope: Envelope = serde_json::from_slice(body).ok()?;
        if envelope.message.kind == "success" {
            return None;
        }
        serde_json::from_slice(body).ok()
    }

    pub(crate) fn describe(self, error: &mut ApiError) {
        let result = self.result.as_str().filter(|_| !error.body.is_hidden());
        error.message = if self.message.text.is_empty() {
            result.unwrap_or_default().to_owned()
        } else {
            self.message.text
        };
        if error.status.is_success()
            && let Some(code) = self
                .message
                .code
                .as_deref()
                .and_then(|code| StatusCode::from_bytes(code.as_bytes()).ok())
        {
            // The envelope says what the status does not.
            error.kind = code.into();
        }
        error.code = self.message.code;
        error.request_id = self.message.pid;
        if let Some(limit) = self.message.ratelimit {
            error.retry_at = limit.retry_at.or(error.retry_at);
            let quota = error.quota.get_or_insert_with(Quota::default);
            quota.retry_at = quota.retry_at.or(limit.retry_at);
            quota.zone = Some(limit.zone);
            quota.limit = quota.limit.or(u32::try_from(limit.limit).ok());
            quota.remaining = quota
                .remaining
                .or(limit.remaining.and_then(|left| u32::try_from(left).ok()));
            quota.period = quota
                .period
                .or(u64::try_from(limit.period).ok().map(std::time::Duration::from_secs));
        }
    }
}
