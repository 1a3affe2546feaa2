//! What handlers answer.

use http::StatusCode;
use serde_json::{Value, json};

use crate::call::Answer;

/// What a handler returns.
pub(super) type Outcome = Result<Answer, Problem>;

/// A refusal.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    message: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    /// Something is missing or cannot be read: 400.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// The value was read and makes no sense: 422.
    pub(super) fn senseless(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// Nothing has this id: 404.
    pub(super) fn unknown(what: &str, id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no {what} '{id}'."))
    }

    pub(super) fn into_answer(self) -> Answer {
        let body = json!({
            "code": self.status.as_u16(),
            "error": self.status.canonical_reason().unwrap_or("Error"),
            "message": self.message,
        });
        let answer = with_status(self.status, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            return answer.with_header("www-authenticate", "Bearer");
        }
        answer
    }
}

/// JSON with a status.
pub(super) fn with_status(status: StatusCode, body: &Value) -> Answer {
    Answer::new(status, "application/json", body.to_string())
}

/// 200 with JSON.
pub(super) fn ok(body: &Value) -> Outcome {
    Ok(with_status(StatusCode::OK, body))
}

/// 200 with a list.
pub(super) fn list(items: impl Iterator<Item = Value>) -> Outcome {
    ok(&Value::Array(items.collect()))
}

/// 204.
pub(super) fn done() -> Outcome {
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// A file to keep.
pub(super) fn download(content_type: &'static str, name: &str, bytes: impl Into<bytes::Bytes>) -> Answer {
    Answer::new(StatusCode::OK, content_type, bytes)
        .with_header("content-disposition", &format!("attachment; filename=\"{name}\""))
}
