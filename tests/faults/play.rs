//! What the service does to bring about a fault.

use std::sync::OnceLock;

use energy_core::clock::{Clock, ManualClock};
use energy_tests::requests::Tokens;
use serde_json::Value;
use time::format_description::well_known::Rfc2822;
use time::{Duration, OffsetDateTime};

use crate::facts::{Facts, Login, Reading};
use crate::fault::Fault;
use crate::mutate::{self, Changed};
use crate::refusal::{self, WAIT};
use crate::server::{self, Act, Script};
use crate::wire::{Answer, Request};

/// How far the service's clock is off in the cells of that name.
pub(crate) const SKEW: Duration = Duration::minutes(20);
/// How far off the one service that asks forgives.
pub(crate) const FORGIVEN: Duration = Duration::minutes(15);

/// The answer made wrong, for the faults that do so; `None` where the description gives no occasion.
pub(crate) fn changed(facts: &Facts, fault: Fault) -> Option<Changed> {
    mutate::changed(fault, facts.shape.as_ref()?, &json(facts))
}

/// What the service does; `None` where the description gives no occasion for the fault.
pub(crate) fn script(
    facts: &Facts,
    fault: Fault,
    logs_in: bool,
    elsewhere: &str,
    clock: &ManualClock,
) -> Option<Script> {
    let described = |body: Option<Vec<u8>>| success(facts, body.unwrap_or_else(|| facts.example.body.clone()));
    let (whole, vendor, login) = (described(None), facts.vendor, facts.login);
    let (content_type, elsewhere, clock) = (facts.content_type(), elsewhere.to_owned(), clock.clone());
    let packed = |answer: &Answer| {
        let mut headers = answer.headers.clone();
        headers.push(("content-encoding", "gzip".to_owned()));
        Act::Answer(Answer {
            status: 200,
            headers,
            body: bomb().to_vec(),
        })
    };
    let always = |act: Act| act_on(clock.clone(), Duration::ZERO, move |_, _| act.clone());
    Some(match fault {
        Fault::Refused => Script::Refuse { after_login: logs_in },
        Fault::ResetUnread => Script::ResetUnread,
        Fault::ResetRead => always(Act::Reset),
        Fault::ResetInside if whole.body.is_empty() => return None,
        Fault::ResetInside => always(Act::ResetInside(whole)),
        Fault::Silence => always(Act::Silence),
        Fault::Busy => by_request(clock, move |request| refusal::busy(vendor, request, None)),
        Fault::BusyUntil => {
            let time = clock.clone();
            by_request(clock, move |request| {
                refusal::busy(vendor, request, Some(time.now() + WAIT))
            })
        }
        Fault::Status(status) => by_request(clock, move |request| refusal::failure(vendor, request, status)),
        Fault::Page(status) => by_request(clock, move |request| refusal::page(request, status)),
        Fault::Truncated if facts.reading != Reading::Json => return None,
        Fault::Truncated => always(Act::Answer(described(Some(
            whole.body[..whole.body.len() / 2].to_vec(),
        )))),
        Fault::WrongType
        | Fault::TextForNumber
        | Fault::NumberForText
        | Fault::Fraction
        | Fault::NullForRequired
        | Fault::UnknownValue
        | Fault::UnknownField
        | Fault::Nested => {
            let body = changed(facts, fault)?.answer;
            always(Act::Answer(described(Some(body.to_string().into_bytes()))))
        }
        Fault::Flood { announced } => always(Act::Flood {
            announced,
            content_type,
        }),
        Fault::Bomb => always(packed(&whole)),
        Fault::Redirect => by_request(clock, move |request| refusal::redirect(request, &elsewhere)),
        Fault::Drip => always(Act::Drip { content_type }),
        Fault::Clock { ahead } => in_time(facts, clock, if ahead { SKEW } else { -SKEW }),
        Fault::Revoked if login == Login::None => return None,
        Fault::Revoked => act_on(clock, Duration::ZERO, move |request, number| {
            Act::Answer(if number == 1 || login != Login::Token {
                refusal::unauthorized(vendor, request)
            } else {
                whole.clone()
            })
        }),
    })
}

