//! What handlers of API v4 answer. Errors look different in different corners of it.

use http::StatusCode;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::super::day::SLOT;
use super::super::quota::Exceeded;
use super::super::report::Report;
use super::super::window::Wrong;
use crate::call::{Answer, Call};

/// What a handler returns.
pub(in crate::enphase) type Outcome = Result<Answer, Problem>;

/// A refusal.
#[derive(Debug)]
pub(in crate::enphase) struct Problem {
    status: StatusCode,
    message: &'static str,
    details: Value,
    exceeded: Option<Box<Exceeded>>,
    /// What the stream of live data calls it: a name, and the kind of error.
    live: Option<(&'static str, &'static str)>,
}

/// The corners of the API.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Corner {
    Usual,
    Charger,
    Live,
}

fn corner(path: &str) -> Corner {
    if path.contains("/ev_charger/") {
        Corner::Charger
    } else if path.ends_with("/live_data") {
        Corner::Live
    } else {
        Corner::Usual
    }
}

/// Whether the operation says in its 429 when it may be called again.
fn tells_the_period(path: &str) -> bool {
    const SILENT: [&str; 16] = [
        "systems",
        "search",
        "devices",
        "events",
        "alarms",
        "event_types",
        "open_events",
        "open_alarms",
        "consumption_lifetime",
        "battery_lifetime",
        "energy_import_lifetime",
        "energy_export_lifetime",
        "grid_status",
        "energy_import_telemetry",
        "energy_export_telemetry",
        "latest_telemetry",
    ];
    let last = path.rsplit('/').next().unwrap_or_default();
    let one_system = last.bytes().all(|byte| byte.is_ascii_digit());
    corner(path) == Corner::Charger || !(SILENT.contains(&last) || one_system || path.ends_with("/micros/telemetry"))
}

impl Problem {
    fn new(status: StatusCode, message: &'static str, details: impl Into<Value>) -> Self {
        Self {
            status,
            message,
            details: details.into(),
            exceeded: None,
            live: None,
        }
    }

    pub(super) fn unauthorized(details: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Not Authorized", details)
    }

    /// The key is that of another application than the token's.
    pub(super) fn mismatch() -> Self {
        let details = "API Key and Client ID of the access token do not match";
        Self::new(StatusCode::UNAUTHORIZED, "API Key -Client mismatch", details)
    }

