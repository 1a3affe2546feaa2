//! What a cell asserts.

use std::error::Error as _;
use std::time::Duration;

use energy_core::Error;
use energy_tests::requests::{self, Heard};

use crate::expect::{Expected, Outcome};
use crate::facts::Login;
use crate::fault::Fault;
use crate::mutate::UNHEARD;
use crate::refusal::WAIT;
use crate::run::{Report, Tried};

/// How much of a flood may go out: what a client reads at most, and what lies in the buffers between.
const MOST: u64 = 32 << 20;
/// How much an answer may hold that was packed.
const MOST_UNPACKED: usize = 4 << 20;
/// How long the text of an error may be.
const LONGEST_TEXT: usize = 2000;

/// What differs from `expected`, and from what holds for every cell.
pub(crate) fn differences(tried: &Tried, fault: Fault, expected: &Expected, report: &Report) -> Vec<String> {
    let mut all = Differences(Vec::new());
    all.check(report.outcome == expected.outcome, || {
        let heard = match &report.result {
            Some(Ok(heard)) => heard.answer.chars().take(300).collect(),
            Some(Err(error)) => error.to_string(),
            None => "nothing".to_owned(),
        };
        format!("{:?} expected, {:?} heard: {heard}", expected.outcome, report.outcome)
    });
    attempts(tried, fault, expected, report, &mut all);
    all.check(report.seen.flooded <= MOST, || {
        format!("{} bytes of a flood were read", report.seen.flooded)
    });
    all.check(!report.went_elsewhere, || "the other host was asked".to_owned());
    match &report.result {
        Some(Ok(heard)) => answer(tried, fault, heard, report, &mut all),
        Some(Err(error)) => failure(tried, fault, error, report, &mut all),
        None => {}
    }
    all.0
}

struct Differences(Vec<String>);

impl Differences {
    fn check(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.0.push(otherwise());
        }
    }
}

/// How often it was sent: as the answer or error tells, and as the service has seen it.
fn attempts(tried: &Tried, fault: Fault, expected: &Expected, report: &Report, all: &mut Differences) {
    let attempts = expected.attempts;
    let told = match &report.result {
        Some(Ok(heard)) => heard.attempts,
        Some(Err(error)) => Some(error.attempts()),
        None => None,
    };
    all.check(told.is_none_or(|told| told == attempts), || {
        format!("{attempts} attempts expected, {told:?} told")
    });
    let seen = report.seen.requests.len();
    let arrives = if fault == Fault::Refused { 0 } else { attempts as usize };
    all.check(seen == arrives, || {
        format!("{arrives} requests expected, {seen} arrived")
    });
    let (facts, again) = (&tried.facts, seen > 1);
    all.check(!again || facts.idempotent || fault.is_turned_away(), || {
        "it is not idempotent, and was sent again after it may have been acted on".to_owned()
    });
    all.check(!again || !facts.once, || {
        "it is sent once, and was sent again".to_owned()
    });
}

fn answer(tried: &Tried, fault: Fault, heard: &Heard, report: &Report, all: &mut Differences) {
    match fault {
        Fault::UnknownValue => all.check(heard.answer.contains(UNHEARD), || "the unknown word is lost".to_owned()),
        Fault::Bomb => all.check(heard.answer.len() <= MOST_UNPACKED, || "it was unpacked".to_owned()),
        Fault::Revoked => {
            let proofs = report.seen.requests.iter().map(|request| &request.authorization);
            let proofs: Vec<&String> = proofs.collect();
            all.check(proofs.windows(2).all(|two| two[0] != two[1]), || {
                "it was sent again with the token that was refused".to_owned()
            });
        }
        _ => {}
    }
    // Of a file or a text that repeats what was sent, programs get what there is.
    if tried.facts.shape.is_some() {
        no_secrets(tried, report, &heard.answer, all);
    }
}

fn failure(tried: &Tried, fault: Fault, error: &Error, report: &Report, all: &mut Differences) {
    let text = error.to_string();
    no_secrets(tried, report, &everything_shown(error), all);
    all.check(text.starts_with(&format!("{}: ", tried.facts.id)), || {
        format!("does not name the operation: {text}")
    });
    all.check(!text.contains('\n'), || format!("has several lines: {text}"));
    all.check(text.len() <= LONGEST_TEXT, || format!("is long, {} bytes", text.len()));
    let advice = report.outcome.advice();
    all.check(text.contains(advice), || format!("does not say \"{advice}\": {text}"));
    let sent = error.may_have_been_sent();
    all.check(sent == (report.outcome != Outcome::Unsent), || {
        format!("may_have_been_sent() is {sent}")
    });
    if let Error::Api(error) = error {
        let status = error.status.as_str();
        all.check(text.contains(status), || {
            format!("does not name the status {status}: {text}")
        });
        let hint = error.hint.as_deref().unwrap_or_default();
        let needs_hint = report.outcome == Outcome::Refused;
        all.check(!needs_hint || !hint.is_empty(), || format!("has no hint: {text}"));
        let skewed = fault == Fault::Clock && tried.facts.login == Login::Signature;
        all.check(!skewed || hint.contains("20 min"), || {
            format!("does not say how far the clock is off: {text}")
        });
    }
    if let Error::Decode(error) = error {
        let length = error.body.bytes().len();
        all.check(fault != Fault::Bomb || length <= MOST_UNPACKED, || {
            format!("was unpacked, to {length} bytes")
        });
    }
    if fault == Fault::BusyUntil {
        all.check(error.retry_at().is_some(), || "has no time to come back".to_owned());
        all.check(text.contains("come back at"), || {
            format!("does not say when to come back: {text}")
        });
        let least = Duration::try_from(WAIT).expect("it is a wait");
        all.check(report.slept.iter().all(|slept| *slept >= least), || {
            format!("came back too early: {:?}", report.slept)
        });
    }
}

fn no_secrets(tried: &Tried, report: &Report, text: &str, all: &mut Differences) {
    let mut secrets: Vec<String> = tried.service.secrets.iter().map(|&secret| secret.to_owned()).collect();
    // The proof itself: a token, or a signature.
    let proofs = report
        .seen
        .requests
        .iter()
        .filter(|request| !request.authorization.is_empty());
    secrets.extend(proofs.filter_map(|request| {
        let proof = request.authorization.rsplit([' ', '=']).next()?;
        Some(proof.to_owned())
    }));
    for secret in secrets {
        all.check(!shows(text, &secret), || format!("shows the secret {secret}: {text}"));
    }
}

/// What a trace shows of the secrets of these services.
pub(crate) fn secrets_in(trace: &str, services: &[requests::Service]) -> Vec<String> {
    let secrets = services.iter().flat_map(|service| service.secrets);
    let shown = secrets.filter_map(|secret| {
        let line = trace.lines().find(|line| shows(line, secret))?;
        Some(format!("the trace shows the secret {secret}: {line}"))
    });
    shown.collect()
}

/// Whether a text has a secret in it: plain, as in an address, or as in JSON.
pub(crate) fn shows(text: &str, secret: &str) -> bool {
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let quoted = serde_json::Value::from(secret).to_string();
    let forms = [secret, &form, &form.replace('+', "%20"), quoted.trim_matches('"')];
    forms.iter().any(|form| text.contains(form))
}

/// All that an error can show: it and its causes, for people and for programmers.
fn everything_shown(error: &Error) -> String {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}\n");
    let mut cause = error.source();
    while let Some(error) = cause {
        shown += &format!("{error}\n{error:?}\n{error:#?}\n");
        cause = error.source();
    }
    shown
}
