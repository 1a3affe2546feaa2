//! What handlers answer.

use http::StatusCode;
use serde_json::{Value, json};

use crate::call::Answer;
use crate::document::Document;

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

    /// For what no handler answers.
    pub(super) fn of_status(status: StatusCode) -> Self {
        Self::new(status, status.canonical_reason().unwrap_or("Error"))
    }

    /// Something is missing or cannot be read: 400.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// The package or the kind of access does not include this: 403.
    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// Nothing that the caller may see has this id: 404.
    pub(super) fn unknown(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} not found"))
    }

    pub(super) fn into_answer(self) -> Answer {
        let body = json!({ "message": self.message, "statusCode": self.status.as_u16() });
        let answer = Answer::new(self.status, "application/json", body.to_string());
        if self.status == StatusCode::UNAUTHORIZED {
            return answer.with_header("www-authenticate", "Bearer");
        }
        answer
    }
}

/// 200 with JSON.
pub(super) fn ok(body: &Value) -> Outcome {
    Ok(Answer::new(StatusCode::OK, "application/json", body.to_string()))
}

/// 200 with series, whose stamps stay in the order of time.
pub(super) fn series(objects: Vec<Document>) -> Outcome {
    let body = Document::List(objects).to_json();
    Ok(Answer::new(StatusCode::OK, "application/json", body))
}
