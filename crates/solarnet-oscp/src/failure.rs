use std::fmt;

use energy_core::ApiError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The envelope of an answer that is no success. [`ApiError::details`] gives it.
///
/// Codes begin with `VAL.` (values), `DAO.` (database), `WEB.` (requests) or `RS.` (remote services); a failed login has
/// `401`. Many failures have none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// Always false.
    pub success: bool,
    /// The code, such as `VAL.00004`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "energy_core::wire::lenient_string"
    )]
    pub code: Option<String>,
    /// What went wrong. With 403 the name of the reason, such as `UNKNOWN_OBJECT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The values that are refused, where the service knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<FieldError>>,
}

/// One value that the service refuses.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FieldError {
    /// The field, as in `energy.unit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The rule it breaks, such as `NotBlank` or `Size`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The value. `Debug` does not show it, because it may be a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected_value: Option<Value>,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl fmt::Debug for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldError")
            .field("location", &self.location)
            .field("code", &self.code)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.location.as_deref().unwrap_or("a value"))?;
        match (&self.message, &self.code) {
            (Some(message), _) => write!(f, " {message}"),
            (None, Some(code)) => write!(f, " breaks the rule {code}"),
            (None, None) => f.write_str(" is refused"),
        }
    }
}

impl Failure {
    /// The failure in a body, if there is one.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let failure: Self = serde_json::from_slice(body).ok()?;
        (!failure.success).then_some(failure)
    }

    /// Puts code and words into an error.
    pub(crate) fn describe(self, error: &mut ApiError) {
        error.code = self.code;
        error.message = self.message.unwrap_or_default();
        for refused in self.errors.into_iter().flatten() {
            if !error.message.is_empty() {
                error.message.push_str("; ");
            }
            error.message.push_str(&refused.to_string());
        }
    }
}
