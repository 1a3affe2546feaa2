//! The envelope around every answer, in the format the caller accepts.

use http::StatusCode;

use super::quota::Standing;
use crate::call::{Answer, Call};
use crate::document::{Document, Map, csv, xml};
use crate::noise;

/// An answer before it is written.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: StatusCode,
    result: Document,
    code: Option<i64>,
    text: String,
    pid: bool,
    info: Option<Document>,
    ratelimit: Option<Document>,
    headers: Vec<(&'static str, String)>,
}

/// A reply in the error position.
pub(super) type Refusal = Box<Reply>;

impl Reply {
    /// Success with this result.
    pub(super) fn new(result: impl Into<Document>) -> Self {
        Self {
            status: StatusCode::OK,
            result: result.into(),
            code: Some(0),
            text: String::new(),
            pid: true,
            info: None,
            ratelimit: None,
            headers: Vec::new(),
        }
    }

    /// Success without a body.
    pub(super) fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            ..Self::new(Document::Null)
        }
    }

    /// An error as documented: the result is null, the sentence in `message.text`.
    pub(super) fn refuse(status: StatusCode, text: impl Into<String>) -> Refusal {
        Box::new(Self {
            status,
            code: Some(i64::from(status.as_u16())),
            text: text.into(),
            ..Self::new(Document::Null)
        })
    }

    /// The quota is used up: here the result is a sentence and `info` an empty PHP array.
    pub(super) fn too_many_calls(standing: &Standing) -> Refusal {
        let text = "Rate limit for API calls reached.";
        let mut refusal = Self::refuse(StatusCode::TOO_MANY_REQUESTS, text);
        refusal.result = Document::from(text);
        refusal.info = Some(Document::List(Vec::new()));
        refusal.ratelimit = Some(standing.document());
        refusal.headers = Vec::from(standing.headers());
        refusal
    }

    pub(super) fn with_info(mut self, info: impl Into<Document>) -> Self {
        self.info = Some(info.into());
        self
    }

    pub(super) fn with_quota_headers(mut self, standing: &Standing) -> Self {
        self.headers.extend(standing.headers());
        self
    }

    pub(super) fn with_quota_in_body(mut self, standing: &Standing) -> Self {
        self.ratelimit = Some(standing.document());
        self
    }

    /// Some answers come without `pid`.
    pub(super) fn without_pid(mut self) -> Self {
        self.pid = false;
        self
    }

    /// One answer comes without `code`.
    pub(super) fn without_code(mut self) -> Self {
        self.code = None;
        self
    }

    #[cfg(test)]
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The whole JSON document.
    fn envelope(&self, call: &Call) -> Document {
        let failed = self.status.is_client_error() || self.status.is_server_error();
        let mut message = Map::new();
        if let Some(code) = self.code {
            message.put("code", code);
        }
        message.put("type", if failed { "error" } else { "success" });
        message.put("text", self.text.as_str());
        if self.pid {
            message.put("pid", pid(call));
        }
        if let Some(info) = &self.info {
            message.put("info", info.clone());
        }
        if let Some(ratelimit) = &self.ratelimit {
            message.put("ratelimit", ratelimit.clone());
        }
        Map::new()
            .with("result", self.result.clone())
            .with("message", message)
            .into()
    }

    /// The answer in the format the caller accepts.
    pub(super) fn into_answer(self, call: &Call) -> Answer {
        if self.status == StatusCode::NO_CONTENT {
            return self.with_headers(Answer::empty(StatusCode::NO_CONTENT));
        }
        let answer = match accepted(call.header("accept").unwrap_or_default()) {
            Format::Json => Answer::new(self.status, "application/json", self.envelope(call).to_json()),
            Format::Xml(content_type) => {
                Answer::new(self.status, content_type, xml::write("response", &self.envelope(call)))
            }
            Format::Csv => Answer::new(self.status, "text/csv; charset=utf-8", self.rows(call)),
        };
        self.with_headers(answer)
    }

    /// CSV has room for the result only; an error's sentence is the one value there is.
    fn rows(&self, call: &Call) -> String {
        let separator = match call.header("x-separator") {
            Some("TAB") => "\t",
            Some(separator) if !separator.is_empty() => separator,
            _ => ";",
        };
        let delimiter = match call.header("x-delimiter") {
            Some(delimiter) if !delimiter.is_empty() => delimiter,
            _ => "|",
        };
        if self.result == Document::Null {
            return csv::write(&Document::from(self.text.as_str()), separator, delimiter);
        }
        csv::write(&self.result, separator, delimiter)
    }

    fn with_headers(&self, mut answer: Answer) -> Answer {
        for (name, value) in &self.headers {
            answer.set_header(name, value);
        }
        answer
    }
}

/// Writes either side of a handler's result.
pub(super) fn answer(call: &Call, reply: Result<Reply, Refusal>) -> Answer {
    reply.unwrap_or_else(|refusal| *refusal).into_answer(call)
}

/// The id of a request, as in `message.pid` and `X-Pid`.
pub(super) fn pid(call: &Call) -> String {
    let number = i64::try_from(call.number).unwrap_or(i64::MAX);
    noise::alphanumeric(8, &[number, call.received.unix_timestamp()])
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Xml(&'static str),
    Csv,
}

/// The wanted format with the highest `q`, the earlier of two equal ones; JSON if none is
/// known.
fn accepted(accept: &str) -> Format {
    let mut best = (0.0, Format::Json);
    for wanted in accept.split(',') {
        let mut parts = wanted.split(';').map(str::trim);
        let format = match parts.next().unwrap_or_default() {
            "application/json" | "application/*" | "*/*" => Format::Json,
            "application/xml" => Format::Xml("application/xml; charset=utf-8"),
            "text/xml" => Format::Xml("text/xml; charset=utf-8"),
            "text/csv" => Format::Csv,
            _ => continue,
        };
        let quality = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(1.0, |quality| quality.parse().unwrap_or(0.0));
        if quality > best.0 {
            best = (quality, format);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::{Format, accepted};

    #[test]
    fn the_most_wanted_known_format_wins() {
        assert_eq!(accepted(""), Format::Json);
        assert_eq!(accepted("image/png"), Format::Json);
        assert_eq!(accepted("text/csv"), Format::Csv);
        assert_eq!(accepted("text/csv;q=0.2, application/json"), Format::Json);
        assert_eq!(accepted("text/xml, */*;q=0.1"), Format::Xml("text/xml; charset=utf-8"));
        assert_eq!(accepted("text/csv;q=0"), Format::Json);
    }
}
