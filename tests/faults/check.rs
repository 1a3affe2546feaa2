//! What a cell asserts.

use std::collections::BTreeSet;
use std::time::Duration;

use energy_core::{DecodeError, Error};
use energy_tests::requests::{Heard, NOW};
use energy_tests::{forms, said_by};
use time::OffsetDateTime;

use crate::expect::{Expected, Outcome};
use crate::facts::{Login, Vendor};
use crate::fault::Fault;
use crate::mutate::UNHEARD;
use crate::play;
use crate::refusal::{self, WAIT};
use crate::run::{Report, Tried, Usual};

/// How much of a flood may go out: what a client reads at most, and what lies in the buffers between.
const MOST: u64 = 32 << 20;
/// How much an answer may hold that was packed.
const MOST_UNPACKED: usize = 4 << 20;
/// The longest first wait of the usual backoff, which doubles from there.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// How long the text of an error may be.
const LONGEST_TEXT: usize = 2000;

/// What differs from `expected`, and from what holds for every cell.
pub(crate) fn differences(
    tried: &Tried,
    fault: Fault,
    usual: &Usual,
    expected: &Expected,
    report: &Report,
) -> Vec<String> {
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
    waits(tried, fault, expected, report, &mut all);
    logins(tried, fault, usual, report, &mut all);
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

/// How long it waited before it was sent again: as the service says, or else a little and then a little more.
fn waits(tried: &Tried, fault: Fault, expected: &Expected, report: &Report, all: &mut Differences) {
    const SECOND: Duration = Duration::from_secs(1);
    let vendor = tried.facts.vendor;
    let least = match fault {
        Fault::BusyUntil => Some(Duration::try_from(WAIT).expect("it is a wait")),
        Fault::Busy if vendor == Vendor::EnphaseV4 => Some(until_next_minute(NOW)),
        _ => None,
    };
    // With a new token it is sent at once.
    let waits = if fault == Fault::Revoked {
        0
    } else {
        expected.attempts as usize - 1
    };
    // Its times to come back are whole seconds.
    let cut_off = match vendor {
        Vendor::EnphaseV2 | Vendor::EnphaseV4 => SECOND,
        _ => Duration::ZERO,
    };
    let slept = &report.slept;
    all.check(slept.len() == waits, || format!("{waits} waits expected: {slept:?}"));
    for (number, wait) in slept.iter().enumerate() {
        let (shortest, longest) = match least {
            // A little more, so that clients do not come back at the same instant.
            Some(least) => (least.saturating_sub(cut_off), least + 2 * SECOND),
            None => (Duration::from_millis(1), FIRST_WAIT * (1 << number)),
        };
        all.check(shortest <= *wait && *wait <= longest, || {
            format!("a wait of {shortest:?} to {longest:?} expected: {slept:?}")
        });
    }
}

fn until_next_minute(now: OffsetDateTime) -> Duration {
    Duration::from_secs(60 - u64::from(now.second()))
}

/// How often a token was asked for: as usual, and once more where one was refused and the request may be sent again.
fn logins(tried: &Tried, fault: Fault, usual: &Usual, report: &Report, all: &mut Differences) {
    let renews = fault == Fault::Revoked && tried.facts.login == Login::Token && !tried.facts.once;
    let (expected, seen) = (usual.logins + usize::from(renews), report.seen.logins);
    all.check(seen == expected, || format!("{expected} logins expected, {seen} seen"));
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
    no_secrets(tried, report, &said_by(error), all);
    all.check(text.starts_with(&format!("{}: ", tried.facts.id)), || {
        format!("does not name the operation: {text}")
    });
    all.check(!text.contains('\n'), || format!("has several lines: {text}"));
    all.check(text.len() <= LONGEST_TEXT, || format!("is long, {} bytes", text.len()));
    if let Some(advice) = report.outcome.advice() {
        all.check(text.contains(advice), || format!("does not say \"{advice}\": {text}"));
    }
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
        let words = refusal::words(tried.facts.vendor, fault);
        all.check(words.is_none_or(|words| text.contains(words)), || {
            format!("does not say the service's {words:?}: {text}")
        });
        let skewed = matches!(fault, Fault::Clock { .. }) && tried.facts.login == Login::Signature;
        all.check(!skewed || hint.contains("20 min"), || {
            format!("does not say how far the clock is off: {text}")
        });
    }
    if let Error::Decode(error) = error {
        let length = error.body.bytes().len();
        all.check(fault != Fault::Bomb || length <= MOST_UNPACKED, || {
            format!("was unpacked, to {length} bytes")
        });
        place(tried, fault, error, all);
    }
    let expected = match fault {
        Fault::BusyUntil => Some(report.ended + WAIT),
        // Its quota is that of a minute, as far as is known.
        Fault::Busy if tried.facts.vendor == Vendor::EnphaseV4 => Some(report.ended + until_next_minute(report.ended)),
        _ => None,
    };
    let told = error.retry_at();
    let is_near =
        |(told, expected): (OffsetDateTime, OffsetDateTime)| (told - expected).abs() <= time::Duration::SECOND;
    all.check(
        told.is_some() == expected.is_some() && told.zip(expected).is_none_or(is_near),
        || format!("{expected:?} expected as the time to come back, {told:?} told"),
    );
    all.check(told.is_some() == text.contains("come back at"), || {
        format!("does not say when to come back, or says so for nothing: {text}")
    });
}

/// Where the value is that does not fit. What is put aside before it is read, and what a rule refuses that names its reason,
/// is told by the place of something around it.
fn place(tried: &Tried, fault: Fault, error: &DecodeError, all: &mut Differences) {
    let changed = play::changed(&tried.facts, fault);
    let Some(wrong) = changed.and_then(|changed| changed.wrong) else {
        return;
    };
    all.check(wrong.is_told_as(&error.path), || {
        format!("{} is told as the wrong place of {wrong:?}: {error}", error.path)
    });
}

fn no_secrets(tried: &Tried, report: &Report, text: &str, all: &mut Differences) {
    let mut secrets: Vec<String> = tried.secrets().collect();
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

/// What a trace shows of these secrets.
pub(crate) fn secrets_in(trace: &str, secrets: &BTreeSet<String>) -> Vec<String> {
    let shown = secrets.iter().filter_map(|secret| {
        let line = trace.lines().find(|line| shows(line, secret))?;
        Some(format!("the trace shows the secret {secret}: {line}"))
    });
    shown.collect()
}

/// Whether a text has a secret in it, in any form.
pub(crate) fn shows(text: &str, secret: &str) -> bool {
    forms(secret).iter().any(|form| text.contains(form))
}
