//! The rules: what a program hears of a fault, and how often the request is sent, by the facts of the operation.
//!
//! - A request that never left is sent again; one that may have arrived only if the operation is idempotent. Three times in
//!   all. One that is sent once is never sent again, whatever happened.
//! - What was turned away before anything was done is sent again whatever it is, if there is hope: at the time that the
//!   service names; after a refused token with a new one.
//! - A success that cannot be read is not asked for again: the service has done what it was asked.
//! - What is streamed has begun with the first piece, and is not begun again after that.

use crate::facts::{Facts, Login, Reading, Vendor};
use crate::fault::Fault;

/// What a program hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The answer that comes when nothing goes wrong.
    Answer,
    /// An answer that is read, and differs.
    OtherAnswer,
    /// `Transport`, and the request was not sent.
    Unsent,
    /// `Transport`: the connection broke.
    Lost,
    /// `Transport`: no answer in time.
    Late,
    /// `Transport`: the answer is larger than allowed.
    TooLarge,
    /// `Api`: too many calls.
    Busy,
    /// `Api`: the service is out of order.
    Down,
    /// `Api`: the login is refused.
    Refused,
    /// `Api`: the service is elsewhere.
    Moved,
    /// `Decode`.
    Unreadable,
    /// Nothing yet: pieces come in time, and the program decides when it has had enough.
    GoesOn,
    /// What no rule knows.
    Unforeseen(String),
}

/// What a cell asserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) outcome: Outcome,
    /// How often the request is sent, or tried to.
    pub(crate) attempts: u32,
}

/// What the rules say of this fault, where the description gives an occasion for it.
pub(crate) fn expected(fault: Fault, facts: &Facts) -> Expected {
    let if_turned_away = if facts.once { 1 } else { 3 };
    let if_unknown = if facts.idempotent { if_turned_away } else { 1 };
    let (outcome, attempts) = match fault {
        Fault::Refused => (Outcome::Unsent, if_turned_away),
        Fault::ResetInside if facts.is_streamed() => (Outcome::Lost, 1),
        Fault::ResetUnread | Fault::ResetRead | Fault::ResetInside => (Outcome::Lost, if_unknown),
        Fault::Drip if facts.is_streamed() => (Outcome::GoesOn, 1),
        Fault::Silence | Fault::Drip => (Outcome::Late, if_unknown),
        Fault::Busy => (Outcome::Busy, without_time(facts.vendor).0.min(if_turned_away)),
        Fault::BusyUntil => (Outcome::Busy, if_turned_away),
        Fault::Status(_) | Fault::Page(502) => (Outcome::Down, if_unknown),
        // Where nothing was promised, nobody looks at what comes.
        Fault::Bomb if facts.reading == Reading::Nothing => (Outcome::Answer, 1),
        // A page is never the service's own answer, and nothing is unpacked that came packed without being asked for.
        Fault::Page(_)
        | Fault::Bomb
        | Fault::Truncated
        | Fault::WrongType
        | Fault::TextForNumber
        | Fault::NumberForText
        | Fault::Fraction
        | Fault::NullForRequired => (Outcome::Unreadable, 1),
        // Words that services add later are kept as they are.
        Fault::UnknownValue => (Outcome::OtherAnswer, 1),
        Fault::Flood { .. } => (Outcome::TooLarge, 1),
        Fault::Redirect => (Outcome::Moved, 1),
        // A signature holds for 15 minutes around its time; nobody else asks for the time.
        Fault::Clock { .. } if facts.login == Login::Signature => (Outcome::Refused, 1),
        Fault::UnknownField | Fault::Nested | Fault::Clock { .. } => (Outcome::Answer, 1),
        Fault::Revoked if facts.login == Login::Token && !facts.once => (Outcome::Answer, 2),
        Fault::Revoked => (Outcome::Refused, 1),
    };
    Expected { outcome, attempts }
}

/// How often a call is sent to a service that is asked too often and does not say when to come back, and why.
pub(crate) fn without_time(vendor: Vendor) -> (u32, &'static str) {
    match vendor {
        Vendor::ForecastSolar => (1, "it counts by the hour, and one more call at once is for nothing"),
        Vendor::EnphaseV2 => (
            1,
            "it counts by the minute and the month, and one more call at once is for nothing",
        ),
        Vendor::EnphaseV4 => (
            2,
            "it counts by the minute, as far as is known, and the next minute is worth one try",
        ),
        Vendor::SolarNetwork => (3, "it counts by the second, and the usual waits are enough"),
        Vendor::Intellimeter | Vendor::SolarLog | Vendor::Oscp => {
            (3, "how it counts is not known, and the usual waits are tried")
        }
    }
}

impl Outcome {
    /// All that the rules know.
    pub(crate) const ALL: [Self; 12] = [
        Self::Answer,
        Self::OtherAnswer,
        Self::Unsent,
        Self::Lost,
        Self::Late,
        Self::TooLarge,
        Self::Busy,
        Self::Down,
        Self::Refused,
        Self::Moved,
        Self::Unreadable,
        Self::GoesOn,
    ];

    /// As in the table.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Answer => "ok",
            Self::OtherAnswer => "as is",
            Self::Unsent => "unsent",
            Self::Lost => "lost",
            Self::Late => "late",
            Self::TooLarge => "large",
            Self::Busy => "busy",
            Self::Down => "down",
            Self::Refused => "login",
            Self::Moved => "moved",
            Self::Unreadable => "unread",
            Self::GoesOn => "goes on",
            Self::Unforeseen(what) => what,
        }
    }

    /// What a program hears.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Answer => {
                "the typed answer that comes when nothing goes wrong; of an answer that holds nothing, that it is done"
            }
            Self::OtherAnswer => "a typed answer that has the unknown word as it came",
            Self::Unsent => "`Error::Transport` of the kind `Connect`; `may_have_been_sent()` is false",
            Self::Lost => "`Error::Transport` of the kind `Interrupted`; the service may have acted",
            Self::Late => "`Error::Transport` of the kind `Timeout`; the service may have acted",
            Self::TooLarge => "`Error::Transport` of the kind `TooLarge`, after 8 MiB at most",
            Self::Busy => "`Error::Api` of the kind `RateLimited`, with `retry_at` where the service says it",
            Self::Down => "`Error::Api` of the kind `Unavailable`",
            Self::Refused => "`Error::Api` of the kind `Unauthorized`, with a hint",
            Self::Moved => "`Error::Api` of the kind `Redirect`; the other host is not asked",
            Self::Unreadable => "`Error::Decode`, with the place in the JSON and the beginning of the body",
            Self::GoesOn => "piece after piece, for as long as they come in time and the program wants them",
            Self::Unforeseen(_) => "what no rule knows",
        }
    }

    /// What the error's text must say, so that whoever reads it knows what to do, where that is the same for all services.
    pub(crate) fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Unsent => Some("was not sent"),
            Self::Lost => Some("connection broke"),
            Self::Late => Some("raise the timeout"),
            Self::TooLarge => Some("raise the limit"),
            Self::Moved => Some("check the base URL"),
            Self::Unreadable => Some("cannot be read at"),
            // Of refusals the service says what to do: in its own words, with its time to come back, or in the hint.
            _ => None,
        }
    }
}
