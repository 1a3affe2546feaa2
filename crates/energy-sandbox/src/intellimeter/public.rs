//! What everybody may read.

use http::StatusCode;
use serde_json::json;

use super::Intellimeter;
use super::pdf::pdf;
use super::reply::{download, with_status};
use crate::call::{Answer, Call};

pub(super) fn faq(_: &Intellimeter, _: &Call) -> Answer {
    let entry = |id: &str, question: &str, answer: &str| {
        json!({
            "answer": answer,
            "created": "2021-04-08T16:27:02",
            "id": id,
            "question": question,
            "updated": "2021-05-03T09:12:40",
        })
    };
    let body = json!([
        entry("5d1f0a3c", "How often are meters read?", "Every ten minutes."),
        entry(
            "77c2be19",
            "Which time zone do time stamps have?",
            "That of the property."
        ),
    ]);
    with_status(StatusCode::OK, &body)
}

pub(super) fn manual(_: &Intellimeter, _: &Call) -> Answer {
    let lines = ["User's Manual", "This is the sandbox: there is no portal behind it."];
    download("application/pdf", "manual.pdf", pdf(&lines.map(str::to_owned)))
}