    pub(super) fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Forbidden",
            "Not authorized to access this resource",
        )
    }

    pub(super) fn not_found(details: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found", details.into())
    }

    /// `System not found for {:id=>"17"}`. The readings of meters have a wrong message beside it.
    pub(super) fn no_system(id: &str, path: &str) -> Self {
        let mut problem = Self::not_found(format!("System not found for {{:id=>\"{id}\"}}"));
        if path.ends_with("_meter_readings") {
            problem.message = "Not Authorized";
        }
        problem
    }

    pub(super) fn unprocessable(details: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Unprocessable Entity", details.into())
    }

    /// The EV charger's 400.
    pub(super) fn bad(details: impl Into<Value>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Bad request", details)
    }

    pub(super) fn server(details: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error", details)
    }

    /// What only the stream of live data has.
    pub(super) fn live(code: u16, message: &'static str, name: &'static str, kind: &'static str) -> Self {
        let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            live: Some((name, kind)),
            ..Self::new(status, message, Value::Null)
        }
    }

    pub(in crate::enphase) fn too_many(plan: &str, exceeded: Exceeded) -> Self {
        let details = format!("Usage limit exceeded for plan {plan}");
        Self {
            exceeded: Some(Box::new(exceeded)),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests", details)
        }
    }

    /// What is said where there is nothing but a status.
    pub(in crate::enphase) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::unauthorized("User is not authorized"),
            StatusCode::FORBIDDEN => Self::forbidden(),
            StatusCode::INTERNAL_SERVER_ERROR => Self::server("unable to fetch data"),
            status => {
                let reason = status.canonical_reason().unwrap_or("Error");
                Self::new(status, reason, reason)
            }
        }
    }

    /// What is wrong with a time, in the words of the operations for whole sites.
    pub(super) fn of_time(wrong: &Wrong, report: &Report<'_>) -> Self {
        let because = |what: &str| Self::unprocessable(format!("Invalid request because of '{what}'"));
        match wrong {
            Wrong::Unreadable(text) => Self::unprocessable(format!("Failed to parse date {text}")),
            Wrong::Future => because("Requested date is in the future"),
            Wrong::Granularity => because("Granularity is not supported"),
            Wrong::TooOld { start, end } => {
                let first = report.site.began.unix_timestamp() + SLOT;
                because(&format!(
                    "Requested date range is invalid for this system. {{:start_at=>{start}, :end_at=>{end}, \
                     :first_interval=>{first}, :last_interval=>{}}}",
                    report.last
                ))
            }
        }
    }

    pub(in crate::enphase) fn into_answer(self, call: &Call) -> Answer {
        if matches!(
            self.status,
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED
        ) {
            let text = match self.status {
                StatusCode::METHOD_NOT_ALLOWED => "Method not allowed",
                _ => "Not Implemented",
            };
            let body = json!({ "reason": self.status.as_str(), "message": [text] });
            return Answer::new(self.status, "application/json", body.to_string());
        }
        let code = self.status.as_u16();
        match corner(&call.path) {
            Corner::Live => self.live_answer(call.received),
            Corner::Charger => {
                let body = json!({ "message": self.message, "code": code.to_string(), "details": self.details });
                Answer::new(self.status, "application/octet-stream", body.to_string())
            }
            Corner::Usual if code >= 500 && call.path.ends_with("/rgm_stats") => {
                let body = json!({ "errorCode": 7, "errorMessages": ["Data is temporarily unavailable"] });
                Answer::new(self.status, "application/json", body.to_string())
            }
            Corner::Usual => {
                let mut body = json!({ "message": self.message, "details": self.details, "code": code });
                if let Some(exceeded) = self.exceeded.filter(|_| tells_the_period(&call.path)) {
                    body["period"] = exceeded.period.into();
                    body["period_start"] = exceeded.start.into();
                    body["period_end"] = exceeded.end.into();
                    body["limit"] = exceeded.limit.into();
                }
                Answer::new(self.status, "application/json", body.to_string())
            }
        }
    }

    fn live_answer(self, now: OffsetDateTime) -> Answer {
        let code = self.status.as_u16();
        let (message, (name, kind)) = match (self.live, code) {
            (Some(live), _) => (self.message, live),
            (None, 401) => ("API Key is invalid", ("NOT_AUTHENTICATED", "authentication_error")),
            (None, 403) => ("User is not authorized", ("FORBIDDEN", "authorization_error")),
            (None, 429) => ("Too Many Requests", ("TOO_MANY_REQUESTS", "request_exceeded_error")),
            (None, 550 | 551) => (
                "Service unreachable, please try again",
                ("SERVICE_UNREACHABLE", "server_error"),
            ),
            (None, 552) => (
                "Unable to connect, please try again",
                ("CONNECTION_NOT_ESTABLISHED", "server_error"),
            ),
            (None, _) => (self.message, ("ERROR", "server_error")),
        };
        // Errors about the system have seconds where others have milliseconds.
        let epoch = match code {
            466.. => now.unix_timestamp(),
            _ => milliseconds(now),
        };
        let body = json!({
            "error": { "code": code, "details": [{}], "message": message, "status": name },
            "timestamp_epoch": epoch,
            "timestamp_utc": utc(now),
            "type": kind,
        });
        Answer::new(self.status, "application/json", body.to_string())
    }
}

/// Milliseconds since 1970.
pub(super) fn milliseconds(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() * 1000 + i64::from(at.millisecond())
}

/// An instant as live data have it.
pub(super) fn utc(at: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:3]");
    at.to_offset(time::UtcOffset::UTC).format(FORMAT).unwrap_or_default()
}

/// 200 with JSON.
pub(super) fn ok(body: &Value) -> Outcome {
    Ok(Answer::new(StatusCode::OK, "application/json", body.to_string()))
}

/// What the EV charger says: JSON that does not say it is.
pub(super) fn octets(status: StatusCode, body: &Value) -> Outcome {
    Ok(Answer::new(status, "application/octet-stream", body.to_string()))
}

/// How fresh a site's data are.
pub(in crate::enphase) fn meta(report: &Report<'_>) -> Value {
    json!({
        "status": report.site.status(),
        "last_report_at": report.last,
        "last_energy_at": report.last_energy(),
        "operational_at": report.site.began.unix_timestamp(),
    })
}

#[cfg(test)]
mod tests {
    use super::tells_the_period;

    #[test]
    fn some_operations_say_when_to_come_back_and_some_do_not() {
        for (path, tells) in [
            ("/api/v4/systems", false),
            ("/api/v4/systems/17", false),
            ("/api/v4/systems/17/summary", true),
            ("/api/v4/systems/17/devices", false),
            ("/api/v4/systems/17/devices/micros/telemetry", false),
            ("/api/v4/systems/17/devices/micros/48/telemetry", true),
            ("/api/v4/systems/17/energy_lifetime", true),
            ("/api/v4/systems/17/battery_lifetime", false),
            ("/api/v4/systems/17/ev_charger/devices", true),
        ] {
            assert_eq!(tells_the_period(path), tells, "{path}");
        }
    }
}
