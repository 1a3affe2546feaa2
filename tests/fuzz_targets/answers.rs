use std::sync::{Arc, LazyLock};
use std::time::Duration;

use energy_core::clock::{Clock, ManualClock};
use energy_core::http::{HeaderName, HeaderValue, StatusCode, header};
use energy_core::{Error, Operation};

use super::calls::{assert_hidden, carries, ended, with_secrets};
use super::input::Input;
use crate::requests::{Answer, Answering, Asked, Heard, NOW, Place, SERVICES, Sample, Service};
use crate::said_by;

/// How long a call may take with all its waits.
const DEADLINE: Duration = Duration::from_secs(90);

const MEDIA_TYPES: [&str; 9] = [
    "application/json",
    "text/event-stream",
    "text/html; charset=utf-8",
    "application/pdf",
    "text/csv",
    "application/xml",
    "text/plain",
    "application/problem+json",
    "",
];

/// What answers say beside the body, of all services.
const HEADERS: [&str; 16] = [
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-period",
    "x-ratelimit-zone",
    "x-ratelimit-retry-at",
    "x-sn-rate-limit-remaining",
    "x-sn-rate-limit-retry-after",
    "x-sn-errormessage",
    "x-error-message",
    "x-pid",
    "date",
    "location",
    "content-length",
    "content-encoding",
    "set-cookie",
];

static SAMPLES: LazyLock<Vec<(&Service, Vec<Sample>)>> =
    LazyLock::new(|| SERVICES.iter().map(|service| (service, (service.samples)())).collect());

/// Any answer to any operation: the call ends, in time; what must not be sent again is not; no error shows a secret that
/// went out; and the same answer is heard as the same.
///
/// Input: a byte for the service, one for the operation, two for the status (above 100), one for the media type, one for
/// the number of headers, for each of them a byte for its name and its value up to a 0xFF; and the body, in which 0xFE and
/// a byte stand for a secret.
///
/// # Panics
///
/// When it does not hold.
pub fn answers(data: &[u8]) {
    let mut input = Input::new(data);
    let (service, samples) = &SAMPLES[usize::from(input.byte()) % SAMPLES.len()];
    let sample = &samples[usize::from(input.byte()) % samples.len()];
    let mut answer = Answer {
        status: status(&mut input),
        ..Answer::default()
    };
    let media_type = HeaderValue::from_static(input.one_of(&MEDIA_TYPES));
    if !media_type.is_empty() {
        answer = answer.with_header(header::CONTENT_TYPE, media_type);
    }
    for _ in 0..input.byte() % 4 {
        let name = HeaderName::from_static(input.one_of(&HEADERS));
        if let Ok(value) = HeaderValue::from_bytes(&with_secrets(input.part(), service.secrets)) {
            answer = answer.with_header(name, value);
        }
    }
    let answer = answer.with_body(with_secrets(input.rest(), service.secrets).into());
    let heard = tried(service, sample, answer.clone());
    assert_eq!(tried(service, sample, answer), heard);
}

pub(super) fn status(input: &mut Input<'_>) -> StatusCode {
    let number = 100 + u16::from_be_bytes(input.bytes()) % 900;
    StatusCode::from_u16(number).expect("a status has three digits")
}

/// Sends the sample, and gives what it heard, or all that its error shows.
fn tried(service: &Service, sample: &Sample, answer: Answer) -> Result<Heard, String> {
    let answering = Arc::new(Answering::new(answer, service.tokens));
    let place = Place {
        origin: "https://service.example".to_owned(),
        transport: Some(answering.clone()),
        clock: ManualClock::new(NOW),
        timeout: Duration::from_secs(30),
    };
    let result = ended(sample.send(&place));
    assert!(place.clock.elapsed() <= DEADLINE, "it took {:?}", place.clock.elapsed());
    let asked = answering.asked();
    check_attempts(sample.operation, &result, &asked);
    result.map_err(|error| {
        let shown = said_by(&error);
        let last = asked.operations.last();
        let sent = |secret: &&&str| last.is_some_and(|request| carries(request, secret));
        service
            .secrets
            .iter()
            .filter(sent)
            .for_each(|secret| assert_hidden(&shown, secret));
        shown
    })
}

fn check_attempts(operation: &Operation, result: &Result<Heard, Error>, asked: &Asked) {
    let sent = asked.operations.len();
    let (said, allowed) = match result {
        // The first answer is the one that is heard.
        Ok(heard) => (heard.attempts, 1),
        Err(error) => (Some(error.attempts()), allowed(operation, error)),
    };
    assert!(
        said.is_none_or(|said| usize::try_from(said) == Ok(sent)),
        "{said:?} of {sent}: {result:?}"
    );
    assert!(
        (1..=allowed).contains(&sent),
        "{} was sent {sent} times: {result:?}",
        operation.id
    );
    assert!(asked.tokens.len() <= 2, "{:?}", asked.tokens);
}

/// How often an operation may have been sent before this error.
fn allowed(operation: &Operation, error: &Error) -> usize {
    match error {
        _ if operation.once => 1,
        // Once more, with a new token.
        error if error.is_unauthorized() => 2,
        // The service turned it away before it did anything.
        error if error.is_rate_limited() => 3,
        error if error.status() == Some(StatusCode::SERVICE_UNAVAILABLE) && error.retry_at().is_some() => 3,
        Error::Api(_) if operation.idempotent => 3,
        _ => 1,
    }
}
