//! The envelope every answer of the management API has.

use http::StatusCode;
use serde_json::Value;

use super::json::{Object, Part};
use crate::call::Answer;

/// What a handler of the management API returns.
pub(super) type Outcome = Result<Reply, Problem>;

/// A success.
#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    data: Option<Part>,
    location: Option<String>,
}

impl Reply {
    /// 200 with data.
    pub(super) fn data(data: impl Into<Part>) -> Self {
        Self::maybe(Some(data))
    }

    /// 200; without data there is no such key.
    pub(super) fn maybe(data: Option<impl Into<Part>>) -> Self {
        Self {
            status: StatusCode::OK,
            data: data.map(Into::into),
            location: None,
        }
    }

    /// 200 and nothing to say.
    pub(super) fn done() -> Self {
        Self::maybe(None::<Value>)
    }

    /// 201. The address is the one for browsers, as the server's own mapping has it.
    pub(super) fn created(data: Object, kind: &str, id: i64) -> Self {
        Self {
            status: StatusCode::CREATED,
            data: Some(data.into()),
            location: Some(format!("/solaruser/u/sec/oscp/{kind}/{id}")),
        }
    }

    pub(super) fn into_answer(self) -> Answer {
        let mut body = Object::new().with("success", true);
        if let Some(data) = self.data {
            body = body.with("data", data);
        }
        let mut answer = Answer::new(self.status, "application/json", body.write());
        if let Some(location) = self.location {
            answer.set_header("location", &location);
        }
        answer
    }
}

/// A refusal.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    code: Option<&'static str>,
    message: String,
    errors: Vec<Object>,
    headers: Vec<(&'static str, String)>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: Option<&'static str>, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// 422, with a code if there is one.
    fn unprocessable(code: Option<&'static str>, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    /// The body is no JSON, or has a value of a wrong type.
    pub(super) fn malformed(what: impl std::fmt::Display) -> Self {
        Self::unprocessable(None, format!("Malformed request: {what}"))
    }

    pub(super) fn illegal(what: impl std::fmt::Display) -> Self {
        Self::unprocessable(None, format!("Illegal argument: {what}"))
    }

    /// An id that nothing has, or nothing of this account.
    pub(super) fn unknown_object() -> Self {
        Self::new(StatusCode::FORBIDDEN, None, "UNKNOWN_OBJECT")
    }

    pub(super) fn access_denied() -> Self {
        Self::new(StatusCode::FORBIDDEN, None, "ACCESS_DENIED")
    }

    pub(super) fn duplicate(what: &str) -> Self {
        Self::unprocessable(Some("DAO.00101"), format!("There is another one with this {what}."))
    }

    pub(super) fn too_long(what: &str, most: usize) -> Self {
        let message = format!("The {what} is longer than {most} characters.");
        Self::unprocessable(Some("DAO.00103"), message)
    }

    /// A reference to something that is not there.
    pub(super) fn no_such(what: &str) -> Self {
        Self::unprocessable(Some("DAO.00105"), format!("The {what} names nothing of this account."))
    }

    /// Values that break rules, with the rules.
    pub(super) fn invalid(code: &'static str, errors: Vec<Object>) -> Self {
        let mut problem = Self::unprocessable(Some(code), format!("{} value(s) break a rule.", errors.len()));
        problem.errors = errors;
        problem
    }

    pub(super) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn into_answer(self) -> Answer {
        let mut body = Object::new()
            .with("success", false)
            .with_some("code", self.code)
            .with("message", self.message);
        if !self.errors.is_empty() {
            body = body.with("errors", self.errors);
        }
        let mut answer = Answer::new(self.status, "application/json", body.write());
        for (name, value) in self.headers {
            answer.set_header(name, &value);
        }
        answer
    }
}

/// One item of `errors`.
pub(super) fn violation(location: &str, code: &'static str, rejected: Option<Value>, message: &str) -> Object {
    Object::new()
        .with("location", location)
        .with("code", code)
        .with_some("rejectedValue", rejected)
        .with("message", message)
}
