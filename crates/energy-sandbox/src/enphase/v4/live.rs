//! What happens at a site second by second, as a stream of server-sent events.

use http::StatusCode;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::super::day::SLOT;
use super::super::report::Report;
use super::super::site::Site;
use super::super::storage::CAPACITY;
use super::reply::{Outcome, Problem, milliseconds, utc};
use super::telemetry::percent;
use super::visit::Visit;
use crate::call::Answer;

/// All frames at once, a second apart by their own time: nobody has to wait for them.
pub(in crate::enphase) fn stream<'a>(visit: &Visit<'a>, site: &'a Site) -> Outcome {
    let seconds = duration(visit.call.header("duration"))?;
    let report = visit.report(site);
    let refused = |code, message, name, kind| Err(Problem::live(code, message, name, kind));
    if site.silent_since.is_some() {
        return refused(
            473,
            "IQ gateway is not reporting",
            "IQ_GATEWAY_NOT_REPORTING",
            "site_connectivity_error",
        );
    }
    if site.number % 61 == 60 {
        let message = "Envoy must be active and envoy version must be at least 6.0.0";
        return refused(466, message, "UNSUPPORTED_ENVOY", "validation_error");
    }
    if !site.is_metered() {
        let message = "The system doesn’t support live stream";
        return refused(472, message, "LIVE_STREAM_NOT_SUPPORTED", "validation_error");
    }
    let mode = visit.service.state().settings.mode.shown();
    let frames: String = (0..seconds)
        .map(|second| {
            let frame = frame(&report, visit.now().saturating_add(Duration::seconds(second)), mode);
            format!("data: {frame}\n\n")
        })
        .collect();
    Ok(Answer::new(StatusCode::OK, "text/event-stream", frames))
}

fn duration(header: Option<&str>) -> Result<i64, Problem> {
    let refused = |code, message| Err(Problem::live(code, message, "INVALID_DURATION", "validation_error"));
    match header.map(str::parse) {
        None => Ok(30),
        Some(Err(_)) => refused(463, "Duration must be an integer"),
        Some(Ok(..30)) => refused(461, "Duration cannot be less than 30"),
        Some(Ok(301..)) => refused(462, "Duration cannot be greater than 300"),
        Some(Ok(seconds)) => Ok(seconds),
    }
}

/// The mean of the five minutes that are running, with a flicker that the grid takes.
fn frame(report: &Report<'_>, at: OffsetDateTime, mode: &str) -> Value {
    let unix = at.unix_timestamp();
    let begin = unix.div_euclid(SLOT) * SLOT;
    let slots = report.world.slots(report.site, begin, begin + SLOT);
    let slot = slots.first().map(|(_, slot)| *slot).unwrap_or_default();
    let flicker = (crate::noise::hash(&[unix, 14]) % 41) as i64 - 20;
    let battery = (slot.discharge - slot.charge) * 12;
    let pv = slot.meter * 12;
    let consumption = (slot.consumption * 12 + flicker).max(0);
    json!({
        "data": {
            "battery_mode": mode,
            "battery_power": battery,
            "battery_soc": percent(slot.stored, CAPACITY),
            "consumption_power": consumption,
            "envoy_serial_number": [report.site.fleet().gateway()],
            "generator_power": 0,
            "grid_power": consumption - pv - battery,
            "grid_status": "On Grid",
            "pv_power": pv,
            "system_id": report.site.id,
        },
        "timestamp_epoch": milliseconds(at),
        "timestamp_utc": utc(at),
        "type": "response",
    })
}
