//! Faults: what a service does wrong on request.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

/// Something that goes wrong with the next requests of a service.
///
/// Faults queue: each request takes the first waiting fault that fits its path, until that
/// fault is used up. A fault counts for one request unless [`times`](Self::times) says more.
///
/// ```
/// # use energy_sandbox::Fault;
/// # use std::time::Duration;
/// let overloaded = Fault::status(503).times(2);
/// let slow_estimates = Fault::latency(Duration::from_millis(50)).on_path("estimate");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    effect: Effect,
    times: u32,
    path: Option<String>,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    Latency(Duration),
    Reset,
    ResetInBody,
    LostAnswer,
    Status { status: StatusCode, body: Option<Bytes> },
    Html(StatusCode),
    Outage,
    TruncatedJson,
    WrongJson,
    HugeBody,
    Redirect(String),
    SkewedDate(time::Duration),
}

impl Fault {
    fn new(effect: Effect) -> Self {
        Self {
            effect,
            times: 1,
            path: None,
        }
    }

    /// The answer is right but comes this much later, in real time.
    pub fn latency(by: Duration) -> Self {
        Self::new(Effect::Latency(by))
    }

    /// The connection is reset before the request is looked at.
    pub fn reset() -> Self {
        Self::new(Effect::Reset)
    }

    /// The request takes effect and is counted, but the connection is reset before the answer.
    pub fn lost_answer() -> Self {
        Self::new(Effect::LostAnswer)
    }

    /// The connection is reset when half of the body has been sent.
    pub fn reset_in_body() -> Self {
        Self::new(Effect::ResetInBody)
    }

    /// The request is refused with this status and the service's own body for it.
    ///
    /// A number that is no HTTP status is taken for 500.
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Status {
            status: status_code(status),
            body: None,
        })
    }

    /// The request is refused with this status and a JSON body of yours.
    pub fn status_with_body(status: u16, body: impl Into<String>) -> Self {
        Self::new(Effect::Status {
            status: status_code(status),
            body: Some(Bytes::from(body.into())),
        })
    }

    /// A web page instead of data, as gateways and captive portals send: try 200 and 502.
    pub fn html(status: u16) -> Self {
        Self::new(Effect::Html(status_code(status)))
    }

    /// 503 with a sentence in plain text.
    pub fn outage() -> Self {
        Self::new(Effect::Outage)
    }

    /// The right status and a body that stops in the middle, with nothing else amiss.
    pub fn truncated_json() -> Self {
        Self::new(Effect::TruncatedJson)
    }

    /// The right status and valid JSON of a type nobody expects.
    pub fn wrong_json() -> Self {
        Self::new(Effect::WrongJson)
    }

    /// A body of two GiB is announced; a few bytes of it come, then nothing more.
    pub fn huge_body() -> Self {
        Self::new(Effect::HugeBody)
    }

    /// 302 to another address.
    pub fn redirect(location: impl Into<String>) -> Self {
        Self::new(Effect::Redirect(location.into()))
    }

    /// The `Date` header is wrong by this much (negative: in the past).
    pub fn skewed_date(by: time::Duration) -> Self {
        Self::new(Effect::SkewedDate(by))
    }

    /// The next `times` requests that fit, rather than one.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Only requests whose path contains this text.
    #[must_use]
    pub fn on_path(mut self, part: impl Into<String>) -> Self {
        self.path = Some(part.into());
        self
    }

    fn fits(&self, path: &str) -> bool {
        self.path.as_deref().is_none_or(|part| path.contains(part))
    }
}

fn status_code(status: u16) -> StatusCode {
    // 1xx would leave the client waiting for the real answer.
    StatusCode::from_u16(status)
        .ok()
        .filter(|status| !status.is_informational())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The faults still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        if fault.times > 0 {
            self.lock().push(fault);
        }
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// The fault for a request of this path, which is then used up once.
    pub(crate) fn take(&self, path: &str) -> Option<Effect> {
        let mut waiting = self.lock();
        let place = waiting.iter().position(|fault| fault.fits(path))?;
        let fault = &mut waiting[place];
        fault.times -= 1;
        let effect = fault.effect.clone();
        if fault.times == 0 {
            waiting.remove(place);
        }
        Some(effect)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Effect, Fault, Faults};

    #[test]
    fn faults_wait_for_their_path_and_run_out() {
        let faults = Faults::default();
        faults.add(Fault::reset().on_path("estimate"));
        faults.add(Fault::outage().times(2));
        assert_eq!(faults.take("/help"), Some(Effect::Outage));
        assert_eq!(faults.take("/estimate/1/2"), Some(Effect::Reset));
        assert_eq!(faults.take("/estimate/1/2"), Some(Effect::Outage));
        assert_eq!(faults.take("/estimate/1/2"), None);
    }
}