/// A service where nothing goes wrong.
pub(crate) fn nothing_wrong(facts: &Facts, clock: &ManualClock) -> Script {
    in_time(facts, clock.clone(), Duration::ZERO)
}

/// A service whose clock is ahead by so much, and that refuses signatures from too far away by its own time.
fn in_time(facts: &Facts, clock: ManualClock, ahead: Duration) -> Script {
    let (whole, login) = (success(facts, facts.example.body.clone()), facts.login);
    act_on(clock.clone(), ahead, move |request, _| {
        let is_near = || {
            let signed = OffsetDateTime::parse(&request.date, &Rfc2822);
            signed.is_ok_and(|signed| (clock.now() + ahead - signed).abs() < FORGIVEN)
        };
        Act::Answer(if login == Login::Signature && !is_near() {
            refusal::skewed(request)
        } else {
            whole.clone()
        })
    })
}

/// Gives out a token each time it is asked, and never the same twice.
pub(crate) fn tokens(tokens: Tokens) -> server::Login {
    server::Login {
        path: tokens.path,
        answer: Box::new(move |number| {
            let mut body: Value = serde_json::from_str(tokens.answer).expect("tokens are given out as JSON");
            let token = body["access_token"].as_str().expect("it is a token");
            body["access_token"] = format!("{token}-{number}").into();
            Answer {
                status: 200,
                headers: vec![("content-type", "application/json".to_owned())],
                body: body.to_string().into_bytes(),
            }
        }),
    }
}

fn by_request(clock: ManualClock, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Script {
    act_on(clock, Duration::ZERO, move |request, _| Act::Answer(answer(request)))
}

/// Acts on each request, and dates the answer by a clock that is this far ahead.
fn act_on(clock: ManualClock, ahead: Duration, act: impl Fn(&Request, usize) -> Act + Send + Sync + 'static) -> Script {
    Script::Act(Box::new(move |request, number| match act(request, number) {
        Act::Answer(mut answer) => {
            answer.headers.push(("date", http_date(clock.now() + ahead)));
            Act::Answer(answer)
        }
        other => other,
    }))
}

fn http_date(at: OffsetDateTime) -> String {
    at.format(&Rfc2822).expect("it has a year").replace("+0000", "GMT")
}

fn success(facts: &Facts, body: Vec<u8>) -> Answer {
    let content_type = facts.example.content_type.clone();
    Answer {
        status: facts.example.status,
        headers: content_type.map(|kind| ("content-type", kind)).into_iter().collect(),
        body,
    }
}

pub(crate) fn json(facts: &Facts) -> Value {
    serde_json::from_slice(&facts.example.body).expect("the example is JSON")
}

/// Zeros, packed with gzip by hand: one of them, and then again and again "the same 258 times more", in 13 bits each.
fn bomb() -> &'static [u8] {
    static PACKED: OnceLock<Vec<u8>> = OnceLock::new();
    PACKED.get_or_init(pack)
}

fn pack() -> Vec<u8> {
    const REPEAT: (u32, u32) = (0b00000_10100011, 13);
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut put = |(value, length): (u32, u32)| {
        bits |= value << held;
        held += length;
        while held >= 8 {
            packed.push((bits & 0xff) as u8);
            bits >>= 8;
            held -= 8;
        }
    };
    // The last block, with the codes that every reader knows; and the zero.
    put((0b011, 3));
    put((0b0000_1100, 8));
    (0..server::FLOOD / 258).for_each(|_| put(REPEAT));
    // The end, filled up to whole bytes. The sum that follows is wrong, which is seen after unpacking only.
    put((0, 7 + 7));
    packed.extend([0; 8]);
    packed
}
