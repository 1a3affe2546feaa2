//! What handlers of API v2 answer.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::quota::Exceeded;
use super::super::window::Wrong;
use crate::call::Answer;

/// What a handler returns.
pub(in crate::enphase) type Outcome = Result<Answer, Problem>;

/// A refusal: a status and the whole body.
#[derive(Debug)]
pub(in crate::enphase) struct Problem {
    status: StatusCode,
    body: Value,
}

impl Problem {
    /// Most errors have a list of messages, of which there is one.
    fn listed(status: StatusCode, message: &str) -> Self {
        let body = json!({ "reason": status.as_str(), "message": [message] });
        Self { status, body }
    }

    pub(super) fn unauthorized() -> Self {
        Self::listed(StatusCode::UNAUTHORIZED, "Not authorized to access requested resource")
    }

    pub(super) fn not_found(message: &str) -> Self {
        Self::listed(StatusCode::NOT_FOUND, message)
    }

    /// Here the message is a text, and no list.
    pub(super) fn unprocessable(message: &str) -> Self {
        let body = json!({ "reason": "422", "message": message });
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            body,
        }
    }

    /// With the parameters that were used, or what else helps.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body[name] = value.into();
        self
    }

    pub(super) fn of_time(wrong: &Wrong) -> Self {
        match wrong {
            Wrong::Unreadable(text) => Self::unprocessable(&format!("Failed to parse date {text}")),
            Wrong::Future => Self::unprocessable("Requested date is in the future"),
            Wrong::TooOld { .. } | Wrong::Granularity => {
                Self::unprocessable("Requested date range is invalid for this system")
            }
        }
    }

    /// There is no such meter. This body has nothing but a text.
    pub(super) fn no_consumption_meter() -> Self {
        let message = "The given system does not contain any active and enabled consumption meter";
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            body: json!({ "message": message }),
        }
    }

    pub(in crate::enphase) fn exceeded(plan: &str, exceeded: &Exceeded) -> Self {
        Self::listed(StatusCode::CONFLICT, &format!("Usage limit exceeded for plan {plan}"))
            .with("period", exceeded.period)
            .with("period_start", exceeded.start)
            .with("period_end", exceeded.end)
            .with("limit", exceeded.limit)
    }

    /// What is said where there is nothing but a status.
    pub(in crate::enphase) fn of_status(status: StatusCode, plan: &str, exceeded: &Exceeded) -> Self {
        match status {
            StatusCode::CONFLICT => Self::exceeded(plan, exceeded),
            StatusCode::UNAUTHORIZED => Self::unauthorized(),
            StatusCode::NOT_FOUND => Self::not_found("Resource not found"),
            StatusCode::METHOD_NOT_ALLOWED => Self::listed(status, "Method not allowed"),
            StatusCode::NOT_IMPLEMENTED => Self::listed(status, "Not Implemented"),
            StatusCode::UNPROCESSABLE_ENTITY => Self::unprocessable("Unprocessable Entity"),
            status if status.is_server_error() => Self {
                status,
                body: json!({ "errorCode": 7, "errorMessages": ["Data temporarily unavailable."] }),
            },
            status => Self::listed(status, status.canonical_reason().unwrap_or("Error")),
        }
    }

    pub(in crate::enphase) fn into_answer(self) -> Answer {
        Answer::new(self.status, "application/json", self.body.to_string())
    }
}

/// 200 with JSON.
pub(super) fn ok(body: &Value) -> Outcome {
    Ok(Answer::new(StatusCode::OK, "application/json", body.to_string()))
}

/// 204.
pub(super) fn nothing() -> Outcome {
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}
