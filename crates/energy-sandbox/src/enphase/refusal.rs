//! What is said where no handler answers: unknown paths, wrong methods, faults.

use http::StatusCode;

use super::applications::{V2_PLAN, WATT, by_key};
use super::v4::reply::Problem;
use super::{Enphase, oauth, v2, v2_routes, v4};
use crate::call::{Answer, Call};

/// The body that the part of the service which the path belongs to has for a status.
pub(super) fn refusal(service: &Enphase, call: &Call, status: StatusCode) -> Answer {
    if call.path.starts_with("/oauth/") {
        return oauth::refused(status, "invalid_request", status.canonical_reason().unwrap_or("Error"));
    }
    if call.path.starts_with(v2_routes::BASE) {
        let exceeded = service.state().v2_quota.minute_is_full(call.received);
        return v2::reply::Problem::of_status(status, V2_PLAN, &exceeded).into_answer();
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        let application = v4::visit::key(call).and_then(by_key).unwrap_or(&WATT);
        let exceeded = service.state().quota(application.app).minute_is_full(call.received);
        return Problem::too_many(application.plan, exceeded).into_answer(call);
    }
    Problem::of_status(status).into_answer(call)
}
