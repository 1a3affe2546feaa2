//! Making a scheduled report at once: queued, polled, and fetched as PDF.

use http::StatusCode;
use serde_json::json;
use time::Duration;

use super::access::Visit;
use super::input::needed;
use super::pdf::pdf;
use super::reply::{Outcome, Problem, download, with_status};
use super::schedule::{self, Job};
use super::stamp::clock;
use super::state::State;

/// It takes this long, by the sandbox's clock.
const WORK: Duration = Duration::seconds(12);

/// The server's address as it sees itself. Nobody else can reach it there.
const INSIDE: &str = "http://127.0.0.1:12345/api/v1";

pub(super) fn start(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = schedule::place(visit, state)?;
    let id = state.schedules[place].id.clone();
    let token = state.new_secret(11).to_lowercase();
    let poll_uri = format!("{INSIDE}/reports/schedule/poll?id={id}&token={token}");
    state.jobs.push(Job {
        schedule: id,
        token,
        ready: visit.now() + WORK,
    });
    let body = json!({
        "code": 202,
        "error": "Accepted",
        "interval": clock(5),
        "message": format!("The report generation job has been started. Please poll {poll_uri} for the status"),
        "poll_uri": poll_uri,
    });
    Ok(with_status(StatusCode::ACCEPTED, &body))
}

pub(super) fn poll(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let schedule = &state.schedules[schedule::place(visit, state)?];
    let token = needed(visit.call, "token")?;
    let job = (state.jobs.iter())
        .find(|job| job.schedule == schedule.id && job.token == token)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "No report is being made with this token."))?;
    if visit.now() < job.ready {
        return Ok(with_status(
            StatusCode::TOO_EARLY,
            &json!({
                "code": 425,
                "error": "Too Early",
                "message": "The requested report is still being created. Please check again later.",
            }),
        ));
    }
    let mut lines = vec![schedule.name.clone()];
    lines.extend(schedule.reports.iter().map(|report| (*report).to_owned()));
    Ok(download(
        "application/pdf",
        &format!("report_{}.pdf", schedule.id),
        pdf(&lines),
    ))
}
