use energy_core::ApiError;
use serde::{Deserialize, Serialize};

/// The body of an answer that is no success. Its shape is not documented but for logins and for reports that are being
/// made, so every member may be missing. [`ApiError::details`] gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// The status once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// A word, such as `Too Early` or `access_denied`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What went wrong, of a login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}

impl Failure {
    /// Puts code and words into an error.
    pub(crate) fn describe(self, error: &mut ApiError) {
        error.code = self.error.or(self.code.map(|code| code.to_string()));
        error.message = self.message.or(self.error_description).unwrap_or_default();
    }
}
