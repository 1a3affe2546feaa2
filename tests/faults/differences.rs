//! The part of `docs/faults.md` that says in words where services and operations differ, made of the facts.

use std::fmt::Write as _;

use crate::document::{Row, names};
use crate::expect::without_time;
use crate::facts::{Login, Reading};
use crate::play::{FORGIVEN, SKEW};
use crate::refusal;

const WITHOUT_FACTS: &str = "\
- A success that is longer than allowed, or cannot be read, is not asked for again.
";

pub(crate) fn text(rows: &[Row]) -> String {
    let mut text = String::from("- Too many calls, and no time to come back:\n");
    for service in rows.chunk_by(|one, next| one.service == next.service) {
        let vendor = service[0].facts.vendor;
        let (times, why) = without_time(vendor);
        let times = if times == 1 {
            "once".to_owned()
        } else {
            format!("{times} times")
        };
        let _ = write!(text, "  - {}: sent {times}; {why}", service[0].service);
        match refusal::too_often(vendor) {
            429 => text += ".\n",
            status => text += &format!(". It says {status} where others say 429.\n"),
        }
    }
    let _ = writeln!(
        text,
        "- {} forgives less than {} minutes between the time of a signature and its own: one that is {} off is refused, and \
         the error tells how far. The other services do not ask for the client's time.",
        services(rows, |row| row.facts.login == Login::Signature),
        FORGIVEN.whole_minutes(),
        SKEW.whole_minutes(),
    );
    let _ = writeln!(
        text,
        "- A token that is refused is renewed, once, and the request sent again ({}), except what is sent only once. Keys \
         ({}) and signatures ({}) cannot be renewed.",
        services(rows, |row| row.facts.login == Login::Token),
        services(rows, |row| row.facts.login == Login::Key),
        services(rows, |row| row.facts.login == Login::Signature),
    );
    let _ = writeln!(
        text,
        "- Operations whose answer holds nothing are done when the service says so: what stands in the body is not read, \
         unless it is a web page, as of a gateway, which is never an answer. They are: {}.",
        operations(rows, |row| row.facts.reading == Reading::Nothing),
    );
    let _ = writeln!(
        text,
        "- Files and events are handed on while they come: what breaks off has begun, and is not begun again; what drips \
         goes on. They are: {}.",
        operations(rows, |row| row.facts.is_streamed()),
    );
    let _ = writeln!(
        text,
        "- A request that never left is sent again, except what is sent only once: {}. That stays with the program, which may \
         send it again.",
        operations(rows, |row| row.facts.once),
    );
    text + WITHOUT_FACTS
}

/// The services with operations of this kind.
fn services(rows: &[Row], is_one: impl Fn(&Row) -> bool) -> String {
    let mut found: Vec<&str> = rows.iter().filter(|row| is_one(row)).map(|row| row.service).collect();
    found.dedup();
    found.join(", ")
}

/// The operations of this kind, by service.
fn operations(rows: &[Row], is_one: impl Fn(&Row) -> bool) -> String {
    let found: Vec<&Row> = rows.iter().filter(|row| is_one(row)).collect();
    let by_service = found.chunk_by(|one, next| one.service == next.service);
    let by_service = by_service.map(|rows| format!("of {} {}", rows[0].service, names(rows.iter().copied())));
    by_service.collect::<Vec<_>>().join("; ")
}
